"""The company at a glance: exact counts, whole lives, seasons whose intervals hold, words that can be read."""

from dataclasses import replace
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from matplotlib.colors import to_rgb

import cxlib as cx
from cxlib.charts.customer_life import LANES
from cxlib.charts.perception import COLOURS
from cxlib.charts.tables_diagram import AREAS, KEYS
from cxlib.charts.year_of_orders import WEEKDAYS, effects, seasons
from cxlib.tables.schema import schema
from cxlib.world.days import ORDERS


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def small():
    """Two customers, told in four tables; nobody's ticket names an order."""
    instants = pd.to_datetime(["2025-01-05T12:00Z", "2025-02-07T02:00Z", "2025-03-01T12:00Z"])
    return cx.open_dataset(
        {
            "customers": pd.DataFrame({"customer_id": ["ana", "bia"]}),
            "orders": pd.DataFrame(
                {
                    "order_id": ["o1", "o2", "o3"],
                    "customer_id": ["ana", "bia", "ana"],
                    "channel": ["app", "web", "$\\frac{"],
                    "placed_at": instants,
                    "total_cents": [1, 2, 3],
                    "currency": "BRL",
                }
            ),
            "tickets": pd.DataFrame(
                {"ticket_id": ["t1"], "customer_id": ["ana"], "order_id": [None], "created_at": instants[:1],
                 "category": ["entrega"]}
            ),
            "survey_responses": pd.DataFrame(
                {"response_id": ["r1", "r2"], "customer_id": ["ana", "ana"], "type": "nps", "score": [9.0, None],
                 "answered_at": instants[1:]}
            ),
        }
    )  # fmt: skip


def title(ax):
    return ax.get_title(loc="left")


def test_every_table_of_the_schema_has_its_place():
    names = [name for *_, tables in AREAS.values() for name in tables]
    assert sorted(names) == sorted(schema())


def test_rows_and_keys_are_counted(small):
    ax = cx.chart_company(small)
    assert title(ax) == "4 tables, 8 rows: 4 of the tables lead to a customer, 1 to an order"
    words = cx.alt_text(ax)
    for told in ("orders 3 (customer, order)", "tickets 1 (customer, ticket)", "survey_responses 2 (customer)"):
        assert told in words
    assert "Synthetic" not in words


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_words_of_the_diagram_stand_side_by_side(language):
    cx.language(language)
    ax = cx.chart_company(cx.ipe())
    ax.figure.draw_without_rendering()
    rows = {}
    for text in ax.texts:
        if text.get_text():
            box = text.get_window_extent()
            rows.setdefault(round(box.y0 + box.y1), []).append((box.x0, box.x1))
    assert len(rows) > 15
    for boxes in rows.values():
        boxes.sort()
        assert all(left[1] <= right[0] for left, right in pairwise(boxes)), boxes


def test_badges_are_told_apart_by_letters_and_can_be_read(portuguese):
    for language in ("en", "pt-BR"):
        cx.language(language)
        letters = [text.get_text() for text in cx.chart_company(cx.ipe("tiny", 7)).texts if text.get_fontsize() == 7]
        assert len(set(letters)) == len(KEYS)
    for place in range(len(KEYS)):
        ink = "white" if place == 0 else "black"
        dark, light = sorted(luminance(colour) for colour in (COLOURS[place], ink))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def test_a_life_holds_every_row_of_the_customer(small):
    ax = cx.chart_company(replace(small, privacy_floor=0), "customer", of="ana")
    assert title(ax) == "What 3 tables tell of one customer, ana: orders 2, tickets 1, answers 2"
    words = cx.alt_text(ax)
    assert "orders: 2025-01-05 (app), 2025-03-01 ($\\frac{)" in words
    assert "answers: 2025-02-06 (NPS 9), 2025-03-01 (NPS -)" in words
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 1, 2]
    assert cx.picture(ax).data.startswith(b"\x89PNG")


def test_without_a_name_it_is_a_customer_whom_every_table_knows():
    shop = cx.ipe()
    ax = cx.chart_company(shop, "customer")
    assert title(ax).startswith(f"What {len(LANES)} tables tell of one customer, c0")
    customer = title(ax).split(", ")[1].split(":")[0]
    orders = shop.frame("orders").query("customer_id == @customer")
    assert f"orders {len(orders)}," in title(ax)
    for placed in orders["placed_at"]:
        assert f"{placed:%Y-%m-%d}" in cx.alt_text(ax)
    again = cx.chart_company(shop, "customer", of=customer)
    assert cx.alt_text(again) == cx.alt_text(ax)


def test_a_life_is_not_shown_where_people_are_protected(small):
    with pytest.raises(cx.InputError, match="only of synthetic data: here nothing about fewer than 10"):
        cx.chart_company(replace(small, privacy_floor=10), "customer", of="ana")


@pytest.mark.parametrize(
    "wrong", [("customer", "nobody"), ("year", 1999), ("year", "2025"), ("tables", 1), ("cake", 0)]
)
def test_what_cannot_be_drawn_is_said(small, wrong):
    with pytest.raises(cx.InputError, match=r"nobody|1999|no picture"):
        cx.chart_company(replace(small, privacy_floor=0), wrong[0], of=wrong[1])


def test_the_seasons_by_a_printed_calendar():
    def days(year):
        return {name: f"{first:%m-%d} {last:%m-%d}" for name, (first, last) in seasons(year).items()}

    fixed = {"Christmas": "12-10 12-23", "End of year": "12-26 12-31"}
    assert days(2024) == fixed | {
        "Carnival": "02-10 02-14",
        "Consumer week": "03-11 03-17",
        "Mothers' Day": "05-06 05-12",
        "Black Friday": "11-28 12-01",
    }
    assert days(2025) == fixed | {
        "Carnival": "03-01 03-05",
        "Consumer week": "03-10 03-16",
        "Mothers' Day": "05-05 05-11",
        "Black Friday": "11-27 11-30",
    }
    assert days(2026)["Mothers' Day"] == "05-04 05-10"
    assert days(2023)["Black Friday"] == "11-23 11-26"


def a_year(counts):
    return pd.Series(counts, index=pd.date_range("2025-01-01", periods=len(counts)))


def test_effects_are_those_of_a_quasi_poisson_regression():
    by_day = a_year(np.random.default_rng(5).negative_binomial(20, 20 / (20 + 30 * ORDERS[366:])))
    found = effects(by_day)
    design = pd.get_dummies(by_day.index.day_of_week).astype("float64").set_axis(WEEKDAYS, axis=1)
    design.index = by_day.index
    for effect in found:
        design[effect.name] = 1.0 * ((by_day.index >= effect.first) & (by_day.index <= effect.last))
    fit = sm.GLM(by_day, design, family=sm.families.Poisson()).fit(scale="X2")
    ends = np.exp(fit.conf_int())
    for effect in found:
        assert effect.ratio == pytest.approx(np.exp(fit.params[effect.name]), rel=0.03)
        assert effect.low == pytest.approx(ends.loc[effect.name, 0], rel=0.05)
        assert effect.high == pytest.approx(ends.loc[effect.name, 1], rel=0.05)


@pytest.mark.parametrize("scatter", [0.001, 2])
def test_intervals_of_seasons_hold_what_was_planted(scatter):
    """Over 200 years of counts around the planted weights, Poisson and with three times its variance."""
    week = np.array([1.00, 0.98, 1.00, 1.04, 1.10, 0.98, 0.90])
    random, mean, held = np.random.default_rng(9), 30 * ORDERS[366:], []
    for _ in range(200):
        by_day = a_year(random.poisson(random.gamma(mean / scatter, scatter)))
        for effect in effects(by_day):
            days = pd.date_range(effect.first, effect.last)
            truth = mean[days.day_of_year - 1].sum() / (30 * week[days.day_of_week].sum())
            held.append(effect.low <= truth <= effect.high)
    assert 0.93 < np.mean(held) < 0.97


def test_a_year_is_drawn_by_local_days():
    shop = cx.ipe()
    ax = cx.chart_company(shop, "year")
    placed = shop.frame("orders")["placed_at"]
    by_day = placed[placed.dt.year == 2025].dt.date.value_counts()
    heights = {bar.get_x() + bar.get_width() / 2: bar.get_height() for bar in ax.patches}
    assert sorted(heights.values()) == sorted([*by_day, *[0] * (365 - len(by_day))])
    assert title(ax).startswith(f"2025: {by_day.sum():,} orders. Strongest season: Black Friday, × ")
    assert "2024: " in title(cx.chart_company(shop, "year", of=2024))


def test_labels_of_seasons_do_not_touch():
    ax = cx.chart_company(cx.ipe(), "year")
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 6
    for place, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[place + 1 :])


def test_in_portuguese(portuguese):
    ax = cx.chart_company(cx.ipe(), "year", of=2025)
    assert "Época mais forte: Black Friday, × 1," in title(ax)
    assert "Dados sintéticos (Ipê)." in cx.alt_text(ax)
