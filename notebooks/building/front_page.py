"""The parts of the front pages that are made: the table of the lessons, the questions most asked."""

import re
from pathlib import Path

from building.catalogue import translator
from building.launchers import badges
from building.questions import most_asked
from building.source import Source, course
from building.variants import title

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"en": "README.md", "pt-BR": "README.pt-BR.md"}
HEADS = {
    "en": "| lesson | minutes | exercises | solved |\n|---|--:|--:|---|",
    "pt-BR": "| aula | minutos | exercícios | resolvida |\n|---|--:|--:|---|",
}
SOLVED = {"en": "for instructors", "pt-BR": "para quem ensina"}


def build_front_pages(check: bool) -> list[str]:
    """Write or compare what stands between the marks of the front pages."""
    stale = []
    for language, name in PAGES.items():
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = between(before, "lessons", lessons_table(course(), language))
        after = between(after, "launch", badges(language))
        after = between(after, "questions", most_asked(language))
        if check:
            stale += [name] * (before != after)
        else:
            path.write_text(after, encoding="utf-8", newline="\n")
    return stale


def between(page: str, mark: str, content: str) -> str:
    """Return a page with the content between its marks replaced."""
    begin, end = f"<!-- {mark}: made by course.py build -->", f"<!-- /{mark} -->"
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{content}\n{end}", page, flags=re.DOTALL)


def lessons_table(lessons: list[Source], language: str) -> str:
    """Return the lessons as a table: title with link, minutes, exercises, the solved notebook."""
    translate = translator(lessons)
    return "\n".join(
        [HEADS[language], *(_row(lesson, language, title(lesson, language, translate)) for lesson in lessons)]
    )


def _row(lesson: Source, language: str, name: str) -> str:
    minutes = f"{lesson.core} + {lesson.deepening}" if lesson.deepening else str(lesson.core)
    exercises = len(getattr(lesson.exercises, "EXERCISES", ()))
    solved = f"[{SOLVED[language]}](notebooks/solutions/{language}/{lesson.folder}.ipynb)" if exercises else ""
    return f"| [{name}](notebooks/{language}/{lesson.folder}.ipynb) | {minutes} | {exercises or ''} | {solved} |"
