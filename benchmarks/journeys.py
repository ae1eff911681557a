"""What do sessions, transitions and funnels cost beside pandas, retentioneering, Polars and DuckDB by hand?

    python benchmarks/journeys.py --millions 1 10              sizes, ascending; 100 takes half an hour
    python benchmarks/journeys.py --millions 1 --skip retentioneering
    CX_RETENTIONEERING=OTHER/bin/python python benchmarks/journeys.py     it lives apart: its pins are not ours

CPU seconds over all threads, the least of three calls, each contestant in a process of its own with its peak memory;
the ratios of one run are the result. Events are synthetic: 20 a person, sorted and written as every dataset is.
Rivals that hold all rows in memory stop at 10 million. Contestants that give counts must give ours. Writes
`benchmarks/results/journeys.md`; exit 1 when a bound of the largest size is broken.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import measuring
import numpy as np
from measuring import ROOT

RESULTS = measuring.RESULTS / "journeys.md"
KINDS = np.array(
    ["page_view", "search", "product_view", "add_to_cart", "checkout_start", "payment_attempt", "purchase"]
)
SHARES = (0.55, 0.14, 0.17, 0.06, 0.035, 0.025, 0.02)
PIECE, LARGEST_IN_MEMORY, TIMES = 2_000_000, 10, 3
STEPS = ("search", "add_to_cart", "purchase")
LOOKED_AT = ("person_key", "occurred_at", "event_type")

# --- Data -------------------------------------------------------------------------------------------


def make(folder: Path, rows: int) -> None:
    """Write events of people who come back: pieces first, then one dataset sorted outside memory."""
    pieces = [_piece(folder, number, min(PIECE, rows)) for number in range(max(rows // PIECE, 1))]
    measuring.write_dataset(folder / "set", {"events": pieces})


def _piece(folder: Path, number: int, rows: int) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng([rows, number])
    people = rows // 20
    who = np.sort((people * rng.random(rows) ** 1.5).astype(int))
    new = np.r_[True, who[1:] != who[:-1]]
    pause = np.where(rng.random(rows) < 0.18, rng.integers(1_800, 20 * 86_400, rows), rng.integers(0, 300, rows))
    passed = np.cumsum(np.where(new, 0, pause))
    begun = np.maximum.accumulate(np.where(new, np.arange(rows), 0))
    at = 1_735_700_000 + rng.integers(0, 150 * 86_400, people)[who] + passed - passed[begun]
    table = pa.table(
        {
            "event_id": pa.array(np.char.add(f"e{number:03d}-", np.char.zfill(np.arange(rows).astype(str), 7))),
            "person_key": pa.array(np.char.add(f"p{number:03d}-", np.char.zfill(who.astype(str), 6))),
            "occurred_at": pa.array(at * 1_000_000, pa.timestamp("us")),
            "event_type": pa.array(KINDS[rng.choice(len(KINDS), rows, p=SHARES)]),
        }
    )
    path = folder / f"piece-{number:03d}.parquet"
    pq.write_table(table, path, compression="zstd")
    return path


# --- The contestants: each returns a call that returns the figures compared -------------------------


def files(folder: str) -> list[str]:
    return measuring.files(Path(folder) / "set", "events")


def duckdb_query(folder: str, text: str, figures: Callable) -> Callable[[], list[float]]:
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "6GB", "temp_directory": folder})
    connection.execute(f"create view events as select * from read_parquet({files(folder)})")
    return lambda: figures(connection.execute(text).fetchall())


def decode(*columns: str) -> Callable[[str], Callable[[], list[float]]]:
    text = f"select {', '.join(f'max({name})' for name in columns)} from events"
    return lambda folder: duckdb_query(folder, text, lambda rows: [])


SESSIONS = """
with gaps as (select *, lag(occurred_at) over person as before from events
    window person as (partition by person_key order by occurred_at, event_id)),
numbered as (select *, count(*) filter (before is null or occurred_at > before + interval 30 minutes)
    over (partition by person_key order by occurred_at, event_id rows unbounded preceding) as session from gaps),
sessions as (select person_key, session, count(*) as n, max(occurred_at) - min(occurred_at) as length,
    count(*) filter (event_type in ('page_view', 'product_view', 'search', 'checkout_start')) as screens,
    count(*) filter (event_type = 'purchase') as keys from numbered group by all),
people as (select person_key, count(*) as sessions, count(*) filter (n = 1) as single,
    count(*) filter (length < interval 10 seconds and screens < 2 and keys = 0) as idle from sessions group by all)
select sum(sessions), sum({bounce}), count(*), sum(sessions * sessions), sum({bounce} * {bounce}),
    sum({bounce} * sessions) from people"""
TRANSITIONS = """
with moves as (select event_type as here, lead(event_type) over (partition by person_key
    order by occurred_at, event_id) as next from events)
select here, coalesce(next, '(exit)'), count(*) from moves group by all order by all"""
FUNNEL = """
with entry as (select person_key, min((occurred_at, event_id)) as one from events where event_type = 'search'
    group by all),
cart as (select e.person_key, any_value(one) as one, min((occurred_at, event_id)) as two from events e join entry
    using (person_key) where event_type = 'add_to_cart' and (occurred_at, event_id) > one
    and occurred_at < one[1] + interval 7 days group by all),
bought as (select e.person_key, min((occurred_at, event_id)) as three from events e join cart using (person_key)
    where event_type = 'purchase' and (occurred_at, event_id) > two and occurred_at < one[1] + interval 7 days
    group by all),
journeys as (select entry.person_key, entry.one[1] <= (select max(occurred_at) from events) - interval 7 days
    as mature,
    epoch_us(two[1]) - epoch_us(entry.one[1]) as to_two,
    epoch_us(three[1]) - epoch_us(entry.one[1]) as to_three
    from entry left join cart using (person_key) left join bought using (person_key))
select position, seconds, count(*) from (
    select 1 as position, 0 as seconds from journeys where mature
    union all select 2, to_two // 1000000 from journeys where mature and to_two is not null
    union all select 3, to_three // 1000000 from journeys where mature and to_three is not null) group by all"""


def steps_of(rows: list[tuple]) -> list[float]:
    return [float(sum(n for place, _, n in rows if place == position)) for position in (1, 2, 3)]


def sql_sessions(bounce: str) -> Callable[[str], Callable[[], list[float]]]:
    text = SESSIONS.format(bounce=bounce)
    return lambda folder: duckdb_query(folder, text, lambda rows: [float(rows[0][0]), float(rows[0][1])])


def cx_sessions(bounce: str) -> Callable[[str], Callable[[], list[float]]]:
    def contestant(folder: str) -> Callable[[], list[float]]:
        import cxlib as cx

        shop = cx.open_dataset(Path(folder) / "set")
        return lambda: cx.sessions(shop, measures=["sessions", bounce])["numerator"].tolist()

    return contestant


def cx_transitions(folder: str) -> Callable[[], list[float]]:
    import cxlib as cx

    shop = cx.open_dataset(Path(folder) / "set")

    def call() -> list[float]:
        frame = cx.transitions(shop)
        return frame.loc[frame["from"].ne("(start)")].sort_values(["from", "to"])["numerator"].tolist()

    return call


def cx_funnel(folder: str) -> Callable[[], list[float]]:
    import cxlib as cx

    shop = cx.open_dataset(Path(folder) / "set")

    def call() -> list[float]:
        frame = cx.funnel(shop, STEPS)
        return frame.loc[frame["metric"].eq("reached"), "numerator"].tolist()

    return call


def pandas_frame(folder: str):
    import pandas as pd

    frame = pd.concat([pd.read_parquet(path, columns=["event_id", *LOOKED_AT]) for path in files(folder)])
    return frame.sort_values(["person_key", "occurred_at", "event_id"], ignore_index=True)


def pandas_sessions(folder: str) -> Callable[[], list[float]]:
    import pandas as pd

    def call() -> list[float]:
        frame = pandas_frame(folder)
        gap = frame.groupby("person_key", sort=False)["occurred_at"].diff()
        sizes = (gap.isna() | (gap > pd.Timedelta(minutes=30))).cumsum().value_counts(sort=False)
        return [float(len(sizes)), float((sizes == 1).sum())]

    return call


def pandas_transitions(folder: str) -> Callable[[], list[float]]:
    def call() -> list[float]:
        frame = pandas_frame(folder)
        after = frame.groupby("person_key", sort=False)["event_type"].shift(-1).fillna("(exit)")
        return frame.groupby([frame["event_type"], after]).size().astype(float).sort_index().tolist()

    return call


def retentioneering_transitions(folder: str) -> Callable[[], list[float]]:
    from retentioneering.eventstream import Eventstream

    def call() -> list[float]:
        frame = pandas_frame(folder).rename(
            columns={"person_key": "user_id", "occurred_at": "timestamp", "event_type": "event"}
        )
        moves = Eventstream(frame[["user_id", "event", "timestamp"]]).transition_graph_data(edge_weight="count")
        counted = moves.drop("path_start").rename(columns={"path_end": "(exit)"}).stack()
        return counted[counted > 0].sort_index().astype(float).tolist()

    return call


def polars_scan(folder: str):
    import polars as pl

    return pl.scan_parquet(files(folder))


def polars_sessions(told: bool) -> Callable[[str], Callable[[], list[float]]]:
    """Return sessions by Polars: as usually written, or told that rows stand in order so that a shift will do."""

    def contestant(folder: str) -> Callable[[], list[float]]:
        import polars as pl

        who, at, half = pl.col("person_key"), pl.col("occurred_at"), pl.duration(minutes=30)

        def call() -> list[float]:
            scan = polars_scan(folder)
            if told:
                starts = (who != who.shift()).fill_null(True) | ((at - at.shift()) > half)
                flags = scan.select(starts=starts)
            else:
                ordered = scan.sort("person_key", "occurred_at", "event_id")
                flags = ordered.select(starts=((at - at.shift()) > half).over("person_key").fill_null(True))
            ends = pl.col("starts").shift(-1, fill_value=True)
            asked = [pl.col("starts").sum().alias("n"), (pl.col("starts") & ends).sum().alias("single")]
            row = flags.select(asked).collect(engine="streaming").row(0)
            return [float(one) for one in row]

        return call

    return contestant


def polars_transitions(told: bool) -> Callable[[str], Callable[[], list[float]]]:
    def contestant(folder: str) -> Callable[[], list[float]]:
        import polars as pl

        who, kind = pl.col("person_key"), pl.col("event_type")

        def call() -> list[float]:
            scan = polars_scan(folder)
            if told:
                after = pl.when(who == who.shift(-1)).then(kind.shift(-1))
                moves = scan.select(kind, after=after.fill_null("(exit)"))
            else:
                ordered = scan.sort("person_key", "occurred_at", "event_id")
                moves = ordered.select(kind, after=kind.shift(-1).over("person_key").fill_null("(exit)"))
            counted = moves.group_by("event_type", "after").len().sort("event_type", "after")
            return counted.collect(engine="streaming")["len"].cast(pl.Float64).to_list()

        return call

    return contestant


QUESTIONS: dict[str, dict[str, Callable]] = {
    "sessions and single-event bounce": {
        "cxlib": cx_sessions("bounce_single_event"),
        "decoding its columns": decode("person_key", "occurred_at"),
        "DuckDB SQL by hand": sql_sessions("single"),
        "Polars": polars_sessions(False),
        "Polars, told the order": polars_sessions(True),
        "pandas": pandas_sessions,
    },
    "transitions": {
        "cxlib": cx_transitions,
        "decoding its columns": decode(*LOOKED_AT),
        "DuckDB SQL by hand": lambda folder: duckdb_query(
            folder, TRANSITIONS, lambda rows: [float(n) for _, _, n in rows]
        ),
        "Polars": polars_transitions(False),
        "Polars, told the order": polars_transitions(True),
        "pandas": pandas_transitions,
        "retentioneering": retentioneering_transitions,
    },
    "sessions and GA4 bounce": {
        "cxlib": cx_sessions("bounce_ga4"),
        "DuckDB SQL by hand": sql_sessions("idle"),
    },
    "a funnel of three steps in seven days": {
        "cxlib": cx_funnel,
        "DuckDB SQL by hand": lambda folder: duckdb_query(folder, FUNNEL, steps_of),
    },
}
IN_MEMORY = ("pandas", "retentioneering")
# What a bound compares with, by how much at most, and how many MB.
BOUNDS = {
    "sessions and single-event bounce": ("decoding its columns", 4.0, 300),
    "transitions": ("decoding its columns", 4.0, 300),
    "sessions and GA4 bounce": ("DuckDB SQL by hand", 1.3, 4_000),
    "a funnel of three steps in seven days": ("DuckDB SQL by hand", 1.3, 4_000),
}
GROWTH = 1.05

# --- Measuring --------------------------------------------------------------------------------------


def measured(question: str, name: str, folder: str) -> dict | None:
    """Return what a contestant costs, None when it is not installed or fails."""
    other = os.environ.get("CX_RETENTIONEERING", sys.executable) if name == "retentioneering" else sys.executable
    return measuring.measured(__file__, question, name, folder, python=other)


def one_size(millions: float, skip: list[str]) -> dict[str, dict[str, dict]]:
    """Return the measures of every contestant at one size; all counts must be alike."""
    found: dict[str, dict[str, dict]] = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("CX_BENCH")) as folder:
        make(Path(folder), round(millions * 1_000_000))
        for question, contestants in QUESTIONS.items():
            for name in contestants:
                if name in skip or (name in IN_MEMORY and millions > LARGEST_IN_MEMORY):
                    continue
                if (one := measured(question, name, folder)) is not None:
                    found.setdefault(question, {})[name] = one
                    print(f"{millions:g} M, {question}, {name}: {one['cpu']:.2f} s, {one['peak']:.0f} MB", flush=True)
            _compare(question, found[question])
    return found


def _compare(question: str, answers: dict[str, dict]) -> None:
    for name, one in answers.items():
        if one["figures"] and one["figures"] != answers["cxlib"]["figures"]:
            raise RuntimeError(f"{question}: {name} and cxlib differ: {one['figures']} {answers['cxlib']['figures']}")


# --- Telling ----------------------------------------------------------------------------------------


def bounds(sizes: dict[float, dict]) -> list[tuple[str, float, float]]:
    """Return what is bounded at the largest size: its name, what was found, what is allowed."""
    found = sizes[max(sizes)]
    rows = []
    for question, (rival, most, memory) in BOUNDS.items():
        ours = found[question]["cxlib"]
        rows.append((f"{question}: CPU, times {rival}", ours["cpu"] / found[question][rival]["cpu"], most))
        rows.append((f"{question}: peak memory, MB", ours["peak"], memory))
        costs = {size: answers[question]["cxlib"]["cpu"] for size, answers in sizes.items()}
        if (exponent := measuring.growth(costs)) is not None:
            rows.append((f"{question}: growth exponent", exponent, GROWTH))
    return rows


def report(sizes: dict[float, dict]) -> str:
    """Return the result as Markdown."""
    parts = [
        f"## {millions:g} million events: {question}\n\n{measuring.costs_table(answers)}"
        for millions, found in sizes.items()
        for question, answers in found.items()
    ]
    return (
        "# What journeys cost\n\n"
        f"`python benchmarks/journeys.py --millions {' '.join(f'{one:g}' for one in sizes)}`: CPU seconds over all "
        f"threads, the least of {TIMES} calls; with account, intervals and all columns for cxlib, bare "
        "counts for the rivals; peak memory of the whole process. Seconds are of one machine, the ratios are "
        "the result. All "
        f"counts are alike.\n\n## Bounds, at {max(sizes):g} million events\n\n"
        f"{measuring.bounds_table(bounds(sizes))}\n" + "\n".join(parts)
    )


def main() -> int:
    """Run, write, print; 0 when the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--contestant", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.contestant:
        question, name, folder = options.contestant
        measuring.tell(QUESTIONS[question][name](folder), TIMES)
        return 0
    sizes = {millions: one_size(millions, options.skip) for millions in options.millions}
    text = report(sizes)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if all(found <= allowed for _, found, allowed in bounds(sizes)) else 1


if __name__ == "__main__":
    sys.exit(main())
