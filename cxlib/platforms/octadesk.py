"""Octadesk: chats with and without a person at the other end, and tickets that do not say when they were solved."""

from collections.abc import Callable
from typing import Any

from cxlib.platforms.flat import column, day_first, with_frame
from cxlib.tables.audit import Issue
from cxlib.tables.reading import Source

Records = list[tuple[int, dict]]
INVENTED = "@octachat.com"  # ends the addresses that the chat makes up for people who gave none


def unpack(name: str, person: str) -> Callable[[Records], dict[str, Records]]:
    """Return what unpacks chats or tickets: the rows, and the signs by which people are known elsewhere."""

    def unpacked(records: Records) -> dict[str, Records]:
        people = [(number, record[person]) for number, record in records if isinstance(record.get(person), dict)]
        return {
            name: records,
            "emails": _distinct(people, "email", _emails),
            "phones": _distinct(people, "phone", _phones),
        }

    return unpacked


UNPACK = {"chats": unpack("chats", "contact"), "tickets": unpack("tickets", "requester")}


def _emails(person: dict) -> list[str]:
    email = person.get("email")
    return [email] if isinstance(email, str) and email and not email.casefold().endswith(INVENTED) else []


def _phones(person: dict) -> list[str]:
    listed: Any = person.get("phoneContacts")
    phones = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [
        f"+{one.get('countryCode') or 55} {one['number']}".replace("++", "+") for one in phones if one.get("number")
    ]


def _distinct(people: Records, name: str, signs: Callable[[dict], list[str]]) -> Records:
    seen: dict[tuple, int] = {}
    for number, person in people:
        for sign in signs(person):
            seen.setdefault((str(person.get("id")), sign), number)
    return [(number, {"person": person, name: sign}) for (person, sign), number in seen.items()]


def arrange(flat: dict[str, list[Source]], source_zone: str | None) -> tuple[dict[str, list[Source]], list[Issue]]:
    """Return the rows that the mapping reads, and what nobody can say about them."""
    issues: list[Issue] = []
    made = {name: [source for source in sources if source.rows_in] for name, sources in flat.items()}
    made["chats"] = [_chat(source, issues) for source in made.get("chats", [])]
    made["tickets"] = [
        with_frame(source, source.frame.assign(label=column(source.frame, "status.name")))
        for source in made.get("tickets", [])
    ]
    made["conversation_report"] = [_report(source, issues) for source in made.get("conversation_report", [])]
    return made, issues


def _chat(source: Source, issues: list[Issue]) -> Source:
    frame = source.frame.copy()
    closed = column(frame, "closedAt")
    frame["closed"] = closed.where(closed.notna(), column(frame, "bot.closedAt"))
    frame["bot_only"] = column(frame, "agent.id").isna().map({True: "true", False: "false"})
    answered = int(column(frame, "survey.response").notna().sum())
    if answered:
        said = "survey_scale_unknown"
        issues.append(
            Issue(table="tickets", column="survey_response", code=said, found="", count=answered, outcome="kept")
        )
    return with_frame(source, frame.drop(columns=["closedAt", "bot.closedAt"], errors="ignore"))


def _report(source: Source, issues: list[Issue]) -> Source:
    frame = source.frame.copy()
    for name in ("entrada", "encerramento"):
        if name in frame:
            frame[name], decided = day_first(frame[name])
            issues += decided
    return with_frame(source, frame)
