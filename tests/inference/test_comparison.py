"""Differences by hand, by statsmodels, and the agreement of interval and adjusted p-value."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from cxlib.inference.comparison import difference


def test_one_difference_worked_by_hand():
    # 90/60/50 against 130/70/50: change 12, SE 7.596, z 1.58, p .114.
    error = np.hypot(np.sqrt((0.7 - 0.04) / 200), np.sqrt((0.72 - 0.32**2) / 250))
    news = difference([0.12], [error])
    assert 100 * error == pytest.approx(7.596, abs=5e-4)
    assert news.p_value[0] == pytest.approx(0.114, abs=5e-4)
    assert news.low[0] < 0 < news.high[0]


@pytest.mark.parametrize("seed", range(20))
def test_many_are_adjusted_as_by_statsmodels_and_intervals_agree(seed):
    change = np.random.default_rng(seed).normal(0.03, 0.05, 25)
    news = difference(change, np.full(25, 0.02))
    rejected, adjusted, *_ = multipletests(news.p_value, method="fdr_bh")
    assert news.p_adjusted == pytest.approx(adjusted)
    assert (((news.low > 0) | (news.high < 0)) == rejected).all()


def test_what_cannot_be_compared_does_not_count():
    news = difference([0.1, np.nan, 0.2], [0.05, 0.1, 0.0])
    assert np.isnan(news.p_value[1:]).all()
    assert news.p_adjusted[0] == pytest.approx(news.p_value[0])


def test_nothing_to_compare():
    assert difference([], []).change.size == 0
