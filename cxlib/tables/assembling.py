"""From what each file gave to the tables of a dataset: one row a key, every other row accounted for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib import privacy
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.audit import Audit, Tally
from cxlib.tables.conform import key_troubles, settle_keys
from cxlib.tables.dataset import DEFAULT_ZONE, PRIVACY_FLOOR
from cxlib.tables.filling import harmless
from cxlib.tables.reading import Source
from cxlib.tables.schema import Table, schema
from cxlib.tables.storage import make_folder, paths_of, read_manifest, write_dataset

QUARANTINE = pa.schema(
    {"table": pa.string(), "source": pa.string(), "row": pa.int64(), "code": pa.string(), "content": pa.string()}
)
Troubles = Callable[[pa.Table, Table], pd.Series]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one file gave to one table."""

    source: Source
    rows: pa.Table


def standing_manifest(folder: Path, *, synthetic: bool) -> dict | None:
    """Return the manifest of the dataset that stands in a folder; refuse folders of other things."""
    if folder.is_dir():
        make_folder(folder)  # refuses a folder of other things before any work is done
        manifest = read_manifest(folder)
        if manifest is not None:
            own = manifest.get("cx")
            _unmixed(folder, own if isinstance(own, dict) else {}, synthetic)
        return manifest
    if folder.exists():
        raise InputError(say("{folder} is a file; give a folder for the dataset.", folder=folder))
    return None


def _unmixed(folder: Path, own: dict, synthetic: bool) -> None:
    if not synthetic and own.get("synthetic", True):
        raise InputError(
            say(
                "{folder} holds synthetic or foreign data; real data are not mixed with it. Give another folder.",
                folder=folder,
            )
        )
    if synthetic and (not own.get("synthetic") or "world" in own):
        raise InputError(
            say(
                "{folder} holds other data; what the mapping calls synthetic is not mixed with it. "
                "Give another folder.",
                folder=folder,
            )
        )


def settled(
    name: str, pieces: list[Part], *, troubles: Troubles = key_troubles, before: pa.Table | None = None
) -> tuple[pa.Table, Audit, list[pa.Table]]:
    """Join the parts of a table, one row per key; what is set aside is counted where it came from.

    `troubles` says which rows cannot stand and why; `before` are rows that stand in the dataset already, whose
    own account is not repeated.
    """
    earlier = [] if before is None else [before]
    joined = pa.concat_tables([*earlier, *(part.rows for part in pieces)], promote_options="permissive")
    codes = troubles(joined, schema()[name])
    kept, account = settle_keys(joined, schema()[name], source="", issues=[], codes=codes)
    tallies, quarantine, begins = [], [], sum(table.num_rows for table in earlier)
    for part in pieces:
        own = codes.iloc[begins : begins + part.rows.num_rows].reset_index(drop=True)
        begins += part.rows.num_rows
        lost = _quarantined(name, part, own.dropna())
        quarantine.append(lost)
        tallies.append(
            Tally(
                table=name,
                source=harmless(part.source.name),
                rows_in=part.source.rows_in,
                rows_used=part.source.rows_in - lost.num_rows,
                rows_set_aside=lost.num_rows,
            )
        )
    return kept, Audit(tallies=tuple(tallies), issues=account.issues), quarantine


def _quarantined(name: str, part: Part, lost: pd.Series) -> pa.Table:
    """The rows of a part that are not in the dataset: unreadable ones, and those whose key cannot stand."""
    again = pd.DataFrame(
        {
            "row": part.source.row_numbers.to_numpy()[lost.index],
            "code": lost.to_numpy(),
            "content": [str(part.rows.slice(int(place), 1).to_pylist()[0])[:200] for place in lost.index],
        }
    )
    frame = pd.concat([part.source.quarantine, again], ignore_index=True)
    # What the row held was never mapped, so nothing protected it: only its shape is kept.
    frame["content"] = frame["content"].map(privacy.outline)
    frame = frame.assign(table=name, source=harmless(part.source.name))[QUARANTINE.names]
    return pa.Table.from_pandas(frame, schema=QUARANTINE, preserve_index=False)


def standing_table(folder: Path, standing: dict | None, name: str) -> pa.Table | None:
    """Return a table of the dataset that stands in a folder; None when it has no such table."""
    for item in (standing or {}).get("resources", []):
        if item["name"] == name:
            return pa.concat_tables(pq.read_table(path) for path in paths_of(folder, item))
    return None


def write(
    folder: Path,
    standing: dict | None,
    tables: dict[str, pa.Table],
    audit: Audit,
    quarantine: pa.Table,
    chosen: dict,
    *,
    synthetic: bool,
    earlier: Audit | None = None,
) -> None:
    """Write `tables` and the standing ones that they do not replace, with the account of both.

    `earlier` is the account of the standing dataset when its rows live on in `tables`; without it the accounts and
    the quarantine of replaced tables go with them.
    """
    own = (standing or {}).get("cx", {})
    names = [item["name"] for item in (standing or {}).get("resources", []) if item["name"] not in tables]
    kept = {name: table for name in names if (table := standing_table(folder, standing, name)) is not None}
    old = Audit.from_dict(own.get("audit", {})).only(kept) if earlier is None else earlier
    if "quarantine" in own:
        before = pq.read_table(folder / own["quarantine"])
        stays = [earlier is not None or name in kept for name in before["table"].to_pylist()]
        quarantine = pa.concat_tables([before.filter(pa.array(stays, pa.bool_())), quarantine])
    settings = {
        "title": chosen.get("title") or own.get("title") or folder.resolve().name,
        "zone": chosen.get("zone") or own.get("zone") or DEFAULT_ZONE,
        "currency": chosen.get("currency") or own.get("currency"),
        "privacy_floor": PRIVACY_FLOOR,
        "synthetic": synthetic,
        "audit": (old + audit).as_dict(),
    }
    ordered = {name: (kept | tables)[name] for name in schema() if name in kept or name in tables}
    write_dataset(folder, ordered, settings=settings, quarantine=quarantine)
