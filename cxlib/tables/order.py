"""The event before and the event after, of the same person: streamed over sorted files, partitioned elsewhere.

DuckDB can stream a bare `lag` over a scan in the order of its files; the guard "same person as the row before"
does the work of a partition, and nothing is sorted again. Off such a scan the same `lag` is silently wrong: a
join, union, distinct, sort or limit hands rows on in any order. So `is_sorted` looks at the expression, and
every function here streams only over a scan that was marked when it was opened, with nothing but filters and
projections upon it; everywhere else (frames, Spark, warehouses) it takes a window with partition and total order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cxlib.tables.engine import count_rows, lazy_ibis
from cxlib.tables.schema import schema

if TYPE_CHECKING:
    import ibis

PERSON, AT, ID = KEY = schema()["events"].sorted_by
CLOCK = "cx_clock"
_SORTED: set[Any] = set()


def mark_sorted(table: "ibis.Table") -> None:
    """Remember that the rows of this very expression come in the order of `KEY`."""
    _SORTED.add(table.op())


def is_sorted(table: "ibis.Table") -> bool:
    """Say whether rows come in the order of `KEY`: a marked scan under filters and projections only."""
    ops = lazy_ibis().expr.operations
    relation = table.op()
    if not {PERSON, AT} <= set(table.columns):
        return False
    while relation not in _SORTED:
        match relation:
            case ops.Filter():
                values = relation.predicates
            case ops.Project() if _keeps_key(relation):
                values = tuple(relation.values.values())
            case ops.DropColumns():
                values = ()
            case _:
                return False
        if not all(_streams(value) for value in values):
            return False
        relation = relation.parent
    return True


def _keeps_key(project: Any) -> bool:
    """Person and time must be those of the files: a person who was renamed need not stand together."""
    ops = lazy_ibis().expr.operations
    return all(
        isinstance(value := project.values.get(name), ops.Field)
        and value.name == name
        and value.rel == project.parent
        for name in (PERSON, AT)
    )


def _streams(value: Any) -> bool:
    """Say whether a value leaves the rows where they are: no subquery, no window but bare ones."""
    ops = lazy_ibis().expr.operations
    if value.find((ops.Subquery, ops.Unnest), filter=ops.Value):
        return False
    windows = value.find(ops.WindowFunction, filter=ops.Value)
    inside = {window.func for window in windows}
    loose = value.find((ops.Analytic, ops.Reduction), filter=ops.Value)
    return all(_is_bare(window) for window in windows) and all(function in inside for function in loose)


def _is_bare(window: Any) -> bool:
    ops = lazy_ibis().expr.operations
    if window.group_by or window.order_by:
        return False
    running = window.start is None and window.end is not None and window.end.value.value == 0
    return isinstance(window.func, ops.Lag | ops.Lead) or (
        running and isinstance(window.func, ops.CountStar | ops.Sum | ops.Max)
    )


def previous(table: "ibis.Table", column: str) -> "ibis.Value":
    """Return what a column held in the row before of the same person; null in the person's first row.

    `table` has the columns of `KEY`. Rows without a person have no row before.
    """
    return _beside(table, column, "lag")


def following(table: "ibis.Table", column: str) -> "ibis.Value":
    """Return what a column holds in the row after of the same person; null in the person's last row."""
    return _beside(table, column, "lead")


def _beside(table: "ibis.Table", column: str, direction: str) -> "ibis.Value":
    ibis = lazy_ibis()
    person, value = table[PERSON], table[column]
    nothing = ibis.null(value.type())
    if is_sorted(table):
        bare = ibis.window()
        same = getattr(person, direction)().over(bare) == person
        return ibis.ifelse(same, getattr(value, direction)().over(bare), nothing)
    within = ibis.window(group_by=person, order_by=[table[AT], table[ID]])
    return ibis.ifelse(person.notnull(), getattr(value, direction)().over(within), nothing)


def so_far(table: "ibis.Table", column: str) -> "ibis.Value":
    """Return how many rows so far a condition held in, this row included: of the person, or of all where rows stream.

    Either way a number that grows at certain rows tells the stretches between those rows apart. DuckDB counts
    at a third of what a sum costs.
    """
    return table.count(where=table[column]).over(_to_here(table))


def most_so_far(table: "ibis.Table", column: str) -> "ibis.Value":
    """Return the greatest value up to this row: of the person, or of all rows where they stream.

    Of a column that never falls, such as the clock of `with_clock` where a condition holds, it is the latest.
    """
    return table[column].max().over(_to_here(table))


def _to_here(table: "ibis.Table") -> Any:
    ibis = lazy_ibis()
    if is_sorted(table):
        return ibis.cumulative_window()
    return ibis.cumulative_window(group_by=table[PERSON], order_by=[table[AT], table[ID]])


def with_first(table: "ibis.Table", name: str, condition: "ibis.Value") -> "ibis.Table":
    """Add whether a row is the person's first for which `condition` holds, however long ago the others are."""
    ibis = lazy_ibis()
    begun = table.mutate(cx_new=previous(table, AT).isnull(), cx_holds=condition)
    people = begun.mutate(cx_who=so_far(begun, "cx_new"))
    marked = people.mutate(cx_mark=ibis.ifelse(people.cx_holds, people.cx_who, ibis.null("int64")))
    seen = marked.mutate(cx_mark=most_so_far(marked, "cx_mark"))
    before = previous(seen, "cx_mark")
    first = seen.cx_holds & (before.isnull() | (before != seen.cx_who))
    return seen.mutate(**{name: first.fill_null(False)}).drop("cx_new", "cx_holds", "cx_who", "cx_mark")


def stretches(
    table: "ibis.Table", starts: str, *, counts: Sequence[str] = (), first: Mapping[str, str] | None = None
) -> "ibis.Table":
    """Return one row for each stretch of a person's rows: its last row, with counts and with values of its first row.

    `starts` is a column that is true where a stretch begins, as it is in a person's first row. `counts` are columns
    of conditions: how often each held takes its place. `first` names new columns: the value that a column had in
    the first row. Rows stay in order, so that stretches of stretches stream as well.
    """
    ibis = lazy_ibis()
    so_many = {f"cx_to_{name}": so_far(table, name) for name in counts}
    marked = table.mutate(cx_ends=following(table, starts).fill_null(True), **so_many)
    edges = marked.filter(marked[starts] | marked.cx_ends)
    # Where rows stream the count runs on over everybody, so what stood before the stretch is taken off.
    before = {f"cx_before_{name}": edges[f"cx_to_{name}"] - edges[name].cast("int64") for name in counts}
    edges = edges.mutate(**before)

    def at_start(name: str) -> Any:
        return ibis.ifelse(edges[starts], edges[name], previous(edges, name))

    counted = {name: edges[f"cx_to_{name}"] - at_start(f"cx_before_{name}") for name in counts}
    found = edges.mutate(**counted, **{new: at_start(name) for new, name in (first or {}).items()})
    own = [name for name in found.columns if name.startswith(("cx_to_", "cx_before_"))]
    return found.filter(found.cx_ends).drop("cx_ends", *own)


def by_person(table: "ibis.Table", counts: Sequence[str]) -> "ibis.Table":
    """Return one row for each person: in how many of their rows each condition held. Streamed where rows stream."""
    if not is_sorted(table):
        return table.group_by(PERSON).agg(**{name: table[name].sum() for name in counts})
    marked = table.mutate(cx_new=previous(table, AT).isnull())
    return stretches(marked, "cx_new", counts=counts).select(PERSON, AT, *counts)


def out_of_order(table: "ibis.Table") -> int:
    """Return how many rows of a table that counts as sorted come before their time."""
    ibis = lazy_ibis()
    if not is_sorted(table):
        return 0
    bare = ibis.window()
    beside = table.mutate(**{f"cx_{name}": table[name].lag().over(bare) for name in KEY})
    same_person, same_time = beside.cx_person_key == beside[PERSON], beside.cx_occurred_at == beside[AT]
    early = (beside.cx_person_key > beside[PERSON]) | (same_person & (beside.cx_occurred_at > beside[AT]))
    return count_rows(beside.filter(early | (same_person & same_time & (beside.cx_event_id > beside[ID]))))


def with_clock(table: "ibis.Table", reach: int) -> "ibis.Table":
    """Add `cx_clock`, in microseconds: differences within a person are right up to `reach`, above it beyond.

    Where rows stream, the clock runs on from person to person and jumps by more than `reach` in between,
    so that nobody else's event is ever within reach.
    """
    ibis = lazy_ibis()
    if not is_sorted(table):
        return table.mutate(**{CLOCK: microseconds(table[AT], ibis.literal(datetime(1970, 1, 1)))})
    gap = microseconds(table[AT], previous(table, AT))
    stepped = table.mutate(cx_step=ibis.coalesce(ibis.least(gap, reach + 1), reach + 1))
    return stepped.mutate(**{CLOCK: stepped.cx_step.sum().over(ibis.cumulative_window())}).drop("cx_step")


def microseconds(later: "ibis.Value", earlier: "ibis.Value") -> "ibis.Value":
    """Return the time between two instants as a whole number."""
    return later.delta(earlier, unit="microsecond")


def with_latest(table: "ibis.Table", name: str, condition: "ibis.Value") -> "ibis.Table":
    """Add the clock of the person's latest row before this one for which `condition` holds.

    `table` comes from `with_clock`. Where rows stream, the answer may be somebody else's clock, out of reach.
    """
    ibis = lazy_ibis()
    marked = table.mutate(cx_mark=ibis.ifelse(condition, table[CLOCK], ibis.null("int64")))
    if not is_sorted(marked):
        return marked.mutate(**{name: marked.cx_mark.max().over(_before_here(marked))}).drop("cx_mark")
    before = marked.mutate(cx_mark=marked.cx_mark.lag().over(ibis.window()))
    return before.mutate(**{name: before.cx_mark.max().over(ibis.cumulative_window())}).drop("cx_mark")


def most_before(table: "ibis.Table", column: str, *, within: Sequence[str], order: Sequence[str]) -> "ibis.Value":
    """Return the greatest value among the earlier rows of the same group; null where none has any.

    For rows of any kind: `within` names the group, `order` what puts its rows in order, no two of those that are
    asked about alike. It costs a sort and no more, however many rows a group has.
    """
    window = lazy_ibis().window(group_by=list(within), order_by=list(order), preceding=(None, 1))
    return table[column].max().over(window)


def _before_here(table: "ibis.Table") -> Any:
    order = [table[AT], table[ID]]
    return lazy_ibis().window(group_by=table[PERSON], order_by=order, preceding=(None, 1))
