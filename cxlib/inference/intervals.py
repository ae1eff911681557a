"""Confidence intervals for shares, scores and means. Every function takes numbers or arrays alike.

Shares are 0 to 1, a score like NPS is -1 to 1, `n` may be an effective sample size and need not be
whole. Where an interval cannot be had, both ends are NaN.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


def wilson(share: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Ends:
    """Return the score interval of a share. Source: Wilson 1927, JASA 22(158).

    >>> low, high = wilson(74 / 107, 107)
    >>> round(float(low), 3), round(float(high), 3)
    (0.599, 0.771)
    """
    share, n = np.asarray(share, float), np.asarray(n, float)
    z2 = special.ndtri(0.5 + level / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return _known(centre - half, centre + half, n, least=0, most=1)


def adjusted_wald(score: ArrayLike, square: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Ends:
    """Return the adjusted Wald interval of a net score: three pseudo-answers, one in each band.

    `score` is (promoters - detractors) / n and `square` is (promoters + detractors) / n. The three
    extra answers (3/4 promoter, 3/4 detractor, 3/2 passive) keep the interval honest when everybody
    is a promoter. Source: Rocks 2016, The American Statistician 70(4), arXiv 1601.07235.

    >>> low, high = adjusted_wald(0.20, 0.70, 200)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0854, 0.3086)
    """
    score, square, n = np.asarray(score, float), np.asarray(square, float), np.asarray(n, float)
    centre = score * n / (n + 3)
    spread = (square * n + 1.5) / (n + 3)
    half = special.ndtri(0.5 + level / 2) * np.sqrt((spread - centre**2) / (n + 3))
    # With a single answer the pull to the middle would leave the answer itself outside.
    return _known(np.minimum(centre - half, score), np.maximum(centre + half, score), n, least=-1, most=1)


def wald(value: ArrayLike, standard_error: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Ends:
    """Return value plus and minus z standard errors: the textbook interval, too narrow at the edges.

    >>> low, high = wald(0.20, 0.057446, 200)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0874, 0.3126)
    """
    half = special.ndtri(0.5 + level / 2) * np.asarray(standard_error, float)
    return _known(np.asarray(value, float) - half, np.asarray(value, float) + half, n)


def student(mean: ArrayLike, standard_error: ArrayLike, degrees: ArrayLike, *, level: float = 0.95) -> Ends:
    """Return Student's interval of a mean with `degrees` of freedom. NaN below one degree.

    A standard error of zero (all answers alike) gives NaN as well: the data cannot say how far the
    mean is from the truth.
    """
    mean, error = np.asarray(mean, float), np.asarray(standard_error, float)
    degrees = np.asarray(degrees, float)
    usable = (degrees >= 1) & (error > 0)
    half = special.stdtrit(np.where(usable, degrees, 1.0), 0.5 + level / 2) * error
    half = np.where(usable, half, np.nan)
    return mean - half, mean + half


def poisson(events: ArrayLike, exposure: ArrayLike, *, level: float = 0.95) -> Ends:
    """Return the exact interval of a rate of rare events. Source: Garwood 1936, Biometrika 28.

    >>> low, high = poisson(18, 6)
    >>> round(float(low), 3), round(float(high), 3)
    (1.778, 4.741)
    """
    events, exposure = np.asarray(events, float), np.asarray(exposure, float)
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(events > 0, special.chdtri(2 * events, 1 - tail) / 2, 0.0) / exposure
        high = special.chdtri(2 * events + 2, tail) / 2 / exposure
    return _known(low, high, exposure)


def bootstrap(
    totals: ArrayLike,
    weights: ArrayLike,
    times: ArrayLike,
    *,
    level: float = 0.95,
    replicates: int = 2_000,
    seed: int = 20_240_101,
) -> tuple[float, float]:
    """Return the percentile interval of sum(totals) / sum(weights), resampling customers.

    The customers come as kinds: `times[k]` of them have the total `totals[k]` and the weight
    `weights[k]`. Drawing how often each kind appears is the same as drawing the customers one by
    one, and costs the same for a thousand answers as for a hundred million. Source: Efron &
    Tibshirani 1993, ch. 13. All answers alike give NaN: resampling cannot see what it never saw.

    >>> low, high = bootstrap([1, 0, -1], [1, 1, 1], [90, 60, 50])
    >>> round(low, 1), round(high, 1)
    (0.1, 0.3)
    """
    totals, weights = np.asarray(totals, float), np.asarray(weights, float)
    times = np.asarray(times, np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        if len(times) == 0 or np.ptp(totals / weights) == 0:
            return np.nan, np.nan
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.multinomial(times.sum(), times / times.sum(), size=replicates).astype(float)
    values = (drawn @ totals) / (drawn @ weights)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _known(low: ArrayLike, high: ArrayLike, n: ArrayLike, *, least: float = -np.inf, most: float = np.inf) -> Ends:
    nothing = ~(np.asarray(n, float) > 0)
    ends = (np.clip(low, least, most), np.clip(high, least, most))
    return np.where(nothing, np.nan, ends[0]), np.where(nothing, np.nan, ends[1])
