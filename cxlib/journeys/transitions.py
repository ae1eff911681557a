"""Transitions: what people do next, how sure we are of it, and where a chain of such steps ends up."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference import chains, intervals
from cxlib.journeys.cells import COLUMNS, LEVEL, finished, together
from cxlib.journeys.log import ALL, FLAGS, STEP, Log, check_groups, check_types, log_of, names, usable, within
from cxlib.journeys.sessions import SessionRule, session_rule, with_starts
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, PERSON, following, previous, so_far

if TYPE_CHECKING:
    import ibis

START, EXIT = "(start)", "(exit)"
PERSONS = "person"
INDEPENDENT = f"Wilson {LEVEL:.0%}, steps taken as independent"


def transitions(
    data: object,
    *,
    steps: Iterable[str] | None = None,
    paths: str | SessionRule = PERSONS,
    order: int = 1,
    ends: bool = True,
    by: str | Iterable[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Count what follows what: "after this step, what do people do next, and how often?"

    `data` is anything that `open_dataset` takes, or one frame of events. A path is all of a person's events, or with
    `paths` a session by one of its rules. `steps` are the event types looked at; others are passed over as if they
    were not there. With `ends` each path begins with a virtual `(start)` and ends with `(exit)`; without them only
    steps that follow a step are counted, and the last event of a path counts for nothing. `order=2` tells apart what
    came `before`. `by` names columns of the event that is left. `start` and `end` bound the events looked at.

    Returns a row for each pair in the columns of `metric`, with `from` and `to`: `value` is the share of the steps
    out of `from` that lead to `to`, n the number of those steps, `numerator` how many lead there. Events without a
    type and those flagged as a bot's or internal are left out; `warnings` counts them. Raises `InputError`.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "b"], "event_type": ["search", "purchase", "search"],
    ...     "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-01T10:30Z", "2025-03-01T10:00Z"])})
    >>> transitions(events)[["from", "to", "value", "n", "numerator"]]
           from        to  value  n  numerator
    0   (start)    search    1.0  2        2.0
    1  purchase    (exit)    1.0  1        1.0
    2    search    (exit)    0.5  2        1.0
    3    search  purchase    0.5  2        1.0
    """
    if order not in (1, 2):
        raise InputError(
            say("A chain remembers one step or two: order=1 or order=2, not {order}.", order=repr(order))
        )
    log, moves = counted_moves(
        data, steps=steps, paths=paths, order=order, by=names(by), start=start, end=end, source_zone=source_zone
    )
    state = [*names(by), *(["before"] if order == 2 else []), "from"]
    moves = moves[~moves["from"].eq(START)] if order == 2 else moves
    if not ends:
        moves = moves[moves["to"].ne(EXIT) & moves["from"].ne(START)]
    return _shares(log, moves.sort_values([*state, "to"], ignore_index=True), state)


def counted_moves(
    data: object,
    *,
    steps: Iterable[str] | None,
    paths: str | SessionRule,
    order: int,
    by: Sequence[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> tuple[Log, pd.DataFrame]:
    """Return the log and how often each step follows each: `by`, `before`, `from`, `to`, `n`, `people`."""
    rule = None if paths == PERSONS else session_rule(paths)
    columns = [STEP, *by, *(rule.columns if rule else ())]
    log = usable(log_of(data, columns=columns, optional=FLAGS.values(), source_zone=source_zone))
    check_groups(log.dataset, by)
    check_types(log, names(steps))
    rows = path_rows(log, steps=names(steps) if steps is not None else None, rule=rule, start=start, end=end)
    found = collect(_moves(rows, order, by, people=bool(log.dataset.privacy_floor))).to_pandas()
    first = found[found["cx_first"]]
    if order == 1:
        begun = first.assign(**{"from": START, "to": first["from"]})
        found = pd.concat([found, begun], ignore_index=True)
    keys = [*by, *(["before"] if order == 2 else []), "from", "to"]
    return log, found.groupby(keys, dropna=False, as_index=False)[["n", "people"]].sum()


def path_rows(
    log: Log,
    *,
    steps: Sequence[str] | None,
    rule: SessionRule | None,
    start: str | date | None = None,
    end: str | date | None = None,
) -> "ibis.Table":
    """Return the events of the paths with `cx_first`: whether a path begins with this one."""
    rows, inside = log.rows, within(log.rows[AT], log.zone, start, end)
    rows = rows if inside is None else rows.filter(inside)
    if rule is None:
        rows = rows if steps is None else rows.filter(rows[STEP].isin(list(steps)))
        return rows.mutate(cx_first=previous(rows, AT).isnull())
    rows = with_starts(rows, rule, log.zone)
    if steps is None:
        return rows.mutate(cx_first=rows.cx_starts)
    # The event that opens a session may be none of the steps, so every event keeps the number of its session.
    rows = rows.mutate(cx_path=so_far(rows, "cx_starts"))
    rows = rows.filter(rows[STEP].isin(list(steps)))
    before = previous(rows, "cx_path")
    return rows.mutate(cx_first=before.isnull() | (before != rows.cx_path))


def _moves(rows: "ibis.Table", order: int, by: Sequence[str], *, people: bool) -> "ibis.Table":
    ibis = lazy_ibis()
    goes_on = ~following(rows, "cx_first").fill_null(True)
    asked = {"from": rows[STEP], "to": ibis.ifelse(goes_on, following(rows, STEP), EXIT)}
    if order == 2:
        asked["before"] = ibis.ifelse(rows.cx_first, START, previous(rows, STEP))
    moves = rows.select(PERSON, "cx_first", *by, **asked)
    keys = [*by, *asked, "cx_first"]
    # Who is behind a pair matters only where few people must be hidden.
    return moves.group_by(keys).agg(n=moves.count(), people=moves[PERSON].nunique() if people else moves.count())


def _shares(log: Log, moves: pd.DataFrame, state: Sequence[str]) -> pd.DataFrame:
    out = moves.groupby(list(state), dropna=False)["n"].transform("sum")
    value = moves["n"] / out
    low, high = intervals.wilson(value, out, level=LEVEL)
    cells = moves.assign(metric="transition", value=value, low=low, high=high, n=out, numerator=moves["n"],
                         denominator=out, unit="share", method=INDEPENDENT, period=ALL)  # fmt: skip
    if cells.empty:
        raise InputError(say("No step follows another: there is nothing to count."))
    return finished(
        [cells], log, keys=[*state, "to"], rule=f"order_{len(state) - len(set(state) - {'before', 'from'})}"
    )


def conversion(frame: pd.DataFrame, goal: str) -> pd.DataFrame:
    """Follow a chain to its end: "from this step, how likely is the goal, and how many steps are left?"

    `frame` is what `transitions` returns with its ends, of order 1 or 2, or a frame of your own with `from`, `to`,
    `value` and `n`; what the shares of a step leave to 1 is taken to leave. Reaching `goal` ends the journey. Returns
    two rows for each state: `conversion`, a share, and `expected_steps` until goal or exit. Intervals by the delta
    method, steps taken as independent. Source: Kemeny & Snell 1960.

    >>> by_hand = pd.DataFrame({"from": ["consider", "decide", "decide"], "to": ["decide", "buy", "consider"],
    ...     "value": [0.6, 0.5, 0.3], "n": 100})
    >>> conversion(by_hand, "buy")[["from", "metric", "value"]].round(4)
           from          metric   value
    0  consider      conversion  0.3659
    1    decide      conversion  0.6098
    2  consider  expected_steps  1.9512
    3    decide  expected_steps  1.5854
    """
    if not {"from", "to", "value", "n"} <= set(frame.columns):
        raise InputError(say("Give the frame that transitions returned."))
    if goal not in set(frame["to"]):
        raise InputError(
            say(
                "No step leads to {goal}. Steps: {steps}.", goal=repr(goal), steps=", ".join(sorted(set(frame["to"])))
            )
        )
    second = "before" in frame.columns
    moves = frame[frame["from"].ne(goal) & ~(second & frame.get("before", frame["from"]).eq(goal))]
    here = _states(moves, "before", "from", second)
    there = _states(moves, "from", "to", second)
    known = list(dict.fromkeys(here))
    place = {state: number for number, state in enumerate(known)}
    between, reached, n = np.zeros((len(known), len(known))), np.zeros(len(known)), np.zeros(len(known))
    for one, other, to, value, size in zip(here, there, moves["to"], moves["value"], moves["n"], strict=True):
        n[place[one]] = size
        if to == goal:
            reached[place[one]] = value
        elif other in place:
            between[place[one], place[other]] = value
    return _ends(chains.absorbed(between, reached, n), known, n, second, synthetic=bool(frame.attrs.get("synthetic")))


def _states(moves: pd.DataFrame, before: str, here: str, second: bool) -> list[object]:
    return list(zip(moves[before], moves[here], strict=True)) if second else list(moves[here])


def _ends(found: chains.Absorbed, known: list, n: np.ndarray, second: bool, *, synthetic: bool) -> pd.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = found.chance * (1 - found.chance) / found.chance_error**2
    low, high = intervals.wilson(found.chance, np.where(np.isfinite(worth), worth, n), level=LEVEL)
    few, many = intervals.wald(found.steps, found.steps_error, n, level=LEVEL)
    names_of = {"before": [one[0] for one in known], "from": [one[1] for one in known]} if second else {"from": known}
    rows = {"period": ALL, "rule": f"order_{1 + second}", "n": n.astype("int64"), "numerator": np.nan,
            "denominator": np.nan, "set_aside": 0, "warnings": ""}  # fmt: skip
    chance = pd.DataFrame(names_of | rows).assign(metric="conversion", value=found.chance, low=low, high=high,
        unit="share", method=f"absorbing chain, Wilson {LEVEL:.0%} on the delta-method error")  # fmt: skip
    steps = pd.DataFrame(names_of | rows).assign(metric="expected_steps", value=found.steps, low=few, high=many,
        unit="steps", method=f"absorbing chain, delta method {LEVEL:.0%}")  # fmt: skip
    frame = together([chance, steps])[[*names_of, *COLUMNS]]
    frame.attrs["synthetic"] = synthetic
    return frame


def memory(
    data: object,
    *,
    steps: Iterable[str] | None = None,
    paths: str | SessionRule = PERSONS,
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Test whether one step of memory suffices: "does it matter how they came to this step?"

    Options as in `transitions`, with the virtual ends. Returns one row: `statistic` (likelihood ratio), `degrees`,
    `p_value`, `n`. A small p says that the next step depends on the one before the last, or that different kinds of
    people are mixed. Source: Anderson & Goodman 1957.
    """
    _, triples = counted_moves(data, steps=steps, paths=paths, order=2, start=start, end=end, source_zone=source_zone)
    found = chains.memory(triples)
    return pd.DataFrame([{"statistic": found.statistic, "degrees": found.degrees, "p_value": found.p_value,
                          "n": found.n, "method": "likelihood ratio, order 1 against order 2"}])  # fmt: skip
