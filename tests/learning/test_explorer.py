"""The sliders of an NPS: what a reader moves is what is drawn and said; nothing moved makes it fail."""

import matplotlib.pyplot as plt
import pytest
from IPython.display import Image
from ipywidgets import IntSlider, VBox

import cxlib as cx
from cxlib.learning import explorer


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def sliders(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    return [child for child in box.children if isinstance(child, IntSlider)]


def test_it_begins_with_a_picture_that_describes_itself_and_a_sentence(shown):
    explorer.explore_nps()
    image, words, _ = shown
    assert isinstance(image, Image)
    assert "NPS 20 (8.5 to 30.9), n = 200: 45% promoters, 25% detractors" in image.alt
    assert words == cx.show(cx.nps(promoters=90, passives=60, detractors=50))
    assert [(one.description, one.value, one.min, one.max) for one in sliders(shown)] == [
        ("promoters", 90, 0, 500),
        ("passives", 60, 0, 500),
        ("detractors", 50, 0, 500),
    ]


def test_a_move_redraws(shown):
    explorer.explore_nps()
    sliders(shown)[2].value = 0
    image, words = shown[-2:]
    assert "60% promoters, 0% detractors" in image.alt
    assert words == cx.show(cx.nps(promoters=90, passives=60, detractors=0))


def test_without_an_answer_it_says_so(shown):
    explorer.explore_nps(promoters=1, passives=0, detractors=0)
    sliders(shown)[0].value = 0
    assert shown[-1] == "Without an answer there is no NPS. Move one of the sliders."
    shown.clear()
    explorer.explore_nps(promoters=0, passives=0, detractors=0)
    assert shown[0] == "Without an answer there is no NPS. Move one of the sliders."


def test_without_ipywidgets_the_picture_is_shown(shown, monkeypatch):
    monkeypatch.setattr(explorer, "find_spec", lambda name: None)
    explorer.explore_nps()
    assert [type(thing) for thing in shown] == [Image, type(cx.show(cx.nps([9])))]


def test_no_figure_stays_open(shown):
    explorer.explore_nps()
    assert plt.get_fignums() == []


def test_a_start_beyond_the_sliders_stretches_them(shown):
    explorer.explore_nps(promoters=900)
    assert [(one.value, one.max) for one in sliders(shown)] == [(900, 900), (60, 900), (50, 900)]


@pytest.mark.parametrize("count", [-1, 2.5, "many"])
def test_what_cannot_be_a_count_gets_a_sentence(shown, count):
    with pytest.raises(cx.InputError, match="cannot be"):
        explorer.explore_nps(passives=count)


def test_the_numbers_of_the_readers_language(shown, portuguese):
    explorer.explore_nps()
    assert "8,5" in shown[1]
    assert "8,5" in shown[0].alt
