"""Funnels: who enters, who gets how far in time, and how long it takes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference import intervals
from cxlib.inference.survival import kaplan_meier, median
from cxlib.journeys.cells import LEVEL, finished, named_periods
from cxlib.journeys.log import ALL, FLAGS, STEP, Log, check_groups, log_of, names, period_of, usable, within
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, CLOCK, PERSON, with_clock, with_first, with_latest

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
class Journeys:
    """One row for each person who enters, `rows`: group, `cx_entered`, and `cx_to_K`, the time to each step.

    Times are microseconds since the entry, null where a step was not reached. `until` is where the log ends.
    """

    log: Log
    rows: "ibis.Table"
    steps: tuple[Step, ...]
    window: timedelta
    until: datetime

    @property
    def mature(self) -> "ibis.Value":
        """Whether the whole window of a person has passed."""
        return self.rows.cx_entered <= lazy_ibis().literal(self.until - self.window)


def follow(
    log: Log,
    steps: Sequence[Step],
    *,
    window: timedelta,
    by: Sequence[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
) -> Journeys:
    """Follow everybody from their first entry between `start` and `end`, each for one window.

    Each step is the first such event after the step before; of events at the same moment `event_id` says which is
    after which.
    """
    last = collect(log.rows.aggregate(last=log.rows[AT].max())).to_pylist()[0]["last"] or datetime(1970, 1, 1)
    kinds = sorted({event for one in steps for event in one.events})
    rows = log.rows.filter(log.rows[STEP].isin(kinds))
    inside = within(rows[AT], log.zone, start, end)
    entry = rows[STEP].isin(list(steps[0].events))
    rows = with_first(with_clock(rows, _length(window)), "cx_entry", entry if inside is None else entry & inside)
    reached = _with_steps(with_latest(rows, "cx_since", rows.cx_entry), steps, _length(window))
    return Journeys(log=log, rows=_per_person(reached, len(steps), by), steps=tuple(steps), window=window, until=last)


def _length(window: timedelta) -> int:
    return round(window / timedelta(microseconds=1))


def _with_steps(rows: "ibis.Table", steps: Sequence[Step], window: int) -> "ibis.Table":
    """Add `cx_first_K`: whether this event is the first by which its person reaches step K."""
    rows = rows.mutate(cx_age=rows[CLOCK] - rows.cx_since)
    required = [place for place, one in enumerate(steps) if not one.optional]
    for before, place in zip(required, required[1:], strict=False):
        rows = _with_step(rows, steps[place], place, before, window)
    for place, one in enumerate(steps):
        if one.optional:
            rows = _with_step(rows, one, place, max(each for each in required if each < place), window,
                              by=next((each for each in required if each > place), None))  # fmt: skip
    return rows


def _with_step(
    rows: "ibis.Table", one: Step, place: int, before: int, window: int, *, by: int | None = None
) -> "ibis.Table":
    counts = rows[STEP].isin(list(one.events)) & (rows.cx_age < window)
    if before:
        counts = counts & (rows[f"cx_last_{before}"] >= rows.cx_since)
    if one.hours is not None:
        since = rows[f"cx_at_{before}"] if before else rows.cx_since
        counts = counts & (rows[CLOCK] - since < round(3_600 * SECOND * one.hours))
    if by is not None:  # an optional step is over once the next one that is not is reached
        counts = counts & ~(rows[f"cx_last_{by}"] >= rows.cx_since).fill_null(False) & ~rows[f"cx_first_{by}"]
    rows = rows.mutate(cx_counts=counts.fill_null(False))
    # The latest event that counted, before this one: nobody's but this person's can be as late as their entry.
    rows = with_latest(rows, f"cx_last_{place}", rows.cx_counts)
    again = (rows[f"cx_last_{place}"] >= rows.cx_since).fill_null(False)
    rows = rows.mutate(**{f"cx_first_{place}": rows.cx_counts & ~again}).drop("cx_counts")
    return with_latest(rows, f"cx_at_{place}", rows[f"cx_first_{place}"])


def _per_person(rows: "ibis.Table", size: int, by: Sequence[str]) -> "ibis.Table":
    ibis = lazy_ibis()
    firsts = [rows[f"cx_first_{place}"] for place in range(1, size)]
    marks = rows.filter(ibis.or_(rows.cx_entry, *firsts))

    def at(flag: str, value: str) -> "ibis.Value":
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
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Count a funnel: "of those who came in, how many got how far in time, and how long did it take?"

    `data` is anything that `open_dataset` takes, or one frame of events. `steps` are event types in order; several
    that count alike go into a tuple, and a `Step` may be optional or have hours of its own. A person counts once, from
    their first entry between `start` and `end`: the entry decides who and when, and `days` how long they are
    followed, even past `end`. An event exactly `days` after the entry is too late. Those whose days are not over when
    the log ends are open: set aside, not taken for lost. `by` names columns of the entry, `every` cuts by its local
    day, week, month, quarter or year.

    Returns for each cell and step, in the columns of `metric`: `reached`, the share of all who entered; `passed`, the
    share of those at the step before; `hours_to_step`, the median time from the entry of those who reached it.
    Raises `InputError`.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b", "c"], "event_type": ["search", "purchase", "search",
    ...     "page_view"], "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-01T10:30Z",
    ...     "2025-03-01T10:00Z", "2025-03-20T10:00Z"])})
    >>> funnel(events, ["search", "purchase"])[["step", "metric", "value", "n"]]
           step         metric  value  n
    0    search        reached    1.0  2
    1  purchase        reached    0.5  2
    2  purchase         passed    0.5  2
    3  purchase  hours_to_step    0.5  1
    """
    by = names(by)
    found = _followed(data, steps, days, by, start, end, source_zone)
    keys = [*by, *(["period"] if every else [])]
    rows = _periods(found, every)
    cells = named_periods(collect(_counts(rows, found, keys)).to_pandas(), every)
    times = collect(_times(rows, found, keys)).to_pandas()
    frames = [_reached(cells, found.steps), _passed(cells, found.steps), _medians(cells, times, found.steps, keys, every)]
    frame = finished(frames, found.log, keys=[*by, "period", "step", "position"], rule=f"{days:g}_days")
    return frame.sort_values([*by, "period"], kind="stable", na_position="last", ignore_index=True)


def _followed(
    data: object,
    steps: Sequence["str | Iterable[str] | Step"],
    days: float,
    by: Sequence[str],
    start: str | date | None,
    end: str | date | None,
    source_zone: str | None,
) -> Journeys:
    asked = [step(one) for one in steps] if not isinstance(steps, str) else []
    if len(asked) < 2 or asked[0].optional or not days > 0:
        raise InputError(say("A funnel needs two steps or more, the first not optional, and days above zero."))
    log = usable(log_of(data, columns=[STEP, *by], optional=FLAGS.values(), source_zone=source_zone))
    check_groups(log.dataset, by)
    return follow(log, asked, window=timedelta(days=days), by=by, start=start, end=end)


def _periods(found: Journeys, every: str | None) -> "ibis.Table":
    rows = found.rows.mutate(cx_mature=found.mature)
    return rows if every is None else rows.mutate(period=period_of(rows.cx_entered, every, found.log.zone))


def _counts(rows: "ibis.Table", found: Journeys, keys: Sequence[str]) -> "ibis.Table":
    reached = {
        f"reached_{place}": (rows.cx_mature & rows[f"cx_to_{place}"].notnull()).sum()
        for place in range(1, len(found.steps))
    }
    asked = {"people": rows.cx_mature.sum(), "aside_open": (~rows.cx_mature).sum(), **reached}
    return rows.group_by(keys).agg(**asked) if keys else rows.aggregate(**asked)


def _times(rows: "ibis.Table", found: Journeys, keys: Sequence[str]) -> "ibis.Table":
    """Return how many reached each step after how many whole seconds."""
    parts = []
    for place in range(1, len(found.steps)):
        reached = rows.filter(rows.cx_mature, rows[f"cx_to_{place}"].notnull())
        timed = reached.mutate(position=lazy_ibis().literal(place), seconds=reached[f"cx_to_{place}"] // SECOND)
        parts.append(timed.group_by([*keys, "position", "seconds"]).agg(n=timed.count()))
    return lazy_ibis().union(*parts) if len(parts) > 1 else parts[0]


def _reached(cells: pd.DataFrame, steps: Sequence[Step]) -> pd.DataFrame:
    cells = cells.assign(reached_0=cells["people"])
    return pd.concat([
        _share(cells, steps, place, "reached", cells[f"reached_{place}"], cells["people"])
        for place in range(len(steps))
    ])  # fmt: skip


def _passed(cells: pd.DataFrame, steps: Sequence[Step]) -> pd.DataFrame:
    cells, before, parts = cells.assign(reached_0=cells["people"]), 0, []
    for place, one in enumerate(steps[1:], start=1):
        parts.append(_share(cells, steps, place, "passed", cells[f"reached_{place}"], cells[f"reached_{before}"]))
        before = before if one.optional else place
    return pd.concat(parts)


def _share(
    cells: pd.DataFrame, steps: Sequence[Step], place: int, metric: str, part: pd.Series, whole: pd.Series
) -> pd.DataFrame:
    value = (part / whole.where(whole > 0)).astype(float)
    low, high = intervals.wilson(value, whole, level=LEVEL)
    method = np.where(whole > 0, f"Wilson {LEVEL:.0%}", "none: nobody to count")
    return cells.assign(step=steps[place].name, position=place + 1, metric=metric, value=value, low=low, high=high,
                        n=whole, numerator=part, denominator=whole, unit="share", method=method)  # fmt: skip


def _medians(
    cells: pd.DataFrame, times: pd.DataFrame, steps: Sequence[Step], keys: Sequence[str], every: str | None
) -> pd.DataFrame:
    ...
