"""Support metrics: how long customers wait, and who has to come back."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import one_if
from cxlib.metrics.definition import Duration, Ratio, Rows, Rule, Sources
from cxlib.metrics.support_clock import HOURS, in_business_time
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.expr.types import BooleanValue, NumericValue, Table

    from cxlib.metrics.definition import Conditions

RECONTACT_DAYS = 7


def _tickets(sources: Sources) -> "Table":
    ibis = lazy_ibis()
    tickets = sources["tickets"]
    return tickets.mutate(cx_as_of=ibis.literal(sources.as_of))


def _backwards(end: str) -> "Callable[[Table, Rule], Conditions]":
    def set_aside(tickets: "Table", rule: Rule) -> "Conditions":
        reasons: Conditions = [("impossible", (tickets[end] < tickets.created_at).fill_null(False))]
        return [*reasons, ("no_schedule", tickets.cx_schedule.isnull())] if rule.reads else reasons

    return set_aside


def _minutes_until(end: str) -> "Callable[[Table, Rule], NumericValue]":
    def minutes(tickets: "Table", rule: Rule) -> "NumericValue":
        if rule.reads:
            return tickets.cx_open_minutes
        return tickets[end].coalesce(tickets.cx_as_of).delta(tickets.created_at, unit="second") / 60

    return minutes


def _over(end: str) -> "Callable[[Table, Rule], BooleanValue]":
    def finished(tickets: "Table", rule: Rule) -> "BooleanValue":
        return tickets[end].notnull()

    return finished


def _waiting_rules(end: str) -> tuple[Rule, ...]:
    business = Rows(rows=in_business_time(end), needs={"business_hours": HOURS})
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
        Rule(
            key="median_business",
            name=mark("median of business time"),
            explanation=mark(
                "Only minutes in which the desk is open, by the schedule of the ticket's policy, else the one named "
                "as its team. It is what the desk sees: the customer waits through the night as well."
            ),
            interval="order_statistics",
            unit="minutes",
            direction="down",
            reads=business,
        ),
        Rule(
            key="p90_business",
            name=mark("90th percentile of business time"),
            explanation=mark("Nine customers in ten waited no more minutes in which the desk is open."),
            interval="order_statistics",
            unit="minutes",
            direction="down",
            quantile=0.9,
            reads=business,
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
    rules=_waiting_rules("first_human_reply_at"),
    abuses=(
        mark("telling the mean"),
        mark("counting the automatic reply as an answer"),
        mark("telling business time as if it were the customer's"),
    ),
    source="Clock: Zendesk ticket metrics; interval: Conover 1999, 3.2, and Brookmeyer & Crowley 1982.",
    synonyms=("frt", "tempo de primeira resposta", "tempo médio de resposta"),
)

RESOLUTION_TIME = Duration(
    key="resolution_time",
    name=mark("resolution time"),
    question=mark("How long does it take until a problem is solved?"),
    explanation=mark(
        "From the customer's first message to the last time the ticket was solved; one that was opened again counts "
        "to its last solution. Open tickets count as open: the mean of the closed ones leaves out the longest."
    ),
    unit_of_analysis=mark("ticket, by the day it was opened"),
    tables=("tickets",),
    needs={"tickets": ("ticket_id", "created_at", "solved_at")},
    date="created_at",
    rows=_tickets,
    set_aside=_backwards("solved_at"),
    minutes=_minutes_until("solved_at"),
    finished=_over("solved_at"),
    rules=_waiting_rules("solved_at"),
    abuses=(mark("telling the mean of closed tickets"), mark("closing tickets to stop the clock")),
    source="Clock: Zendesk ticket metrics; interval: Conover 1999, 3.2, and Brookmeyer & Crowley 1982.",
    synonyms=("tempo de resolução", "tempo de solução", "ttr", "mttr"),
)


def _contacts(sources: Sources) -> "Table":
    """Tickets with the next one of the same customer about the same thing, on any channel and on the same one."""
    ibis = lazy_ibis()
    tickets = sources["tickets"]
    issue = [tickets.customer_id, *([tickets.category] if "category" in tickets.columns else [])]
    order = [tickets.created_at, tickets.ticket_id]
    following = {"cx_next": issue, "cx_next_here": [*issue, tickets.channel]}
    nexts = {
        name: tickets.created_at.lead().over(ibis.window(group_by=keys, order_by=order))
        for name, keys in following.items()
    }
    return tickets.mutate(**nexts, cx_as_of=ibis.literal(sources.as_of))


def _young_contact(tickets: "Table", rule: Rule) -> "Conditions":
    until = tickets.created_at + lazy_ibis().interval(days=RECONTACT_DAYS)
    return [("unidentified", tickets.customer_id.isnull()), ("immature", until > tickets.cx_as_of)]


def _no_contact_by(column: str) -> "Callable[[Table], NumericValue]":
    def numerator(tickets: "Table") -> "NumericValue":
        again = tickets[column] < tickets.created_at + lazy_ibis().interval(days=RECONTACT_DAYS)
        return one_if(~again.fill_null(False))

    return numerator


FIRST_CONTACT_RESOLUTION = Ratio(
    key="first_contact_resolution",
    name=mark("first contact resolution"),
    question=mark("Of the problems brought to us, how many needed no second contact?"),
    explanation=mark(
        "Contacts after which the same customer did not come back about the same thing within 7 days, on any "
        "channel. Who asks in the chat and then calls has not been helped by the chat."
    ),
    unit_of_analysis=mark("contact of a known customer, grouped by customer; the last 7 days are set aside"),
    tables=("tickets",),
    needs={"tickets": ("ticket_id", "customer_id", "channel", "created_at")},
    date="created_at",
    rows=_contacts,
    set_aside=_young_contact,
    rules=(
        Rule(
            key="any_channel",
            name=mark("no contact on any channel"),
            explanation=mark("A new contact on another channel counts as one."),
            numerator=_no_contact_by("cx_next"),
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="same_channel",
            name=mark("no contact on the same channel"),
            explanation=mark("What a single tool sees: it misses those who change channel, and looks better."),
            numerator=_no_contact_by("cx_next_here"),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("letting agents tick “solved”"), mark("looking at one channel alone")),
    source="Call-centre practice, recontact within 7 days; interval: Wilson 1927.",
    synonyms=("fcr", "resolução no primeiro contato"),
)

SUPPORT = (FIRST_RESPONSE_TIME, RESOLUTION_TIME, FIRST_CONTACT_RESOLUTION)
