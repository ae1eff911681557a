"""Adjusting a sample to a known population: post-stratification.

When some groups answer more than others, the plain mean of the answers describes those who answered.
If the size of every group in the population is known, each group's own mean can be weighted by that
size. This removes the bias that the groups explain, and no other: within a group, those who answer are
taken to be like those who do not.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from cxlib.errors import InputError
from cxlib.language import say


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with its interval, its standard error, the answers behind it and how it was made."""

    value: float
    low: float
    high: float
    standard_error: float
    n: int
    method: str


def post_stratify(
    values: Sequence[float] | np.ndarray | pd.Series,
    strata: Sequence[Hashable] | np.ndarray | pd.Series,
    population: Mapping[Hashable, float],
    *,
    level: float = 0.95,
    clusters: Sequence[Hashable] | np.ndarray | pd.Series | None = None,
) -> Estimate:
    """Return the mean of `values` with each stratum weighted by its size in the population.

    `population` gives the size of every stratum, as a count or a share. The standard error is the root
    of the sum of W_h^2 s_h^2 / n_h, with the answers per stratum taken as given (Holt & Smith 1979,
    JRSS A 142; Lohr, Sampling: Design and Analysis, ch. 4). With `clusters`, the customer of each
    answer, residuals are summed by customer first, so that two answers of one person do not count as
    two people. There is no finite population correction: the interval is a little wide when most answer.
    The interval takes Student's t, with as many degrees of freedom as clusters less strata.

    Three of four members are happy, none of two guests; but guests are half of the customers. The mean
    is 0.5 x 0.75 + 0.5 x 0 = 0.375 (0.5 without weights), the variance 0.25 x 0.25 / 4 + 0 = 0.015625.

    >>> happy, kind = [1, 1, 1, 0, 0, 0], ["member"] * 4 + ["guest"] * 2
    >>> answer = post_stratify(happy, kind, {"member": 500, "guest": 500})
    >>> round(answer.value, 6), round(answer.standard_error, 6), answer.n
    (0.375, 0.125, 6)
    """
    if not 0 < level < 1:
        raise InputError(say("The level {level} is not between 0 and 1; use 0.95 for 95%.", level=level))
    answers = _answers(values)
    names, shares = _shares(population)
    stratum = _positions(strata, names, len(answers))
    counts = _counts(stratum, names)
    means = np.bincount(stratum, answers, len(names)) / counts
    residuals = (answers - means[stratum]) * (shares / np.sqrt(counts * (counts - 1)))[stratum]
    groups = np.arange(len(answers)) if clusters is None else _groups(clusters, len(answers))
    error = float(np.sqrt(np.sum(np.bincount(groups, residuals) ** 2)))
    value = float(shares @ means)
    margin = _factor(level, int(groups.max()) + 1 - len(names)) * error
    return Estimate(
        value=value,
        low=value - margin,
        high=value + margin,
        standard_error=error,
        n=len(answers),
        method="post-stratified" if clusters is None else "post-stratified, clustered",
    )


def _answers(values: Sequence[float] | np.ndarray | pd.Series) -> np.ndarray:
    answers = np.asarray(values, dtype="float64")
    if answers.ndim != 1:
        raise InputError(say("The values have {n} dimensions; give one list of numbers.", n=answers.ndim))
    if not np.isfinite(answers).all():
        raise InputError(
            say(
                "{n} values are missing or infinite; leave these answers out, with their strata.",
                n=int((~np.isfinite(answers)).sum()),
            )
        )
    return answers


def _shares(population: Mapping[Hashable, float]) -> tuple[list[Hashable], np.ndarray]:
    """Return the strata that have anybody in them, and their shares of the population."""
    sizes = np.array(list(population.values()), dtype="float64")
    if not (np.isfinite(sizes) & (sizes >= 0)).all() or not sizes.sum() > 0:
        raise InputError(say("The population needs a count or share of zero or more for each stratum."))
    names = [name for name, size in zip(population, sizes, strict=True) if size > 0]
    return names, sizes[sizes > 0] / sizes.sum()


def _positions(strata: Sequence[Hashable] | np.ndarray | pd.Series, names: list[Hashable], size: int) -> np.ndarray:
    """Return for each answer the position of its stratum in `names`."""
    codes, found = _factorize(strata, size)
    if (codes < 0).any():
        raise InputError(
            say(
                "{n} answers have no stratum; leave them out or give them one.",
                n=int((codes < 0).sum()),
            )
        )
    place = {name: position for position, name in enumerate(names)}
    for name in found:
        if name not in place:
            raise InputError(
                say(
                    "Stratum {name} has answers but no population; add its size or leave it out.",
                    name=repr(name),
                )
            )
    return np.array([place[name] for name in found], dtype="int64")[codes]


def _counts(stratum: np.ndarray, names: list[Hashable]) -> np.ndarray:
    counts = np.bincount(stratum, minlength=len(names))
    for name, count in zip(names, counts, strict=True):
        if count < 2:
            raise InputError(
                say(
                    "Stratum {name} has {count} answers and needs at least 2; "
                    "merge it with a similar stratum, in the answers and in the population.",
                    name=repr(name),
                    count=int(count),
                )
            )
    return counts


def _groups(clusters: Sequence[Hashable] | np.ndarray | pd.Series, size: int) -> np.ndarray:
    codes, _ = _factorize(clusters, size)
    if (codes < 0).any():
        raise InputError(say("{n} answers have no cluster; give each answer its customer.", n=int((codes < 0).sum())))
    return codes


def _factorize(labels: Sequence[Hashable] | np.ndarray | pd.Series, size: int) -> tuple[np.ndarray, list[Hashable]]:
    if len(labels) != size:
        raise InputError(say("There are {n} labels for {size} values; give one for each.", n=len(labels), size=size))
    # A Series, because NumPy would turn a list of tuples such as (club, ticket) into a matrix.
    codes, found = pd.factorize(pd.Series(list(labels), dtype="object"))
    return codes, list(found)


def _factor(level: float, freedom: int) -> float:
    if freedom < 1:
        raise InputError(say("There are not more clusters than strata; merge strata or leave clusters out."))
    return float(special.stdtrit(freedom, (1 + level) / 2))
