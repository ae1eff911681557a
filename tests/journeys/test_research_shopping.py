"""Webrooming and showrooming: the rule against plain loops, its edges, the account, and Ipê's own numbers."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.errors import InputError
from cxlib.journeys.research import DAY, INFORMATIONAL, ResearchRule, researched
from cxlib.journeys.research_paths import research_paths
from cxlib.tables.engine import collect

START = datetime(2025, 1, 1)
MINUTE = timedelta(minutes=1)
CHANNELS = {"web": "online", "app": "online", "store": "store", "kiosk": "kiosk"}


def at(day, minute=0):
    return START + timedelta(days=day) + minute * MINUTE


def shop_of(orders, events, **tables):
    """Return a dataset of orders (customer, channel, moment, category, product, price) and events."""
    rows = [
        {"order_id": f"o{number}", "order_item_id": f"i{number}", "customer_id": customer, "channel": channel,
         "placed_at": moment, "category": category, "product_id": product, "unit_price_cents": price,
         "total_cents": price, "currency": "BRL"}
        for number, (customer, channel, moment, category, product, price) in enumerate(orders)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    log = pd.DataFrame(
        [
            {
                "event_id": f"e{number}",
                "person_key": person,
                "customer_id": person,
                "event_type": kind,
                "channel": channel,
                "occurred_at": moment,
                "category": category,
                "product_id": product,
                "value_cents": value,
            }
            for number, (person, kind, channel, moment, category, product, value) in enumerate(events)
        ]
    )
    log["value_cents"] = log["value_cents"].astype("Int64")
    items = frame[["order_item_id", "order_id", "product_id", "category", "unit_price_cents"]]
    own = frame[["order_id", "customer_id", "channel", "placed_at", "total_cents", "currency"]]
    return cx.open_dataset({"orders": own, "order_items": items, "events": log, **tables}, source_zone="UTC")


def lines_of(shop, **rule):
    rule = {"since": "2024-12-01"} | rule
    frame = collect(researched(shop, ResearchRule(**rule)).lines).to_pandas()
    return frame.sort_values("order_item_id", key=lambda ids: ids.str[1:].astype(int), ignore_index=True)


def view(person="a", channel="web", moment=None, category="sofas", product="p1", kind="product_view", value=None):
    return person, kind, channel, moment or at(0), category, product, value


def bought(person="a", channel="store", moment=None, category="sofas", product="p1", price=1_000):
    return person, channel, moment or at(5), category, product, price


# --- The rule against plain loops ---------------------------------------------------------------------

TYPES = [*INFORMATIONAL, "purchase", "pickup"]


def random_log(seed, people=250):
    """Return orders and events of many people, few of each, at moments that often meet."""
    rng = np.random.default_rng(seed)
    orders, events = [], []

    def moment():
        return START + int(rng.integers(0, 9)) * timedelta(hours=12)

    def one_of(*values):
        return values[rng.integers(len(values))]

    for number in range(people):
        who = f"c{number}"
        for _ in range(rng.integers(1, 5)):
            owner = who if rng.random() < 0.9 else None
            channel, product = one_of("web", "app", "store", "kiosk", "phone"), one_of("x1", "x2", "y1")
            orders.append((owner, channel, moment(), one_of("x", "y"), product, int(rng.integers(1, 5))))
        for _ in range(rng.integers(0, 9)):
            channel, value = one_of("web", "app", "store", "kiosk", "email"), one_of(None, 1, 2, 3, 4)
            events.append(
                (who, one_of(*TYPES), channel, moment(), one_of("x", "y", None), one_of("x1", "x2", "y1"), value)
            )
    return orders, events


def by_loops(orders, events, match):
    """Return for each order how long before it the last research online and in a store was, and the price match."""
    found, by_person = [], {}
    for event in events:
        by_person.setdefault(event[0], []).append(event)
    for person, channel, moment, category, product, price in orders:
        if channel not in CHANNELS:
            continue
        before = [one[2] for one in orders if person and one[0] == person and one[3] == category
                  and one[1] in CHANNELS and one[2] < moment]  # fmt: skip
        gaps, asked = {"online": [], "store": []}, []
        for _, kind, where, when, what, which, value in by_person.get(person, []):
            same = what == category if match == "category" else which == product
            if not same or kind not in INFORMATIONAL or not when < moment:
                continue
            place = CHANNELS.get(where)
            if place != "kiosk" and kind in ("store_visit", "demo", "qr_scan"):
                place = "store"
            if place not in gaps or (before and when <= max(before)):
                continue
            gaps[place].append((moment - when) // timedelta(microseconds=1))
            if place == "store" and kind in ("price_check", "quote") and value is not None:
                asked.append((when, value))
        last = max((when for when, _ in asked), default=None)
        lowest = min((value for when, value in asked if when == last), default=None)
        match_of = None if CHANNELS[channel] != "online" or lowest is None else price <= lowest
        found.append((min(gaps["online"], default=None), min(gaps["store"], default=None), match_of))
    return found


@pytest.fixture(scope="module")
def log():
    return random_log(20_250_101)


@pytest.mark.parametrize("match", ["category", "product"])
def test_the_rule_is_what_plain_loops_find(match, log):
    lines = lines_of(shop_of(*log), match=match)
    told = [
        tuple(None if pd.isna(one) else one for one in row)
        for row in lines[["cx_online", "cx_store", "cx_price_match"]].itertuples(index=False)
    ]
    assert told == by_loops(*log, match)


# --- Edges of the rule --------------------------------------------------------------------------------


def test_edges():
    """One shop, a person for each edge."""
    lamps = {"category": "lamps", "product": "p2"}
    orders = [
        bought("last moment", moment=at(14)),
        bought("a minute late", moment=at(14, 1)),
        bought("at the moment", moment=at(14)),
        bought("picked up", "web"),
        bought("beside a kiosk"),
        bought("at a kiosk", "kiosk"),
        bought("twice", moment=at(3)),
        bought("twice", moment=at(5)),
        bought("twice", moment=at(6), **lamps),
    ]
    events = [
        view("last moment"), view("a minute late"), view("at the moment", moment=at(14)), view("picked up"),
        view("picked up", kind="pickup", channel="store", moment=at(4)), view("beside a kiosk", channel="kiosk"),
        view("at a kiosk"), view("twice", moment=at(2)), view("twice", moment=at(1), **lamps),
    ]  # fmt: skip
    lines = lines_of(shop_of(orders, events))
    near = lines["cx_online"] <= 14 * DAY
    assert near.tolist() == [True, False, False, True, False, True, True, False, True]
    assert lines["cx_store"].isna().all()  # a pickup is no research, a kiosk no store
    assert lines["cx_class"].tolist() == ["store"] * 3 + ["online", "store", "kiosk"] + ["store"] * 3


def test_ways_of_research_and_prices_matched():
    orders = [bought("w"), bought("n"), bought("s", "web"), bought("d", "web", price=2_000), bought("k", "kiosk")]
    events = [view("w"), view("k"), view("k", "store", kind="store_visit"), view("s", "store", kind="price_check",
              value=1_500), view("d", "store", kind="quote", value=1_500)]  # fmt: skip
    found = research_paths(shop_of([*orders, bought("p", "phone")], events), since="2024-12-01")
    told = found[found["numerator"] > 0].set_index(["bought", "path"])["value"].to_dict()
    assert told == {
        ("online", "show"): 1, ("online", "price_match"): 0.5, ("store", "web"): 0.5, ("store", "single"): 0.5,
        ("kiosk", "both"): 1,
    }  # fmt: skip
    assert (found["n"] + found["set_aside"]).groupby(found["bought"]).first().to_dict() == {
        "online": 3, "store": 3, "kiosk": 2}  # fmt: skip


def test_people_are_known_by_cookie_and_by_person_key_too():
    shop = shop_of([bought(), bought("b"), bought("c")], [view("k1"), view("b"), view("k2")])
    events = shop.frame("events").assign(customer_id=None, identity_id=["k1", None, "k2"])
    signs = pd.DataFrame({"identity_id": ["k1", "k2"], "kind": "cookie", "customer_id": ["a", None]})
    tables = {name: shop.frame(name) for name in ("orders", "order_items")}
    again = cx.open_dataset({**tables, "events": events, "identities": signs})
    assert lines_of(again)["cx_online"].notna().tolist() == [True, True, False]


def test_every_line_is_used_or_set_aside():
    orders = [bought(moment=at(2)), bought("b", "whatsapp"), bought("c", category=None, product=None), bought(None)]
    orders += [bought("d", moment=at(20)), bought("e", "web", moment=at(20))]
    shop = shop_of(orders, [view()])
    frame = cx.research_shopping(shop, days=3)
    row = frame[frame["rule"].eq("seen")].iloc[0]
    assert row["n"] + row["set_aside"] == len(orders) - 1  # the order online counts in showrooming
    assert dict(part.split(":") for part in row["warnings"].split(";") if ":" in part) == {
        "other_channel": "1", "nothing_to_match": "1", "outside_log": "1"}  # fmt: skip
    linked = frame[frame["rule"].eq("linked")].iloc[0]
    assert (linked["n"], linked["set_aside"]) == (1, 4)


def test_the_headline_says_that_it_is_only_what_was_seen():
    ladder = cx.research_shopping(shop_of([bought()] * 2, [view()]), since="2024-12-01")
    first = str(cx.show(ladder)).splitlines()[0]
    assert "what was seen" in first
    assert "only what was seen, not all there was" in first
    cx.language("pt-BR")
    assert "só o que foi visto, não tudo o que houve" in str(cx.show(ladder)).splitlines()[0]


def test_se_and_sp_hold_for_one_window():
    shop = shop_of([bought()] * 3, [view()])
    curve = cx.research_shopping(shop, days=[3, 7], se=0.5, sp=0.9, since="2024-12-01")
    assert curve.loc[curve["rule"].eq("corrected"), "method"].eq("none: se and sp hold for one window").all()
    assert "ask for one of days" in str(cx.show(curve))


def test_mistakes_are_told():
    shop = shop_of([bought()], [view()])
    with pytest.raises(InputError, match="webrooming, showrooming"):
        cx.research_shopping(shop, "webroming")
    with pytest.raises(InputError, match="category, product"):
        cx.research_shopping(shop, match="sku")
    with pytest.raises(InputError, match="between 0 and 1"):
        cx.research_shopping(shop, se=85, sp=0.9)
    with pytest.raises(InputError, match="above 0 and at most 1"):
        cx.research_shopping(shop, identified=1.2)
    with pytest.raises(InputError, match="above zero"):
        cx.research_shopping(shop, days=0)
    with pytest.raises(InputError, match="app, login"):
        cx.research_shopping(
            replace(shop, tables={**shop.tables, "customers": shop.orders.select("customer_id").distinct()}),
            within="club",
        )
    with pytest.raises(InputError, match="no table orders"):
        cx.research_shopping(shop.frame("events"))


# --- Size: one customer who never tires --------------------------------------------------------------


def test_a_tireless_customer_does_not_multiply():
    size = 100_000
    events = pd.DataFrame(
        {
            "event_id": pd.Series(range(size)).astype(str),
            "person_key": "a",
            "customer_id": "a",
            "event_type": "product_view",
            "channel": "web",
            "occurred_at": pd.Timestamp(at(0)) + pd.to_timedelta(np.arange(size), unit="s"),
            "category": "sofas",
        }
    )
    times = pd.Timestamp(at(0)) + pd.to_timedelta(np.arange(2_000) * 40 + 30.5, unit="s")  # joined: 10^8 pairs
    orders = pd.DataFrame({"order_id": pd.Series(range(2_000)).astype(str), "customer_id": "a", "channel": "store",
                           "placed_at": times, "total_cents": 1, "currency": "BRL"})  # fmt: skip
    items = pd.DataFrame(
        {"order_item_id": "i" + orders["order_id"], "order_id": orders["order_id"], "category": "sofas"}
    )
    shop = cx.open_dataset({"orders": orders, "order_items": items, "events": events}, source_zone="UTC")
    lines = lines_of(shop)
    assert len(lines) == 2_000
    assert (lines["cx_online"] == DAY // 86_400 // 2).all()


# --- Ipê ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


def rung(frame, name):
    return frame[frame["rule"].eq(name)].iloc[0]


def test_the_window_curve_counts_the_same_purchases(shop):
    curve = cx.research_shopping(shop, days=[3, 7, 14, 30], identified=[0.5, 1])
    naive = curve[curve["rule"].eq("seen")]
    assert naive["n"].nunique() == 1
    whole = naive[naive["identified"].eq(1)].sort_values("days")["value"]
    assert whole.is_monotonic_increasing
    half = naive[naive["identified"].eq(0.5)].sort_values("days")["value"]
    assert half.tolist() == pytest.approx((whole / 2).tolist())
    linked = curve[curve["rule"].eq("linked") & curve["days"].eq(14)]
    assert linked["value"].nunique() == 1  # of fewer people, but of the same kind
    assert len(set(linked["n"])) == 2


def test_groups_add_up(shop):
    whole = rung(cx.research_shopping(shop), "seen")
    by_category = cx.research_shopping(shop, by="category")
    parts = by_category[by_category["rule"].eq("seen")]
    assert parts["n"].sum() == whole["n"]
    assert parts["numerator"].sum() == whole["numerator"]


def test_small_groups_of_real_people_are_hidden(shop):
    guarded = replace(shop, privacy_floor=10)
    with pytest.raises(InputError, match="point at people"):
        cx.research_shopping(guarded, by="customer_id")
    few = replace(guarded, tables={**shop.tables, "orders": shop.orders.order_by("order_id").limit(40)})
    frame = cx.research_shopping(few, by="category", within="club_member")
    assert (frame["warnings"] == "suppressed").any()
    assert frame.loc[frame["warnings"] == "suppressed", ["value", "n", "sensitivity"]].isna().all().all()
