"""The chart of a business clock: one wait, day by day, and the minutes of it in which the desk was open."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.charts.drawing import COLOURS, dress
from cxlib.errors import InputError
from cxlib.language import mark, say, weekday
from cxlib.metrics.units import amount
from cxlib.tables.business_time import opening_times
from cxlib.tables.time import zone_info

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PIECES = ("day", "part", "from", "to", "minutes")
MOST_DAYS = 15
# From behind to the front; each part is told apart by its height as well as by its colour.
LOOKS: dict[str, dict[str, Any]] = {
    "open": {"label": mark("desk open"), "height": 0.84, "color": "#D0D0D0", "zorder": 1},
    "waited": {"label": mark("customer waits"), "height": 0.22, "color": COLOURS[4], "zorder": 2},
    "counted": {"label": mark("business time"), "height": 0.5, "color": COLOURS[0], "zorder": 3},
}


def chart_business_time(days: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw one wait on two clocks: "how long did the customer wait, and how much of it does the desk count?"

    `days` is what `business_days` returns. A row for each day: grey where the desk is open, a line where the customer
    waits, dark where both. Draws on `ax`, or on a new figure, and returns the axes; `alt_text(ax)` describes it.

    >>> week = pd.DataFrame({"schedule_id": "desk", "weekday": range(1, 6), "opens": "09:00", "closes": "18:00"})
    >>> days = business_days("2025-03-07 17:30", "2025-03-10 09:15", week)
    >>> print(chart_business_time(days).get_title(loc="left"))
    Business time: 45 min. On the customer's clock: 3,825 min
    """
    import matplotlib.pyplot as plt

    names = list(dict.fromkeys(days["day"]))
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 2.4 + 0.38 * len(names)), layout="constrained")
    for part, look in LOOKS.items():
        rows = days[days["part"] == part]
        places = [names.index(day) for day in rows["day"]]
        ax.barh(places, rows["to"] - rows["from"], left=rows["from"], **(look | {"label": say(look["label"])}))
    _dress(ax, names)
    note = say("Times of {zone}. Dark: counted as business time.", zone=days.attrs["zone"])
    dress(ax, days, _title(days), [_told(name, days) for name in names], note, pad=24)
    return ax


def business_days(
    asked: "pd.Timestamp | str",
    replied: "pd.Timestamp | str",
    hours: pd.DataFrame,
    *,
    holidays: pd.DataFrame | None = None,
    zone: str = "America/Sao_Paulo",
) -> pd.DataFrame:
    """Return one wait day by day: "when was the desk open, when did the customer wait, and when both?"

    `asked` and `replied` are times in `zone`, or instants that know their own. `hours` is a table like
    `business_hours` with a single schedule (schedule_id, weekday from 1, opens, closes), `holidays` one like
    `holidays` (schedule_id, date_on). Columns: day (ISO), part (open, waited or counted: open and waited), from and
    to (hours of the wall clock, midnight at the end of a day is 24) and minutes, which are real ones: in a night in
    which the clock changes they differ from the hours. At most 15 days. Raises `InputError`.

    >>> week = pd.DataFrame({"schedule_id": "desk", "weekday": range(1, 6), "opens": "09:00", "closes": "18:00"})
    >>> days = business_days("2025-03-07 17:30", "2025-03-10 09:15", week)
    >>> days.groupby("part")["minutes"].sum().to_dict()
    {'counted': 45.0, 'open': 1080.0, 'waited': 3825.0}
    """
    zone_info(zone)
    begin, end = _instant(asked, zone), _instant(replied, zone)
    if not begin < end:
        raise InputError(say("A reply comes after the question: {asked} to {replied} is no wait.",
                             asked=asked, replied=replied))  # fmt: skip
    if "schedule_id" not in hours.columns or hours["schedule_id"].nunique() != 1:
        raise InputError(say("Give the opening hours of one schedule."))
    days = pd.date_range(*(at.tz_localize(None).normalize() for at in (begin, end)))
    if len(days) > MOST_DAYS:
        raise InputError(say("{n} days do not fit in one chart; choose at most {most}.", n=len(days), most=MOST_DAYS))
    stretches = opening_times(hours, holidays, zone=zone, first=days[0].date(), last=days[-1].date())
    opened = [
        tuple(pd.Timestamp(second, unit="s", tz="UTC").tz_convert(zone) for second in (row.begin, row.end))
        for row in stretches.itertuples()
    ]
    wait = (begin, end)
    parts = {"open": opened, "waited": [wait], "counted": [both for one in opened for both in _common(one, wait)]}
    pieces = [
        (f"{day:%Y-%m-%d}", part, *_hours(piece, day), (piece[1] - piece[0]) / pd.Timedelta(minutes=1))
        for day in days
        for part, spans in parts.items()
        for span in spans
        for piece in _common(span, (_instant(day, zone), _instant(day + pd.Timedelta(days=1), zone)))
    ]
    found = pd.DataFrame(pieces, columns=list(PIECES))
    found.attrs["zone"] = zone
    return found


Span = tuple[pd.Timestamp, pd.Timestamp]


def _instant(time: "pd.Timestamp | str", zone: str) -> pd.Timestamp:
    time = pd.Timestamp(time)
    if time.tzinfo is not None:
        return time.tz_convert(zone)
    return time.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")


def _common(one: Span, other: Span) -> list[Span]:
    begin, end = max(one[0], other[0]), min(one[1], other[1])
    return [(begin, end)] if begin < end else []


def _hours(piece: Span, day: pd.Timestamp) -> tuple[float, float]:
    """Return where a piece begins and ends on the wall clock of its day, midnight at its end as 24."""
    begin, end = ((at.tz_localize(None) - day) / pd.Timedelta(hours=1) for at in piece)
    return begin, end


def _minutes(days: pd.DataFrame, part: str) -> float:
    return float(days.loc[days["part"] == part, "minutes"].sum())


def _title(days: pd.DataFrame) -> str:
    counted, waited = (amount(_minutes(days, part), "minutes") for part in ("counted", "waited"))
    return say("Business time: {counted}. On the customer's clock: {waited}", counted=counted, waited=waited)


def _label(day: str) -> str:
    return f"{weekday(pd.Timestamp(day).isoweekday())} {day}"


def _told(day: str, days: pd.DataFrame) -> str:
    own = days[days["day"] == day]
    told = {part: amount(_minutes(own, part), "minutes") for part in ("open", "waited", "counted")}
    return say("{day}: open {open}, waited {waited}, both {counted}", day=_label(day), **told)


def _dress(ax: "Axes", names: list[str]) -> None:
    ax.set_yticks(range(len(names)), [_label(day) for day in names])
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.set_xlim(0, 24)
    ax.set_xticks(range(0, 25, 3), [f"{hour:02}:00" for hour in range(0, 25, 3)])
    ax.set_xlabel(say("time of day"))
    ax.grid(axis="x", color="#eeeeee")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=9)
