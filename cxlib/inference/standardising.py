"""Groups compared as if they were made up alike: direct standardisation, with errors from sums over customers.

A group can lead in every stratum and trail in all, when it has more of the strata that do badly (Simpson 1951).
Each group's strata are weighted alike, by the strata of everybody or by a population that is given.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxlib.inference.decomposition import errors_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Standardised:
    """For each group its value and error, and for each group the change from the group `against` with its error."""

    value: Floats
    standard_error: Floats
    change: Floats
    change_error: Floats


def standardised(
    sums: Floats, products: Floats, *, against: int = 0, population: Floats | None = None, plain: bool = False
) -> Standardised:
    """Return each group's ratio total / weight with its strata weighted like those of everybody.

    `sums` has the axes group, stratum, and (total, weight); `products` holds for each pair of the flattened sums
    their product added up over customers. `population` gives the weight of each stratum, else the weights of all
    groups do; `plain` leaves the groups as they are. A group without anybody in a stratum that counts gives NaN: it
    cannot be compared. Source: Cochran 1968, Biometrics 24; errors: delta method.

    The app is ahead because members use it: 38.75 % against 27.39 %; made alike, it is behind:

    >>> app, store = [[270, 600], [40, 200]], [[60, 120], [192, 800]]
    >>> both, nothing = np.array([app, store], float), np.zeros((8, 8))
    >>> (100 * standardised(both, nothing, plain=True).value).round(2).tolist()
    [38.75, 27.39]
    >>> (100 * standardised(both, nothing).value).round(2).tolist()
    [30.47, 34.88]
    """

    def ratios(all_sums: Floats) -> Floats:
        total, weight = all_sums[..., 0], all_sums[..., 1]
        if plain:
            return np.asarray(_ratio(total.sum(axis=1), weight.sum(axis=1)))
        mix = weight.sum(axis=0) if population is None else population
        mix = mix / mix.sum()
        cells = np.where(mix > 0, _ratio(total, weight), 0.0)
        return np.asarray((mix * cells).sum(axis=1))

    def changes(all_sums: Floats) -> Floats:
        found = ratios(all_sums)
        return np.asarray(found - found[against])

    value = ratios(sums)
    return Standardised(
        value=value,
        standard_error=np.where(np.isfinite(value), errors_of(ratios, sums, products), np.nan),
        change=changes(sums),
        change_error=np.where(np.isfinite(changes(sums)), errors_of(changes, sums, products), np.nan),
    )


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / np.where(below > 0, below, np.nan), np.nan))
