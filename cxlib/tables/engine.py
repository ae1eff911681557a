"""DuckDB, opened by us: as many threads and as much memory as the machine has, spilling in the user's cache."""

import os
import tempfile
import time
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say

if TYPE_CHECKING:
    import ibis
    from ibis.backends import BaseBackend

SPILL_IN_USE = 3600  # seconds
DIALECTS = ("duckdb", "snowflake", "bigquery", "postgres", "databricks")


def lazy_ibis() -> Any:
    """Return Ibis, imported when first needed, its notes about pandas silenced in this one place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ibis

    # Ibis asks pandas for an option that pandas 4 will drop; it is Ibis's to mend.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"ibis\..*")
    warnings.filterwarnings("ignore", message=".*future.infer_string.*")
    return ibis


def cache_folder(name: str) -> Path:
    """Return the folder `name` in the user's cache, made when missing; a temporary one when it cannot be."""
    wanted = Path(platformdirs.user_cache_dir("cxlib")) / name
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"cxlib-{name}-"))
    return wanted


def sweep_spill() -> None:
    """Delete what killed runs left of their sorting in this user's cache; a file of the last hour may be in use."""
    for file in cache_folder("spill").glob("duckdb_temp*"):
        try:
            if time.time() - file.stat().st_mtime > SPILL_IN_USE:
                file.unlink()
        except OSError:  # open elsewhere on Windows, or swept by somebody else
            continue


@cache
def engine() -> "BaseBackend":
    """Return this process's own in-memory DuckDB."""
    return lazy_ibis().duckdb.connect(
        threads=_share("CPU_LIMIT", os.cpu_count() or 2),
        memory_limit=f"{_half_of_memory_mb()}MB",
        temp_directory=str(cache_folder("spill")),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )


@cache
def open_duckdb(path: Path) -> "BaseBackend":
    """Open somebody's DuckDB file read-only, unable to reach any other file or to load anything.

    Once per process: DuckDB shares what it knows of a file, and ours is locked against changes.
    """
    ibis = lazy_ibis()
    try:
        backend = ibis.duckdb.connect(path, read_only=True, enable_external_access=False)
    except Exception as trouble:
        raise InputError(
            say("{path} cannot be opened as a DuckDB file: {trouble}", path=path, trouble=_first_line(trouble))
        ) from None
    for setting in ("autoinstall_known_extensions = false", "autoload_known_extensions = false"):
        backend.raw_sql(f"SET {setting}")
    backend.raw_sql("SET lock_configuration = true")
    return backend


def in_memory(content: pa.Table) -> "ibis.Table":
    """Return an Arrow table as an Ibis table of our own DuckDB."""
    return lazy_ibis().memtable(content)


def table_of(backend: "BaseBackend", name: str) -> "ibis.Table":
    """Return a table or view of a connection; one that cannot be read raises `InputError`."""
    try:
        return backend.table(name)
    except Exception as trouble:
        raise InputError(
            say("Table {table} cannot be read: {trouble}", table=name, trouble=_first_line(trouble))
        ) from None


def scan_parquet(paths: list[Path]) -> "ibis.Table":
    """Return a lazy scan over Parquet files; nothing is read yet."""
    try:
        return engine().read_parquet([str(path) for path in paths], union_by_name=True)
    except Exception as trouble:
        raise InputError(
            say(
                "{path} cannot be read as Parquet: {trouble}",
                path=paths[0],
                trouble=_first_line(trouble),
            )
        ) from None


def collect(expression: "ibis.Table") -> pa.Table:
    """Run an expression where its tables live and bring the rows back as Arrow; a failure raises `InputError`."""
    try:
        return _home(expression).to_pyarrow(expression)
    except Exception as trouble:
        raise InputError(say("The data cannot be read: {trouble}", trouble=_first_line(trouble))) from trouble


def held(expression: "ibis.Table") -> Any:
    """Return a table that its engine works out once and holds as long as the object returned is alive.

    For what several questions are asked of; an engine that may not write works it out each time.
    """
    try:
        return expression.cache()
    except Exception:
        return expression


def stream(expression: "ibis.Table", *, rows: int) -> pa.RecordBatchReader:
    """Run an expression and return its rows as batches, of which one at a time is in memory."""
    try:
        return _home(expression).to_pyarrow_batches(expression, chunk_size=rows)
    except Exception as trouble:
        raise InputError(say("The data cannot be read: {trouble}", trouble=_first_line(trouble))) from trouble


def count_rows(expression: "ibis.Table") -> int:
    """Return how many rows an expression has."""
    return int(collect(expression.aggregate(n=expression.count())).to_pylist()[0]["n"])


def sql_of(expression: "ibis.Table") -> str:
    """Return the SQL an expression runs as, in the dialect of the engine its tables live in."""
    return str(_home(expression).compile(expression, pretty=True))


def sql_for(expression: "ibis.Table", tables: Mapping[str, "ibis.Table"], dialect: str) -> str:
    """Return the SQL of an expression in another dialect, over `tables` under their names."""
    ibis = lazy_ibis()
    if dialect not in DIALECTS:
        raise InputError(
            say(
                "{dialect} is no dialect we write. Choose one of: {names}.",
                dialect=dialect,
                names=", ".join(DIALECTS),
            )
        )
    named = {table.op(): ibis.table(table.schema(), name=name).op() for name, table in tables.items()}
    replaced = expression.op().replace(named)
    if replaced.find(ibis.expr.operations.InMemoryTable):  # such as the open minutes of a desk
        raise InputError(
            say(
                "This rule needs a table that is worked out here, not in a warehouse: it cannot be handed over as "
                "SQL."
            )
        )
    return str(ibis.to_sql(replaced.to_expr(), dialect=dialect))


def _home(expression: "ibis.Table") -> "BaseBackend":
    # Ibis's public get_backend() would open a DuckDB of its own, without our limits, for frames in memory.
    backends, _ = expression._find_backends()
    return backends[0] if backends else engine()


def _half_of_memory_mb() -> int:
    try:
        available = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        available = 2 << 30
    return max(min(available, _share("MEM_LIMIT", available)) // 2 >> 20, 512)


def _share(name: str, otherwise: int) -> int:
    """Return what a JupyterHub such as Binder grants each of its users, who see the whole machine."""
    try:
        return max(int(float(os.environ[name])), 1)
    except (KeyError, ValueError, OverflowError):
        return otherwise


def _first_line(trouble: Exception) -> str:
    return str(trouble).strip().splitlines()[0] if str(trouble).strip() else type(trouble).__name__
