"""What a column of somebody's file looks like, said without showing anybody: shapes, ranges and counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import number, say
from cxlib.privacy import looks_personal, outline, redact
from cxlib.tables import values
from cxlib.tables.conform import Options, convert
from cxlib.tables.doubts import Doubt, Reading
from cxlib.tables.schema import Column

READABLE = 0.9  # share of a column that must be readable as a type to be called that
LONGEST_RANGE = 6  # digits: longer numbers may be somebody's phone or CPF
FEW_GROUPS, MANY_GROUPS = 2, 50
MOST_LOOKED_AT = 20_000  # different values; the import looks at all of them
NUMBER, DATE = (Column(name="value", type=kind, meanings={}) for kind in ("number", "date"))


@dataclass(frozen=True, kw_only=True)
class Read:
    """A column read as one of our types: the values, the share that could be read, what was in doubt on the way."""

    values: pd.Series
    share: float
    doubts: tuple[tuple[Reading, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One column of the file, as it is written."""

    heading: str
    raw: pd.Series

    @cached_property
    def present(self) -> pd.Series:
        """The values that are there."""
        return self.raw[~values.is_missing(self.raw)]

    @cached_property
    def different(self) -> int:
        """How many different values there are."""
        return int(self.present.nunique())

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in the column."""
        return self.present.empty

    @property
    def is_unique(self) -> bool:
        """Whether no value comes twice."""
        return not self.is_empty and self.different == len(self.present)

    @property
    def missing(self) -> int:
        """How many rows have no value."""
        return len(self.raw) - len(self.present)

    @cached_property
    def texts(self) -> pd.Series:
        """The values as text."""
        return self.present.astype("str").str.strip()

    @cached_property
    def is_personal(self) -> bool:
        """Whether e-mails, phones or documents stand in it, as far as its first values show."""
        first = pd.Series(self.texts.unique()[:MOST_LOOKED_AT], dtype="str")
        return bool(looks_personal(first).any() or redact(first)[1])

    @cached_property
    def are_names(self) -> bool:
        """Whether most values are several words without a digit: the names of people, as far as can be seen."""
        return not self.is_empty and float(self.texts.str.fullmatch(r"[^\d@]+\s[^\d@]+").mean()) > 0.5

    @cached_property
    def as_number(self) -> Read:
        """The column read as numbers."""
        return self.read(NUMBER)

    @cached_property
    def as_date(self) -> Read:
        """The column read as dates."""
        if pd.api.types.is_numeric_dtype(self.raw.dtype):  # a typed number is no date by itself
            return Read(values=self.raw.iloc[:0], share=0.0)
        return self.read(DATE)

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.as_number.share >= READABLE

    @property
    def is_date(self) -> bool:
        """Whether it holds dates."""
        return self.as_date.share >= READABLE

    @property
    def is_group(self) -> bool:
        """Whether it can be grouped by: few different short values that come again, none of them personal."""
        few = FEW_GROUPS <= self.different <= min(MANY_GROUPS, len(self.present) / 2)
        return few and not self.is_date and not self._is_long() and not self.is_personal

    def read(self, column: Column) -> Read:
        """Read the column as one of ours; of every doubt the first reading is followed, and all are kept."""
        if self.is_empty:
            return Read(values=self.present, share=0.0)
        options, doubts = Options(), list[tuple[Reading, ...]]()
        while True:
            try:
                made = convert(column, self.present, options).values
                return Read(values=made, share=float(made.notna().mean()), doubts=tuple(doubts))
            except Doubt as doubt:
                doubts.append(doubt.readings)
                first: dict[str, Any] = {doubt.readings[0].option: doubt.readings[0].value}
                options = replace(options, **first)
            except InputError:  # not of this type at all
                return Read(values=self.present, share=0.0)

    def words(self, most: int = 12) -> list[str]:
        """The values of a column of few words, the most frequent first, personal data struck out."""
        found = redact(pd.Series(self.texts.value_counts().index[:most], dtype="str"))[0]
        return [" ".join(str(word).split())[:24] for word in found]

    def describe(self, *, shape_only: bool = False) -> str:
        """Say what the column looks like; of identifiers, names and texts only the shape."""
        if self.is_empty:
            return say("empty")
        parts = [self._shape() if shape_only else self._kind()]
        if self.missing:
            parts.append(say("rows without it: {n}", n=_count(self.missing)))
        if self.is_personal:
            parts.append(say("holds e-mails, phones or documents"))
        return "; ".join(parts)

    def _kind(self) -> str:
        if self.is_date:
            days = self.as_date.values.dropna()
            first, last = f"{days.min():%Y-%m}", f"{days.max():%Y-%m}"
            if first == last:
                return say("dates of {month}", month=first)
            return say("dates, {first} to {last}", first=first, last=last)
        if self.is_number and self._is_short():
            numbers = self.as_number.values.dropna().astype(float)
            low, high = (number(end, decimals=2) for end in (numbers.min(), numbers.max()))
            return say("numbers, {low} to {high}, {n} different", low=low, high=high, n=_count(self.different))
        return self._shape()

    def _shape(self) -> str:
        shape = outline(self.texts.iloc[0])
        if len(shape) <= 40 and not self._is_long():
            return say("{n} different, written like {shape}", n=_count(self.different), shape=" ".join(shape.split()))
        return say("text, {n} characters on average", n=_count(round(self.texts.str.len().mean())))

    def _is_long(self) -> bool:
        return bool(self.texts.str.len().quantile(0.99) > 60)

    def _is_short(self) -> bool:
        numbers = self.as_number.values.dropna().astype(float)
        return bool(self.texts.str.count(r"\d").max() <= LONGEST_RANGE or (numbers % 1 != 0).any())


def profiles(frame: pd.DataFrame) -> list[Profile]:
    """Return the profile of every column of a frame."""
    return [Profile(heading=str(label), raw=frame[label]) for label in frame.columns]


def quoted(words: Iterable[str]) -> str:
    """Return words as a list in quotes."""
    return ", ".join(f"“{word}”" for word in words)


def _count(value: float) -> str:
    return number(value, decimals=0)
