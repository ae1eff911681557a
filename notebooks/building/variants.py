"""The notebooks that come from one source: learner's or solved, English or Portuguese."""

import ast
import json
import re
from collections.abc import Callable

import nbformat

from building.launchers import INSTALL_METADATA, install_cell
from building.source import Cell, Source, SourceError

SOLUTION = re.compile(r"^# BEGIN SOLUTION\n(.*?)^# END SOLUTION\n?", re.MULTILINE | re.DOTALL)
BANNER = "> ⚠️ **Tradução pendente.** Este trecho ainda está em inglês.\n\n"
ABOUT = {
    "en": {
        "core": "*{core} minutes*",
        "more": "*{core} minutes, and {deepening} more for the parts called “Deepening”*",
        "needs": "*before it: {links}*",
        "tables": "*data: {tables}*",
        "nothing": "*no statistics needed*",
    },
    "pt-BR": {
        "core": "*{core} minutos*",
        "more": "*{core} minutos, e mais {deepening} para as partes chamadas “Aprofundamento”*",
        "needs": "*antes dela: {links}*",
        "tables": "*dados: {tables}*",
        "nothing": "*sem precisar de estatística*",
    },
}
FOOTER = {
    "en": "---\n{next}*Ipê is synthetic data: no person in it exists. Text and pictures: CC BY 4.0; code: MIT; "
    "please cite as in `CITATION.cff`. Net Promoter®, NPS® and Net Promoter Score® are marks of their owners.*",
    "pt-BR": "---\n{next}*Os dados da Ipê são sintéticos: nenhuma pessoa ali existe. Textos e imagens: CC BY 4.0; "
    "código: MIT; cite como está em `CITATION.cff`. Net Promoter®, NPS® e Net Promoter Score® são marcas de seus "
    "donos.*",
}
NEXT = {"en": "**Next:** {link}\n\n", "pt-BR": "**A seguir:** {link}\n\n"}
KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}  # fmt: skip
Translate = Callable[[Source, str, str], str | None]


def notebook(
    lesson: Source, language: str, translate: Translate, *, solved: bool, course: list[Source]
) -> nbformat.NotebookNode:
    """Return one variant of a lesson, not yet run. `translate(lesson, place, english)` is None when there is none."""
    cells = [
        _cell(cell, lesson, language, translate, solved=solved)
        for cell in lesson.cells
        if solved or not {"solution", "instructor"} & set(cell.tags)
    ]
    titles = {one.key: title(one, language, translate) for one in course}
    # Not every lesson has a solved notebook: those link to the learners'.
    links = {one.key: f"[{titles[one.key]}]({f'../../{language}/' * solved}{one.folder}.ipynb)" for one in course}
    cells.insert(1, _markdown("about", about(lesson, language, links)))
    installing = install_cell(language)
    if installing:  # once the course has a public home
        cells.insert(2, nbformat.v4.new_code_cell(installing, metadata=json.loads(json.dumps(INSTALL_METADATA))))
        cells[2].id = "colab"
    cells.append(_markdown("footer", footer(lesson, language, links)))
    return nbformat.v4.new_notebook(cells=cells, metadata=json.loads(json.dumps(KERNEL)))


def _cell(cell: Cell, lesson: Source, language: str, translate: Translate, *, solved: bool) -> nbformat.NotebookNode:
    if not cell.is_code:
        english = cell.source
        source = english if language == "en" else translate(lesson, f"cell/{cell.key}", english) or BANNER + english
        if "instructor" in cell.tags:
            source = "\n".join("> " + line for line in source.splitlines())
        return _markdown(cell.key, source, cell.tags)
    source = learner_code(cell.source) if not solved else SOLUTION.sub(r"\1", cell.source)
    if "language" in cell.tags:
        source = source.replace('"en"', f'"{language}"')
    tags = (*cell.tags, "nbval-check-output") if "claim" in cell.tags else cell.tags
    made = nbformat.v4.new_code_cell(source.strip("\n"), metadata={"tags": list(tags)} if tags else {})
    made.id = cell.key
    return made


def _markdown(key: str, source: str, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    made = nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})
    made.id = key
    return made


def title(lesson: Source, language: str, translate: Translate) -> str:
    """Return the title of a lesson in a language."""
    first = lesson.cells[0]
    whole = first.source if language == "en" else translate(lesson, f"cell/{first.key}", first.source) or first.source
    return whole.splitlines()[0].removeprefix("# ")


def about(lesson: Source, language: str, links: dict[str, str]) -> str:
    """Return the line under the title: minutes, what comes before, the data."""
    words = ABOUT[language]
    parts = [words["more" if lesson.deepening else "core"].format(core=lesson.core, deepening=lesson.deepening)]
    before = ", ".join(links[key] for key in lesson.needs)
    parts += [words["needs"].format(links=before) if before else words["nothing"]]
    if lesson.tables:
        parts.append(words["tables"].format(tables=", ".join(f"`{table}`" for table in lesson.tables)))
    return " · ".join(parts)


def footer(lesson: Source, language: str, links: dict[str, str]) -> str:
    """Return the last cell: the next lesson, licence, citation, marks, and that the data are synthetic."""
    following = list(links.values())[list(links).index(lesson.key) + 1 :][:1]
    return FOOTER[language].format(next=NEXT[language].format(link=following[0]) if following else "")


def solutions(lesson: Source) -> dict[str, str]:
    """Return the solution of each exercise, as it is shown and as the solved notebook runs it."""
    found = {}
    for cell in lesson.cells:
        if "exercise" not in cell.tags:
            continue
        blocks = SOLUTION.findall(cell.source)
        checked = re.findall(r"\bex\.(\w+)\.check\(", cell.source)
        if not blocks or len(checked) != 1:
            raise SourceError(f"{lesson.folder}, cell {cell.key}: one solution block and one check are needed")
        found[checked[0]] = "\n".join(block.strip("\n") for block in blocks)
    return found


def learner_code(source: str) -> str:
    """Return the code a learner starts from: what a solution assigns or defines, with dots for the rest.

    >>> print(learner_code("# BEGIN SOLUTION\\nhalf = n / 2\\nnps = 3 * half\\n# END SOLUTION\\nex.a.check(nps)"))
    nps = ...
    ex.a.check(nps)
    """
    used = {node.id for node in ast.walk(ast.parse(SOLUTION.sub("", source))) if isinstance(node, ast.Name)}
    return SOLUTION.sub(lambda found: _dots(found.group(1), used), source)


def _dots(solution: str, used: set[str]) -> str:
    lines = []
    for statement in ast.parse(solution).body:
        if isinstance(statement, ast.FunctionDef) and statement.name in used:
            lines += [f"def {statement.name}({ast.unparse(statement.args)}):", "    ...", ""]
        if isinstance(statement, ast.Assign):
            names = [
                node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)
            ]
            lines += [f"{name} = ..." for name in names if name in used]
    return "\n".join(lines) + "\n"
