"""The truth is told to whoever has an interval, and only where there is one."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.world.build import truths


@pytest.fixture(scope="module")
def shop():
    return cx.ipe("tiny", 7)


def test_an_interval_that_holds_the_truth(shop):
    value = truths(7, "tiny")["T01"]["value"]
    said = str(cx.reveal(shop, "T01", (value - 1, value + 1)))
    assert f"is {round(value, 1):g}." in said
    assert "holds it" in said


def test_an_interval_that_misses_is_told_how_common_that_is(shop):
    assert "missed it: so do about 5 in 100" in str(cx.reveal(shop, "T01", (99, 100)))


def test_a_result_frame_is_an_answer(shop):
    assert "The truth" in str(cx.reveal(shop, "T01", cx.nps(shop)))


def test_the_company_of_the_course_misses_with_its_plain_nps():
    assert "missed it" in str(cx.reveal(cx.ipe(), "T01", cx.nps(cx.ipe())))


def test_in_portuguese(shop, portuguese):
    assert "Seu intervalo, −1 a 1" in str(cx.reveal(shop, "T01", (-1, 1)))


@pytest.mark.parametrize(
    ("truth", "answer", "trouble"),
    [("T99", (1, 2), "no truth `'T99'`"), ("T01", ..., "First your interval"), ("T01", "9.5", "not an interval")],
)
def test_what_cannot_be_revealed_is_refused(shop, truth, answer, trouble):
    with pytest.raises(cx.InputError, match=trouble):
        cx.reveal(shop, truth, answer)


def test_a_company_too_small_for_a_truth_says_so():
    with pytest.raises(cx.InputError, match="too small to hold truth T20"):
        cx.reveal(cx.ipe(5, 7), "T20", (1, 2))


def test_real_data_have_no_known_truth():
    data = cx.open_dataset({"survey_responses": pd.DataFrame({"response_id": ["a"], "score": [9]})})
    with pytest.raises(cx.InputError, match="Nobody knows the truth"):
        cx.reveal(data, "T01", (1, 2))
