"""Something to play with: a share that was seen, by how well seeing works and how many days are looked back."""

from importlib.util import find_spec

import numpy as np
import pandas as pd

from cxlib.charts.perception import picture
from cxlib.charts.research import chart_ladder
from cxlib.errors import InputError
from cxlib.inference.misclassified import true_share
from cxlib.language import number, percent, say
from cxlib.metrics.wording import Sentences

STEP = 0.01


def explore_research(
    windows: pd.DataFrame, *, days: float = 14, sensitivity: float = 0.6, specificity: float = 0.92
) -> None:
    """Show research shopping with sliders for the window and for how well it is seen: "what hangs on what?"

    `windows` is what `cx.research_shopping` returned for several `days`. The sliders start at `days`, at
    `sensitivity` (how much of the research there was is seen) and at `specificity` (how often none is seen where
    there was none); arrow keys move them. Each move draws what was seen of known buyers and what it is once corrected
    (Rogan & Gladen 1978), both numbers taken as known. Without ipywidgets the picture of the start is shown. Raises
    `InputError` for a frame of something else, and for numbers that cannot be.

    >>> from cxlib.journeys.research_shopping import research_shopping
    >>> from cxlib.world.store import ipe
    >>> explore_research(research_shopping(ipe("tiny", 7), days=[7, 14]), days=7)  # doctest: +SKIP
    """
    linked = _linked(windows)
    if days not in linked.index:
        known = ", ".join(number(one, decimals=0) for one in linked.index)
        raise InputError(say("There is no window of {days} days in this frame; there are: {known}.",
                             days=repr(days), known=known))  # fmt: skip
    for name, given in (("sensitivity", sensitivity), ("specificity", specificity)):
        if not isinstance(given, (int, float)) or not 0 <= given <= 1:
            raise InputError(say("{name} must be between 0 and 1, not {found}.", name=name, found=repr(given)))
    if find_spec("ipywidgets") is None:
        _redraw(linked, days, sensitivity, specificity)
    else:
        _show_sliders(linked, days, sensitivity, specificity)


def _linked(windows: object) -> pd.DataFrame:
    """Return what was seen of known buyers, a row a window."""
    if not isinstance(windows, pd.DataFrame) or not {"days", "rule", "value", "assumes"} <= set(windows.columns):
        raise InputError(say("Give the frame that research_shopping returned."))
    linked = windows[(windows["rule"] == "linked") & windows["low"].notna()]
    if linked.empty or linked["days"].duplicated().any():
        raise InputError(say("To explore it takes a row a window: one group, one period, known buyers."))
    return linked.set_index("days", drop=False)


def _show_sliders(linked: pd.DataFrame, days: float, sensitivity: float, specificity: float) -> None:
    from IPython.display import display
    from ipywidgets import FloatSlider, Layout, SelectionSlider, VBox, interactive_output

    wide = {"continuous_update": False, "style": {"description_width": "16em"},
            "layout": Layout(width="36em", max_width="100%")}  # fmt: skip
    names = {"sensitivity": say("seen, of research done"), "specificity": say("nothing seen, of none done")}
    window = SelectionSlider(options=[(number(one, decimals=0), one) for one in linked.index], value=days,
                             description=say("days looked back"), **wide)  # fmt: skip
    start = {"sensitivity": sensitivity, "specificity": specificity}
    sliders = {
        name: FloatSlider(value=value, min=0, max=1, step=STEP, description=names[name], **wide)
        for name, value in start.items()
    }
    drawn = interactive_output(
        lambda days, sensitivity, specificity: _redraw(linked, days, sensitivity, specificity),
        {"days": window, **sliders},
    )
    display(VBox([window, *sliders.values(), drawn]))


def _redraw(linked: pd.DataFrame, days: float, sensitivity: float, specificity: float) -> None:
    from IPython.display import display

    if sensitivity + specificity - 1 < STEP:
        told = say("So seen, a purchase with research is as likely to be marked as one without: nothing can be said.")
        display(Sentences(told))
        return
    both = _corrected(linked, days, sensitivity, specificity)
    ax = chart_ladder(both)
    ax.set_xlim(0, 100)  # one axis for all moves
    display(picture(ax))
    display(Sentences(_told(both)))


def _corrected(linked: pd.DataFrame, days: float, sensitivity: float, specificity: float) -> pd.DataFrame:
    """Return two rungs: seen of known buyers, and that corrected, its ends by the same formula as its value."""
    seen = linked.loc[[days]]
    ends = {name: true_share(seen[name], sensitivity, specificity) for name in ("value", "low", "high")}
    clipped = {name: np.clip(found, 0, 1) for name, found in ends.items()}
    corrected = seen.assign(rule="corrected", sensitivity=sensitivity, specificity=specificity, **clipped)
    corrected["warnings"] = np.where(ends["value"] != clipped["value"], "clipped", "")
    return pd.concat([seen, corrected], ignore_index=True)


def _told(both: pd.DataFrame) -> str:
    seen, true = both.iloc[0], both.iloc[1]
    told = say("Seen: {seen}. Corrected: {value} ({low} to {high}), n = {n}.", seen=percent(seen["value"]),
               value=percent(true["value"]), low=percent(true["low"]), high=percent(true["high"]),
               n=number(true["n"], decimals=0))  # fmt: skip
    if true["warnings"]:
        told += " " + say("It had to be clipped: so little, or so much, seen does not fit these two numbers.")
    return told
