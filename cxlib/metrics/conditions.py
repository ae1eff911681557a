"""Conditions that several families share: who is no person, what is missing, and yes or no as 1 or 0."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue, Table

    from cxlib.metrics.definition import Conditions

# The interval of a rule that is no estimate.
COUNTED = "none: a count of all there is"
BOOKED = "none: taken from the books"
VISITOR = ("customer_id", "identity_id")


def one_if(condition: "BooleanValue") -> "NumericValue":
    """Return 1.0 where a condition holds, 0.0 where it does not or cannot be told."""
    return condition.fill_null(False).cast("float64")


def not_people(rows: "Table") -> "Conditions":
    """Return what sets bots and staff aside, as far as the rows tell them."""
    flags = {"bot": "is_bot", "internal": "is_internal"}
    return [(code, rows[column].fill_null(False)) for code, column in flags.items() if column in rows.columns]


def missing(rows: "Table", *columns: str) -> "Conditions":
    """Return what sets rows aside that lack one of the columns' values."""
    return [("missing", rows[column].isnull()) for column in columns]
