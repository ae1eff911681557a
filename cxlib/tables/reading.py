"""From the bytes of a file to a frame of text: CSV, XLSX, Parquet, JSON lines, plain or packed.

Nothing is dropped in silence: rows read = rows in the frame + rows in the quarantine, and every choice
made on the way (encoding, separator, heading row ...) is a sentence in `decisions`. Blank rows are no
rows. Cells stay as written; only Parquet keeps its types.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.privacy import redact

SEPARATORS = "\t;,|"
LARGEST = 2 * 1024**3
LARGEST_RATIO = 1000
LONGEST_CONTENT = 200
HEADING_WITHIN = 20
_NEVER = "\x1f"  # separates nothing: the file has one column
_CHUNK = 1_000  # rows; more of them at once keep the garbage collector busy

Row = tuple[int, list[str]]  # where the row begins in the file, and its cells


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file as read: the frame, where each row stood, what was set aside and what was decided."""

    name: str
    digest: str
    frame: pd.DataFrame
    row_numbers: pd.Series
    rows_in: int
    quarantine: pd.DataFrame
    decisions: list[str]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the file is and what the caller said about it."""

    name: str
    encoding: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    packed: bool = False


@dataclass(frozen=True, kw_only=True)
class _Read:
    frame: pd.DataFrame
    numbers: list[int]
    set_aside: list[tuple[int, str, str]]
    decisions: list[str]


def read_source(
    path: str | Path, *, encoding: str | None = None, header_row: int | None = None, sheet: str | None = None
) -> Source:
    """Read one file into a frame; `header_row` is counted from 1, as an editor or Excel shows it."""
    file = Path(path)
    data = _bytes(file)
    asked = _Asked(name=file.name, encoding=encoding, header_row=header_row, sheet=sheet)
    read = _read(data, asked)
    if not len(read.frame) and not read.set_aside:
        raise InputError(say("{name} has headings but no rows. Export it again with data.", name=file.name))
    return Source(
        name=file.name,
        digest=hashlib.sha256(data).hexdigest(),
        frame=read.frame,
        row_numbers=pd.Series(read.numbers, dtype="int64", name="row"),
        rows_in=len(read.frame) + len(read.set_aside),
        quarantine=_quarantine(read.set_aside),
        decisions=read.decisions,
    )


def _bytes(file: Path) -> bytes:
    if file.is_dir():
        raise InputError(say("{path} is a folder, not a file. Name one file in it.", path=file))
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise InputError(say("There is no file {path}. Check the name and the folder.", path=file)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            say(
                "{path} cannot be read ({reason}). Close it in other programs and check its permissions.",
                path=file,
                reason=reason,
            )
        ) from error
    if not data.strip():
        raise InputError(say("{name} is empty. Export it again.", name=file.name))
    return data


def _quarantine(set_aside: list[tuple[int, str, str]]) -> pd.DataFrame:
    rows = pd.DataFrame(sorted(set_aside), columns=["row", "code", "content"])
    rows = rows.astype({"row": "int64", "code": "str", "content": "str"})
    # Cut before redacting for speed, far behind what is shown, so that no half e-mail is left at the end.
    clean, _ = redact(rows["content"].str.slice(stop=20 * LONGEST_CONTENT))
    return rows.assign(content=clean.str.slice(stop=LONGEST_CONTENT))


# --- What kind of file -------------------------------------------------------------------------------


def _read(data: bytes, asked: _Asked) -> _Read:
    """Look at the first bytes, not at the name, and read the file as what it is."""
    suffix = Path(asked.name).suffix.lower()
    if data.startswith(b"\x1f\x8b"):
        return _unpacked(_gunzip(data, asked.name), asked, name=asked.name.removesuffix(".gz"))
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data, asked)
    if data.startswith(b"PAR1"):
        return _named(_read_parquet(data, asked), say("Parquet file"), suffix == ".parquet")
    if suffix in (".json", ".jsonl", ".ndjson"):
        return _read_json(data, asked)
    _refuse_other_kinds(data, asked.name)
    return _read_delimited(data, asked)


def _named(read: _Read, kind: str, as_named: bool) -> _Read:
    if as_named:
        return read
    decision = say("read as what its content is: {kind}", kind=kind)
    return replace(read, decisions=[decision, *read.decisions])


def _refuse_other_kinds(data: bytes, name: str) -> None:
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            say(
                "{name} is an old .xls workbook or is protected by a password. Open it in Excel and save "
                "it as .xlsx without a password.",
                name=name,
            )
        )
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise InputError(
            say("{name} is a web page, not a table. Download the export again as CSV or .xlsx.", name=name)
        )


def _unpacked(data: bytes, asked: _Asked, *, name: str) -> _Read:
    if asked.packed:
        raise InputError(say("{name} is packed twice. Unpack it once and name the file inside.", name=asked.name))
    return _read(data, replace(asked, name=Path(name).name, packed=True))


def _gunzip(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _inflated(stream, len(data), name)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(name) from error


def _inflated(stream: IO[bytes] | gzip.GzipFile, packed_size: int, name: str) -> bytes:
    """Unpack piece by piece and stop at the limit, whatever the header promises."""
    limit = min(LARGEST, LARGEST_RATIO * packed_size)
    pieces, size = [], 0
    while piece := stream.read(1024**2):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise _too_large(name)
    return b"".join(pieces)


def _too_large(name: str) -> InputError:
    return InputError(
        say(
            "{name} would unpack to more than {gigabytes} GB or to more than {ratio} times its size. "
            "Split the export into smaller files.",
            name=name,
            gigabytes=LARGEST // 1024**3,
            ratio=LARGEST_RATIO,
        )
    )


def _damaged(name: str) -> InputError:
    return InputError(say("{name} is damaged or cut off. Download or export it again.", name=name))


def _read_zip(data: bytes, asked: _Asked) -> _Read:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            size = sum(entry.file_size for entry in entries)
            if size > min(LARGEST, LARGEST_RATIO * len(data)):
                raise _too_large(asked.name)
            if "xl/workbook.xml" in archive.namelist():
                is_named = Path(asked.name).suffix.lower() in (".xlsx", ".xlsm")
                return _named(_read_workbook(data, archive, asked), say("Excel workbook"), is_named)
            entry = _only_entry(entries, asked.name)
            with archive.open(entry) as stream:
                content = _inflated(stream, len(data), asked.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _damaged(asked.name) from error
    return _unpacked(content, asked, name=entry.filename)


def _only_entry(entries: list[zipfile.ZipInfo], name: str) -> zipfile.ZipInfo:
    files = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        raise InputError(
            say(
                "{name} holds {n} files and one is expected. Unpack it and name the files to read.",
                name=name,
                n=len(files),
            )
        )
    if files[0].flag_bits & 1:
        raise InputError(say("{name} is protected by a password. Unpack it and name the file inside.", name=name))
    return files[0]


# --- Text tables -------------------------------------------------------------------------------------


def _encoding(data: bytes, asked: _Asked) -> str:
    """Return the encoding the bytes are in, found from them unless the caller knows it."""
    for encoding in _likely_encodings(data, asked.encoding):
        try:
            text = data.decode(encoding)
        except LookupError as error:
            raise InputError(
                say(
                    'Encoding "{encoding}" is not known. Use for example "utf-8", "utf-16" or "cp1252".',
                    encoding=encoding,
                )
            ) from error
        except UnicodeError:
            continue
        _refuse_useless(text, asked.name)
        return encoding
    raise InputError(
        say(
            "{name} is not text in {encodings}. Export it as UTF-8, or say its encoding in the mapping.",
            name=asked.name,
            encodings=asked.encoding or "UTF-8, cp1252",
        )
    )


def _likely_encodings(data: bytes, asked: str | None) -> list[str]:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if asked is not None:
        plain = asked.lower().replace("_", "-")
        if plain in ("utf-8", "utf8"):
            return ["utf-8-sig"]  # reads it with and without a mark
        return ["utf-16"] if wide and plain.startswith("utf-16") else [asked]
    if wide:
        return ["utf-16"]
    return ["utf-8-sig", "cp1252"]


def _refuse_useless(text: str, name: str) -> None:
    if "\0" in text:
        raise InputError(
            say(
                "{name} holds NUL characters: it is not a text table, or it is UTF-16 without a mark. "
                'Export it as UTF-8 CSV, or say encoding = "utf-16-le" in the mapping.',
                name=name,
            )
        )
    if not text.strip():
        raise InputError(say("{name} is empty. Export it again.", name=name))


def _encoding_decision(encoding: str) -> str:
    return say("encoding {encoding}", encoding=encoding.removesuffix("-sig"))


def _lines(data: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")


def _read_delimited(data: bytes, asked: _Asked) -> _Read:
    _refuse_sheet(asked)
    encoding = _encoding(data, asked)
    with _long_cells():
        separator, heading_row = _layout(_lines(data, encoding), asked)
        rows = _rows(_lines(data, encoding), separator, heading_row, asked.name)
        first = list(islice(rows, 100))
        heading = _fitting(first[0][1], [len(cells) for _, cells in first[1:]])
        read = _collected(chain(first[1:], rows), heading)
    decisions = [
        _encoding_decision(encoding),
        say("one column") if separator == _NEVER else say("separator {sign}", sign=_sign(separator)),
        *_heading_decision(heading_row),
    ]
    return replace(read, decisions=decisions + read.decisions)


def _sign(separator: str) -> str:
    return "TAB" if separator == "\t" else separator


def _heading_decision(row: int) -> list[str]:
    return [say("heading in row {row}", row=row)] if row > 1 else []


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let a cell be as long as the file; the limit of the csv module is one for the whole process."""
    before = csv.field_size_limit(LARGEST - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _refuse_sheet(asked: _Asked) -> None:
    if asked.sheet is not None:
        raise InputError(say("{name} is not a workbook, so it has no sheets. Leave `sheet` out.", name=asked.name))


def _layout(opened: io.TextIOWrapper, asked: _Asked) -> tuple[str, int]:
    """Return the separator and the line of the headings, both judged by the lines that may be headings."""
    lines = list(islice(opened, max(200, asked.header_row or 0)))
    if asked.header_row is not None:
        line = _wanted(lines, asked.header_row, asked.name)
        return _commonest_separator(line), asked.header_row
    found = [
        (*heading, separator) for separator in SEPARATORS if (heading := _heading_among(_sample(lines, separator)))
    ]
    if found:
        _, row, _, separator = max(found, key=lambda one: (one[0], -one[1], one[2]))
        return separator, row
    rows = _sample(lines, _NEVER)
    row, cells = next((row for row in rows if not _is_comment(row[1])), rows[0])
    return _commonest_separator(cells[0]), row


def _wanted(rows: list, number: int, name: str) -> Any:
    if not 1 <= number <= len(rows) or not "".join(rows[number - 1]).strip():
        raise InputError(say("{name} has no headings in row {row}. Correct `header_row`.", name=name, row=number))
    return rows[number - 1]


def _commonest_separator(line: str) -> str:
    best = max(SEPARATORS, key=line.count)
    return best if best in line else _NEVER


def _sample(lines: list[str], separator: str) -> list[Row]:
    rows, begins = [], 1
    reader = csv.reader(lines, delimiter=separator)
    for cells in reader:
        rows.append((begins, cells))
        begins = reader.line_num + 1
    return [row for row in rows if not _is_blank(row[1])]


def _heading_among(rows: list[Row]) -> tuple[float, int, int] | None:
    """Return how regular the rows below the heading are, its row, and its width; None without a heading.

    A heading is as wide as most rows below it; unlike a title or a line of filters it fills most of its
    cells, or the last one.
    """
    for position, (row, cells) in enumerate(rows[:HEADING_WITHIN]):
        widths = Counter(_width(below, len(cells)) for _, below in rows[position + 1 :])
        if not widths or _is_comment(cells):
            continue
        width, times = widths.most_common(1)[0]
        filled = sum(bool(cell.strip()) for cell in cells)
        fits = width > 1 and _used(cells) <= width <= len(cells)
        if fits and (filled * 2 > width or cells[width - 1].strip()):
            return times / widths.total(), row, width
    return None


def _width(cells: list[str], heading: int) -> int:
    """Return how wide a row is; empty cells beyond the heading do not count."""
    return heading if _used(cells) <= heading < len(cells) else len(cells)


def _used(cells: list[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _is_blank(cells: list[str]) -> bool:
    return not any(map(str.strip, cells))


def _is_comment(cells: list[str]) -> bool:
    return cells[0].startswith("#") and (len(cells) == 1 or cells[0][1:2] in tuple(" -=#"))


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
    return heading[: max(_used(heading), min(usual, len(heading)))]


def _collected(rows: Iterator[Row], heading: list[str]) -> _Read:
    """Gather rows of the right width in columns, and set the others aside."""
    names, decisions = _names(heading)
    chunks, numbers, set_aside, tally = [], [], [], Counter[str]()
    while chunk := list(islice(rows, _CHUNK)):
        kept, wrong = _sorted_out(chunk, len(names), tally)
        chunks.append(_table([cells for _, cells in kept], names))
        numbers += [number for number, _ in kept]
        set_aside += [(number, "wrong_number_of_fields", ";".join(cells)) for number, cells in wrong]
    table = pa.concat_tables(chunks) if chunks else _table([], names)
    if tally["empty"]:
        decisions.append(say("{n} rows of empty cells were left out", n=tally["empty"]))
    if tally["longer"]:
        decisions.append(say("empty extra cells at the end of {n} rows were left off", n=tally["longer"]))
    return _Read(frame=table.to_pandas(), numbers=numbers, set_aside=set_aside, decisions=decisions)


def _sorted_out(chunk: list[Row], width: int, tally: Counter[str]) -> tuple[list[Row], list[Row]]:
    kept, wrong = [], []
    for number, cells in chunk:
        if _is_blank(cells):
            tally["empty"] += bool(cells)  # a line with nothing in it is not even a row of empty cells
        elif len(cells) == width:
            kept.append((number, cells))
        elif len(cells) > width and _is_blank(cells[width:]):
            tally["longer"] += 1
            kept.append((number, cells[:width]))
        else:
            wrong.append((number, cells))
    return kept, wrong


def _table(rows: Iterable[Iterable], names: list[str]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(column, type=pa.large_string()) for column in columns], names=names)


def _names(heading: list[str]) -> tuple[list[str], list[str]]:
    """Return one name a column: no name is empty, none occurs twice."""
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


# --- Workbooks ---------------------------------------------------------------------------------------


def _read_workbook(data: bytes, archive: zipfile.ZipFile, asked: _Asked) -> _Read:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and drop-down lists, which are not read
            rows, decisions = _sheet_rows(data, archive, asked)
    except InputError:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken XML leads to
        raise _damaged(asked.name) from error
    if asked.header_row is None:
        heading_row = _heading_of_sheet(rows, asked.name)
    else:
        _wanted([cells for _, cells in rows], asked.header_row, asked.name)
        heading_row = asked.header_row
    read = _collected(iter(rows[heading_row:]), rows[heading_row - 1][1])
    return replace(read, decisions=decisions + _heading_decision(heading_row) + read.decisions)


def _heading_of_sheet(rows: list[Row], name: str) -> int:
    filled = [row for row in rows if not _is_blank(row[1])]
    if not filled:
        raise InputError(say("{name} is empty. Export it again.", name=name))
    found = _heading_among(filled[:200])
    return found[1] if found else filled[0][0]


def _sheet_rows(data: bytes, archive: zipfile.ZipFile, asked: _Asked) -> tuple[list[Row], list[str]]:
    """Return every row of the sheet, all of one width, and what was decided."""
    sheets = _sheets(data, formulas=False)
    chosen, decisions = _chosen_sheet(sheets, asked)
    values = list(sheets[chosen].iter_rows(values_only=True))
    if _has_formulas(archive):
        formulas = _sheets(data, formulas=True)[chosen].iter_rows(values_only=True)
        decisions += _formula_decision(values, formulas)
    texts = [[_text(value) or "" for value in row] for row in values]
    width = max(map(_used, texts), default=0)
    padded = [(cells + [""] * width)[:width] for cells in texts]
    return list(enumerate(padded, start=1)), decisions


def _sheets(data: bytes, *, formulas: bool) -> dict[str, Any]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some exporters write a wrong one, which would cut the sheet off
    return {sheet.title: sheet for sheet in book.worksheets}


def _chosen_sheet(sheets: dict[str, Any], asked: _Asked) -> tuple[str, list[str]]:
    if asked.sheet is not None:
        if asked.sheet not in sheets:
            raise InputError(
                say(
                    '{name} has no sheet "{sheet}". Its sheets are: {sheets}.',
                    name=asked.name,
                    sheet=asked.sheet,
                    sheets=", ".join(sheets),
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


def _text(value: object) -> str | None:
    """Return a typed cell as text: whole numbers without `.0`, dates as ISO, lists as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def _float_text(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    # 1.234 as text could be a thousand; as a number it cannot, and 1.2340 says so.
    return repr(value) + ("0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", repr(value)) else "")


# --- Typed files -------------------------------------------------------------------------------------


def _read_parquet(data: bytes, asked: _Asked) -> _Read:
    import pyarrow.parquet as pq

    _refuse_sheet(asked)
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        raise _damaged(asked.name) from error
    names, decisions = _names(table.column_names)
    table = pa.table([_plain_column(column) for column in table.columns], names=names)
    frame = table.to_pandas(types_mapper=_NULLABLE.get)
    return _Read(frame=frame, numbers=list(range(1, len(frame) + 1)), set_aside=[], decisions=decisions)


# Whole numbers with nulls stay whole: through floats, long ids would be rounded.
_NULLABLE = {
    pa.bool_(): pd.BooleanDtype(),
    **{pa.from_numpy_dtype(dtype.type): dtype for dtype in (pd.Int8Dtype(), pd.Int16Dtype(), pd.Int32Dtype())},
    **{pa.from_numpy_dtype(dtype.type): dtype for dtype in (pd.UInt8Dtype(), pd.UInt16Dtype())},
    **{pa.from_numpy_dtype(dtype.type): dtype for dtype in (pd.UInt32Dtype(), pd.UInt64Dtype(), pd.Int64Dtype())},
}


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("s" if column.type == pa.date32() else "ms"))
    if pa.types.is_nested(column.type):
        return pa.array([_text(value) for value in column.to_pylist()], type=pa.large_string())
    return column


def _read_json(data: bytes, asked: _Asked) -> _Read:
    _refuse_sheet(asked)
    encoding = _encoding(data, asked)
    is_array = data.decode(encoding).lstrip().startswith("[")
    lines = _lines(data, encoding)
    entries = _array_entries(lines.read(), asked.name) if is_array else _line_entries(lines)
    records = [(number, record) for number, record, _ in entries if isinstance(record, dict)]
    wrong = [(number, "unreadable_line", raw) for number, record, raw in entries if not isinstance(record, dict)]
    if not records:
        raise InputError(
            say(
                "{name} is neither JSON lines (one object a line) nor a list of objects. "
                "Export it as one of them, or as CSV.",
                name=asked.name,
            )
        )
    keys = list(dict.fromkeys(key for _, record in records for key in record))
    names, decisions = _names(keys)
    frame = _table(([_text(record.get(key)) for key in keys] for _, record in records), names).to_pandas()
    decisions = [_encoding_decision(encoding), *decisions]
    return _Read(frame=frame, numbers=[number for number, _ in records], set_aside=wrong, decisions=decisions)


def _array_entries(text: str, name: str) -> list[tuple[int, object, str]]:
    try:
        return [(n, item, str(item)) for n, item in enumerate(_parsed(text), start=1)]
    except (ValueError, RecursionError) as error:
        raise InputError(
            say("{name} is not valid JSON ({reason}). Export it again.", name=name, reason=error)
        ) from error


def _line_entries(opened: io.TextIOWrapper) -> list[tuple[int, object, str]]:
    lines = [(n, line) for n, line in enumerate(opened, start=1) if line.strip()]
    return [(n, _parsed_or_none(line), line.strip()) for n, line in lines]


def _parsed_or_none(line: str) -> object:
    try:
        return _parsed(line)
    except (ValueError, RecursionError):
        return None


def _parsed(text: str) -> Any:
    value = json.loads(text)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text: UnicodeError
    return value
