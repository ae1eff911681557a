"""What a new customer costs: all costs, media alone, or media of those who came through it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import mark, say
from cxlib.metrics.compute import Question, answers, labelled
from cxlib.metrics.conditions import BOOKED
from cxlib.metrics.definition import Measure, Rule
from cxlib.metrics.newcomers import cost_cells, newcomers, nobody_known
from cxlib.metrics.reasons import REASONS
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.tables.dataset import Dataset

# Ways of coming for which no medium was paid.
UNPAID = ("organic", "direct", "referral", "email", "store", "marketplace")
NEEDS = {"orders": ("order_id", "customer_id", "paid_at"), "ad_spend": ("date_on", "cost_cents")}


def refuse_splits(question: Question) -> None:
    """Refuse what costs cannot be cut by: groups of customers, and days or weeks, as salaries are booked by month."""
    if question.by:
        raise InputError(
            say(
                "{metric} cannot be split by {column}: ad_spend does not say for whom the money was spent. Ask for "
                "it by period, or keep the rows of one group in both tables first.",
                metric=question.metric.key,
                column=repr(question.by[0]),
            )
        )
    if question.every in ("day", "week"):
        raise InputError(
            say(
                "{metric} by {every} would be noise: salaries are booked once a month, and people buy days after "
                "they saw an ad. Ask for month, quarter or year.",
                metric=question.metric.key,
                every=question.every,
            )
        )


def all_costs(dataset: "Dataset", question: Question, *, media_only: bool, until: object = None) -> pd.DataFrame:
    """Return the costs of each period; a rule that asks for all of them refuses books with media alone."""
    refuse_splits(question)
    costs = cost_cells(dataset, question, media_only=media_only, until=until)
    if not media_only and len(costs) and not costs["shared"].sum():
        raise InputError(
            say(
                "The rule {rule} of {metric} counts salaries and tools as well, and ad_spend has media only here. "
                "Add their lines (cost_kind salaries, tools, other), or say that they are left out: --rule {other}.",
                rule=question.rule.key,
                metric=question.metric.key,
                other=next((rule.key for rule in question.metric.rules if "media" in rule.key), "-"),
            )
        )
    return costs


def _of_paid_sources(dataset: "Dataset", rows: "Table", metric: str) -> "Table":
    """Keep the buyers whose acquisition source is a paid one."""
    if "customers" not in dataset or "acquisition_source" not in dataset.table("customers").columns:
        raise InputError(
            say(
                "The rule paid of {metric} needs customers.acquisition_source, to tell who came through a paid "
                "medium; this dataset does not have it. Ask for --rule media_only instead.",
                metric=metric,
            )
        )
    customers = dataset.table("customers")
    known = customers.select(cx_buyer="customer_id", cx_source="acquisition_source")
    joined = rows.left_join(known, rows.customer_id == known.cx_buyer).drop("cx_buyer")
    paid = joined.cx_source.notnull() & ~joined.cx_source.isin(UNPAID)
    reason = lazy_ibis().cases((joined.cx_reason != "", joined.cx_reason), (~paid, "not_paid_for"), else_="")
    return joined.mutate(cx_reason=reason)


def _counted(rows: "Table", **amounts: "Callable[[Table], object]") -> "Table":
    used = rows.cx_reason == ""
    return rows.group_by("period").agg(
        n=used.sum(),
        **{name: amount(rows) for name, amount in amounts.items()},
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in REASONS},
    )


def _cost_of_each(dataset: "Dataset", question: Question) -> pd.DataFrame:
    media_only = question.rule.key != "loaded"
    costs = all_costs(dataset, question, media_only=media_only)
    found = answers(dataset, question)
    rows = found.rows
    if question.rule.key == "paid":
        rows = _of_paid_sources(dataset, rows, question.metric.key)
    people = labelled(collect(_counted(rows)).to_pandas(), dataset, question)
    cells = people.merge(costs, on="period", how="outer").sort_values("period", ignore_index=True)
    counts = ["n", *(name for name in cells if str(name).startswith("aside_"))]
    cells[counts] = cells[counts].fillna(0)
    n = cells["n"].to_numpy(float)
    return cells.assign(
        value=np.divide(cells["cost"], n, out=np.full(len(n), np.nan), where=n > 0),
        low=np.nan,
        high=np.nan,
        customers=n,
        numerator=cells["cost"],
        denominator=n,
        method=np.where(n > 0, BOOKED, "none: no valid answer"),
    )


ACQUISITION_COST = Measure(
    key="acquisition_cost",
    name=mark("acquisition cost (CAC)"),
    question=mark("What does it cost to win a new customer?"),
    explanation=mark(
        "What was spent in a period to win customers, divided by those who paid for the first time in it. The first "
        "order in the data counts as the first: begin where your data reach back to everybody's first purchase. "
        "Money of one month wins customers of the next as well, so long periods tell more than short ones."
    ),
    unit_of_analysis=mark("new customer, by the day of the first paid order that was not cancelled"),
    tables=("orders", "ad_spend"),
    needs=NEEDS,
    date="paid_at",
    rows=newcomers,
    set_aside=nobody_known,
    cells=_cost_of_each,
    rules=(
        Rule(
            key="loaded",
            name=mark("all costs"),
            explanation=mark("Media, salaries, tools and other costs, of all new customers."),
            interval=BOOKED,
            unit="cents",
            direction="down",
        ),
        Rule(
            key="media_only",
            name=mark("media only"),
            explanation=mark("Media costs, of all new customers: a lower number, often shown as if it were all."),
            interval=BOOKED,
            unit="cents",
            direction="down",
        ),
        Rule(
            key="paid",
            name=mark("media, of paid sources"),
            explanation=mark(
                "Media costs, of the new customers whose source is a paid one: not organic, direct, referral, "
                "email, store or marketplace, nor unknown."
            ),
            interval=BOOKED,
            unit="cents",
            direction="down",
        ),
    ),
    abuses=(mark("leaving out the salaries"), mark("crediting media with those who came by themselves")),
    source="Farris, Bendle, Pfeifer & Reibstein: Marketing Metrics. No interval: costs and customers are counted.",
    synonyms=("cac", "custo de aquisição", "custo de aquisição de cliente", "customer acquisition cost"),
    cluster=("customer_id",),
)
