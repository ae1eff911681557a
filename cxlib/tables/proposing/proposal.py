"""A proposed mapping: as text, as Markdown in a notebook, as a TOML file with its open questions."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxlib.errors import InputError
from cxlib.language import number, say
from cxlib.tables.mapping import OPEN
from cxlib.tables.proposing.lines import Decision, Entry, Question, answer_all, assign, comment, constant
from cxlib.tables.proposing.names import words
from cxlib.tables.proposing.profile import Profile
from cxlib.tables.schema import is_reserved, schema

IN_DATASET = ("source_zone",)
NEVER = ("score_issue",)  # made by the import


@dataclass(frozen=True, kw_only=True, repr=False)
class Proposal:
    """What each column of a file is taken for and why; what only its owner knows; what is left out.

    `print(proposal)` and a notebook show it; `proposal.answer({"type": 1})` answers questions by the number of the
    choice, or by a line of the mapping; `proposal.write("mapping.toml")` writes the mapping, open questions as
    comments in their place.
    """

    files: tuple[str, ...]
    table: str
    rows: int
    entries: tuple[Entry, ...]
    profiles: tuple[Profile, ...]
    synthetic: bool = False

    @property
    def decisions(self) -> list[Decision]:
        """What is decided."""
        return [entry for entry in self.entries if isinstance(entry, Decision)]

    @property
    def questions(self) -> list[Question]:
        """What is still asked."""
        return [entry for entry in self.entries if isinstance(entry, Question)]

    @property
    def left_out(self) -> list[Profile]:
        """Columns of the file that no line and no question names."""
        used = {heading for entry in self.entries for heading in entry.headings}
        return [profile for profile in self.profiles if profile.heading not in used]

    @property
    def lacking(self) -> list[str]:
        """Columns of the table that nothing in the file was found for; none of them is needed."""
        known = {entry.key for entry in self.entries}
        return [name for name in schema()[self.table].columns if name not in known and name not in NEVER]

    def answer(self, answers: Mapping[str, int | str]) -> "Proposal":
        """Return the proposal with questions answered: `{"type": 1}`, or `{"source_zone": 'source_zone = "UTC"'}`."""
        return replace(self, entries=tuple(answer_all(list(self.entries), dict(answers))))

    def settled(self) -> "Proposal":
        """Return the proposal when the import can run; raise `InputError` while a needed question is open."""
        needed = [question.key for question in self.questions if question.needed]
        if needed:
            raise InputError(
                say(
                    "These questions need an answer first: {names}. Answer by the number of a choice, "
                    "as in {example}.",
                    names=", ".join(needed),
                    example=f"{{{needed[0]!r}: 1}}",
                )
            )
        return self

    def write(self, path: str | Path) -> Path:
        """Write the mapping; a file that stands there already is somebody's work, so it is refused."""
        target = Path(path)
        if target.exists():
            raise InputError(say("{path} is there already. Give another name, or delete it first.", path=target))
        temporary = target.with_name(target.name + ".tmp")
        try:
            temporary.write_text(self.toml(), encoding="utf-8", newline="\n")
            os.replace(temporary, target)
        except OSError as trouble:
            raise InputError(
                say("{path} cannot be written: {trouble}", path=path, trouble=trouble.strerror)
            ) from None
        return target

    def toml(self) -> str:
        """Return the mapping as TOML: decided lines, open questions as comments that begin with `#?`."""
        lines = [f"# {comment(self._title())}", f"# {comment(self._counted())}", ""]
        dataset = ["synthetic = true", ""] if self.synthetic else []
        dataset += [line for entry in self.entries if entry.key in IN_DATASET for line in _toml_lines(entry)]
        lines += ["[dataset]", *dataset] if dataset else []
        lines += [f"[{self.table}]"]
        lines += [line for entry in self.entries if entry.key not in IN_DATASET for line in _toml_lines(entry)]
        return "\n".join([*lines, *self._rest()]).rstrip("\n") + "\n"

    def _rest(self) -> Iterator[str]:
        listed = schema()[self.table].columns
        for name in self.lacking:
            if listed[name].values:
                of_all = say("if it is the same for all rows; one of: {words}", words=", ".join(listed[name].values))
                yield f"# {constant(name, listed[name].values[0])}   # {of_all}"
        groups = [profile for profile in self.left_out if profile.is_group]
        if groups:
            yield ""
            yield f"[{self.table}.keep]"
            yield "# " + say("To group by one of these, take the # off:")
        for profile in groups:
            yield f"# {assign(_free(profile.heading, self.table), profile.heading)}   # {comment(profile.describe())}"
        others = [profile for profile in self.left_out if not profile.is_group]
        if others:
            yield ""
            yield "# " + say("Left out:")
        for profile in others:
            yield f"# - {comment(profile.heading)}: {comment(profile.describe())}"

    def __repr__(self) -> str:
        return "\n".join(self._text())

    def _text(self) -> Iterator[str]:
        yield self._title()
        yield self._counted()
        yield from self._part(say("Decided"), self.decisions, _decision_text)
        yield from self._part(say("Questions"), self.questions, _question_text)
        yield from self._part(say("Left out"), self.left_out, _profile_text)
        if self.lacking:
            yield "\n" + say("Not in this file: {columns}", columns=", ".join(self.lacking))

    @staticmethod
    def _part(heading: str, things: Sequence[Any], told: Callable[[Any], Iterator[str]]) -> Iterator[str]:
        if things:
            yield "\n" + heading
        for one in things:
            yield from (f"  {line}" for line in told(one))

    def _repr_markdown_(self) -> str:
        return "\n".join(self._markdown())

    def _markdown(self) -> Iterator[str]:
        yield f"**{_escaped(self._title())}**  \n{_escaped(self._counted())}"
        if self.decisions:
            yield from _table_head(say("Decided"), say("line of the mapping"), say("why"))
        for decision in self.decisions:
            shown = "<br>".join(map(_code, decision.lines)) or say("{key}: nothing", key=decision.key)
            yield f"| {shown} | {_escaped(decision.why)} |"
        if self.questions:
            yield f"\n**{say('Questions')}**"
        for question in self.questions:
            yield f"\n`{question.key}`{_needed(question)}: {_escaped(question.asks)}\n"
            for place, choice in enumerate(question.choices, start=1):
                shown = " ".join(map(_code, choice.lines)) or say("no line")
                yield f"{place}. {shown}: {_escaped(choice.means)}"
        if self.left_out:
            yield from _table_head(say("Left out"), say("column of the file"), say("what it looks like"))
        for profile in self.left_out:
            yield f"| {_code(profile.heading)} | {_escaped(profile.describe())} |"
        if self.lacking:
            yield "\n" + say("Not in this file: {columns}", columns=", ".join(map(_code, self.lacking)))

    def _title(self) -> str:
        names = ", ".join(self.files)
        return say("Proposed mapping of {files} to {table}", files=names, table=self.table)

    def _counted(self) -> str:
        needed = sum(question.needed for question in self.questions)
        counted = say(
            "Rows: {rows}. Lines decided: {decided}. Questions open: {asked}.",
            rows=number(self.rows, decimals=0),
            decided=len(self.decisions),
            asked=len(self.questions),
        )
        if needed:
            counted += " " + say("Needed before the import: {needed}.", needed=needed)
        return counted


def _decision_text(decision: Decision) -> Iterator[str]:
    yield from decision.lines or (say("{key}: nothing", key=decision.key),)
    yield f"    {decision.why}"


def _question_text(question: Question) -> Iterator[str]:
    yield f"{question.key}{_needed(question)}: {question.asks}"
    for place, choice in enumerate(question.choices, start=1):
        yield f"  {place}) " + "; ".join(choice.lines or (say("no line"),))
        yield f"       {choice.means}"


def _profile_text(profile: Profile) -> Iterator[str]:
    yield f"{_inline(profile.heading)}: {profile.describe()}"


def _table_head(title: str, one: str, other: str) -> Iterator[str]:
    yield f"\n**{title}**\n\n| {one} | {other} |\n|---|---|"


def _toml_lines(entry: Entry) -> Iterator[str]:
    if isinstance(entry, Decision):
        yield f"# {comment(entry.why)}"
        yield from entry.lines
        if not entry.lines:
            yield f"# {entry.key}"
    else:
        yield f"# {say('Question')}{_needed(entry)}: {comment(entry.asks)}"
        yield "# " + say("Take the {mark} off the lines of one answer:", mark=OPEN)
        for place, choice in enumerate(entry.choices, start=1):
            yield f"# {place}) {comment(choice.means)}"
            yield from (f"{OPEN} {line}" for line in choice.lines)
    yield ""


def _needed(question: Question) -> str:
    return " (" + say("needed") + ")" if question.needed else ""


def _free(heading: str, table: str) -> str:
    """Return a name for a column that is carried along."""
    name = re.sub(r"^[^a-z]+", "", "_".join(words(heading))) or "group"
    return f"own_{name}" if name in schema()[table].columns or is_reserved(name) else name


def _inline(words: str) -> str:
    return comment(" ".join(words.split()))


def _code(words: str) -> str:
    return "`" + _inline(words).replace("`", "'").replace("|", "\\|") + "`"


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", _inline(words))
