"""Metrics from the daily totals of a web tool: where visits are not at hand, and beside them where they are."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

import cxlib as cx
from cxlib.metrics.catalogue import computable


def screen(days=1, **columns):
    """Return what a screen of GA4 shows: 100 users in 120 visits a day, 90 of these engaged, 6 goals."""
    frame = pd.DataFrame({"date_on": [f"2025-03-{day + 1:02d}" for day in range(days)], "source": "google"})
    return frame.assign(medium="cpc", device="mobile", users=100, new_users=60, sessions=120, engaged_sessions=90,
                        key_events=6, revenue_cents=1_000, currency="BRL").assign(**columns)  # fmt: skip


def test_bounce_is_one_less_the_engaged():
    row = cx.metric({"web_daily": screen()}, "bounce_rate").iloc[0]
    assert (row["rule"], row["value"], row["n"], row["numerator"]) == ("web_daily", 0.25, 120, 30)
    assert [row["low"], row["high"]] == pytest.approx(proportion_confint(30, 120, method="wilson"))


def test_conversion_is_goals_per_visit():
    many = screen(10, key_events=[6, 5, 7, 8, 4, 6, 6, 5, 7, 6])
    row = cx.metric({"web_daily": many}, "conversion_rate").iloc[0]
    assert (row["rule"], row["value"], row["unit"], row["n"]) == ("web_daily", 0.05, "ratio", 1_200)
    # All days are of 120 visits: the ratio is a mean of ten days, its error theirs.
    rates = many["key_events"] / 120
    assert (row["high"] - row["low"]) / 2 == pytest.approx(2.2622 * rates.std() / 10**0.5, rel=1e-4)
    single = cx.metric({"web_daily": screen()}, "conversion_rate").iloc[0]
    assert (single["value"], single["method"]) == (0.05, "none: too few for an interval")


def test_shares_of_sources():
    both = pd.concat([screen(2), screen(2, source="newsletter", sessions=40)])
    shares = cx.metric({"web_daily": both}, "traffic_share", by="source").set_index("source")
    assert shares["value"].to_dict() == {"google": 0.75, "newsletter": 0.25}
    assert (shares["rule"] == "web_daily").all() and (shares["n"] == 320).all()


def test_users_do_not_add_up_and_it_says_so():
    found = cx.metric({"web_daily": screen(7)}, "visitors")
    row = found.iloc[0]
    assert (row["rule"], row["value"], row["warnings"]) == ("web_daily", 700, "not_additive")
    assert "do not add up" in cx.show(found)


def test_the_lines_are_taken_when_asked_for_or_when_there_is_nothing_else():
    shop = cx.ipe()
    assert cx.metric(shop, "bounce_rate")["rule"].item() == "ua"
    lines = shop.frame("web_daily")
    row = cx.metric(shop, "bounce_rate", rule="web_daily").iloc[0]
    assert (row["n"], row["numerator"]) == (
        lines["sessions"].sum(),
        (lines["sessions"] - lines["engaged_sessions"]).sum(),
    )
    alone = cx.metric(lines, "bounce_rate", rule="web_daily")  # a frame goes to the table of the rule
    assert alone["value"].item() == row["value"]
    beside = cx.compare(shop, "bounce_rate", rules=True).set_index("rule")
    assert beside.index.tolist() == ["ua", "ga4", "web_daily"]
    # The screen counts the bots, which the visits set aside.
    assert beside.loc["web_daily", "n"] == beside.loc["ga4", "n"] + beside.loc["ga4", "set_aside"]
    assert beside.loc["web_daily", "value"] > beside.loc["ga4", "value"]
    assert cx.compare(shop, "bounce_rate", rules=True, by="channel")["rule"].unique().tolist() == ["ua", "ga4"]


def test_a_rule_without_its_table_says_what_lacks():
    with pytest.raises(cx.InputError, match="needs the table web_daily"):
        cx.metric({"sessions": pd.DataFrame({"session_id": ["a"], "started_at": ["2025-03-01T00:00Z"]})},
                  "bounce_rate", rule="web_daily")  # fmt: skip
    with pytest.raises(cx.InputError, match="needs the table sessions"):
        cx.metric({"web_daily": screen()}, "bounce_rate", rule="ga4")
    with pytest.raises(cx.InputError, match="needs the column engaged_sessions"):
        cx.metric({"web_daily": screen().drop(columns="engaged_sessions")}, "bounce_rate")


def test_lines_that_cannot_be_are_set_aside():
    frame = screen(3, sessions=[120, 50, np.nan])
    row = cx.metric({"web_daily": frame}, "bounce_rate").iloc[0]
    assert (row["n"], row["set_aside"], row["warnings"]) == (120, 2, "missing:1;impossible:1")


def test_totals_of_days_hide_nobody_and_months_compare():
    frame = pd.concat([screen(28), screen(28, date_on=[f"2025-02-{day + 1:02d}" for day in range(28)],
                                          engaged_sessions=80)])  # fmt: skip
    shop = cx.open_dataset({"web_daily": frame})
    shop = replace(shop, privacy_floor=1_000)
    row = cx.compare(shop, "bounce_rate", periods="month").iloc[0]
    assert (row["from"], row["to"], row["verdict"]) == ("2025-02", "2025-03", "down")


def test_what_can_be_computed_knows_the_lines():
    found = computable(cx.open_dataset({"web_daily": screen(3)})).set_index("metric")
    able = found.index[found["can_be_computed"] == "yes"]
    assert set(able) == {"visitors", "traffic_share", "bounce_rate", "conversion_rate"}


def test_reconciling_tries_the_lines_too():
    shop = cx.ipe()
    shown = cx.metric(shop, "bounce_rate", rule="web_daily", start="2025-07-01", end="2025-08-01")["value"].item()
    found = cx.reconcile(shop, "bounce_rate", f"{100 * shown:.2f}%", period="2025-07")
    assert "web_daily" in set(found.loc[found["matches"], "rule"])
