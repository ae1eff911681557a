"""Spark: the same tables, where they are too many for one machine. The extra `spark` brings PySpark."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect
from cxlib.tables.opening import open_dataset
from cxlib.tables.storage import paths_of, read_manifest

MASTER = "CX_SPARK_MASTER"
ENGINES = ("duckdb", "spark")


def on_engine(source: object, engine: str) -> object:
    """Return data as they are for DuckDB, or as a dataset on Spark; another engine raises `InputError`."""
    if engine not in ENGINES:
        raise InputError(
            say("{engine} is not an engine. Choose one of: {names}.", engine=repr(engine), names=", ".join(ENGINES))
        )
    return on_spark(source) if engine == "spark" else source


def on_spark(source: object, *, session: Any = None) -> Dataset:
    """Open data as a `Dataset` that Spark computes: "the same numbers, on a cluster".

    `source` is what `open_dataset` takes. Parquet files of a dataset are read where they lie, so every worker must
    see them; other data are sent from here. `session` is a Spark session; without one the active one is taken, else
    one is started on the master that `CX_SPARK_MASTER` names, or on this machine. Raises `InputError`.
    """
    dataset = open_dataset(source)
    spark = _session(session).newSession()  # its own names, beside whatever else the session holds
    files = _files(source)
    for name in dataset:
        if name in files:
            frame = spark.read.parquet(*(str(path) for path in files[name]))
        else:
            frame = spark.createDataFrame(collect(dataset.table(name)))
        frame.createOrReplaceTempView(name)
    moved = open_dataset(spark, source_zone="UTC")
    return replace(dataset, tables={name: moved.tables[name] for name in dataset})


def _files(source: object) -> dict[str, list[Path]]:
    folder = Path(source).expanduser().resolve() if isinstance(source, (str, Path)) else None
    manifest = read_manifest(folder) if folder is not None and folder.is_dir() else None
    if folder is None or manifest is None:
        return {}
    return {item["name"]: paths_of(folder, item) for item in manifest["resources"]}


def _session(given: Any) -> Any:
    if given is not None:
        return given
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(say('Spark needs the extra "spark": pip install "cxlib[spark]", and Java 17.')) from None
    found = SparkSession.getActiveSession()
    if found is not None:
        return found
    builder = SparkSession.builder.master(os.environ.get(MASTER, "local[*]")).appName("cxlib")
    for name, value in {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as trouble:  # Java is missing, or the master does not answer
        lines = str(trouble).strip().splitlines() or [type(trouble).__name__]
        raise InputError(say("Spark cannot be started: {trouble}", trouble=lines[0])) from None
    session.sparkContext.setLogLevel("ERROR")
    return session
