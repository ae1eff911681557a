"""The chart of bands: what lies behind the number, the low band to the left, the high band to the right."""

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.charts.drawing import safe
from cxlib.charts.perception import finding
from cxlib.errors import InputError
from cxlib.language import mark, number, percent, say
from cxlib.metrics.bands import BANDS, COLUMNS
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.compute import ALL
from cxlib.metrics.units import amount
from cxlib.metrics.wording import metric_name, plain, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito's vermilion and blue with grey between them, each with the ink that reads on it (contrast > 4.5).
LOOKS = (("#D55E00", "black"), ("#BBBBBB", "black"), ("#0072B2", "white"))
MOST_GROUPS = 24
LEAST_LABELLED = (
    0.84  # share of the answers times inches of the figure: a narrower segment cannot hold its percentage
)
WORDS = {
    ("nps", "detractors"): mark("detractors"),
    ("nps", "passives"): mark("passives"),
    ("nps", "promoters"): mark("promoters"),
    ("csat", "dissatisfied"): mark("dissatisfied"),
    ("csat", "neutral"): mark("neutral"),
    ("csat", "satisfied"): mark("satisfied"),
    ("ces", "hard"): mark("hard"),
    ("ces", "neutral"): mark("neither hard nor easy"),
    ("ces", "easy"): mark("easy"),
    ("transactional_nps", "detractors"): mark("detractors"),
    ("transactional_nps", "passives"): mark("passives"),
    ("transactional_nps", "promoters"): mark("promoters"),
}


def chart_bands(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw bands: "does the number come from many who are pleased, or from few who are not?"

    `frame` is what `bands` returns. A bar for each group: the low band left of zero, the middle band
    half on each side, the high band to the right; for NPS a dot with its interval beneath, on the same
    axis. Draws on `ax`, or on a new figure, and returns the axes; `alt_text(ax)` describes it. Groups
    that are hidden or have no answer are named, not drawn. Raises `InputError`.

    >>> from cxlib.metrics.bands import bands
    >>> chart_bands(bands(promoters=90, passives=60, detractors=50)).get_title(loc="left")
    'NPS 20 (8.5 to 30.9), n = 200: 45% promoters, 25% detractors'
    """
    import matplotlib.pyplot as plt

    whole, shares = _groups_and_shares(frame)
    shown = whole[whole["value"].notna()].sort_values("value", kind="stable")
    if shown.empty:
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    if len(shown) > MOST_GROUPS:
        raise InputError(
            say("{n} cells do not fit in one chart; choose at most {most}.", n=len(shown), most=MOST_GROUPS)
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 2.1 + 0.7 * len(shown)), layout="constrained")
    for place, at in enumerate(shown.index):
        _segments(ax, place, shares.loc[at])
        if shown.at[at, "unit"] == "points":
            _net_score(ax, place - 0.42, shown.loc[at])
    _dress(ax, shown)
    _describe(ax, whole, shares.loc[shown.index], synthetic=bool(frame.attrs.get("synthetic")))
    return ax


def _groups_and_shares(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a row per group as a metric returns it, and the shares of its bands, by the same index."""
    wrong = InputError(say("Give the frame that bands returned, the three rows of each group together."))
    if not set(COLUMNS) <= set(frame.columns) or frame.empty or len(frame) % 3:
        raise wrong
    if frame["metric"].nunique() > 1:
        raise InputError(say("A chart shows one metric by one rule; this frame has several."))
    names = list(BANDS[frame["metric"].iloc[0]])
    if frame["band"].tolist() != names * (len(frame) // 3):
        raise wrong
    groups = [column for column in frame.columns if column not in COLUMNS]
    if len(groups) > 1:
        raise InputError(
            say("A chart shows at most one by column; this frame has: {groups}.", groups=", ".join(groups))
        )
    shares = pd.DataFrame(frame["share"].to_numpy().reshape(-1, 3), columns=names)
    whole = frame.iloc[::3].drop(columns=["band", "count", "share"]).reset_index(drop=True)
    return _as_result(whole), shares


def _as_result(whole: pd.DataFrame) -> pd.DataFrame:
    """Add what sentences about a result ask for and bands leave out."""
    ratio, n = METRICS[whole["metric"].iloc[0]], whole["n"]
    alike = n.gt(1).map({True: "none: all answers are alike", False: "none: a single answer"})
    return whole.assign(
        period=ALL,
        rule=ratio.rules[0].key,
        method=alike.where(whole["low"].isna(), ""),
        warnings=["suppressed" if pd.isna(one) else "small_n" if 0 < one < ratio.least_n else "" for one in n],
    )


def _segments(ax: "Axes", place: int, shares: pd.Series) -> None:
    left = -100 * (shares.iloc[0] + shares.iloc[1] / 2)
    least = LEAST_LABELLED * ax.figure.dpi / ax.figure.bbox.width
    for share, (colour, ink) in zip(shares, LOOKS, strict=True):
        ax.barh(place, 100 * share, left=left, height=0.52, color=colour, edgecolor="white", linewidth=0.8)
        if share >= least:
            words = percent(share, decimals=0)
            ax.text(left + 50 * share, place, words, ha="center", va="center_baseline", fontsize=8.5, color=ink)
        left += 100 * share


def _net_score(ax: "Axes", height: float, row: pd.Series) -> None:
    ends = None
    if pd.notna(row["low"]):
        ends = [[row["value"] - row["low"]], [row["high"] - row["value"]]]
    ax.errorbar(row["value"], height, xerr=ends, fmt="o", color="black", capsize=3, linewidth=1.4, markersize=5)
    reach = row["value"] if ends is None else row["high"]
    # Beside the interval; before it where the axis ends.
    beyond = reach > 85
    at = (row["value"] if ends is None else row["low"]) - 2.5 if beyond else reach + 2.5
    words = amount(row["value"], row["unit"])
    ax.text(at, height, words, ha="right" if beyond else "left", va="center", fontsize=9, weight="bold")


def _dress(ax: "Axes", shown: pd.DataFrame) -> None:
    from matplotlib.patches import Patch
    from matplotlib.ticker import FuncFormatter

    name, net = shown["metric"].iloc[0], shown["unit"].iloc[0] == "points"
    ax.set_yticks(range(len(shown)), [_label(row) for row in shown.to_dict("records")], fontsize=9)
    ax.set_ylim(-0.75 if net else -0.5, len(shown) - 0.5)
    ax.set_xlim(-103, 103)
    if net:
        ax.set_xlabel(say("NPS in points; width of the segments in % of the answers"))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    else:
        ax.set_xlabel(say("Width of the segments in % of the answers"))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(abs(value))))
    ax.axvline(0, color="#333333", linewidth=0.8, zorder=0.9)
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    keys = [
        Patch(color=colour, label=f"{say(WORDS[name, band])} ({_scores(*ends)})")
        for (band, ends), (colour, _) in zip(BANDS[name].items(), LOOKS, strict=True)
    ]
    # At the right end: what is too wide then stands above the labels of the bars and does not squeeze the bars.
    ax.legend(handles=keys, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=9,
              borderaxespad=0.2, handlelength=1.2)  # fmt: skip


def _scores(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}–{most}"


def _name(row: dict) -> str:
    groups = [key for key in row if key not in COLUMNS and key not in ("period", "rule", "method", "warnings")]
    return plain(row[groups[0]]) if groups else metric_name(row)


def _label(row: dict) -> str:
    # Two lines are as much of a name as fits; the description has all of it.
    lines = textwrap.wrap(_name(row), 26, max_lines=2, placeholder=" …") or [""]
    if row["unit"] != "points":
        value = amount(row["value"], row["unit"])
        if pd.notna(row["low"]):
            ends = {end: amount(row[end], row["unit"]) for end in ("low", "high")}
            value += f" ({say('{low} to {high}', **ends)})"
        lines.append(value)
    return safe("\n".join([*lines, f"n = {number(row['n'], decimals=0)}"]))


def _describe(ax: "Axes", whole: pd.DataFrame, shares: pd.DataFrame, *, synthetic: bool) -> None:
    shown = whole.loc[shares.index[::-1]]  # read from the top of the picture
    rows = [_sentence(whole.loc[[at]], shares.loc[at]) for at in shown.index]
    low, _, high = shares.columns
    title = finding(shown) if len(shown) > 1 else _sentence(shown, shares.iloc[0][[high, low]], brief=True)
    ax.set_title(safe(title), loc="left", fontsize=11, wrap=True, pad=24)
    note = _note(whole, synthetic=synthetic)
    ax.figure.text(0.99, -0.02, safe(textwrap.fill(note, 120)), ha="right", va="top", fontsize=8, color="#555555")
    ax.set_gid(say("Chart. {title}. {rows}. {note}", title=title, rows=". ".join(rows), note=note).strip())


def _sentence(one: pd.DataFrame, shares: pd.Series, *, brief: bool = False) -> str:
    """Return a group in words: its value, its bands and, unless it is to be brief, what qualifies them."""
    row = one.iloc[0]
    parts = [f"{percent(share)} {say(WORDS[row['metric'], band])}" for band, share in shares.items()]
    text = f"{show(one.assign(warnings=''))}: {', '.join(parts)}"
    if row["set_aside"] and not brief:
        text += "; " + say("set aside: {reasons}", reasons=number(row["set_aside"], decimals=0))
    return text + ("; " + say("small n") if row["warnings"] == "small_n" else "")


def _note(whole: pd.DataFrame, *, synthetic: bool) -> str:
    net = whole["unit"].iloc[0] == "points"
    notes = [say("Dot and line: NPS with its 95% interval.")] if net else []
    if not net and whole["low"].notna().any():
        notes.append(say("In brackets: 95% interval."))
    hidden = whole["n"].isna()
    empty = whole["value"].isna() & ~hidden
    if hidden.any():
        notes.append(say("Hidden, too few answers: {groups}.", groups=_names(whole[hidden])))
    if empty.any():
        notes.append(say("Without a valid answer: {groups}.", groups=_names(whole[empty])))
    return " ".join([*notes, *([say("Synthetic data (Ipê).")] if synthetic else [])])


def _names(whole: pd.DataFrame) -> str:
    return ", ".join(_name(row) for row in whole.to_dict("records"))
