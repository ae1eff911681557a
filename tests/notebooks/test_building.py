"""From the source of a lesson to its notebooks: what the build makes, what it refuses, what it notices."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jupytext", reason="it belongs to the full gates")

from building.catalogue import as_text, translator, updated, waiting
from building.source import SourceError, course, read_cells
from building.variants import BANNER, learner_code, notebook, solutions

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture
def copy(tmp_path):
    """A course of one's own to spoil: the first lesson with exercises."""
    shutil.copytree(NOTEBOOKS / "source", tmp_path / "source")
    shutil.copy(NOTEBOOKS / "course.toml", tmp_path)
    return tmp_path


def lesson_of(root, key="nps_csat_ces"):
    return next(lesson for lesson in course(root) if lesson.key == key)


def made(root, language, *, solved=False, key="nps_csat_ces"):
    lessons = course(root)
    lesson = next(one for one in lessons if one.key == key)
    return {
        cell.id: cell
        for cell in notebook(lesson, language, translator(lessons), solved=solved, course=lessons).cells
    }  # fmt: skip


def edit(root, old, new, key="nps_csat_ces", name="lesson.md"):
    path = lesson_of(root, key).path / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- Variants ----------------------------------------------------------------------------------------


def test_a_learner_gets_dots_where_the_solution_assigns():
    code = "# BEGIN SOLUTION\ntotal = 3\nnps, half = total / 2, 1\n# END SOLUTION\nex.a.check(nps)"
    assert learner_code(code) == "nps = ...\nex.a.check(nps)"


def test_a_learner_gets_the_head_of_a_function():
    code = "# BEGIN SOLUTION\ndef net(a, *, b=2):\n    return a - b\n# END SOLUTION\nex.a.check(net)"
    assert learner_code(code) == "def net(a, *, b=2):\n    ...\n\nex.a.check(net)"


def test_code_given_with_the_exercise_stays():
    code = "table = data()\n# BEGIN SOLUTION\nanswer = table.sum()\n# END SOLUTION\nex.a.check(answer)"
    assert learner_code(code) == "table = data()\nanswer = ...\nex.a.check(answer)"


def test_solutions_and_notes_for_instructors_stand_only_in_the_solved_notebook(copy):
    learner, solved = made(copy, "en"), made(copy, "en", solved=True)
    assert "..." in learner["ex-by-hand"].source
    assert "SOLUTION" not in learner["ex-by-hand"].source + solved["ex-by-hand"].source
    assert "100 *" in solved["ex-by-hand"].source
    assert "core-end" not in learner
    assert solved["core-end"].source.startswith("> ")


def test_the_language_cell_is_the_only_code_that_differs(copy):
    english, portuguese = made(copy, "en"), made(copy, "pt-BR")
    differing = [
        key for key, cell in english.items() if cell.cell_type == "code" and cell.source != portuguese[key].source
    ]
    assert differing == ["setup"]


def test_title_minutes_and_the_next_lesson_are_put_in(copy):
    cells = made(copy, "pt-BR", key="welcome")
    assert "15 minutos" in cells["about"].source
    assert "A seguir" in cells["footer"].source and "sintéticos" in cells["footer"].source


def test_claims_are_compared_when_notebooks_are_tested(copy):
    assert "nbval-check-output" in made(copy, "en")["first-result"].metadata["tags"]


# --- A changed English sentence ----------------------------------------------------------------------


def test_a_changed_sentence_is_named_and_shown_in_english_under_a_banner(copy):
    assert waiting(updated(lesson_of(copy))) == []
    edit(copy, "There is a cake.", "There is a big cake.")
    assert waiting(updated(lesson_of(copy))) == ["cell/story (the English has changed)"]
    cell = made(copy, "pt-BR")["story"]
    assert cell.source.startswith(BANNER)
    assert "There is a big cake." in cell.source


def test_a_changed_message_of_an_exercise_is_named(copy):
    edit(
        copy, "That is the percentage of promoters.", "That is but the percentage of promoters.", name="exercises.py"
    )
    assert waiting(updated(lesson_of(copy))) == [
        "exercise/nps_by_hand/wrong/promoters-only (the English has changed)"
    ]  # fmt: skip


def test_a_new_cell_waits_for_its_portuguese_and_a_deleted_one_goes(copy):
    edit(copy, '+++ {"key": "story"}', '+++ {"key": "new-one"}\n\nNew words.\n\n+++ {"key": "story"}')
    assert waiting(updated(lesson_of(copy))) == ["cell/new-one (no Portuguese yet)"]
    before = {entry.context for entry in updated(lesson_of(copy)) if entry.id}
    edit(copy, '+++ {"key": "new-one"}\n\nNew words.\n\n', "")
    assert before - {entry.context for entry in updated(lesson_of(copy)) if entry.id} == {"cell/new-one"}


def test_the_mark_stays_until_a_translator_takes_it_away(copy):
    edit(copy, "There is a cake.", "There is a big cake.")
    path = lesson_of(copy).path / "pt_BR.po"
    path.write_text(as_text(updated(lesson_of(copy))), encoding="utf-8")
    assert waiting(updated(lesson_of(copy))) == ["cell/story (the English has changed)"]
    path.write_text(path.read_text(encoding="utf-8").replace("#, fuzzy\n", ""), encoding="utf-8")
    assert waiting(updated(lesson_of(copy))) == []


def test_catalogues_are_written_the_same_again(copy):
    for lesson in course(copy):
        assert as_text(updated(lesson)) == (lesson.path / "pt_BR.po").read_text(encoding="utf-8")


# --- Rules of the source -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("# No key", "a key of small letters"),
        ('+++ {"key": "a"}\n\none\n\n+++ {"key": "a"}\n\ntwo', "this key stands twice"),
        ('+++ {"key": "a", "tags": ["exercize"]}\n\none', "unknown tags"),
        ("```{code-cell} python\n:key: a\n\nplot();\n```", "semicolon"),
    ],
)
def test_a_source_that_breaks_a_rule_is_refused_by_name(tmp_path, text, trouble):
    head = "---\nkernelspec:\n  display_name: Python 3\n  name: python3\n---\n\n"
    path = tmp_path / "99_bad" / "lesson.md"
    path.parent.mkdir()
    path.write_text(head + text, encoding="utf-8")
    with pytest.raises(SourceError, match=f"99_bad.*{trouble}"):
        read_cells(path)


def test_an_exercise_without_a_solution_is_refused(copy):
    edit(copy, "# BEGIN SOLUTION\nnps_by_hand", "nps_by_hand")
    with pytest.raises(SourceError, match="ex-by-hand: one solution block and one check"):
        solutions(lesson_of(copy))


def test_every_lesson_opens_with_a_title_and_follows_its_prerequisites():
    seen = set()
    for lesson in course():
        assert lesson.cells[0].key == "title" and lesson.cells[0].source.startswith("# ")
        assert set(lesson.needs) <= seen, lesson.key
        assert lesson.core <= 45 and lesson.core > 0
        seen.add(lesson.key)


# --- The whole build ---------------------------------------------------------------------------------


def build(folder, *arguments, **environment):
    command = [sys.executable, str(folder / "notebooks" / "build.py"), *arguments]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def clone(tmp_path):
    """A clone with one short lesson, so that building it takes seconds."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.split("\0"):
        if name.startswith(("cxlib", "notebooks", "data", "docs/glossary")) and (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "notebooks" / "course.toml").write_text("", encoding="utf-8")
    for folder in ("en", "pt-BR", "solutions/en", "solutions/pt-BR"):
        shutil.rmtree(tmp_path / "notebooks" / folder, ignore_errors=True)
    shutil.rmtree(tmp_path / "cxlib" / "learning" / "lessons")
    return tmp_path


def notebooks(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.glob("notebooks/**/*.ipynb")) + sorted(folder.glob("cxlib/learning/lessons/*/*.*"))
    }


@pytest.mark.slow
def test_a_new_lesson_starts_from_one_command_and_builds_the_same_anywhere(clone):
    code, printed = build(clone, "--new", "08_when_surveys_lie")
    assert code == 0, printed
    code, printed = build(clone, "lessons", TZ="America/Sao_Paulo", LC_ALL="C")
    assert code == 1, "its Portuguese is still missing, and the build says so"
    assert "08_when_surveys_lie: cell/title (no Portuguese yet)" in printed
    first = notebooks(clone)
    assert "notebooks/solutions/pt-BR/08_when_surveys_lie.ipynb" in first
    build(clone, "lessons", TZ="Asia/Kathmandu", LC_ALL="C.UTF-8", LANG="pt_BR.UTF-8", PYTHONHASHSEED="7")
    assert notebooks(clone) == first
    assert build(clone, "--new", "08_when_surveys_lie")[0] == 2, "nothing that exists is touched"
    assert build(clone, "--new", "nonsense")[0] == 2


@pytest.mark.slow
def test_the_check_names_what_was_edited_by_hand(clone):
    build(clone, "--new", "08_when_surveys_lie")
    build(clone, "lessons")
    notebook = clone / "notebooks" / "en" / "08_when_surveys_lie.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("How many answers", "How few answers"))
    data = clone / "cxlib" / "learning" / "lessons" / "when_surveys_lie" / "quiz.toml"
    data.write_text(data.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    code, printed = build(clone, "lessons", "--check")
    assert code == 1
    assert "not up to date: notebooks/en/08_when_surveys_lie.ipynb" in printed
    assert "not up to date: cxlib/learning/lessons/when_surveys_lie/quiz.toml" in printed
