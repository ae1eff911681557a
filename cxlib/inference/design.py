"""Ratios from sums over customers: value, standard error, design effect, effective sample size.

One customer often answers more than once and answers may carry weights, so the answers are not `n`
independent draws. Everything needed to know how much that matters is a handful of sums, which any
engine can make: with y the value of an answer, w its weight, and for each customer
Y = sum(w y) and D = sum(w), a cell needs n, the number of customers, sum(w), sum(w y), sum(w y^2),
sum(Y^2), sum(Y D) and sum(D^2).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SUMS = ["n", "customers", "weight", "total", "square", "total_total", "total_weight", "weight_weight"]


@dataclass(frozen=True, kw_only=True)
class RatioEstimate:
    """Arrays, one entry per cell. `variance` is of one answer; `effective_n` counts what n is worth.

    `linearised_error` is the standard error by the delta method over customers alone, for ratios of two sums.
    """

    value: NDArray[np.float64]
    square: NDArray[np.float64]
    variance: NDArray[np.float64]
    n: NDArray[np.float64]
    customers: NDArray[np.float64]
    design_effect: NDArray[np.float64]
    effective_n: NDArray[np.float64]
    linearised_error: NDArray[np.float64]

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Standard error of the value for shares and net scores."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.sqrt(self.variance / self.effective_n)

    @property
    def standard_error_of_mean(self) -> NDArray[np.float64]:
        """Standard error of the value for means: the variance is estimated, so n - 1 divides."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.sqrt(self.variance / np.where(self.n > 1, self.n - 1, np.nan) * self.design_effect)


def ratio(sums: pd.DataFrame, *, repeats: bool = True) -> RatioEstimate:
    """Estimate sum(w y) / sum(w) for each row of `sums` (columns `SUMS`), linearised over customers.

    The design effect is the variance over customers divided by the variance the same answers would
    have if they were independent; it is never taken below 1, so repeats can only widen an interval.
    When every answer is alike, or there is one customer, the data say nothing of repeats, and n is worth the
    number of customers; without `repeats`, where rows are totals and not people, it is worth itself.
    Source: Cochran 1977, Sampling Techniques, ch. 6 and 9; Kish 1965.

    >>> answers = pd.DataFrame({"n": [4], "customers": [2], "weight": [4.0], "total": [2.0],
    ...     "square": [2.0], "total_total": [4.0], "total_weight": [4.0], "weight_weight": [8.0]})
    >>> float(ratio(answers).design_effect[0])   # two customers, each giving the same answer twice
    3.0
    """
    column = {name: sums[name].to_numpy(float) for name in SUMS}
    n, customers, weight = column["n"], column["customers"], column["weight"]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = column["total"] / weight
        square = column["square"] / weight
        variance = np.maximum(square - value**2, 0.0)
        residual = column["total_total"] - 2 * value * column["total_weight"] + value**2 * column["weight_weight"]
        clustered = customers / (customers - 1) * np.maximum(residual, 0.0) / weight**2
        design_effect = np.maximum(clustered / (variance / (n - 1)), 1.0)
    alike = (variance <= 1e-12 * np.maximum(square, 1e-300)) | (customers < 2)
    # With one answer there is nothing to repeat: n / customers is 1.
    with np.errstate(divide="ignore", invalid="ignore"):
        design_effect = np.where(alike, n / customers if repeats else 1.0, design_effect)
    return RatioEstimate(
        value=value,
        square=square,
        variance=variance,
        n=n,
        customers=customers,
        design_effect=design_effect,
        effective_n=n / design_effect,
        linearised_error=np.sqrt(clustered),
    )
