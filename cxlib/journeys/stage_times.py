"""Stage times: how long a stage lasts, who goes on, who leaves; those still in it count as far as they are seen."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.competing import incidence
from cxlib.inference.durations import kaplan_meier, quantile, survival
from cxlib.journeys.cells import LEVEL, finished
from cxlib.journeys.log import ALL, names
from cxlib.journeys.stage_models import CANONICAL, Stage, model
from cxlib.journeys.stage_rules import StageRules, stage_rules
from cxlib.journeys.stages import looked_at, reached
from cxlib.journeys.touches import Journeys, earliest, journeys_of
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import PERSON, microseconds

if TYPE_CHECKING:
    import ibis

MINUTE = 60_000_000  # microseconds
PER_DAY = 1_440
OPEN, ON, OUT = 0, 1, 2
RULES = ("competing", "finished_only")
COUNTED = ["stage", "way", "minutes"]


def stage_times(
    data: object,
    *,
    goal: str = "purchase",
    days: float | None = None,
    rule: str = "competing",
    by: str | Iterable[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    rules: str | Path | StageRules | None = None,
    variant: str = CANONICAL,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Time the stages: "how long does a stage last, what share goes on, and what share is lost from it?"

    Journeys and options as in `stages`. A stage begins when a journey first comes to it and is over when the journey
    first comes to a later one (it goes on) or has been silent so long that it has ended (it leaves: 30 days for a
    purchase, 14 for an issue). Nobody is set aside for being unfinished: a stage that is not over when the log ends
    counts as far as it was seen. The last stage, which nothing follows, is not timed. `days` is by when shares are
    told, twice the days of silence if not given.

    Returns for each cell and stage, in the columns of `metric`: `stage_days`, the median days until the stage is over
    one way or the other (Kaplan & Meier 1958; interval: Brookmeyer & Crowley 1982); `stage_went_on` and `stage_left`,
    the shares that have gone on and left by `days` (Aalen & Johansen 1978); `stage_days_to_next`, the median days of
    those who go on, by the same curve. With `rule="finished_only"` what is often done instead: the median of those
    who have gone on by the end of the log, and one less Kaplan and Meier's curve with leavers taken for not seen.
    Set aside are stages come to only from a later one (`backward`). Raises `InputError`.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b", "c"], "event_type": ["page_view", "purchase",
    ...     "page_view", "page_view"], "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-02T10:00Z",
    ...     "2025-03-01T10:00Z", "2025-05-01T10:00Z"])})
    >>> frame = stage_times(events)
    >>> frame.loc[frame["stage"].eq("awareness") & frame["unit"].eq("share"), ["stage", "metric", "value", "n"]]
           stage         metric  value  n
    1  awareness  stage_went_on    0.5  3
    2  awareness     stage_left    0.5  3
    """
    if rule not in RULES:
        raise InputError(say("{rule} is no rule of stage times. Choose one of: {rules}.", rule=repr(rule),
                             rules=", ".join(RULES)))  # fmt: skip
    by = names(by)
    found = journeys_of(data, stage_rules(rules), goal, by=by, start=start, end=end, until=until,
                        source_zone=source_zone)  # fmt: skip
    asked = looked_at(model(variant), found.goal)
    seen = _spells(found, asked, by)
    days = 2 * found.goal.days if days is None else days
    if not days > 0:
        raise InputError(say("days must be above zero."))
    keys = [*by, "stage", "position", "period"]
    cells = [_cell(spells, days, rule).assign(**dict(zip(keys[:-1], cell, strict=True)), period=ALL)
             for cell, spells in _cells(seen, asked, by)]  # fmt: skip
    return finished(cells, found.log, keys=keys[:-1], rule=rule)


def stage_curves(
    data: object,
    *,
    goal: str = "purchase",
    days: float | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    rules: str | Path | StageRules | None = None,
    variant: str = CANONICAL,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Draw out the stage times: "by each day after coming to a stage, who has gone on, who has left, who is there?"

    Options as in `stage_times`; a stage that fewer people than the privacy floor came to is left out. Returns
    `stage`, `position`, `way` (`went_on` or `left`), `days`, `value`, `low`, `high`, `at_risk` and `n`, up to `days`.
    """
    found = journeys_of(data, stage_rules(rules), goal, start=start, end=end, until=until, source_zone=source_zone)
    asked = looked_at(model(variant), found.goal)
    seen = _spells(found, asked, ())
    days = 2 * found.goal.days if days is None else days
    curves = []
    for (stage, position), every in _cells(seen, asked, ()):
        spells = every[every["way"] >= OPEN]
        if spells["people"].sum() < found.log.dataset.privacy_floor:
            continue
        for name, way in (("went_on", ON), ("left", OUT)):
            curve = incidence(spells["minutes"] / PER_DAY, spells["way"], spells["n"], way)
            low, high = curve.bands(LEVEL)
            frame = pd.DataFrame({"days": curve.at, "value": curve.share, "low": low, "high": high,
                                  "at_risk": curve.at_risk})  # fmt: skip
            curves.append(frame[frame["days"] <= days].assign(stage=stage, position=position, way=name,
                                                              n=int(spells["n"].sum())))  # fmt: skip
    columns = ["stage", "position", "way", "days", "value", "low", "high", "at_risk", "n"]
    frame = pd.concat(curves, ignore_index=True)[columns] if curves else pd.DataFrame(columns=columns)
    frame.attrs["synthetic"] = found.log.dataset.synthetic
    return frame


def _spells(found: Journeys, asked: Sequence[Stage], by: Sequence[str]) -> pd.DataFrame:
    """Return how many journeys were in each stage for how many whole minutes, and how that ended."""
    parts = [_of_stage(found, asked, place, by) for place in range(len(asked) - 1)]
    return collect(lazy_ibis().union(*parts)).to_pandas() if parts else pd.DataFrame(columns=[*by, *COUNTED, "n"])


def _of_stage(found: Journeys, asked: Sequence[Stage], place: int, by: Sequence[str]) -> "ibis.Table":
    ibis = lazy_ibis()
    here = reached(found.rows, asked[place])
    rows = found.rows.filter(here.notnull())
    came = reached(rows, asked[place])
    nothing, last = ibis.null("timestamp"), ibis.literal(found.last)
    later = [reached(rows, one) for one in asked[place + 1 :]]
    onward = earliest(*[ibis.ifelse(at >= came, at, nothing) for at in later])
    backward = onward.isnull() & ibis.or_(*[at < came for at in later]).fill_null(False)
    silent = rows.ended + ibis.interval(seconds=round(86_400 * found.goal.days))
    over = ibis.ifelse(rows.is_open, last, silent)
    way = ibis.cases((onward.notnull(), ON), (rows.is_open, OPEN), else_=OUT).cast("int64")
    minutes = microseconds(ibis.coalesce(onward, over), came) // MINUTE
    # Each person counts once in each cell, whichever of their journeys is taken for it.
    first = ibis.row_number().over(ibis.window(group_by=[*by, PERSON], order_by=[rows.began])) == 0
    timed = rows.mutate(
        stage=ibis.literal(asked[place].key), way=ibis.ifelse(backward, -1, way), minutes=minutes, cx_first=first
    )
    return timed.group_by([*by, *COUNTED]).agg(n=timed.count(), people=timed.cx_first.sum())


def _cells(seen: pd.DataFrame, asked: Sequence[Stage], by: Sequence[str]) -> list[tuple[tuple, pd.DataFrame]]:
    """Return for each cell and stage its spells; a stage nobody came to is an empty one where there are no groups."""
    place = {one.key: number for number, one in enumerate(asked[:-1], start=1)}
    if not by:
        return [((key, number), seen[seen["stage"].eq(key)]) for key, number in place.items()]
    seen = seen.assign(position=seen["stage"].map(place))
    return list(seen.groupby([*by, "stage", "position"], dropna=False, sort=True))


def _cell(spells: pd.DataFrame, days: float, rule: str) -> pd.DataFrame:
    kept = spells[spells["way"] >= OPEN]
    lengths, ways, times = (
        kept["minutes"].to_numpy(float) / PER_DAY,
        kept["way"].to_numpy(int),
        kept["n"].to_numpy(int),
    )
    aside = int(spells.loc[spells["way"] < OPEN, "n"].sum())
    make = _competing if rule == RULES[0] else _finished_only
    rows = pd.DataFrame(make(lengths, ways, times, days))
    unknown = rows["low"].isna()
    rows["method"] = rows["method"].where(~unknown, "none: too few for an interval")
    return rows.assign(numerator=np.nan, denominator=np.nan, aside_backward=aside, people=float(kept["people"].sum()))


def _competing(lengths: np.ndarray, ways: np.ndarray, times: np.ndarray, days: float) -> list[dict]:
    n = int(times.sum())
    middle = kaplan_meier(lengths, ways > OPEN, times, 0.5, level=LEVEL)
    rows = [_row("stage_days", middle, n, "days", f"Kaplan-Meier {LEVEL:.0%}, journeys taken as independent")]
    curves = {way: incidence(lengths, ways, times, way) for way in (ON, OUT)}
    by_then = f"Aalen-Johansen {LEVEL:.0%}, journeys taken as independent"
    for metric, way in (("stage_went_on", ON), ("stage_left", OUT)):
        share = curves[way].by(days, level=LEVEL) if n else (np.nan,) * 3
        rows.append(_row(metric, share, n, "share", by_then))
    return [
        *rows,
        _row("stage_days_to_next", curves[ON].median(LEVEL), int(times[ways == ON].sum()), "days", by_then),
    ]


def _finished_only(lengths: np.ndarray, ways: np.ndarray, times: np.ndarray, days: float) -> list[dict]:
    done = ways == ON
    middle = quantile(lengths[done], done[done], times[done], 0.5, level=LEVEL)
    rows = [_row("stage_days_to_next", middle[:3], int(times[done].sum()), "days", f"order statistics {LEVEL:.0%}")]
    curve = survival(lengths, done, times)
    low, high = curve.bands(LEVEL)
    place = int(np.searchsorted(curve.at, days, side="right")) - 1
    share = (1 - curve.left[place], 1 - high[place], 1 - low[place]) if place >= 0 else (np.nan,) * 3
    return [*rows, _row("stage_went_on", share, int(times.sum()), "share", f"Kaplan-Meier {LEVEL:.0%}")]


def _row(metric: str, ends: Sequence[float], n: int, unit: str, method: str) -> dict:
    value, low, high = ends
    return {"metric": metric, "value": value, "low": low, "high": high, "n": n, "unit": unit, "method": method}
