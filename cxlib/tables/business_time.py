"""Business time on any engine: how long a schedule was open between two instants, and when so much of it is over.

The stretches in which each schedule is open are worked out here, in its own zone, and become two small tables: by
UTC day the seconds it had been open before and the stretches of that day, and the way back by day of open time.
Rows meet them by equality alone, so that the same join runs everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.time import zone_info

if TYPE_CHECKING:
    import ibis

DAY = 86_400
EPOCH = datetime(1970, 1, 1)
LAST_MINUTE = pd.Timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When schedules are open, as tables to join; see `timetable`."""

    schedules: tuple[str, ...]
    onward: pd.DataFrame  # cx_schedule, cx_bucket (UTC day), cx_before, cx_begin_0, cx_end_0, ...
    back: pd.DataFrame  # cx_schedule, cx_bucket (day of open time), cx_end_0, cx_shift_0, ...


def timetable(hours: "ibis.Table", holidays: "ibis.Table | None", *, zone: str, first: date, last: date) -> Timetable:
    """Return when the schedules of `business_hours` are open between two days, `holidays` left out.

    `zone` is that of rows that name none. Hours that overlap count once. A night on which the clock goes forward
    has an hour less of them, one on which it goes back an hour more. Raises `InputError` for times that cannot be.
    """
    rows = collect(hours).to_pandas()
    closed = None if holidays is None else collect(holidays).to_pandas()
    return Timetable(
        schedules=tuple(sorted(rows["schedule_id"].unique())),
        **_tables(opening_times(rows, closed, zone=zone, first=first, last=last), first, last),
    )


def opening_times(
    hours: pd.DataFrame, holidays: pd.DataFrame | None, *, zone: str, first: date, last: date
) -> pd.DataFrame:
    """Return the open stretches: schedule_id, begin, end (seconds since 1970, UTC), in order, none touching another.

    >>> hours = pd.DataFrame({"schedule_id": ["desk"], "weekday": [7], "opens": ["00:00"], "closes": ["06:00"],
    ...     "zone": ["Europe/Berlin"], "valid_from_on": ["2026-01-01"]})
    >>> night = opening_times(hours, None, zone="UTC", first=date(2026, 3, 28), last=date(2026, 3, 30))
    >>> ((night["end"] - night["begin"]) / 3600).tolist()   # the clocks go forward in that night
    [5.0]
    """
    days = pd.DataFrame({"day": pd.date_range(first - timedelta(days=1), last + timedelta(days=1), unit="us")})
    rows = days.assign(weekday=days["day"].dt.day_of_week + 1).merge(_read(hours, zone), on="weekday")
    rows = rows[(rows["day"] >= rows["since"]) & (rows["until"].isna() | (rows["day"] < rows["until"]))]
    if holidays is not None and len(holidays):
        off = pd.MultiIndex.from_arrays([holidays["schedule_id"], _days(holidays["date_on"])])
        rows = rows[~pd.MultiIndex.from_frame(rows[["schedule_id", "day"]]).isin(off)]
    parts = [
        pd.DataFrame(
            {
                "schedule_id": own["schedule_id"],
                "begin": _seconds(own["day"] + own["opens"], name, late=False),
                "end": _seconds(own["day"] + own["closes"], name, late=True),
            }
        )
        for name, own in rows.groupby("zone")
    ]
    found = pd.concat(parts) if parts else pd.DataFrame({"schedule_id": [], "begin": [], "end": []})
    return _merged(found.astype({"begin": "int64", "end": "int64"}))


def _read(hours: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return the rows of `business_hours` with their times read and their zones filled in."""
    rows = hours[["schedule_id", "weekday"]].astype({"weekday": "int64"})
    absent = pd.Series(None, index=hours.index, dtype="object")
    rows["zone"] = hours.get("zone", absent).astype("object").where(lambda names: names.notna(), zone)
    rows["since"] = _days(hours.get("valid_from_on", absent)).fillna(pd.Timestamp("1900-01-01"))
    rows["until"] = _days(hours.get("valid_to_on", absent))
    for name in ("opens", "closes"):
        rows[name] = pd.to_timedelta(hours[name].astype("str").str.strip() + ":00", errors="coerce")
    wrong = ~((rows["opens"] < rows["closes"]) & (rows["closes"] <= LAST_MINUTE)) | ~rows["weekday"].between(1, 7)
    if wrong.any():
        raise InputError(_no_hours(hours[wrong].iloc[0]))
    return rows


def _no_hours(row: pd.Series) -> str:
    return say(
        "business_hours of {schedule}: weekday {weekday}, {opens} to {closes} cannot be. Weekdays are 1 (Monday) to "
        "7, times HH:MM up to 24:00. A shift over midnight is two rows: until 24:00, and from 00:00 of the next day.",
        schedule=row["schedule_id"],
        weekday=row["weekday"],
        opens=row["opens"],
        closes=row["closes"],
    )


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).dt.tz_localize(None).dt.normalize().astype("datetime64[us]")


def _seconds(walls: pd.Series, zone: str, *, late: bool) -> np.ndarray:
    """Return wall times as seconds since 1970 in UTC.

    A time that does not exist becomes the next that does; of one that comes twice an opening takes the first and
    a closing the second, as the shift does.
    """
    zone_info(zone)
    known = walls.dt.tz_localize(zone, ambiguous=np.full(len(walls), not late), nonexistent="shift_forward")
    return known.dt.tz_convert("UTC").astype("datetime64[s, UTC]").astype("int64").to_numpy()


def _merged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return stretches joined where they overlap or touch."""
    rows = rows[rows["begin"] < rows["end"]].sort_values(["schedule_id", "begin"], ignore_index=True)
    reached = rows.groupby("schedule_id")["end"].cummax()
    fresh = rows["begin"] > reached.groupby(rows["schedule_id"]).shift(1, fill_value=np.iinfo("int64").min)
    whole = rows.groupby(fresh.cumsum().to_numpy())
    return whole.agg(schedule_id=("schedule_id", "first"), begin=("begin", "min"), end=("end", "max"))


def _tables(stretches: pd.DataFrame, first: date, last: date) -> dict[str, pd.DataFrame]:
    length = stretches["end"] - stretches["begin"]
    reached = length.groupby(stretches["schedule_id"]).cumsum()
    stretches = stretches.assign(shift=stretches["begin"] - (reached - length), reached=reached)
    daily = _cut(stretches, stretches["begin"], stretches["end"])
    days = np.arange((first - EPOCH.date()).days - 2, (last - EPOCH.date()).days + 3)
    open_by_day = (daily["end"] - daily["begin"]).groupby([daily["schedule_id"], daily["bucket"]]).sum()
    names = stretches["schedule_id"].unique()
    every = pd.MultiIndex.from_product([names, days], names=["schedule_id", "bucket"])
    seconds = open_by_day.reindex(every, fill_value=0)
    before = seconds.groupby(level=0).cumsum() - seconds
    onward = pd.DataFrame({"cx_before": before}).join(_wide(daily, ["begin", "end"]))
    back = _cut(stretches, reached - length, reached)
    return {"onward": _named(onward), "back": _named(_wide(back, ["end", "shift"]))}


def _cut(rows: pd.DataFrame, begin: pd.Series, end: pd.Series) -> pd.DataFrame:
    """Return stretches cut at every full day of the given scale, with the day as `bucket`."""
    first, last = begin.to_numpy() // DAY, (end.to_numpy() - 1) // DAY
    times = last - first + 1
    place = np.repeat(np.arange(len(rows)), times)
    bucket = first[place] + np.arange(len(place)) - np.repeat(np.cumsum(times) - times, times)
    cut = rows.iloc[place].reset_index(drop=True)
    return cut.assign(
        bucket=bucket,
        begin=np.maximum(begin.to_numpy()[place], bucket * DAY),
        end=np.minimum(end.to_numpy()[place], (bucket + 1) * DAY),
    )


def _wide(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return one row for each schedule and bucket, its stretches side by side."""
    keys = ["schedule_id", "bucket"]
    wide = rows.assign(place=rows.groupby(keys).cumcount()).set_index([*keys, "place"])[columns].unstack("place")
    wide.columns = [f"cx_{name}_{place}" for name, place in wide.columns]
    return wide


def _named(table: pd.DataFrame) -> pd.DataFrame:
    plain = table.reset_index().rename(columns={"schedule_id": "cx_schedule", "bucket": "cx_bucket"})
    # A stretch that is not there is none: it begins and ends at 0.
    numbers = dict.fromkeys((name for name in plain if name != "cx_schedule"), "int64")
    return plain.fillna(dict.fromkeys(numbers, 0)).astype({"cx_schedule": "str", **numbers})


def _seconds_of(instant: "ibis.Value") -> "ibis.Value":
    return instant.delta(lazy_ibis().literal(EPOCH), unit="second").cast("int64")


def _instant_of(second: "ibis.Value") -> "ibis.Value":
    # By adding, since not every warehouse reads Unix time.
    return lazy_ibis().literal(EPOCH) + second.cast("int64").as_interval("s")


def with_open_seconds(
    rows: "ibis.Table", known: Timetable | None, *, schedule: str, instants: Sequence[str]
) -> "ibis.Table":
    """Add to each row, for each column of instants, the seconds its schedule had been open by then: `NAME_open`.

    Only differences mean something. A row without a schedule has all the time there is; one whose schedule is not
    in the timetable, or whose instant lies outside of it, has null.
    """
    ibis = lazy_ibis()
    for name in instants:
        if known is None:
            rows = rows.mutate(**{f"{name}_open": _seconds_of(rows[name])})
            continue
        rows = rows.mutate(cx_second=_seconds_of(rows[name]))
        rows = rows.mutate(cx_day=(rows.cx_second / DAY).floor().cast("int64"))
        found = _met(rows, known.onward, schedule, "cx_day")
        within = [
            ibis.greatest(ibis.least(found.cx_second, found[f"cx_end_{place}"]) - found[f"cx_begin_{place}"], 0)
            for place in _places(known.onward)
        ]
        opened = sum(within, start=found.cx_before)
        opened = ibis.ifelse(found[schedule].isnull(), found.cx_second, opened)
        rows = found.mutate(**{f"{name}_open": opened}).drop("cx_second", "cx_day", *_own(known.onward))
    return rows


def with_instant(
    rows: "ibis.Table", known: Timetable | None, *, schedule: str, seconds: str, name: str
) -> "ibis.Table":
    """Add the instant `name` (UTC) at which a schedule has been open for so many seconds: `with_open_seconds` back.

    The end of a stretch is its closing, not the opening of the next. Null beyond the timetable.
    """
    ibis = lazy_ibis()
    if known is None:
        return rows.mutate(**{name: _instant_of(rows[seconds])})
    rows = rows.mutate(cx_day=((rows[seconds] - 1) / DAY).floor().cast("int64"))
    found = _met(rows, known.back, schedule, "cx_day")
    branches = [
        (found[seconds] <= found[f"cx_end_{place}"], found[seconds] + found[f"cx_shift_{place}"])
        for place in _places(known.back)
    ]
    nowhere = ibis.null("int64")
    open_at = ibis.cases(*branches, else_=nowhere) if branches else nowhere
    second = ibis.ifelse(found[schedule].isnull(), found[seconds], open_at)
    return found.mutate(**{name: _instant_of(second)}).drop("cx_day", *_own(known.back))


def _met(rows: "ibis.Table", table: pd.DataFrame, schedule: str, bucket: str) -> "ibis.Table":
    other = lazy_ibis().memtable(table.rename(columns={"cx_schedule": "cx_of", "cx_bucket": "cx_at"}))
    return rows.left_join(other, [rows[schedule] == other.cx_of, rows[bucket] == other.cx_at])


def _own(table: pd.DataFrame) -> list[str]:
    return ["cx_of", "cx_at", *(name for name in table if name not in ("cx_schedule", "cx_bucket"))]


def _places(table: pd.DataFrame) -> range:
    return range(sum(str(name).startswith("cx_end_") for name in table))
