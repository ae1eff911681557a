"""The notebooks in both languages: the same cells, the same code, outputs stored, nothing left in English."""

from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
GUIDES = ["your_data"]  # beside the course, each in a folder of its own
STEMS = sorted(path.stem for path in NOTEBOOKS.glob("en/*.ipynb")) + GUIDES


def folder(language, stem):
    return NOTEBOOKS / stem / language if stem in GUIDES else NOTEBOOKS / language


def read(language, stem):
    return nbformat.read(folder(language, stem) / f"{stem}.ipynb", as_version=4)


def test_both_languages_have_the_same_notebooks():
    assert STEMS[: -len(GUIDES)]
    assert sorted(path.stem for path in NOTEBOOKS.glob("pt-BR/*.ipynb")) + GUIDES == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_same_cells_and_same_code_but_for_the_language(stem):
    english, portuguese = read("en", stem).cells, read("pt-BR", stem).cells
    assert [cell.id for cell in english] == [cell.id for cell in portuguese]
    for ours, theirs in zip(english, portuguese, strict=True):
        if ours.cell_type == "markdown":
            assert ours.source != theirs.source, ours.id
        elif "language" in ours.metadata.get("tags", []):
            assert ours.source.replace('"en"', '"pt-BR"') == theirs.source
        else:
            assert ours.source == theirs.source, ours.id


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_outputs_are_stored_clean_and_described(language, stem):
    for cell in read(language, stem).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 40, cell.id


def test_the_first_result_stands_within_five_code_cells():
    code = [cell for cell in read("en", "00_welcome").cells if cell.cell_type == "code"]
    assert any("n = 200" in str(cell.outputs) for cell in code[:5])
