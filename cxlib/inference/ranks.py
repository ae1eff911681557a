"""Ranks and how sure they are: where each would stand if other people had come."""

import numpy as np
from numpy.typing import NDArray

REPEATS = 1_000
SEED = 20_240_229


def draws(times: NDArray[np.float64], repeats: int = REPEATS) -> NDArray[np.float64]:
    """Return how often each kind of unit comes when as many are drawn again: rows are draws, the same each run."""
    whole = int(times.sum())
    if not whole:
        return np.zeros((repeats, len(times)))
    return np.random.default_rng(SEED).multinomial(whole, times / times.sum(), size=repeats).astype(float)


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each column in each row, 1 for the largest; equals share the better rank, NaN has none.

    >>> ranks(np.array([[3.0, 7.0, 7.0, np.nan]])).tolist()
    [[3.0, 1.0, 1.0, nan]]
    """
    known = np.where(np.isnan(values), -np.inf, values)
    above = (known[:, np.newaxis, :] > known[:, :, np.newaxis]).sum(axis=2) + 1.0
    return np.where(np.isnan(values), np.nan, above)


def ends(drawn: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends between which the middle of the draws lies, column by column; NaN where a draw has no value."""
    tail = 50 * (1 - level)
    known = ~np.isnan(drawn).any(axis=0)
    low, high = np.percentile(np.where(known, drawn, 0.0), [tail, 100 - tail], axis=0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def rank_ends(drawn: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return between which whole ranks each column lies in the middle of the draws."""
    low, high = ends(ranks(drawn), level)
    return np.floor(low), np.ceil(high)
