"""The drawing: it says everything in words, in both languages, harmlessly, and nothing overlaps."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest

import cxlib as cx
from cxlib.blueprints.parts import PACKAGED, read_blueprint
from cxlib.blueprints.rules import problems_of
from cxlib.charts.blueprint_cards import SIGN_WORDS, Numbers, cards, lasting
from cxlib.charts.blueprint_layout import BOX, laid_out, route
from cxlib.charts.blueprint_page import page

NAMES = ("entrega_com_problema_v1", "entrega_com_problema_v2", "chamado_v1")
HOSTILE = '</title></svg><script>window.__xss = 1</script><img src=x onerror="window.__xss=1">\u202e'


def measured(**values):
    """Return a small measured frame: {step__metric: (value, low, high, n)}."""
    rows = []
    for name, (value, low, high, n) in values.items():
        step, metric = name.split("__")
        unit = "minutes" if "median" in metric else "share"
        rows.append({"step": step, "period": "all", "metric": metric, "rule": "x", "value": value, "low": low,
                     "high": high, "n": n, "numerator": 1.0, "denominator": 1.0, "set_aside": 0, "unit": unit,
                     "method": "Wilson 95%", "warnings": ""})  # fmt: skip
    return pd.DataFrame(rows)


FRAME = measured(
    all__flow_efficiency=(0.0991, 0.095, 0.103, 272),
    carrier_search__step_wait_median=(76.2, 73.0, 78.5, 640),
    carrier_search__step_time=(0.62, 0.617, 0.623, 640),
    to_carrier__step_time=(0.057, 0.056, 0.058, 640),
    closes__step_failed=(0.106, 0.085, 0.133, 640),
)


def svg(text):
    return ElementTree.fromstring(re.search(r'<svg xmlns.*?role="img".*?</svg>', text, re.DOTALL).group())


def words(text):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL).split())


@pytest.mark.parametrize("name", NAMES)
def test_no_two_boxes_overlap_and_arrows_end_at_their_boxes(name):
    model = read_blueprint(name)
    layout = laid_out(cards(model, Numbers(FRAME)))
    for one, other in combinations(layout.boxes.values(), 2):
        apart = one.x + BOX <= other.x or other.x + BOX <= one.x or one.y + one.height <= other.y
        assert apart or other.y + other.height <= one.y, (one.card.key, other.card.key)
    for place, link in enumerate(model.links):
        ways = route(model, layout, link, place)
        for (x, y), key in ((ways[0], link.source), (ways[-1], link.target)):
            box = layout.boxes[key]
            assert box.x <= x <= box.x + BOX
            assert box.y - 1e-6 <= y <= box.y + box.height + 1e-6
        assert all((x1 == x2) != (y1 == y2) or (x1, y1) == (x2, y2) for (x1, y1), (x2, y2) in pairwise(ways))


@pytest.mark.parametrize("name", NAMES)
def test_arrows_pass_through_no_box(name):
    model = read_blueprint(name)
    layout = laid_out(cards(model, Numbers(None)))
    for place, link in enumerate(model.links):
        ways = route(model, layout, link, place)
        for (x1, y1), (x2, y2) in pairwise(ways):
            for key, box in layout.boxes.items():
                inside_x = max(x1, x2) > box.x + 1 and min(x1, x2) < box.x + BOX - 1
                inside_y = max(y1, y2) > box.y + 1 and min(y1, y2) < box.y + box.height - 1
                assert not (inside_x and inside_y), (link.name, key)


def test_every_step_and_number_stands_in_the_drawing_and_in_the_tables():
    model = read_blueprint("entrega_com_problema_v1")
    text = page(model, problems_of(model), FRAME)
    drawing = " ".join(one.text or "" for one in svg(text).iter("{http://www.w3.org/2000/svg}text"))
    tables = words(text[text.index("<h2>Step by step") :])
    for step in model.steps:
        assert all(word in drawing for word in step.label.en.split())
        assert step.label.en in tables
    for lane in ("Evidence", "Customer", "Onstage", "Backstage", "Support"):
        assert lane in drawing
    for line in ("line of interaction", "line of visibility", "line of internal interaction"):
        assert line in drawing
    assert "76.2 min (73 to" in drawing
    assert "76.2 min (73 to 78.5), n = 640" in tables
    assert "Longest: 62% of" in drawing
    assert "Failed: 10.6% (8.5% to 13.3%)" in tables
    assert text.count("REPEATED_DATA") == 1
    assert text.count("Asks again: order number") >= 4


def test_signs_have_words_and_shapes_of_their_own():
    model = read_blueprint("entrega_com_problema_v1")
    text = page(model, problems_of(model), FRAME)
    key = text[text.index('<ul class="key">') : text.index("</ul>", text.index('<ul class="key">'))]
    for sign_words in SIGN_WORDS.values():
        assert sign_words in key
    assert len(set(re.findall(r'aria-hidden="true">(<(?:path d|circle|rect)[^>]*)', key))) == len(SIGN_WORDS) + 4
    assert len(set(re.findall(r"<text[^>]*>(\w)</text>", key))) == len(SIGN_WORDS)


def test_it_describes_itself_asks_nobody_and_runs_nothing():
    model = read_blueprint("chamado_v1")
    text = page(model, problems_of(model), None)
    drawn = svg(text)
    named = drawn.get("aria-labelledby").split()
    own = {one.get("id"): one.text for one in drawn.iter() if one.get("id")}
    assert own[named[0]] == "A ticket that stays with us · version 1"
    assert "11 steps" in own[named[1]]
    assert not re.search(r"<script|<link|<iframe|<img|\bsrc=|\bon\w+=|url\((?!#)|@import|javascript:", text)
    assert set(re.findall(r"https?://[^\"' <]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "As planned; nothing is measured here." in words(text)


def test_hostile_labels_are_text():
    source = (PACKAGED / "entrega_com_problema_v2.yaml").read_text(encoding="utf-8")
    hostile = source.replace("en: Closes the case", "en: '" + HOSTILE + "'").replace(
        "en: Carrier", "en: '" + HOSTILE + "'"
    )
    hostile = hostile.replace("service: {en: A delivery that went wrong", "service: {en: '" + HOSTILE + "'")
    model = read_blueprint(hostile)
    text = page(model, problems_of(model), FRAME)
    assert "<script" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text
    svg(text)  # still well-formed


def test_in_portuguese(portuguese):
    model = read_blueprint("entrega_com_problema_v1")
    text = page(model, problems_of(model), FRAME)
    assert '<html lang="pt-BR">' in text
    said = words(text)
    for expected in ("Entrega com problema · versão 1", "linha de visibilidade", "Bastidores",
                     "Pede de novo: número do pedido", "76,2 min (73 a 78,5), n = 640",
                     "Transportadora (terceiro)"):  # fmt: skip
        assert expected in said
    for english in ("Onstage", "line of", "Asks again", "Step by step", "Evidence"):
        assert english not in said


def test_lengths_as_people_say_them():
    assert [lasting(one) for one in (5, 179, 180, 1_714.8, 4_320)] == ["5 min", "179 min", "3 h", "28.6 h", "3 days"]
    assert lasting(1_714.8, 1_412, 2_038) == "28.6 h (23.5 to 34)"


def test_it_shows_in_a_notebook_and_is_written_to_a_file(tmp_path):
    found = cx.blueprint("entrega_com_problema_v2")
    assert found._repr_html_().startswith('<div class="cxbp" lang="en">')
    assert found.write(tmp_path / "b.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(cx.InputError, match="cannot be written"):
        found.write(tmp_path / "absent" / "b.html")


def test_what_has_names_that_lead_nowhere_is_not_drawn(tmp_path):
    text = (PACKAGED / "entrega_com_problema_v2.yaml").read_text(encoding="utf-8").replace("to: hears", "to: ears")
    with pytest.raises(cx.InputError, match="names lead somewhere"):
        cx.blueprint(text).write(tmp_path / "b.html")
    assert cx.blueprint(text).problems["code"].unique().tolist() == ["V1"]
