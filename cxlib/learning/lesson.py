"""The exercises of a lesson as a notebook holds them: check, hint, solution, progress."""

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import language, read_catalogue, say
from cxlib.learning.exercise import Exercise, by_key, judge
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, PASSED, TROUBLE, Note, Outcome, code
from cxlib.learning.progress import read_progress, record
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset
from cxlib.world.store import ipe

LESSONS = Path(__file__).with_name("lessons")
OTHER_SEED = 7  # of the small company on which a learner's function is tried a second time


def exercises(lesson: str, shop: Dataset | None = None) -> "Lesson":
    """Return the exercises of a lesson, checked against the dataset in use: "did I get it right?"

    `lesson` is its key, such as "nps_csat_ces"; `shop` is the dataset of the notebook, Ipê when it is left
    out. Each exercise is an attribute with `.check(answer)`, `.hint()` and `.solution()`; `.progress()` is a table
    of all of them. Raises `InputError` for an unknown lesson.

    >>> ex = exercises("nps_csat_ces")
    >>> ex.nps_by_hand.check(...).status
    'not_attempted'
    """
    if lesson not in lesson_keys():
        raise InputError(
            say("There is no lesson {found}. There are: {names}.", found=code(lesson), names=", ".join(lesson_keys()))
        )
    return Lesson(lesson, ipe() if shop is None else shop)


def lesson_keys() -> list[str]:
    """Return the keys of the lessons that have exercises or a quiz."""
    return sorted(path.parent.name for path in LESSONS.glob("*/solutions.json"))


@cache
def _portuguese(lesson: str) -> Mapping[str, str]:
    path = LESSONS / lesson / "pt_BR.po"
    return read_catalogue(path) if path.exists() else {}


def lookup(lesson: str) -> Callable[[str], str]:
    """Return what turns a text of a lesson into the language in use."""
    return lambda text: text if language() == "en" else _portuguese(lesson).get(text, text)


class UnknownExercise(InputError, AttributeError):
    """A lesson has no such exercise: a reader gets the sentence, `hasattr` gets its no."""


class Lesson:
    """The exercises of one lesson, bound to a dataset. Showing it shows what is done and what is not."""

    def __init__(self, key: str, shop: Dataset) -> None:
        module = import_module(f"cxlib.learning.lessons.{key}.exercises")
        self._key, self._shop = key, shop
        self._data: Mapping[str, Callable[[Dataset], pd.DataFrame]] = getattr(module, "DATA", {})
        self._texts: Mapping[str, Text] = getattr(module, "TEXTS", {})
        solutions = json.loads((LESSONS / key / "solutions.json").read_text(encoding="utf-8"))
        self._bound = {
            name: Bound(key, exercise, shop, self._worked(solutions.get(name, ""), exercise.example))
            for name, exercise in by_key(module.EXERCISES).items()
        }

    def _worked(self, code: str, example: str) -> Callable[[], str]:
        """Return what tells a solution: its code, after the text it makes when it makes one."""

        def told() -> str:
            text = "".join(f"> {line}\n" for line in self.text(example).text.splitlines()) + "\n" if example else ""
            return f"{text}```python\n{code}\n```"

        return told

    def __getattr__(self, name: str) -> "Bound":
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._bound:
            raise UnknownExercise(
                say("This lesson has no exercise {found}; it has: {names}.",
                    found=code(name), names=", ".join(self._bound))
            )  # fmt: skip
        return self._bound[name]

    def __dir__(self) -> list[str]:
        return ["data", "progress", "text", *self._bound]

    def data(self, name: str) -> pd.DataFrame:
        """Return a small table made for an exercise from the dataset in use. Raises `InputError`."""
        if name not in self._data:
            raise InputError(
                say("This lesson has no table {found}; it has: {names}.",
                    found=code(name), names=", ".join(self._data))
            )  # fmt: skip
        return self._data[name](self._shop)

    def text(self, name: str) -> Note:
        """Return a text of the lesson with the numbers of the dataset in use. Raises `InputError`."""
        if name not in self._texts:
            raise InputError(
                say("This lesson has no text {found}; it has: {names}.",
                    found=code(name), names=", ".join(self._texts))
            )  # fmt: skip
        return Note(self._texts[name].filled(self._shop, lookup(self._key)))

    def progress(self) -> Note:
        """Return a table of the exercises: passed or not, tries, hints."""
        done = read_progress().get(self._key, {})
        rows = [
            (bound.key, bound.asks, done.get(bound.key, {}))
            for bound in self._bound.values()
        ]  # fmt: skip
        passed = sum(bool(known.get("passed")) for _, _, known in rows)
        head = [say("{passed} of {n} exercises passed.", passed=passed, n=len(rows)), ""]
        names = (say("exercise"), say("what it asks"), say("state"), say("tries"), say("hints"))
        head += ["| " + " | ".join(names) + " |", "|---|---|---|--:|--:|"]
        lines = [
            f"| `{key}` | {asks} | {_state(known)} | {known.get('tries', 0)} | {known.get('hints', 0)} |"
            for key, asks, known in rows
        ]
        return Note("\n".join(head + lines))

    def _repr_markdown_(self) -> str:
        return self.progress().text

    def __repr__(self) -> str:
        return self.progress().text


def _state(known: Mapping[str, int]) -> str:
    if known.get("passed"):
        return "✔ " + say("passed")
    return "✗ " + say("not yet") if known.get("tries") else "○ " + say("not attempted")


class Bound:
    """One exercise with the dataset it is checked against."""

    def __init__(self, lesson: str, exercise: Exercise, shop: Dataset, worked: Callable[[], str]) -> None:
        self._lesson, self._exercise, self._shop, self._worked = lesson, exercise, shop, worked
        self._shown = 0
        self._say = lookup(lesson)

    @property
    def key(self) -> str:
        """The name of the exercise."""
        return self._exercise.key

    @property
    def asks(self) -> str:
        """What the exercise asks, in one line."""
        return self._say(self._exercise.asks)

    def check(self, answer: object = ...) -> Outcome:
        """Return whether an answer is right; if it is not, which mistake it was."""
        try:
            outcome = judge(self._exercise, answer, (self._shop, _another()), self._say)
        except TROUBLE as trouble:  # a fault of ours must not end a learner's evening in a traceback
            outcome = Outcome(CANNOT_CHECK, say("The check itself failed: {trouble}.", trouble=code(trouble)))
        if outcome.status not in (NOT_ATTEMPTED, CANNOT_CHECK):
            record(self._lesson, self.key, tries=1, **({"passed": 1} if outcome.status == PASSED else {}))
        if os.environ.get("CX_STRICT") == "1" and outcome.status != PASSED:
            raise AssertionError(f"{self._lesson}.{self.key}: {outcome}")
        return outcome if outcome.status == PASSED else Outcome(outcome.status, outcome.message, self._way_on())

    def hint(self) -> Note:
        """Return the next hint; after the last one, the last again and the way to the solution."""
        hints = self._exercise.hints
        place = min(self._shown, len(hints) - 1)
        self._shown += 1
        record(self._lesson, self.key, hints=1)
        text = f"**{place + 1}/{len(hints)}** {self._say(hints[place])}"
        if place == len(hints) - 1:
            text += "\n\n" + say("That was the last hint. The solution: {call}", call=f"`ex.{self.key}.solution()`")
        return Note(text)

    def solution(self) -> Note:
        """Return the worked solution; looking at it is no shame, and progress remembers it."""
        record(self._lesson, self.key, solution=1)
        return Note(f"{say('One way to do it:')}\n\n{self._worked()}")

    def _way_on(self) -> str:
        return say("A hint: {call}", call=f"`ex.{self.key}.hint()`")

    def _repr_markdown_(self) -> str:
        return f"**{self.asks}** {self._way_on()}"

    def __repr__(self) -> str:
        return f"{self.asks} {self._way_on()}"


@cache
def _another() -> Dataset:
    return ipe("tiny", OTHER_SEED)
