"""YAML read with suspicion: plain values only, no aliases, no key twice, bounded; what is wrong names its line."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from cxlib.errors import InputError
from cxlib.language import say

MOST_BYTES, MOST_DEPTH = 256 * 1024, 12
ID = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp")}


class _Suspicious(yaml.SafeLoader):
    """A safe loader that also refuses aliases, which may unfold without end, and deep nests."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem=say("aliases (*name) are not read"), problem_mark=self._mark())
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise yaml.MarkedYAMLError(problem=say("it is nested too deeply"), problem_mark=self._mark())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _mark(self) -> Any:
        return self.peek_event().start_mark


@dataclass(frozen=True)
class Place:
    """A value of the file, where it stands, and what it is called."""

    node: Any
    name: str
    file: str

    @property
    def line(self) -> int:
        """The line it begins in, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def single(self) -> bool:
        """Whether it is a single value: no list, no keys."""
        return isinstance(self.node, yaml.ScalarNode)

    def wrong(self, what: str, *, line: int | None = None) -> InputError:
        """Return the error that says what is wrong here."""
        return InputError(say("{file}, line {line}: {what}", file=self.file, line=line or self.line, what=what))

    def entries(self, known: Sequence[str] | None = None) -> dict[str, "Place"]:
        """Return the values of a mapping by key; an unknown key, or one given twice, is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(say("{name} must be a list of keys with values.", name=self.name or self.file))
        found: dict[str, Place] = {}
        for key, value in self.node.value:
            label, line = str(getattr(key, "value", "")), key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or label in found:
                raise self.wrong(
                    say("{key} stands twice in {name}.", key=label or "?", name=self.name or self.file), line=line
                )
            if known is not None and label not in known:
                raise self._unknown(label, known, line)
            found[label] = Place(value, f"{self.name}.{label}" if self.name else label, self.file)
        return found

    def _unknown(self, label: str, known: Sequence[str], line: int) -> InputError:
        near = difflib.get_close_matches(label, known, n=1)
        hint = " " + say("Did you mean {near}?", near=near[0]) if near else ""
        what = say("{key} is not known here.{hint} Known: {known}.", key=label, hint=hint, known=", ".join(known))
        return self.wrong(what, line=line)

    def items(self) -> Iterator["Place"]:
        """Return the entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong(say("{name} must be a list.", name=self.name))
        for number, node in enumerate(self.node.value, start=1):
            yield Place(node, f"{self.name}[{number}]", self.file)

    def plain(self) -> object:
        """Return a single value: text, number, truth, day or nothing."""
        if not self.single or self.node.tag not in _PLAIN:
            raise self.wrong(say("{name} must be a single value.", name=self.name))
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(self.node)
        except ValueError:
            raise self.wrong(say("{name} cannot be read: {found}.", name=self.name, found=self.found)) from None
        finally:
            loader.dispose()

    @property
    def found(self) -> str:
        """What stands there, cut short."""
        return repr(str(self.node.value))[:60] if self.single else "[...]"

    def text(self) -> str:
        """Return a text; numbers count as written, a bare yes or no does not."""
        value = self.plain()
        if value is None or isinstance(value, bool):
            raise self.wrong(
                say("{name} must be a text, found {found}. Put it in quotes.", name=self.name, found=self.found)
            )
        return str(self.node.value)

    def ident(self) -> str:
        """Return an id: small letters, digits and underscores."""
        value = self.text()
        if not ID.match(value):
            raise self.wrong(
                say(
                    "{found} is no id for {name}: small letters, digits and underscores, a letter first.",
                    found=self.found,
                    name=self.name,
                )
            )
        return value

    def number(self) -> float:
        """Return a number of zero or more."""
        value = self.plain()
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            raise self.wrong(say("{name} must be a number, not {found}.", name=self.name, found=self.found))
        return float(value)

    def whole(self) -> int:
        """Return a whole number from 1 on."""
        value = self.plain()
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 10_000:
            raise self.wrong(
                say("{name} must be a whole number from 1 on, not {found}.", name=self.name, found=self.found)
            )
        return value

    def flag(self) -> bool:
        """Return true or false."""
        value = self.plain()
        if not isinstance(value, bool):
            raise self.wrong(say("{name} must be true or false, not {found}.", name=self.name, found=self.found))
        return value

    def day(self) -> date:
        """Return a day."""
        value = self.plain()
        if type(value) is not date:
            raise self.wrong(
                say("{name} must be a day such as 2025-07-01, not {found}.", name=self.name, found=self.found)
            )
        return value

    def one_of(self, options: Sequence[str]) -> str:
        """Return one of some words."""
        value = self.text()
        if value not in options:
            raise self.wrong(
                say("{name} is {found}; it must be one of: {options}.", name=self.name, found=self.found,
                    options=", ".join(options))
            )  # fmt: skip
        return value


def read_yaml(source: str | Path) -> Place:
    """Return the root of a YAML file, or of YAML given as a text with line breaks. Raises `InputError`."""
    text, name = text_of_source(source)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise InputError(say("{file} is too large for a blueprint: at most {n} KB.", file=name, n=MOST_BYTES // 1024))
    try:
        node = yaml.compose(text, Loader=_Suspicious)
    except (yaml.YAMLError, RecursionError) as trouble:
        raise InputError(_sentence(name, trouble)) from None
    if node is None:
        raise InputError(say("{file} is empty.", file=name))
    return Place(node, "", name)


def text_of_source(source: str | Path) -> tuple[str, str]:
    """Return the text of a file, or a text with line breaks itself, and what it is called. Raises `InputError`."""
    if isinstance(source, str) and "\n" in source:
        return source, "(text)"
    return _content(Path(source).expanduser()), Path(source).name


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                say("{file} is too large for a blueprint: at most {n} KB.", file=path.name, n=MOST_BYTES // 1024)
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(say("{file} is not UTF-8 text. Save it as UTF-8.", file=path.name)) from None
    except OSError as trouble:
        raise InputError(
            say("{path} cannot be read: {trouble}", path=path, trouble=trouble.strerror or trouble)
        ) from None


def _sentence(file: str, trouble: Exception) -> str:
    mark = getattr(trouble, "problem_mark", None)
    problem = getattr(trouble, "problem", None) or str(trouble).splitlines()[0]
    if mark is None:
        return say("{file} is not YAML: {problem}.", file=file, problem=problem)
    return say("{file}, line {line}: this is not YAML: {problem}.", file=file, line=mark.line + 1, problem=problem)
