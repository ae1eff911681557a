"""What every test shares: English, a key of its own, no colour from the machine's settings."""

import sys

import matplotlib
import pytest

import cxlib as cx

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _clean_ground(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("CX_KEY_FILE", str(tmp_path_factory.getbasetemp() / "pseudonym.key"))
    monkeypatch.setenv("CX_PROGRESS_FILE", str(tmp_path_factory.getbasetemp() / "progress.json"))
    monkeypatch.delenv("CX_LANG", raising=False)
    cx.language("en")
    yield
    cx.language("en")
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def portuguese():
    cx.language("pt-BR")
    yield
    cx.language("en")
