# Generated from notebooks/source/04_conversion_ticket_cart; edit there, then run: python course.py build
"""The exercises of lesson 4: conversion, ticket, cart."""

from dataclasses import replace

import pandas as pd

import cxlib as cx
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Choice, Function, Interval, Number
from cxlib.learning.text import Text
from cxlib.learning.unit_explorer import conversion_by_unit
from cxlib.tables.dataset import Dataset

CHANGE = pd.Timestamp("2025-03-10")  # free shipping from 199 reais instead of 99
SOUTH = ("SP", "RJ", "MG", "PR", "RS", "SC")
WEEKS = 12  # on each side of the change
BAND = (9_900, 19_899)  # cents: free before, not free after


# --- Visits and orders -------------------------------------------------------------------------------


def six_visitors(shop: Dataset) -> pd.DataFrame:
    """Return the visits and orders of six visitors."""
    return pd.DataFrame({"visits": [1, 2, 2, 1, 5, 1], "orders": [1, 0, 1, 0, 4, 0]}, index=list("ABCDEF"))


def visits(shop: Dataset) -> pd.DataFrame:
    """Return the visits to the site and the app, bots and staff among them."""
    columns = ["identity_id", "customer_id", "started_at", "channel", "key_events", "is_bot", "is_internal"]
    return shop.frame("sessions")[columns]


def _of_people(shop: Dataset) -> pd.DataFrame:
    return visits(shop).query("not is_bot and not is_internal")


def _of_visits(shop: Dataset) -> float:
    return (_of_people(shop)["key_events"] > 0).mean()


def _of_visitors(shop: Dataset) -> float:
    return (_of_people(shop).groupby("identity_id")["key_events"].sum() > 0).mean()


def _of_the_known(shop: Dataset) -> float:
    return (_of_people(shop).dropna(subset="customer_id")["key_events"] > 0).mean()


def _of_customers(shop: Dataset) -> float:
    return (_of_people(shop).groupby("customer_id")["key_events"].sum() > 0).mean()


def _visit_rate(shop: Dataset, table: pd.DataFrame) -> float:
    return table["orders"].sum() / table["visits"].sum()


RATE = 6 / 12
RESIDUALS = [1 - RATE, 0 - 2 * RATE, 1 - 2 * RATE, 0 - RATE, 4 - 5 * RATE, 0 - RATE]
SQUARES = sum(residual**2 for residual in RESIDUALS)


# --- The ticket --------------------------------------------------------------------------------------


def four_orders(shop: Dataset) -> pd.DataFrame:
    """Return four orders of three customers; one was given back whole."""
    return pd.DataFrame(
        {
            "customer_id": list("AABC"),
            "total": [100.0, 200.0, 300.0, 60.0],
            "paid": [True] * 4,
            "refunded": [0.0, 0.0, 0.0, 60.0],
        }
    )


def orders(shop: Dataset) -> pd.DataFrame:
    """Return orders in reais: whether each was paid, and how much of it was given back since."""
    placed = shop.frame("orders")
    returned = shop.frame("returns")
    returned = returned[~returned["is_exchange"].fillna(False).astype(bool)]
    back = placed["order_id"].map(returned.groupby("order_id")["refunded_cents"].sum()).fillna(0)
    paid, total = placed["paid_at"].notna(), placed["total_cents"]
    # What was cancelled after the payment goes back whole.
    back = back.where(placed["cancelled_at"].isna() | ~paid, total).clip(upper=total)
    table = {"customer_id": placed["customer_id"], "total": total / 100, "paid": paid, "refunded": back / 100}
    return pd.DataFrame(table).reset_index(drop=True)


def kept_ticket(orders: pd.DataFrame) -> float:
    """Return what an order leaves with the shop: paid orders that were not given back whole, less what went back."""
    kept = _kept(orders)
    return float((kept["total"] - kept["refunded"]).mean())


def _kept(orders: pd.DataFrame) -> pd.DataFrame:
    return orders[orders["paid"] & (orders["refunded"] < orders["total"])]


def _placed(orders: pd.DataFrame) -> float:
    return float(orders["total"].mean())


def _paid(orders: pd.DataFrame) -> float:
    return float(orders.loc[orders["paid"], "total"].mean())


def _refunded_in_n(orders: pd.DataFrame) -> float:
    paid = orders[orders["paid"]]
    return float((paid["total"] - paid["refunded"]).mean())


def _unpaid_left_in(orders: pd.DataFrame) -> float:
    kept = orders[orders["refunded"] < orders["total"]]
    return float((kept["total"] - kept["refunded"]).mean())


def _everything_in_n(orders: pd.DataFrame) -> float:
    return float((orders["total"] - orders["refunded"]).mean())


def _not_subtracted(orders: pd.DataFrame) -> float:
    return float(_kept(orders)["total"].mean())


def _untouched_only(orders: pd.DataFrame) -> float:
    return float(orders.loc[orders["paid"] & orders["refunded"].eq(0), "total"].mean())


def _in_all(orders: pd.DataFrame) -> float:
    kept = _kept(orders)
    return float((kept["total"] - kept["refunded"]).sum())


def _per_customer(orders: pd.DataFrame) -> float:
    kept = _kept(orders)
    return float((kept["total"] - kept["refunded"]).sum() / kept["customer_id"].nunique())


def _mean_of_customers(orders: pd.DataFrame) -> float:
    kept = _kept(orders)
    return float((kept["total"] - kept["refunded"]).groupby(kept["customer_id"]).mean().mean())


CASES = {"four orders, one given back": four_orders, "the orders of a company": orders}


# --- Carts -------------------------------------------------------------------------------------------


def ten_carts(shop: Dataset) -> pd.DataFrame:
    """Return ten carts: their age in hours, and where what was in them was bought within 7 days, if anywhere."""
    bought = ["online", "online", "online", "store", *[None] * 6]
    return pd.DataFrame({"age_hours": [400, 350, 300, 280, 260, 240, 230, 220, 200, 2], "bought": bought})


def carts(shop: Dataset) -> pd.DataFrame:
    """Return the carts of the South and South-East, twelve weeks before and after the change of free shipping."""
    table = shop.frame("carts").query("state in @SOUTH and not is_bot", local_dict={"SOUTH": SOUTH})
    day = table["created_at"].dt.tz_localize(None).dt.normalize()
    week = (day - CHANGE) // pd.Timedelta(days=7)
    inside = table["subtotal_cents"].between(*BAND)
    table = table.assign(
        cart_value=inside.map({True: "99-199", False: "others"}),
        period=(week >= 0).map({True: "after", False: "before"}),
        abandoned=table["converted_at"].isna(),
    )
    return table[week.between(-WEEKS, WEEKS - 1)].reset_index(drop=True)


def by_month(shop: Dataset) -> pd.DataFrame:
    """Return abandonment by month inside and outside the band; March holds the change and June one day: left out."""
    table = carts(shop)
    table = table[~table["created_at"].dt.month.isin([3, 6])]
    table = table.assign(cart_value=table["cart_value"].replace("others", "< 99, > 199"))  # in either language
    held = cx.open_dataset({"carts": table, "orders": shop.frame("orders")}, zone=shop.zone)
    own = replace(shop, tables=held.tables)
    return cx.metric(own, "cart_abandonment", rule="all_carts", by="cart_value", every="month")


def shipping(shop: Dataset) -> pd.DataFrame:
    """Return how many carts were abandoned, inside and outside the band, before and after, with standard errors."""
    table = carts(shop).groupby(["cart_value", "period"])["abandoned"].agg(carts="size", abandoned="sum")
    table = table.sort_index(ascending=[True, False])
    share = table["abandoned"] / table["carts"]
    table["standard_error"] = 100 * (share * (1 - share) / table["carts"]) ** 0.5
    return table.reset_index()


def _rates(shop: Dataset) -> pd.Series:
    table = shipping(shop).set_index(["cart_value", "period"])
    return 100 * table["abandoned"] / table["carts"]


def _changes(shop: Dataset) -> pd.Series:
    rates = _rates(shop)
    return rates.xs("after", level="period") - rates.xs("before", level="period")


def _before_after(shop: Dataset) -> float:
    return float(_changes(shop)["99-199"])


def _season(shop: Dataset) -> float:
    return float(_changes(shop)["others"])


def _effect(shop: Dataset) -> float:
    return _before_after(shop) - _season(shop)


def _pooled_change(shop: Dataset) -> float:
    share = carts(shop).groupby("period")["abandoned"].mean()
    return 100 * float(share["after"] - share["before"])


def _after_only(shop: Dataset) -> float:
    rates = _rates(shop)
    return float(rates["99-199", "after"] - rates["others", "after"])


def _level(shop: Dataset) -> float:
    return float(_rates(shop)["99-199", "after"])


def _errors(shop: Dataset) -> pd.Series:
    return shipping(shop)["standard_error"]


def _around(middle: float, error: float) -> tuple[float, float]:
    return middle - 1.96 * error, middle + 1.96 * error


def _effect_error(shop: Dataset) -> float:
    return float((_errors(shop) ** 2).sum() ** 0.5)


def _effect_interval(shop: Dataset) -> tuple[float, float]:
    return _around(_effect(shop), _effect_error(shop))


def _ends(shop: Dataset) -> dict[str, float]:
    return dict(zip(("low", "high"), _effect_interval(shop), strict=True))


def _error_inside(shop: Dataset) -> float:
    return float((_errors(shop).head(2) ** 2).sum() ** 0.5)


def _became_orders(shop: Dataset) -> dict[str, float]:
    table = shipping(shop).query("cart_value == '99-199'").set_index("period")
    return (table["carts"] - table["abandoned"]).astype(float).to_dict()


def measured(shop: Dataset) -> pd.DataFrame:
    """Return the effect of the new floor with its interval, and the carts behind it."""
    return pd.DataFrame([{"value": _effect(shop), **_ends(shop), "n": len(carts(shop))}])


# --- Two channels, two kinds of customers; a year ----------------------------------------------------


def channels(shop: Dataset) -> pd.DataFrame:
    """Return first orders by channel and club, and how many of their customers ordered again within 90 days."""
    return pd.DataFrame(
        {
            "channel": ["app", "store", "app", "store"],
            "club": [True, True, False, False],
            "customers": [600, 120, 200, 800],
            "came_back": [270, 60, 40, 192],
        }
    )


GAPS = 50 - 45, 24 - 20  # store less app: in the club and outside, in points
CLUB = 720 / 1720


def year(shop: Dataset) -> pd.DataFrame:
    """Return how often each customer ordered in each month of 2025: those who were there when it began."""
    customers = shop.frame("customers")
    there = customers.loc[customers["signed_up_at"].dt.year < 2025, "customer_id"]
    placed = shop.frame("orders")
    placed = placed[placed["placed_at"].dt.year.eq(2025) & placed["customer_id"].isin(there)]
    months = placed["placed_at"].dt.month.rename("month")
    table = placed.groupby(["customer_id", months]).size().unstack(fill_value=0)
    return table.reindex(index=there, columns=range(1, 13), fill_value=0)


def _in_the_year(shop: Dataset) -> float:
    return float((year(shop) > 0).any(axis="columns").mean())


def _monthly(shop: Dataset) -> pd.Series:
    return (year(shop) > 0).mean()


def units(shop: Dataset) -> pd.DataFrame:
    """Return conversion of the last 28 days by visits, visitors and people."""
    return conversion_by_unit(shop, days=28)


DATA = {
    "six_visitors": six_visitors, "visits": visits, "units": units, "four_orders": four_orders, "orders": orders,
    "ten_carts": ten_carts, "carts": carts, "by_month": by_month, "shipping": shipping, "channels": channels,
    "year": year, "effect": measured,
}  # fmt: skip


# --- The memo ----------------------------------------------------------------------------------------


def effect(shop: Dataset) -> dict[str, float]:
    """Return what the memo must carry: the effect of the new floor, its interval, and the carts behind it."""
    row = measured(shop).iloc[0]
    return {"effect": row["value"], "low": row["low"], "high": row["high"], "n": row["n"]}


ENDS = {"low", "high"}


def _memo(shop: Dataset, leave_out: str = "", *, decimals: int = 1, named: str = "", **instead: float) -> str:
    numbers = {name: number for name, number in (effect(shop) | instead).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.{decimals if name in ENDS else 1}f}{named}" for name, number in numbers.items()]
    return "We looked at the carts before and after the new floor for free shipping and found: " + ", ".join(parts)


def _slide(shop: Dataset) -> dict[str, float]:
    return {
        "visitors": cx.metric(shop, "visitor_conversion")["value"].iloc[0],
        "amount": round(cx.metric(shop, "average_order_value", rule="gross")["value"].iloc[0] / 100),
        "change": _before_after(shop),
    }


TEXTS = {
    "slide": Text(
        values=_slide,
        shares=("visitors",),
        templates={
            "": "> **Monday meeting, Ipê**\n>\n> 1. Of our visits, {visitors} end in an order.\n"
            "> 2. An order leaves {amount} reais in the till.\n> 3. Since free shipping in the South and South-East "
            "starts at 199 reais instead of 99 reais, abandonment of carts of 99 to 199 reais is {change} points "
            "higher: that is what the new floor costs us.",
        },
    ),
    "effect": Text(
        values=effect,
        templates={
            "": "The change inside the band less the change outside it, in points: **{effect}** ({low} to {high}), "
            "n = {n} carts.",
        },
    ),
    "example": Text(
        values=lambda shop: dict(
            zip(
                ("value", "low", "high", "n"),
                cx.metric(shop, "return_rate")[["value", "low", "high", "n"]].iloc[0],
                strict=True,
            )
        ),
        shares=("value", "low", "high"),
        templates={
            "": "**Question.** Do so many products come back that we should stop free returns?\n\n"
            "**Answer.** Not by this number alone. Of the units sold, {value} came back ({low} to {high}), n = {n}; "
            "orders of the last 30 days are too young to count.\n\n"
            "**How sure.** Of the share, quite. Of what free returns do to sales, not at all: nobody was without "
            "them.\n\n"
            "**What we would do.** Keep them. Look first at the product line from which most comes back.\n\n"
            "**What would change our mind.** A trial in a few cities in which paid returns cost fewer orders than "
            "they save.",
        },
    ),
    "recommendation": Text(
        values=lambda shop: effect(shop) | _became_orders(shop),
        choose=lambda shop: "seen" if effect(shop)["low"] > 0 else "not_seen",
        templates={
            "seen": "**Question.** What does the new floor for free shipping cost us, and shall we take it back?\n\n"
            "**Answer.** More carts of 99 to 199 reais are left: abandonment of these rose by {effect} points "
            "more than that of other carts of the same states, n = {n} carts. The rest of the rise came to all carts "
            "alike, with the end of the promotion.\n\n"
            "**How sure.** From {low} to {high} fits the carts, if both kinds of carts had gone the same way "
            "without the new floor. Before it they did. What it cost in sales these carts do not show: {before} of "
            "the band became orders in the twelve weeks before, {after} in the twelve weeks after.\n\n"
            "**What we would do.** Not take it back everywhere: an abandoned cart is not yet a lost sale, and "
            "shipping has its price too. Go back to 99 reais in a few cities, drawn by lot, for eight weeks; compare "
            "what customers there keep and pay, less shipping.\n\n"
            "**What would change our mind.** The cities with the old floor leaving more money in the till than "
            "the others.",
            "not_seen": "**Question.** What does the new floor for free shipping cost us, and shall we take it "
            "back?\n\n**Answer.** These carts do not show that it costs us any. Abandonment in the band moved by "
            "{effect} points beyond that of other carts of the same states, n = {n} carts.\n\n"
            "**How sure.** Anything from {low} to {high} fits the carts.\n\n"
            "**What we would do.** Neither keep it as harmless nor take it back: go back to 99 reais in a few "
            "cities, drawn by lot, and look again.\n\n"
            "**What would change our mind.** An interval that leaves out zero.",
        },
    ),
}


EXERCISES = [
    Exercise(
        key="orders_per_visit",
        asks="Orders per visit of six visitors",
        shape=Number("score"),
        given=True,
        right=lambda shop: _visit_rate(shop, six_visitors(shop)),
        wrong=[
            Wrong(
                name="mean-of-ratios",
                answer=lambda shop: float((six_visitors(shop)["orders"] / six_visitors(shop)["visits"]).mean()),
                says="You divided for each visitor and averaged the results. The visitor with a single visit then "
                "weighs as much as the one with five. Add up first, divide once.",
            ),
            Wrong(
                name="per-visitor",
                answer=lambda shop: float(six_visitors(shop)["orders"].mean()),
                says="Those are orders per visitor. Asked is what one visit brings: divide by the visits.",
            ),
            Wrong(
                name="turned-round",
                answer=lambda shop: 1 / _visit_rate(shop, six_visitors(shop)),
                says="Those are visits per order. Orders go on top.",
            ),
            Wrong(
                name="buyers-only",
                answer=lambda shop: _visit_rate(shop, six_visitors(shop).query("orders > 0")),
                says="You left out the visitors who bought nothing. Their visits are visits too: without them "
                "nothing could ever fall below what buyers do.",
            ),
            Wrong(
                name="per-hundred",
                answer=lambda shop: 100 * _visit_rate(shop, six_visitors(shop)),
                says="That is what a hundred visits bring. Asked is one visit: do not multiply by 100.",
            ),
        ],
        hints=[
            "How many orders are there in all, and how many visits?",
            "`.sum()` of one column over that of the other.",
        ],
        passed="Sums first, one division at the end. That is more than 0.38, the average of the visitors' own rates: "
        "E, who came most, bought most. By chance three of the six visitors bought, one half as well: the same "
        "number, another question. On real data the two part ways, as you will see next.",
    ),
    Exercise(
        key="visit_conversion",
        asks="The share of visits that end in an order",
        shape=Number("share"),
        right=_of_visits,
        wrong=[
            Wrong(
                name="bots-left-in",
                answer=lambda shop: (visits(shop)["key_events"] > 0).mean(),
                says="Bots and staff are still in it. They make visits and buy nothing, so conversion looks lower "
                "than that of people.",
            ),
            Wrong(
                name="visitors",
                answer=_of_visitors,
                says="That is the share of visitors, that is cookies and devices, who ever bought. The "
                "slide's number is near it, and takes the customer where one is known; asked is the share of visits.",
            ),
            Wrong(
                name="customers",
                answer=_of_customers,
                says="That is the share of recognised customers who ever bought. Most visits are by people nobody "
                "recognised, and they count as well.",
            ),
            Wrong(
                name="recognised-visits",
                answer=_of_the_known,
                says="You kept only the visits of recognised customers. Whoever buys gives a name, so these visits "
                "are the ones that had to look best.",
            ),
            Wrong(
                name="the-slide",
                answer=lambda shop: cx.metric(shop, "visitor_conversion")["value"].iloc[0],
                says="That is the number on the slide: it is one of visitors. Asked is the share of visits.",
            ),
            Wrong(
                name="visits-without",
                answer=lambda shop: 1 - _of_visits(shop),
                says="That is the share of visits without an order.",
            ),
            Wrong(
                name="per-visitor",
                answer=lambda shop: _of_people(shop)["key_events"].sum() / _of_people(shop)["identity_id"].nunique(),
                says="Those are orders per visitor. Divide by the visits.",
            ),
        ],
        hints=[
            'First keep people: `visits.query("not is_bot and not is_internal")`.',
            'Then the share of visits with an order: `(people["key_events"] > 0).mean()`.',
        ],
        passed="That is the number for the first line of the slide. The one that stands there belongs to visitors, "
        "over four months: a customer where one is known, else a cookie or a device.",
    ),
    Exercise(
        key="kept_ticket",
        asks="What an order leaves with the shop",
        shape=Function(CASES, unit="score", check="ex.kept_ticket.check(kept_ticket)"),
        right=lambda shop: kept_ticket,
        wrong=[
            Wrong(
                name="gross-for-net",
                answer=lambda shop: _placed,
                says="That is the value of all orders placed, whether or not anybody paid, and before anything came "
                "back: gross, not kept.",
            ),
            Wrong(
                name="paid-for-net",
                answer=lambda shop: _paid,
                says="Those are the paid orders before anything came back. Take what was given back away.",
            ),
            Wrong(
                name="refunded-in-the-denominator",
                answer=lambda shop: _refunded_in_n,
                says="An order that was given back whole still counts as an order. Its money is gone from the top, "
                "so the order must leave the bottom too.",
            ),
            Wrong(
                name="unpaid-left-in",
                answer=lambda shop: _unpaid_left_in,
                says="Orders nobody paid are still in it: an expired boleto leaves nothing in the till.",
            ),
            Wrong(
                name="everything-in-the-denominator",
                answer=lambda shop: _everything_in_n,
                says="What came back is subtracted, but every order placed still counts: those never paid, and "
                "those given back whole. Neither is a sale.",
            ),
            Wrong(
                name="nothing-subtracted",
                answer=lambda shop: _not_subtracted,
                says="The right orders, but at their full price: where a part came back, subtract it.",
            ),
            Wrong(
                name="untouched-only",
                answer=lambda shop: _untouched_only,
                says="You left out every order of which anything came back. One given back in part still counts, at "
                "what stayed of it.",
            ),
            Wrong(
                name="in-all",
                answer=lambda shop: _in_all,
                says="That is what all these orders leave together. Divide by their number.",
            ),
            Wrong(
                name="per-customer",
                answer=lambda shop: _per_customer,
                says="You divided by customers. That is what a customer leaves, and a customer may order several "
                "times; the ticket is what an order leaves.",
            ),
            Wrong(
                name="mean-of-customers",
                answer=lambda shop: _mean_of_customers,
                says="You averaged the averages of the customers. Whoever orders once then weighs as much as whoever "
                "orders ten times. The ticket is a mean over orders.",
            ),
        ],
        hints=[
            'Which orders count? `orders[orders["paid"] & (orders["refunded"] < orders["total"])]`.',
            "Of these, the mean of what was paid less what was given back.",
        ],
        passed="It was tried on the orders of two companies. And mind the young ones: what was sold last week can "
        "still come back, so the kept ticket of the latest month is not final.",
    ),
    Exercise(
        key="lost_carts",
        asks="How many carts are really lost",
        shape=Number("share"),
        given=True,
        right=lambda shop: 5 / 9,
        wrong=[
            Wrong(
                name="all-that-dashboards-show",
                answer=lambda shop: 7 / 10,
                says="That is what most dashboards show: every cart without an order on the site. One of these is "
                "being filled right now, and one was bought in a store.",
            ),
            Wrong(
                name="store-counted-as-lost",
                answer=lambda shop: 6 / 9,
                says="The young cart is out, good. But one customer bought in a store: the site lost the cart, the "
                "company did not.",
            ),
            Wrong(
                name="young-counted-as-lost",
                answer=lambda shop: 6 / 10,
                says="The cart bought in a store is taken for what it is. But one cart is two hours old: nobody can "
                "know yet how it ends. It can be neither lost nor bought.",
            ),
            Wrong(
                name="young-in-the-denominator",
                answer=lambda shop: 5 / 10,
                says="You no longer call the young cart lost, but it still counts below the line. Whoever cannot "
                "be lost yet cannot be in n either.",
            ),
            Wrong(
                name="store-left-out",
                answer=lambda shop: 5 / 8,
                says="You left the cart bought in a store out altogether. It is old enough to know, and it was "
                "bought: it counts below the line.",
            ),
            Wrong(
                name="compared-with-nothing",
                answer=lambda shop: 0,
                says="No cart at all? In pandas nothing equals a missing value: ask for it with `.isna()`.",
            ),
            Wrong(
                name="bought",
                answer=lambda shop: 4 / 9,
                says="That is the share that was bought. Asked are the others.",
            ),
        ],
        hints=[
            "Which carts are old enough to know? And which of these were bought nowhere?",
            '`old = ten_carts[ten_carts["age_hours"] >= 7 * 24]`, then the share of `old["bought"].isna()`.',
        ],
        passed="Every cart without an order on the site is 0.70; without the young one, 0.67; lost to the company "
        "are 0.56. One table, three rates, and each of them stands on some dashboard. Say which rule you use.",
    ),
    Exercise(
        key="comparison",
        asks="What would have happened without the new floor",
        shape=Choice(("a", "b", "c", "d")),
        given=True,
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="before-and-after",
                answer=lambda shop: "a",
                says="Before and after holds everything else that changed in these weeks: a promotion ended, and "
                "more carts were left everywhere. The slide does just this.",
            ),
            Wrong(
                name="after-only",
                answer=lambda shop: "b",
                says="Small and large carts may differ whatever shipping costs. Who does not look before cannot tell "
                "an old difference from a new one.",
            ),
            Wrong(
                name="all-carts",
                answer=lambda shop: "d",
                says="All carts together mix two things: the season is still in it, and the effect is thinned by "
                "carts for which shipping costs what it always did.",
            ),
        ],
        hints=[
            "Which carts went through the same weeks, in the same states, with the same price of shipping as before?",
            "You want a change and, to hold against it, the change of those the new floor did not touch.",
        ],
        passed="The others say what the weeks did to everybody. What the carts in the band did beyond that is the "
        "floor's, as long as both would have gone the same way without it.",
    ),
    Exercise(
        key="floor_effect",
        asks="What the new floor did to abandonment",
        shape=Number("points"),
        right=_effect,
        wrong=[
            Wrong(
                name="before-and-after",
                answer=_before_after,
                says="That is the whole change inside the band, the number on the slide. The other carts changed in "
                "the same weeks without a new floor; take that away.",
            ),
            Wrong(
                name="season",
                answer=_season,
                says="That is the change of the carts the new floor did not touch. It is what has to be taken away.",
            ),
            Wrong(
                name="all-carts",
                answer=_pooled_change,
                says="That is the change of all carts together: the season is in it, and those the floor touched are "
                "thinned by those it did not.",
            ),
            Wrong(
                name="after-only",
                answer=_after_only,
                says="That compares the two kinds of carts after the change only. Take away how far they stood apart "
                "before it.",
            ),
            Wrong(
                name="reversed",
                answer=lambda shop: -_effect(shop),
                says="The sign is turned round: inside less outside, after less before.",
            ),
            Wrong(
                name="before-less-after",
                answer=lambda shop: -_before_after(shop),
                says="That is before less after, inside the band. Turn the sign round, and take away what the other "
                "carts did.",
            ),
            Wrong(
                name="in-per-cent",
                answer=lambda shop: 100 * _effect(shop) / _rates(shop)["99-199", "before"],
                says="That is the effect in per cent of what was abandoned before. Asked is the effect in points.",
            ),
            Wrong(
                name="added",
                answer=lambda shop: _before_after(shop) + _season(shop),
                says="You added the two changes. What happened to everybody has to be taken away.",
            ),
            Wrong(
                name="level",
                answer=_level,
                says="That is how many are abandoned now. Asked is how many of these because of the new floor.",
            ),
        ],
        hints=[
            'Abandonment in per cent: `rate = 100 * shipping["abandoned"] / shipping["carts"]`.',
            "Two changes, after less before: inside the band and outside. Then their difference.",
        ],
        passed="A difference of differences. The slide gave the new floor the blame for what the weeks did to all.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the director",
        shape=Memo(effect),
        right=_memo,
        wrong=[
            Wrong(
                name="before-and-after",
                answer=lambda shop: _memo(shop, effect=_before_after(shop)),
                when=lambda memo: "effect" in memo.lacks,
                says="What the new floor did is not in it, to one decimal. The whole change from before to after is "
                "the number of the slide: it holds the season as well.",
            ),
            Wrong(
                name="rounded",
                answer=lambda shop: _memo(shop, decimals=0),
                when=lambda memo: bool(ENDS & set(memo.rounded)),
                says="The interval is rounded: use one decimal.",
            ),
            Wrong(
                name="without-interval",
                answer=lambda shop: _memo(shop, "low high"),
                when=lambda memo: bool(ENDS & set(memo.lacks)),
                says="The interval of the effect is not in it. Without it nobody can tell how much to stake on it.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The number of carts is not in it. No number without its n.",
            ),
            Wrong(
                name="as-percentage",
                answer=lambda shop: _memo(shop, named=" %"),
                when=lambda memo: memo.percent,
                says="One of the numbers carries a percent sign. A difference of two rates is in points: 5 % more "
                "could also mean five in a hundred of what it was.",
            ),
        ],
        hints=[
            'All numbers stand in `ex.text("effect")`, with one decimal.',
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The four numbers are in the text.",
        passed="The words were not judged: do they say that an abandoned cart is not yet a lost sale? Do they say "
        "what would change your mind? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
    Exercise(
        key="standard_error",
        asks="How far orders per visit can be off",
        shape=Number("share"),
        given=True,
        right=lambda shop: (6 / 5 * SQUARES) ** 0.5 / 12,
        wrong=[
            Wrong(
                name="visits-as-independent",
                answer=lambda shop: (RATE * (1 - RATE) / 12) ** 0.5,
                says="You took twelve visits for twelve people. They are six, and one of them made five visits: "
                "visits of one person go up and down together. Begin with the residuals of the visitors.",
            ),
            Wrong(
                name="one-less-forgotten",
                answer=lambda shop: SQUARES**0.5 / 12,
                says="Nearly: with six visitors, multiply the sum by 6 / 5 before you take the root.",
            ),
            Wrong(
                name="per-visitor",
                answer=lambda shop: (6 / 5 * SQUARES) ** 0.5 / 6,
                says="You divided by the visitors. The rate is per visit: divide by all visits.",
            ),
            Wrong(
                name="root-forgotten",
                answer=lambda shop: 6 / 5 * SQUARES / 12**2,
                says="That is its square. Take the root.",
            ),
            Wrong(
                name="margin",
                answer=lambda shop: 1.96 * (6 / 5 * SQUARES) ** 0.5 / 12,
                says="That is the margin of the 95 % interval. Asked is one standard error.",
            ),
        ],
        hints=[
            'The residuals: `gap = six_visitors["orders"] - 0.5 * six_visitors["visits"]`.',
            "`(6 / 5 * (gap ** 2).sum()) ** 0.5`, divided by all visits.",
        ],
        passed="Larger than with visits taken one by one. This is the delta method, and what `cx.metric` does for "
        "every ratio here: it sums by visitor first.",
    ),
    Exercise(
        key="effect_interval",
        asks="The interval of the effect",
        shape=Interval("points"),
        right=_effect_interval,
        wrong=[
            Wrong(
                name="errors-added",
                answer=lambda shop: _around(_effect(shop), float(_errors(shop).sum())),
                says="You added the four errors, as if each made the others worse. Square each, add, take the root.",
            ),
            Wrong(
                name="inside-only",
                answer=lambda shop: _around(_effect(shop), _error_inside(shop)),
                says="You took the errors inside the band only. What is taken away is an estimate as well: there are "
                "four errors.",
            ),
            Wrong(
                name="one-error",
                answer=lambda shop: (_effect(shop) - _effect_error(shop), _effect(shop) + _effect_error(shop)),
                says="That is one standard error to each side. For 95 % take 1.96 of them.",
            ),
            Wrong(
                name="root-forgotten",
                answer=lambda shop: _around(_effect(shop), _effect_error(shop) ** 2),
                says="You added the squares. The root is still missing.",
            ),
            Wrong(
                name="around-before-and-after",
                answer=lambda shop: _around(_before_after(shop), _effect_error(shop)),
                says="The width is right, but its middle is the whole change inside the band. Put the effect there.",
            ),
            Wrong(
                name="around-zero",
                answer=lambda shop: _around(0, _effect_error(shop)),
                says="The width is right, but its middle is zero. Put the effect there.",
            ),
        ],
        hints=[
            'Four errors: `se = (shipping["standard_error"] ** 2).sum() ** 0.5`.',
            "The ends are `floor_effect - 1.96 * se` and `floor_effect + 1.96 * se`.",
        ],
        passed="Wider than that of before and after alone: an honest comparison costs precision. Now you may see "
        "the truth.",
    ),
    Exercise(
        key="channel_gap",
        asks="Store less app, like with like",
        shape=Number("points"),
        given=True,
        right=lambda shop: CLUB * GAPS[0] + (1 - CLUB) * GAPS[1],
        wrong=[
            Wrong(
                name="pooled",
                answer=lambda shop: 100 * (252 / 920 - 310 / 800),
                says="You added up the two kinds of customers. Most app customers are in the club, and its "
                "members come back more often wherever they buy: you compared clubs, not channels.",
            ),
            Wrong(
                name="mean-of-gaps",
                answer=lambda shop: sum(GAPS) / 2,
                says="You averaged the two gaps as if there were as many customers in the club as outside. Weight "
                "each by its customers.",
            ),
            Wrong(
                name="reversed",
                answer=lambda shop: -(CLUB * GAPS[0] + (1 - CLUB) * GAPS[1]),
                says="That is app less store. Asked is store less app.",
            ),
            Wrong(
                name="weights-of-the-app",
                answer=lambda shop: (600 * GAPS[0] + 200 * GAPS[1]) / 800,
                says="You weighted by the customers of the app alone. Take those of both channels.",
            ),
            Wrong(
                name="weights-of-the-store",
                answer=lambda shop: (120 * GAPS[0] + 800 * GAPS[1]) / 920,
                says="You weighted by the customers of the store alone. Take those of both channels.",
            ),
            Wrong(
                name="club-only",
                answer=lambda shop: GAPS[0],
                says="That is the gap in the club alone.",
            ),
            Wrong(
                name="others-only",
                answer=lambda shop: GAPS[1],
                says="That is the gap outside the club alone.",
            ),
        ],
        hints=[
            "First the two gaps, in the club and outside: store less app, in points.",
            "Then their mean, each gap weighted by its customers of both channels.",
        ],
        passed="The app wins overall and loses in each part: Simpson's paradox. Whoever reads a rate by channel "
        "asks first who is in it.",
    ),
    Exercise(
        key="year_share",
        asks="From the month to the year",
        shape=Number("share"),
        right=_in_the_year,
        wrong=[
            Wrong(
                name="month-times-twelve",
                answer=lambda shop: 12 * float(_monthly(shop).mean()),
                says="You added up twelve months, or took one times 12. Whoever bought in three of them is counted "
                "three times: shares of people do not add up over time.",
            ),
            Wrong(
                name="orders-per-customer",
                answer=lambda shop: float(year(shop).sum(axis="columns").mean()),
                says="Those are orders per customer. Asked is how many customers ordered at all.",
            ),
            Wrong(
                name="a-month",
                answer=lambda shop: float(_monthly(shop).mean()),
                says="That is the share who bought in an average month. In a year there are more.",
            ),
            Wrong(
                name="months-as-independent",
                answer=lambda shop: 1 - (1 - float(_monthly(shop).mean())) ** 12,
                says="That holds if every customer throws the same dice every month. Some come often and many never: "
                "look at each customer's own year.",
            ),
            Wrong(
                name="nobody",
                answer=lambda shop: 1 - _in_the_year(shop),
                says="That is the share who bought nothing.",
            ),
        ],
        hints=[
            "For each customer: was there any month with an order?",
            "`(year > 0).any(axis=1)` says so.",
        ],
        passed="A share of people needs its window beside it: in a day, in 28 days, in a year.",
    ),
]
