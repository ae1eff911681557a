"""An answer that puts things in their places: read, compared, told apart without giving the place away."""

import pytest

from cxlib.learning.placing import Placing
from cxlib.learning.shapes import NotAttempted, Unreadable

ONE = Placing(things=("five", "six"), parts=(("use", "loyalty"),))
CODES = Placing(things=("a", "b"), parts=(("V1", "V2", "V10"),))
TWO = Placing(things=("A", "B"), parts=(("use", "service"), ("-", "+")), also={"A": (("service", "-"),)})
RIGHT = {"A": ("use", "-"), "B": ("service", "+")}


def test_one_place_or_a_tuple_of_places():
    assert ONE.read({"five": " Loyalty", "six": "use"}, ()) == {"five": ("loyalty",), "six": ("use",)}
    assert TWO.read({"A": ["use", "-"], "B": ("service", "+")}, ()) == RIGHT


def test_a_choice_is_found_whatever_its_case_and_keeps_its_own():
    assert CODES.read({"b": " v10 ", "a": "v2"}, ()) == {"a": ("V2",), "b": ("V10",)}


@pytest.mark.parametrize("answer", [..., {"five": ..., "six": "use"}])
def test_dots_are_no_answer(answer):
    with pytest.raises(NotAttempted):
        ONE.read(answer, ())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("loyalty", r"not a dictionary.*`\{\"five\": \"use\", ...\}`"),
        ({"five": "use"}, "no place yet: `'six'`"),
        ({"five": "use", "six": "buying"}, "`'buying'` is not among the choices"),
        ({"five": "use", "six": 3}, "`3` is no place"),
        ({"five": "use", "six": ("use", "use")}, "is no place"),
        ({"five": "use", "six": (3,)}, "not among"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(answer, words):
    with pytest.raises(Unreadable, match=words):
        ONE.read(answer, ())


def test_a_place_as_good_as_the_right_one_is_right():
    assert TWO.same({**RIGHT, "A": ("service", "-")}, RIGHT)
    assert not TWO.same({**RIGHT, "B": ("service", "-")}, RIGHT)


def test_a_miss_names_the_thing_and_not_its_place():
    told = TWO.finding({**RIGHT, "B": ("use", "-")}, RIGHT)
    assert told == "1 of 2 stand where we would put them. Look at `'B'` once more."
