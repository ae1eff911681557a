"""The chart of one number computed again and again from different samples: how far chance alone moves it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from cxlib.charts.drawing import COLOURS
from cxlib.errors import InputError
from cxlib.language import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 20
MOST_COLUMNS = 80


def spread(values: Iterable[float], *, truth: float | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw many results of the same survey: "how far could the number have landed by chance?"

    `values` are scores in points, one for each sample, at least 20; `truth` is drawn as a line when it is known. The
    band holds the middle 95 % of the values. Draws on `ax`, or on a new figure, and returns the axes;
    `alt_text(ax)` describes it. Raises `InputError`.

    >>> axes = spread(range(40), truth=20)
    >>> axes.get_title(loc="left")
    '40 results: the middle 95% land between 1 and 38'
    """
    import matplotlib.pyplot as plt

    found = np.asarray(list(values), dtype=float)
    if len(found) < FEWEST or not np.isfinite(found).all():
        raise InputError(say("A spread needs at least {n} numbers, none of them missing.", n=FEWEST))
    low, high = np.quantile(found, [0.025, 0.975])
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
    ax.axvspan(low, high, color=COLOURS[5], alpha=0.25, label=say("the middle 95%"))
    _columns(ax, found)
    if truth is not None:
        ax.axvline(truth, color=COLOURS[1], linewidth=2.5, linestyle="--", label=say("the truth"))
    title = say(
        "{n} results: the middle 95% land between {low} and {high}",
        n=number(len(found)),
        low=number(low, decimals=0),
        high=number(high, decimals=0),
    )
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_xlabel(say("points"))
    ax.set_ylabel(say("results"))
    ax.legend(frameon=False)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_gid(_description(title, found, truth))
    return ax


def _columns(ax: "Axes", found: np.ndarray) -> None:
    """Draw a column for each value, or for each of thirty ranges when there are too many values."""
    values, times = np.unique(found.round(6), return_counts=True)
    if len(values) <= MOST_COLUMNS:
        # A result of 50 answers moves in steps: ranges across the steps would draw hills that are not there.
        width = 0.9 * np.diff(values).min() if len(values) > 1 else 1.0
        ax.bar(values, times, width=width, color=COLOURS[0])
    else:
        ax.hist(found, bins=30, color=COLOURS[0], edgecolor="white")


def _description(title: str, found: np.ndarray, truth: float | None) -> str:
    text = say(
        "Chart. {title}. Smallest {least}, largest {most}, mean {mean}.",
        title=title,
        least=number(found.min()),
        most=number(found.max()),
        mean=number(found.mean()),
    )
    return text if truth is None else text + " " + say("The truth is {truth}.", truth=number(truth))
