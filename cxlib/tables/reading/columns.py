"""From rows of text to the columns of a frame: rows of another width are set aside, blank ones are no rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa

from cxlib.language import say
from cxlib.tables.reading.cells import Row, is_blank
from cxlib.tables.reading.contract import Read

_CHUNK = 1_000  # rows; more of them at once keep the garbage collector busy


def collected(rows: Iterator[Row], heading: list[str]) -> Read:
    """Gather rows of the right width in columns, and set the others aside."""
    names, decisions = column_names(heading)
    chunks, numbers, set_aside, tally = [], [], [], Counter[str]()
    while chunk := list(islice(rows, _CHUNK)):
        kept, wrong = _sorted_out(chunk, len(names), tally)
        chunks.append(text_table([cells for _, cells in kept], names))
        numbers += [number for number, _ in kept]
        set_aside += [(number, "wrong_number_of_fields", ";".join(cells)) for number, cells in wrong]
    table = pa.concat_tables(chunks) if chunks else text_table([], names)
    if tally["empty"]:
        decisions.append(say("{n} rows of empty cells were left out", n=tally["empty"]))
    if tally["longer"]:
        decisions.append(say("empty extra cells at the end of {n} rows were left off", n=tally["longer"]))
    return Read(frame=table.to_pandas(), numbers=numbers, set_aside=set_aside, decisions=decisions)


def _sorted_out(chunk: list[Row], width: int, tally: Counter[str]) -> tuple[list[Row], list[Row]]:
    kept, wrong = [], []
    for number, cells in chunk:
        if is_blank(cells):
            tally["empty"] += bool(cells)  # a line with nothing in it is not even a row of empty cells
        elif len(cells) == width:
            kept.append((number, cells))
        elif len(cells) > width and is_blank(cells[width:]):
            tally["longer"] += 1
            kept.append((number, cells[:width]))
        else:
            wrong.append((number, cells))
    return kept, wrong


def text_table(rows: Iterable[Iterable], names: list[str]) -> pa.Table:
    """Return rows of text as a table."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(column, type=pa.large_string()) for column in columns], names=names)


def column_names(heading: list[str]) -> tuple[list[str], list[str]]:
    """Return one name a column (none is empty, none occurs twice), and what was decided for it."""
    plain = [" ".join(cell.split()) or f"column_{place}" for place, cell in enumerate(heading, start=1)]
    names: list[str] = []
    for name in plain:
        free = (f"{name}.{n}" for n in range(1, len(plain) + 1) if f"{name}.{n}" not in plain)
        names.append(name if name not in names else next(new for new in free if new not in names))
    unnamed = [name for name, cell in zip(plain, heading, strict=True) if not cell.strip()]
    repeated = [name for name, wanted in zip(names, plain, strict=True) if name != wanted]
    decisions = []
    if unnamed:
        decisions.append(say("columns without a heading were named {names}", names=", ".join(unnamed)))
    if repeated:
        decisions.append(say("headings that occur twice were named {names}", names=", ".join(repeated)))
    return names, decisions
