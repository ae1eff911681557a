"""The sliders of visits: what a reader moves is what is drawn and counted."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.display import Image
from ipywidgets import SelectionSlider, VBox

import cxlib as cx
from cxlib.learning import visit_explorer

TIMES = ["2025-06-03T12:00Z", "2025-06-03T12:20Z", "2025-06-04T01:00Z"]
EVENTS = pd.DataFrame({"identity_id": "c1", "occurred_at": pd.to_datetime(TIMES)})


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def sliders(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    return [child for child in box.children if isinstance(child, SelectionSlider)]


def test_it_begins_with_a_picture_that_describes_itself_and_the_visits_of_each_day(shown):
    cx.explore.sessions(EVENTS)
    image, words, _ = shown
    assert isinstance(image, Image)
    assert "Visits: 2, cookies: 1, days: 1 (pauses over 30 min; America/Sao_Paulo)" in image.alt
    assert words == "2025-06-03, visits: 2"
    assert [(one.description, one.value) for one in sliders(shown)] == [
        ("pause (min)", 30),
        ("time zone", "America/Sao_Paulo"),
    ]


def test_the_clock_moves_the_days(shown):
    cx.explore.sessions(EVENTS)
    sliders(shown)[1].value = "UTC"
    assert "days: 2 (pauses over 30 min; UTC)" in shown[-2].alt
    assert shown[-1] == "2025-06-03, visits: 1\n2025-06-04, visits: 1"


def test_the_rule_moves_the_count(shown):
    cx.explore.sessions(EVENTS)
    sliders(shown)[0].value = 10
    assert "Visits: 3" in shown[-2].alt
    assert shown[-1] == "2025-06-03, visits: 3"


def test_a_start_between_the_steps_is_a_step(shown):
    cx.explore.sessions(EVENTS, minutes=25, zone="Asia/Kolkata")
    pause, zone = sliders(shown)
    assert (pause.value, zone.value) == (25, "Asia/Kolkata")
    assert list(pause.options) == sorted(pause.options)
    assert len(set(zone.options)) == len(zone.options)


def test_without_ipywidgets_the_picture_is_shown(shown, monkeypatch):
    monkeypatch.setattr(visit_explorer, "find_spec", lambda name: None)
    cx.explore.sessions(EVENTS)
    assert [type(thing).__name__ for thing in shown] == ["Image", "Sentences"]


def test_no_figure_stays_open(shown):
    cx.explore.sessions(EVENTS)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("options", "words"), [({"minutes": -5}, "above 0"), ({"zone": "Ipanema"}, "no time zone")])
def test_what_cannot_be_shown_gets_a_sentence_and_no_slider(shown, options, words):
    with pytest.raises(cx.InputError, match=words):
        cx.explore.sessions(EVENTS, **options)
    assert shown == []


def test_it_speaks_the_readers_language(shown, portuguese):
    cx.explore.sessions(EVENTS)
    assert shown[1] == "2025-06-03, visitas: 2"
    assert [one.description for one in sliders(shown)] == ["pausa (min)", "fuso horário"]
