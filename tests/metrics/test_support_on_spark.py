"""The support clock on Spark: what DuckDB gives, to the second. Skipped without Spark or Java."""

import shutil

import pandas as pd
import pytest

import cxlib as cx
from cxlib.tables.opening import open_on

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
ZONE = "America/Sao_Paulo"
ASKED = [
    ("sla_compliance", {"every": "quarter"}),
    ("reasked_rate", {"rule": "transfers", "by": "channel"}),
]


@pytest.fixture(scope="module")
def session():
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    started = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Ipê's tickets, with policies on business hours that stop while the carrier is awaited."""
    from cxlib.tables.storage import write_dataset

    shop, where = cx.ipe(), tmp_path_factory.mktemp("spark") / "set"
    tables = {name: shop.table(name).to_pyarrow() for name in ("ticket_events", "business_hours", "holidays")}
    tables["tickets"] = shop.tickets.order_by("ticket_id").limit(2_000).to_pyarrow()
    policies = shop.frame("sla_policies")
    policies["clock"] = ["business"] * 3 + ["calendar"] * 3
    policies["schedule_id"] = ["digital", "digital", "telefone", None, None, None]
    policies["pauses_when_on_hold"] = True
    tables["sla_policies"] = cx.open_dataset({"sla_policies": policies}).sla_policies.to_pyarrow()
    settings = {"title": "", "zone": ZONE, "currency": None, "privacy_floor": 0, "synthetic": True, "audit": {}}
    write_dataset(where, tables, settings=settings)
    return where


@pytest.mark.parametrize(("name", "asked"), ASKED, ids=[f"{name} {asked}" for name, asked in ASKED])
def test_spark_gives_what_duckdb_gives(session, folder, name, asked):
    expected = cx.metric(cx.open_dataset(folder), name, **asked)
    assert expected["n"].sum() > 400
    found = cx.metric(open_on(folder, "spark"), name, **asked)
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-12)
