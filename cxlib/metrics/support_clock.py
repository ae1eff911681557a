"""The clock of a support desk: in which hours a ticket counts, how many have passed, when a promise falls due."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from cxlib.metrics.definition import Sources
from cxlib.tables.business_time import Timetable, timetable, with_instant, with_open_seconds
from cxlib.tables.engine import lazy_ibis
from cxlib.tables.time import span

if TYPE_CHECKING:
    from ibis.expr.types import Table

HOURS = ("schedule_id", "weekday", "opens", "closes")
# A promise of so many hours of business time falls due at most so many times later: an hour or more a day is open.
SLOWEST = 24
MOST_DAYS = 3_660


def desk_hours(sources: Sources, tickets: "Table", *ends: str, promised_days: float = 0) -> Timetable | None:
    """Return when the desk is open from the first ticket to the last promise, None where no hours are known."""
    hours = sources.having("business_hours", *HOURS)
    if hours is None:
        return None
    spans = [known for name in ("created_at", *ends) if (known := span(tickets[name])) is not None]
    days = [sources.as_of.date(), *(day for pair in spans for day in pair)]
    room = timedelta(days=min(31 + SLOWEST * promised_days, MOST_DAYS))
    holidays = sources.having("holidays", "schedule_id", "date_on")
    return timetable(hours, holidays, zone=sources.zone, first=min(days), last=max(days) + room)


def with_schedule(tickets: "Table", sources: Sources, known: Timetable | None) -> "Table":
    """Add `cx_schedule`: that of the ticket's policy, else the one that bears its team's name, else the only one."""
    ibis = lazy_ibis()
    if known is None:
        return tickets.mutate(cx_schedule=ibis.null("string"))
    names = list(known.schedules)
    policies = sources.having("sla_policies", "sla_policy_id", "schedule_id")
    choices = []
    if policies is not None and "sla_policy_id" in tickets.columns:
        held = policies.select(cx_of_policy="sla_policy_id", cx_policy_schedule="schedule_id")
        tickets = tickets.left_join(held, tickets.sla_policy_id == held.cx_of_policy).drop("cx_of_policy")
        choices.append(tickets.cx_policy_schedule)
    if "team" in tickets.columns:
        choices.append(tickets.team)
    chosen = [ibis.ifelse(one.isin(names), one, ibis.null("string")) for one in choices if names]
    if len(names) == 1:
        chosen.append(ibis.literal(names[0]))
    return tickets.mutate(cx_schedule=ibis.coalesce(*chosen) if chosen else ibis.null("string"))


def in_business_time(end: str) -> "Callable[[Sources], Table]":
    """Return what makes rows of tickets with `cx_open_minutes`, the business minutes from opening until `end`."""

    def rows(sources: Sources) -> "Table":
        tickets = sources["tickets"].mutate(cx_as_of=lazy_ibis().literal(sources.as_of))
        known = desk_hours(sources, tickets, end)
        tickets = with_schedule(tickets, sources, known)
        tickets = tickets.mutate(cx_until=tickets[end].coalesce(tickets.cx_as_of))
        tickets = with_open_seconds(tickets, known, schedule="cx_schedule", instants=["created_at", "cx_until"])
        return tickets.mutate(cx_open_minutes=(tickets.cx_until_open - tickets.created_at_open) / 60)

    return rows


def with_due(tickets: "Table", sources: Sources, known: Timetable | None) -> "Table":
    """Add when a promise of `cx_target` seconds falls due, `due_at`, and how many of them were used, `cx_spent`.

    Needs created_at, cx_until (when it was kept, else the last moment known) and cx_schedule. The clock stands while
    the ticket is pending or on hold, where the policy says so (cx_stops_pending, cx_stops_on_hold); a pause that
    begins when the promise is already broken moves nothing.
    """
    rows = with_open_seconds(tickets, known, schedule="cx_schedule", instants=["created_at", "cx_until"])
    rows = _with_pauses(rows, sources, known)
    rows = rows.mutate(
        cx_spent=rows.cx_until_open - rows.created_at_open - rows.cx_paused,
        cx_due_second=rows.created_at_open + rows.cx_target + rows.cx_paused,
    )
    return with_instant(rows, known, schedule="cx_schedule", seconds="cx_due_second", name="due_at")


def _with_pauses(rows: "Table", sources: Sources, known: Timetable | None) -> "Table":
    ibis = lazy_ibis()
    log = sources.having("ticket_events", "ticket_event_id", "ticket_id", "occurred_at", "status")
    stops = {"pending": "cx_stops_pending", "on_hold": "cx_stops_on_hold"}
    if log is None or not set(stops.values()) <= set(rows.columns):
        return rows.mutate(cx_paused=ibis.literal(0, "int64"))
    pauses = _pauses(log, rows, stops)
    pauses = with_open_seconds(pauses, known, schedule="cx_schedule", instants=["cx_from", "cx_to"])
    pauses = pauses.mutate(cx_length=pauses.cx_to_open - pauses.cx_from_open)
    so_far = ibis.cumulative_window(group_by=pauses.cx_ticket, order_by=[pauses.cx_from, pauses.cx_to])
    pauses = pauses.mutate(cx_stood=pauses.cx_length.sum().over(so_far))
    used = pauses.cx_from_open - pauses.created_at_open - (pauses.cx_stood - pauses.cx_length)
    counted = pauses.filter(used < pauses.cx_target)
    total = counted.group_by("cx_ticket").agg(cx_stood=counted.cx_length.sum())
    joined = rows.left_join(total, rows.ticket_id == total.cx_ticket).drop("cx_ticket")
    return joined.mutate(cx_paused=joined.cx_stood.fill_null(0)).drop("cx_stood")


def _pauses(log: "Table", rows: "Table", stops: dict[str, str]) -> "Table":
    """Return the stretches in which a ticket stood still for its policy, inside of the ticket's own time."""
    ibis = lazy_ibis()
    changes = log.filter(log.status.notnull())
    in_order = ibis.window(group_by=changes.ticket_id, order_by=[changes.occurred_at, changes.ticket_event_id])
    changes = changes.mutate(cx_next=changes.occurred_at.lead().over(in_order))
    changes = changes.select(cx_ticket="ticket_id", cx_from="occurred_at", cx_next="cx_next", cx_status="status")
    held = rows.select(
        "ticket_id", "created_at", "created_at_open", "cx_until", "cx_schedule", "cx_target", *stops.values()
    )
    found = changes.join(held, changes.cx_ticket == held.ticket_id)
    still = [(found.cx_status == status) & found[column].fill_null(False) for status, column in stops.items()]
    found = found.filter(still[0] | still[1])
    found = found.mutate(
        cx_from=ibis.greatest(found.cx_from, found.created_at),
        cx_to=ibis.least(found.cx_next.coalesce(found.cx_until), found.cx_until),
    )
    return found.filter(found.cx_from < found.cx_to)
