"""Local time on any engine: instants are stored as UTC, periods are cut where the dataset lives.

A zone's own offsets, over the years the data cover, become a plain CASE expression, so that a month
starts at local midnight on DuckDB, Spark and a warehouse alike, with no zone database in the engine.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    import ibis

PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True)
class Offset:
    """From `since` (UTC, without a zone) on, local time is UTC plus `seconds`."""

    since: datetime
    seconds: int


def zone_info(name: str) -> ZoneInfo:
    """Return a time zone by its name; an unknown one raises `InputError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            say('There is no time zone called "{name}". Use a name such as America/Sao_Paulo or UTC.', name=name)
        ) from None


@lru_cache(maxsize=64)
def offsets(zone: str, first: date, last: date) -> tuple[Offset, ...]:
    """Return the offsets of `zone` in force between two days, in order, to the minute.

    >>> [(str(o.since), o.seconds // 3600) for o in offsets("America/Sao_Paulo", date(2018, 10, 1), date(2019, 3, 1))]
    [('2018-10-01 00:00:00', -3), ('2018-11-04 03:00:00', -2), ('2019-02-17 02:00:00', -3)]
    """
    info = zone_info(zone)
    at = datetime(first.year, first.month, first.day)
    end = datetime(last.year, last.month, last.day) + timedelta(days=1)
    found = [Offset(at, _seconds(info, at))]
    while at < end:
        following = min(at + timedelta(days=1), end)
        if _seconds(info, following) != found[-1].seconds:
            change = _change(info, at, following)
            found.append(Offset(change, _seconds(info, change)))
            at = change
        else:
            at = following
    return tuple(found)


def _seconds(info: ZoneInfo, instant: datetime) -> int:
    shift = instant.replace(tzinfo=UTC).astimezone(info).utcoffset() or timedelta()
    return int(shift.total_seconds())


def _change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _seconds(info, low)
    while high - low > timedelta(minutes=1):
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        if middle <= low:
            break
        low, high = (middle, high) if _seconds(info, middle) == before else (low, middle)
    return high


def local(
    instant: "ibis.expr.types.TimestampValue", zone: str, first: date, last: date
) -> "ibis.expr.types.TimestampValue":
    """Return a UTC instant as the wall time of `zone`, for instants between two days."""
    ibis = lazy_ibis()
    known = offsets(zone, first - timedelta(days=1), last + timedelta(days=1))
    shifted = instant + ibis.interval(seconds=known[0].seconds)
    branches = [
        (instant >= ibis.literal(offset.since), instant + ibis.interval(seconds=offset.seconds))
        for offset in reversed(known[1:])
    ]
    return ibis.cases(*branches, else_=shifted) if branches else shifted


def span(instant: "ibis.expr.types.TimestampValue") -> tuple[date, date] | None:
    """Return the first and last UTC day of a column, None when it holds no instant."""
    row = collect(instant.as_table().aggregate(first=instant.min(), last=instant.max())).to_pylist()[0]
    if row["first"] is None:
        return None
    return row["first"].date(), row["last"].date()


def latest(instant: "ibis.expr.types.TimestampValue") -> datetime | None:
    """Return the last instant of a column (UTC), None when it holds none."""
    found: datetime | None = collect(instant.as_table().aggregate(last=instant.max())).to_pylist()[0]["last"]
    return found


def midnight(day: str | date, zone: str) -> datetime:
    """Return local midnight of a day as a UTC instant without a zone.

    >>> str(midnight("2025-03-01", "America/Sao_Paulo"))
    '2025-03-01 03:00:00'
    """
    try:
        day = day if type(day) is date else date.fromisoformat(str(day))
    except ValueError:
        raise InputError(
            say("{day} is not a date. Write year-month-day, such as 2025-03-01.", day=repr(day))
        ) from None
    start = datetime(day.year, day.month, day.day, tzinfo=zone_info(zone))
    return start.astimezone(UTC).replace(tzinfo=None)


def period_label(start: pd.Timestamp, every: str) -> str | None:
    """Return the name of the period that starts at `start`: 2025-03-10, 2025-W11, 2025-03, 2025-Q1 or 2025.

    >>> period_label(pd.Timestamp("2025-03-10"), "week"), period_label(pd.Timestamp("2025-01-01"), "quarter")
    ('2025-W11', '2025-Q1')
    """
    if pd.isna(start):
        return None
    week = start.isocalendar()
    return {
        "day": f"{start:%Y-%m-%d}",
        "week": f"{week.year}-W{week.week:02d}",
        "month": f"{start:%Y-%m}",
        "quarter": f"{start.year}-Q{start.quarter}",
        "year": f"{start.year}",
    }[every]


def period_days(label: str) -> tuple[date, date]:
    """Return the first day of a named period and the first day after it; see `period_label`.

    >>> [str(day) for day in period_days("2025-Q1")], [str(day) for day in period_days("2025-W11")]
    (['2025-01-01', '2025-04-01'], ['2025-03-10', '2025-03-17'])
    """
    text = str(label).strip()
    try:
        if len(text) == 10:
            period = pd.Period(text, "D")
        elif "W" in text:
            first = date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
            return first, first + timedelta(days=7)
        else:
            period = pd.Period(text.replace("-Q", "Q"), {4: "Y", 7: "Q" if "Q" in text else "M"}[len(text)])
    except (ValueError, KeyError, IndexError):
        raise InputError(
            say("{period} is not a period. Write 2026-09-14, 2026-W38, 2026-09, 2026-Q3 or 2026.", period=repr(label))
        ) from None
    return period.start_time.date(), (period + 1).start_time.date()
