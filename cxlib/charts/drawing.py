"""What all charts share: colours, an empty picture, title, note and description, and how an interval is said."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.language import percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito 2008: told apart by every common kind of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def axes(height: float, width: float = 8) -> "Axes":
    """Return an empty picture of this size in inches."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def dress(
    ax: "Axes", frame: pd.DataFrame, title: str, rows: Iterable[str], note: str, *, pad: float | None = None
) -> "Axes":
    """Give a chart the finding as its title, a note below it, and the description that `alt_text` returns.

    `rows` say in words what is drawn. That `frame` is synthetic is said in the note.
    """
    ax.set_title(safe(title), loc="left", fontsize=11, wrap=True, pad=pad)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    note += " " + say("Synthetic data (Ipê).") if frame.attrs.get("synthetic") else ""
    ax.figure.text(0.99, -0.02, safe(note), ha="right", va="top", fontsize=8, color="#555555")
    ax.set_gid(say("Chart. {title}. {rows}. {note}", title=title, rows=". ".join(rows), note=note).strip())
    return ax


def share(row: Mapping[str, Any]) -> str:
    """Return the share of a result's row with its interval, where it has one."""
    if pd.isna(row["low"]):
        return percent(row["value"])
    return f"{percent(row['value'])} ({say('{low} to {high}', low=percent(row['low']), high=percent(row['high']))})"


def safe(text: str) -> str:
    """Return a text for a picture: matplotlib would read dollar signs that came with the data as a formula."""
    return text.replace("$", r"\$")
