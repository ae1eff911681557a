"""The commands of `cx`. Each reads its arguments, calls the library and writes what comes back."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cxlib.cli import DONE, NO, blueprint, journeys, output, platforms, privacy
from cxlib.cli.options import AsOf, By, Data, End, Engine, Every, Format, Out, RuleName, SourceZone, Start
from cxlib.errors import InputError
from cxlib.language import language, say

MOST_WAYS = 20  # of a reconciliation, on a screen

app = typer.Typer(
    help=say("Customer experience metrics you can defend: value, n, interval, rule, and what was set aside."),
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
importing = typer.Typer(help=say("Bring your own files into a dataset."), rich_markup_mode=None)
app.add_typer(importing, name="import")
platforms.register(importing)
app.add_typer(journeys.app)
app.add_typer(blueprint.app)
app.add_typer(privacy.app)


@app.command(
    help=say("Check a dataset: what became of every row, and which metrics it can give. Exit 1: it has problems.")
)
def check(folder: Annotated[str, typer.Argument(metavar="DIR")], format: Format = "table") -> int:
    from cxlib.metrics.catalogue import computable
    from cxlib.tables.check import check as findings_of
    from cxlib.tables.check import tallies
    from cxlib.tables.opening import open_dataset

    dataset = open_dataset(folder)
    findings = findings_of(dataset)
    if format == "table":
        output.heading(repr(dataset) + (" " + say("Synthetic data.") if dataset.synthetic else ""))
        output.write(tallies(dataset), "table", title=say("Rows"))
        output.write(findings, "table", title=say("Findings"))
        output.write(computable(dataset), "table", title=say("Metrics"))
    else:
        output.write(findings, format)
    return NO if findings["outcome"].eq("problem").any() else DONE


@importing.command("table", help=say("Import files through a mapping; see docs/mapping.md."))
def import_table(
    files: Annotated[list[str], typer.Argument(metavar="FILE...")],
    mapping: Annotated[str, typer.Option("--map", help=say("TOML file that says which column is which."))],
    out: Out,
    zone: Annotated[str | None, typer.Option(help=say("Zone in which days and months begin."))] = None,
    source_zone: SourceZone = None,
    currency: Annotated[str | None, typer.Option(help=say("Currency of the money columns, such as BRL."))] = None,
) -> int:
    from cxlib.tables.check import tallies
    from cxlib.tables.importing import import_table as bring_in

    dataset = bring_in(
        files, mapping, out, zone=zone, source_zone=source_zone, currency=currency, progress=output.progress
    )
    output.write(tallies(dataset), "table", title=say("Rows"))
    output.heading(say("Written to {folder}. Next: cx check {folder}", folder=out))
    return DONE


@app.command(
    help=say(
        "Propose a mapping for files of yours, and ask what only you know. Exit 1: the import waits for answers."
    )
)
def propose(
    files: Annotated[list[str], typer.Argument(metavar="FILE...")],
    table: Annotated[str, typer.Option("--table", help=say("Table to fill, such as survey_responses or orders."))] = (
        "survey_responses"
    ),
    out: Annotated[str | None, typer.Option("--out", help=say("TOML file to write the mapping to."))] = None,
) -> int:
    from cxlib.tables.proposing import propose_mapping

    proposal = propose_mapping(files, table)
    for line in repr(proposal).splitlines():
        output.heading(line)
    if out is not None:
        path = proposal.write(out)
        output.heading("\n" + say("Written to {path}. Answer in it, then: cx import table --map {path}", path=path))
    return NO if any(question.needed for question in proposal.questions) else DONE


@app.command(help=say("List the metrics, or explain one."))
def metrics(name: Annotated[str | None, typer.Argument()] = None, format: Format = "table") -> int:
    from cxlib.metrics.catalogue import catalogue
    from cxlib.metrics.wording import explain

    if name is not None:
        output.heading(explain(name))
        return DONE
    output.write(catalogue(), format)
    return DONE


@app.command(help=say("Compute a metric."))
def metric(
    name: str,
    data: Data,
    by: By = None,
    every: Every = None,
    rule: RuleName = None,
    start: Start = None,
    end: End = None,
    as_of: AsOf = None,
    source_zone: SourceZone = None,
    engine: Engine = "duckdb",
    format: Format = "table",
    sql: Annotated[bool, typer.Option("--sql", help=say("Print the SQL instead of running it."))] = False,
    dialect: Annotated[
        str | None, typer.Option(help=say("With --sql: duckdb, snowflake, bigquery, postgres or databricks."))
    ] = None,
) -> int:
    from cxlib.metrics import ask
    from cxlib.tables.opening import open_on

    asked: dict[str, Any] = {
        "by": by or (),
        "every": every,
        "rule": rule,
        "start": start,
        "end": end,
        "as_of": as_of,
        "source_zone": source_zone,
    }
    source: Any = data
    if engine != "duckdb":
        source = open_on(data, engine, source_zone=source_zone)
    if sql or dialect:
        output.heading(ask.sql(source, name, **asked, dialect=dialect))
        return DONE
    return output.answer(ask.metric(source, name, **asked), format)


@app.command(help=say("Compare a metric by rules, by periods or by groups: is the difference news?"))
def compare(
    name: str,
    data: Data,
    rules: Annotated[bool, typer.Option("--rules", help=say("Every rival rule, side by side."))] = False,
    periods: Annotated[
        str | None, typer.Option(help=say("Each day, week, month, quarter or year with the one before."))
    ] = None,
    groups: Annotated[str | None, typer.Option(help=say("Each value of a column with all the others."))] = None,
    by: By = None,
    rule: RuleName = None,
    start: Start = None,
    end: End = None,
    as_of: AsOf = None,
    source_zone: SourceZone = None,
    engine: Engine = "duckdb",
    format: Format = "table",
) -> int:
    from cxlib.metrics.compare import compare as compared
    from cxlib.tables.opening import open_on

    asked: dict[str, Any] = {
        "by": by or (),
        "rule": rule,
        "start": start,
        "end": end,
        "as_of": as_of,
        "source_zone": source_zone,
    }
    source: Any = data
    if engine != "duckdb":
        source = open_on(data, engine, source_zone=source_zone)
    return output.answer(compared(source, name, rules=rules, periods=periods, groups=groups, **asked), format)


@app.command(
    help=say("Find out by which way of counting another tool arrives at its number. Exit 1: by none of those tried.")
)
def reconcile(
    name: str,
    data: Data,
    value: Annotated[str, typer.Option(help=say("The number on the screen, as written there: 47, 47.3%, 12.50."))],
    period: Annotated[str, typer.Option(help=say("2026-09-14, 2026-W38, 2026-09, 2026-Q3 or 2026."))],
    zone: Annotated[list[str] | None, typer.Option(help=say("Zone to try; may be given several times."))] = None,
    as_of: AsOf = None,
    source_zone: SourceZone = None,
    format: Format = "table",
) -> int:
    from cxlib.metrics.reconcile import conclusion
    from cxlib.metrics.reconcile import reconcile as reconciled

    given: dict[str, Any] = {"period": period, "as_of": as_of, "source_zone": source_zone}
    found = reconciled(data, name, value, zones=zone or ("UTC",), progress=output.progress, **given)
    if format == "table":
        output.heading(conclusion(found) + "\n")
    output.write(found.head(MOST_WAYS) if format == "table" else found, format)
    return DONE if found["matches"].any() else NO


@app.command(
    help=say("Find metrics, tables, columns and lessons by any name, in either language. Exit 1: nothing fits.")
)
def find(words: list[str], format: Format = "table") -> int:
    from cxlib.learning.finding import find as found_by

    found = found_by(" ".join(words))
    output.write(found, format)
    return DONE if len(found) else NO


@app.command(help=say("Write the report of a dataset: one HTML page, or one workbook."))
def report(
    data: Data,
    out: Annotated[str, typer.Option("--out", help=say("File to write the report to."))],
    format: Annotated[str, typer.Option("--format", help=say("html to read and forward; xlsx to compute."))] = "html",
) -> int:
    from cxlib.reports.report import write_report

    write_report(data, out, format=format, progress=output.progress)
    output.heading(say("Report written to {path}.", path=out))
    return DONE


@app.command(help=say("Write the synthetic company Ipê, whose truth is known."))
def world(
    out: Out,
    scale: Annotated[str, typer.Option(help=say("tiny, small, medium, large or a number of customers."))] = "small",
    seed: Annotated[int | None, typer.Option(help=say("A whole number: another seed, another company."))] = None,
    dirt: Annotated[bool, typer.Option("--dirt", help=say("With the faults of real systems, counted."))] = False,
    platform: Annotated[
        str | None, typer.Option("--as", help=say("As the files of a platform: zendesk, movidesk or track_co."))
    ] = None,
) -> int:
    from cxlib.world.store import write_world

    size = int(scale) if scale.isdigit() else scale
    if platform is not None:
        return platforms.world_as(platform, Path(out), size, seed, dirt)
    write_world(Path(out), scale=size, seed=seed, dirt=dirt, progress=output.progress)
    output.heading(say("Ipê (synthetic data) written to {folder}.", folder=out))
    return DONE


def run(given: list[str]) -> int:
    """Run one command line and return its exit code."""
    if "json" in given and "--format" in given:
        language("en")  # what a program reads never changes with the language
    try:
        return app(given or ["--help"], standalone_mode=False, prog_name="cx") or DONE
    except SystemExit as left:  # Typer's way to leave when the reader of the output has gone
        if isinstance(left.__context__, BrokenPipeError):
            raise left.__context__ from None
        raise
    except Exception as trouble:
        if not hasattr(trouble, "format_message"):  # not one of the command line's own
            raise
        raise InputError(_usage(trouble)) from None


def _usage(trouble: Any) -> str:
    name = getattr(trouble, "option_name", None) or getattr(getattr(trouble, "param", None), "opts", [None])[0]
    match type(trouble).__name__:
        case "NoSuchOption":
            return say("There is no option {name}. See: cx --help", name=name)
        case "MissingParameter":
            return say("{name} is missing. See: cx --help", name=name)
        case _:
            return say("This call is not right: {trouble} See: cx --help", trouble=trouble.format_message())
