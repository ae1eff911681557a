"""The command about service blueprints: check, measure, draw."""

from typing import Annotated

import typer

from cxlib.cli import DONE, NO, output
from cxlib.cli.options import Format, SourceZone
from cxlib.language import say

app = typer.Typer()


@app.command(
    help=say("Check a service blueprint; with --data measure it, with --out draw it. Exit 1: it breaks rules.")
)
def blueprint(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=say("YAML file of a blueprint; see docs/blueprint.md."))
    ],
    data: Annotated[str | None, typer.Option("--data", help=say("Folder of a dataset, or a DuckDB file."))] = None,
    out: Annotated[str | None, typer.Option("--out", help=say("HTML file to draw it to."))] = None,
    source_zone: SourceZone = None,
    format: Format = "table",
) -> int:
    from cxlib.charts.blueprint import blueprint as read

    output.check_format(format)
    found = read(file, data=data, source_zone=source_zone)
    problems = found.problems
    if format != "table":
        output.write(problems if found.numbers is None else found.numbers, format)
    else:
        output.heading(repr(found))
        for row in problems.to_dict("records"):
            output.heading(
                say("{code} {rule}, line {line}: {problem}", code=row["code"], rule=row["rule"], line=row["line"],
                    problem=row["problem"])
            )  # fmt: skip
        if found.numbers is not None:
            output.heading("")
            output.answer(found.numbers, format)
    if out is not None:
        path = found.write(out)
        if format == "table":
            output.heading(say("Drawn to {path}.", path=path))
    return NO if len(problems) else DONE
