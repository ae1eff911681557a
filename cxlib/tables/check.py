"""Is the dataset fit to compute on? Keys, references, required values, and the account of its rows."""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.tables.contradictions import contradictions
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import count_rows
from cxlib.tables.order import out_of_order
from cxlib.tables.schema import Column, Table, schema

if TYPE_CHECKING:
    import ibis

COLUMNS = ["table", "column", "code", "found", "count", "outcome"]


def check(dataset: Dataset) -> pd.DataFrame:
    """Check a dataset: "can I trust these tables, and what happened to my rows?"

    Returns one row per finding: table, column, code, found, count, outcome. The outcome is `problem`
    when the tables contradict themselves (repeated keys, values missing where the schema requires them,
    rows that do not add up), otherwise what was done on the way in (`set_to_null`, `row_set_aside`,
    `left_out`, `kept`, `decided`, `pseudonymised`, `redacted`).

    >>> from cxlib.tables.opening import open_dataset
    >>> shop = open_dataset({"stores": pd.DataFrame({"store_id": ["s1", "s1"]})})
    >>> check(shop)[["table", "code", "count", "outcome"]]
        table           code  count        outcome
    0  stores  duplicate_key      1  row_set_aside
    """
    issues = [
        (issue.table, issue.column, issue.code, issue.found, issue.count, issue.outcome)
        for issue in dataset.audit.issues
    ]
    findings = [finding for name in dataset for finding in _problems(dataset, schema()[name])]
    return pd.DataFrame([*findings, *_unbalanced(dataset), *issues], columns=COLUMNS)


def tallies(dataset: Dataset) -> pd.DataFrame:
    """Return rows in, used and set aside, per table and source."""
    rows = [
        (tally.table, tally.source, tally.rows_in, tally.rows_used, tally.rows_set_aside)
        for tally in dataset.audit.tallies
    ]
    return pd.DataFrame(rows, columns=["table", "source", "rows_in", "rows_used", "rows_set_aside"])


def _problems(dataset: Dataset, described: Table) -> list[tuple]:
    table = dataset.tables[described.name]
    found = [_repeated_keys(table, described), _not_in_order(table, described)]
    found += [
        _nulls(table, described, column)
        for column in described.columns.values()
        if column.required and column.name in table.columns and column.name != "score"
    ]
    found += [
        _orphans(dataset, described, column)
        for column in described.columns.values()
        if column.references in dataset and column.name in table.columns
    ]
    return [finding for finding in found if finding is not None] + contradictions(described.name, table)


def _repeated_keys(table: "ibis.Table", described: Table) -> tuple | None:
    key = list(described.primary_key)
    if not set(key) <= set(table.columns):
        return None
    times = table.group_by(key).agg(cx_times=table.count())
    count = count_rows(times.filter(times.cx_times > 1))
    return (described.name, ", ".join(key), "repeated_key", "", count, "problem") if count else None


def _not_in_order(table: "ibis.Table", described: Table) -> tuple | None:
    count = out_of_order(table)
    key = ", ".join(described.sorted_by)
    return (described.name, key, "not_in_order", "", count, "problem") if count else None


def _nulls(table: "ibis.Table", described: Table, column: Column) -> tuple | None:
    count = count_rows(table.filter(table[column.name].isnull()))
    # A time that could not be read was already reported; the row still counts where no date is asked for.
    outcome = "problem" if column.name in described.primary_key else "kept"
    return (described.name, column.name, "missing_value", "", count, outcome) if count else None


def _orphans(dataset: Dataset, described: Table, column: Column) -> tuple | None:
    key = schema()[column.references].primary_key[0]
    table, other = dataset.tables[described.name], dataset.tables[column.references]
    known = other.select(cx_key=other[key]).distinct()
    held = table.filter(table[column.name].notnull()).select(cx_held=table[column.name])
    joined = held.left_join(known, held.cx_held == known.cx_key)
    count = count_rows(joined.filter(joined.cx_key.isnull()))
    return (described.name, column.name, "points_nowhere", column.references, count, "kept") if count else None


def _unbalanced(dataset: Dataset) -> list[tuple]:
    return [
        (tally.table, "", "rows_do_not_add_up", tally.source, tally.rows_in, "problem")
        for tally in dataset.audit.tallies
        if tally.rows_in != tally.rows_used + tally.rows_set_aside
    ]
