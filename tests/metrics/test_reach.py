"""Visitors, sources, clicks, followers and shares against their worked answers, and what goes wrong with them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

import cxlib as cx

MARCH = pd.Timestamp("2025-03-03 12:00", tz="UTC")


def visits(rows, **columns):
    frame = pd.DataFrame(rows, columns=["identity_id", "customer_id", "started_at"])
    names = [f"s{place:03d}" for place in range(len(frame))]
    return frame.assign(session_id=names, **columns)


def cookies():
    """Return the worked answer: c1 was there in February, c2 and c3 came in March, c4 is a bot.

    c1 and c2 are person A, c3 is person B; A is recognised on c2 alone, c1 is known from the table of identities.
    """
    february = MARCH - pd.Timedelta(days=20)
    rows = [("c1", None, february), ("c1", None, MARCH), ("c2", "A", MARCH), ("c3", "B", MARCH), ("c4", None, MARCH)]
    known = pd.DataFrame({"identity_id": ["c1", "c2", "c3"], "kind": "cookie", "customer_id": ["A", None, None]})
    return {"sessions": visits(rows, is_bot=[False] * 4 + [True]), "identities": known}


@pytest.mark.parametrize(
    ("rule", "value", "n"),
    [("identities", 3, 3), ("new", 2, 3), ("returning", 1, 3), ("people", 2, 2), ("new_people", 1, 2),
     ("returning_people", 1, 2)],
)  # fmt: skip
@pytest.mark.parametrize("asked", [{"start": "2025-03-01"}, {"every": "month"}])
def test_cookies_and_people(rule, value, n, asked):
    row = cx.metric(cookies(), "visitors", rule=rule, **asked).iloc[-1]
    assert (row["value"], row["n"]) == (value, n)
    assert row["warnings"].split(";")[0] == "bot:1" and row["set_aside"] == 1
    assert pd.isna(row["low"]) and row["method"] == "none: a count of all there is"


def test_without_a_past_all_are_new_and_it_says_so():
    row = cx.metric(cookies(), "visitors", rule="new").iloc[0]
    assert row["value"] == row["n"] == 3 and "nobody_before" in row["warnings"]
    # The tool saw them before the file begins.
    data = cookies()
    data["identities"]["first_seen_at"] = [MARCH - pd.Timedelta(days=90)] * 2 + [MARCH]
    assert cx.metric(data, "visitors", rule="new", start="2025-03-01")["value"].item() == 1


def test_a_device_of_many_is_nobody_in_particular():
    rows = [("till", name, MARCH) for name in "ABCD"] + [("till", None, MARCH)]
    assert cx.metric(visits(rows), "visitors", rule="people")["value"].item() == 5
    assert cx.metric(visits(rows), "visitors")["value"].item() == 1


def test_days_do_not_add_up():
    # Three cookies on five days each: 3 in the week, 15 in the sum that tools show that forget at night.
    rows = [(f"c{who}", None, MARCH + pd.Timedelta(days=day)) for who in range(3) for day in range(5)]
    week = cx.metric(visits(rows), "visitors")
    days = cx.metric(visits(rows), "visitors", every="day")
    forgetful = cx.metric(visits(rows), "visitors", rule="sum_of_days")
    assert (week["value"].item(), days["value"].sum(), forgetful["value"].item()) == (3, 15, 15)
    assert week["warnings"].item() == ""
    assert days["warnings"].str.contains("not_additive").all()
    assert "such counts do not add up" in cx.show(forgetful)


def test_a_day_is_local():
    late = pd.Timestamp("2025-03-04 01:00", tz="UTC")  # the evening of the third in São Paulo
    rows = [("c1", None, MARCH), ("c1", None, late)]
    assert cx.metric(visits(rows), "visitors", rule="sum_of_days")["value"].item() == 1
    utc = replace(cx.open_dataset({"sessions": visits(rows)}), zone="UTC")
    assert cx.metric(utc, "visitors", rule="sum_of_days")["value"].item() == 2


def test_visits_of_nobody_are_set_aside_and_a_visitor_counts_where_one_visit_does():
    rows = [(None, None, MARCH), (None, None, MARCH), ("c1", None, MARCH), ("c1", None, MARCH)]
    row = cx.metric(visits(rows, is_internal=[False, False, True, False]), "visitors").iloc[0]
    assert (row["value"], row["set_aside"], row["warnings"]) == (1, 2, "unidentified:2")


def test_visitors_of_ipe_are_a_plain_count():
    shop = cx.ipe()
    people = shop.frame("sessions").query("not is_bot and not is_internal")
    month = people["started_at"].dt.strftime("%Y-%m")
    found = cx.metric(shop, "visitors", by="device", every="month").set_index(["device", "period"])["value"]
    expected = people.groupby(["device", month])["identity_id"].nunique()
    assert found.to_dict() == expected.to_dict()


# --- Sources ----------------------------------------------------------------------------------------


def ten():
    """Ten visits: organic 4, paid 3, social 2, direct 1; orders 1, 2, 0, 1."""
    source = ["organic"] * 4 + ["paid"] * 3 + ["social"] * 2 + ["(direct)"]
    rows = [(f"c{place}", None, MARCH) for place in range(10)]
    return visits(rows, source=source, key_events=[1, 0, 0, 0, 1, 1, 0, 0, 0, 1])


def test_shares_of_sources_and_their_conversion():
    shares = cx.metric(ten(), "traffic_share", by="source").set_index("source")
    assert shares["value"].to_dict() == {"organic": 0.4, "paid": 0.3, "social": 0.2, "(direct)": 0.1}
    assert (shares["n"] == 10).all() and (shares["warnings"] == "small_n").all()
    low, high = proportion_confint(4, 10, method="wilson")
    assert shares.loc["organic", ["low", "high"]].tolist() == pytest.approx([low, high])
    rates = cx.metric(ten(), "conversion_rate", by="source").set_index("source")
    assert rates["value"].round(3).to_dict() == {"organic": 0.25, "paid": 0.667, "social": 0.0, "(direct)": 1.0}
    assert (rates["warnings"] == "small_n").all()


def test_a_share_of_nothing_in_particular_is_refused():
    with pytest.raises(cx.InputError, match="say by what, such as by source"):
        cx.metric(ten(), "traffic_share")


def test_a_loyal_visitor_widens_the_interval():
    alone = visits([(f"c{place}", None, MARCH) for place in range(200)], source=["a", "b"] * 100)
    often = visits([(f"c{place % 20}", None, MARCH) for place in range(200)], source=["a", "b"] * 100)
    narrow, wide = (cx.metric(frame, "traffic_share", by="source").iloc[0] for frame in (alone, often))
    assert [narrow["low"], narrow["high"]] == pytest.approx(
        list(binomtest(100, 200).proportion_ci(method="wilson")), rel=1e-6
    )
    # Twenty visitors of ten visits each, all of one source: worth twenty visits, with 19 to divide by.
    assert (wide["high"] - wide["low"]) / (narrow["high"] - narrow["low"]) == pytest.approx(10**0.5, rel=0.1)
    assert "design effect" in wide["method"]


def test_last_source_that_was_not_direct():
    days = [0, 1, 2, 100, 101]
    sources = ["google", "(direct)", "newsletter", "(direct)", "instagram"]
    rows = [("c1", None, MARCH + pd.Timedelta(days=day)) for day in days]
    rows += [(None, None, MARCH + pd.Timedelta(days=1)), ("c2", None, MARCH + pd.Timedelta(days=1))]
    frame = visits(rows, source=[*sources, None, "(direct)"], medium=["cpc", "(none)", "email", "(none)", "social",
                                                                      None, "(none)"])  # fmt: skip
    own = cx.metric(frame, "traffic_share", by="source").set_index("source", drop=True)["numerator"]
    assert own.loc["(direct)"] == 3
    last = cx.metric(frame, "traffic_share", by="source", rule="last_non_direct").set_index("source")["numerator"]
    # The visit of day 1 goes to google; that of day 100 stays direct: 98 days are too long; others have no past.
    assert last.loc[["google", "newsletter", "instagram", "(direct)"]].tolist() == [2, 1, 1, 2]
    medium = cx.metric(frame, "traffic_share", by="medium", rule="last_non_direct").set_index("medium")["numerator"]
    assert medium.loc["cpc"] == 2


def test_last_non_direct_on_ipe_is_a_plain_walk():
    shop = cx.ipe()
    frame = shop.frame("sessions").sort_values(["identity_id", "started_at", "session_id"])
    known, since, expected = {}, {}, {}
    for who, source, at, bot, staff in frame[
        ["identity_id", "source", "started_at", "is_bot", "is_internal"]
    ].itertuples(index=False):
        if source != "(direct)":
            known[who], since[who] = source, at
        elif who in known and at - since[who] < pd.Timedelta(days=90):
            source = known[who]
        if not bot and not staff:
            expected[source] = expected.get(source, 0) + 1
    found = cx.metric(shop, "traffic_share", by="source", rule="last_non_direct").set_index("source")["numerator"]
    assert found.astype(int).to_dict() == expected


# --- Clicks, followers, shares, installs ------------------------------------------------------------


def clicked(*rows):
    frame = pd.DataFrame(rows, columns=["person_key", "element_id", "seconds", "is_bot"])
    at = MARCH + pd.to_timedelta(frame.pop("seconds"), unit="s")
    names = [f"e{place}" for place in range(len(frame))]
    return frame.assign(occurred_at=at, event_type="click", event_id=names)


def test_double_clicks_and_bots_are_no_clicks():
    frame = clicked(("p", "buy", 0, False), ("p", "buy", 0.3, False), ("p", "help", 0.5, False),
                    ("q", "buy", 0.4, False), ("robot", "buy", 9, True))  # fmt: skip
    row = cx.metric(frame, "clicks").iloc[0]
    assert (row["value"], row["n"], row["set_aside"], row["warnings"]) == (3, 3, 2, "bot:1;double:1")


def test_two_seconds_are_not_less_than_two_seconds():
    frame = clicked(("p", "buy", 0, False), ("p", "buy", 2, False), ("p", "buy", 3.9, False))
    assert cx.metric(frame, "clicks")["value"].item() == 2


def account(**columns):
    frame = pd.DataFrame(
        {"followers": [10_200, 10_250], "followers_gained": [350, 250], "followers_lost": [150, 200]}
    )
    frame = frame.assign(date_on=["2025-03-01", "2025-03-02"], network="instagram", account="ipe")
    return frame.assign(**columns)


def test_followers_are_a_stock_and_grow():
    stock = cx.metric(account(), "followers").iloc[0]
    assert stock["value"] == 10_250 and stock["warnings"] == ""
    growth = cx.metric(account(), "followers", rule="net_growth").iloc[0]
    assert (growth["value"], growth["numerator"], growth["denominator"]) == (0.025, 250, 10_000)  # 600 won, 350 lost
    assert "rose" in cx.show(cx.compare(account(), "followers", periods="day"))


def test_two_networks_are_no_people_and_a_missing_day_is_said():
    both = pd.concat([account(), account(network="tiktok", followers=[100, np.nan])], ignore_index=True)
    row = cx.metric(both, "followers").iloc[0]
    assert (row["value"], row["warnings"]) == (10_350, "missing:1;not_additive")
    by = cx.metric(both, "followers", by="network").set_index("network")
    assert by["value"].to_dict() == {"instagram": 10_250, "tiktok": 100}


def posts():
    frame = pd.DataFrame({"reach": [100] * 40 + [4_000], "shares": [0] * 20 + [1] * 20 + [20]})
    return frame.assign(post_id=[f"p{place}" for place in range(41)], posted_at=MARCH, is_own=True)


def test_shares_by_reach_are_not_the_mean_of_posts():
    other = posts().head(3).assign(is_own=False, post_id=["x", "y", "z"], shares=999)
    row = cx.metric(pd.concat([posts(), other]), "share_rate").iloc[0]
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (0.005, 40, 8_000, 41)
    # The delta method by hand: residuals of the posts about the ratio.
    frame = posts()
    residual = frame["shares"] - 0.005 * frame["reach"]
    error = (residual**2).sum() ** 0.5 / 8_000 * (41 / 40) ** 0.5
    assert (row["high"] - row["low"]) / 2 == pytest.approx(2.0211 * error, rel=1e-4)  # t with 40 degrees
    assert cx.metric(posts(), "share_rate", rule="posts")["value"].item() == pytest.approx(40 / 41)


def test_installs_first_and_again():
    frame = pd.DataFrame({"install_id": [f"i{place}" for place in range(1_000)], "installed_at": MARCH})
    frame["is_reinstall"] = [False] * 850 + [True] * 150
    first = cx.metric(frame, "installs").iloc[0]
    assert (first["value"], first["set_aside"], first["warnings"]) == (850, 150, "not_first:150")
    assert cx.metric(frame, "installs", rule="all")["value"].item() == 1_000
