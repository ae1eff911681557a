"""What an analyst hands in for a truth, and the few sums the answers share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

Z = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The naive answer with its standard error; the right one with its 95% interval and the rows behind it."""

    naive: float
    naive_error: float
    right: float
    low: float
    high: float
    n: int

    @property
    def right_error(self) -> float:
        """The standard error of the right answer, read from its interval."""
        return (self.high - self.low) / (2 * Z)


def mean(values: pd.Series | np.ndarray) -> tuple[float, float]:
    """Return a mean and its standard error."""
    values = np.asarray(values, dtype="float64")
    return float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5)


def difference(treated: pd.Series | np.ndarray, others: pd.Series | np.ndarray) -> tuple[float, float]:
    """Return the difference of two means and its standard error."""
    (a, error_a), (b, error_b) = mean(treated), mean(others)
    return a - b, float(np.hypot(error_a, error_b))


def interval(value: float, error: float) -> dict[str, float]:
    """Return the right answer with a normal interval, as fields of an `Answer`."""
    return {"right": value, "low": value - Z * error, "high": value + Z * error}
