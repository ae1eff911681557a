"""Recurring revenue: the bridge to the cent, its rival rules, and what opening customers keep paying."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx

KINDS = ["new", "reactivation", "expansion", "contraction", "churn"]


def ledger(*entries):
    """Entries of (customer, month, cents), each customer with one contract."""
    frame = pd.DataFrame(entries, columns=["customer_id", "month", "amount_cents"])
    frame["effective_on"] = pd.to_datetime(frame.pop("month") + "-01").dt.date
    frame["subscription_id"] = "k" + frame["customer_id"]
    frame["entry_id"] = [f"e{place}" for place in range(len(frame))]
    return frame.assign(movement="new", currency="BRL")  # the label is never read


def opening():
    """100.00 each from 100 customers; in March 15 new, 8 returned, 3 pay 1 more ... as in the worked answer."""
    rows = [(f"c{who}", "2025-01", 10_000) for who in range(100)]
    rows += [(f"gone{who}", "2024-06", 10_000) for who in range(1)] + [("gone0", "2024-07", -10_000)]
    rows += [(f"n{who}", "2025-03", 10_000) for who in range(15)]
    rows += [(f"c{who}", "2025-03", 8_000) for who in range(10)]  # expansion 800.00
    rows += [("gone0", "2025-03", 10_000)]  # reactivation 100.00
    rows += [(f"c{who}", "2025-03", -3_000) for who in range(10, 20)]  # contraction 300.00
    rows += [(f"c{who}", "2025-03", -10_000) for who in range(20, 29)]  # churn 900.00
    return ledger(*rows)


def march(frame, **options):
    found = cx.mrr_bridge(frame, as_of="2025-04-01", **options)
    return found[found["period"] == "2025-03"].iloc[0]


def test_the_bridge_of_the_worked_answer():
    row = march(opening())
    assert row[["open", *KINDS, "close"]].tolist() == [
        1_000_000, 150_000, 10_000, 80_000, -30_000, -90_000, 1_120_000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("returning", "new", "back", "more"),
    [
        ("any_return", 150_000, 10_000, 80_000),
        ("after_3_months", 150_000, 10_000, 80_000),
        ("as_new", 160_000, 0, 80_000),
        ("as_expansion", 150_000, 0, 90_000),
    ],
)
def test_four_rules_of_coming_back(returning, new, back, more):
    row = march(opening(), returning=returning)
    assert row[["new", "reactivation", "expansion"]].tolist() == [new, back, more]
    assert row["close"] == 1_120_000


def test_back_after_a_month_is_new_where_three_are_asked():
    frame = ledger(("a", "2024-12", 100), ("a", "2025-02", -100), ("a", "2025-03", 100))
    assert march(frame, returning="after_3_months")["new"] == 100
    assert march(frame)["reactivation"] == 100  # prior 0, now 100: not an expansion


def test_a_second_contract_is_more_of_a_customer_and_new_as_a_contract():
    frame = ledger(("a", "2025-01", 100), ("a", "2025-03", 50))
    frame.loc[1, "subscription_id"] = "other"
    assert march(frame)["expansion"] == 50
    assert march(frame, grain="contract")["new"] == 50


def test_random_books_close_to_the_cent():
    generator, rows = np.random.default_rng(3), []
    for who in range(200):
        paid = 0
        for month in pd.period_range("2024-01", "2025-03", freq="M"):
            target = int(generator.choice([paid, paid, paid, 0, generator.integers(1, 9_999)]))
            rows += [(f"c{who}", str(month), target - paid)] if target != paid else []
            paid = target
    for returning in ("any_return", "after_3_months", "as_new", "as_expansion"):
        found = cx.mrr_bridge(ledger(*rows), returning=returning, as_of="2025-04-01")
        assert (found["open"] + found[KINDS].sum(axis=1) == found["close"]).all()
        assert (found["open"].iloc[1:].to_numpy() == found["close"].iloc[:-1].to_numpy()).all()
        assert found["close"].iloc[-1] == sum(cents for *_, cents in rows)


def test_books_below_zero_are_refused():
    with pytest.raises(cx.InputError, match="1 payers below zero"):
        cx.mrr_bridge(ledger(("a", "2025-01", 100), ("a", "2025-02", -200)), as_of="2025-04-01")


def test_two_currencies_are_refused():
    frame = ledger(("a", "2025-01", 100), ("b", "2025-01", 100)).assign(currency=["BRL", "USD"])
    with pytest.raises(cx.InputError, match="BRL, USD"):
        cx.mrr_bridge(frame, as_of="2025-04-01")


def test_what_the_customers_of_the_beginning_keep_paying():
    asked = {"every": "month", "as_of": "2025-04-01"}
    net = cx.metric(opening(), "revenue_retention", **asked).set_index("period").loc["2025-03"]
    gross = cx.metric(opening(), "revenue_retention", rule="gross", **asked).set_index("period").loc["2025-03"]
    assert (net["value"], net["n"], net["denominator"]) == (0.96, 100, 1_000_000)
    assert gross["value"] == 0.88
    assert net["low"] < 0.96 < net["high"]


def test_mrr_is_a_balance_at_the_end():
    found = cx.metric(opening(), "mrr", every="month", as_of="2025-04-01").set_index("period")
    assert found.loc["2025-03", ["value", "n"]].tolist() == [1_120_000, 107]
    assert found.loc["2025-03", "method"] == "none: taken from the books"
    assert cx.metric(opening(), "mrr", as_of="2025-04-01")["value"].item() == 1_120_000
    moved = cx.compare(opening(), "mrr", periods="month", as_of="2025-04-01").iloc[-1]
    assert (moved["change"], moved["verdict"]) == (120_000, "up")


def test_ipe_closes_with_its_ledger():
    shop = cx.ipe()
    found = cx.mrr_bridge(shop)
    assert found["close"].iloc[-1] == shop.frame("mrr_ledger")["amount_cents"].sum()
    assert (found["open"] + found[KINDS].sum(axis=1) == found["close"]).all()
    assert cx.metric(shop, "mrr")["value"].item() == found["close"].iloc[-1]
