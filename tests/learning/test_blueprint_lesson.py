"""The answers of lesson 12 against outside sources: worked by hand, numpy, the replay of the log, the truth."""

import numpy as np
import pytest

import cxlib as cx
from cxlib.inference.intervals import wald
from cxlib.learning.lessons.service_blueprint import exercises as lesson
from cxlib.world.build import truths


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


@pytest.fixture(scope="module")
def measured(shop):
    """What the replay of the log says, which shares no code with the lesson's frames."""
    return {version: cx.blueprint(f"entrega_com_problema_v{version}").measured(shop) for version in (1, 2)}


def row(frame, metric, step="all"):
    return frame[frame["metric"].eq(metric) & frame["step"].eq(step)].iloc[0]


def answer(key, shop=None):
    return next(one for one in lesson.EXERCISES if one.key == key).right(shop)


def mistakes(key, shop=None):
    return {one.name: one.answer(shop) for one in next(one for one in lesson.EXERCISES if one.key == key).wrong}


def test_each_draft_breaks_one_rule_and_the_blueprint_none():
    assert cx.blueprint(lesson.EXCHANGE).problems.empty
    codes = {letter: set(cx.blueprint(text).problems["code"]) for letter, text in lesson.drafts(None).items()}
    assert codes == {"a": {"V2"}, "b": {"V4"}, "c": {"V5"}, "d": {"V6"}, "e": {"V9"}, "f": {"V10"}}
    assert len(lesson.rules(None).splitlines()) == 13


def test_what_the_table_of_drafts_says_is_what_differs_in_the_file():
    for letter, change in lesson.changes(None).iterrows():
        before, now = lesson.EXCHANGE.splitlines(), lesson.drafts(None)[letter].splitlines()
        gone, new = [one for one in before if one not in now], [one for one in now if one not in before]
        assert len(gone) <= 1 and len(new) <= 1, letter
        assert all(change["before"] in one for one in gone), letter
        assert change["now"] == "—" or all(change["now"] in one for one in new), letter


def test_flow_efficiency_is_twelve_of_a_hundred_and_twenty():
    assert answer("flow_efficiency") == pytest.approx(12 / 120)
    assert mistakes("flow_efficiency")["waiting-as-work"] == pytest.approx(1 - 74.4 / 120)
    assert mistakes("flow_efficiency")["without-the-carrier"] == pytest.approx(12 / 45.6)


def test_the_carriers_share_is_that_of_the_replay(shop, measured):
    assert answer("carrier_share", shop) == pytest.approx(row(measured[1], "third_party_share")["value"], abs=1e-5)
    assert len(lesson.cases(shop)) == row(measured[1], "third_party_share")["n"]


def test_the_memo_carries_the_interval_of_the_replay(shop, measured):
    theirs, ours = row(measured[2], "third_party_share"), lesson.effect(shop)
    assert ours["n"] == theirs["n"]
    ends = [100 * theirs[name] for name in ("value", "low", "high")]
    assert [ours["share"], ours["low"], ours["high"]] == pytest.approx(ends, abs=0.01)


def test_the_two_versions_are_those_of_the_replay(shop, measured):
    table = lesson.versions(shop)
    for version, found in measured.items():
        assert table.loc[version, "minutes"] == pytest.approx(row(found, "elapsed_median")["value"], abs=0.6)
        assert table.loc[version, "asked_again"] == row(found, "repeats_per_case")["value"]
        carrier = row(found, "step_wait_median", "carrier_search")["value"]
        assert table.loc[version, "with_carrier"] == pytest.approx(carrier, abs=0.1)


def test_every_way_to_take_the_percentile_gives_the_same(shop):
    for company in (shop, cx.ipe("tiny", 7)):
        waits = lesson.first_replies(company)["wait"].to_numpy()
        assert len(waits) % 10 == 1
        ways = ("linear", "lower", "higher", "nearest", "inverted_cdf")
        assert len({float(np.quantile(waits, 0.9, method=way)) for way in ways}) == 1
        assert (waits <= np.quantile(waits, 0.9)).mean() >= 0.9


def test_two_hundred_cases_by_hand():
    two_hundred = lesson.two_hundred(None)
    assert (len(two_hundred), two_hundred["transfers"].sum(), (two_hundred["transfers"] > 0).sum()) == (200, 90, 60)
    assert answer("reasked")(two_hundred) == 39 / 60
    wrong = {name: function(two_hundred) for name, function in mistakes("reasked").items()}
    assert wrong == {"of-all-cases": 0.195, "per-transfer": pytest.approx(39 / 90), "cases-with-transfer": 0.30,
                     "transfers-per-case": 0.45}  # fmt: skip


def test_tickets_are_asked_again_as_the_replay_has_it(shop):
    ticket = cx.blueprint("chamado_v1").measured(shop)
    own = lesson.own_tickets(shop)
    assert lesson.reasked(own) == pytest.approx(row(ticket, "reasked_rate")["value"])
    assert own["transfers"].mean() == pytest.approx(row(ticket, "handoffs_per_case")["value"])
    assert (own["transfers"] > 0).mean() == pytest.approx(row(ticket, "cases_with_handoff")["value"])
    assert answer("in_progress", shop) == pytest.approx(row(ticket, "little")["value"], abs=0.02)
    # The lesson says that the open ones outnumber the others.
    assert row(ticket, "in_progress")["value"] > 2 * row(ticket, "little")["value"]


def test_the_price_by_hand_is_the_slope_of_a_regression():
    table = lesson.rated(None)
    rows = [
        (1.0, float(long), float(again), satisfied)
        for long, again, cases, good in table.itertuples(index=False)
        for satisfied in [100.0] * good + [0.0] * (cases - good)
    ]
    rows = np.array(rows)
    slopes = np.linalg.lstsq(rows[:, :3], rows[:, 3], rcond=None)[0]
    assert answer("repeat_price") == pytest.approx(slopes[2])
    assert mistakes("repeat_price")["price-of-waiting"] == pytest.approx(slopes[1])
    plain = np.linalg.lstsq(rows[:, [0, 2]], rows[:, 3], rcond=None)[0]
    assert mistakes("repeat_price")["plain-difference"] == pytest.approx(plain[1])


def test_the_price_at_ipe_holds_the_planted_truth(shop):
    found = lesson.price(shop).iloc[0]
    truth = truths(shop.world["seed"], shop.world["scale"])["T14"]["value"]
    assert 0 < found["low"] < truth < found["high"]


def test_repeats_by_hand():
    assert answer("repeats")(lesson.three_cases(None)) == 1  # two in the first case, none, one
    wrong = {name: function(lesson.three_cases(None)) for name, function in mistakes("repeats").items()}
    assert wrong == {"every-question": 3, "across-cases": pytest.approx(7 / 3),
                     "cases-with-a-repeat": pytest.approx(2 / 3),
                     "share-of-questions": pytest.approx(1 / 3)}  # fmt: skip


def test_ten_cases_by_hand():
    assert answer("conformance") == 0.7
    assert mistakes("conformance")["loops-as-faults"] == 0.5
    assert mistakes("conformance")["greeting-demanded"] == 0.4


def test_the_law_of_little_by_hand():
    assert lesson.little(12, 0.25) == 3


def test_the_page_says_what_the_interval_says(shop, monkeypatch):
    recommendation = lesson.TEXTS["recommendation"]
    assert recommendation.choose(shop) == "most"
    low, high = wald(0.45, 0.05, 100)
    monkeypatch.setattr(lesson, "effect", lambda shop: {"share": 45, "low": 100 * low, "high": 100 * high, "n": 100})
    assert recommendation.choose(shop) == "less"
