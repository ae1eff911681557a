"""A least-squares slope from counts, with errors over clusters: all it needs are sums that any engine can make."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = Callable[[NDArray[np.float64], list[int]], tuple[NDArray[np.float64], int]]


@dataclass(frozen=True, kw_only=True)
class Slope:
    """The slope on the first column, its error over clusters (NaN where it cannot be had), and how many there are."""

    value: float
    error: float
    clusters: int


def slope(design: NDArray[np.float64], n: NDArray[np.float64], y: NDArray[np.float64], scores: Scores) -> Slope:
    """Fit y on the columns of `design` and a constant; return the slope on the first column.

    Row k of `design` was seen `n[k]` times with the sum `y[k]`. `scores(beta, used)` returns, for the coefficients of
    the constant and the columns `used`, the sum over clusters of the outer product of x (y - x beta), and the number
    of clusters. Columns that never change are left out; a first column that never changes has no slope. The error is
    Liang & Zeger's (1986, Biometrika 73) with the usual factors for few clusters.

    >>> design, n, y = np.array([[0.0], [1.0]]), np.array([10.0, 10.0]), np.array([8.0, 5.0])
    >>> alone = np.array([[1.6 + 2.5, 2.5], [2.5, 2.5]])  # everybody a cluster of their own
    >>> found = slope(design, n, y, lambda beta, used: (alone, 20))
    >>> round(found.value, 3), round(found.error, 3)
    (-0.3, 0.213)
    """
    used = [place for place in range(design.shape[1]) if len(n) and np.ptp(design[:, place]) > 0]
    matrix = np.column_stack([np.ones(len(n)), *(design[:, place] for place in used)])
    gram = matrix.T @ (n[:, None] * matrix)
    total, size = float(n.sum()), matrix.shape[1]
    if 0 not in used or np.linalg.matrix_rank(gram) < size or total <= size:
        return Slope(value=np.nan, error=np.nan, clusters=int(total))
    inverse = np.linalg.inv(gram)
    beta = inverse @ (matrix.T @ y)
    meat, clusters = scores(beta, used)
    if clusters < 2:
        return Slope(value=float(beta[1]), error=np.nan, clusters=clusters)
    factor = clusters / (clusters - 1) * (total - 1) / (total - size)
    error = float(np.sqrt(factor * (inverse @ meat @ inverse)[1, 1]))
    return Slope(value=float(beta[1]), error=error if error > 0 else np.nan, clusters=clusters)
