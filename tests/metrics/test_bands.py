"""Bands add up to the number they explain, from the same answers, and never show what the number hides."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.metrics.bands import BANDS, COLUMNS, bands

# Written out, so that the edges are not taken from the code under test.
BAND_OF = {
    "nps": ["detractors"] * 7 + ["passives"] * 2 + ["promoters"] * 2,
    "csat": [None, "dissatisfied", "dissatisfied", "neutral", "satisfied", "satisfied"],
    "ces": [None, "hard", "hard", "hard", "neutral", "easy", "easy", "easy"],
    "transactional_nps": ["detractors"] * 7 + ["passives"] * 2 + ["promoters"] * 2,
}
TYPE_OF = {name: name.removeprefix("transactional_") for name in BANDS}
KIND_OF = {"nps": ["relational"], "transactional_nps": ["transactional"]}


def responses(**columns):
    return cx.open_dataset({"survey_responses": pd.DataFrame(columns)})


@pytest.mark.parametrize("name", BANDS)
def test_each_score_falls_into_its_band(name):
    for score, band in enumerate(BAND_OF[name]):
        if band is not None:
            frame = bands(pd.DataFrame({"score": [score], "kind": KIND_OF.get(name, [None])}), name)
            assert frame.loc[frame["count"] == 1, "band"].tolist() == [band]
            assert (frame["count"].sum(), frame["share"].sum()) == (1, 1.0)


@pytest.mark.parametrize("name", BANDS)
def test_ipe_by_channel_as_pandas_counts_it(name):
    rows = cx.ipe().frame("survey_responses")
    rows = rows[(rows["type"] == TYPE_OF[name]) & rows["score"].notna()]
    rows = rows[rows["kind"].isin(KIND_OF.get(name, rows["kind"].unique()))]
    # In a relational wave only the last answer of a customer counts.
    waves = rows[(rows["kind"] == "relational") & rows["wave"].notna() & rows["customer_id"].notna()]
    waves = waves.sort_values(["answered_at", "response_id"])
    rows = rows.drop(waves.index[waves.duplicated(["customer_id", "wave"], keep="last")])
    expected = rows.groupby(["channel", rows["score"].map(lambda score: BAND_OF[name][int(score)])]).size()
    found = bands(cx.ipe(), name, by="channel").set_index(["channel", "band"])["count"]
    assert found[found > 0].to_dict() == expected.to_dict()


@pytest.mark.parametrize("name", BANDS)
def test_what_is_said_of_the_group_is_what_the_metric_says(name):
    whole = cx.metric(cx.ipe(), name, by="channel")
    frame = bands(cx.ipe(), name, by="channel")
    assert frame.columns.tolist() == ["channel", *COLUMNS]
    assert frame["band"].tolist() == list(BANDS[name]) * len(whole)
    for column in ("channel", "value", "low", "high", "n", "unit", "set_aside"):
        assert frame[column].tolist() == whole[column].repeat(3).tolist()
    assert frame.groupby("channel")["count"].sum().tolist() == whole["n"].tolist()
    assert frame.attrs["synthetic"] is True


def test_the_number_follows_from_its_bands():
    nps = bands(cx.ipe(), by="channel").pivot(index="channel", columns="band")
    assert np.allclose(100 * (nps["share"]["promoters"] - nps["share"]["detractors"]), nps["value"]["passives"])
    csat = bands(cx.ipe(), "csat").set_index("band")
    assert csat.loc["satisfied", "share"] == pytest.approx(csat.loc["neutral", "value"])


def test_only_answers_that_count_are_spread():
    frame = bands([10, 9, 8, 3, None, 99, 7.5])
    assert frame["count"].tolist() == [1, 1, 2]
    assert frame["set_aside"].tolist() == [3, 3, 3]


def test_a_superseded_answer_is_in_no_band():
    rows = pd.DataFrame({"response_id": list("abc"), "score": [0, 7, 10], "customer_id": "c", "wave": "w"})
    rows["answered_at"] = pd.date_range("2025-01-01", periods=3, tz="UTC")
    frame = bands(rows)
    assert frame["count"].tolist() == [0, 0, 1]
    assert frame["set_aside"].tolist() == [2, 2, 2]


def test_groups_without_a_name_and_with_hostile_ones():
    names = ["$x$", None, "<script>", None]
    frame = bands(pd.DataFrame({"score": [9, 0, 7, 8], "channel": names}), by="channel")
    assert frame["channel"].isna().tolist() == [False] * 6 + [True] * 3
    assert frame["count"].tolist() == [0, 0, 1, 0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize(
    "groups",
    [
        [1.0, None, 1.0, 2.0],
        [True, None, True, False],
        pd.Categorical(["x", None, "x", "y"]),
        pd.to_datetime(["2025-01-01", None, "2025-01-01", "2025-01-02"], utc=True),
    ],
)
def test_groups_of_any_type_find_their_counts(groups):
    frame = bands(pd.DataFrame({"score": [9, 0, 3, 7], "asked": groups}), by="asked")
    first = 3 if isinstance(groups[0], bool) else 0  # False comes before True
    assert frame["count"].tolist()[first : first + 3] == [1, 0, 1]
    assert frame["count"].tolist()[-3:] == [1, 0, 0]
    assert frame["count"].sum() == 4


def test_a_column_of_a_table_pointed_to():
    shop = cx.ipe()
    found = bands(shop, by="customers.state")
    assert found.groupby("customers.state", dropna=False)["count"].sum().sum() == cx.nps(shop)["n"].iloc[0]


def test_what_the_privacy_floor_hides_stays_hidden():
    shop = responses(score=[9, 0, 9, 9, 3] + [9, 0] * 150, channel=["app"] * 5 + ["web"] * 300)
    frame = bands(replace(shop, privacy_floor=10), by="channel")
    numbers = frame[["count", "share", "n", "value", "low", "high", "set_aside"]]
    # The other group is hidden with it when it could be had from the total; here the floor hides both.
    whole = cx.nps(replace(shop, privacy_floor=10), by="channel")
    assert numbers.isna().all(axis=1).tolist() == whole["n"].isna().repeat(3).tolist() == [True] * 6


def test_a_shown_group_beside_hidden_ones():
    channels = ["app"] * 12 + ["web"] * 4 + ["sms"] * 7
    shop = replace(responses(score=[9] * 23, channel=channels), privacy_floor=10)
    frame = bands(shop, by="channel")
    assert frame.groupby("channel")["count"].apply(lambda counts: counts.isna().all()).to_dict() == {
        "app": False,
        "sms": True,
        "web": True,
    }
    assert frame.loc[frame["channel"] == "app", "count"].tolist() == [0, 0, 12]


def test_groups_that_point_at_people_are_refused():
    shop = replace(responses(score=[9, 0] * 20, customer_id=[f"c{n}" for n in range(40)]), privacy_floor=10)
    with pytest.raises(cx.InputError, match="would point at people"):
        bands(shop, by="customer_id")


def test_nobody_answered():
    for frame in (bands([]), bands(promoters=0, passives=0, detractors=0), bands(counts={}), bands([None])):
        assert frame["count"].tolist() == frame["n"].tolist() == [0, 0, 0]
        assert frame[["share", "value", "low", "high"]].isna().all(axis=None)
    assert bands(pd.DataFrame({"score": [], "channel": []}), by="channel").columns.tolist() == ["channel", *COLUMNS]


def test_a_group_without_answers_beside_one_with():
    frame = bands(pd.DataFrame({"score": [9, None], "channel": ["app", "web"]}), by="channel")
    assert frame["share"].tolist()[:3] == [0, 0, 1]
    assert frame["share"].isna().tolist()[3:] == [True] * 3
    assert frame["set_aside"].tolist()[3:] == [1] * 3


def test_the_three_counts_of_a_dashboard():
    frame = bands(promoters=90, passives=60, detractors=50)
    assert frame["count"].tolist() == [50, 60, 90]
    assert frame["share"].tolist() == [0.25, 0.3, 0.45]
    assert frame[["value", "low", "high"]].round(1).iloc[0].tolist() == [20.0, 8.5, 30.9]
    assert frame.attrs["synthetic"] is False


def test_counts_by_score():
    counts = {5: 42, 4: 32, 3: 10, 2: 9, 1: 14, 99: 6, "4": 1, "five": 2}
    frame = bands(name="csat", counts=counts)
    assert frame["count"].tolist() == [23, 10, 75]
    assert frame["set_aside"].tolist() == [8] * 3
    given = [score for score, times in counts.items() for _ in range(times)]
    pd.testing.assert_frame_equal(bands(given, "csat"), frame)


def test_counts_of_millions():
    assert bands(promoters=45_000_000, passives=0, detractors=1)["count"].tolist() == [1, 0, 45_000_000]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bands([9], "response_rate"), "response_rate has no bands; these have: nps, csat, ces"),
        (lambda: bands([9], "nsp"), "Did you mean nps"),
        (lambda: bands(name="csat", promoters=1, passives=1, detractors=1), "promoters, .* are bands of nps"),
        (lambda: bands(promoters=1), "missing: passives, detractors"),
        (lambda: bands(), "exactly one of"),
        (lambda: bands([9], counts={9: 1}), "exactly one of"),
        (lambda: bands([9], promoters=1, passives=1, detractors=1), "exactly one of"),
        (lambda: bands(counts={9: -1}), "-1 answers for 9 cannot be"),
        (lambda: bands(counts=[9]), "cannot be"),
        (lambda: bands(counts={9: 1}, by="channel"), "Counts have no columns"),
        (lambda: bands(counts={9: 1}, source_zone="UTC"), "Counts have no columns"),
        (lambda: bands([9], by=["a", "b"]), "at most one by column; given: a, b"),
        (lambda: bands([9], by="channel"), "no column 'channel'"),
        (lambda: bands(pd.DataFrame({"score": [9], "band": ["x"]}), by="band"), "also a column of the result"),
        (lambda: bands(pd.DataFrame({"score": [9], "n": ["x"]}), by="n"), "also a column of the result"),
    ],
)
def test_slips_get_a_sentence(call, words):
    with pytest.raises(cx.InputError, match=words):
        call()


def test_by_the_score_itself():
    frame = bands([9, 9, 0], by="score")
    assert frame["count"].tolist() == [1, 0, 0, 0, 0, 2]
