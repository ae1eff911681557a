"""When each customer orders: the calendar's rhythm, one experiment, and who comes back within 90 days.

Three truths rest on the times of orders, so one place decides them, in this order:

1. the calendar draws orders as if nothing else were at work (truth T10);
2. in the 30 days of the experiment with recommendations those orders give way to the experiment's own
   outcome: bought or not, under either arm (truth T08);
3. after a customer's first order the next 90 days are cleared and filled with one order or none:
   whether they come back (truth T02 for first orders in the app or a store, truth T18 for those on the
   site). First orders whose 90 days touch the experiment or the calendar's end are left as they fell.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.counting import count
from cxlib.world.days import DAY, DAYS
from cxlib.world.people import SITE
from cxlib.world.randomness import Source, pick_by

# Orders in the two years, by class of frequency: P(0), P(1) ... of Poisson 1.2, 2.6 and 6.5, cut at 16.
ORDERS_PER_CLASS = (
    (0.301194, 0.361433, 0.216860, 0.086744, 0.026023, 0.006246, 0.001249, 0.000251),
    (0.074274, 0.193111, 0.251045, 0.217572, 0.141422, 0.073539, 0.031867, 0.011836, 0.003847, 0.001487),
    (
        *(0.001503, 0.009772, 0.031760, 0.068814, 0.111822, 0.145369, 0.157483, 0.146234, 0.118815),
        *(0.085811, 0.055777, 0.032959, 0.017853, 0.008926, 0.004144, 0.001796, 0.001162),
    ),
)
# Channels of later orders by habit: app, store, site.
CHANNELS = ("web", "app", "marketplace", "whatsapp", "store", "sales_rep")
IN_STORE = CHANNELS.index("store")
DIGITAL = 4  # the first four channels never close
CHANNEL_SHARES = (
    (0.25, 0.55, 0.05, 0.05, 0.08, 0.02),
    (0.10, 0.05, 0.03, 0.06, 0.70, 0.06),
    (0.60, 0.08, 0.14, 0.06, 0.10, 0.02),
)
FIRST_CHANNEL = np.array([CHANNELS.index("app"), IN_STORE, CHANNELS.index("web")])

# The experiment (truth T08): 30 days from its start; P(order) without and with recommendations.
TEST_START = days.day("2025-01-27") * DAY
TEST_DAYS = 30
TEST_END = TEST_START + TEST_DAYS * DAY
BUYS = {"new": (0.060, 0.068), "returning": (0.180, 0.220)}

LATE_HOURS = round(100 * sum(days.DIGITAL_HOURS[21:]), 9)  # percent of digital orders from 21:00 on (truth T22)
CONSUMER_WEEK = (days.day("2025-03-10"), days.day("2025-03-16"))  # of truth T10, whose campaign adds nothing

# Coming back within 90 days (truths T02 and T18): by first channel and club; on the site by stratum.
WINDOW_DAYS = 90
BACK_APP, BACK_STORE = np.array([0.20, 0.45]), np.array([0.24, 0.50])
BACK_SITE = np.array([0.25, 0.40])


class Timeline(NamedTuple):
    """Who orders when and where, by person and day; who was in which arm and bought; the sums of T02, T08, T18."""

    orders: pd.DataFrame
    test: pd.DataFrame
    counts: Counter[str]


def timeline(source: Source, people: pd.DataFrame) -> Timeline:
    """Return the orders of a shard's customers in time, and what the experiment made of them."""
    orders = _by_calendar(source, people)
    orders, test, counts = _experiment(source, people, orders)
    orders, back = _coming_back(source, people, orders)
    counts.update(back)
    orders = orders.assign(_channel=_channels(source, people, orders))
    digital = int((orders["_channel"] < DIGITAL).sum())
    counts.update(count("T22", LATE_HOURS * digital, of=digital))
    counts.update(count("T10", 0, of=int(orders["_day"].between(*CONSUMER_WEEK).sum())))
    return Timeline(orders, test, counts)


def _by_calendar(source: Source, people: pd.DataFrame) -> pd.DataFrame:
    """Return orders drawn for the whole calendar, without those before the sign-up.

    The rate of those who are there then follows the calendar alone.
    """
    longest = max(map(len, ORDERS_PER_CLASS))
    table = [(*shares, *[0.0] * (longest - len(shares))) for shares in ORDERS_PER_CLASS]
    counts = pick_by(source.uniforms("orders", len(people)), people["_frequency"].to_numpy(), table)
    person = np.repeat(np.arange(len(people)), counts)
    day = days.moments(source, "order", days.ORDERS, len(person)) // DAY
    there = day * DAY > people["_signed_up"].to_numpy()[person]
    return _sorted(pd.DataFrame({"_person": person[there], "_day": day[there]}))


def _experiment(
    source: Source, people: pd.DataFrame, orders: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, Counter[str]]:
    """Return the orders with those of the experiment's days decided by it, what it drew, and the sums of T08."""
    size = len(people)
    inside = orders["_day"].between(TEST_START // DAY, TEST_END // DAY - 1)
    orders = orders[~inside]
    earlier = orders.loc[orders["_day"] < TEST_START // DAY, "_person"]
    returning = np.isin(np.arange(size), earlier)
    treated = source.uniforms("test arm", size) < 0.5
    without, with_them = np.where(returning[:, np.newaxis], BUYS["returning"], BUYS["new"]).T
    luck = source.uniforms("test buys", size)
    bought = luck < np.where(treated, with_them, without)
    effect = int((luck < with_them).sum() - (luck < without).sum())
    day = _day_within(source, "test", np.full(size, TEST_START // DAY), TEST_DAYS)
    added = pd.DataFrame({"_person": np.flatnonzero(bought), "_day": day[bought]})
    test = pd.DataFrame({"_treated": treated, "_returning": returning, "_bought": bought})
    return _sorted(pd.concat([orders, added])), test, count("T08", 100 * effect, of=size)


def _coming_back(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the orders with the 90 days after each first one decided, and the sums of T02 and T18."""
    size, window = len(people), WINDOW_DAYS
    first = orders.drop_duplicates("_person").set_index("_person")["_day"].reindex(range(size)).to_numpy()
    clear = (first + window < TEST_START // DAY) | (first >= TEST_END // DAY)
    decided = clear & (first + window < DAYS)
    club = people["club_member"].to_numpy().astype("int64")
    channel, high = people["_first_channel"].to_numpy(), people["_high"].to_numpy().astype("int64")
    luck = source.uniforms("comes back", size)
    in_app, in_store = luck < BACK_APP[club], luck < BACK_STORE[club]
    back = np.choose(channel, [in_app, in_store, luck < BACK_SITE[high]])
    age = orders["_day"].to_numpy() - first[orders["_person"].to_numpy()]
    cleared = decided[orders["_person"].to_numpy()] & (age > 0) & (age <= window)
    again = np.flatnonzero(decided & back)
    day = _day_within(source, "back", np.where(decided, first, 0).astype("int64") + 1, window - 1)
    added = pd.DataFrame({"_person": again, "_day": day[again]})
    chosen = decided & (channel != SITE)
    counts = count("T02", 100 * int(in_store[chosen].sum() - in_app[chosen].sum()), of=int(chosen.sum()))
    counts += count("T18", 0, of=int((decided & (channel == SITE)).sum()))
    return _sorted(pd.concat([orders[~cleared], added])), counts


def _channels(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> np.ndarray:
    """Return the channel of each order: the first one's is the habit itself, the others follow it."""
    habit = people["_first_channel"].to_numpy()[orders["_person"].to_numpy()]
    channel = pick_by(source.uniforms("order channel", len(orders)), habit, CHANNEL_SHARES)
    return np.where(orders["_person"].duplicated(), channel, FIRST_CHANNEL[habit])


def _day_within(source: Source, purpose: str, first: np.ndarray, length: int) -> np.ndarray:
    """Return a day for each row among `length` days from its `first`, drawn by the calendar's weights."""
    before = np.concatenate([[0.0], np.round(np.cumsum(days.ORDERS), 9)])
    low, high = before[first], before[np.minimum(first + length, DAYS)]
    wanted = low + source.uniforms(f"{purpose} day", len(first)) * (high - low)
    return np.clip(np.searchsorted(before, wanted, side="right") - 1, first, first + length - 1)


def _sorted(orders: pd.DataFrame) -> pd.DataFrame:
    return orders.sort_values(["_person", "_day"], kind="stable", ignore_index=True)
