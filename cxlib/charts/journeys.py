"""Charts of journeys: how far people get, what they do next, where the streams run, when it all happened."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, axes, dress, safe, share
from cxlib.errors import InputError
from cxlib.journeys.log import STEP, log_of
from cxlib.journeys.sessions import SessionRule, session_rule, with_starts
from cxlib.journeys.transitions import EXIT, START
from cxlib.language import number, percent, say
from cxlib.metrics.wording import plain
from cxlib.tables.engine import collect
from cxlib.tables.order import AT, PERSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS, MOST_PEOPLE, MOST_GROUPS = 14, 12, 6
SMALL = 0.005  # shares below it are left blank


def chart_funnel(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw a funnel: "how far do people get, and where do we lose most of them?"

    `frame` is what `funnel` returns, whole or in the cells of one group or of periods. A bar for each step, with the
    interval of its share; several cells stand side by side. Returns the axes; `alt_text(ax)` describes them.
    """
    groups = _groups(frame)
    reached = _needed(frame, "reached")
    cells = list(reached.groupby(groups, sort=False, dropna=False)) if groups else [((), reached)]
    if len(cells) > MOST_GROUPS:
        raise InputError(
            say("{n} cells do not fit in one chart; choose at most {most}.", n=len(cells), most=MOST_GROUPS)
        )
    steps = list(reached.drop_duplicates("position").sort_values("position")["step"])
    ax = ax or axes(1.4 + 0.5 * len(steps) * max(len(cells), 1) ** 0.5)
    height = 0.8 / len(cells)
    for place, (name, rows) in enumerate(cells):
        rows = rows.sort_values("position")
        at = rows["position"] - 1 + (place - (len(cells) - 1) / 2) * height
        # An end may fall behind the value by a rounding error.
        ends = [(100 * (rows["value"] - rows["low"])).clip(0), (100 * (rows["high"] - rows["value"])).clip(0)]
        label = safe(" · ".join(map(plain, name))) if groups else None
        ax.barh(at, 100 * rows["value"], height=0.9 * height, color=COLOURS[place], alpha=0.75, label=label)
        ax.errorbar(100 * rows["value"], at, xerr=ends, fmt="none", ecolor="black", capsize=3, linewidth=1.2)
    ax.set_yticks(
        range(len(steps)), [_label(step, reached, place + 1, len(cells)) for place, step in enumerate(steps)]
    )
    ax.invert_yaxis()
    ax.set_xlim(0, 105)
    ax.set_xlabel(say("% of those who entered"))
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    if groups:
        ax.legend(frameon=False, loc="lower right")
    rows = [_row(one, groups) for one in reached.to_dict("records")]
    return dress(ax, frame, _worst(frame, groups), rows, say("Bars: 95% interval."))


def _groups(frame: pd.DataFrame) -> list[str]:
    if not {"step", "position", "metric"} <= set(frame.columns):
        raise InputError(say("Give the frame that funnel returned."))
    by = list(frame.columns[: list(frame.columns).index("period")])
    return [*by, *(["period"] if frame["period"].nunique(dropna=False) > 1 else [])]


def _needed(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    rows = frame[frame["metric"].eq(metric) & frame["value"].notna()]
    if rows.empty:
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    return rows


def _label(step: str, reached: pd.DataFrame, position: int, cells: int) -> str:
    mine = reached[reached["position"].eq(position)]
    return safe(plain(step)) + (f"\n{number(mine['numerator'].iloc[0], decimals=0)}" if cells == 1 else "")


def _row(row: dict, groups: Sequence[str]) -> str:
    where = " · ".join([*(plain(row[name]) for name in groups), plain(row["step"])])
    return f"{where}: {share(row)}, n = {number(row['n'], decimals=0)}"


def _worst(frame: pd.DataFrame, groups: Sequence[str]) -> str:
    passed = frame[frame["metric"].eq("passed") & frame["value"].notna()]
    if passed.empty:
        return say("How far people get")
    worst = passed.loc[passed["value"].idxmin()]
    where = " · ".join(plain(worst[name]) for name in groups)
    return say(
        "Most are lost before {step}: {share} go on{where}",
        step=plain(worst["step"]),
        share=share(worst.to_dict()),
        where=f" ({where})" if where else "",
    )


def chart_transitions(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw transitions as a heat map: "from each step, where do people go?"

    `frame` is what `transitions` returns, of order 1 and without `by`. A row for each step that is left, its shares
    add up to 100%; beneath each share stands its interval. Returns the axes; `alt_text(ax)` describes them.
    """
    table = flows(frame)
    left, reached = _in_order(table["from"]), _in_order(table["to"])
    if max(len(left), len(reached)) > MOST_STEPS:
        raise InputError(say("{n} steps do not fit in one chart; choose at most {most} with steps=.",
                             n=max(len(left), len(reached)), most=MOST_STEPS))  # fmt: skip
    ax = ax or axes(1.6 + 0.62 * len(left), 2.4 + 1.1 * len(reached))
    shares = table.pivot(index="from", columns="to", values="share").reindex(index=left, columns=reached)
    ax.imshow(shares.fillna(0), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in table[table["share"] >= SMALL].itertuples():
        at = reached.index(row.to), left.index(row._1)
        ink = "white" if row.share > 0.55 else "black"
        ax.text(*at, percent(row.share, decimals=0), ha="center", va="bottom", fontsize=9, color=ink)
        ends = f"{number(100 * row.low)}–{number(100 * row.high)}"
        ax.text(*at, ends, ha="center", va="top", fontsize=7.5, color=ink)
    sizes = table.drop_duplicates("from").set_index("from")["n"]
    ax.set_yticks(range(len(left)), [f"{safe(plain(one))}\nn = {number(sizes[one], decimals=0)}" for one in left])
    ax.set_xticks(range(len(reached)), [safe(plain(one)) for one in reached], rotation=30, ha="right")
    ax.set_ylabel(say("from"))
    ax.set_xlabel(say("to"))
    return dress(ax, frame, _busiest(table), _told(table), say("Small numbers: 95% interval."))


def flows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table behind a heat map or a Sankey chart: `from`, `to`, `count`, `share`, `low`, `high`, `n`."""
    if not {"from", "to", "metric"} <= set(frame.columns) or frame.columns[0] != "from":
        raise InputError(say("Give the frame that transitions returned, of order 1 and without by."))
    shown = frame[frame["value"].notna()]
    if shown.empty:
        raise InputError(say("There is nothing to draw: no cell has a value that may be shown."))
    table = shown[["from", "to", "numerator", "value", "low", "high", "n"]].astype({"numerator": "int64"})
    table = table.rename(columns={"numerator": "count", "value": "share"})
    return table.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _in_order(names: pd.Series) -> list[str]:
    middle = sorted(set(names) - {START, EXIT})
    return [*([START] if START in set(names) else []), *middle, *([EXIT] if EXIT in set(names) else [])]


def _busiest(table: pd.DataFrame) -> str:
    inner = table[~table["from"].eq(START) & ~table["to"].eq(EXIT)]
    top = (inner if len(inner) else table).iloc[0]
    return say(
        "{one} → {other} is the busiest step: {share} of those at {one}",
        one=plain(top["from"]),
        other=plain(top["to"]),
        share=share({"value": top["share"], **top}),
    )


def _told(table: pd.DataFrame) -> list[str]:
    return [f"{plain(row['from'])} → {plain(row['to'])}: {share({'value': row['share'], **row})}, "
            f"{number(row['count'], decimals=0)}" for row in table.to_dict("records")]  # fmt: skip


def sankey(frame: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw transitions as streams: "where do most people flow?" Its twin is the table that `flows` returns.

    `frame` as in `chart_transitions`. On the left the steps that are left, on the right where they lead; a stream is
    as thick as it has steps. Returns the axes; `alt_text(ax)` says every stream with its interval.
    """
    table = flows(frame)
    left, reached = _in_order(table["from"]), _in_order(table["to"])
    if max(len(left), len(reached)) > MOST_STEPS:
        raise InputError(say("{n} steps do not fit in one chart; choose at most {most} with steps=.",
                             n=max(len(left), len(reached)), most=MOST_STEPS))  # fmt: skip
    ax = ax or axes(2 + 0.5 * max(len(left), len(reached)))
    total = table["count"].sum()
    gap = 0.04
    from_at = _stacked(table.groupby("from")["count"].sum().reindex(left) / total, gap)
    to_at = _stacked(table.groupby("to")["count"].sum().reindex(reached) / total, gap)
    used_left, used_right = dict(from_at["top"]), dict(to_at["top"])
    for one in left:
        for other in reached:
            count = table.loc[table["from"].eq(one) & table["to"].eq(other), "count"].sum() / total
            if count:
                _stream(ax, used_left[one], used_right[other], count, COLOURS[left.index(one) % len(COLOURS)])
                used_left[one], used_right[other] = used_left[one] - count, used_right[other] - count
    for stack, x, side in ((from_at, 0.0, "right"), (to_at, 1.0, "left")):
        for name, top, size in stack.reset_index().itertuples(index=False):
            ax.plot([x, x], [top, top - size], color="black", linewidth=4, solid_capstyle="butt")
            words = f"{plain(name)} ({number(size * total, decimals=0)})"
            ax.text(
                x + (0.02 if side == "left" else -0.02),
                top - size / 2,
                safe(words),
                ha=side,
                va="center",
                fontsize=9,
            )
    ax.set_xlim(-0.42, 1.42)
    ax.axis("off")
    return dress(
        ax, frame, _busiest(table), _told(table), say("As thick as there are steps; intervals in the table.")
    )


def _stacked(shares: pd.Series, gap: float) -> pd.DataFrame:
    tops = -(shares.cumsum().shift(fill_value=0) + gap * np.arange(len(shares)))
    return pd.DataFrame({"top": tops, "size": shares})


def _stream(ax: "Axes", left: float, right: float, size: float, colour: str) -> None:
    x = np.linspace(0, 1, 60)
    bend = 0.5 - 0.5 * np.cos(np.pi * x)
    top = left + (right - left) * bend
    ax.fill_between(x, top - size, top, color=colour, alpha=0.55, linewidth=0)


def timeline(
    data: object, *, rule: str | SessionRule = "ga4", people: Sequence[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw the events of a few people in time: "what does a rule make of these clicks?"

    `data` is anything that `open_dataset` takes, or one frame of events; `people` are values of `person_key`, the
    first twelve when none are given. A line for each person, a bar for each session, a dot for each event; people
    are numbered, not named. Returns the axes; `alt_text(ax)` describes them.
    """
    chosen = session_rule(rule)
    log = log_of(data, columns=[STEP, *chosen.columns])
    rows = log.rows if people is None else log.rows.filter(log.rows[PERSON].isin(list(people)))
    first = rows.select(PERSON).distinct().order_by(PERSON).limit(MOST_PEOPLE)
    names = collect(first).to_pydict()[PERSON]
    if not names:
        raise InputError(say("There is nothing to draw: none of these people has events."))
    started = with_starts(rows.filter(rows[PERSON].isin(names)), chosen, log.zone)
    events = collect(started.order_by([PERSON, AT, "event_id"])).to_pandas()
    events["session"] = events["cx_starts"].cumsum()
    events[AT] = events[AT].dt.tz_localize("UTC").dt.tz_convert(log.zone).dt.tz_localize(None)
    ax = ax or axes(1.6 + 0.4 * len(names), 9)
    for place, name in enumerate(names):
        mine = events[events[PERSON] == name]
        for number_of, one in mine.groupby("session"):
            ends = one[AT].min(), one[AT].max()
            ax.plot(
                ends, [place, place], color=COLOURS[number_of % 2], linewidth=9, alpha=0.45, solid_capstyle="round"
            )
    for place, (kind, some) in enumerate(events.groupby(STEP)):
        at = some[PERSON].map({name: number for number, name in enumerate(names)})
        ax.plot(some[AT], at, "os^Dv<>"[place % 7], color=COLOURS[place % 7], markersize=5, label=safe(plain(kind)))
    labels = [say("person {n}", n=place + 1) for place in range(len(names))]
    ax.set_yticks(range(len(names)), labels)
    ax.invert_yaxis()
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1))
    ax.tick_params(axis="x", rotation=30)
    counts = events.groupby(PERSON).agg(n=(AT, "size"), sessions=("session", "nunique")).reindex(names)
    told = [
        say("{person}: {n} events in {sessions} sessions", person=label, n=row.n, sessions=row.sessions)
        for label, row in zip(labels, counts.itertuples(), strict=True)
    ]
    title = say("{n} events are {sessions} sessions by the rule {rule}", n=len(events),
                sessions=int(events["session"].nunique()), rule=chosen.key)  # fmt: skip
    frame = pd.DataFrame()
    frame.attrs["synthetic"] = log.dataset.synthetic
    return dress(ax, frame, title, told, say("Times in {zone}. Counts of what is drawn: no interval.", zone=log.zone))
