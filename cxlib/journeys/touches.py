"""Touches: every row by which somebody enters a stage, and the journeys they make, one customer and one goal each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cxlib.errors import InputError
from cxlib.journeys.log import Log, as_events, check_groups
from cxlib.journeys.stage_models import KEYS
from cxlib.journeys.stage_rules import Entry, Goal, StageRules
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, held, lazy_ibis
from cxlib.tables.order import AT, ID, PERSON, microseconds, previous, so_far
from cxlib.tables.schema import schema
from cxlib.tables.time import midnight

if TYPE_CHECKING:
    import ibis

NEVER = datetime(9999, 1, 1)
DAY = 86_400_000_000  # microseconds
CHANNEL = "channel"
PARTED = ("purchase.transaction", "purchase.fulfilment")
EARLY = ("awareness", "consideration", "decision")


@dataclass(frozen=True, kw_only=True)
class Journeys:
    """One row for each journey: person, `began`, `ended` (the last touch), `is_open`, and `at_STAGE` for each stage.

    `at_STAGE` is when the journey first entered a stage, null where it did not; so is `at_STAGE_PART` for a part of
    one. `last` is the moment up to which the log is complete; `told` are the stages for which some rule could run.
    """

    log: Log
    rows: "ibis.Table"
    goal: Goal
    last: datetime
    told: frozenset[str]


def earliest(*instants: "ibis.Value") -> "ibis.Value":
    """Return the earliest of several instants, missing ones left out: engines differ on what `least` does of them."""
    ibis = lazy_ibis()
    if len(instants) == 1:
        return instants[0]
    never = ibis.literal(NEVER)
    return ibis.least(*[ibis.coalesce(one, never) for one in instants]).nullif(never)


def column_of(stage: str) -> str:
    """Return the column of `Journeys.rows` that says when a stage, or a part of one, was entered."""
    return "at_" + stage.replace(".", "_")


def journeys_of(
    data: object,
    rules: StageRules,
    goal: str,
    *,
    by: Sequence[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    source_zone: str | None = None,
) -> Journeys:
    """Return the journeys of a goal that begin from `start` up to, not including, `end`; `by` columns come along."""
    dataset = as_events(data, source_zone=source_zone)
    chosen = rules.goal(goal)
    entries = applicable(dataset, [one for one in rules.entries if one.stage in chosen.stages])
    if not entries:
        raise InputError(
            say("No rule of a stage fits these tables: {tables}. Stages are told by events, orders, tickets ...",
                tables=", ".join(dataset) or "-")
        )  # fmt: skip
    ended, aside = _account(dataset, entries)
    last = midnight(until, dataset.zone) if until is not None else ended
    touched = touches(dataset, entries)
    touched = touched.filter(touched[AT] <= lazy_ibis().literal(last))
    each = _cut(touched, chosen, rules.loop_days)
    rows = _entered(each, entries, chosen)
    rows = rows.mutate(is_open=rows.ended > lazy_ibis().literal(last - timedelta(days=chosen.days)))
    log = Log(dataset=dataset, rows=touched, aside=aside)
    rows = held(_with_groups(dataset, _begun(rows, dataset.zone, start, end), by))
    return Journeys(log=log, rows=rows, goal=chosen, last=last, told=frozenset(one.stage for one in entries))


def applicable(dataset: Dataset, entries: Sequence[Entry]) -> list[Entry]:
    """Return the rules whose tables and columns a dataset has."""
    return [one for one in entries if one.table in dataset and _has_columns(dataset, one)]


def _has_columns(dataset: Dataset, entry: Entry) -> bool:
    columns = set(dataset.table(entry.table).columns)
    if entry.through:
        key = schema()[entry.through].primary_key[0]
        there = entry.through in dataset and {key, *entry.person} <= set(dataset.table(entry.through).columns)
        return there and {entry.at, key, *entry.where, *entry.least_values} <= columns
    return {entry.at, *entry.where, *entry.least_values} <= columns and bool(set(entry.person) & columns)


def touches(dataset: Dataset, entries: Sequence[Entry]) -> "ibis.Table":
    """Return a row for each time a rule fits: person, instant, an id, `cx_stage`, `cx_part`, `cx_rule`, `channel`."""
    return lazy_ibis().union(*[_touched(dataset, entries, places) for places in _read_together(entries)])


def _read_together(entries: Sequence[Entry]) -> list[list[int]]:
    """Return which rules read a table in one go: those that differ only in the values they take, and share none."""
    groups: list[list[int]] = []
    for place, one in enumerate(entries):
        for group in groups:
            if len(one.where) == 1 and all(_apart(one, entries[other]) for other in group):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _apart(one: Entry, other: Entry) -> bool:
    ((name, values),) = one.where.items()
    alike = ("table", "at", "person", "through", "after_days", "least_values")
    same = all(getattr(one, field) == getattr(other, field) for field in alike)
    return same and list(other.where) == [name] and not set(values) & set(other.where[name])


def _touched(dataset: Dataset, entries: Sequence[Entry], places: Sequence[int]) -> "ibis.Table":
    ibis = lazy_ibis()
    entry = entries[places[0]]
    rows = _of_somebody(dataset, entry)
    rows = rows.filter(rows.cx_person.notnull(), rows[entry.at].notnull(), ~_bots(rows))
    for name in entry.where:
        rows = rows.filter(rows[name].isin([value for place in places for value in entries[place].where[name]]))
    for name, least in entry.least_values.items():
        rows = rows.filter(rows[name] >= least)

    def told(words: dict[int, Any]) -> Any:
        """Return what belongs to the one rule of these that a row fits."""
        first, *others = places
        fits = [rows[name].isin(list(entries[other].where[name])) for other in others for name in entry.where]
        cases = [(fit, words[other]) for fit, other in zip(fits, others, strict=True)]
        return ibis.cases(*cases, else_=words[first]) if cases else ibis.literal(words[first])

    # Of touches at the same moment the one of the earlier stage comes first.
    ranked = told({place: f"{KEYS.index(entries[place].stage)} {place:03} " for place in places})
    later = ibis.interval(seconds=round(86_400 * entry.after_days))
    return rows.select(
        **{
            PERSON: rows.cx_person,
            AT: rows[entry.at] + later if entry.after_days else rows[entry.at],
            ID: ranked + rows[schema()[entry.table].primary_key[0]].cast("string"),
        },
        cx_stage=told({place: entries[place].stage for place in places}),
        cx_part=told({place: entries[place].part for place in places}),
        cx_rule=told({place: place for place in places}).cast("int64"),
        channel=rows[CHANNEL] if CHANNEL in rows.columns else ibis.null("string"),
    )


def _of_somebody(dataset: Dataset, entry: Entry) -> "ibis.Table":
    """Return the rows of a rule with `cx_person`, null where nobody is known."""
    rows = dataset.table(entry.table)
    if entry.through:
        key = schema()[entry.through].primary_key[0]
        owners = dataset.table(entry.through)
        owners = owners.group_by(key).agg(cx_person=_known(owners, entry.person).max()).rename(cx_key=key)
        return rows.left_join(owners, rows[key] == owners.cx_key).drop("cx_key")
    return rows.mutate(cx_person=_known(rows, entry.person))


def _known(rows: "ibis.Table", person: Sequence[str]) -> "ibis.Value":
    return lazy_ibis().coalesce(*[rows[name].cast("string") for name in person if name in rows.columns])


def _bots(rows: "ibis.Table") -> "ibis.Value":
    return rows.is_bot.fill_null(False) if "is_bot" in rows.columns else lazy_ibis().literal(False)


def _account(dataset: Dataset, entries: Sequence[Entry]) -> tuple[datetime, dict[str, int]]:
    """Return the last moment the tables know of, and how many of their rows were of nobody known, or of bots."""
    ibis = lazy_ibis()
    parts = []
    for entry in {one.table: one for one in reversed(entries)}.values():
        rows = _of_somebody(dataset, entry)
        rows = rows.filter(rows[entry.at].notnull()).mutate(cx_bot=_bots(rows))
        unknown = (rows.cx_person.isnull() & ~rows.cx_bot).sum()
        parts.append(rows.aggregate(last=rows[entry.at].max(), unknown=unknown, bot=rows.cx_bot.sum()))
    found = collect(ibis.union(*parts)).to_pylist()
    last = max((one["last"] for one in found if one["last"] is not None), default=datetime(1970, 1, 1))
    counts = {code: sum(int(one[code] or 0) for one in found) for code in ("unknown", "bot")}
    return last, {code: count for code, count in counts.items() if count}


def _cut(rows: "ibis.Table", goal: Goal, loop_days: float) -> "ibis.Table":
    """Add `cx_journey`, which tells the journeys of a person apart.

    One begins after so many days of silence, and when somebody who had come to loyalty is back at an early stage
    after a pause: the loop is closed.
    """
    ibis = lazy_ibis()
    gap = microseconds(rows[AT], previous(rows, AT))
    rows = rows.mutate(cx_silent=gap.isnull() | (gap > round(DAY * goal.days)), cx_gap=gap)
    back = rows.cx_stage.isin(EARLY) & (rows.cx_gap >= round(DAY * loop_days))
    rows = rows.mutate(cx_may=rows.cx_silent | back.fill_null(False))
    rows = rows.mutate(cx_lap=so_far(rows, "cx_may"))
    loyal = (rows.cx_stage == "loyalty").max().over(ibis.window(group_by=[PERSON, "cx_lap"]))
    rows = rows.mutate(cx_loyal=loyal)
    looped = rows.cx_may & previous(rows, "cx_loyal").fill_null(False)
    rows = rows.mutate(cx_begins=rows.cx_silent | looped)
    return rows.mutate(cx_journey=so_far(rows, "cx_begins"))


def _entered(rows: "ibis.Table", entries: Sequence[Entry], goal: Goal) -> "ibis.Table":
    """Return one row for each journey that has a beginning, with the first entry of every stage."""
    ibis = lazy_ibis()
    mine = ibis.window(group_by=[PERSON, "cx_journey"])
    begins = ibis.ifelse(rows.cx_stage.isin(goal.starts), rows[AT], ibis.null("timestamp"))
    rows = rows.mutate(cx_began=begins.min().over(mine))
    rows = rows.filter(rows[AT] >= rows.cx_began)
    first = ibis.window(group_by=[PERSON, "cx_journey"], order_by=[AT, ID])
    rows = rows.mutate(cx_first=ibis.row_number().over(first) == 0)
    rows = with_entering(rows, entries, [PERSON, "cx_journey"])

    def at(condition: Any) -> Any:
        return ibis.ifelse(rows.cx_enters & condition, rows[AT], ibis.null("timestamp")).min()

    stages = {column_of(key): at(rows.cx_stage == key) for key in KEYS}
    parts = {column_of(one): at((rows.cx_stage + "." + rows.cx_part) == one) for one in PARTED}
    return rows.group_by([PERSON, "cx_journey"]).agg(
        began=rows[AT].min(), ended=rows[AT].max(), touches=rows.count(), **stages, **parts,
        channel=ibis.ifelse(rows.cx_first, rows.channel, ibis.null("string")).max(),
    )  # fmt: skip


def with_entering(rows: "ibis.Table", entries: Sequence[Entry], within: Sequence[str]) -> "ibis.Table":
    """Add `cx_enters`: whether a touch is at least the how-manieth of its rule that the rule asks for."""
    ibis = lazy_ibis()
    order = ibis.window(group_by=[*within, "cx_rule"], order_by=[AT, ID])
    rows = rows.mutate(cx_place=ibis.row_number().over(order))
    short = [(rows.cx_rule == place) & (rows.cx_place < one.least - 1) for place, one in enumerate(entries)
             if one.least > 1]  # fmt: skip
    return rows.mutate(cx_enters=~ibis.or_(*short) if short else ibis.literal(True))


def _begun(rows: "ibis.Table", zone: str, start: str | date | None, end: str | date | None) -> "ibis.Table":
    ibis = lazy_ibis()
    if start is not None:
        rows = rows.filter(rows.began >= ibis.literal(midnight(start, zone)))
    if end is not None:
        rows = rows.filter(rows.began < ibis.literal(midnight(end, zone)))
    return rows


def _with_groups(dataset: Dataset, rows: "ibis.Table", by: Sequence[str]) -> "ibis.Table":
    """Add columns of the customer; `channel`, that of the first touch, is there already."""
    check_groups(dataset, by)
    wanted = [name for name in by if name != CHANNEL]
    if not wanted:
        return rows
    held = dataset.table("customers").columns if "customers" in dataset else ()
    for name in wanted:
        if name not in held or name == "customer_id":
            raise InputError(
                say("Journeys can be grouped by the channel they begin in and by columns of customers; {name} is "
                    "neither. Found: {found}.", name=repr(name), found=", ".join([CHANNEL, *held]))
            )  # fmt: skip
    people = dataset.table("customers").select("customer_id", *wanted)
    return rows.left_join(people, rows[PERSON] == people.customer_id).drop("customer_id")
