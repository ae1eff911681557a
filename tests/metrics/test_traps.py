"""Ways in which a number could be silently wrong, or a person seen through it. Each was met once."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.tables.schema import RESERVED


def responses(**columns):
    return cx.open_dataset({"survey_responses": pd.DataFrame(columns)})


def test_a_flag_of_the_users_own_does_not_become_the_answer():
    invites = pd.DataFrame({"invite_id": list("abcd"), "delivered": True, "answered": False})
    shop = {"survey_invites": invites, "survey_responses": pd.DataFrame({"invite_id": ["a"]})}
    assert cx.response_rate(shop)["value"].tolist() == [0.25]


def test_files_of_different_types_do_not_round_scores(tmp_path):
    (tmp_path / "survey_responses").mkdir()
    rows = {"type": "nps", "answered_at": pd.Timestamp("2025-01-01", tz="UTC")}
    whole = pd.DataFrame({"response_id": [f"a{n}" for n in range(60)], "score": [10, 3] * 30, **rows})
    parts = pd.DataFrame({"response_id": [f"b{n}" for n in range(20)], "score": [9.5] * 20, **rows})
    whole.to_parquet(tmp_path / "survey_responses" / "a.parquet")
    parts.to_parquet(tmp_path / "survey_responses" / "b.parquet")
    row = cx.nps(tmp_path).iloc[0]
    assert (row["value"], row["n"], row["warnings"]) == (0.0, 60, "not_whole:20")


def test_words_for_a_missing_customer_are_nobody():
    row = cx.nps(pd.DataFrame({"score": [9, 0] * 20, "customer_id": ["N/A", "-"] * 20})).iloc[0]
    assert row["n"] == 40
    assert "design effect" not in row["method"]


def test_rows_that_share_an_id_are_refused_not_dropped():
    with pytest.raises(cx.InputError, match="2 rows have no response_id of their own"):
        cx.nps(pd.DataFrame({"score": [10, 10, 0, 0], "response_id": ["a", "b", "a", "b"]}))


@pytest.mark.parametrize("name", [*sorted(RESERVED), "cx_y", "aside_calls"])
def test_a_group_may_not_carry_the_name_of_a_result(name):
    with pytest.raises(cx.InputError, match="also a column of the result"):
        cx.nps(pd.DataFrame({"score": [9, 0], name: ["a", "b"]}), by=name)


@pytest.mark.parametrize("name", ["reason", "y", "w", "customer", "times", "joined_key", "place", "type"])
def test_a_group_may_carry_any_other_name(name):
    frame = cx.nps(pd.DataFrame({"score": [9, 0], name: ["nps", "nps"]}), by=name)
    assert frame["n"].tolist() == [2]


def test_the_type_of_a_survey_in_any_spelling():
    assert cx.nps(responses(score=[9, 0], type=["NPS", " nps "]))["n"].tolist() == [2]


def test_transactional_answers_of_one_customer_all_count():
    frame = pd.DataFrame({"response_id": list("abcd"), "score": [9, 0, 9, 9], "customer_id": "c", "wave": "w"})
    frame["answered_at"] = pd.Timestamp("2025-01-01", tz="UTC")
    assert cx.metric(frame.assign(kind="transactional"), "transactional_nps")["n"].tolist() == [4]
    assert cx.nps(frame.assign(kind="relational"))["n"].tolist() == [1]


def test_a_mask_is_obeyed_and_a_table_of_scores_is_refused():
    masked = np.ma.masked_array([10, 10, 0, 0], mask=[0, 0, 1, 1])
    assert cx.nps(masked)["value"].tolist() == [100.0]
    with pytest.raises(cx.InputError, match="cannot be read from ndarray"):
        cx.nps(np.ones((2, 2)))


def test_a_hidden_group_cannot_be_had_by_subtraction_from_the_rest():
    shop = responses(score=[9, 0, 9, 9, 3] + [9, 0] * 150, store_id=["A"] * 5 + ["B"] * 100 + ["C"] * 200)
    frame = cx.compare(replace(shop, privacy_floor=10), "nps", groups="store_id").set_index("to")
    assert frame["n_to"].isna().tolist() == [True, True, False]


def test_the_floor_counts_people_not_answers():
    shop = responses(score=[9] * 12 + [0] * 30, customer_id=["c"] * 12 + [f"d{n}" for n in range(30)],
                     channel=["app"] * 12 + ["web"] * 30)  # fmt: skip
    assert cx.nps(replace(shop, privacy_floor=10), by="channel")["warnings"].tolist() == ["suppressed", "suppressed"]


@pytest.mark.parametrize("column", ["customer_id", "comment", "note"])
def test_groups_that_point_at_people_are_refused(column):
    shop = responses(score=[9, 0] * 20, **{column: [f"Maria {n}" for n in range(40)]})
    with pytest.raises(cx.InputError, match="would point at people"):
        cx.nps(replace(shop, privacy_floor=10), by=column)


def test_instants_and_lengths_as_groups_are_text_of_the_reporting_zone():
    times = pd.to_datetime(["2025-01-01T02:00Z", None], utc=True)
    frame = cx.nps(pd.DataFrame({"score": [9, 0], "asked_at": times}), by="asked_at")
    assert frame["asked_at"].tolist()[0] == "2024-12-31 23:00:00-03:00"
    assert frame["asked_at"].isna().tolist() == [False, True]


@pytest.mark.parametrize("never", [datetime(9999, 12, 31), datetime(1, 1, 1)])
def test_never_as_a_date_does_not_break_the_months(tmp_path, never):
    times = pa.array([datetime(2025, 3, 1, 12)] * 20 + [never] * 20, pa.timestamp("us", "UTC"))
    ids, kinds = [f"r{row}" for row in range(40)], ["nps"] * 40
    table = pa.table({"response_id": ids, "type": kinds, "score": [9.0, 0.0] * 20, "answered_at": times})
    pq.write_table(table, tmp_path / "survey_responses.parquet")
    frame = cx.nps(tmp_path, every="month").set_index("period")
    assert frame.loc["2025-03", "n"] == 20
    assert frame["set_aside"].sum() == 20
    assert cx.nps(tmp_path)["n"].tolist() == [40]  # where no date is asked for, the answers count


@pytest.mark.parametrize(
    "call",
    [
        lambda: cx.nps(counts={"abc": 3.5}),
        lambda: cx.nps(counts=[1, 2]),
        lambda: cx.nps([9], by=0),
        lambda: cx.nps(promoters=9, passives=9, detractors=9, by="channel"),
        lambda: cx.response_rate(answered=1.0, delivered=5.0),
        lambda: cx.nps([[9], [3]]),
        lambda: cx.show(cx.catalogue()),
        lambda: cx.nps(pd.DataFrame({"score": [9], "Canal": ["a"], "canal": ["b"]})),
        lambda: cx.nps(pd.DataFrame([[9, 9]], columns=["score", "score"])),
    ],
)
def test_slips_get_a_sentence(call):
    with pytest.raises(cx.InputError):
        call()


def test_counts_of_millions_cost_no_rows():
    row = cx.nps(promoters=45_000_000, passives=30_000_000, detractors=25_000_000).iloc[0]
    assert (row["value"], row["n"]) == (20.0, 100_000_000)
    assert cx.csat(counts={5: 3, 99: 2})["warnings"].tolist() == ["out_of_scale:2;small_n"]
    assert cx.nps(counts={"dez": 2, 10: 1})["warnings"].tolist() == ["not_a_number:2;small_n"]


def test_no_change_has_no_sign():
    times = pd.to_datetime(["2025-01-15T12:00Z"] * 40 + ["2025-02-15T12:00Z"] * 40)
    frame = pd.DataFrame({"score": [9, 0] * 40, "answered_at": times})
    assert "change 0 (" in cx.show(cx.compare(frame, "nps", periods="month"))
