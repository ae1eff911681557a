"""The dictionary of the tables in both languages, from cxlib/tables/schema.toml."""

import contextlib
from collections.abc import Iterator

import cxlib as cx
from cxlib.tables.schema import Column, schema

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
