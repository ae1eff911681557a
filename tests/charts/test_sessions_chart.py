"""The chart of visits: the rule, the clock, what it says and refuses. Held against hands and against a plain loop."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.charts.sessions import visits_of


def events(*rows, zone="UTC"):
    """Return events from pairs of an identity and a time."""
    frame = pd.DataFrame(rows, columns=["identity_id", "occurred_at"])
    return frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"]).dt.tz_localize("UTC").dt.tz_convert(zone))


EVENING = events(
    ("c1", "2025-06-03 12:00"),
    ("c1", "2025-06-03 12:30"),
    ("c1", "2025-06-03 13:01"),
    ("c2", "2025-06-03 12:10"),
    ("c2", "2025-06-04 01:00"),
)


def test_a_pause_longer_than_the_rule_ends_a_visit_and_one_as_long_does_not():
    visits = visits_of(EVENING, minutes=30)
    assert visits[["identity_id", "events"]].to_numpy().tolist() == [["c1", 2], ["c2", 1], ["c1", 1], ["c2", 1]]
    assert [one.strftime("%d %H:%M") for one in visits["start"]] == ["03 12:00", "03 12:10", "03 13:01", "04 01:00"]
    assert [one.strftime("%d %H:%M") for one in visits["end"]] == ["03 12:30", "03 12:10", "03 13:01", "04 01:00"]


@pytest.mark.parametrize(("minutes", "count"), [(29, 5), (30, 4), (31, 3), (24 * 60, 2)])
def test_the_count_depends_on_the_rule(minutes, count):
    assert len(visits_of(EVENING, minutes=minutes)) == count


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ["2025-06-03"] * 3 + ["2025-06-04"]),
        ("America/Sao_Paulo", ["2025-06-03"] * 4),
        ("Asia/Tokyo", ["2025-06-03"] * 3 + ["2025-06-04"]),
        ("Pacific/Kiritimati", ["2025-06-04"] * 4),
    ],
)
def test_a_visit_belongs_to_the_day_it_begins_on_where_it_is_told(zone, days):
    assert visits_of(EVENING, minutes=30, zone=zone)["day"].tolist() == days


def test_without_a_zone_it_is_that_of_the_times():
    told = cx.chart_sessions(events(("c1", "2025-06-04 01:00"), zone="America/Sao_Paulo"))
    assert "days: 1 (pauses over 30 min; America/Sao_Paulo)" in told.get_title(loc="left")
    assert "2025-06-03, 22:00 to 22:00" in cx.alt_text(told)


def by_hand(rows, minutes):
    """Count visits with a loop over the rows of each identity."""
    count, last = 0, {}
    for identity, at in sorted(rows):
        count += identity not in last or (at - last[identity]).total_seconds() > 60 * minutes
        last[identity] = at
    return count


@pytest.mark.parametrize("seed", range(5))
def test_any_events_in_any_order_are_cut_as_a_loop_cuts_them(seed):
    dice = np.random.default_rng(seed)
    start = pd.Timestamp("2025-03-01", tz="UTC")
    seconds = dice.integers(0, 4 * 86_400, 300)
    rows = [(f"c{dice.integers(6)}", start + pd.Timedelta(seconds=int(one))) for one in seconds]
    frame = pd.DataFrame(rows, columns=["identity_id", "occurred_at"])
    for minutes in (1, 30, 500):
        visits = visits_of(frame, minutes=minutes)
        assert len(visits) == by_hand(rows, minutes)
        assert visits["events"].sum() == len(rows)


def test_the_night_the_clock_goes_back():
    # In New York 01:30 came twice; the two are an hour apart.
    twice = events(("c1", "2025-11-02 05:30"), ("c1", "2025-11-02 06:30"), zone="America/New_York")
    assert twice["occurred_at"].dt.strftime("%H:%M").tolist() == ["01:30", "01:30"]
    assert len(visits_of(twice, minutes=30)) == 2
    assert len(visits_of(twice, minutes=60)) == 1
    assert "days: 1" in cx.chart_sessions(twice).get_title(loc="left")


def test_the_day_that_began_at_one():
    # In São Paulo summer time began at midnight: there was no 00:30 on 4 November 2018.
    night = events(("c1", "2018-11-04 02:50"), ("c1", "2018-11-04 03:10"), zone="America/Sao_Paulo")
    axes = cx.chart_sessions(night, minutes=5)
    assert "days: 2" in axes.get_title(loc="left")
    (line,) = [line for line in axes.lines if line.get_linestyle() == "--"]
    day = (pd.Timestamp("2018-11-04") - pd.Timestamp("1970-01-01")).days
    assert line.get_xdata()[0] == pytest.approx(day + 3 / 24)


def test_midnights_are_those_of_the_zone():
    axes = cx.chart_sessions(EVENING, zone="UTC")
    (line,) = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert line.get_xdata()[0] == pytest.approx((pd.Timestamp("2025-06-04") - pd.Timestamp("1970-01-01")).days)
    assert not [
        line for line in cx.chart_sessions(EVENING, zone="America/Sao_Paulo").lines if line.get_linestyle() == "--"
    ]


def test_each_visit_has_a_bar_and_each_event_a_stroke():
    axes = cx.chart_sessions(EVENING)
    assert sum(len(bars) for bars in axes.containers) == 4
    assert len(axes.collections[0].get_offsets()) == 5
    assert all(bar.get_width() > 0 for bars in axes.containers for bar in bars)


def test_it_describes_itself(portuguese):
    axes = cx.chart_sessions(EVENING, minutes=60)
    assert axes.get_title(loc="left") == "Visitas: 3, cookies: 2, dias: 2 (pausas de mais de 60 min; UTC)"
    assert "c1, 2025-06-03, das 12:00 às 13:01, eventos: 3" in cx.alt_text(axes)
    assert "sintéticos" not in cx.alt_text(axes)


def test_synthetic_events_are_called_so():
    made_up = EVENING.copy()
    made_up.attrs["synthetic"] = True
    assert "Synthetic data (Ipê)." in cx.alt_text(cx.chart_sessions(made_up))


def test_events_without_identity_or_time_stay_out():
    gaps = pd.concat([EVENING, events((None, "2025-06-03 12:05"), ("c1", None))])
    assert visits_of(gaps, minutes=30)["events"].sum() == 5
    assert len(cx.chart_sessions(gaps).collections[0].get_offsets()) == 5


def test_signs_of_a_formula_in_an_identity_are_only_signs():
    assert cx.picture(cx.chart_sessions(events(("$x_1$", "2025-06-03 12:00")))).data


@pytest.mark.parametrize(
    ("frame", "options", "words"),
    [
        (EVENING.drop(columns="identity_id"), {}, "no column identity_id"),
        (EVENING.assign(occurred_at=EVENING["occurred_at"].dt.tz_localize(None)), {}, "which clock"),
        (EVENING.head(0), {}, "nothing to draw"),
        (EVENING, {"minutes": 0}, "minutes above 0"),
        (EVENING, {"minutes": float("nan")}, "minutes above 0"),
        (EVENING, {"zone": "Sao Paulo"}, "no time zone"),
        (events(*[(f"c{one}", "2025-06-03 12:00") for one in range(13)]), {}, "do not fit"),
        (events(*[("c", f"2025-06-{1 + one // 24:02} {one % 24}:00") for one in range(121)]), {}, "do not fit"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(frame, options, words):
    with pytest.raises(cx.InputError, match=words):
        cx.chart_sessions(frame, **options)
