"""The Portuguese of the lessons says what the English says: the same numbers, code, links, formulas and structure."""

import re
from collections import Counter

import pytest

pytest.importorskip("jupytext", reason="it belongs to the full gates")

from test_language import FORBIDDEN

from building.catalogue import updated, waiting
from building.source import course, guides

ENTRIES = [
    pytest.param(entry.id, entry.string, id=f"{lesson.key}:{entry.context}")
    for lesson in [*course(), *guides()]
    for entry in updated(lesson)
    if entry.id
]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CODE = re.compile(r"`[^`]*`")
LINK = re.compile(r"\]\(([^)]*)\)")
FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
FIELD = re.compile(r"\{\w+\}")
BLOCK = re.compile(r"^(#+ |- |\d+\. |> |\| )", re.MULTILINE)


def numbers(text):
    """Return the digits of each number: 1,234.5 and 1.234,5 are the same."""
    return Counter(re.sub("[.,]", "", found) for found in NUMBER.findall(CODE.sub("", text)))


def symbols(formula):
    """Return a formula without its words, which are translated."""
    return re.sub(r"\\text\{[^}]*\}", r"\\text{}", formula)


def pages(target):
    """Return a link's target, which may lead to its Portuguese edition."""
    return target.replace(".pt-BR.md", ".md")


@pytest.mark.parametrize("lesson", [pytest.param(lesson, id=lesson.key) for lesson in [*course(), *guides()]])
def test_nothing_waits_for_its_portuguese(lesson):
    assert waiting(updated(lesson)) == []


@pytest.mark.parametrize(("en", "pt"), ENTRIES)
def test_both_say_the_same(en, pt):
    assert pt != en
    assert not numbers(en) - numbers(pt), "a number is missing"
    code_pt = Counter(found.replace(".pt-BR.md", ".md") for found in CODE.findall(pt))
    assert not Counter(CODE.findall(en)) - code_pt, "code is missing"
    assert Counter(LINK.findall(en)) == Counter(pages(link) for link in LINK.findall(pt))
    assert Counter(map(symbols, FORMULA.findall(en))) == Counter(map(symbols, FORMULA.findall(pt)))
    assert Counter(FIELD.findall(FORMULA.sub("", en))) == Counter(FIELD.findall(FORMULA.sub("", pt)))


@pytest.mark.parametrize(("en", "pt"), ENTRIES)
def test_both_have_the_same_structure(en, pt):
    assert BLOCK.findall(en) == BLOCK.findall(pt)
    assert en.count("**") == pt.count("**")
    assert en.count("\n\n") == pt.count("\n\n")


@pytest.mark.parametrize(("en", "pt"), ENTRIES)
def test_no_word_against_the_glossary(en, pt):
    prose = CODE.sub("", pt)
    for reason, words in FORBIDDEN.items():
        found = re.search(rf"(?<![\[\w])(?:{words})\b", prose, re.IGNORECASE)
        assert not found, f"{found[0]!r}, but {reason}"
    assert not re.search(r"\bliç(?:ão|ões)\b", prose), "the glossary says aula"
