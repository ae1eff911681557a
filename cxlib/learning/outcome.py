"""What a learner hears back: one of four outcomes, as an icon, a word and a sentence."""

from dataclasses import dataclass

from cxlib.language import mark, say

PASSED, NOT_YET, NOT_ATTEMPTED, CANNOT_CHECK = "passed", "not_yet", "not_attempted", "cannot_check"
# Signs that every font has; each stands beside its word.
WORDS = {
    PASSED: ("✔", mark("Passed.")),
    NOT_YET: ("✗", mark("Not yet.")),
    NOT_ATTEMPTED: ("○", mark("Not attempted.")),
    CANNOT_CHECK: ("?", mark("Cannot check.")),
}
TROUBLE = (Exception, SystemExit)  # all that may come out of a learner's code; an interrupt passes through


@dataclass(frozen=True)
class Outcome:
    """The outcome of a check: `status`, the `message` that explains it, and what to do `next`.

    `word` stands in place of the status's own where that would say too much. A notebook shows the outcome as
    Markdown; printed, it is the same words.
    """

    status: str
    message: str
    next: str = ""
    word: str = ""

    def _head(self) -> tuple[str, str]:
        icon, word = WORDS[self.status]
        return icon, self.word or say(word)

    def _repr_markdown_(self) -> str:
        icon, word = self._head()
        after = f"\n\n{self.next}" if self.next else ""
        return f"{icon} **{word}** {self.message}{after}"

    def __repr__(self) -> str:
        icon, word = self._head()
        return f"{icon} {word} {self.message}" + (f" {self.next}" if self.next else "")


@dataclass(frozen=True)
class Note:
    """A text shown as Markdown where that can be shown, as it is elsewhere."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def code(value: object) -> str:
    """Return what a learner handed in as it may be shown."""
    try:
        return in_marks(repr(value))
    except TROUBLE:  # a learner's object may fail to describe itself
        return in_marks(type(value).__name__)


def in_marks(text: str, *, most: int = 80) -> str:
    """Return a text as one line in code marks, cut when long, with nothing in it that would end them.

    >>> in_marks("a `b`\\n c")
    "`a 'b' c`"
    """
    line = " ".join(text.split()) or "?"
    line = line if len(line) <= most else line[: most - 1] + "…"
    return "`" + "".join(sign if sign.isprintable() else "?" for sign in line).replace("`", "'") + "`"
