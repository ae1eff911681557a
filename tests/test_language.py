"""Every text stands in both languages and says the same things; numbers and money as each reader writes them."""

import ast
import re
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import cxlib
from cxlib.errors import InputError
from cxlib.language import _chosen, in_portuguese, language, mark, money, number, percent, say

PACKAGE = Path(cxlib.__file__).parent
ROOT = PACKAGE.parent
PO = PACKAGE / "locale" / "pt_BR.po"

# What must stand letter for letter in both languages. Placeholders are seen as <name>.
CODE = re.compile(
    r"""
      `[^`]*`                                        # an option of a call
    | "[^"]*"                                        # what is to be typed, or was found
    | \[[^\]]*\] | \{[^}]*\}                         # a section, an inline table
    | \bcx(?:[ ]-{0,2}[a-z]+)+ | --[a-z][a-z-]*      # a command, an option of it
    | [\w/-]*\.(?:csv|json|md|parquet|toml|xlsx?)\b  # a file, or how its name ends
    | [\w/]*_[\w/]*                                  # a column, a variable, a time zone
    | \b\d{4}-\d\d-\d\d\b                            # a date as it is typed
    | \b[A-Z]{2,}[\w-]*                              # NPS, UTC, UTF-8
    | (?<=[a-z,][ ])[A-Z]\w+                         # a name in mid-sentence
    """,
    re.VERBOSE,
)
SAYERS = ("say", "mark")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
FORBIDDEN = {
    "the glossary says chamado, or tíquete médio for an order's value": r"tickets?|tíquetes?(?! médio)",
    "the glossary says neutros": r"passivos?",
    "the glossary says conjunto de dados": r"datasets?",
    "the glossary says conversão": r"conversação",
    "the glossary says transferência": r"repasses?",
    "the accent is missing": r"usuarios?|nao|metricas?|periodos?|numeros?|intervalos? de confianca",
    "European Portuguese": r"ecrãs?|utilizador\w*|ficheiros?|telemóve\w+|registos?|contactos?|factos?|equipas?"
    r"|predefini\w+|percentagens?|rato|planeamento",
}


# --- The texts of the package and the catalogue ------------------------------------------------------


def calls():
    """Return every call of `say` or `mark` in the package, with where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYERS:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def literals(node):
    """Return the literals an argument may be; None when it is made up on the spot."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        one, other = literals(node.body), literals(node.orelse)
        return None if one is None or other is None else one + other
    # A name stands for a text that was marked elsewhere.
    return [] if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else None


def said():
    """Return every text that is said or marked, with the first place of it."""
    texts = {}
    for place, call in calls():
        for text in (call.args and literals(call.args[0])) or []:
            texts.setdefault(text, place)
    return texts


def catalogue():
    with PO.open("rb") as file:
        return read_po(file, abort_invalid=True)


SAID = said()
PAIRS = {entry.id: entry.string for entry in catalogue() if entry.id}


def fields(text):
    return Counter(
        (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None
    )


def shown(text):
    """Return a text as it is seen, with <name> for a placeholder."""
    return "".join(literal + ("" if name is None else f"<{name}>") for literal, name, *_ in Formatter().parse(text))


def complain(troubles):
    troubles = list(troubles)
    assert not troubles, "\n" + "\n".join(troubles)


def pairs_where(differ):
    complain(f"{reason}\n  en    {en!r}\n  pt-BR {pt!r}" for en, pt in PAIRS.items() for reason in differ(en, pt))


# --- Completeness ------------------------------------------------------------------------------------


def test_what_is_said_is_a_literal_or_was_marked():
    complain(
        f"{place}: say or mark takes one literal, or the name of a marked text: {ast.unparse(call)}"
        for place, call in calls()
        if len(call.args) != 1 or literals(call.args[0]) is None
    )


@pytest.mark.parametrize("made_up", ['f"{n} rows"', '"rows: " + n', '"rows".upper()', '"{} rows".format(3)', "3"])
def test_a_text_made_up_on_the_spot_is_caught(made_up):
    assert literals(ast.parse(made_up, mode="eval").body) is None


def test_literals_are_found():
    assert literals(ast.parse('"one " "text"', mode="eval").body) == ["one text"]
    assert literals(ast.parse('"a" if x else "b"', mode="eval").body) == ["a", "b"]
    assert literals(ast.parse("rule.name", mode="eval").body) == []
    assert len(SAID) > 200


def test_a_text_is_given_the_values_it_names():
    complain(
        f"{place}: {text!r} names {sorted(names)} and is given {sorted(given)}"
        for place, call in calls()
        if getattr(call.func, "id", "") == "say" and all(keyword.arg for keyword in call.keywords)
        for text in literals(call.args[0]) or []
        for names, given in [({name for name, *_ in fields(text)}, {word.arg for word in call.keywords})]
        if names != given
    )


def test_every_text_has_its_portuguese():
    complain(f"{place}: no Portuguese for {text!r}" for text, place in SAID.items() if not PAIRS.get(text))


def test_no_entry_is_unused():
    complain(f"nobody says {text!r}: delete it from {PO.name}" for text in PAIRS.keys() - SAID.keys())


def test_the_catalogue_is_tidy():
    content, entries = PO.read_text(encoding="utf-8"), catalogue()
    assert str(entries.locale) == "pt_BR"
    assert entries.charset.lower() == "utf-8"
    assert not entries.obsolete
    assert not [entry.id for entry in entries if entry.id and entry.fuzzy]
    assert content.count("\nmsgid ") == len(PAIRS) + 1, "an English text stands twice"
    assert list(PAIRS) == sorted(PAIRS), "the entries are sorted by their English"


# --- The same in both languages ----------------------------------------------------------------------


def test_placeholders_are_the_same():
    pairs_where(lambda en, pt: ["placeholders differ"] if fields(en) != fields(pt) else [])


def test_ends_agree():
    def ends(text):
        spaces = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
        return spaces, re.search(r"[.?!:;,…]*$", text)[0], text.count("\n")

    pairs_where(lambda en, pt: ["spaces, last mark or lines differ"] if ends(en) != ends(pt) else [])


def test_numbers_stand_in_both():
    def digits(text):  # 1,990.00 and 1.990,00 are the same number
        return Counter(re.sub("[.,]", "", one) for one in NUMBER.findall(shown(text)))

    pairs_where(lambda en, pt: [f"{one} is missing" for one in digits(en) - digits(pt)])


def test_what_is_typed_stands_in_both():
    def lost(en, pt):  # a page of ours may be named in its Portuguese edition
        here = shown(pt).replace(".pt-BR.md", ".md")
        lacking = Counter(CODE.findall(shown(en))) - Counter(CODE.findall(here))
        return [one for one in lacking if not (one.isalpha() and one in here)]  # a name may begin a sentence

    pairs_where(lambda en, pt: [f"{one} is missing" for one in lost(en, pt)])


def test_the_pages_that_are_named_are_there():
    pages = {page for pair in PAIRS.items() for text in pair for page in re.findall(r"docs/[\w.-]+\.md", text)}
    assert pages
    complain(f"there is no {page}" for page in pages if not (ROOT / page).is_file())


def test_no_word_against_the_glossary():
    complain(
        f"{found[0]!r}, but {reason}: {pt!r}"
        for pt in PAIRS.values()
        for reason, words in FORBIDDEN.items()
        for found in [re.search(rf"(?<![\[\w])(?:{words})\b", pt, re.IGNORECASE)]
        if found
    )


# --- Speaking ----------------------------------------------------------------------------------------


@pytest.fixture
def nothing_chosen():
    before = list(_chosen)
    _chosen.clear()
    yield
    _chosen[:] = before


def test_the_chosen_language_stays():
    assert language() == "en"
    assert language("pt-BR") == "pt-BR"
    assert language() == "pt-BR"


@pytest.mark.parametrize("name", ["pt", "pt_BR", "PT-BR", "fr", ""])
def test_an_unknown_language_is_refused(name):
    with pytest.raises(InputError, match='"en" or "pt-BR"'):
        language(name)
    assert language() == "en"


@pytest.mark.parametrize(
    ("wanted", "spoken"), [(None, "en"), ("en", "en"), ("pt-BR", "pt-BR"), ("fr", "en"), ("", "en")]
)
def test_the_environment_is_obeyed(nothing_chosen, monkeypatch, wanted, spoken):
    if wanted is not None:
        monkeypatch.setenv("CX_LANG", wanted)
    assert language() == spoken


def test_a_choice_comes_before_the_environment(nothing_chosen, monkeypatch):
    monkeypatch.setenv("CX_LANG", "pt-BR")
    language("en")
    assert say("yes") == "yes"


def test_say_in_both_languages():
    english = say("{low} to {high}", low=1, high=2)
    language("pt-BR")
    assert (english, say("{low} to {high}", low=1, high=2)) == ("1 to 2", "1 a 2")
    assert (say("response rate"), say("yes")) == ("taxa de resposta", "sim")


def test_values_are_not_read_as_texts(portuguese):
    assert say("{low} to {high}", low="{high}", high="yes") == "{high} a yes"


def test_an_unknown_text_is_said_in_english(portuguese):
    assert say("nobody wrote this: {n}", n=3) == "nobody wrote this: 3"
    assert in_portuguese("nobody wrote this") == "nobody wrote this"


def test_in_portuguese_whatever_is_spoken():
    assert in_portuguese("response rate") == "taxa de resposta"


def test_mark_changes_nothing(portuguese):
    assert mark("response rate") == "response rate"


NUMBERS = [
    (1234.5, 1, "1,234.5", "1.234,5"),
    (1_234_567, 1, "1,234,567", "1.234.567"),
    (20.0, 1, "20", "20"),
    (30.86, 1, "30.9", "30,9"),
    (-0.04, 1, "0", "0"),
    (-2.94, 1, "−2.9", "−2,9"),
    (0.114, 3, "0.114", "0,114"),
    (2.5, 0, "2", "2"),
]


@pytest.mark.parametrize(("value", "decimals", "english", "portuguese"), NUMBERS)
def test_number(value, decimals, english, portuguese):
    assert number(value, decimals=decimals) == english
    language("pt-BR")
    assert number(value, decimals=decimals) == portuguese


@pytest.mark.parametrize(
    ("share", "english", "portuguese"),
    [
        (74 / 107, "69.2%", "69,2%"),
        (1, "100%", "100%"),
        (0, "0%", "0%"),
        (-0.0004, "0%", "0%"),
        (12.5, "1,250%", "1.250%"),
    ],
)
def test_percent(share, english, portuguese):
    assert percent(share) == english
    language("pt-BR")
    assert percent(share) == portuguese


@pytest.mark.parametrize(
    ("cents", "currency", "english", "portuguese"),
    [
        (123456, "BRL", "R$1,234.56", "R$ 1.234,56"),
        (0, "BRL", "R$0.00", "R$ 0,00"),
        (-1990, "BRL", "−R$19.90", "−R$ 19,90"),
        (1990, "USD", "$19.90", "US$ 19,90"),
    ],
)
def test_money(cents, currency, english, portuguese):
    assert money(cents, currency) == english
    language("pt-BR")
    assert money(cents, currency).replace("\xa0", " ") == portuguese
