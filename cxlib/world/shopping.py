"""Orders: the money of what people buy, how they pay, and whether the money came."""

import numpy as np
import pandas as pd

from cxlib.world import baskets, days
from cxlib.world.columns import identifiers, instants, labels, row_numbers, taken, texts
from cxlib.world.days import DAY, END
from cxlib.world.people import STATES
from cxlib.world.randomness import Source, pick, pick_by, quantile, whole
from cxlib.world.timeline import CHANNELS, DIGITAL, IN_STORE

ORDERS = (
    *("order_id", "customer_id", "channel", "store_id", "placed_at", "paid_at", "cancelled_at", "status"),
    *("payment_method", "subtotal_cents", "shipping_cents", "discount_cents", "total_cents", "currency"),
)
METHODS = ("pix", "credit_card", "boleto", "debit_card", "cash")
BOLETO = METHODS.index("boleto")
METHOD_SHARES = ((0.38, 0.48, 0.12, 0.02, 0.00), (0.24, 0.46, 0.00, 0.20, 0.10))
DISCOUNTS = (0, 5, 10, 15)
DISCOUNT_SHARES = ((0.75, 0.10, 0.10, 0.05), (0.30, 0.15, 0.30, 0.25))
# Free shipping starts at 99 reais; from this day at 199 in the South and South-East (truth T05).
SHIPPING_CHANGE = days.day("2025-03-10")
SOUTH_AND_SOUTH_EAST = [list(STATES).index(state) for state in ("SP", "RJ", "MG", "PR", "RS", "SC")]
BOLETO_EXPIRES = 3 * DAY
STUCK = 0.004  # the gateway never answered and nobody noticed: only placed, for ever


# Three store purchases in ten are made by people who do not identify themselves (truth T03).
UNIDENTIFIED = 0.30


def placed(source: Source, people: pd.DataFrame, timeline: pd.DataFrame) -> pd.DataFrame:
    """Return the orders of a shard by customer and time, each with its second and its category.

    Buyers who are nobody's customer come last, as if they were one more person.
    """
    strangers = _strangers(source, people, timeline)
    everything = pd.concat([timeline, strangers], ignore_index=True)
    channel = everything["_channel"].to_numpy()
    clock = days.times_of_day(source, "order", (days.STORE_HOURS, days.DIGITAL_HOURS), (channel < DIGITAL) * 1)
    second = everything["_day"].to_numpy() * DAY + clock
    ordered = everything.assign(_placed=second).sort_values(["_person", "_placed"], ignore_index=True)
    known = ordered["_person"] < len(people)
    category = pick(source.uniforms("category of a stranger", len(ordered)), baskets.SHARES)
    category[known] = baskets.categories(source, people, ordered[known])
    return ordered.assign(_category=category)


def orders(source: Source, people: pd.DataFrame, placed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the orders of a shard and their product lines."""
    size = len(placed)
    person, channel = placed["_person"].to_numpy(), placed["_channel"].to_numpy()
    in_store = channel == IN_STORE
    known = person < len(people)
    state = placed["_home"].fillna(0).to_numpy(dtype="int64")
    state[known] = people["_state"].to_numpy()[person[known]]
    method = pick_by(source.uniforms("order method", size), in_store.astype("int64"), METHOD_SHARES)
    made = placed.assign(order_id=identifiers("o", row_numbers(source.shard, size)))
    lines = baskets.items(source, made)
    columns = {
        "customer_id": taken(people["customer_id"], person),
        "channel": labels(CHANNELS, channel),
        "store_id": _stores(source, state, in_store),
        "placed_at": instants(made["_placed"].to_numpy()),
        **_payments(source, made["_placed"].to_numpy(), method, channel < DIGITAL),
        "payment_method": labels(METHODS, method),
        **_amounts(source, made, baskets.subtotals(lines, size), state),
        "currency": texts(["BRL"] * size),
        "_home": state,
    }
    return made.assign(**columns), lines


def _strangers(source: Source, people: pd.DataFrame, timeline: pd.DataFrame) -> pd.DataFrame:
    """Return store purchases of people nobody knows, where and when the shard's customers buy in stores."""
    in_stores = timeline[timeline["_channel"] == IN_STORE]
    alike = source.uniforms("strangers", len(in_stores)) < UNIDENTIFIED / (1 - UNIDENTIFIED)
    chosen = in_stores[alike]
    return pd.DataFrame(
        {
            "_person": np.full(len(chosen), len(people)),
            "_day": days.moments(source, "stranger", days.ORDERS, len(chosen)) // DAY,
            "_channel": np.full(len(chosen), IN_STORE),
            "_home": people["_state"].to_numpy()[chosen["_person"].to_numpy()],
        }
    )


def _stores(source: Source, state: np.ndarray, in_store: np.ndarray) -> pd.Series:
    """Return a store of the customer's own state for each order in a store."""
    count = np.array([stores for _, stores in STATES.values()])
    first = np.cumsum(count) - count
    number = first[state] + whole(source.uniforms("store", len(state)), count[state]) + 1
    return identifiers("s", number, in_store, digits=2)


def _payments(source: Source, placed: np.ndarray, method: np.ndarray, digital: np.ndarray) -> dict[str, pd.Series]:
    """Return what became of the money: only placed, paid, cancelled (a later regret) or a boleto expired."""
    size = len(placed)
    delay = np.where(
        method == BOLETO,
        quantile(source.uniforms("boleto delay", size), [0, 0.5, 1], [3_600, DAY, BOLETO_EXPIRES - 1]),
        quantile(source.uniforms("payment delay", size), [0, 0.9, 1], [5, 90, 1_200]),
    )
    expires = (method == BOLETO) & (source.uniforms("boleto expires", size) < 0.30)
    regret = digital & ~expires & (source.uniforms("regret", size) < 0.025)
    after = quantile(source.uniforms("regret delay", size), [0, 0.5, 1], [1_800, DAY, 7 * DAY])
    paid = placed + delay
    cancelled = np.where(expires, placed + BOLETO_EXPIRES, paid + after)
    settled = source.uniforms("stuck", size) >= STUCK
    is_paid = settled & ~expires & (paid < END)
    is_cancelled = settled & (expires | regret) & (cancelled < END)
    status = np.where(is_cancelled, 2 + expires, is_paid)
    return {
        "paid_at": instants(paid, is_paid),
        "cancelled_at": instants(cancelled, is_cancelled),
        "status": labels(("placed", "paid", "cancelled", "expired"), status),
    }


def _amounts(source: Source, placed: pd.DataFrame, subtotal: np.ndarray, state: np.ndarray) -> dict[str, np.ndarray]:
    """Return integer cents that add up: total = subtotal + shipping - discount."""
    size, day = len(placed), placed["_day"].to_numpy()
    sale = days.black_friday(day).astype("int64")
    percent = np.array(DISCOUNTS)[pick_by(source.uniforms("discount", size), sale, DISCOUNT_SHARES)]
    digital = placed["_channel"].to_numpy() < DIGITAL
    shipping = np.where(digital & (subtotal < free_from(day, state)), fees(source, "shipping", size), 0)
    discount = subtotal * percent // 100
    return {
        "subtotal_cents": subtotal,
        "shipping_cents": shipping,
        "discount_cents": discount,
        "total_cents": subtotal + shipping - discount,
    }


def free_from(day: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return the subtotal from which shipping is free, in cents, on a day in a state."""
    return np.where(np.isin(state, SOUTH_AND_SOUTH_EAST) & (day >= SHIPPING_CHANGE), 19_900, 9_900)


def fees(source: Source, purpose: str, size: int) -> np.ndarray:
    """Return what shipping costs when it is not free, in cents."""
    return 1_290 + 100 * pick(source.uniforms(purpose, size), [0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05])
