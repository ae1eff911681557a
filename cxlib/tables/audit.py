"""The account of what happened to every row: rows in = rows used + rows set aside, each with a reason."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Rows of one table from one source: read, used, set aside."""

    table: str
    source: str
    rows_in: int
    rows_used: int
    rows_set_aside: int


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One kind of trouble in one column, how often, and what was done about it.

    `code` is a stable word (`not_a_number`, `out_of_scale`, `duplicate_row` ...); `found` shows an
    example with personal data struck out; `outcome` is what was done: `set_to_null`, `row_set_aside`, `kept`,
    `left_out`, `decided`, `pseudonymised` or `redacted`.
    """

    table: str
    column: str
    code: str
    found: str
    count: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Tallies and issues of a dataset, in the order they came up."""

    tallies: tuple[Tally, ...] = ()
    issues: tuple[Issue, ...] = ()

    def __add__(self, other: "Audit") -> "Audit":
        return Audit(tallies=self.tallies + other.tallies, issues=self.issues + other.issues)

    def only(self, tables: Iterable[str]) -> "Audit":
        """Return the part of the account that is about `tables`."""
        names = set(tables)
        return Audit(
            tallies=tuple(tally for tally in self.tallies if tally.table in names),
            issues=tuple(issue for issue in self.issues if issue.table in names),
        )

    def as_dict(self) -> dict:
        """Return plain lists and dicts, for the manifest."""
        return {"tallies": [asdict(t) for t in self.tallies], "issues": [asdict(i) for i in self.issues]}

    @classmethod
    def from_dict(cls, content: dict) -> "Audit":
        """Read what `as_dict` wrote."""
        return cls(
            tallies=tuple(Tally(**tally) for tally in content.get("tallies", [])),
            issues=tuple(Issue(**issue) for issue in content.get("issues", [])),
        )
