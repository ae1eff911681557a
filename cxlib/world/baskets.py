"""What is in an order: one category, one to three products, prices from the catalogue."""

import numpy as np
import pandas as pd

from cxlib.world.columns import identifiers, labels, row_numbers, texts
from cxlib.world.days import DAY
from cxlib.world.people import STATES
from cxlib.world.products import LADDER, NAMES, PER_CATEGORY, SHARES, costs, product_ids
from cxlib.world.randomness import Source, pick, pick_by, whole

ITEMS = (
    *("order_item_id", "order_id", "product_id", "category", "quantity", "unit_price_cents", "unit_cost_cents"),
    *("currency", "shipment_id", "researched_elsewhere"),
)
MAIN, EXTRA = 0, 1
LINES = (0.62, 0.26, 0.12)  # one, two, three products
CHEAP = 12  # what goes on top comes from the lowest rungs of the ladder
# The first category bought says, with the region, what kind of customer this is (truth T18).
SOUTH_EAST = [list(STATES).index(state) for state in ("SP", "RJ", "MG")]
HIGH_IN_SOUTH_EAST = ("celulares", "informatica", "eletronicos", "eletrodomesticos", "moveis")
HIGH_ELSEWHERE = ("cama_mesa_banho", "utilidades", "decoracao", "jardim", "ferramentas")
SAME_BEFORE = 14 * DAY


def categories(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> np.ndarray:
    """Return the category of each order, by person and time.

    A first order's category belongs to the high or the low kind of its customer. No store order repeats
    the category of an order that its buyer placed elsewhere in the 14 days before, so that what those
    visits looked at is never taken for research before the store (truth T03).
    """
    size = len(orders)
    person = orders["_person"].to_numpy()
    category = pick(source.uniforms("category of order", size), SHARES)
    first = ~orders["_person"].duplicated().to_numpy()
    known = person[first]
    kind = 2 * np.isin(people["_state"].to_numpy()[known], SOUTH_EAST) + people["_high"].to_numpy()[known]
    category[first] = pick_by(source.uniforms("first category", size)[first], kind.astype("int64"), _first_shares())
    return _apart(category, person, orders["_placed"].to_numpy())


def is_high(region_south_east: np.ndarray, category: np.ndarray) -> np.ndarray:
    """Return whether a first order's region and category make the stratum that comes back more often."""
    return np.where(region_south_east, np.isin(category, HIGH_IN_SOUTH_EAST), np.isin(category, HIGH_ELSEWHERE))


def items(source: Source, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the product lines of a shard's orders; the first line of each is the dearest."""
    size = len(orders)
    lines = 1 + pick(source.uniforms("lines", size), LINES)
    order = np.repeat(np.arange(size), lines)
    extra = np.concatenate([np.arange(count) for count in lines]) if size else np.array([], dtype="int64")
    rung = np.where(
        extra == 0,
        np.repeat(whole(source.uniforms("rung", size), PER_CATEGORY), lines),
        whole(source.uniforms("cheap rung", len(order)), CHEAP),
    )
    rung = _distinct(rung, order)
    category = orders["_category"].to_numpy()[order]
    twice = (extra > 0) & (source.uniforms("quantity", len(order)) < 0.15)
    return pd.DataFrame(
        {
            "order_item_id": identifiers("l", row_numbers(source.shard, len(order))),
            "order_id": orders["order_id"].take(order).array,
            "product_id": product_ids(category, rung),
            "category": labels(NAMES, category),
            "quantity": 1 + twice.astype("int64"),
            "unit_price_cents": LADDER[category, rung],
            "unit_cost_cents": costs(category, rung),
            "currency": texts(["BRL"] * len(order)),
            "_order": order,
        }
    )


def with_parcels(items: pd.DataFrame, shipments: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with the parcel that carried each, if any did."""
    parcel = shipments.set_index("order_id")["shipment_id"]
    return items.assign(shipment_id=items["order_id"].map(parcel))


def subtotals(items: pd.DataFrame, size: int) -> np.ndarray:
    """Return what the lines of each of `size` orders add up to, in cents."""
    amount = (items["quantity"] * items["unit_price_cents"]).to_numpy()
    return np.bincount(items["_order"].to_numpy(), weights=amount, minlength=size).astype("int64")


def _first_shares() -> list[list[float]]:
    """Return shares of the categories of a first order: elsewhere low, high; South-East low, high."""
    rows = []
    for names in (HIGH_ELSEWHERE, HIGH_IN_SOUTH_EAST):
        high = [share * (name in names) for name, share in zip(NAMES, SHARES, strict=True)]
        rows += [[share - own for share, own in zip(SHARES, high, strict=True)], high]
    return rows


def _apart(category: np.ndarray, person: np.ndarray, placed: np.ndarray) -> np.ndarray:
    for _ in range(3):  # the next category may be taken as well
        for back in range(1, 5):
            near = (person[back:] == person[:-back]) & (placed[back:] - placed[:-back] <= SAME_BEFORE)
            same = np.flatnonzero(near & (category[back:] == category[:-back])) + back
            category[same] = (category[same] + 1) % len(NAMES)
    return category


def _distinct(rung: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return rungs of which no two neighbours of one order are the same product."""
    for _ in range(2):
        same = np.flatnonzero((order[1:] == order[:-1]) & (rung[1:] == rung[:-1])) + 1
        rung[same] = (rung[same] + 1) % PER_CATEGORY
    return rung
