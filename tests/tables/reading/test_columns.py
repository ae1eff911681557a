from sources import cells

from cxlib.tables.reading import read_source


def test_headings_twice_and_empty(file):
    source = read_source(file("id;Celular;;Celular; Nota  final \n1;11;x;12;9\n"))
    assert list(source.frame.columns) == ["id", "Celular", "column_3", "Celular.1", "Nota final"]
    assert "columns without a heading were named column_3" in source.decisions
    assert "headings that occur twice were named Celular.1" in source.decisions
    assert list(read_source(file("x;x.1;x\n1;2;3\n")).frame.columns) == ["x", "x.1", "x.2"]


def test_an_unnamed_index_column(file):
    assert list(read_source(file(",score\n0,9\n1,8\n")).frame.columns) == ["column_1", "score"]


def test_rows_of_the_wrong_width_are_set_aside(file):
    source = read_source(file("id,nota,quem\n1,9,a\n2,8\n3,7,b,ana@example.com\n4,6,c\n"))
    assert cells(source) == [["1", "9", "a"], ["4", "6", "c"]]
    assert source.quarantine.to_numpy().tolist() == [
        [3, "wrong_number_of_fields", "2;8"],
        [4, "wrong_number_of_fields", "3;7;b;[email]"],
    ]
    assert source.rows_in == 4 == len(source.frame) + len(source.quarantine)


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
