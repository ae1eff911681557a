"""Churn, retention and repeat purchase against their worked answers and against plain Python on random histories."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx

ZONE = "America/Sao_Paulo"


def at(text):
    return pd.Timestamp(text, tz=ZONE)


def contracts():
    """400 run when March begins, 20 of them end in it; 50 join in March, 5 of which end in it too."""
    old = pd.DataFrame({"started_at": [at("2025-01-10")] * 400})
    old["cancelled_at"] = [at("2025-03-15")] * 20 + [pd.NaT] * 380
    new = pd.DataFrame({"started_at": [at("2025-03-05")] * 50})
    new["cancelled_at"] = [at("2025-03-25")] * 5 + [pd.NaT] * 45
    frame = pd.concat([old, new], ignore_index=True)
    frame["subscription_id"] = frame["customer_id"] = [f"k{place}" for place in range(450)]
    return frame.assign(price_cents=10_000, billing_period="monthly", currency="BRL")


def march(frame, **asked):
    found = cx.metric(frame, "churn_rate", every="month", as_of="2025-05-01", **asked)
    return found[found["period"] == "2025-03"].iloc[0]


def test_who_joins_in_the_month_is_no_base():
    row = march(contracts())
    assert (row["n"], row["numerator"], row["value"]) == (400, 20, 0.05)
    assert [row["low"], row["high"]] == pytest.approx([0.0326, 0.0760], abs=5e-5)
    assert 1 - (1 - row["value"]) ** 12 == pytest.approx(0.4596, abs=5e-5)  # a year, not twelve times


def test_failed_payments_are_not_choices_and_revenue_is_not_contracts():
    frame = contracts().assign(involuntary=[True] * 8 + [False] * 442)
    assert march(frame, rule="by_choice")["numerator"] == 12
    frame.loc[:19, "price_cents"] = 20_000  # those who leave pay double
    assert march(frame, rule="revenue")["value"] == pytest.approx(20 * 200 / (20 * 200 + 380 * 100))


def test_a_year_paid_at_once_is_twelve_months():
    frame = contracts().assign(price_cents=118_800, billing_period="annual")
    assert march(frame, rule="revenue")["denominator"] == pytest.approx(400 * 9_900)


def test_a_month_that_is_not_over_is_set_aside():
    found = cx.metric(contracts(), "churn_rate", every="month", as_of="2025-04-10")
    april = found[found["period"] == "2025-04"].iloc[0]
    assert (april["n"], april["set_aside"]) == (0, 425)


def orders(*histories):
    """One customer for each list of days."""
    rows = [(f"c{who}", at(day)) for who, days in enumerate(histories) for day in days]
    frame = pd.DataFrame(rows, columns=["customer_id", "paid_at"])
    frame["order_id"] = [f"o{place}" for place in range(len(frame))]
    return frame.assign(placed_at=frame["paid_at"], total_cents=100, currency="BRL")


def test_active_in_the_month_and_active_in_every_month():
    # 200 customers: two months later 120 buy, of whom 10 had not bought in between.
    stay, back, gone = ["2025-01-05", "2025-02-05", "2025-03-05"], ["2025-01-05", "2025-03-05"], ["2025-01-05"]
    frame = orders(*[stay] * 110, *[back] * 10, *[gone] * 80)
    asked = {"by": "months_since", "as_of": "2025-05-01"}
    classic = cx.metric(frame, "retention", **asked).set_index("months_since")
    unbroken = cx.metric(frame, "retention", rule="unbroken", **asked).set_index("months_since")
    assert classic.loc[2, ["value", "n"]].tolist() == [0.60, 200]
    assert unbroken.loc[2, "value"] == 0.55
    assert classic.loc[1, "value"] == unbroken.loc[1, "value"] == 0.55


def test_cohorts_are_a_plain_count_of_random_histories():
    generator = np.random.default_rng(5)
    months = pd.period_range("2024-01", "2024-08", freq="M")
    histories = [
        [f"{month}-{generator.integers(1, 28):02d}" for month in months if generator.random() < 0.4] or ["2024-03-03"]
        for _ in range(60)
    ]
    found = cx.metric(orders(*histories), "retention", by="months_since", every="month", as_of="2024-09-01")
    for row in found.to_dict("records"):
        cohort, later = pd.Period(row["period"], "M"), pd.Period(row["period"], "M") + int(row["months_since"])
        seen = [{pd.Period(day, "M") for day in days} for days in histories if pd.Period(min(days), "M") == cohort]
        if later < pd.Period("2024-09", "M"):
            assert (row["n"], row["numerator"]) == (len(seen), sum(later in one for one in seen))
        else:
            assert (row["n"], row["set_aside"]) == (0, len(seen))


def test_a_cohort_whose_month_is_not_over_is_masked():
    found = cx.metric(orders(*[["2025-01-05"]] * 40), "retention", by="months_since", as_of="2025-03-10").set_index(
        "months_since"
    )
    assert (found.loc[1, "n"], found.loc[2, "n"], found.loc[2, "set_aside"]) == (40, 0, 40)


def buyers():
    """300 whose first order is old enough, 84 of them come back in time; 120 who began last month."""
    again, late, once = ["2025-01-05", "2025-02-20"], ["2025-01-05", "2025-06-20"], ["2025-01-05"]
    return orders(*[again] * 84, *[late] * 16, *[once] * 200, *[["2025-06-10"]] * 120)


def test_those_who_just_began_are_no_base():
    row = cx.metric(buyers(), "repeat_rate", as_of="2025-07-01").iloc[0]
    assert (row["value"], row["n"], row["set_aside"]) == (0.28, 300, 120)
    assert [row["low"], row["high"]] == pytest.approx([0.232, 0.333], abs=5e-4)
    assert cx.metric(buyers(), "repeat_rate", rule="everybody", as_of="2025-07-01")["value"].item() == 0.2


def test_an_order_never_paid_is_no_order():
    frame = buyers()
    frame.loc[frame["order_id"] == "o1", "paid_at"] = pd.NaT
    assert cx.metric(frame, "repeat_rate", as_of="2025-07-01")["numerator"].item() == 83
