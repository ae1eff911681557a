"""The lessons themselves: right on any company, the same in both languages, in the rhythm of the course."""

import re

import nbformat
import pytest
from lesson_runs import NOTEBOOKS, run, solved, stored

pytest.importorskip("jupytext", reason="it belongs to the full gates")

from building.source import course
from cxlib.learning.memo import NUMBER, readings

# As it was built, another company, and a third one without the deepening.
SEEDS = (None, 11)
THIRD = 12
LESSONS = [pytest.param(lesson, id=lesson.key) for lesson in course()]
# Scales, bands, the usual level, signs of a hundred; what stands in a link or a formula is not a claim.
CONVENTIONS = {float(number) for number in [*range(11), 95, 100, -100]} | {1.96, 2.0}
NO_CLAIM = re.compile(
    r"\]\([^)]*\)|`[^`]*`|\$\$?[^$]*\$\$?|CC BY 4\.0|\b(?:19|20)\d\d\b|[A-Za-z]\w*\.\d|^#+ \d+ ·", re.MULTILINE
)


def is_apart(cell):
    """Return whether a cell speaks of the lesson, not of the data: minutes, licences, notes for instructors."""
    return cell.id in ("about", "footer") or "instructor" in cell.metadata.get("tags", [])


def claims(text):
    """Return the numbers that a text claims, each with how it may be read."""
    return {found: readings(found) for found in NUMBER.findall(NO_CLAIM.sub(" ", text))}


def numbers(text):
    return {reading for found in NUMBER.findall(text) for reading in readings(found)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_in_prose_is_right_on_every_company(lesson, seed, monkeypatch):
    done = run(lesson, monkeypatch, seed=seed) if seed else stored(lesson)
    assert not wrong_numbers(lesson, done)


def wrong_numbers(lesson, done, *, without=""):
    """Return what the prose of a lesson claims that its run did not show."""
    prose = [cell for cell in solved(lesson) if cell.cell_type == "markdown" and not is_apart(cell)]
    prose = [cell for cell in prose if without not in cell.metadata.get("tags", [])]
    code = "\n".join(cell.source for cell in solved(lesson) if cell.cell_type == "code")
    known = numbers(done.text) | numbers(code) | CONVENTIONS
    known |= {round(100 * share, 6) for share in known if 0 < share < 1}
    # Numbers of the story (90 promoters, a margin of five points) may be said before they are used.
    return {
        f"{cell.id}: {found}"
        for cell in prose
        for found, possible in claims(cell.source).items()
        if not any(abs(one - other) < 1e-9 for one in possible for other in known)
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_rhythm_is_kept(lesson):
    cells = lesson.cells
    kinds = [cell.key for cell in cells]
    assert kinds[0] == "title"
    assert 1 <= len(re.findall(r"^- ", cells[0].source, re.MULTILINE)) <= 4, "at most four things to be able to do"
    assert "key-points" in kinds
    code = [cell for cell in cells if cell.is_code]
    assert any("claim" in cell.tags for cell in code[:5]), "a first result within five code cells"
    headings = re.findall(r"^(#+) ", "\n".join(cell.source for cell in cells if not cell.is_code), re.MULTILINE)
    assert headings.count("#") == 1 and set(headings) <= {"#", "##", "###"}
    core = [cell for cell in cells if "instructor" not in cell.tags and "deepening" not in cell.tags]
    assert len(core) <= 42, len(core)


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_exercise_at_least_every_ten_minutes(lesson):
    exercises = [cell for cell in lesson.cells if "exercise" in cell.tags]
    if lesson.exercises is None:
        assert lesson.core <= 15
    else:
        assert len(exercises) >= (lesson.core + lesson.deepening) / 10
        assert len(exercises) == len(lesson.exercises.EXERCISES), "each exercise has its cell"


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_core_stands_without_the_deepening(lesson, monkeypatch):
    done = run(lesson, monkeypatch, seed=THIRD, without="deepening")
    core = [cell.key for cell in lesson.cells if cell.is_code and "deepening" not in cell.tags]
    assert list(done.shown) == core
    assert not wrong_numbers(lesson, done, without="deepening")


@pytest.mark.parametrize("lesson", LESSONS)
def test_code_holds_no_prose(lesson):
    """Code is the same in both languages, so it says nothing to a reader."""
    for cell in lesson.cells:
        if cell.is_code:
            lines = [line for line in cell.source.splitlines() if line.lstrip().startswith("#")]
            assert all(line in ("# BEGIN SOLUTION", "# END SOLUTION") for line in lines), cell.key
            assert "plt." not in cell.source, cell.key


@pytest.mark.slow
def test_a_lesson_says_the_same_numbers_in_portuguese(monkeypatch):
    lesson = course()[-1]
    english, portuguese = (run(lesson, monkeypatch, language=language) for language in ("en", "pt-BR"))
    for key, text in english.shown.items():
        ours, theirs = ({round(one, 6) for one in numbers(shown)} for shown in (text, portuguese.shown[key]))
        assert ours & theirs or not ours, key


def test_links_between_notebooks_lead_somewhere():
    for path in NOTEBOOKS.glob("**/*.ipynb"):
        for target in re.findall(r"\]\(([^)#:\"\\]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_a_lesson_reads_the_same_as_an_exported_page(lesson, language):
    """Feedback is Markdown, pictures are images: nothing that a page without a kernel could not show."""
    from nbconvert import HTMLExporter

    notebook = nbformat.read(NOTEBOOKS / language / f"{lesson.folder}.ipynb", as_version=4)
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    exercises = [cell for cell in lesson.cells if "exercise" in cell.tags]
    word = {"en": "Not attempted.", "pt-BR": "Ainda sem resposta."}[language]
    questions = len(lesson.quiz)
    assert page.count(f"<strong>{word}</strong>") == len(exercises) + questions
    assert "application/vnd.jupyter.widget-view" not in page
