"""The house as docs/architecture.md draws it: a room imports only from the floors below it."""

import ast
from pathlib import Path

import pytest

import cxlib

PACKAGE = Path(cxlib.__file__).parent
FLOORS = [
    {"errors"},
    {"language"},
    {"inference", "privacy"},
    {"tables"},
    {"world", "journeys", "platforms"},
    {"blueprints"},
    {"metrics"},
    {"charts"},
    {"learning", "reports"},
    {"cli"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# The lessons are content: mostly sentences, written with the public face as a learner would use it.
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if (path.parent != PACKAGE or path.stem not in ("__init__", "__main__")) and "lessons" not in path.parts
)
PORTABLE = [path for path in MODULES if {"metrics", "journeys", "blueprints"} & set(path.parts)]
ELSEWHERE = {"udf", "asof_join", "execute", "iterrows", "apply", "raw_sql", "window_join", "rolling", "expanding"}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cxlib"):
            yield from _targets(node)
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("cxlib"))


def _targets(node):
    return [f"{node.module}.{name.name}" for name in node.names] if node.module == "cxlib" else [node.module]


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path):
    for module in imported(parsed(path)):
        target = module.split(".")[1]
        assert target == room(path) or FLOOR[target] < FLOOR[room(path)], f"{path.name} imports {module}"


def test_only_tables_opens_data_files_and_knows_engines():
    for path in MODULES:
        if room(path) == "tables":
            continue
        names = {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
        assert not names & {
            "read_csv",
            "read_parquet",
            "read_excel",
            "duckdb",
            "execute",
            "to_pandas_df",
            "raw_sql",
        }, path


@pytest.mark.parametrize("path", PORTABLE, ids=lambda path: path.name)
def test_metric_code_has_no_functions_of_its_own_in_the_engine_and_no_loop_over_rows(path):
    tree = parsed(path)
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & ELSEWHERE, path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_fit_the_eye(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 370, f"{path.name} has {lines} lines"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef):
            doc = ast.get_docstring(node, clean=False) or ""
            assert node.end_lineno - node.lineno - doc.count("\n") <= 60, f"{path.name}: {node.name}"


@pytest.mark.parametrize(
    "path", [path for path in PORTABLE if "metrics" not in path.parts], ids=lambda path: path.name
)
def test_journeys_look_at_neighbouring_rows_through_tables_only(path):
    """A bare `lag` is silently wrong off sorted files: only `tables.order` knows where it may stand."""
    names = {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
    assert not names & {"lag", "lead", "cumsum", "rank", "cumulative_window"}, path
