"""Hold a table we have not read to the schema: NaN becomes null, types are widened or refused."""

from collections.abc import Container
from datetime import datetime
from typing import TYPE_CHECKING

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.engine import lazy_ibis
from cxlib.tables.schema import Column, Table

if TYPE_CHECKING:
    import ibis

# 9999-12-31 for "never" is no date; text of such years becomes null when it is read, too.
EARLIEST, TOO_LATE = datetime(1900, 1, 1), datetime(2101, 1, 1)


def fitted(
    table: "ibis.Table", described: Table, source_zone: str | None, *, in_reach: Container[str] = ()
) -> "ibis.Table":
    """Return a table as the schema wants it; a column of another kind or one that lacks raises `InputError`.

    `in_reach` names the columns of instants that are known to lie between `EARLIEST` and `TOO_LATE`: they stay what
    they are, so that questions about them can be answered from a file's footer.
    """
    missing = [name for name in described.required if name not in table.columns]
    if missing:
        raise InputError(
            say(
                "Table {table} lacks {columns}. It has: {found}.",
                table=described.name,
                columns=", ".join(missing),
                found=", ".join(table.columns),
            )
        )
    changed = {
        name: _fitting(table[name], described.columns[name], source_zone, known=name in in_reach)
        for name in table.columns
        if name in described.columns
    }
    changed |= {
        name: _nan_to_null(table[name])
        for name in table.columns
        if name not in described.columns and table[name].type().is_floating()
    }
    return table.mutate(**changed) if changed else table


def _fitting(value: "ibis.Value", column: Column, source_zone: str | None, *, known: bool) -> "ibis.Value":
    kind = value.type()
    if column.type == "string" and (kind.is_string() or kind.is_integer() or kind.is_uuid()):
        return value.cast("string")
    if column.type == "number" and kind.is_floating():
        return _nan_to_null(value)
    if column.type == "number" and kind.is_numeric():
        return value.cast("float64")
    if column.type == "integer" and kind.is_integer():
        return value.cast("int64")
    if column.type == "boolean" and kind.is_boolean():
        return value
    if column.type == "date" and (kind.is_date() or kind.is_timestamp()):
        return value.cast("date")
    if column.type == "instant" and kind.is_timestamp():
        instant = _utc(value, column, source_zone)
        return instant if known else _in_reach(instant)
    if kind.is_null():
        return value.cast(
            {"number": "float64", "integer": "int64", "instant": "timestamp"}.get(column.type, column.type)
        )
    raise InputError(
        say(
            "Column {column} is {found}; expected {expected}. Bring the file in with: cx import table.",
            column=column.name,
            found=str(kind),
            expected=column.type,
        )
    )


def _utc(value: "ibis.Value", column: Column, source_zone: str | None) -> "ibis.Value":
    if value.type().timezone is not None:
        return value.cast("timestamp('UTC')").cast("timestamp")
    if source_zone == "UTC":
        return value.cast("timestamp")
    raise InputError(
        say(
            'Column {column} holds times without a zone. If they are UTC say source_zone="UTC"; '
            "otherwise bring the file in with: cx import table.",
            column=column.name,
        )
    )


def _in_reach(instant: "ibis.Value") -> "ibis.Value":
    ibis = lazy_ibis()
    inside = (instant >= ibis.literal(EARLIEST)) & (instant < ibis.literal(TOO_LATE))
    return ibis.ifelse(inside, instant, ibis.null("timestamp"))


def _nan_to_null(value: "ibis.Value") -> "ibis.Value":
    # ifelse, not nullif: DuckDB compares NaN by its own rules.
    ibis = lazy_ibis()
    return ibis.ifelse(value.isnan(), ibis.null("float64"), value.cast("float64"))
