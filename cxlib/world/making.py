"""Making a company larger than memory: batch after batch on disk, resumed where it stopped, then put together.

Batches wait in a folder beside the dataset, named after it. A batch is a handful of shards; its files appear
under their names only when they are whole, so whoever starts again with the same seed and scale goes on after
the last of them.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.tables.audit import Audit, Tally
from cxlib.tables.conform import arrow, conform
from cxlib.tables.engine import scan_parquet
from cxlib.tables.schema import schema
from cxlib.world.build import company, part, sizes, together

if TYPE_CHECKING:
    import ibis

SHARDS = 10  # in a batch: 10,000 customers, about 170,000 events
DONE = "done.json"


def in_batches(
    folder: Path, seed: int, scale: str | int, version: str, progress: Callable[[str], None]
) -> "tuple[dict[str, ibis.Table], Audit]":
    """Make every batch that is not there yet; return the tables over all of them, unread, and their account."""
    known = {"seed": seed, "customers": sum(sizes(scale)), "version": version}
    if folder.exists() and _read(folder / "world.json") != known:
        shutil.rmtree(folder)  # of another company
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "world.json", known)
    shards = list(enumerate(sizes(scale)))
    batches = 1 + -(-len(shards) // SHARDS)
    for number in range(batches):
        progress(f"Ipê {number}/{batches}")
        if (folder / f"{number:05d}-{DONE}").exists():
            continue
        mine = shards[(number - 1) * SHARDS : number * SHARDS] if number else []  # the first is the company's own
        made = [part(seed, *shard).tables for shard in mine] or [company(seed).tables]
        _make(folder, number, made)
    return _tables(folder, batches), _account(folder, batches)


def _make(folder: Path, number: int, made: list[dict[str, pd.DataFrame]]) -> None:
    """Write each table of one batch; the last file says that all are there, with their rows."""
    rows = {}
    for name in [name for name in schema() if any(name in tables for tables in made)]:
        content = typed(name, together(name, [tables[name] for tables in made if name in tables]))
        path = folder / f"{number:05d}-{name}.parquet"
        pq.write_table(content, path.with_suffix(".tmp"), compression="zstd")
        os.replace(path.with_suffix(".tmp"), path)
        rows[name] = content.num_rows
    _write(folder / f"{number:05d}-{DONE}", rows)


def _tables(folder: Path, batches: int) -> "dict[str, ibis.Table]":
    """Return each table over the files of all batches, totals of a day added up."""
    rows = [_read(folder / f"{number:05d}-{DONE}") for number in range(batches)]
    tables = {}
    for name in [name for name in schema() if any(name in each for each in rows)]:
        paths = [folder / f"{number:05d}-{name}.parquet" for number in range(batches) if name in rows[number]]
        if name == "web_daily":
            days = together(name, [pq.read_table(path).to_pandas() for path in paths])
            tables[name] = typed(name, days)
        else:
            tables[name] = scan_parquet(paths)
    return tables


def _account(folder: Path, batches: int) -> Audit:
    total: Counter[str] = Counter()
    for number in range(batches):
        total.update(_read(folder / f"{number:05d}-{DONE}"))
    return account(total)


def account(rows: Mapping[str, int]) -> Audit:
    """Return the account of rows by table: as many used as made."""
    tallies = [
        Tally(table=name, source="Ipê", rows_in=made, rows_used=made, rows_set_aside=0) for name, made in rows.items()
    ]
    return Audit(tallies=tuple(tallies))


def typed(name: str, frame: pd.DataFrame) -> pa.Table:
    """Return the rows of a clean table, which are what the schema wants: nothing is left to read or to check."""
    known = schema()[name].columns
    return pa.table({label: arrow(frame[label], known[label]) for label in frame})


def conformed(name: str, frame: pd.DataFrame) -> tuple[pa.Table, Audit]:
    """Return the rows of a dirty table as an import would leave them, and their account."""
    return conform(frame, name, source="Ipê", source_zone="UTC")


def _write(path: Path, content: dict) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    os.replace(temporary, path)


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
