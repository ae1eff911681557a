"""What the clock on the wall showed: dates and times as written, with their offset but before any zone.

Walls are a frame with one row for each distinct value: `text`, `wall`, `offset` (minutes, NaN where none is
written), `dated` (no time was written) and `problem` (a code or null).
"""

import re
from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.values import distinct, means_missing
from cxlib.tables.written_dates import evident_walls

EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
FIRST_YEAR, LAST_YEAR = 1900, 2100


def wall_times(values: pd.Series, format: str | None, *, instants: bool) -> tuple[np.ndarray, pd.DataFrame, str]:
    """Return for each row its place in the walls, the walls, and what was decided.

    For `instants` a typed column with a zone is taken at UTC, and numbers may be epochs; otherwise
    the wall is what the calendar of the place showed.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return _typed_walls(values, keep_offset=instants)
    codes, texts = distinct(values)
    present = np.array([not means_missing(text) for text in texts], dtype=bool)
    decision = ""
    if format is None:
        walls, decision = evident_walls([text if is_one else "" for text, is_one in zip(texts, present, strict=True)])
    elif format in EPOCHS and instants:
        walls = _epoch_walls(texts, EPOCHS[format])
    else:
        walls = _formatted_walls(texts, _checked_format(format, epochs=instants))
    walls = _in_range(walls.assign(text=pd.Series(texts, dtype=object)))
    unread = present & walls["wall"].isna() & walls["problem"].isna()
    return codes, with_problem(walls, unread, "not_a_date"), decision


def with_problem(walls: pd.DataFrame, where: pd.Series | np.ndarray, code: str) -> pd.DataFrame:
    """Return the walls with null and a problem where something is wrong."""
    problem = walls["problem"].astype(object).mask(where, code)
    return walls.assign(wall=walls["wall"].mask(where), problem=problem)


def _in_range(walls: pd.DataFrame) -> pd.DataFrame:
    year = walls["wall"].dt.year
    outside = walls["wall"].notna() & ~year.between(FIRST_YEAR, LAST_YEAR)
    return with_problem(walls, outside, "date_out_of_range")


def _typed_walls(values: pd.Series, *, keep_offset: bool) -> tuple[np.ndarray, pd.DataFrame, str]:
    codes, uniques = pd.factorize(values)
    moments = pd.Series(uniques)
    offset = np.nan
    if moments.dt.tz is not None:
        offset = 0.0 if keep_offset else np.nan
        moments = (moments.dt.tz_convert("UTC") if keep_offset else moments).dt.tz_localize(None)
    texts = moments.astype("str").astype(object)
    walls = pd.DataFrame({"wall": moments.astype("datetime64[us]"), "offset": offset, "dated": False})
    return codes, _in_range(walls.assign(problem=None, text=texts)), ""


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
    wall = pd.Series(pd.array(kept, dtype="Int64").to_numpy("datetime64[us]", na_value=np.datetime64("NaT", "us")))
    outside = pd.Series([micro is not None and abs(micro) >= most for micro in micros], dtype=bool)
    walls = pd.DataFrame({"wall": wall, "offset": 0.0, "dated": False, "problem": None})
    return with_problem(walls, outside, "date_out_of_range")
