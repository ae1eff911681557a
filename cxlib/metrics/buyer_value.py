"""What customers without a contract will bring in a year: how often they buy, times what a purchase is worth."""

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from cxlib.errors import InputError
from cxlib.inference.buyer_value import Buyers, next_purchases, repeats_of_a_newcomer, worth
from cxlib.inference.intervals import student
from cxlib.language import mark
from cxlib.metrics.commerce import net_cents, no_sale, orders_with_returns
from cxlib.metrics.compute import Question, answers, labelled
from cxlib.metrics.currency import same_currency
from cxlib.metrics.definition import Measure, Rule, Sources
from cxlib.metrics.reasons import REASONS
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.time import local, span, zone_info

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

YEAR_DAYS = 365
LEVEL = 0.95
FITTED = ["cx_repeats", "cx_recency", "cx_watched", "cx_mean", "cx_year"]
NET = Rule(key="net", name="", explanation="", interval="student", unit="cents")
TOO_FEW = "none: too few who came back to tell how often they buy"


def _buyers(sources: Sources) -> "Table":
    """Return a row for each customer: first purchase, repeats and when, what a repeat brought, and the last year.

    A purchase is a local day with a sale, as in the source: two orders of one day are one. What comes after the
    moment asked for (`as_of`) has not happened.
    """
    ibis = lazy_ibis()
    end = _last_day(sources)
    days = _days(sources, end)
    sold = days.cx_sales > 0
    people = days.group_by("cx_who").agg(
        customer_id=days.customer_id.max(),
        placed_at=days.cx_at.min(),
        cx_purchases=days.count(where=sold),
        cx_first=days.cx_day.min(where=sold),
        cx_last=days.cx_day.max(where=sold),
        cx_cents=days.cx_cents.sum(where=sold),
        cx_first_cents=days.cx_cents.argmin(days.cx_day, where=sold),
        cx_year=days.cx_cents.sum(where=sold & (days.cx_day > ibis.literal(end - timedelta(days=YEAR_DAYS)))),
    )
    repeats = people.cx_purchases - 1
    return people.mutate(
        cx_repeats=repeats,
        cx_recency=people.cx_last.delta(people.cx_first, unit="day"),
        cx_watched=ibis.literal(end).delta(people.cx_first, unit="day"),
        cx_mean=((people.cx_cents - people.cx_first_cents) / repeats.nullif(0)).fill_null(0.0),
        cx_year=people.cx_year.fill_null(0),
    )


def _last_day(sources: Sources) -> date:
    """Return the local day of the last moment known."""
    last = sources.as_of - timedelta(microseconds=1)
    return last.replace(tzinfo=UTC).astimezone(zone_info(sources.zone)).date()


def _days(sources: Sources, end: date) -> "Table":
    """Return what each customer bought on each local day; an order of nobody known stands alone."""
    ibis = lazy_ibis()
    orders = orders_with_returns(sources)
    orders = orders.filter(orders.placed_at < ibis.literal(sources.as_of) + ibis.interval(microseconds=1))
    reach = span(orders.placed_at)
    known = local(orders.placed_at, sources.zone, *reach) if reach else orders.placed_at
    unsold = [condition for _, condition in no_sale(orders, NET)]
    person = orders.customer_id.cast("string").coalesce(ibis.literal("order ") + orders.order_id.cast("string"))
    placed = orders.mutate(
        cx_who=person,
        cx_day=ibis.least(known.date(), ibis.literal(end)),
        cx_sold=~ibis.or_(*unsold).fill_null(False),
        cx_net=net_cents(orders),
    )
    return placed.group_by(["cx_who", "cx_day"]).agg(
        customer_id=placed.customer_id.max(),
        cx_at=placed.placed_at.min(),
        cx_sales=placed.count(where=placed.cx_sold),
        cx_cents=placed.cx_net.sum(where=placed.cx_sold),
    )


def _cannot_tell(buyers: "Table", rule: Rule) -> "Conditions":
    return [
        ("unidentified", buyers.customer_id.isnull()),
        ("not_paid", buyers.cx_purchases == 0),
        ("immature", (buyers.cx_watched < 1).fill_null(False)),
    ]


def _cells(dataset: "Dataset", question: Question) -> pd.DataFrame:
    """Return cells of what a customer brings; each has a model of its own."""
    same_currency(question, dataset.table("orders"))
    found = answers(dataset, question)
    rows = found.rows
    used = rows.filter(rows.cx_reason == "").select(*question.keys, *FITTED)
    each = labelled(collect(used).to_pandas(), dataset, question)
    asides = rows.group_by(question.keys).agg(
        **{f"aside_{code}": rows.count(where=rows.cx_reason == code) for code in found.reasons if code in REASONS}
    )
    cells = labelled(collect(asides).to_pandas(), dataset, question)
    told = [
        dict(zip(question.keys, key, strict=True)) | _told(question.rule, cell.reset_index(drop=True))
        for key, cell in each.groupby(question.keys, dropna=False)
    ]
    nothing = {"n": 0, "customers": 0, "method": "none: no valid answer"}
    names = [*question.keys, *_row(0, np.nan, np.nan, np.nan, "")]
    cells = cells.merge(pd.DataFrame(told, columns=None if told else names), on=question.keys, how="left")
    return cells.fillna(nothing).sort_values(question.keys, na_position="last", ignore_index=True)


def _row(n: int, value: float, low: float, high: float, method: str) -> dict[str, object]:
    sums = {"n": n, "customers": n, "numerator": value * n, "denominator": float(n)}
    return {"value": value, "low": low, "high": high, **sums, "method": method}


def _told(rule: Rule, used: pd.DataFrame) -> dict[str, object]:
    n = len(used)
    if rule.key == "last_year":
        return _brought(used["cx_year"].to_numpy(float))
    x, tx, t, mean = (used[name].to_numpy(float) for name in FITTED[:4])
    expectation = next_purchases(YEAR_DAYS) if rule.key == "next_year" else repeats_of_a_newcomer(YEAR_DAYS)
    try:
        found = worth(Buyers(repeats=x, recency=tx, watched=t, mean=mean), expectation)
    except InputError:  # a cell that no model can be made of is told without a number; the others stand
        return _row(n, np.nan, np.nan, np.nan, TOO_FEW)
    if not (np.isfinite(found.error) and 0 < found.error < found.value):
        return _row(n, found.value, np.nan, np.nan, "none: people do not differ by what the data can tell")
    wide = np.exp(special.ndtri(0.5 + LEVEL / 2) * found.error / found.value)  # no end is below nothing
    return _row(n, found.value, found.value / wide, found.value * wide, f"delta method {LEVEL:.0%}")


def _brought(cents: np.ndarray) -> dict[str, object]:
    n, mean = len(cents), float(cents.mean())
    if n < 2:
        return _row(n, mean, np.nan, np.nan, "none: too few for an interval")
    low, high = student(mean, cents.std(ddof=1) / n**0.5, n - 1, level=LEVEL)
    return _row(n, mean, float(low), float(high), f"Student t {LEVEL:.0%}")


BUYER_LIFETIME_VALUE = Measure(
    key="buyer_lifetime_value",
    name=mark("value of a customer without a contract"),
    question=mark("What will a customer who is bound by nothing bring in the next year?"),
    explanation=mark(
        "Who buys without a contract never says goodbye, so whether somebody is gone can only be guessed from how "
        "often they used to come. The model learns how often people buy, when they stop, and what a purchase is "
        "worth to whom, and expects the next 365 days of everybody who ever bought. It is revenue less what came "
        "back, not discounted: multiply it by your margin. It knows no season, no campaign and no new customers."
    ),
    unit_of_analysis=mark(
        "customer with a paid order, by the day of the first one; orders of a day are one purchase"
    ),
    tables=("orders", "returns"),
    needs={
        "orders": ("order_id", "customer_id", "placed_at", "paid_at", "total_cents"),
        "returns": ("order_id", "refunded_cents"),
    },
    date="placed_at",
    rows=_buyers,
    set_aside=_cannot_tell,
    cells=_cells,
    rules=(
        Rule(
            key="next_year",
            name=mark("those who are customers, next 365 days"),
            explanation=mark("BG/NBD and Gamma-Gamma: expected purchases of each customer times what one is worth."),
            interval="delta",
            unit="cents",
        ),
        Rule(
            key="newcomer",
            name=mark("a newcomer, 365 days after the first purchase"),
            explanation=mark("The same models: what somebody not seen yet brings besides the first purchase."),
            interval="delta",
            unit="cents",
        ),
        Rule(
            key="last_year",
            name=mark("what they brought in the last 365 days"),
            explanation=mark("No model: last year told as the next, as if nobody left. It is what dashboards show."),
            interval="student",
            unit="cents",
        ),
    ),
    abuses=(
        mark("telling revenue as if it were margin"),
        mark("reading a mean as what each customer brings: a few bring most of it"),
        mark("telling last year as the next"),
    ),
    source="Fader, Hardie & Lee 2005, Marketing Science 24(2); Fader & Hardie 2013; errors: White 1982.",
    synonyms=("clv sem contrato", "ltv sem contrato", "bg/nbd", "valor do comprador", "buyer value"),
    least_n=500,
    least_n_compared=500,
)
