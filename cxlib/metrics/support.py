"""Support metrics: how long customers wait, and whether what was promised was kept."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.definition import Duration, Rule, Sources
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.expr.types import BooleanValue, NumericValue, Table

    from cxlib.metrics.definition import Conditions


def _tickets(sources: Sources) -> "Table":
    ibis = lazy_ibis()
    tickets = sources["tickets"]
    return tickets.mutate(cx_as_of=ibis.literal(sources.as_of))


def _backwards(end: str) -> "Callable[[Table, Rule], Conditions]":
    def set_aside(tickets: "Table", rule: Rule) -> "Conditions":
        return [("impossible", (tickets[end] < tickets.created_at).fill_null(False))]

    return set_aside


def _minutes_until(end: str) -> "Callable[[Table, Rule], NumericValue]":
    def minutes(tickets: "Table", rule: Rule) -> "NumericValue":
        return tickets[end].coalesce(tickets.cx_as_of).delta(tickets.created_at, unit="second") / 60

    return minutes


def _over(end: str) -> "Callable[[Table, Rule], BooleanValue]":
    def finished(tickets: "Table", rule: Rule) -> "BooleanValue":
        return tickets[end].notnull()

    return finished


def _waiting_rules() -> tuple[Rule, ...]:
    return (
        Rule(
            key="median",
            name=mark("median"),
            explanation=mark("Half of the customers waited no longer."),
            interval="order_statistics",
            unit="minutes",
            direction="down",
        ),
        Rule(
            key="p90",
            name=mark("90th percentile"),
            explanation=mark("Nine customers in ten waited no longer."),
            interval="order_statistics",
            unit="minutes",
            direction="down",
            quantile=0.9,
        ),
        Rule(
            key="mean_of_finished",
            name=mark("mean of what is over"),
            explanation=mark("What dashboards show: a few long waits pull it up, the longest are still missing."),
            interval="student",
            unit="minutes",
            direction="down",
        ),
    )


FIRST_RESPONSE_TIME = Duration(
    key="first_response_time",
    name=mark("first response time"),
    question=mark("How long does a customer wait for the first answer of a person?"),
    explanation=mark(
        "From the customer's first message to the first public reply of a person; bots and automatic replies do not "
        "stop the clock. Tickets still waiting count as waiting, they are not left out."
    ),
    unit_of_analysis=mark("ticket, by the day it was opened"),
    tables=("tickets",),
    needs={"tickets": ("ticket_id", "created_at", "first_human_reply_at")},
    date="created_at",
    rows=_tickets,
    set_aside=_backwards("first_human_reply_at"),
    minutes=_minutes_until("first_human_reply_at"),
    finished=_over("first_human_reply_at"),
    rules=_waiting_rules(),
    abuses=(mark("telling the mean"), mark("counting the automatic reply as an answer")),
    source="Clock: Zendesk ticket metrics; interval: Conover 1999, 3.2, and Brookmeyer & Crowley 1982.",
    synonyms=("frt", "tempo de primeira resposta", "tempo médio de resposta"),
)

SUPPORT = (FIRST_RESPONSE_TIME,)
