"""Ipê's blueprints beside its data, and the table of rules in the page about blueprints."""

from pathlib import Path

from building.dictionary import speaking
from building.languages import LANGUAGES, suffix
from cxlib.blueprints.parts import PACKAGED
from cxlib.blueprints.rules import CODES, MEANINGS
from cxlib.language import say

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "ipe" / "blueprints"
BEGINS, ENDS = "<!-- rules: made by course.py build -->\n", "<!-- /rules -->"
HEADS = {
    "en": "| code | name | the rule |\n|---|---|---|\n",
    "pt-BR": "| código | nome | a regra |\n|---|---|---|\n",
}


def build_blueprints(check: bool) -> list[str]:
    """Write or compare the copies of the blueprints and the tables of rules."""
    wanted = {FOLDER / path.name: path.read_text(encoding="utf-8") for path in sorted(PACKAGED.glob("*.yaml"))}
    for language in LANGUAGES:
        path = ROOT / "docs" / f"blueprint{suffix(language)}.md"
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGINS)
        with speaking(language):
            wanted[path] = before + BEGINS + _table(language) + ENDS + rest.partition(ENDS)[2]
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if not check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        return []
    return [str(path.relative_to(ROOT)) for path in stale]


def _table(language: str) -> str:
    return HEADS[language] + "".join(
        f"| {code} | `{name}` | {say(MEANINGS[code])} |\n" for code, name in CODES.items()
    )
