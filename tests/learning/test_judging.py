"""How an answer is judged: one of four outcomes, never an exception, never the expected value."""

import datetime
import itertools
import re
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxlib as cx
from cxlib.language import in_portuguese
from cxlib.learning.exercise import Exercise, Wrong, judge
from cxlib.learning.memo import Memo
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, NOT_YET, PASSED, WORDS, Note, Outcome, code, in_marks
from cxlib.learning.shapes import Choice, Function, Interval, Number

SHOPS = (3, 4)
LONG = "We looked at both waves of the survey and this is what we found for the next quarter: "
RIGHT = {
    Number(): 42.42,
    Number("share"): 0.4242,
    Number("score"): 4.242,
    Number("answers"): 4242,
    Interval(): (-42.42, 24.24),
    Choice(("yes", "no", "maybe")): "no",
    Function({"one": lambda shop: shop, "two": lambda shop: 10 * shop}): lambda x: 4.242 * x,
    Memo(lambda shop: {"a": 42.42}): LONG + "42.42",
}


def exercise(shape, **changes):
    right = RIGHT[shape]
    parts = {"wrong": [], "hints": ["One.", "Two."], "passed": "Well done."} | changes
    return Exercise(key="one", asks="What?", shape=shape, right=lambda shop: right, **parts)


EXERCISES = [
    pytest.param(exercise(shape), id=f"{type(shape).__name__}-{getattr(shape, 'unit', '')}") for shape in RIGHT
]


def broken(*names, error=RuntimeError):
    def fail(*arguments, **more):
        raise error("broken")

    return fail, type("Broken", (), dict.fromkeys(names, fail))()


def pretender(kind):
    return type("Pretender", (), {"__class__": kind})()


class Words(str):
    def strip(self, *signs):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = str.__hash__


class Pair(tuple):
    def __len__(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError


class Shown:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def inside_itself():
    ring = []
    ring.append(ring)
    return ring


fail, nothing_works = broken(
    "__repr__", "__eq__", "__len__", "__copy__", "__deepcopy__", "__iter__", "__bool__", "__hash__"
)
leave, leaves = broken("__repr__", error=SystemExit)
THINGS = [
    nothing_works, fail, leave, leaves, sys.exit, Words("yes"), Pair((1, 2)), Pair(), Shown(""), Shown(None),
    Shown("\ud800"), *map(pretender, (str, tuple, list, float, int, pd.DataFrame, np.ndarray)), 10**400, 10**5000,
    (10**5000, 1), -(10**400), Fraction(10**400), np.longdouble("1e4000"), 1e308, (1e308, -1e308), 5e-324, -0.0,
    np.datetime64("NaT"), np.timedelta64(1, "D"), np.float64("nan"), np.array([]), np.zeros((3, 3)), np.ma.masked,
    np.void(b"x"), pd.NA, pd.NaT, pd.Timestamp(0), pd.Series([pd.NA]), pd.DataFrame({"value": [None]}),
    pd.DataFrame([[1, 2]], columns=["value", "value"]), pd.DataFrame({"low": [1], "high": ["x"]}),
    pd.Series([1, 2], dtype="category"), pd.Categorical([1]), pd.Interval(1, 2),
    pl.DataFrame({"value": [1.0], "low": [0.0], "high": [2.0]}), pl.Series([1.0, 2.0]), pl.DataFrame(), 1j,
    datetime.timedelta(1), range(10**18), inside_itself(), {...: ...}, int, type, Exception, KeyboardInterrupt,
    NotImplemented, re, print, lambda *x: x, lambda *x: nothing_works, lambda *x: inside_itself(), lambda *x: cx,
    "\x00" * 99, "`" * 99, "{}" * 30, "{found}", "%s %d" * 30,
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("one", EXERCISES)
def test_whatever_is_handed_in_there_is_an_outcome(one, language, capsys):
    cx.language(language)
    for thing in THINGS:
        outcome = judge(one, thing, SHOPS)
        assert outcome.status in (CANNOT_CHECK, NOT_YET)
        assert outcome.message
        assert "\n" not in outcome.message
        assert len(outcome.message) < 400
        assert outcome.message.count("`") % 2 == 0
        str(outcome).encode("utf-8")


@pytest.mark.parametrize("one", EXERCISES)
def test_an_infinite_generator_is_not_consumed(one):
    for endless in (itertools.count(), (number for number in itertools.count())):
        assert judge(one, endless, SHOPS).status == CANNOT_CHECK
        assert next(endless) == 0


@pytest.mark.parametrize("one", EXERCISES)
def test_an_interrupt_passes_through(one):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    answer = interrupted if isinstance(one.shape, Function) else type("Slow", (), {"__repr__": interrupted})()
    with pytest.raises(KeyboardInterrupt):
        judge(one, answer, SHOPS)


@pytest.mark.parametrize("one", EXERCISES)
def test_the_four_outcomes(one):
    right = RIGHT[one.shape]
    assert judge(one, right, SHOPS) == Outcome(PASSED, "Well done.")
    assert judge(one, ..., SHOPS).message == "Put your answer in place of `...`, then run the cell again."
    assert judge(one, ..., SHOPS).status == NOT_ATTEMPTED
    assert judge(one, object(), SHOPS).status == CANNOT_CHECK


def near(right):
    factors = (-1, 0, 0.01, 0.1, 0.5, 0.9, 0.999, 1.001, 1.1, 2, 10, 100, 1000)
    return [right * factor + step for factor in factors for step in (0, -1, -0.3, 0.004, 0.3, 1)]


@pytest.mark.parametrize("one", [one for one in EXERCISES if isinstance(one.values[0].shape, Number | Interval)])
def test_no_miss_is_ever_told_the_expected_value(one):
    right = RIGHT[one.shape]
    if isinstance(one.shape, Interval):
        answers = [*itertools.product(near(right[0]), near(right[1])), right[::-1], (right[0], 0), (-9.09, 33.33)]
    else:
        answers = [float(one) for one in near(right)]
    for answer in answers:
        outcome = judge(one, answer, SHOPS)
        said = outcome.message.replace(code(answer), "")  # what they handed in may be shown to them
        assert outcome.status == PASSED or not re.search("4242|42[.,]42|24[.,]24|4[.,]242", said), answer


def test_a_function_that_fails_is_not_told_the_expected_value():
    (shape,) = [shape for shape in RIGHT if isinstance(shape, Function)]
    for function in (lambda x: x, lambda x: 1, fail, lambda x: None, lambda x: "x"):
        assert not re.search("12.7|127.2|16.9|169.6", judge(exercise(shape), function, SHOPS).message)


def test_a_foreseen_mistake_is_named_before_anything_else():
    mistakes = [
        Wrong(name="percent", answer=lambda shop: 42.42, says="A percentage."),
        Wrong(name="big", answer=lambda shop: None, when=lambda given: given > 9000, says="Over nine thousand."),
    ]
    one = exercise(Number("share"), wrong=mistakes)
    assert judge(one, 42.42, SHOPS) == Outcome(NOT_YET, "A percentage.")
    assert judge(one, 9001, SHOPS) == Outcome(NOT_YET, "Over nine thousand.")
    assert judge(one, 0.9, SHOPS) == Outcome(NOT_YET, "This does not fit these data.")
    assert judge(one, 42.42, SHOPS, str.upper).message == "A PERCENTAGE."


def test_a_check_that_sees_only_a_part_does_not_say_passed():
    one = exercise(Number(), seen="The number is there.")
    passed = judge(one, 42.42, SHOPS)
    assert (passed.status, repr(passed)) == (PASSED, "✔ The number is there. Well done.")
    assert passed._repr_markdown_() == "✔ **The number is there.** Well done."
    assert repr(judge(one, 42.42, SHOPS, str.upper)) == "✔ THE NUMBER IS THERE. WELL DONE."
    assert one.texts["seen"] == "The number is there." and "seen" not in exercise(Number()).texts


# --- How an outcome looks ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("status", WORDS)
def test_markdown_and_plain_text_say_the_same(status, language):
    cx.language(language)
    outcome = Outcome(status, "This is so.", "Do that.")
    assert outcome._repr_markdown_().replace("**", "").replace("\n\n", " ") == repr(outcome)
    icon, word = WORDS[status]
    assert repr(outcome).startswith(f"{icon} {word if language == 'en' else in_portuguese(word)} This is so.")


def test_each_outcome_has_an_icon_and_a_word_of_its_own():
    assert len({icon for icon, _ in WORDS.values()}) == len({word for _, word in WORDS.values()}) == 4
    assert all(in_portuguese(word) != word for _, word in WORDS.values())


@pytest.mark.parametrize("answer", [..., object(), (9, 5), np.nan, True, 4242, 0.4242, 42.1, 1.5])
def test_the_machine_speaks_portuguese(answer):
    said = judge(exercise(Number()), answer, SHOPS).message
    cx.language("pt-BR")
    assert judge(exercise(Number()), answer, SHOPS).message != said


def test_a_note_is_the_same_text_everywhere():
    assert Note("**a**")._repr_markdown_() == repr(Note("**a**")) == "**a**"


# --- Code marks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a`b``c", "`a'b''c`"),
        ("a\nb\r\n\n# c\t| d", "`a b # c | d`"),
        ("<script>", "`<script>`"),
        ("\x1b[31mred\x00\u202e", "`?[31mred??`"),
        ("\ud800", "`?`"),
        ("", "`?`"),
        (" \n ", "`?`"),
        ("ação ✅", "`ação ✅`"),
        ("x" * 80, "`" + "x" * 80 + "`"),
        ("x" * 81, "`" + "x" * 79 + "…`"),
    ],
)
def test_what_is_shown_stays_within_one_line_of_code_marks(text, shown):
    assert in_marks(text) == code(Shown(text)) == shown


def test_what_cannot_describe_itself_is_shown_by_its_kind():
    assert code(nothing_works) == code(broken("__repr__", error=SystemExit)[1]) == "`Broken`"
    assert code(10**5000) == "`int`"


def test_the_name_of_a_kind_is_held_in_code_marks_too():
    message = judge(exercise(Number()), type("a` <b>\n" + "x" * 200, (), {})(), SHOPS).message
    assert message.count("`") == 4
    assert "(`a' <b> x" in message
    assert "\n" not in message
