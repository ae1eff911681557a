"""Running a notebook so that its outputs are the same at every run."""

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

WIDGET = "application/vnd.jupyter.widget-view+json"


def run(notebook: nbformat.NotebookNode, name: str, folder: Path, *, strict: bool) -> nbformat.NotebookNode:
    """Return a notebook with its outputs. With `strict` an exercise that is not passed stops the run.

    Progress and the key of pseudonyms go to files of their own, so that building never touches the builder's.
    """
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {
            "CX_PROGRESS_FILE": str(Path(place) / "progress.json"),
            "CX_KEY_FILE": str(Path(place) / "pseudonym.key"),
            "CX_STRICT": "1" if strict else "",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        environment.pop("CX_LANG", None)
        client = NotebookClient(
            notebook, timeout=120, record_timing=False, resources={"metadata": {"path": str(folder)}}
        )
        client.execute(env=environment)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate((one for one in notebook.cells if one.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.metadata.pop("execution", None)
        cell.outputs = _joined([output for output in cell.outputs if WIDGET not in output.get("data", {})])
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
            if output.get("name") == "stderr":
                raise SystemExit(f"{name}, cell {cell.id} wrote to stderr: {output.text[:200]}")
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Join what was printed in pieces: where the pieces end depends on how busy the machine was."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        if joined and output.output_type == "stream" and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def sources(notebook: nbformat.NotebookNode) -> list[tuple]:
    """Return the cells without what they showed."""
    return [(cell.id, cell.source) for cell in notebook.cells]


def texts(notebook: nbformat.NotebookNode) -> list[tuple]:
    """Return sources and text outputs of the cells: what must not change between builds."""
    return [(cell.id, cell.source, [_text(output) for output in cell.get("outputs", [])]) for cell in notebook.cells]


def _text(output: nbformat.NotebookNode) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        return str(output.get("metadata", {}).get("image/png", {}).get("alt", ""))
    return str(output.get("text", data.get("text/markdown", data.get("text/plain", ""))))
