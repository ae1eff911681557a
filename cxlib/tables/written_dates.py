"""Dates and times of which nobody said the format: found by what the column itself proves.

Years stand first or last. When they stand last, one order of day and month holds for the whole column; a
column that allows both is refused, with both readings.
"""

import re

import numpy as np
import pandas as pd

from cxlib.language import say
from cxlib.tables.doubts import Doubt, Reading

_TIME = (
    r"(?:(?:\s*(?:[T,]|às)\s*|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?"
    r"(?:\s*(?P<half>[AP])M)?)?\s*(?P<offset>Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<dash>[-/.]?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})" + _TIME, re.I)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<dash>[-/.])(?P<two>\d{1,2})(?P=dash)(?P<year>\d{4})" + _TIME, re.I)
_FIELDS = ("year", "month", "day", "hour", "minute", "second", "micro", "offset", "dated")
_NOTHING = (0,) * len(_FIELDS)


def evident_walls(texts: list[str]) -> tuple[pd.DataFrame, str]:
    """Return `wall`, `offset`, `dated` and `problem` of each text, and the order of day and month."""
    _refuse_epochs(texts)
    found = [_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text) for text in texts]
    day_first = _day_first([one for one in found if one and one.re is _YEAR_LAST])
    walls = _assembled([_fields(one, day_first is not False) if one else _NOTHING for one in found])
    decisions = {True: say("day before month"), False: say("month before day"), None: ""}
    return walls, decisions[day_first]


def _refuse_epochs(texts: list[str]) -> None:
    present = [text for text in texts if text]
    if present and all(re.fullmatch(r"\d{10}|\d{13}|\d{16}", text) for text in present):
        raise Doubt(
            say(
                '"{found}" looks like seconds or milliseconds since 1970. Say format = "epoch_s", '
                '"epoch_ms" or "epoch_us" in the mapping.',
                found=present[0],
            ),
            [Reading(option="format", value=unit) for unit in ("epoch_s", "epoch_ms", "epoch_us")],
        )


def _day_first(found: list[re.Match]) -> bool | None:
    """Return whether days stand before months in this column; None when no date is written that way."""
    days = next((one for one in found if int(one["one"]) > 12), None)
    months = next((one for one in found if int(one["two"]) > 12), None)
    doubt = next((one for one in found if one["one"] != one["two"]), None)
    if days and months:
        raise Doubt(
            say(
                'Days and months change places in one column: "{one}" and "{other}". '
                'Say a format, such as "{format}", in the mapping; what does not fit it becomes null.',
                one=days[0],
                other=months[0],
                format=_format_of(days),
            ),
            [Reading(option="format", value=format) for format in _both_orders(days)],
        )
    if doubt and not days and not months:
        raise _doubtful_date(doubt)
    return not months if found else None


def _doubtful_date(found: re.Match) -> Doubt:
    one, two, year = int(found["one"]), int(found["two"]), int(found["year"])
    format, other = _both_orders(found)
    day_first, month_first = f"{year:04d}-{two:02d}-{one:02d}", f"{year:04d}-{one:02d}-{two:02d}"
    return Doubt(
        say(
            '"{found}" could be {day_first} or {month_first}, and no other value of the column decides. '
            'Say format = "{format}" or format = "{other}" in the mapping.',
            found=found[0],
            day_first=day_first,
            month_first=month_first,
            format=format,
            other=other,
        ),
        [
            Reading(option="format", value=format, means=f"{found[0]} = {day_first}"),
            Reading(option="format", value=other, means=f"{found[0]} = {month_first}"),
        ],
    )


def _both_orders(found: re.Match) -> tuple[str, str]:
    format = _format_of(found)
    return format, format.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")


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
