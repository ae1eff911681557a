"""Gzip and zip: the one file inside, never more of it than a machine can hold."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.reading.contract import LARGEST, damaged

LARGEST_RATIO = 1000


def gunzip(data: bytes, name: str) -> bytes:
    """Return what a gzip file holds."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _inflated(stream, len(data), name)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(name) from error


@contextmanager
def opened_zip(data: bytes, name: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive; what is found broken while it is open makes the file damaged."""
    with _sound(name), zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in _files(archive)) > _most(len(data)):
            raise _too_large(name)
        yield archive


@contextmanager
def _sound(name: str) -> Iterator[None]:
    """Turn what a broken archive leads to into one sentence; a bent directory is a ValueError, among others."""
    try:
        yield
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        OverflowError,
    ) as error:
        raise damaged(name) from error


def only_file(archive: zipfile.ZipFile, packed_size: int, name: str) -> tuple[str, bytes]:
    """Return the name and the content of the one file of an archive."""
    entry = _only_entry(archive, name)
    with archive.open(entry) as stream:
        return entry.filename, _inflated(stream, packed_size, name)


def all_files(archive: zipfile.ZipFile, packed_size: int, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every file of an archive, together never more than the limit."""
    left = _most(packed_size)
    for entry in _files(archive):
        if entry.filename.startswith("__MACOSX/"):
            continue
        _refuse_password(entry, name)
        with archive.open(entry) as stream:
            content = _inflated(stream, packed_size, name)
        left -= len(content)
        if left < 0:
            raise _too_large(name)
        yield entry.filename, content


def _refuse_password(entry: zipfile.ZipInfo, name: str) -> None:
    if entry.flag_bits & 1:
        raise InputError(say("{name} is protected by a password. Unpack it and name the file inside.", name=name))


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in archive.infolist() if not entry.is_dir()]


def _only_entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    files = [entry for entry in _files(archive) if not entry.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        raise InputError(
            say(
                "{name} holds {n} files and one is expected. Unpack it and name the files to read.",
                name=name,
                n=len(files),
            )
        )
    _refuse_password(files[0], name)
    return files[0]


def _inflated(stream: IO[bytes] | gzip.GzipFile, packed_size: int, name: str) -> bytes:
    """Unpack piece by piece and stop at the limit, whatever the header promises."""
    pieces, size = [], 0
    while piece := stream.read(1024**2):
        pieces.append(piece)
        size += len(piece)
        if size > _most(packed_size):
            raise _too_large(name)
    return b"".join(pieces)


def _most(packed_size: int) -> int:
    return min(LARGEST, LARGEST_RATIO * packed_size)


def _too_large(name: str) -> InputError:
    return InputError(
        say(
            "{name} would unpack to more than {gigabytes} GB or to more than {ratio} times its size. "
            "Split the export into smaller files.",
            name=name,
            gigabytes=LARGEST // 1024**3,
            ratio=LARGEST_RATIO,
        )
    )
