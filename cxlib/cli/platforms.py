"""`cx import PLATFORM` and `cx import auto`: files of the platforms, recognised and brought in."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from cxlib.cli import DONE, output
from cxlib.cli.options import Out, SourceZone
from cxlib.language import say
from cxlib.platforms.description import NAMES, platform

Files = Annotated[list[str], typer.Argument(metavar="FILE...")]
Zone = Annotated[str | None, typer.Option(help=say("Zone in which days and months begin."))]
Currency = Annotated[str | None, typer.Option(help=say("Currency of the money columns, such as BRL."))]
Confirm = Annotated[
    bool, typer.Option("--confirm", help=say("Import files whose fields could not be checked against real ones."))
]
Synthetic = Annotated[bool, typer.Option("--synthetic", help=say("No real person is in the files: mark results so."))]
Where = Annotated[
    str | None, typer.Option("--out", help=say("Folder to write the dataset to; without it nothing is written."))
]


def register(app: typer.Typer) -> None:
    """Add a command for each platform, and `auto`, to `cx import`."""
    for key in NAMES:
        text = say(
            "Import files of {platform}: pages of its API, exports, zips of them.", platform=platform(key).name
        )
        app.command(key.replace("_", "-"), help=text)(_importer(key))
    app.command(
        "auto", help=say("Say which platform files come from, and why; import them when --out names a folder.")
    )(auto)


def _importer(key: str) -> Callable[..., int]:
    def bring_in(
        files: Files,
        out: Out,
        zone: Zone = None,
        source_zone: SourceZone = None,
        currency: Currency = None,
        confirm: Confirm = False,
        synthetic: Synthetic = False,
    ) -> int:
        return _bring_in(key, files, out, zone, source_zone, currency, confirm, synthetic)

    return bring_in


def auto(
    files: Files,
    out: Where = None,
    zone: Zone = None,
    source_zone: SourceZone = None,
    currency: Currency = None,
    confirm: Confirm = False,
    synthetic: Synthetic = False,
) -> int:
    """Print what each file is; import them all when `out` is given."""
    from cxlib.platforms.importing import recognised

    found = recognised(files)
    rows = [
        (one.document.name, platform(one.shape.platform).name, one.shape.name, one.rows, one.evidence)
        for one in found
    ]
    output.write(pd.DataFrame(rows, columns=["file", "platform", "shape", "rows", "evidence"]), "table")
    return DONE if out is None else _bring_in("auto", files, out, zone, source_zone, currency, confirm, synthetic)


def _bring_in(
    key: str,
    files: list[str],
    out: str,
    zone: str | None,
    source_zone: str | None,
    currency: str | None,
    confirm: bool,
    synthetic: bool,
) -> int:
    from cxlib.platforms.importing import import_platform
    from cxlib.tables.check import tallies

    dataset = import_platform(
        key,
        map(Path, files),
        out,
        zone=zone,
        source_zone=source_zone,
        currency=currency,
        confirm=confirm,
        synthetic=synthetic,
        progress=output.progress,
    )
    output.write(tallies(dataset), "table", title=say("Rows"))
    for issue in dataset.audit.issues:
        if issue.code == "name_as_identity" and issue.count:
            output.heading(_warned(issue.table, issue.column, issue.count))
    output.heading(say("Written to {folder}. Next: cx check {folder}", folder=out))
    return DONE


def _warned(table: str, column: str, count: int) -> str:
    return say(
        "Careful: {table}.{column} has nothing but names in {n} rows. Two people of one name count as one, "
        "one person written in two ways counts as two.",
        table=table,
        column=column,
        n=count,
    )


def world_as(key: str, out: Path, scale: str | int, seed: int | None, dirt: bool) -> int:
    """Write Ipê as the files of a platform; the company itself is made aside and goes when they stand."""
    from tempfile import TemporaryDirectory

    from cxlib.platforms.writing import write_as
    from cxlib.tables.opening import open_dataset
    from cxlib.world.store import write_world

    with TemporaryDirectory() as folder:
        write_world(Path(folder) / "ipe", scale=scale, seed=seed, dirt=dirt, progress=output.progress)
        paths = write_as(open_dataset(Path(folder) / "ipe"), key, out)
    files = " ".join(map(str, paths))
    output.heading(
        say(
            "Ipê (synthetic data) written to {files}. Next: cx import {platform} {files} --synthetic --out DIR",
            files=files,
            platform=key.replace("_", "-"),
        )
    )
    return DONE
