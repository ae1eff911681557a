from datetime import date, datetime

import pandas as pd
import pyarrow as pa
import pytest
from converted_columns import SAO_PAULO, listed, problems, text, written

from cxlib.errors import InputError
from cxlib.tables.instants import to_date, to_instant


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
        assert written(to_instant(text(cell, "31/05/2024 00:00Z")))[0] == "2024-05-12 13:30:00"
        return
    result = to_instant(text(cell))
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
    assert written(to_instant(text(cell), **SAO_PAULO)) == [utc]


def test_wall_times_need_a_zone():
    with pytest.raises(InputError, match=r'such as "2024-05-12 10:30".*source_zone = "America/Sao_Paulo"'):
        to_instant(text("2024-05-12T10:30Z", "2024-05-12 10:30"))
    with pytest.raises(InputError, match="no time zone called"):
        to_instant(text("2024-05-12 10:30"), source_zone="Brasil/Perto")


def test_with_and_without_offset_in_one_column():
    result = to_instant(text("2024-05-12T10:30Z", "2024-05-12 10:30"), **SAO_PAULO)
    assert written(result) == ["2024-05-12 10:30:00", "2024-05-12 13:30:00"]
    assert result.decision == "times without an offset are read in America/Sao_Paulo"


def test_the_night_clocks_go_forward_in_sao_paulo():
    cells = text("2018-11-03 23:59", "2018-11-04 00:00", "2018-11-04 00:30", "2018-11-04 01:00")
    result = to_instant(cells, **SAO_PAULO)
    assert written(result) == ["2018-11-04 02:59:00", None, None, "2018-11-04 03:00:00"]
    assert problems(result) == [
        ("time_does_not_exist", "2018-11-04 00:00", 1),
        ("time_does_not_exist", "2018-11-04 00:30", 1),
    ]
    assert listed(to_instant(cells, fold=1, **SAO_PAULO))[1] is None


def test_the_night_clocks_go_back_in_sao_paulo():
    cells = text("2019-02-16 22:59", "2019-02-16 23:00", "2019-02-16 23:59", "2019-02-17 00:00")
    result = to_instant(cells, **SAO_PAULO)
    assert written(result) == ["2019-02-17 00:59:00", None, None, "2019-02-17 03:00:00"]
    assert {code for code, _, _ in problems(result)} == {"time_happens_twice"}
    first, second = (written(to_instant(cells, fold=fold, **SAO_PAULO)) for fold in (0, 1))
    assert first[1:3] == ["2019-02-17 01:00:00", "2019-02-17 01:59:00"]
    assert second[1:3] == ["2019-02-17 02:00:00", "2019-02-17 02:59:00"]
    assert first[0] == second[0] and first[3] == second[3]
    with pytest.raises(InputError, match="`fold` is 0 or 1"):
        to_instant(cells, fold=2, **SAO_PAULO)


def test_the_night_clocks_go_forward_in_berlin():
    result = to_instant(text("2026-03-29 02:30", "2026-03-29 03:30"), source_zone="Europe/Berlin")
    assert written(result) == [None, "2026-03-29 01:30:00"]
    assert problems(result) == [("time_does_not_exist", "2026-03-29 02:30", 1)]


def test_dates_in_a_column_of_instants_are_the_start_of_the_day():
    result = to_instant(text("2024-05-12", "20240513", "2018-11-04"), **SAO_PAULO)
    assert written(result) == ["2024-05-12 03:00:00", "2024-05-13 03:00:00", "2018-11-04 03:00:00"]
    assert result.decision == "dates without a time are midnight in America/Sao_Paulo"
    with pytest.raises(InputError, match="without a zone"):
        to_instant(text("2024-05-12"))


def test_typed_instants():
    aware = pd.Series(pd.to_datetime(["2024-05-12 10:30+05:30", None]))
    result = to_instant(aware)
    assert written(result) == ["2024-05-12 05:00:00", None] and result.values.dtype == "datetime64[us]"
    naive = pd.Series(pd.to_datetime(["2018-11-04 00:30", "2024-05-12 10:30", None]))
    result = to_instant(naive, **SAO_PAULO)
    assert written(result) == [None, "2024-05-12 13:30:00", None]
    assert problems(result) == [("time_does_not_exist", "2018-11-04 00:30:00", 1)]
    with pytest.raises(InputError, match="without a zone"):
        to_instant(naive)
    objects = pd.Series([datetime(2024, 5, 12, 10, 30), None], dtype="object")
    assert written(to_instant(objects, **SAO_PAULO)) == ["2024-05-12 13:30:00", None]


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
    result = to_date(text(cell))
    assert written(result) == [day + " 00:00:00"] and result.values.dtype == "datetime64[s]"


def test_dates_fit_arrow():
    days = to_date(text("2024-05-12", "")).values
    assert pa.array(days, pa.date32(), from_pandas=True).to_pylist() == [date(2024, 5, 12), None]


def test_typed_dates():
    aware = pd.Series(pd.to_datetime(["2024-05-12 23:30-03:00", None]))
    assert written(to_date(aware)) == ["2024-05-12 00:00:00", None]
    assert written(to_date(pd.Series([date(2024, 5, 12)], dtype="object"))) == ["2024-05-12 00:00:00"]
