import gzip
import hashlib
import io
import os
import time
import zipfile
from datetime import datetime, timedelta
from datetime import time as clock

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxlib.errors import InputError
from cxlib.tables import reading
from cxlib.tables.reading import read_source

ROWS = [["1", "9", "ótimo"], ["2", "0", "péssimo"]]


@pytest.fixture
def file(tmp_path):
    def write(content: bytes | str, name: str = "survey.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def cells(source) -> list[list]:
    return source.frame.to_numpy(dtype=object).tolist()


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook(*sheets: list[list], titles: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(titles[number] if titles else f"Sheet{number + 1}")
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# --- Encodings and separators ------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le+mark", "utf-16-be+mark"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_dialect_gives_the_same_table(file, encoding, separator, newline):
    content = newline.join(separator.join(row) for row in [["id", "nota", "comentário"], *ROWS]) + newline
    mark = "\ufeff" if encoding.endswith("+mark") else ""
    source = read_source(file((mark + content).encode(encoding.removesuffix("+mark"))))
    assert list(source.frame.columns) == ["id", "nota", "comentário"]
    assert cells(source) == ROWS
    assert source.row_numbers.to_list() == [2, 3] and source.rows_in == 2 and source.quarantine.empty
    sign = "TAB" if separator == "\t" else separator
    plain = encoding.removesuffix("-sig")
    assert source.decisions == [f"encoding {'utf-16' if '16' in plain else plain}", f"separator {sign}"]


def test_source_is_described(file):
    content = b"id,nota\n1,9\n"
    source = read_source(file(content))
    assert source.name == "survey.csv" and source.digest == hashlib.sha256(content).hexdigest()
    assert (source.frame.dtypes == "str").all()
    assert list(source.quarantine.columns) == ["row", "code", "content"]


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


def test_the_heading_line_chooses_the_separator(file):
    assert cells(read_source(file("id;valor\n1;7,5\n2;8,5\n"))) == [["1", "7,5"], ["2", "8,5"]]
    source = read_source(file("Vendas, janeiro 2024\nid;valor\n1;7,5\n2;8,5\n3;9,5\n"))
    assert list(source.frame.columns) == ["id", "valor"] and len(source.frame) == 3


# --- Headings ----------------------------------------------------------------------------------------


def test_a_comment_block_of_ga4(file):
    content = (
        "# ----------\n# Pages and screens: Page title, and screen\n# Account\n# Start date: 20260101\n\n"
        "Page,Views,Users\n/a,10,5\n/b,20,7\n,30,12,Grand total\n"
    )
    source = read_source(file(content))
    assert list(source.frame.columns) == ["Page", "Views", "Users"]
    assert cells(source) == [["/a", "10", "5"], ["/b", "20", "7"]]
    assert source.row_numbers.to_list() == [7, 8]
    assert "heading in row 6" in source.decisions
    assert source.quarantine.to_numpy().tolist() == [[9, "wrong_number_of_fields", ";30;12;Grand total"]]
    assert source.rows_in == 3


@pytest.mark.parametrize("above", ["\n\n", "Relatório de janeiro\n\n", "Relatório;;\n", "sep=;\n", 'Don"t panic\n'])
def test_lines_above_the_heading(file, above):
    source = read_source(file(above + "id;nota;canal\n1;9;loja\n2;8;site\n"))
    assert list(source.frame.columns) == ["id", "nota", "canal"] and len(source.frame) == 2
    assert f"heading in row {above.count(chr(10)) + 1}" in source.decisions


def test_a_heading_that_begins_with_a_number_sign(file):
    assert list(read_source(file("#;nome\n1;Ana\n2;Bia\n")).frame.columns) == ["#", "nome"]


def test_the_heading_row_can_be_said(file):
    path = file("a,b\n1,2\nid,nota\n5,9\n")
    source = read_source(path, header_row=3)
    assert list(source.frame.columns) == ["id", "nota"] and source.row_numbers.to_list() == [4]
    for wrong in (0, 9):
        with pytest.raises(InputError, match=f"no headings in row {wrong}"):
            read_source(path, header_row=wrong)


def test_headings_twice_and_empty(file):
    source = read_source(file("id;Celular;;Celular; Nota  final \n1;11;x;12;9\n"))
    assert list(source.frame.columns) == ["id", "Celular", "column_3", "Celular.1", "Nota final"]
    assert "columns without a heading were named column_3" in source.decisions
    assert "headings that occur twice were named Celular.1" in source.decisions
    assert list(read_source(file("x;x.1;x\n1;2;3\n")).frame.columns) == ["x", "x.1", "x.2"]


def test_an_unnamed_index_column(file):
    assert list(read_source(file(",score\n0,9\n1,8\n")).frame.columns) == ["column_1", "score"]


def test_one_column(file):
    source = read_source(file("comentário\nbom\n\nruim\n"))
    assert cells(source) == [["bom"], ["ruim"]] and source.row_numbers.to_list() == [2, 4]
    assert "one column" in source.decisions
    assert cells(read_source(file('comentário\n"bom, mas caro"\n"ruim, e caro"\n')))[0] == ["bom, mas caro"]


# --- Rows --------------------------------------------------------------------------------------------


def test_cells_stay_as_written(file):
    source = read_source(file('id,text\n 1 ,"a ""quoted"" word"\n2,"two\nlines, one cell"\n3,\n'))
    assert cells(source) == [[" 1 ", 'a "quoted" word'], ["2", "two\nlines, one cell"], ["3", ""]]
    assert source.row_numbers.to_list() == [2, 3, 5]


def test_rows_of_the_wrong_width_are_set_aside(file):
    source = read_source(file("id,nota,quem\n1,9,a\n2,8\n3,7,b,ana@example.com\n4,6,c\n"))
    assert cells(source) == [["1", "9", "a"], ["4", "6", "c"]]
    assert source.quarantine.to_numpy().tolist() == [
        [3, "wrong_number_of_fields", "2;8"],
        [4, "wrong_number_of_fields", "3;7;b;[email]"],
    ]
    assert source.rows_in == 4 == len(source.frame) + len(source.quarantine)


def test_quarantine_is_short(file):
    source = read_source(file("id,nota\n1,9\n2,8," + "ana@example.com " * 1000 + "\n"))
    content = source.quarantine["content"][0]
    assert len(content) == 200 and "ana@" not in content


def test_empty_extra_cells_are_tolerated(file):
    source = read_source(file("id,nota\n1,9\n2,8,,\n3,7\n"))
    assert len(source.frame) == 3 and source.quarantine.empty
    assert "empty extra cells at the end of 1 rows were left off" in source.decisions
    source = read_source(file("id,nota\n1,9,\n2,8,\n"))
    assert list(source.frame.columns) == ["id", "nota"] and len(source.frame) == 2
    assert list(read_source(file("id,nota,\n1,9\n2,8\n")).frame.columns) == ["id", "nota"]


def test_rows_of_empty_cells_are_no_rows(file):
    source = read_source(file("id,nota\n1,9\n\n,\n , \n2,8\n"))
    assert cells(source) == [["1", "9"], ["2", "8"]] and source.rows_in == 2
    assert "2 rows of empty cells were left out" in source.decisions


def test_an_open_quote_at_the_end(file):
    with pytest.raises(InputError, match="opens in the row at line 3 is not closed before line 5"):
        read_source(file('id,text\n1,ok\n2,"never closed\n3,lost\n4,lost\n'))


def test_an_open_quote_that_meets_another(file):
    with pytest.raises(InputError, match="opens in the row at line 3"):
        read_source(file('id,text\n1,ok\n2,"never closed\n3,lost\n4,"fine"\n5,ok\n'))


def test_stray_quotes_in_one_line(file):
    source = read_source(file('id,text\n1,"tv "5" led"\n2,tv 5" led\n3,"a" b\n4,fim\n'))
    assert source.frame["id"].to_list() == ["1", "2", "3", "4"]
    assert source.frame["text"].to_list()[1] == 'tv 5" led'


def test_a_very_long_cell(file):
    source = read_source(file('id,text\n1,"' + "a\n" * 200_000 + '"\n2,b\n'))
    assert len(source.frame) == 2 and source.row_numbers.to_list() == [2, 200_003]


def test_many_rows(file):
    line = '{n};0.1234;cliente;2024-05-12 10:00:00;sim;"ola; tudo ""bem""";x;;12,5;7\n'
    content = "a;b;c;d;e;f;g;h;i;j\n" + "".join(line.format(n=n) for n in range(100_000))
    started = time.process_time()
    source = read_source(file(content))
    assert time.process_time() - started < 5  # about half a second
    assert source.frame.shape == (100_000, 10) and source.frame["f"].iloc[-1] == 'ola; tudo "bem"'
    assert source.row_numbers.iloc[-1] == 100_001


# --- Files that are no table -------------------------------------------------------------------------


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


# --- Packed files ------------------------------------------------------------------------------------


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
    monkeypatch.setattr(reading, "LARGEST", 1000_000)
    with pytest.raises(InputError, match="would unpack to more than"):
        read_source(file(pack(b"id;nota\n" + b"1;9\n" * 500_000), "a.zip"))
    monkeypatch.setattr(reading, "LARGEST_RATIO", 5)
    with pytest.raises(InputError, match="more than 5 times its size"):
        read_source(file(pack(b"id;nota\n" + b"1;9\n" * 10_000), "a.zip"))


# --- Workbooks ---------------------------------------------------------------------------------------


def test_a_workbook(file):
    rows = [
        ["id", "valor", "quando", "hora", "duração", "ativo", "nada", "texto"],
        [1, 10.0, datetime(2024, 5, 12), clock(10, 30), timedelta(hours=30, minutes=5), True, None, "a)"],
        [2, 1 / 3, datetime(2024, 5, 12, 10, 30), None, None, False, None, "1,5"],
        [None] * 8,
        [12345678901, 1.234, None, None, None, None, "x", " b "],
    ]
    source = read_source(file(workbook(rows), "a.xlsx"))
    assert list(source.frame.columns) == rows[0]
    assert cells(source) == [
        ["1", "10", "2024-05-12", "10:30:00", "30:05:00", "true", "", "a)"],
        ["2", "0.3333333333333333", "2024-05-12 10:30:00", "", "", "false", "", "1,5"],
        ["12345678901", "1.2340", "", "", "", "", "x", " b "],
    ]
    assert source.row_numbers.to_list() == [2, 3, 5]
    assert (source.frame.dtypes == "str").all()


def test_a_workbook_called_csv(file):
    source = read_source(file(workbook([["id", "nota"], [1, 9]]), "a.csv"))
    assert cells(source) == [["1", "9"]]
    assert source.decisions == ["read as what its content is: Excel workbook"]
    assert read_source(file(workbook([["id", "nota"], [1, 9]]), "b.xlsx")).decisions == []


def test_title_and_filters_above_the_heading(file):
    rows = [
        ["Relatório"],
        [],
        ["Período", "01/05/2024"],
        ["id", "nota", "canal", "loja", "quem"],
        [1, 9, "a", None, "b"],
    ]
    source = read_source(file(workbook(rows), "a.xlsx"))
    assert list(source.frame.columns) == ["id", "nota", "canal", "loja", "quem"]
    assert source.decisions == ["heading in row 4"] and source.row_numbers.to_list() == [5]
    said = read_source(file(workbook(rows), "a.xlsx"), header_row=3)
    assert list(said.frame.columns)[:2] == ["Período", "01/05/2024"]
    with pytest.raises(InputError, match="no headings in row 2"):
        read_source(file(workbook(rows), "a.xlsx"), header_row=2)


def test_sheets(file):
    data = workbook([], [["a", "b"], [1, 2]], [["id", "nota"], [3, 4]], titles=("Capa", "Dados", "Outros"))
    path = file(data, "a.xlsx")
    source = read_source(path)
    assert cells(source) == [["1", "2"]] and source.decisions == ["sheet Dados was read; not read: Outros"]
    assert cells(read_source(path, sheet="Outros")) == [["3", "4"]]
    with pytest.raises(InputError, match=r'no sheet "X"\. Its sheets are: Capa, Dados, Outros'):
        read_source(path, sheet="X")
    for empty in (read_source, lambda path: read_source(path, sheet="Capa")):
        with pytest.raises(InputError, match="is empty"):
            empty(file(workbook([], titles=("Capa",)), "b.xlsx"))


def test_formulas_without_a_result(file):
    source = read_source(file(workbook([["id", "total"], [1, "=1+1"], [2, 5]]), "a.xlsx"))
    assert cells(source) == [["1", ""], ["2", "5"]]
    assert source.decisions == [
        "1 formulas have no stored result and were read as empty; open and save the file in Excel"
    ]


def test_a_broken_workbook(file):
    with pytest.raises(InputError, match="damaged"):
        read_source(file(packed({"xl/workbook.xml": b""}), "a.xlsx"))


# --- Typed files -------------------------------------------------------------------------------------


def test_parquet_keeps_its_types(file):
    table = pa.table(
        {
            "id": pa.array([2**60 + 1, None]),
            "share": [0.5, None],
            "at": pa.array([datetime(2024, 5, 12, 10), None], pa.timestamp("us", tz="UTC")),
            "on": pa.array([datetime(2024, 5, 12).date(), None], pa.date32()),
            "ok": [True, None],
            "who": ["a", None],
            "kind": pa.array(["x", None]).dictionary_encode(),
            "tags": [["a", "é"], None],
            "more": [{"a": 1}, None],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    source = read_source(file(buffer.getvalue(), "a.parquet"))
    frame = source.frame
    assert frame["id"].dtype == "Int64" and frame["id"][0] == 2**60 + 1
    assert frame["share"].dtype == "float64" and frame["ok"].dtype == "boolean"
    assert str(frame["at"].dtype) == "datetime64[us, UTC]" and frame["on"].dtype.kind == "M"
    assert frame["who"].dtype == "str" == frame["kind"].dtype
    assert frame["tags"][0] == '["a", "é"]' and frame["more"][0] == '{"a": 1}'
    assert frame.iloc[1].isna().all()
    assert source.row_numbers.to_list() == [1, 2] and source.rows_in == 2 and source.decisions == []
    assert read_source(file(buffer.getvalue(), "a.csv")).decisions == ["read as what its content is: Parquet file"]


def test_parquet_troubles(file):
    buffer = io.BytesIO()
    pd.DataFrame({"a": pd.Series([], dtype="int64")}).to_parquet(buffer)
    with pytest.raises(InputError, match="headings but no rows"):
        read_source(file(buffer.getvalue(), "a.parquet"))
    with pytest.raises(InputError, match="damaged"):
        read_source(file(b"PAR1 and then nothing", "a.parquet"))


def test_json_lines(file):
    content = (
        '{"id": 1, "score": 9.5, "ok": true, "tags": ["a", 1.5], "who": "é"}\n\n'
        '{"id": 12345678901234567890, "score": null, "rate": 1.234}\n'
        'not json, ana@example.com\n[1]\n{"who": "\\ud800"}\n'
    )
    source = read_source(file(content, "a.jsonl"))
    assert list(source.frame.columns) == ["id", "score", "ok", "tags", "who", "rate"]
    filled = source.frame.astype(object).where(source.frame.notna(), None).to_numpy().tolist()
    assert filled == [
        ["1", "9.5", "true", '["a", 1.5]', "é", None],
        ["12345678901234567890", None, None, None, None, "1.2340"],
    ]
    assert source.row_numbers.to_list() == [1, 3] and source.rows_in == 5
    assert source.quarantine["row"].to_list() == [4, 5, 6]
    assert set(source.quarantine["code"]) == {"unreadable_line"}
    assert source.quarantine["content"][0] == "not json, [email]"


def test_json_list(file):
    source = read_source(file('[\n {"id": "a", "n": 1},\n {"id": "b"},\n 5]', "a.json"))
    assert source.frame["id"].to_list() == ["a", "b"] and source.row_numbers.to_list() == [1, 2]
    assert source.quarantine["row"].to_list() == [3]


def test_json_troubles(file):
    with pytest.raises(InputError, match="is not valid JSON"):
        read_source(file('[{"id": 1},', "a.json"))
    with pytest.raises(InputError, match="neither JSON lines"):
        read_source(file("hello\n", "a.jsonl"))
    with pytest.raises(InputError, match="neither JSON lines"):
        read_source(file('{"a":' * 100_000, "a.jsonl"))


def test_reading_twice_gives_the_same(file):
    path = file("id,nota\n1,9\n2\n")
    one, two = read_source(path), read_source(str(path))
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(one.quarantine, two.quarantine)
    assert (one.digest, one.decisions) == (two.digest, two.decisions)
