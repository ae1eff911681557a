"""How long contracts last when people differ: the shifted beta-geometric model.

Everybody has a chance of their own to leave at each renewal, and the chances differ by a beta distribution. Those
quick to leave leave first, so the chance to leave in period t, of those still there, falls: alpha / (alpha + beta +
t - 1). Told by that chance the model needs no more than how many were there at each renewal and how many left, and
contracts that still run count for the renewals they have had. Source: Fader & Hardie 2007, JIM 21(1).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from cxlib.errors import InputError
from cxlib.language import say

# Beyond these people are all alike, or as different as can be, for whatever the data can tell.
LEAST_LOG, MOST_LOG = -9.0, 9.0
STEP = 1e-5


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A fitted model: `information` is that of (log alpha, log beta), `interior` says that it is at no edge."""

    alpha: float
    beta: float
    information: NDArray[np.float64]
    log_likelihood: float
    interior: bool

    @property
    def logs(self) -> NDArray[np.float64]:
        """The parameters in which the model was fitted."""
        return np.log([self.alpha, self.beta])


def at_risk_and_lost(
    lasted: ArrayLike, ended: ArrayLike, counts: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many contracts were there at each renewal, and how many of them left.

    `lasted` are the whole periods a contract was seen to last, `ended` says whether it ended with the last of them.

    >>> there, left = at_risk_and_lost([1, 2, 2], [True, True, False], [3, 2, 5])
    >>> there.tolist(), left.tolist()
    ([10.0, 7.0], [3.0, 2.0])
    """
    lasted, ended = np.asarray(lasted, np.int64), np.asarray(ended, bool)
    counts = np.asarray(counts, float)
    most = int(lasted.max(initial=0)) + 1
    seen = np.bincount(lasted, counts, most)
    there = np.cumsum(seen[::-1])[::-1][1:]
    left = np.bincount(lasted, np.where(ended, counts, 0.0), most)[1:]
    return there.astype("float64"), left.astype("float64")


def shifted_beta_geometric(
    at_risk: ArrayLike, lost: ArrayLike, *, start: tuple[float, float] = (1.0, 1.0)
) -> Leaving:
    """Return the likeliest alpha and beta of how many were there at each renewal and how many left.

    The published fit to a cohort of 1,000 of which 869, 743, ... were left after each of seven years:

    >>> left = np.array([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> model = shifted_beta_geometric(left[:-1], -np.diff(left))
    >>> round(model.alpha, 3), round(model.beta, 3)
    (0.668, 3.806)
    """
    there, left = np.asarray(at_risk, float), np.asarray(lost, float)
    _check(there, left)
    if not np.all(np.isfinite(start)) or min(start) <= 0:
        raise InputError(say("The fit starts from two numbers above zero; given: {start}.", start=repr(start)))

    def loss(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope, _ = _likelihood(logs, there, left)
        return -value / there.sum(), -slope / there.sum()

    bounds = [(LEAST_LOG, MOST_LOG)] * 2
    first = np.clip(np.log(start), LEAST_LOG + 1, MOST_LOG - 1)
    found = [
        optimize.minimize(loss, place, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15})
        for place in (first, np.zeros(2))  # far out the likelihood is flat, and a search that begins there stays
    ]
    logs = _polished(min(found, key=lambda one: float(one.fun)).x, there, left)
    value, _, curvature = _likelihood(logs, there, left)
    interior = bool((np.abs(logs) < MOST_LOG - 0.5).all() and (np.linalg.eigvalsh(-curvature) > 0).all())
    alpha, beta = np.exp(logs)
    return Leaving(
        alpha=float(alpha), beta=float(beta), information=-curvature, log_likelihood=value, interior=interior
    )


def _check(there: NDArray[np.float64], left: NDArray[np.float64]) -> None:
    if there.shape != left.shape or there.ndim != 1 or not np.isfinite(there).all() or not np.isfinite(left).all():
        raise InputError(say("Give two lists of the same length: how many were there, how many left."))
    if (left < 0).any() or (left > there).any():
        raise InputError(say("In {n} periods more left than were there.", n=int(((left < 0) | (left > there)).sum())))
    if (there > 0).sum() < 2 or not left.sum() or left.sum() == there.sum():
        raise InputError(
            say(
                "A model of leaving needs two periods or more, some who left and some who stayed; found {periods} "
                "periods, {lost} who left.",
                periods=int((there > 0).sum()),
                lost=int(left.sum()),
            )
        )


def _likelihood(
    logs: NDArray[np.float64], there: NDArray[np.float64], left: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the log-likelihood, its slope and its curvature at (log alpha, log beta)."""
    alpha, beta = np.exp(logs)
    renewals = np.arange(len(there))
    both, second, stayed = alpha + beta + renewals, beta + renewals, there - left
    value = left.sum() * logs[0] + stayed @ np.log(second) - there @ np.log(both)
    shared, bent = (there / both).sum(), (there / both**2).sum()
    slope = np.array([left.sum() - alpha * shared, beta * ((stayed / second).sum() - shared)])
    curvature = np.array(
        [
            [alpha**2 * bent - alpha * shared, alpha * beta * bent],
            [alpha * beta * bent, beta**2 * (bent - (stayed / second**2).sum()) + slope[1]],
        ]
    )
    return float(value), slope, curvature


def _polished(
    logs: NDArray[np.float64], there: NDArray[np.float64], left: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Take Newton's last steps, which the search leaves out, as long as they climb."""
    for _ in range(20):
        value, slope, curvature = _likelihood(logs, there, left)
        if np.linalg.eigvalsh(-curvature).min() <= 1e-9 * there.sum():
            return logs
        step = np.linalg.solve(-curvature, slope)
        moved = np.clip(logs + step, LEAST_LOG, MOST_LOG)
        if _likelihood(moved, there, left)[0] < value or np.abs(step).max() < 1e-12:
            return logs
        logs = moved
    return logs


def scores(model: Leaving, lasted: ArrayLike, ended: ArrayLike) -> NDArray[np.float64]:
    """Return what a contract of each kind adds to the slope of the log-likelihood: one row a kind."""
    lasted, ended = np.asarray(lasted, np.int64), np.asarray(ended, bool)
    renewals = np.arange(int(lasted.max(initial=0)) + 1)
    both = np.concatenate([[0.0], np.cumsum(1 / (model.alpha + model.beta + renewals))])[lasted]
    second = np.concatenate([[0.0], np.cumsum(1 / (model.beta + renewals))])[lasted - ended]
    return np.column_stack([ended - model.alpha * both, model.beta * (second - both)])


def influence(
    model: Leaving, lasted: ArrayLike, ended: ArrayLike, target: Callable[[float, float], float]
) -> NDArray[np.float64]:
    """Return by how much one contract of each kind moves `target(alpha, beta)`: the stuff of robust errors.

    Source: Huber 1967; White 1982, Econometrica 50.
    """

    def at(logs: NDArray[np.float64]) -> float:
        return target(*np.exp(logs))

    steps = STEP * np.eye(2)
    slope = np.array([at(model.logs + step) - at(model.logs - step) for step in steps]) / (2 * STEP)
    return scores(model, lasted, ended) @ np.linalg.solve(model.information, slope)


def survival(alpha: float, beta: float, periods: ArrayLike) -> NDArray[np.float64]:
    """Return the share of contracts that last longer than so many periods.

    >>> survival(1.2, 6.0, [0, 1, 12]).round(4).tolist()
    [1.0, 0.8333, 0.271]
    """
    periods = np.asarray(periods, float)
    return np.exp(special.betaln(alpha, beta + periods) - special.betaln(alpha, beta))


def discounted_lifetime(
    alpha: float, beta: float, *, discount: float = 0.0, horizon: int = 600, first: int = 0, renewed: int = 0
) -> float:
    """Return how many payments a contract brings, each discounted by its distance from now.

    Periods `first` to `horizon` - 1 count, `first` 0 being the payment due now; `renewed` is how often the contract
    has been renewed already: those still there are more loyal than newcomers. Source: Fader & Hardie 2010,
    Marketing Science 29(1).

    >>> round(20 * discounted_lifetime(1.2, 6.0, discount=0.01), 2)
    237.21
    """
    periods = np.arange(first, horizon)
    lasting = survival(alpha, beta + renewed, periods)
    return float(np.sum(lasting / (1 + discount) ** periods))


def constant_lifetime(retention: float, *, discount: float = 0.0, first: int = 0) -> float:
    """Return the same for ever with one retention rate for everybody and all time.

    >>> round(50 * constant_lifetime(0.8, discount=0.1, first=1), 2)
    133.33
    """
    if not 0 <= retention < 1 + discount:
        raise InputError(say("A retention rate lies between 0 and 1; given: {rate}.", rate=repr(retention)))
    return (retention / (1 + discount)) ** first * (1 + discount) / (1 + discount - retention)
