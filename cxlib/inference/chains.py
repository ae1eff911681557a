"""Markov chains: where steps end up, how many it takes, and whether the chain remembers more than one step."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special


@dataclass(frozen=True, kw_only=True)
class Absorbed:
    """Arrays, one entry per state: the chance to end in the goal, the steps until any end, and their errors."""

    chance: NDArray[np.float64]
    chance_error: NDArray[np.float64]
    steps: NDArray[np.float64]
    steps_error: NDArray[np.float64]


def absorbed(between: ArrayLike, goal: ArrayLike, n: ArrayLike) -> Absorbed:
    """Solve an absorbing chain: "from here, how likely is the goal, and how many steps are left?"

    `between[i, j]` is the probability to go from state i to state j, `goal[i]` that of reaching the goal at once;
    what is missing to 1 leaves. `n[i]` is how many steps out of state i the probabilities were counted from; the
    errors follow by the delta method, steps taken as independent. A state that can never end gives NaN.
    Source: Kemeny & Snell 1960, Finite Markov Chains, ch. 3.

    >>> ends = absorbed([[0, 0.6], [0.3, 0]], [0, 0.5], [100, 100])
    >>> ends.chance.round(4).tolist(), ends.steps.round(3).tolist()
    ([0.3659, 0.6098], [1.951, 1.585])
    """
    q, r, n = np.asarray(between, float), np.asarray(goal, float), np.asarray(n, float)
    stuck = _never_ends(q)
    q = np.where(stuck, 0.0, np.where(stuck[:, np.newaxis], 0.0, q))
    visits = np.linalg.inv(np.eye(len(q)) - q)
    chance, steps = visits @ r, visits.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Of one step: the variance of what is still to come after it.
        spread = np.maximum(q @ chance**2 + r - chance**2, 0) / n
        spread_steps = np.maximum(q @ steps**2 - (steps - 1) ** 2, 0) / n
    unknown = np.where(_reaches(q, stuck), np.nan, 0.0)
    return Absorbed(
        chance=chance + unknown,
        chance_error=np.sqrt(visits**2 @ spread) + unknown,
        steps=steps + unknown,
        steps_error=np.sqrt(visits**2 @ spread_steps) + unknown,
    )


def _never_ends(q: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the states from which no way leads out."""
    return ~_reaches(q, q.sum(axis=1) < 1 - 1e-9)


def _reaches(q: NDArray[np.float64], targets: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found = targets.copy()
    for _ in range(len(q)):
        found = found | ((q > 0) @ found)
    return found


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Likelihood-ratio test of a chain that remembers two steps against one that remembers one."""

    statistic: float
    degrees: int
    p_value: float
    n: int


def memory(triples: pd.DataFrame) -> Memory:
    """Test whether what comes next depends on the step before the last: "does one step of memory suffice?"

    `triples` holds `before`, `from`, `to` and how often, `n`. Within each `from` the test is that of independence of
    `before` and `to` (Anderson & Goodman 1957, Annals of Mathematical Statistics 28). A mixture of visitors of
    different kinds looks like memory too.

    >>> counts = pd.DataFrame({"before": ["a", "a", "b", "b"], "from": "c", "to": ["x", "y", "x", "y"],
    ...     "n": [30, 10, 10, 30]})
    >>> test = memory(counts)
    >>> round(test.statistic, 2), test.degrees
    (20.93, 1)
    """
    statistic, degrees = 0.0, 0
    for _, cells in triples.groupby("from", dropna=False):
        table = cells.pivot_table(index="before", columns="to", values="n", aggfunc="sum", fill_value=0).to_numpy(
            float
        )
        expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
        seen = table > 0
        statistic += 2 * float((table[seen] * np.log(table[seen] / expected[seen])).sum())
        degrees += (table.shape[0] - 1) * (table.shape[1] - 1)
    p_value = float(special.chdtrc(degrees, statistic)) if degrees else np.nan
    return Memory(statistic=statistic, degrees=degrees, p_value=p_value, n=int(triples["n"].sum()))
