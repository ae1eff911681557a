"""`cx import PLATFORM`: files of a platform into a dataset, new or standing; the latest row of every id stays."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa

from cxlib import privacy
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.platforms.description import Filled, Platform, platform
from cxlib.platforms.flat import column, flat_rows, owned, plain_text, with_frame
from cxlib.platforms.recognise import Found, recognise
from cxlib.platforms.versions import earlier_account, latest, unmixed_platforms
from cxlib.tables.assembling import QUARANTINE, Part, settled, standing_manifest, standing_table, write
from cxlib.tables.audit import Audit, Issue
from cxlib.tables.dataset import Dataset
from cxlib.tables.filling import fill, harmless
from cxlib.tables.instants import to_instant
from cxlib.tables.mapping import Field, Section
from cxlib.tables.opening import open_dataset
from cxlib.tables.public_host import keep_off_public_hosts
from cxlib.tables.reading import Source
from cxlib.tables.reading.documents import WHOLE, read_documents
from cxlib.tables.schema import schema
from cxlib.tables.time import zone_info

TAG = "tag_"  # begins a column that a platform's own tags became
Flat = dict[str, list[Source]]  # the rows of each shape, file by file


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the caller said about the files."""

    source_zone: str | None
    currency: str | None
    secret: bytes


def import_platform(
    key: str,
    files: Iterable[str | Path],
    out: str | Path,
    *,
    zone: str | None = None,
    source_zone: str | None = None,
    currency: str | None = None,
    confirm: bool = False,
    synthetic: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Dataset:
    """Bring files of a platform into a dataset: "what do my exports say, and what became of every row?"

    `key` is a platform (`zendesk` ...) or `auto`. Files are what its API or its screens give: JSON pages, JSON lines,
    CSV, workbooks, zips of them. They are recognised by what stands in them. Rows of one id merge, the latest by the
    platform's own time of change, also with those of earlier deliveries in `out`; how many is in the audit.
    `source_zone` says how times without a zone are read, `currency` whose money without one is. Shapes that nobody
    could check against a real file are imported with `confirm` only; `synthetic` says that no person is in the
    files, and marks the dataset so. Raises `InputError`, and then nothing has
    been written.
    """
    if not synthetic:
        keep_off_public_hosts()
    for named in (zone, source_zone):
        if named:
            zone_info(named)
    folder = Path(out)
    standing = standing_manifest(folder, synthetic=synthetic)
    own = (standing or {}).get("cx", {})
    found = recognised(files, None if key == "auto" else key)
    _confirmed(found, confirm)
    asked = _Asked(source_zone=source_zone, currency=currency or own.get("currency"), secret=privacy.key())
    parts, audit = _parts(found, asked, progress)
    tables, account, lost, earlier = _merged(parts, folder, standing)
    progress(say("Writing {folder}", folder=folder))
    chosen = {"zone": zone, "currency": currency}
    write(folder, standing, tables, audit + account, lost, chosen, synthetic=synthetic, earlier=earlier)
    return open_dataset(folder)


def recognised(files: Iterable[str | Path], key: str | None = None) -> list[Found]:
    """Return what each file is, of one platform or of any; raises `InputError` for what is not recognised."""
    paths = [Path(path) for path in files]
    if not paths:
        raise InputError(say("No file was given to import."))
    return recognise([document for path in paths for document in read_documents(path)], key)


def _confirmed(found: list[Found], confirm: bool) -> None:
    for one in found:
        if one.shape.unverified and not confirm:
            raise InputError(
                say(
                    "{file} looks like {shape} of {platform}, whose fields are known from a few users' programs "
                    "only: {fields}. Compare a few rows with the screen; when they are right, say --confirm "
                    "(confirm=True in Python).",
                    file=harmless(one.document.name),
                    shape=one.shape.name,
                    platform=platform(one.shape.platform).name,
                    fields=", ".join(one.shape.needs),
                )
            )


def _parts(found: list[Found], asked: _Asked, progress: Callable[[str], None]) -> tuple[dict[str, list[Part]], Audit]:
    parts: dict[str, list[Part]] = {}
    issues: list[Issue] = []
    for key in dict.fromkeys(one.shape.platform for one in found):
        own, module = platform(key), _module(key)
        flat: Flat = {}
        for one in (one for one in found if one.shape.platform == key):
            progress(say("Reading {file} as {shape}", file=one.document.name, shape=one.shape.name))
            unpack = getattr(module, "UNPACK", {}).get(one.shape.name)
            for name, source in flat_rows(one, unpack).items():
                flat.setdefault(name, []).append(source)
        arrange = getattr(module, "arrange", None)
        if arrange:
            flat, told = arrange(flat, asked.source_zone)
            issues += told
        for filled in own.filled:
            for source in flat.get(filled.rows, []):
                part, told = _part(own, filled, source, asked)
                parts.setdefault(filled.section.table, []).append(part)
                issues += told
    return parts, Audit(issues=(*issues, *_not_read(found)))


def _module(key: str) -> ModuleType | None:
    try:
        return import_module(f"cxlib.platforms.{key}")
    except ModuleNotFoundError:
        return None


def _part(own: Platform, filled: Filled, source: Source, asked: _Asked) -> tuple[Part, list[Issue]]:
    section, missing, source = _there(_with_currency(filled.section, source, asked.currency), source)
    source = _made_ours(own, filled, section, source)
    rows, issues = fill(section, source, source_zone=asked.source_zone, secret=asked.secret)
    version = filled.version.column if filled.version else None
    issues = [issue for issue in issues if issue.code != "unmapped_column" or issue.column != version]
    issues += [_issue(section, name, "missing_column", source.rows_in, "left_out") for name in missing]
    for name in filled.identity:
        if name in section.fields:
            count = len(rows) - rows[name].null_count
            issues.append(_issue(section, name, "name_as_identity", count, "kept"))
    rows = rows.append_column("updated_at", _changed(filled, source, asked))
    rows = rows.append_column("platform", pa.array([own.key] * len(rows), pa.string()))
    return Part(source=source, rows=rows), issues


def _made_ours(own: Platform, filled: Filled, section: Section, source: Source) -> Source:
    """Mark ids of people as the platform's, and take the web page out of text."""
    frame = source.frame.copy()
    for names, made in ((filled.owned, lambda ids: owned(own.key, ids)), (filled.plain, plain_text)):
        for name in names:
            if name in section.fields:
                raw = str(section.fields[name].column)
                frame[raw] = made(frame[raw])
    return with_frame(source, frame)


def _changed(filled: Filled, source: Source, asked: _Asked) -> pa.Array:
    version = filled.version
    if version is None or version.column not in source.frame:
        return pa.nulls(len(source.frame), pa.timestamp("us"))
    zone = version.source_zone or asked.source_zone
    changed = to_instant(source.frame[version.column], format=version.format, source_zone=zone).values
    return pa.array(changed, pa.timestamp("us"), from_pandas=True)


def _there(section: Section, source: Source) -> tuple[Section, list[str], Source]:
    """Return the section without the columns that a file does not have, and which these are.

    What the table cannot be without is there and empty.
    """
    required = set(schema()[section.table].required)
    asked = {**section.fields, **section.keep}
    missing = [name for name, one in asked.items() if one.column is not None and one.column not in source.frame]
    empty = {str(asked[name].column): None for name in missing if name in required}
    frame = source.frame.assign(**{name: pd.Series(None, source.frame.index, dtype="str") for name in empty})
    gone = {name for name in missing if name not in required}
    fields = {name: one for name, one in section.fields.items() if name not in gone}
    keep = {name: one for name, one in section.keep.items() if name not in gone}
    keep |= {name: Field(column=name) for name in map(str, frame.columns) if name.startswith(TAG)}
    return replace(section, fields=fields, keep=keep), missing, with_frame(source, frame)


def _with_currency(section: Section, source: Source, currency: str | None) -> Section:
    """Return the section with a currency for its money; where the file does not say one, the caller must."""
    known, frame = schema()[section.table].columns, source.frame
    asked = section.fields.get("currency")
    if asked is None or asked.column is None or column(frame, asked.column).notna().any():
        return section
    money = [str(one.column) for name, one in section.fields.items() if known[name].unit == "cents"]
    if currency is None and any(column(frame, name).notna().any() for name in money):
        raise InputError(
            say(
                "{file} has amounts of money and does not say in which currency. "
                "Say --currency BRL (or the one it is).",
                file=harmless(source.name),
            )
        )
    return replace(section, fields={**section.fields, "currency": Field(value=currency or "")})


def _issue(section: Section, column: str, code: str, count: int, outcome: str) -> Issue:
    return Issue(table=section.table, column=column, code=code, found="", count=count, outcome=outcome)


def _not_read(found: list[Found]) -> list[Issue]:
    """Name the lists of a file that nothing here reads."""
    documents = {id(one.document): one.document for one in found}
    read = {(id(one.document), one.holder) for one in found}
    whole = {id(one.document) for one in found if one.holder in (None, WHOLE)}
    return [
        Issue(
            table="",
            column=harmless(holder),
            code="list_not_read",
            found=harmless(document.name),
            count=len(records),
            outcome="left_out",
        )
        for place, document in documents.items()
        if place not in whole
        for holder, records in document.lists.items()
        if holder != WHOLE and (place, holder) not in read and records and isinstance(records[0][1], dict)
    ]


def _merged(
    parts: dict[str, list[Part]], folder: Path, standing: dict | None
) -> tuple[dict[str, pa.Table], Audit, pa.Table, Audit]:
    tables, audit, quarantine = {}, Audit(), [QUARANTINE.empty_table()]
    earlier = Audit.from_dict((standing or {}).get("cx", {}).get("audit", {}))
    for name, pieces in parts.items():
        before = standing_table(folder, standing, name)
        unmixed_platforms(name, before, pieces)
        tables[name], account, lost = settled(name, pieces, troubles=latest, before=before)
        audit, quarantine = audit + account, [*quarantine, *lost]
        if before is not None:
            used = sum(tally.rows_used for tally in account.tallies)
            earlier = earlier_account(earlier, name, before.num_rows, tables[name].num_rows - used)
    return tables, audit, pa.concat_tables(quarantine), earlier
