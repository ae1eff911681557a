"""What the log says of each step: waits, work, lateness, failures, its share of the time."""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.blueprints.flow import QUANTILES, lengths_of, on_the_clock, summed
from cxlib.blueprints.graph import expected_moves
from cxlib.blueprints.matching import WHO
from cxlib.blueprints.model import Blueprint
from cxlib.blueprints.replay import BEFORE, STEP, TOUCH, WAIT, Replay, fails
from cxlib.blueprints.results import ratios, shares, with_aside
from cxlib.inference.design import SUMS
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import PERSON

if TYPE_CHECKING:
    import ibis


def step_rows(found: Replay, cases: "ibis.Table", now: object) -> list[pd.DataFrame]:
    """Return the rows about steps, in the order of the blueprint."""
    logged = [step.id for step in found.blueprint.steps if step.event_match and step.id != found.blueprint.start]
    steps = found.steps
    counted = collect(steps.group_by(STEP).agg(n=steps[WHO].nunique())).to_pydict()
    people = dict.fromkeys(logged, 0) | dict(zip(counted[STEP], counted["n"], strict=True))
    return [*_waits(found, now, logged, people), *_touches(found, logged, people), *_sums(found, cases)]


def _waits(found: Replay, now: object, logged: list[str], people: dict[str, int]) -> list[pd.DataFrame]:
    """Return quantiles of the waits; one that is not over counts as long as it lasted, where its step is certain."""
    ibis = lazy_ibis()
    steps = found.steps
    over = steps.filter(steps[BEFORE].notnull())
    over = over.select(STEP, seconds=(over[WAIT] * 60).round().cast("int64"), done=ibis.literal(True))
    spans = found.spans
    pending = certain(found.blueprint)
    waiting = spans.filter(~spans.cx_ended & spans.cx_last.isin(sorted(pending)))
    awaited = ibis.cases(*((waiting.cx_last == one, other) for one, other in sorted(pending.items())),
                         else_=ibis.null("string")) if pending else ibis.null("string")  # fmt: skip
    still = waiting.select(
        **{STEP: awaited},
        seconds=ibis.literal(now).delta(waiting.cx_last_at, unit="second").cast("int64"),
        done=ibis.literal(False),
    )
    both = ibis.union(over, still) if pending else over
    counted = collect(both.group_by([STEP, "seconds", "done"]).agg(n=both.count())).to_pandas()
    firsts = collect(steps.filter(steps[BEFORE].isnull()).group_by(STEP).agg(n=lambda rows: rows.count())).to_pandas()
    begun = dict(zip(firsts[STEP], firsts["n"], strict=True))
    metrics = {f"step_wait_{name}": part for name, part in QUANTILES.items()}
    frames = [
        (one, lengths_of(counted[counted[STEP] == one], metrics, step=one, people=people[one])) for one in logged
    ]
    return [with_aside(frame, {"first_event": begun.get(one, 0)}) for one, frame in frames]


def certain(blueprint: Blueprint) -> dict[str, str]:
    """Return the steps after which only one other can come, and which: whoever stands there waits for it."""
    after: dict[str, set[str]] = {}
    for one, other in expected_moves(blueprint):
        after.setdefault(one, set()).add(other)
    return {one: min(others) for one, others in after.items() if len(others) == 1 and one != blueprint.end}


def _touches(found: Replay, logged: list[str], people: dict[str, int]) -> list[pd.DataFrame]:
    steps = found.steps
    rows = steps.mutate(seconds=(steps[TOUCH] * 60).round().cast("int64"))
    counted = collect(rows.group_by([STEP, "seconds"]).agg(n=rows.count())).to_pandas().assign(done=True)
    frames = []
    for one in logged:
        own = counted[counted[STEP] == one]
        timed = own[own["seconds"].notna()]
        if len(timed):
            metrics = {f"step_touch_{name}": part for name, part in QUANTILES.items()}
            frame = lengths_of(timed, metrics, step=one, people=people[one])
            frames.append(with_aside(frame, {"not_timed": int(own["n"].sum() - timed["n"].sum())}))
    return frames


def _sums(found: Replay, cases: "ibis.Table") -> list[pd.DataFrame]:
    """Return shares: of the time on the clock, of waits that were too long, of cases in which the step failed."""
    bp, ibis = found.blueprint, lazy_ibis()
    steps, parts = found.steps, []
    moved = steps[BEFORE].notnull()
    one = ibis.literal(1.0)
    for step in bp.steps:
        if step.event_match and step.max_wait_minutes is not None:
            late = steps[WAIT] > step.max_wait_minutes
            parts.append(summed(steps, f"step_late/{step.id}", late, one, moved & (steps[STEP] == step.id)))
    timed = _times(found, cases)
    for step in bp.steps:
        if step.event_match and step.id != bp.start:
            parts.append(summed(timed, f"step_time/{step.id}", timed[step.id], timed.cx_minutes, one == 1.0))
    parts += _failures(found)
    sums = collect(ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pandas()
    sums = sums.fillna(dict.fromkeys(SUMS, 0.0))
    sums[["metric", "step"]] = sums["metric"].str.split("/", n=1, expand=True).to_numpy()
    of_time = sums["metric"].eq("step_time")
    return [shares(sums[~of_time]), ratios(sums[of_time & sums["total"].gt(0)], unit="share", most=1)]


def _times(found: Replay, cases: "ibis.Table") -> "ibis.Table":
    """Return for each case with a finished clock the minutes that each step took of it, a column a step."""
    clocked = on_the_clock(found)
    own = {
        step.id: clocked[WAIT].sum(where=clocked[STEP] == step.id).fill_null(0.0)
        for step in found.blueprint.steps
        if step.event_match
    }
    times = clocked.group_by(PERSON).agg(**own).rename(cx_case=PERSON)
    done = cases.filter(cases.cx_minutes.notnull()).select(PERSON, WHO, "cx_minutes")
    joined = done.inner_join(times, done[PERSON] == times.cx_case)
    return joined.drop("cx_case")


def _failures(found: Replay) -> "list[ibis.Table]":
    """Return the sums of cases in which an event shows that a step failed, of those that had the step."""
    parts, steps, events = [], found.steps, found.events
    for step in found.blueprint.steps:
        if not step.event_match or not any(mode.event_match for mode in step.fail_modes):
            continue
        had = steps.filter(steps[STEP] == step.id).select(PERSON, WHO).distinct()
        broke = events.filter(events[fails(step.id)]).select(cx_case=events[PERSON]).distinct()
        both = had.left_join(broke, had[PERSON] == broke.cx_case)
        both = both.select(PERSON, WHO, cx_failed=both.cx_case.notnull())
        one = lazy_ibis().literal(1.0)
        parts.append(summed(both, f"step_failed/{step.id}", both.cx_failed, one, one == 1.0))
    return parts
