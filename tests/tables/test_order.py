"""The row before and the row after: the same answer streamed and partitioned, and streamed only where it is right."""

import json
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.tables.engine import collect, engine, lazy_ibis
from cxlib.tables.order import following, is_sorted, mark_sorted, previous, so_far, with_clock, with_latest
from cxlib.tables.storage import read_manifest, write_dataset

ibis = lazy_ibis()
SETTINGS = {"title": "", "zone": "UTC", "currency": None, "privacy_floor": 0, "synthetic": True, "audit": {}}
START = datetime(2025, 3, 1)


def log(seed, rows, people):
    """A log with ties, repeats, nobody's events, events without a time, in no order."""
    rng = np.random.default_rng(seed)
    who = [None if rng.random() < 0.05 else f"p{one}" for one in rng.integers(0, people, rows)]
    at = [START + timedelta(minutes=int(one)) for one in rng.integers(0, 40, rows)]
    at = [None if rng.random() < 0.03 else one for one in at]
    return pa.table(
        {
            "event_id": [f"e{one}" for one in rng.permutation(rows)],
            "person_key": pa.array(who, pa.string()),
            "occurred_at": pa.array(at, pa.timestamp("us")),
            "event_type": rng.choice(["page_view", "search", "purchase"], rows),
        }
    )


def opened(folder, rows, shard_rows):
    write_dataset(folder, {"events": rows}, settings=SETTINGS, shard_rows=shard_rows)
    return cx.open_dataset(folder).events


def known(table):
    return table.filter(table.person_key.notnull(), table.occurred_at.notnull())


def by_hand(rows):
    """The same by a plain loop over sorted tuples."""
    frame = rows.to_pandas().dropna(subset=["person_key", "occurred_at"])
    ordered = sorted(frame.itertuples(index=False), key=lambda row: (row.person_key, row.occurred_at, row.event_id))
    found = {}
    for place, row in enumerate(ordered):
        before = ordered[place - 1] if place and ordered[place - 1].person_key == row.person_key else None
        after = ordered[place + 1] if place + 1 < len(ordered) else None
        after = after if after is not None and after.person_key == row.person_key else None
        mine = [one for one in ordered[:place] if one.person_key == row.person_key and one.event_type == "search"]
        found[row.event_id] = (
            before.event_type if before else None,
            after.event_type if after else None,
            (row.occurred_at - mine[-1].occurred_at).total_seconds() <= 600 if mine else False,
        )
    return found


def by_engine(table):
    clocked = with_latest(with_clock(table, 600_000_000), "cx_search", table.event_type == "search")
    asked = clocked.select(
        "event_id",
        before=previous(clocked, "event_type"),
        after=following(clocked, "event_type"),
        near=(clocked.cx_clock - clocked.cx_search <= 600_000_000).fill_null(False),
    )
    return {row["event_id"]: (row["before"], row["after"], row["near"]) for row in collect(asked).to_pylist()}


@pytest.fixture(params=[1, 2, 8])
def threads(request):
    before = engine().raw_sql("SELECT current_setting('threads')").fetchone()[0]
    engine().raw_sql(f"SET threads = {request.param}")
    yield request.param
    engine().raw_sql(f"SET threads = {before}")


@pytest.mark.parametrize("seed", range(12))
def test_both_forms_equal_a_loop(seed, tmp_path, threads):
    rows = log(seed, rows=int(np.random.default_rng(seed).integers(0, 120)), people=9)
    expected = by_hand(rows)
    assert by_engine(known(ibis.memtable(rows))) == expected
    for files in (1, 12):
        table = opened(tmp_path / str(files), rows, shard_rows=max(rows.num_rows // files, 1))
        assert is_sorted(known(table))
        assert by_engine(known(table)) == expected


def test_both_forms_agree_where_vectors_row_groups_and_files_end(tmp_path, threads):
    rows = log(5, rows=30_000, people=40)
    expected = by_engine(known(ibis.memtable(rows)))
    for shard_rows in (1_000, 2_500, 100_000):
        table = opened(tmp_path / str(shard_rows), rows, shard_rows)
        assert is_sorted(known(table))
        assert by_engine(known(table)) == expected


@pytest.fixture
def events(tmp_path):
    return opened(tmp_path, log(1, 400, 9), shard_rows=50)


@pytest.mark.parametrize(
    "keeps",
    [
        lambda t: t,
        lambda t: t.filter(t.event_type == "search"),
        lambda t: t.select("person_key", "occurred_at", "event_id"),
        lambda t: t.select("event_type", "occurred_at", "person_key"),
        lambda t: t.mutate(before=previous(t, "event_type")),
        lambda t: t.mutate(one=t.event_type == "search").mutate(n=lambda u: so_far(u, "one")),
        lambda t: (
            t.mutate(before=previous(t, "event_type")).filter(lambda u: u.before == "search").drop("event_type")
        ),
        lambda t: t.rename(kind="event_type"),
    ],
)
def test_filters_and_projections_keep_the_order(events, keeps):
    assert is_sorted(keeps(events))


def ranked(t):
    return t.mutate(n=ibis.row_number().over(group_by=t.event_type, order_by=t.event_id))


@pytest.mark.parametrize(
    "loses",
    [
        lambda t: t.join(t.select("event_id").view(), "event_id"),
        lambda t: t.left_join(ibis.memtable({"event_type": ["search"]}), "event_type"),
        lambda t: t.semi_join(ibis.memtable({"event_type": ["search"]}), "event_type"),
        lambda t: t.union(t),
        lambda t: t.union(t, distinct=True),
        lambda t: t.distinct(),
        lambda t: t.order_by("event_type"),
        lambda t: t.limit(300),
        lambda t: t.view(),
        lambda t: t.group_by(["person_key", "occurred_at", "event_id"]).agg(event_type=t.event_type.max()),
        lambda t: t.filter(t.event_type.isin(ibis.memtable({"x": ["search"]}).x)),
        lambda t: t.mutate(person_key=t.person_key.right(1)),
        lambda t: t.rename(old="person_key", person_key="event_type"),
        lambda t: t.drop("occurred_at").mutate(occurred_at=ibis.literal(START)),
        lambda t: t.mutate(person_key=t.event_type, event_type=t.person_key),
        lambda t: t.mutate(last=t.event_type.max()),
        ranked,
        lambda t: ranked(t).filter(lambda u: u.n > 1),
        lambda t: t.mutate(
            before=t.event_type.lag().over(ibis.window(group_by="person_key", order_by="occurred_at"))
        ),
    ],
)
def test_anything_else_takes_the_partitioned_form_and_stays_right(events, loses):
    table = loses(events)
    assert not is_sorted(table)
    if "event_type" not in table.columns:
        return
    table = table.filter(table.person_key.notnull(), table.occurred_at.notnull())
    value = previous(table, "event_type")
    windows = value.op().find(ibis.expr.operations.WindowFunction, filter=ibis.expr.operations.Value)
    assert windows
    assert all(window.group_by and len(window.order_by) == 2 for window in windows)
    rows = collect(table.mutate(cx_before=value)).to_pandas()
    if not rows.duplicated(["person_key", "occurred_at", "event_id"]).any():  # else no order is total
        rows = rows.sort_values(["person_key", "occurred_at", "event_id"])
        expected = rows.groupby("person_key")["event_type"].shift()
        assert rows["cx_before"].fillna("").tolist() == expected.fillna("").tolist()


def test_frames_and_unmarked_files_are_partitioned(tmp_path):
    rows = log(2, 100, 5)
    assert not is_sorted(cx.open_dataset({"events": rows.to_pandas()}, source_zone="UTC").events)
    (tmp_path / "events").mkdir()
    pq.write_table(rows.slice(0, 50), tmp_path / "events" / "a.parquet")
    pq.write_table(rows.slice(50), tmp_path / "events" / "b.parquet")
    table = cx.open_dataset(tmp_path, source_zone="UTC").events  # one person over two files
    assert not is_sorted(table)
    assert by_engine(known(table)) == by_hand(rows)


def test_a_manifest_that_lies_is_not_believed(tmp_path):
    rows = log(3, 2_000, 50)
    write_dataset(tmp_path, {"events": rows}, settings=SETTINGS, shard_rows=500)
    resource = read_manifest(tmp_path)["resources"][0]
    first, second = (tmp_path / resource["path"][place] for place in (0, 1))
    content = first.read_bytes(), second.read_bytes()
    first.write_bytes(content[1])
    second.write_bytes(content[0])
    table = cx.open_dataset(tmp_path).events
    assert not is_sorted(table)
    assert by_engine(known(table)) == by_hand(rows)


def test_shards_end_where_a_person_ends_and_hold_every_row_in_order(tmp_path):
    rows = log(4, 5_000, 300)
    write_dataset(tmp_path, {"events": rows}, settings=SETTINGS, shard_rows=400)
    resource = read_manifest(tmp_path)["resources"][0]
    assert resource["cx"] == {"sorted_by": ["person_key", "occurred_at", "event_id"]}
    assert [name[:13] for name in resource["path"]] == [
        f"events-{one:05d}-"[:13] for one in range(len(resource["path"]))
    ]
    shards = [pq.read_table(tmp_path / name).to_pandas() for name in resource["path"]]
    assert len(shards) > 8
    assert all(len(shard) >= 400 for shard in shards[:-1])
    people = [set(shard["person_key"].dropna()) for shard in shards]
    assert sum(map(len, people)) == len(set.union(*people))
    found = pd.concat(shards, ignore_index=True)
    expected = rows.to_pandas().sort_values(["person_key", "occurred_at", "event_id"], ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_a_view_of_a_marked_scan_made_by_hand_is_marked_by_hand_only(tmp_path):
    pq.write_table(log(6, 50, 3), tmp_path / "x.parquet")
    table = engine().read_parquet(str(tmp_path / "x.parquet"))
    assert not is_sorted(table)
    mark_sorted(table)
    assert is_sorted(table)


def test_check_finds_rows_out_of_order_within_a_file(tmp_path):
    write_dataset(tmp_path, {"events": log(7, 500, 20)}, settings=SETTINGS)
    path = tmp_path / read_manifest(tmp_path)["resources"][0]["path"]
    assert "not_in_order" not in set(cx.check(cx.open_dataset(tmp_path))["code"])
    swapped = pq.read_table(path).to_pandas()
    swapped.loc[[10, 11]] = swapped.loc[[11, 10]].to_numpy()
    pq.write_table(pa.Table.from_pandas(swapped, preserve_index=False), path, compression="zstd")
    manifest = json.loads((tmp_path / "datapackage.json").read_text())
    manifest["resources"][0]["bytes"] = path.stat().st_size
    (tmp_path / "datapackage.json").write_text(json.dumps(manifest))
    found = cx.check(cx.open_dataset(tmp_path)).set_index("code")
    assert found.loc["not_in_order", "outcome"] == "problem"


def test_instants_out_of_reach_are_none_whatever_the_footers_say(tmp_path):
    """Footers prove the common case; a "never" of the year 9999 among the events still becomes null."""
    for last in (datetime(2025, 3, 2), datetime(9999, 12, 31)):
        times = [datetime(2025, 3, 1), last]
        frame = pd.DataFrame({"event_id": ["1", "2"], "person_key": ["a", "a"], "occurred_at": times})
        frame["occurred_at"] = frame["occurred_at"].astype("datetime64[us]")
        folder = tmp_path / str(last.year)
        folder.mkdir()
        frame.assign(event_type="x").to_parquet(folder / "events.parquet")
        seen = cx.open_dataset(folder, source_zone="UTC").frame("events")["occurred_at"]
        assert seen.notna().sum() == (2 if last.year == 2025 else 1)
