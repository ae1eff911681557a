"""How tickets are worked on: how long that takes, how often one is passed on, who has to say it all again."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import one_if
from cxlib.metrics.definition import Ratio, Rule, Sources
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions

TICKETS = ("ticket_id", "created_at")


def _beside(tickets: "Table", sums: "Table") -> "Table":
    """Add what was summed up by ticket (`cx_ticket`) to the tickets."""
    return tickets.left_join(sums, tickets.ticket_id == sums.cx_ticket).drop("cx_ticket")


def _worked_on(sources: Sources) -> "Table":
    log = sources["ticket_events"]
    work = log.group_by(cx_ticket=log.ticket_id).agg(cx_work=log.touch_minutes.sum())
    return _beside(sources["tickets"], work)


def _not_timed(tickets: "Table", rule: Rule) -> "Conditions":
    return [("not_timed", tickets.cx_work.isnull())] if rule.key == "timed" else []


AVERAGE_HANDLING_TIME = Ratio(
    key="average_handling_time",
    name=mark("average handling time"),
    question=mark("How long does somebody work on a ticket?"),
    explanation=mark(
        "The working time written down at the steps of a ticket, waiting left out, divided by the tickets that have "
        "any. It says what a ticket costs, not how long the customer waits. Tickets that nobody timed are set aside: "
        "if they differ from the others, so does their work."
    ),
    unit_of_analysis=mark("ticket with timed work, by the day it was opened, grouped by customer"),
    tables=("tickets", "ticket_events"),
    needs={"tickets": TICKETS, "ticket_events": ("ticket_id", "touch_minutes")},
    date="created_at",
    rows=_worked_on,
    set_aside=_not_timed,
    rules=(
        Rule(
            key="timed",
            name=mark("tickets with timed work"),
            explanation=mark("Only tickets at which some work was timed."),
            numerator=lambda tickets: tickets.cx_work,
            interval="student",
            unit="minutes",
            direction="down",
        ),
        Rule(
            key="all_tickets",
            name=mark("all tickets"),
            explanation=mark("As if a ticket that nobody timed had cost no work: too low."),
            numerator=lambda tickets: tickets.cx_work.fill_null(0),
            interval="student",
            unit="minutes",
            direction="down",
        ),
    ),
    abuses=(
        mark("rewarding short work: the problem comes back"),
        mark("taking it for the customer's waiting time"),
    ),
    source="Call-centre practice (AHT: talk, hold and after-call work); interval: Student's t, grouped by customer.",
    synonyms=("aht", "tma", "tempo médio de atendimento"),
)


def _passed_on(sources: Sources) -> "Table":
    log = sources["ticket_events"]
    moves = log.group_by(cx_ticket=log.ticket_id).agg(cx_transfers=(log.event_type == "transfer").sum())
    tickets = _beside(sources["tickets"], moves)
    return tickets.mutate(cx_transfers=tickets.cx_transfers.fill_null(0))


HANDOFFS = Ratio(
    key="handoffs",
    name=mark("handoffs"),
    question=mark("How often is a ticket passed on to somebody else?"),
    explanation=mark(
        "Transfers in the log of a ticket, between teams or to a third party and back. Most of them harm nobody: "
        "what hurts is to be asked the same again afterwards (reasked_rate). Open tickets count with what has "
        "happened so far."
    ),
    unit_of_analysis=mark("ticket, by the day it was opened, grouped by customer"),
    tables=("tickets", "ticket_events"),
    needs={"tickets": TICKETS, "ticket_events": ("ticket_id", "event_type")},
    date="created_at",
    rows=_passed_on,
    set_aside=lambda tickets, rule: [],
    rules=(
        Rule(
            key="per_ticket",
            name=mark("per ticket"),
            explanation=mark("Transfers divided by tickets."),
            numerator=lambda tickets: tickets.cx_transfers,
            interval="bootstrap",
            unit="ratio",
            direction="down",
        ),
        Rule(
            key="any",
            name=mark("at least one"),
            explanation=mark("Of the tickets, those passed on at least once."),
            numerator=lambda tickets: one_if(tickets.cx_transfers > 0),
            interval="wilson",
            unit="share",
            direction="down",
        ),
    ),
    abuses=(
        mark("counting only the transfers that somebody logged"),
        mark("blaming transfers for what repetition does"),
    ),
    source="Service blueprints (Bitner, Ostrom & Morgan 2008); interval: bootstrap of customers, Wilson 1927.",
    synonyms=("repasses", "transferências", "encaminhamentos", "transfers"),
    least_n=100,
)


def asked_again(sources: Sources) -> "Table":
    """Tickets with their transfers, after how many of them something was asked again, and how often in all."""
    ibis = lazy_ibis()
    log = sources["ticket_events"]
    log = log.select("ticket_event_id", "ticket_id", "occurred_at", "event_type", "data_asked")
    order = [log.occurred_at, log.ticket_event_id]
    moved = ibis.ifelse(log.event_type == "transfer", 1, 0)
    log = log.mutate(cx_leg=moved.sum().over(ibis.cumulative_window(group_by=log.ticket_id, order_by=order)))
    asked = log.filter(log.data_asked.notnull())
    asked = asked.select(
        "ticket_event_id",
        "occurred_at",
        "cx_leg",
        cx_ticket="ticket_id",
        cx_item=asked.data_asked.split(";").unnest(),
    )
    asked = asked.mutate(cx_item=asked.cx_item.strip())
    same = ibis.window(group_by=[asked.cx_ticket, asked.cx_item], order_by=[asked.occurred_at, asked.ticket_event_id])
    asked = asked.mutate(cx_before=ibis.row_number().over(same))
    again = asked.filter(asked.cx_before > 0)
    after_transfer = ibis.ifelse(again.cx_leg > 0, again.cx_leg, ibis.null("int64"))
    repeats = again.group_by("cx_ticket").agg(cx_repeats=again.count(), cx_legs=after_transfer.nunique())
    tickets = _beside(_passed_on(sources), repeats)
    return tickets.mutate(cx_repeats=tickets.cx_repeats.fill_null(0), cx_legs=tickets.cx_legs.fill_null(0))


def _never_passed_on(tickets: "Table", rule: Rule) -> "Conditions":
    return [] if rule.key == "per_ticket" else [("not_passed_on", tickets.cx_transfers == 0)]


REASKED_RATE = Ratio(
    key="reasked_rate",
    name=mark("asked again after a transfer"),
    question=mark("Of the customers who are passed on, how many must say it all again?"),
    explanation=mark(
        "Tickets in which something is asked again after a transfer that had been asked before, divided by the "
        "tickets passed on. What was asked stands in the log by name (data_asked), never with its content."
    ),
    unit_of_analysis=mark("ticket passed on, by the day it was opened, grouped by customer"),
    tables=("tickets", "ticket_events"),
    needs={
        "tickets": TICKETS,
        "ticket_events": ("ticket_event_id", "ticket_id", "occurred_at", "event_type", "data_asked"),
    },
    date="created_at",
    rows=asked_again,
    set_aside=_never_passed_on,
    rules=(
        Rule(
            key="tickets",
            name=mark("tickets passed on"),
            explanation=mark("Of the tickets passed on, those in which something is asked again afterwards."),
            numerator=lambda tickets: one_if(tickets.cx_legs > 0),
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="transfers",
            name=mark("transfers"),
            explanation=mark("Of the transfers, those after which something is asked again before the next."),
            numerator=lambda tickets: tickets.cx_legs,
            denominator=lambda tickets: tickets.cx_transfers,
            counts_units=True,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="per_ticket",
            name=mark("repetitions per ticket"),
            explanation=mark("Items asked again, passed on or not, divided by all tickets."),
            numerator=lambda tickets: tickets.cx_repeats,
            interval="bootstrap",
            unit="ratio",
            direction="down",
        ),
    ),
    abuses=(mark("not writing down what was asked"), mark("counting only the transfers that somebody logged")),
    source="Service blueprints, repeated data (Bitner, Ostrom & Morgan 2008); interval: Wilson 1927.",
    synonyms=("repetição de dados", "dados repetidos", "repetir dados", "pedir de novo", "repeated data"),
    least_n=100,
)

HANDLING = (AVERAGE_HANDLING_TIME, HANDOFFS, REASKED_RATE)
