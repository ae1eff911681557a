"""Movidesk: a ticket holds its people, messages, promises and answers; a report holds words for them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from cxlib.platforms.flat import column, day_first, inner, part_of, some_rows, with_frame
from cxlib.tables.audit import Issue
from cxlib.tables.reading import Source

STAFF = (1, 3)  # profileType: agent, or both agent and client
NPS, SMILEYS, THUMBS = 3, 2, 1  # satisfactionSurveyModel
SCALES = {NPS: ("nps", "0", "10"), SMILEYS: ("csat", "1", "5"), THUMBS: ("csat", "0", "1")}
PROMISES = (
    ("first_reply", "slaResponseDate", "slaRealResponseDate", "slaResponseTime"),
    ("resolution", "slaSolutionDate", "resolvedIn", "slaSolutionTime"),
)
REPORTED = (
    ("first_reply", "Indicador do SLA de Resposta", "1º resposta dada em", "1º resposta vence em"),
    ("resolution", "Indicador do SLA de Solução", "Resolvido em", "Vencimento em"),
)
LENGTHS = ("Tempo de vida (Horas corridas)", "Tempo de vida (Horas úteis)", "Tempo parado (Horas corridas)")
TIMES = (
    "Aberto em", "1º resposta dada em", "Resolvido em", "Fechado em", "1º resposta vence em", "Vencimento em",
)  # fmt: skip
Records = list[tuple[int, dict]]


# --- What one ticket holds ---------------------------------------------------------------------------


def unpack_tickets(records: Records) -> dict[str, Records]:
    """Return tickets, and from inside them people, messages, promises and answers."""
    people = [(number, ticket_client(ticket)) for number, ticket in records]
    return {
        "tickets": [(number, _ticket(ticket)) for number, ticket in records],
        "emails": _distinct(people, "email"),
        "phones": _distinct(people, "phone"),
        "messages": [(number, one) for number, ticket in records for one in _messages(ticket)],
        "promises": [(number, one) for number, ticket in records for one in _promises(ticket)],
        "answers": [(number, one) for number, ticket in records for one in _answers(ticket)],
    }


def unpack_persons(records: Records) -> dict[str, Records]:
    """Return people, and the addresses and numbers by which they are known elsewhere."""
    known = [(number, person, kind) for number, person in records for kind in ("emails", "contacts")]
    signs = [
        (number, {"id": person.get("id"), name: one.get(name)})
        for number, person, kind in known
        for one in _dicts(person.get(kind))
        for name in (("email",) if kind == "emails" else ("contact",))
        if one.get(name) and person.get("profileType") != 1
    ]
    return {
        "persons": records,
        "emails": [(number, one) for number, one in signs if "email" in one],
        "phones": [
            (number, {"id": one["id"], "phone": one["contact"]})
            for number, one in signs
            if "contact" in one and re.search(r"\d{8}", re.sub(r"\D", "", str(one["contact"])))
        ],
    }


UNPACK = {"tickets": unpack_tickets, "persons": unpack_persons}


def ticket_client(ticket: dict) -> dict:
    """Return the first client of a ticket, the one who asked."""
    return next(iter(_dicts(ticket.get("clients"))), {})


def _dicts(value: Any) -> list[dict]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _ticket(ticket: dict) -> dict:
    public = [one for one in _dicts(ticket.get("actions")) if one.get("type") == 2 and _by_staff(one)]
    written = min((str(one["createdDate"]) for one in public if one.get("createdDate")), default=None)
    return {
        **{key: value for key, value in ticket.items() if key not in ("clients", "actions", "owner")},
        "owner": {"id": (ticket.get("owner") or {}).get("id") if isinstance(ticket.get("owner"), dict) else None},
        "client": {"id": ticket_client(ticket).get("id")},
        "first_reply": ticket.get("slaRealResponseDate") or written,
        "reopened": "1" if ticket.get("reopenedIn") else "0",
        "baseStatus": "deleted" if ticket.get("isDeleted") is True else ticket.get("baseStatus"),
        "is_child": "true" if ticket.get("parentTickets") else "false",
        "origin_number": ticket.get("origin"),
    }


def _by_staff(action: dict) -> bool:
    author = action.get("createdBy")
    return isinstance(author, dict) and author.get("profileType") in STAFF


def _distinct(people: Records, field: str) -> Records:
    seen, kept = set(), []
    for number, person in people:
        sign = (str(person.get("id")), str(person.get(field)))
        if person.get(field) and sign not in seen:
            seen.add(sign)
            kept.append((number, {"id": person.get("id"), field: person[field]}))
    return kept


def _messages(ticket: dict) -> Iterator[dict]:
    for action in _dicts(ticket.get("actions")):
        author = inner(action, "createdBy")
        staff = _by_staff(action)
        yield {
            "event": f"action {ticket.get('id')}/{action.get('id')}",
            "ticket": ticket.get("id"),
            "createdDate": action.get("createdDate"),
            "actor": "human" if staff else "customer" if author.get("profileType") == 2 else None,
            "agent": author.get("id") if staff else None,
            "is_public": "true" if action.get("type") == 2 else "false",
            "changed": ticket.get("lastUpdate"),
        }


def _promises(ticket: dict) -> Iterator[dict]:
    """Yield what became of each promise; no date or a target of 0 is no promise, a paused one is not decided."""
    for target, due, done, minutes in PROMISES:
        promised, kept, seen = ticket.get(due), ticket.get(done), ticket.get("lastUpdate")
        paused = target == "resolution" and ticket.get("slaSolutionDateIsPaused") is True
        if not promised or ticket.get(minutes) == 0 or paused:
            continue
        if kept or (seen and str(promised) < str(seen)):
            met = bool(kept) and str(kept) <= str(promised)
            yield {
                "event": f"sla {ticket.get('id')}/{target}",
                "ticket": ticket.get("id"),
                "at": kept if met else promised,
                "mark": "sla_met" if met else "sla_missed",
                "target": target,
                "policy": ticket.get("slaAgreement"),
                "due": promised,
                "changed": seen,
            }


def _answers(ticket: dict) -> Iterator[dict]:
    """Yield the answers of a ticket: the model of the survey says which field holds the score, never the value."""
    fields = {
        NPS: "satisfactionSurveyNetPromoterScoreResponse",
        SMILEYS: "satisfactionSurveySmileyFacesResponse",
        THUMBS: "satisfactionSurveyPositiveNegativeResponse",
    }
    for answer in _dicts(ticket.get("satisfactionSurveyResponses")):
        model = answer.get("satisfactionSurveyModel")
        model = model if isinstance(model, int) and model in fields else None
        score = answer.get(fields[model]) if model else None
        kind, low, high = SCALES[model] if model else (None, None, None)
        person = answer.get("responsedBy")
        yield {
            "id": answer.get("id"),
            "ticket": ticket.get("id"),
            "person": (person.get("id") if isinstance(person, dict) else None) or ticket_client(ticket).get("id"),
            "type": kind,
            "score": {1: 1, 2: 0}.get(score, score) if model == THUMBS and isinstance(score, int) else score,
            "scale_min": low,
            "scale_max": high,
            "responseDate": answer.get("responseDate"),
            "comments": answer.get("comments"),
            "changed": ticket.get("lastUpdate"),
        }


# --- Reports, and what is not to be counted ----------------------------------------------------------


def arrange(flat: dict[str, list[Source]], source_zone: str | None) -> tuple[dict[str, list[Source]], list[Issue]]:
    """Return the rows that the mapping reads, and what was decided about them."""
    issues: list[Issue] = []
    reports = [_report(source, issues) for source in flat.get("ticket_report", [])]
    made = {
        **flat,
        "persons": [_customers(source) for source in flat.get("persons", [])],
        "answers": [_known_models(source) for source in flat.get("answers", [])],
        "ticket_report": reports,
        "reported_promises": [piece for source in reports for piece in _reported(source)],
    }
    issues += [
        _at_least(source) for source in flat.get("tickets", []) if column(source.frame, "reopened").eq("1").any()
    ]
    for name in ("emails", "phones", "messages", "promises", "answers"):
        made[name] = [source for source in made.get(name, []) if source.rows_in]
    return made, issues


def _customers(source: Source) -> Source:
    frame = source.frame
    is_person = column(frame, "personType").isin(["1", "Pessoa"])
    people = some_rows(source, is_person, "not_a_person")
    return some_rows(people, column(people.frame, "profileType").ne("1"), "staff")


def _known_models(source: Source) -> Source:
    return some_rows(source, column(source.frame, "type").notna(), "unknown_survey_model")


def _at_least(source: Source) -> Issue:
    count = int(column(source.frame, "reopened").eq("1").sum())
    return Issue(
        table="tickets", column="reopened_count", code="at_least_once", found="", count=count, outcome="decided"
    )


def _report(source: Source, issues: list[Issue]) -> Source:
    frame = source.frame.copy()
    for name in TIMES:
        if name in frame:
            frame[name], changed = day_first(frame[name])
            issues += changed
    for name in LENGTHS:
        if name in frame:
            frame[name] = _minutes(frame[name])
    if "Cliente (Completo)" in frame:
        frame["person"] = frame["Cliente (Completo)"].str.split("»").str[-1].str.strip()
        frame = frame.drop(columns="Cliente (Completo)")
    if "Status" in frame:
        frame["label"] = frame["Status"]
    return with_frame(source, frame)


def _minutes(lengths: pd.Series) -> pd.Series:
    """Return `[h]:mm:ss`, or Excel's fraction of a day, in minutes."""
    clock = lengths.str.extract(r"^\s*(\d+):(\d\d)(?::(\d\d))?\s*$").astype("float")
    minutes = clock[0] * 60 + clock[1] + clock[2].fillna(0) / 60
    days = pd.to_numeric(lengths.str.replace(",", ".", regex=False), errors="coerce") * 1440
    found = minutes.where(minutes.notna(), days)
    return found.map(lambda value: json.dumps(round(value, 2)), na_action="ignore").astype("str").where(found.notna())


def _reported(source: Source) -> Iterator[Source]:
    """Yield what a report says about each promise, as far as it says when."""
    for target, said, done, due in REPORTED:
        word = column(source.frame, said).str.strip().str.casefold()
        rows = part_of(source, word.isin(["no prazo", "fora do prazo"]))
        if not rows.rows_in:
            continue
        met = column(rows.frame, said).str.strip().str.casefold().eq("no prazo")
        done_at, due_at = column(rows.frame, done), column(rows.frame, due)
        frame = pd.DataFrame(
            {
                "ticket": rows.frame["Número"],
                "event": "sla " + rows.frame["Número"] + "/" + target,
                "mark": met.map({True: "sla_met", False: "sla_missed"}),
                "at": done_at.where(met | due_at.isna(), due_at),
                "due": due_at,
                "target": target,
            }
        )
        yield with_frame(rows, frame)
