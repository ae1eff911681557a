"""Retention metrics: who leaves, who stays active, who comes back."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.calendar import month_number, months
from cxlib.metrics.conditions import one_if
from cxlib.metrics.definition import Ratio, Rule, Sources
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table

    from cxlib.metrics.definition import Conditions

REPEAT_DAYS = 90
MONTHS_OF = {"monthly": 1, "quarterly": 3, "annual": 12}


def monthly_cents(contracts: "Table") -> "NumericValue":
    """Return what a contract is worth a month: the price of its billing period, divided by the period's months."""
    ibis = lazy_ibis()
    price = contracts.price_cents
    if "billing_period" not in contracts.columns:
        return price.cast("float64")
    period = contracts.billing_period
    return ibis.cases(*[(period == name, price / length) for name, length in MONTHS_OF.items()], else_=price * 1.0)


def _contract_months(sources: Sources) -> "Table":
    """One row for each contract and month at whose beginning it ran."""
    contracts = sources["subscriptions"]
    calendar = months(contracts.started_at, sources)
    rows = contracts.cross_join(calendar)
    running = (rows.started_at < rows.begins_at) & (
        rows.cancelled_at.isnull() | (rows.cancelled_at >= rows.begins_at)
    )
    return rows.filter(running)


def _unfinished(rows: "Table", rule: Rule) -> "Conditions":
    reasons: Conditions = [("immature", ~rows.is_over)]
    return reasons + ([("no_amount", rows.price_cents.isnull())] if rule.key == "revenue" else [])


def _left(rows: "Table") -> "NumericValue":
    return one_if(rows.cancelled_at < rows.ends_at)


def _left_by_choice(rows: "Table") -> "NumericValue":
    chosen = ~rows.involuntary.fill_null(False) if "involuntary" in rows.columns else lazy_ibis().literal(True)
    return one_if((rows.cancelled_at < rows.ends_at) & chosen)


CHURN_RATE = Ratio(
    key="churn_rate",
    name=mark("churn rate"),
    question=mark("Of the contracts that ran when the month began, how many ended in it?"),
    explanation=mark(
        "Contracts lost in a month, divided by those running at its beginning; those that join in the month count "
        "from the next one on. Over several months it is the mean monthly rate. A year is not twelve times a month: "
        "of 100, 5 % a month leave 54 after a year, not 40."
    ),
    unit_of_analysis=mark("contract and month, grouped by customer; months not over are set aside"),
    tables=("subscriptions",),
    needs={"subscriptions": ("subscription_id", "started_at", "cancelled_at", "price_cents")},
    date="begins_at",
    rows=_contract_months,
    set_aside=_unfinished,
    rules=(
        Rule(
            key="contracts",
            name=mark("contracts"),
            explanation=mark("Every contract counts the same, whatever ended it."),
            numerator=_left,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="by_choice",
            name=mark("by choice"),
            explanation=mark("Only those that ended by the customer's choice, not by a payment that failed."),
            numerator=_left_by_choice,
            interval="wilson",
            unit="share",
            direction="down",
        ),
        Rule(
            key="revenue",
            name=mark("revenue"),
            explanation=mark("Monthly revenue lost, of the monthly revenue at the beginning."),
            numerator=lambda rows: _left(rows) * monthly_cents(rows),
            denominator=monthly_cents,
            interval="delta",
            unit="share",
            direction="down",
        ),
    ),
    abuses=(
        mark("multiplying a month by twelve"),
        mark("dividing by contracts that joined in between"),
    ),
    source="Fader & Hardie 2007, JIM 21(1); interval: Wilson 1927, grouped by customer.",
    synonyms=("churn", "cancelamento", "taxa de cancelamento", "evasão"),
    least_n=100,
)


def _cohort_months(sources: Sources) -> "Table":
    """One row for each customer and month since the first order: bought in it, and bought in each one up to it."""
    ibis = lazy_ibis()
    orders = sources["orders"]
    paid = orders.filter(orders.customer_id.notnull() & orders.paid_at.notnull())
    bought = paid.select("customer_id", number=month_number(paid.paid_at, sources), at=paid.paid_at)
    first = bought.group_by("customer_id").agg(cx_first=bought.number.min(), first_order_at=bought.at.min())
    active = bought.select("customer_id", "number").distinct().mutate(cx_bought=1)
    rows = first.cross_join(months(paid.paid_at, sources)).filter(lambda t: t.number >= t.cx_first)
    rows = rows.left_join(active, ["customer_id", "number"]).drop("customer_id_right", "number_right")
    so_far = ibis.cumulative_window(group_by=rows.customer_id, order_by=rows.number)
    rows = rows.mutate(months_since=rows.number - rows.cx_first, cx_months_active=rows.cx_bought.sum().over(so_far))
    return rows.filter(rows.months_since > 0)


COHORT_RULES = (
    Rule(
        key="classic",
        name=mark("active in that month"),
        explanation=mark("Bought in that month, whatever happened in between."),
        numerator=lambda rows: one_if(rows.cx_bought == 1),
        interval="wilson",
        unit="share",
    ),
    Rule(
        key="unbroken",
        name=mark("active in every month"),
        explanation=mark("Bought in every month up to that one."),
        numerator=lambda rows: one_if(rows.cx_months_active == rows.months_since + 1),
        interval="wilson",
        unit="share",
    ),
)

RETENTION = Ratio(
    key="retention",
    name=mark("retention"),
    question=mark("Of the customers who began together, how many are active so many months later?"),
    explanation=mark(
        "Customers who bought in a month, divided by those whose first order was so many months before. Ask for it "
        "by months_since, and with every=month for a cohort each. Without them it is a mean over all months, which "
        "changes with the mix of old and new customers."
    ),
    unit_of_analysis=mark("customer and month since the first order; months not over are set aside"),
    tables=("orders",),
    needs={"orders": ("order_id", "customer_id", "paid_at")},
    date="first_order_at",
    rows=_cohort_months,
    set_aside=lambda rows, rule: [("immature", ~rows.is_over)],
    rules=COHORT_RULES,
    abuses=(
        mark("averaging over the survivors alone"),
        mark("showing a cohort whose month is not over"),
    ),
    source="Cohort retention as in analytics tools; interval: Wilson 1927, grouped by customer.",
    synonyms=("retenção", "taxa de retenção", "coorte", "cohort"),
    least_n=50,
)


def _first_orders(sources: Sources) -> "Table":
    """One row for each customer: the first paid order and the second."""
    ibis = lazy_ibis()
    orders = sources["orders"]
    paid = orders.filter(orders.customer_id.notnull() & orders.paid_at.notnull())
    within = ibis.window(group_by=paid.customer_id, order_by=[paid.paid_at, paid.order_id])
    placed = paid.mutate(cx_place=ibis.row_number().over(within), cx_next_at=paid.paid_at.lead().over(within))
    return placed.filter(placed.cx_place == 0).mutate(cx_as_of=ibis.literal(sources.as_of))


def _too_young(firsts: "Table", rule: Rule) -> "Conditions":
    if rule.key == "everybody":
        return []
    return [("immature", firsts.paid_at + lazy_ibis().interval(days=REPEAT_DAYS) > firsts.cx_as_of)]


def _again(firsts: "Table") -> "NumericValue":
    return one_if(firsts.cx_next_at < firsts.paid_at + lazy_ibis().interval(days=REPEAT_DAYS))


REPEAT_RATE = Ratio(
    key="repeat_rate",
    name=mark("repeat purchase rate"),
    question=mark("Of the customers who bought for the first time, how many came back within 90 days?"),
    explanation=mark(
        "Customers with a second paid order within 90 days, divided by the customers whose first paid order is at "
        "least 90 days old. Those who began last week have had no time to come back, and would only dilute it."
    ),
    unit_of_analysis=mark("customer, by the day of the first paid order"),
    tables=("orders",),
    needs={"orders": ("order_id", "customer_id", "paid_at")},
    date="paid_at",
    rows=_first_orders,
    set_aside=_too_young,
    rules=(
        Rule(
            key="mature",
            name=mark("old enough"),
            explanation=mark("Only customers whose 90 days are over."),
            numerator=_again,
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="everybody",
            name=mark("everybody"),
            explanation=mark("Also those who began yesterday: what dashboards show."),
            numerator=_again,
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("leaving customers of last week in the base"),),
    source="Matured cohorts, as in clinical follow-up; interval: Wilson 1927.",
    synonyms=("recompra", "taxa de recompra", "segunda compra"),
    least_n=100,
)

RETENTIONS = (CHURN_RATE, RETENTION, REPEAT_RATE)
