"""The mapping: a small TOML file that says which column of somebody's file is which of ours."""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from cxlib.errors import InputError
from cxlib.language import listed, say
from cxlib.tables.conform import Options
from cxlib.tables.schema import is_reserved, schema, table

SECTION_KEYS = {"source": str, "sheet": str, "encoding": str, "header_row": int, "fold": int}
FIELD_KEYS = {"column": str, "value": object, "format": str, "source_zone": str, "decimal": str, "values": dict}
OPEN = "#?"  # begins a line of a proposed mapping that waits for an answer
DATASET_KEYS = ("title", "zone", "source_zone", "currency")


@dataclass(frozen=True, kw_only=True)
class Field:
    """Where one column comes from: a column of the file, or one value for all rows."""

    column: str | None = None
    value: object = None
    format: str | None = None
    source_zone: str | None = None
    decimal: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    def options(self, section: "Section", source_zone: str | None) -> Options:
        """Return how the text is to be read; the zone of the column goes before that of the file."""
        zone = self.source_zone or source_zone
        return Options(format=self.format, decimal=self.decimal, source_zone=zone, fold=section.fold)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table filled from files of one shape."""

    table: str
    number: int
    fields: Mapping[str, Field]
    keep: Mapping[str, Field]
    source: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    fold: int | None = None
    again: bool = False  # an earlier section takes the same key from the same rows

    def files(self, given: Iterable[Path]) -> list[Path]:
        """Return the files this section reads: those its `source` matches, all of them without one."""
        return [path for path in given if self.source is None or fnmatch(path.name, self.source)]


@dataclass(frozen=True, kw_only=True)
class TableMapping:
    """A whole mapping file: settings of the dataset, and the sections in order."""

    settings: Mapping[str, str]
    sections: tuple[Section, ...]
    synthetic: bool = False  # the author says that no person is in these files


def read_mapping(path: Path) -> TableMapping:
    """Read and check a mapping file; anything it says that we do not understand raises `InputError`."""
    text, content = read_toml(path)
    _refuse_open_questions(path, text, content)
    mapping = mapping_of(content)
    if not mapping.sections:
        raise InputError(
            say("{path} has no section. Begin one with the name of a table, such as [survey_responses].", path=path)
        )
    return mapping


def mapping_of(content: dict) -> TableMapping:
    """Check a mapping that was read already; raises `InputError` as `read_mapping` does."""
    settings = content.pop("dataset", {})
    synthetic = settings.pop("synthetic", False) if isinstance(settings, dict) else False
    if not isinstance(synthetic, bool):
        raise InputError(say("[dataset] synthetic is true or false, without quotes."))
    if not isinstance(settings, dict) or not all(isinstance(value, str) for value in settings.values()):
        raise InputError(say("[dataset] holds only text in quotes, such as zone = 'America/Sao_Paulo'."))
    for key in settings:
        _known(key, (*DATASET_KEYS, "synthetic"), where="[dataset]")
    sections = [
        _section(name, number, described)
        for name, listed in content.items()
        for number, described in enumerate(_listed(name, listed), start=1)
    ]
    return TableMapping(settings=settings, sections=tuple(_told_apart(sections)), synthetic=synthetic)


def _told_apart(sections: list[Section]) -> list[Section]:
    seen: set[tuple] = set()
    marked = []
    for section in sections:
        key = schema()[section.table].primary_key[0]
        own = (
            section.table,
            section.source,
            section.sheet,
            section.fields[key].column if key in section.fields else None,
        )
        marked.append(replace(section, again=own in seen and own[-1] is not None))
        seen.add(own)
    return marked


def read_toml(path: Path) -> tuple[str, dict]:
    """Return the text and the content of a TOML file; one that cannot be read raises `InputError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(say("{path} does not exist.", path=path)) from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise InputError(say("{path} cannot be read: {trouble}", path=path, trouble=trouble)) from None
    except tomllib.TOMLDecodeError as trouble:
        raise InputError(say("{path} is not valid TOML: {trouble}", path=path, trouble=trouble)) from None


def _refuse_open_questions(path: Path, text: str, content: dict) -> None:
    """Name the needed column that a proposed mapping still asks about."""
    asked = re.findall(rf"^{re.escape(OPEN)}\s*([a-z_]+)\s*=", text, re.MULTILINE)
    for name, section in content.items():
        if name not in schema() or not isinstance(section, dict):
            continue
        for key in schema()[name].required:
            if key in asked and key not in section:
                raise InputError(
                    say(
                        "{path} still asks which column is {column} ({meaning}). Take the {mark} off the lines of "
                        "one answer and save.",
                        path=path,
                        column=key,
                        meaning=schema()[name].columns[key].meaning.rstrip("."),
                        mark=OPEN,
                    )
                )


def _listed(name: str, listed: object) -> list[dict]:
    table(name)
    sections: list = listed if isinstance(listed, list) else [listed]
    if not all(isinstance(section, dict) for section in sections):
        raise InputError(say("{name} must be a section: write [{name}] on a line of its own.", name=name))
    return sections


def _section(name: str, number: int, described: dict) -> Section:
    where = f"[{name}]"
    # `source` is a file name in quotes, or, as { column = ... }, the column of that name.
    settings = [key for key in SECTION_KEYS if key in described and not _is_column(name, key, described[key])]
    own: dict[str, Any] = {key: _typed(key, described[key], SECTION_KEYS[key], where) for key in settings}
    keep = described.get("keep", {})
    if not isinstance(keep, dict):
        raise InputError(say("{where} keep must be a section: [{name}.keep].", where=where, name=name))
    columns = {key: value for key, value in described.items() if key not in settings and key != "keep"}
    for key in columns:
        _known(key, schema()[name].columns, where=where)
    for key in keep:
        _free_name(key, name)
    section = Section(
        table=name,
        number=number,
        fields={key: _field(key, value, where) for key, value in columns.items()},
        keep={key: _field(key, value, f"[{name}.keep]") for key, value in keep.items()},
        **own,
    )
    _complete(section)
    return section


def _is_column(name: str, key: str, value: object) -> bool:
    return isinstance(value, dict) and key in schema()[name].columns


def _field(key: str, described: object, where: str) -> Field:
    if isinstance(described, str):
        return Field(column=described)
    if not isinstance(described, dict):
        raise InputError(
            say(
                "{where} {key} = {found}: give the name of a column in quotes, "
                "or {{ value = {found} }} for all rows.",
                where=where,
                key=key,
                found=repr(described),
            )
        )
    for option in described:
        _known(option, FIELD_KEYS, where=f"{where} {key}")
    if ("column" in described) == ("value" in described):
        raise InputError(say("{where} {key}: give either column or value.", where=where, key=key))
    for option, kind in FIELD_KEYS.items():
        if option in described:
            _typed(option, described[option], kind, f"{where} {key}")
    return Field(**described)


def _typed(key: str, value: object, kind: type, where: str) -> object:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(
            say(
                "{where} {key} = {found}: expected {kind}.",
                where=where,
                key=key,
                found=repr(value),
                kind={
                    str: say("text in quotes"),
                    int: say("a whole number"),
                    dict: say("pairs such as Loja = 'store', in braces"),
                }[kind],
            )
        )
    return value


def _known(key: str, known: Iterable[str], *, where: str) -> None:
    names = list(known)
    if key in names:
        return
    near = difflib.get_close_matches(key, names, n=1)
    raise InputError(
        say(
            "{where} has no key {key}.{hint} Known: {names}.",
            where=where,
            key=repr(key),
            hint=" " + say("Did you mean {near}?", near=near[0]) if near else "",
            names=", ".join(names),
        )
    )


def _free_name(key: str, name: str) -> None:
    if key in schema()[name].columns:
        raise InputError(
            say("[{table}.keep] {key} is a column of the table itself: move it up to [{table}].", table=name, key=key)
        )
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key) or is_reserved(key):
        raise InputError(
            say(
                "[{table}.keep] {key} cannot be a column name: begin with a small letter, then use "
                "small letters, digits and _; names of results, such as n, value or period, are taken.",
                table=name,
                key=repr(key),
            )
        )


def _complete(section: Section) -> None:
    described = schema()[section.table]
    own_id = described.primary_key[0] if len(described.primary_key) == 1 else None
    missing = [name for name in described.required if name not in section.fields and name != own_id]
    if missing:
        raise InputError(
            say(
                "[{table}] needs {column} ({meaning}). Name the column of your file, or give "
                "{{ value = ... }} for all rows.",
                table=section.table,
                column=missing[0],
                meaning=described.columns[missing[0]].meaning.rstrip("."),
            )
        )


def heading(wanted: str, headings: list[str], *, source: str) -> str:
    """Return the heading of a file that a mapping means: the same, or the only one alike but for case and accents."""
    if wanted in headings:
        return wanted
    alike = [name for name in headings if plain_heading(name) == plain_heading(wanted)]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        say(
            "{source} has no column {wanted}. Its columns are: {headings}.",
            source=source,
            wanted=repr(wanted),
            headings=listed(map(repr, headings)),
        )
    )


def plain_heading(name: str) -> str:
    """Return a heading without case, accents, double blanks and the many signs for an ordinal."""
    unified = " ".join(name.replace("°", "º").replace("ª", "º").split()).casefold()
    return "".join(sign for sign in unicodedata.normalize("NFKD", unified) if not unicodedata.combining(sign))
