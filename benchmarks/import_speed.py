"""What does importing a long CSV cost, beside DuckDB reading the same file?

    python benchmarks/import_speed.py --rows 1000000

The file has a million answers: id, score, day and hour, customer, channel, and a comment in one row of three.
DuckDB reads it whole, every column as text, and writes it as Parquet; the import reads it through a mapping, checks
every cell, makes pseudonyms, redacts, accounts for the rows, and writes. Each runs in a process of its own; CPU
seconds and the most memory are what is compared. Writes `benchmarks/results/import_speed.md`; exit 1 when the import
costs more than 3 times the CPU of DuckDB, or holds more than 4 GB.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "import_speed.md"
MOST_TIMES, MOST_GB = 3, 4
MAPPING = """[survey_responses]
response_id = "id"
type = { value = "nps" }
score = "score"
answered_at = { column = "answered", source_zone = "America/Sao_Paulo" }
customer_id = "customer"
channel = "channel"
comment = "comment"
"""
READING = "COPY (SELECT * FROM read_csv('{file}', all_varchar = true)) TO '{out}' (FORMAT parquet)"


def delivery(path: Path, rows: int) -> None:
    """Write the file: half as many customers as answers, comments that differ."""
    rng = np.random.default_rng(1)
    moments = pd.Timestamp("2024-01-01 08:00") + pd.to_timedelta(rng.integers(0, 720 * 24 * 60, rows), unit="min")
    said = rng.choice(
        ["Chegou antes do prazo.", "Não gostei do atendimento.", "Liguem (11) 99999-0012.", "Ótimo!"], rows
    )
    comments = np.where(rng.random(rows) < 0.33, [f"{text} {n}" for n, text in enumerate(said)], "")
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "score": rng.integers(0, 11, rows),
            "answered": moments.strftime("%Y-%m-%d %H:%M"),
            "customer": [f"c{number}" for number in rng.integers(0, max(rows // 2, 1), rows)],
            "channel": rng.choice(["web", "app", "store", "whatsapp"], rows),
            "comment": comments,
        }
    )
    frame.to_csv(path, index=False)


def by_duckdb(work: Path) -> int:
    """Read the file with DuckDB and write it as Parquet; return the rows."""
    import duckdb

    duckdb.execute(READING.format(file=work / "answers.csv", out=work / "read.parquet"))
    return int(duckdb.execute(f"SELECT count(*) FROM '{work / 'read.parquet'}'").fetchall()[0][0])


def by_import(work: Path) -> int:
    """Import the file; return the rows."""
    import cxlib as cx

    shop = cx.import_table([work / "answers.csv"], work / "mapping.toml", work / "out")
    return sum(tally.rows_used for tally in shop.audit.tallies)


WAYS = {"duckdb": by_duckdb, "import": by_import}


def alone(way: str, work: Path) -> dict[str, float]:
    """Run one way in a process of its own and return what it cost."""
    command = [sys.executable, __file__, "--work", str(work), "--way", way]
    environment = os.environ | {"CX_KEY_FILE": str(work / "pseudonym.key"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def cost(way: str, work: Path) -> dict[str, float]:
    """Return rows, CPU seconds, wall seconds and megabytes of one way, in this process."""
    begun, before = time.monotonic(), time.process_time()
    rows = WAYS[way](work)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "cpu": time.process_time() - before, "wall": time.monotonic() - begun, "mb": memory}


def report(found: dict[str, dict[str, float]], size: int) -> str:
    """Return the result as Markdown."""
    times = found["import"]["cpu"] / found["duckdb"]["cpu"]
    lines = [
        f"| {way} | {one['rows']:,.0f} | {one['cpu']:.1f} | {one['wall']:.1f} | {one['mb']:,.0f} |"
        for way, one in found.items()
    ]
    return (
        "# Importing a long CSV\n\n"
        f"`python benchmarks/import_speed.py --rows {found['import']['rows']:.0f}`: a file of {size >> 20:,} MB. "
        f"The import costs **{times:.1f} times** the CPU of DuckDB, which reads every column as text and writes "
        f"Parquet (wanted: at most {MOST_TIMES}); it holds {found['import']['mb']:,.0f} MB (bound: {MOST_GB} GB).\n\n"
        "| | rows | CPU seconds | seconds | most MB |\n|---|--:|--:|--:|--:|\n" + "\n".join(lines) + "\n"
    )


def main() -> int:
    """Run, write, print; 0 when the import is as cheap as wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(cost(options.way, options.work)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        delivery(work / "answers.csv", options.rows)
        (work / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        size = (work / "answers.csv").stat().st_size
        found = {way: alone(way, work) for way in WAYS}
    text = report(found, size)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    dear = found["import"]["cpu"] > MOST_TIMES * found["duckdb"]["cpu"] or found["import"]["mb"] > MOST_GB * 1024
    return 1 if dear else 0


if __name__ == "__main__":
    sys.exit(main())
