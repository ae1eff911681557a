"""Zendesk: tickets with their clocks, names and first replies put together; good and bad, offered and not."""

import pandas as pd

from cxlib.language import say
from cxlib.platforms.flat import column, joined, lookup, part_of, some_rows, with_frame
from cxlib.tables.audit import Issue
from cxlib.tables.instants import to_instant
from cxlib.tables.reading import Source

STAFF = ("agent", "admin")
ANSWERED = ("good", "bad", "good_with_comment", "bad_with_comment")
MARKS = ("apply_sla", "fulfill", "breach")
MINUTES = "reply_time_in_minutes.calendar"
CLOCKS = (
    "solved_at",
    "reopens",
    MINUTES,
    "reply_time_in_minutes.business",
    "full_resolution_time_in_minutes.calendar",
    "full_resolution_time_in_minutes.business",
)
Flat = dict[str, list[Source]]


def unpack_tickets(records: list) -> dict[str, list]:
    """Return tickets, with the rating, the clocks and the comments that a page may hold inside them."""
    inside = {"ratings": "satisfaction_rating", "metrics": "metric_set"}
    pieces: dict[str, list] = {"tickets": records}
    for name, key in inside.items():
        held = [(number, ticket, ticket[key]) for number, ticket in records if isinstance(ticket.get(key), dict)]
        found = [
            (number, {"requester_id": ticket.get("requester_id")} | one | {"ticket_id": ticket.get("id")})
            for number, ticket, one in held
            if name == "metrics" or one.get("score") not in (None, "unoffered")
        ]
        if found:
            pieces[name] = found
    return pieces


UNPACK = {"tickets": unpack_tickets}


def arrange(flat: Flat, source_zone: str | None) -> tuple[Flat, list[Issue]]:
    """Return the rows that the mapping reads, and an account of those that only complete others."""
    issues: list[Issue] = []
    roles = lookup(flat.get("users", []), "id", "role")
    replies = _first_replies(flat.get("comments", []), roles)
    made: Flat = {
        "tickets": [_ticket(source, flat, replies, source_zone, issues) for source in flat.get("tickets", [])],
        "ticket_export": [_exported(source, source_zone) for source in flat.get("ticket_export", [])],
        "exported_answers": [_exported_answers(source) for source in flat.get("ticket_export", [])],
        "metric_events": [_marks(source) for source in flat.get("metric_events", [])],
        "messages": [_messages(source, roles) for source in flat.get("comments", [])],
        **_people(flat.get("users", [])),
        **_ratings(flat.get("ratings", [])),
    }
    issues += _sides(flat)
    return made, issues


# --- Tickets -----------------------------------------------------------------------------------------


def _ticket(
    source: Source, flat: Flat, replies: dict[str, str], source_zone: str | None, issues: list[Issue]
) -> Source:
    frame = source.frame.copy()
    names, group = lookup(flat.get("groups", []), "id", "name"), column(frame, "group_id")
    frame["team"] = group.map(names).where(group.isin(list(names)), group)
    frame["merged"] = _is_merged(column(frame, "tags"))
    for name in CLOCKS:
        known = lookup(flat.get("metrics", []), "ticket_id", name)
        if known:
            frame[name] = frame["id"].map(known)
    derived = _later(column(frame, "created_at"), column(frame, MINUTES), source_zone)
    read = frame["id"].map(replies)
    frame["first_reply_at"] = read.where(read.notna(), derived)
    frame["changed_at"] = _changed(frame)
    issues += _derived(source, int((read.isna() & derived.notna()).sum()))
    return with_frame(source, frame.drop(columns=[MINUTES, "group_id", "tags", "updated_at"], errors="ignore"))


def _changed(frame: pd.DataFrame) -> pd.Series:
    """Return when a ticket last changed: `updated_at` stands still when the system itself changes it."""
    generated = column(frame, "generated_timestamp")
    made = to_instant(generated, format="epoch_s").values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return made.where(generated.notna(), column(frame, "updated_at"))


def _is_merged(tags: pd.Series) -> pd.Series:
    return tags.fillna("").str.contains("closed_by_merge", regex=False).map({True: "true", False: "false"})


def _later(begins: pd.Series, minutes: pd.Series, zone: str | None) -> pd.Series:
    """Return a time plus minutes in UTC; null where either is missing or no number."""
    start = to_instant(begins, source_zone=zone).values
    length = pd.to_numeric(minutes, errors="coerce").where(lambda number: number.between(0, 10**7))
    return (start + pd.to_timedelta(length, "min")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def _derived(source: Source, count: int) -> list[Issue]:
    found = say("creation plus the reply time in minutes")
    issue = Issue(
        table="tickets", column="first_human_reply_at", code="derived", found=found, count=count, outcome="decided"
    )
    return [issue] if count else []


def _exported(source: Source, source_zone: str | None) -> Source:
    frame = source.frame.copy()
    frame["first_reply_at"] = _later(
        column(frame, "Created at"), column(frame, "First reply time in minutes"), source_zone
    )
    frame["merged"] = _is_merged(column(frame, "Tags"))
    return with_frame(source, frame.drop(columns=["Tags", "First reply time in minutes"], errors="ignore"))


def _exported_answers(source: Source) -> Source:
    """Return the tickets rated good or bad; the file does not say when, and `Offered` is no answer."""
    rated = part_of(source, column(source.frame, "Satisfaction Score").str.casefold().isin(ANSWERED))
    wanted = ["Id", "Requester id", "Satisfaction Score", "Updated at"]
    frame = rated.frame[[name for name in wanted if name in rated.frame]]
    return with_frame(rated, frame.assign(response="rating " + frame["Id"]))


# --- Comments and the marks of the SLA clock ---------------------------------------------------------


def _first_replies(comments: list[Source], roles: dict[str, str]) -> dict[str, str]:
    """Return when staff first wrote to the customer, by ticket, where comments and users are both there."""
    first: dict[str, str] = {}
    for source in comments:
        rows = source.frame
        by_staff = column(rows, "author_id").map(roles).isin(STAFF) & column(rows, "public").eq("true")
        rows = rows[by_staff & column(rows, "ticket_id").notna()]
        for ticket, at in zip(column(rows, "ticket_id"), column(rows, "created_at"), strict=True):
            first[ticket] = min(first.get(ticket, at), at)
    return first


def _messages(source: Source, roles: dict[str, str]) -> Source:
    frame = source.frame.copy()
    role = column(frame, "author_id").map(roles)
    frame["event"] = "comment " + column(frame, "id")
    frame["actor"] = role.map({"agent": "human", "admin": "human", "end-user": "customer"})
    frame["author_id"] = column(frame, "author_id").where(role.isin(STAFF))
    return some_rows(with_frame(source, frame), column(frame, "ticket_id").notna(), "no_ticket")


def _marks(source: Source) -> Source:
    """Return what the SLA clock said: applied, met, missed; a promise kept too late was missed already."""
    frame = source.frame.copy()
    frame["event"] = "metric " + column(frame, "id")
    one = [column(frame, name) for name in ("ticket_id", "metric", "instance_id")]
    missed = column(frame, "type").eq("breach").groupby(one, dropna=False).transform("any")
    marks = with_frame(source, frame)
    is_mark = column(frame, "type").isin(MARKS)
    too_late = column(frame, "type").eq("fulfill") & missed
    marks = some_rows(marks, is_mark, "no_sla_mark")
    return some_rows(marks, ~too_late[is_mark], "sla_missed_already")


# --- People and their ratings ------------------------------------------------------------------------


def _people(users: list[Source]) -> Flat:
    made: Flat = {"customers": [], "emails": [], "phones": []}
    for source in users:
        everybody, frame = source, source.frame
        is_customer = ~column(frame, "role").isin(STAFF)
        made["customers"].append(some_rows(everybody, is_customer, "staff"))
        made["emails"].append(part_of(everybody, is_customer & column(frame, "email").notna()))
        made["phones"].append(part_of(everybody, is_customer & column(frame, "phone").notna()))
    return {name: [one for one in sources if len(one.frame) or len(one.quarantine)] for name, sources in made.items()}


def _ratings(ratings: list[Source]) -> Flat:
    """Return invitations and answers: a question that was only offered is no answer, and surely not a bad one."""
    made: Flat = {"offered": [], "answers": []}
    asked: dict[str, str] = {}
    for source in ratings:
        rows = source.frame[column(source.frame, "score").eq("offered")]
        asked |= dict(zip(column(rows, "ticket_id"), column(rows, "created_at"), strict=True))
    for source in ratings:
        frame, score = source.frame.copy(), column(source.frame, "score")
        frame["score"] = score.str.removesuffix("_with_comment")
        frame["asked_at"] = column(frame, "ticket_id").map(asked)
        rows = with_frame(source, frame)
        made["offered"].append(part_of(rows, score.eq("offered")))
        others = part_of(rows, ~score.eq("offered"))
        made["answers"].append(some_rows(others, score[~score.eq("offered")].isin(ANSWERED), "not_an_answer"))
    return {name: [one for one in sources if one.rows_in] for name, sources in made.items()}


def _sides(flat: Flat) -> list[Issue]:
    """Account for clocks: those of tickets that are here, and those of tickets that are not."""
    tickets = {id for source in flat.get("tickets", []) for id in column(source.frame, "id").dropna()}
    return [
        issue
        for source in flat.get("metrics", [])
        for issue in joined("tickets", source, column(source.frame, "ticket_id").isin(tickets))
    ]
