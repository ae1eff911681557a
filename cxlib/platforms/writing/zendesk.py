"""Tickets as pages of Zendesk's API, clocks in another file: no time of a first reply, only its minutes."""

from cxlib.platforms.writing.rows import minutes, numbered, rows, utc
from cxlib.tables.dataset import Dataset

CHANNELS = {"phone": "voice", "social": "facebook", "store": "web", "whatsapp": "whatsapp"}


def files(dataset: Dataset) -> dict[str, object]:
    """Return the pages by the names of their files."""
    tickets = rows(dataset, "tickets")
    people = numbered([one["customer_id"] for one in tickets], 900_000)
    staff = numbered([one["agent_id"] for one in tickets], 7_000)
    teams = numbered([one["team"] for one in tickets], 70)
    listed = [
        {
            "id": number,
            "external_id": one["ticket_id"],
            "via": {"channel": CHANNELS.get(one["channel"], one["channel"])},
            "created_at": utc(one["created_at"]),
            "updated_at": utc(one["closed_at"] or one["solved_at"] or one["created_at"]),
            "subject": one["subject"],
            "priority": one["priority"],
            "status": {"on_hold": "hold"}.get(one["status"], one["status"]),
            "requester_id": people.get(one["customer_id"]),
            "assignee_id": staff.get(one["agent_id"]),
            "group_id": teams.get(one["team"]),
            "tags": [],
        }
        for number, one in enumerate(tickets, 1)
    ]
    groups = [{"id": number, "name": name} for name, number in teams.items()]
    page = {"tickets": listed, "groups": groups, "meta": {"has_more": False}, "links": {"prev": None, "next": None}}
    clocks = [_clock(number, one) for number, one in enumerate(tickets, 1)]
    return {"tickets.json": page, "ticket_metrics.json": {"ticket_metrics": clocks, "count": len(clocks)}}


def _clock(number: int, ticket: dict) -> dict:
    begin = ticket["created_at"]
    return {
        "id": 10_000_000 + number,
        "ticket_id": number,
        "reopens": ticket["reopened_count"],
        "replies": 1,
        "group_stations": 1,
        "solved_at": utc(ticket["solved_at"]),
        "reply_time_in_minutes": {"calendar": minutes(begin, ticket["first_human_reply_at"]), "business": None},
        "full_resolution_time_in_minutes": {"calendar": minutes(begin, ticket["solved_at"]), "business": None},
    }
