"""One name, several definitions: tiny data on which trusted systems disagree, with the number each of them gives."""

import pandas as pd
import pytest

import cxlib as cx

DAY = pd.Timestamp("2025-03-03 12:00", tz="UTC")


def test_a_published_nps_with_its_margin():
    # cybaea.net 2016: 291 promoters, 476 passives, 395 detractors of 1,162: -9, give or take 4.4.
    row = cx.nps(promoters=291, passives=476, detractors=395, rule="wald").iloc[0]
    assert (round(row["value"], 2), row["n"]) == (-8.95, 1_162)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(4.4, abs=0.05)


def test_when_all_are_promoters_the_interval_is_not_nothing():
    # Rocks 2016: three answers more, three quarters of each extreme; the plain formula has no width at one.
    row = cx.nps(promoters=25, passives=0, detractors=0).iloc[0]
    share_up, share_down, n = 25.75 / 28, 0.75 / 28, 28
    error = ((share_up + share_down - (share_up - share_down) ** 2) / n) ** 0.5
    assert row["low"] == pytest.approx(100 * (share_up - share_down - 1.959964 * error), abs=1e-4)
    assert row["low"] < row["value"] <= row["high"] or row["high"] == 100


def visit(pages, interactions, seconds, goals):
    return {"page_views": pages, "interactions": interactions, "engagement_seconds": seconds, "key_events": goals}


@pytest.mark.parametrize(
    ("row", "ua", "ga4"),
    [
        (visit(1, 1, 180, 0), 1, 0),  # three minutes on one page
        (visit(1, 2, 8, 0), 0, 1),  # two interactions on one page within ten seconds
        (visit(1, 1, 3, 0), 1, 1),
        (visit(1, 1, 3, 1), 1, 0),  # a goal at once
        (visit(2, 2, 1, 0), 0, 0),
    ],
)
def test_neither_bounce_holds_the_other(row, ua, ga4):
    frame = pd.DataFrame([{"session_id": "s", "started_at": DAY, **row}])
    assert cx.metric(frame, "bounce_rate", rule="ua")["value"].item() == ua
    assert cx.metric(frame, "bounce_rate", rule="ga4")["value"].item() == ga4


def test_bounce_of_the_five_visits():
    rows = [visit(1, 1, 5, 0), visit(1, 1, 40, 0), visit(2, 2, 8, 0), visit(1, 1, 3, 1), visit(1, 1, 9, 0)]
    frame = pd.DataFrame(rows).assign(session_id=list("abcde"), started_at=DAY, identity_id=list("vwxyz"))
    # The table of the specification calls the visit with a goal no bounce of UA: the goal is a second interaction.
    frame.loc[3, "interactions"] = 2
    assert cx.metric(frame, "bounce_rate", rule="ua")["value"].item() == 0.6
    assert cx.metric(frame, "bounce_rate", rule="ga4")["value"].item() == 0.4


def test_order_value_is_no_mean_of_customers_means():
    orders = pd.DataFrame({"order_id": list("abcd"), "customer_id": list("AAAB"), "total_cents": [10, 10, 10, 90]})
    orders = orders.assign(placed_at=DAY, paid_at=DAY, currency="BRL")
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["a"], "refunded_cents": [0], "requested_at": [DAY]})
    row = cx.metric({"orders": orders, "returns": returns}, "average_order_value").iloc[0]
    assert row["value"] == 30 != (10 + 90) / 2


def test_gross_and_net_churn_of_revenue_as_published():
    # ChartMogul: of 100 at the start, 10 churn, 10 contract and 10 expand: gross churn 20 %, net 10 %.
    moves = [("gone", "01", 10), ("less", "01", 30), ("more", "01", 20), ("same", "01", 40),
             ("gone", "02", -10), ("less", "02", -10), ("more", "02", 10)]  # fmt: skip
    frame = pd.DataFrame(moves, columns=["customer_id", "month", "amount_cents"])
    frame["effective_on"] = pd.to_datetime("2025-" + frame.pop("month") + "-15").dt.date
    frame = frame.assign(entry_id=[str(place) for place in range(7)], subscription_id=frame["customer_id"],
                         movement="new", currency="BRL")  # fmt: skip
    asked = {"every": "month", "as_of": "2025-03-01"}
    kept = {
        rule: cx.metric(frame, "revenue_retention", rule=rule, **asked).set_index("period").loc["2025-02", "value"]
        for rule in ("gross", "net")
    }
    assert kept == {"gross": pytest.approx(0.8), "net": pytest.approx(0.9)}


def test_an_empty_group_has_no_number():
    frame = pd.DataFrame({"score": [9, None], "channel": ["web", "app"]})
    row = cx.nps(frame, by="channel").set_index("channel").loc["app"]
    assert row["n"] == 0 and pd.isna(row["value"]) and row["method"] == "none: no valid answer"
