"""Ipê's calendar: two local years counted in seconds from their first midnight, and how busy each day is."""

from collections.abc import Sequence

import numpy as np

from cxlib.world.randomness import Source, pick, pick_by, whole

# Midnight of 2024-01-01 in Sao Paulo, as UTC. The offset is -3 hours throughout: Brazil has had no
# summer time since 2019.
START = np.datetime64("2024-01-01T03:00:00", "us")
DAYS = 731
DAY = 86_400
END = DAYS * DAY
_days = np.arange(DAYS)
_weekday = _days % 7  # the calendar starts on a Monday


def day(date: str) -> int:
    """Return the number of a local day, 0 for the first.

    >>> day("2024-01-01"), day("2025-12-31")
    (0, 730)
    """
    return int((np.datetime64(date) - np.datetime64("2024-01-01")).astype("int64"))


# The first day of each of the 24 months, and how many days it has.
MONTHS = np.array([day(f"{year}-{month:02}-01") for year in (2024, 2025) for month in range(1, 13)])
MONTH_DAYS = np.diff(np.append(MONTHS, DAYS))


def month(name: str) -> int:
    """Return the number of a month, 0 for the first.

    >>> month("2024-01"), month("2025-12")
    (0, 23)
    """
    return int(np.searchsorted(MONTHS, day(f"{name}-01")))


def _between(first: str, last: str) -> np.ndarray:
    return (_days >= day(first)) & (_days <= day(last))


def black_friday(number: np.ndarray) -> np.ndarray:
    """Return whether a day lies in Thursday to Sunday of a Black Friday."""
    return np.isin(number, [day("2024-11-28") + i for i in range(4)] + [day("2025-11-27") + i for i in range(4)])


def _order_weights() -> np.ndarray:
    """Multipliers of orders per day (planted truth T10)."""
    weights = np.array([1.00, 0.98, 1.00, 1.04, 1.10, 0.98, 0.90])[_weekday]
    for year, carnival, consumer_week, mothers_week, thursday in (
        ("2024", ("02-10", "02-14"), ("03-11", "03-17"), ("05-06", "05-12"), "11-28"),
        ("2025", ("03-01", "03-05"), ("03-10", "03-16"), ("05-05", "05-11"), "11-27"),
    ):
        for (first, last), multiplier in (
            (carnival, 0.80),
            (consumer_week, 1.35),
            (mothers_week, 1.40),
            (("12-10", "12-23"), 1.5),
            (("12-26", "12-31"), 0.8),
        ):
            weights[_between(f"{year}-{first}", f"{year}-{last}")] *= multiplier
        peak = day(f"{year}-{thursday}")
        weights[peak : peak + 4] *= np.array([1.5, 2.6, 1.8, 1.4])
    return weights


def _ticket_weights() -> np.ndarray:
    """How busy the service is per day: Mondays, Black Friday, December; the desk grew through 2024."""
    weights = np.array([1.30, 1.10, 1.05, 1.00, 1.00, 0.85, 0.70])[_weekday]
    weights *= np.where(_days < 366, 0.1 + 0.9 * _days / 366, 1.0)
    for year in ("2024", "2025"):
        peak = day(f"{year}-11-28") - (year == "2025")
        weights[peak : peak + 5] *= 3.0
        weights[_between(f"{year}-12-10", f"{year}-12-31")] *= 1.25
    return weights


ORDERS = _order_weights()
TICKETS = _ticket_weights()

# Shares of the 24 local hours. 22% of digital orders fall in 21:00-23:59, the next day in UTC (truth T22).
DIGITAL_HOURS = (
    *(0.020, 0.010, 0.005, 0.003, 0.002, 0.005, 0.010, 0.020, 0.035, 0.045, 0.055, 0.060),
    *(0.065, 0.060, 0.055, 0.055, 0.050, 0.050, 0.055, 0.060, 0.060, 0.085, 0.080, 0.055),
)
STORE_HOURS = (
    *(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.07, 0.08),
    *(0.09, 0.08, 0.08, 0.09, 0.09, 0.10, 0.11, 0.10, 0.07, 0.04, 0, 0),
)
SERVICE_HOURS = (
    *(0, 0, 0, 0, 0, 0, 0, 0, 0.04, 0.10, 0.12, 0.11),
    *(0.08, 0.08, 0.09, 0.09, 0.08, 0.07, 0.06, 0.05, 0.05, 0.08, 0, 0),
)


def moments(source: Source, purpose: str, weights: np.ndarray, size: int) -> np.ndarray:
    """Return seconds of days drawn by their weights, at midnight."""
    return pick(source.uniforms(f"{purpose} day", size), weights) * DAY


def times_of_day(source: Source, purpose: str, hours: Sequence[Sequence[float]], group: np.ndarray) -> np.ndarray:
    """Return seconds since midnight, each row with the hours of its own group."""
    hour = pick_by(source.uniforms(f"{purpose} hour", len(group)), group, hours)
    return hour * 3600 + whole(source.uniforms(f"{purpose} second", len(group)), 3600)
