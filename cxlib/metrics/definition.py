"""What a metric is: the words, the rows, and the rules by which its number may be computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxlib.errors import InputError
from cxlib.language import say

if TYPE_CHECKING:
    import ibis

    Conditions = list[tuple[str, ibis.expr.types.BooleanValue]]

# Reasons that say: this row counts, but in a sister metric.
ELSEWHERE = ("relational", "transactional")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One way, among rivals, of turning rows into the number.

    `numerator` gives what one row adds; the denominator counts the rows, or their weights. `interval`
    is `adjusted_wald`, `wald`, `wilson`, `student` or `bootstrap`. `factor` turns the ratio into the
    `unit`. `scale` holds the least and the most a valid score may be.
    """

    key: str
    name: str
    explanation: str
    numerator: Callable[["ibis.Table"], "ibis.expr.types.NumericValue"]
    interval: str
    unit: str
    factor: float = 1.0
    direction: str = "up"
    scale: tuple[int, int] | None = None
    weighted: bool = False


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A metric that is a sum over rows divided by a count of rows.

    `rows` picks and prepares the rows from the tables named in `tables`; `set_aside` lists, for a
    rule, the reasons for which a row cannot count, the first that holds being the one reported.
    `needs` are the columns that must be there. The first rule is the default.
    """

    key: str
    name: str
    question: str
    explanation: str
    unit_of_analysis: str
    tables: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    date: str
    rows: Callable[[Mapping[str, "ibis.Table"]], "ibis.Table"]
    set_aside: Callable[["ibis.Table", Rule], "Conditions"]
    rules: tuple[Rule, ...]
    abuses: tuple[str, ...]
    source: str
    synonyms: tuple[str, ...] = ()
    least_n: int = 30
    least_n_compared: int = 100

    @property
    def table(self) -> str:
        """The table whose rows are counted."""
        return self.tables[0]

    def own_rows(self, tables: Mapping[str, "ibis.Table"]) -> "ibis.Table":
        """Return the rows without those that count in a sister metric: what is there for this one."""
        rows = self.rows(tables)
        foreign = [condition for code, condition in self.set_aside(rows, self.rules[0]) if code in ELSEWHERE]
        return rows.filter(*[~condition for condition in foreign]) if foreign else rows

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
