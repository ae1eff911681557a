"""Which file is it? By what stands in it, never by its name, and with the evidence in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.platforms.description import NAMES, Platform, Shape, platform
from cxlib.tables.filling import harmless
from cxlib.tables.mapping import plain_heading
from cxlib.tables.reading.documents import WHOLE, Document, Records

LOOKED_AT = 200  # records, to see which fields they have


@dataclass(frozen=True, kw_only=True)
class Found:
    """One file, or one list in it, and what it was recognised as."""

    document: Document
    shape: Shape
    holder: str | None = None  # the list in the file; None for a table

    @property
    def rows(self) -> int:
        """How many rows or records it holds."""
        if self.document.table is not None:
            return self.document.table.rows_in
        return len(self.document.lists[self.holder or WHOLE])

    @property
    def evidence(self) -> str:
        """Why it was recognised, in words."""
        fields = ", ".join(self.shape.needs)
        if self.holder is None:
            return say("its headings include {fields}", fields=fields)
        if self.holder == WHOLE:
            return say("its records have the fields {fields}", fields=fields)
        return say('it holds "{holder}", whose records have {fields}', holder=self.holder, fields=fields)


def recognise(documents: Iterable[Document], key: str | None = None) -> list[Found]:
    """Return what each file is; raises `InputError` for one that is none of the shapes of the platforms.

    With `key` only the shapes of that platform are looked for. A file can hold several lists, such as tickets with
    their users beside them.
    """
    platforms = [platform(name) for name in ([key] if key else NAMES)]
    found = [one for document in documents for one in _of_document(document, platforms)]
    if not any(one.rows for one in found):
        raise InputError(say("The files hold no records. Export them again with data."))
    return found


def _of_document(document: Document, platforms: list[Platform]) -> list[Found]:
    shapes = [shape for one in platforms for shape in one.shapes]
    if document.table is not None:
        headings = set(map(plain_heading, map(str, document.table.frame.columns)))
        fitting = [shape for shape in shapes if shape.file and _fits(shape, headings)]
        candidates = [Found(document=document, shape=_best(fitting, headings, document))] if fitting else []
    else:
        candidates = [one for holder in document.lists for one in _of_list(document, holder, shapes)]
    if not candidates:
        raise InputError(_not_recognised(document, platforms))
    # A record that is known as a whole is not a set of envelopes around what it lists.
    whole = [one for one in candidates if one.holder == WHOLE and one.shape.needs]
    return whole or candidates


def _of_list(document: Document, holder: str, shapes: list[Shape]) -> list[Found]:
    records = document.lists[holder]
    named = [shape for shape in shapes if holder in shape.holds]
    if not records:
        return [Found(document=document, shape=shape, holder=holder) for shape in named[:1] if holder != WHOLE]
    keys = {plain_heading(key) for key in keys_of(records)}
    fitting = [shape for shape in named if _fits(shape, keys)]
    return [Found(document=document, shape=_best(fitting, keys, document), holder=holder)] if fitting else []


def keys_of(records: Records) -> set[str]:
    """Return the fields of records, those inside objects joined by a dot, of the first of them."""
    keys: set[str] = set()
    for _, record in records[:LOOKED_AT]:
        if isinstance(record, dict):
            keys |= set(record)
            keys |= {f"{key}.{inner}" for key, held in record.items() if isinstance(held, dict) for inner in held}
    return keys


def _fits(shape: Shape, headings: set[str]) -> bool:
    return all(_heading(shape, wanted, headings) for wanted in shape.needs)


def _heading(shape: Shape, wanted: str, headings: set[str]) -> bool:
    return any(plain_heading(name) in headings for name in (wanted, *shape.also.get(wanted, ())))


def _best(fitting: list[Shape], headings: set[str], document: Document) -> Shape:
    """Return the shape with most of its fields there; two platforms that fit alike are a question."""
    scores = [sum(_heading(shape, name, headings) for name in (*shape.needs, *shape.marks)) for shape in fitting]
    best = [shape for shape, score in zip(fitting, scores, strict=True) if score == max(scores)]
    names = list(dict.fromkeys(shape.platform for shape in best))
    if len(names) > 1:
        raise InputError(
            say(
                "{file} could come from {platforms}. Say which: cx import {one} FILE...",
                file=harmless(document.name),
                platforms=", ".join(names),
                one=names[0],
            )
        )
    return best[0]


def _not_recognised(document: Document, platforms: list[Platform]) -> str:
    looked_for = "; ".join(
        f"{one.name} {shape.name} ({', '.join(shape.needs)})" for one in platforms for shape in one.shapes
    )
    return say(
        "{file} is none of the files known here. Looked for: {shapes}. For any other table: cx propose FILE",
        file=harmless(document.name),
        shapes=looked_for,
    )
