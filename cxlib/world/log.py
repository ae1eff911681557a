"""The log of the site and the app: what each visit was, its events one by one, and the bots among them (T12, T21)."""

from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import instants, labels, taken, texts
from cxlib.world.counting import count
from cxlib.world.days import DAY
from cxlib.world.paths import (
    AFTER_FIRST,
    AFTER_SECOND,
    BACK,
    BOUGHT,
    FAILED,
    LEFT,
    PAYS,
    PRODUCT,
    SEARCH,
    SUCCEEDS,
    SUCCEEDS_IN_APP_52,
    Paths,
    paths,
)
from cxlib.world.products import LADDER, NAMES, PER_CATEGORY, SHARES, product_ids
from cxlib.world.randomness import DECIMALS, Source, pick, quantile, whole
from cxlib.world.visits import APP, BLOCK, BLOCKS, FIRST_DAY, KINDS, Visits

SESSIONS = (
    *("session_id", "identity_id", "customer_id", "started_at", "ended_at", "channel", "source", "medium"),
    *("campaign_id", "device", "app_version", "page_views", "interactions", "engagement_seconds", "key_events"),
    *("engaged", "is_bot", "is_internal"),
)
BOUNCES = 0.508  # of the visits that are no shopping journey, so that 42% of all human ones bounce (truth T12)
APP_52 = days.day("2025-08-04")
BOT_SHARE, FLAGGED = 0.09, 2 / 3  # of all visits; six in nine are flagged by the tool
BOT_BOUNCES = 0.98
VISITS_A_BOT = 110  # the bots nobody flags come back so often that no person could
SOURCES = (
    *(("google", "organic"), ("google", "cpc"), ("(direct)", "(none)")),
    *(("instagram", "social"), ("newsletter", "email"), ("parceiros", "referral")),
)
SOURCE_SHARES = (0.34, 0.22, 0.20, 0.12, 0.07, 0.05)
PAGES = ("/", "/conta", "/pedidos", "/ajuda", "/lojas")
TYPES = (
    *("page_view", "click", "search", "product_view", "add_to_cart", "checkout_start", "payment_attempt", "purchase"),
)
PAGE, CLICK, SOUGHT, VIEWED, CART, CHECKOUT, PAYMENT, PURCHASE = range(len(TYPES))
PAGE_VIEWS = (PAGE, SOUGHT, VIEWED, CHECKOUT)
# Events of a step of a journey.
STEPS = {
    SEARCH: (PAGE, SOUGHT),
    PRODUCT: (VIEWED,),
    LEFT: (CART,),
    FAILED: (CART, CHECKOUT, PAYMENT),
    BOUGHT: (CART, CHECKOUT, PAYMENT, PURCHASE),
}
BOUNCE, BROWSE, PRESSED = 0, 1, 2  # kinds of visits that are no journey: one page, two pages, one page and a click
SIMPLE = ((PAGE,), (PAGE, PAGE), (PAGE, CLICK))
FIRST_PATH = len(SIMPLE)
PAUSE_AT, PAUSE = (0, 0.5, 0.9, 1), (4, 25, 120, 600)


class Log(NamedTuple):
    """Sessions and events of a shard, and the sums behind truths T12 and T21."""

    sessions: pd.DataFrame
    events: pd.DataFrame
    counts: Counter[str]


def log(source: Source, people: pd.DataFrame, orders: pd.DataFrame, seen: Visits) -> Log:
    """Return the visits as sessions, bots among them, and their events."""
    kind = _kinds(source, seen.visits)
    humans = seen.visits.assign(_kind=kind, _bot=False, _flagged=False)
    humans["_person"] = seen.visitors["_person"].to_numpy()[humans["_visitor"]]
    humans["_stays"] = seen.visitors["_stays"].to_numpy()[humans["_visitor"]]
    every = pd.concat([humans, _bots(source, len(humans), humans["_cookie"].max())], ignore_index=True)
    every = every.sort_values(["_second", "_cookie"], kind="stable", ignore_index=True)
    events = _events(source, every, orders)
    sessions = _sessions(source, people, every, events)
    return Log(sessions, _event_rows(source, sessions, events, orders), _counts(humans))


class Templates(NamedTuple):
    """The events of every kind of visit in one row, where each kind begins there, and how many it has."""

    types: np.ndarray
    begins: np.ndarray
    lengths: np.ndarray


@cache
def _templates() -> Templates:
    """Return the simple kinds of visits, then the paths in their order."""
    journeys = [[event for step in path for event in STEPS[step]] for path in paths(SUCCEEDS).steps]
    lists = [*map(list, SIMPLE), *journeys]
    lengths = np.array([len(events) for events in lists])
    return Templates(np.concatenate(lists), np.cumsum(lengths) - lengths, lengths)


def _era(channel: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return 1 for visits in app 5.2, 0 for all others."""
    return ((channel == APP) & (second >= APP_52 * DAY)).astype("int64")


def _kinds(source: Source, visits: pd.DataFrame) -> np.ndarray:
    """Return what each visit is: a path that ends in its order, a path without one, or no journey at all.

    For each order so many journeys failed as fail before one succeeds; they take place in visits of the same channel.
    """
    size = len(visits)
    order = visits["_order"].to_numpy() >= 0
    era = _era(visits["_channel"].to_numpy(), visits["_second"].to_numpy())
    cell = 2 * visits["_channel"].to_numpy() + era
    luck = source.uniforms("kind of visit", size)
    kind = np.where(luck < BOUNCES, BOUNCE, np.where(luck < BOUNCES + 0.45, BROWSE, PRESSED))
    which, place = source.uniforms("path", size), source.uniforms("journey", size)
    fails = source.uniforms("failed journeys", size)
    for succeeds, cells in ((SUCCEEDS, (0, 2)), (SUCCEEDS_IN_APP_52, (3,))):
        known = paths(succeeds)
        for own in cells:
            mine = cell == own
            bought = mine & order
            kind[bought] = FIRST_PATH + _path(known, which[bought], buys=True)
            wanted = int(pick(fails[bought], _failures(known.chance_to_buy)).sum())
            free = np.flatnonzero(mine & ~order)
            chosen = free[np.argsort(place[free], kind="stable")[:wanted]]
            kind[chosen] = FIRST_PATH + _path(known, which[chosen], buys=False)
    return kind


def _path(known: Paths, uniforms: np.ndarray, *, buys: bool) -> np.ndarray:
    """Return a path that ends in a purchase, or one that does not, for each number."""
    return pick(uniforms, np.where(known.buys == buys, known.chances, 0.0))


def _failures(chance: float) -> list[float]:
    """Return P(0), P(1) ... P(119) failures before a success."""
    return [round(float((1 - chance) ** k * chance), DECIMALS) for k in range(120)]


def _bots(source: Source, humans: int, last_cookie: int) -> pd.DataFrame:
    """Return the visits of bots: each of those that are flagged once, the others from few and tireless cookies."""
    size = int(np.rint(humans * BOT_SHARE / (1 - BOT_SHARE)))
    number = np.arange(size)
    flagged = number < FLAGGED * size
    hidden = number - flagged.sum()
    tireless = np.maximum(1, (size - flagged.sum()) // VISITS_A_BOT)
    cookie = last_cookie + 1 + np.where(flagged, number, size + hidden % tireless)
    day = FIRST_DAY + whole(source.uniforms("bot day", size), BLOCKS * BLOCK)
    return pd.DataFrame(
        {
            "_device": -1,
            "_second": day * DAY + whole(source.uniforms("bot second", size), DAY),
            "_channel": 0,
            "_order": -1,
            "_cookie": cookie,
            "_visitor": -1,
            "_kind": np.where(source.uniforms("bot bounces", size) < BOT_BOUNCES, BOUNCE, BROWSE),
            "_bot": True,
            "_flagged": flagged,
            "_person": -1,
            "_stays": False,
        }
    )


def _events(source: Source, visits: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return one row per event: its visit, type, second and category."""
    known = _templates()
    kind = visits["_kind"].to_numpy()
    number = known.lengths[kind]
    visit = np.repeat(np.arange(len(visits)), number)
    start = np.cumsum(number) - number
    types = known.types[np.repeat(known.begins[kind] - start, number) + np.arange(len(visit))]
    pause = quantile(source.uniforms("pause", len(visit)), PAUSE_AT, PAUSE)
    pause[start] = 0
    elapsed = np.cumsum(pause)
    elapsed -= np.repeat(elapsed[start], number)
    # A visit with an order ends when the order is placed; the others begin at their second.
    order = visits["_order"].to_numpy()
    ends = np.repeat(np.where(order >= 0, elapsed[start + number - 1], 0), number)
    second = visits["_second"].to_numpy()[visit] - ends + elapsed
    wanted = pick(source.uniforms("category wanted", len(visits)), SHARES)
    bought = order >= 0
    wanted[bought] = orders["_category"].to_numpy()[order[bought]]
    return pd.DataFrame({"_visit": visit, "_type": types, "_second": second, "_category": wanted[visit]})


def _sessions(source: Source, people: pd.DataFrame, visits: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return one row per visit, by time."""
    size = len(visits)
    visit, second = events["_visit"].to_numpy(), events["_second"].to_numpy()
    number = np.bincount(visit, minlength=size)
    last = np.cumsum(number) - 1
    started, ended = second[last - number + 1], second[last]
    pages = np.bincount(visit[np.isin(events["_type"], PAGE_VIEWS)], minlength=size)
    bot, bounced = visits["_bot"].to_numpy(), visits["_kind"].to_numpy() == BOUNCE
    stay = quantile(source.uniforms("stay", size), (0, 0.65, 0.9, 1), (1, 9, 40, 300))
    engagement = np.where(bot, 0, np.where(bounced, stay, ended - started + stay))
    bought = visits["_order"].to_numpy() >= 0
    app = visits["_channel"].to_numpy() == APP
    newer = (visits["_second"].to_numpy() >= APP_52 * DAY).astype("int64")
    came = pick(source.uniforms("traffic source", size), SOURCE_SHARES)
    came = np.where(bot | app, 2, came)
    device = np.where(app, 1, pick(source.uniforms("visit device", size), (0.40, 0.55, 0.05)))
    person = visits["_person"].to_numpy()
    knows = (person >= 0) & (visits["_stays"].to_numpy() | bought)
    return pd.DataFrame(
        {
            "session_id": _numbered("w", source.block, np.arange(1, size + 1)),
            "identity_id": _numbered("v", source.block, visits["_cookie"].to_numpy()),
            "customer_id": taken(people["customer_id"], np.where(knows, person, -1)),
            "started_at": instants(started),
            "ended_at": instants(ended),
            "channel": labels(("web", "app"), app.astype("int64")),
            "source": labels([name for name, _ in SOURCES], came),
            "medium": labels([medium for _, medium in SOURCES], came),
            "campaign_id": texts([None] * size),
            "device": labels(KINDS, device),
            "app_version": labels(("5.1", "5.2"), newer, app),
            "page_views": pages,
            "interactions": number,
            "engagement_seconds": engagement.astype("float64"),
            "key_events": bought.astype("int64"),
            "engaged": (engagement >= 10) | bought | (pages >= 2),
            "is_bot": visits["_flagged"].to_numpy(),
            "is_internal": (visits["_kind"].to_numpy() == BROWSE) & (source.uniforms("internal", size) < 0.01),
            "_order": visits["_order"].to_numpy(),
            "_cookie": visits["_cookie"].to_numpy(),
            "_stays": visits["_stays"].to_numpy(),
            "_person": person,
        }
    )


def _event_rows(source: Source, sessions: pd.DataFrame, events: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the events with everything they carry from their visit and their order."""
    types, category = events["_type"].to_numpy(), events["_category"].to_numpy()
    carried = ["session_id", "identity_id", "customer_id", "channel", "app_version", "is_bot", "_order"]
    mine = sessions[carried].take(events["_visit"].to_numpy()).reset_index(drop=True)
    sold = types == PURCHASE
    order = np.where(sold, mine.pop("_order").to_numpy(), -1)
    rung = whole(source.uniforms("product seen", len(events)), PER_CATEGORY)
    amounts = np.append(orders["total_cents"].to_numpy(), 0)
    value = np.where(sold, amounts[order], LADDER[category, rung])
    page = whole(source.uniforms("page", len(events)), len(PAGES))
    return mine.assign(
        event_type=labels(TYPES, types),
        occurred_at=instants(events["_second"].to_numpy()),
        product_id=product_ids(category, rung).where(np.isin(types, (VIEWED, CART))),
        category=labels(NAMES, category, types >= SOUGHT),
        page=labels(PAGES, page, types == PAGE),
        order_id=taken(orders["order_id"], order),
        value_cents=pd.Series(value, dtype="Int64").where(np.isin(types, (CART, PURCHASE))),
        failed=(types == PAYMENT) & ~np.append(sold[1:], False),
    )


def _numbered(letter: str, shard: int, numbers: np.ndarray) -> pd.Series:
    """Return ids unique over shards: the letter, the shard, the number."""
    return f"{letter}{shard:05d}-" + pd.Series(numbers).astype("str").str.zfill(5)


def _counts(humans: pd.DataFrame) -> Counter[str]:
    """Return T12's sums (chances of bouncing, of human visits) and T21's (buying after a second product in a row)."""
    journeys = humans["_kind"] >= FIRST_PATH
    total = 100 * BOUNCES * int((~journeys).sum())
    counts = count("T12", round(total, 6), of=len(humans))
    era = _era(humans["_channel"].to_numpy(), humans["_second"].to_numpy())
    searches = int((journeys & (era == 0)).sum())
    counts.update(count("T21", round(100 * _after_a_second_product() * searches, 6), of=searches))
    return counts


@cache
def _after_a_second_product() -> float:
    """Return the exact chance of buying after two products in a row, from the chain itself."""
    paid = PAYS * SUCCEEDS
    # x, y: the chance of buying from a first and from a second product in a row; z: from a cart.
    matrix = [
        [1, -AFTER_FIRST[1], -AFTER_FIRST[0]],
        [0, 1 - AFTER_SECOND[1], -AFTER_SECOND[0]],
        [-(1 - paid) * BACK, 0, 1],
    ]
    return float(np.linalg.solve(matrix, [0, 0, paid])[1])
