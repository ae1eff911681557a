"""Emotions: the worked answer of peak and end, truth T25, who is paired with whom, and slips."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.api import OLS, add_constant

import cxlib as cx
from cxlib.journeys.emotions import emotion_curve, peak_end
from cxlib.journeys.looking_back import looking_back

Z = 1.959964


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


@pytest.fixture(scope="module")
def curve(shop):
    return emotion_curve(shop)


def at(frame, stage, rule):
    return frame[frame["stage"].eq(stage) & frame["rule"].eq(rule)].iloc[0]


def error(row):
    return (row["high"] - row["low"]) / (2 * Z)


def moments(*rows, **columns):
    """Return moments from (journey, stage, emotion)."""
    journey, stage, emotion = zip(*rows, strict=True)
    return pd.DataFrame({"journey_id": journey, "stage": stage, "emotion": emotion,
                         "occurred_at": pd.Timestamp("2025-03-01T10:00Z")} | columns)  # fmt: skip


def test_peak_and_end_by_hand():
    assert peak_end([0, 2, -4, 1, 3]) == pytest.approx({"mean": 0.4, "peak": -4, "end": 3, "peak_end": -0.5})
    assert peak_end([4, -4, 1])["peak"] == -4  # of equals the last


def test_the_panel_is_the_same_at_each_stage_and_a_stage_nobody_rated_is_empty(curve):
    paired = curve[curve["rule"].eq("paired")]
    assert paired.loc[paired["n"].gt(0), "n"].nunique() == 1
    for rule in ("everyone", "paired"):
        nobody = at(curve, "decision", rule)
        assert nobody["n"] == 0
        assert pd.isna(nobody["value"])
        assert nobody["method"] == "none: nobody rated this stage"
    assert (curve["n"] + curve["set_aside"]).groupby(curve["stage"]).nunique().eq(1).all()


def test_a_mean_by_hand_with_all_rows_accounted_for():
    rows = [("j", "use", 2), ("k", "use", -4), ("l", "use", 5), ("m", "use", 7), ("n", "use", None), ("o", None, 1)]
    frame = emotion_curve(moments(*rows))
    use = at(frame, "use", "everyone")
    low, high = stats.t.interval(0.95, 2, loc=1, scale=stats.sem([2, -4, 5]))
    assert (use["value"], use["n"], use["warnings"]) == (1, 3, "missing:1;out_of_scale:1;small_n")
    assert (use["low"], use["high"]) == (max(low, -5), min(high, 5))
    nowhere = frame[frame["stage"].isna() & frame["rule"].eq("everyone")].iloc[0]
    assert (nowhere["n"], nowhere["set_aside"]) == (0, 1)


def test_ratings_of_one_customer_belong_together():
    once = emotion_curve(moments(*[(f"j{k}", "use", k % 5) for k in range(40)]))
    twice = emotion_curve(moments(*[(f"j{k // 2}{k % 2}", "use", (k // 2) % 5) for k in range(80)],
                                  customer_id=[f"c{k // 2}" for k in range(80)]))  # fmt: skip
    assert at(twice, "use", "everyone")["n"] == 80
    assert error(at(twice, "use", "everyone")) == pytest.approx(error(at(once, "use", "everyone")), rel=0.02)


def test_overall_ratings_are_not_part_of_the_curve_and_groups_stand_apart():
    rows = moments(("j", "use", 1), ("j", None, 5), ("k", "use", 3), kind=["moment", "overall", None],
                   channel=["web", "email", "app"])  # fmt: skip
    frame = emotion_curve(rows, by="channel")
    assert frame.loc[frame["stage"].eq("use") & frame["rule"].eq("everyone"), "value"].tolist() == [3, 1]
    assert frame["stage"].notna().all()


def test_people_look_back_on_peak_and_end_and_not_on_the_mean(shop):
    frame = looking_back(shop).set_index("account")
    assert frame.loc["peak_end", "low"] > frame.loc["path", "high"] > frame.loc["mean", "low"]
    rows = shop.frame("moments")
    felt = rows[rows["kind"].eq("moment")].pivot_table(index="journey_id", columns="stage", values="emotion").dropna()
    rated = rows[rows["kind"].eq("overall")].set_index("journey_id")["emotion"].reindex(felt.index)
    assert frame.loc["path", "value"] == pytest.approx(OLS(rated, add_constant(felt)).fit().rsquared_adj)
    assert frame.loc["mean", "value"] == pytest.approx(OLS(rated, add_constant(felt.mean(axis=1))).fit().rsquared_adj)
    assert frame["n"].eq(len(felt)).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda rows: emotion_curve(rows.drop(columns="stage")), "no column 'stage'"),
        (lambda rows: emotion_curve(rows, by="mood"), "no column 'mood'"),
        (lambda rows: emotion_curve(rows, start="spring"), "not a date"),
        (lambda rows: emotion_curve({"events": pd.DataFrame()}), "moments"),
        (lambda rows: looking_back(rows.assign(kind="moment")), "Only 0 journeys"),
    ],
)
def test_a_slip_is_named(call, says):
    with pytest.raises(cx.InputError, match=says):
        call(moments(("j", "use", 1), ("k", "use", 2)))


def test_nothing_at_all_is_no_curve():
    frame = emotion_curve(moments(("j", "use", np.nan)))
    assert frame["value"].isna().all()
