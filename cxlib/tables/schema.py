"""What the tables and their columns are: `schema.toml`, read once.

The file is the only place where a table or a column is described. From it come the validation, the
targets of the importers, `datapackage.json` and the dictionary in both languages.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cxlib.errors import InputError
from cxlib.language import language, say

TYPES = ("string", "integer", "number", "boolean", "instant", "date")
PRIVACY = ("person", "text")


# Columns of results and comparisons, and of the sums behind them: no group may carry their names.
RESERVED = frozenset(
    ["period", "metric", "rule", "value", "low", "high", "n", "numerator", "denominator", "set_aside", "unit",
     "method", "warnings", "difference", "from", "to", "earlier", "value_from", "value_to", "change", "p_value",
     "p_adjusted", "n_from", "n_to", "verdict", "customers", "weight", "total", "square",
     "total_total", "total_weight", "weight_weight"]
)  # fmt: skip


def is_reserved(name: str) -> bool:
    """Say whether a name belongs to results, so that a column to group by cannot have it."""
    return name in RESERVED or name.startswith(("cx_", "aside_"))


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its type, what it means, and how it is protected on the way in."""

    name: str
    type: str
    meanings: Mapping[str, str]
    required: bool = False
    values: tuple[str, ...] = ()
    unit: str = ""
    privacy: str = ""
    references: str = ""

    @property
    def meaning(self) -> str:
        """The meaning in the language in use."""
        return self.meanings[language()]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: what a row is, its key, its columns in order, and the order its files are kept in, if any."""

    name: str
    meanings: Mapping[str, str]
    primary_key: tuple[str, ...]
    columns: Mapping[str, Column] = field(default_factory=dict)
    sorted_by: tuple[str, ...] = ()

    @property
    def meaning(self) -> str:
        """What one row is, in the language in use."""
        return self.meanings[language()]

    @property
    def required(self) -> list[str]:
        """Names of the columns that must be there."""
        return [column.name for column in self.columns.values() if column.required]

    @property
    def born(self) -> str:
        """Name of the instant at which a row came to exist; empty when it has none."""
        return self._first_required("instant")

    @property
    def dated(self) -> str:
        """Name of the day a row belongs to; empty when it has none."""
        return self._first_required("date")

    def _first_required(self, kind: str) -> str:
        return next((one.name for one in self.columns.values() if one.required and one.type == kind), "")


@cache
def schema() -> dict[str, Table]:
    """Return every table by name, in the order of the file.

    >>> schema()["survey_responses"].primary_key
    ('response_id',)
    """
    content = tomllib.loads(Path(__file__).with_name("schema.toml").read_text(encoding="utf-8"))
    lists = content.pop("values")
    return {name: _table(name, described, lists) for name, described in content.items()}


def _table(name: str, described: dict, lists: Mapping[str, list[str]]) -> Table:
    columns = {key: _column(key, value, lists) for key, value in described["columns"].items()}
    return Table(
        name=name,
        meanings={"en": described["en"], "pt-BR": described["pt-BR"]},
        primary_key=tuple(described["primary_key"]),
        columns=columns,
        sorted_by=tuple(described.get("sorted_by", ())),
    )


def _column(name: str, described: dict, lists: Mapping[str, list[str]]) -> Column:
    rest = dict(described)
    values = rest.pop("values", [])
    return Column(
        name=name,
        meanings={"en": rest.pop("en"), "pt-BR": rest.pop("pt-BR")},
        values=tuple(lists[values] if isinstance(values, str) else values),
        **rest,
    )


def table(name: str) -> Table:
    """Return one table; an unknown name raises `InputError` with the names there are."""
    if name not in schema():
        raise InputError(
            say(
                "There is no table called {name}. The tables are: {names}.",
                name=repr(name),
                names=", ".join(schema()),
            )
        )
    return schema()[name]
