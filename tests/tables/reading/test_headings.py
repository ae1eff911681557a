import pytest
from sources import cells

from cxlib.errors import InputError
from cxlib.tables.reading import read_source


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
