"""The shape of a one-page recommendation: a text that carries the numbers a decision needs."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cxlib.language import say
from cxlib.learning.outcome import Note, code
from cxlib.learning.shapes import TOLERANCE, Lookup, NotAttempted, Shops, Unreadable
from cxlib.tables.dataset import Dataset

NUMBER = re.compile(r"(?:(?<!\d)[-−–])?\d+(?:[.,]\d+)*")  # the dash of 8-31 is no minus
NUMBER_AND_SIGN = re.compile(rf"({NUMBER.pattern})(\s*%)?")
FEWEST_WORDS = 15

# What may stand before a number and turn it below zero, in either language: "minus 3.8", "a fall of up to 3.8". Not
# "mais ou menos" (about), "pelo menos" (at least), "plus or minus".
_MINUS = r"(?<!\bor )minus|(?<!\bou )(?<!\bpara )(?<!\bpelo )(?<!\bao )menos|negativ[eo]s?|−"
_FALL = (
    r"fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|los(?:s|e|es|t|ing)|down|"
    r"quedas?|cai|caiu|cair|caia|caíd[oa]|caindo|recuo|recuar|recuou|recuado|diminui(?:ção|r|u|do)|"
    r"perd(?:a|er|eu|ido)|redu(?:ção|zir|ziu|zido)|baix(?:ar|ou|ado)|desc(?:ida|er|eu|ido)"
)
_LINK = (
    r"of|by|as much as|up to|at most|about|around|roughly|nearly|almost|perhaps|maybe|possibly|a|some|"
    r"de|em|até|uns|cerca|no máximo|aproximadamente|quase|talvez"
)
BELOW_ZERO = re.compile(rf"(?:(?<!\w)(?:{_MINUS})|\b(?:{_FALL})(?: (?:{_LINK}))*) [*_(]*$", re.IGNORECASE)
_LOOK_BACK = 80  # characters


@dataclass(frozen=True)
class Reading:
    """A memo as it was read.

    `lacks` names the numbers that are not there; of these, `unsigned` those that are there but for their minus, and
    `rounded` those near which a whole number stands. `percent` says whether one is called a percentage.
    """

    lacks: tuple[str, ...]
    percent: bool
    unsigned: tuple[str, ...] = ()
    rounded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Memo:
    """A text in any language that must hold every number of `numbers`, written `20.5` or `20,5`.

    Only those of `percentages` may be called one.
    """

    numbers: Callable[[Dataset], Mapping[str, float]]
    percentages: tuple[str, ...] = ()

    def read(self, answer: object, shops: Shops) -> Reading:
        """Return the memo with the names of the numbers it lacks."""
        if isinstance(answer, Note):
            answer = answer.text
        if answer is ... or (isinstance(answer, str) and not answer.strip(" .…\t\r\n")):
            raise NotAttempted
        if not isinstance(answer, str):
            raise Unreadable(say("{found} is not a text. Write it between quotes.", found=code(answer)))
        if len(answer.split()) < FEWEST_WORDS:
            raise Unreadable(say("This is too short for a recommendation. Write a few sentences."))
        wanted = self.numbers(shops[0])
        signed = list(_written(answer))
        written = [one for one, _ in signed]
        lacks = {name: value for name, value in wanted.items() if not _among(value, written)}
        return Reading(
            lacks=tuple(lacks),
            percent=any(
                _among(value, [one for one, sign in signed if sign])
                for name, value in wanted.items()
                if name not in self.percentages
            ),
            unsigned=tuple(name for name, value in lacks.items() if value < 0 and _among(-value, written)),
            rounded=tuple(name for name, value in lacks.items() if _rounded(value, written)),
        )

    def same(self, one: Reading, other: Reading) -> bool:
        """Return whether nothing is lacking: two good memos need not be the same text."""
        return not one.lacks and not one.percent

    def finding(self, given: Reading, right: Reading, lookup: Lookup = str) -> str:
        """Return how many of the numbers are not there."""
        if not given.lacks:
            return say("One of its numbers is called a percentage, and is none.")
        return say("{n} of the numbers it needs are not in the text yet.", n=len(given.lacks))


def _written(text: str) -> Iterator[tuple[float, str]]:
    """Yield every number a text may mean, each with the percent sign after it, if there is one."""
    for match in NUMBER_AND_SIGN.finditer(text):
        before = re.sub(r"\s+", " ", text[max(0, match.start() - _LOOK_BACK) : match.start()])
        for number in readings(match[1]):
            yield number, match[2]
            if BELOW_ZERO.search(before):
                yield -abs(number), match[2]


def _among(value: float, written: list[float]) -> bool:
    return any(abs(value - one) <= TOLERANCE["points"] for one in written)


def _rounded(value: float, written: list[float]) -> bool:
    return any(one.is_integer() and abs(abs(one) - abs(value)) < 1 for one in written)


def readings(found: str) -> list[float]:
    """Return the numbers a written number may be: `1,759` is one thousand or one and a bit.

    >>> readings("1,759"), readings("−20,5")
    ([1.759, 1759.0], [-20.5])
    """
    digits = found.lstrip("-−–")
    sign = 1.0 if digits == found else -1.0
    parts = re.split("[.,]", digits)
    options = [float("".join(parts[:-1]) + "." + parts[-1])] if len(parts) > 1 else []
    if all(len(part) == 3 for part in parts[1:]):
        options.append(float("".join(parts)))
    return [sign * option for option in options]
