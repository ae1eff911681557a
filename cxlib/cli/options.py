"""The options that several commands of `cx` share."""

from typing import Annotated

import typer

from cxlib.language import say

Data = Annotated[str, typer.Option("--data", help=say("Folder of a dataset, or a DuckDB file."))]
By = Annotated[list[str] | None, typer.Option("--by", help=say("Column to group by; may be given several times."))]
Every = Annotated[str | None, typer.Option("--every", help=say("day, week, month, quarter or year."))]
RuleName = Annotated[str | None, typer.Option("--rule", help=say("Which rule computes the number; see: cx metrics."))]
Start = Annotated[str | None, typer.Option("--start", help=say("First day counted, such as 2025-03-01."))]
End = Annotated[str | None, typer.Option("--end", help=say("First day not counted, such as 2025-04-01."))]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help=say("Day from which on nothing is known yet, such as 2026-01-01."))
]
SourceZone = Annotated[
    str | None, typer.Option("--source-zone", help=say("Zone of times that have none, such as America/Sao_Paulo."))
]
Format = Annotated[str, typer.Option("--format", help=say("table to read; csv or json for machines."))]
Out = Annotated[str, typer.Option("--out", help=say("Folder to write the dataset to."))]
Flag = Annotated[bool, typer.Option()]
Engine = Annotated[str, typer.Option("--engine", help=say("duckdb on this machine, or spark where it is installed."))]
