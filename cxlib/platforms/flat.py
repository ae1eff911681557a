"""From records to flat rows of text, and the few things that all platforms need done to them."""

import hashlib
import html
import re
from collections.abc import Callable

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.platforms.description import Shape
from cxlib.platforms.recognise import Found
from cxlib.tables.audit import Issue
from cxlib.tables.mapping import plain_heading
from cxlib.tables.reading import Source, source_from
from cxlib.tables.reading.cells import text_of
from cxlib.tables.reading.columns import text_table
from cxlib.tables.reading.contract import Read
from cxlib.tables.reading.documents import WHOLE, Document, Records, flattened

MOST_FIELDS = 2_000
Unpack = Callable[[Records], dict[str, Records]]
_TAG = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]{0,200}>", re.I)
_OTHER_TAG = re.compile(r"</?[a-z][^<>]{0,2000}>|<!--.{0,2000}?-->", re.I | re.S)


def flat_rows(found: Found, unpack: Unpack | None = None) -> dict[str, Source]:
    """Return what one file, or one list in it, holds: rows of text by shape, each with its number in the file."""
    if found.document.table is not None:
        return {found.shape.name: _known_headings(found.document.table, found.shape)}
    document = found.document
    records = document.lists[found.holder or WHOLE]
    objects = [(number, record) for number, record in records if isinstance(record, dict)]
    wrong = [(number, "unreadable_line", str(record)) for number, record in records if not isinstance(record, dict)]
    pieces = unpack(objects) if unpack else {found.shape.name: objects}
    wrong += document.unreadable
    rows = {}
    for name, kept in pieces.items():
        rows[name] = rows_of(document, kept, wrong if name == found.shape.name else [])
    return rows


def rows_of(document: Document, records: Records, wrong: list[tuple[int, str, str]]) -> Source:
    """Return records as rows of text, the fields of objects inside them joined by a dot."""
    flat = [flattened(record) for _, record in records]
    keys = list(dict.fromkeys(key for record in flat for key in record))
    if len(keys) > MOST_FIELDS:
        raise InputError(
            say("{name} has records with more than {n} different fields.", name=document.name, n=MOST_FIELDS)
        )
    # No field twice: a record can have both "a.b" and an object "a" with a field "b".
    frame = text_table(([text_of(record.get(key)) for key in keys] for record in flat), keys).to_pandas()
    read = Read(frame=frame, numbers=[number for number, _ in records], set_aside=wrong, decisions=document.decisions)
    return source_from(read, name=document.name, digest=document.digest)


def _known_headings(table: Source, shape: Shape) -> Source:
    """Call the columns as the mapping does, and blank what stands for nothing."""
    names = {
        plain_heading(other): wanted
        for wanted in dict.fromkeys([*shape.needs, *shape.marks, *shape.also])
        for other in (wanted, *shape.also.get(wanted, ()))
    }
    known: dict[str, str] = {}
    for label in map(str, table.frame.columns):
        wanted = names.get(plain_heading(label))
        if wanted is not None and wanted not in known.values():
            known[label] = wanted
    frame = table.frame.rename(columns=known)
    if shape.blank:
        frame = frame.mask(frame.isin(shape.blank))
    return with_frame(table, frame)


def with_frame(source: Source, frame: pd.DataFrame) -> Source:
    """Return a source with other columns and the same rows."""
    return Source(
        name=source.name,
        digest=source.digest,
        frame=frame,
        row_numbers=source.row_numbers,
        rows_in=source.rows_in,
        quarantine=source.quarantine,
        decisions=source.decisions,
    )


def some_rows(source: Source, keep: pd.Series, code: str) -> Source:
    """Return the rows of a source that are wanted; the others go to the quarantine with a reason."""
    lost = source.row_numbers[~keep.to_numpy()]
    gone = pd.DataFrame({"row": lost.astype("int64"), "code": code, "content": ""})
    return Source(
        name=source.name,
        digest=source.digest,
        frame=source.frame[keep.to_numpy()].reset_index(drop=True),
        row_numbers=source.row_numbers[keep.to_numpy()].reset_index(drop=True),
        rows_in=source.rows_in,
        quarantine=pd.concat([source.quarantine, gone.astype({"code": "str", "content": "str"})], ignore_index=True),
        decisions=source.decisions,
    )


def part_of(source: Source, keep: pd.Series) -> Source:
    """Return the rows of a source that are about something, as a source of their own."""
    wanted = keep.to_numpy()
    return Source(
        name=source.name,
        digest=source.digest,
        frame=source.frame[wanted].reset_index(drop=True),
        row_numbers=source.row_numbers[wanted].reset_index(drop=True),
        rows_in=int(wanted.sum()),
        quarantine=source.quarantine.iloc[:0],
        decisions=source.decisions,
    )


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of text, all null where a file does not have it."""
    return frame[name] if name in frame else pd.Series(None, index=frame.index, dtype="str")


def lookup(sources: list[Source], key: str, value: str) -> dict[str, str]:
    """Return what a field says by another field, such as the name of a group by its id; the last one holds."""
    pairs: dict[str, str] = {}
    for source in sources:
        known = pd.DataFrame({"key": column(source.frame, key), "value": column(source.frame, value)}).dropna()
        pairs |= dict(zip(known["key"], known["value"], strict=True))
    return pairs


def owned(platform: str, ids: pd.Series) -> pd.Series:
    """Return ids of people with the platform's name before them: 42 on two platforms is two people."""
    return (platform + " " + ids.astype("str").str.strip()).where(ids.notna() & ids.astype("str").str.strip().ne(""))


def made_id(*parts: pd.Series) -> pd.Series:
    """Return an id made of what identifies a row on a platform that gives it none: the same in every delivery."""
    words = pd.concat([part.fillna("").astype("str").str.strip() for part in parts], axis=1)
    texts = words.agg("\x1f".join, axis=1) if len(words) else pd.Series([], dtype="str")
    return texts.map(lambda text: hashlib.sha256(text.encode()).hexdigest()[:16]).astype("str")


def without_id(table: str, source: Source, made_of: str) -> list[Issue]:
    """Say that a file gives no id and which of its columns stand for one."""
    count = len(source.frame)
    issue = Issue(table=table, column="", code="id_made_of", found=made_of, count=count, outcome="decided")
    return [issue] if count else []


def joined(table: str, side: Source, found: pd.Series) -> list[Issue]:
    """Account for rows that complete others: how many found theirs, and how many did not."""
    counts = ((found, "joined_to_its_row", "decided"), (~found, "without_its_row", "left_out"))
    return [
        Issue(table=table, column="", code=code, found=side.name[:80], count=int(which.sum()), outcome=outcome)
        for which, code, outcome in counts
        if which.any()
    ]


def inner(record: dict, key: str) -> dict:
    """Return the object that stands under a key, an empty one where there is none."""
    held = record.get(key)
    return held if isinstance(held, dict) else {}


def plain_text(values: pd.Series) -> pd.Series:
    """Return text without the tags and entities of a web page.

    >>> plain_text(pd.Series(["<p>Ol&aacute;,&nbsp;tudo&nbsp;bem?</p>", "1 < 2", None])).to_list()
    ['Olá, tudo bem?', '1 < 2', nan]
    """

    def plain(text: str) -> str:
        bare = _OTHER_TAG.sub("", _TAG.sub("\n", text)) if "<" in text else text
        return html.unescape(bare).replace("\xa0", " ").strip() if "&" in bare else bare.strip()

    return values.map(plain, na_action="ignore")


def day_first(times: pd.Series) -> tuple[pd.Series, list[Issue]]:
    """Return dates that a platform writes day before month with the year first, and the decision where there are any.

    >>> day_first(pd.Series(["03/04/2025 10:00", "2025-04-03 10:00:00"]))[0].to_list()
    ['2025-04-03 10:00', '2025-04-03 10:00:00']
    """
    written = r"^\s*(\d{1,2})/(\d{1,2})/(\d{4})(.*)$"
    found = times.str.extract(written)
    is_written = found[0].notna()
    turned = found[2] + "-" + found[1].str.zfill(2) + "-" + found[0].str.zfill(2) + found[3]
    said = Issue(
        table="",
        column=str(times.name),
        code="day_before_month",
        found=say("as the platform writes dates"),
        count=int(is_written.sum()),
        outcome="decided",
    )
    return turned.where(is_written, times), [said] if is_written.any() else []
