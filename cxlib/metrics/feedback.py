"""What is done with what customers say: complaints per order, and whether somebody calls the unhappy back."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import one_if
from cxlib.metrics.definition import Ratio, Rule, Sources
from cxlib.tables.engine import count_rows, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table

    from cxlib.metrics.definition import Conditions

COMPLAINT_DAYS = 30
LOOP_HOURS = 48
DETRACTOR = 6
PER_THOUSAND = 1_000


def _recorded(events: "Table", kind: str) -> "tuple[Table, bool]":
    """Return the events of a kind, and whether there is any: where there is none, nobody wrote them down."""
    found = events.filter(events.event_type == kind)
    return found, count_rows(found.limit(1)) > 0


def _orders_and_complaints(sources: Sources) -> "Table":
    """Orders with the complaints about each in its first days; complaints about no known order, as rows as well."""
    ibis = lazy_ibis()
    orders = sources["orders"]
    complaints, recorded = _recorded(sources["events"], "complaint")
    complaints = complaints.select(cx_order="order_id", cx_complained_at="occurred_at")
    placed = orders.select(cx_order="order_id", placed_at="placed_at")
    about = complaints.join(placed, "cx_order")
    in_time = about.filter(about.cx_complained_at < about.placed_at + ibis.interval(days=COMPLAINT_DAYS))
    counted = in_time.group_by("cx_order").agg(cx_complaints=in_time.count())
    rows = orders.left_join(counted, orders.order_id == counted.cx_order).drop("cx_order").mutate(cx_no_order=False)
    lost = complaints.anti_join(placed, "cx_order")
    absent = {name: ibis.null(kind) for name, kind in orders.schema().items() if name != "placed_at"}
    lost = lost.select(**absent, placed_at="cx_complained_at").mutate(
        cx_complaints=ibis.null("int64"), cx_no_order=True
    )
    rows = rows.union(lost.select(*rows.columns))
    return rows.mutate(cx_as_of=ibis.literal(sources.as_of), cx_recorded=ibis.literal(recorded))


def _no_complaint_possible(rows: "Table", rule: Rule) -> "Conditions":
    until = rows.placed_at + lazy_ibis().interval(days=COMPLAINT_DAYS)
    return [("not_recorded", ~rows.cx_recorded), ("no_order", rows.cx_no_order), ("immature", until > rows.cx_as_of)]


COMPLAINT_RATE = Ratio(
    key="complaint_rate",
    name=mark("complaint rate"),
    question=mark("How many orders in a thousand lead to a complaint?"),
    explanation=mark(
        "Orders with a complaint within 30 days, for each 1,000 orders; complaints on several channels about one "
        "order are one. Orders of the last 30 days are too young to count. Few complaints are no proof of few "
        "problems: most customers leave without a word, and a form that is hard to find lowers the rate as well."
    ),
    unit_of_analysis=mark("order, by the day it was placed; complaints that name no order are set aside"),
    tables=("orders", "events"),
    needs={
        "orders": ("order_id", "placed_at"),
        "events": ("event_type", "occurred_at", "order_id"),
    },
    date="placed_at",
    rows=_orders_and_complaints,
    set_aside=_no_complaint_possible,
    rules=(
        Rule(
            key="orders",
            name=mark("orders complained about"),
            explanation=mark("An order counts once, however often the customer complains."),
            numerator=lambda rows: one_if(rows.cx_complaints > 0),
            interval="poisson",
            unit="per_thousand",
            factor=PER_THOUSAND,
            direction="down",
        ),
        Rule(
            key="complaints",
            name=mark("all complaints"),
            explanation=mark("Every complaint counts, also the second about the same order."),
            numerator=lambda rows: rows.cx_complaints.fill_null(0),
            interval="bootstrap",
            unit="per_thousand",
            factor=PER_THOUSAND,
            direction="down",
        ),
    ),
    abuses=(mark("reading fewer complaints as happier customers"), mark("counting one problem on every channel")),
    source="Interval: exact Poisson, Garwood 1936.",
    synonyms=("reclamações", "taxa de reclamação", "reclamação", "complaints"),
    least_n=1_000,
)


def _detractors(sources: Sources) -> "Table":
    """Answers of detractors, with the first contact that somebody made because of them."""
    ibis = lazy_ibis()
    answers = sources["survey_responses"]
    answers = answers.filter((answers.type == "nps") & answers.score.between(0, DETRACTOR))
    contacts, recorded = _recorded(sources["events"], "follow_up_contact")
    contacts = contacts.filter(contacts.response_id.notnull())
    first = contacts.group_by(cx_response=contacts.response_id).agg(cx_contact_at=contacts.occurred_at.min())
    rows = answers.left_join(first, answers.response_id == first.cx_response).drop("cx_response")
    return rows.mutate(cx_as_of=ibis.literal(sources.as_of), cx_recorded=ibis.literal(recorded))


def _no_contact_yet(rows: "Table", rule: Rule) -> "Conditions":
    until = rows.answered_at + lazy_ibis().interval(hours=LOOP_HOURS)
    return [("not_recorded", ~rows.cx_recorded), ("immature", until > rows.cx_as_of)]


def _in_time(rows: "Table") -> "NumericValue":
    return one_if(rows.cx_contact_at <= rows.answered_at + lazy_ibis().interval(hours=LOOP_HOURS))


LOOP_CLOSURE = Ratio(
    key="loop_closure",
    name=mark("closed loop"),
    question=mark("Of the customers who would not recommend us, how many did somebody get back to?"),
    explanation=mark(
        "Detractors (NPS 0 to 6) whom somebody contacted about their answer within 48 hours, divided by the "
        "detractors whose 48 hours are over. The contact is an event (follow_up_contact) that names the answer."
    ),
    unit_of_analysis=mark("answer of a detractor, by the day it was given, grouped by customer"),
    tables=("survey_responses", "events"),
    needs={
        "survey_responses": ("response_id", "type", "score", "answered_at"),
        "events": ("event_type", "occurred_at", "response_id"),
    },
    date="answered_at",
    rows=_detractors,
    set_aside=_no_contact_yet,
    rules=(
        Rule(
            key="within_48_hours",
            name=mark("within 48 hours"),
            explanation=mark("Contacted within 48 hours of the answer."),
            numerator=_in_time,
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="ever",
            name=mark("at any time"),
            explanation=mark("Contacted at all, however late."),
            numerator=lambda rows: one_if(rows.cx_contact_at.notnull()),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("calling only those who left a phone number"), mark("asking for another score in the same call")),
    source="Closed-loop practice (Reichheld & Markey 2011); interval: Wilson 1927.",
    synonyms=("closed loop", "fechamento do ciclo", "ciclo de feedback", "retorno a detratores"),
)

FEEDBACK = (COMPLAINT_RATE, LOOP_CLOSURE)
