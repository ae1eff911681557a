"""NPS after a purchase: who is asked, who answers, who is called, and the store that begs."""

import pandas as pd
import pytest
from analyst import purchases

BEGGING = pd.Timestamp("2025-05-01 03:00")


@pytest.fixture(scope="module")
def asked(ipe):
    return purchases.invitations(ipe)


def share(part, whole, expected):
    assert abs(part / whole - expected) < 4 * (expected * (1 - expected) / whole) ** 0.5


def test_they_are_asked_about_paid_orders_after_they_came(ipe, asked):
    paid = ipe["orders"].set_index("order_id")["paid_at"]
    orders = ipe["orders"].set_index("order_id")["status"]
    assert not asked["order_id"].map(orders).isin(["placed", "cancelled", "expired"]).any()
    assert asked["order_id"].map(paid).notna().all()
    first = asked[asked["wave"].isna()]
    assert not first["order_id"].duplicated().any()
    days = (first["sent_at"] - first["placed_at"]).dt.total_seconds() / 86_400
    assert days[first["store_id"].isna()].between(8.4, 9.6).all()
    assert days[first["store_id"].notna()].between(0.4, 1.6).all()


def test_about_seven_thousand_digital_orders(asked):
    digital = asked[asked["store_id"].isna() & asked["wave"].isna()]
    assert len(digital) == pytest.approx(7_450, rel=0.05)
    share(digital["value"].notna().sum(), len(digital), 0.40 * 0.30 + 0.30 * 0.10 + 0.30 * 0.20)
    answers = digital["value"].dropna()
    assert answers.mean() == pytest.approx(100 * (0.12 - 0.06) / 0.21, abs=4 * answers.std() / len(answers) ** 0.5)


def test_a_part_of_the_silent_is_called_and_all_of_them_answer(asked):
    digital = asked[asked["store_id"].isna()]
    first, calls = digital[digital["wave"].isna()], digital[digital["wave"] == "follow-up"]
    silent = first[first["value"].isna()].set_index("order_id")
    share(len(calls), len(silent), 0.15)
    assert calls["order_id"].isin(silent.index).all()
    assert calls["value"].notna().all()
    assert set(calls["channel"]) == {"phone"}
    assert (calls["sent_at"] - calls["order_id"].map(silent["sent_at"])).dt.days.eq(14).all()


def test_one_store_begs_and_the_others_do_not(asked):
    stores = asked[asked["store_id"].notna()]
    begs = (stores["store_id"] == "s17") & (stores["placed_at"] >= BEGGING)
    for group, rate, ten in ((stores[begs], 0.55, 0.70 + 0.30 * 0.40 * 0.55), (stores[~begs], 0.20, 0.40 * 0.55)):
        answers = group["score"].dropna()
        share(len(answers), len(group), rate)
        share((answers == 10).sum(), len(answers), ten)
    assert purchases.flagged(stores[stores["placed_at"] >= BEGGING]) == ["s17"]
    assert purchases.flagged(stores[stores["placed_at"] < BEGGING]) == []
