"""The lines of a proposed mapping: decided ones with their reason, and questions with a line for each answer."""

import json
import re
from dataclasses import dataclass

from cxlib.errors import InputError
from cxlib.language import say

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A line of the mapping that is decided, and why. `headings` are the columns of the file it uses."""

    key: str
    lines: tuple[str, ...]
    why: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer to a question: the lines it puts into the mapping (none: nothing is mapped), what speaks for it."""

    lines: tuple[str, ...]
    means: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """What only the owner of the data knows; `needed` ones keep the import from running."""

    key: str
    asks: str
    choices: tuple[Choice, ...]
    needed: bool

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns of the file that one of the answers would use."""
        return tuple(dict.fromkeys(heading for choice in self.choices for heading in choice.headings))

    def answered(self, answer: int | str) -> Decision:
        """Return the decision an answer makes: the number of a choice, or a line of the mapping of one's own."""
        if isinstance(answer, str) and "=" in answer:
            return Decision(key=self.key, lines=tuple(answer.splitlines()), why=say("your answer"))
        if isinstance(answer, bool) or not isinstance(answer, int) or not 1 <= answer <= len(self.choices):
            raise InputError(
                say(
                    "{answer} does not answer {key}: give a number from 1 to {n}, or a line of the mapping.",
                    answer=repr(answer),
                    key=self.key,
                    n=len(self.choices),
                )
            )
        chosen = self.choices[answer - 1]
        why = say("your answer: {means}", means=chosen.means) if chosen.means else say("your answer")
        return Decision(key=self.key, lines=chosen.lines, why=why, headings=chosen.headings)


Entry = Decision | Question


def answer_all(entries: list[Entry], answers: dict[str, int | str]) -> list[Entry]:
    """Return the entries with questions answered; an answer to no question raises `InputError`."""
    questions = {entry.key: entry for entry in entries if isinstance(entry, Question)}
    for key in answers:
        if key not in questions:
            raise InputError(
                say(
                    "There is no question {key}. Open questions: {names}.",
                    key=repr(key),
                    names=", ".join(questions) or "-",
                )
            )
    return [
        entry.answered(answers[entry.key]) if isinstance(entry, Question) and entry.key in answers else entry
        for entry in entries
    ]


def assign(key: str, heading: str, **options: object) -> str:
    """Return a line of the mapping.

    >>> assign("score", "Nota"), assign("score", "Nota", decimal=",")
    ('score = "Nota"', 'score = { column = "Nota", decimal = "," }')
    """
    if not options:
        return f"{key} = {text(heading)}"
    inside = ", ".join(
        [f"column = {text(heading)}", *(f"{name} = {_toml(value)}" for name, value in options.items())]
    )
    return f"{key} = {{ {inside} }}"


def constant(key: str, value: object) -> str:
    """Return a line that gives one value to all rows.

    >>> constant("type", "csat")
    'type = { value = "csat" }'
    """
    return f"{key} = {{ value = {_toml(value)} }}"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{text(key)} = {_toml(word)}" for key, word in value.items()) + " }"
    return text(value) if isinstance(value, str) else f"{value:g}"


def text(value: str) -> str:
    """Return a TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def comment(words: str) -> str:
    """Return words as they may stand behind a # of a TOML file."""
    return _CONTROL.sub(" ", words)
