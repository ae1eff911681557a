"""What customers without a contract will bring: how often they buy times what a purchase is worth, with its error.

The models of `buying.py`. The error is that of the fit and of who happens to be a customer together: how far each
customer moves the value, through their own expectation and through all parameters (White 1982). The two models are
fitted apart, as in the sources, which take what people spend and how often they buy as unrelated.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxlib.inference.buying import (
    Buying,
    Spending,
    bg_nbd,
    buying_slopes,
    expected_next,
    expected_repeats,
    expected_value,
    gamma_gamma,
    spending_slopes,
)

Floats = NDArray[np.float64]
STEP = 1e-4


@dataclass(frozen=True, kw_only=True)
class Buyers:
    """What is known of each customer; `mean` is what their repeat purchases were worth on average, 0 without any."""

    repeats: Floats
    recency: Floats
    watched: Floats
    mean: Floats

    @property
    def spent(self) -> NDArray[np.bool_]:
        """Those of whom spending is learnt."""
        return (self.repeats > 0) & (self.mean > 0)


@dataclass(frozen=True, kw_only=True)
class Worth:
    """A mean over customers, and by how much each of them moves it, times their number.

    The moves are NaN where the data cannot tell how people differ.
    """

    value: float
    moves: Floats
    buying: Buying
    spending: Spending

    @property
    def error(self) -> float:
        """The standard error of the value."""
        return float(np.sqrt((self.moves**2).sum()) / len(self.moves))


Expectation = Callable[[Buying, Spending, Buyers], Floats]


def next_purchases(time: float) -> Expectation:
    """Return what makes of models and customers what each is expected to bring in the next `time`."""

    def each(buying: Buying, spending: Spending, known: Buyers) -> Floats:
        often = expected_next(buying, known.repeats, known.recency, known.watched, time)
        return often * expected_value(spending, known.repeats, np.where(known.spent, known.mean, 0.0))

    return each


def repeats_of_a_newcomer(time: float) -> Expectation:
    """Return what makes of models what somebody not seen yet is expected to bring after the first purchase."""

    def each(buying: Buying, spending: Spending, known: Buyers) -> Floats:
        one = expected_repeats(buying, time) * expected_value(spending, 0, 0)
        return np.full(len(known.repeats), float(one))

    return each


def worth(known: Buyers, expectation: Expectation) -> Worth:
    """Return the mean over customers of what is expected of each, and its standard error.

    Raises `InputError` where nobody came back. Checked against invented customers whose future is known.

    >>> from cxlib.inference.buying import purchases_like
    >>> generator = np.random.default_rng(5)
    >>> x, tx, t = purchases_like(2_000, 0.6, 10.0, 0.8, 2.5, watched=50.0, generator=generator)
    >>> spent = np.where(x > 0, generator.gamma(4 * np.maximum(x, 1), 1 / generator.gamma(4, 1 / 30, 2_000)), 0)
    >>> known = Buyers(repeats=x, recency=tx, watched=t, mean=spent / np.maximum(x, 1))
    >>> found = worth(known, next_purchases(26.0))
    >>> 0 < found.error < found.value / 5
    True
    """
    buying = bg_nbd(known.repeats, known.recency, known.watched)
    of = known.spent
    spending = gamma_gamma(known.repeats[of], known.mean[of])
    each = expectation(buying, spending, known)
    value = float(each.mean())
    often = np.log([buying.r, buying.alpha, buying.a, buying.b])
    much = np.log([spending.p, spending.q, spending.gamma])
    moves = each - value
    moves += _moved(
        lambda logs: buying_slopes(logs, known.repeats, known.recency, known.watched),
        lambda logs: float(expectation(_buying(logs), spending, known).mean()),
        often,
    )
    moves[of] += _moved(
        lambda logs: spending_slopes(logs, known.repeats[of], known.mean[of]),
        lambda logs: float(expectation(buying, _spending(logs), known).mean()),
        much,
    ) * (len(each) / of.sum())
    moves = moves if buying.interior else np.full(len(each), np.nan)
    return Worth(value=value, moves=moves, buying=buying, spending=spending)


def _moved(slopes: Callable[[Floats], Floats], value: Callable[[Floats], float], logs: Floats) -> Floats:
    """Return how far each customer moves a value through the parameters fitted to all of them, times their number."""
    own = slopes(logs)
    around = [(logs + step, logs - step) for step in STEP * np.eye(len(logs))]
    curve = np.array([(slopes(up).mean(axis=1) - slopes(down).mean(axis=1)) / (2 * STEP) for up, down in around])
    gradient = np.array([(value(up) - value(down)) / (2 * STEP) for up, down in around])
    try:
        pull = np.linalg.solve((curve + curve.T) / 2, gradient)
    except np.linalg.LinAlgError:  # flat: the data cannot tell
        return np.full(own.shape[1], np.nan)
    return -pull @ own


def _buying(logs: Floats) -> Buying:
    r, alpha, a, b = np.exp(logs)
    return Buying(r=r, alpha=alpha, a=a, b=b, log_likelihood=np.nan, interior=True)


def _spending(logs: Floats) -> Spending:
    p, q, gamma = np.exp(logs)
    return Spending(p=p, q=q, gamma=gamma, log_likelihood=np.nan)
