"""From a column of text to yes/no, categories and clean text; numbers.py and instants.py read the rest.

Each function reads the whole column by one rule, found from evidence in it or said by the mapping, never
value by value. What cannot be read becomes null and a row of `problems`; what can be read in two
ways is refused, with both readings.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlib.language import say
from cxlib.privacy import redact

MISSING = frozenset({"", "-", "--", "null", "none", "nan", "na", "n/a", "#n/a", "#n/d", "#n/d!", "(not set)", "<na>"})
TRUE = frozenset({"true", "yes", "sim", "s", "y", "1", "verdadeiro"})
FALSE = frozenset({"false", "no", "não", "nao", "n", "0", "falso"})
EXAMPLES = 20


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A column as it was understood: values, `problems` (code, found, count) and the rule that was used."""

    values: pd.Series
    problems: pd.DataFrame
    decision: str = ""


@dataclass(frozen=True)
class Trouble:
    """Why a text cannot be read, as a code."""

    code: str


# --- Words -------------------------------------------------------------------------------------------


def is_missing(values: pd.Series) -> pd.Series:
    """Return which values are null or a word for it, such as `-`, `N/A` or `(not set)`.

    >>> is_missing(pd.Series(["0", " - ", "N/A", None])).to_list()
    [False, True, True, True]
    """
    codes, texts = distinct(values)
    missing = np.array([means_missing(text) for text in texts] + [True])
    return pd.Series(missing[codes], index=values.index, name=values.name)  # code -1 is the last: null


def means_missing(text: str) -> bool:
    """Whether a text is a word for null."""
    return text.casefold() in MISSING


def to_boolean(values: pd.Series) -> Converted:
    """Return yes and no, written in English or Portuguese, as true and false.

    >>> to_boolean(pd.Series(["Sim", "não", "1", "talvez"])).values.to_list()
    [True, False, True, <NA>]
    """

    def read(text: str) -> object:
        word = text.casefold()
        return word in TRUE if word in TRUE | FALSE else Trouble("not_yes_or_no")

    return read_each(values, read, "boolean")


def to_category(values: pd.Series, allowed: Sequence[str]) -> Converted:
    """Return the word of `allowed` that each value is, whatever its case.

    >>> to_category(pd.Series([" NPS", "csat", "xyz"]), ["nps", "csat"]).values.to_list()
    ['nps', 'csat', nan]
    """
    canonical = {word.casefold(): word for word in allowed}

    def read(text: str) -> object:
        unknown = None if means_missing(text) else Trouble("unknown_value")
        return canonical.get(text.casefold(), unknown)

    return read_each(values, read, "str", missing=False)


def to_text(values: pd.Series) -> Converted:
    """Return text without blanks at its ends and without control characters; the empty text is null.

    >>> to_text(pd.Series([" ok\\x00 ", "-", "  "])).values.to_list()
    ['ok', '-', nan]
    """
    return read_each(values, lambda text: _clean(text) or None, "str", missing=False)


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", lines).strip()


# --- Every kind of column ----------------------------------------------------------------------------


def distinct(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return for each row the place of its text in the list of distinct, stripped texts (-1: null)."""
    codes, uniques = pd.factorize(values)
    return codes, [_text_of(unique).strip() for unique in uniques]


def _text_of(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))  # a column of whole numbers with nulls holds 5 as 5.0
    return str(value)


def read_each(
    values: pd.Series, read: Callable[[str], object], dtype: Any, *, decision: str = "", missing: bool = True
) -> Converted:
    """Read each distinct text once: `read` returns a value, None for null, or a `Trouble`."""
    codes, texts = distinct(values)
    made = [None if missing and means_missing(text) else read(text) for text in texts]
    troubles = [one.code if isinstance(one, Trouble) else None for one in made]
    usable: list[Any] = [None if isinstance(one, Trouble) else one for one in made]
    return Converted(
        values=spread(pd.array(usable, dtype=dtype), codes, values),
        problems=problems(codes, texts, troubles),
        decision=decision,
    )


def unchanged(values: pd.Series, dtype: Any) -> Converted:
    """Return a column that is what it should be already."""
    return Converted(values=values.astype(dtype), problems=problems(np.array([], dtype=int), [], []))


def spread(made: Any, codes: np.ndarray, values: pd.Series) -> pd.Series:
    """Give every row of `values` what was made of its distinct text."""
    return pd.Series(made.take(codes, allow_fill=True), index=values.index, name=values.name)


def problems(codes: np.ndarray, texts: Sequence[str], troubles: Sequence[str | None]) -> pd.DataFrame:
    """Return what was found, how often, without personal data; the rare rest of a kind in one row."""
    if not any(troubles):  # the usual case, and the slow part of a small table
        return pd.DataFrame(
            {"code": pd.Series(dtype="str"), "found": pd.Series(dtype="str"), "count": pd.Series(dtype="int64")}
        )
    times = np.bincount(codes[codes >= 0], minlength=len(texts))
    found = pd.DataFrame({"code": troubles, "found": list(texts), "count": times.astype("int64")})
    found = found[found["code"].notna() & (found["count"] > 0)].astype({"code": "str", "found": "str"})
    found = found.groupby(["code", "found"], as_index=False).agg({"count": "sum"})
    found = found.sort_values(["code", "count", "found"], ascending=[True, False, True])
    is_rest = found.groupby("code").cumcount() >= EXAMPLES
    rest = found[is_rest].groupby("code", as_index=False)["count"].sum().assign(found=say("…others"))
    kept = found[~is_rest]
    kept = kept.assign(found=redact(kept["found"])[0].str.slice(stop=200))
    return pd.concat([kept, rest[kept.columns]], ignore_index=True)
