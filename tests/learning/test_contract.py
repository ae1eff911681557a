"""Every exercise and question of the course keeps the contract; the contract notices each kind of bad exercise."""

from dataclasses import replace
from importlib import import_module

import pytest

import cxlib as cx
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.lesson import lesson_keys, lookup
from cxlib.learning.quiz import Option, Question
from cxlib.learning.shapes import Function, Number
from tests.learning.contract import faults, question_faults

SEEDS = (None, 11, 12)
EXERCISES = [
    pytest.param(key, exercise, id=f"{key}.{exercise.key}")
    for key in lesson_keys()
    for exercise in import_module(f"cxlib.learning.lessons.{key}.exercises").EXERCISES
]
QUESTIONS = [
    pytest.param(key, question, id=f"{key}.{question.key}")
    for key in lesson_keys()
    for question in cx.quiz(key).questions.values()
]


@pytest.fixture(scope="module")
def shops():
    return [cx.ipe(seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def another():
    return cx.ipe("tiny", 7)


def in_portuguese(key):
    def translate(text):
        cx.language("pt-BR")
        try:
            return lookup(key)(text)
        finally:
            cx.language("en")

    return translate


@pytest.mark.parametrize(("key", "exercise"), EXERCISES)
def test_every_exercise_keeps_the_contract(key, exercise, shops, another):
    assert faults(exercise, shops, another, in_portuguese(key)) == []


@pytest.mark.parametrize(("key", "question"), QUESTIONS)
def test_every_question_keeps_the_contract(key, question):
    assert question_faults(question, in_portuguese(key)) == []


def test_right_letters_do_not_follow_a_pattern():
    for key in lesson_keys():
        letters = [
            [one.right for one in question.options].index(True) for question in cx.quiz(key).questions.values()
        ]
        assert len(set(letters)) > 1, key


# --- The contract itself -----------------------------------------------------------------------------


def good(**changes):
    exercise = Exercise(
        key="answers",
        asks="The n behind a number",
        shape=Number("answers"),
        right=lambda shop: len(shop.frame("survey_responses")),
        wrong=[
            Wrong(name="doubled", answer=lambda shop: 2 * len(shop.frame("survey_responses")), says="Twice as many."),
            Wrong(name="halved", answer=lambda shop: len(shop.frame("survey_responses")) // 2, says="Half as many."),
        ],
        hints=["Count them.", "With len."],
        passed="Yes.",
    )
    return replace(exercise, **changes)


def other_words(text):
    return text and "em português: " + text


@pytest.fixture
def faulty(shops, another):
    return lambda **changes: faults(good(**changes), shops, another, other_words)


class Anything(Number):
    """A check that accepts whatever it is given."""

    def same(self, one, other):
        return True


class Fragile(Number):
    """A check that trusts its input."""

    def read(self, answer, shops):
        return round(answer) if answer is not ... else super().read(answer, shops)

    def finding(self, given, right):
        return 1 / (given - given)


def test_a_good_exercise_has_no_fault(faulty):
    assert faulty() == []


def test_a_vacuous_check_is_caught(faulty):
    assert any("vacuous" in fault for fault in faulty(shape=Anything("answers")))


@pytest.mark.parametrize("place", ["passed", "asks"])
def test_a_missing_message_is_caught(faulty, place):
    assert any(f"missing message: {place}" in fault for fault in faulty(**{place: " "}))


def test_a_wrong_answer_without_words_is_caught(faulty):
    silent = [replace(wrong, says="") for wrong in good().wrong]
    assert any("missing message: wrong/doubled" in fault for fault in faulty(wrong=silent))


def test_a_message_without_portuguese_is_caught(shops, another):
    assert any("in Portuguese: hint/1" in fault for fault in faults(good(), shops, another, str))


@pytest.mark.parametrize("form", ["{}", "{:,}"])
def test_a_leaked_answer_is_caught(faulty, shops, form):
    secret = form.format(len(shops[0].frame("survey_responses")))
    assert any("leaked" in fault for fault in faulty(hints=["Count.", f"It is {secret}."]))
    telling = [replace(good().wrong[0], says=f"Not that, but {secret}."), good().wrong[1]]
    assert any("leaked" in fault for fault in faulty(wrong=telling))


def test_a_hard_coded_number_is_caught(faulty):
    assert any("hard-coded" in fault for fault in faulty(right=lambda shop: 6640))


def test_a_function_check_of_a_single_number_is_caught(shops, another):
    one_number = Function({"always the same": lambda shop: 2}, unit="answers")
    exercise = good(
        shape=one_number,
        right=lambda shop: lambda number: number,
        wrong=[
            Wrong(name="doubled", answer=lambda shop: lambda number: 2 * number, says="Twice as many."),
            Wrong(name="none", answer=lambda shop: lambda number: 0, says="Nothing."),
        ],
    )
    assert any("hard-coded" in fault for fault in faults(exercise, shops, another, other_words))


def test_a_crash_on_garbage_is_caught(faulty):
    assert any("crashes" in fault for fault in faulty(shape=Fragile("answers")))


def test_too_few_hints_and_wrong_answers_are_caught(faulty):
    found = faulty(hints=["Count them."], wrong=good().wrong[:1])
    assert {"fewer than two hints", "fewer than two named wrong answers"} <= set(found)


def test_a_mistake_that_coincides_with_the_right_answer_is_caught(faulty):
    same = [replace(good().wrong[0], answer=good().right), good().wrong[1]]
    assert any("passes" in fault for fault in faulty(wrong=same))


def test_a_key_that_hides_a_method_is_caught(faulty):
    assert any("cannot be used" in fault for fault in faulty(key="progress"))


def test_bad_questions_are_caught():
    options = [Option("Yes.", "Right.", right=True), Option("No.", ""), Option("Maybe.", "No.", right=True)]
    question = Question("x", "why", "Why?", [vars(one) for one in options])
    found = question_faults(question, other_words)
    assert "2 options are right" in found
    assert "missing text: b/feedback" in found
