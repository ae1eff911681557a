"""Numbers worked by hand or by somebody else: sessions, chains, funnels, curves."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import confint_proportions_2indep

import cxlib as cx
from cxlib.inference import chains
from cxlib.inference.durations import median, survival
from cxlib.journeys.comparing import funnel_changes
from cxlib.journeys.funnel import Step, conversion_curve, funnel
from cxlib.journeys.identity import identify, people, resolve
from cxlib.journeys.paths import paths
from cxlib.journeys.sessions import SessionRule, sessions
from cxlib.journeys.transitions import conversion, memory, transitions
from cxlib.tables.order import is_sorted


def log(*rows, **columns):
    """Return events from (person, minutes, type)."""
    who, minutes, kinds = zip(*rows, strict=True)
    at = pd.Timestamp("2025-03-01T12:00Z") + pd.to_timedelta(minutes, unit="min")
    return pd.DataFrame({"person_key": who, "occurred_at": at, "event_type": kinds} | columns)


def number(frame, metric, column="value", **where):
    for name, value in where.items():
        frame = frame[frame[name] == value]
    return frame.loc[frame["metric"] == metric, column].item()


# --- Sessions


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("ga4", 1),  # exactly half an hour later is the same session
        (SessionRule(splits_at_gap=True), 2),
        ("ten_minutes", 2),
        (SessionRule(gap_minutes=29.5), 2),
    ],
)
def test_an_event_exactly_at_the_gap(rule, count):
    assert number(sessions(log(("a", 0, "page_view"), ("a", 30, "click")), rule=rule), "sessions") == count


def test_midnight_is_local():
    late = log(("a", 14.9 * 60, "page_view"), ("a", 15.1 * 60, "click"))  # 02:54 and 03:06 UTC
    shop = {"events": late}
    assert number(sessions(cx.open_dataset(shop), rule="ua_without_campaign"), "sessions") == 2
    assert number(sessions(cx.open_dataset(shop, zone="UTC"), rule="ua_without_campaign"), "sessions") == 1
    by_day = sessions(shop, every="day", rule="ua_without_campaign", measures=["sessions"])
    assert by_day["period"].tolist() == ["2025-03-01", "2025-03-02"]


def test_a_campaign_opens_a_session_unless_it_was_named_last():
    rows = [("a", minute, "page_view") for minute in range(6)]
    named = log(*rows, campaign_id=[None, "x", None, "x", "y", "y"])
    assert number(sessions(named, rule="ua"), "sessions") == 3
    assert number(sessions(named, rule="ga4"), "sessions") == 1
    with pytest.raises(cx.InputError, match="'campaign_id'"):
        sessions(log(*rows), rule="ua")
    assert set(sessions(log(*rows), rules=True)["rule"]) == {"ga4", "ua_without_campaign", "posthog", "ten_minutes"}


def test_a_long_session_is_cut_at_every_full_length():
    rows = log(*[("a", 20 * place, "page_view") for place in range(10)])
    assert number(sessions(rows, rule=SessionRule(longest_hours=1)), "sessions") == 4  # at 0, 60, 120 and 180 minutes


def test_bots_staff_and_the_tireless_are_set_aside_and_counted():
    rows = [("a", 0, "page_view"), ("bot", 0, "page_view"), ("staff", 0, "page_view")]
    rows += [("busy", 60 * hour, "page_view") for hour in range(5)]
    events = log(*rows, is_bot=[False, True, False, *[False] * 5], is_internal=[False, False, True, *[False] * 5])
    found = sessions(events, most_sessions=4)
    assert number(found, "sessions") == 1
    assert number(found, "sessions", "set_aside") == 7
    assert number(found, "sessions", "warnings") == "bot:1;internal:1;tireless:5;small_n"


def test_the_two_bounces_of_the_worked_answer():
    """Sessions of (pages, seconds, key): (1,5,n) (1,40,n) (2,8,n) (1,3,y) (1,9,n); here a click ends the time."""
    rows = [("a", 0, "page_view"), ("a", 5 / 60, "click"), ("b", 0, "page_view"), ("b", 40 / 60, "click")]
    rows += [("c", 0, "page_view"), ("c", 8 / 60, "page_view"), ("d", 0, "page_view"), ("d", 3 / 60, "purchase")]
    rows += [("e", 0, "page_view")]
    found = sessions(log(*rows), measures=["bounce_ga4", "bounce_single_event"])
    assert number(found, "bounce_ga4") == 2 / 5
    assert number(found, "bounce_single_event") == 1 / 5


def test_sessions_of_one_person_widen_the_interval():
    alike = [
        (f"p{n}", 60 * visit + part, "page_view")
        for n in range(40)
        for visit in range(5)
        for part in range(1 + n % 2)
    ]
    row = sessions(log(*alike)).set_index("metric").loc["bounce_single_event"]
    assert "design effect 5" in row["method"]
    half = stats.norm.ppf(0.975) * np.sqrt(0.25 / 40)
    assert row["high"] - row["low"] == pytest.approx(2 * half, rel=0.05)


def test_what_is_wrong_is_said():
    events = log(("a", 0, "page_view"))
    with pytest.raises(cx.InputError, match="Choose one of: ga4, ua,"):
        sessions(events, rule="gaa")
    with pytest.raises(cx.InputError, match="not measured on sessions"):
        sessions(events, measures=["visits"])
    with pytest.raises(cx.InputError, match="above zero"):
        sessions(events, rule=SessionRule(gap_minutes=0))
    with pytest.raises(cx.InputError, match="would point at people"):
        sessions(events, by="person_key")
    with pytest.raises(cx.InputError, match="Did you mean channel"):
        sessions(events.assign(channel="web"), by="chanel")
    with pytest.raises(cx.InputError, match="two steps or more"):
        funnel(events, ["search"])
    with pytest.raises(cx.InputError, match="No step leads to 'buy'"):
        conversion(transitions(events), "buy")


def test_no_events_at_all_are_zero_sessions_not_an_error():
    nothing = log(("a", 0, "page_view")).assign(person_key=None)
    found = sessions(nothing)
    assert found["n"].tolist() == [0, 0, 0]
    assert found["warnings"].tolist() == ["events_no_person:1"] * 3
    assert funnel(nothing, ["page_view", "purchase"])["n"].tolist() == [0, 0, 0, 0]
    assert paths(nothing)["numerator"].tolist() == [0]


# --- Chains


def test_the_chain_of_the_lesson():
    """consider: decide .6, exit .4; decide: buy .5, consider .3, exit .2. P(buy | consider) = .3/.82, 1.951 steps."""
    by_hand = pd.DataFrame(
        {
            "from": ["consider", "consider", "decide", "decide", "decide"],
            "to": ["decide", "(exit)", "buy", "consider", "(exit)"],
            "value": [0.6, 0.4, 0.5, 0.3, 0.2],
            "n": 500,
        }
    )
    found = conversion(by_hand, "buy")
    assert number(found, "conversion", **{"from": "consider"}) == pytest.approx(0.3 / 0.82)
    assert number(found, "expected_steps", **{"from": "consider"}) == pytest.approx(1.6 / 0.82)


def test_the_memory_of_the_planted_chain():
    """Stages A, C, D, P: exact P(buy | start) .1726, P(buy | C after another) .3836, P(buy | C after C) .4822."""
    moves = [("s", "A", "C", 0.45), ("A", "C", "D", 0.40), ("A", "C", "C", 0.25), ("C", "C", "D", 0.55)]
    moves += [("C", "C", "C", 0.25), ("C", "D", "P", 0.60), ("C", "D", "C", 0.15), ("D", "C", "D", 0.40)]
    moves += [("D", "C", "C", 0.25)]
    chain = pd.DataFrame(moves, columns=["before", "from", "to", "value"]).assign(n=1_000)
    found = conversion(chain, "P").set_index(["metric", "before", "from"])["value"]
    assert found["conversion", "s", "A"] == pytest.approx(0.1726, abs=5e-5)
    assert found["conversion", "A", "C"] == pytest.approx(0.3836, abs=5e-5)
    assert found["conversion", "C", "C"] == pytest.approx(0.4822, abs=5e-5)


def test_the_errors_of_a_chain_are_those_of_many_draws():
    rng, n = np.random.default_rng(7), np.array([400, 300])
    first = rng.multinomial(n[0], [0.6, 0.0, 0.4], 4_000) / n[0]
    second = rng.multinomial(n[1], [0.3, 0.5, 0.2], 4_000) / n[1]
    drawn = [
        chains.absorbed([[0, a[0]], [b[0], 0]], [0, b[1]], n)
        for a, b in zip(first[:4_000], second[:4_000], strict=True)
    ]
    exact = chains.absorbed([[0, 0.6], [0.3, 0]], [0, 0.5], n)
    assert exact.chance_error[0] == pytest.approx(np.std([one.chance[0] for one in drawn]), rel=0.05)
    assert exact.steps_error[0] == pytest.approx(np.std([one.steps[0] for one in drawn]), rel=0.05)


def test_a_state_that_never_ends_is_not_given_a_number():
    found = chains.absorbed([[0, 0.5, 0], [0, 0, 1], [0, 1, 0]], [0.5, 0, 0], [10, 10, 10])
    assert np.isnan(found.chance[1:]).all()


def test_the_test_of_memory_is_that_of_contingency_tables():
    rng = np.random.default_rng(3)
    counts = pd.DataFrame(
        [(a, b, c, int(rng.integers(1, 40))) for a in "xyz" for b in "xyz" for c in "xyz"],
        columns=["before", "from", "to", "n"],
    )
    tables = [cells.pivot(index="before", columns="to", values="n") for _, cells in counts.groupby("from")]
    each = [stats.chi2_contingency(one, lambda_="log-likelihood", correction=False) for one in tables]
    found = chains.memory(counts)
    assert found.statistic == pytest.approx(sum(one.statistic for one in each))
    assert found.degrees == sum(one.dof for one in each) == 12
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 12))


def test_without_ends_the_last_event_counts_for_nothing():
    events = log(("a", 0, "search"), ("a", 1, "search"), ("a", 2, "purchase"), ("b", 0, "search"))
    ends, none = transitions(events), transitions(events, ends=False)
    assert number(ends, "transition", **{"from": "search", "to": "purchase"}) == 1 / 3
    assert number(none, "transition", **{"from": "search", "to": "purchase"}) == 1 / 2
    assert set(none["from"]) == {"search"}


# --- Funnels


def test_an_event_exactly_at_the_window_is_too_late():
    week = 7 * 24 * 60
    events = log(("a", 0, "search"), ("a", week, "purchase"), ("b", 0, "search"), ("b", week - 1, "purchase"))
    found = funnel(events, ["search", "purchase"], days=7)
    assert number(found, "reached", step="purchase") == 1 / 2
    hour = funnel(events, ["search", Step(name="purchase", events=("purchase",), hours=24)])
    assert number(hour, "reached", step="purchase") == 0


def test_order_is_enforced_also_within_a_moment():
    events = log(("a", 0, "purchase"), ("a", 0, "search"), ("b", 0, "search"), ("b", 0, "purchase"), ("c", 9**5, "x"))
    assert number(funnel(events, ["search", "purchase"]), "reached", step="purchase") == 1 / 2


def test_the_entry_decides_who_is_in_and_the_window_how_long():
    day = 24 * 60
    events = log(("a", 0, "search"), ("a", 2 * day, "purchase"), ("b", -day, "search"), ("b", 0, "purchase"),
                 ("c", 30 * day, "page_view"))  # fmt: skip
    found = funnel(events, ["search", "purchase"], start="2025-03-01", end="2025-03-02")
    assert number(found, "reached", "n", step="search") == 1  # b came in before the period
    assert number(found, "reached", step="purchase") == 1  # a bought after it


def test_open_journeys_are_not_failures():
    """430 of 1,000 starts reached the goal, 90 are open: 430 / 910 = 47.3%, and not 43%."""
    done = [
        (f"d{n}", -30 * 24 * 60 + minute, kind)
        for n in range(430)
        for minute, kind in ((0, "search"), (5, "purchase"))
    ]
    left = [(f"l{n}", -30 * 24 * 60, "search") for n in range(480)]
    young = [(f"y{n}", 0, "search") for n in range(90)]
    found = funnel(log(*done, *left, *young), ["search", "purchase"])
    assert number(found, "reached", step="purchase") == pytest.approx(430 / 910)
    assert number(found, "reached", "set_aside", step="purchase") == 90
    assert number(found, "reached", "warnings", step="purchase") == "open:90"
    all_closed = funnel(log(*done, *left, *young), ["search", "purchase"], until="2025-04-01")
    assert number(all_closed, "reached", step="purchase") == pytest.approx(0.43)


def test_a_step_may_be_left_out():
    steps = ["search", Step(name="cart", events=("add_to_cart",), optional=True), "purchase"]
    events = log(("a", 0, "search"), ("a", 1, "add_to_cart"), ("a", 2, "purchase"), ("b", 0, "search"),
                 ("b", 2, "purchase"), ("b", 3, "add_to_cart"), ("c", 9**5, "x"))  # fmt: skip
    found = funnel(events, steps)
    assert number(found, "reached", step="cart") == 1 / 2  # b filled the cart after buying
    assert number(found, "reached", step="purchase") == 1
    assert number(found, "passed", step="purchase") == 1


def test_each_period_counts_its_own_entries():
    month = 31 * 24 * 60
    events = log(("a", 0, "search"), ("a", month, "search"), ("a", month + 5, "purchase"), ("b", 3 * month, "x"))
    found = funnel(events, ["search", "purchase"], every="month")
    bought = found[(found["metric"] == "reached") & (found["step"] == "purchase")]
    assert dict(zip(bought["period"], bought["value"], strict=True)) == {"2025-03": 0.0, "2025-04": 1.0}


def test_the_curve_is_that_of_kaplan_and_meier():
    rng = np.random.default_rng(11)
    times, ends = rng.integers(1, 60, 300), rng.random(300) < 0.6
    found = survival(times, ends, np.ones(300))
    other = SurvfuncRight(times, ends)
    known = np.isin(other.surv_times, found.at)
    assert found.left == pytest.approx(other.surv_prob[known])
    greenwood = other.surv_prob_se[known]
    log_log = np.exp(1.959964 * greenwood / (other.surv_prob[known] * np.abs(np.log(other.surv_prob[known]))))
    assert found.bands(0.95)[1][:-1] == pytest.approx((other.surv_prob[known] ** (1 / log_log))[:-1], rel=1e-5)


def test_the_curve_counts_those_who_are_not_done_yet():
    events = log(("a", 0, "search"), ("a", 60, "purchase"), ("b", 30, "search"), ("c", 0, "search"), ("c", 120, "x"))
    curve = conversion_curve(events, ["search", "purchase"], days=1)
    assert curve[["hours", "value", "at_risk"]].to_numpy().tolist() == [[1.0, pytest.approx(1 / 3), 3]]


def test_the_median_and_its_ranks():
    rng = np.random.default_rng(2)
    values = np.sort(rng.integers(0, 1_000, 101))
    middle, low, high = median(*np.unique(values, return_counts=True))
    assert middle == np.median(values)
    ranks = stats.binom.ppf([0.025, 0.975], 101, 0.5).astype(int)
    assert (low, high) == (values[ranks[0] - 1], values[ranks[1]])


# --- Identity


def test_cookies_and_people_of_the_worked_answer():
    """Cookies c1, c2, c3; c1 and c2 are person A, c3 is B: three cookies, two people, 1.5 each."""
    seen = pd.DataFrame({"identity_id": ["c1", "c2", "c3"], "customer_id": ["A", "A", "B"], "n": 1})
    tied = people(seen).identities
    assert tied["person"].nunique() == 2
    assert len(tied) / tied["person"].nunique() == 1.5


def test_ties_reach_through_shared_identities_but_not_through_a_till():
    pairs = [("c1", "A"), ("c1", "B"), ("c2", "B"), ("till", "A"), ("till", "C"), ("till", "D"), ("c9", None)]
    tied = people(pd.DataFrame(pairs, columns=["identity_id", "customer_id"]).assign(n=1))
    assert tied.customers == {"A": "A", "B": "A", "C": "C", "D": "D"}
    assert (tied.shared, tied.joined) == (1, 1)
    assert tied.identities.set_index("identity_id")["person"].to_dict() == {
        "c1": "A",
        "c2": "A",
        "c9": "c9",
        "till": "till",
    }


def test_resolving_sorts_anew_and_streams_again(tmp_path):
    events = log(("v1", 0, "search"), ("v2", 10, "page_view"), ("A", 20, "purchase"), ("v3", 0, "search"),
                 identity_id=["v1", "v2", "v2", "v3"], customer_id=["A", None, "A", None])  # fmt: skip
    shop = resolve({"events": events}, tmp_path / "one")
    assert is_sorted(shop.events)
    assert shop.frame("events")[["person_key", "event_type"]].to_numpy().tolist() == [
        ["A", "search"], ["A", "page_view"], ["A", "purchase"], ["v3", "search"]
    ]  # fmt: skip
    assert number(sessions(shop), "sessions") == 2
    found = identify(shop)
    assert number(found, "match_rate") == pytest.approx(2 / 3)
    assert number(found, "match_rate_events") == 3 / 4


def test_the_memory_of_a_log_is_tested():
    rng = np.random.default_rng(5)
    kinds, people = rng.choice(["search", "page_view"], 3_000), np.cumsum(rng.random(3_000) < 0.2)
    forgetful = log(*[(f"p{who:04d}", n, kind) for n, (who, kind) in enumerate(zip(people, kinds, strict=True))])
    assert memory(forgetful)["p_value"].item() > 0.001
    assert memory(log(*[(f"p{n // 10:04d}", n, kind) for n, kind in enumerate(kinds)]))["p_value"].item() < 1e-6


# --- Comparing


def test_a_change_between_periods_is_that_of_two_proportions():
    month = 31 * 24 * 60
    first = [(f"a{n}", 0, "search") for n in range(300)] + [(f"a{n}", 5, "purchase") for n in range(60)]
    second = [(f"b{n}", month, "search") for n in range(200)] + [(f"b{n}", month + 5, "purchase") for n in range(70)]
    frame = funnel(log(*first, *second, ("z", 3 * month, "x")), ["search", "purchase"], every="month")
    row = funnel_changes(frame).set_index("metric").loc["reached"]
    low, high = confint_proportions_2indep(70, 200, 60, 300, method="wald", compare="diff")
    assert row["change"] == pytest.approx(70 / 200 - 60 / 300)
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-6)
    assert (row["from"], row["to"], row["verdict"]) == ("2025-03", "2025-04", "up")


def test_groups_are_compared_with_the_rest():
    rows = [(f"a{n}", 0, "search") for n in range(400)] + [(f"a{n}", 5, "purchase") for n in range(0, 400, 4)]
    events = log(*rows, ("z", 9**5, "x"))
    events["channel"] = np.where(events["person_key"].str[1:].str.len() == 3, "web", "app")
    frame = funnel_changes(funnel(events, ["search", "purchase"], by="channel"))
    assert set(frame["to"]) == {"app", "web"}
    assert (frame["verdict"] == "not_clear").sum() + (frame["verdict"] == "too_few").sum() == len(frame)
