import pandas as pd
import pytest
from converted_columns import SAO_PAULO, problems, text, written

from cxlib.errors import InputError
from cxlib.tables.instants import to_date, to_instant


def test_epochs():
    seconds = text("1700000000", "1700000000.5", "", "x")
    result = to_instant(seconds, format="epoch_s")
    assert written(result) == ["2023-11-14 22:13:20", "2023-11-14 22:13:20.500000", None, None]
    assert problems(result) == [("not_a_date", "x", 1)]
    assert written(to_instant(text("1700000000123"), format="epoch_ms")) == ["2023-11-14 22:13:20.123000"]
    micros = pd.Series([1_700_000_000_000_001])
    assert written(to_instant(micros, format="epoch_us")) == ["2023-11-14 22:13:20.000001"]
    assert written(to_instant(pd.Series([1.7e9, None]), format="epoch_s"))[0] == "2023-11-14 22:13:20"


def test_an_epoch_in_the_wrong_unit_is_out_of_range():
    assert problems(to_instant(text("1700000000000"), format="epoch_s"))[0][0] == "date_out_of_range"
    with pytest.raises(InputError, match='Say format = "epoch_s"'):
        to_instant(text("1700000000", "1700000001"))


def test_custom_formats():
    result = to_instant(text("12.05.24 10h30", "x"), format="%d.%m.%y %Hh%M", **SAO_PAULO)
    assert written(result) == ["2024-05-12 13:30:00", None]
    result = to_instant(text("12/05/2024 10:30 +0530", ""), format="%d/%m/%Y %H:%M %z")
    assert written(result) == ["2024-05-12 05:00:00", None]
    for wrong in ("dd/mm/yyyy", "%H:%M", "mixed", "%d/%m/%Y %Q"):
        with pytest.raises(InputError, match="Format"):
            to_instant(text("12/05/2024"), format=wrong, **SAO_PAULO)


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
    result = to_instant(text(*cells, "0001-01-01 00:00", "2999-01-01 00:00"), **SAO_PAULO)
    assert result.values.isna().all()
    assert {(code, found) for code, found, _ in problems(result)} == {
        *(("not_a_date", cell) for cell in cells),
        ("date_out_of_range", "0001-01-01 00:00"),
        ("date_out_of_range", "2999-01-01 00:00"),
    }


def test_date_problems():
    result = to_date(text("2023-02-29", "1850-01-01", "x"))
    assert problems(result) == [
        ("date_out_of_range", "1850-01-01", 1),
        ("not_a_date", "2023-02-29", 1),
        ("not_a_date", "x", 1),
    ]


def test_date_formats():
    assert written(to_date(text("03/04/2024"), format="%m/%d/%Y")) == ["2024-03-04 00:00:00"]
    offset = to_date(text("2024-05-12 23:30 -0300"), format="%Y-%m-%d %H:%M %z")
    assert written(offset) == ["2024-05-12 00:00:00"]
    with pytest.raises(InputError, match="could be 2024-04-03 or 2024-03-04"):
        to_date(text("03/04/2024"))
    with pytest.raises(InputError, match="does not say where the year is"):
        to_date(text("1700000000"), format="epoch_s")
