"""The chart of waits: how long customers of a support desk wait, against what they were promised."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, dress, safe
from cxlib.errors import InputError
from cxlib.inference.durations import survival
from cxlib.inference.intervals import wilson
from cxlib.language import number, percent, say
from cxlib.metrics.units import amount
from cxlib.metrics.wording import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WAITS = ("minutes", "over", "promised")
MOST_GROUPS = 7
_HOUR, _DAY = 60, 24 * 60
TICKS = (1 / 60, 1 / 6, 1, 10, _HOUR, 8 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY)


def chart_waits(waits: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw waits against the promise: "how many got what they were promised, and how long did the others wait?"

    `waits` has one row per ticket: `minutes` waited, whether the wait is `over`, the minutes `promised`, and at most
    one more column, by which lines are drawn; within a group one promise. Each line is the share of tickets over by
    then (Kaplan and Meier's where some are not over), the diamond on it the share kept with its 95 % interval; an
    open ticket past its promise is a broken one, one still within it is not counted yet. A single group has its mean
    marked, too. Draws on `ax`, or on a new figure, and returns the axes; `alt_text(ax)` describes it. Raises
    `InputError`.

    >>> minutes = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
    >>> chart_waits(pd.DataFrame({"minutes": minutes, "over": True, "promised": 30})).get_title(loc="left")
    'Promise kept: 80% (58.4% to 91.9%), n = 20; yet the mean wait, 43.7 min, is longer than the promise'
    """
    import matplotlib.pyplot as plt

    groups = _by_group(waits)
    kept = pd.DataFrame([_kept(name, rows) for name, rows in groups])
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for place, (_, rows) in enumerate(groups):
        _line(ax, rows, kept.loc[place], COLOURS[place], alone=len(groups) == 1)
    _dress_waits(ax, waits, alone=len(groups) == 1)
    dress(ax, waits, _waits_title(kept), [_told(row) for row in kept.to_dict("records")], _waits_note(kept))
    return ax


def _by_group(waits: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    lacks = [name for name in WAITS if name not in waits.columns]
    if lacks:
        raise InputError(say("The waits have no column {names}.", names=", ".join(lacks)))
    groups = [name for name in waits.columns if name not in WAITS]
    if len(groups) > 1:
        raise InputError(
            say("A chart shows at most one by column; this frame has: {groups}.", groups=", ".join(groups))
        )
    rows = waits.dropna(subset=list(WAITS))
    rows = rows[rows["minutes"] >= 0]
    if not rows["over"].any():
        raise InputError(say("There is nothing to draw: no wait is over."))
    found = list(rows.groupby(groups[0], sort=False, dropna=False)) if groups else [("", rows)]
    if len(found) > MOST_GROUPS:
        raise InputError(
            say("{n} cells do not fit in one chart; choose at most {most}.", n=len(found), most=MOST_GROUPS)
        )
    if any(one["promised"].nunique() > 1 for _, one in found):
        raise InputError(
            say("A line has one promise, and these waits have several: add the column that tells them apart.")
        )
    return [(plain(name) if groups else "", one) for name, one in found]


def _kept(name: str, rows: pd.DataFrame) -> dict:
    """Return how often the promise of a group was kept: what is open and late is broken, open and early undecided."""
    promised, over = float(rows["promised"].iloc[0]), rows["over"].astype(bool)
    late = rows["minutes"] > promised
    n, share = int((over | late).sum()), float((over & ~late).sum())
    low, high = wilson(share / n if n else np.nan, n)
    return {
        "name": name,
        "promised": promised,
        "share": share / n if n else np.nan,
        "low": float(low),
        "high": float(high),
        "n": n,
        "undecided": len(rows) - n,
        "mean": float(rows.loc[over, "minutes"].mean()),
    }


def _line(ax: "Axes", rows: pd.DataFrame, kept: pd.Series, colour: str, *, alone: bool) -> None:
    curve = survival(rows["minutes"], rows["over"], np.ones(len(rows)))
    at = np.maximum(curve.at, TICKS[0])  # a logarithm has no place for a wait of nothing
    ax.step([TICKS[0], *at], [0, *(100 * (1 - curve.left))], where="post", color=colour, linewidth=1.8)
    promise = say("promise {length}", length=_length(kept["promised"]))
    words = promise if alone else f"{kept['name']}: {promise}, {percent(kept['share'])}"
    ends = [[100 * (kept["share"] - kept["low"])], [100 * (kept["high"] - kept["share"])]]
    ax.errorbar(kept["promised"], 100 * kept["share"], yerr=ends, fmt="D", color=colour, markeredgecolor="white",
                capsize=4, markersize=9, label=safe(words), zorder=3)  # fmt: skip
    if alone:
        ax.axvline(kept["promised"], color=colour, linestyle="--", linewidth=1.2, zorder=0.9)
        ax.axvline(kept["mean"], color=COLOURS[1], linestyle=":", linewidth=1.8, zorder=0.9,
                   label=say("mean {length}", length=_length(kept["mean"])))  # fmt: skip


def _length(minutes: float) -> str:
    """Return a wait in the unit in which people say it."""
    if minutes < 1:
        return say("{value} s", value=number(60 * minutes, decimals=0))
    if minutes < _HOUR:
        return amount(minutes, "minutes")
    return say("{value} h", value=number(minutes / 60)) if minutes < 2 * _DAY else amount(minutes / _DAY, "days")


def _dress_waits(ax: "Axes", waits: pd.DataFrame, *, alone: bool) -> None:
    ax.set_xscale("log")
    seen = waits.loc[waits["minutes"] > 0, "minutes"]
    left, right = max(TICKS[0], seen.min() / 1.5), 1.3 * max(seen.max(), waits["promised"].max())
    ax.set_xlim(left, right)
    ticks = [one for one in TICKS if left <= one <= right]
    ax.set_xticks(ticks, [_length(one) for one in ticks])
    ax.set_xticks([], minor=True)
    ax.set_ylim(0, 102)
    ax.set_xlabel(say("wait, on the customer's clock (each mark many times the one before)"))
    ax.set_ylabel(say("% of tickets answered by then"))
    ax.grid(color="#dddddd")
    ax.legend(
        loc="upper left", frameon=True, framealpha=0.9, fontsize=9, title=None if alone else say("promise kept")
    )


def _waits_title(kept: pd.DataFrame) -> str:
    ranked = kept.sort_values("share")
    worst, best = ranked.iloc[0], ranked.iloc[-1]
    if len(kept) > 1:
        text = say(
            "Promise kept least for {worst} ({low}), most for {best} ({high})",
            worst=worst["name"],
            low=percent(worst["share"]),
            best=best["name"],
            high=percent(best["share"]),
        )
        return text if worst["high"] < best["low"] else text + say(", but the intervals overlap")
    text = say("Promise kept: {share}", share=_share(best))
    if best["mean"] > best["promised"] and best["share"] > 0.5:
        return text + say(
            "; yet the mean wait, {mean}, is longer than the promise", mean=amount(best["mean"], "minutes")
        )
    return text


def _share(row: "dict | pd.Series") -> str:
    ends = say("{low} to {high}", low=percent(row["low"]), high=percent(row["high"]))
    return f"{percent(row['share'])} ({ends}), n = {number(row['n'], decimals=0)}"


def _told(row: dict) -> str:
    words = say("promise {length}", length=_length(row["promised"]))
    mean = say("mean {length}", length=_length(row["mean"]))
    return f"{row['name'] + ': ' if row['name'] else ''}{words}, {_share(row)}; {mean}"


def _waits_note(kept: pd.DataFrame) -> str:
    note = say("Diamond: share kept, with its 95% interval.")
    waiting = int(kept["undecided"].sum())
    return note if not waiting else f"{note} " + say("Not counted yet, still within the promise: {n}.", n=waiting)
