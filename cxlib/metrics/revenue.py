"""Recurring revenue: what is paid a month, and what the customers of a month's beginning keep paying.

Balances come from the ledger: what each customer pays a month before and after each month. `bridge.py` tells
from them why revenue moved.
"""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import mark, say
from cxlib.metrics.calendar import months
from cxlib.metrics.compute import Question, answers, labelled
from cxlib.metrics.conditions import BOOKED
from cxlib.metrics.currency import one_currency
from cxlib.metrics.definition import CUSTOMER, Measure, Ratio, Rule, Sources
from cxlib.metrics.reasons import REASONS
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

LEDGER = "mrr_ledger"


def balances(sources: Sources, payer: str = CUSTOMER) -> "Table":
    """Return one row for each payer and month from the first movement on, with what is paid before and after it.

    Columns: the payer, currency, number (of the month), begins_at, is_over, opening, moved, closing (cents a month),
    last_paid (number of the latest earlier month that closed above zero).
    """
    ibis = lazy_ibis()
    ledger = sources[LEDGER]
    number = ledger.effective_on.year().cast("int64") * 12 + ledger.effective_on.month().cast("int64")
    entries = ledger.mutate(number=number)
    moved = entries.group_by([payer, "number"]).agg(moved=entries.amount_cents.sum())
    first = entries.group_by(payer).agg(cx_first=entries.number.min(), currency=entries.currency.max())
    calendar = months(ledger.effective_on.cast("timestamp"), sources)
    rows = first.cross_join(calendar).filter(lambda t: t.number >= t.cx_first)
    rows = rows.left_join(moved, [payer, "number"]).drop(f"{payer}_right", "number_right")
    rows = rows.mutate(moved=rows.moved.fill_null(0))
    so_far = ibis.cumulative_window(group_by=rows[payer], order_by=rows.number)
    rows = rows.mutate(closing=rows.moved.sum().over(so_far))
    rows = rows.mutate(cx_paid=ibis.ifelse(rows.closing > 0, rows.number, ibis.null("int64")))
    before = ibis.window(group_by=rows[payer], order_by=rows.number, preceding=(None, 1))
    rows = rows.mutate(opening=rows.closing - rows.moved, last_paid=rows.cx_paid.max().over(before))
    return rows.drop("cx_first", "cx_paid", "ends_at")


def honest_books(rows: "Table", payer: str = CUSTOMER) -> None:
    """Refuse a ledger in which somebody pays less than nothing."""
    below = rows.filter(rows.closing < 0)
    found = collect(below.aggregate(n=below.count(), payers=below[payer].nunique())).to_pylist()[0]
    if found["n"]:
        raise InputError(
            say(
                "The ledger takes {payers} payers below zero, in {n} months: a churn booked twice, or a beginning "
                "that lacks. Mend the ledger first; its movements must add up to what each pays.",
                payers=found["payers"],
                n=found["n"],
            )
        )


def _unfinished(rows: "Table", rule: Rule) -> "Conditions":
    return [("immature", ~rows.is_over)]


def _mrr_cells(dataset: "Dataset", question: Question) -> pd.DataFrame:
    """What is paid a month at the end of each cell's last month."""
    found = answers(dataset, question)
    one_currency(found.rows, question)
    rows = found.rows
    honest_books(rows)
    used = rows.cx_reason == ""
    summed = rows.group_by([*question.keys, "number"]).agg(
        value=lazy_ibis().ifelse(used, rows.closing, 0).sum(),
        n=(used & (rows.closing > 0)).sum(),
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in REASONS if code in found.reasons},
        cx_used=used.sum(),
    )
    frame = labelled(collect(summed).to_pandas(), dataset, question).sort_values("number")
    asides = [name for name in frame if str(name).startswith("aside_")]
    whole = frame.groupby(question.keys, dropna=False)[asides].sum()
    last = frame[frame["cx_used"] > 0].groupby(question.keys, dropna=False)[["value", "n"]].last()
    cells = whole.join(last).reset_index().fillna({"n": 0})
    return cells.assign(
        low=float("nan"),
        high=float("nan"),
        customers=cells["n"],
        numerator=cells["value"],
        denominator=float("nan"),
        method=BOOKED,
    )


MRR = Measure(
    key="mrr",
    name=mark("MRR"),
    question=mark("What do contracts bring in a month, at the end of it?"),
    explanation=mark(
        "The monthly price of all contracts that run at the end of the last month: a year paid at once counts a "
        "twelfth each month. It is a balance at a date, not what was invoiced, and no promise. n is the customers "
        "who pay."
    ),
    unit_of_analysis=mark("customer who pays, at the end of a month"),
    tables=(LEDGER,),
    needs={LEDGER: ("effective_on", "customer_id", "amount_cents", "currency")},
    date="begins_at",
    rows=balances,
    set_aside=_unfinished,
    cells=_mrr_cells,
    rules=(
        Rule(
            key="ledger",
            name=mark("from the ledger"),
            explanation=mark("All movements up to the end of the month, added up."),
            interval=BOOKED,
            unit="cents",
        ),
    ),
    abuses=(mark("counting a year paid at once, or a one-off, as a month"), mark("reading it as cash")),
    source="ChartMogul, Lago: definitions of MRR.",
    synonyms=("receita recorrente mensal", "monthly recurring revenue", "assinaturas"),
)


def _opening(sources: Sources) -> "Table":
    rows = balances(sources)
    return rows.filter(rows.opening > 0)


def _kept(rule: str, name: str, explanation: str) -> Rule:
    return Rule(
        key=rule,
        name=name,
        explanation=explanation,
        numerator=lambda rows: lazy_ibis().least(rows.closing, rows.opening) if rule == "gross" else rows.closing,
        denominator=lambda rows: rows.opening,
        interval="delta",
        unit="share",
    )


REVENUE_RETENTION = Ratio(
    key="revenue_retention",
    name=mark("revenue retention"),
    question=mark("Of what the customers of the beginning paid, how much do they pay at the end of the month?"),
    explanation=mark(
        "Net: what they pay at the end, upgrades included, divided by what they paid at the beginning (NRR). Gross: "
        "without upgrades, so never above 100 % (GRR). New and returning customers are in neither."
    ),
    unit_of_analysis=mark("customer and month at whose beginning they paid"),
    tables=(LEDGER,),
    needs={LEDGER: ("effective_on", "customer_id", "amount_cents", "currency")},
    date="begins_at",
    rows=_opening,
    set_aside=_unfinished,
    rules=(
        _kept("net", mark("net (NRR)"), mark("Upgrades count, also beyond what others took away.")),
        _kept("gross", mark("gross (GRR)"), mark("Upgrades do not count: only what was lost.")),
    ),
    abuses=(mark("adding new sales"), mark("telling the net rate alone while customers leave")),
    source="SaaS metrics practice; interval: delta method over customers.",
    synonyms=("nrr", "grr", "retenção de receita", "net revenue retention", "gross revenue retention"),
    least_n=100,
)

REVENUE = (MRR, REVENUE_RETENTION)
