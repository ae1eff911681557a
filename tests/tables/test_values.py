import numpy as np
import pandas as pd
import pytest
from converted_columns import listed, problems, text

from cxlib.tables.instants import to_date, to_instant
from cxlib.tables.numbers import to_cents, to_number
from cxlib.tables.values import is_missing, to_boolean, to_category, to_text

EVERY = [
    to_number,
    lambda column: to_cents(column, format="units"),
    lambda column: to_instant(column, source_zone="UTC"),
    to_date,
    to_boolean,
    lambda column: to_category(column, ["a", "b"]),
    to_text,
]


@pytest.mark.parametrize("convert", EVERY)
def test_index_name_and_nulls_stay(convert):
    column = pd.Series([None, None], index=[7, 9], name="score", dtype="str")
    result = convert(column)
    assert result.values.index.to_list() == [7, 9] and result.values.name == "score"
    assert result.values.isna().all() and problems(result) == []


@pytest.mark.parametrize("convert", EVERY)
def test_an_empty_column_is_fine(convert):
    assert convert(text()).values.empty
    assert convert(pd.Series([], dtype="object")).values.empty


@pytest.mark.parametrize("convert", EVERY[:-1])
def test_words_for_missing_are_null_without_a_problem(convert):
    words = ["", " ", "-", "--", "NULL", "None", "nan", "NA", "N/A", "#N/A", "#N/D", "#N/D!", "(not set)", "<NA>"]
    result = convert(text(*words))
    assert result.values.isna().all() and problems(result) == []


def test_words_for_missing_are_text_in_text():
    assert listed(to_text(text("-", "N/A", "", "  "))) == ["-", "N/A", None, None]


def test_is_missing():
    assert is_missing(text("0", "não", "(Not Set)", None)).to_list() == [False, False, True, True]
    assert is_missing(pd.Series([0.0, np.nan])).to_list() == [False, True]


def test_problems_keep_twenty_and_add_up():
    column = text(*[f"x{n:03d}" for n in range(30)], *["often"] * 5, "7")
    found = to_number(column).problems
    assert len(found) == 21
    assert found.iloc[0].to_list() == ["not_a_number", "often", 5]
    assert found.iloc[-1].to_list() == ["not_a_number", "…others", 11]
    assert found["count"].sum() == 35


def test_problems_show_no_personal_data():
    assert problems(to_number(text("ana@x.com", "7"))) == [("not_a_number", "[email]", 1)]


def test_booleans():
    yes, no = ["true", "YES", "Sim", "s", "y", "1", "Verdadeiro"], ["false", "no", "Não", "nao", "N", "0", "falso"]
    result = to_boolean(text(*yes, *no, " sim ", "talvez", "-"))
    assert listed(result) == [True] * 7 + [False] * 7 + [True, None, None]
    assert result.values.dtype == "boolean"
    assert problems(result) == [("not_yes_or_no", "talvez", 1)]


def test_typed_booleans():
    assert listed(to_boolean(pd.Series([True, False]))) == [True, False]
    assert listed(to_boolean(pd.Series([1.0, None, 0.0]))) == [True, None, False]
    assert listed(to_boolean(pd.Series(pd.array([True, None], dtype="boolean")))) == [True, None]


def test_categories():
    result = to_category(text(" NPS ", "csat", "fax", "n/a", "none"), ["nps", "CSAT", "none"])
    assert listed(result) == ["nps", "CSAT", None, None, "none"]
    assert problems(result) == [("unknown_value", "fax", 1)]


def test_text():
    cells = text("  olá\u0000 mundo\x07 ", "linha 1\r\nlinha 2\tfim", "cafe\u0301", "\x01", "a\rb", "👍 ")
    assert listed(to_text(cells)) == ["olá mundo", "linha 1\nlinha 2\tfim", "café", None, "a\nb", "👍"]


def test_typed_text():
    assert listed(to_text(pd.Series([123.0, None]))) == ["123", None]
    assert listed(to_text(pd.Series([12, 3]))) == ["12", "3"]
