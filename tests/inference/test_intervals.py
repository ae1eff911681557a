"""Intervals against statsmodels, scipy, published tables and hand calculation."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxlib.inference.intervals import adjusted_wald, bootstrap, student, wald, wilson


@pytest.mark.parametrize(("count", "n"), [(74, 107), (8, 10), (0, 12), (12, 12), (1, 1_000), (194, 970)])
def test_wilson_is_that_of_statsmodels(count, n):
    assert wilson(count / n, n) == pytest.approx(proportion_confint(count, n, method="wilson"), abs=1e-12)


def test_wilson_worked_by_hand():
    # 74 of 107, and 8 of 10.
    assert wilson(74 / 107, 107) == pytest.approx((0.599, 0.771), abs=5e-4)
    assert wilson(0.8, 10) == pytest.approx((0.490, 0.943), abs=5e-4)


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "low", "high"),
    [(90, 60, 50, 8.54, 30.86), (5, 3, 2, -19.1, 65.2)],
)
def test_adjusted_wald_worked_by_hand(promoters, passives, detractors, low, high):
    n = promoters + passives + detractors
    ends = adjusted_wald((promoters - detractors) / n, (promoters + detractors) / n, n)
    assert [100 * float(end) for end in ends] == pytest.approx([low, high], abs=0.05)


def test_adjusted_wald_has_width_when_everybody_is_a_promoter():
    low, high = adjusted_wald(1.0, 1.0, 20)
    assert low < 0.95
    assert high == 1.0


@pytest.mark.parametrize("n", [1, 2, 5, 1_000])
@pytest.mark.parametrize("score", [-1.0, 0.0, 1.0])
def test_adjusted_wald_never_leaves_the_estimate_out(score, n):
    low, high = adjusted_wald(score, abs(score), n)
    assert low <= score <= high


def test_wald_worked_by_hand():
    # 90/60/50: SE 5.745, interval 8.74 to 31.26.
    error = np.sqrt((0.7 - 0.2**2) / 200)
    assert 100 * error == pytest.approx(5.745, abs=5e-4)
    assert [100 * float(end) for end in wald(0.2, error, 200)] == pytest.approx([8.74, 31.26], abs=0.005)


def test_student_is_that_of_scipy():
    scores = np.repeat([7, 6, 5, 4, 3, 2, 1], [30, 25, 15, 10, 8, 7, 5])
    expected = stats.t.interval(0.95, len(scores) - 1, scores.mean(), stats.sem(scores))
    assert student(scores.mean(), stats.sem(scores), len(scores) - 1) == pytest.approx(expected)
    assert expected == pytest.approx((4.82, 5.54), abs=0.005)


@pytest.mark.parametrize(("error", "degrees"), [(0.0, 10), (0.5, 0)])
def test_student_knows_when_it_cannot_know(error, degrees):
    assert np.isnan(student(5.0, error, degrees)).all()


def test_nothing_gives_no_interval():
    for ends in (wilson(np.nan, 0), adjusted_wald(np.nan, np.nan, 0), wald(np.nan, np.nan, 0)):
        assert np.isnan(ends).all()


def test_bootstrap_is_that_of_scipy_within_its_own_noise():
    answers = np.repeat([1.0, 0.0, -1.0], [90, 60, 50])
    theirs = stats.bootstrap(
        (answers,), np.mean, n_resamples=9_999, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert bootstrap([1, 0, -1], [1, 1, 1], [90, 60, 50]) == pytest.approx((theirs.low, theirs.high), abs=0.012)


def test_bootstrap_draws_customers_not_answers():
    # 50 customers who answered four times each know less than 200 customers who answered once.
    alone = bootstrap([1, 0, -1], [1, 1, 1], [90, 60, 50])
    repeated = bootstrap([4, 0, -4], [4, 4, 4], [23, 15, 12])
    assert np.ptp(repeated) > 1.7 * np.ptp(alone)


def test_bootstrap_of_equal_answers_is_unknown():
    assert np.isnan(bootstrap([1, 2], [1, 2], [30, 5])).all()
    assert np.isnan(bootstrap([], [], [])).all()
