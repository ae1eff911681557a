"""Why a total moved: volume, mix and rates, adding up to the change exactly, with the error of each part.

A total is visits x orders a visit x money an order, over groups. Each part is the change of one factor at the mean of
the others before and after, so that no part depends on which factor is changed first.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PARTS = ("volume", "mix", "conversion", "ticket")


def parts_of_change(sums: Floats) -> Floats:
    """Return how much of a change of money is volume, mix, conversion and ticket.

    `sums` has the axes time (before, after), group, and (visits, orders, money).

    Twice the visits, all of them in the group that buys half as much; no group has changed. Volume alone would have
    brought 75 of money more at the mean rate, the mix took it back:

    >>> before, after = [[50, 10, 100], [50, 5, 50]], [[50, 10, 100], [150, 15, 150]]
    >>> parts_of_change(np.array([before, after], float)).round(6).tolist()
    [137.5, -37.5, 0.0, 0.0]
    """
    visits, orders, money = np.moveaxis(sums, -1, 0)
    total = visits.sum(axis=1)
    share = visits / total[:, None]
    rate = _ratio(orders, visits)
    ticket = _ratio(money, orders)
    worth = rate * ticket
    all_of_it = (share * worth).sum(axis=1)
    at = total.mean()
    weight = at * share.mean(axis=0)
    return np.array(
        [
            np.diff(total)[0] * all_of_it.mean(),
            at * (np.diff(share, axis=0)[0] * worth.mean(axis=0)).sum(),
            (weight * np.diff(rate, axis=0)[0] * ticket.mean(axis=0)).sum(),
            (weight * np.diff(ticket, axis=0)[0] * rate.mean(axis=0)).sum(),
        ]
    )


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return a ratio before and after; a group that is not there at one time has the ratio of the other."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = above / below
    found = np.where(np.isnan(found), found[::-1], found)
    return np.where(np.isfinite(found), found, 0.0)


def errors_of(function: Callable[[Floats], Floats], sums: Floats, products: Floats) -> Floats:
    """Return the standard errors of smooth functions of sums over people who come independently of each other.

    `products` holds, for each pair of the flattened sums, their product added up over people: the variance of a sum
    over people whose number is itself left to chance (Poisson).
    """
    flat = sums.ravel()
    steps = 1e-4 * np.maximum(np.abs(flat), 1.0)
    slopes = []
    for place, step in enumerate(steps):
        moved = [flat.copy(), flat.copy()]
        moved[0][place] -= step
        moved[1][place] += step
        low, high = (function(one.reshape(sums.shape)) for one in moved)
        slopes.append((high - low) / (2 * step))
    slope = np.array(slopes)
    return np.sqrt(np.maximum(np.einsum("pk,pq,qk->k", slope, products, slope), 0.0))
