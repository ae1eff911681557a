import io
from datetime import datetime, timedelta
from datetime import time as clock

import openpyxl
import pytest
from sources import cells, packed

from cxlib.errors import InputError
from cxlib.tables.reading import read_source


def workbook(*sheets: list[list], titles: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(titles[number] if titles else f"Sheet{number + 1}")
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook(file):
    rows = [
        ["id", "valor", "quando", "hora", "duração", "ativo", "nada", "texto"],
        [1, 10.0, datetime(2024, 5, 12), clock(10, 30), timedelta(hours=30, minutes=5), True, None, "a)"],
        [2, 1 / 3, datetime(2024, 5, 12, 10, 30), None, None, False, None, "1,5"],
        [None] * 8,
        [12345678901, 1.234, None, None, None, None, "x", " b "],
    ]
    source = read_source(file(workbook(rows), "a.xlsx"))
    assert list(source.frame.columns) == rows[0]
    assert cells(source) == [
        ["1", "10", "2024-05-12", "10:30:00", "30:05:00", "true", "", "a)"],
        ["2", "0.3333333333333333", "2024-05-12 10:30:00", "", "", "false", "", "1,5"],
        ["12345678901", "1.2340", "", "", "", "", "x", " b "],
    ]
    assert source.row_numbers.to_list() == [2, 3, 5]
    assert (source.frame.dtypes == "str").all()


def test_a_workbook_called_csv(file):
    source = read_source(file(workbook([["id", "nota"], [1, 9]]), "a.csv"))
    assert cells(source) == [["1", "9"]]
    assert source.decisions == ["read as what its content is: Excel workbook"]
    assert read_source(file(workbook([["id", "nota"], [1, 9]]), "b.xlsx")).decisions == []


def test_title_and_filters_above_the_heading(file):
    rows = [
        ["Relatório"],
        [],
        ["Período", "01/05/2024"],
        ["id", "nota", "canal", "loja", "quem"],
        [1, 9, "a", None, "b"],
    ]
    source = read_source(file(workbook(rows), "a.xlsx"))
    assert list(source.frame.columns) == ["id", "nota", "canal", "loja", "quem"]
    assert source.decisions == ["heading in row 4"] and source.row_numbers.to_list() == [5]
    said = read_source(file(workbook(rows), "a.xlsx"), header_row=3)
    assert list(said.frame.columns)[:2] == ["Período", "01/05/2024"]
    with pytest.raises(InputError, match="no headings in row 2"):
        read_source(file(workbook(rows), "a.xlsx"), header_row=2)


def test_sheets(file):
    data = workbook([], [["a", "b"], [1, 2]], [["id", "nota"], [3, 4]], titles=("Capa", "Dados", "Outros"))
    path = file(data, "a.xlsx")
    source = read_source(path)
    assert cells(source) == [["1", "2"]] and source.decisions == ["sheet Dados was read; not read: Outros"]
    assert cells(read_source(path, sheet="Outros")) == [["3", "4"]]
    with pytest.raises(InputError, match=r'no sheet "X"\. Its sheets are: Capa, Dados, Outros'):
        read_source(path, sheet="X")
    for empty in (read_source, lambda path: read_source(path, sheet="Capa")):
        with pytest.raises(InputError, match="is empty"):
            empty(file(workbook([], titles=("Capa",)), "b.xlsx"))


def test_formulas_without_a_result(file):
    source = read_source(file(workbook([["id", "total"], [1, "=1+1"], [2, 5]]), "a.xlsx"))
    assert cells(source) == [["1", ""], ["2", "5"]]
    assert source.decisions == [
        "1 formulas have no stored result and were read as empty; open and save the file in Excel"
    ]


def test_a_broken_workbook(file):
    with pytest.raises(InputError, match="damaged"):
        read_source(file(packed({"xl/workbook.xml": b""}), "a.xlsx"))
