"""Comparisons against hand calculation and against a plain computation customer by customer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import cxlib as cx

ONE, TWO = [9] * 90 + [7] * 60 + [0] * 50, [9] * 130 + [7] * 70 + [0] * 50


def months(*waves):
    times = pd.date_range("2025-01-15", periods=len(waves), freq="30D", tz="UTC")
    return pd.concat(
        [pd.DataFrame({"score": wave, "answered_at": time}) for wave, time in zip(waves, times, strict=True)],
        ignore_index=True,
    )


def test_two_waves_worked_by_hand():
    row = cx.compare(months(ONE, TWO), "nps", periods="month").iloc[0]
    assert (row["from"], row["to"], row["value_from"], row["value_to"]) == ("2025-01", "2025-02", 20.0, 32.0)
    assert row["p_value"] == pytest.approx(0.114, abs=5e-4)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(1.96 * 7.596, abs=0.005)
    assert row["verdict"] == "not_clear"


def test_the_same_customers_are_paired():
    frame = months([0, 5, 9, 10] * 25, [7, 7, 10, 10] * 25)
    frame["customer_id"] = [f"c{row}" for row in range(100)] * 2
    row = cx.compare(frame, "nps", periods="month").iloc[0]
    moved = np.array([1, 1, 0, 0] * 25)  # detractor to passive, detractor to passive, no change, no change
    assert row["change"] == 100 * moved.mean()
    assert (row["high"] - row["low"]) / 2 == pytest.approx(1.96 * 100 * moved.std() / 10, rel=2e-3)
    assert "paired by customer" in row["method"]


def test_a_group_against_the_rest_is_that_of_a_regression_clustered_by_customer():
    rng = np.random.default_rng(5)
    customer = rng.integers(0, 150, 600)
    mood = rng.normal(0, 1, 150)[customer]
    frame = pd.DataFrame(
        {
            "score": np.clip(np.round(7.5 + 1.5 * mood + rng.normal(0, 1.5, 600)), 0, 10),
            "store_id": rng.choice(["a", "b", "c"], 600),
            "customer_id": [f"c{number}" for number in customer],
        }
    )
    rows = cx.compare(frame, "nps", groups="store_id").set_index("to")
    y = 100 * ((frame["score"] >= 9).astype(float) - (frame["score"] <= 6).astype(float))
    for store in "abc":
        here = (frame["store_id"] == store).astype(float)
        fit = sm.OLS(y, sm.add_constant(here)).fit(cov_type="cluster", cov_kwds={"groups": customer})
        row = rows.loc[store]
        error = abs(row["change"]) / abs(_z(row["p_value"]))
        assert row["change"] == pytest.approx(fit.params.iloc[1])
        assert error == pytest.approx(fit.bse.iloc[1], rel=0.03)  # they correct for few clusters a little differently


def _z(p):
    from scipy.stats import norm

    return norm.isf(p / 2)


def test_many_groups_alike_raise_few_alarms():
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(20):
        frame = pd.DataFrame(
            {"score": rng.integers(0, 11, 1_500), "store_id": rng.integers(0, 20, 1_500).astype(str)}
        )
        alarms += cx.compare(frame, "nps", groups="store_id")["verdict"].isin(["up", "down"]).any()
    assert alarms <= 4  # uncorrected, about 13 of 20 runs would raise one


def test_too_few_answers_have_no_verdict():
    assert cx.compare(months([9] * 5 + [0] * 5, [9] * 10 + [0]), "nps", periods="month")["verdict"].tolist() == [
        "too_few"
    ]


def test_rules_side_by_side():
    frame = cx.compare(months(ONE), "nps", rules=True)
    assert frame["rule"].tolist() == ["adjusted_wald", "wald", "bootstrap"]
    assert frame["difference"].tolist() == [0.0, 0.0, 0.0]
    csat = cx.compare(pd.Series([5, 4, 3, 1]), "csat", rules=True).set_index("rule")
    assert csat.index.tolist() == ["top_2_box", "mean"]
    assert pd.isna(csat.loc["mean", "difference"])


def test_periods_within_groups():
    frame = pd.concat([months(ONE, TWO).assign(channel="app"), months(TWO, ONE).assign(channel="web")])
    rows = cx.compare(frame, "nps", periods="month", by="channel")
    assert rows["channel"].tolist() == ["app", "web"]
    assert rows["change"].tolist() == [12.0, -12.0]


@pytest.mark.parametrize(
    ("options", "words"),
    [({}, "exactly one"), ({"rules": True, "periods": "month"}, "exactly one"),
     ({"groups": "score", "by": "score"}, "leave out by")],
)  # fmt: skip
def test_what_cannot_be_compared(options, words):
    with pytest.raises(cx.InputError, match=words):
        cx.compare(pd.Series([9, 0]), "nps", **options)


@pytest.mark.parametrize("by", [None, "channel"])
def test_a_month_that_the_metric_hides_is_hidden_in_the_comparison(by):
    # Six answers in March are too few; April's twelve hide with them, or March could be had from the total.
    frame = months(
        [9] * 30 + [0] * 30, [9] * 20 + [0] * 20, [9] * 3 + [0] * 3, [9] * 6 + [0] * 6, [9] * 25 + [0] * 25
    )
    frame["customer_id"] = [f"c{row}" for row in range(len(frame))]
    frame["channel"] = "web"
    shop = replace(cx.open_dataset({"survey_responses": frame.assign(type="nps")}), privacy_floor=10)
    cells = cx.nps(shop, every="month", by=by).set_index("period")
    hidden = set(cells.index[cells["warnings"] == "suppressed"])
    assert len(hidden) >= 2
    rows = cx.compare(shop, "nps", periods="month", by=by or ())
    for row in rows.to_dict("records"):
        touched = bool({row["from"], row["to"]} & hidden)
        assert (row["warnings"] == "suppressed") == touched
        assert pd.isna(row["n_from"]) == pd.isna(row["n_to"]) == pd.isna(row["value_from"]) == touched
    assert rows["warnings"].ne("suppressed").any()
