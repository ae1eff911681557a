"""Quantiles of lengths: against worked answers, a plain count, and statsmodels where it is right."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from cxlib.inference.durations import quantile, survival

MINUTES = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
DAYS, ENDED = [1, 2, 2, 3, 4, 5, 6, 6], [True, True, False, True, False, True, False, False]


def test_the_median_and_its_ranks():
    assert quantile(MINUTES, [True] * 20, [1] * 20, 0.5) == (11.0, 6.0, 22.0, "order statistics")


def test_the_ninetieth_percentile_is_a_length_that_occurred():
    value, _, high, _ = quantile(MINUTES, [True] * 20, [1] * 20, 0.9)
    assert value == 60
    assert np.isnan(high)  # with 20 lengths, nothing bounds it from above


def test_kaplan_meier_by_hand():
    assert survival(DAYS, ENDED, [1] * 8)[1].tolist() == pytest.approx([0.875, 0.75, 0.6, 0.4])
    assert survival(DAYS, ENDED, [1] * 8)[2][-1] == pytest.approx(0.203, abs=5e-4)
    value, low, _, method = quantile(DAYS, ENDED, [1] * 8, 0.5)
    assert (value, low, method) == (5.0, 1.0, "Kaplan-Meier")


def test_survival_is_that_of_statsmodels():
    generator = np.random.default_rng(7)
    long, seen = generator.exponential(10, 400).round(1), generator.exponential(20, 400).round(1)
    ours = survival(np.minimum(long, seen), long <= seen, [1] * 400)
    theirs = SurvfuncRight(np.minimum(long, seen), (long <= seen).astype(int))
    assert ours[1] == pytest.approx(theirs.surv_prob)
    assert ours[2][:-1] == pytest.approx(theirs.surv_prob_se[:-1])


def test_counted_lengths_are_the_lengths_themselves():
    each = quantile(np.repeat([3.0, 5.0, 9.0], [4, 7, 5]), [True] * 16, [1] * 16, 0.5)
    assert quantile([3.0, 5.0, 9.0], [True] * 3, [4, 7, 5], 0.5) == each
    some = np.repeat([True, False, True], [4, 7, 5])
    each = quantile(np.repeat([3.0, 5.0, 9.0], [4, 7, 5]), some, [1] * 16, 0.5)
    assert quantile([3.0, 5.0, 9.0], [True, False, True], [4, 7, 5], 0.5) == each


def test_a_few_open_ones_rank_last():
    over = [True] * 19 + [False]
    assert quantile(MINUTES, over, [1] * 20, 0.5)[3] == "order statistics"
    assert quantile([*MINUTES[:-1], 1], over, [1] * 20, 0.5)[0] == 11  # open for a minute, and still not over


@pytest.mark.parametrize("part", [0.5, 0.9])
def test_the_interval_covers(part):
    generator, truth, hits = np.random.default_rng(11), -10 * np.log(1 - part), 0
    for _ in range(400):
        long, seen = generator.exponential(10, 300), generator.exponential(20, 300)
        _, low, high, _ = quantile(np.minimum(long, seen), long <= seen, [1] * 300, part)
        hits += low <= truth <= (np.inf if np.isnan(high) else high)
    assert 0.91 <= hits / 400 <= 0.985


def test_nothing_has_no_median():
    assert np.isnan(quantile([], [], [], 0.5)[0])
