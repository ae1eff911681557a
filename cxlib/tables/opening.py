"""Opening data: a folder, a DuckDB file, an Ibis connection, a Spark session or frames become a `Dataset`."""

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.audit import Audit, Issue, Tally
from cxlib.tables.conform import conform
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import in_memory, open_duckdb, scan_parquet, table_of
from cxlib.tables.fitting import EARLIEST, TOO_LATE, fitted
from cxlib.tables.footers import in_order, within
from cxlib.tables.order import mark_sorted
from cxlib.tables.public_host import keep_off_public_hosts
from cxlib.tables.reading import Source, read_source
from cxlib.tables.schema import Table, schema, table
from cxlib.tables.spark import connected, is_session, running_session, scan_on_spark
from cxlib.tables.storage import MANIFEST, paths_of, read_manifest
from cxlib.tables.time import zone_info

if TYPE_CHECKING:
    import ibis

DUCKDB_SUFFIXES = (".duckdb", ".ddb", ".db")


def open_dataset(
    source: object,
    *,
    zone: str | None = None,
    source_zone: str | None = None,
    currency: str | None = None,
) -> Dataset:
    """Open data as a `Dataset`: "whose numbers am I about to compute, and where do days begin?"

    `source` is a folder (a dataset written by cxlib, a data package, or files named after tables,
    such as `survey_responses.csv`), a DuckDB file, an Ibis connection, a Spark session, or a dict of
    frames by table name (pandas, Polars, Arrow). `zone` is the zone of the reports. `source_zone` says how times
    without a zone are to be read; without it such times are refused. Raises `InputError`; on Binder, Colab and
    Kaggle for everything but synthetic data and frames, unless `CX_ALLOW_PUBLIC_HOST=1` is set.

    >>> import pandas as pd
    >>> answers = pd.DataFrame({"response_id": ["a", "b"], "type": "nps", "score": [9, 3],
    ...     "answered_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-02T10:00Z"])})
    >>> open_dataset({"survey_responses": answers})
    Dataset : survey_responses. Reported in America/Sao_Paulo.
    """
    for name in filter(None, (zone, source_zone)):
        zone_info(name)
    dataset = _open(source, source_zone)
    return replace(dataset, zone=zone or dataset.zone, currency=currency or dataset.currency)


def open_on(source: object, engine: str, *, source_zone: str | None = None) -> Dataset:
    """Open data for an engine by its name: duckdb here, or spark, which reads the files of a dataset itself."""
    if engine == "duckdb":
        return open_dataset(source, source_zone=source_zone)
    if engine != "spark":
        raise InputError(say("{engine} is no engine. Choose duckdb or spark.", engine=repr(engine)))
    return _on_spark(Path(str(source)).expanduser(), source_zone)


def _on_spark(folder: Path, source_zone: str | None) -> Dataset:
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise InputError(
            say(
                "Spark reads datasets written by cxlib; {path} is none. Bring it in with: cx import.",
                path=folder,
            )
        )
    dataset, session = _open(folder, source_zone), running_session()
    zone = "UTC" if "cx" in manifest else source_zone
    scans = {
        item["name"]: scan_on_spark(session, item["name"], paths_of(folder, item))
        for item in manifest["resources"]
        if item["name"] in dataset
    }
    tables = {name: fitted(scan, schema()[name], zone) for name, scan in scans.items()}
    return replace(dataset, tables=tables)


def single_table(name: str, content: object, *, source_zone: str | None = None) -> Dataset:
    """Return a dataset of one table held in a frame of any kind, or in a Parquet or CSV file."""
    if isinstance(content, (str, Path)):
        keep_off_public_hosts()
        return _files({name: [Path(content)]}, source_zone, title=Path(content).name)
    dataset = _frames({name: content}, source_zone)
    for issue in dataset.audit.issues:
        if issue.outcome == "row_set_aside":  # nobody looks at the account of a frame in passing: refuse
            raise InputError(
                say(
                    "{count} rows have no {column} of their own, such as {found}: one row per {column}, please.",
                    count=issue.count,
                    column=issue.column,
                    found=issue.found,
                )
            )
    return dataset


@singledispatch
def _open(source: Any, source_zone: str | None) -> Dataset:
    if is_session(source):
        source = connected(source)
    if hasattr(source, "list_tables") and hasattr(source, "table"):
        keep_off_public_hosts()
        known = [name for name in source.list_tables() if name in schema()]
        return _lazy({name: table_of(source, name) for name in known}, source_zone)
    raise InputError(
        say(
            "A dataset cannot be opened from {found}. "
            "Give a folder, a DuckDB file, an Ibis connection, a Spark session or a dict of frames.",
            found=type(source).__name__,
        )
    )


@_open.register
def _(source: Dataset, source_zone: str | None) -> Dataset:
    return source


@_open.register
def _(source: Mapping, source_zone: str | None) -> Dataset:
    for name in source:
        table(name)
    return _frames(dict(source), source_zone)


@_open.register(str)
@_open.register(Path)
def _(source: str | Path, source_zone: str | None) -> Dataset:
    path = Path(source).expanduser()
    if not path.exists():
        raise InputError(say("{path} does not exist.", path=path))
    manifest = None if path.is_file() else read_manifest(path)
    own = (manifest or {}).get("cx")
    if not (isinstance(own, dict) and own.get("synthetic")):
        keep_off_public_hosts()
    if path.suffix in DUCKDB_SUFFIXES and path.is_file():
        return _open(open_duckdb(path.resolve()), source_zone)
    if path.is_file():
        return _files({_table_of(path): [path]}, source_zone, title=path.name)
    return _plain_folder(path, source_zone) if manifest is None else _package(path, manifest, source_zone)


def _package(folder: Path, manifest: dict, source_zone: str | None) -> Dataset:
    own = manifest.get("cx", {})
    resources = {item["name"]: item for item in manifest["resources"] if item["name"] in schema()}
    files = {name: paths_of(folder, item) for name, item in resources.items()}
    dataset = _files(files, "UTC" if own else source_zone, title=str(manifest.get("title") or folder.name))
    for name, item in resources.items():
        _mark(dataset.tables[name], schema()[name], files[name], item)
    if not own:
        return dataset
    try:
        zone_info(own["zone"])
        return replace(
            dataset,
            zone=own["zone"],
            currency=own.get("currency"),
            privacy_floor=int(own["privacy_floor"]),
            synthetic=bool(own["synthetic"]),
            world=dict(own.get("world", {})),
            audit=Audit.from_dict(own["audit"]),
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise InputError(
            say("{path} is not a data package that can be read: {trouble}", path=folder / MANIFEST, trouble=trouble)
        ) from None


def _mark(rows: "ibis.Table", described: Table, paths: list[Path], resource: dict) -> None:
    """Let `order.previous` stream over files that the manifest calls sorted, and that look it."""
    claimed = resource.get("cx", {}).get("sorted_by")
    size = sum(path.stat().st_size for path in paths)
    believed = bool(claimed) and tuple(claimed) == described.sorted_by and size == resource.get("bytes")
    if believed and in_order(paths, described.sorted_by):
        mark_sorted(rows)


def _plain_folder(folder: Path, source_zone: str | None) -> Dataset:
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        inside = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        name = path.name if path.is_dir() else path.stem
        if name in schema() and inside and inside[0].suffix.lower() in (".csv", ".parquet"):
            if name in files:
                raise InputError(say("{folder} holds {table} twice. Keep one of them.", folder=folder, table=name))
            files[name] = inside
    if not files:
        raise InputError(
            say(
                "{folder} holds no dataset: no datapackage.json and no file named after a table, such as "
                "survey_responses.csv. To bring in another file use: cx import table.",
                folder=folder,
            )
        )
    return _files(files, source_zone, title=folder.name)


def _table_of(path: Path) -> str:
    if path.stem in schema():
        return path.stem
    raise InputError(
        say(
            "{path} is not named after a table. Put it in a dict, as in {{'survey_responses': frame}}, "
            "or use: cx import table.",
            path=path,
        )
    )


def _files(files: Mapping[str, list[Path]], source_zone: str | None, *, title: str) -> Dataset:
    tables, audit = {}, Audit()
    for name, paths in files.items():
        if paths[0].suffix.lower() == ".parquet":
            tables[name] = _scanned(paths, schema()[name], source_zone)
        else:
            source = read_source(paths[0])
            rows, account = conform(source.frame, name, source=source.name, source_zone=source_zone)
            tables[name], audit = in_memory(rows), audit + account + _unread(source, name)
    return Dataset(tables=tables, title=title, audit=audit)


def _scanned(paths: list[Path], described: Table, source_zone: str | None) -> "ibis.Table":
    """Scan Parquet files; of a long table, footers say which of its instants need no second look."""
    found = scan_parquet(paths)
    instants = [name for name in described.sorted_by if name in found.columns and found[name].type().is_timestamp()]
    in_reach = {name for name in instants if within(paths, name, EARLIEST, TOO_LATE)}
    return fitted(found, described, source_zone, in_reach=in_reach)


def _unread(source: Source, name: str) -> Audit:
    """The account of the rows of a file that could not be read."""
    lost = source.quarantine
    if lost.empty:
        return Audit()
    issues = tuple(
        Issue(
            table=name,
            column="",
            code=str(code),
            found=rows["content"].iloc[0][:80],
            count=len(rows),
            outcome="row_set_aside",
        )
        for code, rows in lost.groupby("code")
    )
    tally = Tally(table=name, source=source.name, rows_in=len(lost), rows_used=0, rows_set_aside=len(lost))
    return Audit(tallies=(tally,), issues=issues)


def _frames(frames: Mapping[str, object], source_zone: str | None) -> Dataset:
    tables, audit = {}, Audit()
    for name, content in frames.items():
        rows, account = conform(as_pandas(content), name, source="frame", source_zone=source_zone)
        tables[name], audit = in_memory(rows), audit + account
    return Dataset(tables=tables, privacy_floor=0, audit=audit)


def as_pandas(content: object) -> pd.DataFrame:
    """Return a pandas, Polars or Arrow frame as pandas."""
    if isinstance(content, pd.DataFrame):
        return content
    if hasattr(content, "__arrow_c_stream__") and not isinstance(content, pd.Series):
        return pa.table(content).to_pandas()
    raise InputError(
        say(
            "A table cannot be made from {found}. Give a pandas, Polars or Arrow frame.",
            found=type(content).__name__,
        )
    )


def _lazy(tables: Mapping[str, "ibis.Table"], source_zone: str | None) -> Dataset:
    return Dataset(tables={name: fitted(found, schema()[name], source_zone) for name, found in tables.items()})
