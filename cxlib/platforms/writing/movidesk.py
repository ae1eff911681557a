"""Tickets as Movidesk's API gives them: times in UTC that do not say so, answers inside the ticket."""

from typing import Any

from cxlib.platforms.writing.rows import numbered, rows, utc
from cxlib.tables.dataset import Dataset

STATUS = {
    "new": "New", "open": "InAttendance", "pending": "Stopped", "on_hold": "Stopped", "solved": "Resolved",
    "closed": "Closed", "cancelled": "Canceled", "deleted": "Canceled",
}  # fmt: skip
ORIGINS = {"web": 1, "email": 3, "chat": 5, "phone": 13, "whatsapp": 18}
URGENCY = {"low": "Baixa", "normal": "Média", "high": "Alta", "urgent": "Urgente"}
FRACTION = "%Y-%m-%dT%H:%M:%S.%f0"  # seven digits, and no zone


def files(dataset: Dataset) -> dict[str, object]:
    """Return the list of tickets by the name of its file."""
    tickets = rows(dataset, "tickets")
    people = numbered([one["customer_id"] for one in tickets], 1)
    answers: dict[Any, list[dict]] = {}
    for number, one in enumerate(rows(dataset, "survey_responses"), 1):
        if one.get("ticket_id") is not None and one["type"] in ("nps", "csat") and one["score"] is not None:
            answers.setdefault(one["ticket_id"], []).append(_answer(number, one))
    return {
        "tickets.json": [
            _ticket(number, one, people, answers.get(one["ticket_id"], [])) for number, one in enumerate(tickets, 1)
        ]
    }


def _ticket(number: int, one: dict, people: dict, answers: list[dict]) -> dict:
    client = people.get(one["customer_id"])
    return {
        "id": str(number),
        "protocol": one["ticket_id"],
        "type": 2,
        "subject": one["subject"],
        "category": one["category"],
        "urgency": URGENCY.get(one["priority"]),
        "status": one["status"],
        "baseStatus": STATUS[one["status"]],
        "origin": ORIGINS.get(one["channel"], 9),
        "createdDate": utc(one["created_at"], FRACTION),
        "resolvedIn": utc(one["solved_at"], FRACTION),
        "closedIn": utc(one["closed_at"], FRACTION),
        "reopenedIn": utc(one["solved_at"], FRACTION) if one["reopened_count"] else None,
        "owner": {"id": one["agent_id"], "profileType": 1} if one["agent_id"] else None,
        "ownerTeam": one["team"],
        "clients": [{"id": f"C{client}", "personType": 1, "profileType": 2}] if client else [],
        "slaAgreement": one["sla_policy_id"],
        "slaRealResponseDate": utc(one["first_human_reply_at"], FRACTION),
        "slaResponseDate": None,
        "lastUpdate": utc(one["closed_at"] or one["solved_at"] or one["created_at"], FRACTION),
        "actions": [],
        "satisfactionSurveyResponses": answers,
    }


def _answer(number: int, one: dict) -> dict:
    score = int(one["score"])
    return {
        "id": number,
        "responseDate": utc(one["answered_at"], FRACTION),
        "satisfactionSurveyModel": 3 if one["type"] == "nps" else 2,
        "satisfactionSurveyNetPromoterScoreResponse": score if one["type"] == "nps" else None,
        "satisfactionSurveySmileyFacesResponse": score if one["type"] == "csat" else None,
        "satisfactionSurveyPositiveNegativeResponse": None,
        "comments": one["comment"],
    }
