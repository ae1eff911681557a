"""Writing rows in order: sorted outside memory, cut into shards where one person ends and the next begins.

Whoever reads the shards one after the other meets every person once, their rows in the order in which
they happened. That is what lets `order.previous` look at the row before instead of sorting again.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.tables.engine import in_memory, stream
from cxlib.tables.parquet import ROW_GROUP, options

if TYPE_CHECKING:
    import ibis

SHARD_ROWS = 5_000_000


def write_sorted(
    content: "pa.Table | ibis.Table",
    order: Sequence[str],
    new_file: Callable[[int], Path],
    *,
    key: Sequence[str] = (),
    most: int = SHARD_ROWS,
) -> list[tuple[Path, int]]:
    """Write rows in `order` as shards of about `most` rows; return each file with its rows.

    The engine sorts, spilling to disk where memory does not suffice, and hands the rows over batch by
    batch. Rows of one value of the order's first column are never in two shards. Without an order the
    rows stay as they come. `key` is the primary key of the table.
    """
    table = in_memory(content) if isinstance(content, pa.Table) else content
    batches = stream(table.order_by(list(order)) if order else table, rows=ROW_GROUP)
    written: list[tuple[Path, int]] = []
    for number, shard in enumerate(_shards(batches, order[0] if order else key[0], most)):
        path, rows = new_file(number), 0
        with path.open("wb") as file:
            with pq.ParquetWriter(file, batches.schema, **options(batches.schema, [*key, *order])) as writer:
                for batch in shard:
                    writer.write_batch(batch, row_group_size=ROW_GROUP)
                    rows += batch.num_rows
            file.flush()
            os.fsync(file.fileno())
        written.append((path, rows))
    return written


def _shards(batches: pa.RecordBatchReader, person: str, most: int) -> Iterator[Iterable[pa.RecordBatch]]:
    """Yield the batches of each shard; an empty table has one shard, with no batch."""
    waiting: list[pa.RecordBatch] = []

    def shard() -> Iterator[pa.RecordBatch]:
        rows, last = 0, None
        while batch := waiting.pop() if waiting else next(batches, None):
            ends = _end(batch[person], last, most - rows)
            if ends is not None:
                waiting.append(batch.slice(ends))
                batch = batch.slice(0, ends)
            if batch.num_rows:
                rows, last = rows + batch.num_rows, batch[person][-1]
                yield batch
            if ends is not None:
                return

    batches = iter(batches)
    yield shard()
    while waiting:
        yield shard()


def _end(people: pa.Array, last: pa.Scalar | None, room: int) -> int | None:
    """Return where in a batch the shard must end: the first new person once `room` is used up."""
    if len(people) <= max(room, 0) and room > 0:
        return None
    codes = pa.concat_arrays([pa.array([last.as_py()], people.type), people]) if last is not None else people
    numbers = codes.dictionary_encode(null_encoding="encode").indices.to_numpy(zero_copy_only=False)
    changes = np.flatnonzero(np.diff(numbers)) + (0 if last is not None else 1)
    later = changes[changes >= max(room, 0)]
    return int(later[0]) if len(later) else None
