"""What a web tool shows on its screens, one line a day and source: visits counted already, nobody's in particular.

Metrics of visits can be read from these lines where the visits are not at hand. Lines of a day belong together:
one campaign, one outage moves them all.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cxlib.metrics.conditions import missing
from cxlib.metrics.definition import Rows, Sources

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table

    from cxlib.metrics.definition import Conditions, Rule

TABLE, DAY, KEY = "web_daily", "date_on", "web_daily"


def _lines(sources: Sources) -> "Table":
    return sources[TABLE]


def _lacking(*columns: str, within: str | None = None) -> "Callable[[Table, Rule], Conditions]":
    """Set lines aside that lack a number, or whose part is more than the whole named by `within`."""

    def set_aside(lines: "Table", rule: "Rule") -> "Conditions":
        beyond = [] if within is None else [("impossible", lines[columns[-1]] > lines[within])]
        return missing(lines, *columns) + beyond

    return set_aside


def daily_rows(*columns: str, within: str | None = None, rows: "Callable[[Sources], Table]" = _lines) -> Rows:
    """Return the lines of a web tool as the rows of a rule, which needs these of their columns."""
    return Rows(
        tables=(TABLE,),
        needs={TABLE: columns},
        date=DAY,
        rows=rows,
        set_aside=_lacking(*columns, within=within),
        cluster=(DAY,),
        people=False,
    )


def visits_of_the_day(lines: "Table") -> "NumericValue":
    """Return the visits of a line."""
    return lines.sessions
