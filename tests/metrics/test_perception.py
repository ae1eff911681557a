"""Worked answers of NPS, CSAT, CES and response rate, and every way an answer may fail to count."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxlib as cx
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.result import COLUMNS

NPS_SCORES = [9] * 90 + [7] * 60 + [0] * 50


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def interval(row, factor=1.0):
    return [row["low"] * factor, row["high"] * factor]


def test_nps_worked_by_hand():
    row = only(cx.nps(promoters=90, passives=60, detractors=50))
    assert (row["value"], row["n"], row["numerator"], row["denominator"]) == (20.0, 200, 40.0, 200.0)
    assert interval(row) == pytest.approx([8.54, 30.86], abs=0.005)
    assert interval(only(cx.nps(NPS_SCORES, rule="wald"))) == pytest.approx([8.74, 31.26], abs=0.005)


def test_nps_is_not_the_formula_turned_round():
    assert only(cx.nps(promoters=50, passives=60, detractors=90))["value"] == -20.0


def test_nps_is_pooled_not_the_mean_of_stores():
    answers = pd.DataFrame({"score": [10] * 90 + [0] * 5 + [10] * 5, "store_id": ["a"] * 90 + ["b"] * 10})
    assert only(cx.nps(answers))["value"] == 90.0
    assert cx.nps(answers, by="store_id")["value"].mean() == 50.0


def test_csat_worked_by_hand():
    counts = {5: 42, 4: 32, 3: 10, 2: 9, 1: 14}
    row = only(cx.csat(counts=counts))
    assert row["value"] == pytest.approx(74 / 107)
    assert interval(row, 100) == pytest.approx([59.9, 77.1], abs=0.05)
    assert only(cx.csat(counts=counts, rule="mean"))["value"] == pytest.approx(3.74, abs=0.005)
    assert interval(only(cx.csat(counts={5: 8, 1: 2})), 100) == pytest.approx([49.0, 94.3], abs=0.05)


def test_ces_worked_by_hand():
    counts = {7: 30, 6: 25, 5: 15, 4: 10, 3: 8, 2: 7, 1: 5}
    row = only(cx.ces(counts=counts))
    assert row["value"] == pytest.approx(5.18)
    assert interval(row) == pytest.approx([4.82, 5.54], abs=0.005)
    box = only(cx.ces(counts=counts, rule="ces_2_top_3_box"))
    assert [100 * box["value"], *interval(box, 100)] == pytest.approx([70.0, 60.4, 78.1], abs=0.05)


def test_ces_versions_point_in_opposite_directions_and_are_never_pooled():
    directions = {rule.key: rule.direction for rule in METRICS["ces"].rules}
    assert directions["ces_2_mean"] == "up"
    assert directions["ces_1_mean"] == "down"
    both = pd.DataFrame({"score": [7, 6, 5, 1, 2], "scale_min": 1, "scale_max": [7, 7, 7, 5, 5]})
    row = only(cx.ces(both))
    assert (row["n"], row["set_aside"], row["value"]) == (3, 2, 6.0)
    assert "other_scale:2" in row["warnings"]


def test_response_rate_worked_by_hand():
    invites = pd.DataFrame({"invite_id": range(1_000), "delivered": [False] * 30 + [True] * 970})
    answers = pd.DataFrame({"invite_id": [*range(100, 294), 293, None]})  # one answered twice, one unasked
    row = only(cx.response_rate({"survey_invites": invites, "survey_responses": answers}))
    assert (row["n"], row["numerator"], row["set_aside"]) == (970, 194, 30)
    assert row["value"] == pytest.approx(0.20)
    assert "not_delivered:30" in row["warnings"]


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([99], "out_of_scale"), ([-1], "out_of_scale"), ([7.5], "not_whole"), (["dez"], "not_a_number"),
        ([None], "missing"), ([np.nan], "missing"), ([float("inf")], "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_not_a_score_is_set_aside_with_its_reason(scores, reason):
    row = only(cx.nps(pd.Series([10, 0, *scores], dtype=object)))
    assert (row["n"], row["set_aside"], row["value"]) == (2, 1, 0.0)
    assert f"{reason}:1" in row["warnings"]


def test_zero_is_a_score_and_null_is_not():
    assert only(cx.nps([0, 0, None, 10]))["value"] == pytest.approx(-100 / 3)


def test_no_row_at_all_is_one_empty_cell():
    row = only(cx.nps(pd.DataFrame({"score": pd.Series(dtype=float)})))
    assert (row["period"], row["n"], row["set_aside"]) == ("all", 0, 0)
    assert cx.nps(
        pd.DataFrame({"score": pd.Series(dtype=float), "channel": pd.Series(dtype="str")}), by="channel"
    ).empty


def test_no_valid_answer_has_a_reason_and_no_value():
    row = only(cx.nps([None, 99]))
    assert pd.isna(row["value"])
    assert row["method"] == "none: no valid answer"


@pytest.mark.parametrize(
    ("rule", "scores", "value"),
    [
        ("zendesk_good_bad", [1, 1, 1, 0], 0.75),
        ("movidesk_two_faces", [1, 1, 2, 2], 0.5),
        ("hubspot_three_faces", [2, 2, 1, 0], 0.5),
        ("mean", [5, 4, 3, 1], 3.25),
    ],
)
def test_csat_by_the_rules_of_platforms(rule, scores, value):
    assert only(cx.csat(scores, rule=rule))["value"] == value


def test_csat_refuses_another_scale():
    row = only(cx.csat(pd.DataFrame({"score": [9, 10, 3], "scale_max": 10})))
    assert (row["n"], row["set_aside"]) == (0, 3)


def test_columns_are_always_these():
    frame = cx.nps(pd.DataFrame({"score": [1, 9], "b": ["x", "y"], "a": ["p", None]}), by=["b", "a"])
    assert list(frame.columns) == ["b", "a", *COLUMNS]


def test_rows_add_up_in_every_cell():
    rng = np.random.default_rng(3)
    scores = pd.Series(rng.choice([0, 5, 7, 9, 10, 99, -1, 7.5, np.nan], 500))
    answers = pd.DataFrame({"score": scores, "channel": rng.choice(["app", "web", None], 500)})
    frame = cx.nps(answers, by="channel")
    rows = answers["channel"].value_counts(dropna=False)
    assert frame["channel"].isna().sum() == 1
    assert (frame["n"] + frame["set_aside"]).tolist() == [rows["app"], rows["web"], rows[np.nan]]


def test_small_n_is_said():
    assert "small_n" in only(cx.nps([9] * 29))["warnings"]
    assert only(cx.nps([9, 0] * 15))["warnings"] == ""


def test_everybody_a_promoter_has_an_honest_interval():
    row = only(cx.nps([10] * 25))
    assert row["value"] == row["high"] == 100
    assert row["low"] < 95
    assert pd.isna(only(cx.nps([10] * 25, rule="bootstrap"))["low"])


def test_several_answers_of_one_customer_widen_the_interval():
    once = pd.DataFrame({"score": NPS_SCORES})
    four = pd.DataFrame({"score": NPS_SCORES, "customer_id": [f"c{row // 4}" for row in range(200)]})
    narrow, wide = only(cx.nps(once)), only(cx.nps(four))
    assert narrow["value"] == wide["value"]
    assert wide["high"] - wide["low"] > 1.8 * (narrow["high"] - narrow["low"])
    assert "design effect 4.0" in wide["method"]


def test_answers_without_a_customer_stand_alone():
    unknown = pd.DataFrame({"score": NPS_SCORES, "customer_id": [None] * 200})
    assert interval(only(cx.nps(unknown))) == pytest.approx(interval(only(cx.nps(NPS_SCORES))))


def test_weights():
    answers = pd.DataFrame({"score": [10, 10, 0], "weight": [1.0, 1.0, 6.0]})
    assert only(cx.nps(answers, rule="weighted"))["value"] == pytest.approx(-50.0)
    row = only(cx.nps(answers.assign(weight=[1.0, None, -2.0]), rule="weighted"))
    assert (row["n"], row["warnings"]) == (1, "invalid_weight:2;small_n")


def test_equal_weights_change_nothing():
    answers = pd.DataFrame({"score": NPS_SCORES, "weight": 2.5})
    assert interval(only(cx.nps(answers, rule="weighted"))) == pytest.approx(interval(only(cx.nps(NPS_SCORES))))


def test_in_a_relational_wave_the_last_valid_answer_counts():
    answers = pd.DataFrame(
        {
            "response_id": list("abcd"),
            "score": [10, 0, 99, 5],
            "customer_id": ["c1", "c1", "c1", "c2"],
            "wave": ["w1", "w1", "w1", None],
            "answered_at": pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-01"], utc=True),
        }
    )
    row = only(cx.nps(answers))
    assert (row["n"], row["value"]) == (2, -100.0)
    assert row["warnings"] == "out_of_scale:1;superseded:1;small_n"


def test_every_shape_of_input_gives_the_same(tmp_path):
    polars = pytest.importorskip("polars")
    frame = pd.DataFrame({"score": [10.0, 9, 8, 3, np.nan] * 20, "channel": list("aabbb") * 20})
    expected = cx.nps(frame, by="channel")
    with_nan = polars.DataFrame({"score": frame["score"].to_list(), "channel": frame["channel"].to_list()})
    assert with_nan["score"].null_count() == 0
    written = with_nan.with_columns(
        response_id=polars.int_range(100).cast(polars.String),
        type=polars.lit("nps"),
        answered_at=polars.lit("2025-01-01T00:00Z").str.to_datetime(time_zone="UTC"),
    )
    written.write_parquet(tmp_path / "answers.parquet")
    shapes = [pa.table(frame), polars.from_pandas(frame), with_nan, tmp_path / "answers.parquet"]
    for shape in [*shapes, cx.open_dataset({"survey_responses": frame})]:
        pd.testing.assert_frame_equal(cx.nps(shape, by="channel"), expected)


def test_every_kind_of_series_gives_the_same():
    polars = pytest.importorskip("polars")
    scores = pd.Series([10.0, 9, 8, 3, np.nan])
    for series in (scores, scores.to_numpy(), scores.tolist(), polars.Series([10.0, 9, 8, 3, None])):
        assert only(cx.nps(series))["value"] == 25.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cx.nps(), "exactly one of"),
        (lambda: cx.nps([9], counts={9: 1}), "exactly one of"),
        (lambda: cx.nps(promoters=3), "missing: passives, detractors"),
        (lambda: cx.nps(counts={9: -1}), "whole numbers"),
        (lambda: cx.nps([9], rule="median"), "has no rule 'median'; it has: adjusted_wald"),
        (lambda: cx.metric([9], "npss"), "Did you mean nps?"),
        (lambda: cx.nps(pd.DataFrame({"nota": [9]})), "needs the column score"),
        (lambda: cx.nps([9], by="channel"), "no column 'channel'"),
        (lambda: cx.nps(cx.ipe("tiny"), by="canal"), "Did you mean channel\\?"),
        (lambda: cx.nps([9], every="month"), "needs the column answered_at"),
        (lambda: cx.nps([9], rule="weighted"), "needs the column weight"),
        (lambda: cx.nps(42), "cannot be read from int"),
        (lambda: cx.response_rate(answered=5, delivered=3), "cannot be"),
        (
            lambda: cx.response_rate({"survey_responses": pd.DataFrame({"score": [1]})}),
            "needs the table survey_invites",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(call, words):
    with pytest.raises(cx.InputError, match=words):
        call()
