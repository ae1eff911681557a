from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from converted_columns import listed, problems, text

from cxlib.errors import InputError
from cxlib.tables.numbers import to_cents, to_number


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234,56", "7"], [1234.56, 7]),
        (["1,234.56", "7"], [1234.56, 7]),
        (["7,5", "1.234"], [7.5, 1234]),
        (["7.5", "1,234"], [7.5, 1234]),
        (["1.234.567"], [1234567]),
        (["1,234,567"], [1234567]),
        (["1234.567"], [1234.567]),
        (["0.123", "1.234"], [0.123, 1.234]),
        (["10", "9", "0"], [10, 9, 0]),
        (["R$ 1.234,56", "R$-7,5", "-R$ 1,5", "(R$ 2,50)"], [1234.56, -7.5, -1.5, -2.5]),
        (["US$ 1,234.56", "$3.5", "4.5 €", "USD 2.25"], [1234.56, 3.5, 4.5, 2.25]),
        (["1 234,56", "1\u00a0234\u00a0567,8", "1\u202f234,5"], [1234.56, 1234567.8, 1234.5]),
        (["−7,5", "+7,5", "-0,5"], [-7.5, 7.5, -0.5]),
        (["1e3", "1.5E-2"], [1000, 0.015]),
        (["１２", ".5"], [12, 0.5]),
    ],
)
def test_numbers(cells, numbers):
    result = to_number(text(*cells))
    assert listed(result) == numbers and problems(result) == []
    assert result.values.dtype == "Float64"


@pytest.mark.parametrize("cell", ["abc", "50%", "1.23.4", "12,34,56", "7 5", "--7", "(7", "inf", "1,2,3", "7-", ","])
def test_not_numbers(cell):
    result = to_number(text(cell, "5"), decimal=".")
    assert listed(result) == [None, 5]
    assert problems(result) == [("not_a_number", cell, 1)]


def test_number_decisions():
    assert to_number(text("7,5")).decision == 'decimal sign ","'
    assert to_number(text("7")).decision == ""


@pytest.mark.parametrize("cell", ["1.234", "1,234", "R$ 12.345"])
def test_one_separator_and_three_digits_is_refused(cell):
    with pytest.raises(InputError, match=r"could be .* or .*Say decimal"):
        to_number(text(cell, "5", "6"))


def test_the_refusal_shows_both_readings():
    with pytest.raises(InputError) as refused:
        to_number(text("1.234", "1.999"))
    assert str(refused.value) == (
        '"1.234" could be 1234 or 1.234. Say decimal = "," or decimal = "." in the mapping.'
    )
    assert listed(to_number(text("1.234"), decimal=",")) == [1234]
    assert listed(to_number(text("1.234"), decimal=".")) == [1.234]


def test_contradictory_decimal_signs_are_refused():
    with pytest.raises(InputError, match=r'"7,5" and "8.5"'):
        to_number(text("7,5", "8.5"))
    result = to_number(text("7,5", "8.5"), decimal=",")
    assert listed(result) == [7.5, None] and problems(result) == [("not_a_number", "8.5", 1)]


def test_decimal_is_a_comma_or_a_point():
    with pytest.raises(InputError, match="Correct `decimal`"):
        to_number(text("7"), decimal=";")


def test_whole_numbers():
    result = to_number(text("9", "7.5", "8.0", "99999999999999999999", "9007199254740993"), whole=True)
    assert listed(result) == [9, None, 8, None, 9007199254740993]
    assert result.values.dtype == "Int64"
    assert problems(result) == [("not_a_number", "99999999999999999999", 1), ("not_whole", "7.5", 1)]


def test_typed_numbers():
    assert listed(to_number(pd.Series([1.234, None]))) == [1.234, None]
    assert listed(to_number(pd.Series([1.0, None]), whole=True)) == [1, None]
    long = pd.Series(pd.array([2**53 + 1, None], dtype="Int64"))
    assert listed(to_number(long, whole=True)) == [2**53 + 1, None]
    assert listed(to_number(pd.Series([Decimal("1.234"), None], dtype="object"))) == [1.234, None]
    result = to_number(pd.Series([1.5, np.inf, 2.0]), whole=True)
    assert listed(result) == [None, None, 2]
    assert problems(result) == [("not_a_number", "inf", 1), ("not_whole", "1.5", 1)]


def test_long_and_huge_numbers_are_quick():
    result = to_number(text("1e999", "9" * 100_000, "1" + " 1" * 50_000))
    assert listed(result) == [None, None, None]
    assert listed(to_cents(text("1e999", "1.5"), format="units")) == [None, 150]


def test_numbers_written_in_both_styles_come_back():
    hypothesis = pytest.importorskip("hypothesis")
    from hypothesis import strategies

    amounts = strategies.lists(strategies.integers(-(10**12), 10**12), min_size=1, max_size=20)

    @hypothesis.settings(deadline=None)
    @hypothesis.given(amounts)
    def check(cents):
        english = [f"{amount / 100:,.2f}" for amount in cents]
        portuguese = [one.translate(str.maketrans(",.", ".,")) for one in english]
        for cells in (english, portuguese, [f"R$ {one}" for one in portuguese]):
            assert listed(to_cents(text(*cells))) == cents
            assert listed(to_number(text(*cells))) == [amount / 100 for amount in cents]

    check()


def test_cents_of_amounts_with_decimals():
    result = to_cents(text("R$ 1.990,00", "19,9", "5", "-0,01", None))
    assert listed(result) == [199000, 1990, 500, -1, None]
    assert result.values.dtype == "Int64"
    assert result.decision == 'decimal sign ","; amounts read as units'


def test_whole_amounts_need_a_format():
    with pytest.raises(InputError, match='"1990" could be whole units or cents'):
        to_cents(text("0", "1990"))
    assert listed(to_cents(text("1990"), format="units")) == [199000]
    assert listed(to_cents(text("1990"), format="cents")) == [1990]
    assert listed(to_cents(text("0", None))) == [0, None]


def test_cents_are_exact():
    assert listed(to_cents(text("1.15", "0.29", "90071992547409.93"))) == [115, 29, 9007199254740993]


def test_fractions_of_a_cent():
    result = to_cents(text("19.905", "19.900", "abc"), decimal=".")
    assert listed(result) == [None, 1990, None]
    assert problems(result) == [("fraction_of_cent", "19.905", 1), ("not_a_number", "abc", 1)]
    assert problems(to_cents(text("10.5"), format="cents")) == [("fraction_of_cent", "10.5", 1)]


def test_noise_of_a_spreadsheet_is_no_fraction():
    assert listed(to_cents(pd.Series([0.1 + 0.2, 19.900000000000002]))) == [30, 1990]


def test_typed_money():
    assert listed(to_cents(pd.Series([19.9, 1.234, None]))) == [1990, None, None]
    assert listed(to_cents(pd.Series([1990, 5]), format="cents")) == [1990, 5]
    assert listed(to_cents(pd.Series([Decimal("19.90")], dtype="object"))) == [1990]
    with pytest.raises(InputError, match="whole units or cents"):
        to_cents(pd.Series([1990, 5]))


def test_currencies_are_not_mixed():
    with pytest.raises(InputError, match="several currencies"):
        to_cents(text("R$ 10,00", "US$ 10,00"))


def test_money_formats():
    with pytest.raises(InputError, match='"units" or "cents"'):
        to_cents(text("1"), format="reais")
