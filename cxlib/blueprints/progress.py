"""How many cases are in progress: as counted, and as Little's law has it."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.blueprints.replay import Replay
from cxlib.blueprints.results import lacking, with_aside
from cxlib.journeys.log import ALL
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.time import midnight

if TYPE_CHECKING:
    import ibis


def little_rows(found: Replay, cases: "ibis.Table", now: object) -> pd.DataFrame:
    """Return how many cases were in progress on average, as counted and as Little's law has it (Little 1961).

    Counted: the time of all cases that began, those still open up to the last moment of the log, over the time that
    the log covers. By the law: cases begun in that time, times the mean of those that ended. Where the two part, open
    cases are many, or long. A case is in progress while its clock runs.
    """
    ibis = lazy_ibis()
    horizon = _horizon(found, now)
    begun = cases.filter(cases.cx_from.notnull(), cases.cx_from < ibis.literal(horizon))
    end = ibis.least(ibis.coalesce(begun.cx_to, ibis.literal(now)), ibis.literal(horizon))
    seconds = collect(
        begun.agg(
            all=end.delta(begun.cx_from, unit="second").sum(),
            mean=begun.cx_to.delta(begun.cx_from, unit="second").mean(),
            n=begun.count(),
            first=begun.cx_from.min(),
        )
    ).to_pylist()[0]
    if not seconds["n"] or seconds["mean"] is None:
        return pd.DataFrame(
            [lacking(ALL, name, "ratio", "none: nothing counted") for name in ("in_progress", "little")]
        )
    covered = max((pd.Timestamp(horizon) - pd.Timestamp(seconds["first"])).total_seconds(), 1.0)
    n = int(seconds["n"])
    both = {"in_progress": float(seconds["all"]) / covered, "little": little(n / covered, float(seconds["mean"]))}
    frame = pd.DataFrame([{"step": ALL, "metric": name, "value": value, "n": n, "people": n, "unit": "ratio",
                           "method": "none: a sum over the log"} for name, value in both.items()])  # fmt: skip
    return with_aside(frame, found.selected.aside | {"off_clock": found.selected.count - n})


def _horizon(found: Replay, now: Any) -> Any:
    """Return the last moment at which the service ran: that of the log, or before the day it was replaced."""
    cases = found.blueprint.cases
    return min(now, midnight(cases.end, found.selected.dataset.zone)) if cases and cases.end else now


def little(rate: float, time: float) -> float:
    """Return how many are in progress when `rate` begin per unit of time and each takes `time`: L = λW (Little 1961).

    >>> little(12, 0.25)   # 12 an hour, a quarter of an hour each
    3.0
    """
    return rate * time
