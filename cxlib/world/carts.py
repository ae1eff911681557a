"""Carts on the site and in the app: those that became the orders we know, and those that were left (truth T05).

Before an order, other carts of the same kind failed. If each cart of a kind is abandoned with chance p,
the failures before a success are geometric: drawing them for each order gives the carts as they would
have come, one by one, and leaves the orders untouched.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import identifiers, instants, labels, taken, texts
from cxlib.world.counting import count
from cxlib.world.days import DAY, END
from cxlib.world.people import STATES
from cxlib.world.products import LADDER, PER_CATEGORY
from cxlib.world.randomness import DECIMALS, Source, pick_by, whole
from cxlib.world.shopping import SHIPPING_CHANGE, SOUTH_AND_SOUTH_EAST, fees, free_from
from cxlib.world.timeline import CHANNELS

CARTS = (
    *("cart_id", "created_at", "identity_id", "customer_id", "session_id", "channel", "state", "subtotal_cents"),
    *("shipping_cents", "currency", "converted_at", "order_id", "merged_into_cart_id", "is_bot"),
)
BAND = (9_900, 19_899)  # cents: free shipping before the change, not after it
ABANDONED, TREND, POLICY = 0.66, 0.07, 0.12
WEEKS = 12  # on each side of the change
CARTS_PER_SHARD = 100_000
KNOWN = 0.5  # share of the abandoned carts whose owner is a known customer


def carts(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the carts of a shard, converted and abandoned, and the sums behind truth T05."""
    bought = orders[orders["_channel"] < 2].reset_index(drop=True)
    kind = _kind(bought["subtotal_cents"], bought["_home"], bought["_day"])
    failures = pick_by(source.uniforms("abandoned carts", len(bought)), kind, _failures())
    left = bought.take(np.repeat(np.arange(len(bought)), failures)).reset_index(drop=True)
    abandoned = _abandoned(source, people, left)
    converted = pd.DataFrame(
        {
            "_created": bought["_placed"] - 60 - 60 * whole(source.uniforms("cart minutes", len(bought)), 40),
            "_person": bought["_person"],
            **{name: bought[name] for name in ("_channel", "_home", "_day", "subtotal_cents", "shipping_cents")},
            "order_id": bought["order_id"],
            "_converted": bought["_placed"],
        }
    )
    both = pd.concat([converted, abandoned], ignore_index=True)
    return _rows(source, people, both), _counts(source, both)


def _chance(kind: np.ndarray) -> np.ndarray:
    """Return the chance of being abandoned by kind: 0 before the change, 1 after it, 2 where the policy bites."""
    return np.array([ABANDONED, ABANDONED + TREND, ABANDONED + TREND + POLICY])[kind]


def _kind(subtotal: pd.Series, home: pd.Series, day: pd.Series) -> np.ndarray:
    after = (day >= SHIPPING_CHANGE).to_numpy()
    return after + (after & subtotal.between(*BAND) & home.isin(SOUTH_AND_SOUTH_EAST)).to_numpy().astype("int64")


def _failures() -> list[list[float]]:
    """Return P(0), P(1) ... P(59) carts abandoned before one is not, by kind."""
    chances = _chance(np.arange(3))
    return [[round(float(p**k * (1 - p)), DECIMALS) for k in range(60)] for p in chances]


def _abandoned(source: Source, people: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Return abandoned carts of the same kind as the orders they are `like`: same day, place, channel and band."""
    size = len(like)
    category = like["_category"].to_numpy()
    rung = whole(source.uniforms("cart rung", size), PER_CATEGORY)
    subtotal = _in_the_same_band(LADDER[category, rung], like["subtotal_cents"].to_numpy())
    day, home = like["_day"].to_numpy(), like["_home"].to_numpy()
    fee = np.where(subtotal < free_from(day, home), fees(source, "cart shipping", size), 0)
    known = source.uniforms("cart owner known", size) < KNOWN
    owner = whole(source.uniforms("cart owner", size), len(people))
    there = known & (people["_signed_up"].to_numpy()[owner] < day * DAY)
    clock = days.times_of_day(source, "cart", (days.DIGITAL_HOURS,), np.zeros(size, dtype="int64"))
    return pd.DataFrame(
        {
            "_created": day * DAY + clock,
            "_person": np.where(there, owner, -1),
            **{name: like[name] for name in ("_channel", "_home", "_day")},
            "subtotal_cents": subtotal,
            "shipping_cents": fee,
            "order_id": texts([None] * size),
            "_converted": END,
        }
    )


def _in_the_same_band(wanted: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return the wanted values where they lie in the band as those they are like do, else the latter."""
    inside = [(BAND[0] <= values) & (values <= BAND[1]) for values in (wanted, like)]
    return np.where(inside[0] == inside[1], wanted, like)


def _rows(source: Source, people: pd.DataFrame, carts: pd.DataFrame) -> pd.DataFrame:
    ordered = carts.sort_values(["_created", "subtotal_cents"], kind="stable", ignore_index=True)
    size = len(ordered)
    numbers = source.block * CARTS_PER_SHARD + np.arange(1, size + 1)
    return ordered.assign(
        cart_id=identifiers("k", numbers, digits=9),
        created_at=instants(ordered["_created"].to_numpy()),
        identity_id=texts([None] * size),
        customer_id=taken(people["customer_id"], ordered["_person"].to_numpy()),
        session_id=texts([None] * size),
        channel=labels(CHANNELS, ordered["_channel"].to_numpy()),
        state=labels(list(STATES), ordered["_home"].to_numpy()),
        currency=texts(["BRL"] * size),
        converted_at=instants(ordered["_converted"].to_numpy(), (ordered["_converted"] < END).to_numpy()),
        merged_into_cart_id=texts([None] * size),
        is_bot=np.zeros(size, dtype="bool"),
    )


def _counts(source: Source, carts: pd.DataFrame) -> Counter[str]:
    """Return T05's sums: carts the policy touched, abandoned under it less abandoned without it."""
    first, last = SHIPPING_CHANGE, SHIPPING_CHANGE + 7 * WEEKS - 1
    kind = _kind(carts["subtotal_cents"], carts["_home"], carts["_day"])
    touched = (kind == 2) & carts["_day"].between(first, last).to_numpy()
    left = touched & (carts["_converted"] == END).to_numpy()
    without, with_it = _chance(np.array([1, 2]))
    only_by_policy = source.uniforms("abandons anyway", len(carts)) >= without / with_it
    return count("T05", 100 * int((left & only_by_policy).sum()), of=int(touched.sum()))
