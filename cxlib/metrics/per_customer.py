"""What a customer brings in a period, once what came back is taken off."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.inference import intervals
from cxlib.language import mark
from cxlib.metrics.commerce import net_cents, no_sale, orders_with_returns
from cxlib.metrics.compute import Question, answers, labelled
from cxlib.metrics.currency import one_currency
from cxlib.metrics.definition import Measure, Rule
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

LEVEL = 0.95


def _no_sale_or_nobody(orders: "Table", rule: Rule) -> "Conditions":
    return [*no_sale(orders, rule), ("unidentified", orders.customer_id.isnull())]


def _means(dataset: "Dataset", question: Question) -> pd.DataFrame:
    """Return the mean over customers of what each brought in the cell: however many orders, a customer is one."""
    ibis = lazy_ibis()
    found = answers(dataset, question)
    one_currency(found.rows, question)
    rows = found.rows
    used = rows.cx_reason == ""
    money = net_cents(rows) if question.rule.key == "net" else rows.total_cents
    each = rows.group_by([*question.keys, "cx_customer"]).agg(
        cents=ibis.ifelse(used, money.cast("float64"), 0.0).sum(),
        cx_used=used.sum(),
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in found.reasons},
    )
    bought = each.cx_used > 0
    summed = each.group_by(question.keys).agg(
        n=bought.sum(),
        total=each.cents.sum(),
        square=(each.cents * each.cents).sum(),
        orders=each.cx_used.sum(),
        **{f"aside_{code}": each[f"aside_{code}"].sum() for code in found.reasons},
    )
    cells = labelled(collect(summed).to_pandas(), dataset, question)
    return _with_interval(cells.sort_values(question.keys, na_position="last", ignore_index=True))


def _with_interval(cells: pd.DataFrame) -> pd.DataFrame:
    n, total, square = (cells[name].to_numpy(float) for name in ("n", "total", "square"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        error = np.sqrt(np.maximum(square / n - mean**2, 0) / (n - 1))
    low, high = intervals.student(mean, error, n - 1, level=LEVEL)
    method = np.where(np.isfinite(low), f"Student t {LEVEL:.0%}", "none: too few for an interval")
    method = np.where(n > 0, method, "none: no valid answer")
    return cells.assign(value=mean, low=low, high=high, customers=n, numerator=total, denominator=n, method=method)


NET_REVENUE_PER_CUSTOMER = Measure(
    key="net_revenue_per_customer",
    name=mark("net revenue per customer"),
    question=mark("How much does a customer who buys bring in the period?"),
    explanation=mark(
        "What customers paid in a period, less what came back, divided by the customers who bought in it. The longer "
        "the period the higher it is, so only periods of the same length compare. n is customers, not orders."
    ),
    unit_of_analysis=mark("customer who bought in the period; what is set aside is counted in orders"),
    tables=("orders", "returns"),
    needs={
        "orders": ("order_id", "customer_id", "total_cents", "paid_at"),
        "returns": ("order_id", "refunded_cents"),
    },
    date="placed_at",
    rows=orders_with_returns,
    set_aside=_no_sale_or_nobody,
    cells=_means,
    rules=(
        Rule(
            key="net",
            name=mark("kept"),
            explanation=mark("Paid orders less what was given back; one given back whole is no order."),
            interval="student",
            unit="cents",
        ),
        Rule(
            key="paid",
            name=mark("paid"),
            explanation=mark("Orders whose payment was approved, before anything came back."),
            interval="student",
            unit="cents",
        ),
    ),
    abuses=(mark("comparing a month with a year"), mark("reading it as profit")),
    source="ARPU of telecoms practice, net of returns; interval: Student 1908, over customers.",
    synonyms=("arpu", "receita por cliente", "receita líquida por cliente"),
    least_n=100,
)
