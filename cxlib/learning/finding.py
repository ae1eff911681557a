"""Finding things by any of their names: metrics, rules, tables, columns and lessons, in either language."""

import difflib
import json
import re
import unicodedata

import pandas as pd

from cxlib.language import language
from cxlib.learning.lesson import LESSONS
from cxlib.metrics.catalogue import named_things

MOST = 12


def find(words: str) -> pd.DataFrame:
    """Find metrics, rules, tables, columns and lessons by any of their names, in English or Portuguese.

    Accents, case and small slips of the keyboard do not matter. Returns kind, name, meaning, best first;
    an empty frame when nothing fits.

    >>> find("taxa de resposta").iloc[0]["name"]
    'response_rate'
    """
    wanted = _stems(words)
    things = [*named_things(), *_lessons()]
    scored = [(_score(wanted, text), kind, name, meaning) for kind, name, meaning, text in things]
    best = sorted((entry for entry in scored if entry[0] >= 0.5), key=lambda entry: -entry[0])[:MOST]
    return pd.DataFrame([entry[1:] for entry in best], columns=["kind", "name", "meaning"])


def _lessons() -> list[tuple[str, str, str, str]]:
    path = LESSONS / "course.json"
    course = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [
        ("lesson", lesson["folder"], lesson["title"][language()],
         " ".join([*lesson["title"].values(), lesson["key"], *lesson["terms"]]))
        for lesson in course
    ]  # fmt: skip


def _score(wanted: list[str], text: str) -> float:
    """Share of the wanted words that stand in the text; a shorter text is the better fit."""
    if not wanted:
        return 0.0
    present = _stems(text)
    found = [max((_alike(word, other) for other in present), default=0.0) for word in wanted]
    return sum(found) / len(wanted) + 0.2 / (1 + len(present))


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if len(word) > 3 and len(other) > 3 and (other.startswith(word) or word.startswith(other)):
        return 0.9
    if abs(len(word) - len(other)) <= 2 and len(word) > 4:
        likeness = difflib.SequenceMatcher(None, word, other).ratio()
        return 0.8 if likeness >= 0.8 else 0.0
    return 0.0


def _stems(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    small = {
        "a",
        "o",
        "as",
        "os",
        "de",
        "do",
        "da",
        "dos",
        "das",
        "e",
        "the",
        "of",
        "and",
        "or",
        "to",
        "in",
        "no",
        "na",
    }
    return [word for word in re.findall(r"[a-z0-9]+", plain) if word not in small]
