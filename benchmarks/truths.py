"""Does the right method find every planted truth, and does the naive one miss it? Over many seeds.

    python benchmarks/truths.py --seeds 400            all truths, and the seeds fit for a class
    python benchmarks/truths.py --seeds 20 T01 T15     some of them, printed only

Each seed makes a whole company at small scale. The analyst (benchmarks/analyst) sees its tables only; the
truth is compared afterwards. Writes `benchmarks/results/truths.md`, and `data/seeds.txt`: the seeds on which
every naive answer misses visibly, by two standard errors or more; nothing else is looked at. Exit 1 when a
right interval does not cover its truth 90-99% of the time, or a naive answer does not miss by 3 standard
errors on average.
"""

import argparse
import sys
from multiprocessing import Pool
from pathlib import Path

import pandas as pd
from analyst import ANALYSTS

from cxlib.world.build import world
from cxlib.world.truths import TRUTHS

RESULTS = Path(__file__).resolve().parent / "results" / "truths.md"
SEEDS = Path(__file__).resolve().parents[1] / "data" / "seeds.txt"
SCALE = "small"
VISIBLE = 2.0  # standard errors


def one_seed(seed: int) -> list[dict[str, float | str]]:
    """Return truth, naive answer and right answer of one company, a row a truth."""
    shop, truths = world(seed, SCALE)
    return [
        {"seed": seed, **row(key, analyst(shop), truths[key]["value"])}
        for key, analyst in ANALYSTS.items()
        if key in truths
    ]


def row(key: str, answer, truth: float) -> dict[str, float | str]:
    """Return how one answer stands to its truth."""
    return {
        "truth": key,
        "value": truth,
        "naive": answer.naive,
        "right": answer.right,
        "standard_error": answer.right_error,
        "n": answer.n,
        "covered": float(answer.low <= truth <= answer.high),
        "misses_by": abs(answer.naive - truth) / answer.naive_error,
        "distance": abs(answer.right - truth) / answer.right_error,
    }


def run(seeds: int, processes: int) -> pd.DataFrame:
    """Return a row per seed and truth, with progress on stderr when somebody watches."""
    rows = []
    with Pool(processes) as pool:
        for done, found in enumerate(pool.imap(one_seed, range(1, seeds + 1)), start=1):
            rows += found
            if sys.stderr.isatty():
                print(f"\r{done} of {seeds} seeds", end="", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def summary(worlds: pd.DataFrame) -> pd.DataFrame:
    """Return one row per truth: means over the seeds, coverage, and whether the acceptance is met."""
    by = worlds.groupby("truth")
    table = by[["value", "naive", "right", "standard_error", "n", "misses_by"]].mean()
    error = worlds["right"].sub(worlds["value"]).groupby(worlds["truth"])
    table.insert(0, "design", [TRUTHS[key].design for key in table.index])
    table["sd"] = error.std()
    table["bias"] = error.mean()
    table["smallest_miss"] = by["misses_by"].min()
    table["largest_distance"] = by["distance"].max()
    table["coverage"] = by["covered"].mean()
    table["met"] = table["coverage"].between(0.90, 0.99) & (table["misses_by"] >= 3)
    return table


def screened(worlds: pd.DataFrame) -> list[int]:
    """Return the seeds on which every naive answer misses its truth visibly."""
    least = worlds.groupby("seed")["misses_by"].min()
    return sorted(int(seed) for seed in least.index[least >= VISIBLE])


def report(table: pd.DataFrame, seeds: int) -> str:
    """Return the result as Markdown."""
    head = (
        "# Planted truths, found again\n\n"
        f"`python benchmarks/truths.py --seeds {seeds}`: seeds 1 to {seeds}, scale {SCALE}; means over the seeds. "
        "`misses by` is |naive - truth| in standard errors of the naive answer: 3 or more on average is asked for. "
        f"`coverage` is how often the right 95% interval holds the truth: 90 to 99% is asked for. Result: "
        f"**{table['met'].sum()} of {len(table)} met**.\n\n"
        "| truth | what | unit | design | truth | naive | right | bias of right | SD of right | mean SE | n "
        "| misses by | least | furthest right, SE | coverage | met |\n|---|---|---|" + "--:|" * 12 + "---|\n"
    )
    lines = [
        f"| {key} | {TRUTHS[str(key)].what} | {TRUTHS[str(key)].unit} | {each.design:.4g} | {each.value:.4g} "
        f"| {each.naive:.4g} | {each.right:.4g} "
        f"| {each.bias:+.2g} | {each.sd:.3g} | {each.standard_error:.3g} | {each.n:,.0f} | {each.misses_by:.1f} "
        f"| {each.smallest_miss:.1f} | {each.largest_distance:.1f} | {100 * each.coverage:.1f}% "
        f"| {'yes' if each.met else '**no**'} |"
        for key, each in table.iterrows()
    ]
    return head + "\n".join(lines) + "\n"


def main() -> int:
    """Run, write, print; 0 when the acceptance is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("truths", nargs="*", help="keys, such as T01; all when none is given")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.truths:
        for key in set(ANALYSTS) - set(options.truths):
            del ANALYSTS[key]
    worlds = run(options.seeds, options.processes)
    table = summary(worlds)
    text = report(table, options.seeds)
    if not options.truths:
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
        fit = screened(worlds)
        SEEDS.write_text("\n".join(map(str, fit)) + "\n", encoding="utf-8", newline="\n")
        print(f"{len(fit)} of {options.seeds} seeds are fit for a class")
    print(text)
    return 0 if table["met"].all() else 1


if __name__ == "__main__":
    sys.exit(main())
