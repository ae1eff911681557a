"""How well a heading fits the name of one of our columns, in English or Portuguese."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SAME, HOLDS, VAGUE = 3, 2, 1
FILLERS = frozenset(["id", "of", "the", "number", "no", "code", "do", "da", "de", "numero", "n", "codigo"])


@dataclass(frozen=True, order=True)
class NameMatch:
    """How sure a name is (`SAME`, `HOLDS` it, `VAGUE`), how many words of it were found, and the name."""

    level: int
    words: int
    name: str


def words(heading: str) -> tuple[str, ...]:
    """Return the words of a heading, small and without accents.

    >>> words("Data da Avaliação"), words("CustomerID"), words("property_createdate")
    (('data', 'da', 'avaliacao'), ('customer', 'id'), ('property', 'createdate'))
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading)
    folded = unicodedata.normalize("NFKD", parted.casefold())
    return tuple(re.findall(r"[a-z0-9]+", "".join(sign for sign in folded if not unicodedata.combining(sign))))


def match(heading: str, table: str, column: str) -> NameMatch | None:
    """Return how a heading fits a column of a table; None when it does not.

    >>> match("Nota NPS", "survey_responses", "score").level == HOLDS
    True
    """
    given = words(heading)
    holds = _ends_in if column.endswith("_id") else _holds
    found = [NameMatch(SAME, len(name), " ".join(name)) for name in _names(table, column) if given == name]
    found += [NameMatch(HOLDS, len(name), " ".join(name)) for name in _names(table, column) if holds(given, name)]
    found += [
        NameMatch(VAGUE, len(name), " ".join(name)) for name in _listed("vague", table, column) if given == name
    ]
    return max(found, default=None)


def _ends_in(given: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """The status of an order is no order: an identifier is named last, but for words such as “number of”.

    >>> _ends_in(("property", "email"), ("email",)), _ends_in(("order", "status"), ("order",))
    (True, False)
    """
    bare = tuple(word for word in given if word not in FILLERS)
    return given[-len(name) :] == name or bare == name


def _holds(given: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return any(given[place : place + len(name)] == name for place in range(len(given) - len(name) + 1))


def _names(table: str, column: str) -> list[tuple[str, ...]]:
    return [words(column), *_listed("names", table, column)]


def _listed(part: str, table: str, column: str) -> list[tuple[str, ...]]:
    content = _content()[part]
    return [words(name) for name in content.get(f"{table}.{column}", content.get(column, []))]


def word_for(column: str, allowed: tuple[str, ...], found: str) -> str | None:
    """Return which word of our list a word of the file is, None when nobody said.

    >>> word_for("channel", ("web", "store"), "Loja física")
    'store'
    """
    plain = words(found)
    own = next((word for word in allowed if words(word) == plain), None)
    if own is not None:
        return own
    listed = _content()["words"].get(column, {})
    return next((word for word in allowed if plain in [words(name) for name in listed.get(word, [])]), None)


@cache
def _content() -> Mapping[str, Mapping]:
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
