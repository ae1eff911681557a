"""Whether an import ended well: a true account and readable files, or one sentence and nothing changed."""

import json
import random
import re
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import cxlib as cx
from cxlib.tables.dataset import Dataset
from mutating.deliveries import SUBJECTS, delivered
from mutating.kinds import kinds_for

LONGEST_SENTENCE = 4000
PERSONAL = re.compile(r"(?<![\w.+-])(ana|bia|caio)@example\.com(?!\w)|98765-4321", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What one damaged delivery came to; `trouble` is empty unless it ended badly."""

    subject: str
    kind: str
    refused: bool
    trouble: str = ""


def one_mutation(subject: str, seed: str, work: Path) -> Ending:
    """Damage one file of a delivery and import it, every other time into a folder where a dataset stands."""
    chance = random.Random(f"{subject} {seed}")
    folder = Path(work) / "delivery"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files, bring = delivered(subject, folder, chance), SUBJECTS[subject][1]
    out = folder / "out"
    if chance.random() < 0.5:
        shutil.copytree(_standing(subject, Path(work)), out)
    before = _contents(out)
    file = chance.choice(files)
    data = file.read_bytes()
    ways = kinds_for(data, chance)
    kind = chance.choice(list(ways))
    file.write_bytes(ways[kind](data, chance))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", message="fetch_record_batch", category=DeprecationWarning)
            shop = bring(files, out)
    except cx.InputError as told:
        return Ending(subject=subject, kind=kind, refused=True, trouble=refusal_trouble(str(told), before, out))
    except Exception as error:
        return Ending(subject=subject, kind=kind, refused=False, trouble=f"{type(error).__name__}: {error}"[:500])
    return Ending(subject=subject, kind=kind, refused=False, trouble=account_trouble(shop, out))


def _standing(subject: str, work: Path) -> Path:
    """Return a dataset of undamaged files of a subject, made once."""
    made = work / "standing" / subject
    if not (made / "datapackage.json").exists():
        source = work / "standing" / f"{subject} files"
        source.mkdir(parents=True, exist_ok=True)
        SUBJECTS[subject][1](SUBJECTS[subject][0][0](source), made)
    return made


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def refusal_trouble(told: str, before: dict[str, bytes], out: Path) -> str:
    """Return what is wrong with a refusal: no sentence, more than one line, or a folder that changed."""
    if not told.strip():
        return "no sentence"
    if "\n" in told or len(told) > LONGEST_SENTENCE:
        return f"not one sentence, {len(told)} characters: {told[:300]!r}"
    return "" if _contents(out) == before else f"the folder changed, and it was refused: {told[:200]}"


def account_trouble(shop: Dataset, out: Path) -> str:
    """Return what is wrong with a dataset: an account that does not add up, files unlisted, people in the open."""
    manifest = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    rows = {item["name"]: item["rows"] for item in manifest["resources"]}
    for name in shop:
        own = [tally for tally in shop.audit.tallies if tally.table == name]
        if any(one.rows_in != one.rows_used + one.rows_set_aside for one in own):
            return f"{name}: rows do not add up: {own}"
        if sum(one.rows_used for one in own) != rows[name]:
            return f"{name}: {rows[name]} rows stand there, the account says {own}"
    listed = {path for item in manifest["resources"] for path in _many(item["path"])}
    listed |= {manifest["cx"]["quarantine"], "datapackage.json"}
    if {path.name for path in out.iterdir()} != listed:
        return "files that nothing lists"
    found = PERSONAL.search(_everything(out))
    return f"in the open: {found[0]}" if found else ""


def _many(path: str | list[str]) -> list[str]:
    return path if isinstance(path, list) else [path]


def _everything(out: Path) -> str:
    """Return all text of a dataset."""
    texts = [(out / "datapackage.json").read_text(encoding="utf-8")]
    for file in out.glob("*.parquet"):
        table = pq.read_table(file)
        for column in table.columns:
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                texts += [text for text in column.unique().to_pylist() if text]
    return "\n".join(texts)
