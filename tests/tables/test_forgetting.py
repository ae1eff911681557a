"""A person is taken out of a dataset whole, or not at all; what is theirs was counted by hand."""

import json
import os

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib import privacy
from cxlib.tables import storage
from cxlib.tables.audit import Audit, Issue, Tally
from cxlib.tables.check import check
from cxlib.tables.conform import conform
from cxlib.tables.forgetting import forget, subject
from cxlib.tables.opening import open_dataset
from cxlib.tables.storage import write_dataset

SECRET = b"only for these tests, 32 bytes.."
DAY = pd.Timestamp("2025-03-01T12:00Z")


def hashed(text):
    return privacy.pseudonyms(pd.Series([text]), secret=SECRET)[0]


ANA, BIA, COOKIE, LOGIN = map(hashed, ("ana@example.com", "bia@example.com", "cookie 1", "login 1"))
TABLES = {
    "customers": {"customer_id": [ANA, BIA], "referrer_customer_id": [None, ANA]},
    "identities": {"identity_id": [COOKIE, LOGIN], "kind": ["cookie", "login"], "customer_id": [ANA, ANA]},
    "sessions": {"session_id": ["s1", "s2", "s3"], "identity_id": [COOKIE, None, "x"],
                 "customer_id": [None, BIA, None], "started_at": [DAY] * 3},
    "orders": {"order_id": ["o1", "o2"], "customer_id": [ANA, BIA], "placed_at": [DAY] * 2, "status": ["paid"] * 2,
               "total_cents": [100, 200], "currency": ["BRL"] * 2},
    "order_items": {"order_item_id": ["i1", "i2", "i3"], "order_id": ["o1", "o1", "o2"]},
    "returns": {"return_id": ["r1"], "order_id": ["o1"], "order_item_id": ["i1"], "requested_at": [DAY]},
    "tickets": {"ticket_id": ["t1", "t2"], "customer_id": [ANA, BIA], "order_id": [None, "o1"],
                "agent_id": [None, "g1"], "created_at": [DAY] * 2},
    "ticket_events": {"ticket_event_id": ["e1", "e2"], "ticket_id": ["t1", "t2"], "occurred_at": [DAY] * 2,
                      "event_type": ["created"] * 2},
    "survey_responses": {"response_id": ["a1", "a2", "a3"], "type": ["nps"] * 3, "score": [9.0, 3.0, 7.0],
                         "answered_at": [DAY] * 3, "customer_id": [BIA, None, None], "ticket_id": [None, "t1", None]},
}  # fmt: skip
GONE = {"customers": 1, "identities": 2, "sessions": 1, "orders": 1, "order_items": 2, "returns": 1, "tickets": 1,
        "ticket_events": 1, "survey_responses": 1}  # fmt: skip
EMPTIED = {"customers": 1, "tickets": 1}  # Ana referred Bia; Bia's ticket is about Ana's order


@pytest.fixture
def folder(tmp_path):
    frames = {name: pd.DataFrame(columns) for name, columns in TABLES.items()}
    tables = {name: conform(frame, name, source="x", source_zone=None)[0] for name, frame in frames.items()}
    tallies = [
        Tally(table=name, source="x", rows_in=len(frame), rows_used=len(frame), rows_set_aside=0)
        for name, frame in frames.items()
    ]
    found = f"{{'customer_id': '{ANA}'}}"
    example = Issue(table="customers", column="customer_id", code="duplicate_key", found=found,
                    count=1, outcome="row_set_aside")  # fmt: skip
    lost = pa.table({"table": ["orders"] * 2, "source": ["x"] * 2, "row": [1, 2], "code": ["too_long"] * 2,
                     "content": [f"{ANA};x", "xxx;99"]})  # fmt: skip
    settings = {"title": "Loja", "zone": "America/Sao_Paulo", "currency": "BRL", "privacy_floor": 10,
                "synthetic": False, "audit": Audit(tallies=tuple(tallies), issues=(example,)).as_dict()}  # fmt: skip
    write_dataset(tmp_path / "shop", tables, settings=settings, quarantine=lost)
    return tmp_path / "shop"


def everything(folder):
    texts = [(folder / "datapackage.json").read_text(encoding="utf-8")]
    return "".join(
        [*texts, *(json.dumps(pq.read_table(file).to_pylist(), default=str) for file in folder.glob("*.parquet"))]
    )


@pytest.mark.parametrize("person", ["Ana@Example.com", ANA, COOKIE, "cookie 1"])
def test_a_person_goes_whole_by_any_of_their_ids(folder, person):
    done = forget(folder, [person], secret=SECRET)
    counts = done.tables.set_index("table")
    assert counts["rows_gone"].to_dict() == GONE
    assert counts["values_emptied"][lambda count: count > 0].to_dict() == EMPTIED
    assert counts["rows_left"].to_dict() == {name: len(frame["rows"]) - GONE[name] for name, frame in sizes().items()}
    assert done.quarantine_left == 1
    assert done.files_left == ()
    text = everything(folder)
    assert not [sign for sign in (ANA, COOKIE, LOGIN) if sign in text]
    for file in folder.glob("*.parquet"):
        assert ANA.encode() not in file.read_bytes()  # footers hold the least and the greatest value of a column


def sizes():
    return {name: {"rows": next(iter(columns.values()))} for name, columns in TABLES.items()}


def test_the_account_stays_true_and_what_is_left_is_a_dataset(folder):
    before = {item["name"]: item["rows"] for item in storage.read_manifest(folder)["resources"]}
    forget(folder, [ANA], secret=SECRET)
    manifest = storage.read_manifest(folder)
    for item in manifest["resources"]:
        footers = [pq.read_metadata(file).num_rows for file in storage.paths_of(folder, item)]
        assert sum(footers) == item["rows"] == before[item["name"]] - GONE[item["name"]]
    shop = open_dataset(folder)
    findings = check(shop)
    assert not findings["outcome"].eq("problem").any()
    assert findings.query("code == 'forgotten' and outcome == 'row_set_aside'")["count"].sum() == sum(GONE.values())
    assert shop.frame("tickets")["customer_id"].tolist() == [BIA]
    assert shop.frame("tickets")["order_id"].isna().all()


def test_somebody_unknown_changes_nothing(folder):
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert not forget(folder, ["nobody@example.com"], secret=SECRET).found
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_a_run_killed_before_sweeping_left_goes_with_the_next(folder):
    orphan = folder / "orders-0123456789abcdef.parquet"  # such a run had replaced the manifest already
    orphan.write_bytes(next(folder.glob("orders-*.parquet")).read_bytes())
    assert not forget(folder, ["nobody@example.com"], secret=SECRET).found
    assert not orphan.exists()
    assert open_dataset(folder).frame("orders").shape[0] == 2


def test_a_failure_on_the_way_leaves_the_dataset_as_it_was(folder, monkeypatch):
    before = everything(folder)
    real = os.replace

    def fails(old, new):
        if str(new).endswith("datapackage.json"):
            raise OSError(28, "No space left on device")
        real(old, new)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(cx.InputError, match="No space left"):
        forget(folder, [ANA], secret=SECRET)
    assert ANA in everything(folder)
    assert open_dataset(folder).frame("orders").shape[0] == 2
    monkeypatch.undo()
    assert forget(folder, [ANA], secret=SECRET).found
    assert ANA not in everything(folder) and before  # the swept files of the failed run hold nobody either


def test_a_person_gets_what_is_known_of_them(folder, tmp_path):
    counts = subject(folder, ["ana@example.com"], tmp_path / "ana.json", secret=SECRET)
    assert counts.set_index("table")["rows"].to_dict() == GONE
    held = json.loads((tmp_path / "ana.json").read_text(encoding="utf-8"))
    assert {name: len(table["rows"]) for name, table in held["tables"].items()} == GONE
    assert BIA not in json.dumps(held)
    assert held["tables"]["orders"]["columns"]["order_id"]
    assert (tmp_path / "ana.json").stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_nobody_found_writes_no_file(folder, tmp_path):
    assert subject(folder, ["nobody@example.com"], tmp_path / "x.json", secret=SECRET).empty
    assert not (tmp_path / "x.json").exists()


def test_folders_that_are_none(tmp_path):
    with pytest.raises(cx.InputError, match="no dataset written by cxlib"):
        forget(tmp_path, [ANA], secret=SECRET)
