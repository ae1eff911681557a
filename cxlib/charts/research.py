"""Charts of what was not seen, and of groups that are not alike: the ladder, the window curve, the Simpson slope."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, axes, dress, safe, share
from cxlib.errors import InputError
from cxlib.journeys.cells import NAMES, WHY_NONE
from cxlib.journeys.research_rungs import BOUNDS
from cxlib.journeys.research_rungs import NAMES as RUNGS
from cxlib.language import number, percent, say
from cxlib.metrics.units import amount, axis_unit
from cxlib.metrics.wording import STANDARDS, metric_name, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY = "#555555"
# From the best to the last that the data can give: which rung a title speaks of.
BEST = ("stratified", "corrected", "asked")
MOST_GROUPS = len(COLOURS)


def chart_research(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw what `research_shopping` returned: the ladder of one window, or the curve of several."""
    return (chart_window if _varying(frame) else chart_ladder)(frame, ax=ax)


def chart_ladder(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the ladder of estimates: "how much was seen, and how much is there?"

    `frame` is what `research_shopping` returns for one cell and one window. A dot and its interval for each rung, a
    bar for the bounds; what cannot be had says why. Returns the axes; `alt_text(ax)` describes them.
    """
    _check(frame)
    if frame["rule"].duplicated().any():
        raise InputError(say("A ladder is of one group, one period and one window: choose the rows of one."))
    if frame["low"].isna().all():
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    ax = ax or axes(1.2 + 0.55 * len(frame))
    rows = frame.reset_index(drop=True).to_dict("records")
    for place, row in enumerate(rows):
        _rung(ax, place, row)
    ax.set_yticks(range(len(rows)), [_label(row) for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, min(100, 5 + 100 * float(frame["high"].max())))
    ax.set_xlabel(say("% of purchases ({metric})", metric=say(NAMES[rows[0]["metric"]])))
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    return dress(ax, frame, _ladder_finding(frame), [_told(row) for row in rows], say("Bars: 95% interval."))


def _check(frame: pd.DataFrame) -> None:
    if not {"rule", "days", "identified", "assumes"} <= set(frame.columns) or frame.empty:
        raise InputError(say("Give the frame that research_shopping returned."))


def _rung(ax: "Axes", place: int, row: dict) -> None:
    if pd.isna(row["low"]):
        why = say(WHY_NONE[row["method"]]) if row["method"] in WHY_NONE else say("not known")
        value = 0.5 if pd.isna(row["value"]) else 100 * row["value"] + 1
        ax.text(value, place, safe(why), va="center", fontsize=9, color=GREY, style="italic")
    elif row["method"] == BOUNDS:
        look: dict[str, Any] = {
            "height": 0.32,
            "color": "#cccccc",
            "hatch": "//",
            "edgecolor": GREY,
            "linewidth": 0.8,
        }
        ax.barh(place, 100 * (row["high"] - row["low"]), left=100 * row["low"], **look)
    if pd.notna(row["value"]):
        colour = COLOURS[1] if row["rule"] == "seen" else COLOURS[0]
        ends = None
        if pd.notna(row["low"]):
            ends = [[100 * max(row["value"] - row["low"], 0)], [100 * max(row["high"] - row["value"], 0)]]
        ax.errorbar(100 * row["value"], place, xerr=ends, fmt="X" if row["rule"] == "seen" else "o", color=colour,
                    capsize=4, linewidth=1.6, markersize=7)  # fmt: skip
        ax.annotate(percent(row["value"]), (100 * row["value"], place), xytext=(0, 8), textcoords="offset points",
                    ha="center", fontsize=8.5, color=colour)  # fmt: skip


def _label(row: dict) -> str:
    counted = "" if pd.isna(row["n"]) or not row["n"] else f"\nn = {number(row['n'], decimals=0)}"
    return safe(say(RUNGS[row["rule"]])) + counted


def _told(row: dict) -> str:
    name = say(RUNGS[row["rule"]])
    if row["method"] == BOUNDS:
        return say("{name}: between {low} and {high}", name=name, low=percent(row["low"]), high=percent(row["high"]))
    if pd.isna(row["value"]):
        why = say(WHY_NONE[row["method"]]) if row["method"] in WHY_NONE else say("not known")
        return say("{name}: not known ({why})", name=name, why=why)
    return f"{name}: {share(row)}, n = {number(row['n'], decimals=0)}"


def _best(frame: pd.DataFrame) -> dict | None:
    """Return the first of the rungs worth speaking of that has a value and an interval."""
    known = frame[frame["value"].notna() & frame["low"].notna()].set_index("rule", drop=False)
    return next((known.loc[name].to_dict() for name in BEST if name in known.index), None)


def _ladder_finding(frame: pd.DataFrame) -> str:
    metric, best = say(NAMES[frame["metric"].iloc[0]]), _best(frame)
    seen = frame[frame["rule"].eq("seen") & frame["value"].notna()]
    if seen.empty:
        return say("{metric}: how much was seen, and how much is there?", metric=metric)
    if best is None:
        value = percent(seen["value"].iloc[0])
        return say("{metric}: {seen} was seen; how much there is, nobody can say", metric=metric, seen=value)
    return say(
        "{metric}: {seen} was seen; {rung}, it is {value}",
        metric=metric,
        seen=percent(seen["value"].iloc[0]),
        rung=say(RUNGS[best["rule"]]),
        value=share(best),
    )


def _varying(frame: pd.DataFrame) -> str | None:
    """Return what a curve runs over: the windows, or the share of buyers who are known."""
    _check(frame)
    return next((name for name in ("days", "identified") if frame[name].nunique() > 1), None)


def chart_window(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw estimates by the length of the window, or by the share of known buyers: "how much hangs on our choice?"

    `frame` is what `research_shopping` returns for several `days`, or for one and several `identified`, and one cell.
    A line for each rung, its interval as a band. Returns the axes; `alt_text(ax)` describes them.
    """
    over = _varying(frame)
    if over is None:
        raise InputError(say("A curve takes several days, or several shares of known buyers."))
    if frame.duplicated(["rule", over]).any():
        raise InputError(
            say("A curve is of one group, one period, and either days or known buyers: choose its rows.")
        )
    ax = ax or axes(4.2)
    told = []
    shown = frame[frame["value"].notna() & frame["low"].notna() & ~frame["rule"].eq("asked")]
    if shown.empty:
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    factor = 1 if over == "days" else 100
    for place, (name, rows) in enumerate(shown.groupby("rule", sort=False)):
        rows = rows.sort_values(over)
        at = factor * rows[over].to_numpy(float)
        colour = COLOURS[1] if name == "seen" else COLOURS[(0, 2, 3, 4, 5)[place % 5]]
        ax.fill_between(
            at, 100 * rows["low"].to_numpy(float), 100 * rows["high"].to_numpy(float), color=colour, alpha=0.13
        )
        ax.plot(at, 100 * rows["value"].to_numpy(float), color=colour, marker="Xos^Dv<"[place % 7],
                linestyle=("-", "--", "-.", ":")[place % 4], label=safe(say(RUNGS[str(name)])))  # fmt: skip
        told += [f"{_at(over, row)}: {_told(row)}" for row in rows.to_dict("records")]
    ticks = np.sort(frame[over].unique())
    ax.set_xticks(factor * ticks, [_tick(over, one) for one in ticks])
    ax.set_xlabel(say("days before the purchase") if over == "days" else say("% of the known buyers who are known"))
    ax.set_ylabel(say("% of purchases ({metric})", metric=say(NAMES[frame["metric"].iloc[0]])))
    ax.set_ylim(0, min(100, 5 + 100 * float(shown["high"].max())))
    ax.grid(axis="y", color="#dddddd")
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return dress(ax, frame, _window_finding(frame, over), told, say("Bands: 95% interval."))


def _tick(over: str, value: float) -> str:
    return number(value, decimals=0) if over == "days" else percent(value, decimals=0)


def _at(over: str, row: dict) -> str:
    if over == "days":
        return say("window of {n} d", n=number(row["days"], decimals=0))
    return say("{share} of the known buyers known", share=percent(row["identified"], decimals=0))


def _window_finding(frame: pd.DataFrame, over: str) -> str:
    seen = frame[frame["rule"].eq("seen") & frame["value"].notna()].sort_values(over)
    if len(seen) < 2:
        return say("How much hangs on our choice")
    first, last = (seen.iloc[place].to_dict() for place in (0, -1))
    return say(
        "{metric}: what was seen goes from {first} ({start}) to {last} ({end}); buyers are the same",
        metric=say(NAMES[frame["metric"].iloc[0]]),
        first=percent(first["value"]),
        start=_at(over, first),
        last=percent(last["value"]),
        end=_at(over, last),
    )


def chart_simpson(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw groups as they are and made up alike: "who is ahead, and who once like is held against like?"

    `frame` is what `standardise` returns without `against`. A line for each group from left to right, each end with
    its interval. Returns the axes; `alt_text(ax)` describes them. Raises `InputError`.
    """
    if "standard" not in frame.columns or "value" not in frame.columns:
        raise InputError(say("Give the frame that standardise returned, without against."))
    by = frame.columns[0]
    shown = frame[frame["value"].notna() & frame["low"].notna()]
    whole = shown.groupby(by, sort=False, dropna=False)["standard"].transform("nunique") == len(STANDARDS)
    shown = shown[whole]
    groups = [plain(one) for one in shown[by].drop_duplicates()]
    if not 2 <= len(groups) <= MOST_GROUPS:
        raise InputError(
            say("A slope takes 2 to {most} groups with an interval on both sides; there are {n}.",
                most=MOST_GROUPS, n=len(groups))
        )  # fmt: skip
    ax = ax or axes(4.4, 7)
    unit = str(shown["unit"].iloc[0])
    factor = 100 if unit == "share" else 1
    for place, (name, rows) in enumerate(shown.groupby(by, sort=False, dropna=False)):
        _slope(ax, plain(name), rows.set_index("standard"), place, factor, len(groups))
    ax.set_xticks([0, 1], [say(STANDARDS[one]) for one in STANDARDS])
    ax.set_xlim(-0.35, 1.45)
    ax.set_ylabel(f"{safe(metric_name(shown.iloc[0].to_dict()))} ({axis_unit(unit)})")
    ax.grid(axis="y", color="#dddddd")
    rows = [f"{plain(row[by])}, {say(STANDARDS[row['standard']])}: {_amount(row)}, n = {number(row['n'], decimals=0)}"
            for row in shown.to_dict("records")]  # fmt: skip
    return dress(ax, frame, _slope_finding(shown, by), rows, say("Bars: 95% interval."))


def _slope(ax: "Axes", name: str, ends: pd.DataFrame, place: int, factor: int, size: int) -> None:
    ends = ends.loc[list(STANDARDS)]
    value, low, high = (factor * ends[column].to_numpy(float) for column in ("value", "low", "high"))
    at = np.array([0.0, 1.0]) + 0.03 * (place - (size - 1) / 2)
    colour = COLOURS[place]
    ax.plot(at, value, color=colour, linewidth=2, marker="osD^v<>"[place], markersize=7)
    ax.errorbar(at, value, yerr=[(value - low).clip(0), (high - value).clip(0)], fmt="none", ecolor=colour, capsize=4)
    for x, one, row, side in zip(at, value, ends.to_dict("records"), ("right", "left"), strict=True):
        text = amount(row["value"], row["unit"])
        label = f"{text}" if side == "right" else f"{safe(name)} {text}"
        ax.annotate(label, (x, one), xytext=(-10 if side == "right" else 10, 0), textcoords="offset points",
                    ha=side, va="center", color=colour, fontsize=9.5)  # fmt: skip


def _amount(row: dict) -> str:
    low, high = (amount(row[end], row["unit"]) for end in ("low", "high"))
    return f"{amount(row['value'], row['unit'])} ({say('{low} to {high}', low=low, high=high)})"


def _slope_finding(shown: pd.DataFrame, by: str) -> str:
    tops = {}
    for standard in STANDARDS:
        rows = shown[shown["standard"].eq(standard)]
        tops[standard] = plain(rows.loc[rows["value"].idxmax(), by])
    if tops["as_is"] != tops["standardised"]:
        return say(
            "As they are, {one} is ahead; made up alike, {other} is", one=tops["as_is"], other=tops["standardised"]
        )
    gaps = [shown.loc[shown["standard"].eq(one), "value"] for one in STANDARDS]
    before, after = (amount(float(gap.max() - gap.min()), str(shown["unit"].iloc[0])) for gap in gaps)
    return say("{one} is ahead either way; from best to last it is {before} as they are, {after} made up alike",
               one=tops["as_is"], before=before, after=after)  # fmt: skip
