"""Funnels: who enters, who gets how far in time, and how long it takes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference import intervals
from cxlib.inference.durations import median, survival
from cxlib.journeys.cells import LEVEL, finished
from cxlib.journeys.log import (
    ALL,
    FLAGS,
    STEP,
    Log,
    as_day,
    check_groups,
    check_types,
    log_of,
    names,
    periods_of,
    usable,
)
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, CLOCK, PERSON, microseconds, with_clock, with_first, with_latest
from cxlib.tables.time import midnight

if TYPE_CHECKING:
    import ibis

SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: the event types that count as it, whether it may be left out, and how long it may take.

    `hours` is the time allowed since the step before; an event exactly that much later is too late.
    """

    name: str
    events: tuple[str, ...]
    optional: bool = False
    hours: float | None = None


def step(given: "str | Iterable[str] | Step") -> Step:
    """Return a step from an event type, from several that count alike, or from a `Step`."""
    if isinstance(given, Step):
        return given
    events = names(given)
    return Step(name=" | ".join(events), events=events)


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Whose journeys are followed: those who enter from `start` up to, not including, `end`, for `window` each."""

    period: str = ALL
    start: date | None = None
    end: date | None = None
    window: timedelta


def follow(log: Log, steps: Sequence[Step], cohort: Cohort, *, by: Sequence[str] = ()) -> "ibis.Table":
    """Return one row for each person who enters: group, `cx_entered`, and `cx_to_K`, the time to each step.

    Times are microseconds since the entry, null where a step was not reached. Each step is the first such event
    after the step before; of events at the same moment `event_id` says which is after which.
    """
    ibis = lazy_ibis()
    kinds = sorted({event for one in steps for event in one.events})
    rows = log.rows.filter(log.rows[STEP].isin(kinds))
    if cohort.start is not None:
        rows = rows.filter(rows[AT] >= ibis.literal(midnight(cohort.start, log.zone)))
    entry = rows[STEP].isin(list(steps[0].events))
    if cohort.end is not None:
        last = midnight(cohort.end, log.zone)
        rows = rows.filter(rows[AT] < ibis.literal(last + cohort.window))
        entry = rows[STEP].isin(list(steps[0].events)) & (rows[AT] < ibis.literal(last))
    length = _length(cohort.window)
    rows = with_first(with_clock(rows, length), "cx_entry", entry)
    return _per_person(_with_steps(with_latest(rows, "cx_since", rows.cx_entry), steps, length), len(steps), by)


def _length(window: timedelta) -> int:
    return round(window / timedelta(microseconds=1))


def _with_steps(rows: "ibis.Table", steps: Sequence[Step], window: int) -> "ibis.Table":
    """Add `cx_first_K`: whether this event is the first by which its person reaches step K."""
    rows = rows.mutate(cx_age=rows[CLOCK] - rows.cx_since)
    required = [place for place, one in enumerate(steps) if not one.optional]
    for before, place in pairwise(required):
        rows = _with_step(rows, steps[place], place, before, window)
    for place in sorted(set(range(len(steps))) - set(required)):
        before = max(each for each in required if each < place)
        after = next((each for each in required if each > place), None)
        rows = _with_step(rows, steps[place], place, before, window, by=after)
    return rows


def _with_step(
    rows: "ibis.Table", one: Step, place: int, before: int, window: int, *, by: int | None = None
) -> "ibis.Table":
    counts = rows[STEP].isin(list(one.events)) & (rows.cx_age < window)
    if before:
        counts = counts & (rows[f"cx_last_{before}"] >= rows.cx_since)
    if one.hours is not None:
        if before:
            rows = with_latest(rows.mutate(cx_counts=counts), "cx_at", rows[f"cx_first_{before}"])
            counts = rows.cx_counts
        since = rows.cx_at if before else rows.cx_since
        counts = counts & (rows[CLOCK] - since < round(3_600 * SECOND * one.hours))
    if by is not None:  # an optional step is over once the next one that is not is reached
        counts = counts & ~(rows[f"cx_last_{by}"] >= rows.cx_since).fill_null(False) & ~rows[f"cx_first_{by}"]
    rows = rows.mutate(cx_counts=counts.fill_null(False))
    # The latest event that counted, before this one: nobody's but this person's can be as late as their entry.
    rows = with_latest(rows, f"cx_last_{place}", rows.cx_counts)
    again = (rows[f"cx_last_{place}"] >= rows.cx_since).fill_null(False)
    return rows.mutate(**{f"cx_first_{place}": rows.cx_counts & ~again}).drop("cx_counts")


def _per_person(rows: "ibis.Table", size: int, by: Sequence[str]) -> "ibis.Table":
    ibis = lazy_ibis()
    firsts = [rows[f"cx_first_{place}"] for place in range(1, size)]
    marks = rows.filter(ibis.or_(rows.cx_entry, *firsts))

    def at(flag: str, value: str) -> Any:
        return ibis.ifelse(marks[flag], marks[value], ibis.null(marks[value].type())).max()

    times = {f"cx_to_{place}": at(f"cx_first_{place}", "cx_age") for place in range(1, size)}
    groups = {name: at("cx_entry", name) for name in by}
    return marks.group_by(PERSON).agg(cx_entered=at("cx_entry", AT), **times, **groups)


def funnel(
    data: object,
    steps: Sequence["str | Iterable[str] | Step"],
    *,
    days: float = 7,
    by: str | Iterable[str] = (),
    every: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Count a funnel: "of those who came in, how many got how far in time, and how long did it take?"

    `data` is anything that `open_dataset` takes, or one frame of events. `steps` are event types in order; several
    that count alike go into a tuple, and a `Step` may be optional or have hours of its own. A person counts once,
    from the first entry between `start` and `end`: the entry decides who, and `days` how long they are followed, even
    past `end`. An event exactly `days` after the entry is too late. Those whose days are not over when the log ends
    are open: set aside, not taken for lost. The log ends with its last event, or before the day `until`. `by` names
    columns of the entry. With `every` each local day, week, month, quarter or year has a funnel of its own, and a
    person counts once in each where they enter.

    Returns for each cell and step, in the columns of `metric`: `reached`, the share of all who entered; `passed`, the
    share of those at the step before; `minutes_to_step`, the median time from the entry of those who reached it.
    Raises `InputError`.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b", "c"], "event_type": ["search", "purchase", "search",
    ...     "page_view"], "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-01T10:30Z",
    ...     "2025-03-01T10:00Z", "2025-03-20T10:00Z"])})
    >>> funnel(events, ["search", "purchase"])[["step", "metric", "value", "n"]]
           step           metric  value  n
    0    search          reached    1.0  2
    1  purchase          reached    0.5  2
    2  purchase           passed    0.5  2
    3  purchase  minutes_to_step   30.0  1
    """
    by = names(by)
    asked, log, cohorts = _asked(data, steps, days, by, every, start, end, source_zone)
    last = _last(log, until)
    seen = pd.concat([_seen(log, asked, one, by, last) for one in cohorts], ignore_index=True)
    cells = _cells(seen, len(asked), [*by, "period"])
    frames = [
        _reached(cells, asked),
        _passed(cells, asked),
        _medians(cells, seen[seen["mature"]], asked, [*by, "period"]),
    ]
    frame = finished(frames, log, keys=[*by, "period", "step", "position"], rule=f"{days:g}_days")
    return frame.sort_values([*by, "period"], kind="stable", na_position="last", ignore_index=True)


def conversion_curve(
    data: object,
    steps: Sequence["str | Iterable[str] | Step"],
    *,
    days: float = 7,
    by: str | Iterable[str] = (),
    every: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Draw out the time to the last step: "what share has come through by each hour after the entry?"

    Options as in `funnel`. Nobody is set aside: those whose days are not over count as long as they were watched
    (Kaplan & Meier 1958). Returns `hours`, `value`, `low`, `high` and how many were `at_risk`, for each cell.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b"], "event_type": ["search", "purchase", "search"],
    ...     "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-01T10:30Z", "2025-03-01T10:00Z"])})
    >>> conversion_curve(events, ["search", "purchase"])[["hours", "value"]]
       hours  value
    0    0.5    0.5
    """
    by = names(by)
    asked, log, cohorts = _asked(data, steps, days, by, every, start, end, source_zone)
    last = _last(log, until)
    looks = pd.concat([_looks(log, asked, one, by, last) for one in cohorts], ignore_index=True)
    curves = [
        _curve(seen).assign(**dict(zip([*by, "period"], cell, strict=True)))
        for cell, seen in looks.groupby([*by, "period"], dropna=False)
    ]
    columns = [*by, "period", "hours", "value", "low", "high", "at_risk"]
    return pd.concat(curves, ignore_index=True)[columns] if curves else pd.DataFrame(columns=columns)


def _curve(seen: pd.DataFrame) -> pd.DataFrame:
    """Return the share that has arrived by each hour: what is left of Kaplan and Meier's curve."""
    curve = survival(seen["seconds"], seen["happened"], seen["n"])
    low, high = curve.bands(LEVEL)
    shares = {"value": 1 - curve.left, "low": 1 - high, "high": 1 - low}
    return pd.DataFrame({"hours": curve.at / 3_600, **shares, "at_risk": curve.at_risk})


def _asked(
    data: object,
    steps: Sequence["str | Iterable[str] | Step"],
    days: float,
    by: Sequence[str],
    every: str | None,
    start: str | date | None,
    end: str | date | None,
    source_zone: str | None,
) -> tuple[tuple[Step, ...], Log, list[Cohort]]:
    """Return what was asked: the steps, the log, and whose journeys are followed in each period."""
    asked = tuple(step(one) for one in steps) if not isinstance(steps, str) else ()
    if len(asked) < 2 or asked[0].optional or not days > 0:
        raise InputError(say("A funnel needs two steps or more, the first not optional, and days above zero."))
    log = usable(log_of(data, columns=[STEP, *by], optional=FLAGS.values(), source_zone=source_zone))
    check_groups(log.dataset, by)
    check_types(log, [event for one in asked for event in one.events])
    window = timedelta(days=days)
    if every is None:
        return asked, log, [Cohort(start=as_day(start), end=as_day(end), window=window)]
    entries = log.rows.filter(log.rows[STEP].isin(list(asked[0].events)))
    spans = periods_of(entries[AT], every, log.zone, start, end)
    return asked, log, [Cohort(period=name, start=one, end=two, window=window) for name, one, two in spans]


def _last(log: Log, until: str | date | None) -> datetime:
    """Return the moment up to which the log is complete."""
    if until is not None:
        return midnight(until, log.zone)
    found = collect(log.rows.aggregate(last=log.rows[AT].max())).to_pylist()[0]["last"]
    return found or datetime(1970, 1, 1)


def _seen(log: Log, steps: Sequence[Step], cohort: Cohort, by: Sequence[str], last: datetime) -> pd.DataFrame:
    """Return how many reached each step after how many whole seconds, and whether their window was over by then."""
    ibis = lazy_ibis()
    rows = follow(log, steps, cohort, by=by)
    rows = rows.mutate(cx_to_0=ibis.literal(0, "int64"), mature=rows.cx_entered <= ibis.literal(last - cohort.window))
    parts = []
    for place in range(len(steps)):
        reached = rows.filter(rows[f"cx_to_{place}"].notnull())
        timed = reached.mutate(position=ibis.literal(place, "int64"), seconds=reached[f"cx_to_{place}"] // SECOND)
        parts.append(timed.group_by([*by, "mature", "position", "seconds"]).agg(n=timed.count()))
    return collect(ibis.union(*parts)).to_pandas().assign(period=cohort.period)


def _looks(log: Log, steps: Sequence[Step], cohort: Cohort, by: Sequence[str], last: datetime) -> pd.DataFrame:
    """Return after how many seconds how many came through, or were last seen without having done so."""
    ibis = lazy_ibis()
    rows = follow(log, steps, cohort, by=by)
    to_end = rows[f"cx_to_{len(steps) - 1}"]
    watched = ibis.least(microseconds(ibis.literal(last), rows.cx_entered), _length(cohort.window))
    looked = rows.mutate(happened=to_end.notnull(), seconds=ibis.coalesce(to_end, watched) // SECOND)
    counted = looked.group_by([*by, "happened", "seconds"]).agg(n=looked.count())
    return collect(counted).to_pandas().assign(period=cohort.period)


def _cells(seen: pd.DataFrame, size: int, keys: Sequence[str]) -> pd.DataFrame:
    """Return for each cell how many reached each step, of those whose window was over, and how many are open."""
    grown, young = seen[seen["mature"]], seen[~seen["mature"] & seen["position"].eq(0)]
    counts = grown.groupby([*keys, "position"], dropna=False)["n"].sum().unstack(fill_value=0)
    counts = counts.reindex(columns=range(size), fill_value=0).add_prefix("reached_")
    opened = young.groupby(list(keys), dropna=False)["n"].sum().rename("aside_open")
    cells = counts.join(opened, how="outer") if len(seen) else counts
    cells = cells.fillna(0).astype("int64").reset_index()
    if cells.empty and list(keys) == ["period"]:
        cells = pd.DataFrame([{"period": ALL, "aside_open": 0} | {f"reached_{place}": 0 for place in range(size)}])
    return cells.assign(people=cells["reached_0"])


def _reached(cells: pd.DataFrame, steps: Sequence[Step]) -> pd.DataFrame:
    return pd.concat([
        _share(cells, steps, place, "reached", cells[f"reached_{place}"], cells["people"])
        for place in range(len(steps))
    ])  # fmt: skip


def _passed(cells: pd.DataFrame, steps: Sequence[Step]) -> pd.DataFrame:
    before, parts = 0, []
    for place, one in enumerate(steps[1:], start=1):
        parts.append(_share(cells, steps, place, "passed", cells[f"reached_{place}"], cells[f"reached_{before}"]))
        before = before if one.optional else place
    return pd.concat(parts)


def _share(
    cells: pd.DataFrame, steps: Sequence[Step], place: int, metric: str, part: pd.Series, whole: pd.Series
) -> pd.DataFrame:
    part, whole = part.astype(float), whole.astype(float)
    value = part / whole.where(whole > 0)
    low, high = intervals.wilson(value, whole, level=LEVEL)
    method = np.where(whole > 0, f"Wilson {LEVEL:.0%}", "none: nobody to count")
    return cells.assign(step=steps[place].name, position=place + 1, metric=metric, value=value, low=low, high=high,
                        n=whole, numerator=part, denominator=whole, unit="share", method=method,
                        people=whole)  # fmt: skip


def _medians(cells: pd.DataFrame, times: pd.DataFrame, steps: Sequence[Step], keys: Sequence[str]) -> pd.DataFrame:
    """Return the median time of each step; all of these people were watched for their whole window."""
    counted = {_key(key): seen for key, seen in times.groupby([*keys, "position"], dropna=False)}
    parts = []
    for place, one in enumerate(steps[1:], start=1):
        seen = [counted.get(_key([*row, place]), times.head(0)) for row in cells[list(keys)].to_numpy(object)]
        ends = np.array([median(one["seconds"], one["n"], level=LEVEL) for one in seen]) / 60
        known = np.isfinite(ends[:, 1])
        method = np.where(known, f"median, ranks {LEVEL:.0%}", "none: too few for an interval")
        parts.append(cells.assign(step=one.name, position=place + 1, metric="minutes_to_step", value=ends[:, 0],
                                  low=ends[:, 1], high=ends[:, 2], n=[int(one["n"].sum()) for one in seen],
                                  numerator=np.nan, denominator=np.nan, unit="minutes", method=method,
                                  people=[int(one["n"].sum()) for one in seen]))  # fmt: skip
    return pd.concat(parts)


def _key(parts: Iterable[object]) -> tuple:
    return tuple(None if pd.isna(part) else part for part in parts)
