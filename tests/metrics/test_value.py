"""Cost, value and referrals against answers worked by hand (units of money in cents)."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

import cxlib as cx

BEGAN = pd.Timestamp("2024-03-10 15:00", tz="UTC")


def company(
    customers=425,
    *,
    unpaid=170,
    margin=5_000,
    costs=((6_000_000, "media"), (2_000_000, "salaries"), (500_000, "tools")),
):
    """Customers who each bought once for twice the margin, and what was spent in the same month to win them."""
    who = [f"c{place}" for place in range(customers)]
    orders = pd.DataFrame({"order_id": [f"o{place}" for place in range(customers)], "customer_id": who})
    orders = orders.assign(placed_at=BEGAN, paid_at=BEGAN, total_cents=2 * margin, currency="BRL")
    items = pd.DataFrame({"order_item_id": orders["order_id"] + "-1", "order_id": orders["order_id"], "quantity": 1})
    items = items.assign(unit_price_cents=2 * margin, unit_cost_cents=margin)
    spend = pd.DataFrame(costs, columns=["cost_cents", "cost_kind"]).assign(date_on=BEGAN.date(), currency="BRL")
    spend["spend_id"] = [f"s{place}" for place in range(len(spend))]
    came = ["organic", "referral"] * (unpaid // 2) + ["paid_search"] * (customers - unpaid)
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["none"], "order_item_id": ["none"],
                            "requested_at": [BEGAN], "quantity": [0], "refunded_cents": [0]})  # fmt: skip
    return {
        "orders": orders,
        "order_items": items,
        "returns": returns,
        "ad_spend": spend,
        "customers": pd.DataFrame({"customer_id": who, "acquisition_source": came}),
    }


def test_three_costs_of_one_customer():
    """60,000 media, 20,000 salaries, 5,000 tools, 425 new customers of whom 170 came by themselves."""
    shop = company()
    assert cx.metric(shop, "acquisition_cost")["value"].item() == 20_000
    assert round(cx.metric(shop, "acquisition_cost", rule="media_only")["value"].item()) == 14_118
    paid = cx.metric(shop, "acquisition_cost", rule="paid").iloc[0]
    assert (round(paid["value"]), paid["n"], paid["warnings"]) == (23_529, 255, "not_paid_for:170")
    assert paid["method"] == "none: taken from the books" and np.isnan(paid["low"])


def test_who_bought_before_is_not_new_and_who_is_unknown_is_told():
    shop = company(10, unpaid=0)
    again = shop["orders"].assign(
        order_id=[f"b{place}" for place in range(10)], paid_at=BEGAN + pd.Timedelta(days=40)
    )
    nobody = again.assign(order_id=[f"n{place}" for place in range(10)], customer_id=None)
    cancelled = again.assign(order_id=[f"x{place}" for place in range(10)], customer_id="z", cancelled_at=BEGAN)
    shop["orders"] = pd.concat([shop["orders"], again, nobody, cancelled], ignore_index=True)
    found = cx.metric(shop, "acquisition_cost", every="month").set_index("period")
    assert (found.loc["2024-03", "n"], found.loc["2024-03", "value"]) == (10, 850_000)
    assert (found.loc["2024-04", "n"], found.loc["2024-04", "warnings"]) == (0, "unidentified:10")
    assert np.isnan(found.loc["2024-04", "value"])


def test_costs_without_salaries_are_not_all_costs():
    shop = company(costs=((6_000_000, "media"),))
    with pytest.raises(cx.InputError, match="--rule media_only"):
        cx.metric(shop, "acquisition_cost")
    assert cx.metric(shop, "acquisition_cost", rule="media_only")["n"].item() == 425
    with pytest.raises(cx.InputError, match="cannot be split by 'channel'"):
        cx.metric(shop, "acquisition_cost", by="channel")
    with pytest.raises(cx.InputError, match="by day would be noise"):
        cx.metric(shop, "acquisition_cost", every="day")
    del shop["customers"]
    with pytest.raises(cx.InputError, match="acquisition_source"):
        cx.metric(shop, "acquisition_cost", rule="paid")
    shop["ad_spend"]["currency"] = "USD"
    shop["ad_spend"] = pd.concat([shop["ad_spend"], shop["ad_spend"].assign(spend_id="t", currency="BRL")])
    with pytest.raises(cx.InputError, match="BRL, USD"):
        cx.metric(shop, "acquisition_cost", rule="media_only")


def test_a_customer_who_brings_133_and_costs_50():
    shop = company(100, unpaid=0, margin=13_333, costs=((400_000, "media"), (100_000, "salaries")))
    row = cx.metric(shop, "ltv_to_cac", as_of="2026-01-01").iloc[0]
    assert (round(row["value"], 2), row["n"], row["unit"]) == (2.67, 100, "ratio")
    assert np.isnan(row["low"]) and row["method"] == "none: too few for an interval"  # all brought the same
    assert round(cx.metric(shop, "ltv_to_cac", rule="revenue", as_of="2026-01-01")["value"].item(), 2) == 5.33


def test_two_hundred_come_back_after_ten_months_of_twenty():
    shop = company(100, unpaid=0, margin=24_000, costs=((1_500_000, "media"), (500_000, "tools")))
    assert cx.metric(shop, "payback_months", as_of="2026-01-01")["value"].item() == 10
    young = cx.metric(shop, "payback_months", as_of="2024-12-01").iloc[0]
    assert (young["n"], young["warnings"], young["method"]) == (0, "immature:100", "none: no valid answer")


def test_what_came_back_and_was_taken_off_brings_nothing():
    shop = company(4, unpaid=0, margin=1_000, costs=((1_000, "media"), (1_000, "tools")))
    shop["orders"] = shop["orders"].assign(subtotal_cents=2_000, discount_cents=[0, 0, 500, 0])
    shop["returns"] = shop["returns"].assign(order_id="o0", order_item_id="o0-1", quantity=1, refunded_cents=2_000)
    row = cx.metric(shop, "ltv_to_cac", as_of="2026-01-01").iloc[0]
    margins = np.array([0, 1_000, 500, 1_000])
    assert row["numerator"] == margins.sum() and row["value"] == margins.sum() / 2_000
    half = 3.182446 * margins.std(ddof=1) / 2  # Student's t, three degrees
    assert np.allclose([row["low"], row["high"]], (margins.mean() + np.array([-half, half])) / 500)


def test_costs_in_dollars_are_not_held_against_money_in_reais():
    shop = company(100, unpaid=0)
    shop["ad_spend"]["currency"] = "USD"
    with pytest.raises(cx.InputError, match="ltv_to_cac would add up BRL, USD"):
        cx.metric(shop, "ltv_to_cac", as_of="2026-01-01")


def test_what_a_customer_brings_in_a_period():
    """Three customers bring 30.00, 10.00 less 4.00, and 20.00; one order was never paid, one is nobody's."""
    orders = pd.DataFrame({"order_id": list("abcdef"), "customer_id": ["1", "1", "2", "3", "3", None]})
    orders = orders.assign(total_cents=[1_000, 2_000, 1_000, 2_000, 9_999, 5_000], placed_at=BEGAN, currency="BRL")
    orders["paid_at"] = [BEGAN, BEGAN, BEGAN, BEGAN, pd.NaT, BEGAN]
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["c"], "requested_at": [BEGAN], "refunded_cents": [400]})
    row = cx.metric({"orders": orders, "returns": returns}, "net_revenue_per_customer").iloc[0]
    brought = np.array([3_000, 600, 2_000])
    assert np.isclose(row["value"], brought.mean()) and row["n"] == 3
    assert row["warnings"] == "unidentified:1;not_paid:1;small_n"
    half = 4.302653 * brought.std(ddof=1) / 3**0.5  # Student's t, two degrees
    assert np.allclose([row["low"], row["high"]], [brought.mean() - half, brought.mean() + half])
    paid = cx.metric({"orders": orders, "returns": returns}, "net_revenue_per_customer", rule="paid")
    assert paid["value"].item() == 2_000


def test_referrals_are_customers_not_invitations():
    """500 invitations by 250 inviters, 60 sign-ups, 24 of 300 new customers."""
    shop = company(300, unpaid=0)
    invites = pd.DataFrame({"referral_id": [f"f{place}" for place in range(500)], "invited_at": BEGAN})
    invites["referrer_customer_id"] = [f"i{place % 250}" for place in range(500)]
    invites["customer_id"] = (
        [f"c{place}" for place in range(24)] + [f"u{place}" for place in range(36)] + [None] * 440
    )
    invites["order_id"] = [f"o{place}" for place in range(24)] + [None] * 476
    shop["referrals"] = invites
    share = cx.metric(shop, "referral_share").iloc[0]
    assert (share["value"], share["numerator"], share["n"]) == (0.08, 24, 300)
    late = {"as_of": "2024-06-01"}
    won = cx.metric(shop, "invitation_conversion", **late).iloc[0]
    assert (won["value"], won["n"]) == (0.048, 500)
    assert cx.metric(shop, "invitation_conversion", rule="sign_ups", **late)["value"].item() == 0.12
    k = cx.metric(shop, "referral_k", **late).iloc[0]
    assert (k["value"], k["n"], k["low"] < 0.096 < k["high"]) == (0.096, 250, True)
    assert cx.metric(shop, "referral_k", as_of="2024-03-20")["warnings"].item() == "immature:250"


def test_a_referral_of_oneself_is_claimed_and_no_more():
    shop = company(100, unpaid=0)
    shop["referrals"] = pd.DataFrame(
        {"referral_id": ["a", "b", "c"], "referrer_customer_id": ["c0", "c9", "c9"], "invited_at": BEGAN,
         "customer_id": ["c0", "c1", "c2"], "order_id": ["o0", "o1", "o2"], "verified": [True, True, False]}
    )  # fmt: skip
    assert cx.metric(shop, "referral_share")["numerator"].item() == 1
    assert cx.metric(shop, "referral_share", rule="claimed")["numerator"].item() == 3


# --- Contracts ----------------------------------------------------------------------------------------


def contracts(lasted, ended, *, price=2_000):
    """Contracts that began 24 months before 2026 and lasted so many whole months."""
    start = pd.Timestamp("2024-01-01 03:00", tz="UTC")
    frame = pd.DataFrame({"subscription_id": [f"k{place}" for place in range(len(lasted))]})
    frame["customer_id"] = "c" + frame["subscription_id"]
    frame["cancelled_at"] = pd.to_datetime(
        [
            start + pd.DateOffset(months=int(months)) if over else pd.NaT
            for months, over in zip(lasted, ended, strict=True)
        ],
        utc=True,
    )
    return frame.assign(started_at=start, price_cents=price, billing_period="monthly", currency="BRL")


def exact(size=20_000):
    """As many contracts of each length as alpha 1.2 and beta 6 say, to the nearest whole one."""
    months = np.arange(25)
    alive = np.rint(size * special.beta(1.2, 6 + months) / special.beta(1.2, 6)).astype(int)
    lost = -np.diff(alive)
    lasted = np.concatenate([np.repeat(months[1:], lost), np.full(alive[-1], 24)])
    return contracts(lasted, np.arange(size) < lost.sum())


END = {"as_of": "2026-01-01"}


def test_237_with_people_who_differ():
    row = cx.metric(exact(), "lifetime_value", **END).iloc[0]
    assert abs(row["value"] - 23_721) < 60  # whole contracts, not fractions of them
    assert row["low"] < 23_721 < row["high"] and row["n"] == 20_000
    assert cx.metric(exact(), "lifetime_value", rule="two_years", **END)["value"].item() < 20 * 2_400


def test_114_with_one_churn_rate():
    """Of 600 contracts 100 left in the one month they were watched."""
    frame = contracts([1] * 600, [True] * 100 + [False] * 500)
    row = cx.metric(frame, "lifetime_value", rule="constant_churn", as_of="2024-02-02").iloc[0]
    assert round(row["value"]) == 11_434
    half = 1.959964 * np.sqrt(1 / 6 * 5 / 6 / 600) / (1 / 6 + 0.01)  # of the log of 1 / (churn + discount)
    assert np.allclose([row["low"], row["high"]], row["value"] * np.exp([-half, half]), rtol=1e-3)


def test_lasting_a_year_by_three_rules():
    truth = special.beta(1.2, 18) / special.beta(1.2, 6)
    rows = {
        rule: cx.metric(exact(), "contract_survival", rule=rule, **END).iloc[0]
        for rule in ("sbg", "kaplan_meier", "constant_churn")
    }
    assert np.isclose(rows["sbg"]["value"], truth, atol=1e-3) and np.isclose(
        rows["kaplan_meier"]["value"], truth, atol=1e-3
    )
    assert rows["constant_churn"]["low"] > truth
    binomial = np.sqrt(truth * (1 - truth) / 20_000)  # everybody was watched for the whole year
    half = np.diff([rows["kaplan_meier"]["low"], rows["kaplan_meier"]["high"]]) / 2
    assert np.isclose(half, 1.96 * binomial, rtol=0.02)
    assert np.diff([rows["sbg"]["low"], rows["sbg"]["high"]]) / 2 < half  # the model knows more


def test_twice_the_same_contracts_of_the_same_people_tell_nothing_new():
    once = exact(2_000)
    twice = pd.concat([once, once.assign(subscription_id="b" + once["subscription_id"])], ignore_index=True)
    a, b = (cx.metric(frame, "contract_survival", **END).iloc[0] for frame in (once, twice))
    assert np.isclose(a["low"], b["low"]) and np.isclose(a["high"], b["high"]) and b["n"] == 2 * a["n"]


def test_what_cannot_count_and_cells_no_model_can_be_made_of():
    frame = contracts([3, 5, 9, 12, 24, 24], [True, True, True, True, False, False])
    frame.loc[0, "billing_period"] = "annual"
    frame.loc[1, "cancelled_at"] = pd.Timestamp("2023-01-01", tz="UTC")
    row = cx.metric(frame, "lifetime_value", **END).iloc[0]
    assert (row["n"], row["set_aside"], row["warnings"]) == (4, 2, "impossible:1;other_billing:1;small_n")
    nobody = contracts([24] * 50, [False] * 50)
    row = cx.metric(nobody, "lifetime_value", **END).iloc[0]
    assert np.isnan(row["value"]) and row["method"].startswith("none: too few left")
    assert "too few left to tell how long they last" in cx.show(cx.metric(nobody, "lifetime_value", **END))


def test_prices_that_differ_widen_the_interval():
    frame = exact(2_000)
    mixed = frame.assign(price_cents=np.where(np.arange(2_000) % 2, 1_000, 3_000))
    widths = [
        np.diff(np.log(cx.metric(one, "lifetime_value", **END)[["low", "high"]].iloc[0].to_numpy(float)))
        for one in (frame, mixed)
    ]
    assert widths[1] > widths[0]
