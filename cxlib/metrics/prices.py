"""Prices: what customers pay for a product, of what its list says."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import missing
from cxlib.metrics.definition import Ratio, Rule, Sources

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions


def _priced_lines(sources: Sources) -> "Table":
    items, orders, products = sources["order_items"], sources["orders"], sources["products"]
    held = ["order_id", "placed_at", *(name for name in ("customer_id", "channel") if name in orders.columns)]
    lines = items.join(orders.select(*held), "order_id")
    listed = products.select(cx_product="product_id", cx_list="price_cents")
    return lines.left_join(listed, lines.product_id == listed.cx_product).drop("cx_product")


def _unpriced(lines: "Table", rule: Rule) -> "Conditions":
    return [
        *missing(lines, "quantity", "unit_price_cents"),
        ("no_amount", lines.cx_list.isnull() | (lines.cx_list <= 0)),
    ]


PRICE_TO_LIST = Ratio(
    key="price_to_list",
    name=mark("price paid of list price"),
    question=mark("Of what the list says, how much do customers pay for the same things?"),
    explanation=mark(
        "Prices charged divided by list prices, of the same products and units, so that a channel that sells dearer "
        "things does not look dearer. Discounts of a whole order and shipping are not in it."
    ),
    unit_of_analysis=mark("product line, by the day of the order, grouped by customer"),
    tables=("order_items", "orders", "products"),
    needs={
        "order_items": ("order_item_id", "order_id", "product_id", "quantity", "unit_price_cents"),
        "orders": ("order_id", "placed_at"),
        "products": ("product_id", "price_cents"),
    },
    date="placed_at",
    rows=_priced_lines,
    set_aside=_unpriced,
    rules=(
        Rule(
            key="list",
            name=mark("of the list price"),
            explanation=mark("1 is the list price; the list of today, also for orders of the past."),
            numerator=lambda lines: lines.quantity * lines.unit_price_cents,
            denominator=lambda lines: lines.quantity * lines.cx_list,
            interval="delta",
            unit="share",
            direction="none",
        ),
    ),
    abuses=(mark("calling a mix of dearer products a higher price"),),
    source="Price realisation; Paasche's weights; interval: delta method over customers.",
    synonyms=("preço praticado", "preço de tabela", "price realisation"),
    least_n=100,
)
