"""The editor of a blueprint: what it says of a text is what `cx.blueprint` says, and no text can harm the page."""

import asyncio

import pytest
from IPython.display import HTML as Page
from ipywidgets import HTML, Textarea, VBox

import cxlib as cx
from cxlib.learning import blueprint_explorer
from cxlib.learning.blueprint_explorer import looked_at
from cxlib.learning.lessons.service_blueprint.exercises import EXCHANGE

HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed, instead of a notebook."""
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def parts(shown):
    (box,) = [thing for thing in shown if isinstance(thing, VBox)]
    editor, said, drawn = box.children
    assert isinstance(editor, Textarea) and isinstance(said, HTML) and isinstance(drawn, HTML)
    return editor, said, drawn


def test_it_begins_with_the_file_its_rules_and_its_drawing(shown):
    cx.explore.blueprint("entrega_com_problema_v1")
    editor, said, drawn = parts(shown)
    assert editor.value.startswith("# How Ipê handles") and editor.continuous_update
    assert said.value.count("<li>") == 4 and "V9 REPEATED_DATA" in said.value
    assert "<svg" in drawn.value and "Looks for the" in drawn.value


def test_a_change_speaks_and_draws(shown):
    cx.explore.blueprint(EXCHANGE)
    editor, said, drawn = parts(shown)
    assert "✔" in said.value and "No rule is broken." in said.value
    before = drawn.value
    editor.value = EXCHANGE.replace("Asks for another one", "Wants another one")
    assert "Wants" in drawn.value and drawn.value != before
    editor.value = EXCHANGE.replace("to: swaps, handoff: true", "to: swaps")
    assert "V6 WRONG_HANDOFF" in said.value and "<code>- {from: calls, to: swaps}</code>" in said.value


def test_rules_agree_with_the_public_call(shown):
    broken = EXCHANGE.replace("    contract_sla: within 60 minutes\n", "").replace("steps: [gets]", "steps: []")
    problems = cx.blueprint(broken).problems
    said, _ = looked_at(broken)
    assert list(problems["code"]) == ["V2", "V10"]
    assert all(sentence in said for sentence in problems["problem"])


def test_while_a_text_cannot_be_read_the_last_drawing_stays(shown):
    cx.explore.blueprint(EXCHANGE)
    editor, said, drawn = parts(shown)
    before = drawn.value
    for text, words in (
        (EXCHANGE.replace("[order_id]\n  - id: reserves", "[order_id\n  - id: reserves"), "this is not YAML"),
        (EXCHANGE.replace("lane: onstage", "lane: on stage"), "must be one of"),
        (EXCHANGE.replace("from: asks", "from: askes"), "V1 BROKEN_REFERENCE"),
        ("", "is empty"),
        ("entrega_com_problema_v1", "must be a list of keys"),  # a text, not the name of a file
        ("x" * 40_000, "at most 32 KB"),
    ):
        editor.value = text
        assert words in said.value, text[:40]
        assert "✗" in said.value and drawn.value == before


@pytest.mark.parametrize("place", ["Asks for another one", "swaps, lane", "(text)", "order number"])
def test_hostile_text_is_shown_as_text(place):
    said, drawn = looked_at(EXCHANGE.replace(place, HOSTILE) + f"# {HOSTILE}")
    assert "<script" not in said + drawn and "<img" not in said + drawn


def test_a_line_that_a_rule_points_at_is_escaped():
    said, _ = looked_at(EXCHANGE.replace("  - {from: calls, to: swaps, handoff: true}",
                                         f"  - {{from: calls, to: swaps}} # {HOSTILE}"))  # fmt: skip
    assert "V6" in said and "&lt;script&gt;" in said and "<script" not in said


def test_keys_in_a_row_are_looked_at_once(shown, monkeypatch):
    monkeypatch.setattr(blueprint_explorer, "PAUSE", 0.01)
    seen = []

    async def type_quickly():
        later = blueprint_explorer._Later(lambda: seen.append(len(seen)))
        for _ in range(5):
            later()
        assert seen == []
        await asyncio.sleep(0.05)
        assert seen == [0]
        later()
        await asyncio.sleep(0.05)

    asyncio.run(type_quickly())
    assert seen == [0, 1]


def test_without_ipywidgets_all_is_shown_as_it_is(shown, monkeypatch):
    monkeypatch.setattr(blueprint_explorer, "find_spec", lambda name: None)
    cx.explore.blueprint(EXCHANGE.replace("Asks for another one", HOSTILE))
    (page,) = shown
    assert isinstance(page, Page) and "<pre>" in page.data and "<svg" in page.data
    assert "<script" not in page.data


def test_a_file_that_is_not_there_gets_a_sentence():
    with pytest.raises(cx.InputError, match=r"nowhere\.yaml"):
        cx.explore.blueprint("nowhere.yaml")


def test_the_words_of_the_readers_language(shown, portuguese):
    cx.explore.blueprint(EXCHANGE)
    editor, said, _ = parts(shown)
    assert editor.description == "o arquivo"
    assert "Nenhuma regra" in said.value
    editor.value = EXCHANGE.replace("to: swaps, handoff: true", "to: swaps")
    assert "Regras quebradas: 1." in said.value
