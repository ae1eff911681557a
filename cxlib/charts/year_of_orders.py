"""A year of orders, day by day, and what the Brazilian retail calendar does to them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cxlib.charts.drawing import COLOURS
from cxlib.errors import InputError
from cxlib.language import mark, number, say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect
from cxlib.tables.time import local, midnight, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Z = 1.959963984540054
TIERS = 3  # heights of labels
LEAST_DAYS = 300  # of the year, with an order; fewer are no year
WEEKDAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)


class Effect(NamedTuple):
    """Orders of a stretch of days over those of as many ordinary days of the same weekdays, with its 95% interval."""

    name: str
    first: pd.Timestamp
    last: pd.Timestamp
    orders: int
    ratio: float
    low: float
    high: float


def seasons(year: int) -> dict[str, tuple[date, date]]:
    """Return the seasons of Brazilian retail in a year by name: first and last day.

    >>> {name: f"{first:%m-%d}" for name, (first, _) in seasons(2025).items()}["Black Friday"]
    '11-27'
    """
    from dateutil.easter import easter

    of_consumers, of_mothers = date(year, 3, 15), date(year, 5, 1)
    consumers = of_consumers - timedelta(days=of_consumers.weekday())
    mothers = of_mothers + timedelta(days=13 - of_mothers.weekday())  # the second Sunday of May
    november = date(year, 11, 1)
    thursday = november + timedelta(days=(3 - november.weekday()) % 7 + 21)  # the fourth
    return {
        mark("Carnival"): (easter(year) - timedelta(days=50), easter(year) - timedelta(days=46)),
        mark("Consumer week"): (consumers, consumers + timedelta(days=6)),
        mark("Mothers' Day"): (mothers - timedelta(days=6), mothers),
        mark("Black Friday"): (thursday, thursday + timedelta(days=3)),
        mark("Christmas"): (date(year, 12, 10), date(year, 12, 23)),
        mark("End of year"): (date(year, 12, 26), date(year, 12, 31)),
    }


def year_of_orders(shop: Dataset, year: int | None = None, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the orders of a year by day: "which days are special, and by how much?"

    `year` is a local year, the last whole one when it is not given. What a season does is measured against
    ordinary days of the same weekdays; its interval allows for how much days differ anyway.
    """
    import matplotlib.pyplot as plt

    by_day = orders_by_day(shop, year)
    found, special = effects(by_day), in_season(by_day)
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 4.2), layout="constrained")
    for place, effect in enumerate(found):
        _label(ax, place, effect, by_day.max())
    for colour, days, name in ((COLOURS[5], ~special, say("ordinary days")), (COLOURS[1], special, say("seasons"))):
        ax.bar(by_day.index[days], by_day[days], width=1, color=colour, label=name)
    _dress(ax, shop, by_day, found)
    return ax


def orders_by_day(shop: Dataset, year: int | None = None) -> pd.Series:
    """Return the orders of each local day of a year, the last whole one when none is given."""
    orders = shop.table("orders")
    known = span(orders.placed_at)
    if known is None:
        raise InputError(say("There is no order to draw."))
    if year is None:
        year = known[1].year if known[1] >= date(known[1].year, 12, 31) else known[1].year - 1
    inside = (orders.placed_at >= midnight(date(year, 1, 1), shop.zone)) & (
        orders.placed_at < midnight(date(year + 1, 1, 1), shop.zone)
    )
    rows = orders.filter(inside)
    day = local(rows.placed_at, shop.zone, *known).date()
    counts = collect(rows.group_by(day=day).aggregate(orders=rows.count())).to_pandas()
    if len(counts) < LEAST_DAYS:
        raise InputError(say("{year} has orders on {n} days only; a year needs more.", year=year, n=len(counts)))
    found = counts.set_index(pd.to_datetime(counts["day"]))["orders"]
    return found.reindex(pd.date_range(f"{year}-01-01", f"{year}-12-31"), fill_value=0)


def effects(by_day: pd.Series) -> list[Effect]:
    """Return what each season of the year does to the orders.

    Ordinary days are those of no season. Days scatter more than a Poisson count would: by how much is read from
    ordinary days around their weekday's mean, and widens every interval (quasi-Poisson, on the log scale).
    """
    ordinary = by_day[~in_season(by_day)]
    weekday = ordinary.groupby(ordinary.index.day_of_week).agg(["mean", "size"])
    scatter, found = _scatter(ordinary), []
    for name, (first, last) in _calendar(by_day).items():
        days = by_day[first:last]
        times = pd.Series(days.index.day_of_week).value_counts()  # of each weekday in the season
        expected, orders = (times * weekday["mean"]).sum(), int(days.sum())
        usual = (times**2 * weekday["mean"] / weekday["size"]).sum() / expected**2
        half = Z * (scatter * (1 / max(orders, 1) + usual)) ** 0.5
        ratio = orders / expected
        found.append(Effect(name, first, last, orders, ratio, ratio * np.exp(-half), ratio * np.exp(half)))
    return found


def in_season(by_day: pd.Series) -> np.ndarray:
    """Return whether each day lies in a season."""
    calendar = _calendar(by_day).values()
    return np.any([(by_day.index >= first) & (by_day.index <= last) for first, last in calendar], axis=0)


def _calendar(by_day: pd.Series) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    ends = seasons(by_day.index[0].year)
    return {name: (pd.Timestamp(first), pd.Timestamp(last)) for name, (first, last) in ends.items()}


def _scatter(ordinary: pd.Series) -> float:
    """Return the variance of ordinary days over their weekday's mean, at least that of Poisson counts."""
    expected = ordinary.groupby(ordinary.index.day_of_week).transform("mean")
    return max(1.0, float(((ordinary - expected) ** 2 / expected).sum() / (len(ordinary) - 7)))


def _label(ax: "Axes", place: int, effect: Effect, most: int) -> None:
    """Write a season's effect above all bars, ending at a line down to its days; no line crosses another's words."""
    middle = effect.first + (effect.last - effect.first) / 2
    height = (1.12 + 0.24 * (place % TIERS)) * most
    ax.vlines(middle, 1.02 * most, height + 0.2 * most, color="#999999", linewidth=0.8)
    words = f"{say(effect.name)}\n{_times(effect)}"
    ax.annotate(words, (middle, height), (-3, 0), textcoords="offset points", ha="right", va="bottom", fontsize=8)


def _times(effect: Effect) -> str:
    return say(
        "× {ratio} ({low} to {high})",
        **{end: number(getattr(effect, end), decimals=2) for end in ("ratio", "low", "high")},
    )


def _dress(ax: "Axes", shop: Dataset, by_day: pd.Series, found: list[Effect]) -> None:
    most, ordinary = max(found, key=lambda effect: effect.ratio), by_day[~in_season(by_day)]
    title = say(
        "{year}: {n} orders. Strongest season: {season}, {times} as many as ordinary days",
        year=by_day.index[0].year,
        n=number(by_day.sum()),
        season=say(most.name),
        times=_times(most),
    )
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_ylabel(say("orders a day"))
    ax.set_ylim(0, 1.85 * by_day.max())
    ax.set_xlim(by_day.index[0] - pd.Timedelta(days=2), by_day.index[-1] + pd.Timedelta(days=2))
    ax.set_yticks([tick for tick in ax.get_yticks() if tick <= by_day.max()])
    ax.legend(frameon=False, loc="upper center", ncols=2)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    week = ordinary.groupby(ordinary.index.day_of_week).mean()
    note = say(
        "In brackets: 95% interval, against ordinary days of the same weekdays. Of these {most} brings most orders, "
        "{least} fewest.",
        most=say(WEEKDAYS[int(week.idxmax())]),
        least=say(WEEKDAYS[int(week.idxmin())]),
    )
    note += " " + say("Synthetic data (Ipê).") if shop.synthetic else ""
    ax.figure.text(0.99, -0.02, note, ha="right", va="top", fontsize=8, color="#555555")
    ax.set_gid(say("Chart. {title}. {rows}. {note}", title=title, rows=". ".join(map(_told, found)), note=note))


def _told(effect: Effect) -> str:
    days = f"{effect.first:%Y-%m-%d}–{effect.last:%Y-%m-%d}"
    return f"{say(effect.name)} ({days}): {_times(effect)}, n = {number(effect.orders)}"
