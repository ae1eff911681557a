"""New customers: everybody's first paid order that was not cancelled, and what was spent to win them."""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.language import mark
from cxlib.metrics.compute import Question, answers, labelled
from cxlib.metrics.conditions import BOOKED
from cxlib.metrics.currency import one_currency
from cxlib.metrics.definition import Measure, Rule, Sources
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset


def newcomers(sources: Sources) -> "Table":
    """Return the first paid order of each customer; orders of nobody known stay, to be set aside with that reason."""
    ibis = lazy_ibis()
    orders = sources["orders"]
    kept = orders.filter(orders.paid_at.notnull())
    if "cancelled_at" in kept.columns:
        kept = kept.filter(kept.cancelled_at.isnull())
    person = kept.customer_id.cast("string").coalesce(ibis.literal("order ") + kept.order_id.cast("string"))
    within = ibis.window(group_by=person, order_by=[kept.paid_at, kept.order_id])
    placed = kept.mutate(cx_place=ibis.row_number().over(within))
    return placed.filter(placed.cx_place == 0).drop("cx_place").mutate(cx_as_of=ibis.literal(sources.as_of))


def nobody_known(rows: "Table", rule: Rule) -> "Conditions":
    """Return what sets aside buyers who may have bought before under no name."""
    return [("unidentified", rows.customer_id.isnull())]


def _lines_of_cost(sources: Sources) -> "Table":
    return sources["ad_spend"]


def _no_cost(lines: "Table", rule: Rule) -> "Conditions":
    return [("no_amount", lines.cost_cents.isnull())]


# Not in the catalogue: a total of costs answers nobody's question by itself.
COSTS = Measure(
    key="acquisition_cost",
    name=mark("acquisition cost"),
    question="",
    explanation="",
    unit_of_analysis="",
    tables=("ad_spend",),
    needs={"ad_spend": ("date_on", "cost_cents")},
    date="date_on",
    rows=_lines_of_cost,
    set_aside=_no_cost,
    cells=lambda dataset, question: cost_cells(dataset, question, media_only=False),
    rules=(Rule(key="all", name="", explanation="", interval=BOOKED, unit="cents", direction="down"),),
    abuses=(),
    source="",
    cluster=(),
)


def cost_cells(dataset: "Dataset", question: Question, *, media_only: bool, until: object = None) -> pd.DataFrame:
    """Return the costs of each period of a question: period, cost (cents), lines, kinds of cost that are not media.

    `until` is the first local day whose costs do not count, for those of cohorts too young to be told.
    """
    ibis = lazy_ibis()
    asked = Question(
        metric=COSTS, rule=COSTS.rules[0], every=question.every, start=question.start, end=question.end,
        as_of=question.as_of,
    )  # fmt: skip
    found = answers(dataset, asked)
    one_currency(found.rows, asked)
    rows = found.rows.filter(found.rows.cx_reason == "")
    if until is not None:
        rows = rows.filter(rows.date_on < ibis.literal(until))
    kind = rows.cost_kind.fill_null("media") if "cost_kind" in rows.columns else ibis.literal("media")
    rows = rows.mutate(cx_media=kind == "media")
    if media_only:
        rows = rows.filter(rows.cx_media)
    summed = rows.group_by("period").agg(
        cost=rows.cost_cents.sum(), lines=rows.count(), shared=(~rows.cx_media).sum()
    )
    return labelled(collect(summed).to_pandas(), dataset, asked)
