"""What does the report of five million answers cost, beside one look at the same file in pandas?

    python benchmarks/report_at_scale.py [--answers 5000000]

Answers are drawn at random: NPS over two years, 24 stores, 5 channels, a tenth with a comment. The rival reads the
file once with pandas and takes the NPS of each month and channel, without interval, comparison or comments: the least
that somebody would do by hand. Each runs in a process of its own, in turn. Writes
`benchmarks/results/report_at_scale.md`; exit 1 when the page is over 3 MB or the report needs more than 4 GB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RESULTS = Path(__file__).resolve().parent / "results" / "report_at_scale.md"
PART = 500_000
RIVAL = """
import sys, pandas as pd
frame = pd.read_parquet(sys.argv[1], columns=["score", "answered_at", "channel"])
month = frame["answered_at"].dt.tz_convert("America/Sao_Paulo").dt.strftime("%Y-%m")
net = (frame["score"] >= 9).astype(int) - (frame["score"] <= 6).astype(int)
print(len(net.groupby([month, frame["channel"]]).mean()))
"""
OURS = """
import sys
from cxlib.reports.report import write_report
write_report(sys.argv[1], sys.argv[2])
"""


def write_answers(path: Path, count: int) -> None:
    """Write a file of answers, part by part."""
    generator, writer = np.random.default_rng(20_250_101), None
    start = np.datetime64("2024-01-01T03:00", "s")
    for first in range(0, count, PART):
        size = min(PART, count - first)
        said = np.where(generator.random(size) < 0.1, "Entrega atrasada, mas o produto chegou bem.", None)
        part = pa.table(
            {
                "response_id": np.char.add("r", np.arange(first, first + size).astype(str)),
                "type": pa.array(["nps"] * size),
                "score": generator.choice(11, size, p=[0.02] * 7 + [0.12, 0.18, 0.26, 0.30]).astype(float),
                "answered_at": pa.array(start + generator.integers(0, 730 * 86_400, size)).cast(
                    pa.timestamp("s", "UTC")
                ),
                "customer_id": np.char.add("c", generator.integers(0, count // 2, size).astype(str)),
                "channel": generator.choice(["email", "whatsapp", "app", "sms", "phone"], size),
                "store_id": np.char.add("s", generator.integers(1, 25, size).astype(str)),
                "comment": pa.array(said.tolist(), pa.string()),
            }
        )
        writer = writer or pq.ParquetWriter(path, part.schema)
        writer.write_table(part)
    assert writer is not None
    writer.close()


def measured(code: str, *arguments: object) -> tuple[float, float, float]:
    """Run Python code in a process of its own: CPU seconds, wall seconds, peak memory in MB, children included."""
    begin, before = time.time(), os.times()
    watcher = (
        "import resource, subprocess, sys; code = subprocess.call([sys.executable, '-c', *sys.argv[1:]]); "
        "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", watcher, code, *map(str, arguments)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "MPLBACKEND": "agg"})
    if done.returncode:
        raise SystemExit(done.stderr)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    kilobytes = int(done.stderr.rsplit("peak", 1)[1]) / (1024 if sys.platform == "darwin" else 1)
    return cpu, time.time() - begin, kilobytes * 1024 / 1e6


def main() -> int:
    """Measure both, write the table, and say whether the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=5_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, page = Path(folder) / "data", Path(folder) / "report.html"
        data.mkdir()
        file = data / "survey_responses.parquet"
        write_answers(file, asked.answers)
        rival = measured(RIVAL, file)
        ours = measured(OURS, data, page)
        size = page.stat().st_size / 1e6
    text = f"""# The report of {asked.answers:,} answers

Made by `python benchmarks/report_at_scale.py` on random answers (synthetic). The rival: one look at the file in
pandas, NPS by month and channel, no interval, comparison or comment.

| | CPU s | wall s | peak MB |
|---|--:|--:|--:|
| pandas, one look | {rival[0]:.1f} | {rival[1]:.1f} | {rival[2]:,.0f} |
| the report | {ours[0]:.1f} | {ours[1]:.1f} | {ours[2]:,.0f} |
| ratio | {ours[0] / rival[0]:.1f} | {ours[1] / rival[1]:.1f} | {ours[2] / rival[2]:.2f} |

The page has {size:.1f} MB.
"""
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if size < 3 and ours[2] < 4_000 else 1


if __name__ == "__main__":
    sys.exit(main())
