from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxlib.errors import InputError
from cxlib.tables import values


def listed(converted: values.Converted) -> list:
    return [None if pd.isna(value) else value for value in converted.values]


def written(converted: values.Converted) -> list:
    return [None if pd.isna(value) else str(value) for value in converted.values]


def problems(converted: values.Converted) -> list[tuple]:
    assert list(converted.problems.columns) == ["code", "found", "count"]
    return [tuple(row) for row in converted.problems.itertuples(index=False)]


def text(*cells: str | None) -> pd.Series:
    return pd.Series(list(cells), dtype="str")


EVERY = [
    values.to_number,
    lambda column: values.to_cents(column, format="units"),
    lambda column: values.to_instant(column, source_zone="UTC"),
    values.to_date,
    values.to_boolean,
    lambda column: values.to_category(column, ["a", "b"]),
    values.to_text,
]


# --- Every kind --------------------------------------------------------------------------------------


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
    assert listed(values.to_text(text("-", "N/A", "", "  "))) == ["-", "N/A", None, None]


def test_is_missing():
    assert values.is_missing(text("0", "não", "(Not Set)", None)).to_list() == [False, False, True, True]
    assert values.is_missing(pd.Series([0.0, np.nan])).to_list() == [False, True]


def test_problems_keep_twenty_and_add_up():
    column = text(*[f"x{n:03d}" for n in range(30)], *["often"] * 5, "7")
    found = values.to_number(column).problems
    assert len(found) == 21
    assert found.iloc[0].to_list() == ["not_a_number", "often", 5]
    assert found.iloc[-1].to_list() == ["not_a_number", "…others", 11]
    assert found["count"].sum() == 35


def test_problems_show_no_personal_data():
    assert problems(values.to_number(text("ana@x.com", "7"))) == [("not_a_number", "[email]", 1)]


# --- Numbers -----------------------------------------------------------------------------------------


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
    result = values.to_number(text(*cells))
    assert listed(result) == numbers and problems(result) == []
    assert result.values.dtype == "Float64"


@pytest.mark.parametrize("cell", ["abc", "50%", "1.23.4", "12,34,56", "7 5", "--7", "(7", "inf", "1,2,3", "7-", ","])
def test_not_numbers(cell):
    result = values.to_number(text(cell, "5"), decimal=".")
    assert listed(result) == [None, 5]
    assert problems(result) == [("not_a_number", cell, 1)]


def test_number_decisions():
    assert values.to_number(text("7,5")).decision == 'decimal sign ","'
    assert values.to_number(text("7")).decision == ""


@pytest.mark.parametrize("cell", ["1.234", "1,234", "R$ 12.345"])
def test_one_separator_and_three_digits_is_refused(cell):
    with pytest.raises(InputError, match=r"could be .* or .*Say decimal"):
        values.to_number(text(cell, "5", "6"))


def test_the_refusal_shows_both_readings():
    with pytest.raises(InputError) as refused:
        values.to_number(text("1.234", "1.999"))
    assert str(refused.value) == (
        '"1.234" could be 1234 or 1.234. Say decimal = "," or decimal = "." in the mapping.'
    )
    assert listed(values.to_number(text("1.234"), decimal=",")) == [1234]
    assert listed(values.to_number(text("1.234"), decimal=".")) == [1.234]


def test_contradictory_decimal_signs_are_refused():
    with pytest.raises(InputError, match=r'"7,5" and "8.5"'):
        values.to_number(text("7,5", "8.5"))
    result = values.to_number(text("7,5", "8.5"), decimal=",")
    assert listed(result) == [7.5, None] and problems(result) == [("not_a_number", "8.5", 1)]


def test_decimal_is_a_comma_or_a_point():
    with pytest.raises(InputError, match="Correct `decimal`"):
        values.to_number(text("7"), decimal=";")


def test_whole_numbers():
    result = values.to_number(text("9", "7.5", "8.0", "99999999999999999999", "9007199254740993"), whole=True)
    assert listed(result) == [9, None, 8, None, 9007199254740993]
    assert result.values.dtype == "Int64"
    assert problems(result) == [("not_a_number", "99999999999999999999", 1), ("not_whole", "7.5", 1)]


def test_typed_numbers():
    assert listed(values.to_number(pd.Series([1.234, None]))) == [1.234, None]
    assert listed(values.to_number(pd.Series([1.0, None]), whole=True)) == [1, None]
    long = pd.Series(pd.array([2**53 + 1, None], dtype="Int64"))
    assert listed(values.to_number(long, whole=True)) == [2**53 + 1, None]
    assert listed(values.to_number(pd.Series([Decimal("1.234"), None], dtype="object"))) == [1.234, None]
    result = values.to_number(pd.Series([1.5, np.inf, 2.0]), whole=True)
    assert listed(result) == [None, None, 2]
    assert problems(result) == [("not_a_number", "inf", 1), ("not_whole", "1.5", 1)]


def test_long_and_huge_numbers_are_quick():
    result = values.to_number(text("1e999", "9" * 100_000, "1" + " 1" * 50_000))
    assert listed(result) == [None, None, None]
    assert listed(values.to_cents(text("1e999", "1.5"), format="units")) == [None, 150]


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
            assert listed(values.to_cents(text(*cells))) == cents
            assert listed(values.to_number(text(*cells))) == [amount / 100 for amount in cents]

    check()


# --- Money -------------------------------------------------------------------------------------------


def test_cents_of_amounts_with_decimals():
    result = values.to_cents(text("R$ 1.990,00", "19,9", "5", "-0,01", None))
    assert listed(result) == [199000, 1990, 500, -1, None]
    assert result.values.dtype == "Int64"
    assert result.decision == 'decimal sign ","; amounts read as units'


def test_whole_amounts_need_a_format():
    with pytest.raises(InputError, match='"1990" could be whole units or cents'):
        values.to_cents(text("0", "1990"))
    assert listed(values.to_cents(text("1990"), format="units")) == [199000]
    assert listed(values.to_cents(text("1990"), format="cents")) == [1990]
    assert listed(values.to_cents(text("0", None))) == [0, None]


def test_cents_are_exact():
    assert listed(values.to_cents(text("1.15", "0.29", "90071992547409.93"))) == [115, 29, 9007199254740993]


def test_fractions_of_a_cent():
    result = values.to_cents(text("19.905", "19.900", "abc"), decimal=".")
    assert listed(result) == [None, 1990, None]
    assert problems(result) == [("fraction_of_cent", "19.905", 1), ("not_a_number", "abc", 1)]
    assert problems(values.to_cents(text("10.5"), format="cents")) == [("fraction_of_cent", "10.5", 1)]


def test_noise_of_a_spreadsheet_is_no_fraction():
    assert listed(values.to_cents(pd.Series([0.1 + 0.2, 19.900000000000002]))) == [30, 1990]


def test_typed_money():
    assert listed(values.to_cents(pd.Series([19.9, 1.234, None]))) == [1990, None, None]
    assert listed(values.to_cents(pd.Series([1990, 5]), format="cents")) == [1990, 5]
    assert listed(values.to_cents(pd.Series([Decimal("19.90")], dtype="object"))) == [1990]
    with pytest.raises(InputError, match="whole units or cents"):
        values.to_cents(pd.Series([1990, 5]))


def test_currencies_are_not_mixed():
    with pytest.raises(InputError, match="several currencies"):
        values.to_cents(text("R$ 10,00", "US$ 10,00"))


def test_money_formats():
    with pytest.raises(InputError, match='"units" or "cents"'):
        values.to_cents(text("1"), format="reais")


# --- Instants ----------------------------------------------------------------------------------------

SAO_PAULO = {"source_zone": "America/Sao_Paulo"}


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2024-05-12T10:30:00Z", "2024-05-12 10:30:00"),
        ("2024-05-12 10:30:00 UTC", "2024-05-12 10:30:00"),
        ("2024-05-12T10:30:00-03:00", "2024-05-12 13:30:00"),
        ("2024-05-12 10:30:00 -0300", "2024-05-12 13:30:00"),
        ("2024-05-12T10:30:00+05:30", "2024-05-12 05:00:00"),
        ("2024-05-12T10:30:00-03", "2024-05-12 13:30:00"),
        ("2024-05-12T10:30:00.1234567Z", "2024-05-12 10:30:00.123456"),
        ("2024-05-12T10:30Z", "2024-05-12 10:30:00"),
        ("12/05/2024 10:30 -03:00", None),
    ],
)
def test_instants_with_an_offset(cell, utc):
    if utc is None:
        assert written(values.to_instant(text(cell, "31/05/2024 00:00Z")))[0] == "2024-05-12 13:30:00"
        return
    result = values.to_instant(text(cell))
    assert written(result) == [utc] and problems(result) == [] and result.decision == ""
    assert result.values.dtype == "datetime64[us]"


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2024-05-12T10:30:00", "2024-05-12 13:30:00"),
        ("2024-05-12 10:30:00.5", "2024-05-12 13:30:00.500000"),
        ("2024/05/12 10:30", "2024-05-12 13:30:00"),
        ("25/12/2024 10:30", "2024-12-25 13:30:00"),
        ("25/12/2024 10:30:15", "2024-12-25 13:30:15"),
        ("25/12/2024, 10:30", "2024-12-25 13:30:00"),
        ("25/12/2024 às 10:30", "2024-12-25 13:30:00"),
        ("25-12-2024 9:05", "2024-12-25 12:05:00"),
        ("12/25/2024 10:30 PM", "2024-12-26 01:30:00"),
        ("12/25/2024 12:30 am", "2024-12-25 03:30:00"),
        ("05/05/2024 10:30", "2024-05-05 13:30:00"),
        ("2018-12-25 10:30", "2018-12-25 12:30:00"),  # Brazil still had summer time
    ],
)
def test_wall_times(cell, utc):
    assert written(values.to_instant(text(cell), **SAO_PAULO)) == [utc]


def test_wall_times_need_a_zone():
    with pytest.raises(InputError, match=r'such as "2024-05-12 10:30".*source_zone = "America/Sao_Paulo"'):
        values.to_instant(text("2024-05-12T10:30Z", "2024-05-12 10:30"))
    with pytest.raises(InputError, match="no time zone called"):
        values.to_instant(text("2024-05-12 10:30"), source_zone="Brasil/Perto")


def test_with_and_without_offset_in_one_column():
    result = values.to_instant(text("2024-05-12T10:30Z", "2024-05-12 10:30"), **SAO_PAULO)
    assert written(result) == ["2024-05-12 10:30:00", "2024-05-12 13:30:00"]
    assert result.decision == "times without an offset are read in America/Sao_Paulo"


def test_day_first_is_decided_for_the_column():
    result = values.to_instant(text("03/04/2024 10:00", "25/12/2024 10:00"), **SAO_PAULO)
    assert written(result)[0] == "2024-04-03 13:00:00" and result.decision.startswith("day before month")
    result = values.to_instant(text("03/04/2024 10:00", "12/25/2024 10:00"), **SAO_PAULO)
    assert written(result)[0] == "2024-03-04 13:00:00" and result.decision.startswith("month before day")


def test_day_first_in_doubt_is_refused_with_both_readings():
    with pytest.raises(InputError) as refused:
        values.to_instant(text("03/04/2024 10:00", "05/05/2024 10:00"), **SAO_PAULO)
    message = str(refused.value)
    assert '"03/04/2024 10:00" could be 2024-04-03 or 2024-03-04' in message
    assert 'format = "%d/%m/%Y %H:%M" or format = "%m/%d/%Y %H:%M"' in message
    for format, utc in (("%d/%m/%Y %H:%M", "2024-04-03 13:00:00"), ("%m/%d/%Y %H:%M", "2024-03-04 13:00:00")):
        assert written(values.to_instant(text("03/04/2024 10:00"), format=format, **SAO_PAULO)) == [utc]


@pytest.mark.parametrize(
    "cell", ["03/04/2024 10:00:15.5", "03-04-2024, 10:00 PM", "3.4.2024", "03/04/2024 10:00 -0300"]
)
def test_the_suggested_format_reads_the_value(cell):
    with pytest.raises(InputError) as refused:
        values.to_instant(text(cell), **SAO_PAULO)
    format = str(refused.value).split('format = "')[1].split('"')[0]
    assert written(values.to_date(text(cell), format=format)) == ["2024-04-03 00:00:00"]


def test_contradictory_dates_are_refused():
    with pytest.raises(InputError, match='"25/12/2024" and "12/25/2024"'):
        values.to_date(text("25/12/2024", "12/25/2024"))


def test_epochs():
    seconds = text("1700000000", "1700000000.5", "", "x")
    result = values.to_instant(seconds, format="epoch_s")
    assert written(result) == ["2023-11-14 22:13:20", "2023-11-14 22:13:20.500000", None, None]
    assert problems(result) == [("not_a_date", "x", 1)]
    assert written(values.to_instant(text("1700000000123"), format="epoch_ms")) == ["2023-11-14 22:13:20.123000"]
    micros = pd.Series([1_700_000_000_000_001])
    assert written(values.to_instant(micros, format="epoch_us")) == ["2023-11-14 22:13:20.000001"]
    assert written(values.to_instant(pd.Series([1.7e9, None]), format="epoch_s"))[0] == "2023-11-14 22:13:20"


def test_an_epoch_in_the_wrong_unit_is_out_of_range():
    assert problems(values.to_instant(text("1700000000000"), format="epoch_s"))[0][0] == "date_out_of_range"
    with pytest.raises(InputError, match='Say format = "epoch_s"'):
        values.to_instant(text("1700000000", "1700000001"))


def test_custom_formats():
    result = values.to_instant(text("12.05.24 10h30", "x"), format="%d.%m.%y %Hh%M", **SAO_PAULO)
    assert written(result) == ["2024-05-12 13:30:00", None]
    result = values.to_instant(text("12/05/2024 10:30 +0530", ""), format="%d/%m/%Y %H:%M %z")
    assert written(result) == ["2024-05-12 05:00:00", None]
    for wrong in ("dd/mm/yyyy", "%H:%M", "mixed", "%d/%m/%Y %Q"):
        with pytest.raises(InputError, match="Format"):
            values.to_instant(text("12/05/2024"), format=wrong, **SAO_PAULO)


def test_the_night_clocks_go_forward_in_sao_paulo():
    cells = text("2018-11-03 23:59", "2018-11-04 00:00", "2018-11-04 00:30", "2018-11-04 01:00")
    result = values.to_instant(cells, **SAO_PAULO)
    assert written(result) == ["2018-11-04 02:59:00", None, None, "2018-11-04 03:00:00"]
    assert problems(result) == [
        ("time_does_not_exist", "2018-11-04 00:00", 1),
        ("time_does_not_exist", "2018-11-04 00:30", 1),
    ]
    assert listed(values.to_instant(cells, fold=1, **SAO_PAULO))[1] is None


def test_the_night_clocks_go_back_in_sao_paulo():
    cells = text("2019-02-16 22:59", "2019-02-16 23:00", "2019-02-16 23:59", "2019-02-17 00:00")
    result = values.to_instant(cells, **SAO_PAULO)
    assert written(result) == ["2019-02-17 00:59:00", None, None, "2019-02-17 03:00:00"]
    assert {code for code, _, _ in problems(result)} == {"time_happens_twice"}
    first, second = (written(values.to_instant(cells, fold=fold, **SAO_PAULO)) for fold in (0, 1))
    assert first[1:3] == ["2019-02-17 01:00:00", "2019-02-17 01:59:00"]
    assert second[1:3] == ["2019-02-17 02:00:00", "2019-02-17 02:59:00"]
    assert first[0] == second[0] and first[3] == second[3]
    with pytest.raises(InputError, match="`fold` is 0 or 1"):
        values.to_instant(cells, fold=2, **SAO_PAULO)


def test_the_night_clocks_go_forward_in_berlin():
    result = values.to_instant(text("2026-03-29 02:30", "2026-03-29 03:30"), source_zone="Europe/Berlin")
    assert written(result) == [None, "2026-03-29 01:30:00"]
    assert problems(result) == [("time_does_not_exist", "2026-03-29 02:30", 1)]


def test_dates_in_a_column_of_instants_are_the_start_of_the_day():
    result = values.to_instant(text("2024-05-12", "20240513", "2018-11-04"), **SAO_PAULO)
    assert written(result) == ["2024-05-12 03:00:00", "2024-05-13 03:00:00", "2018-11-04 03:00:00"]
    assert result.decision == "dates without a time are midnight in America/Sao_Paulo"
    with pytest.raises(InputError, match="without a zone"):
        values.to_instant(text("2024-05-12"))


def test_unreadable_and_impossible_instants():
    cells = [
        "31/02/2024 10:00",
        "ontem",
        "2024-05-12 25:00",
        "2024-13-01 00:00",
        "1/1/24",
        "2024-05-12 10:60",
        "13:00 PM",
    ]
    result = values.to_instant(text(*cells, "0001-01-01 00:00", "2999-01-01 00:00"), **SAO_PAULO)
    assert result.values.isna().all()
    assert {(code, found) for code, found, _ in problems(result)} == {
        *(("not_a_date", cell) for cell in cells),
        ("date_out_of_range", "0001-01-01 00:00"),
        ("date_out_of_range", "2999-01-01 00:00"),
    }


def test_typed_instants():
    aware = pd.Series(pd.to_datetime(["2024-05-12 10:30+05:30", None]))
    result = values.to_instant(aware)
    assert written(result) == ["2024-05-12 05:00:00", None] and result.values.dtype == "datetime64[us]"
    naive = pd.Series(pd.to_datetime(["2018-11-04 00:30", "2024-05-12 10:30", None]))
    result = values.to_instant(naive, **SAO_PAULO)
    assert written(result) == [None, "2024-05-12 13:30:00", None]
    assert problems(result) == [("time_does_not_exist", "2018-11-04 00:30:00", 1)]
    with pytest.raises(InputError, match="without a zone"):
        values.to_instant(naive)
    objects = pd.Series([datetime(2024, 5, 12, 10, 30), None], dtype="object")
    assert written(values.to_instant(objects, **SAO_PAULO)) == ["2024-05-12 13:30:00", None]


# --- Dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-05-12", "2024-05-12"),
        ("20240512", "2024-05-12"),
        ("25/12/2024", "2024-12-25"),
        ("25.12.2024", "2024-12-25"),
        ("12/25/2024", "2024-12-25"),
        ("2024-05-12 23:30:00", "2024-05-12"),
        ("2024-05-12T23:30:00-03:00", "2024-05-12"),
        ("2024-05-12T00:30:00+09:00", "2024-05-12"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_dates(cell, day):
    result = values.to_date(text(cell))
    assert written(result) == [day + " 00:00:00"] and result.values.dtype == "datetime64[s]"


def test_dates_fit_arrow():
    days = values.to_date(text("2024-05-12", "")).values
    assert pa.array(days, pa.date32(), from_pandas=True).to_pylist() == [date(2024, 5, 12), None]


def test_date_problems():
    result = values.to_date(text("2023-02-29", "1850-01-01", "x"))
    assert problems(result) == [
        ("date_out_of_range", "1850-01-01", 1),
        ("not_a_date", "2023-02-29", 1),
        ("not_a_date", "x", 1),
    ]


def test_date_formats():
    assert written(values.to_date(text("03/04/2024"), format="%m/%d/%Y")) == ["2024-03-04 00:00:00"]
    offset = values.to_date(text("2024-05-12 23:30 -0300"), format="%Y-%m-%d %H:%M %z")
    assert written(offset) == ["2024-05-12 00:00:00"]
    with pytest.raises(InputError, match="could be 2024-04-03 or 2024-03-04"):
        values.to_date(text("03/04/2024"))
    with pytest.raises(InputError, match="does not say where the year is"):
        values.to_date(text("1700000000"), format="epoch_s")


def test_typed_dates():
    aware = pd.Series(pd.to_datetime(["2024-05-12 23:30-03:00", None]))
    assert written(values.to_date(aware)) == ["2024-05-12 00:00:00", None]
    assert written(values.to_date(pd.Series([date(2024, 5, 12)], dtype="object"))) == ["2024-05-12 00:00:00"]


# --- Words -------------------------------------------------------------------------------------------


def test_booleans():
    yes, no = ["true", "YES", "Sim", "s", "y", "1", "Verdadeiro"], ["false", "no", "Não", "nao", "N", "0", "falso"]
    result = values.to_boolean(text(*yes, *no, " sim ", "talvez", "-"))
    assert listed(result) == [True] * 7 + [False] * 7 + [True, None, None]
    assert result.values.dtype == "boolean"
    assert problems(result) == [("not_yes_or_no", "talvez", 1)]


def test_typed_booleans():
    assert listed(values.to_boolean(pd.Series([True, False]))) == [True, False]
    assert listed(values.to_boolean(pd.Series([1.0, None, 0.0]))) == [True, None, False]
    assert listed(values.to_boolean(pd.Series(pd.array([True, None], dtype="boolean")))) == [True, None]


def test_categories():
    result = values.to_category(text(" NPS ", "csat", "fax", "n/a", "none"), ["nps", "CSAT", "none"])
    assert listed(result) == ["nps", "CSAT", None, None, "none"]
    assert problems(result) == [("unknown_value", "fax", 1)]


def test_text():
    cells = text("  olá\u0000 mundo\x07 ", "linha 1\r\nlinha 2\tfim", "cafe\u0301", "\x01", "a\rb", "👍 ")
    assert listed(values.to_text(cells)) == ["olá mundo", "linha 1\nlinha 2\tfim", "café", None, "a\nb", "👍"]


def test_typed_text():
    assert listed(values.to_text(pd.Series([123.0, None]))) == ["123", None]
    assert listed(values.to_text(pd.Series([12, 3]))) == ["12", "3"]
