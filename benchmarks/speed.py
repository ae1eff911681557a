"""What does cxlib cost beside pandas and plain DuckDB, measured in the same run on the same machine?

    python benchmarks/speed.py

CPU seconds (all threads together), medians of 9 after a warm-up; each big case in a child process of its own,
with its peak memory. Writes `benchmarks/results/speed.md`; exit 1 when a bound is broken. Ratios travel
from machine to machine, seconds do not.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import ROOT, cpu, peak_mb

RESULTS = Path(__file__).resolve().parent / "results" / "speed.md"
TIMES = 9
IMPORT_BOUND = 0.2  # seconds more than pandas
WARM_BOUND = 0.120  # seconds for 1,000 rows by channel and month
SIZES = (1_000_000, 5_000_000)
ZONE = "America/Sao_Paulo"

# --- Data -------------------------------------------------------------------------------------------


def answers(rows: int) -> pd.DataFrame:
    """Return answers of customers who answer 2.5 times on average, a few of them not usable."""
    rng = np.random.default_rng(rows)
    moments = np.datetime64("2025-01-01T03:00:00", "us") + rng.integers(0, 180 * 86_400, rows).astype("m8[s]")
    scores = rng.integers(0, 11, rows).astype(float)
    scores[rng.random(rows) < 0.02] = np.nan
    return pd.DataFrame(
        {
            "response_id": pd.Series(np.char.add("r", np.arange(rows).astype(str)), dtype="str"),
            "type": "nps",
            "score": scores,
            "answered_at": pd.Series(moments).dt.tz_localize("UTC"),
            "customer_id": pd.Series(np.char.add("c", rng.integers(0, rows * 2 // 5, rows).astype(str)), dtype="str"),
            "channel": rng.choice(["web", "app", "store", "whatsapp"], rows),
        }
    )


# --- The contestants: each returns a call to be timed -----------------------------------------------


def cxlib_metric(data: object) -> Callable[[], pd.DataFrame]:
    import cxlib as cx

    return lambda: cx.metric(data, "nps", by="channel", every="month")


def cxlib_dataset(path: str) -> Callable[[], pd.DataFrame]:
    import cxlib as cx

    return cxlib_metric(cx.open_dataset(path))


def pandas_counts(read: Callable[[], pd.DataFrame]) -> Callable[[], pd.DataFrame]:
    """The same counts by plain pandas: n, promoters, detractors and missing by channel and local month."""

    def call() -> pd.DataFrame:
        frame = read()
        frame = frame[frame["type"] == "nps"]
        score, month = frame["score"], frame["answered_at"].dt.tz_convert(ZONE).dt.strftime("%Y-%m")
        parts = pd.DataFrame({"n": score.notna(), "up": score >= 9, "down": score <= 6, "missing": score.isna()})
        cells = parts.groupby([frame["channel"], month.rename("period")]).sum()
        return cells.assign(value=100 * (cells["up"] - cells["down"]) / cells["n"]).reset_index()

    return call


def pandas_parquet(path: str) -> Callable[[], pd.DataFrame]:
    wanted = ["type", "score", "answered_at", "channel"]
    return pandas_counts(lambda: pd.read_parquet(Path(path) / "survey_responses.parquet", columns=wanted))


def pandas_customers(path: str) -> Callable[[], pd.DataFrame]:
    """What the interval needs as well: sums by customer first, so that repeated answers are known."""
    wanted = ["type", "score", "answered_at", "channel", "customer_id"]
    file = Path(path) / "survey_responses.parquet"

    def call() -> pd.DataFrame:
        frame = pd.read_parquet(file, columns=wanted)
        frame = frame[frame["type"] == "nps"]
        score = frame["score"]
        month = frame["answered_at"].dt.tz_convert(ZONE).dt.strftime("%Y-%m").rename("period")
        net = (score >= 9).astype(float) - (score <= 6)
        parts = pd.DataFrame({"n": score.notna(), "total": net, "square": net**2, "missing": score.isna()})
        people = parts.groupby([frame["channel"], month, frame["customer_id"]]).sum()
        people["total_total"] = people["total"] ** 2
        cells = people.groupby(["channel", "period"]).sum()
        return cells.assign(value=100 * cells["total"] / cells["n"]).reset_index()

    return call


def duckdb_counts(path: str) -> Callable[[], pd.DataFrame]:
    import duckdb

    connection = duckdb.connect()
    query = f"""
        select channel, strftime(timezone('UTC', answered_at) - interval 3 hours, '%Y-%m') as period,
            count(score) as n, 100.0 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / n as value,
            count(*) filter (score is null) as missing
        from (select * replace (if(isnan(score), null, score) as score) from '{path}/survey_responses.parquet')
        where type = 'nps' group by all order by all"""
    return lambda: connection.sql(query).df()


def duckdb_same_sql(path: str) -> Callable[[], pd.DataFrame]:
    """The SQL that cxlib writes, run without cxlib: what is left is the cost of the layer."""
    import cxlib as cx
    from cxlib.tables.engine import engine

    query = cx.sql(cx.open_dataset(path), "nps", by="channel", every="month")
    return lambda: engine().con.sql(query).df().assign(value=lambda sums: 100 * sums["total"] / sums["n"])


BIG = {
    "cxlib": cxlib_dataset,
    "pandas, counts only": pandas_parquet,
    "pandas, with sums by customer": pandas_customers,
    "DuckDB SQL, counts only": duckdb_counts,
    "DuckDB, cxlib's own SQL": duckdb_same_sql,
}

# --- Measuring --------------------------------------------------------------------------------------


def median_cpu(call: Callable[[], object]) -> float:
    """Return the median of TIMES calls after one to warm up."""
    call()
    return statistics.median(cpu(call) for _ in range(TIMES))


def in_child(code: str) -> float:
    """Return the median CPU seconds that a piece of code takes in fresh processes, as the code prints it."""
    timed = f"import time; begun = time.process_time()\n{code}\nprint(time.process_time() - begun)"
    found = [
        float(
            subprocess.run([sys.executable, "-c", timed], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        )
        for _ in range(TIMES + 1)
    ]
    return statistics.median(found[1:])


def contestant(name: str, path: str) -> None:
    """Run in a child: measure one contestant on one file and print what was found."""
    call = BIG[name](path)
    result = call()  # one call: the memory of a single run
    peak = peak_mb()
    figures = result.sort_values(["channel", "period"])[["n", "value"]].astype(float).round(6).to_numpy().tolist()
    found = {"peak": peak, "cpu": statistics.median(cpu(call) for _ in range(TIMES)), "figures": figures}
    print(json.dumps(found))


def big(rows: int) -> dict[str, dict]:
    """Return the measures of every contestant on one Parquet file; all must give the same figures."""
    with tempfile.TemporaryDirectory() as folder:
        answers(rows).to_parquet(Path(folder) / "survey_responses.parquet", index=False)
        found = {}
        for name in BIG:
            child = [sys.executable, __file__, "--contestant", name, "--path", folder]
            said = subprocess.run(
                child, check=True, capture_output=True, text=True, env=os.environ | {"CX_LANG": "en"}
            )
            found[name] = json.loads(said.stdout)
    for name in BIG:
        if not np.allclose(found[name]["figures"], found["cxlib"]["figures"], atol=1e-4):
            raise RuntimeError(f"{name} and cxlib differ at {rows} rows")
    return found


def small() -> dict[str, float]:
    """Return the warm CPU seconds on 1,000 rows."""
    import cxlib as cx

    frame = answers(1_000)
    dataset = cx.open_dataset({"survey_responses": frame})
    return {
        "cxlib, one number, from a Dataset": median_cpu(lambda: cx.metric(dataset, "nps")),
        "cxlib, one number, from a frame": median_cpu(lambda: cx.metric(frame, "nps")),
        "cxlib, by channel and month, from a Dataset": median_cpu(cxlib_metric(dataset)),
        "cxlib, by channel and month, from a frame": median_cpu(cxlib_metric(frame)),
        "pandas, counts by channel and month": median_cpu(pandas_counts(lambda: frame)),
    }


# --- Telling ----------------------------------------------------------------------------------------


def verdict(holds: bool) -> str:
    """Return PASS or FAIL."""
    return "PASS" if holds else "FAIL"


def bounds(starts: dict[str, float], warm: dict[str, float]) -> list[tuple[str, float, float]]:
    """Return what is bounded: its name, what was found, what is allowed."""
    most = max(warm[f"cxlib, by channel and month, from a {source}"] for source in ("Dataset", "frame"))
    return [
        ("import cxlib, seconds", starts["import cxlib"], starts["import pandas"] + IMPORT_BOUND),
        ("warm metric on 1,000 rows by channel and month, seconds", most, WARM_BOUND),
    ]


def report(starts: dict[str, float], warm: dict[str, float], large: dict[int, dict[str, dict]]) -> str:
    """Return the result as Markdown."""
    bounded = "\n".join(
        f"| {name} | {found:.3f} | {allowed:.3f} | {verdict(found <= allowed)} |"
        for name, found, allowed in bounds(starts, warm)
    )
    rival = warm["pandas, counts by channel and month"]
    fresh = "\n".join(
        f"| {name} | {found:.3f} | {found / starts['import pandas']:.2f} |" for name, found in starts.items()
    )
    warmed = "\n".join(f"| {name} | {1000 * found:.0f} | {found / rival:.1f} |" for name, found in warm.items())
    tables = "\n".join(_big_table(rows, found) for rows, found in large.items())
    return (
        "# What cxlib costs\n\n"
        f"`python benchmarks/speed.py`: CPU seconds over all threads, median of {TIMES} after a warm-up. Seconds are "
        "of one machine; the ratios are the result.\n\n"
        f"## Bounds\n\n| what | found | allowed | |\n|---|---:|---:|---|\n{bounded}\n\n"
        f"## A fresh process\n\n| what | CPU, s | times `import pandas` |\n|---|---:|---:|\n{fresh}\n\n"
        "## 1,000 rows, warm\n\nThe pandas rival counts n, promoters, detractors and missing: no interval, no check "
        f"of the scale, no account by customer.\n\n| what | CPU, ms | times pandas |\n|---|---:|---:|\n{warmed}\n\n"
        "## Parquet, NPS by channel and month\n\ncxlib sums by customer first, because one customer may answer "
        "often and the interval must know; the rivals that only count do not. All give the same n and NPS. Peak "
        "memory is of the whole process after one call; the last row runs the SQL of `cx.sql` in a DuckDB set up "
        f"as ours.\n\n{tables}"
    )


def _big_table(rows: int, found: dict[str, dict]) -> str:
    ours = found["cxlib"]
    lines = "\n".join(
        f"| {name} | {one['cpu']:.2f} | {one['cpu'] / ours['cpu']:.2f} | {one['peak']:,.0f} | "
        f"{one['peak'] / ours['peak']:.2f} |"
        for name, one in found.items()
    )
    head = "| who | CPU, s | of cxlib's | peak memory, MB | of cxlib's |\n|---|---:|---:|---:|---:|"
    return f"### {rows:,} rows\n\n{head}\n{lines}\n"


def main() -> int:
    """Run, write, print; 0 when the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.contestant:
        contestant(options.contestant, options.path)
        return 0
    starts = {
        "import pandas": in_child("import pandas"),
        "import cxlib": in_child("import cxlib"),
        "import cxlib, first cx.nps of three counts": in_child(
            "import cxlib as cx; cx.nps(promoters=90, passives=60, detractors=50)"
        ),
    }
    warm = small()
    large = {rows: big(rows) for rows in SIZES}
    text = report(starts, warm, large)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if all(found <= allowed for _, found, allowed in bounds(starts, warm)) else 1


if __name__ == "__main__":
    sys.exit(main())
