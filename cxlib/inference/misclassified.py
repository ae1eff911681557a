"""Shares behind a sign that errs: what is true where the sign misses some and appears by chance for others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """Arrays, one entry per share: the value inside 0 to 1, its standard error, and whether it had to be clipped."""

    value: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    clipped: NDArray[np.bool_]


def rogan_gladen(
    share: ArrayLike,
    n: ArrayLike,
    *,
    sensitivity: ArrayLike,
    specificity: ArrayLike,
    sensitivity_n: ArrayLike = np.inf,
    specificity_n: ArrayLike = np.inf,
) -> Corrected:
    """Return the true share behind an observed one: "so many carry the sign; how many are what it stands for?"

    `share` of `n` carry the sign. `sensitivity` is the chance of it where the thing is true, `specificity` that of
    none where it is not. Where these come from a study, `sensitivity_n` and `specificity_n` are how many it saw of
    each; its chance then widens the error (delta method). A sign that says nothing, sensitivity + specificity
    no more than 1, gives NaN. Source: Rogan & Gladen 1978, American Journal of Epidemiology 107(1).

    >>> found = rogan_gladen(0.288, 1_000, sensitivity=0.60, specificity=0.92)
    >>> round(float(found.value), 3), round(float(found.standard_error), 4)
    (0.4, 0.0275)
    """
    share, n, se, sp, se_n, sp_n = (
        np.asarray(one, float) for one in (share, n, sensitivity, specificity, sensitivity_n, specificity_n)
    )
    raw = true_share(share, se, sp)
    value = np.clip(raw, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (
            share * (1 - share) / n + value**2 * se * (1 - se) / se_n + (1 - value) ** 2 * sp * (1 - sp) / sp_n
        ) / (se + sp - 1) ** 2
    return Corrected(value=value, standard_error=np.sqrt(variance), clipped=np.isfinite(raw) & (raw != value))


def true_share(share: ArrayLike, sensitivity: ArrayLike, specificity: ArrayLike) -> NDArray[np.float64]:
    """Return (share + specificity - 1) / (sensitivity + specificity - 1), not clipped; NaN where that says nothing.

    >>> true_share(0.0476, 0.25, 0.98).round(3).item()
    0.12
    """
    share, se, sp = (np.asarray(one, float) for one in (share, sensitivity, specificity))
    width = se + sp - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(width > 1e-9, (share + sp - 1) / np.where(width > 1e-9, width, np.nan), np.nan)
