"""The log a journey is read from: the events that can be put in order, and the account of those that cannot."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, count_rows, lazy_ibis
from cxlib.tables.opening import open_dataset, single_table
from cxlib.tables.order import AT, KEY, PERSON
from cxlib.tables.schema import schema
from cxlib.tables.time import PERIODS, local, midnight, period_label, span

if TYPE_CHECKING:
    import ibis

EVENTS = "events"
STEP = "event_type"
ALL = "all"
MOST_PERIODS = 60
FLAGS = {"bot": "is_bot", "internal": "is_internal"}


@dataclass(frozen=True, kw_only=True)
class Log:
    """Events with a person and a time, and how many were set aside, by reason: for lack of one, or as not people's.

    `rows` has the columns of `KEY` and those asked for; `step` is what an event counts as. `dataset` says where
    days begin and how small a cell may be.
    """

    dataset: Dataset
    rows: "ibis.Table"
    aside: Mapping[str, int]

    @property
    def zone(self) -> str:
        """The zone in which days begin."""
        return self.dataset.zone


def log_of(
    data: object, *, columns: Iterable[str] = (), optional: Iterable[str] = (), source_zone: str | None = None
) -> Log:
    """Return the log of data of any shape: a dataset, a folder, a DuckDB file, or one frame of events.

    `columns` must be there, `optional` ones are kept where they are. Raises `InputError`.
    """
    dataset = as_events(data, source_zone=source_zone)
    table = dataset.table(EVENTS)
    wanted = [*KEY, *columns]
    for name in wanted:
        demand(table, name)
    kept = dict.fromkeys([*wanted, *(name for name in optional if name in table.columns)])
    rows = table.select(*kept)
    return Log(
        dataset=dataset, rows=rows.filter(rows[PERSON].notnull(), rows[AT].notnull()), aside=_without_place(rows)
    )


def usable(log: Log) -> Log:
    """Return the log without events of no type and those flagged as a bot's or internal, which it then counts."""
    rows, aside = log.rows, {}
    for code, unwanted in (("missing", rows[STEP].isnull()), *_flagged(rows)):
        if count := count_rows(rows.filter(unwanted)):
            aside[code] = count
    kept = rows.filter(rows[STEP].notnull(), *[~flagged for _, flagged in _flagged(rows)])
    return replace(log, rows=kept, aside={**log.aside, **aside})


def _flagged(rows: "ibis.Table") -> list[tuple[str, "ibis.Value"]]:
    return [(code, rows[flag].fill_null(False)) for code, flag in FLAGS.items() if flag in rows.columns]


def as_events(data: object, *, of: str = EVENTS, source_zone: str | None = None) -> Dataset:
    """Return data of any shape as a `Dataset`; one frame or file is taken for the events, or for the table `of`."""
    if isinstance(data, (str, Path)):
        path = Path(data).expanduser()
        one_table = path.is_file() and path.suffix in (".csv", ".parquet")
    else:
        one_table = hasattr(data, "columns") and not hasattr(data, "list_tables")
    if one_table:
        return single_table(of, data, source_zone=source_zone)
    return open_dataset(data, source_zone=source_zone)


def _without_place(rows: "ibis.Table") -> dict[str, int]:
    """Return how many rows have no person or no time: one column a question, as footers of files answer those."""
    nobody, never = rows.filter(rows[PERSON].isnull()), rows.filter(rows[AT].isnull())
    some_never = count_rows(never) and count_rows(never.filter(never[PERSON].notnull()))
    counts = {"no_person": count_rows(nobody), "no_date": some_never}
    return {code: count for code, count in counts.items() if count}


def demand(table: "ibis.Table", name: str, *, of: str = EVENTS) -> None:
    """Refuse a table that lacks a column, with the columns there are."""
    if name in table.columns:
        return
    near = difflib.get_close_matches(name, table.columns, n=1)
    known = schema()[of].columns.get(name)
    raise InputError(
        say(
            "{table} has no column {column}{meaning}.{hint} Found: {found}.",
            table=of,
            column=repr(name),
            meaning=f" ({known.meaning.rstrip('.')})" if known else "",
            hint=" " + say("Did you mean {near}?", near=near[0]) if near else "",
            found=", ".join(table.columns),
        )
    )


def names(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return one name or several as a tuple."""
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def check_groups(dataset: Dataset, by: Iterable[str], *, of: str = EVENTS) -> None:
    """Refuse to group by what names people, where a privacy floor holds, or the places of rows."""
    known = schema()[of].columns
    for name in by:
        if name in KEY or (dataset.privacy_floor and name in known and known[name].privacy):
            raise InputError(say("Grouping by {name} would point at people. Choose another column.", name=repr(name)))


def check_types(log: Log, asked: Iterable[str]) -> None:
    """Refuse event types that the schema does not know and the log does not hold: they are slips of the pen."""
    unknown = [name for name in asked if name not in (schema()[EVENTS].columns[STEP].values or ())]
    if not unknown:
        return
    held = collect(log.rows.select(STEP).distinct()).to_pydict()[STEP]
    for name in unknown:
        if name not in held:
            raise InputError(
                say("No event is of the type {name}. Found: {found}.", name=repr(name), found=", ".join(sorted(held)))
            )


def within(at: "ibis.Value", zone: str, start: str | date | None, end: str | date | None) -> "ibis.Value | None":
    """Return the condition that an instant is in the days from `start` up to, not including, `end`."""
    ibis = lazy_ibis()
    inside = []
    if start is not None:
        inside.append(at >= ibis.literal(midnight(start, zone)))
    if end is not None:
        inside.append(at < ibis.literal(midnight(end, zone)))
    return ibis.and_(*inside) if inside else None


def period_of(at: "ibis.Value", every: str, zone: str) -> "ibis.Value":
    """Return the start of the local day, week, month, quarter or year of an instant."""
    if every not in PERIODS:
        raise InputError(
            say("{every} is not a period. Choose one of: {periods}.", every=repr(every), periods=", ".join(PERIODS))
        )
    days = span(at)
    return lazy_ibis().null("timestamp") if days is None else local(at, zone, *days).truncate(PERIODS[every])


def as_day(day: str | date | None) -> date | None:
    """Return a day however it is written; one that is none raises `InputError`."""
    if day is None or type(day) is date:
        return day
    midnight(day, "UTC")
    return date.fromisoformat(str(day))


def periods_of(
    at: "ibis.Value", every: str, zone: str, start: str | date | None, end: str | date | None
) -> list[tuple[str, date, date]]:
    """Return the local periods that hold instants between two days: name, first day, first day after."""
    days = span(at)
    if every not in PERIODS:
        raise InputError(
            say("{every} is not a period. Choose one of: {periods}.", every=repr(every), periods=", ".join(PERIODS))
        )
    if days is None:
        return []
    first, last = as_day(start) or days[0] - timedelta(days=1), as_day(end) or days[1] + timedelta(days=2)
    whole = pd.period_range(first, last - timedelta(days=1), freq=PERIODS[every])
    if len(whole) > MOST_PERIODS:
        raise InputError(say("{n} periods are too many; choose at most {most}.", n=len(whole), most=MOST_PERIODS))
    spans = [(one.start_time.date(), (one + 1).start_time.date()) for one in whole]
    return [(str(period_label(pd.Timestamp(one), every)), max(one, first), min(two, last)) for one, two in spans]
