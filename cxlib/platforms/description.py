"""What is known about a platform, as data: the shapes of its files and the mapping of each into our tables."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files as package_files
from typing import Any

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.mapping import Field, Section, mapping_of

NAMES = ("zendesk", "movidesk", "rd_station", "hubspot", "octadesk", "track_co", "google_analytics")
_OWN_KEYS = ("rows", "version", "identity", "owned", "plain")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One kind of file a platform gives.

    `holds` are the names under which JSON holds its records ("" is a bare list, or one object a line); `needs`
    are the fields or headings by which it is recognised; `also` other headings for the same; `file` whether it
    comes as a table; `blank` what stands for nothing in it; `unverified` that no real file of it was seen.
    """

    platform: str
    name: str
    needs: tuple[str, ...]
    holds: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    file: bool = False
    also: Mapping[str, list[str]] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    unverified: bool = False


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One table filled from rows of one shape, called `rows`.

    `version` is the field that says which row of an id is the latest; `identity` names the columns of ours that
    hold nothing but a person's name in these files, `owned` those with ids of people that mean something on this
    platform only, `plain` those that may be written as a web page.
    """

    section: Section
    rows: str
    version: Field | None = None
    identity: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One platform: its key on the command line, its name, what it gives and where that goes."""

    key: str
    name: str
    shapes: tuple[Shape, ...]
    filled: tuple[Filled, ...]


@cache
def platform(key: str) -> Platform:
    """Return the description of a platform; raises `InputError` for one that is not known.

    >>> platform("zendesk").name
    'Zendesk'
    """
    if key not in NAMES:
        raise InputError(
            say("{found} is not a platform known here. Known: {names}.", found=repr(key), names=", ".join(NAMES))
        )
    text = package_files("cxlib.platforms").joinpath(f"{key}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    shapes = [_shape(key, name, described) for name, described in content["shapes"].items()]
    return Platform(key=key, name=content["name"], shapes=tuple(shapes), filled=tuple(_filled(content["tables"])))


def _shape(platform: str, name: str, described: dict) -> Shape:
    plain: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in described.items()}
    return Shape(platform=platform, name=name, **plain)


def _filled(tables: dict[str, list[dict]]) -> list[Filled]:
    own = [
        {key: section.pop(key) for key in _OWN_KEYS if key in section}
        for sections in tables.values()
        for section in sections
    ]
    return [
        Filled(
            section=replace(section, again=False),  # ids of a platform are never of the same row
            rows=said["rows"],
            version=_version(said.get("version")),
            **{key: tuple(said.get(key, ())) for key in ("identity", "owned", "plain")},
        )
        for section, said in zip(mapping_of(tables).sections, own, strict=True)
    ]


def _version(said: str | dict | None) -> Field | None:
    return Field(**said) if isinstance(said, dict) else Field(column=said) if said else None
