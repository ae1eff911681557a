"""The shape of an answer that puts a few things in their places: stories on stages, rules on drafts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxlib.language import say
from cxlib.learning.outcome import code, in_marks
from cxlib.learning.shapes import Lookup, NotAttempted, Shops, Unreadable

Places = tuple[str, ...]  # one for each part of an answer: a stage, or a stage and a feeling


@dataclass(frozen=True, kw_only=True)
class Placing:
    """A dictionary that gives each of `things` a place, or a tuple of places where there are several `parts`.

    `parts` are the choices of each part, in order. `also` are the places that are as good as the right one: whoever
    reads a story otherwise, and can say why, is not wrong.
    """

    things: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    also: Mapping[str, tuple[Places, ...]] = field(default_factory=dict, hash=False)

    def read(self, answer: object, shops: Shops) -> dict[str, Places]:
        """Return the places of each thing; what is missing, unknown or no dictionary is `Unreadable`."""
        if answer is ... or (isinstance(answer, Mapping) and any(one is ... for one in answer.values())):
            raise NotAttempted
        if not isinstance(answer, Mapping):
            form = in_marks(f'{{"{self.things[0]}": {self._form()}, ...}}')
            raise Unreadable(
                say("{found} is not a dictionary. It should begin like this: {form}.", found=code(answer), form=form)
            )
        lacks = [thing for thing in self.things if thing not in answer]
        if lacks:
            raise Unreadable(say("These have no place yet: {things}.", things=", ".join(map(code, lacks))))
        return {thing: self._places(answer[thing]) for thing in self.things}

    def _form(self) -> str:
        first = [f'"{choices[0]}"' for choices in self.parts]
        return first[0] if len(first) == 1 else f"({', '.join(first)})"

    def _places(self, given: Any) -> Places:
        told = (given,) if isinstance(given, str) else given
        if not isinstance(told, (tuple, list)) or len(told) != len(self.parts):
            raise Unreadable(
                say("{found} is no place. It should look like this: {form}.", found=code(given),
                    form=in_marks(self._form()))
            )  # fmt: skip
        return tuple(self._among(one, choices) for one, choices in zip(told, self.parts, strict=True))

    def _among(self, given: Any, choices: tuple[str, ...]) -> str:
        known = {choice.lower(): choice for choice in choices}
        word = given.strip().lower() if isinstance(given, str) else ""
        if word not in known:
            listed = ", ".join(in_marks(f'"{choice}"') for choice in choices)
            raise Unreadable(say("{found} is not among the choices: {choices}.", found=code(given), choices=listed))
        return known[word]

    def same(self, one: dict[str, Places], other: dict[str, Places]) -> bool:
        """Return whether each thing stands where it stands in the other answer, or in a place as good."""
        return not self._apart(one, other)

    def _apart(self, given: dict[str, Places], right: dict[str, Places]) -> list[str]:
        return [thing for thing in self.things
                if given[thing] != right[thing] and given[thing] not in self.also.get(thing, ())]  # fmt: skip

    def finding(self, given: dict[str, Places], right: dict[str, Places], lookup: Lookup = str) -> str:
        """Return which one to look at again, never where it belongs."""
        apart = self._apart(given, right)
        return say("{n} of {all} stand where we would put them. Look at {thing} once more.",
                   n=len(self.things) - len(apart), all=len(self.things), thing=code(apart[0]))  # fmt: skip
