"""Reach metrics: whether those who come stay, and whether those who see click."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import VISITOR, missing, not_people, one_if
from cxlib.metrics.daily_totals import KEY, daily_rows, visits_of_the_day
from cxlib.metrics.definition import Ratio, Rule, Sources

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table

    from cxlib.metrics.definition import Conditions

ENGAGED_SECONDS = 10


def _visits(sources: Sources) -> "Table":
    return sources["sessions"]


def _unmeasured_visit(visits: "Table", rule: Rule) -> "Conditions":
    needed = ("interactions",) if rule.key == "ua" else ("page_views", "engagement_seconds", "key_events")
    return not_people(visits) + missing(visits, *needed)


def _one_interaction(visits: "Table") -> "NumericValue":
    return one_if(visits.interactions == 1)


def _not_engaged(visits: "Table") -> "NumericValue":
    engaged = (visits.engagement_seconds > ENGAGED_SECONDS) | (visits.key_events > 0) | (visits.page_views >= 2)
    return one_if(~engaged)


BOUNCE_RATE = Ratio(
    key="bounce_rate",
    name=mark("bounce rate"),
    question=mark("Of the visits, how many ended where they began?"),
    explanation=mark(
        "Visits that did nothing more, divided by all visits. Tools disagree on what more is, so numbers of two "
        "tools are never held against each other. On a page that answers the question at once, leaving is success."
    ),
    unit_of_analysis=mark("visit, grouped by visitor; bots and staff set aside"),
    tables=("sessions",),
    needs={"sessions": ("session_id", "interactions")},
    date="started_at",
    rows=_visits,
    set_aside=_unmeasured_visit,
    rules=(
        Rule(
            key="ua",
            name=mark("one interaction"),
            explanation=mark("Universal Analytics: a single interaction was sent."),
            numerator=_one_interaction,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="ga4",
            name=mark("not engaged"),
            explanation=mark("Google Analytics 4: neither over 10 seconds, nor a key event, nor two views."),
            numerator=_not_engaged,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key=KEY,
            name=mark("not engaged, from a tool's daily totals"),
            explanation=mark(
                "Google Analytics 4, from the lines of its screens (table web_daily): one less the engaged visits of "
                "all visits. Lines do not say whose the visits are, nor which were bots."
            ),
            numerator=lambda lines: lines.sessions - lines.engaged_sessions,
            denominator=visits_of_the_day,
            counts_units=True,
            interval="wilson",
            unit="share",
            direction="down",
            reads=daily_rows("sessions", "engaged_sessions", within="sessions"),
        ),
    ),
    abuses=(
        mark("comparing the bounce rates of two tools"),
        mark("leaving the bots in"),
    ),
    source="Google Analytics help: Universal Analytics, and 12798876 for GA4; interval: Wilson 1927.",
    synonyms=("taxa de rejeição", "bounce"),
    cluster=VISITOR,
    least_n=100,
)


def _shown(sources: Sources) -> "Table":
    spend = sources["ad_spend"]
    return spend.filter(spend.impressions.notnull() | spend.clicks.notnull())


def _without_counts(shown: "Table", rule: Rule) -> "Conditions":
    units = ("clickers", "viewers") if rule.key == "people" else ("clicks", "impressions")
    return missing(shown, *units)


CLICK_THROUGH_RATE = Ratio(
    key="click_through_rate",
    name=mark("click-through rate"),
    question=mark("Of the times it was shown, how often was it clicked?"),
    explanation=mark(
        "Clicks divided by impressions. People who clicked divided by people who saw is another number; clickers "
        "divided by impressions mixes the two and is neither."
    ),
    unit_of_analysis=mark("impression, grouped by line of cost"),
    tables=("ad_spend",),
    needs={"ad_spend": ("impressions", "clicks")},
    date="date_on",
    rows=_shown,
    set_aside=_without_counts,
    rules=(
        Rule(
            key="impressions",
            name=mark("clicks per impression"),
            explanation=mark("Every click counts, also the second of the same person."),
            numerator=lambda shown: shown.clicks,
            denominator=lambda shown: shown.impressions,
            counts_units=True,
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="people",
            name=mark("people who clicked, of those who saw"),
            explanation=mark("Each person counts once a day; days do not add up to people."),
            numerator=lambda shown: shown.clickers,
            denominator=lambda shown: shown.viewers,
            counts_units=True,
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("dividing people by impressions"), mark("reading clicks as interest, with bots among them")),
    source="IAB/MRC Ad Click Measurement Guidelines 2009; interval: Wilson 1927.",
    synonyms=("ctr", "taxa de clique", "taxa de cliques"),
    cluster=(),
    least_n=1_000,
    least_n_compared=1_000,
)

REACH = (BOUNCE_RATE, CLICK_THROUGH_RATE)
