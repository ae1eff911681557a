"""The pictures of a report: narrow enough for a phone, and never claiming more than the comparisons beside them."""

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.charts.bands import chart_bands
from cxlib.charts.perception import _safe, alt_text, chart, finding, picture
from cxlib.language import mark, say
from cxlib.metrics.wording import metric_name
from cxlib.reports.findings import short
from cxlib.reports.gathering import Evidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 5  # inches, so that words stay readable when 360 pixels must do
DOTS = 150
MOST_NAMED = 6
LONGEST = 22  # characters of a name beside its bar; the table has more of it
_SIDES = {"up": mark("higher: {groups}"), "down": mark("lower: {groups}")}


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
    ax = _axes(2.8)
    chart_bands(frame, ax=ax)
    return _figure(ax)


def groups_figure(evidence: Evidence, column: str) -> Figure | None:
    """Draw the groups; the title says which of them differ from the rest by the verdicts, not by the eye."""
    frame = evidence.groups[column]
    if frame["value"].notna().sum() < 2:
        return None
    shown = frame.assign(**{column: [short(name, LONGEST) for name in frame[column]]})
    shown.attrs = dict(frame.attrs)
    ax = _axes(1.5 + 0.42 * frame["value"].notna().sum())
    chart(shown, ax=ax)
    return _figure(ax, instead_of=finding(_drawn(shown)), title=verdicts(evidence, column))


def months_figure(evidence: Evidence) -> Figure | None:
    """Draw the months."""
    if not len(evidence.months) or evidence.months["value"].notna().sum() < 2:
        return None
    ax = _axes(3.4)
    chart(evidence.months, ax=ax)
    title = finding(_drawn(evidence.months))
    return _figure(ax, instead_of=title, title=title)


def verdicts(evidence: Evidence, column: str) -> str:
    """Say which groups differ from all the others together."""
    rows = evidence.contrasts[column]
    name = metric_name(evidence.overall.iloc[0].to_dict())
    clear = rows[rows["verdict"].isin(["up", "down"])]
    if clear.empty:
        return say("{metric}: no group differs clearly from all the others", metric=name)
    parts = [
        say(text, groups=_listed(clear.loc[clear["verdict"] == verdict, "to"]))
        for verdict, text in _SIDES.items()
        if clear["verdict"].eq(verdict).any()
    ]
    return say("{metric} differs clearly from all the others: {groups}", metric=name, groups="; ".join(parts))


def _listed(names: pd.Series) -> str:
    shown = [short(name) for name in names[:MOST_NAMED]]
    return ", ".join([*shown, "…"] if len(names) > MOST_NAMED else shown)


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["value"].notna()].reset_index(drop=True)


def _axes(height: float) -> "Axes":
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(WIDTH, height), layout="constrained")[1]


def _figure(ax: "Axes", *, instead_of: str = "", title: str = "") -> Figure:
    if title:
        ax.set_title(_safe(textwrap.fill(title, 54)), loc="left", fontsize=11)
        ax.set_gid(alt_text(ax).replace(instead_of, title, 1))
    alt = alt_text(ax)
    content = picture(ax, dots_per_inch=DOTS).data
    return Figure(content, alt, round(int.from_bytes(content[16:20], "big") * 96 / DOTS))
