"""What must be exact on every seed: keys, references, money to the cent, windows that include one of their ends."""

import pandas as pd
import pytest

from cxlib.tables.check import check
from cxlib.tables.opening import open_dataset
from cxlib.tables.schema import schema
from cxlib.world import tables
from cxlib.world.store import write_world

SEEDS = (1, 77, 2_026)
BEGIN, END = pd.Timestamp("2024-01-01 03:00"), pd.Timestamp("2026-01-01 03:00")


@pytest.fixture(scope="module", params=SEEDS)
def shop(request):
    return tables(request.param, 1_500)


def test_keys_are_unique_and_lead_somewhere(shop):
    known = {}
    for name, frame in shop.items():
        key = list(schema()[name].primary_key)
        assert not frame.duplicated(key).any(), name
        assert frame[key].notna().all(axis=None), name
        known |= {name: set(frame[key[0]])} if len(key) == 1 else {}
    led = 0
    for name, frame in shop.items():
        for column in frame:
            target = schema()[name].columns[column].references
            if target in known:
                assert set(frame[column].dropna()) <= known[target], (name, column)
                led += 1
    assert led > 50


def test_the_money_of_orders_adds_up_to_the_cent(shop):
    orders, items = shop["orders"].set_index("order_id"), shop["order_items"]
    lines = (items["unit_price_cents"] * items["quantity"]).groupby(items["order_id"]).sum()
    assert lines.reindex(orders.index).eq(orders["subtotal_cents"]).all()
    assert set(lines.index) == set(orders.index)
    total = orders["subtotal_cents"] + orders["shipping_cents"] - orders["discount_cents"]
    assert orders["total_cents"].eq(total).all()
    returns = shop["returns"].merge(items, on="order_item_id", suffixes=("", "_bought"))
    assert len(returns) == len(shop["returns"])
    assert (returns["order_id"] == returns["order_id_bought"]).all()
    assert (returns["quantity"] <= returns["quantity_bought"]).all()
    assert (returns["refunded_cents"] <= returns["unit_price_cents"] * returns["quantity"]).all()


def test_recurring_revenue_bridges_every_month_to_the_cent(shop):
    """Month by month, opening plus movements is closing; at the end it is what the running contracts pay."""
    ledger, contracts = shop["mrr_ledger"], shop["subscriptions"]
    price = contracts["price_cents"] // contracts["billing_period"].map({"monthly": 1, "annual": 12})
    assert (price * contracts["billing_period"].map({"monthly": 1, "annual": 12}) == contracts["price_cents"]).all()
    movements = ledger.groupby("subscription_id")["amount_cents"].sum()
    runs = contracts["cancelled_at"].isna() | (contracts["cancelled_at"] >= END)
    left = movements.reindex(contracts["subscription_id"], fill_value=0).to_numpy()
    assert (left == price.where(runs, 0)).all()
    opening = 0
    for month in pd.date_range("2024-01-01", periods=24, freq="MS"):
        upto = ledger[ledger["effective_on"] < month + pd.DateOffset(months=1)]["amount_cents"].sum()
        moved = ledger[ledger["effective_on"].dt.to_period("M") == month.to_period("M")]
        by_kind = moved.groupby("movement")["amount_cents"].sum()
        assert (by_kind.reindex(["new", "expansion", "reactivation"]).fillna(0) >= 0).all()
        assert (by_kind.reindex(["contraction", "churn"]).fillna(0) <= 0).all()
        assert opening + by_kind.sum() == upto
        opening = upto
    assert opening == price[runs].sum()


def test_every_instant_lies_in_the_half_open_calendar(shop):
    """From the first local midnight, included, to the one after the last day, left out; some began before."""
    seen, before = 0, set()
    for name, frame in shop.items():
        for column, described in schema()[name].columns.items():
            if described.type == "instant" and column in frame and frame[column].notna().any():
                seen += 1
                assert frame[column].max() < END, (name, column)
                before |= {f"{name}.{column}"} if frame[column].min() < BEGIN else set()
    assert seen > 30
    referrals = {"referrals.invited_at", "referrals.signed_up_at"}
    assert before <= referrals | {"customers.signed_up_at", "deals.created_at"}


def test_no_value_could_reach_a_person(shop):
    """No column for a CPF, a phone or an e-mail, and nothing that looks like one in any text: nobody is there."""
    looks = r"(?:\d{3}\.\d{3}\.\d{3}-\d{2})|(?:\b\d{11}\b)|(?:[^\s@]+@[^\s@]+)|(?:\(?\d{2}\)?\s?9?\d{4}-?\d{4}\b)"
    for name, frame in shop.items():
        for column in frame.select_dtypes("str"):
            if not schema()[name].columns[column].name.endswith("_id"):
                found = frame[column].dropna()
                assert not found[found.str.contains(looks, regex=True)].any(), (name, column)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_has_nothing_to_say(seed, tmp_path):
    write_world(tmp_path / "shop", scale="tiny", seed=seed)
    assert check(open_dataset(tmp_path / "shop")).empty
