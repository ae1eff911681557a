"""Traffic: where visits come from, and what is clicked."""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.design import ratio
from cxlib.inference.intervals import wilson
from cxlib.language import mark, say
from cxlib.metrics.compute import Question, answers, labelled
from cxlib.metrics.conditions import COUNTED, VISITOR, missing, not_people
from cxlib.metrics.counting import count_cells, sorted_cells
from cxlib.metrics.daily_totals import KEY, daily_rows
from cxlib.metrics.definition import Measure, Rows, Rule, Sources
from cxlib.metrics.result import LEVEL, methods_of
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

    from cxlib.metrics.compute import Answers
    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

LOOK_BACK_DAYS = 90
DIRECT = ("", "(direct)", "direct", "(none)", "(not set)")
ORIGIN = ("source", "medium", "campaign_id")
CLICK, DOUBLE_SECONDS = "click", 2


def _visits(sources: Sources) -> "Table":
    return sources["sessions"].mutate(cx_visits=lazy_ibis().literal(1))


def _not_counted(visits: "Table", rule: Rule) -> "Conditions":
    return not_people(visits)


def _is_direct(visits: "Table") -> "BooleanValue":
    return visits.source.fill_null("").strip().lower().isin(DIRECT)


def _last_known(sources: Sources) -> "Table":
    """Return visits, direct ones with the origin of the last visit of the same cookie that had another one."""
    ibis = lazy_ibis()
    visits = _visits(sources)
    # A visit of nobody known has no past; it must not take that of another nobody.
    who = ibis.coalesce(visits.identity_id, "visit " + visits.session_id)
    visits = visits.mutate(cx_who=who, cx_direct=_is_direct(visits))
    so_far = ibis.cumulative_window(group_by=visits.cx_who, order_by=[visits.started_at, visits.session_id])
    visits = visits.mutate(cx_run=visits.cx_direct.ifelse(0, 1).sum().over(so_far))
    run = ibis.window(group_by=[visits.cx_who, visits.cx_run])
    known_at = visits.cx_direct.ifelse(None, visits.started_at).max().over(run)
    inherits = visits.cx_direct & (visits.started_at < known_at + ibis.interval(days=LOOK_BACK_DAYS))
    inherited = {
        name: inherits.fill_null(False).ifelse(
            visits.cx_direct.ifelse(None, visits[name]).max().over(run), visits[name]
        )
        for name in ORIGIN
        if name in visits.columns
    }
    return visits.mutate(**inherited).drop("cx_who", "cx_direct", "cx_run")


def _daily(sources: Sources) -> "Table":
    lines = sources["web_daily"]
    return lines.mutate(cx_visits=lines.sessions)


def _share_cells(dataset: "Dataset", question: Question) -> pd.DataFrame:
    """Divide the visits of each cell by all visits of its period, visits of one visitor taken together."""
    if not question.by:
        raise InputError(say("A share of traffic is one group's part of all visits: say by what, such as by source."))
    found = answers(dataset, question)
    used = found.rows.filter(found.rows.cx_reason == "")
    here = used.group_by([*question.keys, "cx_customer"]).agg(total=used.cx_visits.sum().cast("float64"))
    whole = used.group_by(["period", "cx_customer"]).agg(weight=used.cx_visits.sum().cast("float64"))
    beside = here.join(whole, ["period", "cx_customer"])
    shares = beside.group_by(question.keys).agg(
        total=beside.total.sum(),
        visitors=beside.count(),
        total_total=(beside.total * beside.total).sum(),
        total_weight=(beside.total * beside.weight).sum(),
    )
    periods = whole.group_by("period").agg(
        n=whole.weight.sum(), customers=whole.count(), weight_weight=(whole.weight * whole.weight).sum()
    )
    cells = _with_set_aside(shares, found, dataset, question)
    all_visits = labelled(collect(periods).to_pandas(), dataset, question, by=())
    cells = cells.merge(all_visits, on="period", how="left")
    cells[["n", "customers", "weight_weight"]] = cells[["n", "customers", "weight_weight"]].fillna(0)
    return _shares(cells.assign(weight=cells["n"], square=cells["total"]), question)


def _with_set_aside(shares: "Table", found: "Answers", dataset: "Dataset", question: Question) -> pd.DataFrame:
    cells = sorted_cells(shares, dataset, question)
    rows = found.rows.filter(found.rows.cx_reason != "")
    aside = rows.group_by(question.keys).agg(
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in found.reasons}, cx_rows=rows.count()
    )
    both = cells.merge(labelled(collect(aside).to_pandas(), dataset, question), on=question.keys, how="outer")
    sums = both.columns.difference(question.keys)
    both[sums] = both[sums].fillna(0)
    return both.sort_values(question.keys, na_position="last", ignore_index=True, kind="stable")


def _shares(cells: pd.DataFrame, question: Question) -> pd.DataFrame:
    estimate = ratio(cells, repeats=question.metric.of_people)
    low, high = wilson(estimate.value, estimate.effective_n, level=LEVEL)
    return cells.assign(
        value=estimate.value,
        low=low,
        high=high,
        customers=cells["visitors"],
        numerator=cells["total"],
        denominator=cells["n"],
        method=methods_of(question, estimate, low),
    )


TRAFFIC_SHARE = Measure(
    key="traffic_share",
    name=mark("share of traffic"),
    question=mark("Of all visits, how many came from each source?"),
    explanation=mark(
        "Visits of a source divided by all visits of the period: ask for it by source, medium or campaign_id. "
        "The source is that of the visit, not of the visitor's first. A share is no "
        "effect: whom a source brings, and who would have come anyway, it does not say. Links that lost their marks, "
        "messages among friends and the way back from a payment page all look direct."
    ),
    unit_of_analysis=mark("visit, grouped by visitor; bots and staff set aside"),
    tables=("sessions",),
    needs={"sessions": ("session_id", "source")},
    date="started_at",
    rows=_visits,
    set_aside=_not_counted,
    cells=_share_cells,
    rules=(
        Rule(
            key="session_source",
            name=mark("source of the visit"),
            explanation=mark("The source of the visit itself: a direct visit is direct."),
            interval="wilson",
            unit="share",
            direction="none",
        ),
        Rule(
            key="last_non_direct",
            name=mark("last source that was not direct"),
            explanation=mark(
                "A direct visit takes the source of the same cookie's last visit that was not direct, of the 90 days "
                "before: another metric, with less direct."
            ),
            interval="wilson",
            unit="share",
            direction="none",
            reads=Rows(rows=_last_known, needs={"sessions": ("identity_id", "started_at")}),
        ),
        Rule(
            key=KEY,
            name=mark("source, from a tool's daily totals"),
            explanation=mark("Visits of the lines of a tool's screens (table web_daily), bots among them."),
            interval="wilson",
            unit="share",
            direction="none",
            reads=daily_rows("sessions", rows=_daily),
        ),
    ),
    abuses=(mark("reading a share as an effect"), mark("comparing tools that credit direct visits differently")),
    source="Google Analytics 4 and Matomo documentation on direct traffic; interval: Wilson 1927.",
    synonyms=("fontes de tráfego", "fonte de tráfego", "origem do tráfego", "traffic source"),
    cluster=VISITOR,
    least_n=100,
)


def _clicks(sources: Sources) -> "Table":
    """Return the clicks, with the moment of the one before it by the same person on the same element."""
    ibis = lazy_ibis()
    events = sources["events"]
    clicks = events.filter(events.event_type == CLICK)
    where = [clicks[name].fill_null("") for name in ("element_id", "page", "campaign_id") if name in clicks.columns]
    same = ibis.window(group_by=[clicks.person_key, *where], order_by=[clicks.occurred_at, clicks.event_id])
    return clicks.mutate(cx_before=clicks.occurred_at.lag().over(same))


def _double(clicks: "Table", rule: Rule) -> "Conditions":
    again = clicks.occurred_at < clicks.cx_before + lazy_ibis().interval(seconds=DOUBLE_SECONDS)
    return [*not_people(clicks), *missing(clicks, "occurred_at"), ("double", again.fill_null(False))]


CLICKS = Measure(
    key="clicks",
    name=mark("clicks"),
    question=mark("How often was something clicked?"),
    explanation=mark(
        "Clicks of people, a second one on the same element within two seconds left out. A count says nothing of "
        "success: divide by what was shown (click_through_rate), or by what it led to."
    ),
    unit_of_analysis=mark("click; double clicks and bots set aside"),
    tables=("events",),
    needs={"events": ("event_id", "person_key", "occurred_at", "event_type")},
    date="occurred_at",
    rows=_clicks,
    set_aside=_double,
    cells=count_cells,
    rules=(
        Rule(
            key="valid",
            name=mark("valid clicks"),
            explanation=mark("Less than two seconds after the one before, by the same person on the same element, "
                             "page and campaign, it is the same click."),
            interval=COUNTED,
            unit="count",
            direction="none",
        ),
    ),
    abuses=(mark("cheering clicks that lead nowhere"), mark("counting bots and double clicks")),
    source="IAB/MRC Ad Click Measurement Guidelines 2009.",
    synonyms=("cliques", "clique"),
    cluster=("person_key",),
    least_n=1,
    least_n_compared=1,
)  # fmt: skip

TRAFFIC = (TRAFFIC_SHARE, CLICKS)
