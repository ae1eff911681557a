"""What the footers of Parquet files say of their columns, without reading a row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq


def in_order(paths: Sequence[Path], key: Sequence[str]) -> bool:
    """Say whether files could stand in the order of `key`, by what their footers say of its first column.

    It reads no row. A footer without the least and the greatest value of a part cannot tell: then it is no.
    """
    greatest = None
    for path in paths:
        found = pq.read_metadata(path)
        names = [found.schema.column(place).path for place in range(found.num_columns)]
        if not set(key) <= set(names):
            return False
        for group in range(found.num_row_groups):
            chunk = found.row_group(group).column(names.index(key[0]))
            known = chunk.statistics
            if known is None or not known.has_min_max:
                if known is not None and known.null_count == chunk.num_values:
                    continue  # nobody: they stand last
                return False
            if greatest is not None and known.min < greatest:
                return False
            greatest = known.max
    return True


def within(paths: Sequence[Path], column: str, earliest: datetime, too_late: datetime) -> bool:
    """Say whether all instants of a column lie from `earliest` up to `too_late`, as far as footers tell."""
    return all(_lies_within(chunk, earliest, too_late) for path in paths for chunk in _chunks(path, column))


def _lies_within(chunk: pq.ColumnChunkMetaData, earliest: datetime, too_late: datetime) -> bool:
    known = chunk.statistics
    if known is None or not known.has_min_max:
        return known is not None and known.null_count == chunk.num_values
    low, high = known.min, known.max
    if not isinstance(low, datetime) or low.tzinfo is not None:
        return False
    return earliest <= low and high < too_late


def _chunks(path: Path, column: str) -> Iterator[pq.ColumnChunkMetaData]:
    found = pq.read_metadata(path)
    names = [found.schema.column(place).path for place in range(found.num_columns)]
    for group in range(found.num_row_groups):
        yield found.row_group(group).column(names.index(column))
