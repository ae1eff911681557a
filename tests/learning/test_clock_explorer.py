"""The sliders of the business clock: what a reader moves is what is drawn and said."""

import pytest
from IPython.display import Image
from ipywidgets import IntSlider, SelectionSlider, VBox

import cxlib as cx
from cxlib.learning import clock_explorer


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def sliders(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    return dict(zip(("day", "asked", "minutes", "days", "opens", "closes"), box.children[:6], strict=True))


def test_it_begins_with_the_weekend_a_picture_and_a_sentence(shown):
    cx.explore.business_hours()
    image, words, _ = shown
    assert isinstance(image, Image) and "Business time: 45 min" in image.alt
    assert words == "The desk counts 45 min; the customer waits 3,825 min."
    assert {type(one) for one in sliders(shown).values()} == {IntSlider, SelectionSlider}  # all move by arrow keys


@pytest.mark.parametrize(
    ("name", "to", "words"),
    [
        ("days", 6, "585 min"),  # Saturday brings nine hours
        ("day", 4, "570 min"),  # Thursday 17:30 to Sunday: half an hour and all of Friday
        ("closes", 24, "405 min"),
        ("minutes", 30, "30 min"),
        ("asked", "18:00", "45 min"),  # after hours: 63 hours and 45 minutes later it is Monday, 09:45
    ],
)
def test_a_move_redraws(shown, name, to, words):
    cx.explore.business_hours()
    sliders(shown)[name].value = to
    assert shown[-1].startswith(f"The desk counts {words};"), shown[-1]


def test_hours_that_cross_get_a_sentence(shown):
    cx.explore.business_hours()
    sliders(shown)["opens"].value = 20
    assert shown[-1] == "The desk closes before it opens. Move one of the two hours."


def test_without_ipywidgets_the_picture_is_shown(shown, monkeypatch):
    monkeypatch.setattr(clock_explorer, "find_spec", lambda name: None)
    cx.explore.business_hours(minutes=15)
    assert [type(thing) for thing in shown] == [Image, type(cx.show(cx.nps([9])))]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"day": 0}, "0 is no weekday"),
        ({"asked": "17:31"}, "quarters of an hour"),
        ({"minutes": 20}, "20 minutes are no wait"),
        ({"minutes": "60"}, "'60' minutes are no wait"),
        ({"days": 1}, "not on 1"),
        ({"opens": 18}, "from 18 to 18"),
    ],
)
def test_what_cannot_be_gets_a_sentence(options, words):
    with pytest.raises(cx.InputError, match=words):
        cx.explore.business_hours(**options)


def test_the_words_of_the_readers_language(shown, portuguese):
    cx.explore.business_hours()
    assert shown[1] == "O atendimento conta 45 min; o cliente espera 3.825 min."
    assert sliders(shown)["days"].description == "o atendimento abre"
