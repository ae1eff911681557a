"""Make a frame fit its table: canonical types, one row per key, every change accounted for."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables import instants, numbers, values
from cxlib.tables.audit import Audit, Issue, Tally
from cxlib.tables.schema import Column, Table, schema

ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us"),
    "date": pa.date32(),
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the text of one column is to be read, where the mapping says so."""

    format: str | None = None
    decimal: str | None = None
    source_zone: str | None = None
    fold: int | None = None


def convert(column: Column, raw: pd.Series, options: Options) -> values.Converted:
    """Read a column of text, or check a typed one, as what the schema says it is."""
    match column.type:
        case "integer" if column.unit == "cents":
            return numbers.to_cents(raw, decimal=options.decimal, format=options.format)
        case "integer" | "number":
            return numbers.to_number(raw, decimal=options.decimal, whole=column.type == "integer")
        case "boolean":
            return values.to_boolean(raw)
        case "instant":
            return instants.to_instant(raw, format=options.format, source_zone=options.source_zone, fold=options.fold)
        case "date":
            return instants.to_date(raw, format=options.format)
        case _ if column.values:
            return values.to_category(raw, column.values)
        case _ if column.name.endswith("_id"):
            return values.to_text(raw.mask(values.is_missing(raw)))  # "N/A" is nobody, not one busy customer
        case _:
            return values.to_text(raw)


def conform(frame: pd.DataFrame, name: str, *, source: str, source_zone: str | None = None) -> tuple[pa.Table, Audit]:
    """Return a frame as an Arrow table of the schema, and the account of what was done to it.

    Columns the schema does not know stay as they are. A value that cannot be read becomes null and
    an issue; a row whose key stands there already is set aside.
    """
    described = schema()[name]
    columns: dict[str, pa.Array] = {}
    issues: list[Issue] = []
    frame = frame.reset_index(drop=True).set_axis([str(label) for label in frame.columns], axis=1)
    for label in frame.columns:
        if list(frame.columns.str.casefold()).count(label.casefold()) > 1:
            raise InputError(say("Two columns are called {column}. Rename one of them.", column=repr(label)))
        raw = frame[label]
        known = described.columns.get(label)
        if known is None:
            columns[label] = free_column(raw, label)
            continue
        result = _read(known, raw, source_zone)
        columns[label] = arrow(result.values, known)
        issues += [
            Issue(
                table=name,
                column=label,
                code=problem.code,
                found=str(problem.found),
                count=int(problem.count),
                outcome="set_to_null",
            )
            for problem in result.problems.itertuples()
        ]
        if label == "score" and len(result.problems):
            columns["score_issue"] = score_issues(raw, result)
    table = with_row_ids(pa.table(columns), described)
    return settle_keys(table, described, source=source, issues=issues)


def _read(column: Column, raw: pd.Series, source_zone: str | None) -> values.Converted:
    try:
        if column.values:
            # Somebody's own words for a channel are kept: only an import holds them to the list.
            return values.to_text(raw)
        cents = "cents" if column.unit == "cents" else None
        return convert(column, raw, Options(format=cents, source_zone=source_zone))
    except InputError as trouble:
        raise InputError(say("Column {column}: {trouble}", column=column.name, trouble=trouble)) from None


def score_issues(raw: pd.Series, result: values.Converted) -> pa.Array:
    """Return why a score is null although something stood there, row by row."""
    codes = result.problems.drop_duplicates("found").set_index("found")["code"]
    fallback = result.problems["code"].iloc[0]
    lost = result.values.isna() & ~values.is_missing(raw)
    found = raw.astype("str").str.strip().map(codes).fillna(fallback)
    return pa.array(found.where(lost, None).astype(object), pa.string(), from_pandas=True)


def arrow(column: pd.Series, known: Column) -> pa.Array:
    """Return a converted column as Arrow, NaN as null."""
    return pa.array(column, ARROW[known.type], from_pandas=True)


def free_column(raw: pd.Series, label: str) -> pa.Array:
    """Return a column the schema does not know as Arrow; mixed types become text."""
    if isinstance(raw.dtype, pd.CategoricalDtype):
        raw = raw.astype(raw.cat.categories.dtype)
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        raw = raw.dt.tz_convert("UTC").dt.tz_localize(None)
    if isinstance(raw.dtype, pd.PeriodDtype):
        raw = raw.astype("str")
    try:
        return pa.array(raw, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array(raw.map(str, na_action="ignore").astype(object), pa.string(), from_pandas=True)


def with_row_ids(table: pa.Table, described: Table) -> pa.Table:
    """Number the rows when the table has no key column: every row is then its own."""
    if len(described.primary_key) != 1 or described.primary_key[0] in table.column_names:
        return table
    # Of equal width where rows have an order, so that events of the same moment stay as they came.
    width = len(str(table.num_rows)) if described.sorted_by else 1
    rows = pa.array([f"row {number:0{width}d}" for number in range(1, table.num_rows + 1)], pa.string())
    return table.append_column(described.primary_key[0], rows)


def settle_keys(
    table: pa.Table, described: Table, *, source: str, issues: list[Issue], codes: pd.Series | None = None
) -> tuple[pa.Table, Audit]:
    """Keep the first row of every key, or those without a code in `codes`; count the others as set aside."""
    codes = key_troubles(table, described) if codes is None else codes
    for code, rows in codes.dropna().groupby(codes):
        example = str(table.select(list(described.primary_key)).slice(int(rows.index[0]), 1).to_pylist()[0])
        issues.append(
            Issue(
                table=described.name,
                column=", ".join(described.primary_key),
                code=str(code),
                found=example,
                count=len(rows),
                outcome="row_set_aside",
            )
        )
    kept = table.filter(pa.array(codes.isna()))
    tally = Tally(
        table=described.name,
        source=source,
        rows_in=table.num_rows,
        rows_used=kept.num_rows,
        rows_set_aside=table.num_rows - kept.num_rows,
    )
    return kept, Audit(tallies=(tally,), issues=tuple(issues))


def key_troubles(table: pa.Table, described: Table) -> pd.Series:
    """Return for each row why its key cannot stand: `no_key`, `duplicate_key` (not the first), or null."""
    codes = pd.Series(None, index=range(table.num_rows), dtype=object)
    if not set(described.primary_key) <= set(table.column_names):
        return codes
    keys = table.select(list(described.primary_key)).to_pandas()
    lost = keys.isna().any(axis=1)
    return codes.mask(keys.duplicated() & ~lost, "duplicate_key").mask(lost, "no_key")
