"""After the purchase: parcels, and what comes back (truth T11)."""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import dates, identifiers, instants, labels, row_numbers, texts
from cxlib.world.counting import count
from cxlib.world.days import DAY, DAYS, END
from cxlib.world.products import NAMES
from cxlib.world.randomness import Source, pick, quantile
from cxlib.world.shopping import SOUTH_AND_SOUTH_EAST
from cxlib.world.timeline import CHANNELS, DIGITAL, TEST_DAYS, TEST_START

SHIPMENTS = ("shipment_id", "order_id", "carrier", "method", "ready_at", "shipped_at", "promised_on", "delivered_at")
RETURNS = (
    *("return_id", "order_id", "order_item_id", "requested_at", "refunded_at", "quantity", "refunded_cents"),
    *("currency", "reason", "is_exchange"),
)
CARRIERS = ("Rota Azul", "Expresso Cerrado", "Correio Ipê")
CARRIER_SHARES = (0.45, 0.30, 0.25)
PICKUP = 0.15  # of the orders on the site and in the app
PROMISE = (5, 9)  # days, to the South and South-East, and elsewhere
# Days from the promise to the door: early, on the day, late. In the first half of December more are late.
EARLINESS_AT = (0, 0.30, 0.70, 0.92, 0.98, 1)
EARLINESS = ((-4, -2, -1, 0, 2, 9), (-3, -1, 0, 1, 4, 12))
# Chance that a product line comes back, by channel, and in home textiles wherever they were bought.
COMES_BACK = {"web": 0.12, "app": 0.10, "marketplace": 0.10, "whatsapp": 0.10, "store": 0.04, "sales_rep": 0.04}
TEXTILES, TEXTILES_COME_BACK = NAMES.index("cama_mesa_banho"), 0.18
RECOMMENDED = 0.01  # more among those shown recommendations (a guardrail of truth T08)
ASKED_AFTER = (3, 10, 30)  # days after it arrived: soonest, half, latest
LATEST_COHORT = 60  # days before the end of the calendar whose returns are still to come
REASONS = ("arrependimento", "defeito", "tamanho_ou_cor", "diferente_do_anuncio", "avaria_no_transporte")
REASON_SHARES = (0.34, 0.22, 0.20, 0.14, 0.10)


def shipments(source: Source, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the parcels of the orders that were paid outside stores, one an order."""
    channel = orders["_channel"].to_numpy()
    sent = orders[(channel < DIGITAL) & (orders["status"] == "paid").to_numpy()].reset_index(drop=True)
    size, placed = len(sent), sent["_placed"].to_numpy()
    pickup = (sent["_channel"].to_numpy() < 2) & (source.uniforms("pickup", size) < PICKUP)
    far = ~np.isin(sent["_home"].to_numpy(), SOUTH_AND_SOUTH_EAST)
    promised = placed // DAY + np.where(pickup, 2, np.array(PROMISE)[far.astype("int64")])
    busy = np.isin(promised % 366, np.arange(days.day("2024-12-01"), days.day("2024-12-15")) % 366) & ~pickup
    u = source.uniforms("earliness", size)
    slip = np.where(busy, *(np.interp(u, EARLINESS_AT, days_late) for days_late in reversed(EARLINESS)))
    # Scanners write minutes.
    ready = placed // 60 * 60 + 60 * quantile(source.uniforms("packing", size), (0, 0.5, 1), (60, 660, 1_660))
    shipped = ready + 60 * quantile(source.uniforms("collection", size), (0, 0.5, 1), (30, 330, 1_330))
    arrives = np.maximum((promised + 0.7 + slip) * DAY, shipped + 20_000).astype("int64") // 60 * 60
    return pd.DataFrame(
        {
            "shipment_id": identifiers("d", row_numbers(source.shard, size)),
            "order_id": sent["order_id"],
            "carrier": labels(CARRIERS, pick(source.uniforms("carrier", size), CARRIER_SHARES), ~pickup),
            "method": labels(("delivery", "pickup"), pickup.astype("int64")),
            "ready_at": instants(ready, ready < END),
            "shipped_at": instants(shipped, (shipped < END) & ~pickup),
            "promised_on": dates(promised),
            "delivered_at": instants(arrives, arrives < END),
            "_arrives": arrives,
        }
    )


def returns(
    source: Source, orders: pd.DataFrame, items: pd.DataFrame, shipments: pd.DataFrame, treated: np.ndarray
) -> tuple[pd.DataFrame, Counter[str]]:
    """Return what was asked to be taken back by the calendar's end, and the sums behind truth T11."""
    order = items["_order"].to_numpy()
    bought = orders.take(order).reset_index(drop=True)
    paid = (bought["status"] == "paid").to_numpy()
    chance = _chances(bought, items, treated)
    size = len(items)
    arrival = bought["order_id"].map(shipments.set_index("order_id")["_arrives"]).fillna(bought["_placed"])
    waits = source.uniforms("return delay", size)
    asked = arrival.to_numpy(dtype="int64") + quantile(waits, (0, 0.5, 1), [d * DAY for d in ASKED_AFTER])
    came = paid & (source.uniforms("return", size) < chance)
    late = paid & (bought["_day"].to_numpy() >= DAYS - LATEST_COHORT)
    rows = items[came & (asked < END)].reset_index(drop=True)
    when = asked[came & (asked < END)]
    return _rows(source, rows, when), count("T11", 100 * float(chance[late].sum().round(9)), of=int(late.sum()))


def _chances(bought: pd.DataFrame, items: pd.DataFrame, treated: np.ndarray) -> np.ndarray:
    """Return the chance of each line to come back."""
    channel = np.array([COMES_BACK[name] for name in CHANNELS])[bought["_channel"].to_numpy()]
    chance = np.where(items["category"] == NAMES[TEXTILES], TEXTILES_COME_BACK, channel)
    first = TEST_START // DAY
    in_test = bought["_day"].between(first, first + TEST_DAYS - 1).to_numpy()
    shown = np.append(treated, False)[bought["_person"].to_numpy()]
    return chance + RECOMMENDED * (in_test & shown)


def _rows(source: Source, items: pd.DataFrame, asked: np.ndarray) -> pd.DataFrame:
    size = len(items)
    exchange = source.uniforms("exchange", size) < 0.15
    refunded = asked + quantile(source.uniforms("refund delay", size), (0, 0.5, 1), (DAY, 5 * DAY, 20 * DAY))
    amount = (items["unit_price_cents"] * items["quantity"]).to_numpy()
    return pd.DataFrame(
        {
            "return_id": identifiers("b", row_numbers(source.shard, size)),
            "order_id": items["order_id"],
            "order_item_id": items["order_item_id"],
            "requested_at": instants(asked),
            "refunded_at": instants(refunded, (refunded < END) & ~exchange),
            "quantity": items["quantity"],
            "refunded_cents": np.where((refunded < END) & ~exchange, amount, 0),
            "currency": texts(["BRL"] * size),
            "reason": labels(REASONS, pick(source.uniforms("return reason", size), REASON_SHARES)),
            "is_exchange": exchange,
        }
    )
