"""The answers of lesson 10 against outside sources: worked by hand, by statsmodels, by the library, by the truth."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.learning.exercise import judge
from cxlib.learning.lessons.journey_mapping import exercises as lesson
from cxlib.learning.outcome import PASSED


@pytest.fixture(scope="module")
def shop():
    return cx.ipe("tiny", 7)


def exercise(key):
    return next(one for one in lesson.EXERCISES if one.key == key)


def answer(key, shop=None):
    return exercise(key).right(shop)


def mistakes(key, shop=None):
    return {one.name: one.answer(shop) for one in exercise(key).wrong}


def test_nine_journeys_by_hand():
    # A two, B two, C, D, E, F, G one each; the use: A twice, B once, E once.
    assert answer("came_to_use") == pytest.approx(4 / 9)
    wrong = mistakes("came_to_use")
    assert wrong["of-customers"] == pytest.approx(3 / 7)
    assert wrong["no-loop"] == pytest.approx(3 / 8)
    assert wrong["no-silence"] == pytest.approx(4 / 8)
    assert wrong["step-back"] == pytest.approx(4 / 10)
    assert wrong["staircase"] == pytest.approx(5 / 9)
    assert wrong["of-the-buyers"] == pytest.approx(4 / 5)


def test_twelve_journeys_by_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    days = [1, 2, 4, 7, 13, 9, 11, 3, 5, 6, 8, 20]
    over = [1] * 7 + [0] * 5
    table = lesson.twelve(None)
    assert table["in_it"].iloc[0] == 12 and table[["went_on", "left", "still_there"]].to_numpy().sum() == 12
    assert lesson.stage_days(table) == SurvfuncRight(days, over).quantile(0.5) == 9
    wrong = {name: function(table) for name, function in mistakes("stage_days").items()}
    assert wrong == {
        "finished-only": 4, "unseen-left-out": 7, "unseen-as-over": 6, "leavers-as-unseen": 13, "of-all-who-came": 11,
    }  # fmt: skip


def test_the_days_of_a_company_are_those_of_the_library(shop):
    table = lesson.awareness(shop)
    times = cx.stage_times(shop).query("stage == 'awareness'").set_index("metric")
    assert table["in_it"].iloc[0] == times.loc["stage_days", "n"]
    assert table["went_on"].sum() == times.loc["stage_days_to_next", "n"]
    # The table counts whole days, the library minutes.
    assert lesson.stage_days(table) == int(times.loc["stage_days", "value"])


def test_the_share_passed_over_is_that_of_the_library(shop):
    found = cx.stages(shop).query("stage == 'use' and metric == 'stage_skipped'")["value"].iloc[0]
    assert answer("skipped", shop) == pytest.approx(found)


def test_the_mean_of_the_same_people_is_that_of_the_curve(shop):
    for rule, given in (
        ("paired", answer("at_service", shop)),
        ("everyone", mistakes("at_service", shop)["everyone"]),
    ):
        assert given == pytest.approx(lesson._at_service(shop, rule)["value"].iloc[0])


def test_pains_and_credit_by_hand():
    assert answer("pain_score") == pytest.approx(3.0)
    assert mistakes("pain_score")["votes"] == 8
    table = lesson.workshop(None)
    points, votes = table["reach"] * table["failure"] * table["loss"], table["severity"] * table["frequency"]
    assert list(points.rank()) == list(votes.rank(ascending=False)), "the points turn the votes on their head"
    assert answer("credit") == pytest.approx(2.4)
    assert {name: round(value, 2) for name, value in mistakes("credit").items()} == {
        "last-touch": 2, "first-touch": 3, "linear": 2.5, "removal-effect": 0.75, "as-a-share": 0.6, "the-other": 1.6,
    }  # fmt: skip


def test_peak_and_end_by_hand():
    assert answer("peak_end")([0, 2, -4, 1, 3]) == -0.5
    assert mistakes("peak_end")["mean"]([0, 2, -4, 1, 3]) == pytest.approx(0.4)


def test_the_stories_are_judged_gently(shop):
    stories = exercise("stories")
    for thing, others in stories.shape.also.items():
        for place in others:
            assert judge(stories, lesson._stories(**{thing: place}), (shop, shop)).status == PASSED, (thing, place)


def test_a_story_nobody_foresaw_is_named_and_not_placed(shop):
    outcome = judge(exercise("stories"), lesson._stories(B=("loyalty", "+")), (shop, shop))
    assert "4 of 5" in outcome.message and "`'B'`" in outcome.message and "consideration" not in outcome.message


def test_the_page_says_so_when_the_rank_is_settled(shop, monkeypatch):
    monkeypatch.setattr(lesson, "estimate", lambda shop: {"rank": 1})
    assert lesson.TEXTS["recommendation"].choose(shop) == lesson.TEXTS["estimate"].choose(shop) == "settled"
    monkeypatch.setattr(lesson, "estimate", lambda shop: {"rank": 3})
    assert lesson.TEXTS["recommendation"].choose(shop) == lesson.TEXTS["estimate"].choose(shop) == "open"


def test_the_three_lists_of_stages():
    table = lesson.models(None)
    assert list((table[["five", "six"]] != "").sum()) == [5, 6]
    assert isinstance(table, pd.DataFrame) and len(table) == 7
