"""How long things take: quantiles with intervals, also where some are not over yet."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

OPEN_SHARE = 0.05


def quantile(
    lengths: ArrayLike, finished: ArrayLike, times: ArrayLike, part: float, *, level: float = 0.95
) -> tuple[float, float, float, str]:
    """Return a quantile of lengths, its interval, and the name of the method.

    `times[k]` of the things took `lengths[k]`, or have taken so long without being over where `finished[k]` is
    false. Up to 5 % open: order statistics (Conover 1999, Practical Nonparametric Statistics, 3.2), the open
    ones ranked last. More: Kaplan & Meier 1958, with the log-log interval of Brookmeyer & Crowley 1982. The
    quantile is a length that occurred, the least that `part` of all do not exceed; the median of an even number
    lies halfway between the two in the middle. NaN where it cannot be had.

    >>> minutes = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
    >>> quantile(minutes, [True] * 20, [1] * 20, 0.5)
    (11.0, 6.0, 22.0, 'order statistics')
    """
    lengths, finished = np.asarray(lengths, float), np.asarray(finished, bool)
    times = np.asarray(times, np.int64)
    total = int(times.sum())
    if total == 0:
        return np.nan, np.nan, np.nan, "order statistics"
    if times[~finished].sum() > OPEN_SHARE * total:
        return (*kaplan_meier(lengths, finished, times, part, level=level), "Kaplan-Meier")
    return (*_ordered(np.where(finished, lengths, np.inf), times, part, level), "order statistics")


def _ordered(lengths: np.ndarray, times: np.ndarray, part: float, level: float) -> tuple[float, float, float]:
    order = np.argsort(lengths, kind="stable")
    ends, total = np.cumsum(times[order]), int(times.sum())

    def at(rank: float) -> float:
        if not 1 <= rank <= total:
            return np.nan
        found = float(lengths[order][np.searchsorted(ends, rank)])
        return found if np.isfinite(found) else np.nan

    middle = (at(np.ceil(total * part - 1e-9)), at(np.floor(total / 2) + 1) if part == 0.5 else np.nan)
    tail = (1 - level) / 2
    low, high = stats.binom.ppf([tail, 1 - tail], total, part)
    return float(np.mean([end for end in middle if not np.isnan(end)] or np.nan)), at(low), at(high + 1)


def median(values: ArrayLike, counts: ArrayLike, *, level: float = 0.95) -> tuple[float, float, float]:
    """Return the median of values that occur `counts` times, with its interval by order statistics.

    >>> median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10)
    (5.5, 2.0, 9.0)
    """
    return _ordered(np.asarray(values, float), np.asarray(counts, np.int64), 0.5, level)


class Curve(NamedTuple):
    """Lengths at which something ended, the share still open then, its standard error, and how many were at risk."""

    at: NDArray[np.float64]
    left: NDArray[np.float64]
    error: NDArray[np.float64]
    at_risk: NDArray[np.int64]

    def bands(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the ends of the interval of the share still open, on the log-minus-log scale."""
        with np.errstate(divide="ignore", invalid="ignore"):
            hazard = -np.log(self.left)
            wide = np.exp(special.ndtri(0.5 + level / 2) * self.error / (self.left * hazard))
            return np.exp(-hazard * wide), np.exp(-hazard / wide)


def survival(lengths: ArrayLike, finished: ArrayLike, times: ArrayLike) -> Curve:
    """Return the Kaplan-Meier curve of things that took, or have been taking, so long.

    The standard error is Greenwood's. (That of statsmodels 0.15 is wrong once observations carry a count.)

    >>> survival([1, 2, 2, 3, 4, 5, 6, 6], [1, 1, 0, 1, 0, 1, 0, 0], [1] * 8).left.round(3).tolist()
    [0.875, 0.75, 0.6, 0.4]
    """
    lengths, times = np.asarray(lengths, float), np.asarray(times, float)
    at, place = np.unique(lengths, return_inverse=True)
    ended = np.bincount(place, weights=times * np.asarray(finished, bool), minlength=len(at))
    leaving = np.bincount(place, weights=times, minlength=len(at))
    at_risk = leaving[::-1].cumsum()[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.cumprod(1 - ended / at_risk)
        error = left * np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended))))
    some = ended > 0
    return Curve(at[some], left[some], np.nan_to_num(error[some]), at_risk[some].astype(np.int64))


def kaplan_meier(
    lengths: ArrayLike, finished: ArrayLike, times: ArrayLike, part: float, *, level: float = 0.95
) -> tuple[float, float, float]:
    """Return a quantile by Kaplan and Meier's curve, with Brookmeyer and Crowley's interval; NaN beyond its end.

    >>> kaplan_meier([1, 2, 2, 3, 4, 5, 6, 6], [1, 1, 0, 1, 0, 1, 0, 0], [1] * 8, 0.5)[0]
    5.0
    """
    curve = survival(lengths, finished, times)
    shares = (curve.left, *curve.bands(level))
    value, low, high = (_first(curve.at, share <= 1 - part + 1e-12) for share in shares)
    return value, low, high


def _first(times: np.ndarray, reached: np.ndarray) -> float:
    return float(times[np.argmax(reached)]) if reached.any() else np.nan
