"""Credit for conversions shared out over the channels of paths: by place, or by what is lost without a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Units that are drawn together: what each adds to the counts, all of them sparse, one row a unit.

    `moves` has a column for each pair of states, row by row of a square of `len(channels) + 3`: the channels, then
    start, goal and exit. `first`, `last` and `linear` share out each unit's conversions over the channels.
    """

    channels: tuple[str, ...]
    moves: sparse.csr_array
    first: sparse.csr_array
    last: sparse.csr_array
    linear: sparse.csr_array

    def credits(self, times: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Return each rule's credits when units count so many `times`: rows are draws, columns channels."""
        places = {name: times @ getattr(self, name) for name in ("first", "last", "linear")}
        size = len(self.channels) + 3
        moves = (times @ self.moves).reshape(-1, size, size)
        lost = np.array([removal_effects(one) for one in moves])
        with np.errstate(divide="ignore", invalid="ignore"):
            markov = lost / lost.sum(axis=1, keepdims=True) * places["first"].sum(axis=1, keepdims=True)
        return {**places, "markov": markov, "removal_effect": lost}


def removal_effects(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each channel what share of the conversions is lost when whoever came to it leaves instead.

    `moves[i, j]` counts the steps from i to j; the last three states are start, goal and exit. The chain is solved,
    not simulated. Source: Anderl et al. 2016, International Journal of Research in Marketing 33(3).

    >>> g, m, start, goal, gone = range(5)
    >>> moves = np.zeros((5, 5))
    >>> for i, j, n in [(start, g, 4), (start, m, 1), (g, goal, 2), (g, m, 1), (m, goal, 2), (g, gone, 1)]:
    ...     moves[i, j] = n
    >>> removal_effects(moves).round(2).tolist()
    [0.75, 0.5]
    """
    size = len(moves) - 3
    out = moves.sum(axis=1, keepdims=True)
    chance = np.divide(moves, out, out=np.zeros_like(moves), where=out > 0)
    start, goal = size, size + 1
    between, reached, begun = chance[:size, :size], chance[:size, goal], chance[start, :size]
    visits = np.linalg.inv(np.eye(size) - between)
    whole = begun @ visits @ reached
    if not whole > 0:
        return np.full(size, np.nan)
    # Without channel k whoever would come to it is lost: they come to it with chance begun @ visits[:, k] /
    # visits[k, k], and from there reach the goal with chance visits[k] @ reached.
    ever = (begun @ visits) / np.diag(visits)
    return ever * (visits @ reached) / whole


def from_paths(
    paths: Sequence[Sequence[str]], conversions: NDArray[np.float64], nulls: NDArray[np.float64]
) -> tuple[Paths, NDArray[np.float64]]:
    """Return paths as units, each converted or not, and how often each was taken."""
    channels = tuple(sorted({channel for path in paths for channel in path}))
    place = {channel: number for number, channel in enumerate(channels)}
    size = len(channels)
    start, goal, gone = size, size + 1, size + 2
    cells: dict[str, list[tuple[int, int, float]]] = {name: [] for name in ("moves", "first", "last", "linear")}
    times: list[float] = []
    for path, won, lost in zip(paths, conversions, nulls, strict=True):
        steps = [place[channel] for channel in path]
        for end, count in ((goal, won), (gone, lost)):
            if not count:
                continue
            unit = len(times)
            times.append(count)
            walk = [start, *steps, end]
            cells["moves"] += [(unit, one * (size + 3) + other, 1.0) for one, other in pairwise(walk)]
            if end == goal:
                cells["first"].append((unit, steps[0], 1.0))
                cells["last"].append((unit, steps[-1], 1.0))
                cells["linear"] += [(unit, step, 1 / len(steps)) for step in steps]
    return assembled(channels, cells, len(times)), np.array(times, float)


def assembled(channels: Sequence[str], cells: dict[str, list[tuple[int, int, float]]], units: int) -> Paths:
    """Return units from their cells: (unit, column, how much); cells named twice add up."""
    size = len(channels)
    widths = {"moves": (size + 3) ** 2, "first": size, "last": size, "linear": size}
    made = {}
    for name, width in widths.items():
        row, column, value = np.array(cells[name], float).reshape(-1, 3).T
        made[name] = sparse.csr_array((value, (row.astype(int), column.astype(int))), shape=(units, width))
    return Paths(channels=tuple(channels), **made)
