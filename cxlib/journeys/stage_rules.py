"""Rules of stages as data: which rows enter which stage, and when a journey begins, ends and begins again."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from cxlib.errors import InputError
from cxlib.journeys.stage_models import KEYS
from cxlib.language import say
from cxlib.tables.mapping import read_toml
from cxlib.tables.schema import schema

PARTS = ("transaction", "fulfilment")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Rows of `table` that enter `stage`. The file of the rules says what each part means."""

    stage: str
    table: str
    at: str
    where: Mapping[str, tuple] = field(default_factory=dict)
    least_values: Mapping[str, float] = field(default_factory=dict)
    least: int = 1
    after_days: float = 0
    part: str = ""
    person: tuple[str, ...] = ("customer_id",)
    through: str = ""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a journey is for: days of silence that end it, the stages looked at, and those it may start in."""

    key: str
    days: float
    stages: tuple[str, ...] = KEYS
    starts: tuple[str, ...] = KEYS


@dataclass(frozen=True, kw_only=True)
class StageRules:
    """All rules together; `entries` in the order of the file."""

    goals: Mapping[str, Goal]
    entries: tuple[Entry, ...]
    loop_days: float

    def goal(self, key: str) -> Goal:
        """Return a goal; an unknown one raises `InputError`."""
        if key not in self.goals:
            raise InputError(
                say("{goal} is no goal of a journey. Choose one of: {goals}.", goal=repr(key),
                    goals=", ".join(self.goals))
            )  # fmt: skip
        return self.goals[key]

    def without(self, table: str) -> "StageRules":
        """Return the rules that do not look at a table."""
        return replace(self, entries=tuple(one for one in self.entries if one.table != table))


def stage_rules(given: "str | Path | StageRules | None" = None) -> StageRules:
    """Return the rules of a file, or those that come with cxlib; what cannot be understood raises `InputError`.

    >>> stage_rules().goal("purchase").days
    30
    """
    if isinstance(given, StageRules):
        return given
    return _usual() if given is None else _understood(read_toml(Path(given).expanduser())[1], str(given), _usual())


@cache
def _usual() -> StageRules:
    path = Path(__file__).with_name("stages.toml")
    return _understood(tomllib.loads(path.read_text(encoding="utf-8")), path.name, None)


def _understood(content: dict, file: str, usual: StageRules | None) -> StageRules:
    _only(content, {"loop_days", "goal", "enter"}, file)
    goals = dict(usual.goals) if usual else {}
    for key, told in _as(dict, content.get("goal", {}), file, "goal").items():
        goals[key] = _goal(key, _as(dict, told, file, f"goal.{key}"), file, goals.get(key))
    told = _as(list, content.get("enter", []), file, "enter")
    entries = tuple(
        _entry(_as(dict, one, file, "enter"), f"{file}, enter {place}") for place, one in enumerate(told, 1)
    )
    if not entries and usual is None:
        raise InputError(say("{file} has no [[enter]]: no row would enter a stage.", file=file))
    loop = content.get("loop_days", usual.loop_days if usual else 1)
    return StageRules(goals=goals, entries=entries or (usual.entries if usual else ()), loop_days=_days(loop, file))


def _goal(key: str, told: dict, file: str, usual: Goal | None) -> Goal:
    where = f"{file}, goal.{key}"
    _only(told, {"days", "stages", "starts"}, where)
    days = _days(told.get("days", usual.days if usual else None), where)
    stages = _stages(told.get("stages", list(usual.stages if usual else KEYS)), where)
    starts = _stages(
        told.get("starts", [one for one in (usual or Goal(key="", days=1)).starts if one in stages]), where
    )
    if not set(starts) <= set(stages):
        raise InputError(say("{where}: starts must be among stages.", where=where))
    return Goal(key=key, days=days, stages=stages, starts=starts)


def _entry(told: dict, where: str) -> Entry:
    names = {"stage", "table", "at", "where", "from", "least", "after_days", "part", "person", "through"}
    _only(told, names, where)
    (stage,) = _stages([told.get("stage")], where)
    table = told.get("table")
    if table not in schema():
        raise InputError(
            say("{where}: there is no table {table}. Tables: {tables}.", where=where, table=repr(table),
                tables=", ".join(schema()))
        )  # fmt: skip
    if told.get("part", "") not in ("", *PARTS):
        raise InputError(say("{where}: part is one of {parts}.", where=where, parts=", ".join(PARTS)))
    least_values = _as(dict, told.get("from", {}), where, "from")
    values = {name: tuple(_as(list, values, where, name)) for name, values in
              _as(dict, told.get("where", {}), where, "where").items()}  # fmt: skip
    person = (
        ("person_key",)
        if table == "events"
        else tuple(_as(list, told.get("person", ["customer_id"]), where, "person"))
    )
    entry = Entry(
        stage=stage, table=str(table), at=told.get("at", schema()[str(table)].born), where=values,
        least_values={name: float(_number(value, where)) for name, value in least_values.items()},
        least=_count(told.get("least", 1), where),
        after_days=_number(told.get("after_days", 0), where), part=told.get("part", ""), person=person,
        through=told.get("through", ""),
    )  # fmt: skip
    _check_columns(entry, where)
    return entry


def _check_columns(entry: Entry, where: str) -> None:
    """Refuse columns that the schema does not know: a slip of the pen would enter nobody."""
    if not entry.at:
        raise InputError(say("{where}: say at, the column of {table} that tells when.", where=where,
                             table=entry.table))  # fmt: skip
    own = [entry.at, *entry.where, *entry.least_values, *([] if entry.through else entry.person)]
    for name in own:
        if name not in schema()[entry.table].columns:
            raise InputError(
                say("{where}: {table} has no column {column}. Columns: {columns}.", where=where, table=entry.table,
                    column=repr(name), columns=", ".join(schema()[entry.table].columns))
            )  # fmt: skip
    if entry.through and (entry.through not in schema() or _link(entry) not in schema()[entry.table].columns):
        raise InputError(
            say("{where}: through must name a table whose id stands in {table}.", where=where, table=entry.table)
        )


def _link(entry: Entry) -> str:
    return schema()[entry.through].primary_key[0]


def _only(told: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in told:
        if name not in known:
            raise InputError(
                say("{where}: {name} is not known here. Known: {known}.", where=where, name=repr(name),
                    known=", ".join(sorted(known)))
            )  # fmt: skip


def _as(kind: type, told: Any, where: str, name: str) -> Any:
    if not isinstance(told, kind):
        wanted = say("a table") if kind is dict else say("a list")
        raise InputError(say("{where}: {name} should be {wanted}, not {found}.", where=where, name=name,
                             wanted=wanted, found=repr(told)))  # fmt: skip
    return told


def _stages(told: Any, where: str) -> tuple[str, ...]:
    for one in _as(list, told, where, "stages"):
        if one not in KEYS:
            raise InputError(
                say("{where}: {stage} is no stage. Stages: {stages}.", where=where, stage=repr(one),
                    stages=", ".join(KEYS))
            )  # fmt: skip
    return tuple(told)


def _number(told: Any, where: str) -> float:
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not told >= 0:
        raise InputError(say("{where}: {found} should be a number from 0 up.", where=where, found=repr(told)))
    return told


def _days(told: Any, where: str) -> float:
    if not _number(told, where) > 0:
        raise InputError(say("{where}: days must be above zero.", where=where))
    return float(told) if told != int(told) else int(told)


def _count(told: Any, where: str) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or told < 1:
        raise InputError(say("{where}: {found} should be a whole number from 1 up.", where=where, found=repr(told)))
    return told
