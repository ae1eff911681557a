"""Months as rows: what stood at the beginning of each, and which of them are over."""

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.metrics.definition import Sources
from cxlib.tables.engine import lazy_ibis
from cxlib.tables.time import local, midnight, span

if TYPE_CHECKING:
    import ibis


def months(instant: "ibis.Value", sources: Sources) -> "ibis.Table":
    """Return the local months from the first value of a column to `as_of`: number, begins_at, ends_at, is_over.

    The number counts months (year times twelve plus month), so that differences are months.
    """
    ibis = lazy_ibis()
    known = span(instant)
    first = known[0] if known else sources.as_of.date()
    named = pd.period_range(min(first, sources.as_of.date()), sources.as_of.date(), freq="M")
    begins = [midnight(month.start_time.date(), sources.zone) for month in named]
    ends = [midnight((month + 1).start_time.date(), sources.zone) for month in named]
    over = [end <= _day_after(sources.as_of) for end in ends]
    # Rows of constants, not a table of our own: SQL that is handed over may name only the reader's tables.
    rows = [
        _constants(number=month.year * 12 + month.month, begins_at=begin, ends_at=end, is_over=done)
        for month, begin, end, done in zip(named, begins, ends, over, strict=True)
    ]
    return ibis.union(*rows) if len(rows) > 1 else rows[0]


def _constants(*, number: int, begins_at: datetime, ends_at: datetime, is_over: bool) -> "ibis.Table":
    ibis = lazy_ibis()
    begin, end = (ibis.literal(instant, "timestamp(6)") for instant in (begins_at, ends_at))
    first = ibis.literal(number, "int64").name("number").as_table()
    return first.mutate(begins_at=begin, ends_at=end, is_over=ibis.literal(is_over))


def _day_after(as_of: datetime) -> pd.Timestamp:
    # The last row of a month seldom comes in its last second: a month is over when its last day has begun.
    return pd.Timestamp(as_of) + pd.Timedelta(days=1)


def month_number(instant: "ibis.Value", sources: Sources) -> "ibis.Value":
    """Return the number of the local month of an instant."""
    days = span(instant)
    if days is None:
        return lazy_ibis().null("int64")
    wall = local(instant, sources.zone, *days)
    return wall.year().cast("int64") * 12 + wall.month().cast("int64")
