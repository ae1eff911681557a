"""`cx import table`: somebody's files, through a mapping, into a dataset. Nothing is dropped in silence."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa

from cxlib import privacy
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.assembling import Part, settled, standing_manifest, write
from cxlib.tables.audit import Audit
from cxlib.tables.dataset import Dataset
from cxlib.tables.filling import fill
from cxlib.tables.mapping import TableMapping, read_mapping
from cxlib.tables.opening import open_dataset
from cxlib.tables.public_host import keep_off_public_hosts
from cxlib.tables.reading import read_source
from cxlib.tables.time import zone_info


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
    standing = standing_manifest(folder, synthetic=plan.synthetic)
    tables, audit, quarantine = _imported(plan, paths, chosen.get("source_zone"), progress)
    progress(say("Writing {folder}", folder=folder))
    write(folder, standing, tables, audit, quarantine, chosen, synthetic=plan.synthetic)
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


def _imported(
    plan: TableMapping, paths: list[Path], source_zone: str | None, progress: Callable[[str], None]
) -> tuple[dict[str, pa.Table], Audit, pa.Table]:
    parts: dict[str, list[Part]] = {}
    audit, secret = Audit(), privacy.key()
    for section in plan.sections:
        for path in section.files(paths):
            progress(say("Reading {file} for {table}", file=path.name, table=section.table))
            source = read_source(path, encoding=section.encoding, header_row=section.header_row, sheet=section.sheet)
            rows, issues = fill(section, source, source_zone=source_zone, secret=secret)
            parts.setdefault(section.table, []).append(Part(source=source, rows=rows))
            audit += Audit(issues=tuple(issues))
    tables, quarantine = {}, list[pa.Table]()
    for name, pieces in parts.items():
        tables[name], account, lost = settled(name, pieces)
        audit, quarantine = audit + account, [*quarantine, *lost]
    return tables, audit, pa.concat_tables(quarantine)
