"""Handing a dataset in memory to the process that draws the report: as Parquet files, read back as they are."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.metrics.catalogue import computable
from cxlib.tables.audit import Audit
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, scan_parquet
from cxlib.tables.opening import open_dataset
from cxlib.tables.storage import paths_of, read_manifest, write_dataset

SETTINGS = ("title", "zone", "currency", "privacy_floor", "synthetic")


@contextlib.contextmanager
def on_disk(data: object) -> Iterator[str]:
    """Give data as a path that another process can open: as they are, or written out for the while."""
    if isinstance(data, str | Path) and Path(data).expanduser().exists():
        yield str(Path(data).expanduser().resolve())
        return
    dataset = open_dataset(data)
    if not computable(dataset)["rows"].any():  # before a process is started for nothing
        raise InputError(say("This dataset has no answers, so there is nothing to report. See: cx check"))
    with tempfile.TemporaryDirectory(prefix="cx-report-") as folder:
        hand_over(dataset, Path(folder))
        yield folder


def hand_over(dataset: Dataset, folder: Path) -> None:
    """Write a dataset out, marked as one that has been held to the schema already."""
    tables = {name: collect(dataset.table(name)) for name in dataset}
    settings = {name: getattr(dataset, name) for name in SETTINGS}
    write_dataset(folder, tables, settings=settings | {"audit": dataset.audit.as_dict(), "handed": True})


def taken(data: str) -> Dataset:
    """Open what `on_disk` gave."""
    manifest = read_manifest(Path(data)) if Path(data).is_dir() else None
    own = (manifest or {}).get("cx", {})
    if manifest is None or not own.get("handed"):
        return open_dataset(data)
    # Frames may lack columns that a file must have, so it is not opened like a file.
    tables = {item["name"]: scan_parquet(paths_of(Path(data), item)) for item in manifest["resources"]}
    return Dataset(tables=tables, audit=Audit.from_dict(own["audit"]), **{name: own[name] for name in SETTINGS})
