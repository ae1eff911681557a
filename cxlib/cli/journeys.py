"""The commands about journeys: sessions and paths, transitions, funnels, stages."""

from typing import Annotated, Any

import typer

from cxlib.cli import output
from cxlib.cli.options import By, Data, End, Engine, Every, Format, SourceZone, Start
from cxlib.language import say

app = typer.Typer()
Steps = Annotated[
    list[str] | None, typer.Option("--step", help=say("Event type looked at; may be given several times."))
]
Paths = Annotated[
    str,
    typer.Option("--paths", help=say("Where a path ends: person (never), ga4, recorded ...")),
]


@app.command(help=say("Count sessions and bounces by a rule, or by all of them; with --top, the most common paths."))
def journey(
    data: Data,
    rule: Annotated[str, typer.Option("--rule", help=say("Where a session ends: ga4, ua, posthog ..."))] = "ga4",
    rules: Annotated[bool, typer.Option("--rules", help=say("Every rival rule, side by side."))] = False,
    measures: Annotated[
        list[str] | None,
        typer.Option("--measure", help=say("sessions, sessions_per_person, bounce_single_event or bounce_ga4.")),
    ] = None,
    most_sessions: Annotated[
        int | None, typer.Option("--most-sessions", help=say("Set aside everybody with more sessions than this."))
    ] = None,
    top: Annotated[int | None, typer.Option("--top", help=say("So many of the most common paths instead."))] = None,
    by: By = None,
    every: Every = None,
    start: Start = None,
    end: End = None,
    source_zone: SourceZone = None,
    engine: Engine = "duckdb",
    format: Format = "table",
) -> int:
    from cxlib.journeys.paths import paths
    from cxlib.journeys.sessions import MEASURES, sessions
    from cxlib.tables.opening import open_on

    dataset = open_on(data, engine, source_zone=source_zone)
    days: dict[str, Any] = {"start": start, "end": end}
    if top is not None:
        return output.answer(paths(dataset, most=top, paths=rule, **days), format)
    asked: dict[str, Any] = {
        "by": by or (),
        "every": every,
        "measures": measures or MEASURES[:3],
        "most_sessions": most_sessions,
    }
    return output.answer(sessions(dataset, rule=rule, rules=rules, **asked, **days), format)


@app.command(help=say("Count what people do next; with --goal, how likely the goal is from each step."))
def transitions(
    data: Data,
    steps: Steps = None,
    paths: Paths = "person",
    order: Annotated[int, typer.Option("--order", help=say("1 or 2: how many steps back it looks."))] = 1,
    ends: Annotated[bool, typer.Option("--ends/--no-ends", help=say("With a start and an exit."))] = True,
    goal: Annotated[str | None, typer.Option("--goal", help=say("Event type that ends the journey well."))] = None,
    by: By = None,
    start: Start = None,
    end: End = None,
    source_zone: SourceZone = None,
    engine: Engine = "duckdb",
    format: Format = "table",
) -> int:
    from cxlib.journeys.transitions import conversion
    from cxlib.journeys.transitions import transitions as counted
    from cxlib.tables.opening import open_on

    dataset = open_on(data, engine, source_zone=source_zone)
    found = counted(dataset, steps=steps, paths=paths, order=order, ends=ends, by=by or (), start=start, end=end)
    return output.answer(found if goal is None else conversion(found, goal), format)


@app.command(help=say("Count a funnel: who enters, who gets how far within some days, and how long it takes."))
def funnel(
    data: Data,
    steps: Annotated[
        list[str],
        typer.Option(
            "--step",
            help=say("Event types in order; a|b counts either, a? may be left out."),
        ),
    ],
    days: Annotated[float, typer.Option("--days", help=say("How long each person is followed from the entry."))] = 7,
    until: Annotated[str | None, typer.Option("--until", help=say("First day that the log does not cover."))] = None,
    by: By = None,
    every: Every = None,
    start: Start = None,
    end: End = None,
    source_zone: SourceZone = None,
    engine: Engine = "duckdb",
    format: Format = "table",
) -> int:
    from cxlib.journeys.funnel import Step
    from cxlib.journeys.funnel import funnel as counted
    from cxlib.tables.opening import open_on

    asked = [
        Step(name=one.rstrip("?"), events=tuple(one.rstrip("?").split("|")), optional=one.endswith("?"))
        for one in steps
    ]
    dataset = open_on(data, engine, source_zone=source_zone)
    found = counted(dataset, asked, days=days, by=by or (), every=every, start=start, end=end, until=until)
    return output.answer(found, format)


@app.command(help=say("Count how far journeys get, from awareness to loyalty; with --times, how long stages last."))
def stages(
    data: Data,
    goal: Annotated[str, typer.Option("--goal", help=say("What a journey is for: purchase or issue."))] = "purchase",
    variant: Annotated[
        str, typer.Option("--variant", help=say("The model of stages: canonical_7, f1_5 or f3_6."))
    ] = "canonical_7",
    rules: Annotated[str | None, typer.Option("--rules", help=say("A file with rules of your own (TOML)."))] = None,
    times: Annotated[
        bool, typer.Option("--times", help=say("How long stages last, who goes on and who leaves."))
    ] = False,
    by: By = None,
    start: Start = None,
    end: End = None,
    source_zone: SourceZone = None,
    engine: Engine = "duckdb",
    format: Format = "table",
) -> int:
    from cxlib.journeys.stage_times import stage_times
    from cxlib.journeys.stages import stages as counted
    from cxlib.tables.opening import open_on

    dataset = open_on(data, engine, source_zone=source_zone)
    asked: dict[str, Any] = {
        "goal": goal,
        "variant": variant,
        "rules": rules,
        "by": by or (),
        "start": start,
        "end": end,
    }
    return output.answer((stage_times if times else counted)(dataset, **asked), format)
