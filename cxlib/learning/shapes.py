"""The shapes an answer can have: how it is read, when two answers are the same, what can be said of a near miss.

A shape has three methods. `read(answer, shops)` turns what a learner handed in into something that can
be compared, or raises `Unreadable` with a sentence. `same(one, other)` compares two of those.
`finding(given, right, lookup)` returns a sentence about a miss that is not one of the exercise's own mistakes,
or an empty text. No sentence ever tells the expected value.
"""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

from cxlib.language import say
from cxlib.learning.outcome import TROUBLE, code, in_marks
from cxlib.tables.dataset import Dataset

Shops = tuple[Dataset, ...]
Lookup = Callable[[str], str]  # from the English of a lesson to the language in use
Results = list[tuple[str, "float | str"]]  # of each case its name and the number that came out, or what went wrong
# How far two numbers of a unit may be apart and still be the same: rounding to one decimal is free.
TOLERANCE = {"points": 0.051, "share": 0.00051, "score": 0.0051, "answers": 0.0, "days": 0.0051, "amount": 0.051}


class Unreadable(Exception):
    """What was handed in cannot be compared; the text says why and what is expected."""


class NotAttempted(Exception):
    """The dots are still there."""


@dataclass(frozen=True)
class Number:
    """One number: in `points` (-100 to 100), as a `share` (0 to 1), a mean `score`, a count of `answers`, in `days`,
    or an `amount` of anything else (minutes, cases).
    """

    unit: str = "points"

    def read(self, answer: object, shops: Shops) -> float:
        """Return the number; a result frame of one row stands for its value."""
        if isinstance(answer, pd.DataFrame) and len(answer) == 1 and "value" in answer.columns:
            answer = answer["value"].iloc[0]
        if isinstance(answer, (pd.Series, np.ndarray)) and answer.size == 1:
            (answer,) = np.ravel(answer)
        if isinstance(answer, (pd.Series, np.ndarray)) and answer.dtype == bool:
            raise Unreadable(
                say(
                    "That is a mask, one True or False for each row, not a number: `.sum()` counts how many are True."
                )
            )
        if _has_dots(answer):
            raise NotAttempted
        if isinstance(answer, tuple) and len(answer) == 2 and all(map(_is_whole, answer)) and answer[1] >= 0:
            raise Unreadable(self._with_a_comma(*answer))
        if not isinstance(answer, (Real, Decimal)) or isinstance(answer, bool):
            raise Unreadable(say("{found} ({kind}) is not a number.", found=code(answer), kind=code_of_type(answer)))
        if not math.isfinite(answer):
            raise Unreadable(
                say(
                    "{found} came out: perhaps a filter found no row, or there are missing answers or a division "
                    "by zero.",
                    found=code(answer),
                )
            )
        return float(answer)

    def _with_a_comma(self, whole: int, part: int) -> str:
        found = code((whole, part))
        if self.unit == "answers" and part < 1000:
            better = in_marks(f"{whole}{part:03}")
            return say("{found} is two numbers. In Python thousands have no mark: write {better}.",
                       found=found, better=better)  # fmt: skip
        better = in_marks(f"{whole}.{part}")
        return say("{found} is two numbers. In Python the decimal mark is a point: write {better}.",
                   found=found, better=better)  # fmt: skip

    def same(self, one: float, other: float) -> bool:
        """Return whether two numbers differ by no more than rounding."""
        return abs(one - other) <= TOLERANCE[self.unit] + 1e-9

    def finding(self, given: float, right: float, lookup: Lookup = str) -> str:
        """Return what can be said of a wrong number by its size alone."""
        if self.unit == "share" and self.same(given / 100, right):
            return say("That is the right percentage, but the answer is asked as a share from 0 to 1: divide by 100.")
        if self.unit == "points" and self.same(given * 100, right):
            return say("That is a difference of shares. The answer is asked in points: multiply by 100.")
        if self.unit == "answers" and abs(given - right) < 1:
            return say("Very near, but answers come whole: nobody can be asked in part.")
        if abs(given - right) <= 10 * TOLERANCE[self.unit]:
            return say("Very near. Round only at the end, and keep one decimal more.")
        if self.unit == "points" and abs(given) > 100:
            return say(
                "{given} cannot be: this score lies between −100 and 100. Are brackets missing?", given=code(given)
            )
        if self.unit == "share" and not 0 <= given <= 1:
            return say("{given} cannot be: a share lies between 0 and 1.", given=code(given))
        return ""


@dataclass(frozen=True)
class Interval:
    """Two numbers, the lower end first."""

    unit: str = "points"

    def read(self, answer: object, shops: Shops) -> tuple[float, float]:
        """Return the ends; a result frame of one row stands for its `low` and `high`."""
        if _has_dots(answer):
            raise NotAttempted
        if isinstance(answer, pd.DataFrame) and len(answer) == 1 and {"low", "high"} <= set(answer.columns):
            answer = answer[["low", "high"]].iloc[0].tolist()
        if isinstance(answer, (pd.Series, np.ndarray)) and answer.size == 2:
            answer = list(np.ravel(answer))
        if isinstance(answer, (tuple, list)) and len(answer) == 4 and all(_is_whole(part) for part in answer):
            raise Unreadable(
                say("{found} is four numbers. In Python the decimal mark is a point.", found=code(answer))
            )
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise Unreadable(
                say("{found} is not an interval. Give both ends, the lower first: {form}.",
                    found=code(answer), form="`(low, high)`")
            )  # fmt: skip
        one = Number(self.unit)
        return one.read(answer[0], shops), one.read(answer[1], shops)

    def same(self, one: tuple[float, float], other: tuple[float, float]) -> bool:
        """Return whether both ends are the same number."""
        number = Number(self.unit)
        return number.same(one[0], other[0]) and number.same(one[1], other[1])

    def finding(self, given: tuple[float, float], right: tuple[float, float], lookup: Lookup = str) -> str:
        """Return what can be said of a wrong pair by its form."""
        if self.same(given[::-1], right):
            return say("The ends are right but swapped: the lower one comes first.")
        if self.same((given[0] - given[1], given[0] + given[1]), right):
            return say("That is the value and its margin. Give the two ends: value − margin, value + margin.")
        if given[0] > given[1]:
            return say("The lower end comes first.")
        if self.same((given[0] / 100, given[1] / 100), right) or self.same((given[0] * 100, given[1] * 100), right):
            return say("The ends are right but in another unit: look at what is asked, points or shares.")
        if all(abs(mine - other) <= 10 * TOLERANCE[self.unit] for mine, other in zip(given, right, strict=True)):
            return say("Very near. Round only at the end, and keep one decimal more.")
        single = Number(self.unit)
        if single.same(given[0], right[0]):
            return say("The lower end is right, the upper one is not.")
        if single.same(given[1], right[1]):
            return say("The upper end is right, the lower one is not.")
        return ""


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, answer: object, shops: Shops) -> str:
        """Return the option that was chosen, whatever its case."""
        if _has_dots(answer):
            raise NotAttempted
        word = answer.strip().lower() if isinstance(answer, str) else None
        if word not in self.options:
            listed = ", ".join(f'`"{option}"`' for option in self.options)
            raise Unreadable(say("{found} is not among the choices: {choices}.", found=code(answer), choices=listed))
        return str(word)

    def same(self, one: str, other: str) -> bool:
        """Return whether two choices are the same."""
        return one == other

    def finding(self, given: str, right: str, lookup: Lookup = str) -> str:
        """Return nothing: each wrong choice has a sentence of its own."""
        return ""


@dataclass(frozen=True)
class Function:
    """A function of the learner's, tried on the `cases` of the dataset in use and of another one.

    A case has a name in words, and makes the argument from a dataset; what the function returns for it is read as
    a `Number` of `unit`. `check` is how it is handed in, shown to whoever calls it instead.
    """

    cases: Mapping[str, Callable[[Dataset], Any]] = field(hash=False)
    unit: str = "points"
    check: str = ".check(my_function)"

    def read(self, answer: object, shops: Shops) -> Results:
        """Return for each case its name and the number that came out, or what went wrong."""
        if _has_dots(answer):
            raise NotAttempted
        if not callable(answer):
            raise Unreadable(
                say("{found} is not a function. Give its name without brackets: {form}.",
                    found=code(answer), form=f"`{self.check}`")
            )  # fmt: skip
        return [(name, self._call(answer, make(shop), shops)) for shop in shops for name, make in self.cases.items()]

    def _call(self, function: Callable, argument: Any, shops: Shops) -> "float | str":
        try:
            result = function(copy.deepcopy(argument))
            if result is None and _is_empty(function):
                raise NotAttempted
            return say("`None`: is there a `return`?") if result is None else Number(self.unit).read(result, shops)
        except NotAttempted:
            raise
        except Unreadable as trouble:
            return str(trouble)
        except TROUBLE as trouble:
            return code(trouble)

    def same(self, one: Results, other: Results) -> bool:
        """Return whether both give the same number in every case."""
        return all(self._agree(a, b) for (_, a), (_, b) in zip(one, other, strict=True))

    def _agree(self, one: "float | str", other: "float | str") -> bool:
        if isinstance(one, str) or isinstance(other, str):
            return False
        return Number(self.unit).same(one, other)

    def finding(self, given: Results, right: Results, lookup: Lookup = str) -> str:
        """Return the first case that fails, in words, or that the result is the same whatever goes in."""
        numbers = {result for _, result in given if not isinstance(result, str)}
        if len(numbers) == 1 and len(given) > 1 and not any(isinstance(result, str) for _, result in given):
            return say("Your function gives the same number whatever goes in. Does it use its argument?")
        if self.unit == "points" and self.same([(name, _times_hundred(result)) for name, result in given], right):
            return say("That is a difference of shares. The answer is asked in points: multiply by 100.")
        pairs = zip(given, right, strict=True)
        name, result = next(mine for mine, other in pairs if not self._agree(mine[1], other[1]))
        if isinstance(result, str):
            return say("Case “{name}”: {result}", name=lookup(name), result=result)
        shown = code(round(result, 3))
        return say("Case “{name}”: {result} does not fit these data.", name=lookup(name), result=shown)


def _times_hundred(result: "float | str") -> "float | str":
    return result if isinstance(result, str) else 100 * result


def _has_dots(answer: object) -> bool:
    return answer is ... or (isinstance(answer, (tuple, list)) and any(part is ... for part in answer))


def _is_empty(function: Callable) -> bool:
    """Return whether the body is nothing but dots: it compiles to no more than a function that does nothing."""
    body = getattr(function, "__code__", None)
    return isinstance(body, CodeType) and len(body.co_code) <= len((lambda: None).__code__.co_code)


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def code_of_type(value: object) -> str:
    """Return the kind of a value in code marks."""
    return in_marks(type(value).__name__)
