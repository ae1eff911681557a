"""`cx forget` and `cx subject`: everything about a person taken out of a dataset, or handed out as a file."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.assembling import standing_table
from cxlib.tables.audit import Audit, Issue
from cxlib.tables.dataset import DEFAULT_ZONE
from cxlib.tables.engine import sweep_spill
from cxlib.tables.people import Theirs, signs_for, theirs, without
from cxlib.tables.schema import schema
from cxlib.tables.storage import read_manifest, sweep, unlisted, write_dataset

COLUMNS = ["table", "rows_gone", "values_emptied", "rows_left"]


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was taken out: by table how much went and what is left, the quarantine's rows, files that would not go."""

    tables: pd.DataFrame
    quarantine_left: int = 0
    files_left: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the people were in the dataset."""
        return bool(self.tables[["rows_gone", "values_emptied"]].to_numpy().sum())


def forget(folder: str | Path, people: Iterable[str], *, secret: bytes) -> Forgotten:
    """Take people out of a dataset: "a customer asks to be erased; what went, and what is left?"

    `people` are ids as their source writes them (an e-mail, a phone, `zendesk 42`) or pseudonyms; `secret` is the
    key of the dataset (`privacy.key()`). Their rows go, and with them what hangs on them (lines of their orders,
    events of their tickets); rows of others that mention them stay without the mention. The quarantine goes through
    the same sieve, and what killed runs left in this user's cache is swept. The account says how many rows were set
    aside, never whose. One replacement of the manifest: killed on the way, the dataset stands as it was. Raises
    `InputError` for what is no dataset written by cxlib.
    """
    path = Path(folder).expanduser()
    manifest, tables = standing(path)
    found = theirs(tables, signs_for(people, secret=secret))
    left = without(tables, found)
    counts = counted(tables, found)
    if not counts[["rows_gone", "values_emptied"]].to_numpy().any():
        sweep(path)  # they may have been taken out by a run that was killed before it had swept
        return Forgotten(tables=counts, files_left=tuple(unlisted(path)))
    own = dict(manifest["cx"])
    quarantine = _sieved(path, own.pop("quarantine", None), found)
    own["audit"] = account(Audit.from_dict(own.get("audit", {})), counts, found, "forgotten").as_dict()
    write_dataset(path, left, settings=own | {"title": manifest.get("title", "")}, quarantine=quarantine)
    sweep_spill()
    rows = 0 if quarantine is None else quarantine.num_rows
    return Forgotten(tables=counts, quarantine_left=rows, files_left=tuple(unlisted(path)))


def subject(folder: str | Path, people: Iterable[str], out: str | Path, *, secret: bytes) -> pd.DataFrame:
    """Write all that a dataset holds about people to a JSON file: "a customer asks what we know of them".

    Returns how many rows of which table. The file says what each column means, in the language in use; times are UTC.
    Nothing is written where nobody is found.
    """
    path, target = Path(folder).expanduser(), Path(out)
    manifest, tables = standing(path)
    found = theirs(tables, signs_for(people, secret=secret))
    rows = {name: table.filter(pa.array(found.rows[name])) for name, table in tables.items() if name in found.rows}
    held = {name: table for name, table in rows.items() if table.num_rows}
    if held:
        content = {
            "dataset": manifest.get("title", ""),
            "times": "UTC",
            "reported_in": manifest["cx"].get("zone", DEFAULT_ZONE),
            "known_by": sorted(found.signs),
            "tables": {name: _handed_out(name, table) for name, table in held.items()},
        }
        _write(target, json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")
    return pd.DataFrame([(name, table.num_rows) for name, table in held.items()], columns=["table", "rows"])


def standing(folder: Path) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    """Return the manifest and the tables of a dataset that cxlib wrote; refuse anything else."""
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None or not isinstance(manifest.get("cx"), dict):
        raise InputError(
            say("{folder} is no dataset written by cxlib. Name the folder that an import wrote.", folder=folder)
        )
    found = {item["name"]: standing_table(folder, manifest, item["name"]) for item in manifest["resources"]}
    return manifest, {name: table for name, table in found.items() if table is not None}


def counted(tables: Mapping[str, pa.Table], found: Theirs) -> pd.DataFrame:
    """Return by table how many rows are theirs, how many values mention them, how many rows would be left."""
    rows = []
    for name, table in tables.items():
        gone = int(found.rows[name].sum()) if name in found.rows else 0
        emptied = sum(int(mask.sum()) for (holder, _), mask in found.mentions.items() if holder == name)
        rows.append((name, gone, emptied, table.num_rows - gone))
    return pd.DataFrame(rows, columns=COLUMNS)


def _sieved(folder: Path, file: str | None, found: Theirs) -> pa.Table | None:
    """Return the quarantine without lines that hold a sign of theirs; it keeps shapes, so few ever do."""
    if file is None:
        return None
    table = pq.read_table(folder / file)
    texts = table["content"].to_pylist()
    return table.filter(pa.array([not _holds(text, found) for text in texts], pa.bool_()))


def _holds(text: str | None, found: Theirs) -> bool:
    return not found.ids.isdisjoint(re.split(r"[^\w.@+-]+", text or ""))


def account(audit: Audit, counts: pd.DataFrame, found: Theirs, code: str) -> Audit:
    """Return the account in which the rows that went are set aside, and no example is one of theirs."""
    gone = dict(zip(counts["table"], counts["rows_gone"], strict=True))
    tallies = []
    for tally in audit.tallies:
        part = min(gone.get(tally.table, 0), tally.rows_used)
        gone[tally.table] = gone.get(tally.table, 0) - part
        used, aside = tally.rows_used - part, tally.rows_set_aside + part
        tallies.append(replace(tally, rows_used=used, rows_set_aside=aside))
    issues = [replace(issue, found="") if _holds(issue.found, found) else issue for issue in audit.issues]
    for name, rows, emptied, _ in counts.itertuples(index=False):
        issues += [_left_out(name, code, int(rows), "row_set_aside")] if rows else []
        issues += [_left_out(name, code, int(emptied), "set_to_null")] if emptied else []
    return Audit(tallies=tuple(tallies), issues=tuple(issues))


def _left_out(table: str, code: str, count: int, outcome: str) -> Issue:
    return Issue(table=table, column="", code=code, found="", count=count, outcome=outcome)


def _handed_out(name: str, table: pa.Table) -> dict[str, Any]:
    described = schema()[name]
    meanings = {
        column: described.columns[column].meaning for column in table.column_names if column in described.columns
    }
    return {"what_a_row_is": described.meaning, "columns": meanings, "rows": table.to_pylist()}


def _write(target: Path, text: str) -> None:
    temporary = target.with_name(f"{target.name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, target)
    except OSError as trouble:
        temporary.unlink(missing_ok=True)
        raise InputError(
            say("{folder} cannot be written: {trouble}", folder=target, trouble=trouble.strerror or trouble)
        ) from None
