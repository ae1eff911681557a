"""What docs/realism.md measures, of Ipê and of real companies alike: shares, quantiles, and the n of each."""

from collections.abc import Iterable

import pandas as pd

from cxlib import Dataset

FOLLOWED = 455  # days after the first order: as long as every customer of CDNOW can be followed
COUNTS = {"1": (1, 1), "2": (2, 2), "3-5": (3, 5), "6-10": (6, 10), "11+": (11, 10_000)}
QUANTILES = (0.25, 0.50, 0.75, 0.90)
PARTS = {"0-5": range(6), "6-11": range(6, 12), "12-17": range(12, 18), "18-23": range(18, 24)}
MONTHS = (2, 3, 5, 6, 7, 8, 9, 10, 11, 12)  # that the visits to an online shop cover
DIGITAL = ("web", "app", "marketplace", "whatsapp")
Z = 1.959963984540054

Figures = dict[str, float]
Topics = dict[str, dict[str, Figures]]  # by topic and row of its table


def orders_per_customer(customer: pd.Series, at: pd.Series) -> Figures:
    """Return the shares of customers by their number of order days, in `FOLLOWED` days from the first."""
    days = _order_days(customer, at)
    since = days["day"] - days.groupby("customer")["day"].transform("min")
    counts = days[since <= pd.Timedelta(days=FOLLOWED)].groupby("customer").size()
    shares = {name: float(counts.between(*ends).mean()) for name, ends in COUNTS.items()}
    return shares | {"mean": float(counts.mean()), "n": len(counts)}


def gaps(customer: pd.Series, at: pd.Series) -> Figures:
    """Return quantiles of the days between order days of a customer that follow each other."""
    days = _order_days(customer, at).sort_values(["customer", "day"])
    return _quantiles(days.groupby("customer")["day"].diff().dropna() / pd.Timedelta(days=1))


def durations(begin: pd.Series, end: pd.Series) -> Figures:
    """Return quantiles of the hours that cases lasted."""
    return _quantiles(((end - begin) / pd.Timedelta(hours=1)).dropna())


def stars(scores: pd.Series) -> Figures:
    """Return the shares of 1 to 5, and the mean."""
    scores = scores.dropna()
    return _shares(scores.astype("int64"), range(1, 6)) | {"mean": float(scores.mean())}


def weekdays(at: pd.Series, weight: pd.Series | None = None) -> Figures:
    """Return the shares of Monday (0) to Sunday (6)."""
    return _shares(at.dt.day_of_week, range(7), weight)


def months(month: pd.Series) -> Figures:
    """Return the shares of `MONTHS`."""
    return _shares(month[month.isin(MONTHS)], MONTHS)


def hours(hour: pd.Series, weight: pd.Series | None = None) -> Figures:
    """Return the shares of four parts of the day."""
    return _shares(hour.map({one: part for part, own in PARTS.items() for one in own}), PARTS, weight)


def of_ipe(shop: Dataset) -> Topics:
    """Return what is measured of Ipê. Who came too late to be followed is not counted by orders."""
    orders, tickets = shop.frame("orders"), shop.frame("tickets")
    customer, placed, channel = orders["customer_id"], orders["placed_at"], orders["channel"]
    new = _new(orders, shop.frame("customers"))
    digital = channel.isin(DIGITAL)
    csat = shop.frame("survey_responses").query("type == 'csat'")["score"]
    last_year = placed.dt.year == placed.dt.year.max()
    return {
        "orders": {"ipe": orders_per_customer(customer[new], placed[new])},
        "gaps": {"ipe": gaps(customer, placed)},
        "stars": {"ipe_csat": stars(csat), "ipe_exit": stars(shop.frame("store_csat_pulse")["score"])},
        "durations": {"ipe": durations(tickets["created_at"], tickets["solved_at"])},
        "weekdays": {"ipe": weekdays(placed)},
        "contacts": {"ipe": weekdays(tickets["created_at"])},
        "months": {"ipe": months(placed[digital & last_year].dt.month)},
        "hours": {
            "ipe_digital": hours(placed[digital].dt.hour),
            "ipe_store": hours(placed[channel == "store"].dt.hour),
        },
    }


def _new(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Return which orders are those of customers who signed up in the calendar and can be followed long enough."""
    signed_up = orders["customer_id"].map(customers.set_index("customer_id")["signed_up_at"])
    first = orders.groupby("customer_id")["placed_at"].transform("min")
    last = orders["placed_at"].max() - pd.Timedelta(days=FOLLOWED)
    return (signed_up >= orders["placed_at"].min().normalize()) & (first <= last)


def _order_days(customer: pd.Series, at: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"customer": customer, "day": at.dt.normalize()}).dropna().drop_duplicates()


def _shares(values: pd.Series, among: Iterable, weight: pd.Series | None = None) -> Figures:
    size = values.groupby(values).size() if weight is None else weight.groupby(values).sum()
    return {str(one): float(size.get(one, 0) / size.sum()) for one in among} | {"n": round(float(size.sum()))}


def _quantiles(values: pd.Series) -> Figures:
    """Return quantiles, and the 95% interval of the median, from the ranks of the sorted values."""
    ordered, size = values.sort_values(ignore_index=True), len(values)
    found = {f"{share:g}": float(value) for share, value in ordered.quantile(list(QUANTILES)).items()}
    half = Z * (size / 4) ** 0.5
    low, high = ordered[max(int(size / 2 - half), 0)], ordered[min(int(size / 2 + half), size - 1)]
    return found | {"low": float(low), "high": float(high), "n": size}
