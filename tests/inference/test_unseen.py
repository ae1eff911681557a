"""Shares of which a part was seen, against worked answers and simulation; groups made up alike."""

import numpy as np
import pytest
from scipy import stats

from cxlib.inference.misclassified import rogan_gladen
from cxlib.inference.recapture import chapman
from cxlib.inference.standardising import standardised
from cxlib.inference.unseen import SUMS, Quality, corrected, recaptured, stratified, summed


def test_rogan_and_gladen_against_worked_answers():
    web = rogan_gladen(0.288, 1_000, sensitivity=0.60, specificity=0.92)
    assert (web.value, web.standard_error) == pytest.approx((0.400, 0.0275), abs=5e-5)
    show = rogan_gladen(0.0476, 9_000, sensitivity=0.25, specificity=0.98)
    assert (show.value, show.standard_error) == pytest.approx((0.120, 0.0098), abs=5e-5)


def test_less_than_chance_is_nothing_and_a_useless_sign_says_nothing():
    found = rogan_gladen([0.01, 0.5, 0.99], 100, sensitivity=[0.6, 0.5, 0.6], specificity=[0.92, 0.5, 0.92])
    assert found.value[[0, 2]].tolist() == [0, 1]
    assert found.clipped.tolist() == [True, False, True]
    assert np.isnan(found.value[1])


def test_a_study_of_the_sign_widens_the_error_as_simulated():
    rng = np.random.default_rng(1)
    true, se, sp, n, asked = 0.4, 0.6, 0.92, 1_000, (150, 250)
    seen = rng.binomial(n, true * se + (1 - true) * (1 - sp), 20_000) / n
    found_se, found_sp = (rng.binomial(size, one, 20_000) / size for size, one in zip(asked, (se, sp), strict=True))
    spread = np.std((seen + found_sp - 1) / (found_se + found_sp - 1))
    told = rogan_gladen(0.272 * 1.0, n, sensitivity=se, specificity=sp, sensitivity_n=150, specificity_n=250)
    exact = rogan_gladen(true * se + (1 - true) * (1 - sp), n, sensitivity=se, specificity=sp,
                         sensitivity_n=150, specificity_n=250)  # fmt: skip
    assert exact.standard_error == pytest.approx(spread, rel=0.03)
    assert told.standard_error > rogan_gladen(0.272, n, sensitivity=se, specificity=sp).standard_error


def test_turtles():
    """Ten marked, fifteen caught later, five of them marked: the textbook example (Chapman: 28.3)."""
    found = chapman(10, 15, 5)
    assert found.value == pytest.approx(11 * 16 / 6 - 1)
    assert found.standard_error**2 == pytest.approx(11 * 16 * 5 * 10 / (36 * 7))
    assert chapman(10, 10, 10).value == 10
    assert chapman(3, 4, 3).low == 4


HETEROGENEOUS = {"app": (450, 0.50, 0.85), "none": (550, 0.30, 0.40)}


def heterogeneous(scale=1.0):
    """Buyers of the plan's oracle, each a stratum: purchases, research, how often it is seen; 8 % seen by chance."""
    rows = [[scale * n, scale * n * (true * se + (1 - true) * 0.08), 0, 0, 0, 0]
            for n, true, se in HETEROGENEOUS.values()]  # fmt: skip
    return summed(np.array(rows), np.ones(2), list(HETEROGENEOUS))


def test_the_heterogeneous_oracle():
    buyers = heterogeneous()
    assert buyers.sums[:, 1].sum() / buyers.sums[:, 0].sum() == pytest.approx(0.30605)
    known = Quality(sensitivity={name: se for name, (_, _, se) in HETEROGENEOUS.items()}, specificity=0.92)
    pooled = corrected(buyers, known)
    assert (pooled.value, pooled.sensitivity) == pytest.approx((0.4326, 0.6025), abs=5e-5)
    assert stratified(buyers, known).value == pytest.approx(0.390)
    # Weighted as all buyers are, where the known have the app more often than the others.
    assert stratified(buyers, known, population={"app": 0.2, "none": 0.8}).value == pytest.approx(0.34)


def simulated(rng, n):
    """Draw buyers of the oracle, one line each, 17 % of them asked."""
    app = rng.random(n) < 0.45
    did = rng.random(n) < np.where(app, 0.5, 0.3)
    seen = rng.random(n) < np.where(did, np.where(app, 0.85, 0.4), 0.08)
    asked = rng.random(n) < 0.17
    columns = [np.ones(n), seen, asked & did, asked & ~did, asked & did & seen, asked & ~did & seen]
    return np.array(columns, float).T, app


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(7)
    held = {"corrected": 0, "stratified": 0}
    rounds, two_lists = 100, []
    for _ in range(rounds):
        values, app = simulated(rng, 2_500)
        kinds, times = np.unique(np.column_stack([values, app]), axis=0, return_counts=True)
        buyers = summed(kinds[:, :-1], times.astype(float), list(kinds[:, -1]))
        for name, estimate in (("corrected", corrected), ("stratified", stratified)):
            found = estimate(buyers, Quality())
            held[name] += found.low <= 0.39 <= found.high
        two_lists.append(recaptured(buyers).value)
    least = stats.binom.ppf(0.001, rounds, 0.95)
    assert min(held.values()) >= least
    # Two lists take those seen by chance for true: 30.6 % over the 66 % of which research is seen, not 39 %.
    assert np.mean(two_lists) == pytest.approx(0.30605 / (0.2571 / 0.39), abs=0.01)


def test_several_lines_of_a_buyer_are_not_several_buyers():
    single = heterogeneous(1 / 450)
    thin = summed(np.array([[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]], float), np.array([300.0, 700.0]), [None, None])
    thick = summed(np.array([[4, 4, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0]], float), np.array([75.0, 175.0]), [None, None])
    known = Quality(sensitivity=0.8, specificity=0.9)
    thin_found, thick_found = corrected(thin, known), corrected(thick, known)
    assert thick_found.value == pytest.approx(thin_found.value)
    width = (thick_found.high - thick_found.low) / (thin_found.high - thin_found.low)
    assert width == pytest.approx(2, rel=0.01)
    assert single.sums.shape == (2, len(SUMS))


def test_simpson():
    app, store = [[270, 600], [40, 200]], [[60, 120], [192, 800]]
    both = np.array([app, store], float)
    plain = standardised(both, np.zeros((8, 8)), plain=True)
    assert (100 * plain.value).round(2).tolist() == [38.75, 27.39]
    alike = standardised(both, np.zeros((8, 8)))
    assert (100 * alike.value).round(2).tolist() == [30.47, 34.88]
    assert alike.change[1] == pytest.approx(0.0442, abs=5e-5)


def test_the_error_of_a_standardised_difference_is_the_textbook_one():
    """Customers in one cell each: sum of W^2 p (1 - p) / n over strata, with the strata's weights given."""
    cells = np.array([[[270, 600], [40, 200]], [[60, 120], [192, 800]]], float)
    products = np.zeros((8, 8))
    for place, (total, n) in enumerate(cells.reshape(4, 2)):
        products[2 * place : 2 * place + 2, 2 * place : 2 * place + 2] = [[total, total], [total, n]]
    mix = np.array([0.4, 0.6])
    found = standardised(cells, products, population=mix)
    share = cells[..., 0] / cells[..., 1]
    variance = (mix**2 * share * (1 - share) / cells[..., 1]).sum(axis=1)
    assert found.standard_error == pytest.approx(np.sqrt(variance), rel=1e-6)
    assert found.change_error[1] == pytest.approx(np.sqrt(variance.sum()), rel=1e-6)


def test_a_group_with_an_empty_stratum_cannot_be_compared():
    cells = np.array([[[270, 600], [0, 0]], [[60, 120], [192, 800]]], float)
    found = standardised(cells, np.zeros((8, 8)))
    assert np.isnan(found.value[0]) and np.isfinite(found.value[1])
