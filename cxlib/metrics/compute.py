"""From rows to one small frame: cells by group and period, each with the sums its interval needs."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.design import SUMS
from cxlib.journeys.stage_before import STAGE_REACHED, with_stage_reached
from cxlib.language import say
from cxlib.metrics.currency import one_currency
from cxlib.metrics.definition import Definition, Rule, Sources
from cxlib.metrics.reasons import ELSEWHERE, REASONS
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis, sql_for, sql_of
from cxlib.tables.schema import schema
from cxlib.tables.time import PERIODS, latest, local, midnight, period_label, span

if TYPE_CHECKING:
    import ibis

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a dataset: which metric, by which rule, in which cells."""

    metric: Definition
    rule: Rule
    by: tuple[str, ...] = ()
    every: str | None = None
    start: str | date | None = None
    end: str | date | None = None
    as_of: str | date | None = None

    @property
    def keys(self) -> list[str]:
        """The columns that name a cell."""
        return [*self.by, "period"]

    @property
    def is_dated(self) -> bool:
        """Whether rows must have a date to be placed."""
        return bool(self.every or self.start or self.end)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The rows of a question with their cell (the keys), `cx_customer`, and `cx_reason`: why some cannot count."""

    rows: "ibis.Table"
    reasons: tuple[str, ...]


def sources(dataset: Dataset, question: Question) -> Sources:
    """Return what the metric of a question is made from; a table or column that lacks raises `InputError`."""
    needed = _needed(dataset, question)
    return Sources(tables=dataset.tables, zone=dataset.zone, latest=lambda: _latest(needed, dataset, question))


def own_rows(dataset: Dataset, metric: Definition, rule: Rule | None = None) -> "ibis.Table":
    """Return the rows there are for a metric, before any is set aside but those that count in a sister metric."""
    rule = rule or metric.rules[0]
    return metric.own_rows(sources(dataset, Question(metric=metric.under(rule), rule=rule)), rule)


def lacking(dataset: Dataset, metric: Definition, rule: Rule) -> list[str]:
    """Return what a rule needs and a dataset lacks: tables, or else columns as table.column."""
    needs = metric.needs_of(rule)
    absent = [name for name in needs if name not in dataset]
    return absent or [
        f"{name}.{column}"
        for name, columns in needs.items()
        for column in columns
        if column not in dataset.table(name).columns
    ]


def answers(dataset: Dataset, question: Question) -> Answers:
    """Return the rows of a question, and the reasons for which some of them may not count."""
    ibis = lazy_ibis()
    metric = question.metric
    rows = metric.rows(sources(dataset, question))
    if question.is_dated and metric.date not in rows.columns:
        _demand(dataset, metric.table, metric.date, metric)
    rows = _with_columns(dataset, question, rows)
    rows = _in_window(rows, dataset, question)
    reasons = metric.set_aside(rows, question.rule)
    if question.is_dated:
        reasons = [("no_date", rows[metric.date].isnull()), *reasons]
    prepared = rows.mutate(
        cx_reason=ibis.cases(*[(condition, code) for code, condition in reasons], else_="")
        if reasons
        else ibis.literal(""),
        period=_period(rows, dataset, question),
        cx_customer=_customer(rows, question),
    )
    possible = {code for code, _ in reasons}
    return Answers(rows=prepared, reasons=tuple(code for code in REASONS if code in possible))


def _amounts(found: Answers, rule: Rule) -> Answers:
    """Add what each row gives to the sums: to the numerator, the square of its answer, the denominator, and n."""
    ibis = lazy_ibis()
    rows, one = found.rows, ibis.literal(1.0)
    assert rule.numerator is not None
    adds = rule.numerator(rows).cast("float64")
    if rule.weighted:
        weight = rows.weight.cast("float64")
        amounts = {"cx_total": weight * adds, "cx_square": weight * adds * adds, "cx_weight": weight, "cx_n": one}
    elif rule.denominator is None:  # an answer is one, of weight one: counting says both
        amounts = {"cx_total": adds, "cx_square": adds * adds}
    else:
        units = rule.denominator(rows).cast("float64")
        # A unit is in the numerator or it is not, so its square is itself.
        counted = units if rule.counts_units else one
        amounts = {"cx_total": adds, "cx_square": adds, "cx_weight": units, "cx_n": counted}
    return Answers(rows=rows.mutate(**amounts), reasons=found.reasons)


def cell_sums(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Return one row per cell: the keys, the sums of `SUMS`, and the rows set aside by reason.

    A cell whose rows all count in a sister metric is left out, unless there is no other.
    """
    found = answers(dataset, question)
    one_currency(found.rows, question)
    cells = labelled(collect(_sums(_amounts(found, question.rule), question)).to_pandas(), dataset, question)
    if cells.empty and question.keys == ["period"] and question.every is None:
        cells = pd.DataFrame([dict.fromkeys(cells.columns, 0) | {"period": ALL}])  # no rows at all are one empty cell
    cells[SUMS] = cells[SUMS].fillna(0)
    foreign = _elsewhere(cells)
    cells = cells if foreign.all() else cells[~foreign]
    return cells.sort_values(question.keys, na_position="last", ignore_index=True, kind="stable")


def _elsewhere(cells: pd.DataFrame) -> pd.Series:
    aside = cells[[name for name in cells if str(name).startswith("aside_")]]
    foreign = cells[[f"aside_{code}" for code in ELSEWHERE if f"aside_{code}" in cells]]
    return (cells["n"] == 0) & (foreign.sum(axis=1) > 0) & (foreign.sum(axis=1) == aside.sum(axis=1))


def sql(dataset: Dataset, question: Question, dialect: str | None = None) -> str:
    """Return the SQL that `cell_sums` runs, or the same in another dialect over tables under their own names."""
    summed = _summed(dataset, question)
    return sql_of(summed) if dialect is None else sql_for(summed, dataset.tables, dialect)


def _summed(dataset: Dataset, question: Question) -> "ibis.Table":
    return _sums(_amounts(answers(dataset, question), question.rule), question)


def kinds_of_customers(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Return per cell how many customers share the same totals: what the bootstrap draws from."""
    customers = used_per_customer(dataset, question)
    kinds = customers.group_by([*question.keys, "total", "weight"]).agg(times=customers.count())
    return labelled(collect(kinds.order_by(["total", "weight"])).to_pandas(), dataset, question)


def used_per_customer(dataset: Dataset, question: Question) -> "ibis.Table":
    """Return one row per cell and customer with answers that count: their number and what they add."""
    found = _amounts(answers(dataset, question), question.rule)
    return _per_customer(found.rows.filter(found.rows.cx_reason == ""), question.keys, ())


def _per_customer(rows: "ibis.Table", keys: Sequence[str], reasons: Sequence[str]) -> "ibis.Table":
    # Rows that cannot count go along with their customer, so that one pass gives both accounts.
    ibis = lazy_ibis()
    used = rows.cx_reason == ""
    given = [name for name in ("n", "weight", "total", "square") if f"cx_{name}" in rows.columns]
    sums = {name: ibis.ifelse(used, rows[f"cx_{name}"], 0.0).sum() for name in given}
    asides = {f"aside_{code}": rows.count(where=rows.cx_reason == code) for code in reasons}
    customers = rows.group_by([*keys, "cx_customer"]).agg(cx_used=rows.count(where=used), **sums, **asides)
    counted = customers.cx_used.cast("float64")
    return customers.mutate(**{name: counted for name in ("n", "weight") if name not in sums})


def _sums(found: Answers, question: Question) -> "ibis.Table":
    customers = _per_customer(found.rows, question.keys, found.reasons)
    return customers.group_by(question.keys).agg(
        n=customers.n.sum(),
        customers=customers.count(where=customers.cx_used > 0),
        weight=customers.weight.sum(),
        total=customers.total.sum(),
        square=customers.square.sum(),
        total_total=(customers.total * customers.total).sum(),
        total_weight=(customers.total * customers.weight).sum(),
        weight_weight=(customers.weight * customers.weight).sum(),
        **{f"aside_{code}": customers[f"aside_{code}"].sum() for code in found.reasons},
    )


def _needed(dataset: Dataset, question: Question) -> Mapping[str, "ibis.Table"]:
    metric, needs = question.metric, question.metric.needs_of(question.rule)
    absent = [name for name in needs if name not in dataset]
    if absent:
        raise InputError(
            say(
                "{metric} needs the table {table} ({meaning}), which this dataset does not have. "
                "It has: {tables}. Bring it in with: cx import table.",
                metric=metric.key,
                table=absent[0],
                meaning=schema()[absent[0]].meaning.rstrip("."),
                tables=", ".join(dataset) or "-",
            )
        )
    for name, columns in needs.items():
        for column in columns:
            _demand(dataset, name, column, metric)
    return {name: dataset.table(name) for name in metric.tables}


def _demand(dataset: Dataset, name: str, column: str, metric: Definition) -> None:
    found = dataset.table(name).columns
    if column not in found:
        raise InputError(
            say(
                "{metric} needs the column {column} of {table} ({meaning}). Found: {found}.",
                metric=metric.key,
                column=column,
                table=name,
                meaning=schema()[name].columns[column].meaning.rstrip("."),
                found=", ".join(found),
            )
        )


def _with_columns(dataset: Dataset, question: Question, rows: "ibis.Table") -> "ibis.Table":
    """Add the `by` columns that live in a table the rows point to, such as customers.state."""
    for name in question.by:
        if name not in rows.columns:
            found = with_stage_reached(dataset, rows, question.metric.date) if name == STAGE_REACHED else None
            rows = _joined(dataset, rows, name) if found is None else found
    return rows


def _joined(dataset: Dataset, rows: "ibis.Table", name: str) -> "ibis.Table":
    wanted, _, column = name.rpartition(".")
    homes = {
        table: key
        for table, key in _keys_held(rows)
        if table in dataset and column in dataset.table(table).columns and wanted in ("", table)
    }
    if len(homes) != 1:
        raise InputError(_no_column(dataset, rows, name, homes))
    ((table, key),) = homes.items()
    other = dataset.table(table)
    values = other.group_by(key).agg(**{name: other[column].max(), "cx_times": other.count()})
    if collect(values.aggregate(most=values["cx_times"].max())).to_pylist()[0]["most"] not in (None, 1):
        raise InputError(
            say("{table} repeats some values of {key}, so its columns cannot be used with by.", table=table, key=key)
        )
    held = values.rename(cx_key=key).drop("cx_times")
    return rows.left_join(held, rows[key] == held.cx_key).drop("cx_key")


def _keys_held(rows: "ibis.Table") -> list[tuple[str, str]]:
    keys = {described.primary_key[0]: name for name, described in schema().items() if len(described.primary_key) == 1}
    return [(keys[column], column) for column in rows.columns if column in keys]


def _no_column(dataset: Dataset, rows: "ibis.Table", name: str, homes: Mapping[str, str]) -> str:
    if homes:
        choices = ", ".join(f"{table}.{name}" for table in homes)
        return say("{name} stands in several tables. Say which: {choices}.", name=name, choices=choices)
    linked = {table: dataset.table(table).columns for table, _ in _keys_held(rows) if table in dataset}
    found = list(rows.columns) + [f"{table}.{column}" for table, columns in linked.items() for column in columns]
    near = difflib.get_close_matches(str(name), found, n=1)
    return say(
        "There is no column {name} to group by.{hint} Found: {found}.",
        name=repr(name),
        hint=" " + say("Did you mean {near}?", near=near[0]) if near else "",
        found=", ".join(dict.fromkeys(found)),
    )


def _latest(tables: Mapping[str, "ibis.Table"], dataset: Dataset, question: Question) -> datetime:
    """Return the last moment the data know of: as asked, else the last at which a row came to exist.

    Tables that know only days, such as a ledger booked on the first of a month, follow the rest of the dataset.
    """
    if question.as_of is not None:
        return midnight(question.as_of, dataset.zone)
    for known in (tables, dataset.tables):
        born = [known[name][column] for name in known if (column := schema()[name].born) in known[name].columns]
        ends = [end for column in born if (end := latest(column)) is not None]
        if ends:
            return max(ends)
    days = [tables[name][schema()[name].dated] for name in tables if schema()[name].dated in tables[name].columns]
    ends = [end for day in days if (end := latest(day.cast("timestamp"))) is not None]
    return max(ends, default=datetime(1970, 1, 1))


def _in_window(rows: "ibis.Table", dataset: Dataset, question: Question) -> "ibis.Table":
    if question.start is None and question.end is None:
        return rows
    at = rows[question.metric.date]
    inside = at.isnull()  # kept, to be set aside with their reason
    known = at.notnull()
    if question.start is not None:
        known = known & (at >= _bound(at, question.start, dataset))
    if question.end is not None:
        known = known & (at < _bound(at, question.end, dataset))
    return rows.filter(inside | known)


def _bound(at: "ibis.Value", day: str | date, dataset: Dataset) -> "ibis.Value":
    """Return the first moment of a local day: a day itself where the column holds local days."""
    start = midnight(day, dataset.zone)
    ibis = lazy_ibis()
    return ibis.literal(date.fromisoformat(str(day))) if at.type().is_date() else ibis.literal(start)


def _period(rows: "ibis.Table", dataset: Dataset, question: Question) -> "ibis.Value":
    ibis = lazy_ibis()
    if question.every is None:
        return ibis.literal(ALL)
    if question.every not in PERIODS:
        raise InputError(
            say(
                "{every} is not a period. Choose one of: {periods}.",
                every=repr(question.every),
                periods=", ".join(PERIODS),
            )
        )
    at = rows[question.metric.date]
    if at.type().is_date():
        return at.truncate(PERIODS[question.every]).cast("timestamp")
    held = dataset.table(question.metric.table)
    days = span(held[question.metric.date] if question.metric.date in held.columns else at)
    if days is None:
        return ibis.null("timestamp")
    return local(at, dataset.zone, *days).truncate(PERIODS[question.every])


def _customer(rows: "ibis.Table", question: Question) -> "ibis.Value":
    """Rows of the same person belong together; a row of nobody known stands alone."""
    ibis = lazy_ibis()
    metric = question.metric
    known = [rows[column].cast("string") for column in metric.cluster if column in rows.columns]
    keys = [column for column in schema()[metric.table].primary_key if column in rows.columns]
    parts = [ibis.literal("answer"), *(rows[column].cast("string") for column in keys)]
    alone = reduce(lambda left, right: left + " " + right, parts)
    return ibis.coalesce(*known, alone) if keys else ibis.coalesce(*known)


def labelled(
    cells: pd.DataFrame, dataset: Dataset, question: Question, by: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return cells with their periods named, and groups that are dates or instants as text of the dataset's zone."""
    if question.every is not None:
        starts = pd.to_datetime(cells["period"])
        labels = {start: period_label(start, question.every) for start in starts.unique()}  # lengths have many rows
        cells = cells.assign(period=starts.map(labels).astype("str"))
    for column in question.by if by is None else by:
        group = cells[column]
        if pd.api.types.is_datetime64_any_dtype(group):
            cells[column] = (
                group.dt.tz_localize("UTC").dt.tz_convert(dataset.zone).astype("str").where(group.notna(), np.nan)
            )
        elif group.dtype == object or pd.api.types.is_timedelta64_dtype(group):
            cells[column] = group.astype("str").where(group.notna(), np.nan)
    return cells
