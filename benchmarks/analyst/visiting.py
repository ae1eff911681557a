"""Truths about visits: research in another channel (T03, T04), bots (T12), cookies (T13), a chain's memory (T21)."""

import numpy as np
import pandas as pd
from analyst.answer import Answer, interval, mean

Tables = dict[str, pd.DataFrame]
START = pd.Timestamp("2024-01-01 03:00")
RESEARCH = pd.Timedelta(days=14)
# From a validation study among buyers whose research is known: how often research is seen, and how often
# somebody is seen who did none. Without and with the app; and in stores before an online order.
SEEN = {False: 0.40, True: 0.85}
BY_CHANCE = 0.08
SEEN_IN_STORE, IN_STORE_BY_CHANCE = 0.25, 0.02
TIRELESS = 60  # visits of one cookie in 120 days


def researched(shop: Tables, channels: list[str], event_type: str) -> pd.DataFrame:
    """Return the purchases of these channels and whether the buyer was seen at the category in the 14 days before."""
    orders = shop["orders"]
    orders = orders[orders["channel"].isin(channels) & (orders["placed_at"] >= START + RESEARCH)]
    items = shop["order_items"].drop_duplicates("order_id").set_index("order_id")["category"]
    orders = orders.assign(category=orders["order_id"].map(items))
    events = shop["events"]
    touches = events[(events["event_type"] == event_type) & events["session_id"].isna()]
    pairs = orders.dropna(subset=["customer_id"]).merge(
        touches[["customer_id", "category", "occurred_at"]], on=["customer_id", "category"]
    )
    wait = pairs["placed_at"] - pairs["occurred_at"]
    near = pairs.loc[(wait > pd.Timedelta(0)) & (wait <= RESEARCH), "order_id"]
    return orders.assign(seen=orders["order_id"].isin(near).astype(float))


def corrected(seen: pd.Series, sensitivity: float, by_chance: float) -> tuple[float, float]:
    """Return the share behind what is seen (Rogan & Gladen 1978), and its variance."""
    share, width = float(seen.mean()), sensitivity - by_chance
    return (share - by_chance) / width, share * (1 - share) / len(seen) / width**2


def t03(shop: Tables) -> Answer:
    """Webrooming: seen among all store purchases, and corrected by app and without among the known buyers."""
    bought = researched(shop, ["store"], "product_view")
    known = bought.dropna(subset=["customer_id"])
    app = known["customer_id"].isin(app_users(shop))
    value, variance = 0.0, 0.0
    for has_app, sensitivity in SEEN.items():
        own = app == has_app
        share, own_variance = corrected(known.loc[own, "seen"], sensitivity, BY_CHANCE)
        value, variance = value + own.mean() * share, variance + own.mean() ** 2 * own_variance
    naive, naive_error = mean(100 * bought["seen"])
    right = interval(100 * value, 100 * float(variance**0.5))
    return Answer(naive=naive, naive_error=naive_error, n=len(known), **right)


def app_users(shop: Tables) -> set[str]:
    """Return the customers on whose device the app was installed."""
    devices = shop["app_installs"]["identity_id"]
    owners = shop["identities"].set_index("identity_id")["customer_id"]
    return set(devices.map(owners))


def t04(shop: Tables) -> Answer:
    """Showrooming: store visits seen, and corrected."""
    bought = researched(shop, ["web", "app"], "store_visit")
    naive, naive_error = mean(100 * bought["seen"])
    value, variance = corrected(bought["seen"], SEEN_IN_STORE, IN_STORE_BY_CHANCE)
    right = interval(100 * value, 100 * float(variance**0.5))
    return Answer(naive=naive, naive_error=naive_error, n=len(bought), **right)


def t12(shop: Tables) -> Answer:
    """Bounce: of all visits, and without those that are flagged or come tirelessly."""
    sessions = shop["sessions"]
    bounced = 100.0 * (sessions["interactions"] == 1)
    tireless = sessions.groupby("identity_id")["session_id"].transform("size") > TIRELESS
    people = ~(sessions["is_bot"] | tireless)
    naive, naive_error = mean(bounced)
    right, error = mean(bounced[people])
    return Answer(naive=naive, naive_error=naive_error, n=int(people.sum()), **interval(right, error))


def t13(shop: Tables) -> Answer:
    """Cookies for each person in September 2025: one, and as many as those have who stay logged in."""
    sessions = shop["sessions"]
    logins = shop["identities"].query("kind == 'login'")["customer_id"]
    september = sessions["started_at"].between(pd.Timestamp("2025-09-01 03:00"), pd.Timestamp("2025-10-01 03:00"))
    mine = sessions[september & sessions["customer_id"].isin(logins)]
    cookies = mine.groupby("customer_id")["identity_id"].nunique()
    right, error = mean(cookies)
    return Answer(naive=1.0, naive_error=error, n=len(cookies), **interval(right, error))


def t21(shop: Tables) -> Answer:
    """Buying after two products in a row: by a chain with one step of memory, and counted."""
    events = shop["events"].dropna(subset=["session_id"])
    old = (events["channel"] == "web") | (events["app_version"] == "5.1")
    steps = events[old & events["event_type"].isin(["search", "product_view", "add_to_cart", "purchase"])]
    searched = steps.loc[steps["event_type"] == "search", "session_id"]
    steps = steps[steps["session_id"].isin(searched)]
    steps = steps.sort_values(["session_id", "occurred_at"], kind="stable").reset_index(drop=True)
    step, visit = steps["event_type"], steps["session_id"]
    again = visit.eq(visit.shift())
    follows = step.shift(-1).where(visit.eq(visit.shift(-1)), "nothing")
    product = step == "product_view"
    second = product & again & (step.shift() == "product_view")
    # A cart after a purchase attempt returns to a first product; a third product in a row counts as a second again.
    buys = step.eq("purchase").groupby(visit).transform("max")
    # One answer a visit: its first pair of products.
    pairs = steps[second].assign(buys=100.0 * buys[second]).drop_duplicates("session_id")
    right, error = mean(pairs["buys"])
    naive = 100 * first_order(step[product], follows[product], follows[step == "add_to_cart"])
    n = int(product.sum())
    share = naive / 100
    return Answer(
        naive=naive, naive_error=100 * (share * (1 - share) / n) ** 0.5, n=len(pairs), **interval(right, error)
    )


def first_order(product: pd.Series, after_product: pd.Series, after_cart: pd.Series) -> float:
    """Return P(purchase | product) when every product and every cart is alike: x = a z + b x, z = c + d x."""
    cart, again = (after_product == "add_to_cart").mean(), (after_product == "product_view").mean()
    paid, back = (after_cart == "purchase").mean(), (after_cart == "product_view").mean()
    matrix = np.array([[1 - again, -cart], [-back, 1]])
    return float(np.linalg.solve(matrix, [0, paid])[0])
