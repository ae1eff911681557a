"""The ways in which a file is damaged. Each takes its bytes and a source of chance and returns other bytes.

`KINDS` says for which files a way is fit: any, JSON, tables of text, Parquet, or workbooks and other archives.
"""

import copy
import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Damage = Callable[[bytes, random.Random], bytes]
LONG = 1_000_000
BOMB = 24 * 2**20
PIECES = [
    "\x00", '"', ";", ",", "\n", "\r", "\r\n", "\t", "=1+1", "é", "\ufeff", "{", "}", "[", "]", "'", "\\", "%", "$",
    "31/02/2025", "1e999", "-", "NaN", "∞", "<script>", "\u202e", "null", "9" * 400, "-0", "0x1F", "٣", "😀", "1.234",
    "1,5", "10:99", "2025-13-45T99:99:99Z", "0000-00-00", "9999-12-31", "-99999999999999999999", "\x1a", "\x85",
]  # fmt: skip
VALUES: list[Any] = [
    None, [], {}, "", 0, -1, 10**30, 1e308, float("nan"), float("inf"), True, "x", " ", [[]], [None], {"id": None},
    [1, "a", {}], {"a": {"b": {"c": []}}}, "null", "2025-02-30", "1.234,56", 2**63, -(2**63), "\u0000", "\u202e",
    [{}],
]  # fmt: skip


# --- bytes -------------------------------------------------------------------------------------------


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Flip bits of one to twenty bytes."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def removed(data: bytes, chance: random.Random) -> bytes:
    """Take a stretch out."""
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:begin] + data[end:]


def repeated(data: bytes, chance: random.Random) -> bytes:
    """Write a stretch several times."""
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[begin:end] * chance.randint(1, 3) + data[end:]


def inserted(data: bytes, chance: random.Random) -> bytes:
    """Put something where it does not belong, once to five times."""
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(data) + 1)
        piece = chance.choice(PIECES).encode()
        data = data[:place] + piece + data[place:]
    return data


def cut_off(data: bytes, chance: random.Random) -> bytes:
    """Lose the end."""
    return data[: chance.randrange(len(data))]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """Mix the lines."""
    rows = data.split(b"\n")
    chance.shuffle(rows)
    return b"\n".join(rows)


def encoded(data: bytes, chance: random.Random) -> bytes:
    """Write the text in another encoding, or half of it."""
    text = data.decode("utf-8", "replace")
    coding = chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "utf-7", "cp037"])
    half = len(text) // 2 if chance.random() < 0.2 else 0
    return text[:half].encode() + text[half:].encode(coding, "replace")


def long_field(data: bytes, chance: random.Random) -> bytes:
    """Put a million characters in the middle of something."""
    place = chance.randrange(len(data) + 1)
    unit = chance.choice([b"x", b"1", b"a@b", b" ", b"(11) ", b"<b>", b"\\", b'""', "é".encode(), b"1 "])
    return data[:place] + unit * (LONG // len(unit)) + data[place:]


def zipped_badly(data: bytes, chance: random.Random) -> bytes:
    """Pack it, and lose or bend some bytes of the archive."""
    packed = _zip({"a.csv": data, **({"b/c.json": data} if chance.random() < 0.3 else {})})
    return chance.choice([cut_off, flipped, removed])(packed, chance)


def gzipped_badly(data: bytes, chance: random.Random) -> bytes:
    """Pack it with gzip, and lose or bend some bytes."""
    return chance.choice([cut_off, flipped])(gzip.compress(data), chance)


def packed_twice(data: bytes, chance: random.Random) -> bytes:
    """An archive in an archive."""
    inner = _zip({"inner.csv": data})
    return _zip({"inner.zip": inner}) if chance.random() < 0.5 else gzip.compress(inner)


def bomb(data: bytes, chance: random.Random) -> bytes:
    """A small archive that would unpack to very much: honest, lying about its size, or just within the ratio."""
    filler = chance.choice([b"0", b" ", b"[", b"\n", b'{"a":', b",", b'"'])
    full = data + filler * (BOMB // len(filler))
    kind = chance.randrange(4)
    if kind == 0:
        return gzip.compress(full)
    packed = _zip({f"{n}.csv": full for n in range(chance.randint(1, 3))})
    if kind == 1:  # the size in both headers is a lie
        return packed.replace(len(full).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    noise = chance.randbytes(BOMB // 500)
    return _zip({"a.csv": full + noise}) if kind == 2 else packed


def nothing_left(data: bytes, chance: random.Random) -> bytes:
    """As a failed download or a full disk leaves a file."""
    return chance.choice(
        [b"", b" \n", b"\x00" * len(data), b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"{", b"[]", b"{}",
         b"<html><body>Sign in</body></html>", b"null", b"[null]", b"\xef\xbb\xbf"]
    )  # fmt: skip


def _zip(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


# --- JSON --------------------------------------------------------------------------------------------


def _in_json(change: Callable[[Any, random.Random], Any]) -> Damage:
    """Return a way to damage that works on the parsed values of a file, one or one a line."""

    def damage(data: bytes, chance: random.Random) -> bytes:
        text = data.decode()
        try:
            return json.dumps(change(json.loads(text), chance), ensure_ascii=False).encode()
        except json.JSONDecodeError:
            rows = text.splitlines()
        place = chance.randrange(len(rows))
        rows[place] = json.dumps(change(json.loads(rows[place]), chance), ensure_ascii=False)
        return "\n".join(rows).encode()

    damage.__doc__ = change.__doc__
    return damage


def _holders(value: Any) -> list[Any]:
    """Return every object and list that holds something."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if inner else []) + [found for one in inner for found in _holders(one)]


def _somewhere(value: Any, chance: random.Random) -> tuple[Any, Any]:
    holder = chance.choice(_holders(value))
    return holder, chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))


def key_dropped(value: Any, chance: random.Random) -> Any:
    """Leave a field out."""
    holder, key = _somewhere(value, chance)
    del holder[key]
    return value


def key_renamed(value: Any, chance: random.Random) -> Any:
    """Call a field something else, perhaps like another."""
    holder, key = _somewhere(value, chance)
    if isinstance(holder, dict):
        holder[chance.choice([*holder, str(key).upper(), "x" * 300, "", "\u202e", f"{key}.{key}"])] = holder.pop(key)
    return value


def value_replaced(value: Any, chance: random.Random) -> Any:
    """Put values of other kinds in one to four places."""
    for _ in range(chance.randint(1, 4)):
        if _holders(value):
            holder, key = _somewhere(value, chance)
            holder[key] = copy.deepcopy(chance.choice(VALUES))
    return value


def text_replaced(value: Any, chance: random.Random) -> Any:
    """Put hostile or half readable text in a place."""
    holder, key = _somewhere(value, chance)
    holder[key] = str(holder[key])[: chance.randrange(20)] + chance.choice(PIECES)
    return value


def long_value(value: Any, chance: random.Random) -> Any:
    """Put a million characters in a field."""
    holder, key = _somewhere(value, chance)
    holder[key] = chance.choice(["x", "<b>", "9", "a@b.co ", "&amp;"]) * (LONG // 4)
    return value


def record_doubled(value: Any, chance: random.Random) -> Any:
    """Hold something twice, the second time a little otherwise."""
    holder, key = _somewhere(value, chance)
    twin = copy.deepcopy(holder[key])
    if isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), twin)
    else:
        holder[f"{key}_2"] = twin
    return value_replaced(value, chance) if chance.random() < 0.5 else value


def wrapped(value: Any, chance: random.Random) -> Any:
    """Put it in an envelope, or take it out of one."""
    makers: list[Callable[[Any], Any]] = [
        lambda one: [one],
        lambda one: {"data": one},
        lambda one: {"results": [one], "paging": None},
        lambda one: next(iter(one.values())) if isinstance(one, dict) and one else one,
        lambda one: one[0] if isinstance(one, list) and one else one,
        lambda one: {str(n): one for n in range(3)},
    ]
    return chance.choice(makers)(value)


def deep(data: bytes, chance: random.Random) -> bytes:
    """Nest a value thousands of objects deep."""
    depth = chance.choice([50, 900, 3_000, 100_000])
    opened, closed = chance.choice([(b"[", b"]"), (b'{"a":', b"}")])
    place = data.find(b": ", chance.randrange(len(data))) + 2
    ends = min((end for end in (data.find(sign, place) for sign in (b",", b"}")) if end > 0), default=place)
    return data[:place] + opened * depth + b"1" + closed * depth + data[ends:]


# --- tables of text ----------------------------------------------------------------------------------


def _in_table(change: Callable[[list[list[str]], random.Random], None]) -> Damage:
    """Return a way to damage that works on the cells of a file."""

    def damage(data: bytes, chance: random.Random) -> bytes:
        coding = "utf-16" if data[:2] == b"\xff\xfe" else "utf-8"
        text = data.decode(coding, "replace")
        sign = max("\t;,", key=text.count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=sign) if row]
        change(rows, chance)
        held = io.StringIO()
        other = chance.choice("\t;,|") if chance.random() < 0.1 else sign
        csv.writer(held, delimiter=other, quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])).writerows(rows)
        return held.getvalue().encode(coding, "replace")

    damage.__doc__ = change.__doc__
    return damage


def _place(rows: list[list[str]], chance: random.Random) -> int:
    return chance.randrange(max(map(len, rows)))


def column_dropped(rows: list[list[str]], chance: random.Random) -> None:
    """Leave a column out."""
    place = _place(rows, chance)
    for row in rows:
        del row[place : place + 1]


def column_renamed(rows: list[list[str]], chance: random.Random) -> None:
    """Call a column something else, perhaps like another."""
    heading = max(rows[:7], key=len)
    heading[chance.randrange(len(heading))] = chance.choice([*heading, "", "x", "X" * 5000, "\u202e", "Ünïcode", "1"])


def column_doubled(rows: list[list[str]], chance: random.Random) -> None:
    """Write a column twice."""
    place = _place(rows, chance)
    for row in rows:
        row.extend(row[place : place + 1])


def column_moved(rows: list[list[str]], chance: random.Random) -> None:
    """Shift the cells of some rows, as a stray separator does."""
    for row in rows:
        if chance.random() < 0.4:
            row.insert(chance.randrange(len(row) + 1), chance.choice(["", *PIECES]))


def cell_replaced(rows: list[list[str]], chance: random.Random) -> None:
    """Put something else in some cells."""
    for _ in range(chance.randint(1, 6)):
        row = chance.choice([one for one in rows if one])
        row[chance.randrange(len(row))] = chance.choice(PIECES)


def cell_of_a_million(rows: list[list[str]], chance: random.Random) -> None:
    """Put a million characters in a cell."""
    row = chance.choice([one for one in rows if one])
    row[chance.randrange(len(row))] = chance.choice(["x", "9", "a@b.co ", '"', "\n"]) * (LONG // 4)


def row_doubled(rows: list[list[str]], chance: random.Random) -> None:
    """Write a row again, perhaps the headings."""
    rows.insert(chance.randrange(len(rows) + 1), list(chance.choice(rows)))


# --- archives and Parquet ----------------------------------------------------------------------------


def inside_the_archive(data: bytes, chance: random.Random) -> bytes:
    """Damage one part of an archive and pack it whole again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(files))
    if chance.random() < 0.15:
        del files[name]
    else:
        files[name] = chance.choice([flipped, removed, inserted, cut_off, repeated, long_field])(files[name], chance)
    return _zip(files)


def _in_parquet(change: Callable[[pa.Table, random.Random], pa.Table]) -> Damage:
    def damage(data: bytes, chance: random.Random) -> bytes:
        held = io.BytesIO()
        pq.write_table(change(pq.read_table(io.BytesIO(data)), chance), held)
        return held.getvalue()

    damage.__doc__ = change.__doc__
    return damage


def parquet_column_dropped(table: pa.Table, chance: random.Random) -> pa.Table:
    """Leave a column out."""
    return table.remove_column(chance.randrange(table.num_columns))


def parquet_column_renamed(table: pa.Table, chance: random.Random) -> pa.Table:
    """Call a column something else, perhaps like another."""
    names = list(table.column_names)
    names[chance.randrange(len(names))] = chance.choice([*names, "", "X" * 5000, "a.b", "\u202e"])
    return table.rename_columns(names)


def parquet_column_doubled(table: pa.Table, chance: random.Random) -> pa.Table:
    """Write a column twice, under its own name or another."""
    place = chance.randrange(table.num_columns)
    name = table.column_names[place]
    return table.append_column(chance.choice([name, f"{name}.1", name.upper()]), table.column(place))


def parquet_type_changed(table: pa.Table, chance: random.Random) -> pa.Table:
    """Give a column values of another kind."""
    size, place = table.num_rows, chance.randrange(table.num_columns)
    made = chance.choice(
        [
            pa.nulls(size),
            pa.array([b"\xff\xfe\x00"] * size, pa.binary()),
            pa.array([{"a": 1, "b": [None]}] * size),
            pa.array([[1, None]] * size),
            pa.array([10**17 + 1] * size, pa.int64()),
            pa.array([2**64 - 1] * size, pa.uint64()),
            pa.array([float("nan")] * size),
            pa.array([float("inf")] * size, pa.float32()),
            pa.array([1] * size).cast(pa.decimal128(38, 10)),
            pa.array([10**15] * size, pa.timestamp("ns", tz="America/Sao_Paulo")),
            pa.array([2**62] * size, pa.timestamp("us")),
            pa.array([2**40] * size, pa.timestamp("s")),
            pa.array([-(2**31)] * size, pa.date32()),
            pa.array([1] * size, pa.time64("us")),
            pa.array([1] * size, pa.duration("s")),
            pa.array([True] * size),
            pa.array(["a"] * size).dictionary_encode(),
            pa.array([[("k", 1)]] * size, pa.map_(pa.string(), pa.int64())),
            pa.array(["x" * LONG, *[""] * (size - 1)]),
        ]
    )
    return table.set_column(place, table.column_names[place], made)


def parquet_cells_replaced(table: pa.Table, chance: random.Random) -> pa.Table:
    """Put something else in some cells, as text."""
    place = chance.randrange(table.num_columns)
    cells = [None if one is None else str(one) for one in table.column(place).to_pylist()]
    for _ in range(chance.randint(1, 4)):
        cells[chance.randrange(len(cells))] = chance.choice(PIECES)
    return table.set_column(place, table.column_names[place], pa.array(cells, pa.string()))


ANY: tuple[Damage, ...] = (flipped, removed, repeated, inserted, cut_off, long_field, zipped_badly, gzipped_badly,
                           packed_twice, nothing_left)  # fmt: skip
OF_TEXT: tuple[Damage, ...] = (shuffled, encoded)
OF_JSON = {
    "key dropped": _in_json(key_dropped),
    "key renamed": _in_json(key_renamed),
    "value of another kind": _in_json(value_replaced),
    "text replaced": _in_json(text_replaced),
    "value of a million characters": _in_json(long_value),
    "record doubled": _in_json(record_doubled),
    "wrapped": _in_json(wrapped),
    "nested deep": deep,
}
OF_TABLES = {
    "column dropped": _in_table(column_dropped),
    "column renamed": _in_table(column_renamed),
    "column doubled": _in_table(column_doubled),
    "cells shifted": _in_table(column_moved),
    "cells replaced": _in_table(cell_replaced),
    "cell of a million characters": _in_table(cell_of_a_million),
    "row doubled": _in_table(row_doubled),
}
OF_PARQUET = {
    "column dropped": _in_parquet(parquet_column_dropped),
    "column renamed": _in_parquet(parquet_column_renamed),
    "column doubled": _in_parquet(parquet_column_doubled),
    "column of another type": _in_parquet(parquet_type_changed),
    "cells replaced": _in_parquet(parquet_cells_replaced),
}


def _named(ways: tuple[Damage, ...]) -> dict[str, Damage]:
    return {way.__name__.replace("_", " "): way for way in ways}


def kinds_for(data: bytes, chance: random.Random) -> dict[str, Damage]:
    """Return the ways to damage a file; a bomb is rare, because each costs seconds."""
    ways = _named(ANY) | (_named((bomb,)) if chance.random() < 0.15 else {})
    if data.startswith(b"PK"):
        return ways | {"inside the archive": inside_the_archive}
    if data.startswith(b"PAR1"):
        return ways | OF_PARQUET
    ways |= _named(OF_TEXT)
    return ways | (OF_JSON if data.lstrip()[:1] in (b"{", b"[") else OF_TABLES)
