"""What do metrics cost beside DuckDB SQL by hand, Polars and pandas?

    python benchmarks/metrics.py --millions 1 10              sizes, ascending; 100 takes hours on two cores
    python benchmarks/metrics.py --millions 1 --skip pandas

CPU seconds over all threads, the least of three calls (one call from 50 million on), each contestant in a process
of its own with its peak memory; the ratios of one run are the result. By channel and local month, from datasets
written as all are; everybody returns the same sums, customers and rows set aside, and must give our n and value.
DuckDB has the same 3 GB and two threads for us and by hand. Polars is optional; pandas stops at 10 million, Polars
where it needs more than 12 GB. Writes `benchmarks/results/metrics.md`; exit 1 when a bound of the largest size is
broken.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import measuring
import numpy as np
from contestants import TABLES, Call, frames, rows, sql

RESULTS = measuring.RESULTS / "metrics.md"
TIMES, LARGE, LARGEST_IN_MEMORY = 3, 50, 10
MEMORY = "3GB"
GRANTED = str(6 << 30)  # DuckDB takes half of what it is granted
MOST_OF_RIVALS = 12 << 30
HAND = "DuckDB SQL by hand"
CPU, MB = 1.3, 4_000


def ours(metric: str, folder: Path, memory: str) -> Call:
    """Return a call that gives n and value of every cell, by cxlib."""
    import cxlib as cx

    shop = cx.open_dataset(folder)

    def call() -> list:
        found = cx.metric(shop, metric, by="channel", every="month").sort_values(["channel", "period"])
        return [found["n"].astype(float).tolist(), found["value"].tolist()]

    return call


CONTESTANTS: dict[str, Callable[[str, Path, str], Call]] = {
    "cxlib": ours,
    HAND: sql.contestant,
    "Polars": frames.polars,
    "pandas": frames.pandas,
}


def contestant(metric: str, name: str, folder: str, times: str) -> None:
    """Run in a child: measure one contestant."""
    if name == "Polars":
        import resource  # it has no limit of its own

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_OF_RIVALS, MOST_OF_RIVALS))
    measuring.tell(CONTESTANTS[name](metric, Path(folder) / "set", MEMORY), int(times))


def one_metric(metric: str, millions: float, skip: list[str]) -> dict[str, dict]:
    """Return what each contestant costs for one metric; n and values must be alike."""
    found = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("CX_BENCH")) as folder:
        rows.make(Path(folder), TABLES[metric], round(millions * 1_000_000))
        for name in CONTESTANTS:
            if name in skip or (name == "pandas" and millions > LARGEST_IN_MEMORY):
                continue
            times = 1 if millions >= LARGE else TIMES
            if (one := measuring.measured(__file__, metric, name, folder, times)) is not None:
                found[name] = one
                print(f"{millions:g} M, {metric}, {name}: {one['cpu']:.2f} s, {one['peak']:.0f} MB", flush=True)
    for name, one in found.items():
        for theirs, expected in zip(one["figures"], found["cxlib"]["figures"], strict=True):
            np.testing.assert_allclose(theirs, expected, rtol=1e-9, err_msg=f"{metric}: {name} and cxlib differ")
    return found


def bounds(sizes: dict[float, dict]) -> list[tuple[str, float, float]]:
    """Return what is bounded at the largest size: its name, what was found, what is allowed."""
    checked = []
    for metric, answers in sizes[max(sizes)].items():
        us = answers["cxlib"]
        checked.append((f"{metric}: CPU, times {HAND}", us["cpu"] / answers[HAND]["cpu"], CPU))
        checked.append((f"{metric}: peak memory, MB", us["peak"], MB))
    return checked


def report(sizes: dict[float, dict]) -> str:
    """Return the result as Markdown."""
    parts = [
        f"## {millions:g} million rows: {metric}\n\n{measuring.costs_table(answers)}"
        for millions, found in sizes.items()
        for metric, answers in found.items()
    ]
    return (
        "# What metrics cost\n\n"
        f"`python benchmarks/metrics.py --millions {' '.join(f'{one:g}' for one in sizes)}`: CPU seconds over all "
        f"threads, the least of {TIMES} calls ({LARGE} million rows and more: of one), by channel and local month, "
        "the default rule of each metric. Everybody sums by customer first and returns the same: n, customers, the "
        "sums behind value and interval, rows set aside by reason; cxlib also makes the intervals and the words. "
        f"DuckDB has {MEMORY} and two threads, for us and by hand. Seconds are of one machine, the ratios are the "
        f"result. All n and values are alike.\n\n## Bounds, at {max(sizes):g} million rows\n\n"
        f"{measuring.bounds_table(bounds(sizes))}\n" + "\n".join(parts)
    )


def main() -> int:
    """Run, write, print; 0 when the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--metrics", nargs="*", default=list(TABLES), choices=list(TABLES))
    parser.add_argument("--contestant", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(measuring.ROOT))
    os.environ["MEM_LIMIT"] = GRANTED
    if options.contestant:
        contestant(*options.contestant)
        return 0
    sizes = {
        millions: {metric: one_metric(metric, millions, options.skip) for metric in options.metrics}
        for millions in options.millions
    }
    text = report(sizes)
    if set(options.metrics) == set(TABLES):
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if all(found <= allowed for _, found, allowed in bounds(sizes)) else 1


if __name__ == "__main__":
    sys.exit(main())
