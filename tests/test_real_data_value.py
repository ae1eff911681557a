"""Value on real customers, where they are at hand: CDNOW, a year of grocery baskets, and a telco's tenures.

The files are named by `CX_SHARED` or stand in `../shared`; nothing of them is here, and what is known of them is read
from the SOURCES.md beside them, but for figures published in papers.
"""

import re

import numpy as np
import pandas as pd
import pytest
from test_real_data import SHARED

import cxlib as cx
from cxlib.inference import buying, lifetime


def known(name):
    folder = SHARED / name
    if not folder.exists():
        pytest.skip(f"the real sample {name} is not here: set CX_SHARED to the folder that holds real-data/{name}")
    text = (folder / "SOURCES.md").read_text(encoding="utf-8")
    return folder, re.search(r"^- Reference figures:.*$", text, re.M)[0]


def numbers(text, pattern):
    return [float(found.replace(",", "")) for found in re.search(pattern, text).groups()]


def test_cdnow_gives_the_published_buyers():
    folder, figures = known("cdnow")
    people = pd.read_csv(folder / "cdnow_bgnbd_summary_2357.csv")
    r, alpha, a, b, likelihood = numbers(figures, r"r (\.\d+), alpha (\d\.\d+), a (\.\d+), b (\d\.\d+), LL (-[\d.]+)")
    model = buying.bg_nbd(people["frequency"], people["recency"], people["T"], start=(100, 0.01, 0.01, 50))
    assert np.allclose([model.r, model.alpha, model.a, model.b], [r, alpha, a, b], atol=6e-4)
    assert round(model.log_likelihood, 1) == likelihood


def test_cdnow_gives_the_published_spending_and_segments():
    folder, figures = known("cdnow")
    bought = pd.read_parquet(folder / "cdnow_sample_transactions.parquet")
    (rows,) = numbers(figures, r"sample: ([\d,]+) transactions")
    assert len(bought) == rows
    days = bought[bought["date"] <= "1997-09-30"].groupby(["sample_id", "date"])["amount"].sum().reset_index()
    later = days[days["date"] > days.groupby("sample_id")["date"].transform("min")]
    repeats = later.groupby("sample_id")["amount"].agg(["size", "mean"])
    model = buying.gamma_gamma(repeats["size"], repeats["mean"])
    # Fader & Hardie 2013: p 6.25, q 3.74, gamma 15.44, of 946 customers who came back.
    assert len(repeats) == 946
    assert [round(model.p, 2), round(model.q, 2), round(model.gamma, 2)] == [6.25, 3.74, 15.44]
    moment = bought["date"].dt.tz_localize("UTC")
    orders = pd.DataFrame({"order_id": [f"o{n}" for n in range(len(bought))], "placed_at": moment, "paid_at": moment})
    orders = orders.assign(customer_id=bought["sample_id"].astype(str), currency="USD")
    orders["total_cents"] = (100 * bought["amount"]).round().astype(int)
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["-"], "requested_at": moment[:1], "refunded_cents": [0]})
    found = cx.rfm({"orders": orders, "returns": returns})
    assert (
        found["n"].sum() == bought["sample_id"].nunique()
        and found["revenue_cents"].sum() == orders["total_cents"].sum()
    )
    best = found.set_index("segment").loc["champions"]
    assert best["revenue_share"] > 2 * best["share"] and best["same"] > best["by_chance"]


def test_cdnow_is_worth_what_the_published_models_say():
    """The public call fits what the papers fitted: means within a percent, both for its buyers and a newcomer."""
    folder, _ = known("cdnow")
    people = pd.read_csv(folder / "cdnow_bgnbd_summary_2357.csv")
    bought = pd.read_parquet(folder / "cdnow_sample_transactions.parquet")
    moment = bought["date"].dt.tz_localize("UTC")
    orders = pd.DataFrame({"order_id": [f"o{n}" for n in range(len(bought))], "placed_at": moment, "paid_at": moment})
    orders = orders.assign(customer_id=bought["sample_id"].astype(str), currency="USD")
    orders["total_cents"] = (100 * bought["amount"]).round().astype(int)
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["-"], "requested_at": moment[:1], "refunded_cents": [0]})
    shop = cx.open_dataset({"orders": orders, "returns": returns}, zone="UTC")
    days = bought[bought["date"] <= "1997-09-30"].groupby(["sample_id", "date"])["amount"].sum().reset_index()
    later = days[days["date"] > days.groupby("sample_id")["date"].transform("min")]
    mean = later.groupby("sample_id")["amount"].mean().reindex(people["ID"]).fillna(0).to_numpy()
    # Fader, Hardie & Lee 2005, table 2, in weeks; Fader & Hardie 2013.
    often = buying.Buying(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, interior=True)
    much = buying.Spending(p=6.25, q=3.74, gamma=15.44, log_likelihood=0.0)
    x, tx, t = (people[name] for name in ("frequency", "recency", "T"))
    expected = buying.expected_next(often, x, tx, t, 365 / 7) * buying.expected_value(much, x, mean)
    newcomer = buying.expected_repeats(often, 365 / 7) * buying.expected_value(much, 0, 0)
    for rule, published in [("next_year", expected.mean()), ("newcomer", float(newcomer))]:
        found = cx.metric(shop, "buyer_lifetime_value", rule=rule, as_of="1997-10-01").iloc[0]
        assert found["n"] == 2_357
        assert np.isclose(found["value"], 100 * published, rtol=0.01)
        assert found["low"] < 100 * published < found["high"]


def test_a_half_year_of_baskets():
    folder, figures = known("completejourney")
    lines, households, baskets, sales = numbers(
        figures, r"weeks 1-26: ([\d,]+) lines, ([\d,]+) households, ([\d,]+) baskets, ([\d,]+\.\d+)"
    )
    bought = pd.read_parquet(
        folder / "transactions_weeks_1_26.parquet",
        columns=["household_id", "basket_id", "sales_value", "transaction_timestamp"],
    )
    assert len(bought) == lines
    each = bought.groupby("basket_id").agg(
        customer_id=("household_id", "first"),
        cents=("sales_value", "sum"),
        placed_at=("transaction_timestamp", "min"),
    )
    moment = pd.to_datetime(each["placed_at"]).dt.tz_localize(None).dt.tz_localize("UTC").array
    orders = pd.DataFrame(
        {"order_id": each.index.astype(str), "customer_id": each["customer_id"].astype(str).to_numpy()}
    )
    orders = orders.assign(placed_at=moment, paid_at=moment, currency="USD")
    orders["total_cents"] = (100 * each["cents"]).round().astype(int).to_numpy()
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["-"], "refunded_cents": [0]})
    returns["requested_at"] = orders["placed_at"].iloc[0]
    shop = {"orders": orders, "returns": returns}
    per = cx.metric(shop, "net_revenue_per_customer", rule="paid").iloc[0]
    assert (per["n"], len(orders)) == (households, baskets)
    assert abs(per["numerator"] / 100 - sales) < 1
    assert np.isclose(per["value"], 100 * sales / households, rtol=1e-6)
    segments = cx.rfm(shop)
    # A basket of nothing paid (all of it coupons) is a sale of 0 here, and counts.
    assert segments["n"].sum() + segments.attrs["set_aside"].get("cancelled", 0) >= households - 5


def test_a_telco_whose_customers_differ():
    folder, figures = known("telco-churn-ibm")
    people = pd.read_parquet(folder / "telco_churn.parquet")
    rows, lost, share = numbers(figures, r"([\d,]+) rows, churn ([\d,]+) = (\d+\.\d+)%")
    left = people["churn"].astype(str).isin(["Yes", "1", "True"])
    assert (len(people), left.sum(), round(100 * left.mean(), 2)) == (rows, lost, share)
    seen = people["tenure"] > 0
    there, gone = lifetime.at_risk_and_lost(people["tenure"][seen], left[seen], np.ones(seen.sum()))
    assert there[0] == seen.sum() and gone.sum() == left[seen].sum()
    model = lifetime.shifted_beta_geometric(there, gone)
    counted = np.cumprod(1 - gone / there)
    modelled = lifetime.survival(model.alpha, model.beta, np.arange(1, len(there) + 1))
    one_rate = (1 - gone.sum() / there.sum()) ** np.arange(1, len(there) + 1)
    assert np.abs(modelled - counted).max() < np.abs(one_rate - counted).max()
    rate = gone.sum() / there.sum()
    alike = gone.sum() * np.log(rate) + (there - gone).sum() * np.log(1 - rate)
    assert 2 * (model.log_likelihood - alike) > 100  # one more parameter; 3.8 would do
