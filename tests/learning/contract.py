"""The contract every exercise and every question keeps. Each fault is named in a sentence; no fault, no sentence."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from cxlib.learning.exercise import Exercise, judge
from cxlib.learning.memo import NUMBER, Memo, readings
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, NOT_YET, PASSED, Outcome
from cxlib.learning.quiz import Question
from cxlib.learning.shapes import Choice, Function, Shops
from cxlib.tables.dataset import Dataset

TAKEN = {"data", "progress", "text", "check", "hint", "solution"}


class Speechless:
    """What a learner may hand in by accident: it fails at everything."""

    def __repr__(self):
        raise RuntimeError("no words")

    def __eq__(self, other):
        raise RuntimeError("no equals")

    __hash__ = None


def stops(*arguments):
    raise ValueError("stopped")


GARBAGE = [
    None, True, "", "twenty", b"20", math.nan, math.inf, -1e9, 10**400, 3 + 4j, (), [], {}, (1, 2, 3), (math.nan, 1),
    ("a", "b"), object(), Speechless(), pd.DataFrame(), pd.DataFrame({"value": [1, 2]}), pd.Series(dtype=float),
    stops, lambda *arguments: None, lambda *arguments: "20", lambda: 20, len, "`code` <script>alert(1)</script>",
]  # fmt: skip


def faults(
    exercise: Exercise, shops: Sequence[Dataset], another: Dataset, portuguese: Callable[[str], str]
) -> list[str]:
    """Return what is wrong with an exercise, tried on several datasets."""
    exercise = _remembering(exercise)
    try:
        found = list(_shape(exercise, portuguese))
        for shop in shops:
            found += _answers(exercise, (shop, another))
        found += [*_garbage(exercise, (shops[0], another)), *_hard_coded(exercise, shops, another)]
    except Exception as trouble:
        return [f"crashes: {type(trouble).__name__}: {trouble}"]
    return list(dict.fromkeys(found))


def _remembering(exercise: Exercise) -> Exercise:
    """Return the same exercise, which computes each answer only once for a dataset."""
    wrong = [replace(one, answer=_once(one.answer)) for one in exercise.wrong]
    shape = exercise.shape
    if isinstance(shape, Function):
        shape = replace(shape, cases={name: _once(make) for name, make in shape.cases.items()})
    shape = replace(shape, numbers=_once(shape.numbers)) if isinstance(shape, Memo) else shape
    return replace(exercise, right=_once(exercise.right), wrong=wrong, shape=shape)


def _once(compute: Callable[[Dataset], object]) -> Callable[[Dataset], object]:
    known: dict[int, object] = {}

    def remembered(shop: Dataset) -> object:
        if id(shop) not in known:
            known[id(shop)] = compute(shop)
        return known[id(shop)]

    return remembered


def _shape(exercise: Exercise, portuguese: Callable[[str], str]) -> Iterator[str]:
    if not exercise.key.isidentifier() or exercise.key in TAKEN:
        yield f"the key {exercise.key} cannot be used"
    if len(exercise.hints) < 2:
        yield "fewer than two hints"
    if len(exercise.wrong) < 2:
        yield "fewer than two named wrong answers"
    if len({wrong.says for wrong in exercise.wrong}) < len(exercise.wrong):
        yield "two wrong answers share a message"
    for place, text in exercise.texts.items():
        if not text.strip():
            yield f"missing message: {place}"
        elif portuguese(text) in ("", text):
            yield f"missing message in Portuguese: {place}"


def _answers(exercise: Exercise, shops: Shops) -> Iterator[str]:
    right = exercise.right(shops[0])
    if judge(exercise, ..., shops).status != NOT_ATTEMPTED:
        yield "the dots are not seen as not attempted"
    if judge(exercise, right, shops).status != PASSED:
        yield "the right answer does not pass"
    outcomes = [judge(exercise, wrong.answer(shops[0]), shops) for wrong in exercise.wrong]
    for wrong, outcome in zip(exercise.wrong, outcomes, strict=True):
        if outcome.status == PASSED:
            yield f"vacuous check: the wrong answer {wrong.name} passes"
        elif (outcome.status, outcome.message) != (NOT_YET, wrong.says):
            yield f"the wrong answer {wrong.name} gets another message: {outcome.message}"
    secrets = secret_numbers(exercise, shops)
    # All that a learner may read before passing.
    for text in [*(outcome.message for outcome in outcomes), *exercise.hints, exercise.asks]:
        for number in NUMBER.findall(text):
            if any(abs(reading - secret) < 1e-9 for reading in readings(number) for secret in secrets):
                yield f"leaked answer: {text}"


def secret_numbers(exercise: Exercise, shops: Shops) -> set[float]:
    """Return the numbers of the right answer as they may be written; numbers of ten and less tell nothing."""
    right = exercise.right(shops[0])
    if isinstance(right, (str, dict)) or callable(right):
        return set()
    numbers = [float(one) for one in (right if isinstance(right, tuple) else (right,))]
    written = {round(number, places) for number in numbers for places in (0, 1, 2, 3)}
    written |= {round(100 * number, places) for number in numbers if abs(number) <= 1 for places in (0, 1, 2)}
    return {number for number in written if abs(number) > 10 and number != 100}


def _garbage(exercise: Exercise, shops: Shops) -> Iterator[str]:
    for thing in GARBAGE:
        outcome = judge(exercise, thing, shops)
        if outcome.status == PASSED:
            yield f"vacuous check: {type(thing).__name__} passes"
        if not isinstance(outcome, Outcome) or not outcome.message:
            yield f"no message for {type(thing).__name__}"
        if re.search(r"<script(?![^`]*`)", outcome.message):
            yield "what was handed in is shown outside code marks"
    if judge(exercise, math.nan, shops).status not in (CANNOT_CHECK, NOT_YET):
        yield "a missing number is taken for an answer"


def _hard_coded(exercise: Exercise, shops: Sequence[Dataset], another: Dataset) -> Iterator[str]:
    if isinstance(exercise.shape, Function):
        results = exercise.shape.read(exercise.right(shops[0]), (shops[0], another))
        constant = results[0][1]
        outcome = judge(exercise, lambda *arguments: constant, (shops[0], another))
        if outcome.status != NOT_YET:
            yield "hard-coded number: a function that returns a constant is not found out"
    elif not exercise.given and not isinstance(exercise.shape, Choice):
        answers = [exercise.right(shop) for shop in shops]
        if len(shops) > 1 and all(answer == answers[0] for answer in answers):
            yield "hard-coded number: the right answer is the same on every dataset"


def question_faults(question: Question, portuguese: Callable[[str], str]) -> list[str]:
    """Return what is wrong with a question."""
    found = []
    right = [one for one in question.options if one.right]
    if len(right) != 1:
        found.append(f"{len(right)} options are right")
    if len(question.options) < 3:
        found.append("fewer than three options")
    if right and all(len(right[0].text) > 1.6 * len(one.text) for one in question.options if not one.right):
        found.append("the right option gives itself away by its length")
    for place, text in question.texts.items():
        if not text.strip():
            found.append(f"missing text: {place}")
        elif portuguese(text) in ("", text):
            found.append(f"missing text in Portuguese: {place}")
    return found
