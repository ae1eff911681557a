"""The shape of a one-page recommendation: a text that carries the numbers a decision needs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cxlib.language import say
from cxlib.learning.outcome import Note, code
from cxlib.learning.shapes import TOLERANCE, Lookup, NotAttempted, Shops, Unreadable
from cxlib.tables.dataset import Dataset

NUMBER = re.compile(r"(?:(?<!\d)[-−])?\d+(?:[.,]\d+)*")  # the dash of 8-31 is no minus
NUMBER_AND_SIGN = re.compile(rf"({NUMBER.pattern})(\s*%)?")
FEWEST_WORDS = 15


@dataclass(frozen=True)
class Reading:
    """A memo as it was read: the numbers it lacks by name, and whether one of the others is called a percentage."""

    lacks: tuple[str, ...]
    percent: bool


@dataclass(frozen=True)
class Memo:
    """A text in any language that must hold every number of `numbers`, written `20.5` or `20,5`."""

    numbers: Callable[[Dataset], Mapping[str, float]]

    def read(self, answer: object, shops: Shops) -> Reading:
        """Return the memo with the names of the numbers it lacks."""
        if isinstance(answer, Note):
            answer = answer.text
        if answer is ... or (isinstance(answer, str) and not answer.strip(" .…\t\r\n")):
            raise NotAttempted
        if not isinstance(answer, str):
            raise Unreadable(say("{found} is not a text. Write it between quotes.", found=code(answer)))
        if len(answer.split()) < FEWEST_WORDS:
            raise Unreadable(say("A recommendation in a few words cannot be read. Write a few sentences."))
        wanted = self.numbers(shops[0])
        signed = [(reading, sign) for found, sign in NUMBER_AND_SIGN.findall(answer) for reading in readings(found)]
        written, called_percent = [one for one, _ in signed], [one for one, sign in signed if sign]
        return Reading(
            lacks=tuple(name for name, value in wanted.items() if not _among(value, written)),
            percent=any(_among(value, called_percent) for value in wanted.values()),
        )

    def same(self, one: Reading, other: Reading) -> bool:
        """Return whether nothing is lacking: two good memos need not be the same text."""
        return not one.lacks and not one.percent

    def finding(self, given: Reading, right: Reading, lookup: Lookup = str) -> str:
        """Return how many of the numbers are not there."""
        if not given.lacks:
            return say("One of its numbers is called a percentage, and is none.")
        return say("{n} of the numbers it needs are not in the text yet.", n=len(given.lacks))


def _among(value: float, written: list[float]) -> bool:
    # "A fall of 3.8" is −3.8.
    said = (value, -value) if value < 0 else (value,)
    return any(abs(way - one) <= TOLERANCE["points"] for way in said for one in written)


def readings(found: str) -> list[float]:
    """Return the numbers a written number may be: `1,759` is one thousand or one and a bit.

    >>> readings("1,759"), readings("−20,5")
    ([1.759, 1759.0], [-20.5])
    """
    text = found.replace("−", "-")
    sign, digits = (-1.0 if text.startswith("-") else 1.0), text.lstrip("-")
    parts = re.split("[.,]", digits)
    options = [float("".join(parts[:-1]) + "." + parts[-1])] if len(parts) > 1 else []
    if all(len(part) == 3 for part in parts[1:]):
        options.append(float("".join(parts)))
    return [sign * option for option in options]
