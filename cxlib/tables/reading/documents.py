"""Files of any shape: JSON in envelopes, JSON lines, archives of several files, and what `read_source` reads."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.reading import Source, bytes_of, source_of
from cxlib.tables.reading.contract import Asked
from cxlib.tables.reading.encoding import encoding_decision, encoding_of
from cxlib.tables.reading.packed import all_files, gunzip, opened_zip
from cxlib.tables.reading.typed import parsed
from cxlib.tables.reading.workbook import is_workbook

Records = list[tuple[int, Any]]  # where each stands in its file, and what it is
WHOLE = ""  # the holder of records that no name holds: a bare list, one object a line


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file: a table, or lists of records, each under the name that holds it."""

    name: str
    digest: str
    table: Source | None = None
    lists: dict[str, Records] = field(default_factory=dict)
    unreadable: list[tuple[int, str, str]] = field(default_factory=list)  # lines: number, code, content
    decisions: list[str] = field(default_factory=list)


def read_documents(path: str | Path) -> list[Document]:
    """Read one file, or every file of an archive; raises `InputError` for what is neither table nor JSON."""
    file = Path(path)
    data = bytes_of(file)
    if data.startswith(b"\x1f\x8b"):
        return [_document(file.name.removesuffix(".gz"), gunzip(data, file.name))]
    if not data.startswith(b"PK\x03\x04"):
        return [_document(file.name, data)]
    with opened_zip(data, file.name) as archive:
        if is_workbook(archive):
            return [_document(file.name, data)]
        inside = [(name, content) for name, content in all_files(archive, len(data), file.name) if content.strip()]
    if not inside:
        raise InputError(say("{name} holds no file. Export it again.", name=file.name))
    return [_document(Path(name).name, content) for name, content in inside]


def _document(name: str, data: bytes) -> Document:
    digest = hashlib.sha256(data).hexdigest()
    asked = Asked(name=name, packed=True)
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    if start not in (b"{", b"["):
        return Document(name=name, digest=digest, table=source_of(data, asked))
    encoding = encoding_of(data, asked)
    values, unreadable = _values(data.decode(encoding), name)
    lists: dict[str, Records] = {}
    for number, value in values:
        for holder, records in _lists(number, value):
            lists.setdefault(holder, []).extend(records)
    return Document(
        name=name, digest=digest, lists=lists, unreadable=unreadable, decisions=[encoding_decision(encoding)]
    )


def _values(text: str, name: str) -> tuple[Records, list[tuple[int, str, str]]]:
    """Return the one value of a file, or the value of every line, and the lines that are none."""
    try:
        return [(1, parsed(text))], []
    except (ValueError, RecursionError) as error:
        reason = error
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    values, unreadable = [], []
    for number, line in lines:
        try:
            values.append((number, parsed(line)))
        except (ValueError, RecursionError):
            unreadable.append((number, "unreadable_line", line))
    if len(values) < 2 and not (len(lines) == 2 and values):
        raise InputError(say("{name} is not valid JSON ({reason}). Export it again.", name=name, reason=reason))
    return values, unreadable


def _lists(number: int, value: Any) -> Iterator[tuple[str, Records]]:
    """Yield every list of records that a value may be meant as, with the name that holds it."""
    if isinstance(value, list):
        yield WHOLE, list(enumerate(value, start=1))
        return
    yield WHOLE, [(number, value)]
    if isinstance(value, dict):
        for key, held in value.items():
            if isinstance(held, dict):
                yield str(key), [(number, held)]
            elif isinstance(held, list):
                yield str(key), list(enumerate(held, start=1))


def flattened(record: dict, depth: int = 5) -> dict[str, object]:
    """Return a record with the keys of objects inside it joined by dots; lists stay as they are.

    >>> flattened({"id": 1, "via": {"channel": "web", "source": {}}})
    {'id': 1, 'via.channel': 'web'}
    """
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth:
            flat |= {f"{key}.{inner}": held for inner, held in flattened(value, depth - 1).items()}
        else:
            flat[str(key)] = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return flat
