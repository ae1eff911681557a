"""The answers of lesson 4 against outside sources: worked by hand, by scipy and statsmodels, by the planted truth."""

import numpy as np
import pytest

import cxlib as cx
from cxlib.learning.lessons.conversion_ticket_cart import exercises as lesson
from cxlib.world.build import truths


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


def answer(key, shop=None):
    return next(one for one in lesson.EXERCISES if one.key == key).right(shop)


def mistakes(key, shop=None):
    return {one.name: one.answer(shop) for one in next(one for one in lesson.EXERCISES if one.key == key).wrong}


def test_six_visitors_by_hand():
    assert answer("orders_per_visit") == 0.5
    assert mistakes("orders_per_visit")["mean-of-ratios"] == pytest.approx(0.383, abs=5e-4)


def test_their_standard_error_is_that_of_statsmodels_with_clustered_visits():
    # Each visit a row, the orders of a visitor spread over the visits: the residuals of a visitor add up alike.
    import statsmodels.api as sm

    table = lesson.six_visitors(None)
    visitor = np.repeat(np.arange(6), table["visits"])
    orders = np.repeat((table["orders"] / table["visits"]).to_numpy(), table["visits"])
    fit = sm.OLS(orders, np.ones(12)).fit()
    clustered = fit.get_robustcov_results("cluster", groups=visitor, use_correction=False)
    assert answer("standard_error") == pytest.approx(float(clustered.bse[0]) * (6 / 5) ** 0.5)
    assert answer("standard_error") == pytest.approx(0.1826, abs=5e-5)
    assert mistakes("standard_error")["visits-as-independent"] == pytest.approx(0.1443, abs=5e-5)


def test_four_orders_by_hand():
    four = lesson.four_orders(None)
    assert answer("kept_ticket")(four) == 200
    wrong = {name: function(four) for name, function in mistakes("kept_ticket").items()}
    assert wrong["gross-for-net"] == 165
    assert wrong["refunded-in-the-denominator"] == 150
    assert wrong["per-customer"] == 300


def test_the_kept_ticket_of_all_orders_is_the_metric_by_its_net_rule(shop):
    net = cx.metric(shop, "average_order_value", rule="net")["value"].iloc[0] / 100
    assert lesson.kept_ticket(lesson.orders(shop)) == pytest.approx(net)


def test_ten_carts_by_hand():
    assert answer("lost_carts") == pytest.approx(0.556, abs=5e-4)
    wrong = mistakes("lost_carts")
    assert wrong["all-that-dashboards-show"] == pytest.approx(0.70)
    assert wrong["store-counted-as-lost"] == pytest.approx(0.667, abs=5e-4)
    carts = lesson.ten_carts(None)
    assert carts["bought"].eq("online").sum() == 3 and carts["bought"].eq("store").sum() == 1
    assert carts["age_hours"].lt(24).sum() == 1 and len(carts) == 10


def test_visit_conversion_is_the_metric(shop):
    assert answer("visit_conversion", shop) == pytest.approx(cx.metric(shop, "conversion_rate")["value"].iloc[0])


def test_the_effect_is_the_interaction_of_a_regression(shop):
    import statsmodels.api as sm

    carts = lesson.carts(shop)
    inside, after = carts["cart_value"].eq("99-199").to_numpy(float), carts["period"].eq("after").to_numpy(float)
    columns = np.column_stack([np.ones(len(carts)), inside, after, inside * after])
    fit = sm.OLS(100 * carts["abandoned"].to_numpy(float), columns).fit(cov_type="HC0")
    assert answer("floor_effect", shop) == pytest.approx(fit.params[3])
    middle, error = fit.params[3], fit.bse[3]
    assert answer("effect_interval", shop) == pytest.approx((middle - 1.96 * error, middle + 1.96 * error))


def test_the_interval_holds_the_planted_truth_and_the_slides_would_not(shop):
    truth = truths(**{key: shop.world[key] for key in ("seed", "scale")})["T05"]["value"]
    low, high = answer("effect_interval", shop)
    assert low < truth < high
    naive = mistakes("floor_effect", shop)["before-and-after"]
    error = lesson._error_inside(shop)
    assert naive - 1.96 * error > truth


def test_like_with_like_by_published_numbers():
    app, store = 30.47, 34.88  # standardised to the mix of all; pooled 38.75 and 27.39
    assert answer("channel_gap") == pytest.approx(store - app, abs=0.011)
    assert mistakes("channel_gap")["pooled"] == pytest.approx(27.39 - 38.75, abs=0.011)


def test_a_year_counts_each_customer_once(shop):
    orders = shop.frame("orders")
    bought = set(orders.loc[orders["placed_at"].dt.year.eq(2025), "customer_id"].dropna())
    customers = shop.frame("customers")
    there = set(customers.loc[customers["signed_up_at"].dt.year < 2025, "customer_id"])
    assert answer("year_share", shop) == pytest.approx(len(bought & there) / len(there))


def test_the_page_says_what_the_interval_says(shop, monkeypatch):
    recommendation = lesson.TEXTS["recommendation"]
    assert recommendation.choose(shop) == "seen"
    monkeypatch.setattr(lesson, "_effect_error", lambda shop: 50.0)
    assert recommendation.choose(shop) == "not_seen"
