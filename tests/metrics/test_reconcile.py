"""Reconciling: a number made in a known way is found again, among the ways that cannot be told apart."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.metrics.reconcile import conclusion, read_value
from cxlib.tables.time import period_days

WAY = ["rule", "date", "zone", "also_counted"]


def visits():
    """Three days of visits around midnight, bots among them."""
    started = pd.date_range("2026-09-01", "2026-09-03 23:30", freq="30min", tz="America/Sao_Paulo")
    place = pd.Series(range(len(started)))
    return pd.DataFrame(
        {
            "session_id": [f"s{one}" for one in place],
            "started_at": started,
            "interactions": 1 + (place % 7 > 2).astype(int) * 3 + ((place % 48) > 42).astype(int),
            "page_views": 1 + (place % 5 > 2).astype(int),
            "engagement_seconds": (place % 11) * 2.5,
            "key_events": 0,
            "is_bot": place % 13 == 0,
        }
    )


@pytest.mark.parametrize(("rule", "zone", "counted"), [("ua", "UTC", "bot"), ("ga4", "America/Sao_Paulo", "")])
def test_the_way_a_number_was_made_is_found(rule, zone, counted):
    frame, day = visits(), pd.Timestamp("2026-09-02", tz=zone)
    theirs = frame if counted else frame[~frame["is_bot"]]
    theirs = theirs[(theirs["started_at"] >= day) & (theirs["started_at"] < day + pd.Timedelta(days=1))]
    engaged = (theirs["engagement_seconds"] > 10) | (theirs["key_events"] > 0) | (theirs["page_views"] >= 2)
    share = (theirs["interactions"] == 1 if rule == "ua" else ~engaged).mean()
    found = cx.reconcile(frame, "bounce_rate", f"{100 * share:.2f}%", period="2026-09-02")
    matched = found[found["matches"]]
    assert [rule, "started_at", zone, counted] in matched[WAY].to_numpy().tolist()
    assert found["matches"].is_monotonic_decreasing
    assert matched["departures"].is_monotonic_increasing
    assert (matched["value"] - share).abs().max() < 5.1e-5


def test_rules_that_differ_in_the_interval_alone_are_one():
    answers = pd.DataFrame({"score": [10, 10, 9, 8, 3], "answered_at": ["2026-09-01 12:00"] * 5})
    found = cx.reconcile(answers, "nps", "40", period="2026-09", source_zone="UTC")
    assert found["rule"].unique().tolist() == ["adjusted_wald"]
    assert found.loc[0, ["matches", "departures"]].tolist() == [True, 0]


def test_what_remains_is_said():
    answers = pd.DataFrame({"score": [10, 10, 9, 8, 3], "answered_at": ["2026-09-01 12:00"] * 5})
    several = cx.reconcile(answers, "nps", "40", period="2026-09", source_zone="UTC")
    assert conclusion(several).startswith("2 ways of counting give 40;")
    one = cx.reconcile(answers, "nps", "40", period="2026-09", source_zone="UTC", zones=())
    assert (
        conclusion(one)
        == "One way of counting gives 40: rule adjusted_wald, by answered_at, days of America/Sao_Paulo."
    )
    none = cx.reconcile(answers, "nps", "41.5", period="2026-09", source_zone="UTC", zones=())
    assert not none["matches"].any()
    assert conclusion(none).startswith("No way of counting gives 41.5. The nearest, 40, leaves 1.5:")


def test_no_rows_in_the_period_is_no_match():
    answers = pd.DataFrame({"score": [10], "answered_at": ["2026-09-01 12:00"]})
    found = cx.reconcile(answers, "nps", "0", period="2026-10", source_zone="UTC")
    assert not found["matches"].any()
    assert conclusion(found) == "There is nothing to count in this period."


@pytest.mark.parametrize(
    ("text", "unit", "value", "half"),
    [
        ("47", "share", 0.47, 0.005),
        ("47.3%", "share", 0.473, 0.0005),
        ("0.5%", "share", 0.005, 0.0005),
        ("0.473", "share", 0.473, 0.0005),
        ("-12", "points", -12, 0.5),
        ("\N{MINUS SIGN}12", "points", -12, 0.5),
        ("165.00", "cents", 16500, 0.5),
        ("43.7", "minutes", 43.7, 0.05),
    ],
)
def test_a_number_is_read_to_half_of_its_last_digit(text, unit, value, half):
    assert [read_value(text, unit).value, read_value(text, unit).half] == pytest.approx([value, half])


@pytest.mark.parametrize("text", ["forty", "47,3", "", "nan%%"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(cx.InputError, match="is not a number"):
        read_value(text, "points")


@pytest.mark.parametrize("label", ["2026-13", "september", "2026-W60", "2026-Q5", "26", ""])
def test_what_is_no_period_is_refused(label):
    with pytest.raises(cx.InputError, match="is not a period"):
        period_days(label)
