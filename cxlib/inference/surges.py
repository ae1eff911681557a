"""Surges: which days bring more than the calendar explains, held against something that is as busy on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Surges:
    """One entry per day: what was to be expected, the most that is no surprise, and whether there was more."""

    expected: NDArray[np.float64]
    limit: NDArray[np.float64]
    flagged: NDArray[np.bool_]


def surges(counts: ArrayLike, reference: ArrayLike, *, longest: int = 1, false_alarms: float = 0.05) -> Surges:
    """Find the days whose `counts` are more than their share of the `reference` of the same day.

    The reference is something that shares the calendar but not the trouble, such as all other tickets: Mondays and
    Black Friday raise both, and are no surprise. The share is that of the days that are not flagged, found by
    turns. As the reference is counted itself, what is to be expected has a spread of its own: the limits are those
    of the negative binomial, which has the Poisson's for a large reference (Gelman et al. 2013, BDA, 2.6). With
    `longest`, runs of up to so many days are looked at as well: several days a little too busy are a surprise
    together. `false_alarms` is how many of them the whole series may bring by chance.

    >>> found = surges([1, 0, 2, 1, 9, 1], [10, 12, 21, 9, 11, 10])
    >>> found.flagged.tolist(), found.limit.tolist()
    ([False, False, False, False, True, False], [4.0, 4.0, 6.0, 4.0, 4.0, 4.0])
    """
    counts, reference = np.asarray(counts, float), np.asarray(reference, float)
    tail = false_alarms / (len(counts) * longest)
    flagged = np.zeros(len(counts), bool)
    while not flagged.all():
        share = counts[~flagged].sum() / reference[~flagged].sum()
        chance, first, last = _most_surprising(counts, reference, share, flagged, longest)
        if chance >= tail:
            break
        flagged[first:last] = True
    share = counts[~flagged].sum() / reference[~flagged].sum()
    limit = stats.nbinom.isf(tail, reference + 0.5, 1 / (1 + share))
    return Surges(expected=share * reference, limit=limit, flagged=flagged)


def _most_surprising(
    counts: np.ndarray, reference: np.ndarray, share: float, flagged: np.ndarray, longest: int
) -> tuple[float, int, int]:
    """Return the run of days not flagged yet that is least likely, its chance, its first day and the one after it."""
    found = (1.0, 0, 0)
    for length in range(1, min(longest, len(counts)) + 1):
        together, of, taken = (np.convolve(one, np.ones(length), "valid") for one in (counts, reference, flagged))
        chance = np.where(taken > 0, 1.0, stats.nbinom.sf(together - 1, of + 0.5, 1 / (1 + share)))
        place = int(chance.argmin())
        if chance[place] < found[0]:
            found = (float(chance[place]), place, place + length)
    return found
