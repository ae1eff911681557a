"""What a rule of retention would delete, who consents at a day, and the draft record: counted by hand."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.tables.audit import Audit, Issue, Tally
from cxlib.tables.conform import conform
from cxlib.tables.consent import consent
from cxlib.tables.opening import open_dataset
from cxlib.tables.processing import processing_record
from cxlib.tables.retention import retention
from cxlib.tables.storage import write_dataset

AT = pd.to_datetime(["2022-12-31T12:00Z", "2023-04-01T02:59Z", "2023-04-01T03:00Z", "2025-03-01T12:00Z"])
TICKETS = pd.DataFrame({"ticket_id": list("abcd"), "created_at": AT, "customer_id": ["c1", "c2", "c3", "c9"]})
PEOPLE = pd.DataFrame(
    {
        "customer_id": ["c1", "c2", "c3", "c4"],
        "consent_analytics": [True, True, False, None],
        "consent_analytics_at": pd.to_datetime(["2024-01-01T12:00Z", "2025-06-01T12:00Z", "2025-06-01T12:00Z", None]),
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    frames = {"customers": PEOPLE, "tickets": TICKETS}
    tables = {name: conform(frame, name, source="x", source_zone=None)[0] for name, frame in frames.items()}
    tallies = [Tally(table=n, source="x", rows_in=4, rows_used=4, rows_set_aside=0) for n in frames]
    done = Issue(
        table="tickets", column="customer_id", code="pseudonymised", found="", count=4, outcome="pseudonymised"
    )
    settings = {"title": "Loja", "zone": "America/Sao_Paulo", "currency": "BRL", "privacy_floor": 10,
                "synthetic": False, "audit": Audit(tallies=tuple(tallies), issues=(done,)).as_dict()}  # fmt: skip
    where = tmp_path_factory.mktemp("kept") / "shop"
    write_dataset(where, tables, settings=settings)
    return where


def test_24_months_are_counted_back_in_the_zone_of_the_dataset(folder):
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    found = retention(open_dataset(folder), ["24mo"], as_of="2025-04-01").set_index("table")
    # 1 April 2023 begins at 03:00 UTC in São Paulo: the second ticket is one minute too old, the third is not.
    assert found.loc["tickets", ["would_go", "would_stay", "undated"]].tolist() == [2, 2, 0]
    assert found.loc["tickets", ["dated_by", "oldest", "newest"]].tolist() == [
        "created_at",
        "2022-12-31",
        "2025-03-01",
    ]
    assert found.loc["customers", ["rows", "would_go", "undated"]].tolist() == [4, 0, 1]
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_table_can_have_a_length_of_its_own(folder):
    found = retention(open_dataset(folder), ["1d", "tickets=9y"], as_of="2025-07-01").set_index("table")
    assert found["would_go"].to_dict() == {"customers": 3, "tickets": 0}


@pytest.mark.parametrize("keep", [["two years"], ["24"], [], ["reviews=24mo"]])
def test_lengths_that_are_none(folder, keep):
    with pytest.raises(cx.InputError):
        retention(open_dataset(folder), keep)


def test_a_yes_counts_from_the_day_it_was_said_and_a_no_always(folder):
    answers = consent(folder, "analytics", at="2025-05-31").set_index("answer")["people"].to_dict()
    assert answers == {"yes": 1, "yes_later": 1, "no": 1, "unknown": 2}  # c9 has tickets and stands nowhere
    today = consent(folder, "analytics").set_index("answer")["people"].to_dict()
    assert today == {"yes": 2, "yes_later": 0, "no": 1, "unknown": 2}


def test_the_dataset_of_those_who_consent(folder, tmp_path):
    consent(folder, "analytics", at="2025-05-31", out=tmp_path / "out")
    shop = open_dataset(tmp_path / "out")
    assert shop.frame("tickets")["ticket_id"].tolist() == ["a"]
    assert [(one.table, one.rows_used, one.rows_set_aside) for one in shop.audit.tallies] == [
        ("customers", 1, 3),
        ("tickets", 1, 3),
    ]
    assert {one.code for one in shop.audit.issues if one.outcome == "row_set_aside"} == {"no_consent"}
    with pytest.raises(cx.InputError, match="holds a dataset already"):
        consent(folder, "analytics", out=tmp_path / "out")


def test_consent_nobody_recorded_is_no_consent(folder):
    with pytest.raises(cx.InputError, match="customers has no column consent_marketing"):
        consent(folder, "marketing")
    with pytest.raises(cx.InputError, match="is no purpose"):
        consent(folder, "profit")


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_draft_says_what_is_there_and_what_is_missing(folder, language, tmp_path):
    cx.language(language)
    text = processing_record(open_dataset(folder), folder, key_file=tmp_path / "k", purpose="NPS | CSAT")
    stated = [line for line in text.splitlines() if line.startswith("| ")]
    missing = {"en": "not stated: to be filled in", "pt-BR": "não informado: preencher"}[language]
    assert sum(missing in line for line in stated) == 2  # basis and retention; the purpose was given
    assert "NPS / CSAT" in text
    assert "| tickets.customer_id | pseudonymised | 4 |" in text
    assert str(tmp_path / "k") in text
    assert {"en": "A draft for the data-protection officer", "pt-BR": "Minuta para o encarregado"}[language] in text
    assert all(f"| {name} | 4 | " in text for name in ("customers", "tickets"))
