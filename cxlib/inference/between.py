"""How far groups differ beyond chance: the spread between their true values, without the noise of their samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from cxlib.errors import InputError
from cxlib.language import say


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Standard deviation between the true values of groups, its interval, and that of the values as they stand."""

    value: float
    low: float
    high: float
    raw: float
    p_value: float


def between_groups(values: ArrayLike, errors: ArrayLike, *, level: float = 0.95) -> Spread:
    """Return how far the true values of groups lie apart, from their estimates and standard errors.

    Even groups that are all alike come out different, by the noise of their samples; what is beyond it is the spread
    at which the weighted sum of squares is what it should be. It is zero where noise explains all of it. The
    interval holds each spread at which the data would be no surprise. Sources: Paule & Mandel 1982, NBS J. Research
    87(5); Viechtbauer 2007, Statistics in Medicine 26 (Q-profile).

    >>> found = between_groups([0.80, 0.60, 0.70], [0.01, 0.01, 0.01])
    >>> round(found.value, 4), round(found.raw, 4)    # 0.1 ** 2 - 0.01 ** 2 is what is left
    (0.0995, 0.1)
    """
    y, s = np.asarray(values, float), np.asarray(errors, float)
    if y.shape != s.shape or len(y) < 2 or not (np.isfinite(y) & np.isfinite(s) & (s > 0)).all():
        raise InputError(say("Give two groups or more, each with a value and a standard error above zero."))
    degrees, tail = len(y) - 1, (1 - level) / 2
    ends = [_spread_at(goal, y, s) for goal in (degrees, *stats.chi2.ppf([1 - tail, tail], degrees))]
    return Spread(
        value=ends[0],
        low=ends[1],
        high=ends[2],
        raw=float(y.std(ddof=1)),
        p_value=float(stats.chi2.sf(_q(0.0, y, s), degrees)),
    )


def _q(spread: float, y: NDArray[np.float64], s: NDArray[np.float64]) -> float:
    weight = 1 / (s**2 + spread**2)
    return float(weight @ (y - (weight @ y) / weight.sum()) ** 2)


def _spread_at(goal: float, y: NDArray[np.float64], s: NDArray[np.float64]) -> float:
    """Return the spread at which the weighted sum of squares falls to a goal, zero where it never was above."""
    if _q(0.0, y, s) <= goal:
        return 0.0
    most = float(np.ptp(y)) + float(s.max())
    while _q(most, y, s) > goal:
        most *= 2
    return float(optimize.brentq(lambda spread: _q(spread, y, s) - goal, 0.0, most, xtol=1e-12 * most))
