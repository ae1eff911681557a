"""Something to play with: move a touchpoint to another stage and see what becomes of the emotion curve."""

from dataclasses import replace
from importlib.util import find_spec

import pandas as pd

from cxlib.charts.emotions import chart_emotions
from cxlib.charts.perception import picture
from cxlib.errors import InputError
from cxlib.journeys.emotions import EVERYONE, MOMENTS, PAIRED, emotion_curve
from cxlib.journeys.stage_models import KEYS, NAMES
from cxlib.journeys.stages import stage_name
from cxlib.language import number, say
from cxlib.metrics.wording import Sentences
from cxlib.tables.dataset import Dataset
from cxlib.tables.opening import open_dataset

TOUCHPOINT = "touchpoint"


def explore_journey(data: object, *, touchpoint: str = "", stage: str = "") -> None:
    """Show the emotion curve with two switches: "what if this touchpoint belonged to another stage?"

    `data` is a dataset with the table `moments` and its column `touchpoint`. One switch chooses a touchpoint, the
    other the stage that its ratings count for; they start at `touchpoint` (the first by name) and `stage` (where it
    is). Tab and the left and right arrow keys move both. Beneath the picture the stages are told whose number moved.
    Without ipywidgets the picture of the start is shown. Raises `InputError` for data without touchpoints, and for a
    touchpoint or stage that is not there.

    >>> from cxlib.world.store import ipe
    >>> explore_journey(ipe("tiny", 7), touchpoint="entrega", stage="purchase")  # doctest: +SKIP
    """
    shop = _in_memory(data)
    points = sorted(_moments(shop)[TOUCHPOINT].dropna().unique())
    touchpoint = touchpoint or points[0]
    stage = stage or _home(shop, touchpoint)
    # What cannot be is told here, before a switch is drawn upon it.
    placed(shop, touchpoint, stage)
    if find_spec("ipywidgets") is None:
        _redraw(shop, touchpoint, stage)
    else:
        _show_switches(shop, points, touchpoint, stage)


def placed(data: object, touchpoint: str, stage: str) -> Dataset:
    """Return the dataset with the ratings of a touchpoint counted for another stage: "whose is this moment?"

    >>> from cxlib.world.store import ipe
    >>> moved = placed(ipe("tiny", 7), "entrega", "purchase").frame("moments")
    >>> set(moved.loc[moved["touchpoint"].eq("entrega"), "stage"])
    {'purchase'}
    """
    dataset = open_dataset(data)
    moments = _moments(dataset)
    _known(touchpoint, sorted(moments[TOUCHPOINT].dropna().unique()))
    _known(stage, KEYS)
    here = moments[TOUCHPOINT].eq(touchpoint) & moments["stage"].notna()
    return _holding(dataset, moments.assign(stage=moments["stage"].mask(here, stage)))


def _known(given: str, names: "list[str] | tuple[str, ...]") -> None:
    if given not in names:
        raise InputError(say("{found} is not there. Choose one of: {names}.", found=repr(given),
                             names=", ".join(names)))  # fmt: skip


def _moments(dataset: Dataset) -> pd.DataFrame:
    if MOMENTS not in dataset:
        raise InputError(say("There are no ratings along the journey: the table {table} is missing.", table=MOMENTS))
    moments = dataset.frame(MOMENTS)
    if TOUCHPOINT not in moments.columns or moments[TOUCHPOINT].isna().all():
        raise InputError(say("The table {table} lacks: {columns}.", table=MOMENTS, columns=TOUCHPOINT))
    return moments


def _in_memory(data: object) -> Dataset:
    """Return the dataset with its ratings in memory, so that a move of a switch does not read them once more."""
    dataset = open_dataset(data)
    return _holding(dataset, _moments(dataset))


def _holding(dataset: Dataset, moments: pd.DataFrame) -> Dataset:
    """Return a dataset of these ratings with everything else, the privacy floor above all, as it was."""
    made = open_dataset({MOMENTS: moments}, zone=dataset.zone)
    return replace(dataset, tables=made.tables)


def _home(shop: Dataset, touchpoint: str) -> str:
    moments = _moments(shop)
    mine = moments.loc[moments[TOUCHPOINT].eq(touchpoint), "stage"].dropna()
    return str(mine.mode().iloc[0]) if len(mine) else KEYS[0]


# --- The switches ------------------------------------------------------------------------------------


def _show_switches(shop: Dataset, points: list[str], touchpoint: str, stage: str) -> None:
    from IPython.display import display
    from ipywidgets import Layout, SelectionSlider, VBox, interactive_output

    choices = {
        "touchpoint": (say("touchpoint"), points, touchpoint),
        "stage": (say("counts for"), [(stage_name(key), key) for key in KEYS], stage),
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
    drawn = interactive_output(lambda touchpoint, stage: _redraw(shop, touchpoint, stage), sliders)
    display(VBox([*sliders.values(), drawn]))


def _redraw(shop: Dataset, touchpoint: str, stage: str) -> None:
    from IPython.display import display

    before, after = emotion_curve(shop), emotion_curve(placed(shop, touchpoint, stage))
    display(picture(chart_emotions(after)))
    display(Sentences(_told(before, after, touchpoint, stage)))


def _told(before: pd.DataFrame, after: pd.DataFrame, touchpoint: str, stage: str) -> str:
    """Return which stages moved, from what to what, and of how many journeys all stages are rated now."""
    lines = [say("{touchpoint} counts for: {stage}", touchpoint=touchpoint, stage=stage_name(stage))]
    was, now = (frame[frame["rule"].eq(EVERYONE)].set_index("stage") for frame in (before, after))
    moved = [key for key in KEYS if was.loc[key, "n"] != now.loc[key, "n"]]
    lines += [
        say("{stage}: {before}, now {after}", stage=say(NAMES[key]), before=_felt(was.loc[key]),
            after=_felt(now.loc[key]))
        for key in moved
    ]  # fmt: skip
    paired = [number(frame.loc[frame["rule"].eq(PAIRED), "n"].max(), decimals=0) for frame in (before, after)]
    told = say("journeys that rated every stage: {before}, now {after}", before=paired[0], after=paired[1])
    return "\n".join([*lines, told])


def _felt(row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return say("nobody asked")
    return say("{value} (n = {n})", value=number(row["value"]), n=number(row["n"], decimals=0))
