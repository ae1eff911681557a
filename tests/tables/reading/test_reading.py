import hashlib
import os

import pandas as pd
import pytest

from cxlib.errors import InputError
from cxlib.tables.reading import read_source


def test_source_is_described(file):
    content = b"id,nota\n1,9\n"
    source = read_source(file(content))
    assert source.name == "survey.csv" and source.digest == hashlib.sha256(content).hexdigest()
    assert (source.frame.dtypes == "str").all()
    assert list(source.quarantine.columns) == ["row", "code", "content"]


def test_quarantine_is_short(file):
    source = read_source(file("id,nota\n1,9\n2,8," + "ana@example.com " * 1000 + "\n"))
    content = source.quarantine["content"][0]
    assert len(content) == 200 and "ana@" not in content


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file(file, content):
    with pytest.raises(InputError, match="is empty"):
        read_source(file(content))


@pytest.mark.parametrize("content", [b"id,nota\n", b"id\n", b"id,nota\n\n,\n"])
def test_headings_without_rows(file, content):
    with pytest.raises(InputError, match="headings but no rows"):
        read_source(file(content))


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        read_source(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_source(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_locked_file(file):
    path = file("id,nota\n1,9\n")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        read_source(path)


def test_a_file_the_system_does_not_give(file, monkeypatch):
    path = file("id,nota\n1,9\n")
    monkeypatch.setattr(type(path), "read_bytes", lambda self: (_ for _ in ()).throw(PermissionError(13, "Denied")))
    with pytest.raises(InputError, match=r"cannot be read \(Denied\)"):
        read_source(path)


def test_other_kinds(file):
    with pytest.raises(InputError, match=r"save it as \.xlsx"):
        read_source(file(b"\xd0\xcf\x11\xe0" + b"x" * 100, "report.xls"))
    with pytest.raises(InputError, match="web page"):
        read_source(file(b"<!DOCTYPE html><html>log in</html>"))
    with pytest.raises(InputError, match="not a workbook"):
        read_source(file("id,nota\n1,9\n"), sheet="Dados")


def test_reading_twice_gives_the_same(file):
    path = file("id,nota\n1,9\n2\n")
    one, two = read_source(path), read_source(str(path))
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(one.quarantine, two.quarantine)
    assert (one.digest, one.decisions) == (two.digest, two.decisions)
