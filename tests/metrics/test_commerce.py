"""Commerce metrics against their worked answers, their traps, and a plain count on Ipê."""

import pandas as pd
import pytest

import cxlib as cx

DAY = pd.Timestamp("2025-03-03 12:00", tz="UTC")


def visits():
    """Users with 1, 0, 1, 0, 4, 0 goals in 1, 2, 2, 1, 5, 1 visits."""
    rows = []
    for user, (goals, visits) in enumerate([(1, 1), (0, 2), (1, 2), (0, 1), (4, 5), (0, 1)]):
        rows += [(f"u{user}", int(place < goals)) for place in range(visits)]
    frame = pd.DataFrame(rows, columns=["identity_id", "key_events"])
    return frame.assign(session_id=[f"s{place}" for place in range(len(frame))], started_at=DAY)


def test_goals_per_visit_know_whose_visits_they_are():
    row = cx.metric(visits(), "conversion_rate", rule="goals_per_visit").iloc[0]
    assert (row["value"], row["n"], row["numerator"]) == (0.5, 12, 6)
    # The standard error over the six users is .1826; over twelve independent visits it would be .1443 to .1508.
    assert (row["high"] - row["low"]) / 2 == pytest.approx(2.5706 * 0.1826, abs=0.001)  # t with 5 degrees
    assert "6 customers" in row["method"]


def test_visitors_are_another_number():
    row = cx.metric(visits(), "visitor_conversion").iloc[0]
    assert (row["value"], row["n"], row["numerator"]) == (0.5, 6, 3)
    busy = visits().assign(key_events=[1] * 6 + [0] * 6)
    assert cx.metric(busy, "visitor_conversion")["value"].item() != cx.metric(busy, "conversion_rate")["value"].item()


def test_bots_and_staff_are_set_aside():
    frame = visits().assign(is_bot=[True] * 3 + [False] * 9, is_internal=[False] * 11 + [True])
    row = cx.metric(frame, "conversion_rate").iloc[0]
    assert (row["n"], row["set_aside"], row["warnings"]) == (8, 4, "bot:3;internal:1;small_n")


def shop(**currency):
    """A orders 100 and 200, B 300, C 60 and sends it back."""
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2", "3", "4"],
            "customer_id": ["A", "A", "B", "C"],
            "placed_at": DAY,
            "paid_at": DAY,
            "total_cents": [10_000, 20_000, 30_000, 6_000],
            "currency": "BRL",
        }
        | currency
    )
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["4"], "requested_at": DAY, "refunded_cents": [6_000]})
    return {"orders": orders, "returns": returns}


@pytest.mark.parametrize(("rule", "value", "n"), [("gross", 16_500, 4), ("paid", 16_500, 4), ("net", 20_000, 3)])
def test_the_value_of_an_order_by_its_base(rule, value, n):
    row = cx.metric(shop(), "average_order_value", rule=rule).iloc[0]
    assert (row["value"], row["n"], row["unit"]) == (value, n, "cents")


def test_an_order_never_paid_counts_in_the_gross_value_alone():
    data = shop()
    data["orders"].loc[2, "paid_at"] = pd.NaT
    assert cx.metric(data, "average_order_value", rule="gross")["n"].item() == 4
    paid = cx.metric(data, "average_order_value").iloc[0]
    assert (paid["value"], paid["n"], paid["warnings"]) == (12_000, 3, "not_paid:1;small_n")


def test_an_exchange_gives_nothing_back():
    data = shop()
    data["returns"]["is_exchange"] = True
    assert cx.metric(data, "average_order_value", rule="net")["n"].item() == 4


def test_two_currencies_are_never_added():
    with pytest.raises(cx.InputError, match="would add up BRL, USD"):
        cx.metric(shop(currency=["BRL", "BRL", "USD", "BRL"]), "average_order_value")


def test_money_is_said_in_its_currency():
    data = cx.open_dataset(shop(), currency="BRL")
    assert str(cx.show(cx.metric(data, "average_order_value"))).startswith("average order value R$165.00")


def carts():
    """Ten carts: three ordered online, one bought in a store within a week, one two hours old."""
    made = [DAY - pd.Timedelta(days=20)] * 9 + [DAY - pd.Timedelta(hours=2)]
    frame = pd.DataFrame({"cart_id": [f"k{place}" for place in range(10)], "created_at": made})
    frame["customer_id"] = [f"c{place}" for place in range(10)]
    frame["converted_at"] = [DAY - pd.Timedelta(days=20) + pd.Timedelta(hours=1)] * 3 + [pd.NaT] * 7
    orders = pd.DataFrame({"order_id": ["x", "last"], "customer_id": ["c3", "nobody"], "total_cents": 100})
    orders["placed_at"] = [DAY - pd.Timedelta(days=17), DAY]
    orders["currency"] = "BRL"
    return {"carts": frame, "orders": orders}


@pytest.mark.parametrize(("rule", "lost", "n"), [("all_carts", 7, 10), ("same_channel", 6, 9), ("any_channel", 5, 9)])
def test_what_is_left_in_the_cart(rule, lost, n):
    row = cx.metric(carts(), "cart_abandonment", rule=rule).iloc[0]
    assert (row["numerator"], row["n"]) == (lost, n)


def test_an_order_just_outside_the_week_does_not_save_a_cart():
    data = carts()
    data["orders"].loc[0, "placed_at"] = DAY - pd.Timedelta(days=13)  # seven days to the minute: half-open
    assert cx.metric(data, "cart_abandonment", rule="any_channel")["numerator"].item() == 6


def test_a_merged_cart_is_not_abandoned():
    data = carts()
    data["carts"]["merged_into_cart_id"] = [None] * 4 + ["k0"] + [None] * 5
    row = cx.metric(data, "cart_abandonment").iloc[0]
    assert (row["numerator"], row["n"], row["warnings"]) == (5, 8, "merged:1;immature:1;small_n")


def sold():
    """Fifty lines of ten units at 16 reais; 50 of 500 units come back, and 6,000 of 80,000 cents."""
    items = pd.DataFrame({"order_item_id": [f"i{place}" for place in range(50)]})
    items = items.assign(order_id=[f"o{place}" for place in range(50)], quantity=10, unit_price_cents=160)
    orders = pd.DataFrame({"order_id": items["order_id"], "customer_id": items["order_id"], "total_cents": 1600})
    orders = orders.assign(placed_at=DAY - pd.Timedelta(days=60), currency="BRL")
    returns = pd.DataFrame(
        {"return_id": [f"r{place}" for place in range(10)], "order_item_id": items["order_item_id"][:10]}
    )
    returns = returns.assign(order_id=None, quantity=5, refunded_cents=600, requested_at=DAY)
    return {"order_items": items, "orders": orders, "returns": returns}


def test_what_comes_back_in_units_and_in_value():
    units = cx.metric(sold(), "return_rate").iloc[0]
    assert (units["value"], units["n"], units["numerator"]) == (0.1, 500, 50)
    value = cx.metric(sold(), "return_rate", rule="value").iloc[0]
    assert (value["value"], value["denominator"]) == (0.075, 80_000)


def test_young_orders_are_set_aside_and_a_whole_order_gives_back_all_its_lines():
    data = sold()
    data["orders"].loc[:4, "placed_at"] = DAY - pd.Timedelta(days=5)
    row = cx.metric(data, "return_rate").iloc[0]
    assert (row["n"], row["set_aside"]) == (450, 5)
    data = sold()
    whole = pd.DataFrame({"return_id": ["w"], "order_item_id": [None], "order_id": ["o20"], "quantity": [10]})
    whole = whole.assign(refunded_cents=1600, requested_at=DAY)
    data["returns"] = pd.concat([data["returns"], whole], ignore_index=True)
    assert cx.metric(data, "return_rate")["numerator"].item() == 60
    assert cx.metric(data, "return_rate", rule="value")["numerator"].item() == 7_600


def test_every_row_of_ipe_is_accounted_for():
    company = cx.ipe()
    for key, table in {
        "average_order_value": "orders",
        "cart_abandonment": "carts",
        "conversion_rate": "sessions",
    }.items():
        row = cx.metric(company, key).iloc[0]
        assert row["n"] + row["set_aside"] == len(company.frame(table)), key
