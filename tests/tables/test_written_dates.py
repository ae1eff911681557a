import pytest
from converted_columns import SAO_PAULO, text, written

from cxlib.errors import InputError
from cxlib.tables.instants import to_date, to_instant


def test_day_first_is_decided_for_the_column():
    result = to_instant(text("03/04/2024 10:00", "25/12/2024 10:00"), **SAO_PAULO)
    assert written(result)[0] == "2024-04-03 13:00:00" and result.decision.startswith("day before month")
    result = to_instant(text("03/04/2024 10:00", "12/25/2024 10:00"), **SAO_PAULO)
    assert written(result)[0] == "2024-03-04 13:00:00" and result.decision.startswith("month before day")


def test_day_first_in_doubt_is_refused_with_both_readings():
    with pytest.raises(InputError) as refused:
        to_instant(text("03/04/2024 10:00", "05/05/2024 10:00"), **SAO_PAULO)
    message = str(refused.value)
    assert '"03/04/2024 10:00" could be 2024-04-03 or 2024-03-04' in message
    assert 'format = "%d/%m/%Y %H:%M" or format = "%m/%d/%Y %H:%M"' in message
    for format, utc in (("%d/%m/%Y %H:%M", "2024-04-03 13:00:00"), ("%m/%d/%Y %H:%M", "2024-03-04 13:00:00")):
        assert written(to_instant(text("03/04/2024 10:00"), format=format, **SAO_PAULO)) == [utc]


@pytest.mark.parametrize(
    "cell", ["03/04/2024 10:00:15.5", "03-04-2024, 10:00 PM", "3.4.2024", "03/04/2024 10:00 -0300"]
)
def test_the_suggested_format_reads_the_value(cell):
    with pytest.raises(InputError) as refused:
        to_instant(text(cell), **SAO_PAULO)
    format = str(refused.value).split('format = "')[1].split('"')[0]
    assert written(to_date(text(cell), format=format)) == ["2024-04-03 00:00:00"]


def test_contradictory_dates_are_refused():
    with pytest.raises(InputError, match='"25/12/2024" and "12/25/2024"'):
        to_date(text("25/12/2024", "12/25/2024"))
