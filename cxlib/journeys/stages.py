"""Stages reached: how far journeys get, from awareness to loyalty, skips and steps back allowed."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.journeys.cells import finished, share
from cxlib.journeys.log import ALL, names
from cxlib.journeys.stage_models import CANONICAL, KEYS, Stage, model
from cxlib.journeys.stage_rules import Goal, StageRules, stage_rules
from cxlib.journeys.touches import Journeys, column_of, earliest, journeys_of
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import PERSON

if TYPE_CHECKING:
    import ibis

UNTOLD = "none: no table tells this stage"


def stages(
    data: object,
    *,
    goal: str = "purchase",
    by: str | Iterable[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    rules: str | Path | StageRules | None = None,
    variant: str = CANONICAL,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Count how far journeys get: "of all who begin, what share comes to consider, to decide, to buy, to return?"

    `data` is anything that `open_dataset` takes, or one frame of events. Rules say which rows of events, orders,
    carts, shipments, tickets, returns, subscriptions, referrals and surveys enter which stage; those that come with
    cxlib stand in `journeys/stages.toml`, `rules` names a file of your own. A journey is one customer's way to one
    `goal`: `purchase` ends after 30 days of silence, `issue` after 14; somebody who had come to loyalty and is back
    at an early stage after a day or more begins a new one. Stages may be skipped and come to in any order.
    `variant` is the model of stages: `canonical_7`, `f1_5` or `f3_6`. Journeys count that begin from `start` up to,
    not including, `end`; those that may still go on when the log ends (with its last row, or before the day `until`)
    are open: set aside. `by` names columns of customers, or `channel`, that of a journey's first touch.

    Returns for each cell and stage, in the columns of `metric`, with `stage` and `position`: `stage_reached`, the
    share of all journeys, n their number; `stage_skipped`, the share that never came to a stage of those that came
    to a later one. Intervals know that a customer's journeys belong together. Raises `InputError`.
    Source: Lemon & Verhoef 2016, Journal of Marketing 80(6), for the three phases behind the seven stages.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b", "c"], "event_type": ["page_view", "purchase",
    ...     "page_view", "page_view"], "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-02T10:00Z",
    ...     "2025-03-01T10:00Z", "2025-05-01T10:00Z"])})
    >>> frame = stages(events)
    >>> frame.loc[frame["stage"].isin(["awareness", "purchase"]), ["stage", "metric", "value", "n", "set_aside"]]
           stage         metric  value  n  set_aside
    0  awareness  stage_reached    1.0  2          1
    1  awareness  stage_skipped    0.0  1          1
    6   purchase  stage_reached    0.5  2          1
    """
    by = names(by)
    found = journeys_of(data, stage_rules(rules), goal, by=by, start=start, end=end, until=until,
                        source_zone=source_zone)  # fmt: skip
    asked = looked_at(model(variant), found.goal)
    cells = _sums(found, asked, by)
    frames = [part for one in range(len(asked)) for part in _of_stage(cells, asked, one, found)]
    result = finished(frames, found.log, keys=[*by, "stage", "position"], rule=variant)
    result = result[~(result["metric"].eq("stage_skipped") & result["n"].eq(0))]
    return result.sort_values([*by], kind="stable", ignore_index=True) if by else result.reset_index(drop=True)


def looked_at(stages_of: Sequence[Stage], goal: Goal) -> tuple[Stage, ...]:
    """Return the stages of a model that journeys of a goal can come to."""
    return tuple(one for one in stages_of if {covered.partition(".")[0] for covered in one.covers} & set(goal.stages))


def reached(rows: "ibis.Table", stage: Stage) -> "ibis.Value":
    """Return when a journey first came to a stage of a model, null where it did not."""
    return earliest(*[rows[column_of(covered)] for covered in stage.covers])


def _sums(found: Journeys, asked: Sequence[Stage], by: Sequence[str]) -> pd.DataFrame:
    """Return for each cell the sums over people that shares and their intervals need, and the open journeys."""
    ibis = lazy_ibis()
    rows = found.rows
    here = [reached(rows, one).notnull() for one in asked]
    flags: dict[str, Any] = {}
    for place in range(len(asked)):
        further = ibis.or_(*here[place + 1 :]) if here[place + 1 :] else ibis.literal(False)
        flags |= {f"y{place}": here[place], f"f{place}": further, f"s{place}": further & ~here[place]}
    marked = rows.mutate(**flags)
    grown = ~marked.is_open
    each = marked.group_by([*by, PERSON]).agg(
        n=grown.sum(), open=marked.is_open.sum(), **{name: (marked[name] & grown).sum() for name in flags}
    )
    sums = {"n": each.n.sum(), "n_n": (each.n * each.n).sum(), "people": (each.n > 0).sum(), "open": each.open.sum()}
    for place in range(len(asked)):
        y, f, s = (each[f"{letter}{place}"] for letter in "yfs")
        sums |= {f"y{place}": y.sum(), f"y{place}_y": (y * y).sum(), f"y{place}_n": (y * each.n).sum()}
        sums |= {f"f{place}": f.sum(), f"f{place}_f": (f * f).sum(), f"f{place}_people": (f > 0).sum()}
        sums |= {f"s{place}": s.sum(), f"s{place}_s": (s * s).sum(), f"s{place}_f": (s * f).sum()}
    counted = each.group_by(list(by)).agg(**sums) if by else each.aggregate(**sums)
    cells = collect(counted).to_pandas()
    numbers = list(sums)
    cells[numbers] = cells[numbers].fillna(0).astype("int64")
    return cells.sort_values(list(by), na_position="last", ignore_index=True) if by else cells


def _of_stage(cells: pd.DataFrame, asked: Sequence[Stage], place: int, found: Journeys) -> list[pd.DataFrame]:
    one = asked[place]
    keys = [name for name in cells if not _is_sum(str(name))]
    base = cells[keys].assign(stage=one.key, position=place + 1, period=ALL, aside_open=cells["open"])
    all_of = base.assign(n=cells["n"], people=cells["people"], n_n=cells["n_n"], y=cells[f"y{place}"],
                         y_y=cells[f"y{place}_y"], y_n=cells[f"y{place}_n"])  # fmt: skip
    further = base.assign(n=cells[f"f{place}"], people=cells[f"f{place}_people"], n_n=cells[f"f{place}_f"],
                          y=cells[f"s{place}"], y_y=cells[f"s{place}_s"], y_n=cells[f"s{place}_f"])  # fmt: skip
    parts = [share(all_of, metric="stage_reached", total="y"), share(further, metric="stage_skipped", total="y")]
    if not {covered.partition(".")[0] for covered in one.covers} & found.told:
        parts = [
            part.assign(value=np.nan, low=np.nan, high=np.nan, numerator=np.nan, method=UNTOLD) for part in parts[:1]
        ]
    return parts


def _is_sum(name: str) -> bool:
    return name in ("n", "n_n", "people", "open") or (name[:1] in "yfs" and name[1:2].isdigit())


def stage_name(key: str, variant: str = CANONICAL) -> str:
    """Return the name of a stage in the language in use.

    >>> stage_name("service")
    'Support and after-sales'
    """
    named = {one.key: one.name for one in model(variant)}
    return say(named[key])


__all__ = ["KEYS", "reached", "stage_name", "stages"]
