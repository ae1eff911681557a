"""Stages: the models and their ways back, rules on small tables, journeys against a plain loop, words for slips."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.journeys.stage_models import KEYS, MODELS, stage_map, to_canonical, to_variant
from cxlib.journeys.stage_rules import stage_rules
from cxlib.journeys.stages import stages
from cxlib.journeys.touches import journeys_of
from cxlib.tables.engine import collect

START = pd.Timestamp("2025-01-01T12:00Z")
KINDS = ["page_view", "product_view", "add_to_cart", "purchase", "delivery", "first_use", "complaint", "share"]


def events(*rows):
    """Return events from (person, days, type)."""
    who, days, kinds = zip(*rows, strict=True)
    return pd.DataFrame({"person_key": who, "occurred_at": START + pd.to_timedelta(days, unit="D"),
                         "event_type": kinds})  # fmt: skip


def value(frame, stage, metric="stage_reached", column="value"):
    return frame.loc[frame["stage"].eq(stage) & frame["metric"].eq(metric), column].item()


# --- Models


@pytest.mark.parametrize("variant", MODELS)
def test_every_stage_of_a_model_leads_back_to_itself(variant):
    pairs = stage_map(variant).dropna(subset="stage")
    for row in pairs.to_dict("records"):
        part = None if pd.isna(row["part"]) else row["part"]
        assert to_variant(row["canonical"], variant, part=part) == row["stage"]
    for stage, covered in pairs.groupby("stage"):
        if len(covered) == 1:
            assert to_canonical(stage, variant) == covered["canonical"].item()
        else:
            with pytest.raises(cx.InputError, match="covers several stages"):
                to_canonical(stage, variant)


def test_the_published_models_have_five_and_six_stages():
    assert [len(MODELS[variant]) for variant in ("canonical_7", "f1_5", "f3_6")] == [7, 5, 6]
    assert to_variant("decision", "f1_5") == to_variant("purchase", "f1_5") == "purchase_decision"
    assert (to_variant("loyalty", "f1_5"), to_variant("use", "f3_6")) == (None, None)
    with pytest.raises(cx.InputError, match="transaction → decision, fulfilment → purchase_experience"):
        to_variant("purchase", "f3_6")
    with pytest.raises(cx.InputError, match="no stage 'bliss'"):
        to_variant("bliss", "f1_5")
    with pytest.raises(cx.InputError, match="no model"):
        stage_map("f2")


# --- By hand


def test_journeys_end_by_silence_and_begin_again_after_loyalty():
    rows = events(
        ("a", 0, "page_view"), ("a", 30, "page_view"),  # exactly 30 days: the same journey
        ("a", 61, "page_view"),  # 31 days: another
        ("b", 0, "page_view"), ("b", 1, "purchase"), ("b", 2, "share"),
        ("b", 2.5, "page_view"),  # half a day after loyalty: a step back
        ("b", 5, "page_view"),  # the loop is closed: another journey
        ("c", 200, "page_view"),
    )  # fmt: skip
    found = collect(journeys_of(rows, stage_rules(), "purchase").rows).to_pandas()
    assert found.groupby("person_key").size().to_dict() == {"a": 2, "b": 2, "c": 1}
    assert found.loc[found["person_key"].eq("c"), "is_open"].item()
    assert sorted(found.loc[found["person_key"].eq("b"), "touches"]) == [1, 4]


def test_shares_by_hand_with_skips_and_what_is_open():
    rows = events(
        ("a", 0, "page_view"), ("a", 0.1, "product_view"), ("a", 0.2, "product_view"), ("a", 0.3, "purchase"),
        ("b", 0, "product_view"), ("b", 1, "purchase"), ("b", 4, "delivery"), ("b", 9, "first_use"),
        ("c", 0, "page_view"), ("d", 0, "complaint"), ("e", 100, "page_view"),
    )  # fmt: skip
    frame = stages(rows)
    # d complained and began nothing; e is open; a, b and c are closed.
    assert value(frame, "awareness", column="n") == 3
    assert value(frame, "awareness", column="set_aside") == 1
    assert value(frame, "awareness", column="warnings") == "open:1;small_n"
    shares = [value(frame, stage) for stage in ("awareness", "consideration", "purchase", "use")]
    assert shares == pytest.approx([1, 1 / 3, 2 / 3, 1 / 3])
    assert value(frame, "consideration", "stage_skipped") == 0.5  # b bought without considering
    issue = stages(rows, goal="issue")
    assert issue["stage"].unique().tolist() == ["service", "loyalty"]
    assert value(issue, "service", column="n") == 1


def test_other_tables_enter_stages_too():
    at = START + pd.to_timedelta([0, 1, 40, 41, 45, 46], unit="D")
    shop = {
        "orders": pd.DataFrame({"order_id": ["o1", "o2", "o3"], "customer_id": ["a", None, "a"], "channel": "web",
                                "placed_at": [at[0], at[1], at[2]], "status": "paid", "total_cents": 100,
                                "currency": "BRL"}),
        "shipments": pd.DataFrame({"shipment_id": ["s"], "order_id": ["o3"], "delivered_at": [at[3]],
                                   "promised_on": [at[3].date()]}),
        "tickets": pd.DataFrame({"ticket_id": ["t"], "customer_id": ["a"], "created_at": [at[4]], "status": "open"}),
        "customers": pd.DataFrame({"customer_id": ["a"], "state": ["SP"]}),
    }  # fmt: skip
    frame = stages(cx.open_dataset(shop), until="2025-06-01", by="state")
    assert frame["state"].unique().tolist() == ["SP"]
    assert value(frame, "purchase", column="n") == 2
    assert [value(frame, stage) for stage in ("use", "service")] == [0.5, 0.5]
    assert "events_unknown:1" in value(frame, "purchase", column="warnings")
    assert value(frame, "awareness", column="method") == "none: no table tells this stage"
    split = stages(cx.open_dataset(shop), until="2025-06-01", variant="f3_6")
    assert [value(split, stage) for stage in ("decision", "purchase_experience")] == [1, 0.5]


# --- Against a plain loop


def by_loop(rows):
    """Cut the journeys of one person: a list of {stage: first day}, read off the rules as the page says them."""
    stage_of = {"page_view": ["awareness"], "product_view": ["awareness", "views"], "add_to_cart": ["decision"],
                "purchase": ["purchase"], "delivery": ["purchase"], "first_use": ["use"], "complaint": ["service"],
                "share": ["loyalty"]}  # fmt: skip
    early, found, last, loyal = {"awareness", "views", "decision"}, [], None, False
    for day, kind in rows:
        for stage in stage_of[kind]:
            silent = last is None or day - last > 30
            looped = loyal and stage in early and day - last >= 1
            if silent or looped:
                found.append([])
                loyal = False
            found[-1].append((day, stage))
            loyal = loyal or stage == "loyalty"
            last = day
    journeys = []
    for touches in found:
        began = [day for day, stage in touches if stage in early | {"purchase"}]
        kept = [(day, stage) for day, stage in touches if began and day >= min(began)]
        firsts = {
            stage: min(day for day, other in kept if other == stage) for stage in {one for _, one in kept} - {"views"}
        }
        views = sorted(day for day, stage in kept if stage == "views")
        firsts |= {"consideration": views[1]} if len(views) > 1 else {}
        if kept:
            journeys.append(firsts)
    return journeys


@pytest.mark.parametrize("seed", range(4))
def test_journeys_are_those_of_a_plain_loop(seed):
    draw = np.random.default_rng(seed)
    days = {who: sorted(set(draw.integers(0, 240 * 8, 40) / 8)) for who in "abcdefgh"}
    rows = [(who, day, draw.choice(KINDS)) for who, mine in days.items() for day in mine]
    found = collect(journeys_of(events(*rows), stage_rules(), "purchase", until="2026-12-01").rows).to_pandas()
    for who in days:
        mine = found[found["person_key"].eq(who)].sort_values("began")
        wanted = by_loop([(day, kind) for person, day, kind in rows if person == who])
        got = [{stage: (row[f"at_{stage}"] - START.tz_localize(None)).total_seconds() / 86_400 for stage in KEYS
                if pd.notna(row[f"at_{stage}"])} for row in mine.to_dict("records")]  # fmt: skip
        assert got == [pytest.approx(one) for one in wanted]


def test_a_customers_journeys_belong_together():
    rows = [(f"p{who}", 100 * again, kind) for who in range(60) for again in range(4)
            for kind in (["page_view", "purchase"] if who % 2 else ["page_view"])]  # fmt: skip
    frame = stages(events(*rows), until="2026-12-01")
    alone = stages(
        events(*[(f"p{number}", day, kind) for number, (_, day, kind) in enumerate(rows)]), until="2026-12-01"
    )
    assert "design effect 4.0" in value(frame, "purchase", column="method")
    assert value(alone, "awareness", column="n") == 240 + 120


# --- NPS by stage reached


def test_the_stage_reached_is_the_one_before_the_answer():
    shop = {
        "events": events(("a", 0, "page_view"), ("a", 10, "purchase"), ("b", 0, "page_view"), ("b", 1, "add_to_cart"))
        .assign(customer_id=["a", "a", "b", "b"]),
        "survey_responses": pd.DataFrame({
            "response_id": ["r1", "r2", "r3", "r4", "r5"], "type": "nps", "score": [9, 2, 10, 10, 5],
            "customer_id": ["a", "a", "b", "c", None],
            "answered_at": START + pd.to_timedelta([5, 20, 20, 20, 20], unit="D"),
        }),
    }  # fmt: skip
    frame = cx.metric(cx.open_dataset(shop), "nps", by="stage_reached").set_index("stage_reached", drop=False)
    assert frame["n"].to_dict() == pytest.approx(
        {"awareness": 1, "decision": 1, "purchase": 1, np.nan: 2}, nan_ok=True
    )
    assert frame.loc["purchase", "value"] == -100
    assert "loyalty" not in frame.index  # a promoter is not loyal by the very answer
    assert "Purchase and fulfilment: NPS −100" in cx.show(frame)


# --- Slips


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[enter]]\nstage = 'bliss'\ntable = 'events'", "'bliss' is no stage"),
        ("[[enter]]\nstage = 'use'\ntable = 'clicks'", "no table 'clicks'"),
        ("[[enter]]\nstage = 'use'\ntable = 'events'\nwhere = { event_typ = ['x'] }", "no column 'event_typ'"),
        ("[[enter]]\nstage = 'use'\ntable = 'events'\nleast = 0", "whole number from 1 up"),
        ("[[enter]]\nstage = 'use'\ntable = 'events'\nwhere = 'x'", "should be a table"),
        ("[[enter]]\nstage = 'use'\ntable = 'events'\nwhen = 'x'", "'when' is not known here"),
        (
            "[[enter]]\nstage = 'use'\ntable = 'shipments'\nat = 'delivered_at'\nthrough = 'stores'",
            "through must name a table",
        ),
        ("[[enter]]\nstage = 'use'\ntable = 'shipments'\nthrough = 'orders'", "say at"),
        ("[goal.purchase]\ndays = -1", "from 0 up"),
        ("[goal.purchase]\nstages = ['use']\nstarts = ['service']", "starts must be among stages"),
        ("[[enter]]\nstage = 'purchase'\npart = 'dream'\ntable = 'orders'", "part is one of"),
        ("goal = 3", "should be a table"),
        ("days", "not valid TOML"),
    ],
)
def test_a_slip_in_a_file_of_rules_is_named(tmp_path, text, says):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(cx.InputError, match=says):
        stages(events(("a", 0, "page_view")), rules=path)


def test_own_rules_replace_those_of_the_package(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[goal.purchase]\ndays = 5\n[[enter]]\nstage = 'awareness'\ntable = 'events'\n", encoding="utf-8")
    frame = stages(events(("a", 0, "whatever"), ("a", 6, "whatever"), ("b", 60, "x")), rules=path)
    assert value(frame, "awareness", column="n") == 2
    assert value(frame, "use", column="method") == "none: no table tells this stage"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"goal": "bliss"}, "no goal"),
        ({"variant": "f9"}, "no model"),
        ({"by": "colour"}, "neither"),
        ({"by": "person_key"}, "point at people"),
        ({"rules": "nowhere.toml"}, "does not exist"),
        ({"start": "soon"}, "not a date"),
    ],
)
def test_a_slip_in_the_question_is_named(asked, says):
    with pytest.raises(cx.InputError, match=says):
        stages(events(("a", 0, "page_view"), ("b", 90, "page_view")), **asked)


def test_tables_that_tell_no_stage_are_refused():
    with pytest.raises(cx.InputError, match="No rule of a stage fits"):
        stages({"stores": pd.DataFrame({"store_id": ["s"], "name": ["x"]})})
