"""What a metric is: the words, the rows, and the rules by which its number may be computed."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.metrics.reasons import NOT_THERE

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from cxlib.metrics.compute import Question
    from cxlib.tables.dataset import Dataset

    Conditions = list[tuple[str, ibis.expr.types.BooleanValue]]
    Value = Callable[[ibis.Table], ibis.expr.types.NumericValue]

CUSTOMER = "customer_id"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Other rows than a metric's own, from which one of its rules reads it.

    The fields are those of `Definition`, None for the metric's own. With `tables`, the rule reads the metric from
    another table altogether, such as a tool's sums of a day; without, `needs` are those besides the metric's own.
    """

    rows: "Callable[[Sources], ibis.Table]"
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    tables: tuple[str, ...] | None = None
    date: str | None = None
    set_aside: "Callable[[ibis.Table, Rule], Conditions] | None" = None
    cluster: tuple[str, ...] | None = None
    people: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One way, among rivals, of turning rows into the number.

    `numerator` gives what one row adds. The denominator counts the rows, or their weights, or adds up
    `denominator`; where that is a number of units (impressions, sessions), `counts_units` makes it the n.
    `interval` is `adjusted_wald`, `wald`, `wilson`, `student`, `delta`, `poisson`, `bootstrap`, or the reason
    for having none, such as `none: a count of all there is`. `factor` turns the ratio into the `unit`. `scale`
    holds the least and the most a valid score may be, `quantile` the part of a duration that is told. `reads` are
    other rows than the metric's own.
    """

    key: str
    name: str
    explanation: str
    unit: str
    interval: str
    numerator: "Value | None" = None
    denominator: "Value | None" = None
    counts_units: bool = False
    factor: float = 1.0
    direction: str = "up"
    scale: tuple[int, int] | None = None
    weighted: bool = False
    quantile: float = 0.5
    reads: Rows | None = None


@dataclass(frozen=True, kw_only=True)
class Sources(Mapping[str, "ibis.Table"]):
    """What a metric is made from: its tables by name, the zone of its days, and the last moment they know of."""

    tables: Mapping[str, "ibis.Table"]
    zone: str
    latest: Callable[[], datetime]

    @cached_property
    def as_of(self) -> datetime:
        """The last moment the data know of (UTC): what happens later is unknown, not absent."""
        return self.latest()

    def __getitem__(self, name: str) -> "ibis.Table":
        """Return a table."""
        return self.tables[name]

    def having(self, name: str, *columns: str) -> "ibis.Table | None":
        """Return a table that a metric uses where it is there, with these columns; None where it is not."""
        table = self.tables.get(name)
        return table if table is not None and set(columns) <= set(table.columns) else None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables."""
        return iter(self.tables)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.tables)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What every metric has.

    `rows` picks and prepares the rows from the tables named in `tables`, the first being the one whose rows
    are counted; `set_aside` lists, for a rule, the reasons for which a row cannot count, the first that holds
    being the one reported. `needs` are the columns that must be there, `date` the column of the rows that
    decides their period. Rows of the same `cluster` (the first of these columns that is known) belong together
    and count as one person; without one, or where what belongs together is not `people` (the lines of a day), none
    is hidden. The first rule is the default; where its tables are not there, the first whose tables are.
    """

    key: str
    name: str
    question: str
    explanation: str
    unit_of_analysis: str
    tables: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    date: str
    rows: Callable[[Sources], "ibis.Table"]
    set_aside: Callable[["ibis.Table", Rule], "Conditions"]
    rules: tuple[Rule, ...]
    abuses: tuple[str, ...]
    source: str
    synonyms: tuple[str, ...] = ()
    cluster: tuple[str, ...] = (CUSTOMER,)
    people: bool = True
    least_n: int = 30
    least_n_compared: int = 100

    @property
    def table(self) -> str:
        """The table whose rows are counted."""
        return self.tables[0]

    def needs_of(self, rule: Rule) -> dict[str, list[str]]:
        """Return the tables a rule needs, the one whose rows are counted first, and their columns."""
        read = self.under(rule)
        needs = {name: list(read.needs.get(name, ())) for name in (*read.tables, *read.needs)}
        if rule.weighted:
            needs[read.table].append("weight")
        return needs

    def own_rows(self, sources: Sources, rule: Rule | None = None) -> "ibis.Table":
        """Return the rows without those that are none of this metric's, but of a sister's or of nobody's record."""
        rule = rule or self.rules[0]
        read = self.under(rule)
        rows = read.rows(sources)
        foreign = [condition for code, condition in read.set_aside(rows, rule) if code in NOT_THERE]
        return rows.filter(*[~condition for condition in foreign]) if foreign else rows

    @property
    def of_people(self) -> bool:
        """Whether a cell of few rows would point at somebody."""
        return bool(self.cluster) and self.people

    def under(self, rule: Rule) -> Self:
        """Return the metric as a rule reads it: from other rows than its own, where the rule has some."""
        read = rule.reads
        if read is None:
            return self
        given = {one.name: value for one in fields(read) if (value := getattr(read, one.name)) is not None}
        if read.tables is None:
            both = {
                name: (*self.needs.get(name, ()), *read.needs.get(name, ())) for name in (*self.needs, *read.needs)
            }
            given["needs"] = {name: tuple(dict.fromkeys(columns)) for name, columns in both.items()}
        return replace(self, **given)

    def usual_rule(self, there: Container[str]) -> Rule:
        """Return the first rule whose tables are there; the default where none has all of its own."""
        possible = (rule for rule in self.rules if all(name in there for name in self.needs_of(rule)))
        return next(possible, self.rules[0])

    def rule(self, key: str | None) -> Rule:
        """Return a rule by its key, the default for None; an unknown key raises `InputError`."""
        for rule in self.rules:
            if key in (None, rule.key):
                return rule
        raise InputError(
            say(
                "{metric} has no rule {rule}; it has: {rules}.",
                metric=self.key,
                rule=repr(key),
                rules=", ".join(rule.key for rule in self.rules),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Ratio(Definition):
    """A metric that is a sum over rows divided by a count of rows, or by another sum."""


@dataclass(frozen=True, kw_only=True)
class Duration(Definition):
    """A metric that is a quantile of how long something took, or has been taking where it is not over.

    `minutes` gives the length of a row, counted to `as_of` where it is still running; `finished` says whether
    it is over.
    """

    minutes: Callable[["ibis.Table", Rule], "ibis.expr.types.NumericValue"]
    finished: Callable[["ibis.Table", Rule], "ibis.expr.types.BooleanValue"]


@dataclass(frozen=True, kw_only=True)
class Measure(Definition):
    """A metric that is neither: counts of distinct people, ledgers, fits.

    `cells` returns one row per cell: the keys, value, low, high, n, customers, numerator, denominator, method,
    and `aside_REASON` counts, in the unit of the rule.
    """

    cells: Callable[["Dataset", "Question"], "pd.DataFrame"]
