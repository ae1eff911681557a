"""Ranked results as dots with intervals: pain points, and credit for conversions by rival rules."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, axes, dress, safe, share
from cxlib.errors import InputError
from cxlib.journeys import cells
from cxlib.language import number, say
from cxlib.metrics.wording import labelled, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = "os^D"


def chart_pains(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw pain points: "where do we lose most satisfaction, and which ranks could be other ones?"

    `frame` is what `pain_points` returns. A dot for each step with the interval of the points lost, and beside it
    between which ranks it may be. Returns the axes; `alt_text(ax)` describes them.
    """
    rows = _known(frame, "pain_score", "step")
    ax = ax or axes(1.8 + 0.5 * len(rows), 8.6)
    at = np.arange(len(rows))
    value = rows["value"].to_numpy(float)
    ends = np.array([value - rows["low"].to_numpy(float), rows["high"].to_numpy(float) - value]).clip(0)
    ax.errorbar(value, at, xerr=ends, fmt="o", color=COLOURS[0], capsize=4, linewidth=1.6)
    ax.axvline(0, color="black", linewidth=0.8)
    told = rows.to_dict("records")
    for place, row in enumerate(told):
        ax.annotate(_rank(row), (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=8.5)
    ax.set_yticks(at, [safe(labelled("step", row)) for row in told])
    ax.invert_yaxis()
    ax.set_xlabel(say("points of CSAT lost by all who come"))
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    lines = [f"{labelled('step', row)}: {_points(row)}, {_rank(row)}" for row in told]
    note = say("Bars: 95% interval. Losses are adjusted for each other, not proven.")
    return dress(ax, frame, _worst(told), lines, note)


def _worst(rows: list[dict]) -> str:
    first = rows[0]
    step = labelled("step", first)
    if pd.notna(first["rank_high"]) and first["rank_high"] == 1:
        return say("Most is lost at {step}: {points} points", step=step, points=_points(first))
    return say(
        "Most seems lost at {step}: {points} points, but its rank is not settled", step=step, points=_points(first)
    )


def chart_attribution(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw credit for conversions: "which channels get the credit, and does it hang on the rule?"

    `frame` is what `attribution` returns. A line for each channel; a dot with its band for each rule. Returns the
    axes; `alt_text(ax)` describes them.
    """
    rows = _known(frame, "attribution", "channel")
    channels = list(dict.fromkeys(rows.sort_values("value", ascending=False)["channel"]))
    rules = list(dict.fromkeys(rows["rule"]))
    ax = ax or axes(1.8 + 0.6 * len(channels), 8.8)
    for place, rule in enumerate(rules):
        mine = rows[rows["rule"].eq(rule)]
        at = [channels.index(one) + 0.16 * (place - (len(rules) - 1) / 2) for one in mine["channel"]]
        value = 100 * mine["value"].to_numpy(float)
        ends = np.array([value - 100 * mine["low"].to_numpy(float), 100 * mine["high"].to_numpy(float) - value]).clip(
            0
        )
        ax.errorbar(value, at, xerr=ends, fmt=MARKS[place % 4], color=COLOURS[place], capsize=3, linewidth=1.3,
                    label=say(cells.RULES[rule]))  # fmt: skip
    ax.set_yticks(range(len(channels)), [safe(plain(one)) for one in channels])
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(say("% of the conversions credited, n = {n}", n=number(rows["n"].max(), decimals=0)))
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    ax.legend(frameon=False, fontsize=8.5)
    lines = [
        f"{plain(row['channel'])} ({say(cells.RULES[row['rule']])}): {share(row)}" for row in rows.to_dict("records")
    ]
    note = say("Bands: 95%, customers drawn again. Credit among the paths seen, not what a channel caused.")
    return dress(ax, frame, _leader(rows), lines, note)


def _leader(rows: pd.DataFrame) -> str:
    """Say whether one channel leads by every rule and in all draws."""
    first = rows[rows["rank"].eq(1)]
    leaders = list(dict.fromkeys(first["channel"]))
    if len(leaders) > 1:
        return say("Which channel leads depends on the rule: {channels}", channels=", ".join(map(plain, leaders)))
    if first["rank_high"].gt(1).any():
        return say("{channel} leads by every rule, but not surely by each", channel=plain(leaders[0]))
    return say("{channel} leads by every rule", channel=plain(leaders[0]))


def _known(frame: pd.DataFrame, metric: str, column: str) -> pd.DataFrame:
    if not {column, "rank", "metric"} <= set(frame.columns):
        raise InputError(say("Give the frame that {function} returned.",
                             function="pain_points" if column == "step" else "attribution"))  # fmt: skip
    rows = frame[frame["metric"].eq(metric) & frame["value"].notna()]
    if rows.empty:
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    return rows


def _points(row: dict) -> str:
    if pd.isna(row["low"]):
        return number(row["value"])
    return f"{number(row['value'])} ({say('{low} to {high}', low=number(row['low']), high=number(row['high']))})"


def _rank(row: dict) -> str:
    if pd.isna(row["rank_low"]):
        return say("rank unknown")
    if row["rank_low"] == row["rank_high"]:
        return say("rank {rank}", rank=row["rank_low"])
    return say("rank {low} to {high}", low=row["rank_low"], high=row["rank_high"])
