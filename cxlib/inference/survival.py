"""How long it takes, when some have not had the time: Kaplan & Meier's curve, and the median of what was seen."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats


def kaplan_meier(times: ArrayLike, happened: ArrayLike, counts: ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    """Return the share that has happened by each time, allowing for those whom we stopped watching before.

    `counts` says how many have this time, and `happened` whether it is that of the event or of the last look. Returns
    `time`, `value`, `low`, `high`, `at_risk`, one row for each time at which something happened; intervals by
    Greenwood's error on the log-minus-log scale. Source: Kaplan & Meier 1958, JASA 53.

    >>> kaplan_meier([1, 2, 3, 4], [True, False, True, False], [1, 1, 1, 1])[["time", "value"]].round(3)
       time  value
    0     1  0.250
    1     3  0.625
    """
    seen = pd.DataFrame({"time": times, "event": np.asarray(happened, bool), "n": np.asarray(counts, float)})
    events = seen["n"].where(seen["event"], 0.0).groupby(seen["time"]).sum()
    leaving = seen.groupby("time")["n"].sum()
    at_risk = leaving[::-1].cumsum()[::-1]
    staying = (1 - events / at_risk).cumprod()
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = (events / (at_risk * (at_risk - events))).cumsum()
        error = np.sqrt(greenwood) / np.abs(np.log(staying))
        wide = np.exp(special.ndtri(0.5 + level / 2) * error)
        low, high = 1 - staying ** (1 / wide), 1 - staying**wide
    curve = pd.DataFrame({"value": 1 - staying, "low": low, "high": high, "at_risk": at_risk.astype("int64")})
    return curve[events.to_numpy() > 0].reset_index()


def median(values: ArrayLike, counts: ArrayLike, *, level: float = 0.95) -> tuple[float, float, float]:
    """Return the median of values that occur `counts` times, with its distribution-free interval.

    The ends are the values whose ranks leave at most (1 - level) / 2 on either side; NaN where there are too few.
    Source: Conover 1999, Practical Nonparametric Statistics, 3.2.

    >>> median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10)
    (5.5, 2.0, 9.0)
    """
    values, counts = np.asarray(values, float), np.asarray(counts, np.int64)
    order = np.argsort(values)
    values, ranks = values[order], np.cumsum(counts[order])
    n = int(ranks[-1]) if len(ranks) else 0
    if n == 0:
        return np.nan, np.nan, np.nan

    def at(rank: int) -> float:
        return float(values[np.searchsorted(ranks, rank)])

    middle = (at((n + 1) // 2) + at(n // 2 + 1)) / 2
    below = int(stats.binom.ppf((1 - level) / 2, n, 0.5))  # the ranks below it cannot be the lower end
    if below < 1:
        return middle, np.nan, np.nan
    return middle, at(below), at(n + 1 - below)
