"""Is a dataset ever lost when what writes it is killed? Kill it at random moments and look.

    python benchmarks/kills.py --kills 50                                   # cx import table
    python benchmarks/kills.py --kills 50 --what zendesk --rows 2000        # cx import zendesk
    python benchmarks/kills.py --kills 50 --what forget --rows 20000        # cx forget

Each run changes a dataset from one known content to the next: two deliveries of a table take turns; tickets of
Zendesk merge, every delivery newer than the one before; `cx forget` takes one customer after the other out. Each
runs in a child process and is killed (SIGKILL; on Windows TerminateProcess) after a delay spread over the time such a
run takes. After every kill the dataset must open and hold the old content or, if the commit had happened, the whole
new one. At the end one undisturbed run must succeed and sweep what the killed ones left. Writes
`benchmarks/results/kills.md`, or `kills_WHAT.md`; exit 1 on a loss.
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
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is killed: the command of step `n`, which files it needs, and whether a table is whole after it."""

    said: str
    table: str
    arguments: Callable[[Path, int], list[str]]
    prepare: Callable[[Path, int, int], None]  # folder, step, rows
    whole: Callable[[pd.DataFrame, int, int], bool]  # table, step, rows


def answers(path: Path, rows: int, step: int) -> None:
    """Write one delivery of answers: always the same ids, the scores of its step."""
    if path.exists():
        return
    rng = np.random.default_rng(step)
    moments = pd.Timestamp("2025-01-01 12:00") + pd.to_timedelta(rng.integers(0, 180, rows), unit="D")
    frame = pd.DataFrame(
        {
            "id": [f"r{row}" for row in range(rows)],
            "score": scores(step, rows),
            "answered": moments.strftime("%Y-%m-%d %H:%M"),
            "customer": [f"c{row // 2}" for row in range(rows)],
            "channel": rng.choice(["web", "app", "store", "whatsapp"], rows),
            "comment": rng.choice(["Chegou antes do prazo.", "Não gostei.", "Liguem (11) 98765-4321", ""], rows),
        }
    )
    frame.to_csv(path, index=False)


def scores(step: int, rows: int) -> np.ndarray:
    """Return the scores of a delivery; two deliveries take turns."""
    return np.random.default_rng(step % 2).integers(0, 11, rows)


def tickets(path: Path, rows: int, step: int) -> None:
    """Write one page of tickets, all of them changed since the page before."""
    changed = (pd.Timestamp("2025-01-01") + pd.Timedelta(days=step)).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {
        "created_at": "2024-12-01T10:00:00Z",
        "updated_at": changed,
        "subject": f"delivery {step}",
        "priority": None,
    }
    same = {"status": "open", "via": {"channel": "email"}, "tags": [], "requester_id": 1, "group_id": 7}
    page = [{"id": number, "assignee_id": 3, "type": "question", **made, **same} for number in range(rows)]
    path.write_text(json.dumps({"tickets": page}), encoding="utf-8")


def by_id(frame: pd.DataFrame, rows: int) -> pd.Series:
    """Return the scores of a table by the number of the answer, none missing."""
    numbers = frame["response_id"].str.slice(1).astype(int)
    return frame.set_axis(numbers, axis=0)["score"].reindex(range(rows))


def left_of(step: int, rows: int) -> set[str]:
    """Return the answers that are left when the customers up to a step were taken out."""
    return {f"r{row}" for row in range(rows) if row // 2 > step - 1}


SUBJECTS = {
    "table": Subject(
        said="an import of {rows:,} rows into a dataset that holds another delivery of the same table",
        table="survey_responses",
        arguments=lambda work, step: ["import", "table", f"{step % 2}.csv", "--map", "mapping.toml", "--out", "out"],
        prepare=lambda work, step, rows: answers(work / f"{step % 2}.csv", rows, step % 2),
        whole=lambda frame, step, rows: bool(np.array_equal(by_id(frame, rows), scores(step, rows))),
    ),
    "zendesk": Subject(
        said="`cx import zendesk` of {rows:,} tickets, each newer than the one that stands there",
        table="tickets",
        arguments=lambda work, step: ["import", "zendesk", "tickets.json", "--out", "out"],
        prepare=lambda work, step, rows: tickets(work / "tickets.json", rows, step),
        whole=lambda frame, step, rows: len(frame) == rows and set(frame["subject"]) == {f"delivery {step}"},
    ),
    "forget": Subject(
        said="`cx forget` of one customer of a dataset of {rows:,} answers",
        table="survey_responses",
        arguments=lambda work, step: (
            ["forget", "out", "--person", f"c{step - 1}"]
            if step
            else ["import", "table", "0.csv", "--map", "mapping.toml", "--out", "out"]
        ),
        prepare=lambda work, step, rows: answers(work / "0.csv", rows, 0),
        whole=lambda frame, step, rows: set(frame["response_id"]) == left_of(step, rows),
    ),
}


def start(what: str, work: Path, step: int, rows: int) -> subprocess.Popen:
    """Start a step in a child process."""
    SUBJECTS[what].prepare(work, step, rows)
    return subprocess.Popen(
        [sys.executable, "-m", "cxlib", *SUBJECTS[what].arguments(work, step)],
        cwd=work,
        env=os.environ | {"CX_KEY_FILE": str(work / "pseudonym.key"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def undisturbed(what: str, work: Path, step: int, rows: int) -> float:
    """Run a step to its end, and return how many seconds it took."""
    begun = time.monotonic()
    running = start(what, work, step, rows)
    _, said = running.communicate()
    if running.returncode != 0:
        raise RuntimeError(said.decode(errors="replace"))
    return time.monotonic() - begun


def content(what: str, work: Path) -> pd.DataFrame:
    """Return the table as it stands, read from the files the manifest lists; its account must add up."""
    shop = cx.open_dataset(work / "out")
    frame = shop.frame(SUBJECTS[what].table)
    used = sum(tally.rows_used for tally in shop.audit.tallies if tally.table == SUBJECTS[what].table)
    if used != len(frame):
        raise RuntimeError(f"{len(frame)} rows stand there and the account says {used}")
    return frame


def unlisted(work: Path) -> list[str]:
    """Return the files that the manifest does not list."""
    manifest = json.loads((work / "out" / "datapackage.json").read_text(encoding="utf-8"))
    listed = {item["path"] for item in manifest["resources"]} | {manifest["cx"]["quarantine"], "datapackage.json"}
    return sorted(path.name for path in (work / "out").iterdir() if path.name not in listed)


def one_kill(what: str, work: Path, step: int, delay: float, rows: int) -> dict:
    """Kill one run and return what is left."""
    running = start(what, work, step, rows)
    time.sleep(delay)
    had_ended = running.poll() is not None
    running.kill()
    _, said = running.communicate()
    if had_ended and running.returncode != 0:  # not killed, and yet no success: its own fault
        return {"ended": True, "kept": "failed", "left": [], "trouble": said.decode(errors="replace")}
    try:
        found, trouble = content(what, work), ""
        is_whole = SUBJECTS[what].whole
        kept = "new" if is_whole(found, step, rows) else "old" if is_whole(found, step - 1, rows) else "neither"
    except Exception as error:
        kept, trouble = "unreadable", f"{type(error).__name__}: {error}"
    return {"ended": had_ended, "kept": kept, "left": unlisted(work), "trouble": trouble}


def run(what: str, kills: int, rows: int) -> tuple[list[dict], dict]:
    """Return what each kill left, and how the last run ended."""
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["CX_KEY_FILE"] = str(work / "pseudonym.key")
        (work / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        undisturbed(what, work, 0, rows)
        lasted = undisturbed(what, work, 1, rows)
        step, found = 1, []
        for kill in range(kills):
            # The last part of the run, where files are written, is where a kill could hurt: half fall there.
            share = rng.random() if kill % 2 else 0.75 + 0.3 * rng.random()
            found.append(one_kill(what, work, step + 1, share * lasted, rows))
            step += found[-1]["kept"] == "new"
            if sys.stderr.isatty() or kill % 10 == 9:
                print(f"\r{kill + 1} of {kills} kills: {found[-1]['kept']}     ", end="", file=sys.stderr, flush=True)
        undisturbed(what, work, step + 1, rows)
        last = {"is_new": SUBJECTS[what].whole(content(what, work), step + 1, rows), "left": unlisted(work)}
    return found, last


def passes(found: list[dict], last: dict) -> bool:
    """Return whether nothing was lost and nothing was left."""
    return all(one["kept"] in ("old", "new") for one in found) and last["is_new"] and not last["left"]


def report(what: str, found: list[dict], last: dict, rows: int) -> str:
    """Return the result as Markdown."""
    kept = Counter(one["kept"] for one in found)
    during = [one for one in found if one["left"]]
    kinds = Counter(re.sub(r"-[0-9a-f]{16}", "", name) for one in during for name in one["left"])
    rows_of = [
        ("the old content stood, whole", kept["old"]),
        ("the new content stood, whole (the commit had happened)", kept["new"]),
        ("- of these, the run had ended before the kill", sum(one["ended"] for one in found) - kept["failed"]),
        ("the run failed by itself before it was killed", kept["failed"]),
        ("neither one nor the other", kept["neither"]),
        ("the dataset could not be opened", kept["unreadable"]),
        ("files left beside the dataset, to be swept later", len(during)),
    ]
    table = "\n".join(f"| {name} | {count} |" for name, count in rows_of)
    left = ", ".join(f"{name} ({count})" for name, count in sorted(kinds.items())) or "none"
    verdict = "succeeded and held the new content" if last["is_new"] else "did NOT hold the new content"
    after = "nothing unlisted was left" if not last["left"] else f"left {', '.join(last['left'])}"
    troubles = "".join(f"\n- {one['trouble']}" for one in found if one["trouble"])
    return (
        "# Killed at random moments\n\n"
        f"`python benchmarks/kills.py --kills {len(found)} --what {what} --rows {rows}`: "
        f"{SUBJECTS[what].said.format(rows=rows)}, killed after a random delay; half of the delays are "
        "spread over the whole run, half over its last quarter. "
        f"Result: **{'nothing lost' if passes(found, last) else 'LOSS'}**.\n\n"
        f"| after the kill | times |\n|---|---:|\n{table}\n\n"
        f"Left behind at some time: {left}. The last run, not killed, {verdict}; {after}.{troubles}\n"
    )


def main() -> int:
    """Run, write, print; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--what", choices=list(SUBJECTS), default="table")
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    found, last = run(options.what, options.kills, options.rows)
    text = report(options.what, found, last, options.rows)
    results = RESULTS if options.what == "table" else RESULTS.with_name(f"kills_{options.what}.md")
    results.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if passes(found, last) else 1


if __name__ == "__main__":
    sys.exit(main())
