"""The report as a workbook: numbers that stay numbers, and no text that a spreadsheet would run."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from cxlib.language import say
from cxlib.metrics.wording import plain
from cxlib.reports import appendix
from cxlib.reports.findings import sentences
from cxlib.reports.gathering import GROUPS, Evidence
from cxlib.reports.opening import covered, how_to_read, made_up, title_of
from cxlib.reports.words import group_name
from cxlib.tables.dataset import Dataset

FORMATS = {"points": "0.0", "share": "0.0%", "score": "0.00"}
COUNT = "#,##0"
WIDEST, LONGEST = 60, 32_000
EPOCH = "2000-01-01T00:00:00Z"  # a date of making would make no two files the same
# Also the signs at full width, which some spreadsheets take for the same.
_RUNS = re.compile(r"^[\s'\"]*[=+\-@\t\r＝＋－＠]")

Cell = Any


def workbook(dataset: Dataset, found: Sequence[Evidence]) -> bytes:
    """Return the report as the bytes of an xlsx file, the same for the same data."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    _sheet(book, say("Summary"), [title_of(dataset)], _summary(dataset, found))
    for evidence in found:
        _sheet(book, say(evidence.ratio.name), _headings(), _cells(evidence))
    _sheet(book, say("Rows"), appendix.account_headings(), appendix.account(dataset))
    _sheet(book, say("Findings"), appendix.finding_headings(), appendix.findings_of(dataset))
    _sheet(book, say("Not shown"), [say("Metric"), say("What is lacking")], appendix.lacking(dataset, found))
    book.properties.creator = "cxlib"
    content = io.BytesIO()
    book.save(content)
    return _without_dates(content.getvalue())


def _summary(dataset: Dataset, found: Sequence[Evidence]) -> Iterator[list[Cell]]:
    yield [covered(found)]
    yield [how_to_read(found)]
    if dataset.synthetic:
        yield [made_up()]
    yield []
    yield from ([label, text] for label, text in sentences(found))
    yield []
    yield from ([line] for line in [*appendix.rules(found), *appendix.about(dataset, found)])


def _headings() -> list[str]:
    return [say("Cells"), say("Group"), say("Value"), say("From"), say("To"), "n", say("Set aside"), say("Unit"),
            say("Warnings"), say("Method")]  # fmt: skip


def _cells(evidence: Evidence) -> Iterator[list[Cell]]:
    parts: list[tuple[str, str | None, pd.DataFrame]] = [(say("All"), None, evidence.overall)]
    parts += [(say(GROUPS[column][0]), column, frame) for column, frame in evidence.groups.items()]
    parts += [(f"{say(GROUPS[column][0])}: {part.name}", column, frame)
              for part in evidence.parts for column, frame in part.groups.items()]  # fmt: skip
    parts += [(say("Month"), "period", evidence.months)] if len(evidence.months) else []
    for heading, column, frame in parts:
        for row in frame.to_dict("records"):
            form = FORMATS[row["unit"]]
            numbers = [(row[name], form) for name in ("value", "low", "high")]
            numbers += [(row[name], COUNT) for name in ("n", "set_aside")]
            name = group_name(column, row[column], LONGEST) if column else ""
            yield [heading, name, *numbers, row["unit"], row["warnings"], row["method"]]


def _sheet(book: Any, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title[:31])
    for place, row in enumerate([headings, *rows], start=1):
        for column, value in enumerate(row, start=1):
            _write(sheet.cell(place, column), value)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for column, cells in enumerate(sheet.columns, start=1):
        longest = max((len(str(cell.value)) for cell in cells if cell.value is not None), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, WIDEST)


def _write(cell: Any, value: Cell) -> None:
    value, form = value if isinstance(value, tuple) else (value, COUNT)
    if value is None or value is pd.NA or value != value:
        return
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float):
        cell.value, cell.number_format = value, form
        return
    text = guarded(value)
    if not text:
        return
    cell.value = text
    cell.data_type = "s"  # openpyxl takes whatever begins with = for a formula


def guarded(text: object) -> str:
    """Return a text no spreadsheet runs: without control signs, an apostrophe before what looks like a formula.

    >>> guarded("=1+1"), guarded("-2"), guarded("web")
    ("'=1+1", "'-2", 'web')
    """
    clean = plain(text)[:LONGEST]
    return "'" + clean if _RUNS.match(str(text)) or _RUNS.match(clean) else clean


def _without_dates(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>" + EPOCH.encode(), part)
            new.writestr(zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
