"""Charts of the support desk: the worked answers, hands and plain loops, the nights in which the clock changes."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.charts.business_clock import business_days, chart_business_time
from cxlib.charts.support import chart_waits
from cxlib.charts.surges import chart_surges

MINUTES = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
WEEK = pd.DataFrame({"schedule_id": "desk", "weekday": range(1, 6), "opens": "09:00", "closes": "18:00"})


def waits(minutes, over=True, promised=30, **more):
    return pd.DataFrame({"minutes": minutes, "over": over, "promised": promised, **more})


def lengths(days):
    return days.groupby("part")["minutes"].sum().to_dict()


# --- Waits -------------------------------------------------------------------------------------------


def test_the_worked_answer_of_twenty_tickets():
    axes = chart_waits(waits(MINUTES))
    assert axes.get_title(loc="left").startswith(
        "Promise kept: 80% (58.4% to 91.9%), n = 20; yet the mean wait, 43.7"
    )
    assert "promise 30 min, 80% (58.4% to 91.9%), n = 20; mean 43.7 min" in cx.alt_text(axes)
    line = axes.lines[0]
    shares = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert shares[30] == pytest.approx(80) and shares[480] == pytest.approx(100) and shares[10] == pytest.approx(50)


def test_open_and_late_is_broken_open_and_early_is_not_counted_yet():
    axes = chart_waits(waits([10, 20, 40, 50, 5], [True, True, True, False, False]))
    text = cx.alt_text(axes)
    assert "50% (15% to 85%), n = 4" in text  # of 10, 20, 40 and the open 50; the open 5 may still be answered
    assert "still within the promise: 1." in text


def test_the_line_is_kaplan_and_meiers():
    # DOMAIN's eight tickets: .875, .75, .60, .40 are left.
    over = [True, True, False, True, False, True, False, False]
    line = chart_waits(waits([1, 2, 2, 3, 4, 5, 6, 6], over, 3)).lines[0]
    assert np.round(line.get_ydata(), 1).tolist() == [0, 12.5, 25, 40, 60]


def test_groups_are_ranked_and_said_to_overlap_where_they_do():
    both = pd.concat([waits(MINUTES, team="a"), waits(MINUTES, team="b", promised=10)])
    title = chart_waits(both).get_title(loc="left")
    assert title == "Promise kept least for b (50%), most for a (80%), but the intervals overlap"
    many = pd.concat([waits(MINUTES * 20, team="a"), waits(MINUTES * 20, team="b", promised=10)])
    assert chart_waits(many).get_title(loc="left") == "Promise kept least for b (50%), most for a (80%)"


def test_a_result_of_waits_goes_through_the_chart_everybody_knows():
    assert cx.chart(waits(MINUTES)).get_title(loc="left") == chart_waits(waits(MINUTES)).get_title(loc="left")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (waits(MINUTES).drop(columns="promised"), "no column promised"),
        (waits([1, 2], False), "no wait is over"),
        (waits([1, 2], promised=[3, 4]), "several"),
        (waits([1], team="a", channel="b"), "at most one by column"),
        (waits(range(1, 9), team=range(8)), "do not fit"),
    ],
)
def test_waits_that_cannot_be_drawn_get_a_sentence(frame, words):
    with pytest.raises(cx.InputError, match=words):
        chart_waits(frame)


# --- Surges ------------------------------------------------------------------------------------------


def daily(counts, reference):
    return pd.DataFrame(
        {"counts": counts, "reference": reference}, index=pd.date_range("2025-03-01", periods=len(counts))
    )


def test_a_day_beyond_its_share_is_named_and_a_busy_one_is_not():
    counts, reference = np.full(60, 2), np.full(60, 40)
    counts[10], counts[20], reference[20] = 14, 8, 160
    axes = chart_surges(daily(counts, reference))
    assert axes.get_title(loc="left") == "More than their share of the day: 2025-03-11"
    assert "2025-03-11: 14, expected 2" in cx.alt_text(axes)
    assert "busiest day of the reference: 2025-03-21, 160" in cx.alt_text(axes)
    marked = axes.collections[1].get_offsets()
    assert len(marked) == 1 and marked[0][1] == 14


def test_a_calm_series_says_so():
    axes = chart_surges(daily(np.full(60, 2), np.full(60, 40)))
    assert axes.get_title(loc="left") == "No day brought more than its share"


def test_many_days_are_counted_not_listed():
    counts, reference = np.full(400, 2), np.full(400, 400)
    counts[100:108] = 40
    title = chart_surges(daily(counts, reference)).get_title(loc="left")
    assert title == "More than their share of the day: 8 days, from 2025-06-09 to 2025-06-16"


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (daily([1, 2], [3, 4]).drop(columns="counts"), "columns counts, reference"),
        (daily([1, 2], [3, 4]).reset_index(drop=True), "days as its index"),
        (daily([1, 2], [0, 0]), "the reference is empty"),
    ],
)
def test_days_that_cannot_be_drawn_get_a_sentence(frame, words):
    with pytest.raises(cx.InputError, match=words):
        chart_surges(frame)


# --- The business clock ------------------------------------------------------------------------------


def test_friday_to_monday():
    days = business_days("2025-03-07 17:30", "2025-03-10 09:15", WEEK)
    assert lengths(days) == {"open": 1_080, "waited": 3_825, "counted": 45}
    counted = days[days["part"] == "counted"]
    assert counted[["day", "from", "to"]].to_numpy().tolist() == [["2025-03-07", 17.5, 18], ["2025-03-10", 9, 9.25]]
    axes = cx.chart(days)
    assert axes.get_title(loc="left") == "Business time: 45 min. On the customer's clock: 3,825 min"
    assert "Sat 2025-03-08: open 0 min, waited 1,440 min, both 0 min" in cx.alt_text(axes)


def test_a_holiday_is_not_counted():
    off = pd.DataFrame({"schedule_id": ["desk"], "date_on": pd.to_datetime(["2025-03-10"])})
    days = business_days("2025-03-07 17:30", "2025-03-11 09:15", WEEK, holidays=off)
    assert lengths(days)["counted"] == 45


def test_an_hour_that_was_skipped_is_an_hour_less():
    nights = pd.DataFrame({"schedule_id": "desk", "weekday": [7], "opens": "00:00", "closes": "06:00"})
    days = business_days("2026-03-28 23:00", "2026-03-29 12:00", nights, zone="Europe/Berlin")
    assert lengths(days) == {"open": 300, "waited": 720, "counted": 300}


def test_instants_are_read_in_the_zone_of_the_desk():
    asked, replied = pd.Timestamp("2025-03-07 20:30", tz="UTC"), pd.Timestamp("2025-03-10 12:15", tz="UTC")
    assert lengths(business_days(asked, replied, WEEK))["counted"] == 45


@pytest.mark.parametrize(
    ("asked", "replied", "hours", "words"),
    [
        ("2025-03-07", "2025-03-07", WEEK, "A reply comes after the question"),
        ("2025-03-07", "2025-04-07", WEEK, "32 days do not fit"),
        ("2025-03-07", "2025-03-08", WEEK.head(0), "one schedule"),
        ("2025-03-07", "2025-03-08", WEEK.assign(closes="08:00"), "09:00 to 08:00 cannot be"),
    ],
)
def test_a_wait_that_cannot_be_gets_a_sentence(asked, replied, hours, words):
    with pytest.raises(cx.InputError, match=words):
        business_days(asked, replied, hours)


def test_they_speak_portuguese(portuguese):
    assert chart_waits(waits(MINUTES)).get_title(loc="left").startswith("Promessa cumprida: 80% (58,4% a 91,9%)")
    days = business_days("2025-03-07 17:30", "2025-03-10 09:15", WEEK)
    assert "No relógio do cliente: 3.825 min" in chart_business_time(days).get_title(loc="left")
    assert "sex 2025-03-07" in cx.alt_text(chart_business_time(days))
