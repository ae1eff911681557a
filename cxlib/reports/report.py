"""The report of a dataset: one page to read, print and forward, or one workbook to compute with."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from cxlib.errors import InputError
from cxlib.language import language, say
from cxlib.reports.gathering import gather
from cxlib.tables.opening import open_dataset

FORMATS = ("html", "xlsx")


def write_report(
    data: object,
    out: str | Path,
    *,
    format: str = "html",
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write the report of a dataset: "what moved, is it news, and can I defend it?"

    `data` is anything `open_dataset` takes. `format` is html (one page that fetches nothing) or xlsx (the same
    numbers as cells). The file is written to `out` in the language in use, in one replacement: a failed run leaves
    an older report as it was. Returns the path. Raises `InputError`.
    """
    if format not in FORMATS:
        raise InputError(
            say("{format} is not a format. Choose one of: {formats}.",
                format=repr(format), formats=", ".join(FORMATS))
        )  # fmt: skip
    path = Path(out)
    if path.exists() and not path.is_file():
        raise InputError(say("{path} is not a file. Name a file to write.", path=path))
    return _replace(path, (_page if format == "html" else _workbook)(data, progress))


def _page(data: object, progress: Callable[[str], None]) -> bytes:
    from cxlib.reports.handing import on_disk
    from cxlib.reports.publishing import published
    from cxlib.reports.running import run

    with on_disk(data) as place:
        notebook = run({"data": place, "language": language()}, progress)
    progress(say("Writing the page"))
    return published(notebook).encode("utf-8")


def _workbook(data: object, progress: Callable[[str], None]) -> bytes:
    from cxlib.reports.workbook import workbook

    dataset = open_dataset(data)
    return workbook(dataset, gather(dataset, progress))


def _replace(path: Path, content: bytes) -> Path:
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as trouble:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise InputError(say("{path} cannot be written: {trouble}", path=path, trouble=trouble.strerror)) from None
    return path
