"""Real companies' figures as their sources publish them. Skipped where the data are not at hand."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxlib as cx

SHARED = Path(os.environ.get("CX_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "real-data"


def at_hand(name, file):
    path = SHARED / name / file
    if not path.exists():
        pytest.skip(f"the real sample {name} is not here")
    text = (SHARED / name / "SOURCES.md").read_text(encoding="utf-8")
    return pd.read_parquet(path), re.search(r"^- Reference figures: (.*)$", text, re.M)[1]


def number(pattern, text):
    return float(re.search(pattern, text)[1].replace(",", ""))


def test_online_shoppers_convert_as_published():
    frame, figures = at_hand("online-shoppers", "sessions_even_rows.parquet")
    visits = pd.DataFrame({"session_id": np.arange(len(frame)).astype(str), "started_at": "2025-01-01T12:00Z"})
    visits = visits.assign(key_events=frame["Revenue"].astype(int).to_numpy(), medium=frame["VisitorType"].to_numpy())
    row = cx.metric(visits, "conversion_rate").iloc[0]
    assert round(100 * row["value"], 2) == number(r"even rows (\d+\.\d+)%", figures)
    # The published share of the whole, of which these are every second row, is inside the interval.
    assert row["low"] < number(r"= (\d+\.\d+)%", figures) / 100 < row["high"]
    shares = cx.metric(visits.assign(source=visits["medium"]), "traffic_share", by="source").set_index("source")
    assert shares["numerator"].to_dict() == frame["VisitorType"].value_counts().to_dict()


def test_telco_customers_leave_as_published():
    frame, figures = at_hand("telco-churn-ibm", "telco_churn.parquet")
    left = frame["churn"].astype(str).isin(["Yes", "True", "1"])
    began, ended = pd.Timestamp("2025-01-10", tz="UTC"), pd.Timestamp("2025-03-15", tz="UTC")
    contracts = pd.DataFrame({"subscription_id": np.arange(len(frame)).astype(str), "started_at": began})
    cents = (frame["monthly_charges"] * 100).round().astype(int).to_numpy()
    contracts = contracts.assign(cancelled_at=pd.Series([ended] * len(frame)).where(left.to_numpy()), currency="USD",
                                 price_cents=cents)  # fmt: skip
    found = cx.metric(contracts, "churn_rate", every="month", as_of="2025-05-01").set_index("period")
    march = found.loc["2025-03"]
    assert march["n"] == number(r"([\d,]+) rows", figures)
    assert march["numerator"] == number(r"churn ([\d,]+) =", figures)
    assert round(100 * march["value"], 2) == number(r"= (\d+\.\d+)%", figures)


def test_the_cases_of_a_help_desk_are_as_many_as_published():
    frame, figures = at_hand("helpdesk-log", "helpdesk_events.parquet")
    at = pd.to_datetime(frame["CompleteTimestamp"], utc=True)
    by_case = at.groupby(frame["CaseID"])
    tickets = pd.DataFrame({"created_at": by_case.min(), "solved_at": by_case.max()}).reset_index(drop=True)
    tickets["ticket_id"] = np.arange(len(tickets)).astype(str)
    row = cx.metric(tickets, "resolution_time").iloc[0]
    assert len(frame) == number(r"([\d,]+) events", figures)
    assert row["n"] == number(r"([\d,]+) cases", figures)
    minutes = (tickets["solved_at"] - tickets["created_at"]).dt.total_seconds() / 60
    assert row["value"] == pytest.approx(minutes.median())
    assert row["low"] <= row["value"] <= row["high"]


def test_baskets_of_a_grocer_add_up_as_published():
    frame, figures = at_hand("completejourney", "transactions_weeks_1_26.parquet")
    ours = figures[figures.index("weeks 1-26") :]
    baskets = frame.groupby("basket_id").agg(
        customer_id=("household_id", "first"),
        placed_at=("transaction_timestamp", "min"),
        total=("sales_value", "sum"),
    )
    orders = pd.DataFrame({"order_id": baskets.index.astype(str), "customer_id": baskets["customer_id"].astype(str)})
    at = pd.to_datetime(baskets["placed_at"]).to_numpy()
    orders = orders.assign(placed_at=pd.Series(at).dt.tz_localize("UTC").to_numpy(), currency="USD",
                           total_cents=(baskets["total"] * 100).round().astype(int).to_numpy())  # fmt: skip
    orders["paid_at"] = orders["placed_at"]
    returns = pd.DataFrame({"order_id": pd.Series([], dtype="str"), "refunded_cents": pd.Series([], dtype="int64")})
    data = cx.open_dataset({"orders": orders, "returns": returns.assign(return_id=pd.Series([], dtype="str"))},
                           source_zone="UTC")  # fmt: skip
    row = cx.metric(data, "average_order_value").iloc[0]
    assert row["n"] == number(r"([\d,]+) baskets", ours)
    assert row["numerator"] / 100 == pytest.approx(number(r"baskets, ([\d,.]+\d)", ours), abs=0.01)
    assert f"{number(r'([0-9,]+) households', ours):.0f} customers" in row["method"]
