"""A draft of the record of processing for a dataset: what of people it holds, and what only its owner can say."""

from pathlib import Path

from cxlib.language import mark, number, say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import count_rows
from cxlib.tables.schema import Column, schema

TO_FILL = mark("not stated: to be filled in")
KINDS = {
    "person": mark("identifies a person; a pseudonym since the import"),
    "text": mark("free text; personal data struck out on import, as far as they were found"),
    "": mark("about a person or a thing of theirs"),
}
QUESTIONS = (
    mark("Who is the controller, and who is the data-protection officer?"),
    mark("Were the people told of this use, and where?"),
    mark("Who can open the folder, and who holds a copy of the key?"),
    mark("Where do the original exports lie, and when are they deleted?"),
    mark("Who receives reports, and do any leave the country?"),
)


def processing_record(
    dataset: Dataset,
    folder: str | Path,
    *,
    key_file: str | Path,
    purpose: str = "",
    basis: str = "",
    keep: str = "",
) -> str:
    """Return a draft of the record of processing (LGPD art. 37), as Markdown: "what do we tell our officer?"

    What the dataset shows is filled in: tables, rows, columns about people, what the import protected, the floor
    below which no group is shown, where the key lies. What it cannot show is what was given, or said to be missing.
    """
    lines = [
        "# " + say("Draft of a record of processing: {title}", title=dataset.title or Path(folder).name),
        "",
        say(
            "A draft for the data-protection officer, made from what the dataset shows. It is no legal advice, and "
            "it is not complete until a person has answered what stands open."
        ),
        "",
        *_stated(dataset, folder, key_file, {"purpose": purpose, "basis": basis, "keep": keep}),
        "",
        "## " + say("Tables and columns"),
        "",
        *_columns(dataset),
        "",
        "## " + say("What the import protected"),
        "",
        *_protected(dataset),
        "",
        "## " + say("What stands open"),
        "",
        *(f"- [ ] {say(question)}" for question in QUESTIONS),
        "",
    ]
    return "\n".join(lines)


def _stated(dataset: Dataset, folder: str | Path, key_file: str | Path, given: dict[str, str]) -> list[str]:
    where = Path(key_file)
    key = str(where) if where.exists() else say("{file} (not there on this machine)", file=where)
    rows = [
        (say("Purpose"), given["purpose"] or say(TO_FILL)),
        (say("Legal basis (LGPD art. 7)"), given["basis"] or say(TO_FILL)),
        (say("Retention"), given["keep"] or say(TO_FILL)),
        (say("Where the data lie"), str(Path(folder).resolve())),
        (say("Where the key of the pseudonyms lies"), key),
        (say("Smallest group shown"), number(dataset.privacy_floor)),
        (say("Synthetic"), say("yes, no person is in it") if dataset.synthetic else say("no")),
    ]
    return [f"| {say('What')} | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in rows)]


def _columns(dataset: Dataset) -> list[str]:
    lines = [f"| {say('table')} | {say('rows')} | {say('columns')} | {say('what they are')} |", "|---|--:|---|---|"]
    for name in dataset:
        table, columns = dataset.tables[name], schema()[name].columns
        rows = number(count_rows(table))
        held: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for column in table.columns:
            held[_kind(columns.get(column))].append(column)
        lines += [
            f"| {name} | {rows} | {', '.join(held[kind])} | {say(KINDS[kind])} |" for kind in KINDS if held[kind]
        ]
    return lines


def _kind(column: Column | None) -> str:
    """Return how a column is protected; one the schema does not know was kept on request, and redacted if text."""
    return "text" if column is None else column.privacy


def _protected(dataset: Dataset) -> list[str]:
    issues = [issue for issue in dataset.audit.issues if issue.outcome in ("pseudonymised", "redacted")]
    if not issues:
        return [say("The account names nothing: the data came in by another way, or held nothing of people.")]
    lines = [f"| {say('column')} | {say('what was done')} | {say('times')} |", "|---|---|--:|"]
    return lines + [f"| {one.table}.{one.column} | {one.code} | {number(one.count)} |" for one in issues]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
