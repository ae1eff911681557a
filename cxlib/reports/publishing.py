"""From the notebook that was run to one page: nbconvert, with a template that fetches and runs nothing."""

import base64
import hashlib
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cxlib.language import language, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).parent
TEMPLATE = "template"
POLICY = "default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"


def published(notebook: "NotebookNode") -> str:
    """Return the page: only what the cells displayed; neither their code nor anything the machine wrote beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbconvert.exporters.templateexporter import TemplateExporter

        exporter = TemplateExporter(
            template_name=TEMPLATE,
            template_file="index.html.j2",
            extra_template_basedirs=[str(HERE)],
            default_preprocessors=[],
        )
        page, _ = exporter.from_notebook_node(notebook, resources={"report": _about(notebook)})
    return str(page).rstrip("\n") + "\n"


def _about(notebook: "NotebookNode") -> dict[str, str]:
    style, outputs = _style(), [output for cell in notebook.cells for output in cell.get("outputs", [])]
    titles = [output.metadata.cx.title for output in outputs if "cx" in output.get("metadata", {})]
    return {
        "language": language(),
        "title": next(iter(titles), say("Customer experience report")),
        "style": style,
        "policy": POLICY.format(hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()),
    }


@cache
def _style() -> str:
    return (HERE / TEMPLATE / "style.css").read_text(encoding="utf-8")
