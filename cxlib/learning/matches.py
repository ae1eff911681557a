"""The shape of an answer that gives each of a few things one of a few words."""

from collections.abc import Mapping
from dataclasses import dataclass

from cxlib.language import say
from cxlib.learning.outcome import code, in_marks
from cxlib.learning.shapes import Lookup, NotAttempted, Shops, Unreadable


@dataclass(frozen=True)
class Matches:
    """For each of `names` one of `options`: a dictionary, or the words alone, in the order of the names.

    >>> Matches(("a", "b"), ("V1", "V2")).read("v2 V1", ())
    {'a': 'V2', 'b': 'V1'}
    """

    names: tuple[str, ...]
    options: tuple[str, ...]

    def read(self, answer: object, shops: Shops) -> dict[str, str]:
        """Return the option of each name, whatever its case."""
        given = self._given(answer)
        if any(word is ... for word in given.values()):
            raise NotAttempted
        known = {option.lower(): option for option in self.options}
        found = {}
        for name in self.names:
            word = given[name]
            key = word.strip().lower() if isinstance(word, str) else ""
            if key not in known:
                listed = ", ".join(f'`"{option}"`' for option in self.options)
                raise Unreadable(
                    say("{found} is not among the choices: {choices}.", found=code(word), choices=listed)
                )
            found[name] = known[key]
        return found

    def _given(self, answer: object) -> dict[str, object]:
        """Return what was handed in by name."""
        if answer is ...:
            raise NotAttempted
        if isinstance(answer, Mapping) and set(answer) == set(self.names):
            return dict(answer)
        words = answer.replace(",", " ").split() if isinstance(answer, str) else answer
        if isinstance(words, (list, tuple)) and len(words) == len(self.names):
            return dict(zip(self.names, words, strict=True))
        form = in_marks("{" + ", ".join(f'"{name}": "..."' for name in self.names) + "}", most=200)
        raise Unreadable(
            say("{found} does not give one for each of: {names}. Write {form}.",
                found=code(answer), names=", ".join(self.names), form=form)
        )  # fmt: skip

    def same(self, one: dict[str, str], other: dict[str, str]) -> bool:
        """Return whether both give the same everywhere."""
        return one == other

    def finding(self, given: dict[str, str], right: dict[str, str], lookup: Lookup = str) -> str:
        """Return how many are right, without saying which."""
        n = sum(given[name] == right[name] for name in self.names)
        return say("{n} of {all} are right.", n=n, all=len(self.names))
