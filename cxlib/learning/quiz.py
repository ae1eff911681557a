"""Concept questions: a few options, each with its own feedback, in plain text."""

import os
import tomllib
from dataclasses import dataclass

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.learning.lesson import LESSONS, lesson_keys, lookup
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, NOT_YET, PASSED, TROUBLE, Outcome, code
from cxlib.learning.progress import record

LETTERS = "abcdef"


def quiz(lesson: str) -> "Quiz":
    """Return the quiz of a lesson: "did I understand the idea, not only the code?"

    `quiz("nps_csat_ces").check(measures="b")` gives feedback to the letters chosen, and shows the questions
    still open. Raises `InputError` for an unknown lesson.

    >>> quiz("nps_csat_ces").check().outcomes["measures"].status
    'not_attempted'
    """
    path = LESSONS / lesson / "quiz.toml" if lesson in lesson_keys() else None
    if path is None or not path.exists():
        raise InputError(
            say("There is no lesson {found}. There are: {names}.", found=code(lesson), names=", ".join(lesson_keys()))
        )
    return Quiz(lesson, tomllib.loads(path.read_text(encoding="utf-8"))["question"])


@dataclass(frozen=True)
class Option:
    """One option of a question: its text, what is said to whoever chooses it, whether it is right."""

    text: str
    feedback: str
    right: bool = False


class Quiz:
    """The questions of one lesson, by key."""

    def __init__(self, lesson: str, entries: list[dict]) -> None:
        self.questions = {entry["key"]: Question(lesson, **entry) for entry in entries}

    def check(self, **answers: object) -> "Answered":
        """Return the feedback to each letter; a question without one is shown again. Raises `InputError`."""
        for name in answers:
            if name not in self.questions:
                raise InputError(
                    say("This quiz has no question {found}; it has: {names}.",
                        found=code(name), names=", ".join(self.questions))
                )  # fmt: skip
        return Answered({key: one.check(answers.get(key, ...)) for key, one in self.questions.items()})

    def __repr__(self) -> str:
        return "\n\n".join(question.text for question in self.questions.values())

    _repr_markdown_ = __repr__


@dataclass(frozen=True)
class Answered:
    """The outcomes of a quiz by question, one under the other."""

    outcomes: dict[str, Outcome]

    def _repr_markdown_(self) -> str:
        return "\n\n---\n\n".join(outcome._repr_markdown_() for outcome in self.outcomes.values())

    def __repr__(self) -> str:
        return "\n\n".join(repr(outcome) for outcome in self.outcomes.values())


class Question:
    """One question with lettered options."""

    def __init__(self, lesson: str, key: str, asks: str, option: list[dict]) -> None:
        self.lesson, self.key, self.asks = lesson, key, asks
        self.options = [Option(**one) for one in option]

    @property
    def text(self) -> str:
        """The question and its options, in the reader's language."""
        translate = lookup(self.lesson)
        options = [
            f"- **{letter})** {translate(one.text)}" for letter, one in zip(LETTERS, self.options, strict=False)
        ]
        return f"**{translate(self.asks)}**\n\n" + "\n".join(options)

    @property
    def texts(self) -> dict[str, str]:
        """Every text of the question by its place: what a translator sees."""
        parts = {"asks": self.asks}
        for letter, one in zip(LETTERS, self.options, strict=False):
            parts |= {f"{letter}/text": one.text, f"{letter}/feedback": one.feedback}
        return parts

    def check(self, answer: object = ...) -> Outcome:
        """Return the feedback to a letter; without one, the question."""
        try:
            outcome = self._judged(answer)
        except TROUBLE as trouble:
            words = say("The answer cannot be read: {trouble}.", trouble=code(trouble))
            outcome = Outcome(CANNOT_CHECK, words, self.text)
        if outcome.status in (PASSED, NOT_YET):
            record(self.lesson, f"quiz.{self.key}", tries=1, **({"passed": 1} if outcome.status == PASSED else {}))
        if os.environ.get("CX_STRICT") == "1" and outcome.status != PASSED:
            raise AssertionError(f"{self.lesson}.quiz.{self.key}: {outcome}")
        return outcome

    def _judged(self, answer: object) -> Outcome:
        letters = LETTERS[: len(self.options)]
        given = answer.strip().strip(")").lower() if isinstance(answer, str) else answer
        if answer is ...:
            dots, form = "`...`", f'`{self.key} = "a"`'
            way = say("Put the letter of your answer in place of {dots}: {form}", dots=dots, form=form)
            return Outcome(NOT_ATTEMPTED, way, self.text)
        if not isinstance(given, str) or given not in list(letters):
            listed = ", ".join(f'`"{letter}"`' for letter in letters)
            trouble = say("{found} is not among the choices: {choices}.", found=code(answer), choices=listed)
            return Outcome(CANNOT_CHECK, trouble, self.text)
        chosen = self.options[letters.index(given)]
        return Outcome(PASSED if chosen.right else NOT_YET, lookup(self.lesson)(chosen.feedback), self.text)
