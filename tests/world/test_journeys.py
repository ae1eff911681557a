"""Journeys: who tells what they feel, and that the whole follows peak and end, not the mean."""

import numpy as np
import pandas as pd
import pytest
from analyst import journeys as analyst

from cxlib.tables.schema import schema
from cxlib.world.journeys import overall, peak


@pytest.fixture(scope="module")
def moments(ipe):
    return ipe["moments"]


@pytest.fixture(scope="module")
def panel(moments):
    """A row a journey of the panel, a column a touchpoint in the order of time, and the rating as a whole."""
    mine = moments[moments["journey_id"].isin(analyst.panel(moments))].sort_values(["journey_id", "occurred_at"])
    assert (mine.groupby("journey_id").size() == 7).all()
    return mine["emotion"].to_numpy().reshape(-1, 7)


def test_a_customer_has_one_journey_and_a_journey_one_customer(moments):
    pairs = moments[["journey_id", "customer_id"]].drop_duplicates()
    assert pairs["journey_id"].is_unique
    assert pairs["customer_id"].is_unique
    assert len(pairs) == pytest.approx(1_200, abs=4 * (8_000 * 0.15 * 0.85) ** 0.5)


def test_every_journey_ends_with_one_rating_as_a_whole(moments):
    whole = moments[moments["kind"] == "overall"].set_index("journey_id")
    assert whole.index.is_unique
    assert set(whole.index) == set(moments["journey_id"])
    assert whole[["stage", "touchpoint"]].isna().all(axis=None)
    last = moments[moments["kind"] == "moment"].groupby("journey_id")["occurred_at"].max()
    assert (whole["occurred_at"].reindex(last.index) > last).all()


def test_stages_come_in_their_order(moments):
    stages = schema()["moments"].columns["stage"].values
    felt = moments[moments["kind"] == "moment"].sort_values(["journey_id", "occurred_at"])
    place = felt["stage"].map({stage: at for at, stage in enumerate(stages)})
    assert (place.groupby(felt["journey_id"]).diff().dropna() > 0).all()
    assert felt["touchpoint"].nunique() == 6


def test_emotions_are_whole_and_inside_the_scale(moments):
    assert moments["emotion"].between(-5, 5).all()
    assert (moments["emotion"] == moments["emotion"].round()).all()


def test_a_fifth_is_asked_everywhere_and_the_rest_speak_when_they_feel_strongly(moments):
    asked = moments["journey_id"].isin(analyst.panel(moments))
    journeys, size = moments["journey_id"].nunique(), moments.loc[asked, "journey_id"].nunique()
    assert abs(size - 0.2 * journeys) < 4 * (0.16 * journeys) ** 0.5
    felt = moments["kind"] == "moment"
    strong = moments["emotion"].abs() >= 3
    assert strong[felt & ~asked].mean() > 0.75
    assert strong[felt & asked].mean() < 0.40


def test_the_whole_follows_peak_and_end_better_than_the_mean(panel):
    felt, whole = panel[:, :6], panel[:, 6]
    rule = (peak(felt.astype("int64")) + felt[:, 5]) / 2
    by_rule, by_mean = np.corrcoef(rule, whole)[0, 1], np.corrcoef(felt.mean(axis=1), whole)[0, 1]
    assert by_rule > 0.9
    assert by_rule > by_mean + 0.1


def test_peak_and_end_by_hand():
    felt = np.array([[1, -4, 2, 4, 0, 1], [5, 0, 0, 0, 0, -5], [0, 0, 0, 0, 0, 0]])
    assert peak(felt).tolist() == [4, -5, 0]
    assert overall(felt, np.array([0.5, 0.0, 0.99])).tolist() == [3, -5, 1]


def test_comments_are_about_the_touchpoint(moments):
    said = moments.dropna(subset="comment")
    assert 0.1 < len(said) / (moments["kind"] == "moment").sum() < 0.3
    assert said["comment"][said["stage"] == "service"].nunique() > 20
    assert pd.isna(moments.loc[moments["kind"] == "overall", "comment"]).all()
