"""The commands about journeys: what they print, in both languages, and how they end."""

import json

import pandas as pd
import pytest

import cxlib as cx
from cxlib.cli.commands import run
from cxlib.tables.storage import write_dataset

SETTINGS = {"title": "", "zone": "UTC", "currency": None, "privacy_floor": 0, "synthetic": True, "audit": {}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    import pyarrow as pa

    rows = [(f"p{n:02d}", 0, "search") for n in range(40)] + [(f"p{n:02d}", 5, "purchase") for n in range(10)]
    frame = pd.DataFrame([*rows, ("z", 60 * 24 * 9, "page_view")], columns=["person_key", "minute", "event_type"])
    frame["occurred_at"] = pd.Timestamp("2025-03-01") + pd.to_timedelta(frame.pop("minute"), unit="min")
    frame["event_id"] = [f"e{n:03d}" for n in range(len(frame))]
    where = tmp_path_factory.mktemp("cli") / "set"
    write_dataset(where, {"events": pa.Table.from_pandas(frame, preserve_index=False)}, settings=SETTINGS)
    return str(where)


def printed(capsys, *words):
    assert run(list(words)) == 0
    return capsys.readouterr().out


def test_journey_as_json_is_one_array_of_flat_objects(folder, capsys):
    rows = json.loads(printed(capsys, "journey", "--data", folder, "--format", "json"))
    assert [(row["metric"], row["value"]) for row in rows] == [
        ("sessions", 41.0), ("sessions_per_person", 1.0), ("bounce_single_event", pytest.approx(31 / 41)),
    ]  # fmt: skip
    assert list(rows[0]) == list(cx.metric(pd.DataFrame({"score": [9]}), "nps").columns)


def test_journey_lists_paths(folder, capsys):
    rows = json.loads(printed(capsys, "journey", "--data", folder, "--top", "1", "--format", "json"))
    assert [row["path"] for row in rows] == ["search", "(other paths)"]


def test_funnel_speaks_portuguese(folder, capsys, portuguese):
    steps = ["--step", "search", "--step", "add_to_cart?", "--step", "purchase"]
    said = printed(capsys, "funnel", "--data", folder, *steps)
    assert "purchase: chegaram 25% (14,2% a 40,2%), n = 40" in said
    table = printed(capsys, "funnel", "--data", folder, *steps, "--format", "csv")
    assert table.startswith("\ufeffperiod;step;position;metric")
    assert ";0,25;" in table


def test_transitions_lead_to_a_goal(folder, capsys):
    asked = ["transitions", "--data", folder, "--goal", "purchase", "--format", "json"]
    rows = json.loads(printed(capsys, *asked))
    found = {row["from"]: row["value"] for row in rows if row["metric"] == "conversion"}
    assert found["search"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["funnel", "--step", "search"], "two steps or more"),
        (["funnel", "--step", "serach", "--step", "purchase"], "No event is of the type 'serach'"),
        (["journey", "--rule", "ga5"], "There is no session rule 'ga5'"),
        (["journey", "--engine", "flink"], "is no engine"),
        (["transitions", "--order", "3"], "one step or two"),
        (["transitions", "--goal", "return_request"], "No step leads to"),
        (["stages", "--goal", "bliss"], "no goal of a journey"),
    ],
)
def test_what_is_wrong_is_one_sentence(folder, words, sentence):
    with pytest.raises(cx.InputError, match=sentence):
        run([*words, "--data", folder])


def test_stages_and_their_times(folder, capsys):
    rows = json.loads(printed(capsys, "stages", "--data", folder, "--variant", "f1_5", "--format", "json"))
    assert rows[0]["metric"] == "stage_reached"
    assert {row["rule"] for row in rows} == {"f1_5"}
    assert "median days until the stage was over" in printed(capsys, "stages", "--data", folder, "--times")
