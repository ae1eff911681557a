"""What each shape reads, what it takes for the same, and what it says of a near miss."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.learning.shapes import Choice, Function, Interval, NotAttempted, Number, Unreadable

SHOPS = (3, 4)  # a function is tried on numbers made from them: no dataset is needed
DOUBLING = Function({"small": lambda shop: shop, "large": lambda shop: 100 * shop})
HAPPY = pd.DataFrame({"value": [20.0], "low": [8.5], "high": [30.9]})


def unreadable(shape, answer):
    with pytest.raises(Unreadable) as trouble:
        shape.read(answer, SHOPS)
    return str(trouble.value)


# --- One number --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        20,
        20.0,
        np.int8(20),
        np.uint64(20),
        np.float16(20),
        np.float32(20),
        np.longdouble(20),
        np.array(20),
        np.array([20.0]),
        np.array([[20]]),
        pd.Series([20], index=["x"]),
        pd.Series([20], dtype="Int64"),
        Decimal("20"),
        Fraction(40, 2),
        HAPPY,
    ],
    ids=repr,
)
def test_numbers_of_every_make_are_numbers(answer):
    number = Number().read(answer, SHOPS)
    assert (number, type(number)) == (20.0, float)


def test_a_result_is_accepted_as_a_number_and_as_an_interval():
    result = cx.nps(promoters=90, passives=60, detractors=50)
    assert Number().read(result, SHOPS) == 20.0
    assert Interval().read(result, SHOPS) == pytest.approx((8.54, 30.86), abs=0.005)


def test_a_result_of_several_rows_is_neither():
    two = pd.concat([HAPPY, HAPPY])
    assert "is not a number" in unreadable(Number(), two)
    assert "is not an interval" in unreadable(Interval(), two)


@pytest.mark.parametrize("answer", [True, np.True_, np.array([True]), pd.Series([False])], ids=repr)
def test_true_and_false_are_no_numbers(answer):
    assert "(`bool`) is not a number." in unreadable(Number(), answer)


@pytest.mark.parametrize("mask", [pd.Series([1, 2, 3]) > 1, np.array([True, False])], ids=repr)
def test_a_mask_is_sent_to_its_sum(mask):
    assert "`.sum()` counts how many are True" in unreadable(Number("answers"), mask)


@pytest.mark.parametrize(
    "answer",
    [pd.NA, pd.NaT, np.datetime64("2025-01-01"), np.array(["2025-01-01"], "M8[ns]"), np.ma.masked, 2j, "20", None],
    ids=repr,
)
def test_what_only_looks_like_a_number_is_not_read_as_one(answer):
    assert "is not a number" in unreadable(Number(), answer)


@pytest.mark.parametrize("answer", [np.nan, np.inf, np.float32("nan"), Decimal("NaN"), np.array([np.inf])], ids=repr)
def test_a_number_that_is_none_points_at_the_division(answer):
    assert (
        "came out: perhaps a filter found no row, or there are missing answers or a division by zero."
        in unreadable(Number(), answer)
    )


@pytest.mark.parametrize(
    ("answer", "better"), [((9, 5), "`9.5`"), ((-6, 25), "`-6.25`"), ((np.int64(9), np.int64(0)), "`9.0`")]
)
def test_a_decimal_comma_gets_its_own_sentence(answer, better):
    message = unreadable(Number(), answer)
    assert message.endswith(f"is two numbers. In Python the decimal mark is a point: write {better}.")


def test_a_comma_in_a_count_is_one_of_thousands():
    assert unreadable(Number("answers"), (1, 759)).endswith("thousands have no mark: write `1759`.")
    assert unreadable(Number("answers"), (2, 0)).endswith("write `2000`.")
    assert "decimal mark" in unreadable(Number("answers"), (1, 2345))


@pytest.mark.parametrize("answer", [(9, -5), (9.0, 5), [9, 5], (True, 5), (9, 5, 1)])
def test_other_pairs_are_not_taken_for_a_decimal_comma(answer):
    assert "is not a number" in unreadable(Number(), answer)


def test_a_comma_before_a_thousand_digits_stays_short():
    assert len(unreadable(Number(), (10**1000, 5))) < 300


@pytest.mark.parametrize(
    ("unit", "step"), [("points", 0.05), ("share", 0.0005), ("score", 0.005), ("answers", 0)], ids=str
)
def test_rounding_is_free_and_no_more(unit, step):
    shape = Number(unit)
    assert shape.same(10 + step, 10)
    assert shape.same(10 - step, 10)
    assert not shape.same(10 + 1.2 * step + 0.0005, 10)


@pytest.mark.parametrize(
    ("unit", "given", "right", "words"),
    [
        ("share", 45, 0.45, "right percentage"),
        ("share", 45.04, 0.45, "right percentage"),
        ("points", 0.2, 20, "difference of shares"),
        ("points", -0.062, -6.2, "difference of shares"),
        ("answers", 1014, 1015, ""),
        ("answers", 1014.6, 1015, "answers come whole"),
        ("points", 20.3, 20, "Round only at the end"),
        ("share", 0.453, 0.45, "Round only at the end"),
        ("score", 5.2, 5.18, "Round only at the end"),
        ("points", 2000, 20, "Are brackets missing?"),
        ("share", -0.3, 0.45, "between 0 and 1"),
        ("share", 30, 0.45, "between 0 and 1"),
        ("points", 33, 20, ""),
        ("answers", 500, 1015, ""),
    ],
)
def test_a_wrong_number_is_told_what_its_size_tells(unit, given, right, words):
    found = Number(unit).finding(given, right)
    assert words in found
    assert bool(words) == bool(found)


# --- Two ends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [(8.5, 30.9), [8.5, 30.9], np.array([8.5, 30.9]), np.array([[8.5], [30.9]]), pd.Series([8.5, 30.9], ["a", "b"]),
     (HAPPY["low"], HAPPY["high"]), (np.float64(8.5), Decimal("30.9")), HAPPY, HAPPY[["low", "high"]]],
    ids=repr,
)  # fmt: skip
def test_intervals_of_every_make_are_intervals(answer):
    assert Interval().read(answer, SHOPS) == (8.5, 30.9)


def test_decimal_commas_in_an_interval_get_their_own_sentence():
    assert unreadable(Interval(), (8, 5, 30, 9)).endswith("is four numbers. In Python the decimal mark is a point.")
    assert "is two numbers" in unreadable(Interval(), ((8, 5), (30, 9)))


@pytest.mark.parametrize("answer", [8.5, (8.5,), (1, 2, 3), "8.5 to 30.9", {"low": 8.5, "high": 30.9}, {8.5, 30.9}])
def test_what_has_not_two_ends_is_no_interval(answer):
    assert unreadable(Interval(), answer).endswith("Give both ends, the lower first: `(low, high)`.")


@pytest.mark.parametrize("answer", [("a", "b"), (None, 1), (True, 1), (np.nan, 1), (pd.NA, 1)])
def test_both_ends_must_be_numbers(answer):
    assert unreadable(Interval(), answer)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((30.9, 8.5), "swapped"),
        ((19.7, 11.2), "value and its margin"),
        ((50, 10), "The lower end comes first."),
        ((0.085, 0.309), "another unit"),
        ((850, 3090), "another unit"),
        ((8.5, 40), "The lower end is right, the upper one is not."),
        ((0, 30.9), "The upper end is right, the lower one is not."),
        ((8, 31), "Very near. Round only at the end"),
        ((9, 30.9), "Very near."),
        ((1, 2), ""),
    ],
)
def test_a_wrong_interval_is_told_what_its_form_tells(given, words):
    found = Interval().finding(given, (8.5, 30.9))
    assert words in found
    assert bool(words) == bool(found)


def test_an_interval_needs_both_ends_right():
    assert Interval().same((8.54, 30.86), (8.5, 30.9))
    assert not Interval().same((8.5, 31.9), (8.5, 30.9))


# --- One of a few words ------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["not clear", "  Not Clear\n", np.str_("not clear")], ids=repr)
def test_a_choice_is_read_whatever_its_case(answer):
    assert Choice(("it rose", "not clear")).read(answer, SHOPS) == "not clear"


@pytest.mark.parametrize("answer", ["", "clear", 1, None, b"not clear", ["not clear"]], ids=repr)
def test_another_word_is_told_the_choices(answer):
    assert unreadable(Choice(("it rose", "not clear")), answer).endswith('choices: `"it rose"`, `"not clear"`.')


# --- A function --------------------------------------------------------------------------------------


def finding(function):
    right = DOUBLING.read(lambda x: 2 * x, SHOPS)
    given = DOUBLING.read(function, SHOPS)
    return "same" if DOUBLING.same(given, right) else DOUBLING.finding(given, right)


def test_a_function_is_tried_on_both_datasets():
    asked = []
    DOUBLING.read(lambda x: asked.append(x) or 1.0, SHOPS)
    assert asked == [3, 300, 4, 400]


def test_a_function_that_knows_only_the_first_dataset_is_found_out():
    assert finding(lambda x: {3: 6, 300: 600}.get(x, 0)) == "Case “small”: `0.0` does not fit these data."


@pytest.mark.parametrize("function", [lambda x: 2 * x, lambda x: np.float64(2 * x), lambda x: pd.Series([2 * x])])
def test_a_right_function_is_right_whatever_numbers_it_returns(function):
    assert finding(function) == "same"


def test_a_function_may_return_a_result():
    shape = Function({"scores": lambda shop: [9] * 3 + [0] * (shop - 3)})
    assert [number for _, number in shape.read(cx.nps, SHOPS)] == [100.0, 50.0]


def test_a_result_in_place_of_a_function_is_told_the_call():
    named = Function({"small": lambda shop: shop}, check="ex.twice.check(twice)")
    assert unreadable(named, 6.0).endswith("Give its name without brackets: `ex.twice.check(twice)`.")
    assert "`.check(my_function)`" in unreadable(DOUBLING, 6.0)


def test_a_class_is_called_like_a_function():
    assert "is not a number" in finding(type("Mine", (), {"__init__": lambda self, x: None}))


def test_a_constant_is_asked_whether_a_number_is_typed_inside():
    assert "same number whatever goes in" in finding(lambda x: 6)


def test_a_function_without_return_is_asked_for_it():
    def forgot(x):
        x *= 2

    assert finding(forgot) == "Case “small”: `None`: is there a `return`?"
    assert "is there a `return`?" in finding(lambda x: 2 * x if x < 100 else None)


def leave(x):
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (leave, "`SystemExit(3)`"),
        (lambda: 1, "TypeError"),
        (lambda x: 1 / 0, "ZeroDivisionError"),
        (lambda x: forever(x), "RecursionError"),
        (lambda x: (9, 5), "is two numbers"),
        (lambda x: x / np.float64(np.inf) * np.inf, "came out"),
        (lambda x: (yield x), "(`generator`) is not a number"),
        (lambda x: "`</code><script>", "`''</code><script>'` (`str`)"),
    ],
)
def test_what_goes_wrong_in_a_case_is_named(function, words):
    with np.errstate(invalid="ignore"):
        found = finding(function)
    assert found.startswith("Case “small”: ")
    assert words in found


def forever(x):
    return forever(x)


def test_an_interrupt_is_no_answer():
    def stop(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DOUBLING.read(stop, SHOPS)


@pytest.mark.parametrize("column", [[1, 2], np.array([1, 2]), pd.Series([1, 2]), {0: 1}], ids=repr)
def test_arguments_are_copies(column):
    def spoil(values):
        values[0] = 99
        return 1.0

    Function({"column": lambda shop: column}).read(spoil, SHOPS)
    assert column[0] == 1


def test_what_cannot_be_called_is_no_function():
    assert unreadable(DOUBLING, 6).endswith(
        "is not a function. Give its name without brackets: `.check(my_function)`."
    )


# --- The dots ----------------------------------------------------------------------------------------


def dots(x): ...


def dots_with_words(x):
    """What it will do one day."""
    ...


@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        (Number(), ...),
        (Number(), (20, ...)),
        (Number(), [...]),
        (Number(), np.array([...])),
        (Number(), pd.Series([...])),
        (Interval(), ...),
        (Interval(), (..., ...)),
        (Interval(), (8.5, ...)),
        (Interval(), [..., 30.9]),
        (Interval(), np.array([8.5, ...])),
        (Interval(), ((8, ...), 30.9)),
        (Choice(("a",)), ...),
        (Choice(("a",)), [...]),
        (DOUBLING, ...),
        (DOUBLING, (...,)),
        (DOUBLING, dots),
        (DOUBLING, dots_with_words),
        (DOUBLING, lambda x: ...),
        (DOUBLING, lambda x: (8, ...)),
        (DOUBLING, lambda x: 2 * x if x < 100 else ...),
    ],
)
def test_dots_anywhere_are_not_attempted(shape, answer):
    with pytest.raises(NotAttempted):
        shape.read(answer, SHOPS)
