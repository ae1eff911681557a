"""Rows that contradict themselves or each other: what every metric is a little wrong by, unless somebody looks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cxlib.tables.engine import count_rows, lazy_ibis

if TYPE_CHECKING:
    import ibis

# What cannot come before what, by table.
IN_TIME = {
    "sessions": (("started_at", "ended_at"),),
    "carts": (("created_at", "converted_at"),),
    "orders": (("placed_at", "paid_at"), ("placed_at", "cancelled_at")),
    "returns": (("requested_at", "refunded_at"),),
    "shipments": (("ready_at", "shipped_at"), ("ready_at", "delivered_at")),
    "subscriptions": (("started_at", "cancelled_at"),),
    "tickets": (("created_at", "first_human_reply_at"), ("created_at", "solved_at"), ("created_at", "closed_at")),
    "bot_sessions": (("started_at", "ended_at"),),
    "survey_responses": (("asked_at", "answered_at"),),
    "deals": (("created_at", "closed_at"),),
}
LATE_HOURS = 24


def contradictions(name: str, table: "ibis.Table") -> list[tuple]:
    """Return one finding per kind of contradiction in a table: table, column, code, found, count, outcome."""
    found = [
        (
            name,
            later,
            "before_it_began",
            earlier,
            _count(table, (earlier, later), _backwards),
            "kept",
        )
        for earlier, later in IN_TIME.get(name, ())
    ]
    found += [
        (name, columns[0], code, "", _count(table, columns, test), "kept")
        for table_name, columns, code, test in _OTHERS
        if table_name == name
    ]
    return [finding for finding in found if finding[4]]


def _count(table: "ibis.Table", columns: tuple[str, ...], test: Callable) -> int:
    """Return how many rows fail a test; none where the table lacks a column of it."""
    if not set(columns) <= set(table.columns):
        return 0
    return count_rows(table.filter(test(table, *columns)))


def _backwards(table: "ibis.Table", earlier: str, later: str) -> "ibis.Value":
    return table[later] < table[earlier]


def _late(table: "ibis.Table", occurred: str, received: str) -> "ibis.Value":
    return table[received] > table[occurred] + lazy_ibis().interval(hours=LATE_HOURS)


def _beyond(table: "ibis.Table", score: str, least: str, most: str) -> "ibis.Value":
    return (table[score] < table[least]) | (table[score] > table[most])


def _untraced(table: "ibis.Table", order: str, amount: str) -> "ibis.Value":
    return table[order].isnull() & (table[amount] > 0)


_OTHERS: tuple[tuple[str, tuple[str, ...], str, Callable], ...] = (
    ("events", ("occurred_at", "received_at"), "arrived_late", _late),
    ("survey_responses", ("score", "scale_min", "scale_max"), "out_of_scale", _beyond),
    ("returns", ("order_id", "refunded_cents"), "refund_without_order", _untraced),
    ("carts", ("merged_into_cart_id",), "merged", lambda table, into: table[into].notnull()),
)
