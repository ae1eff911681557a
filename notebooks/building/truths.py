"""The table of the truths in docs/truths.md and its Portuguese twin, from what the world itself says of them."""

from pathlib import Path

from building.dictionary import speaking
from building.languages import LANGUAGES, suffix
from cxlib.language import number, say
from cxlib.world.build import truths as exact
from cxlib.world.truths import TRUTHS

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- truths: made by course.py build -->\n", "<!-- /truths -->"
HEAD = {
    "en": "| truth | what | about whom | units at small scale | design | column |",
    "pt-BR": "| verdade | o quê | sobre quem | unidades na escala pequena | desenho | coluna |",
}


def build_truths(check: bool) -> list[str]:
    """Write or compare the table of the truths in both languages."""
    told, stale = exact(), []
    for language in LANGUAGES:
        path = ROOT / "docs" / f"truths{suffix(language)}.md"
        text = path.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        made = before + BEGIN + _table(language, told) + END + rest.split(END, 1)[1]
        if not check:
            path.write_text(made, encoding="utf-8", newline="\n")
        elif made != text:
            stale.append(str(path.relative_to(ROOT)))
    return stale


def _table(language: str, told: dict[str, dict[str, float]]) -> str:
    with speaking(language):
        rows = [
            f"| {key} | {say(truth.what)} | {say(truth.population)} | {number(told[key]['units'])} "
            f"| {number(truth.design, decimals=2)} | `{truth.column}` |"
            for key, truth in TRUTHS.items()
        ]
    return "\n".join([HEAD[language], "|---|---|---|--:|--:|---|", *rows]) + "\n"
