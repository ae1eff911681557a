"""Excel workbooks: one sheet, its cells as text."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from typing import Any

from cxlib.errors import InputError
from cxlib.language import listed, say
from cxlib.tables.reading.cells import Row, is_blank, text_of, used
from cxlib.tables.reading.columns import collected
from cxlib.tables.reading.contract import Asked, Read, damaged, empty
from cxlib.tables.reading.headings import check_heading, heading_among, heading_decision


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is a workbook, whatever it is called."""
    return "xl/workbook.xml" in archive.namelist()


def read_workbook(data: bytes, archive: zipfile.ZipFile, asked: Asked) -> Read:
    """Read one sheet: the one asked for, else the first with anything in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and drop-down lists, which are not read
            rows, decisions = _sheet_rows(data, archive, asked)
    except InputError:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken XML leads to
        raise damaged(asked.name) from error
    heading_row = _heading_row(rows, asked)
    read = collected(iter(rows[heading_row:]), rows[heading_row - 1][1])
    return read.after([*decisions, *heading_decision(heading_row)])


def _heading_row(rows: list[Row], asked: Asked) -> int:
    if asked.header_row is not None:
        check_heading([cells for _, cells in rows], asked.header_row, asked.name)
        return asked.header_row
    filled = [row for row in rows if not is_blank(row[1])]
    if not filled:
        raise empty(asked.name)
    found = heading_among(filled[:200])
    return found.row if found else filled[0][0]


def _sheet_rows(data: bytes, archive: zipfile.ZipFile, asked: Asked) -> tuple[list[Row], list[str]]:
    """Return every row of the sheet, all of one width, and what was decided."""
    sheets = _sheets(data, formulas=False)
    chosen, decisions = _chosen_sheet(sheets, asked)
    values = list(sheets[chosen].iter_rows(values_only=True))
    if _has_formulas(archive):
        formulas = _sheets(data, formulas=True)[chosen].iter_rows(values_only=True)
        decisions += _formula_decision(values, formulas)
    texts = [[text_of(value) or "" for value in row] for row in values]
    width = max(map(used, texts), default=0)
    padded = [(cells + [""] * width)[:width] for cells in texts]
    return list(enumerate(padded, start=1)), decisions


def _sheets(data: bytes, *, formulas: bool) -> dict[str, Any]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some exporters write a wrong one, which would cut the sheet off
    return {sheet.title: sheet for sheet in book.worksheets}


def _chosen_sheet(sheets: dict[str, Any], asked: Asked) -> tuple[str, list[str]]:
    if asked.sheet is not None:
        if asked.sheet not in sheets:
            raise InputError(
                say(
                    '{name} has no sheet "{sheet}". Its sheets are: {sheets}.',
                    name=asked.name,
                    sheet=asked.sheet,
                    sheets=listed(sheets),
                )
            )
        return asked.sheet, []
    filled = [title for title, sheet in sheets.items() if _has_cells(sheet)] or list(sheets)
    others = ", ".join(filled[1:])
    decision = say("sheet {sheet} was read; not read: {others}", sheet=filled[0], others=others)
    return filled[0], [decision] if others else []


def _has_cells(sheet: Any) -> bool:
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    return any(re.search(rb"<f[ >]", archive.read(name)) for name in sheets)


def _formula_decision(values: Iterable[Iterable], formulas: Iterable[Iterable]) -> list[str]:
    lost = sum(
        value is None and str(formula).startswith("=")
        for row, formula_row in zip(values, formulas, strict=False)
        for value, formula in zip(row, formula_row, strict=False)
    )
    decision = say(
        "{n} formulas have no stored result and were read as empty; open and save the file in Excel",
        n=lost,
    )
    return [decision] if lost else []
