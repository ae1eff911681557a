"""The page of realism: measures checked by hand, and every sentence on it that the figures must bear out."""

import json

import pandas as pd
import pytest

import cxlib as cx
from building import measures
from building.realism import REAL, ROWS, table


@pytest.fixture(scope="module")
def figures():
    real, own = json.loads(REAL.read_text(encoding="utf-8")), measures.of_ipe(cx.ipe())
    assert set(real) == set(own)
    return {topic: own[topic] | real[topic] for topic in own}


DAYS = pd.Series(
    pd.to_datetime(
        ["2024-01-01 10:00", "2024-01-01 12:00", "2024-01-08 09:00", "2025-12-01 09:00", "2024-01-06 09:00"]
    )
)
WHO = pd.Series(["ana", "ana", "ana", "ana", "bia"])


def test_order_days_by_hand():
    """Ana orders on two days of the 455, a third one later; Bia once."""
    found = measures.orders_per_customer(WHO, DAYS)
    assert (found["1"], found["2"], found["mean"], found["n"]) == (0.5, 0.5, 1.5, 2)


def test_gaps_by_hand():
    found = measures.gaps(WHO, DAYS)
    assert (found["0.5"], found["n"]) == ((7 + 693) / 2, 2)


def test_shares_by_hand():
    assert measures.weekdays(DAYS)["0"] == 4 / 5
    assert measures.weekdays(DAYS, pd.Series([1, 1, 1, 1, 4]))["5"] == 0.5
    assert measures.stars(pd.Series([1, 5, 5, None])) == {
        "1": 1 / 3, "2": 0, "3": 0, "4": 0, "5": 2 / 3, "n": 3, "mean": 11 / 3,
    }  # fmt: skip
    assert measures.hours(pd.Series([5, 6, 18, 23])) == {"0-5": 0.25, "6-11": 0.25, "12-17": 0, "18-23": 0.5, "n": 4}


def test_only_aggregates_of_real_data_are_kept():
    assert REAL.stat().st_size < 20_000
    for rows in json.loads(REAL.read_text(encoding="utf-8")).values():
        assert set(rows) <= set(ROWS)
        assert min(row["n"] for row in rows.values()) >= 500


def test_tables_have_both_languages(figures):
    assert "| **Ipê** |" in table("orders", figures["orders"], "en")
    assert "| margem, no máximo | n |" in table("orders", figures["orders"], "pt-BR")


def test_what_the_page_says_is_so(figures):
    orders, gaps, stars = figures["orders"], figures["gaps"], figures["stars"]
    assert orders["cdnow"]["1"] > 0.5
    assert orders["ipe"]["2"] + orders["ipe"]["3-5"] > 0.5
    assert abs(orders["ipe"]["mean"] - orders["cdnow"]["mean"]) < 0.5
    assert orders["ipe"]["11+"] < orders["cdnow"]["11+"]
    assert gaps["completejourney"]["0.5"] < 7 < gaps["cdnow"]["0.5"] < 60 < gaps["ipe"]["0.5"]
    assert min(stars["b2w"]["1"], stars["olist"]["1"]) > 2 * max(stars["ipe_csat"]["1"], stars["ipe_exit"]["1"])
    for row in figures["durations"].values():
        assert row["0.9"] > 5 * row["0.5"]
    weeks, contacts = figures["weekdays"], figures["contacts"]
    assert top(weeks["ipe"]) == "4"
    assert min(weeks["olist"], key=lambda day: weeks["olist"][day] if day.isdigit() else 1) == "5"
    assert top(weeks["grocery_store"]) == "5"
    assert top(contacts["ipe"]) == top(contacts["bank"]) == "0" != top(contacts["helpdesk"])
    assert contacts["bank"]["5"] == contacts["bank"]["6"] == 0
    months, hours = figures["months"], figures["hours"]
    assert max(months["ipe"][month] for month in months["ipe"] if month != "n") < 0.13
    assert hours["ipe_digital"]["18-23"] > 1.5 * hours["grocery_online"]["18-23"]
    assert hours["ipe_store"]["6-11"] < hours["grocery_store"]["6-11"]


def top(shares):
    return max((name for name in shares if name.isdigit()), key=lambda name: shares[name])
