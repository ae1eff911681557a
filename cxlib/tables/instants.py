"""From a column of text or of times to instants in UTC, or to dates as they were written."""

from datetime import tzinfo

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.doubts import Doubt, Reading
from cxlib.tables.time import zone_info
from cxlib.tables.values import Converted, problems, spread
from cxlib.tables.wall_times import wall_times, with_problem


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
    codes, walls, decision = wall_times(values, format, instants=True)
    walls, zone_decision = _instants(walls, source_zone, fold)
    decision = "; ".join(part for part in (decision, zone_decision) if part)
    return _converted(values, codes, walls, walls["utc"], decision)


def to_date(values: pd.Series, *, format: str | None = None) -> Converted:
    """Return dates as written, at midnight; the time and the offset behind a date are left off.

    >>> to_date(pd.Series(["2024-12-25T23:30:00-03:00"])).values.astype("str").to_list()
    ['2024-12-25']
    """
    codes, walls, decision = wall_times(values, format, instants=False)
    days = walls["wall"].dt.floor("D").astype("datetime64[s]")
    return _converted(values, codes, walls, days, decision)


def _converted(
    values: pd.Series, codes: np.ndarray, walls: pd.DataFrame, times: pd.Series, decision: str
) -> Converted:
    troubles = [code if isinstance(code, str) else None for code in walls["problem"]]
    return Converted(
        values=spread(times.array, codes, values),
        problems=problems(codes, walls["text"].to_list(), troubles),
        decision=decision,
    )


def _instants(walls: pd.DataFrame, source_zone: str | None, fold: int | None) -> tuple[pd.DataFrame, str]:
    """Return the walls with their instant as `utc`, and which zone was used for what."""
    naive = walls["wall"].notna() & walls["offset"].isna()
    shift = pd.to_timedelta(walls["offset"].fillna(0), unit="min")
    walls = walls.assign(utc=(walls["wall"] - shift).astype("datetime64[us]"))
    if not naive.any():
        return walls, ""
    if source_zone is None:
        raise Doubt(
            say(
                'Times without a zone, such as "{found}". Say source_zone = "America/Sao_Paulo" in the '
                "mapping, or --source-zone America/Sao_Paulo (or the zone it is).",
                found=walls["text"][naive].iloc[0],
            ),
            [Reading(option="source_zone", value=zone) for zone in ("America/Sao_Paulo", "UTC")],
        )
    if walls["dated"][naive].any():
        decision = say("dates without a time are midnight in {zone}", zone=source_zone)
    else:
        decision = say("times without an offset are read in {zone}", zone=source_zone)
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
        walls = with_problem(walls, where.reindex(walls.index, fill_value=False), code)
    return walls.assign(utc=walls["utc"].where(walls["wall"].notna()))


def _utc(local: pd.Series, zone: tzinfo, is_first: bool, gap: str) -> pd.Series:
    there = local.dt.tz_localize(zone, ambiguous=np.full(len(local), is_first), nonexistent=gap)
    return there.dt.tz_convert("UTC").dt.tz_localize(None)
