"""Trees, spreads and segments against answers worked by hand, and invented companies whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxlib as cx
from cxlib.inference.between import between_groups
from cxlib.inference.decomposition import errors_of, parts_of_change

# --- Parts of a change --------------------------------------------------------------------------------


def test_a_mix_that_hides_what_every_group_did():
    """Simpson: both channels convert better, and revenue a visit falls, because the visits moved to the poor one.

    Before 80 x 0.50 + 20 x 0.10 = 42 orders of 1; after 20 x 0.60 + 80 x 0.20 = 28. At mean weights: mix
    -0.6 x 0.55 x 100 + 0.6 x 0.15 x 100 = -24; conversion 100 x (0.5 x 0.1 + 0.5 x 0.1) = +10; -14 in all.
    """
    sums = np.array([[[80, 40, 40], [20, 2, 2]], [[20, 12, 12], [80, 16, 16]]], float)
    assert np.allclose(parts_of_change(sums), [0, -24, 10, 0])


def test_volume_conversion_and_ticket_by_hand():
    """One group: visits 100 to 120, orders a visit 0.1 to 0.2, ticket 5 to 4: revenue 50 to 96."""
    parts = parts_of_change(np.array([[[100, 10, 50]], [[120, 24, 96]]], float))
    assert np.allclose(parts, [20 * (0.5 + 0.8) / 2, 0, 110 * 0.1 * 4.5, 110 * -1 * 0.15]) and np.isclose(
        parts.sum(), 46
    )


def test_parts_add_up_whatever_the_numbers_also_where_a_group_is_new():
    generator = np.random.default_rng(5)
    for _ in range(200):
        sums = generator.integers(1, 1_000, (2, generator.integers(1, 6), 3)).astype(float)
        if generator.uniform() < 0.5:
            sums[0, 0] = 0 if sums.shape[1] > 1 else sums[0, 0]
        assert np.isclose(parts_of_change(sums).sum(), np.diff(sums[:, :, 2].sum(axis=1))[0])


def people(generator, size=400):
    """Person, time, group and what each did; the second time has more visits to the poorer group."""
    rows = []
    for one, other in [(1.5, 1.0), (1.5, 2.0)]:
        for group, rate in enumerate((one, other)):
            visits = generator.poisson(rate * generator.gamma(1, 1, size))
            orders = generator.binomial(visits, 0.3 if group == 0 else 0.2)
            rows.append(np.stack([visits, orders, orders * generator.gamma(4, 25, size)]))
    return np.stack(rows).reshape(2, 2, 3, size)


def test_errors_of_the_parts_are_those_of_repeated_worlds():
    generator, found, said = np.random.default_rng(9), [], []
    for _ in range(250):
        each = people(generator, size=int(generator.poisson(400)))
        flat = each.reshape(12, -1)
        sums = each.sum(axis=-1)
        found.append(parts_of_change(sums))
        said.append(errors_of(parts_of_change, sums, flat @ flat.T))
    assert np.allclose(np.std(found, axis=0), np.mean(said, axis=0), rtol=0.15)


def shop(generator=None):
    """Ten visits of ten visitors a channel and month, of whom some buy for 10.00."""
    moments = {
        "2025-03": pd.Timestamp("2025-03-10 12:00", tz="UTC"),
        "2025-04": pd.Timestamp("2025-04-10 12:00", tz="UTC"),
    }
    visits, orders = [], []
    for month, counts in {
        "2025-03": {"web": (80, 40), "app": (20, 2)},
        "2025-04": {"web": (20, 12), "app": (80, 16)},
    }.items():
        for channel, (came, bought) in counts.items():
            who = [f"{month}{channel}{place}" for place in range(came)]
            visits.append(pd.DataFrame({"customer_id": who, "channel": channel, "started_at": moments[month]}))
            orders.append(pd.DataFrame({"customer_id": who[:bought], "channel": channel, "paid_at": moments[month]}))
    sessions, sold = (pd.concat(parts, ignore_index=True) for parts in (visits, orders))
    sessions = sessions.assign(
        identity_id=sessions["customer_id"], key_events=0, session_id=[f"v{n}" for n in range(len(sessions))]
    )
    sold = sold.assign(
        order_id=[f"o{n}" for n in range(len(sold))], placed_at=sold["paid_at"], total_cents=1_000, currency="BRL"
    )
    store = sold.assign(order_id="s" + sold["order_id"], channel="store")  # no visits there: not of this tree
    return {"sessions": sessions, "orders": pd.concat([sold, store], ignore_index=True)}


def test_the_revenue_tree_of_the_worked_example():
    found = cx.metric_tree(shop(), "2025-03", "2025-04").set_index("node")
    assert found["value_from"]["revenue"] == 42_000 and found["value_to"]["revenue"] == 28_000
    assert np.allclose(found.loc[["volume", "mix", "conversion", "ticket"], "part"], [0, -24_000, 10_000, 0])
    assert (found["value_from"]["conversion"], found["value_to"]["conversion"]) == (0.42, 0.28)
    assert found["part_low"]["mix"] < -24_000 < found["part_high"]["mix"]
    assert found["n_from"]["revenue"] == 42 and found["n_from"]["conversion"] == 100
    # Everybody came once: money of independent buyers, each 1,000, so the variance of a total is 1,000 squared each.
    half = 1.959964 * np.sqrt((42 + 28) * 1_000**2)
    assert np.isclose(found["high"]["revenue"] - found["change"]["revenue"], half)


def test_a_declared_tree_gives_values_and_claims_nothing():
    found = cx.metric_tree(cx.ipe(), "2025-Q1", "2025-Q2", tree="churn").set_index("node")
    assert found["parent"].to_dict() == {"churn_rate": None, "csat": "churn_rate", "first_response_time": "csat"} or (
        found.loc["csat", "parent"] == "churn_rate" and pd.isna(found.loc["churn_rate", "parent"])
    )
    direct = cx.metric(cx.ipe(), "csat", start="2025-01-01", end="2025-04-01").iloc[0]
    assert found.loc["csat", "value_from"] == direct["value"] and found.loc["csat", "n_from"] == direct["n"]
    assert found["part"].isna().all() and found["method"].str.startswith("none: an arrow").all()
    assert ((found["low"] < found["change"]) & (found["change"] < found["high"])).all()


def test_trees_that_cannot_be_are_refused():
    for tree in ({}, {"csat": "nowhere"}, "profit"):
        with pytest.raises(cx.InputError, match="A tree is"):
            cx.metric_tree(shop(), "2025-03", "2025-04", tree=tree)
    with pytest.raises(cx.InputError, match="in both periods"):
        cx.metric_tree(shop(), "2025-03", "2025-06")
    two = shop()
    two["orders"].loc[0, "currency"] = "USD"
    with pytest.raises(cx.InputError, match="BRL, USD"):
        cx.metric_tree(two, "2025-03", "2025-04")
    with pytest.raises(cx.InputError, match="orders"):
        cx.metric_tree({"sessions": shop()["sessions"]}, "2025-03", "2025-04")


# --- Consistency --------------------------------------------------------------------------------------


def test_the_spread_without_noise_by_hand():
    """Equal errors: the variance of the values less that of one of them; the interval from chi-square."""
    y, s = np.array([0.80, 0.60, 0.70, 0.75]), 0.02
    found = between_groups(y, np.full(4, s))
    assert np.isclose(found.value, np.sqrt(y.var(ddof=1) - s**2))
    squares = 3 * y.var(ddof=1)
    ends = [np.sqrt(squares / stats.chi2.ppf(level, 3) - s**2) for level in (0.975, 0.025)]
    assert np.allclose([found.low, found.high], ends)
    assert between_groups([0.70, 0.71, 0.69], [0.05] * 3).value == 0


def test_the_interval_of_a_spread_covers():
    generator, inside = np.random.default_rng(4), []
    for _ in range(400):
        errors = generator.uniform(0.01, 0.05, 8)
        found = between_groups(0.7 + generator.normal(0, 0.04, 8) + generator.normal(0, errors), errors)
        inside.append(found.low <= 0.04 <= found.high)
    assert 0.92 <= np.mean(inside) <= 0.98


def answers(means, size=400):
    generator = np.random.default_rng(2)
    cells = [
        pd.DataFrame({"score": np.where(generator.uniform(size=size) < share, 5, 1), "channel": channel})
        for channel, share in means.items()
    ]
    return pd.concat(cells, ignore_index=True)


def test_channels_alike_and_channels_apart():
    alike = cx.consistency(answers(dict.fromkeys("abcdef", 0.7)), "csat").iloc[0]
    assert alike["low"] == 0 and alike["value"] < alike["raw"] and alike["groups"] == 6 and alike["n"] == 2_400
    apart = cx.consistency(answers(dict(zip("abcdef", np.linspace(0.5, 0.9, 6), strict=True))), "csat").iloc[0]
    assert apart["low"] > 0 and apart["p_value"] < 0.001 and (apart["lowest"], apart["highest"]) == ("a", "f")
    with pytest.raises(cx.InputError, match="three of them"):
        cx.consistency(answers({"a": 0.7, "b": 0.7}), "csat")


def test_prices_of_the_same_things():
    lines = pd.DataFrame(
        {"order_item_id": list("abcd"), "order_id": list("wxyz"), "product_id": ["p", "q", "p", "q"]}
    )
    lines = lines.assign(quantity=[1, 2, 1, 2], unit_price_cents=[900, 1_900, 1_000, 2_000])
    orders = pd.DataFrame(
        {"order_id": list("wxyz"), "customer_id": list("1234"), "channel": ["app", "app", "web", "web"]}
    )
    orders = orders.assign(placed_at=pd.Timestamp("2025-03-10", tz="UTC"), total_cents=1, currency="BRL")
    listed = pd.DataFrame({"product_id": ["p", "q"], "price_cents": [1_000, 2_000]})
    found = cx.metric({"order_items": lines, "orders": orders, "products": listed}, "price_to_list", by="channel")
    assert found.set_index("channel")["value"].to_dict() == {"app": 4_700 / 5_000, "web": 1.0}


# --- RFM ----------------------------------------------------------------------------------------------

DAY = pd.Timestamp("2025-06-30 12:00", tz="UTC")


def buyers(*, noise):
    """Many customers of twelve orders: half buy for much; or, with noise, nobody differs from anybody."""
    generator, rows = np.random.default_rng(8), []
    for who in range(240):
        days = generator.uniform(0, 300, 12)
        cents = (
            generator.integers(100, 10_000, 12) if noise else np.full(12, 9_000 + who if who < 120 else 1_000 + who)
        )
        rows += [
            (f"c{who:03d}", DAY - pd.Timedelta(days=float(day)), int(cent))
            for day, cent in zip(days, cents, strict=True)
        ]
    orders = pd.DataFrame(rows, columns=["customer_id", "placed_at", "total_cents"])
    orders = orders.assign(
        order_id=[f"o{n}" for n in range(len(orders))], paid_at=orders["placed_at"], currency="BRL"
    )
    returns = pd.DataFrame({"return_id": ["r"], "order_id": ["none"], "requested_at": [DAY], "refunded_cents": [0]})
    return {"orders": orders, "returns": returns}


def test_segments_hold_everybody_once_and_all_of_the_money():
    data = buyers(noise=False)
    data["orders"].loc[:2, "paid_at"] = pd.NaT
    data["orders"].loc[3:4, "customer_id"] = None
    found = cx.rfm(data)
    assert (
        found["n"].sum() == 240
        and np.isclose(found["share"].sum(), 1)
        and np.isclose(found["revenue_share"].sum(), 1)
    )
    assert found["revenue_cents"].sum() == data["orders"]["total_cents"].iloc[5:].sum()
    assert found.attrs["set_aside"] == {"not_paid": 3, "unidentified": 2}


def test_a_customer_of_each_kind_is_in_the_segment_of_its_name():
    rows = []
    for who in range(36):  # thirds of recency and money by number: 0-11 the latest and largest
        orders = (3, 2, 1)[who % 3]
        rows += [
            (f"c{who:02d}", DAY - pd.Timedelta(days=10 * who + place), (100 - who) * 1_000 // orders)
            for place in range(orders)
        ]
    data = buyers(noise=True)
    data["orders"] = pd.DataFrame(rows, columns=["customer_id", "placed_at", "total_cents"]).assign(currency="BRL")
    data["orders"] = data["orders"].assign(
        paid_at=data["orders"]["placed_at"], order_id=[f"o{n}" for n in range(len(rows))]
    )
    found = cx.rfm(data).set_index("segment")["n"].to_dict()
    # Twelve customers in each third of recency, of whom a third each has three, two and one orders.
    assert found == {"champions": 4, "loyal": 12, "new": 4, "at_risk": 8, "lost": 4, "occasional": 4}


def test_segments_of_noise_are_no_more_stable_than_chance():
    noise = cx.rfm(buyers(noise=True))
    shown = noise[noise["n_compared"] >= 10]
    assert len(shown) and (shown["same_low"] <= shown["by_chance"] + 1e-9).all()
    real = cx.rfm(buyers(noise=False)).set_index("segment")
    assert real.loc["champions", "same"] > real.loc["champions", "by_chance"] + 0.1


def test_too_few_to_segment():
    few = buyers(noise=False)
    few["orders"] = few["orders"].head(24)
    with pytest.raises(cx.InputError, match="found 2"):
        cx.rfm(few)
