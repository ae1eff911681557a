"""The exercises of a lesson as a notebook holds them."""

import copy
import inspect
import json
import pickle

import pytest
from IPython.core.formatters import DisplayFormatter

import cxlib as cx
from cxlib.learning import lesson as lessons
from cxlib.learning.lesson import LESSONS, lesson_keys
from cxlib.learning.outcome import CANNOT_CHECK, NOT_ATTEMPTED, NOT_YET, PASSED
from cxlib.learning.progress import read_progress

KEY = "nps_csat_ces"


@pytest.fixture(scope="module")
def shop():
    return cx.ipe("tiny", 7)


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_PROGRESS_FILE", str(tmp_path / "progress.json"))


@pytest.fixture
def ex(shop):
    return cx.exercises(KEY, shop)


def known(exercise):
    return read_progress().get(KEY, {}).get(exercise, {})


# --- Checking ----------------------------------------------------------------------------------------


def test_a_check_passes_or_shows_the_way_on(ex):
    assert ex.nps_by_hand.check(20).status == PASSED
    assert ex.nps_by_hand.check(20).next == ""
    miss = ex.nps_by_hand.check(-20)
    assert (miss.status, miss.next) == (NOT_YET, "A hint: `ex.nps_by_hand.hint()`")
    assert ex.nps_by_hand.check().status == NOT_ATTEMPTED


def test_a_check_counts_tries_until_it_is_passed(ex):
    for answer in (..., "x", 3, 20, 20, -20):
        ex.nps_by_hand.check(answer)
    assert known("nps_by_hand") == {"tries": 2, "hints": 0, "solution": 0, "passed": 1}


def test_a_function_is_tried_on_a_second_company(ex, shop):
    seen = []

    def look(scores):
        seen.append(len(scores))
        scores[:] = 10
        return cx.nps(scores)

    assert ex.my_nps.check(look).status == NOT_YET
    assert ex.my_nps.check(cx.nps).status == PASSED
    assert len(seen) % 2 == 0
    assert len(seen) >= 4


def test_a_fault_of_ours_is_no_traceback(ex, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("our fault")

    monkeypatch.setattr(lessons, "judge", fail)
    outcome = ex.nps_by_hand.check(20)
    assert outcome.status == CANNOT_CHECK
    assert outcome.message == "The check itself failed: `RuntimeError('our fault')`."
    assert known("nps_by_hand") == {}


def test_an_interrupt_ends_a_check(ex):
    def stop(scores):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ex.my_nps.check(stop)


@pytest.mark.parametrize("answer", [..., "x", 3])
def test_a_strict_run_stops_at_anything_but_passed(ex, answer, monkeypatch):
    monkeypatch.setenv("CX_STRICT", "1")
    assert ex.nps_by_hand.check(20).status == PASSED
    with pytest.raises(AssertionError, match=f"{KEY}.nps_by_hand: "):
        ex.nps_by_hand.check(answer)


# --- Hints and solutions -----------------------------------------------------------------------------


def test_hints_advance_and_end_with_the_way_to_the_solution(ex):
    hints = ex.nps_by_hand._exercise.hints
    shown = [ex.nps_by_hand.hint().text for _ in range(len(hints) + 2)]
    for place, hint in enumerate(hints, start=1):
        assert f"**{place}/{len(hints)}** {hint}" in shown[place - 1]
    assert ["ex.nps_by_hand.solution()" in text for text in shown] == [False] * (len(hints) - 1) + [True] * 3
    assert shown[-1] == shown[-3]
    assert known("nps_by_hand")["hints"] == len(shown)


def test_solutions_are_shown_as_stored(ex):
    stored = json.loads((LESSONS / KEY / "solutions.json").read_text(encoding="utf-8"))
    for name, source in stored.items():
        told = getattr(ex, name).solution().text
        assert told.startswith("One way to do it:\n\n")
        assert told.endswith(f"```python\n{source}\n```")
        assert known(name)["solution"] == 1


def test_the_solution_of_a_page_shows_the_page(ex):
    assert "> **What would change our mind.**" in ex.recommendation.solution().text


# --- Progress ----------------------------------------------------------------------------------------


def test_progress_shows_what_is_done(ex):
    ex.nps_by_hand.check(20)
    ex.promoter_share.check(0.1)
    ex.promoter_share.hint()
    table = ex.progress().text
    assert table.startswith(f"1 of {len(ex._bound)} exercises passed.")
    assert "| `nps_by_hand` | NPS from three counts | ✔ passed | 1 | 0 |" in table
    assert "| ✗ not yet | 1 | 1 |" in table
    assert table.count("○ not attempted | 0 | 0 |") == len(ex._bound) - 2
    assert {line.count("|") for line in table.splitlines()[2:]} == {6}
    assert ex._repr_markdown_() == repr(ex) == table


def test_the_language_may_be_switched_at_any_time(ex):
    one = ex.verdict
    shown = [lambda: repr(ex), lambda: repr(one), lambda: one.hint().text, lambda: one.solution().text]
    shown += [lambda answer=answer: repr(one.check(answer)) for answer in (..., "x", "a", "c")]
    english = [show() for show in shown]
    cx.language("pt-BR")
    for show, before in zip(shown, english, strict=True):
        assert show() != before
    assert "exercícios" in repr(ex)
    cx.language("en")
    assert repr(ex).splitlines()[2] == english[0].splitlines()[2]


# --- Names -------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_told_what_does(ex):
    with pytest.raises(cx.InputError, match="no exercise `'nps'`; it has: nps_by_hand, "):
        assert ex.nps
    with pytest.raises(cx.InputError, match="no table `'shops'`; it has: stores, "):
        ex.data("shops")
    with pytest.raises(cx.InputError, match="no text `'memo'`; it has: "):
        ex.text("memo")


@pytest.mark.parametrize(
    "name", ["nps", "", None, 7, ..., ["nps_csat_ces"], "../nps_csat_ces", "NPS_CSAT_CES", "`x`\n"]
)
def test_an_unknown_lesson_is_told_the_lessons(name):
    with pytest.raises(cx.InputError, match=r"^There is no lesson `.*`\. There are: .*nps_csat_ces") as trouble:
        cx.exercises(name)
    assert "\n" not in str(trouble.value)


def test_a_table_is_made_anew_each_time(ex):
    table = ex.data("contacts")
    table["score"] = 0
    assert ex.data("contacts")["score"].max() == 5


@pytest.mark.parametrize("name", ["_repr_html_", "_ipython_display_", "__wrapped__", "_bound_", "__array__", "shape"])
def test_a_lesson_has_only_what_it_has(ex, name):
    assert not hasattr(ex, name)
    assert getattr(ex, name, "none") == "none"
    with pytest.raises(AttributeError):
        getattr(ex, name)


def test_a_lesson_can_be_copied(ex):
    assert repr(copy.copy(ex)) == repr(ex)
    assert copy.copy(ex).nps_by_hand.check(20).status == PASSED


def test_an_empty_lesson_does_not_recur():
    hollow = lessons.Lesson.__new__(lessons.Lesson)
    with pytest.raises(AttributeError):
        assert hollow.nps_by_hand


def test_a_lesson_that_cannot_be_pickled_says_so_as_others_do(ex):
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        pickle.dumps(ex)


def test_a_notebook_shows_a_lesson_as_markdown(ex):
    for thing in (ex, ex.nps_by_hand, ex.nps_by_hand.check(20), ex.nps_by_hand.hint()):
        data, _ = DisplayFormatter(active_types=["text/plain", "text/markdown", "text/html"]).format(thing)
        assert set(data) == {"text/plain", "text/markdown"}


def test_the_names_of_the_exercises_are_offered(ex):
    assert {"data", "progress", "text", "nps_by_hand"} <= set(dir(ex))
    assert all(hasattr(ex, name) for name in dir(ex))
    assert inspect.unwrap(ex.nps_by_hand.check)


def test_every_lesson_opens(shop):
    for key in lesson_keys():
        assert cx.exercises(key, shop).progress().text
