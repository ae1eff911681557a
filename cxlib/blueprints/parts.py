"""From the values of a file to the parts of a blueprint."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from cxlib.blueprints.model import (
    ACTORS,
    EVIDENCE,
    LANES,
    LINKS,
    Actor,
    Blueprint,
    Cases,
    DataItem,
    Evidence,
    FailMode,
    Link,
    Pattern,
    Step,
    Words,
)
from cxlib.blueprints.reading import Place, read_yaml
from cxlib.language import say

PACKAGED = Path(__file__).with_name("ipe")
KEYS = ("id", "version", "service", "segment", "start", "end", "clock", "stages", "actors", "data", "steps",
        "evidence", "links", "cases")  # fmt: skip
T = TypeVar("T")
Found = dict[str, Place]


def read_blueprint(source: str | Path) -> Blueprint:
    """Return the blueprint of a YAML file, of YAML text with line breaks, or one of Ipê's by its name.

    Ipê's are `entrega_com_problema_v1`, `entrega_com_problema_v2` and `chamado_v1`. What the file says must be
    understood to the last key; whether it makes a sound blueprint is for `rules`. Raises `InputError`.
    """
    root = read_yaml(found_at(source))
    found = root.entries(KEYS)
    need(root, found, ("id", "version", "service", "start", "end", "actors", "steps", "links"))
    steps = every(found, "steps", _step)
    start, end = found["start"].ident(), found["end"].ident()
    parts: dict[str, tuple] = {
        "actors": every(found, "actors", _actor),
        "data": every(found, "data", _data_item),
        "steps": steps,
        "evidence": every(found, "evidence", _evidence),
    }
    return Blueprint(
        id=found["id"].ident(),
        version=found["version"].whole(),
        service=_words(found["service"]),
        segment=_words(found["segment"]) if "segment" in found else Words(),
        start=start,
        end=end,
        clock=_clock(found["clock"]) if "clock" in found else (start, end),
        stages={key: _words(one) for key, one in found["stages"].entries().items()} if "stages" in found else {},
        links=every(found, "links", _link),
        cases=_cases(found["cases"]) if "cases" in found else None,
        file=root.file,
        twice=tuple(_twice(one for many in parts.values() for one in many)),
        **parts,
    )


def found_at(source: str | Path) -> str | Path:
    """Return where a blueprint stands: the file of one of Ipê's for its name, everything else as it is."""
    packaged = PACKAGED / f"{source}.yaml"
    named = isinstance(source, str) and "\n" not in source and not Path(source).exists()
    return packaged if named and packaged.is_file() else source


def need(place: Place, found: Found, keys: Iterable[str]) -> None:
    """Refuse a mapping that lacks one of its keys."""
    for key in keys:
        if key not in found:
            name = place.name or place.file
            raise place.wrong(say("{name} lacks {key}.", name=name, key=key))


def every(found: Found, key: str, make: Callable[[Place], T]) -> tuple[T, ...]:
    """Return the parts of a list; none when the key is not there."""
    return tuple(make(one) for one in found[key].items()) if key in found else ()


def _twice(parts: Iterable[Any]) -> Iterable[tuple[str, int]]:
    seen: set[str] = set()
    for one in parts:
        if one.id in seen:
            yield one.id, one.line
        seen.add(one.id)


def _words(place: Place) -> Words:
    """Return a label: both languages, or a bare text, which is taken for English."""
    if place.single:
        return Words(en=place.text())
    entries = place.entries(("en", "pt-BR"))
    return Words(**{"pt" if key == "pt-BR" else key: one.text() for key, one in entries.items()})


def _clock(place: Place) -> tuple[str, str]:
    ends = [one.ident() for one in place.items()]
    if len(ends) != 2:
        raise place.wrong(say("clock names two steps: where time begins to count, and where it ends."))
    return ends[0], ends[1]


def _given(found: Found, **readers: Callable[[Place], Any]) -> dict[str, Any]:
    """Return the values of the keys that were given."""
    return {key: reader(found[key]) for key, reader in readers.items() if key in found}


def _idents(place: Place) -> tuple[str, ...]:
    return tuple(one.ident() for one in place.items())


def _actor(place: Place) -> Actor:
    found = place.entries(("id", "kind", "name", "org", "contract_sla"))
    need(place, found, ("id", "kind", "name"))
    rest = _given(found, org=Place.text, contract_sla=Place.text)
    kind = found["kind"].one_of(ACTORS)
    return Actor(id=found["id"].ident(), kind=kind, name=_words(found["name"]), line=place.line, **rest)


def _data_item(place: Place) -> DataItem:
    found = place.entries(("id", "name", "personal", "purpose", "retention", "source_of_truth"))
    need(place, found, ("id", "name"))
    texts = dict.fromkeys(("purpose", "retention", "source_of_truth"), Place.text)
    rest = _given(found, personal=Place.flag, **texts)
    return DataItem(id=found["id"].ident(), name=_words(found["name"]), line=place.line, **rest)


def _step(place: Place) -> Step:
    minutes = ("std_minutes", "std_elapsed_minutes", "max_wait_minutes")
    data = ("asks", "data_in", "data_out")
    found = place.entries(
        ("id", "lane", "actor", "label", "seq", "stage", "wait", *minutes, *data, "fail_modes", "event_match")
    )
    need(place, found, ("id", "lane", "actor", "label", "seq"))
    readers: dict[str, Callable[[Place], Any]] = {"stage": Place.ident, "wait": Place.flag}
    readers |= dict.fromkeys(minutes, Place.number) | dict.fromkeys(data, _idents) | {"event_match": _pattern}
    return Step(
        id=found["id"].ident(),
        lane=found["lane"].one_of(LANES),
        actor=found["actor"].ident(),
        label=_words(found["label"]),
        seq=found["seq"].whole(),
        fail_modes=every(found, "fail_modes", _fail_mode),
        line=place.line,
        **_given(found, **readers),
    )


def _fail_mode(place: Place) -> FailMode:
    found = place.entries(("id", "label", "event_match"))
    need(place, found, ("id", "label"))
    return FailMode(id=found["id"].ident(), label=_words(found["label"]), **_given(found, event_match=_pattern))


def _evidence(place: Place) -> Evidence:
    found = place.entries(("id", "kind", "name", "steps", "consent"))
    need(place, found, ("id", "kind", "name", "steps"))
    kind, steps = found["kind"].one_of(EVIDENCE), _idents(found["steps"])
    rest = _given(found, consent=Place.flag)
    return Evidence(
        id=found["id"].ident(), kind=kind, name=_words(found["name"]), steps=steps, line=place.line, **rest
    )


def _link(place: Place) -> Link:
    found = place.entries(("from", "to", "kind", "handoff", "channel", "async", "via"))
    need(place, found, ("from", "to"))
    rest = _given(found, kind=lambda one: one.one_of(LINKS), handoff=Place.flag, channel=Place.text, via=_idents)
    source, target = found["from"].ident(), found["to"].ident()
    later = found["async"].flag() if "async" in found else False
    return Link(source=source, target=target, asynchronous=later, line=place.line, **rest)


def _pattern(place: Place) -> Pattern:
    found = place.entries(("table", "where", "nth", "at", "on"))
    need(place, found, ("table",))
    rest = _given(found, where=_where, nth=Place.whole, at=Place.ident, on=Place.ident)
    return Pattern(table=found["table"].ident(), **rest)


def _where(place: Place) -> dict[str, tuple[str | None, ...]]:
    """Return what each column holds: one value, a list of values, or nothing (null)."""
    return {key: _values(one) for key, one in place.entries().items()}


def _values(place: Place) -> tuple[str | None, ...]:
    several = [place] if place.single else list(place.items())
    return tuple(None if one.plain() is None else str(one.node.value) for one in several)


def _cases(place: Place) -> Cases:
    patterns = ("having", "lacking")
    days = ("start", "end")
    found = place.entries(("table", "id", "opened_at", "customer", "where", *patterns, "transfers", *days))
    need(place, found, ("table", "id", "opened_at"))
    rest = _given(found, customer=Place.ident, where=_where, transfers=_pattern, start=Place.day, end=Place.day)
    rest |= {key: every(found, key, _pattern) for key in patterns}
    table, key, opened_at = (found[name].ident() for name in ("table", "id", "opened_at"))
    return Cases(table=table, id=key, opened_at=opened_at, **rest)
