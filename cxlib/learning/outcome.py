"""What a learner hears back: one of four outcomes, as an icon, a word and a sentence."""

from dataclasses import dataclass

from cxlib.language import mark, say

PASSED, NOT_YET, NOT_ATTEMPTED, CANNOT_CHECK = "passed", "not_yet", "not_attempted", "cannot_check"
WORDS = {
    PASSED: ("✅", mark("Passed.")),
    NOT_YET: ("🔶", mark("Not yet.")),
    NOT_ATTEMPTED: ("✏️", mark("Not attempted.")),
    CANNOT_CHECK: ("❔", mark("Cannot check.")),
}


@dataclass(frozen=True)
class Outcome:
    """The outcome of a check: `status`, the `message` that explains it, and what to do `next`.

    A notebook shows it as Markdown; printed, it is the same words.
    """

    status: str
    message: str
    next: str = ""

    def _repr_markdown_(self) -> str:
        icon, word = WORDS[self.status]
        after = f"\n\n{self.next}" if self.next else ""
        return f"{icon} **{say(word)}** {self.message}{after}"

    def __repr__(self) -> str:
        icon, word = WORDS[self.status]
        return f"{icon} {say(word)} {self.message}" + (f" {self.next}" if self.next else "")


@dataclass(frozen=True)
class Note:
    """A text shown as Markdown where that can be shown, as it is elsewhere."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def code(value: object, *, most: int = 80) -> str:
    """Return what a learner handed in as it may be shown: one line in code marks, cut when long."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a learner's object may fail to describe itself
        text = type(value).__name__
    text = text if len(text) <= most else text[: most - 1] + "…"
    return "`" + text.replace("`", "'") + "`"
