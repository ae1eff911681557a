import gzip
import hashlib
import io
import zipfile

import pytest
from sources import cells, packed

from cxlib.errors import InputError
from cxlib.tables.reading import packed as unpacking
from cxlib.tables.reading import read_source


def test_gzip_and_zip(file):
    content = b"id;nota\n1;9\n"
    for data, name in (
        (gzip.compress(content), "a.csv.gz"),
        (gzip.compress(content), "a.csv"),
        (packed({"deep/a.csv": content}), "a.zip"),
        (packed({"a.csv": content, "__MACOSX/a": b"x"}), "a.csv"),
    ):
        source = read_source(file(data, name))
        assert cells(source) == [["1", "9"]] and source.name == name
        assert source.digest == hashlib.sha256(data).hexdigest()


def test_a_zip_outside_its_folder_writes_nothing(file, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.csv", "id;nota\n1;9\n")
    before = sorted(tmp_path.rglob("*"))
    assert cells(read_source(file(buffer.getvalue(), "a.zip"))) == [["1", "9"]]
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "a.zip"])


def test_packed_files_that_are_refused(file):
    with pytest.raises(InputError, match="holds 2 files and one is expected"):
        read_source(file(packed({"a.csv": b"x", "b.csv": b"y"}), "a.zip"))
    with pytest.raises(InputError, match="packed twice"):
        read_source(file(gzip.compress(gzip.compress(b"id;nota\n1;9\n")), "a.gz"))
    with pytest.raises(InputError, match="damaged"):
        read_source(file(gzip.compress(b"id;nota\n1;9\n")[:-9], "a.gz"))
    with pytest.raises(InputError, match="damaged"):
        read_source(file(packed({"a.csv": b"id;nota\n1;9\n"})[:-30], "a.zip"))


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: packed({"a.csv": content})])
def test_bombs_are_refused(file, monkeypatch, pack):
    monkeypatch.setattr(unpacking, "LARGEST", 1000_000)
    with pytest.raises(InputError, match="would unpack to more than"):
        read_source(file(pack(b"id;nota\n" + b"1;9\n" * 500_000), "a.zip"))
    monkeypatch.setattr(unpacking, "LARGEST_RATIO", 5)
    with pytest.raises(InputError, match="more than 5 times its size"):
        read_source(file(pack(b"id;nota\n" + b"1;9\n" * 10_000), "a.zip"))


def test_an_archive_whose_directory_points_before_its_beginning_is_damaged(file):
    data = packed({"a.csv": b"id;nota\n1;9\n"})
    directory = data.index(b"PK\x01\x02")
    with pytest.raises(InputError, match="damaged or cut off"):
        read_source(file(data[:4] + data[directory:], "a.zip"))  # zipfile lets a ValueError through
