"""Files that name their columns themselves: Parquet, which keeps its types, and JSON, which becomes text."""

import io
import json
from typing import Any

import pandas as pd
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.reading.cells import text_of
from cxlib.tables.reading.columns import column_names, text_table
from cxlib.tables.reading.contract import Asked, Read, damaged, refuse_sheet
from cxlib.tables.reading.encoding import encoding_decision, encoding_of, text_lines

# Whole numbers with nulls stay whole: through floats, long ids would be rounded.
_NULLABLE = {
    pa.from_numpy_dtype(dtype.type): dtype
    for dtype in (
        pd.BooleanDtype(),
        pd.Int8Dtype(),
        pd.Int16Dtype(),
        pd.Int32Dtype(),
        pd.Int64Dtype(),
        pd.UInt8Dtype(),
        pd.UInt16Dtype(),
        pd.UInt32Dtype(),
        pd.UInt64Dtype(),
    )
}


def read_parquet(data: bytes, asked: Asked) -> Read:
    """Read a Parquet file; only nested columns become text."""
    import pyarrow.parquet as pq

    refuse_sheet(asked)
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        raise damaged(asked.name) from error
    names, decisions = column_names(table.column_names)
    table = pa.table([_plain_column(column) for column in table.columns], names=names)
    frame = table.to_pandas(types_mapper=_NULLABLE.get)
    return Read(frame=frame, numbers=list(range(1, len(frame) + 1)), set_aside=[], decisions=decisions)


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("s" if column.type == pa.date32() else "ms"))
    if pa.types.is_nested(column.type):
        return pa.array([text_of(value) for value in column.to_pylist()], type=pa.large_string())
    return column


def read_json(data: bytes, asked: Asked) -> Read:
    """Read one object a line, or one list of objects; what is no object is set aside."""
    refuse_sheet(asked)
    encoding = encoding_of(data, asked)
    is_array = data.decode(encoding).lstrip().startswith("[")
    lines = text_lines(data, encoding)
    entries = _array_entries(lines.read(), asked.name) if is_array else _line_entries(lines)
    records = [(number, record) for number, record, _ in entries if isinstance(record, dict)]
    wrong = [(number, "unreadable_line", raw) for number, record, raw in entries if not isinstance(record, dict)]
    if not records:
        raise InputError(
            say(
                "{name} is neither JSON lines (one object a line) nor a list of objects. "
                "Export it as one of them, or as CSV.",
                name=asked.name,
            )
        )
    keys = list(dict.fromkeys(key for _, record in records for key in record))
    names, decisions = column_names(keys)
    frame = text_table(([text_of(record.get(key)) for key in keys] for _, record in records), names).to_pandas()
    read = Read(frame=frame, numbers=[number for number, _ in records], set_aside=wrong, decisions=decisions)
    return read.after([encoding_decision(encoding)])


def _array_entries(text: str, name: str) -> list[tuple[int, object, str]]:
    try:
        return [(n, item, str(item)) for n, item in enumerate(parsed(text), start=1)]
    except (ValueError, RecursionError) as error:
        raise InputError(
            say("{name} is not valid JSON ({reason}). Export it again.", name=name, reason=error)
        ) from error


def _line_entries(opened: io.TextIOWrapper) -> list[tuple[int, object, str]]:
    lines = [(n, line) for n, line in enumerate(opened, start=1) if line.strip()]
    return [(n, _parsed_or_none(line), line.strip()) for n, line in lines]


def _parsed_or_none(line: str) -> object:
    try:
        return parsed(line)
    except (ValueError, RecursionError):
        return None


def parsed(text: str) -> Any:
    """Return what JSON says; raises `ValueError` or `RecursionError`."""
    value = json.loads(text)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text: UnicodeError
    return value
