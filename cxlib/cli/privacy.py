"""What people may ask of those who hold their data, and what an officer asks: forget, subject, retention, privacy."""

from pathlib import Path
from typing import Annotated

import typer

from cxlib.cli import DONE, NO, output
from cxlib.cli.options import Format
from cxlib.language import number, say

app = typer.Typer(rich_markup_mode=None)
more = typer.Typer(help=say("The draft record of processing, and who consents."), rich_markup_mode=None)
app.add_typer(more, name="privacy")

Folder = Annotated[str, typer.Argument(metavar="DIR")]
Person = Annotated[
    list[str],
    typer.Option(
        "--person",
        help=say(
            'Id as its source writes it (an e-mail, a phone, "zendesk 42"), or a pseudonym; may be given several '
            "times."
        ),
    ),
]
KeyFile = Annotated[
    str | None,
    typer.Option("--key-file", help=say("Key the pseudonyms of the dataset were made with; yours without.")),
]
Keep = Annotated[
    list[str],
    typer.Option(
        "--keep", help=say("24mo, 2y or 90d for all tables, orders=60mo for one; may be given several times.")
    ),
]


@app.command(help=say("Take a person out of a dataset, whole or not at all. Exit 1: nobody of that id is in it."))
def forget(
    folder: Folder,
    person: Person,
    key_file: KeyFile = None,
    reports: Annotated[
        list[str] | None, typer.Option("--reports", help=say("Folder to look for reports in, besides that of DIR."))
    ] = None,
) -> int:
    from cxlib.reports.written import reports_in
    from cxlib.tables.forgetting import forget as taken_out

    done = taken_out(folder, person, secret=_secret(key_file))
    output.write(done.tables, "table")
    if not done.found:
        output.heading(_nobody(folder))
        return NO
    output.heading(
        say(
            "Quarantine: {n} rows are left; they hold shapes of texts, no words. Nothing of these ids is left in "
            "{folder}.",
            n=number(done.quarantine_left),
            folder=folder,
        )
    )
    for file in done.files_left:
        output.heading(say("{file} could not be deleted, because it is open elsewhere. Delete it.", file=file))
    _say_what_only_people_can_do(reports_in([Path(folder).resolve().parent, *(reports or [])]))
    return DONE


def _say_what_only_people_can_do(found: list[Path]) -> None:
    for path in found:
        output.heading(say("Report written earlier, delete it and write it again: {path}", path=path))
    output.heading(
        say(
            "Not reached from here: the original exports (importing them again brings the person back), backups, "
            "reports sent or moved elsewhere, and comments of others that name the person."
        )
    )


@app.command(
    help=say("Hand out what a dataset holds about a person, as a JSON file. Exit 1: nobody of that id is in it.")
)
def subject(
    folder: Folder,
    person: Person,
    out: Annotated[str, typer.Option("--out", help=say("File to write."))],
    key_file: KeyFile = None,
) -> int:
    from cxlib.tables.forgetting import subject as handed_out

    counts = handed_out(folder, person, out, secret=_secret(key_file))
    if counts.empty:
        output.heading(_nobody(folder))
        return NO
    output.write(counts, "table")
    output.heading(say("Written to {path}. It holds personal data: hand it over safely, then delete it.", path=out))
    return DONE


@app.command(help=say("Say what a rule of retention would delete, table by table. It deletes nothing."))
def retention(
    folder: Folder,
    keep: Keep,
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("Day to count back from; today without."))] = None,
    format: Format = "table",
) -> int:
    from cxlib.tables.opening import open_dataset
    from cxlib.tables.retention import retention as would_go

    found = would_go(open_dataset(folder), keep, as_of=as_of)
    output.write(found, format)
    if format == "table":
        output.heading(
            say(
                "{gone} of {rows} rows would go. Nothing was changed.",
                gone=number(found["would_go"].sum()),
                rows=number(found["rows"].sum()),
            )
        )
    return DONE


@more.command(help=say("Draft the record of processing of a dataset, for the data-protection officer."))
def report(
    folder: Folder,
    out: Annotated[str | None, typer.Option("--out", help=say("Markdown file to write; printed without."))] = None,
    purpose: Annotated[str, typer.Option(help=say("What the data are used for."))] = "",
    basis: Annotated[str, typer.Option(help=say("Legal basis, such as consent or legitimate interest."))] = "",
    keep: Annotated[str, typer.Option(help=say("How long the data are kept."))] = "",
) -> int:
    from cxlib import privacy
    from cxlib.tables.opening import open_dataset
    from cxlib.tables.processing import processing_record

    text = processing_record(
        open_dataset(folder), folder, key_file=privacy.key_file(), purpose=purpose, basis=basis, keep=keep
    )
    if out is None:
        for line in text.splitlines():
            output.heading(line)
        return DONE
    Path(out).write_text(text, encoding="utf-8", newline="\n")
    output.heading(say("Written to {path}. A draft: the data-protection officer completes it.", path=out))
    return DONE


@more.command(help=say("Count who consents to a purpose at a day, and write a dataset without all others."))
def consent(
    folder: Folder,
    purpose: Annotated[str, typer.Option(help=say("analytics, marketing or research."))],
    at: Annotated[
        str | None, typer.Option("--at", help=say("Day at whose end the answers count; today without."))
    ] = None,
    out: Annotated[str | None, typer.Option("--out", help=say("New folder; without it nothing is written."))] = None,
    format: Format = "table",
) -> int:
    from cxlib.tables.consent import consent as answers

    output.write(answers(folder, purpose, at=at, out=out), format)
    if out is not None and format == "table":
        output.heading(say("Written to {folder}. Next: cx check {folder}", folder=out))
    return DONE


def _secret(key_file: str | None) -> bytes:
    from cxlib import privacy

    return privacy.key(key_file)


def _nobody(folder: str) -> str:
    return say(
        "Nobody of these ids is in {folder}; nothing was changed. Ids of platforms carry its name, as in "
        '"zendesk 42", and pseudonyms are made with one key: --key-file names another.',
        folder=folder,
    )
