"""The planted truths of Ipê about selling, through the public calls: the right finds them, the naive misses."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.tables.check import tallies
from cxlib.world import SEED, truths
from cxlib.world.store import write_world

Z = 1.959964
CHANGE, WEEKS = "2025-03-10", 12
SOUTH = ["SP", "RJ", "MG", "PR", "RS", "SC"]


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


@pytest.fixture(scope="module")
def told():
    return {key: one["value"] for key, one in truths(SEED).items()}


def error(low, high):
    return (high - low) / (2 * Z)


# --- T05: free shipping -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def abandoned(shop):
    """Abandonment in the band and outside it, before the change and after: value and standard error."""
    band = shop.carts.subtotal_cents.between(9_900, 19_899)
    carts = shop.carts.mutate(band=band).filter(shop.carts.state.isin(SOUTH))
    part = replace(shop, tables={**shop.tables, "carts": carts})
    first = pd.Timestamp(CHANGE)
    ends = [first - pd.Timedelta(weeks=WEEKS), first, first + pd.Timedelta(weeks=WEEKS)]
    days = [str(end.date()) for end in ends]
    found = {}
    for when, start, end in (("before", *days[:2]), ("after", *days[1:])):
        cells = cx.metric(part, "cart_abandonment", rule="all_carts", by="band", start=start, end=end)
        for row in cells.to_dict("records"):
            found[when, row["band"]] = 100 * row["value"], 100 * error(row["low"], row["high"])
    return found


def change(abandoned, band):
    (after, one), (before, other) = abandoned["after", band], abandoned["before", band]
    return after - before, float(np.hypot(one, other))


def test_t05_what_changed_everywhere_is_not_the_change_of_shipping(abandoned, told):
    naive, naive_error = change(abandoned, True)
    trend, trend_error = change(abandoned, False)
    assert abs(naive - trend - told["T05"]) <= 4 * np.hypot(naive_error, trend_error)
    assert naive - told["T05"] >= 3 * naive_error  # before and after alone: about 19 for 12


# --- T11: returns -----------------------------------------------------------------------------------

LAST = "2025-11-02"  # the first of the calendar's last 60 days
OLD = "2025-09-17"  # 45 days before them: whoever sends back has done so


def test_t11_returns_of_the_young_are_those_of_the_old(shop, told):
    lines = shop.order_items.mutate(quantity=1)
    bedding = lines.category == "cama_mesa_banho"
    paid = shop.orders.filter(shop.orders.status == "paid")
    whole = shop.returns.mutate(quantity=1)
    if "is_exchange" in whole.columns:  # the truth asks what comes back, exchanged or not
        whole = whole.drop("is_exchange")
    part = replace(shop, tables={"order_items": lines.mutate(bedding=bedding), "orders": paid, "returns": whole})
    old = cx.metric(part, "return_rate", by=["channel", "bedding"], end=OLD)
    items = part.frame("order_items").merge(part.frame("orders")[["order_id", "channel", "placed_at"]], on="order_id")
    young = items[items["placed_at"] >= pd.Timestamp(LAST, tz=shop.zone)]
    share = young.groupby(["channel", "bedding"]).size() / len(young)
    old = old.set_index(["channel", "bedding"]).reindex(share.index)
    right = 100 * float((share * old["value"]).sum())
    spread = 100 * float(((share * error(old["low"], old["high"])) ** 2).sum() ** 0.5)
    assert abs(right - told["T11"]) <= 4 * spread
    # What has come back so far of the last 60 days; `as_of` later than the data, so that nothing is too young.
    naive = cx.metric(part, "return_rate", start=LAST, as_of="2026-12-31").iloc[0]
    assert told["T11"] - 100 * naive["value"] >= 3 * 100 * error(naive["low"], naive["high"])
    # The metric itself refuses the young.
    honest = cx.metric(part, "return_rate", start=LAST).iloc[0]
    assert honest["n"] + honest["set_aside"] == naive["n"] and honest["set_aside"] > 0.3 * naive["n"]


def test_what_comes_back_lowers_the_value_of_an_order(shop):
    values = cx.compare(shop, "average_order_value", rules=True).set_index("rule")
    orders, returns = shop.frame("orders"), shop.frame("returns")
    back = returns[~returns.get("is_exchange", pd.Series(False, returns.index)).fillna(False)]
    refunded = orders["order_id"].map(back.groupby("order_id")["refunded_cents"].sum()).fillna(0)
    net = orders["total_cents"] - refunded
    kept = orders["paid_at"].notna() & ~((net <= 0) & (orders["total_cents"] > 0))
    if "cancelled_at" in orders:
        kept &= orders["cancelled_at"].isna()
    assert values.loc["net", "value"] == pytest.approx(net[kept].mean())
    assert values.loc["gross", "value"] == pytest.approx(orders["total_cents"].mean())
    assert values.loc["net", "numerator"] < values.loc["paid", "numerator"] < values.loc["gross", "numerator"]


# --- T12: bots --------------------------------------------------------------------------------------


def test_t12_the_bounce_of_people(shop, told):
    visits = shop.frame("sessions")
    tireless = visits.groupby("identity_id")["session_id"].transform("size") > 60
    people = replace(shop, tables={"sessions": cx.open_dataset({"sessions": visits[~tireless]}).sessions})
    right = cx.metric(people, "bounce_rate").iloc[0]
    naive = cx.metric(visits.drop(columns="is_bot"), "bounce_rate").iloc[0]
    assert abs(100 * right["value"] - told["T12"]) <= 4 * 100 * error(right["low"], right["high"])
    # As a dashboard would say it: the error of single visits.
    plain = 100 * (naive["value"] * (1 - naive["value"]) / naive["n"]) ** 0.5
    assert 100 * naive["value"] - told["T12"] >= 3 * plain


# --- T22: the evening -------------------------------------------------------------------------------


def test_t22_the_days_of_orders_are_local(shop):
    black_friday = {"every": "day", "start": "2025-11-27", "end": "2025-12-01", "rule": "gross"}
    here = cx.metric(shop, "average_order_value", **black_friday).set_index("period")["n"]
    elsewhere = cx.metric(replace(shop, zone="UTC"), "average_order_value", **black_friday).set_index("period")["n"]
    placed = shop.frame("orders")["placed_at"]
    days = placed.dt.strftime("%Y-%m-%d").value_counts()
    assert here.to_dict() == {day: days[day] for day in here.index}
    # A Friday in UTC gains Thursday's late orders and loses its own.
    late = placed[placed.dt.hour >= 21].dt.strftime("%Y-%m-%d").value_counts()
    assert elsewhere["2025-11-28"] - here["2025-11-28"] == late["2025-11-27"] - late["2025-11-28"] != 0


# --- T23: dirt --------------------------------------------------------------------------------------


def test_t23_the_check_equals_the_stored_counts_and_metrics_say_them_too(tmp_path):
    write_world(tmp_path / "shop", scale=2_000, seed=11, dirt=True)
    strewn = json.loads((tmp_path / "shop" / "datapackage.json").read_text())["cx"]["world"]["dirt"]
    shop = cx.open_dataset(tmp_path / "shop")
    counts = cx.check(shop).groupby(["table", "code"])["count"].sum()
    assert {
        "repeated events": tallies(shop).groupby("table")["rows_set_aside"].sum()["events"],
        "late events": counts["events", "arrived_late"],
        "scores of 99": counts["survey_responses", "out_of_scale"],
        "negative durations": counts["tickets", "before_it_began"],
        "merged carts": counts["carts", "merged"],
        "refunds without order": counts["returns", "refund_without_order"],
    } == strewn
    assert all(strewn.values())
    reasons = {
        "cart_abandonment": ("merged", "merged carts"),
        "resolution_time": ("impossible", "negative durations"),
    }
    for key, (code, kind) in reasons.items():
        told = dict(part.split(":") for part in cx.metric(shop, key)["warnings"].item().split(";") if ":" in part)
        assert int(told[code]) == strewn[kind]
    nines = [cx.metric(shop, key)["warnings"].item() for key in ("nps", "transactional_nps")]
    told = [dict(part.split(":") for part in one.split(";") if ":" in part) for one in nines]
    assert sum(int(one.get("out_of_scale", 0)) for one in told) == strewn["scores of 99"]


# --- T02: who comes back ----------------------------------------------------------------------------


def test_t02_who_begins_in_a_store_comes_back_more(shop, told):
    """Those whose 90 days end before the test of the recommendations, which brought many back."""
    asked = {"by": "channel", "within": "customers.club_member", "groups": ["app", "store"], "against": "app"}
    found = cx.standardise(shop, "repeat_rate", end="2024-10-29", **asked).set_index("standard")
    plain, alike = 100 * found.loc["as_is", "change"], 100 * found.loc["standardised", "change"]
    errors = 100 * error(found["low"], found["high"])
    assert abs(alike - told["T02"]) <= 4 * errors["standardised"]
    assert abs(plain - told["T02"]) >= 3 * errors["as_is"]
    assert plain < 0 < alike
