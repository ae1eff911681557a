"""Orders: when people buy, through which channel, for how much, and whether the money came."""

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import identifiers, instants, labels, row_numbers, texts
from cxlib.world.days import DAY, END
from cxlib.world.people import STATES
from cxlib.world.randomness import Source, pick, pick_by, quantile, whole

ORDERS = (
    *("order_id", "customer_id", "channel", "store_id", "placed_at", "paid_at", "cancelled_at", "status"),
    *("payment_method", "subtotal_cents", "shipping_cents", "discount_cents", "total_cents", "currency"),
)
CHANNELS = ("web", "app", "marketplace", "whatsapp", "store", "sales_rep")
DIGITAL = 4  # the first four channels never close
STORE = CHANNELS.index("store")
# Shares of the channels for those who prefer screens, and for those who prefer stores.
CHANNEL_SHARES = ((0.42, 0.33, 0.10, 0.05, 0.08, 0.02), (0.10, 0.07, 0.03, 0.06, 0.68, 0.06))
METHODS = ("pix", "credit_card", "boleto", "debit_card", "cash")
BOLETO = METHODS.index("boleto")
METHOD_SHARES = ((0.38, 0.48, 0.12, 0.02, 0.00), (0.24, 0.46, 0.00, 0.20, 0.10))
# Orders in the two years, by class of frequency: P(0), P(1) ... of Poisson 0.9, 2.6 and 6.5, cut at 16.
ORDERS_PER_CLASS = (
    (0.406570, 0.365913, 0.164661, 0.049398, 0.011115, 0.002001, 0.000300, 0.000042),
    (0.074274, 0.193111, 0.251045, 0.217572, 0.141422, 0.073539, 0.031867, 0.011836, 0.003847, 0.001487),
    (
        *(0.001503, 0.009772, 0.031760, 0.068814, 0.111822, 0.145369, 0.157483, 0.146234, 0.118815),
        *(0.085811, 0.055777, 0.032959, 0.017853, 0.008926, 0.004144, 0.001796, 0.001162),
    ),
)
# Whole reais of the goods at these quantiles.
PRICE_AT = (0, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99, 1)
PRICE = (19, 39, 89, 189, 419, 1_099, 3_999, 8_999)
DISCOUNTS = (0, 5, 10, 15)
DISCOUNT_SHARES = ((0.75, 0.10, 0.10, 0.05), (0.30, 0.15, 0.30, 0.25))
# Free shipping starts at 99 reais; from this day at 199 in the South and South-East (truth T05).
SHIPPING_CHANGE = days.day("2025-03-10")
SOUTH_AND_SOUTH_EAST = [list(STATES).index(state) for state in ("SP", "RJ", "MG", "PR", "RS", "SC")]
BOLETO_EXPIRES = 3 * DAY
STUCK = 0.004  # the gateway never answered and nobody noticed: only placed, for ever


def orders(source: Source, people: pd.DataFrame) -> pd.DataFrame:
    """Return the orders of a shard, by customer and time."""
    person, placed, channel = _placed(source, people)
    size = len(person)
    in_store = channel == STORE
    method = pick_by(source.uniforms("order method", size), in_store.astype("int64"), METHOD_SHARES)
    columns = {
        "order_id": identifiers("o", row_numbers(source.shard, size)),
        "customer_id": people["customer_id"].take(person).reset_index(drop=True),
        "channel": labels(CHANNELS, channel),
        "store_id": _stores(source, people["_state"].to_numpy()[person], in_store),
        "placed_at": instants(placed),
        **_payments(source, placed, method, channel < DIGITAL),
        "payment_method": labels(METHODS, method),
        **_amounts(source, placed, people["_state"].to_numpy()[person], channel < DIGITAL),
        "currency": texts(["BRL"] * size),
        "_person": person,
        "_placed": placed,
    }
    return pd.DataFrame(columns)


def _placed(source: Source, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who orders, when and where, sorted by person and time.

    Orders are drawn for the whole calendar and dropped before the sign-up, so that the rate of those
    who are there follows the calendar alone.
    """
    longest = max(map(len, ORDERS_PER_CLASS))
    table = [(*shares, *[0.0] * (longest - len(shares))) for shares in ORDERS_PER_CLASS]
    counts = pick_by(source.uniforms("orders", len(people)), people["_frequency"].to_numpy(), table)
    person = np.repeat(np.arange(len(people)), counts)
    habit = people["_prefers_stores"].to_numpy().astype("int64")[person]
    channel = pick_by(source.uniforms("order channel", len(person)), habit, CHANNEL_SHARES)
    placed = days.moments(source, "order", days.ORDERS, len(person)) + days.times_of_day(
        source, "order", (days.STORE_HOURS, days.DIGITAL_HOURS), (channel < DIGITAL).astype("int64")
    )
    there = placed > people["_signed_up"].to_numpy()[person]
    order = np.lexsort((placed[there], person[there]))
    return person[there][order], placed[there][order], channel[there][order]


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


def _amounts(source: Source, placed: np.ndarray, state: np.ndarray, digital: np.ndarray) -> dict[str, np.ndarray]:
    """Return integer cents that add up: total = subtotal + shipping - discount."""
    size, day = len(placed), placed // DAY
    subtotal = quantile(source.uniforms("price", size), PRICE_AT, PRICE) * 100 + 90
    sale = days.black_friday(day).astype("int64")
    percent = np.array(DISCOUNTS)[pick_by(source.uniforms("discount", size), sale, DISCOUNT_SHARES)]
    dearer = np.isin(state, SOUTH_AND_SOUTH_EAST) & (day >= SHIPPING_CHANGE)
    fee = 1_290 + 100 * pick(source.uniforms("shipping", size), [0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05])
    shipping = np.where(digital & (subtotal < np.where(dearer, 19_900, 9_900)), fee, 0)
    discount = subtotal * percent // 100
    return {
        "subtotal_cents": subtotal,
        "shipping_cents": shipping,
        "discount_cents": discount,
        "total_cents": subtotal + shipping - discount,
    }
