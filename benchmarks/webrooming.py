"""What does it cost to ask which store purchases were looked at online before, beside Polars and DuckDB by hand?

    python benchmarks/webrooming.py --millions 1 10        sizes of the log, ascending; 100 takes long
    python benchmarks/webrooming.py --millions 1 --skip Polars

A log of people who come back, twenty events each, and store purchases of some of them: one for every fifty events.
One customer never tires: of every million events, a hundred thousand are theirs, and so are 200 purchases, so a
plain join of events and purchases grows with their product. The rule is that of `cx.research_shopping`: an
informational event online about the same category, at most 14 days before the purchase and after the previous one.

CPU seconds over all threads, the least of the calls, each contestant in a process of its own with its peak memory;
the ratios of one run are the result. cxlib's calls hold the whole ladder with account and intervals, the rivals' bare
counts of purchases, and of those that were seen; all must be alike. Writes `benchmarks/results/webrooming.md`; exit 1
when a bound of the largest size is broken.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).resolve().parent / "results" / "webrooming.md"
KINDS = np.array(["page_view", "search", "product_view", "add_to_cart", "purchase"])
SHARES = (0.5, 0.15, 0.25, 0.07, 0.03)
CATEGORIES = np.array([f"category {number:02d}" for number in range(30)])
PIECE, TIMES, DAYS = 1_000_000, 2, 14
EACH, TIRELESS, BOUGHT_BY_ONE = 50, 100_000, 200  # events for each purchase; events and purchases of one customer
MOST_MB = 4_000
START, SPAN = 1_735_700_000, 150 * 86_400

# --- Data -------------------------------------------------------------------------------------------


def make(folder: Path, rows: int) -> None:
    """Write events, orders and their lines: pieces first, then one dataset sorted outside memory."""
    from cxlib.tables.engine import scan_parquet
    from cxlib.tables.storage import write_dataset

    pieces = [_piece(folder, number, min(PIECE, rows)) for number in range(max(rows // PIECE, 1))]
    settings = {"title": "", "zone": "America/Sao_Paulo", "currency": "BRL", "privacy_floor": 0, "synthetic": True,
                "audit": {}}  # fmt: skip
    names = ("events", "orders", "order_items")
    tables = {name: scan_parquet([piece[name] for piece in pieces]) for name in names}
    write_dataset(folder / "set", tables, settings=settings)
    for piece in pieces:
        for path in piece.values():
            path.unlink()


def _piece(folder: Path, number: int, rows: int) -> dict[str, Path]:
    rng = np.random.default_rng([rows, number])
    tireless, people = rows * TIRELESS // 1_000_000, rows // 20
    who = np.r_[np.sort((people * rng.random(rows - tireless) ** 1.5).astype(int)), np.full(tireless, people)]
    events = {
        "event_id": _ids(f"e{number:03d}-", np.arange(rows)),
        "person_key": _ids(f"p{number:03d}-", who),
        "customer_id": _ids(f"p{number:03d}-", who),
        "occurred_at": START + rng.integers(0, SPAN, rows),
        "event_type": KINDS[rng.choice(len(KINDS), rows, p=SHARES)],
        "channel": np.where(rng.random(rows) < 0.9, "web", "store"),
        "category": CATEGORIES[_category(rng, who, people)],
    }
    size = rows // EACH
    buyer = rng.integers(0, people, size)
    buyer[: rows * BOUGHT_BY_ONE // 1_000_000] = people
    orders = {
        "order_id": _ids(f"o{number:03d}-", np.arange(size)),
        "customer_id": _ids(f"p{number:03d}-", buyer),
        "channel": np.where(rng.random(size) < 0.7, "store", "web"),
        "placed_at": START + rng.integers(20 * 86_400, SPAN, size),
        "total_cents": np.full(size, 10_000),
        "currency": np.full(size, "BRL"),
    }
    items = {
        "order_item_id": orders["order_id"],
        "order_id": orders["order_id"],
        "category": CATEGORIES[_category(rng, buyer, people)],
    }
    tables = {"events": events, "orders": orders, "order_items": items}
    return {name: _written(folder / f"{name}-piece-{number:03d}.parquet", one) for name, one in tables.items()}


def _ids(prefix: str, numbers: np.ndarray) -> np.ndarray:
    return np.char.add(prefix, np.char.zfill(numbers.astype(str), 7))


def _category(rng: np.random.Generator, who: np.ndarray, tireless: int) -> np.ndarray:
    """Return the category of each row: people care for three of them, the tireless customer for one."""
    found = (who * 7 + rng.integers(0, 3, len(who))) % len(CATEGORIES)
    return np.where(who == tireless, 0, found)


def _written(path: Path, columns: dict[str, np.ndarray]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    moments = {name: pa.array(values * 1_000_000, pa.timestamp("us")) for name, values in columns.items()
               if name.endswith("_at")}  # fmt: skip
    pq.write_table(pa.table({**columns, **moments}), path, compression="zstd")
    return path


# --- The contestants: each returns a call that returns purchases and those seen ----------------------

ONLINE = ("product_view", "review_read", "search", "comparison", "price_check", "quote")
BOUGHT = """
bought as (select i.order_item_id, o.customer_id as person, i.category, o.placed_at as moment, o.channel from orders o
    join order_items i using (order_id)),
times as (select *, max(moment) over (partition by person, category order by moment
    range between unbounded preceding and interval 1 microsecond preceding) as before from bought),
target as (select * from times where channel = 'store'),
touches as (select customer_id as person, category, occurred_at as touched from events
    where channel = 'web' and event_type in {kinds} and customer_id in (select person from bought))"""
JOINED = (
    "with "
    + BOUGHT
    + """,
seen as (select distinct order_item_id from target join touches using (person, category)
    where touched < moment and touched >= moment - interval {days} days and (before is null or touched > before))
select (select count(*) from target), (select count(*) from seen)"""
)
AS_OF = (
    "with "
    + BOUGHT
    + """,
latest as (select t.moment, t.before, l.touched from target t asof left join touches l
    on t.person = l.person and t.category = l.category and t.moment > l.touched)
select count(*), count(*) filter (touched >= moment - interval {days} days and (before is null or touched > before))
    from latest"""
)


def files(folder: str, name: str) -> list[str]:
    return sorted(str(path) for path in (Path(folder) / "set").glob(f"{name}-*.parquet"))


def by_hand(text: str) -> Callable[[str], Callable[[], list[int]]]:
    text = text.format(kinds=ONLINE, days=DAYS)

    def contestant(folder: str) -> Callable[[], list[int]]:
        import duckdb

        connection = duckdb.connect(config={"threads": 2, "memory_limit": "6GB", "temp_directory": folder})
        for name in ("events", "orders", "order_items"):
            connection.execute(f"create view {name} as select * from read_parquet({files(folder, name)})")
        return lambda: [int(one) for one in connection.execute(text).fetchall()[0]]

    return contestant


def cxlib(folder: str) -> Callable[[], list[int]]:
    import cxlib as cx

    shop = cx.open_dataset(Path(folder) / "set")

    def call() -> list[int]:
        ladder = cx.research_shopping(shop, days=DAYS, since="2024-12-01")
        row = ladder[ladder["rule"].eq("seen")].iloc[0]
        return [int(row["n"]), int(row["numerator"])]

    return call


def polars(joined: bool) -> Callable[[str], Callable[[], list[int]]]:
    """Return the question in Polars: a plain join, or an as-of join of sorted rows."""

    def contestant(folder: str) -> Callable[[], list[int]]:
        import polars as pl

        keys, day = ["customer_id", "category"], pl.duration(days=DAYS)

        def call() -> list[int]:
            events, orders, items = (
                pl.scan_parquet(files(folder, name)) for name in ("events", "orders", "order_items")
            )
            lines = items.join(orders, on="order_id").rename({"placed_at": "at"})
            times = lines.select(*keys, "at").unique().sort(*keys, "at")
            times = times.with_columns(before=pl.col("at").shift().over(keys))
            target = lines.filter(pl.col("channel") == "store").join(times, on=[*keys, "at"])
            target = target.select(*keys, "order_item_id", "at", "before")
            touches = events.filter(pl.col("event_type").is_in(ONLINE) & (pl.col("channel") == "web"))
            touches = touches.join(lines.select("customer_id").unique(), on="customer_id", how="semi")
            touches = touches.select(*keys, touched="occurred_at")
            near = (pl.col("touched") >= pl.col("at") - day) & (
                pl.col("before").is_null() | (pl.col("touched") > pl.col("before"))
            )
            if joined:
                found = target.join(touches, on=keys).filter((pl.col("touched") < pl.col("at")) & near)
                seen = found.select(pl.col("order_item_id").n_unique())
            else:
                found = target.sort("at").join_asof(
                    touches.sort("touched"), left_on="at", right_on="touched", by=keys, allow_exact_matches=False
                )
                seen = found.filter(near).select(pl.len())
            size, n = pl.collect_all([target.select(pl.len()), seen], engine="streaming")
            return [int(size.item()), int(n.item())]

        return call

    return contestant


CONTESTANTS: dict[str, Callable[[str], Callable[[], list[int]]]] = {
    "cxlib": cxlib,
    "DuckDB SQL by hand, joined": by_hand(JOINED),
    "DuckDB SQL by hand, as of": by_hand(AS_OF),
    "Polars, joined": polars(True),
    "Polars, as of": polars(False),
}

# --- Measuring and telling --------------------------------------------------------------------------


def peak_mb() -> float:
    """Return the largest memory this process has had, in MB; Linux only."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def contestant(name: str, folder: str) -> None:
    """Run in a child: measure one contestant and print what was found."""
    call, cpu = CONTESTANTS[name](folder), []
    for _ in range(TIMES):
        begun = time.process_time()
        figures = call()
        cpu.append(time.process_time() - begun)
    print(json.dumps({"cpu": min(cpu), "peak": peak_mb(), "figures": figures}))


def measured(name: str, folder: str) -> dict | None:
    """Return what a contestant costs, None when it is not installed or fails."""
    child = [sys.executable, __file__, "--contestant", name, folder]
    said = subprocess.run(child, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"CX_LANG": "en"})
    if said.returncode:
        print(f"{name}: {said.returncode} {said.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(said.stdout.strip().splitlines()[-1])


def one_size(millions: float, skip: list[str]) -> dict[str, dict]:
    """Return the measures of every contestant at one size; all counts must be alike."""
    found: dict[str, dict] = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("CX_BENCH")) as folder:
        make(Path(folder), round(millions * 1_000_000))
        for name in CONTESTANTS:
            if any(name.startswith(one) for one in skip) or (one := measured(name, folder)) is None:
                continue
            found[name] = one
            print(f"{millions:g} M, {name}: {one['cpu']:.2f} s, {one['peak']:.0f} MB {one['figures']}", flush=True)
            if one["figures"] != found["cxlib"]["figures"]:
                raise RuntimeError(f"{name} and cxlib differ: {one['figures']} {found['cxlib']['figures']}")
    return found


def report(sizes: dict[float, dict[str, dict]]) -> str:
    """Return the result as Markdown."""
    peak = sizes[max(sizes)]["cxlib"]["peak"]
    verdict = "PASS" if peak <= MOST_MB else "**FAIL**"
    return (
        "# What webrooming costs\n\n"
        f"`python benchmarks/webrooming.py --millions {' '.join(f'{one:g}' for one in sizes)}`: CPU seconds over "
        f"all threads, the least of {TIMES} calls; the whole ladder with account and intervals for cxlib, bare "
        "counts for the rivals; peak memory of the whole process. One customer in a million events has a hundred "
        "thousand of them, and 200 purchases. Seconds are of one machine, the ratios are the result. All counts are "
        "alike.\n\n"
        f"## Bound, at {max(sizes):g} million events\n\n| what | found | allowed | |\n|---|---:|---:|---|\n"
        f"| peak memory, MB | {peak:,.0f} | {MOST_MB:,} | {verdict} |\n\n"
        + "\n".join(_table(millions, found) for millions, found in sizes.items())
    )


def _table(millions: float, found: dict[str, dict]) -> str:
    ours = found["cxlib"]
    lines = "\n".join(
        f"| {name} | {one['cpu']:.2f} | {one['cpu'] / ours['cpu']:.2f} | {one['peak']:,.0f} |"
        for name, one in found.items()
    )
    n, seen = ours["figures"]
    head = f"{n:,} purchases, {seen:,} of them seen before.\n\n| who | CPU, s | of cxlib's | peak memory, MB |\n"
    return f"## {millions:g} million events\n\n{head}|---|---:|---:|---:|\n{lines}\n"


def main() -> int:
    """Run, write, print; 0 when the bound holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--contestant", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.contestant:
        contestant(*options.contestant)
        return 0
    sizes = {millions: one_size(millions, options.skip) for millions in options.millions}
    text = report(sizes)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if sizes[max(sizes)]["cxlib"]["peak"] <= MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
