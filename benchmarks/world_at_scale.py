"""What does it cost to make Ipê large: CPU, memory, and how both grow?

    python benchmarks/world_at_scale.py --events 1 3 10          millions of events, ascending

Each size is made in a process of its own and written to disk as `cx world` does it; beside it, in the same run,
DuckDB writes as many random rows of the same tables and column types. Seconds are CPU seconds of the process.
Writes `benchmarks/results/world_at_scale.md`; exit 1 when memory passes 1 GB.
"""

import argparse
import json
import math
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results" / "world_at_scale.md"
EVENTS_PER_CUSTOMER = 15.0
BOUND = 1_000_000_000  # bytes
RANDOM = {
    "string": "'x' || lpad((random() * 1e8)::bigint::varchar, 8, '0')",
    "integer": "(random() * 100000)::bigint",
    "number": "random()",
    "boolean": "random() < 0.5",
    "datetime": "timestamp '2024-01-01' + to_microseconds((random() * 63e12)::bigint)",
    "date": "date '2024-01-01' + (random() * 730)::int",
}


def measured(work: Callable, *arguments: object) -> dict[str, float]:
    """Run in a fresh process; return its CPU seconds, its most memory in bytes, its wall seconds."""
    receiver, sender = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_report, args=(sender, work, arguments))
    process.start()
    answer = receiver.recv()
    process.join()
    return answer


def _report(sender, work: Callable, arguments: tuple) -> None:
    start = time.perf_counter()
    work(*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    sender.send(
        {
            "cpu": used.ru_utime + used.ru_stime,
            "memory": used.ru_maxrss * 1024.0,
            "wall": time.perf_counter() - start,
        }
    )


def make(folder: str, customers: int) -> None:
    """Make and write Ipê."""
    from cxlib.world.store import write_world

    write_world(Path(folder), scale=customers)


def random_rows(folder: str, manifest: str) -> None:
    """Write as many random rows of the same tables and types with DuckDB alone."""
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "700MB", "temp_directory": folder})
    for table in json.loads(Path(manifest).read_text(encoding="utf-8"))["resources"]:
        columns = ", ".join(f'{RANDOM[field["type"]]} AS "{field["name"]}"' for field in table["schema"]["fields"])
        target = Path(folder) / f"{table['name']}.parquet"
        connection.execute(
            f"COPY (SELECT {columns} FROM range({table['rows']})) TO '{target}' (FORMAT parquet, CODEC zstd)"
        )


def one_size(millions: float) -> dict[str, float]:
    """Return what one size costs, ours and the random rows'."""
    customers = round(millions * 1e6 / EVENTS_PER_CUSTOMER / 1000) * 1000
    with tempfile.TemporaryDirectory() as temporary:
        folder, other = Path(temporary) / "ipe", Path(temporary) / "random"
        ours = measured(make, str(folder), customers)
        manifest = folder / "datapackage.json"
        rows = {table["name"]: table["rows"] for table in json.loads(manifest.read_text())["resources"]}
        size = sum(path.stat().st_size for path in folder.iterdir())
        kept = shutil.copy(manifest, temporary)
        shutil.rmtree(folder)
        other.mkdir()
        theirs = measured(random_rows, str(other), str(kept))
    found = {
        "asked": millions,
        "customers": customers,
        "events": rows["events"],
        "rows": sum(rows.values()),
        "bytes": size,
        **ours,
    }
    print(found, theirs["cpu"], flush=True)
    return found | {"duckdb": theirs["cpu"]}


def report(sizes: list[dict[str, float]]) -> str:
    """Return the result as Markdown."""
    lines = [
        f"| {each['customers']:,} | {each['events']:,} | {each['rows']:,} | {each['bytes'] / 1e6:,.0f} "
        f"| {each['cpu']:,.0f} | {each['events'] / each['cpu']:,.0f} | {each['memory'] / 1e6:,.0f} "
        f"| {each['duckdb']:,.1f} | {each['cpu'] / each['duckdb']:,.1f} |"
        for each in sizes
    ]
    first, last = sizes[0], sizes[-1]
    grown = math.log(last["events"] / first["events"]) if len(sizes) > 1 else math.nan
    exponent = math.log(last["cpu"] / first["cpu"]) / grown
    asked = " ".join(f"{each['asked']:g}" for each in sizes)
    return (
        "# Making Ipê large\n\n"
        f"`python benchmarks/world_at_scale.py --events {asked}`. "
        "CPU seconds of one process told that it has 1 GB, all tables written; DuckDB writes as many random rows of "
        "the same tables and types in the same run.\n\n"
        f"CPU grows with the power **{exponent:.2f}** of the events from the first size to the last.\n\n"
        "| customers | events | rows of all tables | MB on disk | CPU s | events a CPU s | most MB of memory "
        "| DuckDB, random rows: CPU s | ratio |\n" + "|--:" * 9 + "|\n" + "\n".join(lines) + "\n"
    )


def main() -> int:
    """Run, write, print; 0 when memory stays within the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=float, nargs="+", default=[1, 3, 10], help="millions")
    os.environ["MEM_LIMIT"] = str(BOUND)
    sizes = [one_size(millions) for millions in sorted(parser.parse_args().events)]
    text = report(sizes)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if all(each["memory"] <= BOUND for each in sizes) else 1


if __name__ == "__main__":
    sys.exit(main())
