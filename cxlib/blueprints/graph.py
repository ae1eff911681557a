"""The flow of a blueprint as a graph: what can be reached, what comes before, which lines a link crosses."""

from collections.abc import Callable

from cxlib.blueprints.model import LANES, Blueprint


def following(blueprint: Blueprint) -> dict[str, list[str]]:
    """Return the steps that follow each step directly."""
    after: dict[str, list[str]] = {step.id: [] for step in blueprint.steps}
    for link in blueprint.flow():
        after[link.source].append(link.target)
    return after


def reached(
    after: dict[str, list[str]], start: str, *, through: Callable[[str], bool] = lambda step: True
) -> set[str]:
    """Return the steps that can be reached from `start` by one link or more, walking on only `through` some."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for step in after[waiting.pop()]:
            if step not in found:
                found.add(step)
                if through(step):
                    waiting.append(step)
    return found


def backwards(after: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the graph with its arrows turned round."""
    before: dict[str, list[str]] = {step: [] for step in after}
    for step, others in after.items():
        for other in others:
            before[other].append(step)
    return before


def earlier(blueprint: Blueprint, step: str) -> set[str]:
    """Return the steps that come before one: reached from the start without it, and it from them.

    A step is not before itself, though a loop may lead back to it.
    """
    after = following(blueprint)
    first = {blueprint.start} | reached(after, blueprint.start, through=lambda one: one != step)
    if blueprint.start == step:
        return set()
    return {one for one in first - {step} if step in reached(after, one)}


def lines_crossed(blueprint: Blueprint, source: str, target: str) -> int:
    """Return how many of the three lines lie between two steps."""
    one, other = (LANES.index(blueprint.step(step).lane) for step in (source, target))
    return abs(one - other)


def expected_moves(blueprint: Blueprint) -> set[tuple[str, str]]:
    """Return the pairs of steps that may follow each other in a log, which holds only steps with events."""
    after = following(blueprint)
    logged = {step.id for step in blueprint.steps if step.event_match}
    return {
        (one, other)
        for one in logged
        for other in reached(after, one, through=lambda step: step not in logged) & logged
    }


def first_logged(blueprint: Blueprint) -> set[str]:
    """Return the steps with which the log of a case may begin."""
    logged = {step.id for step in blueprint.steps if step.event_match}
    if blueprint.start in logged:
        return {blueprint.start}
    return reached(following(blueprint), blueprint.start, through=lambda step: step not in logged) & logged
