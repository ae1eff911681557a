"""Groups made up alike: Simpson's turn by hand, populations that are given, empty strata, small groups."""

from dataclasses import replace

import pandas as pd
import pytest

import cxlib as cx

NOW = pd.Timestamp("2025-06-01 12:00", tz="UTC")
ASKED = {"by": "channel", "within": "kind"}


def answers(*cells):
    """Return answers to a CSAT: (channel, kind, satisfied, of)."""
    rows = [
        {"channel": channel, "kind": kind, "score": 5 if place < good else 1}
        for channel, kind, good, size in cells
        for place in range(size)
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(customer_id=[f"c{place}" for place in range(len(frame))], answered_at=NOW)


@pytest.fixture(scope="module")
def turned():
    return answers(("app", "club", 270, 600), ("app", "none", 40, 200), ("store", "club", 60, 120),
                   ("store", "none", 192, 800))  # fmt: skip


def test_the_app_is_ahead_and_once_made_up_alike_the_store_is(turned):
    found = cx.standardise(turned, "csat", **ASKED)
    assert found["standard"].tolist() == ["as_is", "as_is", "standardised", "standardised"]
    assert (100 * found["value"]).round(2).tolist() == [38.75, 27.39, 30.47, 34.88]
    assert found["n"].tolist() == [800, 920] * 2
    plain = cx.metric(turned, "csat", by="channel")
    assert found["low"][:2].tolist() == pytest.approx(plain["low"].tolist(), abs=1e-6)
    change = cx.standardise(turned, "csat", against="app", **ASKED).set_index("standard")
    assert change["change"].round(4).tolist() == [-0.1136, 0.0442]
    assert change.loc["as_is", "verdict"] == "down"
    assert (change["from"] + change["to"]).tolist() == ["appstore"] * 2
    words = str(cx.show(change.reset_index()))
    assert words.startswith("as it is · app → store: CSAT 38.8% → 27.4%")
    assert words.splitlines()[0].endswith("lower")


def test_a_population_can_be_given(turned):
    found = cx.standardise(turned, "csat", population={"club": 1, "none": 0}, **ASKED)
    assert found["value"][2:].tolist() == pytest.approx([0.45, 0.50])
    with pytest.raises(cx.InputError, match="share of each stratum"):
        cx.standardise(turned, "csat", population={"club": 1}, **ASKED)


def test_a_group_with_nobody_in_a_stratum_has_no_value():
    found = cx.standardise(
        answers(("app", "club", 5, 9), ("store", "club", 5, 9), ("store", "none", 5, 9)), "csat", **ASKED
    )
    assert found["value"].isna().tolist() == [False, False, True, False]
    assert found["method"][2] == "none: a stratum is empty in this group"
    assert "nobody of one stratum" in str(cx.show(found)).splitlines()[2]


def test_customers_in_both_groups_are_not_two_customers(turned):
    """Each answers in both channels, alike in both: the difference is 0 and knows it."""
    same = answers(("app", "club", 30, 60), ("store", "club", 30, 60))
    same["customer_id"] = [f"c{place % 60}" for place in range(len(same))]
    apart = cx.standardise(same.assign(customer_id=range(len(same))), "csat", against="app", **ASKED)
    assert apart["change"].tolist() == [0, 0]
    assert (apart["high"] > 0.1).all()
    together = cx.standardise(same, "csat", against="app", **ASKED)
    assert together["change"].tolist() == [0, 0]
    assert together["low"].isna().all() or (together["high"] < 0.01).all()


def test_mistakes_are_told(turned):
    with pytest.raises(cx.InputError, match="no group 'shop'"):
        cx.standardise(turned, "csat", against="shop", **ASKED)
    with pytest.raises(cx.InputError, match="no group 'shop'"):
        cx.standardise(turned, "csat", groups=["app", "shop"], **ASKED)
    with pytest.raises(cx.InputError, match="not two groups"):
        cx.standardise(turned, "csat", groups=["app"], **ASKED)
    with pytest.raises(cx.InputError, match="no ratio"):
        cx.standardise(turned, "first_response_time", **ASKED)


def test_small_groups_of_real_people_are_hidden(turned):
    rows = pd.concat([turned, answers(("kiosk", "club", 2, 3), ("kiosk", "none", 1, 2))], ignore_index=True)
    rows = rows.assign(type="csat", response_id="r" + rows.index.astype(str))
    shop = cx.open_dataset({"survey_responses": rows})
    found = cx.standardise(replace(shop, privacy_floor=10), "csat", **ASKED)
    kiosk = found["channel"].eq("kiosk")
    assert found.loc[kiosk, ["value", "n"]].isna().all().all()
    assert found.loc[kiosk, "warnings"].eq("suppressed").all()
