"""Does a damaged file ever end in a traceback, or in half a dataset? Damage twenty thousand and look.

    nice python benchmarks/mutations.py --each 2223

Files of all seven platforms, and a CSV and a Parquet file through a mapping, are damaged in one of thirty ways and
imported, every other time into a folder where a dataset stands. An import must end in a dataset whose account adds
up, with no planted address or phone in it, or in one sentence (`InputError`) and an unchanged folder; a warning
counts as a failure. Each delivery has a seed. Every ending is written down at once (`--state FILE`), so that
a run that was stopped goes on where it was, with `--again` trying first what failed. Writes
`benchmarks/results/mutations.md`; exit 1 on a failure.
"""

import argparse
import contextlib
import json
import os
import resource
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mutating.deliveries import SUBJECTS
from mutating.ending import Ending, one_mutation

RESULTS = Path(__file__).resolve().parent / "results" / "mutations.md"
Done = dict[tuple[str, int], Ending]


def known(state: Path) -> tuple[Done, float]:
    """Return what earlier runs wrote down, the last word on each, and the most megabytes a run held."""
    done: Done = {}
    memory = 0.0
    for line in state.read_text(encoding="utf-8").splitlines() if state.exists() else []:
        entry = json.loads(line)
        number, memory = entry.pop("number"), max(memory, entry.pop("mb", 0.0))
        done[entry["subject"], number] = Ending(**entry)
    return done, memory


def run(each: int, state: Path, again: bool) -> None:
    """Make the mutations that nobody made yet, subject by subject in turn, and write each down."""
    done, _ = known(state)
    failed = [key for key, ending in done.items() if ending.trouble] if again else []
    waiting = [(subject, number) for number in range(each) for subject in SUBJECTS if (subject, number) not in done]
    todo = [*failed, *waiting]
    with tempfile.TemporaryDirectory() as work, state.open("a", encoding="utf-8") as book:
        os.environ["CX_KEY_FILE"] = str(Path(work) / "pseudonym.key")
        for place, (subject, number) in enumerate(todo, start=1):
            ending = one_mutation(subject, str(number), Path(work))
            done[subject, number] = ending
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps(asdict(ending) | {"number": number, "mb": held}), file=book, flush=True)
            if ending.trouble:
                print(f"\n{subject} {number}, {ending.kind}: {ending.trouble}", file=sys.stderr, flush=True)
            elif sys.stderr.isatty() or place % 500 == 0:
                print(f"\r{place} of {len(todo)}", end="", file=sys.stderr, flush=True)


def report(done: Done, memory: float) -> str:
    """Return the result as Markdown."""
    failed = {key: ending for key, ending in done.items() if ending.trouble}
    verdict = "every one ended well" if not failed else f"{len(failed)} ENDED BADLY"
    return (
        "# Damaged files\n\n"
        f"`python benchmarks/mutations.py`: {len(done):,} damaged deliveries imported; {verdict}. "
        "Ended well: a dataset whose account adds up, with no planted address or phone in it, or one sentence and an "
        "unchanged folder; no warning on the way. Every other delivery met a dataset that stood there. "
        f"No process held more than {memory:,.0f} MB, the makers of the damage included. The full run is 20,007.\n\n"
        + _table("delivery of", done, lambda ending: ending.subject)
        + "\n"
        + _table("damage", done, lambda ending: ending.kind)
        + "".join(f"\n- {subject} {number}: {ending.trouble}" for (subject, number), ending in failed.items())
    )


def _table(title: str, done: Done, name) -> str:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for ending in done.values():
        kind = "badly" if ending.trouble else "refused" if ending.refused else "imported"
        rows[name(ending)].update([kind, "all"])
    lines = [
        f"| {key} | {one['all']:,} | {one['imported']:,} | {one['refused']:,} | {one['badly']:,} |"
        for key, one in sorted(rows.items())
    ]
    head = f"| {title} | times | imported, accounted for | refused in one sentence | ended badly |"
    return "\n".join([head, "|---|--:|--:|--:|--:|", *lines]) + "\n"


def main() -> int:
    """Run, write, print; 0 when all ended well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--each", type=int, default=2223, help="damaged deliveries of each of the nine kinds")
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "cxlib-mutations.jsonl")
    parser.add_argument("--again", action="store_true", help="try first what failed in an earlier run")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):  # what is written down by then is reported
        run(options.each, options.state, options.again)
    done, memory = known(options.state)
    text = report(done, memory)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 1 if any(ending.trouble for ending in done.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
