"""The planted truths about contracts and referrals (T06, T17, T18), answered with what the package offers."""

import numpy as np
import pandas as pd
import pytest
from analyst import contracts, shopping

import cxlib as cx
from cxlib.inference.adjust import post_stratify
from cxlib.world import truths

Z = 1.959963984540054


@pytest.fixture(scope="module")
def shop():
    ours = cx.ipe()
    names = ("subscriptions", "tickets", "sla_policies", "orders", "customers", "order_items")
    return {name: _utc(ours.frame(name)) for name in names}


@pytest.fixture(scope="module")
def told():
    return truths()


def _utc(frame):
    """Instants as they are stored: UTC without a zone."""
    zoned = frame.select_dtypes("datetimetz").columns
    return frame.assign(**{name: frame[name].dt.tz_convert("UTC").dt.tz_localize(None) for name in zoned})


def adjusted(outcome, treated, strata):
    """Return treated less others, each with the strata of all: value and standard error."""
    everybody = strata.value_counts().to_dict()
    one, other = (post_stratify(outcome[who], strata[who], everybody) for who in (treated, ~treated))
    return one.value - other.value, float(np.hypot(one.standard_error, other.standard_error))


def test_t06_severity_explains_half_of_what_late_replies_seem_to_do(shop, told):
    cases = contracts.first_cases(shop)
    left, late = 100 * cases["left"].astype(float), cases["late"].astype(bool)
    right, error = adjusted(left, late, cases["severity"])
    naive = left[late].mean() - left[~late].mean()
    truth = told["T06"]["value"]
    assert abs(right - truth) <= 4 * error
    assert abs(naive - truth) >= 3 * error and naive > right


def test_t17_people_differ_and_one_rate_does_not_see_it(shop, told):
    plans = shop["subscriptions"]
    club = plans[(plans["plan"] != "protecao") & (plans["billing_period"] == "monthly")]
    asked = {"as_of": "2026-01-01", "source_zone": "UTC"}
    truth = told["T17"]["value"] / 100
    right = cx.metric(club, "contract_survival", **asked).iloc[0]
    error = (right["high"] - right["low"]) / (2 * Z)
    assert right["n"] == told["T17"]["units"]
    assert abs(right["value"] - truth) <= 4 * error
    naive = cx.metric(club, "contract_survival", rule="constant_churn", **asked).iloc[0]
    assert abs(naive["value"] - truth) >= 3 * (naive["high"] - naive["low"]) / (2 * Z)
    worth = {
        rule: cx.metric(club.assign(price_cents=2_000), "lifetime_value", rule=rule, **asked).iloc[0]
        for rule in ("sbg", "constant_churn")
    }
    assert worth["sbg"]["low"] < 23_721 < worth["sbg"]["high"]  # alpha 1.2, beta 6, 20.00 a month
    assert worth["constant_churn"]["high"] < 23_721


def test_t18_friends_resemble_each_other(shop, told):
    first = shopping.first_orders(shop)
    first = first[first["channel"] == "web"].reset_index(drop=True)
    category = first["order_id"].map(
        shop["order_items"].drop_duplicates("order_id").set_index("order_id")["category"]
    )
    south_east = first["state"].isin(["SP", "RJ", "MG"])
    high = pd.Series(np.where(south_east, category.isin(shopping.HIGH[True]), category.isin(shopping.HIGH[False])))
    back, referred = 100 * first["back"], first["acquisition_source"] == "referral"
    right, error = adjusted(back, referred, south_east.astype(str) + high.astype(str))
    naive = back[referred].mean() - back[~referred].mean()
    assert told["T18"]["value"] == 0 and abs(right) <= 4 * error
    assert abs(naive) >= 3 * error
