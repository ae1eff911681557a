"""The chart of a result: a dot for each cell, a bar for its interval, the finding as the title."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.charts.drawing import COLOURS, dress, safe
from cxlib.errors import InputError
from cxlib.language import mark, number, say
from cxlib.metrics.compute import ALL
from cxlib.metrics.result import COLUMNS
from cxlib.metrics.units import amount, axis_unit
from cxlib.metrics.wording import metric_name, plain, show

if TYPE_CHECKING:
    from IPython.display import Image
    from matplotlib.axes import Axes

MOST_CELLS = 40
APART = mark("{metric} is clearly higher for {top} ({high}) than for {bottom} ({low})")
MOVED = mark("{metric} went from {before} ({start}) to {after} ({end})")
WOBBLED = mark("{metric}: {before} ({start}), {after} ({end}); the intervals overlap")
UNKNOWN = mark("{metric}: highest for {top} ({high}), lowest for {bottom} ({low}); not every interval is known")
OVERLAP = mark("{metric}: highest for {top} ({high}), lowest for {bottom} ({low}), but the intervals overlap")


def chart(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw a result: "which groups or periods differ, and by how much more than chance?"

    `frame` is what `metric` returns, for one metric and at most one `by` column (with `every`, a line
    for each group); or what `funnel`, `transitions`, `research_shopping`, `standardise`, `stages`, `stage_times`,
    `emotion_curve`, `pain_points` or `attribution` returns; or waits against a promise (`charts/support.py`), days
    that may bring too much (`charts/surges.py`), one wait on two clocks (`charts/business_clock.py`). Draws on `ax`,
    or on a new figure, and returns the axes; `alt_text(ax)` describes it. Hidden cells and cells without an answer
    are not drawn. Raises `InputError`.
    """
    import matplotlib.pyplot as plt

    if (draw := _other_than_cells(frame)) is not None:
        return draw(frame, ax=ax)
    groups = _groups(frame)
    shown = frame[frame["value"].notna()].reset_index(drop=True)
    if shown.empty:
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    if len(shown) > MOST_CELLS:
        raise InputError(
            say("{n} cells do not fit in one chart; choose at most {most}.", n=len(shown), most=MOST_CELLS)
        )
    over_time = shown["period"].ne(ALL).any()
    if ax is None:
        height = 3.6 if over_time else 1.6 + 0.42 * len(shown)
        _, ax = plt.subplots(figsize=(8, height), layout="constrained")
    (_over_time if over_time else _side_by_side)(shown, groups, ax)
    _dress(ax, frame, shown, groups)
    return ax


def _other_than_cells(frame: pd.DataFrame) -> "Callable[..., Axes] | None":
    """Return what draws a frame told by its columns or metrics; None where it is cells of a metric."""
    from cxlib.charts import business_clock, emotions, journeys, ranked, research, stages, support, surges

    columns, metrics = set(frame.columns), set(frame.get("metric", ()))
    kinds: list[tuple[bool, Callable[..., Axes]]] = [
        ("assumes" in columns, research.chart_research),
        ("standard" in columns, research.chart_simpson),
        ("way" in columns and "at_risk" in columns, stages.chart_stage_curves),
        ("emotion" in metrics and "stage" in columns, emotions.chart_emotions),
        ("stage_reached" in metrics, stages.chart_stages),
        ("stage_went_on" in metrics, stages.chart_stage_times),
        ("pain_score" in metrics, ranked.chart_pains),
        ("attribution" in metrics, ranked.chart_attribution),
        (set(support.WAITS) <= columns, support.chart_waits),
        (set(surges.DAILY) <= columns, surges.chart_surges),
        (set(business_clock.PIECES) <= columns, business_clock.chart_business_time),
        ("step" in columns and bool(metrics), journeys.chart_funnel),
        ("to" in columns and bool(metrics), journeys.chart_transitions),
    ]
    return next((draw for fits, draw in kinds if fits), None)


def alt_text(ax: "Axes") -> str:
    """Return the description of a chart drawn by `chart`, made from its data."""
    return str(ax.get_gid() or "")


def _groups(frame: pd.DataFrame) -> list[str]:
    if "metric" not in frame.columns or "value" not in frame.columns:
        raise InputError(say("Give the frame that a metric returned."))
    if frame["metric"].nunique() > 1 or frame["rule"].nunique() > 1:
        raise InputError(say("A chart shows one metric by one rule; this frame has several."))
    groups = [column for column in frame.columns if column not in COLUMNS]
    if len(groups) > 1:
        raise InputError(
            say("A chart shows at most one by column; this frame has: {groups}.", groups=", ".join(groups))
        )
    return groups


def _side_by_side(shown: pd.DataFrame, groups: list[str], ax: "Axes") -> None:
    ordered = shown.sort_values("value", ignore_index=True)
    factor = _display_factor(ordered)
    for place, row in ordered.iterrows():
        _bar(ax, row, factor, COLOURS[0], y=place)
    labels = [_label(row, groups) for _, row in ordered.iterrows()]
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_xlabel(_axis(ordered))
    ax.grid(axis="x", color="#dddddd")


def _over_time(shown: pd.DataFrame, groups: list[str], ax: "Axes") -> None:
    periods = sorted(period for period in shown["period"].dropna().unique())
    factor = _display_factor(shown)
    series = list(shown.groupby(groups[0], dropna=False)) if groups else [("", shown)]
    for place, (name, cells) in enumerate(series):
        cells = cells[cells["period"].notna()].sort_values("period")
        colour = COLOURS[place % len(COLOURS)]
        shift = 0.12 * (place - (len(series) - 1) / 2)  # so that bars of the same period stand side by side
        at = [periods.index(period) + shift for period in cells["period"]]
        ax.plot(at, factor * cells["value"], color=colour, marker="os^Dv<>"[place % 7], label=safe(plain(name)))
        for x, (_, row) in zip(at, cells.iterrows(), strict=True):
            _bar(ax, row, factor, colour, x=x)
    ax.set_xticks(range(len(periods)), periods, rotation=45 if len(periods) > 8 else 0)
    ax.set_ylabel(_axis(shown))
    ax.grid(axis="y", color="#dddddd")
    if groups:
        ax.legend(title=safe(groups[0]), frameon=False)


def _bar(ax: "Axes", row: pd.Series, factor: float, colour: str, *, x: float = 0, y: float | None = None) -> None:
    value = factor * row["value"]
    ends = [[value - factor * row["low"]], [factor * row["high"] - value]] if pd.notna(row["low"]) else None
    look: dict[str, Any] = {"fmt": "o", "color": colour, "capsize": 4, "linewidth": 1.6}
    if y is None:
        ax.errorbar(x, value, yerr=ends, **look)
    else:
        ax.errorbar(value, y, xerr=ends, **look)


def _label(row: pd.Series, groups: list[str]) -> str:
    name = plain(row[groups[0]]) if groups else metric_name(row.to_dict())
    return f"{safe(name)}\nn = {number(row['n'], decimals=0)}"


def _dress(ax: "Axes", frame: pd.DataFrame, shown: pd.DataFrame, groups: list[str]) -> None:
    from matplotlib.ticker import FuncFormatter

    unit = str(shown["unit"].iloc[0])
    axis = ax.yaxis if shown["period"].ne(ALL).any() else ax.xaxis
    currency = shown.attrs.get("currency")
    axis.set_major_formatter(FuncFormatter(lambda value, _: safe(_tick(value, unit, currency))))
    dress(ax, frame, finding(shown), str(show(shown)).split("\n"), say("Bars: 95% interval."))


def finding(shown: pd.DataFrame) -> str:
    """Return what a result says, in one sentence: what is highest and lowest, or how it moved."""
    name = metric_name(shown.iloc[0].to_dict())
    if len(shown) == 1:
        return str(show(shown))
    groups = [column for column in shown.columns if column not in COLUMNS]
    if shown["period"].ne(ALL).any() and not groups:
        return _moved(shown, name)
    top, bottom = shown.loc[shown["value"].idxmax()], shown.loc[shown["value"].idxmin()]
    if shown[["low", "high"]].isna().to_numpy().any():
        text = UNKNOWN
    else:
        text = APART if top["low"] > bottom["high"] else OVERLAP
    return say(
        text,
        metric=name,
        top=_place(top, groups),
        high=amount(top["value"], top["unit"], shown.attrs.get("currency")),
        bottom=_place(bottom, groups),
        low=amount(bottom["value"], bottom["unit"], shown.attrs.get("currency")),
    )


def _place(row: pd.Series, groups: list[str]) -> str:
    parts = [plain(row[group]) for group in groups]
    return " · ".join(parts + ([plain(row["period"])] if row["period"] != ALL else []))


def _moved(shown: pd.DataFrame, name: str) -> str:
    dated = shown[shown["period"].notna()].sort_values("period")
    first, last = dated.iloc[0], dated.iloc[-1]
    apart = first["high"] < last["low"] or last["high"] < first["low"]
    return say(
        MOVED if apart else WOBBLED,
        metric=name,
        before=amount(first["value"], first["unit"], shown.attrs.get("currency")),
        start=first["period"],
        after=amount(last["value"], last["unit"], shown.attrs.get("currency")),
        end=last["period"],
    )


def _axis(shown: pd.DataFrame) -> str:
    unit = axis_unit(str(shown["unit"].iloc[0]), shown.attrs.get("currency"))
    return f"{safe(metric_name(shown.iloc[0].to_dict()))} ({unit})"


def _display_factor(shown: pd.DataFrame) -> float:
    return 100.0 if shown["unit"].iloc[0] == "share" else 1.0


def _tick(value: float, unit: str, currency: str | None) -> str:
    return amount(value / 100 if unit == "share" else value, unit, currency)


def picture(ax: "Axes", *, dots_per_inch: int = 90) -> "Image":
    """Return a chart as a picture that carries its description, and close the figure.

    A notebook shows it as the value of a cell; exported pages and screen readers find the alt text.
    """
    import io

    import matplotlib.pyplot as plt
    from IPython.display import Image

    content, figure = io.BytesIO(), ax.get_figure(root=True)
    assert figure is not None
    # The software's name would put a version into the file.
    figure.savefig(content, format="png", dpi=dots_per_inch, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    return Image(content.getvalue(), alt=alt_text(ax))
