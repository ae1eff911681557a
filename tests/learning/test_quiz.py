"""Questions with letters: the feedback to each, and what is still open."""

import copy
import pickle

import numpy as np
import pytest

import cxlib as cx
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, NOT_YET, PASSED
from cxlib.learning.progress import read_progress
from cxlib.learning.quiz import LETTERS, Question

KEY = "nps_csat_ces"


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_PROGRESS_FILE", str(tmp_path / "progress.json"))


@pytest.fixture
def question():
    options = [
        {"text": "One.", "feedback": "Less."},
        {"text": "Two.", "feedback": "Yes.", "right": True},
        {"text": "Three.", "feedback": "More."},
    ]
    return Question("a_lesson", key="sum", asks="1 + 1?", option=options)


def test_each_letter_has_its_feedback(question):
    said = [(outcome.status, outcome.message) for outcome in map(question.check, "abc")]
    assert said == [(NOT_YET, "Less."), (PASSED, "Yes."), (NOT_YET, "More.")]


@pytest.mark.parametrize("answer", ["b", "B", " b ", "b)", "B)\n", np.str_("b")], ids=repr)
def test_a_letter_is_read_as_people_write_it(question, answer):
    assert question.check(answer).status == PASSED


class Odd(str):
    def strip(self, *signs):
        raise SystemExit


@pytest.mark.parametrize(
    "answer",
    ["", "d", "ab", "Two.", 2, None, True, ["b"], b"b", 1j, np.array(["b"]), 10**400, Odd("b"),
     type("Text", (), {"__class__": str})(), "`<script>`\n|"],
    ids=lambda answer: type(answer).__name__,
)  # fmt: skip
def test_what_is_no_letter_is_told_the_letters(question, answer):
    outcome = question.check(answer)
    assert outcome.status == CANNOT_CHECK
    assert "`" in outcome.message
    assert "\n" not in outcome.message
    assert outcome.next == question.text
    assert read_progress() == {}


def test_dots_show_the_question(question):
    outcome = question.check(...)
    assert outcome.status == NOT_ATTEMPTED
    assert outcome.message == 'Put the letter of your answer in place of `...`: `sum = "a"`'
    assert outcome.next == "**1 + 1?**\n\n- **a)** One.\n- **b)** Two.\n- **c)** Three."
    assert question.check() == outcome


def test_tries_are_counted_until_a_pass_and_it_stays(question):
    for letter in ("a", "b", "c", ...):
        question.check(letter)
    assert read_progress() == {"a_lesson": {"quiz.sum": {"tries": 2, "hints": 0, "solution": 0, "passed": 1}}}


@pytest.mark.parametrize("answer", ["a", "x", ...])
def test_a_strict_run_stops_at_anything_but_passed(question, answer, monkeypatch):
    monkeypatch.setenv("CX_STRICT", "1")
    assert question.check("b").status == PASSED
    with pytest.raises(AssertionError, match=r"a_lesson\.quiz\.sum: "):
        question.check(answer)


def test_every_text_of_a_question_has_its_place(question):
    assert question.texts == {
        "asks": "1 + 1?", "a/text": "One.", "a/feedback": "Less.", "b/text": "Two.", "b/feedback": "Yes.",
        "c/text": "Three.", "c/feedback": "More.",
    }  # fmt: skip


# --- A whole quiz ------------------------------------------------------------------------------------


@pytest.fixture
def quiz():
    return cx.quiz(KEY)


def test_a_quiz_answers_what_was_answered_and_shows_the_rest(quiz):
    first, *others = quiz.questions
    right = LETTERS[[option.right for option in quiz.questions[first].options].index(True)]
    outcomes = quiz.check(**{first: right}).outcomes
    assert list(outcomes) == list(quiz.questions)
    assert [outcomes[key].status for key in (first, *others)] == [PASSED] + [NOT_ATTEMPTED] * len(others)


def test_markdown_and_plain_text_say_the_same(quiz):
    answered = quiz.check(**dict.fromkeys(quiz.questions, "a"))
    for outcome in answered.outcomes.values():
        assert repr(outcome) in repr(answered)
        assert outcome._repr_markdown_() in answered._repr_markdown_()
    assert quiz._repr_markdown_() == repr(quiz)
    assert all(question.text in repr(quiz) for question in quiz.questions.values())


def test_the_language_may_be_switched_at_any_time(quiz):
    def shown():
        return [repr(quiz), repr(quiz.check()), repr(quiz.check(**dict.fromkeys(quiz.questions, "a")))]

    english = shown()
    cx.language("pt-BR")
    assert all(one != other for one, other in zip(shown(), english, strict=True))
    cx.language("en")
    assert shown() == english


def test_what_does_not_exist_is_told_what_does(quiz):
    with pytest.raises(cx.InputError, match=f"no question `'nope'`; it has: {', '.join(quiz.questions)}"):
        quiz.check(nope="a")
    assert read_progress() == {}


@pytest.mark.parametrize("name", ["nps", "", None, 7, ["x"], "../nps_csat_ces"])
def test_an_unknown_lesson_is_told_the_lessons(name):
    with pytest.raises(cx.InputError, match=r"^There is no lesson `.*`\. There are: .*nps_csat_ces"):
        cx.quiz(name)


@pytest.mark.parametrize("name", ["_repr_html_", "_ipython_display_", "__wrapped__"])
def test_a_quiz_has_only_what_it_has(quiz, name):
    assert not hasattr(quiz, name)


def test_a_quiz_can_be_copied_and_pickled(quiz):
    for other in (copy.copy(quiz), copy.deepcopy(quiz), pickle.loads(pickle.dumps(quiz))):
        assert repr(other) == repr(quiz)
        assert repr(other.check()) == repr(quiz.check())
