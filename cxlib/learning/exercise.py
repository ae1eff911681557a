"""What an exercise is, and how an answer to it is judged.

An exercise says how the right answer is computed from the dataset in use, and how the classic wrong
ones are: each mistake is made on purpose, in code, and bound to the sentence that names it. Whatever a
learner hands in is compared with all of them, so the feedback can say which mistake it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cxlib.language import say
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, NOT_YET, PASSED, TROUBLE, Outcome, code
from cxlib.learning.shapes import Lookup, NotAttempted, Shops, Unreadable
from cxlib.tables.dataset import Dataset


class Shape(Protocol):
    """How answers are read and compared; see `cxlib.learning.shapes`."""

    def read(self, answer: object, shops: Shops) -> Any:
        """Return the answer as it is compared; raises `Unreadable`."""

    def same(self, one: Any, other: Any) -> bool:
        """Return whether two answers are the same."""

    def finding(self, given: Any, right: Any, lookup: Lookup = str) -> str:
        """Return what can be said of a miss nobody foresaw, or an empty text."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A classic mistake: `answer` makes it on a dataset, `says` names it to whoever made it.

    It is recognised by being the same as the learner's answer, or by `when`, given the answer as read.
    """

    name: str
    answer: Callable[[Dataset], object]
    says: str
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise: what it asks, its right answer, its mistakes, its hints.

    `given` is true when all its numbers stand in the question, so that the right answer is the same on
    every dataset. `passed` says what the right answer means, after the word "Passed." or, where a check sees only
    part of what was asked, after `seen`. `example` names a text of the lesson to show with the solution. Texts are
    English; the lesson's catalogue has their Portuguese.
    """

    key: str
    asks: str
    shape: Shape
    right: Callable[[Dataset], object]
    wrong: Sequence[Wrong]
    hints: Sequence[str]
    passed: str
    seen: str = ""
    given: bool = False
    example: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """Every text of the exercise by its place: what a translator sees."""
        hints = {f"hint/{number}": text for number, text in enumerate(self.hints, start=1)}
        wrong = {f"wrong/{one.name}": one.says for one in self.wrong}
        cases = {f"case/{number}": name for number, name in enumerate(getattr(self.shape, "cases", ()), start=1)}
        seen = {"seen": self.seen} if self.seen else {}
        return {"asks": self.asks, **hints, **wrong, **cases, **seen, "passed": self.passed}


def judge(exercise: Exercise, answer: object, shops: Shops, lookup: Lookup = str) -> Outcome:
    """Return the outcome of an answer. Never raises, whatever is handed in; `lookup` translates."""
    try:
        given = exercise.shape.read(answer, shops)
    except NotAttempted:
        return Outcome(
            NOT_ATTEMPTED, say("Put your answer in place of {dots}, then run the cell again.", dots="`...`")
        )
    except Unreadable as trouble:
        return Outcome(CANNOT_CHECK, str(trouble))
    except TROUBLE as trouble:
        return Outcome(CANNOT_CHECK, say("The answer cannot be read: {trouble}.", trouble=code(trouble)))
    right = exercise.shape.read(exercise.right(shops[0]), shops)
    if exercise.shape.same(given, right):
        return Outcome(PASSED, lookup(exercise.passed), word=lookup(exercise.seen))
    for wrong in exercise.wrong:
        if _made(wrong, exercise.shape, given, shops):
            return Outcome(NOT_YET, lookup(wrong.says))
    found = exercise.shape.finding(given, right, lookup)
    return Outcome(NOT_YET, found or say("This does not fit these data."))


def _made(wrong: Wrong, shape: Shape, given: Any, shops: Shops) -> bool:
    if wrong.when is not None:
        return wrong.when(given)
    return shape.same(given, shape.read(wrong.answer(shops[0]), shops))


def by_key(exercises: Sequence[Exercise]) -> Mapping[str, Exercise]:
    """Return exercises by their key, in their order."""
    return {exercise.key: exercise for exercise in exercises}
