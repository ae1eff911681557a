import pytest
from sources import cells

from cxlib.errors import InputError
from cxlib.tables.reading import read_source


def test_a_mark_before_a_quoted_heading(file):
    assert list(read_source(file('\ufeff"Id";"Nota"\n1;9\n')).frame.columns) == ["Id", "Nota"]
    source = read_source(file('\ufeff"Id";"Nota"\n1;9\n'.encode("utf-16-le")), encoding="utf-16-le")
    assert list(source.frame.columns) == ["Id", "Nota"]
    assert list(read_source(file("\ufeffId;Nota\n1;9\n"), encoding="UTF8").frame.columns) == ["Id", "Nota"]


def test_a_named_encoding_is_obeyed(file):
    latin = file("id;nome\n1;é\n".encode("cp1252"))
    assert cells(read_source(latin, encoding="cp1252")) == [["1", "é"]]
    with pytest.raises(InputError, match="is not text in utf-8"):
        read_source(latin, encoding="utf-8")
    with pytest.raises(InputError, match='"utf-99" is not known'):
        read_source(latin, encoding="utf-99")


def test_bytes_of_no_encoding(file):
    with pytest.raises(InputError, match="is not text in UTF-8, cp1252"):
        read_source(file(b"id;nome\n1;\x81\x8d\n"))


def test_nul_is_refused(file):
    with pytest.raises(InputError, match="NUL characters"):
        read_source(file(b"id;nome\n1;a\0b\n"))
    with pytest.raises(InputError, match='encoding = "utf-16-le"'):
        read_source(file("id;nome\n1;a\n".encode("utf-16-le")))
    assert cells(read_source(file("id;nome\n1;a\n".encode("utf-16-le")), encoding="utf-16-le")) == [["1", "a"]]
