"""A blueprint held against the log: all its numbers in one frame."""

import pandas as pd

from cxlib.blueprints.flow import case_rows, elapsed_rows, matched_rows, per_case
from cxlib.blueprints.matching import cases_of, defaults, last_moment, patterns
from cxlib.blueprints.model import Blueprint
from cxlib.blueprints.progress import little_rows
from cxlib.blueprints.replay import BEFORE, STEP, Replay, replay
from cxlib.blueprints.results import finished
from cxlib.blueprints.satisfaction import satisfaction_rows
from cxlib.blueprints.stations import step_rows
from cxlib.tables.engine import collect, in_memory
from cxlib.tables.opening import open_dataset


def measure(blueprint: Blueprint, data: object, *, source_zone: str | None = None) -> pd.DataFrame:
    """Measure a service: "where do cases wait, where do they fail, who is asked again, and what does it cost?"

    `data` is anything that `open_dataset` takes. Returns rows in the columns of `metric` after `step`, which is
    `all` for whole cases, else the id of a step. Of whole cases: `conformance` (the log went as drawn),
    `events_matched`, `elapsed_median` and `elapsed_p90` (minutes on the clock), `flow_efficiency` (work over time, of
    cases whose work was timed), `third_party_share`, `rework`, `handoffs_per_case` (logged transfers; silent ones
    leave no trace), `cases_with_handoff`, `reasked_rate` (of cases with a transfer: asked the same again after it),
    `repeats_per_case`, `in_progress` and `little`, `csat_by_repeats` and `csat_per_repeat` (points). Of steps:
    `step_wait_median`, `step_wait_p90`, `step_touch_median`, `step_touch_p90` (minutes), `step_time` (share of the
    clock), `step_late`, `step_failed`. A wait that is not over counts as long as it lasted. Raises `InputError`.

    >>> from cxlib.blueprints.parts import read_blueprint
    >>> from cxlib.world.store import ipe
    >>> found = measure(read_blueprint("entrega_com_problema_v1"), ipe("tiny", 7)).set_index(["step", "metric"])
    >>> bool(found.loc[("all", "third_party_share"), "value"] > 0.5)
    True
    """
    dataset = open_dataset(data, source_zone=source_zone)
    selected = cases_of(blueprint, dataset)
    found = replay(blueprint, selected)
    assert blueprint.cases is not None
    now = last_moment(dataset, [defaults(one, blueprint.cases) for one in patterns(blueprint)])
    cases = in_memory(collect(per_case(found)))
    frames = [
        matched_rows(found),
        *case_rows(found, cases),
        elapsed_rows(found, cases, now),
        little_rows(found, cases, now),
        *satisfaction_rows(found, cases),
        *step_rows(found, cases, now),
    ]
    return finished(frames, selected, f"{blueprint.id}_v{blueprint.version}")


def moves(blueprint: Blueprint, data: object, *, source_zone: str | None = None) -> pd.DataFrame:
    """Return how often each step followed each in the log, and whether that was expected: `from`, `to`, `n`."""
    selected = cases_of(blueprint, open_dataset(data, source_zone=source_zone))
    found: Replay = replay(blueprint, selected)
    steps = found.steps
    counted = steps.group_by([BEFORE, STEP, "cx_expected"]).agg(n=steps.count())
    frame = collect(counted).to_pandas().rename(columns={BEFORE: "from", STEP: "to", "cx_expected": "expected"})
    frame["from"] = frame["from"].fillna("(start)")
    return frame.sort_values(["n", "from", "to"], ascending=[False, True, True], ignore_index=True)[
        ["from", "to", "n", "expected"]
    ]
