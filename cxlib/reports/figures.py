"""The pictures of a report: narrow enough for a phone, and never claiming more than the comparisons beside them."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.charts.bands import chart_bands
from cxlib.charts.drawing import axes, safe
from cxlib.charts.perception import alt_text, chart, finding, picture
from cxlib.language import mark, say
from cxlib.reports.findings import moves
from cxlib.reports.gathering import GROUPS, Evidence
from cxlib.reports.words import capital, group_name, listed, month

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 5  # inches, so that words stay readable when 360 pixels must do
DOTS = 150
MOST_NAMED = 6
ROOM_FOR_LEGEND = 24  # points above the bars
WIDEST = 54  # characters of a line of the title
LONGEST = 22  # characters of a name beside its bar; the table has more of it
_SIDES = {"up": mark("{groups} clearly higher"), "down": mark("{groups} clearly lower")}


@dataclass(frozen=True)
class Figure:
    """A picture as a page needs it: its bytes, its description, its width on a wide screen."""

    content: bytes
    alt: str
    width: int


def bands_figure(evidence: Evidence) -> Figure | None:
    """Draw what lies behind the number, over all answers."""
    frame = evidence.bands
    if frame is None or frame["share"].isna().all():
        return None
    ax = axes(2.8, WIDTH)
    chart_bands(frame, ax=ax)
    return _figure(ax)


def groups_figure(evidence: Evidence, column: str) -> Figure | None:
    """Draw the groups; the title says which of them differ from the rest by the verdicts, not by the eye."""
    frame = evidence.groups[column]
    if frame["value"].notna().sum() < 2:
        return None
    shown = frame.assign(**{column: [group_name(column, name, LONGEST) for name in frame[column]]})
    shown.attrs = dict(frame.attrs)
    ax = axes(1.5 + 0.42 * frame["value"].notna().sum(), WIDTH)
    chart(shown, ax=ax)
    return _figure(ax, instead_of=finding(_drawn(shown)), title=verdicts(evidence, column))


def months_figure(evidence: Evidence) -> Figure | None:
    """Draw the months."""
    if not len(evidence.months) or evidence.months["value"].notna().sum() < 2:
        return None
    ax = axes(3.4, WIDTH)
    chart(evidence.months, ax=ax)
    drawn = _drawn(evidence.months)
    ax.set_xticks(range(len(drawn)), [month(period, brief=True) for period in drawn["period"]],
                  rotation=45 if len(drawn) > 4 else 0)  # fmt: skip
    ax.set_xlim(-0.5, len(drawn) - 0.5)
    words = {period: month(period) for period in drawn["period"]}
    return _figure(ax, instead_of=finding(drawn), title=movements(evidence), words=words)


def verdicts(evidence: Evidence, column: str) -> str:
    """Say which groups differ from all the others together."""
    rows = evidence.contrasts[column]
    about = {"metric": capital(evidence.name), "kind": say(GROUPS[column][1])}
    clear = rows[rows["verdict"].isin(["up", "down"])]
    if clear.empty:
        return say("{metric} by {kind}: none differs clearly from all the others together", **about)
    parts = [
        say(text, groups=_listed(clear.loc[clear["verdict"] == verdict, "to"], column))
        for verdict, text in _SIDES.items()
        if clear["verdict"].eq(verdict).any()
    ]
    groups = ", ".join(parts)
    return say("{metric} by {kind}: {groups} than all the others together", **about, groups=groups)


def movements(evidence: Evidence) -> str:
    """Say in which of the months shown a metric clearly moved."""
    moved = moves(evidence) or say("no clear change from one period to the next")
    return f"{capital(evidence.name)}: {moved}"


def _listed(names: pd.Series, column: str) -> str:
    shown = [group_name(column, name) for name in names[:MOST_NAMED]]
    return ", ".join([*shown, "…"]) if len(names) > MOST_NAMED else listed(shown)


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["value"].notna()].reset_index(drop=True)


def _figure(ax: "Axes", *, instead_of: str = "", title: str = "", words: Mapping[str, str] | None = None) -> Figure:
    about = alt_text(ax).replace(instead_of, title, 1) if title else alt_text(ax)
    for code, name in (words or {}).items():
        about = about.replace(code, name)
    heading = textwrap.fill(title or ax.get_title(loc="left").replace(r"\$", "$"), WIDEST)
    pad = None if title else ROOM_FOR_LEGEND
    ax.set_title(safe(heading), loc="left", fontsize=11, wrap=False, pad=pad)
    ax.set_gid(about)
    content = picture(ax, dots_per_inch=DOTS).data
    return Figure(content, about, round(int.from_bytes(content[16:20], "big") * 96 / DOTS))
