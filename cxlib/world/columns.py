"""From numbers to columns: readable ids, labels, instants and whole numbers that may be missing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlib.world.days import START

FIRST_DAY = np.datetime64("2024-01-01", "us")
# Ids of rows are the shard's number followed by four digits, so no shard needs to know another.
ROWS_PER_SHARD = 10_000


def texts(values: Any) -> pd.Series:
    """Return a column of text; None means missing."""
    return pd.Series(values, dtype="str")


def labels(
    names: Sequence[str | None] | np.ndarray, positions: np.ndarray, known: np.ndarray | None = None
) -> pd.Series:
    """Return the names at `positions`, missing where not `known`."""
    chosen = np.array(names, dtype="object")[positions]
    return texts(chosen if known is None else np.where(known, chosen, None))


def taken(values: pd.Series, positions: np.ndarray) -> pd.Series:
    """Return the texts at `positions`, missing where there is none to take: outside 0 and the last.

    >>> taken(pd.Series(["a", "b"]), np.array([1, -1])).isna().tolist()
    [False, True]
    """
    inside = (positions >= 0) & (positions < len(values))
    if not len(values):
        return texts([None] * len(positions))
    chosen = values.to_numpy(dtype="object")[np.where(inside, positions, 0)]
    return texts(np.where(inside, chosen, None))


def identifiers(letter: str, numbers: np.ndarray, known: np.ndarray | None = None, *, digits: int = 8) -> pd.Series:
    """Return ids such as t00031204, padded so that they sort as their numbers do.

    >>> identifiers("c", np.array([123]), digits=7).tolist()
    ['c0000123']
    """
    named = letter + pd.Series(numbers).astype("str").str.zfill(digits)
    return named if known is None else named.where(pd.Series(known))


def row_numbers(shard: int | str, size: int) -> np.ndarray:
    """Return the numbers of the rows of a shard, from which their ids are made."""
    assert isinstance(shard, int), "only the rows of a block of customers are numbered by shard"
    assert size < ROWS_PER_SHARD, f"{size} rows in a shard do not fit {ROWS_PER_SHARD} ids"
    return shard * ROWS_PER_SHARD + np.arange(1, size + 1)


def instants(seconds: np.ndarray, known: np.ndarray | None = None) -> pd.Series:
    """Return UTC instants from seconds since the calendar's start, missing where not `known`."""
    times = START + np.asarray(seconds, dtype="timedelta64[s]").astype("timedelta64[us]")
    return pd.Series(times if known is None else np.where(known, times, np.datetime64("NaT", "us")))


def dates(days: np.ndarray, known: np.ndarray | None = None) -> pd.Series:
    """Return local dates from days since the calendar's first, missing where not `known`."""
    found = FIRST_DAY + np.asarray(days, dtype="timedelta64[D]").astype("timedelta64[us]")
    return pd.Series(found if known is None else np.where(known, found, np.datetime64("NaT", "us")))
