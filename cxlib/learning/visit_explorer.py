"""Something to play with: one person's events as visits, with sliders for the rule and for the clock."""

from importlib.util import find_spec

import pandas as pd

from cxlib.charts.perception import picture
from cxlib.charts.sessions import chart_sessions, visits_of
from cxlib.language import say
from cxlib.metrics.wording import Sentences

MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720)
# From west to east: the four clocks of Brazil, the one most systems store, and two beyond it.
ZONES = (
    *("America/Rio_Branco", "America/Manaus", "America/Sao_Paulo", "America/Noronha"),
    *("UTC", "Europe/Lisbon", "Asia/Tokyo"),
)


def explore_sessions(events: pd.DataFrame, *, minutes: float = 30, zone: str = "America/Sao_Paulo") -> None:
    """Show events as visits with two sliders: "what do the rule and the clock do to a count of visits?"

    `events` are those of a few cookies, as for `chart_sessions`. One slider sets the pause, in minutes, that ends a
    visit, the other the time zone in which days begin; `minutes` and `zone` are where they start. Arrow keys move
    them. Each move draws the picture again and counts the visits of each day beneath it. Without ipywidgets the
    picture of the start is shown. Raises `InputError` for events that cannot be drawn.

    >>> explore_sessions(events, minutes=10)  # doctest: +SKIP
    """
    # What cannot be drawn is told here, before a slider is shown.
    visits_of(events, minutes=minutes, zone=zone)
    if find_spec("ipywidgets") is None:
        _redraw(events, minutes, zone)
    else:
        _show_sliders(events, minutes, zone)


def _show_sliders(events: pd.DataFrame, minutes: float, zone: str) -> None:
    from IPython.display import display
    from ipywidgets import Layout, SelectionSlider, VBox, interactive_output

    steps = sorted({*MINUTES, minutes})
    zones = ZONES if zone in ZONES else (zone, *ZONES)
    choices = {
        "minutes": (say("pause (min)"), steps, minutes),
        "zone": (say("time zone"), zones, zone),
    }
    sliders = {
        name: SelectionSlider(
            description=words,
            options=options,
            value=start,
            continuous_update=False,  # one picture for each move, not for each pixel of it
            style={"description_width": "8em"},
            layout=Layout(width="34em", max_width="100%"),
        )
        for name, (words, options, start) in choices.items()
    }

    def redraw(minutes: float, zone: str) -> None:
        _redraw(events, minutes, zone)

    display(VBox([*sliders.values(), interactive_output(redraw, sliders)]))


def _redraw(events: pd.DataFrame, minutes: float, zone: str) -> None:
    from IPython.display import display

    display(picture(chart_sessions(events, minutes=minutes, zone=zone)))
    days = visits_of(events, minutes=minutes, zone=zone)["day"].value_counts(sort=False)
    display(Sentences("\n".join(say("{day}, visits: {n}", day=day, n=n) for day, n in days.items())))
