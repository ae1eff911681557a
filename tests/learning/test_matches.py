"""An answer that gives each of a few things one of a few words: how it is read, and what is said of it."""

import pytest

from cxlib.learning.matches import Matches
from cxlib.learning.shapes import NotAttempted, Unreadable

SHAPE = Matches(("a", "b"), ("V1", "V2", "V10"))


@pytest.mark.parametrize(
    "answer", [{"a": "V2", "b": "V10"}, {"b": " v10 ", "a": "v2"}, ("V2", "V10"), ["v2", "v10"], "V2 V10", "v2, V10"]
)
def test_every_way_to_write_it_is_read_alike(answer):
    assert SHAPE.read(answer, ()) == {"a": "V2", "b": "V10"}


@pytest.mark.parametrize("answer", [..., {"a": ..., "b": "V1"}, (..., ...)])
def test_dots_are_not_attempted(answer):
    with pytest.raises(NotAttempted):
        SHAPE.read(answer, ())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"a": "V1"}, "does not give one for each of: a, b"),
        ({"a": "V1", "b": "V2", "c": "V1"}, "does not give one"),
        ("V1", "does not give one"),
        (None, "does not give one"),
        ({"a": "V1", "b": "V3"}, "`'V3'` is not among the choices"),
        ({"a": "V1", "b": 2}, "`2` is not among the choices"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(answer, words):
    with pytest.raises(Unreadable) as trouble:
        SHAPE.read(answer, ())
    assert words in str(trouble.value)


def test_a_miss_is_told_how_many_are_right_not_which():
    right, given = {"a": "V1", "b": "V2"}, {"a": "V1", "b": "V10"}
    assert SHAPE.same(right, dict(right)) and not SHAPE.same(given, right)
    assert SHAPE.finding(given, right) == "1 of 2 are right."
