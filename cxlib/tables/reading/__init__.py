"""From the bytes of a file to a frame of text: CSV, XLSX, Parquet, JSON lines, plain or packed.

Nothing is dropped in silence: rows read = rows in the frame + rows in the quarantine, and every choice
made on the way (encoding, separator, heading row ...) is a sentence in `decisions`. Blank rows are no
rows. Cells stay as written; only Parquet keeps its types.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.privacy import redact
from cxlib.tables.reading.contract import Asked, Read, empty
from cxlib.tables.reading.delimited import read_delimited
from cxlib.tables.reading.packed import gunzip, only_file, opened_zip
from cxlib.tables.reading.typed import read_json, read_parquet
from cxlib.tables.reading.workbook import is_workbook, read_workbook

LONGEST_CONTENT = 200


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


def read_source(
    path: str | Path, *, encoding: str | None = None, header_row: int | None = None, sheet: str | None = None
) -> Source:
    """Read one file into a frame; `header_row` is counted from 1, as an editor or Excel shows it."""
    file = Path(path)
    asked = Asked(name=file.name, encoding=encoding, header_row=header_row, sheet=sheet)
    return source_of(bytes_of(file), asked)


def source_of(data: bytes, asked: Asked) -> Source:
    """Return what `read_source` returns, of bytes that were read already."""
    read = _read(data, asked)
    if not len(read.frame) and not read.set_aside:
        raise InputError(say("{name} has headings but no rows. Export it again with data.", name=asked.name))
    return source_from(read, name=asked.name, digest=hashlib.sha256(data).hexdigest())


def source_from(read: Read, *, name: str, digest: str) -> Source:
    """Return rows as a source: numbered, with those set aside in a quarantine without personal data."""
    return Source(
        name=name,
        digest=digest,
        frame=read.frame,
        row_numbers=pd.Series(read.numbers, dtype="int64", name="row"),
        rows_in=len(read.frame) + len(read.set_aside),
        quarantine=_quarantine(read.set_aside),
        decisions=read.decisions,
    )


def bytes_of(file: Path) -> bytes:
    """Return what stands in a file, or say in a sentence why it cannot be read."""
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
        raise empty(file.name)
    return data


def _read(data: bytes, asked: Asked) -> Read:
    """Look at the first bytes, not at the name, and read the file as what it is."""
    suffix = Path(asked.name).suffix.lower()
    if data.startswith(b"\x1f\x8b"):
        return _read_inside(asked.name.removesuffix(".gz"), gunzip(data, asked.name), asked)
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data, asked)
    if data.startswith(b"PAR1"):
        return _named(read_parquet(data, asked), say("Parquet file"), suffix == ".parquet")
    if suffix in (".json", ".jsonl", ".ndjson"):
        return read_json(data, asked)
    _refuse_other_kinds(data, asked.name)
    return read_delimited(data, asked)


def _read_zip(data: bytes, asked: Asked) -> Read:
    with opened_zip(data, asked.name) as archive:
        if is_workbook(archive):
            is_named = Path(asked.name).suffix.lower() in (".xlsx", ".xlsm")
            return _named(read_workbook(data, archive, asked), say("Excel workbook"), is_named)
        name, content = only_file(archive, len(data), asked.name)
    return _read_inside(name, content, asked)


def _read_inside(name: str, content: bytes, asked: Asked) -> Read:
    if asked.packed:
        raise InputError(say("{name} is packed twice. Unpack it once and name the file inside.", name=asked.name))
    return _read(content, replace(asked, name=Path(name).name, packed=True))


def _named(read: Read, kind: str, is_named: bool) -> Read:
    """Say what the file is when it is called something else."""
    return read if is_named else read.after([say("read as what its content is: {kind}", kind=kind)])


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


def _quarantine(set_aside: list[tuple[int, str, str]]) -> pd.DataFrame:
    rows = pd.DataFrame(sorted(set_aside), columns=["row", "code", "content"])
    rows = rows.astype({"row": "int64", "code": "str", "content": "str"})
    # Cut before redacting for speed, far behind what is shown, so that no half e-mail is left at the end.
    clean, _ = redact(rows["content"].str.slice(stop=20 * LONGEST_CONTENT))
    return rows.assign(content=clean.str.slice(stop=LONGEST_CONTENT))
