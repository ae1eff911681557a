"""Charts of stages: how far journeys get, and by each day who has gone on, who has left and who is still there."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, axes, dress, safe, share
from cxlib.errors import InputError
from cxlib.journeys.stage_models import NAMES
from cxlib.language import number, percent, say
from cxlib.metrics.units import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ON, OUT, THERE = COLOURS[2], COLOURS[1], "#dddddd"
HATCH = "///"  # who has left is told apart without colour


def chart_stages(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw how far journeys get: "what share comes to each stage, and how many pass it over?"

    `frame` is what `stages` returns, without `by`. A bar for each stage with the interval of its share; stages are
    not steps of a staircase: a later one may be reached by more. Returns the axes; `alt_text(ax)` describes them.
    """
    reached = _rows(frame, "stage_reached")
    ax = ax or axes(1.8 + 0.5 * len(reached), 9)
    at = np.arange(len(reached))
    value = 100 * reached["value"].astype(float)
    ends = [
        (value - 100 * reached["low"].astype(float)).clip(0),
        (100 * reached["high"].astype(float) - value).clip(0),
    ]
    ax.barh(at, value.fillna(0), color=COLOURS[0], alpha=0.75)
    ax.errorbar(value, at, xerr=ends, fmt="none", ecolor="black", capsize=3, linewidth=1.2)
    for place in at[value.isna().to_numpy()]:
        ax.text(1, place, say("no table tells this stage"), va="center", fontsize=8.5, color="#555555")
    ax.set_yticks(at, [safe(_name(row)) for row in reached.to_dict("records")])
    ax.invert_yaxis()
    ax.set_xlim(0, 105)
    ax.set_xlabel(say("% of the journeys, n = {n}", n=number(reached["n"].max(), decimals=0)))
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    known = reached[reached["value"].notna()]
    last = known.iloc[-1].to_dict()
    title = say("{share} of the journeys come to {stage}", share=share(last), stage=_name(last))
    told = [f"{_name(row)}: {share(row)}" for row in known.to_dict("records")]
    return dress(ax, frame, title, told, say("Bars: 95% interval."))


def chart_stage_times(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw stage times: "of those who come to a stage, how many go on, how many leave, how many are still there?"

    `frame` is what `stage_times` returns by the rule `competing`, without `by`. A bar of 100% for each stage, with
    the interval of those who went on; beside it the median days. Returns the axes; `alt_text(ax)` describes them.
    """
    on, out, days = (
        _rows(frame, name).query("n > 0").set_index("stage") for name in ("stage_went_on", "stage_left", "stage_days")
    )
    if frame["rule"].ne("competing").any():
        raise InputError(say("Give the frame that stage_times returned by the rule competing."))
    ax = ax or axes(1.8 + 0.55 * len(on), 9.6)
    at = np.arange(len(on))
    went, left = 100 * on["value"].astype(float), 100 * out["value"].reindex(on.index).astype(float)
    ax.barh(at, went, color=ON, label=say("went on"))
    ax.barh(at, left, left=went, color=OUT, hatch=HATCH, edgecolor="white", label=say("left"))
    ax.barh(at, 100 - went - left, left=went + left, color=THERE, label=say("still there"))
    ends = [(went - 100 * on["low"].astype(float)).clip(0), (100 * on["high"].astype(float) - went).clip(0)]
    ax.errorbar(went, at, xerr=ends, fmt="none", ecolor="black", capsize=3, linewidth=1.2)
    rows = [{"stage": key, **row} for key, row in zip(on.index, on.to_dict("records"), strict=True)]
    for place, row in enumerate(rows):
        middle = days["value"].get(row["stage"])
        words = (
            say("half over after {days}", days=amount(middle, "days"))
            if pd.notna(middle)
            else say("less than half over")
        )
        ax.text(102, place, words, va="center", fontsize=8.5)
    ax.set_yticks(at, [f"{safe(_name(row))}\nn = {number(row['n'], decimals=0)}" for row in rows])
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel(say("% of those who came to the stage"))
    ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.14), fontsize=8.5)
    worst = max(rows, key=lambda row: np.nan_to_num(out["value"].get(row["stage"])))
    lost = {**out.loc[worst["stage"]].to_dict()}
    title = say("Most journeys end at {stage}: {share} go no further", stage=_name(worst), share=share(lost))
    told = [say("{stage}: {on} went on, {out} left", stage=_name(row), on=share(row),
                out=share(out.loc[row["stage"]].to_dict())) for row in rows]  # fmt: skip
    return dress(ax, frame, title, told, say("Bars: 95% interval of those who went on."))


def chart_stage_curves(frame: pd.DataFrame, *, ax: "Axes | None" = None, stage: str | None = None) -> "Axes":
    """Draw out one stage day by day: "who has gone on by then, who has left, and how sure is that?"

    `frame` is what `stage_curves` returns; `stage` is one of its stages, the one most leave if not given. Returns the
    axes; `alt_text(ax)` describes them.
    """
    if not {"stage", "way", "days", "value", "at_risk"} <= set(frame.columns) or frame.empty:
        raise InputError(say("Give the frame that stage_curves returned."))
    ends = frame.sort_values("days").groupby(["stage", "way"])["value"].last().unstack()
    stage = stage or str(ends["left"].idxmax())
    if stage not in ends.index:
        raise InputError(say("There is no curve of the stage {stage}. Stages: {stages}.", stage=repr(stage),
                             stages=", ".join(ends.index)))  # fmt: skip
    mine = frame[frame["stage"].eq(stage)]
    ax = ax or axes(4.2, 8.4)
    told = []
    looks = (("went_on", COLOURS[2], "-", say("went on")), ("left", COLOURS[1], "--", say("left")))
    for way, colour, line, label in looks:
        curve = mine[mine["way"].eq(way)].sort_values("days")
        days, value, low, high = (curve[name].to_numpy(float) for name in ("days", "value", "low", "high"))
        ax.step(days, 100 * value, where="post", color=colour, linestyle=line, linewidth=1.8, label=label)
        ax.fill_between(days, 100 * low, 100 * high, step="post", color=colour, alpha=0.2, linewidth=0)
        if len(curve):
            row = curve.iloc[-1].to_dict()
            ax.annotate(percent(row["value"]), (row["days"], 100 * row["value"]), xytext=(4, 0),
                        textcoords="offset points", va="center", fontsize=9, color=colour)  # fmt: skip
            told.append(say("{share} {way}", share=share(row), way=label))
    ax.set_ylim(0, 100)
    ax.set_xlim(left=0)
    ax.set_xlabel(say("days since coming to the stage"))
    ax.set_ylabel(say("% of those who came to it, n = {n}", n=number(mine["n"].max(), decimals=0)))
    ax.grid(axis="y", color="#dddddd")
    ax.legend(frameon=False, loc="upper left")
    title = say("{stage}, by day {day}: {told}", stage=say(NAMES[stage]), told="; ".join(told),
                day=number(mine["days"].max(), decimals=0))  # fmt: skip
    return dress(ax, frame, title, told, say("Bands: 95% interval; who leaves is not taken for not seen."))


def _rows(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    if not {"stage", "position", "metric"} <= set(frame.columns) or frame.columns[0] != "stage":
        raise InputError(say("Give the frame that stages or stage_times returned, without by."))
    rows = frame[frame["metric"].eq(metric)].sort_values("position")
    if rows["value"].isna().all():
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    return rows


def _name(row: dict) -> str:
    return say(NAMES[row["stage"]])
