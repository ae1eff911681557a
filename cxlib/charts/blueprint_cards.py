"""What stands in the boxes of a drawn blueprint: who does what, how long it takes, what goes wrong."""

from collections.abc import Iterable

import pandas as pd

from cxlib.blueprints.model import ACTOR_WORDS, EVIDENCE_WORDS, Blueprint, Step
from cxlib.blueprints.rules import repeats
from cxlib.charts.blueprint_layout import FIRST, Card, Line, wrapped
from cxlib.language import mark, number, percent, say
from cxlib.metrics.units import amount

ASKS, FAILS, WAITS, HANDED = "2", "F", "W", "H"
# Each sign has a letter, a shape (see `blueprint_svg`) and these words.
SIGN_WORDS = {
    ASKS: mark("asks for what is known already"),
    FAILS: mark("can fail here"),
    WAITS: mark("a wait"),
    HANDED: mark("taken over from somebody else"),
}


LENGTHS = ((mark("{value} days"), 1_440, 4_320), (mark("{value} h"), 60, 180), (mark("{value} min"), 1, 0))


class Numbers:
    """A measured frame, by step and metric; empty without one. Hidden and missing numbers are not there."""

    def __init__(self, frame: pd.DataFrame | None) -> None:
        rows = [] if frame is None else frame[frame["value"].notna()].to_dict("records")
        self.rows = {(str(row["step"]), str(row["metric"])): row for row in rows}
        self.frame = frame

    def __bool__(self) -> bool:
        return self.frame is not None

    def get(self, step: str, metric: str) -> dict | None:
        """Return a row of the frame, None where there is none to show."""
        return self.rows.get((step, metric))

    def worst(self) -> str:
        """Return the step that takes most of the time on the clock; none where that is not known."""
        shares = {step: row["value"] for (step, metric), row in self.rows.items() if metric == "step_time"}
        return max(shares, key=lambda step: shares[step]) if shares else ""


def with_ends(row: dict) -> str:
    """Return a value with its interval."""
    value, low, high = (row[end] for end in ("value", "low", "high"))
    if row["unit"] == "minutes":
        return lasting(value, low, high)
    if pd.isna(low):
        return amount(value, row["unit"])
    return _between(amount(value, row["unit"]), amount(low, row["unit"]), amount(high, row["unit"]))


def lasting(minutes: float, low: float = float("nan"), high: float = float("nan")) -> str:
    """Return a length as people say it: in minutes, from three hours on in hours, from three days on in days."""
    text, size = next((text, size) for text, size, least in LENGTHS if minutes >= least)
    value = say(text, value=number(minutes / size))
    return value if pd.isna(low) else _between(value, number(low / size), number(high / size))


def _between(value: str, low: str, high: str) -> str:
    return f"{value} ({say('{low} to {high}', low=low, high=high)})"


def cards(blueprint: Blueprint, numbers: Numbers) -> list[Card]:
    """Return every box: the evidence over its steps, then the steps."""
    again = repeats(blueprint)
    shown = [
        Card(
            key=f"{item.id}/{column}",
            lane=FIRST,
            column=column,
            kind=item.kind,
            lines=(*wrapped(str(item.name), strong=True), Line(text=say(EVIDENCE_WORDS[item.kind]))),
        )
        for item in blueprint.evidence
        for column in sorted({blueprint.step(step).seq for step in item.steps})
    ]
    return shown + [
        Card(
            key=step.id,
            lane=step.lane,
            column=step.seq,
            kind=blueprint.actor(step.actor).kind,
            lines=tuple(_lines(blueprint, step, numbers, step.id in again)),
        )
        for step in sorted(blueprint.steps, key=lambda one: one.seq)
    ]


def _lines(blueprint: Blueprint, step: Step, numbers: Numbers, again: bool) -> Iterable[Line]:
    actor = blueprint.actor(step.actor)
    yield from wrapped(str(step.label), strong=True)
    if actor.kind != "customer":
        yield from wrapped(f"{actor.name} · {say(ACTOR_WORDS[actor.kind])}")
    for sign, text in signs(blueprint, step, numbers, again):
        yield from wrapped(text, sign=sign)
    yield from (line for text in measured(step, numbers) for line in wrapped(text))


def signs(blueprint: Blueprint, step: Step, numbers: Numbers, again: bool) -> Iterable[tuple[str, str]]:
    """Return the signs of a step with their words: asked again, taken over, a wait, a failure."""
    if again:
        items = ", ".join(str(one.name) for one in blueprint.data if one.id in step.asks)
        yield ASKS, say("Asks again: {items}", items=items)
    givers = [link.source for link in blueprint.flow() if link.target == step.id and link.handoff]
    if givers:
        names = dict.fromkeys(str(blueprint.actor_of(one).name) for one in givers)
        yield HANDED, say("Taken over from: {names}", names=", ".join(names))
    yield from _wait(step, numbers)
    for mode in step.fail_modes:
        yield FAILS, say("Can fail: {how}", how=mode.label)
    failed = numbers.get(step.id, "step_failed")
    if failed:
        yield FAILS, say("Failed: {share}", share=with_ends(failed))


def _wait(step: Step, numbers: Numbers) -> Iterable[tuple[str, str]]:
    if step.id == numbers.worst():
        yield WAITS, say("Longest: {share} of the time", share=percent(numbers.rows[step.id, "step_time"]["value"]))
    elif step.wait:
        yield WAITS, say("Waits")
    if step.max_wait_minutes is not None:
        yield WAITS, say("At most {minutes}", minutes=lasting(step.max_wait_minutes))
    late = numbers.get(step.id, "step_late")
    if late:
        yield WAITS, say("Later than that: {share}", share=with_ends(late))


def measured(step: Step, numbers: Numbers) -> Iterable[str]:
    """Return what was measured of a step, or what is planned where nothing was."""
    median = numbers.get(step.id, "step_wait_median")
    if median:
        yield say("{minutes}, n = {n}", minutes=with_ends(median), n=number(median["n"], decimals=0))
        work = numbers.get(step.id, "step_touch_median")
        if work:
            yield say("Work: {minutes}", minutes=lasting(work["value"]))
    elif step.std_elapsed_minutes is not None:
        yield say("Planned: {minutes}", minutes=lasting(step.std_elapsed_minutes))
