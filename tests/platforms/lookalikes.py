"""Files as the platforms write them, made here: no row of anybody's, all shapes and traps of the real ones."""

import json


def page(path, **content):
    """Write one JSON page and return its path."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def lines(path, records):
    """Write one JSON object a line and return the path."""
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    return path


def bare(path, records):
    """Write a bare JSON list and return the path."""
    path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    return path


def zendesk_ticket(id, **other):
    """Return a ticket as Zendesk's API gives it."""
    return {
        "id": id,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": "2025-03-10T01:30:00Z",
        "updated_at": "2025-03-11T12:00:00Z",
        "type": "question",
        "subject": "Pedido atrasado",
        "priority": None,
        "status": "solved",
        "requester_id": 900 + id,
        "assignee_id": 7,
        "group_id": 70,
        "tags": [],
        "custom_fields": [{"id": 1, "value": "x"}],
        "satisfaction_rating": None,
    } | other


def zendesk_metric(ticket, **other):
    """Return the clocks of a ticket as Zendesk's API gives them."""
    return {
        "id": 10_000 + ticket,
        "ticket_id": ticket,
        "reopens": 2,
        "replies": 3,
        "group_stations": 1,
        "solved_at": "2025-03-11T10:00:00Z",
        "reply_time_in_minutes": {"calendar": 90, "business": 30},
        "full_resolution_time_in_minutes": {"calendar": 1950, "business": 600},
    } | other
