"""Reports that stand in a folder: pages and workbooks written by cxlib, to be deleted when a person is forgotten."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

_MARK = b'<meta name="generator" content="cxlib">'
_HEAD = 4000  # bytes of a page, within which the mark stands


def reports_in(folders: Iterable[str | Path]) -> list[Path]:
    """Return the reports that stand in folders, not in folders inside them: "what did we write from these data?"

    Pages are known by their head, workbooks by their author. Reports that were moved, renamed to another kind or
    sent away are not found, nor pages written before they carried the mark.
    """
    files = {path for folder in folders if Path(folder).is_dir() for path in Path(folder).iterdir() if path.is_file()}
    return sorted(path for path in files if _is_report(path))


def _is_report(path: Path) -> bool:
    try:
        if path.suffix.lower() in (".html", ".htm"):
            with path.open("rb") as file:
                return _MARK in file.read(_HEAD)
        if path.suffix.lower() == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                return b">cxlib</dc:creator>" in archive.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return False
