"""Everything in the repository that is made rather than written: `python course.py build [--check]`.

- data/ipe: the synthetic company at small scale
- docs/tables.md, docs/tables.pt-BR.md: the dictionary, from cxlib/tables/schema.toml
- docs/images: the pictures of the README
- notebooks/en, notebooks/pt-BR: the outputs stored in the notebooks

With --check nothing is written; what differs from the repository is named, and the exit code is 1. Pictures are
made but not compared: their bytes change with the drawing library.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import cxlib as cx
from cxlib.tables.schema import Column, schema
from cxlib.world.store import write_world

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = {"en": "", "pt-BR": ".pt-BR"}
WORDS = {
    "en": ("Dictionary of the tables", "column", "type", "meaning", "Key", "required", "one of",
           "pseudonymised on import", "redacted on import",
           "Generated from `cxlib/tables/schema.toml`; do not edit."),
    "pt-BR": ("Dicionário das tabelas", "coluna", "tipo", "significado", "Chave", "obrigatória", "um de",
              "vira pseudônimo na importação", "recebe tarja na importação",
              "Gerado a partir de `cxlib/tables/schema.toml`; não edite."),
}  # fmt: skip


def dictionary(language: str) -> str:
    """Return the dictionary of all tables in one language, as Markdown."""
    title, column, kind, meaning, key, *_, note = WORDS[language]
    lines = [f"# {title}", "", note, ""]
    with speaking(language):
        for table in schema().values():
            lines += [f"## `{table.name}`", "", f"{table.meaning} {key}: `{', '.join(table.primary_key)}`.", ""]
            lines += [f"| {column} | {kind} | {meaning} |", "|---|---|---|"]
            lines += [
                f"| `{one.name}` | {_kind(one)} | {_meaning(one, language)} |" for one in table.columns.values()
            ]
            lines.append("")
    return "\n".join(lines)


def _kind(column: Column) -> str:
    return f"{column.type}, {column.unit}" if column.unit else column.type


def _meaning(column: Column, language: str) -> str:
    required, one_of, person, text = WORDS[language][5:9]
    notes = [required] if column.required else []
    notes += [f"{one_of}: {', '.join(f'`{value}`' for value in column.values)}"] if column.values else []
    notes += {"person": [person], "text": [text]}.get(column.privacy, [])
    return column.meaning + (f" *({'; '.join(notes)})*" if notes else "")


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = cx.language()
    cx.language(language)
    try:
        yield
    finally:
        cx.language(before)


def build_dictionaries(check: bool) -> list[str]:
    """Write or compare the dictionary in both languages."""
    stale = []
    for language, suffix in LANGUAGES.items():
        path, text = ROOT / "docs" / f"tables{suffix}.md", dictionary(language)
        if check:
            stale += (
                [] if path.exists() and path.read_text(encoding="utf-8") == text else [str(path.relative_to(ROOT))]
            )
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return stale


def build_ipe(check: bool) -> list[str]:
    """Write the synthetic company, or compare its content."""
    folder = ROOT / "data" / "ipe"
    if not check:
        write_world(folder)
        return []
    with tempfile.TemporaryDirectory() as temporary:
        write_world(Path(temporary))
        made, kept = cx.open_dataset(temporary), cx.open_dataset(folder)
        return [
            f"data/ipe: {name}"
            for name in dict.fromkeys([*made, *kept])
            if name not in made or name not in kept or not made.frame(name).equals(kept.frame(name))
        ]


def build_images(check: bool) -> list[str]:
    """Draw the pictures of the README; with check only draw them."""
    folder = ROOT / "docs" / "images"
    shop = cx.ipe()
    for language in LANGUAGES:
        with speaking(language):
            picture = cx.picture(cx.chart(cx.nps(shop, by="channel")))
        if not check:
            folder.mkdir(exist_ok=True)
            (folder / f"nps-by-channel.{language}.png").write_bytes(picture.data)
    return []


def build_notebooks(check: bool) -> list[str]:
    """Run the notebooks and store their outputs, or compare the outputs that are text."""
    stale = []
    for path in sorted(ROOT.glob("notebooks/en/*.ipynb")) + sorted(ROOT.glob("notebooks/pt-BR/*.ipynb")):
        stored = nbformat.read(path, as_version=4)
        fresh = run(path)
        if check:
            stale += [str(path.relative_to(ROOT))] if texts(stored) != texts(fresh) else []
        else:
            path.write_text(nbformat.writes(fresh) + "\n", encoding="utf-8", newline="\n")
    return stale


def run(path: Path) -> nbformat.NotebookNode:
    """Run a notebook from clean and return it with outputs that are the same at every run."""
    notebook = nbformat.read(path, as_version=4)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    NotebookClient(
        notebook, timeout=120, record_timing=False, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate((one for one in notebook.cells if one.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
            if output.get("name") == "stderr":
                raise SystemExit(f"{path.name}, cell {cell.id} wrote to stderr: {output.text[:200]}")
    return notebook


def texts(notebook: nbformat.NotebookNode) -> list[tuple]:
    """Return sources and text outputs of the cells: what must not change between builds."""
    return [(cell.id, cell.source, [_text(output) for output in cell.get("outputs", [])]) for cell in notebook.cells]


def _text(output: nbformat.NotebookNode) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        return str(output.get("metadata", {}).get("image/png", {}).get("alt", ""))
    return str(output.get("text", data.get("text/plain", "")))


def main() -> int:
    """Build everything, or say what is not up to date."""
    check = "--check" in sys.argv[1:]
    stale = []
    for step in (build_dictionaries, build_ipe, build_images, build_notebooks):
        print(("checking " if check else "building ") + step.__name__.removeprefix("build_"), flush=True)
        stale += step(check)
    for name in stale:
        print(f"not up to date: {name}. Run: python course.py build")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
