"""The calendar: how much of a busy week is the time of the year, and how much is what was done in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

STEPS = 50
CLOSE = 1e-10


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What a calendar expects of each day, and by how much each occasion multiplies a day: factor, low, high."""

    expected: NDArray[np.float64]
    factors: Mapping[str, tuple[float, float, float]]
    dispersion: float


def calendar_model(counts: ArrayLike, occasions: Mapping[str, ArrayLike], *, level: float = 0.95) -> Calendar:
    """Explain daily counts by the weekday, a steady trend and `occasions`, each a yes or no per day.

    The days follow one another without a gap. Effects multiply (Poisson regression with a logarithmic link, fitted
    by iterated weighted least squares; McCullagh & Nelder 1989, ch. 6), and days scatter as they do: the errors are
    widened by the dispersion. To tell a campaign from its season give both: the season in every year, and the
    campaign in its own. An occasion that no day tells apart from the others has no answer: NaN.

    >>> days = np.arange(728)
    >>> season = days % 364 < 7
    >>> found = calendar_model(np.where(season, 150, 100), {"season": season, "campaign": season & (days < 7)})
    >>> [round(found.factors[name][0], 3) for name in ("season", "campaign")]
    [1.5, 1.0]
    """
    counts = np.asarray(counts, float)
    days = np.arange(len(counts))
    given = [np.asarray(one, float) for one in occasions.values()]
    weekdays = [(days % 7 == day).astype(float) for day in range(1, 7)]
    design = np.column_stack([*given, np.ones(len(days)), days / len(days), *weekdays])
    weights, expected = _fit(counts, design)
    free = len(counts) - np.linalg.matrix_rank(design)
    dispersion = float(((counts - expected) ** 2 / expected).sum() / free)
    spread = np.linalg.pinv(design.T @ (expected[:, None] * design)) * max(dispersion, 1.0)
    known = _told_apart(design)
    z = special.ndtri(0.5 + level / 2)
    factors = {}
    for place, name in enumerate(occasions):
        half = z * np.sqrt(spread[place, place])
        ends = weights[place] + np.array([0.0, -half, half]) if known[place] else np.full(3, np.nan)
        value, low, high = (float(end) for end in np.exp(ends))
        factors[name] = (value, low, high)
    return Calendar(expected=expected, factors=factors, dispersion=dispersion)


def _fit(counts: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    expected = counts + 0.5
    for _ in range(STEPS):
        root = np.sqrt(expected)
        wanted = np.log(expected) + (counts - expected) / expected
        weights = np.linalg.lstsq(root[:, None] * design, root * wanted, rcond=None)[0]
        now = np.exp(design @ weights)
        done = np.abs(now - expected).max() <= CLOSE * now.max()
        expected = now
        if done:
            break
    return weights, expected


def _told_apart(design: np.ndarray) -> list[bool]:
    """Say of each column whether the others do not make it up."""
    whole = np.linalg.matrix_rank(design)
    return [np.linalg.matrix_rank(np.delete(design, place, axis=1)) < whole for place in range(design.shape[1])]
