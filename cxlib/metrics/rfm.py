"""RFM: customers by how lately, how often and for how much they bought, and whether the segments mean anything."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.intervals import wilson
from cxlib.language import mark, say
from cxlib.metrics.ask import as_dataset, question_about
from cxlib.metrics.commerce import AVERAGE_ORDER_VALUE, net_cents
from cxlib.metrics.compute import Question, answers, sources
from cxlib.metrics.result import floor_of
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

    from cxlib.tables.dataset import Dataset

# The segments, the best first; a customer belongs to the first whose conditions hold. Scores are 1 to 3.
SEGMENTS = {
    "champions": mark("bought lately, often, for much"),
    "loyal": mark("buy often, and lately or not long ago"),
    "new": mark("bought lately, for the first times"),
    "at_risk": mark("bought often, but long ago"),
    "lost": mark("bought seldom, and long ago"),
    "occasional": mark("all others"),
}
COLUMNS = ["segment", "n", "share", "revenue_cents", "revenue_share", "same", "same_low", "same_high", "by_chance",
           "n_compared", "meaning"]  # fmt: skip
LEAST = 30


def rfm(
    data: object,
    *,
    start: "str | date | None" = None,
    end: "str | date | None" = None,
    as_of: "str | date | None" = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Segment customers by recency, frequency and money: "who are our best customers, and will they be next time?"

    `data` has orders and returns. Paid orders less what came back count, of customers who are known. Recency (days
    since the last order) and money are cut into thirds of the customers; frequency at one, two, and three orders or
    more, for most buy once and no thirds could be had. Ties stay together. `as_of` is the day to which recency is
    counted, the last moment of the data without it.

    A segment is a name for the past. `same` is the share of those who were in it by the first half of the time and
    are in it again by the second; those who then buy nothing count as lost. `by_chance` is what
    shuffling would give: where both are close, the segment says nothing of next time.

    Returns a row for each segment: segment, n, share (of customers), revenue_cents, revenue_share, same, same_low,
    same_high (95 %, Wilson), by_chance, n_compared, meaning. Orders set aside stand in `attrs["set_aside"]`. Raises
    `InputError`. Source: Hughes 1994, Strategic Database Marketing; halves: Spearman 1910.

    >>> from cxlib.world.store import ipe
    >>> found = rfm(ipe())
    >>> found["segment"].tolist()
    ['champions', 'loyal', 'new', 'at_risk', 'lost', 'occasional']
    >>> int(found["n"].sum())
    6154
    """
    dataset = as_dataset(data, AVERAGE_ORDER_VALUE, source_zone=source_zone)
    question = question_about(AVERAGE_ORDER_VALUE, rule="net", start=start, end=end, as_of=as_of)
    customers, aside = _customers(dataset, question)
    if len(customers) < LEAST:
        raise InputError(
            say(
                "Segments need {least} customers who bought or more; found {n}. Give a longer time, or look at them "
                "one by one.",
                least=LEAST,
                n=len(customers),
            )
        )
    frame = _shares(customers, _segments(customers, "")).join(_stability(customers)).reset_index(names="segment")
    frame["meaning"] = [say(SEGMENTS[name]) for name in frame["segment"]]
    frame = _hidden(frame[COLUMNS], floor_of(dataset, question))
    frame.attrs |= {"synthetic": dataset.synthetic, "currency": dataset.currency, "set_aside": aside}
    return frame


def _customers(dataset: "Dataset", question: Question) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return what each customer did: all of it, and told by odd and by even orders; and the orders set aside."""
    ibis = lazy_ibis()
    found = answers(dataset, question)
    known = found.rows.mutate(
        cx_reason=ibis.ifelse(
            (found.rows.cx_reason == "") & found.rows.customer_id.isnull(), "unidentified", found.rows.cx_reason
        )
    )
    counted = collect(known.group_by("cx_reason").agg(n=known.count())).to_pandas().set_index("cx_reason")["n"]
    rows = known.filter(known.cx_reason == "")
    until = sources(dataset, question).as_of + timedelta(seconds=1)
    first = collect(rows.aggregate(first=rows.placed_at.min())).to_pylist()[0]["first"] or until
    middle = first + (until - first) / 2
    rows = rows.mutate(cx_half=ibis.ifelse(rows.placed_at < ibis.literal(middle), 1, 2), cx_net=net_cents(rows))
    each = rows.group_by("customer_id").agg(
        **_totals(rows, until, None), **_totals(rows, middle, 1), **_totals(rows, until, 2)
    )
    customers = collect(each.order_by("customer_id")).to_pandas()
    return customers, {str(code): int(n) for code, n in counted.items() if code}


def _totals(rows: "Table", until: datetime, half: int | None) -> "dict[str, Value]":
    """Return recency, frequency and money of all orders, or of those of one half of the time."""
    suffix = "" if half is None else f"_{half}"
    where = None if half is None else rows.cx_half == half
    return {
        f"days{suffix}": lazy_ibis().literal(until).delta(rows.placed_at.max(where=where), unit="second") / 86_400,
        f"orders{suffix}": rows.count(where=where),
        f"cents{suffix}": rows.cx_net.sum(where=where).cast("int64"),
    }


def _segments(customers: pd.DataFrame, suffix: str) -> np.ndarray:
    """Return the segment of each customer."""
    lately = 4 - _third(customers[f"days{suffix}"])
    often = customers[f"orders{suffix}"].clip(1, 3).to_numpy(int)
    much = _third(customers[f"cents{suffix}"])
    conditions = [
        (lately == 3) & (often == 3) & (much == 3),
        (lately >= 2) & (often >= 2),
        (lately == 3) & (often == 1),
        (lately == 1) & (often >= 2),
        (lately == 1) & (often == 1),
    ]
    return np.select(conditions, list(SEGMENTS)[:-1], default="occasional")


def _third(values: pd.Series) -> np.ndarray:
    """Return 1, 2 or 3 by thirds of the customers; equal values get the same."""
    place = values.rank(method="average", pct=True)
    return np.ceil(place * 3).clip(1, 3).to_numpy(int)


def _shares(customers: pd.DataFrame, segment: np.ndarray) -> pd.DataFrame:
    sums = (
        customers.groupby(segment)["cents"].agg(n="size", revenue_cents="sum").reindex(list(SEGMENTS), fill_value=0)
    )
    total = sums["revenue_cents"].sum()
    return sums.assign(share=sums["n"] / len(customers), revenue_share=sums["revenue_cents"] / total)


def _stability(customers: pd.DataFrame) -> pd.DataFrame:
    """Return how many of a segment by the first half of the time are in it again by the second, and by chance."""
    before = customers[customers["orders_1"] > 0].reset_index(drop=True)
    one = _segments(before, "_1")
    bought = (before["orders_2"] > 0).to_numpy()
    other = np.full(len(before), "lost", dtype=object)
    other[bought] = _segments(before[bought], "_2")
    names = list(SEGMENTS)
    there = np.array([(one == name).sum() for name in names])
    again = np.array([((one == name) & (other == name)).sum() for name in names])
    with np.errstate(divide="ignore", invalid="ignore"):
        same = again / there
    low, high = wilson(same, there)
    chance = np.array([(other == name).mean() if len(before) else np.nan for name in names])
    columns = {"same": same, "same_low": low, "same_high": high, "by_chance": chance, "n_compared": there}
    return pd.DataFrame(columns, index=names)


def _hidden(frame: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Leave out the numbers of segments of fewer people than the privacy floor, and of the smallest other."""
    few = (frame["n"] > 0) & (frame["n"] < floor)
    if few.any():
        others = frame.loc[~few & (frame["n"] > 0), "n"]
        hidden = few | (frame.index == (others.idxmin() if len(others) else -1))
        numbers = frame.columns.difference(["segment", "meaning"])
        frame[numbers] = frame[numbers].astype("Float64")
        frame.loc[hidden, numbers] = pd.NA
    return frame
