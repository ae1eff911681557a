"""The sliders for how well research is seen: what they draw and say is the formula of Rogan and Gladen."""

import pandas as pd
import pytest
from IPython.display import Image
from ipywidgets import FloatSlider, VBox

import cxlib as cx
from cxlib.learning import research_explorer

# 288 of 1,000 seen within 14 days, 150 within 7: the worked answer of Rogan & Gladen is 0.40 for the first.
WINDOWS = pd.DataFrame(
    {
        "days": [7, 7, 14, 14],
        "identified": 1.0,
        "period": "all",
        "metric": "webrooming_share",
        "rule": ["seen", "linked"] * 2,
        "value": [0.1, 0.150, 0.2, 0.288],
        "low": [0.08, 0.129, 0.18, 0.261],
        "high": [0.12, 0.173, 0.22, 0.317],
        "n": [1_400, 1_000] * 2,
        "numerator": [140, 150, 280, 288],
        "denominator": [1_400, 1_000] * 2,
        "set_aside": 0,
        "unit": "share",
        "method": "Wilson 95%",
        "warnings": "",
        "sensitivity": float("nan"),
        "specificity": float("nan"),
        "assumes": "",
    }
)


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def sliders(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    return {slider.description: slider for slider in box.children[:-1]}


def test_what_is_drawn_is_the_corrected_share(shown, monkeypatch):
    monkeypatch.setattr(research_explorer, "find_spec", lambda name: None)
    cx.explore.research(WINDOWS, days=14, sensitivity=0.60, specificity=0.92)
    picture, said = shown
    assert isinstance(picture, Image)
    assert "40%" in picture.alt
    # By hand: (0.261 - 0.08) / 0.52 and (0.317 - 0.08) / 0.52.
    assert "Seen: 28.8%. Corrected: 40% (34.8% to 45.6%), n = 1,000." in str(said)


def test_there_are_three_sliders_and_each_is_a_picture_a_move(shown):
    cx.explore.research(WINDOWS, days=7)
    found = sliders(shown)
    assert len(found) == 3
    assert not any(slider.continuous_update for slider in found.values())
    assert all(isinstance(slider, FloatSlider) for slider in list(found.values())[1:])


def test_a_sign_that_says_nothing_is_said_to_say_nothing(shown, monkeypatch):
    monkeypatch.setattr(research_explorer, "find_spec", lambda name: None)
    cx.explore.research(WINDOWS, sensitivity=0.08, specificity=0.92)
    (said,) = shown
    assert "nothing can be said" in str(said)


def test_too_little_seen_is_clipped_and_said(shown, monkeypatch):
    monkeypatch.setattr(research_explorer, "find_spec", lambda name: None)
    cx.explore.research(WINDOWS, days=7, sensitivity=0.9, specificity=0.7)
    assert "Corrected: 0%" in str(shown[1]) and "clipped" in str(shown[1])


def test_in_portuguese(shown, monkeypatch, portuguese):
    monkeypatch.setattr(research_explorer, "find_spec", lambda name: None)
    cx.explore.research(WINDOWS)
    assert "Visto: 28,8%. Corrigido: 40%" in str(shown[1])


@pytest.mark.parametrize(
    ("frame", "options"),
    [
        (pd.DataFrame(), {}),
        (None, {}),
        (WINDOWS, {"days": 5}),
        (WINDOWS, {"sensitivity": 60}),
        (WINDOWS, {"specificity": "high"}),
        (pd.concat([WINDOWS, WINDOWS]), {}),
        (WINDOWS.query("rule == 'seen'"), {}),
    ],
)
def test_what_cannot_be_explored_is_said(frame, options):
    with pytest.raises(cx.InputError):
        cx.explore.research(frame, **options)
