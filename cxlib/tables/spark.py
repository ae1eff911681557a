"""Spark: the same tables on a cluster that reads the files itself. An extra, `cxlib[spark]`, and Java 17."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    import ibis
    from ibis.backends import BaseBackend


def is_session(source: object) -> bool:
    """Say whether an object is a Spark session, without loading Spark."""
    return type(source).__module__.startswith("pyspark.sql") and hasattr(source, "createDataFrame")


def connected(session: Any) -> "BaseBackend":
    """Return the connection to a Spark session. Instants are read as UTC, whatever the session's own zone."""
    return lazy_ibis().pyspark.connect(session)


def running_session() -> Any:
    """Return the Spark session that runs, or one started as Spark's own configuration says."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(say('Spark is not installed. Use: pip install "cxlib[spark]" (and Java 17).')) from None
    try:
        return SparkSession.builder.appName("cxlib").config("spark.ui.enabled", "false").getOrCreate()
    except Exception as trouble:
        raise InputError(say("Spark cannot be started: {trouble}", trouble=str(trouble).splitlines()[0])) from None


def scan_on_spark(session: Any, name: str, paths: Sequence[Path]) -> "ibis.Table":
    """Return a lazy scan over Parquet files by Spark; nothing is read yet."""
    view = f"cx_{name}"
    session.read.parquet(*[str(path) for path in paths]).createOrReplaceTempView(view)
    return connected(session).table(view)
