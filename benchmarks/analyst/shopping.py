"""Truths about buying: coming back (T02, T18), carts (T05), a test (T08), the calendar (T10, T22), returns (T11)."""

import numpy as np
import pandas as pd
from analyst.answer import Answer, difference, interval, mean

Tables = dict[str, pd.DataFrame]
TEST = (pd.Timestamp("2025-01-27 03:00"), pd.Timestamp("2025-02-26 03:00"))
END = pd.Timestamp("2026-01-01 03:00")
WINDOW = pd.Timedelta(days=90)


def local(instants: pd.Series) -> pd.Series:
    """Return UTC instants as wall times in São Paulo, three hours behind all through 2024 and 2025."""
    return instants - pd.Timedelta(hours=3)


def first_orders(shop: Tables) -> pd.DataFrame:
    """Return each customer's first order, whether another followed within 90 days, and what the customer is.

    First orders whose 90 days touch the experiment or the end of the data are left out.
    """
    orders = shop["orders"].dropna(subset=["customer_id"]).sort_values(["customer_id", "placed_at"])
    first = orders.drop_duplicates("customer_id").copy()
    day = local(first["placed_at"]).dt.normalize()
    upto = day + WINDOW
    calm = (upto < local(pd.Series(TEST))[0]) | (day >= local(pd.Series(TEST))[1])
    first = first[calm & (upto < local(pd.Series([END]))[0])]
    second = orders[orders["customer_id"].duplicated()].drop_duplicates("customer_id")
    second = second.set_index("customer_id")["placed_at"]
    wait = local(first["customer_id"].map(second)).dt.normalize() - local(first["placed_at"]).dt.normalize()
    first["back"] = (wait <= WINDOW).astype(float)
    return first.merge(shop["customers"], on="customer_id")


def standardised(frame: pd.DataFrame, treated: pd.Series, outcome: str, strata: pd.Series) -> tuple[float, float]:
    """Return the difference treated - others within strata, weighted by the strata of all, and its standard error."""
    value, variance = 0.0, 0.0
    for stratum in strata.unique():
        own = strata == stratum
        gap, error = difference(frame.loc[own & treated, outcome], frame.loc[own & ~treated, outcome])
        value += own.mean() * gap
        variance += (own.mean() * error) ** 2
    return value, variance**0.5


def t02(shop: Tables) -> Answer:
    """Coming back after a first order in a store rather than in the app: plain, and within club and outside."""
    first = first_orders(shop)
    first = first[first["channel"].isin(["app", "store"])]
    store = first["channel"] == "store"
    naive, naive_error = difference(100 * first.loc[store, "back"], 100 * first.loc[~store, "back"])
    right, error = standardised(first.assign(back=100 * first["back"]), store, "back", first["club_member"])
    return Answer(naive=naive, naive_error=naive_error, n=len(first), **interval(right, error))


HIGH = {
    True: ("celulares", "informatica", "eletronicos", "eletrodomesticos", "moveis"),
    False: ("cama_mesa_banho", "utilidades", "decoracao", "jardim", "ferramentas"),
}


def t18(shop: Tables) -> Answer:
    """Coming back of the referred: plain, and within region and kind of first purchase."""
    first = first_orders(shop)
    first = first[first["channel"] == "web"].reset_index(drop=True)
    items = shop["order_items"].drop_duplicates("order_id").set_index("order_id")["category"]
    category = first["order_id"].map(items)
    south_east = first["state"].isin(["SP", "RJ", "MG"])
    high = np.where(south_east, category.isin(HIGH[True]), category.isin(HIGH[False]))
    stratum = 2 * south_east.astype(int) + high
    referred = first["acquisition_source"] == "referral"
    back = first.assign(back=100 * first["back"])
    naive, naive_error = difference(back.loc[referred, "back"], back.loc[~referred, "back"])
    right, error = standardised(back, referred, "back", stratum)
    return Answer(naive=naive, naive_error=naive_error, n=len(first), **interval(right, error))


def t08(shop: Tables) -> Answer:
    """Recommendations: those who saw them against the others, and the arms as assigned."""
    arms = shop["experiments"].query("experiment_id == 'recommendations_2025_01'")
    orders = shop["orders"]
    buyers = orders.loc[orders["placed_at"].between(*TEST, inclusive="left"), "customer_id"]
    bought = 100.0 * arms["unit_id"].isin(buyers)
    saw, treated = arms["exposed_at"].notna(), arms["arm"] == "treatment"
    naive, naive_error = difference(bought[saw], bought[~saw])
    right, error = difference(bought[treated], bought[~treated])
    return Answer(naive=naive, naive_error=naive_error, n=len(arms), **interval(right, error))


def t10(shop: Tables) -> Answer:
    """The consumer week of 2025: against the two weeks after it, and that ratio against the one of 2024."""
    day = local(shop["orders"].dropna(subset=["customer_id"])["placed_at"]).dt.normalize()
    joined = local(shop["customers"]["signed_up_at"])

    def log_ratio(year: int, first: str) -> tuple[float, float]:
        begin = pd.Timestamp(f"{year}-{first}")
        rates, errors = [], []
        for start, days in ((begin, 7), (begin + pd.Timedelta(days=7), 28)):
            orders = day.between(start, start + pd.Timedelta(days=days - 1)).sum()
            # Ipê was still growing in 2024: orders for each customer who was there by the middle of the period.
            customers = (joined < start + pd.Timedelta(days=days / 2)).sum()
            rates.append(orders / customers / days)
            errors.append(1 / orders)
        return float(np.log(rates[0] / rates[1])), float(sum(errors) ** 0.5)

    (this, this_error), (before, before_error) = log_ratio(2025, "03-10"), log_ratio(2024, "03-11")
    right = interval(100 * (this - before), 100 * float(np.hypot(this_error, before_error)))
    return Answer(naive=100 * this, naive_error=100 * this_error, n=len(day), **right)


def t11(shop: Tables) -> Answer:
    """Returns of the last 60 days: those asked for so far, and those of older lines of the same kind."""
    paid = shop["orders"].query("status == 'paid'")[["order_id", "channel", "placed_at"]]
    lines = shop["order_items"].merge(paid, on="order_id")
    lines["back"] = 100.0 * lines["order_item_id"].isin(shop["returns"]["order_item_id"])
    day = local(lines["placed_at"]).dt.normalize()
    young = lines[day >= pd.Timestamp("2025-11-02")]
    old = lines[day.between(pd.Timestamp("2024-01-01"), pd.Timestamp("2025-11-01") - pd.Timedelta(days=45))]
    kind = [each["channel"] + np.where(each["category"] == "cama_mesa_banho", "+", "") for each in (young, old)]
    weight = kind[1].map(kind[0].value_counts(normalize=True) / kind[1].value_counts(normalize=True)).fillna(0)
    right = float((old["back"] * weight).mean())
    residual = (old["back"] - old.groupby(kind[1])["back"].transform("mean")) * weight
    by_order = residual.groupby(old["order_id"]).sum()
    error = float((by_order**2).sum() ** 0.5 / len(old))
    naive, naive_error = mean(young["back"])
    return Answer(naive=naive, naive_error=naive_error, n=len(old), **interval(right, error))


def t05(shop: Tables) -> Answer:
    """Free shipping: before and after in the band, and less the change outside it."""
    carts = shop["carts"]
    week = (local(carts["created_at"]) - pd.Timestamp("2025-03-10")) // pd.Timedelta(days=7)
    south = carts["state"].isin(["SP", "RJ", "MG", "PR", "RS", "SC"])
    carts = carts[week.between(-12, 11) & south].assign(after=week >= 0)
    left = 100.0 * carts["converted_at"].isna()
    band = carts["subtotal_cents"].between(9_900, 19_899)
    naive, naive_error = difference(left[band & carts["after"]], left[band & ~carts["after"]])
    trend, trend_error = difference(left[~band & carts["after"]], left[~band & ~carts["after"]])
    right = interval(naive - trend, float(np.hypot(naive_error, trend_error)))
    return Answer(naive=naive, naive_error=naive_error, n=len(carts), **right)


def t22(shop: Tables) -> Answer:
    """Late orders: hours read as they are stored, and as they were in São Paulo."""
    orders = shop["orders"]
    digital = orders.loc[orders["channel"].isin(["web", "app", "marketplace", "whatsapp"]), "placed_at"]
    naive, naive_error = mean(100.0 * (digital.dt.hour >= 21))
    right, error = mean(100.0 * (local(digital).dt.hour >= 21))
    return Answer(naive=naive, naive_error=naive_error, n=len(digital), **interval(right, error))
