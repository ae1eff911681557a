"""A column that can be read in several ways: refused in words, with the readings there are as data."""

from collections.abc import Iterable
from dataclasses import dataclass

from cxlib.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read a column: what the mapping would say, and what an example would then be."""

    option: str
    value: str
    means: str = ""


class Doubt(InputError):
    """Text that only its owner can read: the sentence says so, `readings` are the choices."""

    def __init__(self, sentence: str, readings: Iterable[Reading]) -> None:
        super().__init__(sentence)
        self.readings = tuple(readings)
