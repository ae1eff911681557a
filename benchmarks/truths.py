"""Does the right method find the planted truth, and does the naive one miss it? Over many seeds.

    python benchmarks/truths.py --seeds 200

Each seed makes a whole company at small scale. The analyst sees its tables only; the truth is compared
afterwards. Writes `benchmarks/results/truths.md`; exit 1 when the right interval does not cover 90-99%
of the time or the naive answer does not miss by 3 standard errors on average.
"""

import argparse
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cxlib.inference.adjust import Estimate, post_stratify
from cxlib.world import tables, truths

RESULTS = Path(__file__).resolve().parent / "results" / "truths.md"
SCALE = "small"


def relational_invites(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the delivered relational NPS invites with the stratum of each, rebuilt from the tables."""
    invites = shop["survey_invites"]
    invites = invites[invites["delivered"] & (invites["type"] == "nps") & (invites["kind"] == "relational")]
    pairs = invites.merge(shop["tickets"][["customer_id", "created_at"]], on="customer_id")
    age = pairs["sent_at"] - pairs["created_at"]
    recent = pairs[(age > pd.Timedelta(0)) & (age <= pd.Timedelta(days=90))]
    club = shop["customers"].set_index("customer_id")["club_member"]
    member = np.where(invites["customer_id"].map(club), "club", "no club")
    ticket = np.where(invites["invite_id"].isin(recent["invite_id"]), "ticket", "no ticket")
    return invites.assign(stratum=pd.Series(member, invites.index) + ", " + ticket)


def answers(shop: dict[str, pd.DataFrame], invites: pd.DataFrame) -> pd.DataFrame:
    """Return the answers to these invites: 100 for a promoter, -100 for a detractor, 0 between."""
    found = shop["survey_responses"].merge(invites[["invite_id", "stratum"]], on="invite_id")
    value = 100 * ((found["score"] >= 9).astype(int) - (found["score"] <= 6).astype(int))
    return found.assign(value=value)


def naive_nps(found: pd.DataFrame) -> tuple[float, float]:
    """Return the plain NPS of the answers and its standard error."""
    return float(found["value"].mean()), float(found["value"].std(ddof=0) / len(found) ** 0.5)


def right_nps(found: pd.DataFrame, invites: pd.DataFrame) -> Estimate:
    """Return the NPS weighted to the strata of everybody invited, clustered by customer."""
    population = invites["stratum"].value_counts().to_dict()
    return post_stratify(found["value"], found["stratum"], population, clusters=found["customer_id"])


def one_seed(seed: int) -> dict[str, float]:
    """Return truth, naive answer and right answer of one company."""
    shop = tables(seed, SCALE)
    invites = relational_invites(shop)
    found = answers(shop, invites)
    naive, naive_error = naive_nps(found)
    right = right_nps(found, invites)
    truth = float(truths(seed, SCALE)["T01"]["value"])
    return {
        "truth": truth,
        "naive": naive,
        "right": right.value,
        "standard_error": right.standard_error,
        "covered": float(right.low <= truth <= right.high),
        "naive_covered": float(abs(naive - truth) <= 1.96 * naive_error),
        "misses_by": (naive - truth) / naive_error,
        "answers": len(found),
        "rate": len(found) / len(invites),
    }


def run(seeds: int, processes: int) -> pd.DataFrame:
    """Return one row per seed, with progress on stderr when somebody watches."""
    rows = []
    with Pool(processes) as pool:
        for row in pool.imap(one_seed, range(1, seeds + 1)):
            rows.append(row)
            if sys.stderr.isatty():
                print(f"\r{len(rows)} of {seeds} seeds", end="", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def passes(worlds: pd.DataFrame) -> bool:
    """Return whether the acceptance of the design (§8) is met."""
    return 0.90 <= worlds["covered"].mean() <= 0.99 and worlds["misses_by"].mean() >= 3


def report(worlds: pd.DataFrame) -> str:
    """Return the result as Markdown."""
    mean = worlds.mean()
    error, naive_error = worlds["right"] - worlds["truth"], worlds["naive"] - worlds["truth"]
    rows = [
        ("mean truth", mean["truth"], "expected 9.5"),
        ("mean naive answer", mean["naive"], "expected about 17"),
        ("mean right answer", mean["right"], "post-stratified by club and ticket"),
        ("SD of naive - truth", naive_error.std(), ""),
        ("SD of right - truth", error.std(), f"mean standard error {mean['standard_error']:.2f}"),
        ("mean of (naive - truth) / SE", mean["misses_by"], "must be 3 or more"),
        ("smallest (naive - truth) / SE", worlds["misses_by"].min(), ""),
        ("largest distance of right from truth, in SE", (error.abs() / worlds["standard_error"]).max(), ""),
        ("coverage of the right interval, %", 100 * mean["covered"], "must be 90 to 99"),
        ("coverage of the naive interval, %", 100 * mean["naive_covered"], ""),
        ("response rate, %", 100 * mean["rate"], "expected 22.5"),
    ]
    table = "\n".join(f"| {name} | {value:.2f} | {note} |" for name, value, note in rows)
    return (
        "# Planted truths, found again\n\n"
        f"`python benchmarks/truths.py --seeds {len(worlds)}`: seeds 1 to {len(worlds)}, scale {SCALE}, "
        f"{mean['answers']:,.0f} answers a world on average. Result: "
        f"**{'met' if passes(worlds) else 'NOT met'}**.\n\n"
        "## T01: the relational NPS if everybody had answered (points)\n\n"
        f"| what | value | note |\n|---|---:|---|\n{table}\n"
    )


def main() -> int:
    """Run, write, print; 0 when the acceptance is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    worlds = run(options.seeds, options.processes)
    text = report(worlds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if passes(worlds) else 1


if __name__ == "__main__":
    sys.exit(main())
