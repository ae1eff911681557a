"""`cx import table`: somebody's files, through a mapping, into a dataset. Nothing is dropped in silence."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib import privacy
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables import values
from cxlib.tables.audit import Audit, Issue, Tally
from cxlib.tables.conform import arrow, convert, free_column, settle_keys
from cxlib.tables.dataset import DEFAULT_ZONE, PRIVACY_FLOOR, Dataset
from cxlib.tables.mapping import Field, Section, TableMapping, heading, read_mapping
from cxlib.tables.opening import open_dataset
from cxlib.tables.reading import Source, read_source
from cxlib.tables.schema import Column, schema
from cxlib.tables.storage import make_folder, read_manifest, write_dataset
from cxlib.tables.time import zone_info

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
QUARANTINE = pa.schema(
    {"table": pa.string(), "source": pa.string(), "row": pa.int64(), "code": pa.string(), "content": pa.string()}
)


@dataclass
class _Account:
    """What one section made of one file, filled column by column."""

    section: Section
    source: Source
    columns: dict[str, pa.Array] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def note(self, column: str, code: str, found: object, count: int, outcome: str) -> None:
        if count:
            self.issues.append(
                Issue(
                    table=self.section.table,
                    column=column,
                    code=code,
                    found=_safe(found),
                    count=int(count),
                    outcome=outcome,
                )
            )


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
    and then nothing has been written.
    """
    plan = read_mapping(Path(mapping))
    paths = [Path(path) for path in files]
    chosen = dict(plan.settings) | {
        key: value for key, value in {"zone": zone, "source_zone": source_zone, "currency": currency}.items() if value
    }
    for key in ("zone", "source_zone"):
        if key in chosen:
            zone_info(chosen[key])
    _all_used(plan, paths)
    folder = Path(out)
    standing = _standing(folder)
    tables, audit, quarantine = _imported(plan, paths, chosen.get("source_zone"), progress)
    progress(say("Writing {folder}", folder=folder))
    _write(folder, standing, tables, audit, quarantine, chosen)
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


def _standing(folder: Path) -> dict | None:
    if folder.is_dir():
        make_folder(folder)  # refuses a folder of other things before any work is done
        manifest = read_manifest(folder)
        if manifest is not None and manifest.get("cx", {}).get("synthetic", True):
            raise InputError(
                say(
                    "{folder} holds synthetic or foreign data; real data are not mixed with it. Give another folder.",
                    folder=folder,
                )
            )
        return manifest
    if folder.exists():
        raise InputError(say("{folder} is a file; give a folder for the dataset.", folder=folder))
    return None


def _imported(
    plan: TableMapping, paths: list[Path], source_zone: str | None, progress: Callable[[str], None]
) -> tuple[dict[str, pa.Table], Audit, pa.Table]:
    parts: dict[str, list[pa.Table]] = {}
    audit, quarantine = Audit(), list[pa.Table]()
    secret = privacy.key()
    for section in plan.sections:
        for path in section.files(paths):
            progress(say("Reading {file} for {table}", file=path.name, table=section.table))
            source = read_source(path, encoding=section.encoding, header_row=section.header_row, sheet=section.sheet)
            rows, account = _section_of(section, source, source_zone, secret)
            parts.setdefault(section.table, []).append(rows)
            audit, quarantine = audit + account, [*quarantine, _quarantined(section.table, source)]
    tables = {}
    for name, pieces in parts.items():
        joined = pa.concat_tables(pieces, promote_options="permissive")
        tables[name], audit = _one_row_per_key(name, joined, audit)
    return tables, audit, pa.concat_tables(quarantine)


def _one_row_per_key(name: str, joined: pa.Table, audit: Audit) -> tuple[pa.Table, Audit]:
    settled, account = settle_keys(joined, schema()[name], source="", issues=[])
    lost = joined.num_rows - settled.num_rows
    if not lost:
        return settled, audit
    tally = Tally(table=name, source=say("(all files)"), rows_in=0, rows_used=-lost, rows_set_aside=lost)
    return settled, audit + Audit(tallies=(tally,), issues=account.issues)


def _section_of(section: Section, source: Source, source_zone: str | None, secret: bytes) -> tuple[pa.Table, Audit]:
    account = _Account(section=section, source=source)
    described = schema()[section.table]
    for decision in source.decisions:
        account.note("", "reading", decision, 1, "decided")
    for name, asked in section.fields.items():
        _add(account, described.columns[name], asked, source_zone, secret)
    _add_missing_id(account)
    if section.table == "survey_responses":
        _hold_to_scale(account)
    for name, asked in section.keep.items():
        _keep(account, name, asked)
    _list_left_out(account)
    rows = pa.table(account.columns)
    quarantined = len(source.quarantine)
    for code, lost in source.quarantine.groupby("code"):
        account.note("", str(code), lost["content"].iloc[0], len(lost), "row_set_aside")
    tally = Tally(
        table=section.table,
        source=source.name,
        rows_in=source.rows_in,
        rows_used=rows.num_rows,
        rows_set_aside=quarantined,
    )
    return rows, Audit(tallies=(tally,), issues=tuple(account.issues))


def _add(account: _Account, column: Column, asked: Field, source_zone: str | None, secret: bytes) -> None:
    raw = _raw(account, asked)
    try:
        result = convert(column, raw, asked.options(account.section, source_zone))
    except InputError as trouble:
        raise InputError(
            say(
                "{source}, {column} from {raw}: {trouble}",
                source=account.source.name,
                column=column.name,
                raw=repr(asked.column or asked.value),
                trouble=trouble,
            )
        ) from None
    if result.decision:
        account.note(column.name, "reading", result.decision, 1, "decided")
    for problem in result.problems.itertuples():
        account.note(column.name, problem.code, problem.found, problem.count, "set_to_null")
    account.columns[column.name] = arrow(_protected(account, column, result.values, secret), column)
    if column.name == "score":
        account.columns["score_issue"] = _issue_codes(raw, result)


def _raw(account: _Account, asked: Field) -> pd.Series:
    frame = account.source.frame
    if asked.column is None:
        return pd.Series([asked.value] * len(frame), index=frame.index).astype("str")
    name = heading(asked.column, [str(label) for label in frame.columns], source=account.source.name)
    raw = frame[name]
    if not asked.values:
        return raw
    text = raw.astype("str").str.strip()
    words = {str(key).strip(): str(value) for key, value in asked.values.items()}
    return text.map(words).where(text.isin(words), text).where(raw.notna())


def _protected(account: _Account, column: Column, converted: pd.Series, secret: bytes) -> pd.Series:
    """Pseudonymise people, strike personal data out of text, and watch over the identifiers of things."""
    if column.privacy == "person":
        account.note(column.name, "pseudonymised", "", converted.notna().sum(), "pseudonymised")
        return privacy.pseudonyms(converted, secret=secret)
    if column.type != "string" or column.values:
        return converted
    if column.name.endswith("_id"):
        personal = privacy.looks_personal(converted)
        account.note(column.name, "personal_identifier", "", personal.sum(), "pseudonymised")
        return converted.where(~personal, privacy.pseudonyms(converted.where(personal), secret=secret))
    return _redacted(account, column.name, converted)


def _redacted(account: _Account, name: str, text: pd.Series) -> pd.Series:
    clean, counts = privacy.redact(text)
    for kind, count in counts.items():
        account.note(name, f"redacted_{kind}", "", count, "redacted")
    return clean


def _issue_codes(raw: pd.Series, result: values.Converted) -> pa.Array:
    lost = result.values.isna() & ~values.is_missing(raw)
    return pa.array(
        pd.Series("not_a_number", index=raw.index).where(lost, None).astype(object), pa.string(), from_pandas=True
    )


def _hold_to_scale(account: _Account) -> None:
    """A score off its scale (99, -1, 7.5) becomes null, an issue, and a word in score_issue."""
    columns = {name: values_.to_pandas() for name, values_ in account.columns.items()}
    scores, kinds = columns["score"], columns["type"].astype(object)
    ends = kinds.map(lambda kind: SCALES.get(kind, (float("-inf"), float("inf"))))
    least = columns.get("scale_min", pd.Series(index=scores.index, dtype=float)).fillna(ends.str[0])
    most = columns.get("scale_max", pd.Series(index=scores.index, dtype=float)).fillna(ends.str[1])
    codes = columns["score_issue"].astype(object)
    for code, bad in (("out_of_scale", (scores < least) | (scores > most)), ("not_whole", scores != scores.round())):
        bad = bad & scores.notna()
        for found, count in scores[bad].value_counts().items():
            account.note("score", code, f"{found:g}", count, "set_to_null")
        scores, codes = scores.mask(bad), codes.mask(bad, code)
    account.columns["score"] = pa.array(scores, pa.float64(), from_pandas=True)
    account.columns["score_issue"] = pa.array(codes, pa.string(), from_pandas=True)


def _add_missing_id(account: _Account) -> None:
    key = schema()[account.section.table].primary_key
    if len(key) != 1 or key[0] in account.columns:
        return
    seed = f"{account.source.digest} {account.section.table} {account.section.number} "
    made = [hashlib.sha256(f"{seed}{row}".encode()).hexdigest()[:16] for row in account.source.row_numbers]
    account.columns = {key[0]: pa.array(made, pa.string()), **account.columns}
    account.note(key[0], "made_from_row", say("hash of file, section and row"), len(made), "decided")


def _keep(account: _Account, name: str, asked: Field) -> None:
    raw = _raw(account, asked)
    if pd.api.types.is_string_dtype(raw.dtype) or raw.dtype == object:
        raw = _redacted(account, name, values.to_text(raw).values)
    account.columns[name] = free_column(raw, name)


def _list_left_out(account: _Account) -> None:
    asked = [*account.section.fields.values(), *account.section.keep.values()]
    labels = [str(label) for label in account.source.frame.columns]
    used = {heading(one.column, labels, source=account.source.name) for one in asked if one.column is not None}
    for label in labels:
        if label not in used:
            account.note(label, "unmapped_column", "", len(account.source.frame), "left_out")


def _quarantined(name: str, source: Source) -> pa.Table:
    frame = source.quarantine.assign(table=name, source=source.name)[QUARANTINE.names]
    return pa.Table.from_pandas(frame, schema=QUARANTINE, preserve_index=False)


def _write(
    folder: Path, standing: dict | None, tables: dict[str, pa.Table], audit: Audit, quarantine: pa.Table, chosen: dict
) -> None:
    own = (standing or {}).get("cx", {})
    kept = {
        item["name"]: pq.read_table(folder / item["path"])
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
        "synthetic": False,
        "audit": (old + audit).as_dict(),
    }
    ordered = {name: (kept | tables)[name] for name in schema() if name in kept or name in tables}
    write_dataset(folder, ordered, settings=settings, quarantine=quarantine)


def _safe(found: object) -> str:
    """What stood in the file, with personal data struck out, short."""
    clean, _ = privacy.redact(pd.Series([str(found)]))
    return str(clean.iloc[0])[:80]
