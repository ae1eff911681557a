"""Paths: the ways people really take, from the most to the least common."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.journeys.cells import finished, share
from cxlib.journeys.log import ALL, FLAGS, STEP, log_of, names, usable
from cxlib.journeys.sessions import SessionRule, session_rule
from cxlib.journeys.transitions import PERSONS, path_rows
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, ID, PERSON, so_far

if TYPE_CHECKING:
    import ibis

ARROW, MORE, OTHER = " → ", "…", "(other paths)"
REST = "none: what the paths above leave"


def paths(
    data: object,
    *,
    most: int = 10,
    longest: int = 8,
    steps: Iterable[str] | None = None,
    paths: str | SessionRule = PERSONS,
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Rank whole paths: "which ways do people really take, and what share takes each?"

    Options as in `transitions`. The `most` common paths come first, then `(other paths)` together. A path of more
    than `longest` steps is told by its first ones and ends in `…`. Returns a row for each path in the columns of
    `metric`: `value` is its share, n the number of all paths, `numerator` how many are like it; the interval knows
    that paths of one person belong together. Raises `InputError`.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b"], "event_type": ["search", "purchase", "search"],
    ...     "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-01T10:30Z", "2025-03-01T10:00Z"])})
    >>> paths(events)[["path", "value", "n"]]
                    path  value  n
    0  search → purchase    0.5  2
    1             search    0.5  2
    """
    rule = None if paths == PERSONS else session_rule(paths)
    columns = [STEP, *(rule.columns if rule else ())]
    log = usable(log_of(data, columns=columns, optional=FLAGS.values(), source_zone=source_zone))
    rows = path_rows(log, steps=names(steps) if steps is not None else None, rule=rule, start=start, end=end)
    people = _people(rows, longest)
    sums = people.aggregate(n=people.y.sum(), n_n=(people.y * people.d).sum(), people=people[PERSON].nunique())
    whole = collect(sums).to_pandas().fillna(0)  # of all paths, whichever they are: the same for every row
    found = _named(collect(_variants(people, longest, most)).to_pandas(), longest)
    cells = found.merge(whole, how="cross").assign(period=ALL)
    frames = [share(cells, metric="path", total="y"), _others(whole, int(found["y"].sum()))]
    result = finished(frames, log, keys=["path"], rule=paths if isinstance(paths, str) else paths.key)
    return result[result["numerator"].gt(0)].reset_index(drop=True) if found["y"].sum() else result


def _others(whole: pd.DataFrame, told: int) -> pd.DataFrame:
    rest = whole["n"] - told
    return whole.assign(path=OTHER, period=ALL, metric="path", value=rest / whole["n"], low=np.nan, high=np.nan,
                        numerator=rest, denominator=whole["n"], unit="share", method=REST)  # fmt: skip


def _people(rows: "ibis.Table", longest: int) -> "ibis.Table":
    """Return how often each person took each path, `y`, and how many paths they took, `d`."""
    ibis = lazy_ibis()
    rows = rows.select(PERSON, AT, ID, STEP, "cx_first")
    numbered = rows.mutate(cx_path=so_far(rows, "cx_first"))
    order = ibis.window(group_by=[PERSON, "cx_path"], order_by=[AT, ID])
    placed = numbered.mutate(cx_place=ibis.row_number().over(order))
    steps = {f"s{place}": ibis.ifelse(placed.cx_place == place, placed[STEP], ibis.null("string")).max()
             for place in range(longest)}  # fmt: skip
    each = placed.group_by([PERSON, "cx_path"]).agg(longer=(placed.cx_place >= longest).max(), **steps)
    taken = each.group_by([PERSON, *steps, "longer"]).agg(y=each.count())
    return taken.mutate(d=taken.y.sum().over(ibis.window(group_by=PERSON)))


def _variants(people: "ibis.Table", longest: int, most: int) -> "ibis.Table":
    """Return the most common paths with their sums over people."""
    steps = [*[f"s{place}" for place in range(longest)], "longer"]
    squares = {"y_y": (people.y * people.y).sum(), "y_n": (people.y * people.d).sum()}
    each = people.group_by(steps).agg(y=people.y.sum(), **squares)
    order = lazy_ibis().window(order_by=[each.y.desc(), *[each[one] for one in steps]])
    ranked = each.mutate(rank=lazy_ibis().row_number().over(order))
    return ranked.filter(ranked["rank"] < most).order_by("rank")


def _named(found: pd.DataFrame, longest: int) -> pd.DataFrame:
    steps = found[[f"s{place}" for place in range(longest)]].to_numpy(object)
    names = [
        ARROW.join([*(step for step in one if not pd.isna(step)), *([MORE] if more else [])])
        for one, more in zip(steps, found["longer"], strict=True)
    ]
    return pd.DataFrame({"path": names, "y": found["y"], "y_y": found["y_y"], "y_n": found["y_n"]})
