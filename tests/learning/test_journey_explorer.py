"""The switches of the journey and the sheet to print: a touchpoint moved by hand moves exactly its two stages."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.display import Image
from ipywidgets import SelectionSlider, VBox

import cxlib as cx
from cxlib.learning import journey_explorer
from cxlib.learning.journey_explorer import placed
from cxlib.learning.workshop_sheet import journey_sheet

# Two people, each asked at the payment and at the delivery; a third rates a call.
MOMENTS = pd.DataFrame(
    {
        "moment_id": list("abcde"), "customer_id": list("AABBC"), "journey_id": list("AABBC"),
        "stage": ["purchase", "use", "purchase", "use", "service"], "emotion": [1.0, 5.0, 3.0, 3.0, -4.0],
        "touchpoint": ["payment", "delivery", "payment", "delivery", "call"],
        "occurred_at": pd.to_datetime(["2025-03-01T10:00Z"] * 5),
    }
)  # fmt: skip
DATA = {"moments": MOMENTS}


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def sliders(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    return [child for child in box.children if isinstance(child, SelectionSlider)]


def test_a_moved_touchpoint_takes_its_ratings_along():
    curve = cx.emotion_curve(placed(DATA, "delivery", "purchase")).query("rule == 'everyone'").set_index("stage")
    assert (curve.loc["purchase", "value"], curve.loc["purchase", "n"]) == (3.0, 4)
    assert curve.loc["use", "n"] == 0 and pd.isna(curve.loc["use", "value"])
    assert curve.loc["service", "value"] == -4


def test_it_begins_with_a_picture_and_the_stages_that_moved(shown):
    cx.explore.journey(DATA, touchpoint="delivery", stage="purchase")
    image, words, _ = shown
    assert isinstance(image, Image) and "Purchase" in image.alt
    assert "Purchase and fulfilment: 2 (n = 2), now 3 (n = 4)" in words
    assert "Use: 4 (n = 2), now nobody asked" in words
    assert "Support" not in words.replace("counts for: Support", "")
    assert [one.value for one in sliders(shown)] == ["delivery", "purchase"]


def test_left_where_it_is_nothing_moves(shown):
    cx.explore.journey(DATA, touchpoint="call")
    assert sliders(shown)[1].value == "service"
    assert "(n =" not in shown[1]


def test_the_switches_move_the_picture(shown):
    cx.explore.journey(DATA, touchpoint="call")
    sliders(shown)[1].value = "loyalty"
    assert "Loyalty and advocacy: nobody asked, now −4 (n = 1)" in shown[-1]


def test_without_ipywidgets_the_picture_is_shown(shown, monkeypatch):
    monkeypatch.setattr(journey_explorer, "find_spec", lambda name: None)
    cx.explore.journey(DATA)
    assert [type(thing).__name__ for thing in shown] == ["Image", "Sentences"]
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        ({"moments": MOMENTS.drop(columns="touchpoint")}, {}, "touchpoint"),
        ({"orders": pd.DataFrame({"order_id": ["o"]})}, {}, "moments"),
        (DATA, {"touchpoint": "fax"}, "Choose one of: call, delivery, payment"),
        (DATA, {"touchpoint": "call", "stage": "sleep"}, "'sleep' is not there"),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence_and_no_switch(shown, data, options, words):
    with pytest.raises(cx.InputError, match=words):
        cx.explore.journey(data, **options)
    assert shown == []


def test_it_speaks_the_readers_language(shown, portuguese):
    cx.explore.journey(DATA, touchpoint="delivery", stage="purchase")
    assert "Uso: 4 (n = 2), agora ninguém perguntou" in shown[1]
    assert [one.description for one in sliders(shown)] == ["ponto de contato", "conta para"]


# --- The sheet ---------------------------------------------------------------------------------------


def test_the_empty_sheet_has_a_box_for_each_stage_and_question():
    sheet = journey_sheet()
    assert sheet.html.count("<td></td>") == 5 * 7
    assert sheet.html.count('scope="col"') == 8 and sheet.html.count('scope="row"') == 5
    assert "<script" not in sheet.html and "http://" not in sheet.html and "https://" not in sheet.html
    assert "A4 landscape" in sheet.html


def test_what_the_data_know_stands_in_the_last_row():
    html = journey_sheet(DATA).html
    assert html.count("<td></td>") == 4 * 7
    # Nobody rated every stage, so the sheet falls back on all who rated; one rating has no interval.
    assert "feeling: −4, n = 1" in html and html.count("feeling: nobody asked") == 4
    assert html.count("no table tells this stage") == 7


def test_a_page_is_written_and_a_place_that_is_none_gets_a_sentence(tmp_path, portuguese):
    journey_sheet(out=tmp_path / "sheet.html")
    assert "A jornada dos nossos clientes" in (tmp_path / "sheet.html").read_text(encoding="utf-8")
    with pytest.raises(cx.InputError, match="Não foi possível gravar"):
        journey_sheet(out=tmp_path / "nowhere" / "sheet.html")
