"""A dataset on disk: data files named by their content, and one manifest that says which of them count.

Nothing is ever overwritten. Data files get the hash of their bytes as a name, so writing them cannot
harm the dataset that stands there. The commit is one `os.replace` of `datapackage.json`; whoever
reads looks only at the files it lists. A run killed at any moment leaves the old dataset readable,
and its unlisted files are swept after the next successful commit. One writer at a time.

Tables with an order of their own (`sorted_by` in the schema) are written in it, as one or more shards, and
the manifest says so: `"cx": {"sorted_by": [...]}` in the resource, `path` then being a list.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.parquet import ROW_GROUP, options
from cxlib.tables.schema import Column, schema
from cxlib.tables.sorting import SHARD_ROWS, write_sorted

if TYPE_CHECKING:
    import ibis

MANIFEST = "datapackage.json"
_OURS = re.compile(r"^[a-z_]+(-\d{5})?-[0-9a-f]{16}\.(parquet|tmp)$")
_FRICTIONLESS = {"instant": "datetime"}


def write_dataset(
    folder: Path,
    tables: "Mapping[str, pa.Table | ibis.Table]",
    *,
    settings: Mapping[str, object],
    quarantine: pa.Table | None = None,
    shard_rows: int = SHARD_ROWS,
) -> None:
    """Write tables to a folder and commit them with one replacement of the manifest.

    `settings` is what a reader must know beyond the rows: zone, currency, privacy floor, whether the
    data are synthetic, title, the audit. The quarantine holds the rows that could not be used. Tables
    with an order are sorted outside memory into shards of about `shard_rows`, so they may be lazy.
    """
    make_folder(folder)
    try:
        _commit(folder, tables, settings, quarantine, shard_rows)
    except OSError as trouble:
        raise InputError(
            say("{folder} cannot be written: {trouble}", folder=folder, trouble=trouble.strerror or trouble)
        ) from None


def _commit(
    folder: Path,
    tables: "Mapping[str, pa.Table | ibis.Table]",
    settings: Mapping[str, object],
    quarantine: pa.Table | None,
    shard_rows: int,
) -> None:
    files = {name: _write_table(folder, name, content, shard_rows) for name, content in tables.items()}
    own = dict(settings)
    if quarantine is not None:
        own["quarantine"] = _write_file(folder, "quarantine", quarantine)
    manifest = {
        "profile": "data-package",
        "name": _slug(str(settings.get("title", ""))),
        "title": settings.get("title", ""),
        "resources": [_resource(folder, name, files[name], set(tables)) for name in tables],
        "cx": own,
    }
    _replace(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    kept = {file for written in files.values() for file in written}
    _sweep(folder, keep=kept | ({str(own["quarantine"])} if "quarantine" in own else set()))


def paths_of(folder: Path, resource: Mapping) -> list[Path]:
    """Return the files of one resource of a manifest, in their order."""
    path = resource["path"]
    return [folder / one for one in (path if isinstance(path, list) else [path])]


def unlisted(folder: Path) -> list[str]:
    """Return the files in the folder of a dataset that its manifest does not list, such as those of a killed run."""
    manifest = read_manifest(folder) or {"resources": []}
    listed = {path.name for resource in manifest["resources"] for path in paths_of(folder, resource)}
    listed |= {str(manifest.get("cx", {}).get("quarantine"))}
    return sorted(path.name for path in folder.iterdir() if _OURS.match(path.name) and path.name not in listed)


def sweep(folder: Path) -> None:
    """Delete what the manifest does not list: a run killed after its commit leaves the files it replaced."""
    _sweep(folder, keep={path.name for path in folder.iterdir()} - set(unlisted(folder)))


def make_folder(folder: Path) -> None:
    """Make the folder of a dataset; refuse one that holds something else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise InputError(
            say("The folder {folder} cannot be made: {trouble}", folder=folder, trouble=trouble.strerror)
        ) from None
    others = [path.name for path in folder.iterdir() if not _OURS.match(path.name)]
    if others and MANIFEST not in others:
        raise InputError(
            say(
                "{folder} already holds other files ({example}) and no dataset. Give an empty or a new folder.",
                folder=folder,
                example=sorted(others)[0],
            )
        )


def read_manifest(folder: Path) -> dict | None:
    """Return the manifest of a folder, None when there is none; a broken one raises `InputError`."""
    path = folder / MANIFEST
    try:
        if not path.exists():
            return None
        manifest = json.loads(path.read_text(encoding="utf-8"))
        resources = manifest["resources"]
        paths = [resource["path"] for resource in resources if resource["name"]]
        files = [file for path in paths for file in (path if isinstance(path, list) else [path])]
        own = manifest.get("cx", {})
        files += [own["quarantine"]] if "quarantine" in own else []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise InputError(
            say("{path} is not a data package that can be read: {trouble}", path=path, trouble=trouble)
        ) from None
    for file in files:
        _inside(folder, file)
    return manifest


def _inside(folder: Path, file: object) -> None:
    # A manifest from elsewhere must not make us read a file of its choice.
    if not isinstance(file, str) or Path(file).name != file or not (folder / file).is_file():
        raise InputError(
            say(
                "{folder} lists the file {file}, which is not in the folder. The dataset is incomplete.",
                folder=folder,
                file=repr(file),
            )
        )


def _write_table(folder: Path, name: str, content: "pa.Table | ibis.Table", shard_rows: int) -> list[str]:
    described = schema().get(name)
    order, key = (described.sorted_by, described.primary_key) if described else ((), ())
    names = content.column_names if isinstance(content, pa.Table) else content.columns
    order = order if set(order) <= set(names) else ()
    if isinstance(content, pa.Table) and not order:
        return [_write_file(folder, name, content, key)]

    def new_file(number: int) -> Path:
        return folder / f"{name}-{number:05d}-{os.urandom(8).hex()}.tmp"

    shards = write_sorted(content, order, new_file, key=key or names[:1], most=shard_rows)
    return [_named(path, f"{name}-{number:05d}") for number, (path, _) in enumerate(shards)]


def _write_file(folder: Path, name: str, content: pa.Table, key: Sequence[str] = ()) -> str:
    temporary = folder / f"{name}-{os.urandom(8).hex()}.tmp"
    plain = content.replace_schema_metadata(None)
    with temporary.open("wb") as file:
        pq.write_table(plain, file, row_group_size=ROW_GROUP, **options(plain.schema, key))
        file.flush()
        os.fsync(file.fileno())
    return _named(temporary, name)


def _named(temporary: Path, name: str) -> str:
    final = temporary.with_name(f"{name}-{_sha256(temporary)[:16]}.parquet")
    if final.exists():  # the same content stands there already, perhaps open
        temporary.unlink()
    else:
        os.replace(temporary, final)
    return final.name


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f"manifest-{os.urandom(8).hex()}.tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _sweep(folder: Path, *, keep: set[str]) -> None:
    for path in folder.iterdir():
        if _OURS.match(path.name) and path.name not in keep:
            try:
                path.unlink()
            except OSError:  # open elsewhere on Windows: the next commit sweeps it
                continue


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "dataset"


def _resource(folder: Path, name: str, files: Sequence[str], among: set[str]) -> dict:
    known = schema().get(name)
    columns = known.columns if known else {}
    paths = [folder / file for file in files]
    names, rows, complete = _footers(paths)
    key = list(known.sorted_by) if known and set(known.sorted_by) <= set(names) else []
    return {
        "name": name,
        "path": files[0] if len(files) == 1 else list(files),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": sum(path.stat().st_size for path in paths),
        **({"hash": "sha256:" + _sha256(paths[0])} if len(paths) == 1 else {}),
        "rows": rows,
        "schema": {
            "fields": [_field(name, columns.get(name), name in complete) for name in names],
            **({"primaryKey": list(known.primary_key)} if known else {}),
            **({"foreignKeys": keys} if (keys := _foreign_keys(names, columns, among)) else {}),
        },
        **({"cx": {"sorted_by": key}} if key else {}),
    }


def _footers(paths: Sequence[Path]) -> tuple[list[str], int, set[str]]:
    """Return what the footers of files say: the columns in order, the rows, the columns without a null."""
    footers = [pq.read_metadata(path) for path in paths]
    names = footers[0].schema.to_arrow_schema().names
    lacking = set[str]()
    for footer in footers:
        for chunk in (
            footer.row_group(one).column(two) for one, two in np.ndindex(footer.num_row_groups, footer.num_columns)
        ):
            known = chunk.statistics
            if known is None or not known.has_null_count or known.null_count:
                lacking.add(chunk.path_in_schema)
    return names, sum(footer.num_rows for footer in footers), set(names) - lacking


def _foreign_keys(names: Sequence[str], columns: Mapping[str, Column], among: set[str]) -> list[dict]:
    return [
        {
            "fields": [name],
            "reference": {
                "resource": columns[name].references,
                "fields": [schema()[columns[name].references].primary_key[0]],
            },
        }
        for name in names
        if name in columns and columns[name].references in among
    ]


def _field(name: str, column: Column | None, complete: bool) -> dict:
    if column is None:
        return {"name": name, "type": "any"}
    described: dict[str, object] = {
        "name": name,
        "type": _FRICTIONLESS.get(column.type, column.type),
        "description": column.meanings["en"],
    }
    if column.unit:
        described["unit"] = column.unit
    limits: dict[str, object] = {"required": True} if column.required and complete else {}
    if column.values:
        limits["enum"] = list(column.values)
    return described | ({"constraints": limits} if limits else {})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
