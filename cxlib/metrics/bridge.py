"""The MRR bridge: from what was paid when a month began to what is paid when it ends, and why."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.metrics.ask import as_dataset, question_about
from cxlib.metrics.compute import answers
from cxlib.metrics.currency import one_currency
from cxlib.metrics.definition import CUSTOMER, Definition
from cxlib.metrics.revenue import MRR, balances, honest_books
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr.types import StringValue, Table

GRAINS = {"customer": CUSTOMER, "contract": "subscription_id"}
KINDS = ["new", "reactivation", "expansion", "contraction", "churn"]
COLUMNS = ["period", "open", *KINDS, "close", "payers", "currency"]
# What becomes of somebody who paid before, stopped, and pays again.
RETURNS = ("any_return", "after_3_months", "as_new", "as_expansion")
AWAY = 3


def mrr_bridge(
    data: object,
    *,
    grain: str = "customer",
    returning: str = "any_return",
    start: "str | date | None" = None,
    end: "str | date | None" = None,
    as_of: "str | date | None" = None,
) -> pd.DataFrame:
    """Bridge monthly revenue: "why do contracts bring in more, or less, than a month ago?"

    `data` has the table mrr_ledger. Movements are told from balances: new (never paid before), expansion and
    contraction (pays more, pays less), churn (pays nothing any more), reactivation. `grain` is customer or contract:
    a second contract of the same customer is an expansion of the one and new in the other. `returning` says what a
    return is: any_return (ChartMogul) a reactivation; after_3_months one after three months at zero, else new;
    as_new (PostHog); as_expansion (Chargebee).

    Returns a row for each month that is over: period, open, the five movements and close in cents, payers at the
    end, currency. Open plus movements is close, and close is the next open, to the cent. No interval: these are
    books, not estimates. Raises `InputError`, also for a ledger in which somebody pays less than nothing.

    >>> ledger = pd.DataFrame({"entry_id": ["1", "2"], "customer_id": ["a", "a"], "subscription_id": ["k", "k"],
    ...     "effective_on": ["2025-01-01", "2025-02-01"], "movement": ["new", "expansion"],
    ...     "amount_cents": [1000, 500], "currency": "BRL"})
    >>> mrr_bridge(ledger, as_of="2025-03-01")[["period", "open", "new", "expansion", "close"]]
        period  open   new  expansion  close
    0  2025-01     0  1000          0   1000
    1  2025-02  1000     0        500   1500
    """
    if grain not in GRAINS or returning not in RETURNS:
        raise InputError(
            say(
                "grain is one of {grains} and returning one of {rules}; given: {grain}, {returning}.",
                grains=", ".join(GRAINS),
                rules=", ".join(RETURNS),
                grain=repr(grain),
                returning=repr(returning),
            )
        )
    payer = GRAINS[grain]
    dataset = as_dataset(data, MRR)
    # The question of MRR, asked of the payers of this grain.
    asked = _of_payers(payer)
    question = question_about(asked, every="month", start=start, end=end, as_of=as_of)
    found = answers(dataset, question)
    one_currency(found.rows, question)
    honest_books(found.rows, payer)
    return _by_month(found.rows.filter(found.rows.cx_reason == ""), returning)


def _of_payers(payer: str) -> Definition:
    needs = {name: tuple(dict.fromkeys([*columns, payer])) for name, columns in MRR.needs.items()}
    return replace(MRR, rows=lambda sources: balances(sources, payer), needs=needs, cluster=(payer,))


def _kind(rows: "Table", returning: str) -> "StringValue":
    ibis = lazy_ibis()
    begins = (rows.opening == 0) & (rows.closing > 0)
    back = begins & rows.last_paid.notnull()
    if returning == "as_new":
        back = ibis.literal(False)
    elif returning == "after_3_months":
        back = back & (rows.number - rows.last_paid > AWAY)
    named = "expansion" if returning == "as_expansion" else "reactivation"
    return ibis.cases(
        (back, named),  # before `expansion`, which would swallow it: a return is more than nothing, too
        (begins, "new"),
        (rows.closing > rows.opening, "expansion"),
        ((rows.closing == 0) & (rows.opening > 0), "churn"),
        (rows.closing < rows.opening, "contraction"),
        else_="",
    )


def _by_month(rows: "Table", returning: str) -> pd.DataFrame:
    told = rows.mutate(cx_kind=_kind(rows, returning), cx_change=rows.closing - rows.opening)
    ibis = lazy_ibis()
    summed = told.group_by("number").agg(
        open=told.opening.sum(),
        close=told.closing.sum(),
        payers=(told.closing > 0).sum(),
        currency=told.currency.max(),
        **{kind: ibis.ifelse(told.cx_kind == kind, told.cx_change, 0).sum() for kind in KINDS},
    )
    frame = collect(summed.order_by("number")).to_pandas()
    numbers = frame["number"] - 1
    frame["period"] = [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]
    return frame[COLUMNS].astype(dict.fromkeys(("open", *KINDS, "close", "payers"), "int64"))
