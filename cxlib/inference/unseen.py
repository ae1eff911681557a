"""A share of which only a part was seen: from sums over buyers to its estimates and their errors.

Every estimate is a smooth function of sums over buyers, so one way gives all errors: its slopes, and the sums of
products over buyers. What buyers told (by which sensitivity and specificity are estimated) and what was seen of them
stand in the same products, so nothing is taken for independent that is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cxlib.inference.decomposition import errors_of
from cxlib.inference.misclassified import true_share
from cxlib.inference.recapture import total

Floats = NDArray[np.float64]
# What is added up for each stratum: purchases, seen; said yes, said no when asked; of either, those seen.
N, SEEN, YES, NO, YES_SEEN, NO_SEEN = range(6)
SUMS = ("n", "seen", "yes", "no", "yes_seen", "no_seen")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Sums over buyers for each stratum (strata x SUMS), and over buyers of each product of two of a stratum."""

    strata: tuple[Any, ...]
    sums: Floats
    products: Floats

    def times(self, share: float) -> "Seen":
        """Return what would be known on average if each buyer stayed known with this chance."""
        return Seen(strata=self.strata, sums=share * self.sums, products=share * self.products)


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How often research is seen where there was some, and not seen where there was none; None is read off the sums.

    Each is one number, or one for each stratum.
    """

    sensitivity: float | Mapping[Any, float] | None = None
    specificity: float | Mapping[Any, float] | None = None

    @property
    def is_given(self) -> bool:
        """Whether both are given, so that nobody need have been asked."""
        return self.sensitivity is not None and self.specificity is not None


@dataclass(frozen=True, kw_only=True)
class Share:
    """One estimate: clipped to 0 and 1, its interval, and the sensitivity and specificity it was made with."""

    value: float
    low: float
    high: float
    clipped: bool
    sensitivity: float = np.nan
    specificity: float = np.nan


def summed(values: Floats, times: Floats, stratum: Sequence[Any]) -> Seen:
    """Add up buyers: `values` holds SUMS for each kind of buyer, `times` how many there are, `stratum` theirs."""
    strata = tuple(dict.fromkeys(stratum))
    size = len(SUMS)
    sums, products = np.zeros((len(strata), size)), np.zeros((len(strata) * size,) * 2)
    mine = np.array([strata.index(one) for one in stratum], int)
    for place in range(len(strata)):
        own = values[mine == place]
        weight = times[mine == place]
        block = slice(place * size, (place + 1) * size)
        sums[place], products[block, block] = weight @ own, own.T @ (weight[:, None] * own)
    return Seen(strata=strata, sums=sums, products=products)


def corrected(seen: Seen, quality: Quality, *, level: float = 0.95) -> Share:
    """Return the share by one sensitivity and specificity for all (Rogan & Gladen 1978).

    Given for each stratum, they are averaged over purchases: that is wrong where those of whom more is seen also
    do more of it.

    Of 450 buyers with the app half did research, of 550 without 30 %: 39 % in all. 306 were seen; averaged over
    all buyers, research is seen in 60 %:

    >>> half, rest = [450, 450 * 0.465, 0, 0, 0, 0], [550, 550 * 0.176, 0, 0, 0, 0]
    >>> buyers = summed(np.array([half, rest]), np.ones(2), ["app", "none"])
    >>> known = Quality(sensitivity={"app": 0.85, "none": 0.40}, specificity=0.92)
    >>> round(corrected(buyers, known).value, 4), round(stratified(buyers, known).value, 4)
    (0.4326, 0.39)
    """
    return _share(seen, lambda sums: _pooled(sums, seen, quality), level)


def stratified(
    seen: Seen, quality: Quality, *, population: Mapping[Any, float] | None = None, level: float = 0.95
) -> Share:
    """Return the share corrected in each stratum and put together by the strata's shares of all purchases.

    `population` holds these shares; without it they are those of the known buyers.
    """
    return _share(seen, lambda sums: _within(sums, seen, quality, population), level)


def recaptured(seen: Seen, *, level: float = 0.95) -> Share:
    """Return the share by capture and recapture (Chapman 1951) of two lists: those seen, and those who said yes."""

    def estimate(sums: Floats) -> Floats:
        every = sums.sum(axis=0)
        return np.array([total(every[SEEN], every[YES], every[YES_SEEN]) / every[N], np.nan, np.nan])

    return _share(seen, estimate, level)


def _pooled(sums: Floats, seen: Seen, quality: Quality) -> Floats:
    every = sums.sum(axis=0)
    se, sp = _quality(sums, every[None, :], seen.strata, quality)
    weight = sums[:, N] / every[N]
    mean_se, mean_sp = (weight @ one if len(one) == len(weight) else one[0] for one in (se, sp))
    return np.array([true_share(every[SEEN] / every[N], mean_se, mean_sp).item(), mean_se, mean_sp])


def _within(sums: Floats, seen: Seen, quality: Quality, population: Mapping[Any, float] | None) -> Floats:
    se, sp = _quality(sums, sums, seen.strata, quality)
    weight = sums[:, N] if population is None else np.array([population[one] for one in seen.strata], float)
    weight = weight / weight.sum()
    true = true_share(sums[:, SEEN] / sums[:, N], se, sp)
    return np.array(
        [weight @ true, weight @ np.broadcast_to(se, len(weight)), weight @ np.broadcast_to(sp, len(weight))]
    )


def _quality(sums: Floats, asked: Floats, strata: Sequence[Any], quality: Quality) -> tuple[Floats, Floats]:
    """Return sensitivity and specificity: as given, one or one a stratum, else of those who were asked."""
    with np.errstate(divide="ignore", invalid="ignore"):
        told = asked[:, YES_SEEN] / asked[:, YES], 1 - asked[:, NO_SEEN] / asked[:, NO]

    def of(given: float | Mapping[Any, float] | None, found: Floats) -> Floats:
        if given is None:
            return found
        if isinstance(given, Mapping):
            return np.array([given[one] for one in strata], float)
        return np.full(len(asked), float(given))

    return of(quality.sensitivity, told[0]), of(quality.specificity, told[1])


def _share(seen: Seen, estimate: Any, level: float) -> Share:
    raw, se, sp = (float(one) for one in estimate(seen.sums))
    if not np.isfinite(raw):
        return Share(value=np.nan, low=np.nan, high=np.nan, clipped=False, sensitivity=se, specificity=sp)
    error = float(errors_of(lambda sums: estimate(sums)[:1], seen.sums, seen.products)[0])
    half = special.ndtri(0.5 + level / 2) * error
    value = min(max(raw, 0.0), 1.0)
    low, high = np.clip([raw - half, raw + half], 0, 1)
    return Share(value=value, low=float(min(low, value)), high=float(max(high, value)), clipped=value != raw,
                 sensitivity=se, specificity=sp)  # fmt: skip
