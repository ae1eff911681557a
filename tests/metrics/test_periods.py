"""Periods begin at local midnight, in any zone, on a frame and on Parquet alike; pandas is the oracle."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx

ZONES = ["America/Sao_Paulo", "America/Phoenix", "Asia/Kolkata", "Pacific/Auckland", "Europe/Berlin", "UTC"]


def answers(start, end, rows=2_000, seed=0):
    rng = np.random.default_rng(seed)
    seconds = rng.integers(0, int((pd.Timestamp(end) - pd.Timestamp(start)).total_seconds()), rows)
    return pd.DataFrame(
        {
            "response_id": [f"r{row}" for row in range(rows)],
            "type": "nps",
            "score": rng.integers(0, 11, rows),
            "answered_at": pd.Timestamp(start, tz="UTC") + pd.to_timedelta(seconds, unit="s"),
        }
    )


def labels(times, every):
    local = times.dt.tz_localize(None)
    match every:
        case "week":
            parts = local.dt.isocalendar()
            return parts.year.astype("str") + "-W" + parts.week.astype("str").str.zfill(2)
        case "quarter":
            return local.dt.year.astype("str") + "-Q" + local.dt.quarter.astype("str")
        case _:
            return local.dt.strftime({"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[every])


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("every", ["day", "week", "month", "quarter", "year"])
def test_periods_are_those_of_pandas(zone, every):
    frame = answers("2018-10-20", "2019-03-10")  # Brazil's last summer time, Auckland's, the turn of the year
    shop = cx.open_dataset({"survey_responses": frame}, zone=zone)
    ours = cx.nps(shop, every=every).set_index("period")["n"]
    theirs = labels(frame["answered_at"].dt.tz_convert(zone), every).value_counts().sort_index()
    assert ours.to_dict() == theirs.to_dict()


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("America/Sao_Paulo", "2025-03-01T02:59:59", "2025-02-28"),
        ("America/Sao_Paulo", "2025-03-01T03:00:00", "2025-03-01"),
        ("America/Sao_Paulo", "2018-11-04T03:00:00", "2018-11-04"),  # the day began at one in the morning
        ("America/Sao_Paulo", "2018-12-01T02:00:00", "2018-12-01"),
        ("America/Sao_Paulo", "2019-12-01T02:00:00", "2019-11-30"),
        ("America/Sao_Paulo", "2019-02-17T02:30:00", "2019-02-16"),  # 23:30, for the second time
        ("Asia/Kolkata", "2025-03-01T18:30:00", "2025-03-02"),
        ("Pacific/Auckland", "2025-07-01T12:00:00", "2025-07-02"),
        ("America/Phoenix", "2025-07-01T06:59:00", "2025-06-30"),
    ],
)
def test_one_instant_one_day(tmp_path, zone, instant, day):
    frame = answers("2018-10-20", "2025-12-31", rows=10).assign(answered_at=pd.Timestamp(instant, tz="UTC"))
    frame.to_parquet(tmp_path / "survey_responses.parquet")
    for source in ({"survey_responses": frame}, tmp_path):
        assert cx.nps(cx.open_dataset(source, zone=zone), every="day")["period"].tolist() == [day]


def test_start_is_in_and_end_is_out():
    times = [
        "2025-02-28T23:59:59-03:00",
        "2025-03-01T00:00:00-03:00",
        "2025-03-31T23:59:59-03:00",
        "2025-04-01T00:00:00-03:00",
    ]
    frame = pd.DataFrame({"score": [0, 9, 10, 0], "answered_at": pd.to_datetime(times)})
    row = cx.nps(frame, start="2025-03-01", end="2025-04-01").iloc[0]
    assert (row["n"], row["value"]) == (2, 100.0)


def test_an_answer_without_a_date_is_its_own_cell():
    times = pd.to_datetime(["2025-03-01T12:00Z", None], utc=True)
    frame = cx.nps(pd.DataFrame({"score": [9, 0], "answered_at": times}), every="month")
    assert frame["period"].isna().tolist() == [False, True]
    assert frame["n"].tolist() == [1, 0]
    assert frame.loc[1, "warnings"] == "no_date:1"


def test_times_without_a_zone_are_refused_until_somebody_says_what_they_are():
    frame = pd.DataFrame({"score": [9], "answered_at": pd.to_datetime(["2025-03-01 01:00"])})
    with pytest.raises(cx.InputError, match="without a zone"):
        cx.nps(frame, every="day")
    assert cx.nps(frame, every="day", source_zone="UTC")["period"].tolist() == ["2025-02-28"]
    assert cx.nps(frame, every="day", source_zone="America/Sao_Paulo")["period"].tolist() == ["2025-03-01"]


def test_a_group_in_a_table_the_answers_point_to():
    shop = cx.open_dataset(
        {
            "survey_responses": pd.DataFrame({"score": [9, 0, 9], "customer_id": ["a", "b", "x"]}),
            "customers": pd.DataFrame({"customer_id": ["a", "b"], "state": ["SP", "RJ"]}),
        }
    )
    frame = cx.nps(shop, by="state")
    assert frame["state"].isna().tolist() == [False, False, True]
    assert frame["value"].tolist() == [-100.0, 100.0, 100.0]
    assert cx.nps(shop, by="customers.state")["value"].tolist() == [-100.0, 100.0, 100.0]


def test_unknown_period_and_unknown_day():
    frame = pd.DataFrame({"score": [9], "answered_at": pd.to_datetime(["2025-03-01T01:00Z"])})
    with pytest.raises(cx.InputError, match="is not a period"):
        cx.nps(frame, every="fortnight")
    with pytest.raises(cx.InputError, match="is not a date"):
        cx.nps(frame, start="01/03/2025")


def test_small_cells_are_hidden_with_a_partner_that_would_give_them_away():
    from dataclasses import replace

    frame = pd.DataFrame({"score": [9] * 60 + [3] * 4 + [9] * 25, "store_id": ["a"] * 60 + ["b"] * 4 + ["c"] * 25})
    shop = replace(cx.open_dataset({"survey_responses": frame}), privacy_floor=10)
    rows = cx.nps(shop, by="store_id").set_index("store_id")
    assert rows["warnings"].eq("suppressed").tolist() == [False, True, True]
    assert (
        rows.loc[["b", "c"], ["value", "low", "high", "n", "numerator", "denominator", "set_aside"]]
        .isna()
        .to_numpy()
        .all()
    )
