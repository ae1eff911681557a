"""A lesson as its author writes it: keyed cells, exercises, a quiz, its place in the course."""

import importlib.util
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType

import jupytext

NOTEBOOKS = Path(__file__).resolve().parents[1]
KEY = re.compile(r"[a-z][a-z0-9-]{0,40}$")
TAGS = {"language", "exercise", "solution", "instructor", "claim", "slow", "deepening", "quiz", "parameters",
        "nbval-ignore-output"}  # fmt: skip


class SourceError(Exception):
    """The source of a lesson breaks a rule; the text says which lesson, which cell, which rule."""


@dataclass(frozen=True)
class Cell:
    """One cell: its key, whether it is code, its English text or code, its tags."""

    key: str
    is_code: bool
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One lesson: where it stands in the course, and what its folder holds."""

    key: str
    folder: str
    core: int
    deepening: int
    needs: tuple[str, ...]
    tables: tuple[str, ...]
    terms: tuple[str, ...]
    root: Path = field(default=NOTEBOOKS / "source", compare=False)

    @property
    def path(self) -> Path:
        """The folder of the lesson."""
        return self.root / self.folder

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of lesson.md."""
        return read_cells(self.path / "lesson.md")

    @cached_property
    def exercises(self) -> ModuleType | None:
        """The module exercises.py, if the lesson has one."""
        path = self.path / "exercises.py"
        if not path.exists():
            return None
        spec = importlib.util.spec_from_file_location(f"exercises_of_{self.key}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @cached_property
    def quiz(self) -> list[dict]:
        """The questions of quiz.toml."""
        path = self.path / "quiz.toml"
        return tomllib.loads(path.read_text(encoding="utf-8"))["question"] if path.exists() else []

    @cached_property
    def texts(self) -> dict[str, str]:
        """Every English text a reader sees, by its place: what the Portuguese catalogue translates."""
        from cxlib.learning.quiz import Question

        texts = {f"cell/{cell.key}": cell.source for cell in self.cells if not cell.is_code}
        for exercise in getattr(self.exercises, "EXERCISES", ()):
            texts |= {f"exercise/{exercise.key}/{place}": text for place, text in exercise.texts.items()}
        for name, text in getattr(self.exercises, "TEXTS", {}).items():
            texts |= {f"text/{name}/{place}": template for place, template in text.texts.items()}
        for entry in self.quiz:
            question = Question(self.key, **entry)
            texts |= {f"quiz/{question.key}/{place}": text for place, text in question.texts.items()}
        return texts


def course(root: Path = NOTEBOOKS) -> list[Source]:
    """Return the lessons of the course in their order, from course.toml."""
    return _listed("lesson", root)


def guides(root: Path = NOTEBOOKS) -> list[Source]:
    """Return the notebooks beside the course, which stand in folders of their own."""
    return _listed("guide", root)


def _listed(kind: str, root: Path) -> list[Source]:
    content = tomllib.loads((root / "course.toml").read_text(encoding="utf-8"))
    return [
        Source(
            key=entry["key"],
            folder=entry["folder"],
            core=entry["minutes"]["core"],
            deepening=entry["minutes"].get("deepening", 0),
            needs=tuple(entry.get("needs", ())),
            tables=tuple(entry.get("tables", ())),
            terms=tuple(entry.get("terms", ())),
            root=root / "source",
        )
        for entry in content.get(kind, ())
    ]


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of a lesson.md; raises `SourceError` for a cell without a key of its own, or an odd tag."""
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    cells = [
        Cell(
            key=str(cell.metadata.get("key", "")),
            is_code=cell.cell_type == "code",
            source=cell.source,
            tags=tuple(cell.metadata.get("tags", ())),
        )
        for cell in notebook.cells
    ]
    seen: set[str] = set()
    for cell in cells:
        trouble = _trouble(cell, seen)
        if trouble:
            raise SourceError(f"{path.parent.name}, cell {cell.key or repr(cell.source[:40])}: {trouble}")
        seen.add(cell.key)
    return cells


def _trouble(cell: Cell, seen: set[str]) -> str:
    if not KEY.match(cell.key):
        return "a key of small letters, digits and hyphens is needed"
    if cell.key in seen:
        return "this key stands twice"
    if set(cell.tags) - TAGS:
        return f"unknown tags {sorted(set(cell.tags) - TAGS)}"
    if cell.is_code and re.search(r";\s*$", cell.source, re.MULTILINE):
        return "no line of code ends in a semicolon"
    return ""
