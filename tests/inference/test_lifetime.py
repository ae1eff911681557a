"""Leaving and buying: published fits, closed forms, and invented customers whose parameters are known."""

import numpy as np
import pytest
from scipy import integrate, special, stats

import cxlib as cx
from cxlib.inference import buying, lifetime

HIGH_END = np.array([1000, 869, 743, 653, 593, 551, 517, 491])
REGULAR = np.array([1000, 631, 468, 382, 326, 289, 262, 241])
# Fader, Hardie & Lee 2005, table 2.
PUBLISHED = buying.Buying(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, interior=True)


def fitted(survivors, **options):
    return lifetime.shifted_beta_geometric(survivors[:-1], -np.diff(survivors), **options)


@pytest.mark.parametrize(("survivors", "alpha", "beta"), [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)])
@pytest.mark.parametrize("start", [(1.0, 1.0), (1e-3, 1e3), (50.0, 0.1), (8e3, 8e3)])
def test_published_fits_from_any_start(survivors, alpha, beta, start):
    model = fitted(survivors, start=start)
    assert (round(model.alpha, 3), round(model.beta, 3)) == (alpha, beta)
    assert model.interior


def test_the_likelihood_is_that_of_the_paper():
    """Losses by year, and those still there, straight from the beta functions."""
    lost = -np.diff(REGULAR)
    model = fitted(REGULAR)
    year = np.arange(1, 8)
    ended = special.betaln(model.alpha + 1, model.beta + year - 1) - special.betaln(model.alpha, model.beta)
    there = special.betaln(model.alpha, model.beta + 7) - special.betaln(model.alpha, model.beta)
    assert np.isclose(model.log_likelihood, lost @ ended + REGULAR[-1] * there)


def test_the_parameters_are_found_again_and_their_errors_are_honest():
    generator, pulls = np.random.default_rng(11), []
    for _ in range(120):
        last = generator.geometric(generator.beta(1.2, 6.0, 1_500))
        lasted, ended = np.minimum(last, 24), last <= 24
        model = lifetime.shifted_beta_geometric(*lifetime.at_risk_and_lost(lasted, ended, np.ones(1_500)))

        def of_twelve(alpha, beta):
            return float(lifetime.survival(alpha, beta, 12))

        moves = lifetime.influence(model, lasted, ended, of_twelve)
        error = np.sqrt(np.sum(moves**2))
        truth = special.beta(1.2, 18) / special.beta(1.2, 6)
        pulls.append((of_twelve(model.alpha, model.beta) - truth) / error)
    assert abs(np.mean(pulls)) < 0.3 and 0.85 < np.std(pulls) < 1.15
    assert 0.9 <= np.mean(np.abs(pulls) < 1.96) <= 0.99


def test_people_who_are_all_alike_are_at_the_edge_of_the_model():
    model = fitted(1000 * 0.8 ** np.arange(8))
    assert not model.interior
    assert np.isclose(lifetime.survival(model.alpha, model.beta, 7), 0.8**7, atol=1e-4)


def test_worked_values_of_a_lifetime():
    assert round(20 * lifetime.discounted_lifetime(1.2, 6.0, discount=0.01, horizon=600), 2) == 237.21
    assert round(20 * lifetime.constant_lifetime(5 / 6, discount=0.01), 2) == 114.34
    assert round(50 * lifetime.constant_lifetime(0.8, discount=0.1, first=1), 2) == 133.33
    assert round(50 * lifetime.constant_lifetime(0.8, discount=0.1), 2) == 183.33


def test_what_is_left_of_a_lifetime_is_the_closed_form():
    """Fader & Hardie 2010: discounted expected residual lifetime by Gauss's function."""
    left = lifetime.discounted_lifetime(0.668, 3.806, discount=0.1, horizon=3_000, renewed=4)
    closed = special.hyp2f1(1, 3.806 + 4, 0.668 + 3.806 + 4, 1 / 1.1)
    assert np.isclose(left, closed)
    assert left > lifetime.discounted_lifetime(0.668, 3.806, discount=0.1, horizon=3_000)


@pytest.mark.parametrize(
    ("at_risk", "lost", "says"),
    [
        ([10, 9], [0, 0], "0 who left"),
        ([10], [3], "1 periods"),
        ([10, 5], [11, 1], "1 periods more left"),
        ([10, 5], [1], "same length"),
        ([10, np.nan], [1, 1], "same length"),
    ],
)
def test_what_no_model_can_be_made_of_is_refused(at_risk, lost, says):
    with pytest.raises(cx.InputError, match=says):
        lifetime.shifted_beta_geometric(at_risk, lost)
    with pytest.raises(cx.InputError, match="above zero"):
        lifetime.shifted_beta_geometric([10, 5], [5, 2], start=(0, 1))


# --- Buying without a contract ------------------------------------------------------------------------


def test_the_published_customer_is_expected_to_buy_so_often():
    """Customer 1 of the source's spreadsheet: 1.226 purchases in the next 39 weeks."""
    assert round(float(buying.expected_next(PUBLISHED, 2, 30.43, 38.86, 39)), 3) == 1.226


def test_the_expected_number_of_repeats_is_that_of_invented_customers():
    generator = np.random.default_rng(7)
    rate, gone = generator.gamma(0.6, 1 / 10.0, 200_000), generator.beta(1.5, 2.5, 200_000)
    at, alive, made = np.zeros(200_000), np.ones(200_000, bool), np.zeros(200_000)
    while alive.any():
        at = at + generator.exponential(1.0, 200_000) / np.maximum(rate, 1e-300)
        alive &= at <= 40
        made += alive
        alive &= generator.uniform(size=200_000) >= gone
    model = buying.Buying(r=0.6, alpha=10.0, a=1.5, b=2.5, log_likelihood=0.0, interior=True)
    expected, error = float(buying.expected_repeats(model, 40.0)), made.std() / 200_000**0.5
    assert abs(expected - made.mean()) < 4 * error


@pytest.mark.parametrize(("x", "tx", "t"), [(0, 0.0, 30.0), (1, 4.0, 30.0), (5, 22.0, 30.0)])
def test_the_likelihood_is_the_mixture_over_people(x, tx, t):
    """Integrated numerically over who the customer may be."""
    model = PUBLISHED

    def mean_over(people, what, end):
        return integrate.quad(lambda one: people.pdf(one) * what(one), 0, end, limit=400)[0]

    rates, chances = stats.gamma(model.r, scale=1 / model.alpha), stats.beta(model.a, model.b)
    by_hand = mean_over(chances, lambda gone: (1 - gone) ** x, 1)
    by_hand *= mean_over(rates, lambda rate: rate**x * np.exp(-rate * t), np.inf)
    if x:
        left = mean_over(chances, lambda gone: gone * (1 - gone) ** (x - 1), 1)
        by_hand += left * mean_over(rates, lambda rate: rate**x * np.exp(-rate * tx), np.inf)
    logs = np.log([model.r, model.alpha, model.a, model.b])
    value, _ = buying._buying_likelihood(logs, *(np.array([part], float) for part in (x, tx, t)))
    assert np.isclose(np.exp(value[0]), by_hand, rtol=1e-3)


@pytest.mark.parametrize("start", [(1, 1, 1, 1), (100, 0.01, 0.01, 50), (1e-3, 1e3, 30, 1e-2)])
@pytest.mark.parametrize("unit", [1.0, 7.0])
def test_buyers_are_found_again_from_any_start_in_weeks_and_in_days(start, unit):
    x, tx, t = buying.purchases_like(3_000, 0.6, 10.0, 0.8, 2.5, watched=50.0, generator=np.random.default_rng(5))
    model = buying.bg_nbd(x, unit * tx, unit * t, start=start)
    assert model.interior
    assert np.allclose([model.r, model.alpha / unit], [0.6, 10.0], rtol=0.2)
    true = buying._buying_likelihood(np.log([0.6, 10.0 * unit, 0.8, 2.5]), x, unit * tx, unit * t)[0].sum()
    assert 0 < 2 * (model.log_likelihood - true) < stats.chi2.ppf(0.999, 4)
    again = buying.bg_nbd(x, unit * tx, unit * t)
    assert np.isclose(model.log_likelihood, again.log_likelihood, rtol=1e-9)


def test_counts_stand_for_so_many_customers():
    few = buying.purchases_like(400, 0.6, 10.0, 0.8, 2.5, watched=50.0, generator=np.random.default_rng(5))
    one, three = buying.bg_nbd(*few), buying.bg_nbd(*few, np.full(400, 3))
    assert np.isclose(3 * one.log_likelihood, three.log_likelihood) and np.isclose(one.r, three.r, rtol=1e-4)


def test_spending_is_found_again():
    generator = np.random.default_rng(3)
    x = generator.integers(1, 9, 8_000)
    rate = generator.gamma(3.7, 1 / 15.0, 8_000)
    mean = generator.gamma(6.0 * x, 1 / rate) / x
    model = buying.gamma_gamma(x, mean)
    assert np.isclose(buying.expected_value(model, 0, 0), 6.0 * 15.0 / 2.7, rtol=0.05)
    cents = buying.gamma_gamma(x, 100 * mean)
    assert np.allclose([cents.p, cents.q, cents.gamma / 100], [model.p, model.q, model.gamma], rtol=1e-3)


def test_buyers_that_cannot_be_are_refused():
    with pytest.raises(cx.InputError, match="1 customers cannot be"):
        buying.bg_nbd([1, 2], [5, 50], [30, 30])
    with pytest.raises(cx.InputError, match="Nobody bought twice"):
        buying.bg_nbd([0, 0], [0, 0], [30, 30])
    with pytest.raises(cx.InputError, match="mean above zero"):
        buying.gamma_gamma([1, 0], [10, 10])
