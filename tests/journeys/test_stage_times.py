"""Stage times: by hand, against statsmodels, and against the naive answers, which miss."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

import cxlib as cx
from cxlib.inference.competing import incidence
from cxlib.inference.durations import kaplan_meier
from cxlib.journeys.stage_times import stage_curves, stage_times

START = pd.Timestamp("2025-01-01T12:00Z")


def events(*rows):
    """Return events from (person, days, type)."""
    who, days, kinds = zip(*rows, strict=True)
    return pd.DataFrame({"person_key": who, "occurred_at": START + pd.to_timedelta(days, unit="D"),
                         "event_type": kinds})  # fmt: skip


def row(frame, stage, metric):
    return frame[frame["stage"].eq(stage) & frame["metric"].eq(metric)].iloc[0]


@pytest.mark.parametrize("way", [1, 2])
def test_incidence_is_that_of_statsmodels(way):
    draw = np.random.default_rng(way)
    lengths, ways = draw.integers(1, 40, 300).astype(float), draw.integers(0, 3, 300)
    theirs, ours = CumIncidenceRight(lengths, ways), incidence(lengths, ways, np.ones(300), way)
    at = np.searchsorted(theirs.times, ours.at)
    assert ours.share == pytest.approx(theirs.cinc[way - 1][at])
    assert ours.error == pytest.approx(theirs.cinc_se[way - 1][at])
    # Kinds that come several times are the same as each on its own.
    kinds, times = np.unique(np.column_stack([lengths, ways]), axis=0, return_counts=True)
    assert incidence(kinds[:, 0], kinds[:, 1], times, way).error == pytest.approx(ours.error)


def test_incidence_by_hand():
    # Of 4: at 1 one goes on (1/4); at 2 one leaves; at 3 one goes on: half were left, of two one goes: + 1/4.
    found = incidence([1, 2, 3, 4], [1, 2, 1, 0], [1] * 4, 1)
    assert found.share.tolist() == [0.25, 0.25, 0.5]
    assert found.by(3.5)[0] == 0.5
    assert found.by(0.5)[0] == 0
    low, high = found.bands(0.95)
    assert (low < found.share).all()
    assert (found.share < high).all()
    assert np.isnan(incidence([1.0], [0], [1], 1).median(0.95)).all()


def test_the_median_is_kaplan_and_meiers():
    draw = np.random.default_rng(3)
    lengths, ended = draw.exponential(10, 200), draw.random(200) < 0.7
    theirs = SurvfuncRight(lengths, ended)
    assert kaplan_meier(lengths, ended, np.ones(200), 0.5)[0] == pytest.approx(theirs.quantile(0.5))


def test_times_by_hand():
    frame = stage_times(events(
        ("a", 0, "page_view"), ("a", 4, "purchase"),
        ("b", 0, "page_view"),  # silent: left on day 30
        ("c", 0, "page_view"), ("c", 10, "page_view"),  # left on day 40
        ("d", 90, "page_view"), ("d", 100, "page_view"),  # still there when the log ends, after 10 days
        ("e", 0, "add_to_cart"), ("e", 1, "page_view"),  # came to awareness from a later stage
    ))  # fmt: skip
    over = row(frame, "awareness", "stage_days")
    # At day 4 one of 4 is over, at day 30 one of the 2 seen so long: 3/4 x 1/2 < 1/2.
    assert (over["value"], over["n"], over["set_aside"]) == (30, 4, 1)
    assert over["warnings"] == "backward:1;small_n"
    assert row(frame, "awareness", "stage_went_on")["value"] == 0.25
    assert row(frame, "awareness", "stage_left")["value"] == 0.75
    assert row(frame, "awareness", "stage_days_to_next")["value"] == 4
    assert "loyalty" not in set(frame["stage"])


def test_who_has_left_can_no_longer_go_on():
    rows = events(("a", 0, "page_view"), ("a", 20, "page_view"), ("a", 40, "purchase"), ("b", 0, "page_view"),
                  ("c", 200, "page_view"))  # fmt: skip
    right, naive = stage_times(rows), stage_times(rows, rule="finished_only")
    assert row(right, "awareness", "stage_went_on")["value"] == 0.5
    assert row(naive, "awareness", "stage_went_on")["value"] == 1  # as if b were still on the way


def test_the_finished_only_are_too_fast_and_leavers_are_no_censoring():
    """Half of 600 would go on, after 24 days in the mean; a quarter of them have not been watched for so long."""
    draw = np.random.default_rng(11)
    begun, waits = draw.uniform(0, 90, 600), np.round(draw.exponential(12, 600), 4)
    rows = []
    for who in range(600):
        rows.append((f"p{who}", begun[who], "add_to_cart"))
        if who % 2 and begun[who] + waits[who] < 100 and waits[who] < 30:
            rows.append((f"p{who}", begun[who] + waits[who], "purchase"))
    day = (START + pd.Timedelta(days=100)).strftime("%Y-%m-%d")
    asked = {"until": day, "goal": "purchase"}
    right, naive = stage_times(events(*rows), **asked), stage_times(events(*rows), rule="finished_only", **asked)
    will, truth = 0.5 * (1 - np.exp(-30 / 12)), np.median(waits[(np.arange(600) % 2 == 1) & (waits < 30)])
    share = row(right, "decision", "stage_went_on")
    error = (share["high"] - share["low"]) / (2 * 1.96)
    assert abs(share["value"] - will) <= 4 * error
    assert (
        row(right, "decision", "stage_days_to_next")["low"]
        <= truth
        <= row(right, "decision", "stage_days_to_next")["high"]
    )
    assert (
        row(naive, "decision", "stage_days_to_next")["value"] < row(right, "decision", "stage_days_to_next")["value"]
    )
    assert row(naive, "decision", "stage_went_on")["value"] >= share["value"]


def test_curves_are_those_of_the_shares():
    rows = events(*[(f"p{who}", 0, "page_view") for who in range(40)],
                  *[(f"p{who}", 1 + who / 8, "purchase") for who in range(20)])  # fmt: skip
    curve = stage_curves(rows, until="2025-06-01")
    mine = curve[curve["stage"].eq("awareness")]
    last = mine.groupby("way")["value"].last()
    told = stage_times(rows, until="2025-06-01")
    assert last["went_on"] == pytest.approx(0.5)
    assert last["went_on"] == row(told, "awareness", "stage_went_on")["value"]
    assert last["left"] == row(told, "awareness", "stage_left")["value"]
    assert mine.groupby("way")["value"].is_monotonic_increasing.all()


@pytest.mark.parametrize(
    ("asked", "says"), [({"rule": "mean"}, "no rule of stage times"), ({"days": 0}, "above zero")]
)
def test_a_slip_is_named(asked, says):
    with pytest.raises(cx.InputError, match=says):
        stage_times(events(("a", 0, "page_view"), ("b", 90, "page_view")), **asked)
