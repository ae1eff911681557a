"""Something to play with: conversion by what is counted, visits, visitors or people, and over how many days."""

from dataclasses import replace
from importlib.util import find_spec

import pandas as pd

from cxlib.charts.perception import chart, picture
from cxlib.errors import InputError
from cxlib.journeys.identity import CUSTOMER, IDENTITIES, IDENTITY, people
from cxlib.language import mark, number, say
from cxlib.metrics.ask import metric
from cxlib.metrics.wording import Sentences, show
from cxlib.tables.dataset import Dataset
from cxlib.tables.opening import open_dataset

UNITS = {"visit": mark("visits"), "visitor": mark("visitors: cookies and devices"), "person": mark("people")}
WINDOWS = (1, 7, 28, 91)
FLAGS = ("is_bot", "is_internal")
COUNTED = "counted_by"


def explore_conversion(data: object, *, unit: str = "visit", days: int = 28) -> None:
    """Show conversion with a switch for its unit and one for its window: "what happens to it, if we count otherwise?"

    `data` is a dataset with the table `sessions`, and `identities` if there is one. `unit` is where the switch
    starts: visit, visitor (a cookie or device) or person (cookies and devices that belong together); `days` is
    the window, so many days up to the last visit. Tab and the left and right arrow keys move both. The picture is
    by channel, visitors and people in the channel of their first visit. Without ipywidgets the picture of the start
    is shown. Raises `InputError` for data without visits, and for a unit or window that cannot be.

    >>> from cxlib.world.store import ipe
    >>> explore_conversion(ipe("tiny", 7), unit="person", days=7)  # doctest: +SKIP
    """
    visits = _visits(data)
    if unit not in UNITS:
        raise InputError(
            say("There is no unit {found}. Choose one of: {names}.", found=repr(unit), names=", ".join(UNITS))
        )
    # Told here, before a switch is drawn upon it; and one axis for all, so that a move can be seen.
    _conversion(visits, unit, days)
    reach = 100 * max(_by_channel(visits, one, max(days, *WINDOWS))["high"].max() for one in UNITS)
    if find_spec("ipywidgets") is None:
        _redraw(visits, reach, unit, days)
    else:
        _show_switches(visits, reach, unit, days)


def conversion_by_unit(data: object, *, days: int = 28) -> pd.DataFrame:
    """Return conversion of the last `days` days by every unit, in the columns of `metric`: "who is one?"

    >>> from cxlib.world.store import ipe
    >>> list(conversion_by_unit(ipe("tiny", 7))["counted_by"])
    ['visits', 'visitors: cookies and devices', 'people']
    """
    visits = _visits(data)
    return _together([_conversion(visits, unit, days).assign(**{COUNTED: say(UNITS[unit])}) for unit in UNITS])


def _together(results: list[pd.DataFrame]) -> pd.DataFrame:
    """Return results one under another, what they are counted by first, as charts want it."""
    frame = pd.concat(results, ignore_index=True)
    frame.attrs |= results[0].attrs
    return frame[[COUNTED, *frame.columns.drop(COUNTED)]]


# --- Visits, visitors, people ------------------------------------------------------------------------


def _visits(data: object) -> Dataset:
    """Return the dataset with its visits in memory and a `person` beside each."""
    dataset = open_dataset(data)
    if "sessions" not in dataset:
        raise InputError(say("There are no visits: the table {table} is missing.", table="sessions"))
    visits = dataset.frame("sessions")
    lacks = [column for column in (IDENTITY, "started_at", "key_events") if column not in visits.columns]
    if lacks:
        raise InputError(say("The table {table} lacks: {columns}.", table="sessions", columns=", ".join(lacks)))
    if CUSTOMER not in visits.columns:
        visits[CUSTOMER] = None
    visits["person"] = _persons(visits, dataset)
    return _holding(dataset, visits)


def _persons(visits: pd.DataFrame, dataset: Dataset) -> pd.Series:
    seen = visits.groupby([IDENTITY, CUSTOMER], dropna=False).size().rename("n").reset_index()
    if IDENTITIES in dataset and {IDENTITY, CUSTOMER} <= set(dataset.table(IDENTITIES).columns):
        seen = pd.concat([seen, dataset.frame(IDENTITIES)[[IDENTITY, CUSTOMER]].assign(n=0)], ignore_index=True)
    found = people(seen)
    of_identity = found.identities.set_index(IDENTITY)["person"]
    by_identity, by_login = visits[IDENTITY].map(of_identity), visits[CUSTOMER].map(found.customers)
    return by_identity.astype(object).where(by_identity.notna(), by_login.astype(object))


def _holding(dataset: Dataset, visits: pd.DataFrame) -> Dataset:
    """Return a dataset of these visits with everything else, the privacy floor above all, as it was."""
    made = open_dataset({"sessions": visits}, zone=dataset.zone)
    return replace(dataset, tables=made.tables)


# --- Conversion --------------------------------------------------------------------------------------


def _conversion(visits: Dataset, unit: str, days: int, *, by: str | None = None) -> pd.DataFrame:
    """Return the conversion of the last days, one row for each of the unit."""
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise InputError(say("{days} is no window: give whole days, 1 or more.", days=repr(days)))
    rows = visits.frame("sessions")
    last = rows["started_at"].max()
    inside = rows[rows["started_at"] >= last.normalize() - pd.Timedelta(days=days - 1)]
    return metric(_holding(visits, _as_units(inside, unit)), "conversion_rate", by=by or ())


def _as_units(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return one row for each visit, visitor or person, in the columns of visits; bots stay marked as such."""
    if unit == "visit":
        return rows
    one = rows[IDENTITY] if unit == "visitor" else rows["person"]
    flags = [flag for flag in FLAGS if flag in rows.columns]
    # Whoever is not known at all stays one of a kind, without a goal that could be told: set aside as missing.
    goals = rows["key_events"].astype("float64").where(one.notna())
    rows = rows.assign(one=one.fillna(rows["session_id"]), key_events=goals).sort_values("started_at")
    sums = rows.groupby(["one", *flags])["key_events"].sum(min_count=1)
    firsts = rows.drop_duplicates(["one", *flags]).drop(columns="key_events")
    # One row is one visitor or person now; the login of a first visit must not group the rows once more.
    return firsts.merge(sums.reset_index(), on=["one", *flags]).assign(
        **{IDENTITY: lambda each: each["one"], CUSTOMER: None}
    )


def _by_channel(visits: Dataset, unit: str, days: int) -> pd.DataFrame:
    """Return conversion by channel, or as a whole where channels are not known."""
    by = "channel" if "channel" in visits.table("sessions").columns else None
    return _conversion(visits, unit, days, by=by)


# --- The switches ------------------------------------------------------------------------------------


def _show_switches(visits: Dataset, reach: float, unit: str, days: int) -> None:
    from IPython.display import display
    from ipywidgets import Layout, SelectionSlider, VBox, interactive_output

    wide = {"style": {"description_width": "8em"}, "layout": Layout(width="32em", max_width="100%")}
    # A slider too: radio buttons did not follow the arrow keys in JupyterLab, sliders do.
    units = SelectionSlider(
        options=[(say(name), key) for key, name in UNITS.items()],
        value=unit,
        description=say("what is counted"),
        **wide,
    )
    windows = SelectionSlider(
        options=[(number(one, decimals=0), one) for one in sorted({days, *WINDOWS})],
        value=days,
        description=say("the last days"),
        continuous_update=False,
        **wide,
    )
    drawn = interactive_output(
        lambda unit, days: _redraw(visits, reach, unit, days), {"unit": units, "days": windows}
    )
    display(VBox([units, windows, drawn]))


def _redraw(visits: Dataset, reach: float, unit: str, days: int) -> None:
    from IPython.display import display

    ax = chart(_by_channel(visits, unit, days))
    ax.set_xlim(0, 1.05 * reach)
    display(picture(ax))
    total = str(show(_conversion(visits, unit, days)))
    counted = {"unit": say(UNITS[unit]), "result": total}
    if days == 1:
        display(Sentences(say("Counted: {unit}, the last day: {result}", **counted)))
    else:
        several = number(days, decimals=0)
        display(Sentences(say("Counted: {unit}, the last {days} days: {result}", days=several, **counted)))
