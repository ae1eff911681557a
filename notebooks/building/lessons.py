"""From the sources of the lessons to their notebooks, and to the package data that checks the answers."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from building.catalogue import PACKAGED, as_text, translator, updated, waiting
from building.languages import LANGUAGES
from building.running import run, sources, texts
from building.source import NOTEBOOKS, Source, SourceError, course, guides
from building.variants import notebook, solutions, title

ROOT = NOTEBOOKS.parent
PACKAGE = ROOT / "cxlib" / "learning" / "lessons"
FOLDERS = {
    ("en", False): "en",
    ("pt-BR", False): "pt-BR",
    ("en", True): "solutions/en",
    ("pt-BR", True): "solutions/pt-BR",
}
# With `sparing` these are not run: each language and each variant still is, once. Their cells are compared, not what
# they show.
SPARED = ("en", "solutions/pt-BR")
AT_ONCE = 2


def build_lessons(check: bool, *, sparing: bool = False) -> list[str]:
    """Write or compare catalogues, package data and notebooks; what waits for its Portuguese is always named."""
    lessons, others = course(), guides()
    everything = [*lessons, *others]
    stale = [name for one in everything for path, text in written(one) for name in _keep(path, text, check)]
    stale += _keep(PACKAGE / "course.json", listing(lessons), check)
    stale += [f"{one.folder}: {place}" for one in everything for place in waiting(updated(one))]
    stale += _strays(lessons, check)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [job for lesson in lessons for job in variants(lesson, lessons)]
        jobs += [job for guide in others for job in guide_variants(guide)]
        for done in pool.map(lambda job: _notebook(*job, check=check, sparing=sparing), jobs):
            stale += done
    return stale


def written(lesson: Source) -> Iterator[tuple[Path, str]]:
    """Return the files of a lesson that are made without running anything."""
    catalogue = updated(lesson)
    yield lesson.path / "pt_BR.po", as_text(catalogue)
    if lesson.exercises is None and not lesson.quiz:
        return
    folder, origin = PACKAGE / lesson.key, f"notebooks/source/{lesson.folder}"
    note = f"# Generated from {origin}; edit there, then run: python course.py build\n"
    yield folder / "__init__.py", f'"""Package data of the lesson {lesson.key}, generated from {origin}."""\n'
    for name in ("exercises.py", "quiz.toml"):
        if (lesson.path / name).exists():
            yield folder / name, note + (lesson.path / name).read_text(encoding="utf-8")
    yield folder / "pt_BR.po", note + as_text(catalogue, only=PACKAGED)
    yield folder / "solutions.json", json.dumps(solutions(lesson), indent=1, ensure_ascii=False) + "\n"


def listing(lessons: list[Source]) -> str:
    """Return the lessons as the package knows them: key, folder, title in both languages, terms."""
    translate, known = translator(lessons), glossary()
    for lesson in lessons:
        if set(lesson.terms) - set(known):
            raise SourceError(f"{lesson.folder}: not in docs/glossary.md: {sorted(set(lesson.terms) - set(known))}")
    entries = [
        {
            "key": lesson.key,
            "folder": lesson.folder,
            "title": {language: title(lesson, language, translate) for language in LANGUAGES},
            "terms": [word for term in lesson.terms for word in (term, known[term])],
        }
        for lesson in lessons
    ]
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def glossary() -> dict[str, str]:
    """Return the Portuguese of each row of the glossary by its English; what stays English stands for itself."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    kept = text.split("Kept in English in Portuguese text: ")[1].split(".")[0].split(",")
    return {term.strip(): term.strip() for term in kept} | {row[0]: row[1] for row in rows if len(row) > 1}


def variants(lesson: Source, lessons: list[Source]) -> Iterator[tuple[Path, nbformat.NotebookNode, bool]]:
    """Return the notebooks of a lesson, not yet run: where each goes, and whether its exercises must be passed."""
    translate = translator(lessons)
    for (language, solved), folder in FOLDERS.items():
        if solved and lesson.exercises is None:
            continue  # nothing to solve
        made = notebook(lesson, language, translate, solved=solved, course=lessons)
        yield NOTEBOOKS / folder / f"{lesson.folder}.ipynb", made, solved


def guide_variants(guide: Source) -> Iterator[tuple[Path, nbformat.NotebookNode, bool]]:
    """Return the notebooks of a guide: one a language, in the guide's own folder."""
    translate = translator([guide])
    for language in LANGUAGES:
        made = notebook(guide, language, translate, solved=False, course=[guide])
        yield NOTEBOOKS / guide.folder / language / f"{guide.folder}.ipynb", made, True


def _keep(path: Path, text: str, check: bool) -> list[str]:
    same = path.exists() and path.read_text(encoding="utf-8") == text
    if check or same:
        return [] if same else [str(path.relative_to(ROOT))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return []


def _notebook(
    path: Path, made: nbformat.NotebookNode, strict: bool, *, check: bool, sparing: bool = False
) -> list[str]:
    name = str(path.relative_to(ROOT))
    path.parent.mkdir(parents=True, exist_ok=True)
    if check and not path.exists():
        return [name]
    stored = nbformat.read(path, as_version=4) if check else None
    if stored is not None and sparing and str(path.parent.relative_to(NOTEBOOKS)) in SPARED:
        return [] if sources(stored) == sources(made) else [name]
    fresh = run(made, name, path.parent, strict=strict)
    if stored is not None:
        return [] if texts(stored) == texts(fresh) else [name]
    path.write_text(nbformat.writes(fresh) + "\n", encoding="utf-8", newline="\n")
    return []


def _strays(lessons: list[Source], check: bool) -> list[str]:
    """Remove or name notebooks and package data of lessons that are no longer in the course."""
    stems, keys = {lesson.folder for lesson in lessons}, {lesson.key for lesson in lessons}
    found = [
        path for folder in FOLDERS.values() for path in (NOTEBOOKS / folder).glob("*.ipynb") if path.stem not in stems
    ]
    found += [path for path in PACKAGE.glob("*/*.*") if path.parent.name not in keys and path.is_file()]
    if not check:
        for path in found:
            path.unlink()
        return []
    return [f"{path.relative_to(ROOT)} belongs to no lesson" for path in found]
