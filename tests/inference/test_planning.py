"""Answers needed, from a table worked by hand and from statsmodels."""

import pytest
from statsmodels.stats.proportion import samplesize_confint_proportion

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
