"""Ipê on disk: the company that comes with the course, and others made on demand in the user's cache."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.audit import Audit
from cxlib.tables.conform import conform
from cxlib.tables.dataset import DEFAULT_ZONE, Dataset
from cxlib.tables.engine import cache_folder
from cxlib.tables.opening import open_dataset
from cxlib.tables.storage import MANIFEST, read_manifest, write_dataset
from cxlib.world.build import SEED, tables

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "ipe"
VERSION = "3"  # raised when the same seed no longer gives the same company


def ipe(scale: str | int = "small", seed: int | None = None) -> Dataset:
    """Open Ipê, the synthetic company: "data like ours, whose right answers are known".

    Without arguments it is the company of the course, which comes with the repository. Another `seed`, or
    another `scale` (tiny, small, medium or a number of customers), is generated once into the user's
    cache. The same seed gives the same company on every machine.

    >>> shop = ipe(scale="tiny")
    >>> shop.synthetic, shop.currency
    (True, 'BRL')
    """
    seed = SEED if seed is None else seed
    if (scale, seed) == ("small", SEED) and (BUNDLED / MANIFEST).exists():
        return open_dataset(BUNDLED)
    folder = cache_folder("ipe") / f"{scale}-{seed}-v{VERSION}"
    if not (folder / MANIFEST).exists():
        # Another notebook may be making the same company: whoever is first puts it in place.
        made = Path(tempfile.mkdtemp(prefix="making-", dir=folder.parent))
        write_world(made, scale=scale, seed=seed)
        with contextlib.suppress(OSError):
            made.rename(folder)
        shutil.rmtree(made, ignore_errors=True)
    return open_dataset(folder)


def write_world(
    folder: Path,
    *,
    scale: str | int = "small",
    seed: int | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> None:
    """Generate Ipê and write it to a folder as a dataset marked synthetic. Raises `InputError`."""
    manifest = read_manifest(Path(folder)) if Path(folder).is_dir() else None
    if manifest is not None and not manifest.get("cx", {}).get("synthetic"):
        raise InputError(say("{folder} holds data that are not synthetic. Give another folder.", folder=folder))
    progress("Ipê ...")
    seed = SEED if seed is None else seed
    rows, audit = _conformed(tables(seed, scale))
    settings = {
        "title": "Ipê (synthetic)",
        "zone": DEFAULT_ZONE,
        "currency": "BRL",
        "privacy_floor": 0,
        "synthetic": True,
        "world": {"seed": seed, "scale": scale},
        "audit": audit.as_dict(),
    }
    write_dataset(Path(folder), rows, settings=settings)


def _conformed(frames: Mapping) -> tuple[dict[str, pa.Table], Audit]:
    made, audit = {}, Audit()
    for name, frame in frames.items():
        made[name], account = conform(frame, name, source="Ipê", source_zone="UTC")
        audit += account
    return made, audit
