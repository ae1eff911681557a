"""Datasets on disk: what is written is what is read, whatever happens on the way; and other people's files."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import date, datetime
from importlib.metadata import version

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.tables import storage
from cxlib.tables.audit import Audit, Issue, Tally
from cxlib.tables.engine import engine, lazy_ibis
from cxlib.tables.storage import MANIFEST, write_dataset

AUDIT = Audit(
    tallies=(Tally(table="survey_responses", source="reviews.csv", rows_in=4, rows_used=3, rows_set_aside=1),),
    issues=(
        Issue(
            table="survey_responses",
            column="score",
            code="out_of_scale",
            found="99",
            count=1,
            outcome="set_to_null",
        ),
    ),
)
SETTINGS = {
    "title": "Reviews, 1st quarter",
    "zone": "America/Manaus",
    "currency": "BRL",
    "privacy_floor": 7,
    "synthetic": False,
    "audit": AUDIT.as_dict(),
}
QUARANTINE = pa.table({"table": ["survey_responses"], "row": [4], "content": ["a;b;[email]"]})
FRICTIONLESS = {
    "string", "number", "integer", "boolean", "object", "array", "list", "duration", "geopoint", "geojson", "any",
    "date", "time", "datetime", "year", "yearmonth",
}  # fmt: skip


def responses(scores=(10.0, None, 0.0)):
    size = len(scores)
    return pa.table(
        {
            "response_id": pa.array([f"r{place}" for place in range(size)]),
            "type": pa.array(["nps"] * size),
            "score": pa.array(scores, pa.float64()),
            "answered_at": pa.array([datetime(2025, 3, 1, 2, 30)] * (size - 1) + [None], pa.timestamp("us")),
            "comment": pa.array(["ótimo; “bom”\n", "", None] + [None] * (size - 3), pa.string()),
            "department": pa.array(["Móveis"] * size),
        }
    )


STORES = pa.table(
    {
        "store_id": ["s1", "s2"],
        "opened_on": pa.array([date(2020, 2, 29), None], pa.date32()),
    }
)
ORDERS = pa.table(
    {
        "order_id": ["o1", "o2"],
        "placed_at": pa.array([datetime(2025, 1, 1)] * 2, pa.timestamp("us")),
        "currency": ["BRL", "BRL"],
        "total_cents": pa.array([199_000, None], pa.int64()),
        "is_gift": pa.array([True, None], pa.bool_()),
    }
)


def write(folder, tables=None, **settings):
    tables = {"survey_responses": responses()} if tables is None else tables
    write_dataset(folder, tables, settings=SETTINGS | settings, quarantine=QUARANTINE)


def files_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def manifest_of(folder):
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def listed_in(folder):
    manifest = manifest_of(folder)
    return {MANIFEST, manifest["cx"]["quarantine"], *(item["path"] for item in manifest["resources"])}


# --- Round trip -------------------------------------------------------------------------------------


def test_what_is_written_is_what_is_read(tmp_path):
    tables = {"stores": STORES, "orders": ORDERS, "survey_responses": responses()}
    write(tmp_path / "deep" / "folder", tables)
    shop = cx.open_dataset(tmp_path / "deep" / "folder")
    assert list(shop) == list(tables)
    for name, table in tables.items():
        assert shop.table(name).to_pyarrow().to_pylist() == table.to_pylist()
    answers = shop.frame("survey_responses")
    assert str(answers["answered_at"].dt.tz) == "America/Manaus"
    assert answers["answered_at"].iloc[0] == pd.Timestamp("2025-02-28 22:30", tz="America/Manaus")
    assert (shop.title, shop.zone, shop.currency) == ("Reviews, 1st quarter", "America/Manaus", "BRL")
    assert (shop.privacy_floor, shop.synthetic, shop.audit) == (7, False, AUDIT)


def test_the_quarantine_is_kept_beside_the_tables_and_is_none_of_them(tmp_path):
    write(tmp_path)
    file = manifest_of(tmp_path)["cx"]["quarantine"]
    assert pq.read_table(tmp_path / file).to_pylist() == QUARANTINE.to_pylist()
    assert "quarantine" not in cx.open_dataset(tmp_path)


def test_zone_and_currency_may_be_chosen_when_opening(tmp_path):
    write(tmp_path)
    shop = cx.open_dataset(tmp_path, zone="Asia/Kolkata", currency="USD")
    assert (shop.zone, shop.currency, shop.privacy_floor) == ("Asia/Kolkata", "USD", 7)


def test_a_table_without_rows_is_a_table(tmp_path):
    write(tmp_path, {"survey_responses": responses().slice(0, 0)})
    told = cx.nps(cx.open_dataset(tmp_path)).iloc[0] if len(cx.nps(cx.open_dataset(tmp_path))) else None
    assert told is None or told["n"] == 0


# --- Names by content, one commit -------------------------------------------------------------------


def test_the_same_content_gives_the_same_files(tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "two")
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")


def test_the_same_content_again_rewrites_no_data_file(tmp_path):
    write(tmp_path)
    before = {path.name: path.stat() for path in tmp_path.glob("*.parquet")}
    write(tmp_path)
    after = {path.name: path.stat() for path in tmp_path.glob("*.parquet")}
    assert set(before) == set(after)
    for name in before:
        assert (before[name].st_ino, before[name].st_mtime_ns) == (after[name].st_ino, after[name].st_mtime_ns)


def test_another_content_gets_another_name_and_the_old_file_goes_after_the_commit(tmp_path):
    write(tmp_path)
    old = listed_in(tmp_path)
    write(tmp_path, {"survey_responses": responses((5.0, 6.0, 7.0))})
    assert len(old - listed_in(tmp_path)) == 1
    assert set(files_in(tmp_path)) == listed_in(tmp_path)


class Crash(Exception):
    pass


def crash(*given):
    raise Crash


@pytest.mark.parametrize("moment", ["before the commit", "in the commit", "while writing data"])
def test_a_crash_leaves_the_old_dataset_readable(tmp_path, monkeypatch, moment):
    write(tmp_path)
    old = cx.open_dataset(tmp_path).frame("survey_responses")
    new = {"survey_responses": responses((1.0, 2.0, 3.0)), "stores": STORES}
    with monkeypatch.context() as broken:
        if moment == "before the commit":
            broken.setattr(storage, "_replace", crash)
        elif moment == "in the commit":
            real = os.replace
            broken.setattr(os, "replace", lambda a, b: crash() if os.path.basename(b) == MANIFEST else real(a, b))
        else:
            broken.setattr(os, "fsync", crash)
        with pytest.raises(Crash):
            write(tmp_path, new)
    assert set(files_in(tmp_path)) > listed_in(tmp_path)  # something was left lying about
    shop = cx.open_dataset(tmp_path)
    assert list(shop) == ["survey_responses"] and shop.frame("survey_responses").equals(old)
    write(tmp_path, new)
    assert set(files_in(tmp_path)) == listed_in(tmp_path)
    assert cx.open_dataset(tmp_path).frame("survey_responses")["score"].to_list() == [1, 2, 3]


def test_a_first_import_that_crashed_may_be_tried_again(tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(storage, "_replace", crash)
        with pytest.raises(Crash):
            write(tmp_path)
    with pytest.raises(cx.InputError, match="holds no dataset"):
        cx.open_dataset(tmp_path)
    write(tmp_path)
    assert set(files_in(tmp_path)) == listed_in(tmp_path)


def test_a_reader_who_opened_before_the_commit_reads_on(tmp_path):
    write(tmp_path)
    shop = cx.open_dataset(tmp_path)
    first = shop.frame("survey_responses")
    with (tmp_path / "notes.txt").open("w") as file:  # a file of the user's own, beside the dataset
        file.write("mine")
    write(tmp_path)
    assert shop.frame("survey_responses").equals(first)
    assert (tmp_path / "notes.txt").read_text() == "mine"


# --- Folders that are refused -----------------------------------------------------------------------


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(cx.InputError, match=r"already holds other files \(holiday.jpg\)"):
        write(tmp_path)
    assert files_in(tmp_path) == {"holiday.jpg": b"x"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_bytes(b"x")
    with pytest.raises(cx.InputError, match="cannot be made"):
        write(tmp_path / "out")


def outside(folder):
    folder.mkdir()
    write(folder)
    secret = folder.parent / "secret.parquet"
    pq.write_table(responses((9.0, 9.0, 9.0)), secret)
    return manifest_of(folder), secret


@pytest.mark.parametrize(
    "path",
    ["../secret.parquet", "{secret}", "sub/../../secret.parquet", "..\\secret.parquet", "", ".", None, 3, ["a"]],
)
def test_a_manifest_that_points_outside_is_refused(tmp_path, path):
    manifest, secret = outside(tmp_path / "data")
    manifest["resources"][0]["path"] = path.format(secret=secret) if isinstance(path, str) else path
    (tmp_path / "data" / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(cx.InputError, match="which is not in the folder"):
        cx.open_dataset(tmp_path / "data")


def test_a_quarantine_that_lies_outside_is_refused(tmp_path):
    manifest, secret = outside(tmp_path / "data")
    manifest["cx"]["quarantine"] = f"../{secret.name}"
    (tmp_path / "data" / MANIFEST).write_text(json.dumps(manifest))
    (tmp_path / "mapping.toml").write_text('[stores]\nstore_id = "id"\n')
    (tmp_path / "stores.csv").write_text("id;name\ns1;Centro\n")
    with pytest.raises(cx.InputError, match="not in the folder"):
        cx.import_table([tmp_path / "stores.csv"], tmp_path / "mapping.toml", tmp_path / "data")


@pytest.mark.parametrize(
    "change",
    [
        {"cx": None},
        {"cx": []},
        {"cx": {"zone": "UTC"}},
        {"cx": SETTINGS | {"zone": "Mars/Base"}},
        {"cx": SETTINGS | {"privacy_floor": "many"}},
        {"cx": SETTINGS | {"audit": {"tallies": [{}]}}},
        {"resources": {"name": "x"}},
        {"resources": [3]},
    ],
    ids=["null", "list", "incomplete", "no such zone", "floor in words", "broken tally", "one resource", "number"],
)
def test_a_manifest_of_the_wrong_shape_gets_a_sentence(tmp_path, change):
    write(tmp_path)
    (tmp_path / MANIFEST).write_text(json.dumps(manifest_of(tmp_path) | change))
    with pytest.raises(cx.InputError):
        cx.open_dataset(tmp_path)


# --- The manifest -----------------------------------------------------------------------------------


def test_the_manifest_has_the_shape_of_a_frictionless_data_package(tmp_path):
    write(tmp_path, {"stores": STORES, "survey_responses": responses()})
    manifest = manifest_of(tmp_path)
    assert manifest["profile"] == "data-package"
    assert manifest["name"] == "reviews-1st-quarter"
    assert [item["name"] for item in manifest["resources"]] == ["stores", "survey_responses"]
    for item in manifest["resources"]:
        assert item["path"] in files_in(tmp_path)
        assert item["bytes"] == (tmp_path / item["path"]).stat().st_size
        fields = item["schema"]["fields"]
        names = [field["name"] for field in fields]
        assert names == pq.read_schema(tmp_path / item["path"]).names
        assert {field["type"] for field in fields} <= FRICTIONLESS
        assert set(item["schema"]["primaryKey"]) <= set(names)
        assert all(set(field.get("constraints", {})) <= {"required", "enum"} for field in fields)
    kinds = {field["name"]: field for field in manifest["resources"][1]["schema"]["fields"]}
    assert kinds["answered_at"]["type"] == "datetime" and kinds["score"]["type"] == "number"
    assert kinds["type"]["constraints"]["enum"] == ["nps", "csat", "ces"]


def test_a_required_field_says_so_only_where_no_row_breaks_it(tmp_path):
    write(tmp_path)
    fields = {field["name"]: field for field in manifest_of(tmp_path)["resources"][0]["schema"]["fields"]}
    nulls = {name for name in responses().column_names if responses()[name].null_count}
    required = {name for name, field in fields.items() if field.get("constraints", {}).get("required")}
    assert "score" in nulls and not required & nulls


def test_the_manifest_names_no_machine_and_no_moment(tmp_path):
    write(tmp_path)
    text = (tmp_path / MANIFEST).read_text(encoding="utf-8")
    for word in (str(tmp_path), tmp_path.name, os.path.expanduser("~"), os.sep + "tmp", "created", "modified"):
        assert word not in text
    assert f"{datetime.now():%Y-%m-%d}" not in text


# --- Other people's files ---------------------------------------------------------------------------


def test_a_plain_folder_of_csv(tmp_path):
    lines = [f"r{place},nps,{place % 11},2025-03-01T10:00:00Z" for place in range(22)]
    lines += [
        "a,nps,99,2025-03-02T10:00:00Z",
        "a,nps,3,2025-03-02T10:00:00Z",
        "c,nps,,",
        "d,nps,dez,2025-03-04T10:00:00Z",
    ]
    (tmp_path / "survey_responses.csv").write_text("\n".join(["response_id,type,score,answered_at", *lines]) + "\n")
    (tmp_path / "stores.csv").write_text("store_id,name\ns1,Centro\n")
    (tmp_path / "readme.csv").write_text("not,ours\n1,2\n")
    shop = cx.open_dataset(tmp_path)
    assert set(shop) == {"survey_responses", "stores"} and shop.privacy_floor == 10
    told = cx.nps(shop).iloc[0]
    assert (told["n"], told["set_aside"]) == (22, 3)  # of the two rows called a, the first counts
    assert told["warnings"] == "missing:1;not_a_number:1;out_of_scale:1;small_n"


def test_rows_of_a_csv_that_cannot_be_read_are_accounted_for(tmp_path):
    (tmp_path / "survey_responses.csv").write_text(
        "response_id,type,score,answered_at\na,nps,9,2025-03-01T10:00:00Z\nb,nps,9,2025-03-01T10:00:00Z,extra\n"
    )
    found = cx.check(cx.open_dataset(tmp_path))
    assert found.loc[found["code"].eq("wrong_number_of_fields"), "count"].to_list() == [1]


def test_a_plain_folder_of_parquet_one_file_or_a_folder_of_parts(tmp_path):
    utc = responses().set_column(3, "answered_at", responses()["answered_at"].cast(pa.timestamp("us", "UTC")))
    (tmp_path / "survey_responses").mkdir()
    pq.write_table(utc.slice(0, 1), tmp_path / "survey_responses" / "part-0.parquet")
    pq.write_table(utc.slice(1, 2), tmp_path / "survey_responses" / "part-1.parquet")
    pq.write_table(STORES, tmp_path / "stores.parquet")
    shop = cx.open_dataset(tmp_path)
    assert shop.survey_responses.to_pyarrow().sort_by("response_id").to_pylist() == responses().to_pylist()
    assert shop.frame("stores")["store_id"].to_list() == ["s1", "s2"]


def test_times_without_a_zone_are_refused_until_somebody_says_what_they_are(tmp_path):
    pq.write_table(responses(), tmp_path / "survey_responses.parquet")
    with pytest.raises(cx.InputError, match="times without a zone"):
        cx.open_dataset(tmp_path)
    shop = cx.open_dataset(tmp_path, source_zone="UTC")
    assert shop.survey_responses.to_pyarrow().to_pylist() == responses().to_pylist()


def test_a_dict_of_frames(tmp_path):
    frame = responses().to_pandas()
    shop = cx.open_dataset({"survey_responses": frame, "stores": STORES}, source_zone="America/Manaus")
    assert shop.privacy_floor == 0 and set(shop) == {"survey_responses", "stores"}
    assert shop.survey_responses.to_pyarrow()["answered_at"][0].as_py() == datetime(2025, 3, 1, 6, 30)
    told = cx.nps(shop).iloc[0]
    assert (told["n"], told["set_aside"], told["value"]) == (2, 1, 0)


# --- Somebody's DuckDB file -------------------------------------------------------------------------


@pytest.fixture
def duckdb_file(tmp_path):
    path, secret = tmp_path / "shop.duckdb", tmp_path / "secret.csv"
    secret.write_text("store_id,name\ns9,SECRET\n")
    with duckdb.connect(str(path)) as made:
        made.execute(
            "create table survey_responses as select 'r' || i as response_id, 'nps' as type, i % 11 as score, "
            "'2025-03-01 10:00:00+00'::timestamptz as answered_at from range(33) t(i)"
        )
        made.execute("create table other (x integer)")
    return path, secret


def test_a_duckdb_file_is_opened(duckdb_file):
    shop = cx.open_dataset(duckdb_file[0])
    assert list(shop) == ["survey_responses"]
    assert cx.nps(shop).iloc[0]["n"] == 33


def test_a_duckdb_file_is_read_only_and_cannot_reach_other_files(duckdb_file, tmp_path):
    path, secret = duckdb_file
    before = path.read_bytes()
    backend = cx.open_dataset(path).survey_responses.get_backend()
    for forbidden in (
        "create table x (y integer)",
        "delete from survey_responses",
        f"select * from read_csv('{secret}')",
        f"select * from '{secret}'",
        f"copy survey_responses to '{tmp_path / 'out.csv'}'",
        f"attach '{tmp_path / 'new.duckdb'}' as new",
        "set enable_external_access = true",
        "set threads = 1",
        "install httpfs",
        "load httpfs",
    ):
        with pytest.raises(duckdb.Error):
            backend.raw_sql(forbidden).fetchall()
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"shop.duckdb", "secret.csv"}


def test_a_view_over_another_file_fails_and_leaks_nothing(duckdb_file):
    path, secret = duckdb_file
    with duckdb.connect(str(path)) as made:
        made.execute(f"create view stores as select * from read_csv('{secret}')")
    with pytest.raises((cx.InputError, duckdb.Error)) as told:
        cx.open_dataset(path).frame("stores")
    assert "SECRET" not in str(told.value)


def test_a_view_that_cannot_be_read_is_told_in_a_sentence(duckdb_file):
    path, secret = duckdb_file
    with duckdb.connect(str(path)) as made:
        made.execute(f"create view stores as select * from read_csv('{secret}')")
    with pytest.raises(cx.InputError, match="stores"):
        cx.open_dataset(path)


def test_two_duckdb_files_and_ours_stay_apart(duckdb_file):
    shop = cx.open_dataset(duckdb_file[0])
    again = cx.open_dataset(duckdb_file[0])
    frame = cx.nps(pd.DataFrame({"score": [9, 3]}))
    assert cx.nps(shop).equals(cx.nps(again)) and frame.iloc[0]["n"] == 2


# --- Pins with a reason -----------------------------------------------------------------------------


def test_nan_in_parquet_written_by_arrow_is_no_promoter(tmp_path):
    size = 1000
    scores = np.where(np.arange(size) % 2 == 0, np.nan, 3.0)
    ids = [f"r{place}" for place in range(size)]
    table = pa.table({"response_id": ids, "type": ["nps"] * size, "score": pa.array(scores)})
    table = table.append_column("answered_at", pa.array([datetime(2025, 3, 1)] * size, pa.timestamp("us", "UTC")))
    assert table["score"].null_count == 0  # NaN, not null
    pq.write_table(table, tmp_path / "survey_responses.parquet")
    told = cx.nps(tmp_path).iloc[0]
    assert (told["value"], told["n"], told["set_aside"]) == (-100, size // 2, size // 2)
    assert told["warnings"] == f"missing:{size // 2}"
    assert cx.nps(tmp_path / "survey_responses.parquet").equals(cx.nps(tmp_path))


def test_duckdb_is_the_version_that_sees_nan_in_parquet(tmp_path):
    # duckdb 2.0.0 folds isnan() to false on Parquet written by Arrow: a NaN score would be a promoter.
    assert version("duckdb").startswith("1.")
    pq.write_table(pa.table({"score": [float("nan"), 9.0]}), tmp_path / "x.parquet")
    file = tmp_path / "x.parquet"
    assert duckdb.sql(f"select count(*) from '{file}' where isnan(score)").fetchone() == (1,)


def test_sqlglot_is_a_version_with_which_ibis_makes_and_drops_tables():
    # sqlglot 30 makes both fail with "syntax error at end of input".
    assert int(version("sqlglot").split(".")[0]) < 30
    ibis = lazy_ibis()
    con = ibis.duckdb.connect()
    con.create_table("pin", schema=ibis.schema({"x": "int64"}))
    assert "pin" in con.list_tables()
    con.drop_table("pin")
    assert "pin" not in con.list_tables()
    con.disconnect()


def test_our_own_duckdb_loads_no_extension_by_itself():
    settings = "autoinstall_known_extensions", "autoload_known_extensions"
    for name in settings:
        assert engine().raw_sql(f"select current_setting('{name}')").fetchone() == (False,)


# --- Killed at any moment ---------------------------------------------------------------------------

MAPPING = """[survey_responses]
type = { value = "nps" }
response_id = "id"
score = "score"
answered_at = { column = "at", source_zone = "UTC" }
customer_id = "who"
"""


def deliver(folder, name, rows, shift):
    lines = [f"r{i},{(i + shift) % 11},2025-03-{i % 28 + 1:02d} 10:00,c{i % 97}" for i in range(rows)]
    (folder / name).write_text("\n".join(["id,score,at,who", *lines]) + "\n")


def start_import(folder, name):
    given = ["import", "table", str(folder / name), "--map", str(folder / "map.toml"), "--out", str(folder / "out")]
    return subprocess.Popen(
        [sys.executable, "-m", "cxlib", *given], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_a_whole_dataset(tmp_path):
    rng = random.Random(20250301)
    (tmp_path / "map.toml").write_text(MAPPING)
    expected = {}
    for name, shift in (("a.csv", 0), ("b.csv", 5)):
        deliver(tmp_path, name, 2_000, shift)
        begun = time.monotonic()
        assert start_import(tmp_path, name).wait(timeout=120) == 0
        lasted = time.monotonic() - begun
        expected[name] = cx.open_dataset(tmp_path / "out").frame("survey_responses")
    standing = "b.csv"
    for kill in range(5):
        other = "a.csv" if standing == "b.csv" else "b.csv"
        running = start_import(tmp_path, other)
        time.sleep((kill + rng.random()) / 5 * lasted)
        running.kill()
        running.wait(timeout=60)
        found = cx.open_dataset(tmp_path / "out").frame("survey_responses")
        assert found.equals(expected[standing]) or found.equals(expected[other])
        standing = standing if found.equals(expected[standing]) else other
    assert start_import(tmp_path, "a.csv").wait(timeout=120) == 0
    assert cx.open_dataset(tmp_path / "out").frame("survey_responses").equals(expected["a.csv"])
    assert set(files_in(tmp_path / "out")) == listed_in(tmp_path / "out")
