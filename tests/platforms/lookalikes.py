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


def movidesk_ticket(id, **other):
    """Return a ticket as Movidesk's API gives it."""
    person = {"id": "C1", "personType": 1, "profileType": 2, "businessName": "Ana", "email": "ana@example.com"}
    agent = {"id": "A1", "personType": 1, "profileType": 3, "businessName": "Bia", "email": "bia@example.com"}
    return {
        "id": str(id),
        "type": 2,
        "subject": "Pedido atrasado",
        "category": "Dúvida",
        "urgency": "Alta",
        "status": "Novo/Atendimento",
        "baseStatus": "Resolved",
        "origin": 18,
        "createdDate": "2026-01-23T13:13:40.8557438",
        "isDeleted": False,
        "owner": agent,
        "ownerTeam": "Suporte",
        "clients": [person | {"phone": "(11) 98765-4321"}],
        "resolvedIn": "2026-01-25T12:00:00.1",
        "closedIn": "2026-02-04T12:00:00",
        "reopenedIn": None,
        "lifeTimeWorkingTime": 120,
        "slaAgreement": "Padrão",
        "slaSolutionTime": 0,
        "slaResponseTime": 360,
        "slaSolutionDate": None,
        "slaSolutionDateIsPaused": False,
        "slaResponseDate": "2026-01-24T18:00:00",
        "slaRealResponseDate": "2026-01-25T15:20:24.1091213",
        "lastUpdate": "2026-01-25T17:05:41.8900714",
        "actions": [
            {"id": 1, "type": 2, "createdDate": "2026-01-23T13:13:40.9", "createdBy": person},
            {"id": 2, "type": 1, "createdDate": "2026-01-23T14:00:00", "createdBy": agent},
            {"id": 3, "type": 2, "createdDate": "2026-01-25T15:20:24.1091213", "createdBy": agent},
        ],
        "parentTickets": [],
        "satisfactionSurveyResponses": [],
    } | other


def movidesk_answer(id, model, **other):
    """Return an answer as it stands in a ticket of Movidesk; the fields of other models are null."""
    return {
        "id": id,
        "responsedBy": {"id": "C1"},
        "responseDate": "2026-01-26T10:00:00",
        "satisfactionSurveyModel": model,
        "satisfactionSurveyNetPromoterScoreResponse": None,
        "satisfactionSurveyPositiveNegativeResponse": None,
        "satisfactionSurveySmileyFacesResponse": None,
        "comments": "ok",
    } | other
