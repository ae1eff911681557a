"""The notebook a team adapts: as shipped, on a file of its own by one cell, and never on a machine of others."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest

import cxlib as cx

FOLDER = Path(__file__).parents[2] / "notebooks" / "your_data"
LANGUAGES = ["en", "pt-BR"]
pytestmark = pytest.mark.filterwarnings("ignore")


def notebook(language):
    return FOLDER / language / "your_data.ipynb"


def run(tmp_path, language="en", **parameters):
    """Run the notebook as papermill does, in an empty folder; return its cells."""
    import papermill

    done = papermill.execute_notebook(
        str(notebook(language)),
        str(tmp_path / "done.ipynb"),
        parameters,
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
    )
    return {cell.metadata.get("papermill", {}).get("id", cell.id): cell for cell in done.cells}


@pytest.fixture
def export(tmp_path):
    rows = [f"{day:02d}/03/2025 10:00;{day % 5 + 1};c{day}@example.org;nota {day}" for day in range(1, 31)]
    path = tmp_path / "minhas respostas.csv"
    path.write_text("\n".join(["Data;Avaliação;E-mail;Comentário", *rows]), encoding="cp1252")
    return path


def texts(cells):
    return "\n".join(
        str(output.get("text") or output.get("data", {}))
        for cell in cells.values()
        for output in cell.get("outputs", ())
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_stored_names_no_machine_and_no_person(language):
    stored = notebook(language).read_text(encoding="utf-8")
    assert not re.search(r"/tmp/|/home/|[A-Z]:\\\\", stored)
    outputs = texts({cell.id: cell for cell in nbformat.reads(stored, as_version=4).cells})
    assert not re.search(r"[a-z]\d+@example\.com", outputs)
    assert "synthetic = true" in outputs


def test_one_cell_holds_what_is_to_be_changed():
    cells = nbformat.read(notebook("en"), as_version=4).cells
    (changed,) = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert [line.split(" = ")[0] for line in changed.source.splitlines()] == ["file", "answers", "folder"]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_runs_as_shipped_even_on_binder(tmp_path, monkeypatch, language):
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")
    monkeypatch.chdir(tmp_path)
    shown = texts(run(tmp_path, language))
    assert f"report.{language}.html" in shown
    assert [path.name for path in tmp_path.iterdir()] == ["done.ipynb"]  # the example leaves nothing behind


@pytest.mark.slow
def test_it_takes_a_file_of_ones_own(tmp_path, export):
    cells = run(tmp_path, file=export.name, answers={"source_zone": 1, "type": 1})
    place = tmp_path / "your-data"
    assert {path.name for path in place.iterdir()} == {"mapping.toml", "dataset", "report.en.html"}
    shop = cx.open_dataset(place / "dataset")
    assert not shop.synthetic and cx.csat(shop)["n"].iloc[0] == 30
    assert "@example.org" not in texts(cells)
    page = (place / "report.en.html").read_text(encoding="utf-8")
    assert "Synthetic data." not in page and "CSAT" in page
    again = (place / "mapping.toml").read_text(encoding="utf-8").replace("csat", "ces")
    (place / "mapping.toml").write_text(again, encoding="utf-8")
    run(tmp_path, file=export.name, answers={"source_zone": 1, "type": 1})
    assert set(cx.open_dataset(place / "dataset").frame("survey_responses")["type"]) == {"ces"}  # the file is theirs


@pytest.mark.slow
def test_it_waits_for_answers_in_one_sentence(tmp_path, export):
    from papermill.exceptions import PapermillExecutionError

    with pytest.raises(PapermillExecutionError, match="These questions need an answer first: source_zone, type"):
        run(tmp_path, file=export.name, answers={})
    assert not (tmp_path / "your-data" / "mapping.toml").exists()


@pytest.mark.slow
def test_a_file_of_ones_own_is_refused_on_a_public_host(tmp_path, export, monkeypatch):
    from papermill.exceptions import PapermillExecutionError

    monkeypatch.setitem(os.environ, "KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    with pytest.raises(PapermillExecutionError, match="This runs on Kaggle"):
        run(tmp_path, file=export.name, answers={})


def test_learners_get_a_copy_in_their_language(tmp_path, monkeypatch):
    import course

    monkeypatch.setattr(course, "MINE", tmp_path / "my")
    course.copy_notebooks()
    for language in LANGUAGES:
        copied = json.loads((tmp_path / "my" / language / "your_data.ipynb").read_text(encoding="utf-8"))
        assert not any(cell.get("outputs") for cell in copied["cells"])
