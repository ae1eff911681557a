"""Something to play with: one wait on two clocks, the customer's and that of a desk with opening hours."""

from importlib.util import find_spec
from typing import Any

import pandas as pd

from cxlib.charts.business_clock import business_days, chart_business_time
from cxlib.charts.perception import picture
from cxlib.errors import InputError
from cxlib.language import number, say, weekday
from cxlib.metrics.units import amount
from cxlib.metrics.wording import Sentences

MONDAY = pd.Timestamp("2025-03-03")  # of an ordinary week, without a holiday and with no clock that changes
OPEN_ON = (5, 6, 7)  # days from Monday on
QUARTER = 15
LONGEST = 7 * 24 * 60


def explore_business_hours(
    *,
    day: int = 5,
    asked: str = "17:30",
    minutes: int = 3_825,
    opens: int = 9,
    closes: int = 18,
    days: int = 5,
) -> None:
    """Show one wait on two clocks, with sliders: "how much of it does the desk count?"

    The customer writes on weekday `day` (1 is Monday) at the time `asked` and is answered `minutes` later, by the
    clock on the wall. The desk is open from `opens` to `closes`, whole hours, on the first `days` days of the week
    (5, 6 or 7). These are where the sliders start; Tab and the arrow keys move them. Each move draws the week again,
    and says both lengths. Without ipywidgets the picture of the start is shown. Raises `InputError` for what
    cannot be.

    >>> explore_business_hours(day=5, asked="17:30", minutes=3_825)  # doctest: +SKIP
    """
    start: dict[str, Any] = {
        "day": day,
        "asked": asked,
        "minutes": minutes,
        "opens": opens,
        "closes": closes,
        "days": days,
    }
    # What cannot be is told here, before a slider bends it into something else.
    _check(start)
    if find_spec("ipywidgets") is None:
        _redraw(**start)
    else:
        _show_sliders(start)


def _check(start: dict[str, Any]) -> None:
    if start["day"] not in range(1, 8):
        raise InputError(say("{found} is no weekday: give 1 (Monday) to 7.", found=repr(start["day"])))
    if start["asked"] not in _times():
        raise InputError(say("{found} is no time of day here: give HH:MM, in quarters of an hour.",
                             found=repr(start["asked"])))  # fmt: skip
    if start["minutes"] not in range(QUARTER, LONGEST + 1, QUARTER):
        raise InputError(say("{found} minutes are no wait here: give quarters of an hour, up to a week.",
                             found=repr(start["minutes"])))  # fmt: skip
    if start["days"] not in OPEN_ON:
        raise InputError(say("The desk is open on 5, 6 or 7 days, not on {found}.", found=repr(start["days"])))
    if start["opens"] not in range(24) or start["closes"] not in range(1, 25) or start["opens"] >= start["closes"]:
        raise InputError(say("A desk cannot be open from {opens} to {closes}: give whole hours, 0 to 24.",
                             opens=repr(start["opens"]), closes=repr(start["closes"])))  # fmt: skip


def _times() -> list[str]:
    return [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, QUARTER)]


def _show_sliders(start: dict[str, Any]) -> None:
    from IPython.display import display
    from ipywidgets import IntSlider, Layout, SelectionSlider, VBox, interactive_output

    wide = {"style": {"description_width": "11em"}, "layout": Layout(width="36em", max_width="100%")}
    wide |= {"continuous_update": False}  # one picture for each move, not for each pixel of it
    choices = {
        "day": (say("the customer writes on"), [(weekday(one), one) for one in range(1, 8)]),
        "asked": (say("at"), [(one, one) for one in _times()]),
        "minutes": (say("and waits (hours)"), [(number(one / 60, decimals=2), one) for one in _lengths()]),
        "days": (say("the desk is open"), [(f"{weekday(1)}–{weekday(one)}", one) for one in OPEN_ON]),
    }
    sliders = {
        name: SelectionSlider(description=words, options=options, value=start[name], **wide)
        for name, (words, options) in choices.items()
    }
    hours = {"opens": (say("opens (hour)"), 0, 23), "closes": (say("closes (hour)"), 1, 24)}
    sliders |= {
        name: IntSlider(description=words, min=least, max=most, value=start[name], **wide)
        for name, (words, least, most) in hours.items()
    }
    display(VBox([*sliders.values(), interactive_output(_redraw, sliders)]))


def _lengths() -> range:
    return range(QUARTER, LONGEST + 1, QUARTER)


def _redraw(day: int, asked: str, minutes: int, opens: int, closes: int, days: int) -> None:
    from IPython.display import display

    if opens >= closes:
        display(Sentences(say("The desk closes before it opens. Move one of the two hours.")))
        return
    hours = pd.DataFrame(
        {"schedule_id": "desk", "weekday": range(1, days + 1), "opens": f"{opens:02}:00", "closes": f"{closes:02}:00"}
    )
    begin = MONDAY + pd.Timedelta(days=day - 1) + pd.Timedelta(f"{asked}:00")
    wait = business_days(begin, begin + pd.Timedelta(minutes=minutes), hours)
    display(picture(chart_business_time(wait)))
    lengths = wait.groupby("part")["minutes"].sum()
    display(
        Sentences(
            say(
                "The desk counts {counted}; the customer waits {waited}.",
                counted=amount(lengths.get("counted", 0), "minutes"),
                waited=amount(lengths["waited"], "minutes"),
            )
        )
    )
