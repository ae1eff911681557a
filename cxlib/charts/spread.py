"""The chart of one number computed again and again from different samples: how far chance alone moves it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from cxlib.charts.perception import COLOURS
from cxlib.errors import InputError
from cxlib.language import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 20


def spread(values: Iterable[float], *, truth: float | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw many results of the same survey: "how far could the number have landed by chance?"

    `values` are scores in points, one for each sample, at least 20; `truth` is drawn as a line when it is known. The
    band holds the middle 95 % of the values. Draws on `ax`, or on a new figure, and returns the axes;
    `alt_text(ax)` describes it. Raises `InputError`.

    >>> axes = spread(range(40), truth=20)
    >>> axes.get_title(loc="left")
    '40 samples: the middle 95% land between 1 and 38'
    """
    import matplotlib.pyplot as plt

    found = np.asarray(list(values), dtype=float)
    if len(found) < FEWEST or not np.isfinite(found).all():
        raise InputError(say("A spread needs at least {n} numbers, none of them missing.", n=FEWEST))
    low, high = np.quantile(found, [0.025, 0.975])
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
    ax.axvspan(low, high, color=COLOURS[5], alpha=0.25, label=say("the middle 95%"))
    ax.hist(found, bins=min(30, len(set(found))), color=COLOURS[0], edgecolor="white")
    if truth is not None:
        ax.axvline(truth, color=COLOURS[1], linewidth=2.5, linestyle="--", label=say("the truth"))
    title = say(
        "{n} samples: the middle 95% land between {low} and {high}",
        n=number(len(found)),
        low=number(low, decimals=0),
        high=number(high, decimals=0),
    )
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_xlabel(say("points"))
    ax.set_ylabel(say("samples"))
    ax.legend(frameon=False)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_gid(_description(title, found, truth))
    return ax


def _description(title: str, found: np.ndarray, truth: float | None) -> str:
    text = say(
        "Chart. {title}. Smallest {least}, largest {most}, mean {mean}.",
        title=title,
        least=number(found.min()),
        most=number(found.max()),
        mean=number(found.mean()),
    )
    return text if truth is None else text + " " + say("The truth is {truth}.", truth=number(truth))
