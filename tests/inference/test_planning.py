"""Answers needed, from a table worked by hand and from statsmodels."""

import pytest
from statsmodels.stats.proportion import samplesize_confint_proportion

from cxlib.errors import InputError
from cxlib.inference.planning import answers_for_nps, answers_for_share


@pytest.mark.parametrize(
    ("half_width", "shares", "needed"),
    [
        (5, {"promoters": 0.45, "detractors": 0.25}, 1_015),
        (5, {}, 1_537),
        (3, {"promoters": 0.45, "detractors": 0.25}, 2_818),
        (3, {}, 4_269),
    ],
)
def test_answers_for_nps(half_width, shares, needed):
    assert answers_for_nps(half_width, **shares) == needed


@pytest.mark.parametrize(("half_width", "share"), [(0.05, 0.5), (0.02, 0.2), (0.1, 0.9)])
def test_answers_for_share_are_those_of_statsmodels(half_width, share):
    theirs = samplesize_confint_proportion(share, half_width)
    assert theirs <= answers_for_share(half_width, share=share) < theirs + 1


@pytest.mark.parametrize(
    ("margin", "advice"),
    [(5, "for 5 percentage points write 0.05."), (2.5, "write 0.025."), (1, "write 0.01."), (0.5, "write 0.005.")],
)
def test_percentage_points_are_not_taken_for_a_share(margin, advice):
    with pytest.raises(InputError, match=f"of {margin} .*{advice}"):
        answers_for_share(margin)


@pytest.mark.parametrize(
    ("margin", "advice"),
    [(0.05, "for 5 points write 5."), (0.07, "for 7 points write 7."), (0.025, "for 2.5 points write 2.5.")],
)
def test_a_share_is_not_taken_for_points(margin, advice):
    with pytest.raises(InputError, match=f"of {margin} points .*{advice}"):
        answers_for_nps(margin)


@pytest.mark.parametrize(
    ("call", "margin"),
    [(answers_for_share, 0), (answers_for_share, -0.05), (answers_for_share, 50), (answers_for_share, float("nan")),
     (answers_for_nps, 0), (answers_for_nps, -5), (answers_for_nps, 100), (answers_for_nps, float("nan"))],
)  # fmt: skip
def test_a_margin_that_cannot_be_is_refused(call, margin):
    with pytest.raises(InputError, match=f"A margin of {margin} cannot be: give a number above 0 and below"):
        call(margin)


def test_half_a_point_may_be_asked_for():
    """A company that asks everybody gets that many answers; 153,659 = 1.96² / 0.005², rounded up."""
    assert answers_for_nps(0.5) == 153_659
    assert answers_for_share(0.49) == 4
