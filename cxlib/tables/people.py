"""Which rows are about certain people: theirs to be handed out, or to be forgotten, wherever they stand.

A row is theirs when its customer is. Where no customer is known it is theirs by any other sign of them (a cookie, a
visit, a device) or by the thing it belongs to (a line of their order, an event of their ticket). Rows of others that
only mention them (as the agent, as who referred, as the order a ticket of somebody else is about) stay, without the
mention; where the row cannot be without it, it is theirs as well.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlib import privacy
from cxlib.tables.schema import Table, schema

OWNERS = ("customer_id", "identity_id", "session_id", "person_key", "author_id", "install_id", "unit_id")
_PSEUDONYM = re.compile("p_[0-9a-f]{20}")
Masks = dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """What of some tables is about people: the signs they are known by, their rows, mentions in rows of others."""

    signs: frozenset[str]
    rows: Masks
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of their rows, by table
    mentions: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)  # by table and column

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every id that leads to them: their signs, and the keys of their rows."""
        return self.signs.union(*self.keys.values())


def signs_for(people: Iterable[str], *, secret: bytes) -> frozenset[str]:
    """Return the ids under which people may stand in tables: pseudonyms as they are, all else also made into one.

    >>> len(signs_for(["ana@example.com", "p_0123456789abcdef0123"], secret=b"only for this example"))
    3
    """
    given = {one.strip() for one in people if one.strip()}
    plain = sorted(one for one in given if not _PSEUDONYM.fullmatch(one))
    made = privacy.pseudonyms(pd.Series(plain, dtype="str"), secret=secret)
    return frozenset(given | set(made.dropna()))


def theirs(tables: Mapping[str, pa.Table], people: Iterable[str]) -> Theirs:
    """Find everything about people in tables that the schema knows, by any of their ids."""
    known = {name: table for name, table in tables.items() if name in schema()}
    signs = _all_signs(known.get("identities"), set(people))
    rows = {name: np.zeros(table.num_rows, dtype=bool) for name, table in known.items()}
    keys: dict[str, frozenset[str]] = {}
    found_more = True
    while found_more:  # an order leads to its lines, these to their returns: as deep as the schema, no deeper
        found_more = False
        for name, table in known.items():
            mask = _about(schema()[name], table, signs, keys)
            if mask.sum() > rows[name].sum():
                rows[name], found_more = mask, True
                keys[name] = _keys(schema()[name], table, mask)
    return Theirs(signs=signs, rows=rows, keys=keys, mentions=_mentions(known, signs, rows, keys))


def _all_signs(identities: pa.Table | None, people: set[str]) -> frozenset[str]:
    """Return all ids of people: their cookies, devices and logins, and the customers behind those."""
    if identities is None or "customer_id" not in identities.column_names:
        return frozenset(people)
    pairs = identities.select(["identity_id", "customer_id"]).to_pandas().dropna()
    before = 0
    while len(people) > before:
        before = len(people)
        own = pairs[pairs["identity_id"].isin(people) | pairs["customer_id"].isin(people)]
        people = people | set(own["identity_id"]) | set(own["customer_id"])
    return frozenset(people)


def _about(
    described: Table, table: pa.Table, signs: frozenset[str], keys: Mapping[str, frozenset[str]]
) -> np.ndarray:
    """Return which rows of a table are about people, given whose other rows are."""
    by_customer, others = np.zeros((2, table.num_rows), dtype=bool)
    if "customer_id" in table.column_names:
        by_customer = among(table["customer_id"], signs)
        others = table["customer_id"].is_valid().to_numpy() & ~by_customer
    own = by_customer
    for name, found in _pointing(described, table, signs, keys):
        if name in _needed(described):
            own = own | found
        elif name in OWNERS or described.columns[name].privacy != "person":
            own = own | (found & ~others)
    return own


def _pointing(
    described: Table, table: pa.Table, signs: frozenset[str], keys: Mapping[str, frozenset[str]]
) -> list[tuple[str, np.ndarray]]:
    """Return for each column that can point at people or their things where it does."""
    found = []
    for name, column in described.columns.items():
        if name not in table.column_names:
            continue
        values = keys.get(column.references, frozenset())
        if column.privacy == "person":
            values = values | signs | (frozenset() if column.references else keys.get("sessions", frozenset()))
        if values:
            found.append((name, among(table[name], values)))
    return found


def _needed(described: Table) -> set[str]:
    return {*described.required, *described.primary_key}


def _keys(described: Table, table: pa.Table, mask: np.ndarray) -> frozenset[str]:
    key = described.primary_key
    if len(key) != 1 or key[0] not in table.column_names:
        return frozenset()
    return frozenset(str(one) for one in table[key[0]].filter(pa.array(mask)).to_pylist() if one is not None)


def _mentions(
    tables: Mapping[str, pa.Table], signs: frozenset[str], rows: Masks, keys: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], np.ndarray]:
    pointing = {
        (name, column): found & ~rows[name]
        for name, table in tables.items()
        for column, found in _pointing(schema()[name], table, signs, keys)
    }
    return {place: mask for place, mask in pointing.items() if mask.any()}


def among(column: pa.ChunkedArray, values: Iterable[str]) -> np.ndarray:
    """Return where a column holds one of some values."""
    wanted = pa.array(sorted(values), pa.string())
    found = pc.is_in(column.cast(pa.string()), value_set=wanted, skip_nulls=True)
    return np.asarray(found.to_numpy(zero_copy_only=False) if isinstance(found, pa.Array) else found.to_numpy())


def without(tables: Mapping[str, pa.Table], found: Theirs) -> dict[str, pa.Table]:
    """Return tables without the rows that are theirs, mentions of them in other rows set to null."""
    left = {}
    for name, table in tables.items():
        for (holder, column), mask in found.mentions.items():
            if holder == name:
                place = table.column_names.index(column)
                blank = pc.if_else(pa.array(mask), pa.scalar(None, table.schema.field(column).type), table[column])
                table = table.set_column(place, table.schema.field(column), blank)
        left[name] = table.filter(pa.array(~found.rows[name])) if name in found.rows else table
    return left
