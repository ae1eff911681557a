"""A dataset on disk: data files named by their content, and one manifest that says which of them count.

Nothing is ever overwritten. Data files get the hash of their bytes as a name, so writing them cannot
harm the dataset that stands there. The commit is one `os.replace` of `datapackage.json`; whoever
reads looks only at the files it lists. A run killed at any moment leaves the old dataset readable,
and its unlisted files are swept after the next successful commit. One writer at a time.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.schema import Column, schema

MANIFEST = "datapackage.json"
_OURS = re.compile(r"^[a-z_]+-[0-9a-f]{16}\.(parquet|tmp)$")
_FRICTIONLESS = {"instant": "datetime"}


def write_dataset(
    folder: Path,
    tables: Mapping[str, pa.Table],
    *,
    settings: Mapping[str, object],
    quarantine: pa.Table | None = None,
) -> None:
    """Write tables to a folder and commit them with one replacement of the manifest.

    `settings` is what a reader must know beyond the rows: zone, currency, privacy floor, whether the
    data are synthetic, title, the audit. The quarantine holds the rows that could not be used.
    """
    make_folder(folder)
    try:
        _commit(folder, tables, settings, quarantine)
    except OSError as trouble:
        raise InputError(
            say("{folder} cannot be written: {trouble}", folder=folder, trouble=trouble.strerror or trouble)
        ) from None


def _commit(
    folder: Path, tables: Mapping[str, pa.Table], settings: Mapping[str, object], quarantine: pa.Table | None
) -> None:
    contents = dict(tables) | ({"quarantine": quarantine} if quarantine is not None else {})
    files = {name: _write_file(folder, name, content) for name, content in contents.items()}
    own = dict(settings) | ({"quarantine": files["quarantine"]} if quarantine is not None else {})
    manifest = {
        "profile": "data-package",
        "name": _slug(str(settings.get("title", ""))),
        "title": settings.get("title", ""),
        "resources": [_resource(folder, name, files[name], tables[name], set(tables)) for name in tables],
        "cx": own,
    }
    _replace(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    _sweep(folder, keep=set(files.values()))


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
        files = [resource["path"] for resource in resources if resource["name"]]
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


def _write_file(folder: Path, name: str, content: pa.Table) -> str:
    temporary = folder / f"{name}-{os.urandom(8).hex()}.tmp"
    plain = content.replace_schema_metadata(None)
    with temporary.open("wb") as file:
        pq.write_table(plain, file, compression="zstd", row_group_size=200_000)
        file.flush()
        os.fsync(file.fileno())
    final = f"{name}-{_sha256(temporary)[:16]}.parquet"
    if (folder / final).exists():  # the same content stands there already, perhaps open
        temporary.unlink()
    else:
        os.replace(temporary, folder / final)
    return final


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


def _resource(folder: Path, name: str, file: str, content: pa.Table, among: set[str]) -> dict:
    known = schema().get(name)
    columns = known.columns if known else {}
    return {
        "name": name,
        "path": file,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": (folder / file).stat().st_size,
        "hash": "sha256:" + _sha256(folder / file),
        "rows": content.num_rows,
        "schema": {
            "fields": [_field(content[name], name, columns.get(name)) for name in content.column_names],
            **({"primaryKey": list(known.primary_key)} if known else {}),
            **({"foreignKeys": keys} if (keys := _foreign_keys(content, columns, among)) else {}),
        },
    }


def _foreign_keys(content: pa.Table, columns: Mapping[str, Column], among: set[str]) -> list[dict]:
    return [
        {
            "fields": [name],
            "reference": {
                "resource": columns[name].references,
                "fields": [schema()[columns[name].references].primary_key[0]],
            },
        }
        for name in content.column_names
        if name in columns and columns[name].references in among
    ]


def _field(values: pa.ChunkedArray, name: str, column: Column | None) -> dict:
    if column is None:
        return {"name": name, "type": "any"}
    described: dict[str, object] = {
        "name": name,
        "type": _FRICTIONLESS.get(column.type, column.type),
        "description": column.meanings["en"],
    }
    if column.unit:
        described["unit"] = column.unit
    limits: dict[str, object] = {"required": True} if column.required and not values.null_count else {}
    if column.values:
        limits["enum"] = list(column.values)
    return described | ({"constraints": limits} if limits else {})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
