"""How Parquet files are written: small, and by encodings that every reader of the last years understands."""

from collections.abc import Sequence

import pyarrow as pa

ROW_GROUP = 200_000
LEVEL = 9


def options(schema: pa.Schema, key: Sequence[str] = ()) -> dict:
    """Return what `pyarrow.parquet` is told for rows of `schema` whose primary key is `key`.

    Instants and the numbers in ids grow from row to row, so differences say them in a fraction of the room;
    everything else repeats, and a dictionary serves it.
    """
    instants = [column.name for column in schema if pa.types.is_timestamp(column.type)]
    ids = [name for name in key if name in schema.names and pa.types.is_string(schema.field(name).type)]
    return {
        "compression": "zstd",
        "compression_level": LEVEL,
        "use_dictionary": [column.name for column in schema if column.name not in {*instants, *ids}],
        "column_encoding": dict.fromkeys(instants, "DELTA_BINARY_PACKED") | dict.fromkeys(ids, "DELTA_BYTE_ARRAY"),
    }
