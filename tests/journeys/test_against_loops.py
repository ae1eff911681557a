"""A thousand random logs, read by the library and by loops: streamed and partitioned, by one thread and more."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import reference
from reference import Event

import cxlib as cx
from cxlib.journeys.funnel import Step, funnel
from cxlib.journeys.log import log_of
from cxlib.journeys.paths import paths
from cxlib.journeys.sessions import RULES, SessionRule, sessions, with_starts
from cxlib.journeys.transitions import transitions
from cxlib.tables.engine import collect, engine
from cxlib.tables.order import is_sorted
from cxlib.tables.storage import write_dataset

LOGS = 1_000
TYPES = ["page_view", "search", "add_to_cart", "purchase"]
START = datetime(2018, 11, 3, 12)  # the night of the fourth, clocks in São Paulo went forward
SETTINGS = {"title": "", "zone": "America/Sao_Paulo", "currency": None, "privacy_floor": 0, "synthetic": True}
SORTED = [(form, threads) for form in ("1 file", "12 files") for threads in (1, 2, 8)]
FORMS = [("frame", 2), *SORTED, ("any order", 8)]
CUTS = [
    RULES["ga4"],
    RULES["ua"],
    SessionRule(key="at", splits_at_gap=True),
    SessionRule(key="long", gap_minutes=45, longest_hours=1, midnight=True),
]
STEPS = (
    Step(name="look", events=("page_view", "search")),
    Step(name="again", events=("search",)),
    Step(name="cart", events=("add_to_cart",), optional=True),
    Step(name="buy", events=("purchase",), hours=1),
)
WINDOW = timedelta(hours=2)


@cache
def events():
    """Many small logs: ties, repeats, nobody's events, timeless ones, bots, gaps of exactly half an hour."""
    rng = np.random.default_rng(20250301)
    found = []
    for log in range(LOGS):
        size = int(rng.integers(1, 25))
        people = int(rng.integers(1, 4))
        minutes = np.cumsum(rng.choice([0, 0, 10, 15, 29, 30, 31, 60, 600], size))
        for at in minutes:
            found.append(
                Event(
                    person=None if rng.random() < 0.05 else f"{log:04d}-{rng.integers(people)}",
                    at=None if rng.random() < 0.03 else START + timedelta(minutes=int(at)),
                    id=f"e{rng.integers(10**9):010d}-{len(found)}",
                    type=None if rng.random() < 0.02 else str(rng.choice(TYPES)),
                    log=f"log{log:04d}",
                    bot=log % 50 == 7 and rng.random() < 0.5,
                    campaign=str(rng.choice(["x", "y"])) if rng.random() < 0.2 else None,
                )
            )
    return found


@cache
def table():
    rows = events()
    whole = pa.table(
        {
            "event_id": [one.id for one in rows],
            "person_key": pa.array([one.person for one in rows], pa.string()),
            "occurred_at": pa.array([one.at for one in rows], pa.timestamp("us")),
            "event_type": pa.array([one.type for one in rows], pa.string()),
            "channel": [one.log for one in rows],
            "campaign_id": pa.array([one.campaign for one in rows], pa.string()),
            "is_bot": [one.bot for one in rows],
        }
    )
    return whole.take(np.random.default_rng(1).permutation(len(rows)))


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    folder, rows = tmp_path_factory.mktemp("logs"), table()
    for name, shard_rows in (("1 file", 10**9), ("12 files", len(rows) // 12)):
        write_dataset(folder / name, {"events": rows}, settings=SETTINGS | {"audit": {}}, shard_rows=shard_rows)
    (folder / "any order" / "events").mkdir(parents=True)
    half = len(rows) // 2
    for number, part in enumerate((rows.slice(0, half), rows.slice(half))):  # one person's events stand in both
        pq.write_table(part, folder / "any order" / "events" / f"{number}.parquet")
    frame = rows.to_pandas()
    return {
        "frame": cx.open_dataset({"events": frame}, source_zone="UTC"),
        "any order": replace(cx.open_dataset(folder / "any order", source_zone="UTC"), privacy_floor=0),
        **{name: cx.open_dataset(folder / name) for name in ("1 file", "12 files")},
    }


@pytest.fixture(params=FORMS, ids=lambda form: f"{form[0]}, {form[1]} threads")
def data(request, datasets):
    form, threads = request.param
    before = engine().raw_sql("SELECT current_setting('threads')").fetchone()[0]
    engine().raw_sql(f"SET threads = {threads}")
    assert is_sorted(log_of(datasets[form]).rows) == form.endswith(("file", "files"))
    yield datasets[form]
    engine().raw_sql(f"SET threads = {before}")


def test_the_logs_hold_what_is_hard():
    people = reference.by_person(events())
    pairs = [(one, two) for mine in people.values() for one, two in pairwise(mine)]
    assert any(one.at == two.at for one, two in pairs)
    assert any(two.at - one.at == timedelta(minutes=30) for one, two in pairs)
    assert any(two.at - one.at == WINDOW for mine in people.values() for one in mine for two in mine)
    soon = [(one, two) for one, two in pairs if two.at - one.at <= timedelta(minutes=30)]
    assert any(reference.day(one.at) != reference.day(two.at) for one, two in soon)
    buyers = {one.log for mine in people.values() for one in mine if one.type == "purchase"}
    assert {one.log for one in events()} > buyers


def test_sessions_begin_where_a_loop_begins_them(data):
    people = reference.by_person(events())
    log = log_of(data, columns=["campaign_id"])
    for rule in CUTS:
        expected = {found[0].id for mine in people.values() for found in reference.sessions(mine, rule)}
        rows = with_starts(log.rows, rule, "America/Sao_Paulo")
        found = collect(rows.filter(rows.cx_starts).select("event_id")).to_pydict()["event_id"]
        assert len(found) == len(expected)
        assert set(found) == expected, rule.key


@cache
def counted_sessions():
    """Return sessions, bounces by both rules and sessions set aside, by log, of rule ga4."""
    found = defaultdict(Counter)
    for mine in reference.by_person(events()).values():
        for one in reference.sessions(mine, RULES["ga4"]):
            cell = found[one[0].log]
            if one[0].bot:
                cell["aside"] += 1
                continue
            types = [event.type for event in one]
            engaged = one[-1].at - one[0].at >= timedelta(seconds=10) or "purchase" in types
            engaged |= sum(kind in ("page_view", "search") for kind in types) >= 2
            cell.update({"sessions": 1, "bounce_single_event": len(one) == 1, "bounce_ga4": not engaged})
    return found


def test_sessions_and_bounces_are_counted_as_by_a_loop(data):
    frame = sessions(data, by="channel", measures=["sessions", "bounce_single_event", "bounce_ga4"])
    expected = counted_sessions()
    assert set(frame["channel"]) == set(expected)
    for row in frame.itertuples():
        assert row.numerator == expected[row.channel][row.metric]
        assert row.set_aside == expected[row.channel]["aside"]
        assert row.n == expected[row.channel]["sessions"]
    alone = sessions(data, measures=["sessions", "bounce_single_event", "bounce_ga4"])
    totals = sum(expected.values(), Counter())
    assert alone["numerator"].tolist() == [totals["sessions"], totals["bounce_single_event"], totals["bounce_ga4"]]
    assert (alone["set_aside"] == totals["aside"]).all()


def usable():
    return [one for one in events() if one.type is not None and not one.bot]


@cache
def counted_moves(paths, kept):
    found = Counter()
    for mine in reference.by_person(usable()).values():
        for path in [mine] if paths == "person" else reference.sessions(mine, RULES[paths]):
            path = [event for event in path if kept is None or event.type in kept]
            for event, (before, here, after) in zip(path, reference.moves(path), strict=True):
                found[event.log, before, here, after] += 1
    return found


@pytest.mark.parametrize(("paths", "kept"), [("person", None), ("ga4", ("search", "purchase"))])
def test_transitions_are_counted_as_by_a_loop(data, paths, kept):
    frame = transitions(data, paths=paths, steps=kept, order=2, by="channel")
    found = {
        tuple(row[:4]): int(row[4]) for row in frame[["channel", "before", "from", "to", "numerator"]].to_numpy()
    }
    assert found == dict(counted_moves(paths, kept))
    once = transitions(data, paths=paths, steps=kept)
    expected = Counter()
    for (_, before, here, after), n in counted_moves(paths, kept).items():
        expected[here, after] += n
        if before == "(start)":
            expected[before, here] += n
    assert {tuple(row[:2]): int(row[2]) for row in once[["from", "to", "numerator"]].to_numpy()} == dict(expected)


@cache
def expected_funnel():
    last = max(one.at for one in usable() if one.person is not None and one.at is not None)
    found = defaultdict(Counter)
    for mine in reference.by_person(usable()).values():
        if (journey := reference.funnel(mine, STEPS, WINDOW)) is None:
            continue
        entry, times = journey
        if entry.at > last - WINDOW:
            found[entry.log]["open"] += 1
            continue
        found[entry.log].update(STEPS[place].name for place, time in enumerate(times) if time is not None)
    return found


def test_funnels_are_counted_as_by_a_loop(data):
    frame = funnel(data, STEPS, days=1 / 12, by="channel")
    expected = expected_funnel()
    reached = frame[frame["metric"] == "reached"]
    assert set(reached["channel"]) == set(expected)
    for row in reached.itertuples():
        assert row.numerator == expected[row.channel][row.step], row.channel
        assert row.n == expected[row.channel]["look"]
        assert row.set_aside == expected[row.channel]["open"]


def test_paths_are_counted_as_by_a_loop(data):
    expected = Counter(
        " → ".join([*(one.type for one in path[:3]), *(["…"] if len(path) > 3 else [])])
        for mine in reference.by_person(usable()).values()
        for path in reference.sessions(mine, RULES["ga4"])
    )
    frame = paths(data, paths="ga4", most=len(expected), longest=3)
    assert dict(zip(frame["path"], frame["numerator"].astype(int), strict=True)) == dict(expected)
    assert (frame["n"] == sum(expected.values())).all()
    few = paths(data, paths="ga4", most=2, longest=3)
    assert few["numerator"].tolist()[:2] == [n for _, n in expected.most_common(2)]
    assert few["path"].iloc[-1] == "(other paths)"
    assert few["numerator"].sum() == sum(expected.values())


def test_a_frame_of_the_result_is_the_same_whatever_the_form(datasets):
    frames = [funnel(one, ["page_view", "search", "purchase"], days=1 / 12, every="day") for one in datasets.values()]
    for one in frames[1:]:
        pd.testing.assert_frame_equal(one, frames[0])


@pytest.mark.parametrize(
    "loses",
    [
        lambda t: t.left_join(t.select("event_id").view(), "event_id"),
        lambda t: t.filter(t.channel < "log0500").union(t.filter(t.channel >= "log0500")),
        lambda t: t.distinct(),
        lambda t: t.order_by(t.event_id.desc()),
        lambda t: t.limit(10**9),
    ],
    ids=["join", "union", "distinct", "sort", "limit"],
)
def test_whatever_loses_the_order_of_the_files_takes_the_partitioned_form(datasets, loses):
    whole = datasets["12 files"]
    moved = loses(whole.events).select(whole.events.columns)
    changed = replace(whole, tables={"events": moved})
    assert is_sorted(whole.events)
    assert not is_sorted(log_of(changed).rows)
    for ask in (sessions, transitions, lambda data: funnel(data, ["search", "purchase"], days=1 / 12)):
        pd.testing.assert_frame_equal(ask(changed), ask(whole))


def test_a_duckdb_file_gives_the_same(datasets, tmp_path):
    import duckdb

    rows = table()  # found by its name in the statement
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("create table events as select * from rows")
    assert len(rows)
    shop = replace(cx.open_dataset(tmp_path / "shop.duckdb", source_zone="UTC"), privacy_floor=0)
    assert not is_sorted(log_of(shop).rows)
    asked = [sessions, transitions, lambda data: funnel(data, ["search", "purchase"], days=1 / 12)]
    for ask in [*asked, lambda data: paths(data, paths="ga4", longest=3)]:
        pd.testing.assert_frame_equal(ask(shop), ask(datasets["1 file"]), check_exact=False)


def test_small_cells_of_imported_data_are_hidden(datasets):
    guarded = replace(datasets["1 file"], privacy_floor=10)
    for frame in (sessions(guarded, by="channel"), funnel(guarded, STEPS, days=1 / 12, by="channel")):
        hidden = frame[frame["n"].ne(0).fillna(True)]
        assert len(hidden) > 500
        assert hidden["value"].isna().all()
        assert set(hidden["warnings"]) == {"suppressed"}
    shown = transitions(guarded)
    rare = transitions(datasets["1 file"])
    assert shown["value"].isna().sum() >= (rare["numerator"] < 10).sum()
    with pytest.raises(cx.InputError, match="would point at people"):
        sessions(guarded, by="event_id")
