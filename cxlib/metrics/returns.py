"""Returns: of what was sold, how much comes back."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import missing
from cxlib.metrics.definition import Ratio, Rule, Sources
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table

    from cxlib.metrics.definition import Conditions

RETURN_DAYS = 30


def lines_with_returns(sources: Sources) -> "Table":
    """Return product lines with their order, what came back of each, and the moment the data end."""
    ibis = lazy_ibis()
    items, orders, returns = sources["order_items"], sources["orders"], sources["returns"]
    if "is_exchange" in returns.columns:
        returns = returns.filter(~returns.is_exchange.fill_null(False))
    held = ["order_id", "placed_at", *(name for name in ("customer_id", "channel") if name in orders.columns)]
    lines = items.join(orders.select(*held), "order_id")
    of_line = returns.filter(returns.order_item_id.notnull()).group_by("order_item_id")
    of_line = of_line.agg(cx_units=returns.quantity.sum(), cx_refund=returns.refunded_cents.sum())
    whole = returns.filter(returns.order_item_id.isnull() & returns.order_id.notnull())
    whole = whole.select(cx_order="order_id").distinct().mutate(cx_whole=True)
    of_line = of_line.rename(cx_line="order_item_id")
    lines = lines.left_join(of_line, lines.order_item_id == of_line.cx_line)
    lines = lines.drop("cx_line").left_join(whole, lines.order_id == whole.cx_order).drop("cx_order")
    return lines.mutate(cx_as_of=ibis.literal(sources.as_of))


def _young_line(lines: "Table", rule: Rule) -> "Conditions":
    young = lines.placed_at + lazy_ibis().interval(days=RETURN_DAYS) > lines.cx_as_of
    return [*missing(lines, "quantity", "unit_price_cents"), ("immature", young)]


def units_back(lines: "Table") -> "NumericValue":
    """Return the units of a line that came back, all of them where the whole order was given back."""
    ibis = lazy_ibis()
    back = ibis.ifelse(lines.cx_whole.notnull(), lines.quantity, lines.cx_units.fill_null(0))
    return ibis.least(back, lines.quantity)


def _value_back(lines: "Table") -> "NumericValue":
    ibis = lazy_ibis()
    value = lines.quantity * lines.unit_price_cents
    return ibis.least(ibis.ifelse(lines.cx_whole.notnull(), value, lines.cx_refund.fill_null(0)), value)


RETURN_RATE = Ratio(
    key="return_rate",
    name=mark("return rate"),
    question=mark("Of what was sold, how much came back?"),
    explanation=mark(
        "Units sent back divided by units sold, of the same orders: returns of this month divided by sales of this "
        "month mix two kinds of orders. Orders of the last 30 days are too young to count; an exchange is no return."
    ),
    unit_of_analysis=mark("unit of a product line, by the day of the order"),
    tables=("order_items", "orders", "returns"),
    needs={
        "order_items": ("order_item_id", "order_id", "quantity", "unit_price_cents"),
        "orders": ("order_id", "placed_at"),
        "returns": ("order_id", "order_item_id", "quantity", "refunded_cents"),
    },
    date="placed_at",
    rows=lines_with_returns,
    set_aside=_young_line,
    rules=(
        Rule(
            key="units",
            name=mark("units"),
            explanation=mark("Units sent back, of the units sold."),
            numerator=units_back,
            denominator=lambda lines: lines.quantity,
            counts_units=True,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="value",
            name=mark("value"),
            explanation=mark("Money given back, of the value sold, shipping left out."),
            numerator=_value_back,
            denominator=lambda lines: lines.quantity * lines.unit_price_cents,
            interval="delta",
            unit="share",
            direction="down",
        ),
    ),
    abuses=(
        mark("dividing this month's returns by this month's sales"),
        mark("making returns hard and cheering the rate"),
    ),
    source="Order-cohort definition; interval: Wilson 1927, and the delta method over customers.",
    synonyms=("taxa de devolução", "devoluções", "returns"),
    least_n=100,
)

RETURNS = (RETURN_RATE,)
