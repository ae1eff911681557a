import time

import pytest
from sources import cells

from cxlib.errors import InputError
from cxlib.tables.reading import read_source

ROWS = [["1", "9", "ótimo"], ["2", "0", "péssimo"]]


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


def test_the_heading_line_chooses_the_separator(file):
    assert cells(read_source(file("id;valor\n1;7,5\n2;8,5\n"))) == [["1", "7,5"], ["2", "8,5"]]
    source = read_source(file("Vendas, janeiro 2024\nid;valor\n1;7,5\n2;8,5\n3;9,5\n"))
    assert list(source.frame.columns) == ["id", "valor"] and len(source.frame) == 3


def test_one_column(file):
    source = read_source(file("comentário\nbom\n\nruim\n"))
    assert cells(source) == [["bom"], ["ruim"]] and source.row_numbers.to_list() == [2, 4]
    assert "one column" in source.decisions
    assert cells(read_source(file('comentário\n"bom, mas caro"\n"ruim, e caro"\n')))[0] == ["bom, mas caro"]


def test_cells_stay_as_written(file):
    source = read_source(file('id,text\n 1 ,"a ""quoted"" word"\n2,"two\nlines, one cell"\n3,\n'))
    assert cells(source) == [[" 1 ", 'a "quoted" word'], ["2", "two\nlines, one cell"], ["3", ""]]
    assert source.row_numbers.to_list() == [2, 3, 5]


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
