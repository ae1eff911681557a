"""`cx import table`: somebody's files, through a mapping, into a dataset. Nothing is dropped in silence."""

from collections.abc import Callable, Iterable
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
from cxlib.tables.dataset import DEFAULT_ZONE, PRIVACY_FLOOR, Dataset
from cxlib.tables.filling import fill, harmless
from cxlib.tables.mapping import TableMapping, read_mapping
from cxlib.tables.opening import open_dataset
from cxlib.tables.public_host import keep_off_public_hosts
from cxlib.tables.reading import Source, read_source
from cxlib.tables.schema import schema
from cxlib.tables.storage import make_folder, paths_of, read_manifest, write_dataset
from cxlib.tables.time import zone_info

QUARANTINE = pa.schema(
    {"table": pa.string(), "source": pa.string(), "row": pa.int64(), "code": pa.string(), "content": pa.string()}
)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one file gave to one table."""

    source: Source
    rows: pa.Table


def import_table(
    files: Iterable[str | Path],
    mapping: str | Path,
    out: str | Path,
    *,
    zone: str | None = None,
    source_zone: str | None = None,
    currency: str | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Dataset:
    """Bring files into a dataset: "can I have my own data in here, and know what became of every row?"

    `files` are CSV (any usual encoding, separator, decimal comma), XLSX, Parquet or JSON lines;
    `mapping` is the TOML file of docs/mapping.md; `out` is the folder of the dataset, new or existing: the
    tables of the mapping are replaced in it, the others stay. Identifiers of people become pseudonyms,
    free text is redacted, columns the mapping does not name are left out and listed. A value that
    cannot be read becomes null and an issue; a row that cannot be read goes to quarantine.
    `source_zone` says how times without a zone are read. Returns the dataset. Raises `InputError`,
    and then nothing has been written; on Binder, Colab and Kaggle for everything the mapping does not call
    synthetic, unless `CX_ALLOW_PUBLIC_HOST=1` is set.
    """
    plan = read_mapping(Path(mapping))
    if not plan.synthetic:
        keep_off_public_hosts()
    paths = [Path(path) for path in files]
    chosen = dict(plan.settings) | {
        key: value for key, value in {"zone": zone, "source_zone": source_zone, "currency": currency}.items() if value
    }
    for key in ("zone", "source_zone"):
        if key in chosen:
            zone_info(chosen[key])
    _all_used(plan, paths)
    folder = Path(out)
    standing = _standing(folder, plan)
    tables, audit, quarantine = _imported(plan, paths, chosen.get("source_zone"), progress)
    progress(say("Writing {folder}", folder=folder))
    _write(folder, standing, tables, audit, quarantine, chosen, plan.synthetic)
    return open_dataset(folder)


def _all_used(plan: TableMapping, paths: list[Path]) -> None:
    if not paths:
        raise InputError(say("No file was given to import."))
    for section in plan.sections:
        if not section.files(paths):
            raise InputError(
                say(
                    "[{table}] reads {source}, and no file given is called that. Given: {files}.",
                    table=section.table,
                    source=repr(section.source),
                    files=", ".join(path.name for path in paths),
                )
            )
    for path in paths:
        if not any(path in section.files(paths) for section in plan.sections):
            raise InputError(
                say("No section of the mapping reads {file}. Leave the file out or add a section.", file=path.name)
            )


def _standing(folder: Path, plan: TableMapping) -> dict | None:
    if folder.is_dir():
        make_folder(folder)  # refuses a folder of other things before any work is done
        manifest = read_manifest(folder)
        if manifest is not None:
            own = manifest.get("cx")
            _unmixed(folder, own if isinstance(own, dict) else {}, plan)
        return manifest
    if folder.exists():
        raise InputError(say("{folder} is a file; give a folder for the dataset.", folder=folder))
    return None


def _unmixed(folder: Path, own: dict, plan: TableMapping) -> None:
    if not plan.synthetic and own.get("synthetic", True):
        raise InputError(
            say(
                "{folder} holds synthetic or foreign data; real data are not mixed with it. Give another folder.",
                folder=folder,
            )
        )
    if plan.synthetic and (not own.get("synthetic") or "world" in own):
        raise InputError(
            say(
                "{folder} holds other data; what the mapping calls synthetic is not mixed with it. "
                "Give another folder.",
                folder=folder,
            )
        )


def _imported(
    plan: TableMapping, paths: list[Path], source_zone: str | None, progress: Callable[[str], None]
) -> tuple[dict[str, pa.Table], Audit, pa.Table]:
    parts: dict[str, list[_Part]] = {}
    audit, secret = Audit(), privacy.key()
    for section in plan.sections:
        for path in section.files(paths):
            progress(say("Reading {file} for {table}", file=path.name, table=section.table))
            source = read_source(path, encoding=section.encoding, header_row=section.header_row, sheet=section.sheet)
            rows, issues = fill(section, source, source_zone=source_zone, secret=secret)
            parts.setdefault(section.table, []).append(_Part(source=source, rows=rows))
            audit += Audit(issues=tuple(issues))
    tables, quarantine = {}, list[pa.Table]()
    for name, pieces in parts.items():
        tables[name], account, lost = _settled(name, pieces)
        audit, quarantine = audit + account, [*quarantine, *lost]
    return tables, audit, pa.concat_tables(quarantine)


def _settled(name: str, pieces: list[_Part]) -> tuple[pa.Table, Audit, list[pa.Table]]:
    """Join the parts of a table, one row per key; what is set aside is counted where it came from."""
    joined = pa.concat_tables([part.rows for part in pieces], promote_options="permissive")
    codes = key_troubles(joined, schema()[name])
    kept, account = settle_keys(joined, schema()[name], source="", issues=[])
    tallies, quarantine, begins = [], [], 0
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


def _quarantined(name: str, part: _Part, lost: pd.Series) -> pa.Table:
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


def _write(
    folder: Path,
    standing: dict | None,
    tables: dict[str, pa.Table],
    audit: Audit,
    quarantine: pa.Table,
    chosen: dict,
    synthetic: bool,
) -> None:
    own = (standing or {}).get("cx", {})
    kept = {
        item["name"]: pa.concat_tables(pq.read_table(path) for path in paths_of(folder, item))
        for item in (standing or {}).get("resources", [])
        if item["name"] not in tables
    }
    old = Audit.from_dict(own.get("audit", {})).only(kept)
    if "quarantine" in own:
        before = pq.read_table(folder / own["quarantine"])
        others = before.filter(pa.array([name in kept for name in before["table"].to_pylist()], pa.bool_()))
        quarantine = pa.concat_tables([others, quarantine])
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
