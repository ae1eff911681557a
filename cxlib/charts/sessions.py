"""The chart of visits: the events of a few cookies, cut into visits by a rule, on the clock of a place."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS, safe
from cxlib.errors import InputError
from cxlib.language import number, say
from cxlib.tables.time import zone_info

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDS = ("identity_id", "occurred_at")
MOST_LANES, MOST_VISITS = 12, 120


def chart_sessions(
    events: pd.DataFrame, *, minutes: float = 30, zone: str | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw events as visits: "how many visits were that, by this rule, and on which days?"

    `events` has one row per event: `identity_id` (the cookie or login: a lane of the chart) and `occurred_at`,
    instants that know their time zone. A pause of more than `minutes` ends a visit. Days begin at midnight in `zone`,
    an IANA name such as "America/Sao_Paulo"; left out, it is the zone of the instants. A visit belongs to the
    day it begins on. Draws on `ax`, or on a new figure, and returns the axes; `alt_text(ax)` describes it. At most
    12 identities and 120 visits. Raises `InputError`.

    >>> times = pd.to_datetime(["2025-06-03T12:00Z", "2025-06-03T12:20Z", "2025-06-04T01:00Z"])
    >>> events = pd.DataFrame({"identity_id": "c1", "occurred_at": times})
    >>> chart_sessions(events).get_title(loc="left")
    'Visits: 2, cookies: 1, days: 2 (pauses over 30 min; UTC)'
    >>> chart_sessions(events, zone="America/Sao_Paulo").get_title(loc="left")
    'Visits: 2, cookies: 1, days: 1 (pauses over 30 min; America/Sao_Paulo)'
    """
    import matplotlib.pyplot as plt
    from matplotlib.dates import date2num

    known = _known(events)
    visits = visits_of(known, minutes=minutes, zone=zone)
    lanes = list(dict.fromkeys(visits["identity_id"]))
    if len(lanes) > MOST_LANES or len(visits) > MOST_VISITS:
        raise InputError(
            say(
                "{lanes} identities with {visits} visits do not fit in one chart; at most {most_lanes} with "
                "{most_visits}. Choose fewer people or a shorter time.",
                lanes=len(lanes),
                visits=len(visits),
                most_lanes=MOST_LANES,
                most_visits=MOST_VISITS,
            )
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 1.9 + 0.55 * len(lanes)), layout="constrained")
    _bars(ax, visits, lanes)
    at, lane = date2num(known["occurred_at"]), known["identity_id"].map(lanes.index)
    ax.scatter(at, lane, marker="|", s=160, color="black", zorder=3, label=say("event"))
    _dress(ax, visits, lanes, minutes)
    note = say("Synthetic data (Ipê).") if events.attrs.get("synthetic") else ""
    ax.figure.text(0.99, -0.02, note, ha="right", va="top", fontsize=8, color="#555555")
    rows = "; ".join(_told(visit) for visit in visits.to_dict("records"))
    ax.set_gid(say("Chart. {title}. {rows}. {note}", title=_title(visits, minutes), rows=rows, note=note).strip())
    return ax


def visits_of(events: pd.DataFrame, *, minutes: float, zone: str | None = None) -> pd.DataFrame:
    """Return one row per visit by time: identity_id, start, end (instants in `zone`), events, day (ISO).

    A pause of more than `minutes` between two events of an identity ends a visit. Raises `InputError`.
    """
    if not minutes > 0:
        raise InputError(say("{found} cannot be a pause: give minutes above 0.", found=f"`{minutes}`"))
    rows = _known(events)
    zone = zone or str(rows["occurred_at"].dt.tz)
    zone_info(zone)
    pause = rows.groupby("identity_id")["occurred_at"].diff()
    number_of_visit = (pause.isna() | (pause > pd.Timedelta(minutes=minutes))).cumsum()
    visits = rows.groupby(number_of_visit).agg(
        identity_id=("identity_id", "first"),
        start=("occurred_at", "min"),
        end=("occurred_at", "max"),
        events=("occurred_at", "size"),
    )
    visits["start"], visits["end"] = (visits[name].dt.tz_convert(zone) for name in ("start", "end"))
    visits["day"] = visits["start"].dt.strftime("%Y-%m-%d")
    return visits.sort_values("start", kind="stable", ignore_index=True)


def _known(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events that have an identity and a time, in their order."""
    lacking = [name for name in NEEDS if name not in events.columns]
    if lacking:
        raise InputError(say("The events have no column {names}.", names=", ".join(lacking)))
    if not isinstance(events["occurred_at"].dtype, pd.DatetimeTZDtype):
        raise InputError(
            say(
                "The times in `occurred_at` do not say on which clock they are. Give them their zone, such as "
                '`.dt.tz_localize("UTC")`.'
            )
        )
    rows = events[list(NEEDS)].dropna().sort_values(list(NEEDS), kind="stable")
    if rows.empty:
        raise InputError(say("There is nothing to draw: no event has both an identity and a time."))
    return rows


def _bars(ax: "Axes", visits: pd.DataFrame, lanes: list[str]) -> None:
    """Draw a bar for each visit, in the colour of its day, a little wider than it so that a short one is seen."""
    from matplotlib.dates import date2num

    start, end = date2num(visits["start"]), date2num(visits["end"])
    more = max(0.006 * (end.max() - start.min()), 1e-4)
    place = visits["identity_id"].map(lanes.index)
    for number_of_day, (day, own) in enumerate(visits.groupby("day").groups.items()):
        ax.barh(
            place[own], (end - start)[own] + 2 * more, left=start[own] - more, height=0.36, alpha=0.55,
            color=COLOURS[number_of_day % len(COLOURS)], label=say("{day}, visits: {n}", day=day, n=len(own)),
        )  # fmt: skip


def _dress(ax: "Axes", visits: pd.DataFrame, lanes: list[str], minutes: float) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter, date2num

    zone = visits["start"].dt.tz
    first, last = visits["start"].min(), visits["end"].max()
    for midnight in date2num(_midnights(first, last)):
        ax.axvline(midnight, color="#333333", linestyle="--", linewidth=1)
    margin = max((last - first) * 0.04, pd.Timedelta(minutes=5))
    ax.set_xlim(date2num(first - margin), date2num(last + margin))
    ax.xaxis.set_major_locator(AutoDateLocator(tz=zone, maxticks=9))
    ax.xaxis.set_major_formatter(DateFormatter("%H:%M", tz=zone))
    ax.set_xlabel(say("time of day in {zone}; dashed line: midnight there", zone=zone))
    ax.set_ylabel(say("cookie"))
    ax.set_yticks(range(len(lanes)), [safe(str(lane)[-12:]) for lane in lanes], fontsize=9)
    ax.set_ylim(len(lanes) - 0.4, -0.6)
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_title(safe(_title(visits, minutes)), loc="left", fontsize=11, pad=26)
    # Above the picture, so that it never covers a visit.
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, fontsize=9, borderaxespad=0.2)


def _midnights(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return when the days after the first began. Where midnight was skipped (Brazil until 2018), at one o'clock."""
    begin, end = (moment.tz_localize(None).normalize() for moment in (first, last))
    days = pd.date_range(begin, end, freq="D")[1:]
    return days.tz_localize(first.tz, ambiguous=np.ones(len(days), dtype=bool), nonexistent="shift_forward")


def _title(visits: pd.DataFrame, minutes: float) -> str:
    return say(
        "Visits: {n}, cookies: {cookies}, days: {days} (pauses over {minutes} min; {zone})",
        n=len(visits),
        cookies=visits["identity_id"].nunique(),
        days=visits["day"].nunique(),
        minutes=number(minutes),
        zone=visits["start"].dt.tz,
    )


def _told(visit: dict) -> str:
    return say(
        "{identity}, {day}, {start} to {end}, events: {n}",
        identity=visit["identity_id"],
        day=visit["day"],
        start=visit["start"].strftime("%H:%M"),
        end=visit["end"].strftime("%H:%M"),
        n=visit["events"],
    )
