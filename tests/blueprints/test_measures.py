"""A blueprint held against logs worked by hand: time, work, third parties, transfers, repeats, Little's law, CSAT."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import cxlib as cx
from cxlib.blueprints.measuring import measure, moves
from cxlib.blueprints.parts import read_blueprint
from cxlib.blueprints.progress import little

START = pd.Timestamp("2025-03-03T12:00Z")
TEXT = Path(__file__).with_name("repair.yaml").read_text(encoding="utf-8")
WAY = (("opened", 0, None), ("message", 20, 4.0), ("transfer", 95, 2.0), ("status", 120, 6.0))


def shop(cases, **more):
    """Return a dataset from {ticket: [(type, minute, touch or None, data asked)]}; a customer a ticket."""
    rows = [
        {"ticket_event_id": f"{ticket}-{place}", "ticket_id": ticket, "event_type": kind, "touch_minutes": touch,
         "occurred_at": START + pd.Timedelta(minutes=minute), "data_asked": asked[0] if asked else None}
        for ticket, events in cases.items()
        for place, (kind, minute, touch, *asked) in enumerate(events)
    ]  # fmt: skip
    tickets = pd.DataFrame({"ticket_id": list(cases), "created_at": START, "customer_id": [f"c{k}" for k in cases]})
    return {"tickets": tickets, "ticket_events": pd.DataFrame(rows).astype({"touch_minutes": "float64"}), **more}


def number(frame, metric, step="all", column="value"):
    return frame.loc[frame["metric"].eq(metric) & frame["step"].eq(step), column].item()


def measured(cases, **more):
    return measure(read_blueprint(TEXT), cx.open_dataset(shop(cases, **more), zone="UTC"))


def test_the_blueprint_of_these_tests_is_sound():
    assert cx.blueprint(TEXT).problems["code"].tolist() == []


def test_flow_efficiency_is_twelve_of_120_minutes():
    found = measured({f"t{k}": WAY for k in range(12)})
    assert number(found, "flow_efficiency") == pytest.approx(0.10)
    assert number(found, "third_party_share") == pytest.approx(75 / 120)
    assert number(found, "elapsed_median") == 120
    assert number(found, "conformance") == number(found, "events_matched") == 1
    assert number(found, "flow_efficiency", column="method") == "none: all alike, or a single one"


def test_waits_add_up_to_the_time_on_the_clock():
    found = measured(
        {f"t{k}": [(kind, minute * (1 + k / 7), touch) for kind, minute, touch in WAY] for k in range(9)}
    )
    shares = found[found["metric"].eq("step_time")].set_index("step")["value"]
    assert shares.sum() == pytest.approx(1)
    assert shares["mends"] == pytest.approx(number(found, "third_party_share")) == pytest.approx(75 / 120)


def test_medians_of_waits_have_the_interval_of_ranks():
    waits = np.round(stats.lognorm(0.7, scale=40).ppf((np.arange(60) + 0.5) / 60), 1)
    found = measured({f"t{k}": [("opened", 0, None), ("message", wait, 1.0)] for k, wait in enumerate(waits)})
    ranks = stats.binom.ppf([0.025, 0.975], 60, 0.5).astype(int)  # Conover 1999
    assert number(found, "step_wait_median", "takes") == pytest.approx(np.median(waits), abs=0.01)
    assert number(found, "step_wait_median", "takes", "low") == pytest.approx(waits[ranks[0] - 1], abs=0.01)
    assert number(found, "step_wait_median", "takes", "high") == pytest.approx(waits[ranks[1]], abs=0.01)


def test_a_wait_that_is_not_over_counts_as_long_as_it_lasted():
    done = {f"t{k}": [("opened", 0, None), ("message", 10 * (k + 1), 1.0)] for k in range(4)}
    still = {f"u{k}": [("opened", 0, None)] for k in range(4)}
    found = measured(done | still)  # the last event is at minute 40, so the four have waited 40 minutes or more
    row = found[found["metric"].eq("step_wait_median") & found["step"].eq("takes")].iloc[0]
    assert row["n"] == 8
    assert row["value"] == 40  # naive, of those that are over: 25


def test_transfers_and_repeats_of_200_cases():
    """90 transfers in 60 cases, 39 of them asked the same again: 0.45 a case, 30 %, 65 % (DOMAIN M33)."""
    cases = {}
    for k in range(200):
        transfers = (k < 60) + (k < 30)
        events = [("opened", 0, None), ("message", 5, 1.0, "cpf;order_id")]
        events += [("transfer", 10 + place, None) for place in range(transfers)]
        events += [("message", 20, 1.0, "cpf")] * (k < 39)
        cases[f"t{k}"] = [*events, ("status", 30, 1.0)]
    found = measured(cases)
    assert number(found, "handoffs_per_case") == pytest.approx(0.45)
    assert number(found, "cases_with_handoff") == pytest.approx(0.30)
    assert number(found, "reasked_rate") == pytest.approx(0.65)
    assert number(found, "reasked_rate", column="n") == 60
    assert number(found, "reasked_rate", column="set_aside") == 140
    low, high = stats.binomtest(39, 60).proportion_ci(method="wilson")
    assert (
        number(found, "reasked_rate", column="low"),
        number(found, "reasked_rate", column="high"),
    ) == pytest.approx((low, high))
    assert number(found, "repeats_per_case") == pytest.approx(39 / 200)


def test_what_is_asked_twice_before_any_transfer_is_repeated_but_not_after_one():
    events = [
        ("opened", 0, None),
        ("message", 5, 1.0, "cpf"),
        ("message", 6, 1.0, "cpf;serial"),
        ("transfer", 9, None),
    ]
    found = measured({f"t{k}": [*events, ("status", 30, 1.0)] for k in range(5)})
    assert number(found, "repeats_per_case") == 1
    assert number(found, "reasked_rate") == 0


def test_what_was_not_drawn_is_found_and_counted():
    skipped = [WAY[0], WAY[1], WAY[3]]
    backwards = [WAY[0], ("transfer", 5, None), ("message", 20, 4.0), ("status", 120, 6.0)]
    noise = [*WAY, ("sticker", 130, None)]
    data = cx.open_dataset(shop({"a": WAY, "b": skipped, "c": backwards, "d": noise, "e": []}), zone="UTC")
    model = read_blueprint(TEXT)
    found = measure(model, data)
    assert number(found, "conformance") == pytest.approx(2 / 4)
    assert number(found, "conformance", column="warnings") == "unplayed:1;small_n"
    assert number(found, "events_matched") == pytest.approx(15 / 16)
    assert number(found, "events_matched", column="warnings") == "unmatched:1;small_n"
    seen = moves(model, data)
    wrong = {(row["from"], row["to"]) for row in seen.to_dict("records") if not row["expected"]}
    assert wrong == {("takes", "told"), ("asks", "mends"), ("mends", "takes")}
    assert seen["n"].sum() == 15


def test_late_and_failed():
    late = [(kind, minute + 30 * (minute > 90), touch) for kind, minute, touch in WAY]
    broke = [*WAY, ("complaint", 500, None)]
    found = measured({"a": WAY, "b": late, "c": broke, "d": WAY})
    assert number(found, "step_late", "mends") == pytest.approx(1 / 4)
    assert number(found, "step_failed", "mends") == pytest.approx(1 / 4)


@pytest.mark.parametrize("every", [5, 12])
def test_littles_law(every):
    """12 an hour, a quarter of an hour each: 3 in progress."""
    assert little(12, 0.25) == 3
    cases = {f"t{k}": [("opened", every * k, None), ("message", every * k + 5, 1.0), ("status", every * k + 15, 1.0)]
             for k in range(400)}  # fmt: skip
    found = measured(cases)
    assert number(found, "little") == pytest.approx(15 / every, rel=0.01)
    assert number(found, "in_progress") == pytest.approx(15 / every, rel=0.01)


def test_littles_law_shows_that_many_never_end():
    ended = {f"t{k}": [("opened", 5 * k, None), ("status", 5 * k + 15, 1.0)] for k in range(100)}
    stuck = {f"u{k}": [("opened", 5 * k, None)] for k in range(50)}
    found = measured(ended | stuck)
    assert number(found, "in_progress") > 4 * number(found, "little")
    assert number(found, "third_party_share", column="warnings") == "unfinished:50"


def test_n_and_what_was_set_aside_are_all_tickets():
    unfinished = {"x": WAY[:2], "y": WAY[:1], "z": []}
    found = measured({"a": WAY, "b": WAY} | unfinished)
    whole = found[found["step"].eq("all") & ~found["metric"].isin(["events_matched"])]
    known = whole[whole["n"] > 0]
    assert len(known) >= 10
    assert (known["n"] + known["set_aside"]).eq(5).all(), known[["metric", "n", "set_aside"]]


def test_the_price_of_a_repeat_is_the_slope_of_a_regression_clustered_by_customer():
    draw = np.random.default_rng(4)
    size = 600
    repeats, slow = draw.integers(0, 3, size), draw.random(size) < 0.3
    satisfied = draw.random(size) < 0.9 - 0.1 * repeats - 0.2 * slow
    cases = {
        f"t{k}": [("opened", 0, None), ("message", 5, 1.0, "cpf"), *[("message", 6, 1.0, "cpf")] * again,
                  ("transfer", 200 if late else 50, None), ("status", 300, 1.0)]
        for k, (again, late) in enumerate(zip(repeats, slow, strict=True))
    }  # fmt: skip
    tables = shop(cases)
    # The same moment twice is no repeat of the first: set them a minute apart each.
    tables["ticket_events"]["occurred_at"] += pd.to_timedelta(
        tables["ticket_events"].groupby(["ticket_id", "event_type"]).cumcount(), unit="s"
    )
    customers = [f"c{k // 2}" for k in range(size)]  # two tickets each
    tables["tickets"]["customer_id"] = customers
    tables["survey_responses"] = pd.DataFrame(
        {"response_id": [f"r{k}" for k in range(size)], "ticket_id": list(cases), "type": "csat",
         "customer_id": customers, "score": np.where(satisfied, 5, 2), "answered_at": START}
    )  # fmt: skip
    found = measure(read_blueprint(TEXT), cx.open_dataset(tables, zone="UTC"))
    design = sm.add_constant(np.column_stack([repeats, slow]).astype(float))
    fit = sm.OLS(100.0 * satisfied, design).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(size // 2), 2)}
    )
    row = found[found["metric"].eq("csat_per_repeat")].iloc[0]
    assert row["value"] == pytest.approx(fit.params[1])
    assert (row["low"], row["high"]) == pytest.approx((fit.params[1] - 1.959964 * fit.bse[1],
                                                       fit.params[1] + 1.959964 * fit.bse[1]))  # fmt: skip
    shares = found[found["metric"].eq("csat_by_repeats")].set_index("step")["value"]
    assert shares["repeats=1"] == pytest.approx(satisfied[repeats == 1].mean())


def test_steps_may_stand_in_other_tables_and_find_their_case_by_another_column():
    tables = shop({"a": WAY, "b": WAY})
    tables["tickets"]["order_id"] = ["o1", "o2"]
    tables["shipments"] = pd.DataFrame(
        {
            "shipment_id": ["s1", "s2"],
            "order_id": ["o1", "o2"],
            "delivered_at": [START + pd.Timedelta(minutes=150), None],
        }
    )
    text = TEXT.replace("end: told", "end: arrives").replace(
        "evidence:\n",
        "  - {id: arrives, lane: customer, actor: customer, seq: 6, label: {en: Gets it, pt-BR: Recebe}, event_match:"
        " {table: shipments, at: delivered_at, on: order_id}}\nevidence:\n",
    )
    text = text.replace("links:\n", "links:\n  - {from: told, to: arrives}\n")
    found = measure(read_blueprint(text), cx.open_dataset(tables, zone="UTC"))
    assert number(found, "step_wait_median", "arrives") == 30
    assert number(found, "conformance") == 1
    assert number(found, "elapsed_median", column="n") == 2


def test_slips_are_told():
    data = cx.open_dataset(shop({"a": WAY}), zone="UTC")
    for old, new, says in (
        ("event_type: opened", "event_type: opened, ticket_idd: a", "column ticket_idd.*Did you mean ticket_id"),
        ("table: tickets", "table: cases", "no table cases"),
        ("opened_at: created_at", "opened_at: opened_at", "looks for the column opened_at"),
        ("event_type: opened", "event_type: message", "asks and to takes"),
        (
            "opened_at: created_at",
            "opened_at: created_at, start: 2030-01-01",
            "No case of tickets went through repair",
        ),
    ):
        with pytest.raises(cx.InputError, match=says):
            measure(read_blueprint(TEXT.replace(old, new, 1)), data)
    with pytest.raises(cx.InputError, match="which cases it is about"):
        measure(read_blueprint(TEXT[: TEXT.index("cases:")]), data)


def test_without_work_without_questions_without_answers():
    tables = shop({f"t{k}": WAY for k in range(3)})
    tables["ticket_events"] = tables["ticket_events"].drop(columns=["touch_minutes", "data_asked"])
    found = measure(read_blueprint(TEXT), cx.open_dataset(tables, zone="UTC"))
    assert number(found, "flow_efficiency", column="method") == "none: the log times no work"
    assert number(found, "reasked_rate", column="method") == "none: the log does not say what was asked"
    assert "csat_per_repeat" not in set(found["metric"])
    assert "the log times no work" in cx.show(found)


def test_few_people_are_hidden():
    data = cx.open_dataset(shop({f"t{k}": WAY for k in range(3)}), zone="UTC")
    guarded = replace(data, privacy_floor=10)
    hidden = measure(read_blueprint(TEXT), guarded)
    assert hidden["value"].isna().all()
    assert set(hidden["warnings"]) == {"suppressed"}
    assert cx.blueprint(TEXT, data=guarded)._repr_html_()
