"""A messy Brazilian export, made here, through a mapping: what became of every row, and what leaked."""

import codecs
import json
from dataclasses import replace
from datetime import datetime

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.tables.check import tallies
from cxlib.world.store import write_world

HEADINGS = [
    "Protocolo", "Data da resposta", "Nota NPS", "Nota CSAT", "Cliente", "Canal", "Comentário", "Departamento",
]  # fmt: skip
MESSY = [
    ("A-001", "25/03/2025 10:00", "10", "5", "Ana.Lima@Example.com", "Loja", "Ótimo atendimento", "Móveis"),
    ("A-002", "25/03/2025 11:30", "9", "4", "  ana.lima@EXAMPLE.com ", "Site", "Sou ana.lima@example.com", "Móveis"),
    ("A-003", "26/03/2025 09:15", "0", "1", "(11) 8765-4321", "Loja", "Ligar (11) 98765-4321", "Ramal 11 98765-4321"),
    ("A-004", "26/03/2025 12:00", "7,5", "3", "+55 11 98765-4321", "App", "", "Áudio"),
    ("A-005", "27/03/2025 08:00", "99", "2", "123.456.789-09", "Zap", "CPF 123.456.789-09 no boleto", "Áudio"),
    ("A-006", "27/03/2025 18:45", "-1", "5", "12345678909", "Site", '=HYPERLINK("http://x.example";"oi")', "Áudio"),
    ("A-007", "28/03/2025 07:05", "dez", "5", "11 98765 4321", "Site", "<script>alert(1)</script>", "Cama e banho"),
    ("A-008", "28/03/2025 23:59", "", "", "C-0042", "Balcão", "'; DROP TABLE survey_responses; --", "Cama e banho"),
    ("A-009", "29/03/2025 00:00", "8", "4", "C-0043", "Loja", "+cmd|' /C calc'!A0", "Cama e banho"),
    ("A-009", "29/03/2025 00:00", "3", "1", "C-0044", "Loja", "again, bia@example.org", "Cama e banho"),
    ("A-010", "31/02/2025 10:00", "6", "2", "", "Loja", "dia que não existe", "Cama e banho"),
]
CLEAN = [
    (f"B-{day}", f"{day}/04/2025 14:30", str(score), str(score // 2 or 1), f"C-{day}", "Site", "ok", "Livros")
    for day, score in enumerate([10, 10, 9, 9, 8, 7, 6, 0, 10, 5, 9, 2], start=13)
]
ROWS = MESSY + CLEAN
OVERFLOW = "A-011;30/03/2025 10:00;10;5;C-0045;Loja;sobra um campo;Livros;caio@example.net;(21) 99876-5432"
SCORES = [10, 9, 0, 8, 6, 10, 10, 9, 9, 8, 7, 6, 0, 10, 5, 9, 2]  # what can be counted
PERSONAL = [
    "ana.lima@", "bia@example", "caio@example", "8765-4321", "98765 4321", "987654321", "87654321",
    "123.456.789-09", "12345678909", "99876-5432", "998765432",
]  # fmt: skip

NPS = """[dataset]
title = "Reviews"
source_zone = "America/Sao_Paulo"

[survey_responses]
response_id = "Protocolo"
type = { value = "nps" }
score = "nota nps"
answered_at = "Data da resposta"
customer_id = "Cliente"
comment = "comentario"
channel = { column = "Canal", values = { Loja = "store", Site = "web", App = "app", Zap = "whatsapp" } }

[survey_responses.keep]
department = "Departamento"
"""
TWO = """[dataset]
source_zone = "America/Sao_Paulo"

[[survey_responses]]
type = { value = "nps" }
score = "Nota NPS"
answered_at = "Data da resposta"

[[survey_responses]]
type = { value = "csat" }
score = "Nota CSAT"
answered_at = "Data da resposta"
"""


def csv_text(rows=ROWS, extra=(OVERFLOW,)):
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ';"\n') else text

    lines = ["Relatório de avaliações - Loja Exemplo", ";".join(HEADINGS)]
    return "\r\n".join([*lines, *(";".join(map(cell, row)) for row in rows), *extra]) + "\r\n"


@pytest.fixture
def bring(tmp_path):
    """Write a mapping and files, import them, return the dataset."""

    def imported(mapping=NPS, out="out", **files):
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        contents = {name.replace("__", "."): content for name, content in files.items()}
        for name, content in (contents or {"reviews.csv": csv_text()}).items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode("cp1252"))
        paths = [tmp_path / name for name in contents or ["reviews.csv"]]
        return cx.import_table(paths, tmp_path / "mapping.toml", tmp_path / out)

    return imported


def findings(dataset, *outcomes):
    found = cx.check(dataset)
    found = found[found["outcome"].isin(outcomes)]
    return {(row.column, row.code, row.found): row.count for row in found.set_index("table").itertuples(index=False)}


# --- The account ------------------------------------------------------------------------------------


def test_rows_in_are_rows_used_and_rows_set_aside(bring):
    shop = bring()
    account = tallies(shop)
    assert account["rows_in"].sum() == len(ROWS) + 1
    assert account["rows_set_aside"].sum() == 2  # one overflow, one repeated protocol
    assert account["rows_used"].sum() == len(ROWS) - 1 == len(shop.frame("survey_responses"))
    assert (account["rows_in"] == account["rows_used"] + account["rows_set_aside"]).all()
    assert not cx.check(shop)["outcome"].eq("problem").any()


def test_every_value_that_became_null_is_an_issue_with_its_count(bring):
    assert findings(bring(), "set_to_null") == {
        ("score", "not_a_number", "dez"): 1,
        ("score", "out_of_scale", "99"): 1,
        ("score", "out_of_scale", "-1"): 1,
        ("score", "not_whole", "7.5"): 1,
        ("answered_at", "not_a_date", "31/02/2025 10:00"): 1,
        ("channel", "unknown_value", "Balcão"): 1,
    }


def test_every_row_set_aside_and_every_column_left_out_is_an_issue(bring):
    shop = bring()
    set_aside = {(column, code): count for (column, code, _), count in findings(shop, "row_set_aside").items()}
    assert set_aside == {("", "wrong_number_of_fields"): 1, ("response_id", "duplicate_key"): 1}
    assert findings(shop, "left_out") == {("Nota CSAT", "unmapped_column", ""): len(ROWS)}
    assert {(column, code): count for (column, code, _), count in findings(shop, "redacted").items()} == {
        ("comment", "redacted_email"): 2,
        ("comment", "redacted_phone"): 1,
        ("comment", "redacted_cpf"): 1,
        ("department", "redacted_phone"): 1,
    }
    assert findings(shop, "pseudonymised") == {("customer_id", "pseudonymised", ""): len(ROWS) - 1}


def test_what_was_decided_is_said(bring):
    said = {found for _, _, found in findings(bring(), "decided")}
    for words in ("encoding cp1252", "separator ;", "heading in row 2", 'decimal sign ","'):
        assert words in said
    assert any("day before month" in words and "America/Sao_Paulo" in words for words in said)


def test_the_row_with_too_many_fields_is_in_the_quarantine_as_an_outline(bring, tmp_path):
    bring()
    kept = pq.read_table(quarantine_of(tmp_path / "out")).to_pylist()
    overflow = [row for row in kept if row["code"] == "wrong_number_of_fields"]
    assert overflow == [
        {
            "table": "survey_responses",
            "source": "reviews.csv",
            "row": len(ROWS) + 3,
            "code": "wrong_number_of_fields",
            "content": "x-999;99/99/9999 99:99;99;9;x-9999;xxxx;xxxxx xx xxxxx;xxxxxx;[xxxxx];[xxxxx]",
        }
    ]


def test_the_row_with_a_repeated_id_is_in_the_quarantine_too(bring, tmp_path):
    bring()
    kept = pq.read_table(quarantine_of(tmp_path / "out")).to_pylist()
    assert [(row["code"], row["row"]) for row in kept if row["code"] == "duplicate_key"] == [("duplicate_key", 12)]


def quarantine_of(folder):
    return folder / json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["cx"]["quarantine"]


# --- The values -------------------------------------------------------------------------------------


def test_scores_and_why_they_are_missing(bring):
    answers = bring().frame("survey_responses").set_index("response_id")
    issues = answers["score_issue"]
    assert issues.dropna().to_dict() == {
        "A-004": "not_whole",
        "A-005": "out_of_scale",
        "A-006": "out_of_scale",
        "A-007": "not_a_number",
    }
    assert answers["score"].isna().sum() == 5 and pd.isna(issues["A-008"])
    assert answers.loc["A-009", "score"] == 8  # the first of the two rows
    assert answers["score"].dropna().to_list() == SCORES


def test_nps_counts_zero_and_says_what_it_could_not_count(bring):
    told = cx.nps(bring()).iloc[0]
    promoters, detractors = sum(score >= 9 for score in SCORES), sum(score <= 6 for score in SCORES)
    assert told["n"] == len(SCORES) and told["set_aside"] == 5
    assert told["value"] == pytest.approx(100 * (promoters - detractors) / len(SCORES))
    assert told["warnings"] == "missing:1;not_a_number:1;not_whole:1;out_of_scale:2;small_n"


def test_times_are_read_in_the_zone_and_stored_as_utc(bring):
    shop = bring()
    row = {row["response_id"]: row for row in shop.survey_responses.to_pyarrow().to_pylist()}
    assert row["A-001"]["answered_at"] == datetime(2025, 3, 25, 13, 0)
    assert row["A-008"]["answered_at"] == datetime(2025, 3, 29, 2, 59)
    assert row["A-010"]["answered_at"] is None


def test_months_begin_at_local_midnight_and_a_missing_time_is_its_own_cell(bring):
    last, first = ("30/04/2025 23:59", "01/05/2025 00:00")
    lines = [f"9;{last}"] * 10 + [f"3;{first}"] * 11 + ["8;31/04/2025 10:00"] * 12
    shop = bring(CLOCK, clock__csv="\n".join(["Nota;Data", *lines]) + "\n")
    cells = cx.nps(shop, every="month")
    assert cells["period"].fillna("").to_list() == ["2025-04", "2025-05", ""]
    assert cells["n"].to_list() == [10, 11, 0] and cells["set_aside"].to_list() == [0, 0, 12]
    assert cells["warnings"].iloc[2] == "no_date:12"


def test_channels_by_the_mapping_and_the_unknown_one_null(bring):
    channels = bring().frame("survey_responses").set_index("response_id")["channel"]
    assert channels["A-001"] == "store" and channels["A-002"] == "web" and channels["A-005"] == "whatsapp"
    assert pd.isna(channels["A-008"])


def test_hostile_text_survives_as_text_only(bring):
    comments = bring().frame("survey_responses").set_index("response_id")["comment"]
    assert comments["A-006"] == '=HYPERLINK("http://x.example";"oi")'
    assert comments["A-007"] == "<script>alert(1)</script>"
    assert comments["A-008"] == "'; DROP TABLE survey_responses; --"
    assert comments["A-009"] == "+cmd|' /C calc'!A0"
    assert pd.isna(comments["A-004"])


def test_hostile_headings_and_groups_do_no_harm(bring):
    mapping = NPS.replace('"Departamento"', "'x\"; DROP TABLE survey_responses; --'")
    text = csv_text().replace(";Departamento\r", ';"x""; DROP TABLE survey_responses; --"\r')
    shop = bring(mapping, reviews__csv=text)
    told = cx.nps(replace(shop, privacy_floor=0), by="department")
    assert told["n"].sum() == len(SCORES) and len(told) == 5
    assert len(shop.frame("survey_responses")) == len(ROWS) - 1


# --- Personal data ----------------------------------------------------------------------------------


def test_one_person_written_differently_is_one_pseudonym(bring):
    people = bring().frame("survey_responses").set_index("response_id")["customer_id"]
    assert people["A-001"] == people["A-002"]  # e-mail
    assert people["A-003"] == people["A-004"] == people["A-007"]  # phone
    assert people["A-005"] == people["A-006"]  # CPF
    assert pd.isna(people["A-010"])
    assert people.dropna().str.fullmatch("p_[0-9a-f]{20}").all()
    assert people.dropna().nunique() == 3 + 2 + len(CLEAN)


def test_pseudonyms_match_with_the_same_key_only(bring, tmp_path, monkeypatch):
    first = bring(out="one").frame("survey_responses")["customer_id"]
    again = bring(out="two").frame("survey_responses")["customer_id"]
    assert first.equals(again)
    monkeypatch.setenv("CX_KEY_FILE", str(tmp_path / "other.key"))
    other = bring(out="three").frame("survey_responses")["customer_id"]
    assert not set(first.dropna()) & set(other.dropna())


def everything_in(folder):
    """Return every file as its bytes and, where compressed, as what is inside."""
    for path in sorted(folder.rglob("*")):
        yield path.name, path.name
        yield path.name, path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":
            yield path.name, str(pq.read_schema(path)) + json.dumps(pq.read_table(path).to_pylist(), default=str)


def leaks(folder):
    return [(name, word) for name, text in everything_in(folder) for word in PERSONAL if word in text.casefold()]


def test_no_personal_data_in_any_byte_of_the_folder(bring, tmp_path):
    bring()
    assert leaks(tmp_path / "out") == []
    assert [name for name in (path.name for path in (tmp_path / "out").iterdir()) if "quarantine" in name]


def test_personal_data_in_the_wrong_columns_leak_neither(bring, tmp_path):
    rows = [
        ("ana.lima@example.com", "bia@example.org", "ana.lima@example.com", "", "", "123.456.789-09", "", "x"),
        ("123.456.789-09", "26/03/2025 10:00", "(11) 98765-4321", "", "", "bia@example.org", "", "(11) 98765-4321"),
        *CLEAN,
    ]
    shop = bring(reviews__csv=csv_text(rows))
    assert shop.frame("survey_responses")["response_id"].str.startswith("p_").sum() == 2
    assert leaks(tmp_path / "out") == []


def test_numbers_that_are_phones_or_cpfs_are_struck_out_of_kept_columns(bring, tmp_path):
    table = pa.table(
        {
            "Nota": pa.array([9, 3]),
            "Data": pa.array([datetime(2025, 3, 25), datetime(2025, 3, 26)]),
            "Telefone": pa.array([11987654321, None], pa.int64()),
            "CPF": pa.array([12345678909, None], pa.int64()),
        }
    )
    pq.write_table(table, tmp_path / "typed.parquet")
    mapping = """[survey_responses]
type = { value = "nps" }
score = "Nota"
answered_at = { column = "Data", source_zone = "UTC" }
[survey_responses.keep]
phone = "Telefone"
document = "CPF"
"""
    bring(mapping, typed__parquet=(tmp_path / "typed.parquet").read_bytes())
    assert leaks(tmp_path / "out") == []


def test_a_heading_that_is_an_e_mail_is_not_written(bring, tmp_path):
    bring(reviews__csv=csv_text().replace("Nota CSAT", "bia@example.org"))
    assert leaks(tmp_path / "out") == []


def test_a_file_name_that_holds_a_phone_is_not_written(bring, tmp_path):
    bring(**{"Conversa com +55 11 98765-4321__csv": csv_text()})
    assert leaks(tmp_path / "out") == []


def test_columns_not_mapped_are_absent_and_kept_ones_are_there(bring):
    answers = bring().frame("survey_responses")
    assert not {"Nota CSAT", "Departamento"} & set(answers.columns)
    assert answers["department"].to_list()[:3] == ["Móveis", "Móveis", "Ramal [phone]"]


# --- Ids, sections, files ---------------------------------------------------------------------------


def test_ids_made_from_rows_are_stable(bring):
    first = bring(TWO, out="one").frame("survey_responses")
    again = bring(TWO, out="two").frame("survey_responses")
    assert first["response_id"].is_unique
    assert first.equals(again)


def test_two_questions_of_one_row_are_two_answers(bring):
    shop = bring(TWO)
    answers = shop.frame("survey_responses")
    assert answers["type"].value_counts().to_dict() == {"nps": len(ROWS), "csat": len(ROWS)}
    assert tallies(shop)[["rows_in", "rows_used", "rows_set_aside"]].to_numpy().tolist() == [
        [len(ROWS) + 1, len(ROWS), 1],
        [len(ROWS) + 1, len(ROWS), 1],
    ]
    stars = [int(row[3]) for row in ROWS if row[3]]
    told = cx.csat(shop).iloc[0]
    assert told["n"] == len(stars) and told["numerator"] == sum(star >= 4 for star in stars)
    assert cx.nps(shop).iloc[0]["n"] == len(SCORES) + 1  # the second A-009 counts: there is no id to repeat


def test_two_files_of_one_section_are_put_together(bring):
    shop = bring(reviews__csv=csv_text(MESSY, ()), more__csv=csv_text(CLEAN, ()))
    assert tallies(shop)["source"].to_list() == ["reviews.csv", "more.csv"]
    assert tallies(shop)["rows_in"].sum() == len(ROWS)
    assert cx.nps(shop).iloc[0]["n"] == len(SCORES)


def test_an_id_repeated_in_another_file_is_set_aside_once(bring):
    shop = bring(reviews__csv=csv_text(CLEAN, ()), more__csv=csv_text(CLEAN, ()).replace("Loja Exemplo", "Loja 2"))
    account = tallies(shop)
    assert account[["rows_in", "rows_used", "rows_set_aside"]].sum().to_list() == [24, 12, 12]
    assert (account["rows_in"] == account["rows_used"] + account["rows_set_aside"]).all()


def test_source_says_which_section_reads_which_file(bring):
    mapping = NPS.replace('response_id = "P', 'source = "rev*.csv"\nresponse_id = "P')
    mapping += '[stores]\nsource = "lojas.csv"\nstore_id = "Código"\nname = "Nome"\n'
    shop = bring(mapping, reviews__csv=csv_text(), lojas__csv="Código;Nome\nL1;Centro\nL2;Praia\n")
    assert list(shop) == ["stores", "survey_responses"]
    assert shop.frame("stores")["name"].to_list() == ["Centro", "Praia"]


def test_a_second_table_keeps_the_first(bring, tmp_path):
    before = bring().frame("survey_responses")
    shop = bring('[stores]\nstore_id = "Código"\n', lojas__csv="Código;Nome\nL1;Centro\nL2;Praia;sobra\n")
    assert list(shop) == ["stores", "survey_responses"]
    assert shop.frame("survey_responses").equals(before)
    assert tallies(shop)["table"].to_list() == ["survey_responses", "stores"]
    assert set(pq.read_table(quarantine_of(tmp_path / "out"))["table"].to_pylist()) == {"survey_responses", "stores"}
    assert shop.title == "Reviews"


def test_a_second_import_of_a_table_takes_its_place(bring, tmp_path):
    bring()
    shop = bring(reviews__csv=csv_text(CLEAN, ()))
    assert len(shop.frame("survey_responses")) == tallies(shop)["rows_used"].sum() == len(CLEAN)
    assert pq.read_table(quarantine_of(tmp_path / "out")).num_rows == 0


# --- Formats ----------------------------------------------------------------------------------------


def as_number(text):
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return text


def as_time(text):
    try:
        return datetime.strptime(text, "%d/%m/%Y %H:%M")
    except ValueError:
        return text


def typed_rows():
    for name, when, nps, csat, *rest in ROWS:
        yield [name, as_time(when), as_number(nps), as_number(csat), *rest]


def write_xlsx(path, heading_row=1, sheet="Planilha1"):
    book = openpyxl.Workbook()
    book.active.title = "Capa"
    book.active.append(["Loja Exemplo", "avaliações"])
    page = book.create_sheet(sheet)
    for _ in range(heading_row - 1):
        page.append(["Filtro: todas as lojas"])
    page.append(HEADINGS)
    for row in typed_rows():
        page.append([value if not isinstance(value, str) else None for value in row])
        for place, value in enumerate(row, start=1):
            if isinstance(value, str) and value:
                cell = page.cell(page.max_row, place, value)
                cell.data_type = "s"  # a formula in a comment is text here too
    book.save(path)


def write_jsonl(path):
    lines = [dict(zip(HEADINGS, row, strict=True)) for row in typed_rows()]
    text = "\n".join(json.dumps(line, ensure_ascii=False, default=lambda at: at.isoformat()) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")


def write_parquet(path):
    columns = list(zip(*ROWS, strict=True))
    pq.write_table(pa.table([pa.array(column) for column in columns], names=HEADINGS), path)


@pytest.mark.parametrize("write", [write_xlsx, write_jsonl, write_parquet])
def test_the_same_rows_in_another_format_give_the_same_table(bring, tmp_path, write):
    name = "r." + write.__name__.removeprefix("write_")
    expected = bring(reviews__csv=csv_text(ROWS, ()), out="csv")
    write(tmp_path / name)
    mapping = NPS.replace('response_id = "P', 'sheet = "Planilha1"\nresponse_id = "P') if name == "r.xlsx" else NPS
    found = bring(mapping, **{name.replace(".", "__"): (tmp_path / name).read_bytes()})
    pd.testing.assert_frame_equal(found.frame("survey_responses"), expected.frame("survey_responses"))
    assert cx.nps(found).equals(cx.nps(expected))


def test_sheet_and_header_row_are_followed(bring, tmp_path):
    write_xlsx(tmp_path / "r.xlsx", heading_row=5, sheet="Respostas")
    mapping = NPS.replace('response_id = "P', 'sheet = "Respostas"\nheader_row = 5\nresponse_id = "P')
    shop = bring(mapping, r__xlsx=(tmp_path / "r.xlsx").read_bytes())
    assert cx.nps(shop).iloc[0]["n"] == len(SCORES)
    with pytest.raises(cx.InputError, match="no headings in row 99"):
        bring(mapping.replace("= 5", "= 99"), r__xlsx=(tmp_path / "r.xlsx").read_bytes())
    with pytest.raises(cx.InputError, match='no sheet "Nada"'):
        bring(mapping.replace('"Respostas"', '"Nada"'), r__xlsx=(tmp_path / "r.xlsx").read_bytes())


def test_header_row_of_a_csv(bring):
    text = "a;b;c;d;e;f;g;h\r\n" + csv_text()
    mapping = NPS.replace('response_id = "P', 'header_row = 3\nresponse_id = "P')
    assert cx.nps(bring(mapping, reviews__csv=text)).iloc[0]["n"] == len(SCORES)


@pytest.mark.parametrize("encoding", ["mac_roman", "utf-16-le", "cp850"])
def test_an_encoding_that_cannot_be_detected_is_said(bring, encoding):
    mapping = NPS.replace('response_id = "P', f'encoding = "{encoding}"\nresponse_id = "P')
    shop = bring(mapping, reviews__csv=csv_text().encode(encoding))
    assert shop.frame("survey_responses")["comment"].iloc[0] == "Ótimo atendimento"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_that_can_be_detected_is(bring, encoding):
    shop = bring(reviews__csv=csv_text().encode(encoding))
    assert shop.frame("survey_responses")["comment"].iloc[0] == "Ótimo atendimento"
    assert codecs.lookup(encoding)


TWICE = "Nota;Data\n9;16/02/2019 23:30\n3;04/11/2018 00:30\n8;25/12/2018 12:00\n"
CLOCK = """[survey_responses]
type = { value = "nps" }
score = "Nota"
answered_at = { column = "Data", source_zone = "America/Sao_Paulo" }
"""


@pytest.mark.parametrize("fold, expected", [("fold = 0", 1), ("fold = 1", 2)])
def test_fold_decides_the_hour_that_happened_twice(bring, fold, expected):
    shop = bring(CLOCK + fold, clock__csv=TWICE)
    times = [row["answered_at"] for row in shop.survey_responses.to_pyarrow().to_pylist()]
    assert times == [datetime(2019, 2, 17, expected, 30), None, datetime(2018, 12, 25, 14, 0)]
    assert findings(shop, "set_to_null") == {("answered_at", "time_does_not_exist", "04/11/2018 00:30"): 1}


def test_without_fold_the_doubtful_hour_is_null(bring):
    assert findings(bring(CLOCK, clock__csv=TWICE), "set_to_null") == {
        ("answered_at", "time_does_not_exist", "04/11/2018 00:30"): 1,
        ("answered_at", "time_happens_twice", "16/02/2019 23:30"): 1,
    }


# --- The mapping's words ----------------------------------------------------------------------------


def test_values_say_what_a_word_means(bring):
    shop = bring(NPS.replace('"nota nps"', '{ column = "Nota NPS", values = { dez = "10", "99" = "9" } }'))
    scores = shop.frame("survey_responses").set_index("response_id")["score"]
    assert scores["A-007"] == 10 and scores["A-005"] == 9
    assert cx.nps(shop).iloc[0]["n"] == len(SCORES) + 2


def test_values_fit_whole_numbers_of_a_typed_file_with_gaps(bring, tmp_path):
    faces = pd.DataFrame({"Rosto": [1.0, 2.0, None], "Data": pd.to_datetime(["2025-03-25"] * 3).tz_localize("UTC")})
    faces.to_parquet(tmp_path / "faces.parquet")
    mapping = """[survey_responses]
type = { value = "csat" }
score = { column = "Rosto", values = { "1" = "5", "2" = "1" } }
answered_at = "Data"
"""
    shop = bring(mapping, faces__parquet=(tmp_path / "faces.parquet").read_bytes())
    assert shop.frame("survey_responses")["score"].fillna(-1).to_list() == [5, 1, -1]


def test_a_doubtful_decimal_is_settled_by_the_mapping(bring):
    text = "Nota;Data\n1.000;25/03/2025 10:00\n9.000;26/03/2025 10:00\n"
    with pytest.raises(cx.InputError, match="could be 1000 or 1"):
        bring(CLOCK, clock__csv=text)
    shop = bring(CLOCK.replace('"Nota"', '{ column = "Nota", decimal = "." }'), clock__csv=text)
    assert shop.frame("survey_responses")["score"].to_list() == [1, 9]


def test_the_scale_of_a_row_holds(bring):
    text = "Nota;Data;Max\n5;25/03/2025 10:00;5\n7;26/03/2025 10:00;5\n7;27/03/2025 10:00;\n"
    shop = bring(CLOCK + 'scale_max = "Max"\n', clock__csv=text)
    answers = shop.frame("survey_responses")
    assert answers["score_issue"].fillna("").to_list() == ["", "out_of_scale", ""]


# --- What is refused --------------------------------------------------------------------------------


def test_the_synthetic_company_is_not_mixed_with_real_data(bring, tmp_path):
    write_world(tmp_path / "ipe", scale="tiny", seed=1)
    before = {path.name: path.read_bytes() for path in (tmp_path / "ipe").iterdir()}
    with pytest.raises(cx.InputError, match="real data are not mixed with it"):
        bring(out="ipe")
    assert {path.name: path.read_bytes() for path in (tmp_path / "ipe").iterdir()} == before


def test_a_refused_import_changes_nothing(bring, tmp_path):
    bring()
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(cx.InputError):
        bring(reviews__csv=csv_text().replace("Nota NPS", "Outra coisa"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
