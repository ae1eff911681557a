"""Relational and transactional NPS are two numbers: neither pools the other's answers, and no answer is lost."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.metrics.catalogue import computable

BOTH = pd.DataFrame(
    {
        "score": [9.0] * 40 + [0.0] * 20 + [3.0] * 30 + [None],
        "kind": ["relational"] * 40 + [None] * 20 + [" Transactional"] * 30 + ["transactional"],
        "type": "nps",
        "channel": ["email"] * 60 + ["phone"] * 31,
        "answered_at": pd.Timestamp("2025-03-01", tz="UTC"),
    }
)


@pytest.mark.parametrize(
    ("name", "value", "n", "warnings"),
    [("nps", 100 / 3, 60, "transactional:31"), ("transactional_nps", -100, 30, "missing:1;relational:60")],
)
def test_each_counts_its_own_and_sets_the_other_aside(name, value, n, warnings):
    row = cx.metric(BOTH, name).iloc[0]
    assert row["value"] == pytest.approx(value)
    assert (row["n"], row["n"] + row["set_aside"]) == (n, len(BOTH))
    assert row["warnings"] == warnings


def test_without_kinds_nps_is_what_it_was_and_the_other_asks_for_them():
    scores = BOTH[["score"]]
    assert cx.nps(scores)["n"].tolist() == [90]
    assert cx.nps(scores["score"])["set_aside"].tolist() == [1]
    with pytest.raises(cx.InputError, match="needs the column kind"):
        cx.metric(scores, "transactional_nps")


def test_who_has_only_the_one_is_told_where_it_stands():
    only = BOTH[BOTH["kind"].fillna("").str.strip().str.lower() == "transactional"]
    assert "no valid answer" in cx.show(cx.nps(only))
    assert "count in transactional_nps" in cx.show(cx.nps(only))
    assert "count in transactional_nps" in cx.show(cx.nps(only, by="channel"))
    assert "count in nps" in cx.show(cx.metric(BOTH[:40], "transactional_nps"))


def test_a_group_asked_only_the_other_question_has_no_cell():
    assert cx.nps(BOTH, by="channel")["channel"].tolist() == ["email"]
    assert cx.nps(BOTH, every="month")["n"].tolist() == [60]
    assert cx.metric(BOTH, "transactional_nps", by="channel")["channel"].tolist() == ["phone"]


def test_what_can_be_computed_counts_each_in_its_place():
    def rows(frame):
        dataset = cx.open_dataset({"survey_responses": frame})
        return computable(dataset).set_index("metric")["rows"][["nps", "transactional_nps"]].tolist()

    assert rows(BOTH) == [60, 31]
    assert rows(BOTH[:60]) == [60, 0]
    assert rows(BOTH[60:]) == [0, 31]
    assert rows(BOTH.drop(columns="kind")) == [91, 0]


def test_a_later_answer_after_a_purchase_does_not_replace_one_of_a_wave():
    frame = pd.DataFrame(
        {
            "response_id": list("ab"),
            "score": [10, 0],
            "kind": ["relational", "transactional"],
            "customer_id": "c",
            "wave": "w",
            "answered_at": pd.to_datetime(["2025-01-01", "2025-01-02"], utc=True),
        }
    )
    assert cx.nps(frame)["value"].tolist() == [100.0]
    assert cx.metric(frame, "transactional_nps")["value"].tolist() == [-100.0]


def test_its_bands_and_their_picture():
    frame = cx.bands(BOTH, "transactional_nps")
    assert frame["count"].tolist() == [30, 0, 0]
    assert "transactional NPS" in cx.alt_text(cx.chart_bands(frame))
    with pytest.raises(cx.InputError, match="use nps"):
        cx.bands(name="transactional_nps", counts={9: 3})
