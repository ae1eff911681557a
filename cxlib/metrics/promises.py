"""Whether what the support desk promised was kept: SLA compliance."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cxlib.language import mark
from cxlib.metrics.conditions import one_if
from cxlib.metrics.definition import Ratio, Rows, Rule, Sources
from cxlib.metrics.support_clock import HOURS, desk_hours, with_due, with_schedule
from cxlib.tables.engine import collect, count_rows, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table

    from cxlib.metrics.definition import Conditions

MINUTES_A_DAY = 24 * 60
PAUSES = {"cx_stops_pending": "pauses_when_pending", "cx_stops_on_hold": "pauses_when_on_hold"}
# What is promised, and the instant at which it is kept.
REPLY = ("first_reply_minutes", "first_human_reply_at")
SOLUTION = ("resolution_minutes", "solved_at")


def _promised(promise: tuple[str, str], *, clock: str = "policy") -> "Callable[[Sources], Table]":
    """Return what makes rows of tickets with the promise their policy gives, and when it falls due."""

    def rows(sources: Sources) -> "Table":
        ibis = lazy_ibis()
        minutes, end = promise
        policies = sources["sla_policies"]
        tickets = _under_policy(sources["tickets"], policies, minutes, pauses=clock != "calendar")
        tickets = tickets.mutate(cx_as_of=ibis.literal(sources.as_of), cx_closed=tickets[end])
        tickets = tickets.mutate(cx_until=tickets.cx_closed.coalesce(tickets.cx_as_of))
        in_hours = _business_only(policies, clock)
        known = desk_hours(sources, tickets, end, promised_days=_longest(policies, minutes)) if in_hours else None
        tickets = with_schedule(tickets, sources, known)
        business = {"policy": tickets.cx_clock == "business", "business": ibis.literal(True)}
        in_business = business.get(clock, ibis.literal(False)).fill_null(False)
        tickets = tickets.mutate(
            cx_unscheduled=in_business & tickets.cx_schedule.isnull(),
            cx_schedule=ibis.ifelse(in_business, tickets.cx_schedule, ibis.null("string")),
        )
        due = with_due(tickets, sources, known)
        return due.mutate(due_at=due.due_at.coalesce(due.created_at))  # where nothing was promised: when it was asked

    return rows


def _under_policy(tickets: "Table", policies: "Table", minutes: str, *, pauses: bool) -> "Table":
    """Add what the ticket's policy says: seconds promised, clock, what stops it."""
    ibis = lazy_ibis()
    says = {"cx_target": (policies[minutes] * 60).round(0).cast("int64")}
    says["cx_clock"] = policies.clock if "clock" in policies.columns else ibis.literal("calendar")
    if pauses and _pauses(policies):
        says |= {name: policies[column] for name, column in PAUSES.items()}
    held = policies.select(cx_policy=policies.sla_policy_id, **says)
    return tickets.left_join(held, tickets.sla_policy_id == held.cx_policy).drop("cx_policy")


def _pauses(policies: "Table") -> bool:
    """Say whether any policy lets its clock stand still."""
    if not set(PAUSES.values()) <= set(policies.columns):
        return False
    stops = [policies[column].fill_null(False) for column in PAUSES.values()]
    return count_rows(policies.filter(stops[0] | stops[1])) > 0


def _business_only(policies: "Table", clock: str) -> bool:
    """Say whether anything is counted in business hours."""
    if clock != "policy":
        return clock == "business"
    return "clock" in policies.columns and count_rows(policies.filter(policies.clock == "business")) > 0


def _longest(policies: "Table", minutes: str) -> float:
    row = collect(policies.aggregate(most=policies[minutes].max())).to_pylist()[0]
    return float(row["most"] or 0) / MINUTES_A_DAY


def _cannot_count(tickets: "Table", rule: Rule) -> "Conditions":
    still_open = tickets.cx_closed.isnull()
    if rule.key not in ("closed_only", "resolution_closed_only"):
        still_open = still_open & (tickets.cx_spent <= tickets.cx_target)
    return [
        ("impossible", (tickets.cx_closed < tickets.created_at).fill_null(False)),
        ("no_policy", tickets.cx_target.isnull()),
        ("no_schedule", tickets.cx_unscheduled),
        ("undecided", still_open.fill_null(False)),
    ]


def _kept(tickets: "Table") -> "NumericValue":
    return one_if(tickets.cx_closed.notnull() & (tickets.cx_spent <= tickets.cx_target))


def _rule(key: str, name: str, explanation: str, **more: Any) -> Rule:
    return Rule(key=key, name=name, explanation=explanation, numerator=_kept, interval="wilson", unit="share", **more)


OF_SOLUTIONS = {"tickets": ("solved_at",), "sla_policies": ("resolution_minutes",)}

SLA_COMPLIANCE = Ratio(
    key="sla_compliance",
    name=mark("SLA compliance"),
    question=mark("How often do we keep the time we promised?"),
    explanation=mark(
        "Tickets answered in the time their policy promises, divided by those answered or already overdue: a late "
        "ticket that is still open is a broken promise today. Those still in time are not counted yet; those without "
        "a policy promise nothing. The clock is the policy's: all minutes, or those of business hours, and it stands "
        "still while the customer or a third party is awaited, where the policy says so. The policy applied last "
        "decides."
    ),
    unit_of_analysis=mark("ticket with a promise, by the moment it falls due, grouped by customer"),
    tables=("tickets", "sla_policies"),
    needs={
        "tickets": ("ticket_id", "created_at", "first_human_reply_at", "sla_policy_id"),
        "sla_policies": ("sla_policy_id", "first_reply_minutes"),
    },
    date="due_at",
    rows=_promised(REPLY),
    set_aside=_cannot_count,
    rules=(
        _rule(
            "first_reply",
            mark("first reply"),
            mark("The promise about the first reply of a person, on the clock of the policy."),
        ),
        _rule(
            "resolution",
            mark("resolution"),
            mark("The promise about the solution, to the last time the ticket was solved."),
            reads=Rows(rows=_promised(SOLUTION), needs=OF_SOLUTIONS),
        ),
        _rule(
            "business",
            mark("first reply in business time"),
            mark("As if every policy counted business hours only: nights and holidays cost nothing."),
            reads=Rows(rows=_promised(REPLY, clock="business"), needs={"business_hours": HOURS}),
        ),
        _rule(
            "calendar",
            mark("first reply in calendar time"),
            mark("As if every policy counted all minutes, without pauses: the customer's own clock."),
            reads=Rows(rows=_promised(REPLY, clock="calendar")),
        ),
        _rule(
            "closed_only",
            mark("first reply, answered tickets only"),
            mark("Only tickets already answered: those overdue and still waiting are left out, which flatters."),
        ),
        _rule(
            "resolution_closed_only",
            mark("resolution, solved tickets only"),
            mark("Only tickets already solved: those overdue and still open are left out, which flatters."),
            reads=Rows(rows=_promised(SOLUTION), needs=OF_SOLUTIONS),
        ),
    ),
    abuses=(
        mark("closing tickets to stop the clock"),
        mark("changing the priority when time runs out"),
        mark("counting the automatic reply as an answer"),
    ),
    source="Clock: Zendesk SLA policies; interval: Wilson 1927.",
    synonyms=("sla", "cumprimento do sla", "sla no prazo", "dentro do prazo"),
)

PROMISES = (SLA_COMPLIANCE,)
