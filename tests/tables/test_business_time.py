"""Business time against published and hand-worked cases: nights of summer time, holidays, changed hours, a shift."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.tables.business_time import timetable, with_instant, with_open_seconds
from cxlib.tables.engine import collect, lazy_ibis

DESK = [(day, "09:00", "18:00") for day in range(1, 6)]


def hours(stretches, *, schedule="desk", zone="America/Sao_Paulo", since="2015-01-01", until=None):
    frame = pd.DataFrame(stretches, columns=["weekday", "opens", "closes"])
    return frame.assign(
        schedule_id=schedule, zone=zone, valid_from_on=pd.Timestamp(since), valid_to_on=pd.Timestamp(until)
    )


def minutes(frame, pairs, *, holidays=None, schedule="desk", zone="America/Sao_Paulo"):
    """Open minutes between instants written as wall times of a zone."""
    walls = pd.DataFrame(pairs, columns=["begin", "end"]).apply(pd.to_datetime, format="ISO8601")
    rows = walls.apply(lambda column: column.dt.tz_localize(zone).dt.tz_convert("UTC").dt.tz_localize(None))
    rows = rows.astype("datetime64[us]").assign(schedule=schedule)
    ends = rows[["begin", "end"]].stack()
    known = timetable(
        lazy_ibis().memtable(frame),
        None if holidays is None else lazy_ibis().memtable(holidays),
        zone="UTC",
        first=ends.min().date(),
        last=ends.max().date(),
    )
    found = with_open_seconds(lazy_ibis().memtable(rows), known, schedule="schedule", instants=["begin", "end"])
    found = collect(found).to_pandas().sort_values("begin")
    return ((found["end_open"] - found["begin_open"]) / 60).tolist()


def test_friday_evening_to_monday_morning_is_45_minutes():
    pair = [("2025-03-07 17:30", "2025-03-10 09:15")]
    assert minutes(hours(DESK), pair) == [45]
    begin, end = (pd.Timestamp(one) for one in pair[0])
    assert (end - begin) / pd.Timedelta(minutes=1) == 3_825


def test_the_night_in_which_berlin_loses_an_hour():
    night = hours([(6, "22:00", "24:00"), (7, "00:00", "06:00")], zone="Europe/Berlin")
    berlin = {"zone": "Europe/Berlin"}
    assert minutes(night, [("2026-03-28 22:00", "2026-03-29 06:00")], **berlin) == [7 * 60]
    assert minutes(night, [("2026-03-21 22:00", "2026-03-22 06:00")], **berlin) == [8 * 60]
    assert minutes(night, [("2026-10-24 22:00", "2026-10-25 06:00")], **berlin) == [9 * 60]  # and gains one


def test_sao_paulo_before_and_after_2019():
    # 2018-11-04 has no midnight: its first hour does not exist. 2019-11-03 would have, had the law not changed.
    always = hours([(day, "00:00", "24:00") for day in range(1, 8)])
    assert minutes(always, [("2018-11-04 01:00", "2018-11-05 00:00")]) == [23 * 60]
    assert minutes(always, [("2019-11-03 00:00", "2019-11-04 00:00")]) == [24 * 60]
    assert minutes(always, [("2019-02-16 00:00", "2019-02-17 00:00")]) == [25 * 60]
    assert minutes(hours(DESK), [("2018-11-02 17:30", "2018-11-05 09:15")]) == [45]


def week(*stretches):
    """Minutes since Sunday 00:00 UTC, as Zendesk writes schedules, as rows of weekday and times."""
    rows = []
    for begin, end in stretches:
        while begin < end:
            until = min(end, (begin // 1440 + 1) * 1440)
            last = until - begin // 1440 * 1440
            clock = [f"{one // 60:02}:{one % 60:02}" for one in (begin % 1440, last)]
            rows.append(((begin // 1440 - 1) % 7 + 1, *clock))
            begin = until
    return rows


CHICAGO = [(720, 1560), (2160, 3000), (3600, 4440), (5040, 5880), (6480, 7320), (7920, 8760), (9360, 10200)]
SAN_FRANCISCO = [(2340, 2910), (3780, 4350), (5220, 5790), (6660, 7230), (8100, 8670)]


def zendesk(opened, moved, replied, *, last_only=False):
    """Minutes of ticket 941606, published in the decision log of dbt_zendesk: two schedules in turn."""
    both = pd.concat(
        [
            hours(week(*CHICAGO), schedule="chicago", zone="UTC"),
            hours(week(*SAN_FRANCISCO), schedule="sf", zone="UTC"),
        ]
    )
    pairs = [(opened, replied)] if last_only else [(opened, moved), (moved, replied)]
    return sum(minutes(both, pairs, schedule=["sf"] if last_only else ["chicago", "sf"], zone="UTC"))


def test_zendesk_ticket_941606():
    opened, moved, replied = "2020-09-29 17:01:38", "2020-09-30 19:01:25", "2020-09-30 19:01:46"
    # By hand, to the second: 17:01:38 to 02:00, 12:00 to 19:01:25, and 21 seconds.
    assert zendesk(opened, moved, replied) == pytest.approx((32_302 + 25_285 + 21) / 60)
    # As published, with its instants rounded as there: 3902, 5461.25 and 5461.46 minutes after Sunday 00:00.
    published = [str(pd.Timestamp("2020-09-27") + pd.Timedelta(minutes=one)) for one in (3902, 5461.25, 5461.46)]
    assert zendesk(*published) == pytest.approx(959.46, abs=0.02)
    assert zendesk(*published, last_only=True) == pytest.approx(689.46, abs=0.02)


def test_a_holiday_is_closed_from_midnight_to_midnight():
    good_friday = pd.DataFrame({"schedule_id": ["desk"], "date_on": pd.to_datetime(["2025-04-18"])})
    pair = [("2025-04-17 17:00", "2025-04-21 10:00")]
    assert minutes(hours(DESK), pair) == [60 + 9 * 60 + 60]
    assert minutes(hours(DESK), pair, holidays=good_friday) == [60 + 60]


def test_hours_that_change_in_between():
    old = hours(DESK, until="2025-01-06")
    new = hours([(day, "08:00", "19:00") for day in range(1, 6)], since="2025-01-06")
    assert minutes(pd.concat([old, new]), [("2025-01-03 17:00", "2025-01-06 09:00")]) == [60 + 60]


def test_a_lunch_break_and_hours_written_twice():
    lunch = hours([(1, "09:00", "12:00"), (1, "13:00", "18:00")])
    assert minutes(lunch, [("2025-03-10 11:30", "2025-03-10 13:30")]) == [60]
    twice = hours([(1, "09:00", "15:00"), (1, "12:00", "18:00"), (1, "09:00", "15:00")])
    assert minutes(twice, [("2025-03-10 00:00", "2025-03-11 00:00")]) == [9 * 60]


def test_without_a_schedule_all_time_counts_and_an_unknown_one_has_none():
    pair = [("2025-03-07 17:30", "2025-03-10 09:15")]
    assert minutes(hours(DESK), pair, schedule=None) == [3_825]
    assert np.isnan(minutes(hours(DESK), pair, schedule="elsewhere")).all()


def test_against_a_walk_minute_by_minute():
    generator = np.random.default_rng(7)
    frame = hours([(1, "00:00", "00:30"), (2, "09:00", "12:00"), (2, "13:00", "18:00"), (6, "22:00", "24:00")])
    begin = pd.Timestamp("2018-10-29") + pd.to_timedelta(generator.integers(0, 20 * 1440, 50), unit="min")
    end = begin + pd.to_timedelta(generator.integers(0, 9_000, 50), unit="min")
    clock = pd.date_range("2018-10-28", "2018-12-01", freq="min", tz="UTC").tz_convert("America/Sao_Paulo")
    wall = clock.hour * 60 + clock.minute
    spans = {0: [(0, 30)], 1: [(540, 720), (780, 1080)], 5: [(1320, 1440)]}
    is_open = np.zeros(len(clock), bool)
    for weekday, stretches in spans.items():
        for low, high in stretches:
            is_open |= (clock.day_of_week == weekday) & (wall >= low) & (wall < high)
    before = pd.Series(np.concatenate([[0], is_open.cumsum()[:-1]]), index=clock.tz_convert("UTC").tz_localize(None))
    expected = before.reindex(end).to_numpy() - before.reindex(begin).to_numpy()
    pairs = sorted(zip(begin.astype("str"), end.astype("str"), strict=True))
    order = np.lexsort((end, begin))
    assert minutes(frame, pairs, zone="UTC") == expected[order].tolist()


def test_the_way_back():
    frame, rows = (
        hours(DESK),
        pd.DataFrame({"begin": pd.to_datetime(["2025-03-07 20:30"] * 4).astype("datetime64[us]")}),
    )
    rows = rows.assign(schedule=["desk"] * 3 + [None], wanted=[30, 45, 570, 60])
    known = timetable(lazy_ibis().memtable(frame), None, zone="UTC", first=date(2025, 3, 1), last=date(2025, 4, 1))
    table = with_open_seconds(lazy_ibis().memtable(rows), known, schedule="schedule", instants=["begin"])
    table = table.mutate(seconds=table.begin_open + table.wanted * 60)
    found = collect(with_instant(table, known, schedule="schedule", seconds="seconds", name="due")).to_pandas()
    walls = found.sort_values(["schedule", "wanted"])["due"].dt.tz_localize("UTC").dt.tz_convert("America/Sao_Paulo")
    assert walls.dt.strftime("%d %H:%M").tolist() == ["07 18:00", "10 09:15", "10 18:00", "07 18:30"]


@pytest.mark.parametrize(
    "wrong", [(1, "22:00", "06:00"), (0, "09:00", "18:00"), (1, "nine", "18:00"), (1, "09:00", "25:00")]
)
def test_hours_that_cannot_be_are_refused(wrong):
    with pytest.raises(cx.InputError, match="two rows"):
        timetable(
            lazy_ibis().memtable(hours([wrong])), None, zone="UTC", first=date(2025, 1, 1), last=date(2025, 1, 9)
        )


def test_an_unknown_zone_is_refused():
    with pytest.raises(cx.InputError, match="time zone"):
        minutes(hours(DESK, zone="America/Brasilia"), [("2025-03-07 17:30", "2025-03-10 09:15")])
