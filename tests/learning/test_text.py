"""Prose with the numbers of a dataset in it."""

import string
from importlib import import_module

import pytest

import cxlib as cx
from cxlib.learning.lesson import lesson_keys, lookup
from cxlib.learning.text import Text

WAVES = Text(
    templates={"up": "It rose to {value} from {n} answers.", "down": "It fell to {value}, {share} of {n}."},
    values=lambda shop: {"value": shop, "n": 1759, "share": 0.123},
    choose=lambda shop: "up" if shop > 0 else "down",
    shares=("share",),
)
TEXTS = [
    pytest.param(key, template, id=f"{key}.{name}.{place}")
    for key in lesson_keys()
    for name, text in getattr(import_module(f"cxlib.learning.lessons.{key}.exercises"), "TEXTS", {}).items()
    for place, template in text.texts.items()
]


def test_the_template_that_is_true_is_chosen():
    assert WAVES.filled(20.04) == "It rose to 20 from 1,759 answers."
    assert WAVES.filled(-6.25) == "It fell to −6.2, 12.3% of 1,759."


def test_numbers_are_written_in_the_readers_language(portuguese):
    assert WAVES.filled(-6.27, lambda text: "Caiu para {value}, {share} de {n}.") == "Caiu para −6,3, 12,3% de 1.759."


def test_every_template_has_its_place():
    assert list(WAVES.texts) == ["when/up", "when/down"]
    assert Text(templates={"": "Hello."}, values=lambda shop: {}).texts == {"text": "Hello."}


def names(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize(("key", "template"), TEXTS)
def test_the_portuguese_of_a_lessons_text_has_the_same_numbers(key, template, portuguese):
    other = lookup(key)(template)
    assert other != template
    assert names(other) == names(template)


def test_a_text_of_a_lesson_follows_the_language():
    shop = cx.ipe("tiny", 7)
    ex = cx.exercises("nps_csat_ces", shop)
    english = ex.text("example").text
    cx.language("pt-BR")
    assert ex.text("example").text != english
    assert "{" not in english + ex.text("example").text
