"""How much personal data does redaction find, and how much else does it strike out?

    python benchmarks/redaction.py --each 2000

Invented texts in Portuguese and English (`planting.py`). A planted value counts as found when nothing of it is left:
of a number no run of five of its digits in a row, of an address not what stands before the @, of a name none of its
words. A text without personal data counts as kept when it comes back unchanged. Writes
`benchmarks/results/redaction.md`; exit 1 when a kind of number or address is found in less than 99% of the texts,
names in less than 90%, or less than 98% of the other texts come back unchanged.
"""

import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from planting import WORDS, Planted, corpus

from cxlib import privacy
from cxlib.inference.intervals import wilson
from cxlib.privacy.names import known_names

RESULTS = Path(__file__).resolve().parent / "results" / "redaction.md"
FLOORS = {"name": 0.90, "name, written carelessly": 0.0, "name in a sentence": 0.0, "": 0.98}  # 0: only reported
LEAST = 0.99  # of every other kind
Counts = dict[tuple[str, str], tuple[int, int]]


def is_right(planted: Planted, clean: str) -> bool:
    """Whether redaction did to a text what it should."""
    if not planted.secret:
        return clean == planted.text
    if planted.kind == "email":
        return re.split("@|%40", planted.secret.strip("<>"))[0] not in clean
    if planted.kind.startswith("name"):
        names = [word for word in planted.secret.split() if word[0].isupper()]
        return not any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", clean, re.IGNORECASE) for word in names)
    digits = re.sub(r"\D", "", planted.secret)
    left = re.sub(r"\D", "", clean.replace("12/05/2025", "").replace("2025-05-12", ""))
    return not any(digits[place : place + 5] in left for place in range(len(digits) - 4))


def measured(texts: list[Planted]) -> tuple[Counts, dict[str, list[str]]]:
    """Return how many of each kind and language came out right of how many, and a few that did not."""
    clean, _ = privacy.redact(pd.Series([one.text for one in texts]))
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    wrong: dict[str, list[str]] = defaultdict(list)
    for one, struck in zip(texts, clean, strict=True):
        fine = is_right(one, struck)
        right[one.kind, one.language].append(fine)
        if not fine and len(wrong[one.kind]) < 6:
            wrong[one.kind].append(one.text)
    return {key: (sum(all_), len(all_)) for key, all_ in right.items()}, wrong


def below(counts: Counts) -> list[str]:
    """Return the kinds that stay below their floor."""
    return [
        f"{kind or 'nothing planted'} ({language})"
        for (kind, language), (found, of) in counts.items()
        if found < FLOORS.get(kind, LEAST) * of
    ]


def report(counts: Counts, wrong: dict[str, list[str]], each: int) -> str:
    """Return the result as Markdown."""
    lines = []
    for (kind, language), (found, of) in counts.items():
        low, high = wilson(found / of, of)
        name = kind or "nothing planted: unchanged"
        lines.append(f"| {name} | {language} | {of:,} | {found / of:.2%} | {low:.2%} to {high:.2%} |")
    missed = "".join(f"\n- {kind or 'changed'}: {text!r}" for kind, texts in wrong.items() for text in texts)
    verdict = "every floor holds" if not below(counts) else "BELOW THE FLOOR: " + ", ".join(below(counts))
    return (
        "# Redaction\n\n"
        f"`python benchmarks/redaction.py --each {each}`: {sum(of for _, of in counts.values()):,} invented texts; "
        f"{verdict}. The floors: numbers and addresses found in 99% of the texts, names in 90%, other texts "
        "unchanged in 98%. Who wrote these texts wrote the redaction too; texts of real people hold forms that "
        f"nobody here thought of. {_unlisted():.0%} of the given names stand in no list of the redaction. Names in a "
        "sentence are not looked for, and those written carelessly (no capitals, capitals only, no stop) are seen "
        "only when they are well known: both are shown without a floor.\n\n"
        "| planted | language | texts | found | 95% interval |\n|---|---|--:|--:|--:|\n"
        + "\n".join(lines)
        + (f"\n\nNot right, some of them:\n{missed}\n" if missed else "\n")
    )


def _unlisted() -> float:
    """Return how many of the planted given names the redaction does not know."""
    planted = [name.casefold() for names in WORDS["given"].values() for name in names]
    return sum(name not in known_names() for name in planted) / len(planted)


def main() -> int:
    """Run, write, print; 0 when every floor holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--each", type=int, default=2000)
    options = parser.parse_args()
    counts, wrong = measured(corpus(options.each))
    text = report(counts, wrong, options.each)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 1 if below(counts) else 0


if __name__ == "__main__":
    sys.exit(main())
