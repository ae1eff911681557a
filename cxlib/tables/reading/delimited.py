"""CSV and its kin: text with a separator, in whatever dialect it was written."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.reading.cells import Row, is_blank, used
from cxlib.tables.reading.columns import collected
from cxlib.tables.reading.contract import LARGEST, Asked, Read, refuse_sheet
from cxlib.tables.reading.encoding import encoding_decision, encoding_of, text_lines
from cxlib.tables.reading.headings import check_heading, heading_among, heading_decision, is_comment

SEPARATORS = "\t;,|"
_NEVER = "\x1f"  # separates nothing: the file has one column


def read_delimited(data: bytes, asked: Asked) -> Read:
    """Read a text table row by row."""
    refuse_sheet(asked)
    encoding = encoding_of(data, asked)
    with _long_cells():
        separator, heading_row = _layout(text_lines(data, encoding), asked)
        rows = _rows(text_lines(data, encoding), separator, heading_row, asked.name)
        first = list(islice(rows, 100))
        heading = _fitting(first[0][1], [len(cells) for _, cells in first[1:]])
        read = collected(chain(first[1:], rows), heading)
    return read.after([encoding_decision(encoding), _separator_decision(separator), *heading_decision(heading_row)])


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let a cell be as long as the file; the limit of the csv module is one for the whole process."""
    before = csv.field_size_limit(LARGEST - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _separator_decision(separator: str) -> str:
    if separator == _NEVER:
        return say("one column")
    return say("separator {sign}", sign="TAB" if separator == "\t" else separator)


def _layout(opened: io.TextIOWrapper, asked: Asked) -> tuple[str, int]:
    """Return the separator and the line of the headings, both judged by the lines that may be headings."""
    lines = list(islice(opened, max(200, asked.header_row or 0)))
    if asked.header_row is not None:
        check_heading(lines, asked.header_row, asked.name)
        return _commonest_separator(lines[asked.header_row - 1]), asked.header_row
    candidates = ((separator, heading_among(_sample(lines, separator))) for separator in SEPARATORS)
    found = [(separator, heading) for separator, heading in candidates if heading]
    if found:
        separator, heading = max(found, key=lambda one: (one[1].regular, -one[1].row, one[1].width))
        return separator, heading.row
    rows = _sample(lines, _NEVER)
    if not rows:
        raise InputError(
            say(
                "{name}: the first {n} lines are blank, so its headings are not found. Delete the blank lines above "
                "them.",
                name=asked.name,
                n=len(lines),
            )
        )
    row, cells = next((row for row in rows if not is_comment(row[1])), rows[0])
    return _commonest_separator(cells[0]), row


def _commonest_separator(line: str) -> str:
    best = max(SEPARATORS, key=line.count)
    return best if best in line else _NEVER


def _sample(lines: list[str], separator: str) -> list[Row]:
    rows, begins = [], 1
    reader = csv.reader(lines, delimiter=separator)
    for cells in reader:
        rows.append((begins, cells))
        begins = reader.line_num + 1
    return [row for row in rows if not is_blank(row[1])]


def _rows(lines: io.TextIOWrapper, separator: str, begins: int, name: str) -> Iterator[Row]:
    """Yield every row from line `begins` on with the line it begins in."""
    for _ in range(begins - 1):
        lines.readline()
    taken: list[str] = []  # the lines of the row being read

    def remembered() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    reader = csv.reader(remembered(), delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = _stray_quote(taken, separator, begins, name, error)
        yield begins, cells
        begins += len(taken)
        taken.clear()


def _stray_quote(taken: list[str], separator: str, begins: int, name: str, error: csv.Error) -> list[str]:
    """Read a row with a stray quote leniently, unless the quote may have swallowed other rows."""
    if len(taken) > 1 or "end of data" in str(error):
        raise InputError(
            say(
                "{name}: a quote that opens in the row at line {line} is not closed before line {last}. "
                "Close it or double it, then read the file again.",
                name=name,
                line=begins,
                last=begins + len(taken) - 1,
            )
        ) from error
    return next(csv.reader(taken, delimiter=separator))


def _fitting(heading: list[str], widths: list[int]) -> list[str]:
    """Leave off empty headings at the end that no row has cells for."""
    usual = Counter(widths).most_common(1)[0][0] if widths else 0
    return heading[: max(used(heading), min(usual, len(heading)))]
