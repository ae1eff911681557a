"""Spark, on two worker processes: metrics of every kind as DuckDB gives them. Counts are exact, values to 1e-9."""

import os
import shutil

import pandas as pd
import pytest

import cxlib as cx
from cxlib.errors import InputError
from cxlib.tables.spark import on_engine, on_spark

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # PySpark has many of its own
HAS_JAVA = shutil.which("java") or os.environ.get("JAVA_HOME")


@pytest.fixture(scope="module")
def session():
    sql = pytest.importorskip("pyspark.sql", reason="the extra `spark`")
    if not HAS_JAVA:
        pytest.skip("Spark needs Java")
    builder = sql.SparkSession.builder.master("local-cluster[2,1,1024]").appName("cxlib tests")
    for name, value in {"ui.enabled": "false", "sql.shuffle.partitions": "2", "default.parallelism": "2"}.items():
        builder = builder.config(f"spark.{name}", value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()


@pytest.fixture(scope="module")
def both(session):
    """The same thousand rows of Ipê, for DuckDB and for Spark."""
    shop = cx.ipe()
    few = {name: shop.table(name).head(250) for name in ("survey_responses", "tickets", "sessions", "ad_spend")}
    here = cx.open_dataset({name: rows.to_pyarrow() for name, rows in few.items()}, source_zone="UTC")
    return here, on_spark(here, session=session)


# One of each kind: a score with its last answer per customer, a share by month, units as n, a duration.
ASKED = {
    "nps": {},
    "csat": {"by": "channel", "every": "month"},
    "click_through_rate": {},
    "first_response_time": {"by": "channel"},
}


@pytest.mark.parametrize("key", ASKED)
def test_the_numbers_are_the_same_on_spark(key, both):
    here, there = (cx.metric(data, key, **ASKED[key]) for data in both)
    pd.testing.assert_frame_equal(there, here, rtol=1e-9)


def test_a_session_of_the_user_is_a_dataset(session):
    answers = pd.DataFrame({"response_id": list("abcdefghijkl"), "type": "nps", "score": [9.0, 3.0, 10.0] * 4})
    answers["answered_at"] = pd.to_datetime(["2025-03-01 10:00"] * 12)
    mine = session.newSession()
    mine.createDataFrame(answers).createOrReplaceTempView("survey_responses")
    found = cx.metric(cx.open_dataset(mine, source_zone="UTC"), "nps").iloc[0]
    assert (found["n"], round(found["value"], 1)) == (12, 33.3)


def test_another_engine_is_named():
    with pytest.raises(InputError, match="Choose one of: duckdb, spark"):
        on_engine("data/ipe", "hadoop")
