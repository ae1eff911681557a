"""Ways in which an import could lose, mix up or give away something. Each was met once."""

import json

import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.world.store import write_world

START = '[survey_responses]\ntype = { value = "csat" }\nanswered_at = { column = "Data", source_zone = "UTC" }\n'


@pytest.fixture
def bring(tmp_path):
    def run(text, mapping, out="out"):
        (tmp_path / "reviews.csv").write_text(text, encoding="utf-8")
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        return cx.import_table([tmp_path / "reviews.csv"], tmp_path / "mapping.toml", tmp_path / out)

    return run


def test_two_questions_in_one_row_with_one_id_are_two_answers(bring):
    text = "Id;Data;Nota;Estrelas\nA1;25/03/2025;9;5\nA2;26/03/2025;0;1\n"
    mapping = "".join(
        f'[[survey_responses]]\nresponse_id = "Id"\ntype = {{ value = "{kind}" }}\nscore = "{column}"\n'
        'answered_at = { column = "Data", source_zone = "UTC" }\n'
        for kind, column in (("nps", "Nota"), ("csat", "Estrelas"))
    )
    frame = bring(text, mapping).frame("survey_responses")
    assert frame["response_id"].tolist() == ["A1", "A2", "A1/2", "A2/2"]
    assert frame["score"].tolist() == [9, 0, 5, 1]


def test_good_and_bad_survive_the_import(bring):
    rows = "".join(f"25/03/2025;{int(number % 4 > 0)}\n" for number in range(100))
    shop = bring("Data;Nota\n" + rows, START + 'score = "Nota"\n')
    row = cx.csat(shop, rule="zendesk_good_bad").iloc[0]
    assert (row["value"], row["n"]) == (0.75, 100)


def test_a_heading_in_another_script_is_not_taken_for_another(bring):
    with pytest.raises(cx.InputError, match="has no column 'оценка'"):
        bring("Data;комментарий\n25/03/2025;5\n", START + 'score = "оценка"\n')


def test_what_was_never_mapped_is_in_no_file(bring, tmp_path):
    text = "Data;Nota;Nome\n25/03/2025;5;Joana Prado\n26/03/2025;4;Joana Prado;Rua das Flores 12\n"
    bring(text, START + 'score = "Nota"\n')
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
        assert b"Joana" not in content
        assert b"Flores" not in content


def test_the_synthetic_company_does_not_overwrite_real_data(bring, tmp_path):
    bring("Data;Nota\n25/03/2025;5\n", START + 'score = "Nota"\n')
    with pytest.raises(cx.InputError, match="not synthetic"):
        write_world(tmp_path / "out", scale="tiny")


def test_a_folder_that_cannot_be_written(bring, tmp_path, monkeypatch):
    import cxlib.tables.storage as storage

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(cx.InputError, match="No space left on device"):
        bring("Data;Nota\n25/03/2025;5\n", START + 'score = "Nota"\n')


def test_a_damaged_file_is_told_in_a_sentence(tmp_path):
    shop = cx.ipe()
    shop.frame("customers").to_parquet(tmp_path / "customers.parquet")
    content = bytearray((tmp_path / "customers.parquet").read_bytes())
    content[200:4000] = b"\xff" * 3800
    (tmp_path / "customers.parquet").write_bytes(content)
    with pytest.raises(cx.InputError, match="cannot be read"):
        cx.open_dataset(tmp_path).frame("customers")
