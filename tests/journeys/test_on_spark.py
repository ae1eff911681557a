"""The same questions on Spark, by two workers: every count as DuckDB gives it. Skipped without Spark or Java."""

import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_against_loops import CUTS, STEPS, table

import cxlib as cx
from cxlib.cli.commands import run
from cxlib.journeys.funnel import conversion_curve, funnel
from cxlib.journeys.identity import identify
from cxlib.journeys.paths import paths
from cxlib.journeys.sessions import MEASURES, sessions
from cxlib.journeys.transitions import transitions
from cxlib.tables.opening import open_on
from cxlib.tables.order import is_sorted
from cxlib.tables.storage import write_dataset

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
ROWS = 1_000


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
    rng, where = np.random.default_rng(4), tmp_path_factory.mktemp("spark") / "set"
    rows = table().sort_by("person_key").slice(0, ROWS)
    rows = rows.append_column("identity_id", pa.array([f"v{n}" for n in rng.integers(0, 90, ROWS)]))
    known = [f"c{n}" if n < 40 else None for n in rng.integers(0, 90, ROWS)]
    rows = rows.append_column("customer_id", pa.array(known, pa.string()))
    answers = pd.DataFrame({"response_id": [f"r{n}" for n in range(300)], "type": "nps"})
    answers["score"] = rng.integers(0, 11, 300).astype(float)
    answers["answered_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 90 * 24, 300), unit="h")
    answers["channel"] = rng.choice(["web", "app"], 300)
    rated = answers.assign(response_id="c" + answers["response_id"], type="csat", score=1 + answers["score"] % 5)
    answers = pd.concat([answers, rated], ignore_index=True)
    settings = {"title": "", "zone": "America/Sao_Paulo", "currency": None, "privacy_floor": 0, "synthetic": True,
                "audit": {}}  # fmt: skip
    spend = pd.DataFrame({"spend_id": [f"s{n}" for n in range(60)], "source": rng.choice(["busca", "redes"], 60)})
    spend["date_on"] = pd.date_range("2025-01-15", periods=60).date
    spend = spend.assign(impressions=rng.integers(100, 900, 60), clicks=rng.integers(0, 90, 60))
    tickets = pd.DataFrame(
        {"ticket_id": [f"t{n}" for n in range(200)], "created_at": answers["answered_at"].head(200)}
    )
    waited = pd.to_timedelta(rng.integers(-5, 5_000, 200), unit="s")
    tickets["first_human_reply_at"] = (tickets["created_at"] + waited).where(rng.random(200) < 0.9)
    visits = pd.DataFrame(
        {"session_id": [f"s{n}" for n in range(300)], "customer_id": rng.integers(0, 60, 300).astype(str)}
    )
    visits["started_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(
        rng.integers(0, 90 * 24 * 60, 300), unit="min"
    )
    visits = visits.assign(source=rng.choice(["google", "news"], 300), key_events=rng.integers(0, 2, 300))
    moments = pd.DataFrame(
        {"moment_id": [f"m{n}" for n in range(300)], "journey_id": [f"j{n // 3}" for n in range(300)]}
    )
    moments["stage"] = rng.choice(["use", "service"], 300)
    moments = moments.assign(emotion=rng.integers(-5, 6, 300).astype(float), occurred_at=answers["answered_at"])
    frames = {"survey_responses": answers, "sessions": visits, "moments": moments, "ad_spend": spend}
    frames["tickets"] = tickets
    tables = {"events": rows} | {
        name: pa.Table.from_pandas(one, preserve_index=False) for name, one in frames.items()
    }
    write_dataset(where, tables, settings=settings, shard_rows=ROWS // 4)
    return where


@pytest.fixture(scope="module")
def both(session, folder):
    return cx.open_dataset(folder), open_on(folder, "spark")


QUESTIONS = {
    **{f"sessions, {rule.key}": lambda shop, rule=rule: sessions(shop, rule=rule) for rule in CUTS},
    "sessions by type and day": lambda shop: sessions(shop, by="event_type", every="day", measures=MEASURES),
    "transitions": lambda shop: transitions(shop, order=2),
    "transitions within sessions": lambda shop: transitions(shop, paths="ga4", steps=["search", "purchase"]),
    "paths": lambda shop: paths(shop, paths="ga4", longest=4),
    "funnel": lambda shop: funnel(shop, STEPS, days=1 / 12),
    "curve": lambda shop: conversion_curve(shop, ["search", "purchase"], days=1),
    "identity": identify,
    "stages": lambda shop: cx.stages(shop, until="2025-06-01"),
    "stage times": lambda shop: cx.stage_times(shop, until="2025-06-01"),
    "attribution": lambda shop: cx.attribution(shop, goal=None, until="2025-06-01"),
    "emotions": cx.emotion_curve,
    "nps": lambda shop: cx.metric(shop, "nps", by="channel", every="month"),
    "csat": lambda shop: cx.metric(shop, "csat", by="channel", every="month"),
    "click-through rate": lambda shop: cx.metric(shop, "click_through_rate", by="source", every="month"),
    "first response time": lambda shop: cx.metric(shop, "first_response_time", every="month"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_spark_gives_what_duckdb_gives(both, name):
    here, there = both
    assert is_sorted(here.events)
    assert not is_sorted(there.events)
    expected = QUESTIONS[name](here)
    assert len(expected)
    pd.testing.assert_frame_equal(QUESTIONS[name](there), expected, check_exact=False, rtol=1e-12)


def test_a_session_of_ones_own_is_data(session, folder):
    session.read.parquet(*[str(path) for path in folder.glob("events-*.parquet")]).createOrReplaceTempView("events")
    found = cx.sessions(session, source_zone="UTC")
    expected = cx.sessions(folder)
    assert found["method"].tolist() == expected["method"].tolist()
    assert found["n"].tolist() == expected["n"].tolist()
    assert session.sparkContext.master.startswith("local-cluster[2,")


def test_the_command_runs_on_spark(session, folder, capsys):
    assert run(["journey", "--data", str(folder), "--engine", "spark", "--format", "json"]) == 0
    there = capsys.readouterr().out
    assert run(["journey", "--data", str(folder), "--format", "json"]) == 0
    assert there == capsys.readouterr().out
