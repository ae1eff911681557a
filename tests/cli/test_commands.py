"""The command cx as a shell sees it: what is printed where, exit codes, formats, both languages."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cxlib.cli import main, system_language
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.result import COLUMNS

MAPPING = """[survey_responses]
type = { value = "nps" }
score = "Nota"
answered_at = { column = "Data", source_zone = "America/Sao_Paulo" }
channel = { column = "Canal", values = { Loja = "store", Site = "web" } }
[survey_responses.keep]
team = "Equipe"
"""


@pytest.fixture
def cx(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


@pytest.fixture
def reviews(tmp_path):
    rows = [
        f"{1 + row % 28:02d}/03/2025 10:00;{(9, 10, 3, 7, 0)[row % 5]};{('Loja', 'Site')[row % 2]};=1+1"
        for row in range(100)
    ]
    (tmp_path / "reviews.csv").write_text("\n".join(["Data;Nota;Canal;Equipe", *rows, "28/03/2025 10:00;99;Loja;b"]))
    (tmp_path / "mapping.toml").write_text(MAPPING)
    return tmp_path


@pytest.fixture
def dataset(cx, reviews):
    code, _, err = cx(
        "import", "table", reviews / "reviews.csv", "--map", reviews / "mapping.toml", "--out", reviews / "d"
    )
    assert (code, err) == (0, "")
    return reviews / "d"


def test_import_check_metric_compare(cx, dataset):
    code, out, _ = cx("check", dataset)
    assert code == 0
    assert "out_of_scale" in out
    code, out, _ = cx("metric", "nps", "--data", dataset, "--by", "channel", "--every", "month")
    assert code == 0
    assert "store · 2025-03: NPS 0 (" in out
    assert "set aside: 1 outside the scale" in out
    code, out, _ = cx("compare", "nps", "--data", dataset, "--groups", "channel")
    assert code == 0
    assert "no clear difference" in out


def test_json_is_one_array_of_flat_objects_and_never_localised(cx, dataset):
    _, english, _ = cx("metric", "nps", "--data", dataset, "--by", "channel", "--format", "json")
    _, portuguese, _ = cx(
        "--lang", "pt-BR", "metric", "nps", "--data", dataset, "--by", "channel", "--format", "json"
    )
    assert english == portuguese
    rows = json.loads(english)
    assert list(rows[0]) == ["channel", *COLUMNS]
    assert sum(row["n"] for row in rows) == 100


def test_csv_for_a_portuguese_excel(cx, dataset):
    _, out, _ = cx("metric", "nps", "--data", dataset, "--by", "team", "--format", "csv", "--lang", "pt-BR")
    assert out.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(out[1:]), delimiter=";"))
    assert rows[0][0] == "team"
    assert "," in rows[1][rows[0].index("low")]
    assert {row[0] for row in rows[1:]} == {"'=1+1", "b"}  # a formula that came with the data is text


def test_a_minus_is_a_minus_to_people_and_a_hyphen_to_machines(cx, tmp_path):
    answers = pd.DataFrame({"response_id": [f"r{row}" for row in range(20)], "type": "nps", "score": 0.0})
    answers["answered_at"] = pd.Timestamp("2025-01-01", tz="UTC")
    answers.to_parquet(tmp_path / "survey_responses.parquet")
    for language in ("en", "pt-BR"):
        call = ("--lang", language, "metric", "nps", "--data", tmp_path, "--format")
        assert "NPS −100 (" in cx(*call, "table")[1]
        assert "-100" in cx(*call, "csv")[1] and "−" not in cx(*call, "csv")[1]
        assert json.loads(cx(*call, "json")[1])[0]["value"] == -100


def test_csv_in_english_reads_back(cx, dataset):
    _, out, _ = cx("metric", "nps", "--data", dataset, "--format", "csv")
    frame = pd.read_csv(io.StringIO(out))
    assert frame["n"].tolist() == [100]


def test_sql_is_printed_not_run(cx, dataset):
    code, out, _ = cx("metric", "nps", "--data", dataset, "--sql")
    assert code == 0
    assert "GROUP BY" in out


def test_find_in_either_language(cx):
    for words in (["response", "rate"], ["taxa", "de", "resposta"], ["TAXA", "RESPOSTAS"]):
        code, out, _ = cx("find", *words)
        assert code == 0
        assert "response_rate" in out.splitlines()[1]
    assert cx("find", "xyzzy")[0] == 1


def test_find_lessons(cx):
    for words in ("pocket statistics", "margem de erro", "how far a number can be trusted"):
        assert "06b_pocket_statistics" in cx("find", *words.split())[1]


def test_metrics_are_listed(cx):
    code, out, _ = cx("metrics", "--format", "json")
    assert code == 0
    assert [row["metric"] for row in json.loads(out)] == list(METRICS)


def test_check_says_no(cx, tmp_path):
    repeated = pd.DataFrame({"response_id": ["a", "a"], "type": "nps", "score": 9.0})
    repeated["answered_at"] = pd.Timestamp("2025-01-01", tz="UTC")
    repeated.to_parquet(tmp_path / "survey_responses.parquet")
    code, out, _ = cx("check", tmp_path)
    assert code == 1
    assert "repeated_key" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["metric", "nps"], "--data is missing."),
        (["metric", "nps", "--data", "absent"], "absent does not exist."),
        (["metric", "npss", "--data", "."], "Did you mean nps?"),
        (["metric", "nps", "--date", "x"], "There is no option --date."),
        (["mtric"], "This call is not right"),
        (["--lang", "fr", "metrics"], 'Language "fr" is not known.'),
        (["metrics", "--format", "xml"], "'xml' is not a format."),
        (["compare", "nps", "--data", "."], "exactly one of rules, periods and groups"),
        (["world", "--out", "x", "--scale", "huge"], "There is no scale called 'huge'"),
    ],
)
def test_wrong_calls_get_one_sentence_and_two(cx, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    code, out, err = cx(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert out == ""
    assert not list(tmp_path.iterdir())


def test_an_unreadable_import_writes_nothing(cx, reviews):
    (reviews / "reviews.csv").write_text("Data;Nota;Canal;Equipe\n03/04/2025;9;Loja;a\n")
    code, out, err = cx(
        "import", "table", reviews / "reviews.csv", "--map", reviews / "mapping.toml", "--out", reviews / "d"
    )
    assert (code, out) == (2, "")
    assert "03/04/2025" in err
    assert not (reviews / "d").exists()


def test_world_is_written_and_opens(cx, tmp_path):
    code, out, _ = cx("world", "--scale", "tiny", "--seed", "3", "--out", tmp_path / "ipe")
    assert code == 0
    assert "synthetic" in out
    code, out, _ = cx("check", tmp_path / "ipe")
    assert code == 0
    assert "Synthetic data." in out


@pytest.mark.parametrize(
    ("setting", "expected"), [("pt_BR.UTF-8", "pt-BR"), ("pt_PT", "pt-BR"), ("de_DE", "en"), ("C", "en")]
)
def test_the_language_of_the_machine(monkeypatch, setting, expected):
    monkeypatch.setenv("LC_ALL", setting)
    assert system_language() == expected


def test_help_is_in_the_language(cx):
    assert "synthetic company" in cx("--help")[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no broken pipes")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["metrics"], ["--help"], ["metric", "nps", "--by", "wave", "--every", "day"]])
def test_a_reader_that_goes_away_is_no_trouble(arguments, unbuffered):
    data = ["--data", str(Path(__file__).parents[2] / "data" / "ipe")] if "metric" in arguments else []
    command = [sys.executable, "-m", "cxlib", *arguments, *data]
    reading, writing = os.pipe()
    with subprocess.Popen(
        command, stdout=writing, stderr=subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": unbuffered}
    ) as started:
        os.close(writing)
        os.close(reading)  # as `head` does when it has seen enough
        told = started.stderr.read()
    assert (started.returncode, told) == (0, b"")
