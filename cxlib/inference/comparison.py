"""Is the difference news? Differences between two estimates, and many of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Arrays, one entry per comparison. `low` and `high` already allow for how many there are."""

    change: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_value: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]


def difference(
    change: ArrayLike, standard_error: ArrayLike, upper_error: ArrayLike | None = None, *, level: float = 0.95
) -> Differences:
    """Return interval and p-value of each difference, corrected for how many are looked at.

    `standard_error` is that of the difference: sqrt(a^2 + b^2) for independent samples, less when the
    same customers stand on both sides. Where it is not the same on both sides, it is that of the lower side and
    `upper_error` that of the upper; the side that faces zero gives the p-value. p-values are two-sided
    normal, adjusted by Benjamini & Hochberg 1995; the intervals are widened to match (Benjamini & Yekutieli
    2005, JASA 100), so an interval leaves out zero exactly when its adjusted p-value is below 1 - level.
    With a single comparison nothing is adjusted. A comparison with no standard error gives NaN and does not
    count.

    >>> news = difference([0.12], [0.07596])
    >>> round(float(news.p_value[0]), 3)
    0.114
    """
    change, below = np.atleast_1d(np.asarray(change, float)), np.atleast_1d(np.asarray(standard_error, float))
    above = below if upper_error is None else np.atleast_1d(np.asarray(upper_error, float))
    error = np.where(change > 0, below, above)
    usable = np.isfinite(change) & np.isfinite(error) & (error > 0)
    p_value, p_adjusted = np.full(change.shape, np.nan), np.full(change.shape, np.nan)
    p_value[usable] = 2 * special.ndtr(-np.abs(change[usable] / error[usable]))
    if usable.any():
        p_adjusted[usable] = stats.false_discovery_control(p_value[usable], method="bh")
    found = int(np.sum(p_adjusted[usable] <= 1 - level))
    tail = (1 - level) * max(found, 1) / max(int(usable.sum()), 1)
    width = np.where(usable, -special.ndtri(tail / 2), np.nan)
    return Differences(
        change=change, low=change - width * below, high=change + width * above, p_value=p_value, p_adjusted=p_adjusted
    )


def errors_from_intervals(
    before: Sequence[ArrayLike],
    after: Sequence[ArrayLike],
    *,
    level: float = 0.95,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and the upper error of a difference of two independent estimates, from their intervals.

    Each estimate is (value, low, high). The method of variance estimates recovery: only the ends that face each
    other count, so that lopsided intervals stay lopsided. Source: Zou & Donner 2008, Statistics in Medicine 27.

    >>> below, above = errors_from_intervals((11, 6, 22), (20, 15, 40))
    >>> float((1.959964 * below).round(2)), float((1.959964 * above).round(2))
    (12.08, 20.62)
    """
    a, a_low, a_high = (np.asarray(end, float) for end in before)
    b, b_low, b_high = (np.asarray(end, float) for end in after)
    z = special.ndtri(0.5 + level / 2)
    return np.hypot(b - b_low, a_high - a) / z, np.hypot(b_high - b, a - a_low) / z
