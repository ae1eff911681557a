"""Competing risks: how many have ended by a time, each in one of several ways, where some are not over yet."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


class Incidence(NamedTuple):
    """When something ended, the share that had ended in one way by then, its error, and how many were at risk."""

    at: NDArray[np.float64]
    share: NDArray[np.float64]
    error: NDArray[np.float64]
    at_risk: NDArray[np.int64]

    def bands(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the ends of the interval of the share, on the log-minus-log scale."""
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(self.share)
            wide = special.ndtri(0.5 + level / 2) * self.error / (self.share * np.abs(log))
            low, high = self.share ** np.exp(wide), self.share ** np.exp(-wide)
        told = (self.share > 0) & (self.share < 1) & (self.error > 0)  # none or all: these errors know nothing of it
        return np.where(told, low, np.nan), np.where(told, high, np.nan)

    def by(self, time: float, *, level: float = 0.95) -> tuple[float, float, float]:
        """Return the share that had ended by a time, with its interval."""
        place = int(np.searchsorted(self.at, time, side="right")) - 1
        if place < 0:
            return 0.0, np.nan, np.nan
        low, high = self.bands(level)
        return float(self.share[place]), float(low[place]), float(high[place])

    def median(self, level: float) -> tuple[float, float, float]:
        """Return the time by which half of those who ever end like this have done so, with an interval.

        The interval is where the band of the share meets half of what the share comes to; how sure that end is does
        not enter.
        """
        if not len(self.at) or not self.share[-1] > 0:
            return np.nan, np.nan, np.nan
        low, high = self.bands(level)
        half = self.share[-1] / 2 - 1e-12
        value, early, late = (self.at[np.argmax(one >= half)] if (one >= half).any() else np.nan
                              for one in (self.share, high, low))  # fmt: skip
        return float(value), float(early), float(late)


def incidence(lengths: ArrayLike, ways: ArrayLike, times: ArrayLike, way: int) -> Incidence:
    """Return the cumulative incidence of one way to end: "by each time, what share has ended like this?"

    `times[k]` of the things lasted `lengths[k]` and ended in `ways[k]`, a number from 1 up, or 0 where they are not
    over. Those that ended otherwise are gone: to count them as merely not seen (1 less Kaplan and Meier's curve) says
    too much. Estimate: Aalen & Johansen 1978; variance: Aalen 1978, as in Marubini & Valsecchi 1995, ch. 10.

    >>> incidence([1, 2, 3, 4], [1, 2, 1, 0], [1] * 4, way=1).share.tolist()
    [0.25, 0.25, 0.5]
    """
    lengths, ways, times = np.asarray(lengths, float), np.asarray(ways, int), np.asarray(times, float)
    at, place = np.unique(lengths, return_inverse=True)

    def count(here: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(place, weights=times * here, minlength=len(at)).astype(float)

    leaving, ended, mine = count(np.ones(len(ways), bool)), count(ways > 0), count(ways == way)
    at_risk = leaving[::-1].cumsum()[::-1]
    before = np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)[:-1]])
    share = np.cumsum(before * mine / at_risk)
    error = np.sqrt(np.maximum(_variance(share, before, ended, mine, at_risk), 0))
    some = ended > 0
    return Incidence(at[some], share[some], error[some], at_risk[some].astype(np.int64))


def _variance(
    share: np.ndarray, before: np.ndarray, ended: np.ndarray, mine: np.ndarray, at_risk: np.ndarray
) -> np.ndarray:
    """Sum up to each time what each earlier one adds, the squares multiplied out, so that one pass does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        overall = np.where(at_risk > ended, ended / (at_risk * (at_risk - ended)), 0.0)
    own = before**2 * (at_risk - mine) * mine / at_risk**3
    both = before * mine / at_risk**2
    squares = share**2 * overall.cumsum() - 2 * share * (share * overall).cumsum() + (share**2 * overall).cumsum()
    return squares + own.cumsum() - 2 * (share * both.cumsum() - (share * both).cumsum())
