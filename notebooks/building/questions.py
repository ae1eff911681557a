"""Which question do you have? The pages of questions in both languages, from questions.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from building.catalogue import translator
from building.source import Source, course
from building.variants import title

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "notebooks" / "questions.toml"
PAGES = {"en": "docs/questions.md", "pt-BR": "docs/questions.pt-BR.md"}
CALL = {"en": "python course.py cx ", "pt-BR": "python course.py cx --lang pt-BR "}
NONE = "-"
HEADS = {
    "en": """# Which question do you have?

Generated from `notebooks/questions.toml`; do not edit. [Português](questions.pt-BR.md)

Run the command in the folder of the course (on Windows `py` for `python`) and read its first lines: it answers for
Ipê, our synthetic company. For an answer about yours, put your own dataset in place of `data/ipe`
([how to bring it in](mapping.md)), and your own columns and dates. What each column means:
[the tables](tables.md).""",
    "pt-BR": """# Qual é a sua pergunta?

Gerado a partir de `notebooks/questions.toml`; não edite. [English](questions.md)

Rode o comando na pasta do curso (no Windows, `py` em vez de `python`) e leia as primeiras linhas: ele responde sobre
a Ipê, a nossa empresa sintética. Para uma resposta sobre a sua empresa, troque `data/ipe` pelo seu conjunto de dados
([como importar](mapping.pt-BR.md)) e use as suas colunas e datas. O que cada coluna significa:
[as tabelas](tables.pt-BR.md).""",
}  # fmt: skip
COLUMNS = {
    "en": "| question | metric | data needed | command | lesson behind it |\n|---|---|---|---|---|",
    "pt-BR": "| pergunta | métrica | dados necessários | comando | aula por trás |\n|---|---|---|---|---|",
}
OFTEN = {"en": "| question | command |\n|---|---|", "pt-BR": "| pergunta | comando |\n|---|---|"}
ALL = {
    "en": "[All thirty questions, with the data each needs and the lesson behind it](docs/questions.md)",
    "pt-BR": "[As trinta perguntas, com os dados de que cada uma precisa e a aula por trás](docs/questions.pt-BR.md)",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question in both languages, the command that answers it, the data it needs and the lesson behind it."""

    key: str
    texts: Mapping[str, str]
    metric: str
    data: Mapping[str, list[str]]
    commands: Mapping[str, str]
    lesson: str
    often: bool

    def command(self, language: str) -> str:
        """Return the whole command line, as it is typed in the folder of the course."""
        return CALL[language] + self.commands[language]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Questions that belong together."""

    names: Mapping[str, str]
    questions: tuple[Question, ...]


def themes(path: Path = SOURCE) -> list[Theme]:
    """Return the themes and their questions in the order of the file."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Theme(names=_both(entry), questions=tuple(_question(one) for one in entry["question"]))
        for entry in content["theme"]
    ]


def questions() -> list[Question]:
    """Return all questions in their order."""
    return [question for theme in themes() for question in theme.questions]


def build_questions(check: bool) -> list[str]:
    """Write or compare the pages of questions in both languages."""
    stale = []
    for language, name in PAGES.items():
        path, text = ROOT / name, page(language)
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    return stale


def page(language: str) -> str:
    """Return the page of all questions in one language, as Markdown."""
    lessons = course()
    translate = translator(lessons)
    links = {lesson.key: _link(lesson, language, title(lesson, language, translate)) for lesson in lessons}
    parts = [HEADS[language]]
    for theme in themes():
        rows = [_row(question, language, links) for question in theme.questions]
        parts += [f"## {theme.names[language]}", "\n".join([COLUMNS[language], *rows])]
    return "\n\n".join(parts) + "\n"


def most_asked(language: str) -> str:
    """Return the questions most asked for a front page: question and command, and the way to all of them."""
    rows = [
        f"| {question.texts[language]} | `{question.command(language)}` |"
        for question in questions()
        if question.often
    ]
    return "\n".join([OFTEN[language], *rows]) + "\n\n" + ALL[language]


def _question(entry: Mapping) -> Question:
    command = entry["command"]
    return Question(
        key=entry["key"],
        texts=_both(entry),
        metric=entry["metric"],
        data=entry["data"],
        commands=dict.fromkeys(PAGES, command) if isinstance(command, str) else _both(command),
        lesson=entry["lesson"],
        often=entry.get("often", False),
    )


def _both(entry: Mapping) -> dict[str, str]:
    return {language: entry[language] for language in PAGES}


def _link(lesson: Source, language: str, name: str) -> str:
    return f"[{name}](../notebooks/{language}/{lesson.folder}.ipynb)"


def _row(question: Question, language: str, links: Mapping[str, str]) -> str:
    needed = "; ".join(
        f"`{table}`" + (": " + ", ".join(f"`{column}`" for column in columns) if columns else "")
        for table, columns in question.data.items()
    )
    cells = [
        question.texts[language],
        NONE if question.metric == NONE else f"`{question.metric}`",
        needed or NONE,
        f"`{question.command(language)}`",
        NONE if question.lesson == NONE else links[question.lesson],
    ]
    return f"| {' | '.join(cells)} |"
