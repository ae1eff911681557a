"""Which rows of which tables are the events of a step, and to which case they belong."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from cxlib.blueprints.model import Blueprint, Cases, Pattern
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import PERSON
from cxlib.tables.time import midnight

if TYPE_CHECKING:
    import ibis

AT = "occurred_at"
OPENED, WHO = "cx_opened", "cx_customer"


@dataclass(frozen=True, kw_only=True)
class Selected:
    """The cases of a blueprint, a row each (`person_key` is the case), and why the others are not among them."""

    dataset: Dataset
    rows: "ibis.Table"
    count: int
    aside: dict[str, int]


def column(table: "ibis.Table", name: str, *, of: str) -> "ibis.Value":
    """Return a column of a table; one that is not there raises `InputError`."""
    if name in table.columns:
        return table[name]
    near = difflib.get_close_matches(name, table.columns, n=1)
    raise InputError(
        say(
            "The blueprint looks for the column {column}, which {table} does not have.{hint} Found: {found}.",
            column=name,
            table=of,
            hint=" " + say("Did you mean {near}?", near=near[0]) if near else "",
            found=", ".join(table.columns),
        )
    )


def holds(table: "ibis.Table", where: dict, *, of: str) -> "ibis.Value":
    """Return the condition that columns hold what they should; None is an empty cell."""
    ibis = lazy_ibis()
    conditions = [ibis.literal(True)]
    for name, values in where.items():
        cell = column(table, name, of=of)
        cell = cell if cell.type().is_string() else cell.cast("string")
        named = [one for one in values if one is not None]
        fits = cell.isin(named).fill_null(False) if named else ibis.literal(False)
        conditions.append(fits | cell.isnull() if None in values else fits)
    return ibis.and_(*conditions)


def defaults(pattern: Pattern, cases: Cases) -> Pattern:
    """Return a pattern that says where its moment stands and how its rows find their case."""
    return replace(pattern, at=pattern.at or AT, on=pattern.on or cases.id)


def cases_of(blueprint: Blueprint, dataset: Dataset) -> Selected:
    """Return the cases that went through the service, and how many did not, by the first reason that applies."""
    asked = blueprint.cases
    if asked is None:
        raise InputError(say("{file} does not say which cases it is about (cases).", file=blueprint.file))
    ibis = lazy_ibis()
    table = dataset.table(asked.table)
    case, opened = (column(table, name, of=asked.table) for name in (asked.id, asked.opened_at))
    joined_on = {str(defaults(one, asked).on) for one in (*patterns(blueprint), *asked.having, *asked.lacking)}
    kept = {name: column(table, name, of=asked.table) for name in joined_on - {asked.id}}
    who = table[asked.customer].cast("string") if asked.customer in table.columns else ibis.null("string")
    why = _reasons(asked, table, opened, dataset.zone)
    rows = table.select(**{PERSON: case.cast("string"), OPENED: opened, WHO: ibis.coalesce(who, case.cast("string"))},
                        cx_why=why, **kept)  # fmt: skip
    for number, one in enumerate(asked.having + asked.lacking):
        rows = _marked(rows, dataset, defaults(one, asked), asked, f"cx_has_{number}")
    flags = [rows[f"cx_has_{number}"] for number in range(len(asked.having + asked.lacking))]
    has, lacks = flags[: len(asked.having)], flags[len(asked.having) :]
    elsewhere = ibis.cases(
        (ibis.or_(ibis.literal(False), *[~one for one in has]), "not_reached"),
        (ibis.or_(ibis.literal(False), *lacks), "other_way"),
        else_=ibis.null("string"),
    )
    rows = rows.mutate(cx_why=ibis.coalesce(rows.cx_why, elsewhere))
    counts = collect(rows.group_by("cx_why").agg(n=rows.count())).to_pylist()
    tally = {row["cx_why"]: int(row["n"]) for row in counts}
    used = tally.pop(None, 0)
    if not used:
        raise InputError(say("No case of {table} went through {id}: {aside}.", table=asked.table, id=blueprint.id,
                             aside=", ".join(f"{why} {n}" for why, n in tally.items()) or "0"))  # fmt: skip
    kept_rows = rows.filter(rows.cx_why.isnull()).select(PERSON, OPENED, WHO, *kept)
    return Selected(dataset=dataset, rows=kept_rows, count=used, aside=tally)


def _reasons(asked: Cases, table: "ibis.Table", opened: "ibis.Value", zone: str) -> "ibis.Value":
    ibis = lazy_ibis()
    within = [ibis.literal(True)]
    if asked.start:
        within.append(opened >= ibis.literal(midnight(asked.start, zone)))
    if asked.end:
        within.append(opened < ibis.literal(midnight(asked.end, zone)))
    return ibis.cases(
        (table[asked.id].isnull(), "no_case"),
        (~holds(table, dict(asked.where), of=asked.table), "other_case"),
        (opened.isnull(), "no_date"),
        (~ibis.and_(*within).fill_null(False), "out_of_dates"),
        else_=ibis.null("string"),
    )


def _marked(rows: "ibis.Table", dataset: Dataset, one: Pattern, asked: Cases, name: str) -> "ibis.Table":
    """Add whether a case has an event that fits a pattern."""
    ibis = lazy_ibis()
    events = dataset.table(one.table)
    fits = holds(events, dict(one.where), of=one.table)
    key = column(events, str(one.on), of=one.table).cast("string")
    found = events.filter(fits).select(cx_key=key).distinct()
    here = rows[PERSON] if one.on == asked.id else rows[str(one.on)].cast("string")
    joined = rows.left_join(found, here == found.cx_key)
    return joined.select(*rows.columns, **{name: ibis.ifelse(joined.cx_key.notnull(), True, False)})


def patterns(blueprint: Blueprint) -> list[Pattern]:
    """Return every pattern by which events are taken from the log."""
    found = [step.event_match for step in blueprint.steps]
    found += [mode.event_match for step in blueprint.steps for mode in step.fail_modes]
    found += [blueprint.cases.transfers] if blueprint.cases else []
    return [one for one in found if one is not None]


def check_steps(blueprint: Blueprint) -> None:
    """Refuse to replay where one event could belong to two steps, in whatever lanes: that would be a guess."""
    logged = [step for step in blueprint.steps if step.event_match]
    if not logged:
        raise InputError(say("No step of {file} says which events are its own (event_match).", file=blueprint.file))
    for one, other in combinations(logged, 2):
        if one.event_match and other.event_match and one.event_match.meets(other.event_match):
            raise InputError(
                say("One event could belong to {one} and to {other}: tell them apart in event_match.",
                    one=one.id, other=other.id)
            )  # fmt: skip


def last_moment(dataset: Dataset, found: Iterable[Pattern]) -> object:
    """Return the last moment of which the log knows."""
    moments = []
    for name, at in {(one.table, str(one.at)) for one in found}:
        table = dataset.table(name)
        moments.append(collect(table.aggregate(last=column(table, at, of=name).max())).to_pylist()[0]["last"])
    return max(one for one in moments if one is not None)
