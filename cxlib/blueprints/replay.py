"""The log played back on a blueprint: every event becomes a step of a case, or is set aside.

An event marks the end of its step. The minutes since the case's step before are the wait for it, work included,
and count as its actor's. A step that leaves no event is passed over: missing is not skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cxlib.blueprints.graph import expected_moves, first_logged
from cxlib.blueprints.matching import OPENED, WHO, Selected, check_steps, column, defaults, holds, patterns
from cxlib.blueprints.model import Blueprint, Pattern
from cxlib.tables.engine import collect, in_memory, lazy_ibis
from cxlib.tables.order import AT, ID, KEY, PERSON, microseconds, previous, so_far
from cxlib.tables.schema import schema

if TYPE_CHECKING:
    import ibis

STEP, BEFORE, WAIT, TOUCH, ASKED, TRANSFER = (
    *("cx_step", "cx_before", "cx_wait", "cx_touch", "cx_asked", "cx_transfer"),
)
MINUTE = 60_000_000
TOUCHED, DATA_ASKED = "touch_minutes", "data_asked"


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The cases of a blueprint with their events, `steps` (in order, with waits) and one row a case (`spans`)."""

    blueprint: Blueprint
    selected: Selected
    events: "ibis.Table"
    steps: "ibis.Table"
    spans: "ibis.Table"
    says_what_was_asked: bool


def fails(step: str) -> str:
    """Return the column that says whether an event shows that a step failed."""
    return f"cx_fails_{step}"


def replay(blueprint: Blueprint, selected: Selected) -> Replay:
    """Play the log of the selected cases back on the blueprint."""
    check_steps(blueprint)
    # The engine of the data finds and joins; what is asked of these rows a dozen times is kept in our own.
    events = in_memory(collect(_events(blueprint, selected)))
    events = in_memory(collect(_numbered(blueprint, events)))
    steps = in_memory(collect(_steps(blueprint, events)))
    return Replay(
        blueprint=blueprint,
        selected=selected,
        events=events,
        steps=steps,
        spans=in_memory(collect(_spans(blueprint, steps, in_memory(collect(selected.rows))))),
        says_what_was_asked=any(
            DATA_ASKED in selected.dataset.table(one.table).columns for one in patterns(blueprint)
        ),
    )


def _events(blueprint: Blueprint, selected: Selected) -> "ibis.Table":
    """Return every event of the cases, with the pattern it fits; null where it fits none."""
    assert blueprint.cases is not None
    sources = sorted({(one.table, str(one.at), str(one.on)) for one in _all(blueprint)})
    parts = [_of_source(blueprint, selected, *source) for source in sources]
    return lazy_ibis().union(*parts) if len(parts) > 1 else parts[0]


def _all(blueprint: Blueprint) -> list[Pattern]:
    assert blueprint.cases is not None
    return [defaults(one, blueprint.cases) for one in patterns(blueprint)]


def _bases(blueprint: Blueprint) -> list[tuple[str, Pattern, list[tuple[str, int | None]]]]:
    """Return the patterns of the steps, those that differ by `nth` only together, each under a key of its own."""
    assert blueprint.cases is not None
    known = [(defaults(step.event_match, blueprint.cases), step.id) for step in blueprint.steps if step.event_match]
    known.sort(key=lambda pair: repr(pair[0].base))
    found = []
    for number, (_, group) in enumerate(groupby(known, key=lambda pair: pair[0].base)):
        pairs = list(group)
        found.append((f"b{number}", pairs[0][0], [(step, pattern.nth) for pattern, step in pairs]))
    return found


def _of_source(blueprint: Blueprint, selected: Selected, table: str, at: str, on: str) -> "ibis.Table":
    ibis = lazy_ibis()
    rows, cases = selected.dataset.table(table), selected.rows
    assert blueprint.cases is not None
    described = schema().get(table)
    key = described.primary_key[0] if described and described.primary_key[0] in rows.columns else at
    here = (table, at, on)

    def fit(one: Pattern) -> Any:
        return holds(rows, dict(one.where), of=table)

    own = [(fit(one), base) for base, one, _ in _bases(blueprint) if (one.table, one.at, one.on) == here]
    modes = {
        fails(step.id): [fit(one) for one in _modes(blueprint, step.id) if (one.table, one.at, one.on) == here]
        for step in blueprint.steps
        if step.fail_modes
    }
    transfers = defaults(blueprint.cases.transfers, blueprint.cases) if blueprint.cases.transfers else None
    moved = transfers is not None and (transfers.table, transfers.at, transfers.on) == here
    taken = rows.select(
        cx_key=column(rows, on, of=table).cast("string"),
        **{AT: column(rows, at, of=table), ID: rows[key].cast("string")},
        cx_base=ibis.cases(*own, else_=ibis.null("string")) if own else ibis.null("string"),
        **{name: ibis.or_(ibis.literal(False), *found) for name, found in modes.items()},
        **{TRANSFER: fit(transfers) if moved and transfers else ibis.literal(False)},
        **{TOUCH: rows[TOUCHED].cast("float64") if TOUCHED in rows.columns else ibis.null("float64")},
        **{ASKED: rows[DATA_ASKED].cast("string") if DATA_ASKED in rows.columns else ibis.null("string")},
    )
    taken = taken.filter(taken[AT].notnull())
    theirs = cases.select(PERSON, WHO, cx_on=cases[PERSON if on == blueprint.cases.id else on].cast("string"))
    return taken.inner_join(theirs, taken.cx_key == theirs.cx_on).select(*KEY, WHO, *taken.columns[3:])


def _modes(blueprint: Blueprint, step: str) -> list[Pattern]:
    assert blueprint.cases is not None
    found = [mode.event_match for mode in blueprint.step(step).fail_modes]
    return [defaults(one, blueprint.cases) for one in found if one]


def _numbered(blueprint: Blueprint, events: "ibis.Table") -> "ibis.Table":
    """Turn patterns into steps: the nth event of a pattern may be a step of its own."""
    ibis = lazy_ibis()
    counted = {base: steps for base, _, steps in _bases(blueprint) if any(nth for _, nth in steps)}
    events = events.mutate(**{f"cx_is_{base}": (events.cx_base == base).fill_null(False) for base in counted})
    events = events.mutate(**{f"cx_n_{base}": so_far(events, f"cx_is_{base}") for base in counted})
    pairs = []
    for base, _, steps in _bases(blueprint):
        for step, nth in steps:
            here = events.cx_base == base
            pairs.append((here if nth is None else here & (events[f"cx_n_{base}"] == nth), step))
    own = [name for name in events.columns if name.startswith(("cx_is_", "cx_n_", "cx_base"))]
    return events.mutate(**{STEP: ibis.cases(*pairs, else_=ibis.null("string"))}).drop(*own)


def _steps(blueprint: Blueprint, events: "ibis.Table") -> "ibis.Table":
    """Return the events that are steps, each with the step before, the wait in minutes, whether it was expected."""
    rows = events.filter(events[STEP].notnull())
    rows = rows.mutate(**{BEFORE: previous(rows, STEP), "cx_at_before": previous(rows, AT)})
    wait = microseconds(rows[AT], rows.cx_at_before) / MINUTE
    rows = rows.mutate(**{WAIT: wait, "cx_move": rows[BEFORE] + ">" + rows[STEP]})
    moves = sorted(f"{one}>{other}" for one, other in expected_moves(blueprint))
    begins = rows[BEFORE].isnull() & rows[STEP].isin(sorted(first_logged(blueprint)))
    expected = rows.cx_move.isin(moves).fill_null(False) if moves else lazy_ibis().literal(False)
    return rows.mutate(cx_expected=begins | expected)


def _spans(blueprint: Blueprint, steps: "ibis.Table", cases: "ibis.Table") -> "ibis.Table":
    """Return for each case when its clock began and ended (null where it did not), and its last step."""
    first, last = blueprint.clock
    found = steps.group_by(PERSON).agg(
        cx_from=steps[AT].min(where=steps[STEP] == first),
        cx_to=steps[AT].max(where=steps[STEP] == last),
        cx_last_at=steps[AT].max(),
        cx_last=steps[STEP].argmax(steps[AT]),
        cx_ended=(steps[STEP] == blueprint.end).any(),
    )
    cases = cases.select(cx_case=cases[PERSON], cx_who=cases[WHO], cx_open=cases[OPENED])
    joined = cases.left_join(found, cases.cx_case == found[PERSON])
    return joined.select(
        **{PERSON: joined.cx_case, WHO: joined.cx_who, OPENED: joined.cx_open},
        cx_from=joined.cx_from, cx_to=lazy_ibis().ifelse(joined.cx_to >= joined.cx_from, joined.cx_to, None),
        cx_last=joined.cx_last, cx_last_at=joined.cx_last_at, cx_ended=joined.cx_ended.fill_null(False),
    )  # fmt: skip


def third_parties(blueprint: Blueprint) -> Sequence[str]:
    """Return the steps of third parties."""
    return sorted(step.id for step in blueprint.steps if blueprint.actor(step.actor).kind == "third_party")
