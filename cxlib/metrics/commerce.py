"""Commerce metrics: who buys, for how much, and what is left in the cart."""

from datetime import timedelta
from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import VISITOR, missing, not_people, one_if
from cxlib.metrics.daily_totals import KEY, daily_rows, visits_of_the_day
from cxlib.metrics.definition import Ratio, Rows, Rule, Sources
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue, Table

    from cxlib.metrics.definition import Conditions, Value

CART_HOURS, CART_DAYS = 24, 7


def _visits(sources: Sources) -> "Table":
    return sources["sessions"]


def _unmeasured(visits: "Table", rule: Rule) -> "Conditions":
    return not_people(visits) + missing(visits, "key_events")


CONVERSION_RATE = Ratio(
    key="conversion_rate",
    name=mark("conversion rate"),
    question=mark("Of the visits, how many reached the goal?"),
    explanation=mark(
        "Visits with at least one key event, divided by all visits. Of visitors it is another, higher number "
        "(visitor_conversion), and goals per visit are a third: say which one you mean. What people buy in a store "
        "after a visit is not seen here."
    ),
    unit_of_analysis=mark("visit, grouped by visitor; bots and staff set aside"),
    tables=("sessions",),
    needs={"sessions": ("session_id", "key_events")},
    date="started_at",
    rows=_visits,
    set_aside=_unmeasured,
    rules=(
        Rule(
            key="visits",
            name=mark("visits with a goal"),
            explanation=mark("A visit with two goals counts once."),
            numerator=lambda visits: one_if(visits.key_events > 0),
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="goals_per_visit",
            name=mark("goals per visit"),
            explanation=mark("Every goal counts; the interval knows that one visitor's visits belong together."),
            numerator=lambda visits: visits.key_events,
            interval="student",
            unit="ratio",
        ),
        Rule(
            key=KEY,
            name=mark("goals per visit, from a tool's daily totals"),
            explanation=mark(
                "Every goal counts, from the lines of a tool's screens (table web_daily). They do not say how many "
                "visits had a goal, so this is no share; the interval is that of days."
            ),
            numerator=lambda lines: lines.key_events,
            denominator=visits_of_the_day,
            counts_units=True,
            interval="delta",
            unit="ratio",
            reads=daily_rows("sessions", "key_events"),
        ),
    ),
    abuses=(
        mark("choosing the denominator that looks best"),
        mark("comparing channels whose visitors differ"),
    ),
    source="Google Analytics 4 documentation; delta method: Deng, Knoblich & Lu 2018, arXiv 1803.06336.",
    synonyms=("taxa de conversão", "conversion", "cvr"),
    cluster=VISITOR,
    least_n=100,
)


def _visitors(sources: Sources) -> "Table":
    """One row for each visitor, at the first of the visits that count."""
    visits = sources["sessions"]
    for _, condition in not_people(visits):
        visits = visits.filter(~condition)
    known = [visits[column].cast("string") for column in VISITOR if column in visits.columns]
    named = visits.mutate(visitor_id=lazy_ibis().coalesce(*known))
    grouped = named.group_by("visitor_id")
    return grouped.agg(started_at=named.started_at.min(), key_events=named.key_events.sum())


def _nobody(visitors: "Table", rule: Rule) -> "Conditions":
    return [("unidentified", visitors.visitor_id.isnull()), *missing(visitors, "key_events")]


VISITOR_CONVERSION = Ratio(
    key="visitor_conversion",
    name=mark("visitor conversion"),
    question=mark("Of the visitors, how many ever reached the goal?"),
    explanation=mark(
        "Visitors with at least one key event in the data, divided by all visitors, each at the day of the first "
        "visit. Visitors are customers where they are known, else cookies or devices: one person can be several."
    ),
    unit_of_analysis=mark("visitor, by the day of the first visit"),
    tables=("sessions",),
    needs={"sessions": ("session_id", "identity_id", "key_events")},
    date="started_at",
    rows=_visitors,
    set_aside=_nobody,
    rules=(
        Rule(
            key="visitors",
            name=mark("visitors with a goal"),
            explanation=mark("A visitor counts once, however many visits or goals."),
            numerator=lambda visitors: one_if(visitors.key_events > 0),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("reading cookies as people"), mark("holding it against the conversion of visits")),
    source="Google Analytics 4 documentation; interval: Wilson 1927.",
    synonyms=("conversão de usuários", "user conversion"),
    cluster=("visitor_id",),
    least_n=100,
)


def orders_with_returns(sources: Sources) -> "Table":
    """Return orders with what was given back of each; exchanges give nothing back."""
    orders, returns = sources["orders"], sources["returns"]
    if "is_exchange" in returns.columns:
        returns = returns.filter(~returns.is_exchange.fill_null(False))
    given_back = returns.group_by("order_id").agg(cx_refunded=returns.refunded_cents.sum())
    given_back = given_back.rename(cx_order="order_id")
    return orders.left_join(given_back, orders.order_id == given_back.cx_order).drop("cx_order")


def net_cents(orders: "Table") -> "NumericValue":
    """Return what an order brought after what was given back of it."""
    return orders.total_cents - orders.cx_refunded.fill_null(0)


def no_sale(orders: "Table", rule: Rule) -> "Conditions":
    """Return which orders are no sale by a rule: all placed count as gross, those never paid not as paid."""
    reasons = missing(orders, "total_cents")
    if rule.key == "gross":
        return reasons
    reasons += [("not_paid", orders.paid_at.isnull())]
    if rule.key == "net":
        cancelled = (net_cents(orders) <= 0) & (orders.total_cents > 0)
        if "cancelled_at" in orders.columns:
            cancelled = cancelled | orders.cancelled_at.notnull()
        reasons += [("cancelled", cancelled)]
    return reasons


def _orders(sources: Sources) -> "Table":
    return sources["orders"]


def _amount_rule(key: str, name: str, explanation: str, numerator: "Value", reads: Rows | None = None) -> Rule:
    return Rule(
        key=key,
        name=name,
        explanation=explanation,
        numerator=numerator,
        interval="student",
        unit="cents",
        reads=reads,
    )


AVERAGE_ORDER_VALUE = Ratio(
    key="average_order_value",
    name=mark("average order value"),
    question=mark("How much is an order worth?"),
    explanation=mark(
        "What customers pay, shipping included, divided by the number of orders. Placed, paid and kept are three "
        "different numbers: an unpaid boleto is in the first only, a product sent back in the first two."
    ),
    unit_of_analysis=mark("order, grouped by customer; an order in several parcels is one"),
    tables=("orders", "returns"),
    needs={"orders": ("order_id", "total_cents", "paid_at"), "returns": ("order_id", "refunded_cents")},
    date="placed_at",
    rows=_orders,
    set_aside=no_sale,
    rules=(
        _amount_rule(
            "paid",
            mark("paid"),
            mark("Orders whose payment was approved, before anything came back."),
            lambda orders: orders.total_cents,
        ),
        _amount_rule(
            "gross",
            mark("placed"),
            mark("All orders placed, also those never paid."),
            lambda orders: orders.total_cents,
        ),
        _amount_rule(
            "net",
            mark("kept"),
            mark("Paid orders less what was given back; one given back whole is no order."),
            net_cents,
            Rows(rows=orders_with_returns),
        ),
    ),
    abuses=(
        mark("showing the gross value as the net one"),
        mark("cheering a higher value when small baskets left"),
    ),
    source="Revenue bases as in DECISIONLOGs of shops; interval: Student 1908, linearised over customers.",
    synonyms=("aov", "ticket médio", "tíquete médio", "valor médio do pedido"),
    least_n=100,
)


def _carts(sources: Sources) -> "Table":
    """Carts with the moment the data end."""
    return sources["carts"].mutate(cx_as_of=lazy_ibis().literal(sources.as_of))


def _carts_with_orders(sources: Sources) -> "Table":
    """Carts with the first order of the same customer after each, too."""
    ibis = lazy_ibis()
    carts, orders = _carts(sources), sources["orders"]
    bought = orders.filter(orders.customer_id.notnull()).select(cx_buyer="customer_id", cx_bought_at="placed_at")
    later = carts.join(
        bought,
        [
            carts.customer_id == bought.cx_buyer,
            bought.cx_bought_at > carts.created_at,
            bought.cx_bought_at < carts.created_at + ibis.interval(days=CART_DAYS),
        ],
    )
    found = later.group_by("cart_id").agg(cx_bought_at=later.cx_bought_at.min()).rename(cx_cart="cart_id")
    return carts.left_join(found, carts.cart_id == found.cx_cart).drop("cx_cart")


def _unripe_cart(carts: "Table", rule: Rule) -> "Conditions":
    reasons = not_people(carts)
    if "merged_into_cart_id" in carts.columns:
        reasons.append(("merged", carts.merged_into_cart_id.notnull()))
    hours = {"same_channel": CART_HOURS, "any_channel": 24 * CART_DAYS}.get(rule.key)
    if hours is None:
        return reasons
    return [*reasons, ("immature", carts.created_at + lazy_ibis().interval(hours=hours) > carts.cx_as_of)]


def _converted_within(carts: "Table", span: timedelta) -> "BooleanValue":
    seconds = int(span.total_seconds())
    until = carts.created_at + lazy_ibis().interval(seconds=seconds)
    return (carts.converted_at.notnull() & (carts.converted_at < until)).fill_null(False)


def _left_behind(carts: "Table") -> "NumericValue":
    return one_if(~_converted_within(carts, timedelta(hours=CART_HOURS)))


def _lost(carts: "Table") -> "NumericValue":
    return one_if(~(_converted_within(carts, timedelta(days=CART_DAYS)) | carts.cx_bought_at.notnull()))


CART_ABANDONMENT = Ratio(
    key="cart_abandonment",
    name=mark("cart abandonment"),
    question=mark("Of the carts filled, how many did not become an order?"),
    explanation=mark(
        "Carts that were not bought in time, divided by the carts old enough to know. A cart whose customer buys in "
        "another channel is not lost, and many carts are wish lists: abandonment is not lost revenue."
    ),
    unit_of_analysis=mark("cart, grouped by visitor; merged carts and bots set aside"),
    tables=("carts", "orders"),
    needs={"carts": ("cart_id", "customer_id", "converted_at"), "orders": ("customer_id",)},
    date="created_at",
    rows=_carts,
    set_aside=_unripe_cart,
    rules=(
        Rule(
            key="same_channel",
            name=mark("same channel, 24 hours"),
            explanation=mark("Not ordered in its own channel within 24 hours; younger carts are set aside."),
            numerator=_left_behind,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="any_channel",
            name=mark("any channel, 7 days"),
            explanation=mark(
                "Neither ordered nor anything bought by the same customer in any channel within 7 days."
            ),
            numerator=_lost,
            interval="wilson",
            unit="share",
            direction="down",
            reads=Rows(rows=_carts_with_orders),
        ),
        Rule(
            key="all_carts",
            name=mark("all carts"),
            explanation=mark("Every cart without an order today, a minute old or a year: what dashboards show."),
            numerator=lambda carts: one_if(carts.converted_at.isnull()),
            interval="wilson",
            unit="share",
            direction="down",
        ),
    ),
    abuses=(mark("calling all of it lost sales"), mark("counting carts that are still being filled")),
    source="Baymard Institute's definition for the naive rule; interval: Wilson 1927.",
    synonyms=("abandono de carrinho", "taxa de abandono", "carrinho abandonado"),
    cluster=VISITOR,
    least_n=100,
)


COMMERCE = (CONVERSION_RATE, VISITOR_CONVERSION, AVERAGE_ORDER_VALUE, CART_ABANDONMENT)
