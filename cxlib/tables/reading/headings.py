"""Which row holds the headings: below titles, comments and filters, above the rows."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.reading.cells import Row, used

HEADING_WITHIN = 20  # rows that are not blank


class Heading(NamedTuple):
    """A row that can be the heading: the share of rows below that are as wide as it, its row, its width."""

    regular: float
    row: int
    width: int


def heading_among(rows: list[Row]) -> Heading | None:
    """Return the first row that can be the heading.

    A heading is as wide as most rows below it; unlike a title or a line of filters it fills most of its
    cells, or the last one.
    """
    for position, (row, cells) in enumerate(rows[:HEADING_WITHIN]):
        widths = Counter(_width(below, len(cells)) for _, below in rows[position + 1 :])
        if not widths or is_comment(cells):
            continue
        width, times = widths.most_common(1)[0]
        filled = sum(bool(cell.strip()) for cell in cells)
        fits = width > 1 and used(cells) <= width <= len(cells)
        if fits and (filled * 2 > width or cells[width - 1].strip()):
            return Heading(times / widths.total(), row, width)
    return None


def _width(cells: list[str], heading: int) -> int:
    """Return how wide a row is; empty cells beyond the heading do not count."""
    return heading if used(cells) <= heading < len(cells) else len(cells)


def is_comment(cells: list[str]) -> bool:
    """Whether a row is a comment, such as those above an export of GA4, and not a heading called `#`."""
    return cells[0].startswith("#") and (len(cells) == 1 or cells[0][1:2] in tuple(" -=#"))


def check_heading(rows: Sequence[Sequence[str]], number: int, name: str) -> None:
    """Refuse a row of headings said by the caller that is not there or is blank."""
    if not 1 <= number <= len(rows) or not "".join(rows[number - 1]).strip():
        raise InputError(say("{name} has no headings in row {row}. Correct `header_row`.", name=name, row=number))


def heading_decision(row: int) -> list[str]:
    """Say where the headings were found, unless it is where they belong."""
    return [say("heading in row {row}", row=row)] if row > 1 else []
