"""Pain points: how much of the score is lost at each step, from kinds of journeys and how often each came."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """Kinds of journeys: `reached` and `failed` (0 or 1) by step, the `score` (NaN where nobody gave one).

    `times` is how many journeys are of each kind.
    """

    reached: Array
    failed: Array
    score: Array
    times: Array


@dataclass(frozen=True, kw_only=True)
class Pains:
    """Arrays with a row for each draw and a column for each step."""

    reach: Array
    failure: Array
    loss: Array

    @property
    def score(self) -> Array:
        """Points of the score that all journeys lose at a step: reach times failures times the loss of one.

        Where nothing fails nothing is lost, whatever a failure would cost.
        """
        return self.reach * np.where(self.failure == 0, 0.0, self.failure * self.loss)


def pains(kinds: Kinds, times: Array) -> Pains:
    """Return reach, failures and adjusted losses when kinds come so many `times`: rows are draws.

    The loss is least squares' on the score: what a failure takes away among journeys that reached the same steps and
    failed at the same others. NaN where the scores cannot tell it.

    >>> kinds = Kinds(reached=np.array([[0.0], [1.0], [1.0]]), failed=np.array([[0.0], [0.0], [1.0]]),
    ...     score=np.array([80.0, 80.0, 50.0]), times=np.array([600.0, 300.0, 100.0]))
    >>> found = pains(kinds, kinds.times[np.newaxis, :])
    >>> found.score.round(6).tolist()
    [[3.0]]
    """
    whole = times.sum(axis=1, keepdims=True)
    came = times @ kinds.reached
    with np.errstate(divide="ignore", invalid="ignore"):
        return Pains(reach=came / whole, failure=(times @ kinds.failed) / came, loss=_losses(kinds, times))


def _losses(kinds: Kinds, times: Array) -> Array:
    rated = ~np.isnan(kinds.score)
    steps = kinds.failed.shape[1]
    design = np.column_stack([np.ones(rated.sum()), kinds.reached[rated], kinds.failed[rated]])
    weights, score = times[:, rated], kinds.score[rated]
    squares = np.einsum("dk,ki,kj->dij", weights, design, design, optimize=True)
    moments = np.einsum("dk,ki->di", weights * score, design, optimize=True)
    losses = np.full((len(times), steps), np.nan)
    for draw, (square, moment) in enumerate(zip(squares, moments, strict=True)):
        inverse = np.linalg.pinv(square, rcond=1e-10, hermitian=True)
        told = np.abs(np.diag(inverse @ square) - 1) < 1e-6
        found = np.where(told, -(inverse @ moment), np.nan)
        losses[draw] = found[1 + steps :]
    return losses
