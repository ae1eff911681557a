"""What the commands of privacy print and how they end; what they do is tested where it is done."""

import json
import zipfile

import pandas as pd
import pytest

import cxlib as cx
from cxlib.cli import main
from cxlib.reports.written import reports_in

MAPPING = """[survey_responses]
response_id = "id"
type = { value = "nps" }
score = "score"
answered_at = { column = "at", source_zone = "UTC" }
customer_id = "mail"
"""


@pytest.fixture
def shop(tmp_path):
    mails = ["ana@example.com", "bia@example.com", "Ana@Example.com"]
    rows = pd.DataFrame({"id": list("abc"), "score": [9, 3, 7], "at": ["2023-01-01 10:00", *["2025-01-01 10:00"] * 2],
                         "mail": mails})  # fmt: skip
    rows.to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    cx.import_table([tmp_path / "answers.csv"], tmp_path / "mapping.toml", tmp_path / "shop")
    return tmp_path / "shop"


def cx_says(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([str(one) for one in arguments])
    captured = capsys.readouterr()
    return left.value.code, captured.out + captured.err


def test_forget_by_an_address_and_nobody_the_second_time(shop, capsys):
    (shop.parent / "report.html").write_text('<meta charset="utf-8"><meta name="generator" content="cxlib">')
    code, text = cx_says(capsys, "forget", shop, "--person", "ana@example.com")
    assert (code, cx.open_dataset(shop).frame("survey_responses")["response_id"].tolist()) == (0, ["b"])
    assert "delete it and write it again" in text
    assert str(shop.parent / "report.html") in text
    assert "Not reached from here" in text
    assert cx_says(capsys, "forget", shop, "--person", "ana@example.com")[0] == 1


def test_a_key_that_is_not_there_is_not_made(shop, capsys, tmp_path):
    code, text = cx_says(capsys, "forget", shop, "--person", "ana@example.com", "--key-file", tmp_path / "absent.key")
    assert code == 2
    assert "absent.key" in text
    assert not (tmp_path / "absent.key").exists()


def test_subject_retention_record_and_consent(shop, capsys, tmp_path):
    code, text = cx_says(capsys, "subject", shop, "--person", "ana@example.com", "--out", tmp_path / "ana.json")
    assert (code, len(json.loads((tmp_path / "ana.json").read_text())["tables"]["survey_responses"]["rows"])) == (
        0,
        2,
    )
    code, text = cx_says(capsys, "retention", shop, "--keep", "24mo", "--as-of", "2025-03-01")
    assert (code, "1 of 3 rows would go. Nothing was changed." in text) == (0, True)
    code, text = cx_says(capsys, "--lang", "pt-BR", "privacy", "report", shop)
    assert (code, "Minuta do registro" in text) == (0, True)
    code, text = cx_says(capsys, "privacy", "consent", shop, "--purpose", "analytics")
    assert (code, "does not know who consents" in text or "não sabe quem consente" in text) == (2, True)


def test_reports_are_known_by_their_marks(tmp_path):
    (tmp_path / "page.html").write_text("<p>somebody's page</p>")
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "mine.xlsx", "w") as archive:
        archive.writestr("docProps/core.xml", "<dc:creator>cxlib</dc:creator>")
    assert [path.name for path in reports_in([tmp_path, tmp_path / "absent"])] == ["mine.xlsx"]
