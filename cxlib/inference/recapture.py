"""How many there are of what two lists each know a part of: capture and recapture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


@dataclass(frozen=True, kw_only=True)
class Recaptured:
    """Arrays, one entry per pair of lists: how many there are, the standard error, and the ends of the interval."""

    value: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def chapman(first: ArrayLike, second: ArrayLike, both: ArrayLike, *, level: float = 0.95) -> Recaptured:
    """Return how many there are in all: "200 are on one list, 150 on the other, 60 on both; how many on neither?"

    It holds when the lists are independent, nobody is on one by mistake, and all are as easily found. Where
    being on one list makes the other likelier, it is too low; where names are on a list by mistake, too high. No
    interval ends below those who are known. Sources: Chapman 1951; variance: Seber 1970, Biometrika 57.

    >>> found = chapman(200, 150, 60)
    >>> round(float(found.value), 1), round(float(found.standard_error), 1)
    (496.6, 40.7)
    """
    first, second, both = (np.asarray(one, float) for one in (first, second, both))
    value = total(first, second, both)
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    half = special.ndtri(0.5 + level / 2) * np.sqrt(variance)
    seen = first + second - both
    return Recaptured(
        value=value, standard_error=np.sqrt(variance), low=np.maximum(value - half, seen), high=value + half
    )


def total(first: ArrayLike, second: ArrayLike, both: ArrayLike) -> NDArray[np.float64]:
    """Return Chapman's estimate alone."""
    first, second, both = (np.asarray(one, float) for one in (first, second, both))
    return np.asarray((first + 1) * (second + 1) / (both + 1) - 1)
