"""A dataset in the shape of a platform's own files: what one would have downloaded; it proves the importers."""

import json
from collections.abc import Callable
from pathlib import Path

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.platforms.writing import movidesk, track_co, zendesk
from cxlib.tables.dataset import Dataset

WRITERS: dict[str, Callable[[Dataset], dict[str, object]]] = {
    "zendesk": zendesk.files,
    "movidesk": movidesk.files,
    "track_co": track_co.files,
}


def write_as(dataset: Dataset, key: str, folder: Path) -> list[Path]:
    """Write what a dataset holds as a platform would give it, and return the files.

    `key` is one of `WRITERS`. The folder must be new or empty. Raises `InputError`.
    """
    if key not in WRITERS:
        raise InputError(
            say(
                "{found} is no platform whose files can be written. Choose one of: {names}.",
                found=repr(key),
                names=", ".join(WRITERS),
            )
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(say("{folder} is not empty; give a new folder.", folder=folder))
    made = WRITERS[key](dataset)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in made.items():
        path = folder / name
        path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        paths.append(path)
    return paths
