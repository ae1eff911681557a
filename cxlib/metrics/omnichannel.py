"""Channels together: how often customers change channel on their way, and whether a matter survives the change."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import not_people, one_if
from cxlib.metrics.definition import Ratio, Rows, Rule, Sources
from cxlib.metrics.handling import TICKETS, asked_again
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

    from cxlib.metrics.definition import Conditions

PERSON, JOURNEY_DAYS, RECONTACT_DAYS = "person_key", 30, 7


def _touches(sources: Sources) -> "Table":
    """Return the events with the one before of the same person: its channel, its visit, and whether long ago."""
    ibis = lazy_ibis()
    events = sources["events"]
    within = ibis.window(group_by=events[PERSON], order_by=[events.occurred_at, events.event_id])
    visit = events.session_id if "session_id" in events.columns else ibis.null("string")
    rows = events.mutate(
        cx_at_before=events.occurred_at.lag().over(within),
        cx_channel_before=events.channel.lag().over(within),
        cx_visit_before=visit.lag().over(within) if "session_id" in events.columns else visit,
        cx_visit=visit,
    )
    again = rows.cx_at_before + ibis.interval(days=JOURNEY_DAYS) < rows.occurred_at
    return rows.mutate(
        cx_begins=rows.cx_at_before.isnull() | again,
        cx_same_visit=(rows.cx_visit == rows.cx_visit_before).fill_null(False),
    )


def _no_transition(rows: "Table", rule: Rule) -> "Conditions":
    return [
        *not_people(rows),
        ("unidentified", rows[PERSON].isnull()),
        ("no_channel", rows.channel.isnull() | (~rows.cx_begins & rows.cx_channel_before.isnull())),
        ("begins", rows.cx_begins),
        ("same_visit", rows.cx_same_visit),
    ]


def _journeys(sources: Sources) -> "Table":
    """Return one row for each journey: when it began and how many channels it went through."""
    ibis = lazy_ibis()
    rows = _touches(sources)
    unwanted = [condition for _, condition in not_people(rows)]
    rows = rows.mutate(cx_people=~ibis.or_(*unwanted) if unwanted else ibis.literal(True))
    order = [rows.occurred_at, rows.event_id]
    begun = rows.cx_begins.cast("int64").sum().over(ibis.cumulative_window(group_by=rows[PERSON], order_by=order))
    numbered = rows.mutate(cx_journey=begun)
    return numbered.group_by([PERSON, "cx_journey"]).agg(
        occurred_at=numbered.occurred_at.min(),
        cx_channels=numbered.channel.nunique(where=numbered.cx_people),
        cx_people=numbered.cx_people.max(),
    )


def _no_channel(journeys: "Table", rule: Rule) -> "Conditions":
    return [
        ("bot", ~journeys.cx_people),
        ("unidentified", journeys[PERSON].isnull()),
        ("no_channel", journeys.cx_channels == 0),
    ]


def _switched(rows: "Table") -> "BooleanValue":
    return rows.channel != rows.cx_channel_before


CHANNEL_SWITCH_RATE = Ratio(
    key="channel_switch_rate",
    name=mark("channel switching"),
    question=mark("On their way, how often do customers go on in another channel?"),
    explanation=mark(
        "Touches that are in another channel than the touch before, divided by all touches that have one before. "
        "The events of one visit are one touch; after 30 days without any a new journey begins. A switch may be "
        "convenience or a dead end: look at how the journeys end before calling it good or bad."
    ),
    unit_of_analysis=mark("step from one touch to the next, by the day of the second, grouped by person"),
    tables=("events",),
    needs={"events": ("event_id", PERSON, "occurred_at", "channel")},
    date="occurred_at",
    rows=_touches,
    set_aside=_no_transition,
    rules=(
        Rule(
            key="transitions",
            name=mark("of the steps"),
            explanation=mark("Steps into another channel, divided by all steps."),
            numerator=lambda rows: one_if(_switched(rows)),
            interval="bootstrap",
            unit="share",
            direction="none",
        ),
        Rule(
            key="channels_per_journey",
            name=mark("channels a journey"),
            explanation=mark("How many different channels a journey went through, on average."),
            numerator=lambda journeys: journeys.cx_channels,
            interval="bootstrap",
            unit="ratio",
            direction="none",
            reads=Rows(rows=_journeys, set_aside=_no_channel),
        ),
    ),
    abuses=(
        mark("celebrating every switch as omnichannel"),
        mark("counting the pages of one visit as touches, which hides the switches"),
    ),
    source="Verhoef, Kannan & Inman 2015, Journal of Retailing 91(2); interval: bootstrap of persons.",
    synonyms=("troca de canal", "mudança de canal", "channel switching", "omnichannel"),
    cluster=(PERSON,),
    least_n=100,
)


def _issues(sources: Sources) -> "Table":
    """Return tickets with how many channels they went through, what was asked again, and the customer's next one."""
    ibis = lazy_ibis()
    log, tickets = sources["ticket_events"], asked_again(sources)
    own = sources["tickets"].select(cx_ticket="ticket_id", cx_channel="channel")
    seen = own.union(log.select(cx_ticket="ticket_id", cx_channel="channel"))
    channels = seen.group_by("cx_ticket").agg(cx_channels=seen.cx_channel.nunique())
    rows = tickets.left_join(channels, tickets.ticket_id == channels.cx_ticket).drop("cx_ticket")
    issue = [rows.customer_id, *([rows.category] if "category" in rows.columns else [])]
    following = rows.created_at.lead().over(ibis.window(group_by=issue, order_by=[rows.created_at, rows.ticket_id]))
    return rows.mutate(cx_next=following, cx_as_of=ibis.literal(sources.as_of))


def _not_crossed(tickets: "Table", rule: Rule) -> "Conditions":
    ended = tickets.solved_at.coalesce(tickets.created_at)
    return [
        ("unidentified", tickets.customer_id.isnull()),
        ("one_channel", tickets.cx_channels < 2),
        ("immature", ended + lazy_ibis().interval(days=RECONTACT_DAYS) > tickets.cx_as_of),
    ]


def _done(tickets: "Table") -> "BooleanValue":
    """Solved, nothing reopened, and the customer did not come back within the days after."""
    again = (tickets.cx_next < tickets.solved_at + lazy_ibis().interval(days=RECONTACT_DAYS)).fill_null(False)
    reopened = tickets.reopened_count > 0 if "reopened_count" in tickets.columns else lazy_ibis().literal(False)
    return tickets.solved_at.notnull() & ~again & ~reopened.fill_null(False)


CROSS_CHANNEL_RESOLUTION = Ratio(
    key="cross_channel_resolution",
    name=mark("resolution across channels"),
    question=mark("Of the matters that went through several channels, how many were settled without starting over?"),
    explanation=mark(
        "Tickets that went through two channels or more and were solved, with nothing asked twice, nothing reopened "
        "and no new contact of the customer about the same thing within 7 days, divided by all tickets of several "
        "channels whose 7 days are over. Each channel's own rate of closing hides what is lost between them."
    ),
    unit_of_analysis=mark("ticket of two channels or more, by the day it was opened, grouped by customer"),
    tables=("tickets", "ticket_events"),
    needs={
        "tickets": (*TICKETS, "customer_id", "channel", "solved_at"),
        "ticket_events": ("ticket_event_id", "ticket_id", "occurred_at", "event_type", "channel", "data_asked"),
    },
    date="created_at",
    rows=_issues,
    set_aside=_not_crossed,
    rules=(
        Rule(
            key="without_restart",
            name=mark("without starting over"),
            explanation=mark("Solved, nothing asked twice, not reopened, no new contact within 7 days."),
            numerator=lambda tickets: one_if(_done(tickets) & (tickets.cx_repeats == 0)),
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="solved",
            name=mark("solved at all"),
            explanation=mark("As if to be asked everything again, or to come back, did not matter: too high."),
            numerator=lambda tickets: one_if(tickets.solved_at.notnull()),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(
        mark("adding up what each channel closed"),
        mark("opening a new ticket at every change of channel"),
    ),
    source="Verhoef, Kannan & Inman 2015; recontact as in call-centre practice; interval: Wilson 1927.",
    synonyms=("resolução entre canais", "cross-channel resolution", "omnichannel"),
)

OMNICHANNEL = (CHANNEL_SWITCH_RATE, CROSS_CHANNEL_RESOLUTION)
