"""Surges and the calendar against statsmodels, scipy and data whose truth is known."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cxlib.inference.calendar_model import calendar_model
from cxlib.inference.surges import surges

DAYS = np.arange(728)
RATES = 40 * np.array([1.3, 1.1, 1.0, 1.0, 1.0, 0.8, 0.7])[DAYS % 7] * np.where(np.isin(DAYS, range(330, 334)), 3, 1)


def draw(seed, share=0.05):
    generator = np.random.default_rng(seed)
    return generator.poisson(share * RATES), generator.poisson(RATES)


def test_false_alarms_keep_to_their_budget():
    alarms = [surges(*draw(seed), false_alarms=1.0).flagged.sum() for seed in range(200)]
    # A count is whole, so the limit is never below the budget: at most one a series, and some.
    assert 0.1 < np.mean(alarms) <= 1 + 4 * np.std(alarms) / np.sqrt(200)


def test_a_busy_day_is_no_surge_and_a_surge_is_found():
    for seed in range(20):
        counts, reference = draw(seed, share=0.2)
        counts[100:104] *= 12
        found = surges(counts, reference)
        assert np.flatnonzero(found.flagged).tolist() == [100, 101, 102, 103]
        assert (counts[100:104] > found.limit[100:104]).all()
        naive = reference > reference.mean() + 2 * reference.std()
        assert naive[330:334].all()


def test_days_a_little_too_busy_are_found_together():
    counts, reference = np.full(200, 2), np.full(200, 1_000)
    counts[50:57] = 6
    assert not surges(counts, reference).flagged.any()
    assert np.flatnonzero(surges(counts, reference, longest=7).flagged).tolist() == list(range(50, 57))


def test_limits_are_the_poissons_where_the_reference_is_large():
    counts, reference = np.full(100, 4), np.full(100, 10**9)
    found = surges(counts, reference)
    assert found.limit == pytest.approx(stats.poisson.isf(0.05 / 100, 4))


def test_the_calendar_is_poisson_regression():
    generator = np.random.default_rng(3)
    season = np.isin(DAYS % 364, range(70, 77))
    campaign = season & (DAYS > 364)
    counts = generator.poisson(RATES * np.exp(DAYS / 900) * np.where(season, 1.35, 1))
    found = calendar_model(counts, {"season": season, "campaign": campaign})
    weekdays = np.column_stack([day == DAYS % 7 for day in range(1, 7)])
    design = np.column_stack([season, campaign, np.ones(728), DAYS / 728, weekdays]).astype(float)
    fit = sm.GLM(counts, design, family=sm.families.Poisson()).fit(scale="X2", tol=1e-12)
    assert found.dispersion == pytest.approx(fit.scale, rel=1e-6)
    assert found.expected == pytest.approx(fit.fittedvalues, rel=1e-6)
    ends = np.exp(fit.conf_int()[:2])
    for place, name in enumerate(("season", "campaign")):
        assert found.factors[name] == pytest.approx((np.exp(fit.params[place]), *ends[place]), rel=1e-5)


def test_what_no_day_tells_apart_has_no_answer():
    season = DAYS % 364 < 7
    found = calendar_model(np.full(728, 50.0), {"season": season, "campaign": season, "carnival": DAYS % 364 == 50})
    assert np.isnan(found.factors["season"]).all()
    assert np.isnan(found.factors["campaign"]).all()
    assert found.factors["carnival"][0] == pytest.approx(1, abs=0.01)
