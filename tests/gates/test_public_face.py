"""What is public is listed once, documented, typed, and cheap to import."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cxlib as cx

ROOT = Path(__file__).parents[2]


def test_few_names_and_each_is_there():
    # 54: rfm, consistency, metric_tree, research_shopping and standardise answer with frames of their own; so do
    # stages, stage_times, emotion_curve, pain_points and attribution; things to play with are in `explore`.
    assert len(cx.__all__) <= 54
    for name in cx.__all__:
        assert getattr(cx, name) is not None


def test_unknown_names_fail_as_always():
    with pytest.raises(AttributeError, match="no attribute 'nsp'"):
        assert cx.nsp


@pytest.mark.parametrize("name", cx.__all__)
def test_public_names_are_documented_in_architecture_and_typed(name):
    thing = getattr(cx, name)
    assert inspect.getdoc(thing)
    assert f"`cx.{name}`" in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    if inspect.isfunction(thing):
        parameters = inspect.signature(thing).parameters.values()
        assert all(parameter.annotation is not inspect.Parameter.empty for parameter in parameters)


def test_importing_loads_neither_pandas_nor_an_engine():
    heavy = {"pandas", "ibis", "duckdb", "matplotlib", "scipy", "babel"}
    code = f"import sys, cxlib; print(sorted(set(sys.modules) & {heavy}))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
