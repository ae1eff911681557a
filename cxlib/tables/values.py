"""From a column of text to numbers, money, instants, dates, yes/no, categories and clean text.

Each function reads the whole column by one rule, found from evidence in it or said by the mapping, never
value by value. What cannot be read becomes null and a row of `problems`; what can be read in two
ways is refused, with both readings.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.privacy import redact
from cxlib.tables.time import zone_info

MISSING = frozenset({"", "-", "--", "null", "none", "nan", "na", "n/a", "#n/a", "#n/d", "#n/d!", "(not set)", "<na>"})
TRUE = frozenset({"true", "yes", "sim", "s", "y", "1", "verdadeiro"})
FALSE = frozenset({"false", "no", "não", "nao", "n", "0", "falso"})
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
FIRST_YEAR, LAST_YEAR = 1900, 2100
EXAMPLES = 20


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A column as it was understood: values, `problems` (code, found, count) and the rule that was used."""

    values: pd.Series
    problems: pd.DataFrame
    decision: str = ""


def is_missing(values: pd.Series) -> pd.Series:
    """Return which values are null or a word for it, such as `-`, `N/A` or `(not set)`.

    >>> is_missing(pd.Series(["0", " - ", "N/A", None])).to_list()
    [False, True, True, True]
    """
    codes, texts = _uniques(values)
    missing = np.array([text.casefold() in MISSING for text in texts] + [True])
    return pd.Series(missing[codes], index=values.index, name=values.name)  # code -1 is the last: null


# --- Every kind of column ----------------------------------------------------------------------------


def _uniques(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return the distinct values as stripped text, and for each row the place of its own (-1: null)."""
    codes, uniques = pd.factorize(values)
    return codes, [_text_of(unique).strip() for unique in uniques]


def _text_of(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))  # a column of whole numbers with nulls holds 5 as 5.0
    return str(value)


def _converted(
    values: pd.Series, read: Callable[[str], object], dtype: Any, *, decision: str = "", missing: bool = True
) -> Converted:
    """Read each distinct text once: `read` returns a value, None for null, or a `_Trouble`."""
    codes, texts = _uniques(values)
    made = [None if missing and text.casefold() in MISSING else read(text) for text in texts]
    troubles = [one.code if isinstance(one, _Trouble) else None for one in made]
    usable: list[Any] = [None if isinstance(one, _Trouble) else one for one in made]
    return Converted(
        values=_like(values, pd.array(usable, dtype=dtype).take(codes, allow_fill=True)),
        problems=_problems(codes, texts, troubles),
        decision=decision,
    )


@dataclass(frozen=True)
class _Trouble:
    code: str


def _like(values: pd.Series, column: object) -> pd.Series:
    return pd.Series(column, index=values.index, name=values.name)  # type: ignore[call-overload]


def _problems(codes: np.ndarray, texts: Sequence[str], troubles: Sequence[str | None]) -> pd.DataFrame:
    """Return what was found, how often, without personal data; the rare rest of a kind in one row."""
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


def _present(values: pd.Series) -> list[str]:
    return [text for text in _uniques(values)[1] if text.casefold() not in MISSING]


# --- Numbers and money -------------------------------------------------------------------------------

_MARK = r"R\$|US\$|\$|€|£|BRL|USD|EUR"
_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+])?\s*(?P<mark>{_MARK})?\s*(?P<inner>[-+])?\s*"
    rf"(?P<body>[\d.,][\d., ]*)(?P<exponent>[eE][-+]?\d{{1,3}})?\s*(?P<after>{_MARK})?\s*(?P<close>\))?",
    re.ASCII,
)
_BODY = {
    decimal: re.compile(
        rf"(\d+|[1-9]\d{{0,2}}(?:[{other}]\d{{3}})+|[1-9]\d{{0,2}}(?: \d{{3}})+|)(?:[{decimal}](\d+))?",
        re.ASCII,
    )
    for decimal, other in ((",", "."), (".", ","))
}
_LONGEST_NUMBER = 64


def to_number(values: pd.Series, *, decimal: str | None = None, whole: bool = False) -> Converted:
    """Return numbers; the decimal sign is one for the column, from evidence or from `decimal`.

    >>> to_number(pd.Series(["R$ 1.234,56", "7,5", "-"])).values.to_list()
    [1234.56, 7.5, <NA>]
    """
    dtype = "Int64" if whole else "Float64"
    if _is_ready(values, whole):
        return _converted_already(values, dtype)
    numbers, _, decision = _plain_numbers(values, decimal)
    return _converted(values, lambda text: _number(numbers.get(text), whole), dtype, decision=decision)


def _is_ready(values: pd.Series, whole: bool) -> bool:
    """Whether a typed column holds nothing but numbers that can stay as they are."""
    if not pd.api.types.is_float_dtype(values):
        return pd.api.types.is_integer_dtype(values)
    numbers = values.dropna().to_numpy("float64")
    whole_enough = not whole or bool(((np.floor(numbers) == numbers) & (abs(numbers) < 2**63)).all())
    return whole_enough and bool(np.isfinite(numbers).all())


def _converted_already(values: pd.Series, dtype: Any) -> Converted:
    return Converted(values=values.astype(dtype), problems=_problems(np.array([], dtype=int), [], []))


def _number(plain: str | None, whole: bool) -> object:
    if plain is None or (not whole and np.isinf(float(plain))):
        return _Trouble("not_a_number")
    if not whole:
        return float(plain)
    exact = Decimal(plain)
    if exact.adjusted() > 18 or not -(2**63) <= exact < 2**63:
        return _Trouble("not_a_number")
    return int(exact) if exact == int(exact) else _Trouble("not_whole")


@dataclass(frozen=True)
class _Parts:
    """A number taken apart: its digits and separators, what stands before and behind them, its currency."""

    body: str
    minus: str = ""
    exponent: str = ""
    mark: str = ""


def _plain_numbers(values: pd.Series, decimal: str | None) -> tuple[dict[str, str], set[str], str]:
    """Return each readable text as Python writes the number, the currencies, and the decision."""
    parts = {text: found for text in _present(values) if (found := _parts(text))}
    is_written = any(isinstance(unique, str) for unique in values.dropna().unique())
    sign = _decimal_sign(parts, decimal) if is_written else "."
    numbers = {text: number for text, part in parts.items() if (number := _plain_number(part, sign))}
    separated = is_written and any("." in part.body or "," in part.body for part in parts.values())
    decision = say('decimal sign "{sign}"', sign=sign) if separated else ""
    return numbers, {part.mark for part in parts.values() if part.mark}, decision


def _parts(text: str) -> _Parts | None:
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
        return _Parts(text)
    if len(text) > _LONGEST_NUMBER:
        return None
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    found = _NUMBER.fullmatch(plain.strip())
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found[name] for name in ("open", "sign", "inner") if found[name]]
    minus = "-" if signs and signs[0] in "(-" else ""
    parts = _Parts(found["body"].strip(), minus, found["exponent"] or "", found["mark"] or found["after"] or "")
    return parts if len(signs) < 2 else None


def _plain_number(parts: _Parts, decimal: str) -> str | None:
    read = _BODY[decimal].fullmatch(parts.body)
    if read is None or not (read[1] or read[2]):
        return None
    digits = re.sub(r"\D", "", read[1]) or "0"
    return parts.minus + digits + ("." + read[2] if read[2] else "") + parts.exponent


def _decimal_sign(parts: dict[str, _Parts], decimal: str | None) -> str:
    if decimal not in (None, ",", "."):
        raise InputError(say('The decimal sign is "," or ".", not {found}. Correct `decimal`.', found=repr(decimal)))
    if decimal is not None:
        return decimal
    proofs, doubt = _decimal_evidence(parts)
    if len(proofs) == 2:
        raise InputError(
            say(
                'Both decimal signs occur in one column: "{comma}" and "{point}". Say decimal = "," or '
                'decimal = "." in the mapping; what does not fit it becomes null.',
                comma=proofs[","],
                point=proofs["."],
            )
        )
    if doubt and not proofs:
        raise _doubtful_number(doubt, parts[doubt])
    return next(iter(proofs), ".")


def _decimal_evidence(parts: dict[str, _Parts]) -> tuple[dict[str, str], str]:
    """Return for each decimal sign a text that only it can read, and a text that both can."""
    proofs: dict[str, str] = {}
    doubt = ""
    for text, part in parts.items():
        if "," not in part.body and "." not in part.body:
            continue
        signs = [sign for sign in ",." if _plain_number(part, sign)]
        if len(signs) == 1:
            proofs.setdefault(signs[0], text)
        elif signs:
            doubt = doubt or text
    return proofs, doubt


def _doubtful_number(text: str, parts: _Parts) -> InputError:
    readings = sorted((str(_plain_number(parts, sign)) for sign in ",."), key=len)
    return InputError(
        say(
            '"{found}" could be {one} or {other}. Say decimal = "," or decimal = "." in the mapping.',
            found=text,
            one=readings[0],
            other=readings[1],
        )
    )


def to_cents(values: pd.Series, *, decimal: str | None = None, format: str | None = None) -> Converted:
    """Return money as whole cents, exactly; `format` says whether the file holds "units" or "cents".

    >>> to_cents(pd.Series(["R$ 1.990,00", "19,9"])).values.to_list()
    [199000, 1990]
    """
    if format not in (None, "units", "cents"):
        raise InputError(say('`format` of money is "units" or "cents", not {found}.', found=repr(format)))
    if format == "cents" and pd.api.types.is_integer_dtype(values):
        return _converted_already(values, "Int64")
    numbers, currencies, signs = _plain_numbers(values, decimal)
    if len(currencies) > 1:
        raise InputError(
            say(
                "One column holds several currencies: {marks}. Split the file by currency.",
                marks=", ".join(sorted(currencies)),
            )
        )
    unit = format or _money_unit(numbers)
    decision = "; ".join(part for part in (signs, say("amounts read as {unit}", unit=unit)) if part)
    return _converted(values, lambda text: _cents(numbers.get(text), unit), "Int64", decision=decision)


def _money_unit(numbers: dict[str, str]) -> str:
    if any("." in number for number in numbers.values()):
        return "units"
    doubt = next((text for text, number in numbers.items() if Decimal(number)), None)
    if doubt is None:  # nothing but zeros
        return "units"
    raise InputError(
        say(
            'No amount has decimals, so "{found}" could be whole units or cents. Say format = "units" '
            '(1990 is R$ 1,990.00) or format = "cents" (1990 is R$ 19.90) in the mapping.',
            found=doubt,
        )
    )


def _cents(number: str | None, unit: str) -> object:
    if number is None or Decimal(number).adjusted() > 17:
        return _Trouble("not_a_number")
    cents = Decimal(number) * (100 if unit == "units" else 1)
    nearest = cents.to_integral_value()
    # A sum made by a spreadsheet is stored as 19.900000000000002: that is 19.90, not a fraction of a cent.
    if abs(cents - nearest) > Decimal("1e-7"):
        return _Trouble("fraction_of_cent")
    return int(nearest) if abs(nearest) < 2**63 else _Trouble("not_a_number")


# --- Instants and dates ------------------------------------------------------------------------------

_TIME = (
    r"(?:(?:\s*(?:[T,]|às)\s*|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?"
    r"(?:\s*(?P<half>[AP])M)?)?\s*(?P<offset>Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<dash>[-/.]?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})" + _TIME, re.I)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<dash>[-/.])(?P<two>\d{1,2})(?P=dash)(?P<year>\d{4})" + _TIME, re.I)
_FIELDS = ("year", "month", "day", "hour", "minute", "second", "micro", "offset", "dated")
_NOTHING = (0,) * len(_FIELDS)


def to_instant(
    values: pd.Series, *, format: str | None = None, source_zone: str | None = None, fold: int | None = None
) -> Converted:
    """Return instants as UTC without a zone; times without an offset are read in `source_zone`.

    `format` is `epoch_s`, `epoch_ms`, `epoch_us` or a strptime format; `fold` (0 or 1) takes the first
    or the second of a time that happens twice when clocks go back.

    >>> days = pd.Series(["25/12/2024 10:30"])
    >>> to_instant(days, source_zone="America/Sao_Paulo").values.astype("str").to_list()
    ['2024-12-25 13:30:00']
    """
    if fold not in (None, 0, 1):
        raise InputError(say("`fold` is 0 or 1, not {found}.", found=repr(fold)))
    if pd.api.types.is_datetime64_any_dtype(values):
        codes, texts, walls, decision = _typed_walls(values, keep_offset=True)
    else:
        codes, texts = _uniques(values)
        walls, decision = _walls(texts, format, epochs=True)
    walls, zone_decision = _instants(walls, texts, source_zone, fold)
    decision = "; ".join(part for part in (decision, zone_decision) if part)
    return _dated(values, codes, texts, walls, walls["utc"], decision)


def to_date(values: pd.Series, *, format: str | None = None) -> Converted:
    """Return dates as written, at midnight; the time and the offset behind a date are left off.

    >>> to_date(pd.Series(["2024-12-25T23:30:00-03:00"])).values.astype("str").to_list()
    ['2024-12-25']
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        codes, texts, walls, decision = _typed_walls(values, keep_offset=False)
    else:
        codes, texts = _uniques(values)
        walls, decision = _walls(texts, format, epochs=False)
    days = walls["wall"].dt.floor("D").astype("datetime64[s]")
    return _dated(values, codes, texts, walls, days, decision)


def _dated(
    values: pd.Series,
    codes: np.ndarray,
    texts: list[str],
    walls: pd.DataFrame,
    times: pd.Series,
    decision: str,
) -> Converted:
    troubles = [code if isinstance(code, str) else None for code in walls["problem"]]
    column = times.array.take(codes, allow_fill=True)
    return Converted(values=_like(values, column), problems=_problems(codes, texts, troubles), decision=decision)


def _typed_walls(values: pd.Series, *, keep_offset: bool) -> tuple[np.ndarray, list[str], pd.DataFrame, str]:
    """Return the wall times of a column that is typed already."""
    codes, uniques = pd.factorize(values)
    moments = pd.Series(uniques)
    offset = np.nan
    if moments.dt.tz is not None:
        offset = 0.0 if keep_offset else np.nan
        moments = (moments.dt.tz_convert("UTC") if keep_offset else moments).dt.tz_localize(None)
    walls = pd.DataFrame({"wall": moments.astype("datetime64[us]"), "offset": offset, "dated": False})
    return codes, moments.astype("str").to_list(), _in_range(walls.assign(problem=None)), ""


def _in_range(walls: pd.DataFrame) -> pd.DataFrame:
    year = walls["wall"].dt.year
    outside = walls["wall"].notna() & ~year.between(FIRST_YEAR, LAST_YEAR)
    return _with_problem(walls, outside, "date_out_of_range")


def _with_problem(walls: pd.DataFrame, where: pd.Series | np.ndarray, code: str) -> pd.DataFrame:
    problem = walls["problem"].astype(object).mask(where, code)
    return walls.assign(wall=walls["wall"].mask(where), problem=problem)


def _walls(texts: list[str], format: str | None, *, epochs: bool) -> tuple[pd.DataFrame, str]:
    """Return each text as the clock on the wall showed it, its offset in minutes where written, its trouble."""
    present = np.array([text.casefold() not in MISSING for text in texts], dtype=bool)
    decision = ""
    if format is None:
        walls, decision = _evident_walls(
            [text if is_one else "" for text, is_one in zip(texts, present, strict=True)]
        )
    elif format in EPOCHS and epochs:
        walls = _epoch_walls(texts, EPOCHS[format])
    else:
        walls = _formatted_walls(texts, _checked_format(format, epochs=epochs))
    walls = _in_range(walls)
    return _with_problem(walls, present & walls["wall"].isna() & walls["problem"].isna(), "not_a_date"), decision


def _checked_format(format: str, *, epochs: bool) -> str:
    if "%Y" not in format and "%y" not in format and "%c" not in format:
        others = ", ".join(EPOCHS) if epochs else say("none")
        raise InputError(
            say(
                'Format "{format}" does not say where the year is. Use for example "%d/%m/%Y %H:%M" '
                "(other formats: {others}).",
                format=format,
                others=others,
            )
        )
    return format


def _formatted_walls(texts: list[str], format: str) -> pd.DataFrame:
    timed = any(part in format for part in ("%H", "%I", "%c", "%X", "%T", "%R"))
    try:
        if "%z" in format:
            walls = pd.DataFrame([_with_offset(text, format) for text in texts], columns=["wall", "offset"])
        else:
            moments = pd.to_datetime(pd.Series(texts, dtype="str"), format=format, errors="coerce")
            walls = pd.DataFrame({"wall": moments, "offset": np.nan})
    except ValueError as error:
        raise InputError(
            say('Format "{format}" is not understood ({reason}). Correct it.', format=format, reason=error)
        ) from error
    walls = walls.astype({"wall": "datetime64[us]", "offset": "float64"})
    return walls.assign(dated=not timed, problem=None)


def _with_offset(text: str, format: str) -> tuple[datetime | None, float]:
    try:
        moment = datetime.strptime(text, format)
    except ValueError:
        return None, np.nan
    shift = moment.utcoffset()
    return moment.replace(tzinfo=None), shift.total_seconds() / 60 if shift is not None else np.nan


def _epoch_walls(texts: list[str], scale: int) -> pd.DataFrame:
    micros = [
        int(Decimal(text) * scale) if re.fullmatch(r"-?\d{1,16}(?:\.\d{1,9})?", text, re.ASCII) else None
        for text in texts
    ]
    most = 253_402_300_800_000_000  # year 10000: more than that is no time in this unit
    kept = [micro if micro is not None and abs(micro) < most else None for micro in micros]
    wall = pd.Series(pd.array(kept, dtype="Int64").to_numpy("datetime64[us]", na_value=np.datetime64("NaT")))
    outside = pd.Series([micro is not None and abs(micro) >= most for micro in micros], dtype=bool)
    walls = pd.DataFrame({"wall": wall, "offset": 0.0, "dated": False, "problem": None})
    return _with_problem(walls, outside, "date_out_of_range")


def _evident_walls(texts: list[str]) -> tuple[pd.DataFrame, str]:
    _refuse_epochs(texts)
    found = [_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text) for text in texts]
    day_first = _day_first([one for one in found if one and one.re is _YEAR_LAST])
    decisions = {True: say("day before month"), False: say("month before day"), None: ""}
    return _assembled([_fields(one, day_first is not False) if one else _NOTHING for one in found]), decisions[
        day_first
    ]


def _refuse_epochs(texts: list[str]) -> None:
    present = [text for text in texts if text]
    if present and all(re.fullmatch(r"\d{10}|\d{13}|\d{16}", text) for text in present):
        raise InputError(
            say(
                '"{found}" looks like seconds or milliseconds since 1970. Say format = "epoch_s", '
                '"epoch_ms" or "epoch_us" in the mapping.',
                found=present[0],
            )
        )


def _day_first(found: list[re.Match]) -> bool | None:
    """Return whether days stand before months in this column; None when nothing depends on it."""
    days = next((one for one in found if int(one["one"]) > 12), None)
    months = next((one for one in found if int(one["two"]) > 12), None)
    if days and months:
        raise InputError(
            say(
                'Days and months change places in one column: "{one}" and "{other}". '
                'Say a format, such as "{format}", in the mapping; what does not fit it becomes null.',
                one=days[0],
                other=months[0],
                format=_format_of(days),
            )
        )
    doubt = next((one for one in found if one["one"] != one["two"]), None)
    if days or months or doubt is None:
        return None if not found else not months
    raise _doubtful_date(doubt)


def _doubtful_date(found: re.Match) -> InputError:
    one, two, year = int(found["one"]), int(found["two"]), int(found["year"])
    format = _format_of(found)
    return InputError(
        say(
            '"{found}" could be {day_first} or {month_first}, and no other value of the column decides. '
            'Say format = "{format}" or format = "{other}" in the mapping.',
            found=found[0],
            day_first=f"{year:04d}-{two:02d}-{one:02d}",
            month_first=f"{year:04d}-{one:02d}-{two:02d}",
            format=format,
            other=format.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m"),
        )
    )


def _format_of(found: re.Match) -> str:
    """Return the strptime format of a date as it is written, day first."""
    format = "%d{dash}%m{dash}%Y".format(dash=found["dash"])
    if found["hour"]:
        format += found.string[found.end("year") : found.start("hour")] + ("%I:%M" if found["half"] else "%H:%M")
        format += (":%S" if found["second"] else "") + (".%f" if found["part"] else "")
        format += " %p" if found["half"] else ""
    return format + (" %z" if found["offset"] else "")


def _fields(found: re.Match, day_first: bool) -> tuple[float, ...]:
    """Return year, month, day, hour, minute, second, microsecond, offset in minutes, whether only a date."""
    if found.re is _YEAR_FIRST:
        month, day = int(found["month"]), int(found["day"])
    else:
        month, day = int(found["two"]), int(found["one"])
        month, day = (month, day) if day_first else (day, month)
    micro = int((found["part"] or "0").ljust(6, "0")[:6])
    clock = (_hour(found), int(found["minute"] or 0), int(found["second"] or 0), micro)
    return (int(found["year"]), month, day, *clock, _offset(found["offset"]), found["hour"] is None)


def _hour(found: re.Match) -> int:
    hour = int(found["hour"] or 0)
    if not found["half"]:
        return hour
    afternoon = 12 if found["half"] in "pP" else 0
    return hour % 12 + afternoon if 1 <= hour <= 12 else 99  # 99: no time


def _offset(text: str | None) -> float:
    if text is None:
        return np.nan
    if text[0] not in "+-":
        return 0.0
    digits = text[1:].replace(":", "").ljust(4, "0")
    return float(text[0] + "1") * (int(digits[:2]) * 60 + int(digits[2:]))


def _assembled(rows: list[tuple[float, ...]]) -> pd.DataFrame:
    """Put dates together from their parts; a date that is in no calendar is null."""
    table = np.array(rows, dtype=float).reshape(-1, len(_FIELDS)).T
    year, month, day, hour, minute, second, micro = table[:7].astype("int64")
    starts = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = starts.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    is_day = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == starts)
    is_time = (hour < 24) & (minute < 60) & (second < 60)
    seconds = (hour * 3600 + minute * 60 + second) * 1_000_000 + micro
    wall = pd.Series(days.astype("datetime64[us]") + seconds.astype("timedelta64[us]")).where(is_day & is_time)
    return pd.DataFrame({"wall": wall, "offset": table[7], "dated": table[8] == 1, "problem": None})


def _instants(
    walls: pd.DataFrame, texts: list[str], source_zone: str | None, fold: int | None
) -> tuple[pd.DataFrame, str]:
    """Return the walls with `wall` turned into UTC, and which zone was used for what."""
    naive = walls["wall"].notna() & walls["offset"].isna()
    shift = pd.to_timedelta(walls["offset"].fillna(0), unit="min")
    walls = walls.assign(utc=(walls["wall"] - shift).astype("datetime64[us]"))
    if not naive.any():
        return walls, ""
    if source_zone is None:
        raise InputError(
            say(
                'Times without a zone, such as "{found}". Say source_zone = "America/Sao_Paulo" in the '
                "mapping, or --source-zone America/Sao_Paulo (or the zone it is).",
                found=texts[int(np.argmax(naive))],
            )
        )
    dated = bool(walls["dated"][naive].any())
    decision = (
        say("dates without a time are midnight in {zone}", zone=source_zone)
        if dated
        else say("times without an offset are read in {zone}", zone=source_zone)
    )
    return _localised(walls, naive, zone_info(source_zone), fold), decision


def _localised(walls: pd.DataFrame, naive: pd.Series, zone: tzinfo, fold: int | None) -> pd.DataFrame:
    """Turn the clocks of `zone` into UTC; a day begins at its first instant, whatever its clocks do."""
    local, dated = walls.loc[naive, "wall"], walls.loc[naive, "dated"]
    first, second = (_utc(local, zone, is_first, "shift_forward") for is_first in (True, False))
    in_gap = _utc(local, zone, True, "NaT").isna() & ~dated
    in_doubt = (first != second) & ~dated if fold is None else pd.Series(False, index=local.index)
    chosen = second.where(~dated, first) if fold == 1 else first
    walls = walls.assign(utc=walls["utc"].mask(naive, chosen.reindex(walls.index)))
    for where, code in ((in_gap, "time_does_not_exist"), (in_doubt, "time_happens_twice")):
        walls = _with_problem(walls, where.reindex(walls.index, fill_value=False), code)
    return walls.assign(utc=walls["utc"].where(walls["wall"].notna()))


def _utc(local: pd.Series, zone: tzinfo, is_first: bool, gap: str) -> pd.Series:
    there = local.dt.tz_localize(zone, ambiguous=np.full(len(local), is_first), nonexistent=gap)
    return there.dt.tz_convert("UTC").dt.tz_localize(None)


# --- Words -------------------------------------------------------------------------------------------


def to_boolean(values: pd.Series) -> Converted:
    """Return yes and no, written in English or Portuguese, as true and false.

    >>> to_boolean(pd.Series(["Sim", "não", "1", "talvez"])).values.to_list()
    [True, False, True, <NA>]
    """

    def read(text: str) -> object:
        word = text.casefold()
        return word in TRUE if word in TRUE | FALSE else _Trouble("not_yes_or_no")

    return _converted(values, read, "boolean")


def to_category(values: pd.Series, allowed: Sequence[str]) -> Converted:
    """Return the word of `allowed` that each value is, whatever its case.

    >>> to_category(pd.Series([" NPS", "csat", "xyz"]), ["nps", "csat"]).values.to_list()
    ['nps', 'csat', nan]
    """
    canonical = {word.casefold(): word for word in allowed}

    def read(text: str) -> object:
        word = text.casefold()
        unknown = None if word in MISSING else _Trouble("unknown_value")
        return canonical.get(word, unknown)

    return _converted(values, read, "str", missing=False)


def to_text(values: pd.Series) -> Converted:
    """Return text without blanks at its ends and without control characters; the empty text is null.

    >>> to_text(pd.Series([" ok\\x00 ", "-", "  "])).values.to_list()
    ['ok', '-', nan]
    """
    return _converted(values, lambda text: _clean(text) or None, "str", missing=False)


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", lines).strip()
