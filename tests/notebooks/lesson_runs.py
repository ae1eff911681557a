"""A lesson run in this process: its solved code, cell by cell, on a dataset of one's choice."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

import cxlib as cx
from cxlib.world.store import ipe

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass
class Run:
    """What the cells of a lesson showed, as text, by key."""

    shown: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(self.shown.values())


def solved(lesson, language="en"):
    """Return the cells of a lesson with its solutions, or of one that has nothing to solve."""
    for folder in ("solutions/" + language, language):
        path = NOTEBOOKS / folder / f"{lesson.folder}.ipynb"
        if path.exists():
            return nbformat.read(path, as_version=4).cells
    raise FileNotFoundError(lesson.folder)


def stored(lesson, language="en"):
    """Return what a lesson showed on Ipê when it was built; build --check runs it again and compares."""
    cells = [cell for cell in solved(lesson, language) if cell.cell_type == "code"]
    return Run({cell.id: " ".join(_as_kept(output) for output in cell.outputs) for cell in cells})


def _as_kept(output):
    shown = [str(text) for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    described = [str(about) for about in output.get("metadata", {}).values()]
    return " ".join([*shown, *described, output.get("text", "")])


def run(lesson, monkeypatch, *, seed=None, language="en", without=""):
    """Run a lesson on the company of a seed, cells of one tag left out; an exercise that is not passed stops it."""
    shop = ipe(seed=seed)
    monkeypatch.setitem(vars(cx), "ipe", lambda: shop)
    monkeypatch.setenv("CX_STRICT", "1")
    namespace, done = {}, Run()
    for cell in solved(lesson, language):
        if cell.cell_type == "code" and without not in cell.metadata.get("tags", []):
            value = _execute(cell.source, namespace)
            done.shown[cell.id] = "" if value is None else _as_text(value)
    return done


def _execute(source, namespace):
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace) if last else None


def _as_text(value):
    described = (getattr(value, "metadata", None) or {}).get("alt", "") if hasattr(value, "metadata") else ""
    markdown = value._repr_markdown_() if hasattr(value, "_repr_markdown_") else ""
    return " ".join([repr(value), markdown, described or ""])
