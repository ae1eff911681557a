"""Something to play with: the answers behind an NPS as three sliders."""

from importlib.util import find_spec

from cxlib.charts.bands import chart_bands
from cxlib.charts.perception import picture
from cxlib.language import say
from cxlib.metrics.ask import nps
from cxlib.metrics.bands import bands
from cxlib.metrics.wording import Sentences, show

MOST = 500


def explore_nps(*, promoters: int = 90, passives: int = 60, detractors: int = 50) -> None:
    """Show an NPS with sliders for its answers: "what moves the number, and what moves how sure it is?"

    The three counts are where the sliders start, from 0 to 500 answers or more if one starts there; arrow
    keys move them. Each move redraws the picture and the sentence beneath it. Without ipywidgets the
    picture of the start is shown. Raises `InputError` for counts that cannot be.

    >>> explore_nps(promoters=9, passives=6, detractors=5)  # doctest: +SKIP
    """
    # What cannot be a count is told here, before a slider bends it into one.
    nps(promoters=promoters, passives=passives, detractors=detractors)
    if find_spec("ipywidgets") is None:
        _redraw(promoters, passives, detractors)
    else:
        _show_sliders({"promoters": promoters, "passives": passives, "detractors": detractors})


def _show_sliders(start: dict[str, int]) -> None:
    from IPython.display import display
    from ipywidgets import IntSlider, Layout, VBox, interactive_output

    names = {"promoters": say("promoters"), "passives": say("passives"), "detractors": say("detractors")}
    sliders = {
        band: IntSlider(
            value=count,
            min=0,
            max=max(MOST, *start.values()),
            description=names[band],
            continuous_update=False,  # one picture for each move, not for each pixel of it
            style={"description_width": "8em"},
            layout=Layout(width="32em", max_width="100%"),
        )
        for band, count in start.items()
    }
    display(VBox([*sliders.values(), interactive_output(_redraw, sliders)]))


def _redraw(promoters: int, passives: int, detractors: int) -> None:
    from IPython.display import display

    if not promoters + passives + detractors:
        display(Sentences(say("Without an answer there is no NPS. Move one of the sliders.")))
        return
    spread = bands(promoters=promoters, passives=passives, detractors=detractors)
    display(picture(chart_bands(spread)))
    display(show(nps(promoters=promoters, passives=passives, detractors=detractors)))
