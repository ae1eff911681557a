"""Research before the purchase that is seen in another channel: webrooming (T03) and showrooming (T04).

Whether a buyer researched elsewhere is drawn first. Whether anybody saw it comes after: an identified visit
to the site before a store purchase, a store visit registered before an online order. Some who did no research
were there by chance as well.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.columns import instants, labels
from cxlib.world.counting import count
from cxlib.world.days import DAY
from cxlib.world.people import STATES
from cxlib.world.products import NAMES
from cxlib.world.randomness import Source, whole
from cxlib.world.timeline import IN_STORE

WINDOW = 14 * DAY
# Researched on the site before a store purchase, and seen doing so if they did: without and with the app.
WEBROOMS, WEB_SEEN, WEB_BY_CHANCE = np.array([0.30, 0.50]), np.array([0.40, 0.85]), 0.08
SHOWROOMS, STORE_SEEN, STORE_BY_CHANCE = 0.12, 0.25, 0.02
INTERVIEWED = 0.17  # of the store purchases, at the exit: about 800


def research(
    source: Source, people: pd.DataFrame, orders: pd.DataFrame, items: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series, Counter[str]]:
    """Return the touches seen, what buyers said at the exit by product line, and the sums behind T03 and T04."""
    size = len(orders)
    channel, person = orders["_channel"].to_numpy(), orders["_person"].to_numpy()
    in_store, online, known = channel == IN_STORE, channel < 2, person < len(people)
    app = np.append(people["_has_app"].to_numpy(), False)[person]
    # Strangers have the app as often as the known buyers of the store.
    share = app[in_store & known].sum() / max((in_store & known).sum(), 1)
    stranger_app = source.uniforms("stranger has app", size) < share
    app = np.where(known, app, stranger_app).astype("int64")
    luck, seen = source.uniforms("researches", size), source.uniforms("research seen", size)
    webroomed, showroomed = in_store & (luck < WEBROOMS[app]), online & (luck < SHOWROOMS)
    web_seen = in_store & known & (seen < np.where(webroomed, WEB_SEEN[app], WEB_BY_CHANCE))
    store_seen = online & (seen < np.where(showroomed, STORE_SEEN, STORE_BY_CHANCE))
    early = orders["_placed"].to_numpy() < WINDOW  # nobody kept what was seen before the calendar
    counted, counted_online = in_store & ~early, online & ~early
    counts = count("T03", 100 * int(webroomed[counted].sum()), of=int(counted.sum()))
    counts.update(count("T04", 100 * int(showroomed[counted_online].sum()), of=int(counted_online.sum())))
    touches = _touches(source, orders, (web_seen | store_seen) & ~early, in_store)
    told = _told(source, orders, items, in_store, webroomed)
    return touches, told, counts


def _touches(source: Source, orders: pd.DataFrame, seen: np.ndarray, in_store: np.ndarray) -> pd.DataFrame:
    """Return the event seen before each of these orders: a product looked at, or a visit to a store."""
    before = DAY // 12 + whole(source.uniforms("research before", len(orders)), WINDOW - DAY // 6)
    rows = orders[seen].reset_index(drop=True)
    size, web = len(rows), in_store[seen]
    second = rows["_placed"].to_numpy() - before[seen]
    stores = np.array([stores for _, stores in STATES.values()])
    home = rows["_home"].to_numpy()
    number = (np.cumsum(stores) - stores)[home] + whole(source.uniforms("research store", size), stores[home]) + 1
    named = "s" + pd.Series(number).astype("str").str.zfill(2)
    return pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "event_type": labels(("store_visit", "product_view"), web.astype("int64")),
            "channel": labels(("store", "web"), web.astype("int64")),
            "occurred_at": instants(second),
            "category": labels(NAMES, rows["_category"].to_numpy()),
            "store_id": named.where(~web),
        }
    )


def _told(
    source: Source, orders: pd.DataFrame, items: pd.DataFrame, in_store: np.ndarray, webroomed: np.ndarray
) -> pd.Series:
    """Return for each product line what its buyer said at the exit; missing where nobody asked."""
    asked = in_store & (source.uniforms("interviewed", len(orders)) < INTERVIEWED)
    order = items["_order"].to_numpy()
    said = pd.Series(pd.array(webroomed[order], dtype="boolean"))
    return said.where(pd.Series(asked[order]))
