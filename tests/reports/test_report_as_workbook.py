"""The workbook: numbers that are numbers, texts that no spreadsheet runs, the same bytes for the same data."""

import io
import zipfile

import hostile
import openpyxl
import pytest

import cxlib as cx
from cxlib.reports.workbook import guarded


@pytest.fixture(scope="module")
def injected(tmp_path_factory):
    cx.language("en")
    return cx.write_report(
        hostile.shop(title="=1+1"), tmp_path_factory.mktemp("x") / "r.xlsx", format="xlsx"
    ).read_bytes()


def test_numbers_are_numbers_with_their_formats(tmp_path):
    path = cx.write_report(cx.ipe("tiny"), tmp_path / "ipe.xlsx", format="xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["Summary", "NPS"]
    assert {"Rows", "Findings", "Not shown"} <= set(book.sheetnames)
    for name, form in (("NPS", "0.0"), ("CSAT", "0.0%"), ("CES", "0.00")):
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        expected = cx.metric(cx.ipe("tiny"), name.lower()).iloc[0]
        assert [sheet.cell(2, column).value for column in (3, 4, 5, 6)] == pytest.approx(
            [expected["value"], expected["low"], expected["high"], expected["n"]]
        )
        assert sheet.cell(2, 3).number_format == form
    assert any(str(cell.value).startswith("Synthetic data: made up") for cell in book["Summary"]["A"])


def test_nothing_is_run(injected):
    book = openpyxl.load_workbook(io.BytesIO(injected))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), (sheet.title, cell.coordinate, cell.value)
                assert cell.hyperlink is None
                assert not (isinstance(cell.value, str) and cell.value[:1] in tuple("=+-@\t\r＝")), cell.value
    with zipfile.ZipFile(io.BytesIO(injected)) as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower() or "vba" in name.lower()]
        assert not any(b"<f>" in parts.read(name) or b"evil" in parts.read(name)
                       for name in parts.namelist() if name.endswith(".rels"))  # fmt: skip
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets" in name)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", "\r=1", " =1", "＝1", "'=1", '"=1'])
def test_what_would_run_gets_an_apostrophe(text):
    assert guarded(text).startswith("'")


def test_the_same_twice_and_without_a_date(injected, tmp_path):
    again = cx.write_report(hostile.shop(title="=1+1"), tmp_path / "r.xlsx", format="xlsx").read_bytes()
    assert again == injected
    with zipfile.ZipFile(io.BytesIO(injected)) as parts:
        assert b"2000-01-01" in parts.read("docProps/core.xml")
        assert {one.date_time for one in parts.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_in_portuguese(portuguese, tmp_path):
    book = openpyxl.load_workbook(cx.write_report(cx.ipe("tiny"), tmp_path / "ipe.xlsx", format="xlsx"))
    assert "taxa de resposta" in book.sheetnames
