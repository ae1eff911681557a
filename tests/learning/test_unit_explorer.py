"""The switch for the unit of a conversion rate: what is counted and over how many days is what is drawn and said."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.display import Image
from ipywidgets import SelectionSlider, VBox

import cxlib as cx
from cxlib.learning import unit_explorer
from cxlib.learning.unit_explorer import conversion_by_unit


@pytest.fixture(scope="module")
def shop():
    return cx.ipe("tiny", 7)


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def visit(number, cookie, customer, day, orders=0, **more):
    return {
        "session_id": f"s{number}", "identity_id": cookie, "customer_id": customer, "channel": "web",
        "started_at": pd.Timestamp(f"2025-06-{day:02} 12:00", tz="America/Sao_Paulo"), "key_events": orders,
        "is_bot": False, "is_internal": False, **more,
    }  # fmt: skip


# Anna has two cookies, tied by her login; Bob one; a machine comes once; somebody has no cookie at all.
VISITS = [
    visit(1, "c1", "Anna", 1, 1),
    visit(2, "c1", None, 2),
    visit(3, "c2", "Anna", 3),
    visit(4, "c3", None, 3),
    visit(5, "c3", None, 10),
    visit(6, "c9", None, 10, is_bot=True),
    visit(7, None, None, 10),
]


def by_unit(days, rows=VISITS, **tables):
    frame = conversion_by_unit({"sessions": pd.DataFrame(rows), **tables}, days=days)
    return {row["counted_by"].split(":")[0]: (row["numerator"], row["n"], row["set_aside"]) for _, row in
            frame.iterrows()}  # fmt: skip


def test_six_visits_are_three_visitors_and_two_people():
    assert by_unit(91) == {"visits": (1, 6, 1), "visitors": (1, 3, 2), "people": (1, 2, 2)}


def test_the_window_ends_with_the_last_visit():
    assert by_unit(1) == {"visits": (0, 2, 1), "visitors": (0, 1, 2), "people": (0, 1, 2)}
    assert by_unit(8)["visits"] == (0, 4, 1)  # 3 to 10 June
    assert by_unit(10)["visits"] == (1, 6, 1)


def test_cookies_that_only_the_table_of_identities_ties_are_one_person():
    ties = pd.DataFrame({"identity_id": ["c1", "c3"], "customer_id": ["Anna", "Anna"], "kind": "cookie"})
    assert by_unit(91, identities=ties)["people"] == (1, 1, 2)


def test_visits_alone_are_enough():
    bare = [{key: row[key] for key in ("session_id", "identity_id", "started_at", "key_events")} for row in VISITS]
    assert by_unit(91, bare)["visits"][1] == 7
    assert by_unit(91, bare)["visitors"] == by_unit(91, bare)["people"]


def test_a_privacy_floor_holds_for_every_unit(shop):
    from dataclasses import replace

    hidden = conversion_by_unit(replace(shop, privacy_floor=10_000))
    assert hidden["value"].isna().all()


def test_visits_agree_with_the_metric(shop):
    ours = conversion_by_unit(shop, days=10_000).iloc[0]
    theirs = cx.metric(shop, "conversion_rate").iloc[0]
    assert ours[["value", "low", "high", "n"]].tolist() == pytest.approx(
        theirs[["value", "low", "high", "n"]].tolist()
    )


def switches(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    return box.children[:2]


def test_it_begins_with_a_picture_that_describes_itself_and_a_sentence(shown, shop):
    cx.explore.conversion(shop, unit="visitor", days=7)
    image, words, _ = shown
    assert isinstance(image, Image) and "web" in image.alt and "app" in image.alt
    assert words.startswith("Counted: visitors: cookies and devices, the last 7 days: conversion rate")
    unit, days = switches(shown)
    assert isinstance(unit, SelectionSlider) and isinstance(days, SelectionSlider)  # both move by arrow keys
    assert unit.value == "visitor" and days.value == 7


def test_a_move_redraws(shown, shop):
    cx.explore.conversion(shop)
    before = shown[1]
    unit, days = switches(shown)
    unit.value = "person"
    assert shown[-1].startswith("Counted: people, the last 28 days") and shown[-1] != before
    days.value = 91
    assert shown[-1].startswith("Counted: people, the last 91 days")


def test_the_axis_stays_where_it_is(shown, shop, monkeypatch):
    reaches = []
    monkeypatch.setattr(unit_explorer, "picture", lambda ax: reaches.append(ax.get_xlim()) or plt.close(ax.figure))
    cx.explore.conversion(shop)
    switches(shown)[0].value = "person"
    assert len(set(reaches)) == 1 and len(reaches) == 2


def test_without_ipywidgets_the_picture_is_shown(shown, shop, monkeypatch):
    monkeypatch.setattr(unit_explorer, "find_spec", lambda name: None)
    cx.explore.conversion(shop, days=5)
    assert isinstance(shown[0], Image) and len(shown) == 2
    assert plt.get_fignums() == []


def test_another_window_joins_the_slider(shown, shop):
    cx.explore.conversion(shop, days=14)
    assert [value for _, value in switches(shown)[1].options] == [1, 7, 14, 28, 91]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "session"}, "no unit 'session'"),
        ({"days": 0}, "0 is no window"),
        ({"days": 2.5}, "2.5 is no window"),
        ({"days": True}, "True is no window"),
    ],
)
def test_what_cannot_be_gets_a_sentence(shop, options, words):
    with pytest.raises(cx.InputError, match=words):
        cx.explore.conversion(shop, **options)


def test_data_without_visits_get_a_sentence():
    orders = pd.DataFrame({"order_id": ["a"], "placed_at": pd.to_datetime(["2025-06-01T12:00Z"])})
    with pytest.raises(cx.InputError, match="sessions"):
        cx.explore.conversion({"orders": orders})
    with pytest.raises(cx.InputError, match="lacks: key_events"):
        cx.explore.conversion({"sessions": pd.DataFrame(VISITS).drop(columns="key_events")})


def test_the_words_of_the_readers_language(shown, shop, portuguese):
    cx.explore.conversion(shop, unit="person")
    assert shown[1].startswith("Contagem: pessoas, nos últimos 28 dias: taxa de conversão")
    assert switches(shown)[0].description == "o que se conta"
