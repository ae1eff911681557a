"""The emotion curve as a ribbon: how people feel at each stage, torn where nobody was asked."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, axes, dress, safe
from cxlib.errors import InputError
from cxlib.journeys.emotions import EVERYONE, LEAST, MOST, PAIRED
from cxlib.journeys.stage_models import NAMES
from cxlib.language import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ASIDE = 0.09  # the two rules stand beside each other at a stage


def chart_emotions(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw an emotion curve: "where do people feel worst, and do those say so who were asked everywhere?"

    `frame` is what `emotion_curve` returns without `by`. The ribbon is the interval of all who rated a stage, the
    line with bars that of those who rated every stage; both are torn at a stage that nobody rated. Returns the axes;
    `alt_text(ax)` describes them.
    """
    if not {"stage", "position", "metric", "rule"} <= set(frame.columns) or frame.columns[0] != "stage":
        raise InputError(say("Give the frame that emotion_curve returned, without by."))
    told = frame[frame["position"].notna()]
    everyone, paired = (told[told["rule"].eq(rule)].sort_values("position") for rule in (EVERYONE, PAIRED))
    if everyone["value"].isna().all():
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    ax = ax or axes(4.6, 9.6)
    _ribbon(ax, everyone)
    _line(ax, paired)
    for row in everyone[everyone["value"].isna()].itertuples():
        ax.axvspan(row.position - 0.45, row.position + 0.45, color="#eeeeee", zorder=0)
        ax.text(row.position, MOST - 0.4, say("nobody asked"), ha="center", va="top", fontsize=8, color="#555555")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_ylim(LEAST, MOST)
    ax.set_xlim(0.5, len(everyone) + 0.5)
    ax.set_xticks(
        everyone["position"].astype(float), [_tick(row) for row in everyone.to_dict("records")], fontsize=8.5
    )
    ax.set_ylabel(say("emotion, −5 to +5"))
    ax.grid(axis="y", color="#dddddd")
    ax.set_axisbelow(True)
    ax.legend(frameon=False, loc="lower left", fontsize=8.5)
    rows = [
        _told(one, other) for one, other in zip(everyone.to_dict("records"), paired.to_dict("records"), strict=True)
    ]
    return dress(ax, frame, _worst(everyone, paired), rows, say("Ribbon and bars: 95% interval."))


def _ribbon(ax: "Axes", rows: pd.DataFrame) -> None:
    at = rows["position"].astype(float).to_numpy() - ASIDE
    value, low, high = (rows[name].astype(float).to_numpy() for name in ("value", "low", "high"))
    # Where nobody was asked the numbers are missing, and so is the ribbon.
    ax.fill_between(at, low, high, color=COLOURS[0], alpha=0.25, linewidth=0)
    ax.plot(at, value, "-o", color=COLOURS[0], linewidth=1.6, label=say("all who rated the stage"))
    ends = np.array([(value - low).clip(0), (high - value).clip(0)])
    ax.errorbar(at, value, yerr=ends, fmt="none", ecolor=COLOURS[0], alpha=0.5, linewidth=4)


def _line(ax: "Axes", rows: pd.DataFrame) -> None:
    at = rows["position"].astype(float).to_numpy() + ASIDE
    value, low, high = (rows[name].astype(float).to_numpy() for name in ("value", "low", "high"))
    ends = np.array([(value - low).clip(0), (high - value).clip(0)])
    ax.errorbar(at, value, yerr=ends, fmt="--s", color=COLOURS[1], capsize=4, linewidth=1.4,
                label=say("the same people: those who rated every stage"))  # fmt: skip


def _name(row: dict) -> str:
    return say(NAMES[row["stage"]])


def _tick(row: dict) -> str:
    words = safe(_name(row)).replace(" and ", " and\n").replace(" e ", " e\n")
    return f"{words}\nn = {number(row['n'], decimals=0)}"


def _ends(row: dict) -> str:
    if pd.isna(row["value"]):
        return say("nobody asked")
    if pd.isna(row["low"]):
        return number(row["value"])
    return f"{number(row['value'])} ({say('{low} to {high}', low=number(row['low']), high=number(row['high']))})"


def _told(one: dict, other: dict) -> str:
    both = say("{stage}: {everyone}, n = {n}", stage=_name(one), everyone=_ends(one), n=number(one["n"], decimals=0))
    if pd.isna(other["value"]):
        return both
    same = say(
        "of those who rated every stage {paired}, n = {n}", paired=_ends(other), n=number(other["n"], decimals=0)
    )
    return f"{both}; {same}"


def _worst(everyone: pd.DataFrame, paired: pd.DataFrame) -> str:
    row = everyone.loc[everyone["value"].idxmin()].to_dict()
    same = paired[paired["stage"].eq(row["stage"]) & paired["value"].notna()]
    if same.empty:
        return say("People feel worst at {stage}: {everyone}", stage=_name(row), everyone=_ends(row))
    return say(
        "People feel worst at {stage}: {everyone}; those who rated every stage say {paired}",
        stage=_name(row), everyone=_ends(row), paired=_ends(same.iloc[0].to_dict()),
    )  # fmt: skip
