"""Google Analytics: events, reports and files. Expected values were counted by hand from the events written here."""

import pandas as pd
import pytest
from lookalikes import bare, lines, page

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.tables.check import check, tallies

START = 1_741_573_800_000_000  # 2025-03-10T02:30:00Z in microseconds


@pytest.fixture
def bring(tmp_path):
    def run(*files, **options):
        return import_platform("google_analytics", files, tmp_path / "out", **options)

    return run


def event(name, seconds, session=1, cookie="c.1", user=None, text=False, **params):
    params = {"ga_session_id": session} | params
    return {
        "event_date": "20250309",
        "event_timestamp": str(START + seconds * 1_000_000) if text else START + seconds * 1_000_000,
        "event_name": name,
        "event_params": [
            {"key": key, "value": {"string_value": value if isinstance(value, str) else None,
                                   "int_value": value if isinstance(value, int) else None,
                                   "float_value": None, "double_value": value if isinstance(value, float) else None}}
            for key, value in params.items()
        ],
        "user_pseudo_id": cookie, "user_id": user, "platform": "WEB", "device": {"category": "mobile"},
        "traffic_source": {"source": "first-ever"},
        "collected_traffic_source": {"manual_source": "google", "manual_medium": "cpc"},
        "ecommerce": {},
    }  # fmt: skip


def test_events_become_sessions_and_orders(bring, tmp_path):
    bought = event("purchase", 90, user="u1", currency="BRL") | {
        "ecommerce": {"transaction_id": "T1", "purchase_revenue": 29.9}
    }
    events = [
        event("page_view", 0, page_location="https://x.example/p?email=ana@example.com", session_engaged="1"),
        event("page_view", 60, engagement_time_msec=5000),
        bought,
        bought | {"event_timestamp": START + 95_000_000},  # sent again by the page: one order
        event("page_view", 10, session=2, cookie="c.2"),
        event("page_view", 10, session=None, cookie=None),  # consent denied
    ]
    shop = bring(lines(tmp_path / "events.json", events), zone="UTC")
    sessions = shop.frame("sessions").sort_values("page_views", ascending=False)
    first = sessions.iloc[0]
    assert sessions["page_views"].tolist() == [2, 1]
    assert first["interactions"] == 4
    assert first["engagement_seconds"] == 5
    assert first["engaged"]
    assert first["started_at"] == pd.Timestamp("2025-03-10 02:30", tz="UTC")
    assert first["ended_at"] == pd.Timestamp("2025-03-10 02:31:35", tz="UTC")
    assert first[["source", "medium", "device", "channel"]].tolist() == ["google", "cpc", "mobile", "web"]
    assert shop.frame("orders")["total_cents"].tolist() == [2990]
    assert set(shop.frame("events")["page"].dropna()) == {"/p"}
    findings = check(shop)
    assert findings.query("table == 'orders' and code == 'duplicate_key'")["count"].tolist() == [1]
    assert findings.query("code == 'nobody_known'")["count"].tolist() == [1]
    account = tallies(shop).set_index("table").loc["events"]
    assert account[["rows_in", "rows_used", "rows_set_aside"]].tolist() == [6, 5, 1]
    assert not findings["outcome"].eq("problem").any()


def test_numbers_as_text_and_a_day_given_twice(bring, tmp_path):
    day = [event("page_view", 0, text=True), event("page_view", 5, text=True)]
    shop = bring(bare(tmp_path / "events_20250309.json", day), bare(tmp_path / "events_intraday_20250309.json", day))
    assert len(shop.frame("events")) == 2
    assert shop.frame("sessions")["interactions"].tolist() == [2]


def test_a_session_over_two_files_is_one(bring, tmp_path):
    shop = bring(
        bare(tmp_path / "a.json", [event("page_view", 0)]), bare(tmp_path / "b.json", [event("page_view", 600)])
    )
    assert shop.frame("sessions")["page_views"].tolist() == [2]


def report(dimensions, rows, **metadata):
    return {
        "dimensionHeaders": [{"name": name} for name in dimensions],
        "metricHeaders": [{"name": name} for name in ("sessions", "totalUsers", "totalRevenue")],
        "rows": [
            {"dimensionValues": [{"value": one} for one in row[:-3]],
             "metricValues": [{"value": one} for one in row[-3:]]}
            for row in rows
        ],
        "metadata": {"currencyCode": "BRL"} | metadata,
        "rowCount": len(rows),
    }  # fmt: skip


def test_a_report_is_days_and_says_what_was_hidden(bring, tmp_path):
    content = report(
        ["date", "sessionSourceMedium"],
        [["20250309", "google / cpc", "10", "8", "99.5"], ["20250310", "(direct) / (none)", "0", "0", "0"]],
        subjectToThresholding=True,
    )
    shop = bring(page(tmp_path / "r.json", **content))
    frame = shop.frame("web_daily")
    assert frame["sessions"].tolist() == [10, 0]
    assert frame["revenue_cents"].tolist() == [9950, 0]
    assert frame[["source", "medium", "device"]].values.tolist()[0] == ["google", "cpc", "(all)"]
    assert frame["date_on"].astype(str).tolist() == ["2025-03-09", "2025-03-10"]
    assert "small_rows_hidden" in set(check(shop)["code"])


def test_a_report_split_by_something_else_is_refused(bring, tmp_path):
    content = report(["date", "country"], [["20250309", "BR", "1", "1", "1"]])
    with pytest.raises(cx.InputError, match="split by date, country"):
        bring(page(tmp_path / "r.json", **content))
    assert not (tmp_path / "out").exists()


def test_a_file_of_the_screens_with_comments_above_and_a_total_below(bring, tmp_path):
    text = (
        "# ----------------------------------------\n# Free form\n# Start date: 20250309\n# End date: 20250310\n\n"
        "Date,Session source,Sessions,Total users\n,,30,20,Grand total\n20250309,google,10,8\n20250310,google,20,12\n"
    )
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    shop = bring(tmp_path / "data.csv")
    assert shop.frame("web_daily")["sessions"].tolist() == [10, 20]
    assert tallies(shop)[["rows_in", "rows_used", "rows_set_aside"]].values.tolist() == [[3, 2, 1]]


def test_a_file_in_portuguese_waits_for_a_confirmation(bring, tmp_path):
    (tmp_path / "d.csv").write_text("Data,Sessões\n20250309,10\n20250310,20\n", encoding="utf-8")
    with pytest.raises(cx.InputError, match="--confirm"):
        bring(tmp_path / "d.csv")
    assert bring(tmp_path / "d.csv", confirm=True).frame("web_daily")["sessions"].sum() == 30
