"""Ipê on disk: the company that comes with the course, and others made on demand in the user's cache."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.audit import Audit
from cxlib.tables.dataset import DEFAULT_ZONE, Dataset
from cxlib.tables.engine import cache_folder
from cxlib.tables.opening import open_dataset
from cxlib.tables.storage import MANIFEST, read_manifest, write_dataset
from cxlib.world.build import SEED, assembled, sizes
from cxlib.world.dirt import KINDS
from cxlib.world.making import account, conformed, in_batches, typed

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "ipe"
VERSION = "4"  # raised when the same seed no longer gives the same company
IN_MEMORY = 50_000  # customers; larger companies are made in batches


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
    dirt: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> None:
    """Generate Ipê and write it to a folder as a dataset marked synthetic. Raises `InputError`.

    With `dirt` the tables carry the faults of real systems, and the manifest says how many of each kind. A
    company of more than 50,000 customers is made in batches in the folder `NAME.making` beside the dataset:
    constant memory, and a run that was stopped goes on where it was.
    """
    folder = Path(folder)
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is not None and not manifest.get("cx", {}).get("synthetic"):
        raise InputError(say("{folder} holds data that are not synthetic. Give another folder.", folder=folder))
    seed = SEED if seed is None else seed
    world: dict[str, object] = {"seed": seed, "scale": scale}
    if sum(sizes(scale)) > IN_MEMORY:
        if dirt:
            raise InputError(say("Dirt is strewn over at most {most} customers.", most=f"{IN_MEMORY:,}"))
        waiting = folder.with_name(folder.name + ".making")
        tables, audit = in_batches(waiting, seed, scale, VERSION, progress)
        _write(folder, tables, world, audit)
        shutil.rmtree(waiting, ignore_errors=True)
        return
    progress("Ipê ...")
    frames, counts = assembled(seed, scale, dirt=dirt)
    if dirt:
        world["dirt"] = {kind: counts[kind] for kind in KINDS}
        read = {name: conformed(name, frame) for name, frame in frames.items()}
        made = {name: table for name, (table, _) in read.items()}
        audit = sum((own for _, own in read.values()), Audit())
    else:
        made = {name: typed(name, frame) for name, frame in frames.items()}
        audit = account({name: len(frame) for name, frame in frames.items()})
    _write(folder, made, world, audit)


def _write(folder: Path, tables: Mapping, world: dict[str, object], audit: Audit) -> None:
    settings = {
        "title": "Ipê (synthetic)",
        "zone": DEFAULT_ZONE,
        "currency": "BRL",
        "privacy_floor": 0,
        "synthetic": True,
        "world": world,
        "audit": audit.as_dict(),
    }
    write_dataset(folder, tables, settings=settings)
