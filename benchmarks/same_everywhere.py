"""Is the same seed the same company everywhere? Fingerprints of the content, whole and shard by shard.

    python3.13 benchmarks/same_everywhere.py            any Python with pandas, pyarrow and Babel

Makes Ipê of 2,500 customers on four seeds: at once, and block by block in two other processes, the last block first.
Both fingerprints must be those of `benchmarks/results/same_everywhere.md`, whichever Python, machine or operating
system wrote them; exit 1 otherwise. `--write` writes them anew: only when the company is meant to change.
"""

import argparse
import hashlib
import multiprocessing
import platform
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from cxlib.world.build import SEED, Part, company, part, sizes, tables, together  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "same_everywhere.md"
SEEDS, CUSTOMERS = (SEED, 1, 77, 2026), 2_500


def fingerprint(frames: dict[str, pd.DataFrame]) -> str:
    """Return a fingerprint of the content, free of pandas' own hashing and of how it writes an instant."""
    content = hashlib.sha256()
    for name, frame in frames.items():
        instants = frame.select_dtypes("datetime").columns
        whole = {column: frame[column].fillna(pd.Timestamp(0)).astype("int64") for column in instants}
        content.update(name.encode() + frame.assign(**whole).to_csv(index=False, lineterminator="\n").encode())
    return content.hexdigest()[:16]


def by_shards(seed: int) -> dict[str, pd.DataFrame]:
    """Return the company put together from blocks that two other processes made, the last block first."""
    shards = list(enumerate(sizes(CUSTOMERS)))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        made = pool.starmap(part, [(seed, *shard) for shard in reversed(shards)], chunksize=1)[::-1]
    parts: list[Part] = [company(seed), *made]
    names = tables(seed, 1)  # in their order
    return {name: together(name, [one.tables[name] for one in parts if name in one.tables]) for name in names}


def main() -> int:
    """Make, compare, print; 0 when all is as it was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    rows, same = [], True
    for seed in SEEDS:
        whole, shards = fingerprint(tables(seed, CUSTOMERS)), fingerprint(by_shards(seed))
        same &= whole == shards
        rows.append(f"| {seed} | `{whole}` | `{shards}` |")
    text = (
        "# The same company everywhere\n\n"
        f"`python benchmarks/same_everywhere.py`: Ipê of {CUSTOMERS:,} customers.\n\n"
        "| seed | whole | block by block, from two processes |\n|--:|---|---|\n" + "\n".join(rows) + "\n"
    )
    print(
        f"Python {platform.python_version()}, pandas {pd.__version__}, NumPy {np.__version__}, {platform.platform()}"
    )
    print(text)
    if write:
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
    same &= text == RESULTS.read_text(encoding="utf-8")
    print("the same" if same else f"NOT the same as {RESULTS.name}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
