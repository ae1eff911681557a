"""Is a dataset ever lost when an import is killed? Kill it at random moments and look.

    python benchmarks/kills.py --kills 50

Two deliveries of the same table take turns. Each import runs in a child process and is killed (SIGKILL; on
Windows TerminateProcess) after a delay spread over the time an import takes. After every kill the dataset must
open and hold the old delivery or, if the commit had happened, the whole new one. At the end one undisturbed
import must succeed and sweep what the killed ones left. Writes `benchmarks/results/kills.md`; exit 1 on a loss.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cxlib as cx

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).resolve().parent / "results" / "kills.md"
ROWS = 100_000
SEED = 20_250_301
MAPPING = """[survey_responses]
response_id = "id"
type = { value = "nps" }
score = "score"
answered_at = { column = "answered", source_zone = "America/Sao_Paulo" }
customer_id = "customer"
channel = "channel"
comment = "comment"
"""


def delivery(path: Path, seed: int, rows: int) -> None:
    """Write one delivery: the same answers' ids, other scores."""
    rng = np.random.default_rng(seed)
    moments = pd.Timestamp("2025-01-01 12:00") + pd.to_timedelta(rng.integers(0, 180, rows), unit="D")
    frame = pd.DataFrame(
        {
            "id": [f"r{row}" for row in range(rows)],
            "score": rng.integers(0, 11, rows),
            "answered": moments.strftime("%Y-%m-%d %H:%M"),
            "customer": [f"c{number}" for number in rng.integers(0, rows // 2, rows)],
            "channel": rng.choice(["web", "app", "store", "whatsapp"], rows),
            "comment": rng.choice(["Chegou antes do prazo.", "Não gostei.", "Liguem (11) 98765-4321", ""], rows),
        }
    )
    frame.to_csv(path, index=False)


def start(work: Path, delivered: str) -> subprocess.Popen:
    """Start an import in a child process."""
    given = [str(work / delivered), "--map", str(work / "mapping.toml"), "--out", str(work / "out")]
    return subprocess.Popen(
        [sys.executable, "-m", "cxlib", "import", "table", *given],
        cwd=ROOT,
        env=os.environ | {"CX_KEY_FILE": str(work / "pseudonym.key")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def undisturbed(work: Path, delivered: str) -> float:
    """Import, and return how many seconds it took."""
    begun = time.monotonic()
    running = start(work, delivered)
    _, said = running.communicate()
    if running.returncode != 0:
        raise RuntimeError(said.decode(errors="replace"))
    return time.monotonic() - begun


def content(work: Path) -> pd.DataFrame:
    """Return the table as it stands, read from the files the manifest lists."""
    return cx.open_dataset(work / "out").frame("survey_responses").sort_values("response_id", ignore_index=True)


def unlisted(work: Path) -> list[str]:
    """Return the files that the manifest does not list."""
    manifest = json.loads((work / "out" / "datapackage.json").read_text(encoding="utf-8"))
    listed = {item["path"] for item in manifest["resources"]} | {manifest["cx"]["quarantine"], "datapackage.json"}
    return sorted(path.name for path in (work / "out").iterdir() if path.name not in listed)


def one_kill(work: Path, delivered: str, delay: float, known: dict[str, pd.DataFrame], standing: str) -> dict:
    """Kill one import and return what is left."""
    running = start(work, delivered)
    time.sleep(delay)
    had_ended = running.poll() is not None
    running.kill()
    _, said = running.communicate()
    if had_ended and running.returncode != 0:  # not killed, and yet no success: its own fault
        return {
            "ended": True,
            "state": "failed",
            "kept": "failed",
            "left": [],
            "trouble": said.decode(errors="replace"),
        }
    try:
        found = content(work)
        state = next((name for name, frame in known.items() if frame.equals(found)), "neither")
        trouble = ""
    except Exception as error:
        state, trouble = "unreadable", f"{type(error).__name__}: {error}"
    kept = {standing: "old", delivered: "new"}.get(state, state)
    return {"ended": had_ended, "state": state, "kept": kept, "left": unlisted(work), "trouble": trouble}


def run(kills: int, rows: int) -> tuple[list[dict], dict]:
    """Return what each kill left, and how the last import ended."""
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["CX_KEY_FILE"] = str(work / "pseudonym.key")
        (work / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        known, lasted = {}, 0.0
        for seed, name in enumerate(("first.csv", "second.csv")):
            delivery(work / name, seed, rows)
            lasted = undisturbed(work, name)
            known[name] = content(work)
        standing, found = "second.csv", []
        for kill in range(kills):
            other = "first.csv" if standing == "second.csv" else "second.csv"
            # The last part of the run, where files are written, is where a kill could hurt: half fall there.
            share = rng.random() if kill % 2 else 0.75 + 0.3 * rng.random()
            found.append(one_kill(work, other, share * lasted, known, standing))
            standing = found[-1]["state"] if found[-1]["state"] in known else standing
            if sys.stderr.isatty():
                print(f"\r{kill + 1} of {kills} kills: {found[-1]['kept']}     ", end="", file=sys.stderr, flush=True)
        undisturbed(work, "first.csv")
        last = {"is_new": content(work).equals(known["first.csv"]), "left": unlisted(work)}
    return found, last


def passes(found: list[dict], last: dict) -> bool:
    """Return whether nothing was lost and nothing was left."""
    return all(one["kept"] in ("old", "new") for one in found) and last["is_new"] and not last["left"]


def report(found: list[dict], last: dict, rows: int) -> str:
    """Return the result as Markdown."""
    kept = Counter(one["kept"] for one in found)
    during = [one for one in found if one["left"]]
    kinds = Counter(re.sub(r"-[0-9a-f]{16}", "", name) for one in during for name in one["left"])
    rows_of = [
        ("the old delivery stood, whole", kept["old"]),
        ("the new delivery stood, whole (the commit had happened)", kept["new"]),
        ("- of these, the import had ended before the kill", sum(one["ended"] for one in found) - kept["failed"]),
        ("the import failed by itself before it was killed", kept["failed"]),
        ("neither one nor the other", kept["neither"]),
        ("the dataset could not be opened", kept["unreadable"]),
        ("files left beside the dataset, to be swept later", len(during)),
    ]
    table = "\n".join(f"| {name} | {count} |" for name, count in rows_of)
    left = ", ".join(f"{name} ({count})" for name, count in sorted(kinds.items())) or "none"
    verdict = "succeeded and held the new delivery" if last["is_new"] else "did NOT hold the new delivery"
    after = "nothing unlisted was left" if not last["left"] else f"left {', '.join(last['left'])}"
    troubles = "".join(f"\n- {one['trouble']}" for one in found if one["trouble"])
    return (
        "# Imports killed at random moments\n\n"
        f"`python benchmarks/kills.py --kills {len(found)} --rows {rows}`: an import of {rows:,} rows into a "
        "dataset that holds another delivery of the same table, killed after a random delay; half of the delays are "
        "spread over the whole run, half over its last quarter. "
        f"Result: **{'nothing lost' if passes(found, last) else 'LOSS'}**.\n\n"
        f"| after the kill | times |\n|---|---:|\n{table}\n\n"
        f"Left behind at some time: {left}. The last import, not killed, {verdict}; {after}.{troubles}\n"
    )


def main() -> int:
    """Run, write, print; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    found, last = run(options.kills, options.rows)
    text = report(found, last, options.rows)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if passes(found, last) else 1


if __name__ == "__main__":
    sys.exit(main())
