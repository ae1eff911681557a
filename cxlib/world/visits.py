"""Who visits the site and the app while the log is kept, on which device, under which cookie (truths T12 and T13).

The log of visits keeps 120 days. Every visitor has one or more devices and comes back to each of them; between two
visits a cookie may be lost. Visits in which an order was placed belong to the customer who placed it.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.counting import count
from cxlib.world.days import DAY
from cxlib.world.randomness import DECIMALS, Source, pick, whole

FIRST_DAY = days.day("2025-06-03")
BLOCKS, BLOCK = 4, 30  # blocks of days, in each of which every device is used at least once
LAST_DAY = FIRST_DAY + BLOCKS * BLOCK
COUNTED = 3  # T13 counts the last block: September 2025
OTHERS = 0.17  # customers who visit without buying
STRANGERS = 0.10  # visitors nobody knows, for each customer
STAYS_LOGGED_IN = 0.25
DEVICES = (0.704688, 0.246641, 0.043162, 0.005509)  # 1 + Poisson(0.35)
VISITS = (0.135335, 0.270671, 0.270671, 0.180447, 0.090224, 0.036089, 0.012030, 0.004533)  # 1 + Poisson(2) a block
LASTS = np.array([round(0.88 ** (gap / 30), DECIMALS) for gap in range(BLOCKS * BLOCK + 1)])  # by days between visits
ON_THE_APP = 0.75  # of the first devices of those who have the app
WEB, APP = 0, 1
KINDS = ("desktop", "mobile", "tablet")
KIND_SHARES = (0.38, 0.57, 0.05)


class Visits(NamedTuple):
    """The visitors, and their visits by visitor, device and time with the number of the cookie in use."""

    visitors: pd.DataFrame
    visits: pd.DataFrame
    counts: Counter[str]


def visits(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> Visits:
    """Return everybody's visits in the days the log is kept, those with an order included."""
    bought = orders[(orders["_channel"] < 2) & orders["_day"].between(FIRST_DAY, LAST_DAY - 1)]
    visitors = _visitors(source, people, bought["_person"].to_numpy())
    devices = _devices(source, visitors)
    rows = pd.concat([_plain(source, devices), _with_orders(visitors, devices, bought)], ignore_index=True)
    rows = rows.sort_values(["_device", "_second"], kind="stable", ignore_index=True)
    rows["_cookie"] = _cookies(source, rows)
    rows["_visitor"] = devices["_visitor"].to_numpy()[rows["_device"]]
    return Visits(visitors, rows, _counts(rows))


def _visitors(source: Source, people: pd.DataFrame, buyers: np.ndarray) -> pd.DataFrame:
    """Return customers who buy or look around, then strangers (person -1)."""
    size = len(people)
    buys = np.isin(np.arange(size), buyers)
    known = np.flatnonzero(buys | (source.uniforms("visits", size) < OTHERS))
    strangers = int(np.rint(STRANGERS * size))
    person = np.concatenate([known, np.full(strangers, -1)])
    stays = (source.uniforms("stays logged in", len(person)) < STAYS_LOGGED_IN) & (person >= 0)
    has_app = np.append(people["_has_app"].to_numpy(), False)[person]
    first = has_app & (source.uniforms("on the app", len(person)) < ON_THE_APP)
    return pd.DataFrame({"_person": person, "_stays": stays, "_on_app": first})


def _devices(source: Source, visitors: pd.DataFrame) -> pd.DataFrame:
    owned = 1 + pick(source.uniforms("devices", len(visitors)), DEVICES)
    visitor = np.repeat(np.arange(len(visitors)), owned)
    first = np.diff(visitor, prepend=-1) != 0
    app = first & visitors["_on_app"].to_numpy()[visitor]
    kind = np.where(app, KINDS.index("mobile"), pick(source.uniforms("device kind", len(visitor)), KIND_SHARES))
    return pd.DataFrame({"_visitor": visitor, "_first": first, "_app": app, "_kind": kind})


def _plain(source: Source, devices: pd.DataFrame) -> pd.DataFrame:
    """Return the visits without an order: in each block one and more on each device."""
    size = len(devices) * BLOCKS
    number = 1 + pick(source.uniforms("visits a block", size), VISITS)
    device = np.repeat(np.repeat(np.arange(len(devices)), BLOCKS), number)
    block = np.repeat(np.tile(np.arange(BLOCKS), len(devices)), number)
    day = FIRST_DAY + BLOCK * block + whole(source.uniforms("visit day", len(device)), BLOCK)
    clock = days.times_of_day(source, "visit", (days.DIGITAL_HOURS,), np.zeros(len(device), dtype="int64"))
    return pd.DataFrame(
        {
            "_device": device,
            "_second": day * DAY + clock,
            "_channel": devices["_app"].to_numpy()[device].astype("int64"),
            "_order": -1,
        }
    )


def _with_orders(visitors: pd.DataFrame, devices: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """Return the visits with an order, on the first device of its buyer; `_second` is when the order was placed."""
    known = visitors.index[visitors["_person"] >= 0]
    visitor = pd.Series(known, index=visitors["_person"][known])
    first = pd.Series(devices.index[devices["_first"]], index=devices["_visitor"][devices["_first"]])
    return pd.DataFrame(
        {
            "_device": first[visitor[bought["_person"]].to_numpy()].to_numpy(),
            "_second": bought["_placed"].to_numpy(),
            "_channel": bought["_channel"].to_numpy(),
            "_order": bought.index.to_numpy(),
        }
    )


def _cookies(source: Source, rows: pd.DataFrame) -> np.ndarray:
    """Return the number of the cookie of each visit: a new one for a new device, or when the old one was lost."""
    device, day = rows["_device"].to_numpy(), rows["_second"].to_numpy() // DAY
    gap = np.clip(np.diff(day, prepend=day[:1]), 0, len(LASTS) - 1)
    new = (np.diff(device, prepend=-1) != 0) | (source.uniforms("cookie lost", len(rows)) >= LASTS[gap])
    return np.cumsum(new)


def _counts(rows: pd.DataFrame) -> Counter[str]:
    """Return T13's sums: cookies seen and people behind them in the block that is counted."""
    counted = rows[rows["_second"] // DAY >= FIRST_DAY + COUNTED * BLOCK]
    return count("T13", counted["_cookie"].nunique(), of=counted["_visitor"].nunique())
