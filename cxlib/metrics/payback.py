"""Whether a new customer brings back what it cost to win them, and how soon: the first year of the same people."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.inference import intervals
from cxlib.language import mark
from cxlib.metrics.acquisition_cost import all_costs
from cxlib.metrics.compute import Question, answers, labelled, sources
from cxlib.metrics.conditions import missing
from cxlib.metrics.currency import same_currency
from cxlib.metrics.definition import Measure, Rule, Sources
from cxlib.metrics.newcomers import newcomers, nobody_known
from cxlib.metrics.reasons import REASONS
from cxlib.metrics.returns import lines_with_returns, units_back
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

YEAR_DAYS, MONTHS = 365, 12
LEVEL = 0.95
TABLES = ("orders", "order_items", "returns", "ad_spend")
NEEDS = {
    "orders": ("order_id", "customer_id", "paid_at", "placed_at"),
    "order_items": ("order_item_id", "order_id", "quantity", "unit_price_cents", "unit_cost_cents"),
    "returns": ("order_id", "order_item_id", "quantity", "refunded_cents"),
    "ad_spend": ("date_on", "cost_cents"),
}


def _with_first_year(sources: Sources) -> "Table":
    """Return new customers with what they brought in their first 365 days: revenue, and margin."""
    ibis = lazy_ibis()
    firsts, orders = newcomers(sources), sources["orders"]
    began = firsts.filter(firsts.customer_id.notnull()).select(cx_buyer="customer_id", cx_began="paid_at")
    year = ibis.interval(days=YEAR_DAYS)
    bought = orders.filter(orders.paid_at.notnull())
    if "cancelled_at" in bought.columns:
        bought = bought.filter(bought.cancelled_at.isnull())
    bought = bought.join(began, bought.customer_id == began.cx_buyer)
    bought = bought.filter(bought.paid_at < bought.cx_began + year)
    held = bought.select(cx_order="order_id", cx_buyer="cx_buyer", cx_charged=_charged(bought))
    lines = lines_with_returns(sources)
    lines = lines.join(held, lines.order_id == held.cx_order)
    kept = lines.quantity - units_back(lines)
    price = kept * lines.unit_price_cents * lines.cx_charged
    sums = lines.group_by("cx_buyer").agg(
        cx_revenue=price.sum(),
        cx_margin=(price - kept * lines.unit_cost_cents).sum(),
        cx_unknown=(lines.unit_cost_cents.isnull() | lines.quantity.isnull() | lines.unit_price_cents.isnull()).sum(),
    )
    return firsts.left_join(sums, firsts.customer_id == sums.cx_buyer).drop("cx_buyer")


def _charged(orders: "Table") -> "object":
    """Return the part of the items' prices that was charged after the discount of the whole order."""
    if not {"discount_cents", "subtotal_cents"} <= set(orders.columns):
        return lazy_ibis().literal(1.0)
    charged = 1 - orders.discount_cents.fill_null(0) / orders.subtotal_cents.nullif(0)
    return charged.fill_null(1.0)


def _young_or_unknown(rows: "Table", rule: Rule) -> "Conditions":
    young = rows.paid_at + lazy_ibis().interval(days=YEAR_DAYS) > rows.cx_as_of
    unknown = rows.cx_unknown.fill_null(1) > 0
    return [*nobody_known(rows, rule), ("immature", young), ("no_amount", unknown), *missing(rows, "cx_revenue")]


def _first_year_against_cost(dataset: "Dataset", question: Question, *, months: bool) -> pd.DataFrame:
    """Return cells of the first year's money divided by the cost of the same months, or the months it takes."""
    found = answers(dataset, question)
    same_currency(question, found.rows.filter(found.rows.cx_reason == ""), dataset.table("ad_spend"))
    last = sources(dataset, question).as_of - timedelta(days=YEAR_DAYS)
    costs = all_costs(dataset, question, media_only="media" in question.rule.key, until=last.date())
    rows = found.rows
    used = rows.cx_reason == ""
    money = rows.cx_revenue if question.rule.key == "revenue" else rows.cx_margin
    ibis = lazy_ibis()
    brought = ibis.ifelse(used, money.cast("float64"), 0.0)
    summed = rows.group_by("period").agg(
        n=used.sum(),
        total=brought.sum(),
        square=(brought * brought).sum(),
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in found.reasons if code in REASONS},
    )
    people = labelled(collect(summed).to_pandas(), dataset, question)
    cells = people.merge(costs, on="period", how="left").sort_values("period", ignore_index=True)
    return _against(cells, months=months)


def _against(cells: pd.DataFrame, *, months: bool) -> pd.DataFrame:
    n, total, cost = (cells[name].to_numpy(float) for name in ("n", "total", "cost"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        error = np.sqrt(np.maximum(cells["square"].to_numpy(float) / n - mean**2, 0) / (n - 1))
        each = cost / n
        low, high = intervals.student(mean, error, n - 1, level=LEVEL)
        if months:  # the more a customer brings, the sooner; one who brings nothing never pays
            value, low, high = (MONTHS * each / np.where(end > 0, end, np.nan) for end in (mean, high, low))
        else:
            value, low, high = (end / each for end in (mean, low, high))
    known = np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    method = np.where(known, f"Student t {LEVEL:.0%}", "none: too few for an interval")
    method = np.where(n > 0, method, "none: no valid answer")
    return cells.assign(value=np.where(n > 0, value, np.nan), low=low, high=high, customers=n, numerator=total,
                        denominator=cost, method=method)  # fmt: skip


def _rules(unit: str, direction: str) -> tuple[Rule, ...]:
    words = (
        ("margin", mark("margin, all costs"), mark("Price less cost of what was kept; media, salaries and tools.")),
        ("media_only", mark("margin, media only"), mark("As above, but of the costs only media: looks better.")),
        ("revenue", mark("revenue, all costs"), mark("Revenue instead of margin: not money that could pay for it.")),
    )
    return tuple(
        Rule(key=key, name=name, explanation=explanation, interval="student", unit=unit, direction=direction)
        for key, name, explanation in words
    )


SOURCE = "Farris, Bendle, Pfeifer & Reibstein: Marketing Metrics; interval: Student 1908, over customers."
UNIT = mark("new customer whose first 365 days are over; the costs of the same months")

LTV_TO_CAC = Measure(
    key="ltv_to_cac",
    name=mark("LTV to CAC, first year"),
    question=mark("How much does a new customer bring in a year, for each unit of money it cost to win them?"),
    explanation=mark(
        "The margin of the first 365 days, returns and discounts taken off, divided by the cost of winning the same "
        "customers. Only what happened is counted, no forecast: a whole lifetime is worth more. That 3 to 1 is good "
        "is folklore; what is good depends on how long your money may be away."
    ),
    unit_of_analysis=UNIT,
    tables=TABLES,
    needs=NEEDS,
    date="paid_at",
    rows=_with_first_year,
    set_aside=_young_or_unknown,
    cells=partial(_first_year_against_cost, months=False),
    rules=_rules("ratio", "up"),
    abuses=(
        mark("dividing the value of old customers by the cost of new ones"),
        mark("taking revenue for margin"),
    ),
    source=SOURCE,
    synonyms=("ltv/cac", "ltv cac", "relação ltv/cac"),
    least_n=100,
)
PAYBACK_MONTHS = Measure(
    key="payback_months",
    name=mark("CAC payback"),
    question=mark("After how many months has a new customer brought back what it cost to win them?"),
    explanation=mark(
        "The cost of a new customer, divided by the mean margin a month of the first year. The first order brings "
        "more than the months after it, so the first customers pay back sooner; beyond 12 months it is a forecast "
        "that people go on as in their first year, and most do not."
    ),
    unit_of_analysis=UNIT,
    tables=TABLES,
    needs=NEEDS,
    date="paid_at",
    rows=_with_first_year,
    set_aside=_young_or_unknown,
    cells=partial(_first_year_against_cost, months=True),
    rules=_rules("months", "down"),
    abuses=(mark("paying back with revenue instead of margin"),),
    source=SOURCE,
    synonyms=("payback", "payback do cac", "tempo de retorno"),
    least_n=100,
)

PAYBACKS = (LTV_TO_CAC, PAYBACK_MONTHS)
