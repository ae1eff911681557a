"""Broken files and mappings, each with the sentence it gets. Nothing is written, nothing is a traceback."""

from pathlib import Path

import pytest

import cxlib as cx

MAPPING = """[survey_responses]
type = { value = "nps" }
score = "Nota"
answered_at = { column = "Data", source_zone = "America/Sao_Paulo" }
"""
FILE = "Data;Nota\n25/03/2025 10:00;9\n26/03/2025 11:00;3\n"


def with_line(line):
    return MAPPING + line + "\n"


MAPPINGS = {
    "not TOML": ("[survey_responses", "mapping.toml is not valid TOML: Expected ']' at the end of a table"),
    "empty": ("", "mapping.toml has no section. Begin one with the name of a table, such as [survey_responses]."),
    "unknown table": ("[reviews]\nscore = 'x'", "There is no table called 'reviews'. The tables are: customers,"),
    "table as a value": ("survey_responses = 'x'", "survey_responses must be a section: write [survey_responses]"),
    "unknown column": (
        with_line("scor = 'Nota'"),
        "[survey_responses] has no key 'scor'. Did you mean score? Known:",
    ),
    "unknown option": (
        with_line("comment = { colum = 'x' }"),
        "[survey_responses] comment has no key 'colum'. Did you mean column? Known:",
    ),
    "column and value": (
        with_line("channel = { column = 'a', value = 'web' }"),
        "[survey_responses] channel: give either column or value.",
    ),
    "bare number": (
        with_line("scale_max = 10"),
        "[survey_responses] scale_max = 10: give the name of a column in quotes, or { value = 10 } for all rows.",
    ),
    "header_row in words": (
        with_line("header_row = 'two'"),
        "[survey_responses] header_row = 'two': expected a whole number.",
    ),
    "required column not mapped": (
        MAPPING.replace("answered_at", "asked_at"),
        "[survey_responses] needs answered_at (When the answer was sent (UTC)). Name the column of your file,",
    ),
    "heading not in the file": (
        MAPPING.replace('"Nota"', '"Score"'),
        "reviews.csv has no column 'Score'. Its columns are: 'Data', 'Nota'.",
    ),
    "keep of a known column": (
        MAPPING + "[survey_responses.keep]\nchannel = 'Data'",
        "[survey_responses.keep] channel is a column of the table itself: move it up to [survey_responses].",
    ),
    "keep under a bad name": (
        MAPPING + '[survey_responses.keep]\n"Loja física" = "Data"',
        "[survey_responses.keep] 'Loja física' cannot be a column name: begin with a small letter,",
    ),
    "source that fits no file": (
        with_line("source = 'orders*.csv'"),
        "[survey_responses] reads 'orders*.csv', and no file given is called that. Given: reviews.csv.",
    ),
    "unknown setting": ("[dataset]\nzona = 'UTC'\n" + MAPPING, "[dataset] has no key 'zona'. Did you mean zone?"),
    "unknown zone": ("[dataset]\nzone = 'Sao Paulo'\n" + MAPPING, 'There is no time zone called "Sao Paulo".'),
    "times without a zone": (
        MAPPING.replace('{ column = "Data", source_zone = "America/Sao_Paulo" }', '"Data"'),
        "reviews.csv, answered_at from 'Data':",
    ),
    "unknown encoding": (with_line("encoding = 'utf-99'"), "utf-99"),
}

FILES = {
    "empty file": ("", "reviews.csv"),
    "headings only": ("Data;Nota\n", "reviews.csv"),
    "ambiguous dates": ("Data;Nota\n03/04/2025;9\n05/06/2025;3\n", "03/04/2025"),
    "both day first and month first": ("Data;Nota\n25/03/2025;9\n03/25/2025;3\n", "25/03/2025"),
    "ambiguous numbers": ("Data;Nota\n25/03/2025;1.234\n26/03/2025;5.678\n", "1.234"),
    "contradictory numbers": ("Data;Nota\n25/03/2025;7,5\n26/03/2025;7.5\n", "7"),
    "unclosed quotation": ('Data;Nota\n25/03/2025;"9\n' + "26/03/2025;3\n" * 30, "reviews.csv"),
    "a heading that never ends": ("Data;" + "x" * 1_000_000 + "\n25/03/2025;9\n26/03/2025;3\n", "'xxxxx"),
    "blank lines above the headings": ("\n" * 300 + FILE, "the first 200 lines are blank"),
    "NUL bytes": ("Data;Nota\n25/03/2025;9\x00\n", "reviews.csv"),
}


def fails(tmp_path, mapping, text, words):
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / "reviews.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(cx.InputError) as told:
        cx.import_table([tmp_path / "reviews.csv"], tmp_path / "mapping.toml", tmp_path / "out")
    assert words in str(told.value)
    assert len(str(told.value)) < 4000
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("case", MAPPINGS)
def test_broken_mappings(tmp_path, case):
    mapping, words = MAPPINGS[case]
    fails(tmp_path, mapping, FILE, words)


@pytest.mark.parametrize("case", FILES)
def test_broken_files(tmp_path, case):
    text, words = FILES[case]
    fails(tmp_path, MAPPING, text, words)


def test_a_file_that_is_not_there(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING)
    with pytest.raises(cx.InputError, match=r"absent\.csv"):
        cx.import_table([tmp_path / "absent.csv"], tmp_path / "mapping.toml", tmp_path / "out")


def test_a_file_no_section_reads(tmp_path):
    (tmp_path / "mapping.toml").write_text(with_line("source = 'a.csv'"))
    (tmp_path / "a.csv").write_text(FILE)
    (tmp_path / "b.csv").write_text(FILE)
    with pytest.raises(cx.InputError, match=r"No section of the mapping reads b.csv"):
        cx.import_table([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "mapping.toml", tmp_path / "out")


def test_a_folder_that_holds_something_else(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "reviews.csv").write_text(FILE)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "holiday.jpg").write_bytes(b"")
    with pytest.raises(cx.InputError, match=r"already holds other files \(holiday.jpg\)"):
        cx.import_table([tmp_path / "reviews.csv"], tmp_path / "mapping.toml", tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("datapackage.json", "{", "is not a data package that can be read"),
        (
            "datapackage.json",
            '{"resources": [{"name": "orders", "path": "../orders.csv"}]}',
            "which is not in the folder",
        ),
        (
            "datapackage.json",
            '{"resources": [{"name": "orders", "path": "orders.csv"}]}',
            "which is not in the folder",
        ),
        ("notes.txt", "hello", "holds no dataset"),
        ("orders.parquet", "hello", "cannot be read as Parquet"),
    ],
)
def test_folders_that_are_no_dataset(tmp_path: Path, name, content, words):
    (tmp_path / name).write_text(content)
    with pytest.raises(cx.InputError, match=words):
        cx.open_dataset(tmp_path)


def test_sources_that_are_none(tmp_path):
    (tmp_path / "x.duckdb").write_text("hello")
    for source, words in [
        (tmp_path / "absent", "does not exist"),
        (tmp_path / "x.duckdb", "cannot be opened as a DuckDB file"),
        ({"reviews": None}, "There is no table called 'reviews'"),
        ({"orders": 3}, "cannot be made from int"),
        (3, "cannot be opened from int"),
    ]:
        with pytest.raises(cx.InputError, match=words):
            cx.open_dataset(source)
