"""The control chart of surges: days that bring more than their share, and more than chance explains."""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.charts.drawing import COLOURS, dress
from cxlib.errors import InputError
from cxlib.inference.surges import Surges, surges
from cxlib.language import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAILY = ("counts", "reference")
MOST_NAMED = 6
GREY = "#777777"


def chart_surges(
    daily: pd.DataFrame, *, longest: int = 7, false_alarms: float = 0.05, ax: "Axes | None" = None
) -> "Axes":
    """Draw a Poisson control chart: "which days brought more than their share, and more than chance explains?"

    `daily` has a row per day, the days as its index: `counts` of what is watched and a `reference` that shares its
    calendar, such as all other tickets. The grey line is the share of the day's reference, the orange one the most
    that a single day may bring; days that stand out, alone or in a run of up to `longest`, are marked and named.
    `false_alarms` is how many the whole series may bring by chance; see `cxlib.inference.surges`. Draws on `ax`, or
    on a new figure, and returns the axes; `alt_text(ax)` describes it. Raises `InputError`.

    >>> days = pd.date_range("2025-03-01", periods=6)
    >>> daily = pd.DataFrame({"counts": [1, 0, 2, 1, 9, 1], "reference": [10, 12, 21, 9, 11, 10]}, index=days)
    >>> chart_surges(daily, longest=1).get_title(loc="left")
    'More than their share of the day: 2025-03-05'
    """
    import matplotlib.pyplot as plt

    lacks = [name for name in DAILY if name not in daily.columns]
    if lacks or not isinstance(daily.index, pd.DatetimeIndex) or len(daily) < 2:
        raise InputError(say("Give a row for each day, the days as its index, and the columns {names}.",
                             names=", ".join(DAILY)))  # fmt: skip
    if not daily["reference"].sum() > 0:
        raise InputError(say("There is nothing to hold the days against: the reference is empty."))
    found = surges(daily["counts"], daily["reference"], longest=longest, false_alarms=false_alarms)
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 3.8), layout="constrained")
    _days(ax, daily, found)
    busiest = daily["reference"].idxmax()
    rows = [
        *_flagged(daily, found)[:MOST_NAMED],
        say(
            "busiest day of the reference: {day}, {n}",
            day=f"{busiest:%Y-%m-%d}",
            n=number(daily.at[busiest, "reference"]),
        ),
    ]
    note = say(
        "Limit for a single day, a run may stand out below it: by chance {n} false alarms in {days} days.",
        n=number(false_alarms, decimals=2),
        days=len(daily),
    )
    dress(ax, daily, _surges_title(daily.index[found.flagged]), rows, note)
    return ax


def _flagged(daily: pd.DataFrame, found: Surges) -> list[str]:
    loud = daily.assign(expected=found.expected)[found.flagged]
    return [
        say(
            "{day}: {n}, expected {expected}",
            day=f"{day:%Y-%m-%d}",
            n=number(row["counts"]),
            expected=number(row["expected"]),
        )
        for day, row in loud.iterrows()
    ]


def _days(ax: "Axes", daily: pd.DataFrame, found: Surges) -> None:
    from matplotlib.ticker import MaxNLocator

    calm = daily[~found.flagged]
    ax.scatter(calm.index, calm["counts"], s=9, color=COLOURS[0], alpha=0.6, label=say("day"))
    ax.plot(daily.index, found.expected, color=GREY, linewidth=1, label=say("share of the day"))
    ax.step(daily.index, found.limit, where="mid", color=COLOURS[4], linewidth=1, label=say("limit"))
    if found.flagged.any():
        loud = daily[found.flagged]
        ax.scatter(loud.index, loud["counts"], s=70, marker="X", color=COLOURS[1], linewidth=0, zorder=3,
                   label=say("more than its share"))  # fmt: skip
    ax.set_ylim(-0.4, 1.15 * max(daily["counts"].max(), found.limit.max()))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylabel(say("per day"))
    ax.grid(axis="y", color="#dddddd")
    ax.legend(loc="upper right", ncols=4, frameon=False, fontsize=9)


def _surges_title(days: pd.DatetimeIndex) -> str:
    if not len(days):
        return say("No day brought more than its share")
    named = [f"{day:%Y-%m-%d}" for day in days]
    if len(named) > MOST_NAMED:
        return say("More than their share of the day: {n} days, from {first} to {last}",
                   n=len(named), first=named[0], last=named[-1])  # fmt: skip
    return say("More than their share of the day: {days}", days=", ".join(named))
