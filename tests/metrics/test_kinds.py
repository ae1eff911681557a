"""What every kind of metric shares: units as n, lengths, totals that are not people, comparisons of all of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.inference.comparison import errors_from_intervals

SHOWN = pd.DataFrame(
    {
        "spend_id": ["a", "b"],
        "date_on": ["2025-01-01", "2025-01-02"],
        "source": ["google", "instagram"],
        "impressions": [1500, 500],
        "clicks": [40, 10],
        "viewers": [1000, 250],
        "clickers": [30, 10],
    }
)
WAITS = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]


def tickets(minutes, **columns):
    opened = pd.Timestamp("2025-03-03 12:00", tz="UTC")
    replied = [pd.NaT if one is None else opened + pd.Timedelta(minutes=one) for one in minutes]
    names = [f"t{place}" for place in range(len(minutes))]
    return pd.DataFrame({"ticket_id": names, "created_at": opened, "first_human_reply_at": replied} | columns)


def test_units_are_the_n():
    one = pd.DataFrame(SHOWN[["impressions", "clicks", "viewers", "clickers"]].sum()).T.assign(
        spend_id="a", date_on="2025-01-01"
    )
    row = cx.metric(one, "click_through_rate").iloc[0]
    assert (row["n"], row["numerator"], row["denominator"]) == (2000, 50, 2000)
    assert [row["value"], row["low"], row["high"]] == pytest.approx([0.025, 0.0190, 0.0328], abs=5e-5)
    people = cx.metric(one, "click_through_rate", rule="people").iloc[0]
    assert (people["value"], people["n"]) == (0.032, 1250)


def test_local_days_are_cut_as_they_stand():
    frame = cx.metric(SHOWN, "click_through_rate", every="day", start="2025-01-01", end="2025-01-03")
    assert frame["period"].tolist() == ["2025-01-01", "2025-01-02"]
    assert cx.metric(SHOWN, "click_through_rate", start="2025-01-02")["n"].item() == 500


def test_a_median_with_its_n_and_interval():
    row = cx.metric(tickets(WAITS), "first_response_time").iloc[0]
    assert [row[name] for name in ("value", "low", "high", "n")] == [11, 6, 22, 20]
    assert cx.metric(tickets(WAITS), "first_response_time", rule="mean_of_finished")["value"].item() == 43.7
    assert str(cx.show(cx.metric(tickets(WAITS), "first_response_time"))) == (
        "first response time 11 min (6 min to 22 min), n = 20; small n"
    )


def test_those_who_still_wait_count_as_waiting():
    some = tickets([5] * 50 + [60] * 10 + [None] * 40)
    row = cx.metric(some, "first_response_time", as_of="2025-03-05").iloc[0]
    assert row["n"] == 100 and row["numerator"] == 60
    assert row["method"] == "Kaplan-Meier 95%, 40 still open"
    assert row["value"] == 5  # exactly half are answered within 5 minutes; of those that are over it is five sixths
    assert row["high"] == 60


def test_a_reply_before_the_question_is_set_aside():
    row = cx.metric(tickets([5, 6, -1]), "first_response_time").iloc[0]
    assert (row["n"], row["set_aside"], row["warnings"]) == (2, 1, "impossible:1;small_n")


def test_durations_are_compared():
    both = pd.concat([tickets(WAITS * 4, channel="chat"), tickets([9 * one for one in WAITS * 4], channel="email")])
    both["ticket_id"] = [f"t{place}" for place in range(len(both))]
    frame = cx.compare(both, "first_response_time", groups="channel")
    assert frame["verdict"].tolist() == ["down", "up"]
    row = frame.iloc[0]
    email = cx.metric(both[both.channel == "email"], "first_response_time").iloc[0]
    assert [row["value_from"], row["n_from"]] == [email["value"], email["n"]]


def test_the_errors_of_a_difference_face_each_other():
    # Zou & Donner 2008: L = d - sqrt((b - lb)^2 + (ua - a)^2)
    below, above = errors_from_intervals((0.5, 0.4, 0.7), (0.9, 0.6, 1.0))
    assert float(1.959964 * below) == pytest.approx(np.hypot(0.3, 0.2), rel=1e-6)
    assert float(1.959964 * above) == pytest.approx(np.hypot(0.1, 0.1), rel=1e-6)


def test_only_ratios_have_sql():
    assert "GROUP BY" in cx.sql(SHOWN, "click_through_rate")
    with pytest.raises(cx.InputError, match="not one query"):
        cx.sql(tickets(WAITS), "first_response_time")


def test_totals_hide_nobody():
    shop = cx.open_dataset({"ad_spend": SHOWN.assign(date_on=pd.to_datetime(SHOWN["date_on"]).dt.date)})
    frame = cx.metric(replace(shop, privacy_floor=10), "click_through_rate", by="source")
    assert frame["n"].tolist() == [1500, 500]
