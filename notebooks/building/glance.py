"""The company at a glance for data/README.md: three pictures in each language, with their words as alt text."""

from pathlib import Path

import cxlib as cx
from building.dictionary import speaking
from building.front_page import between
from building.languages import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
PAGE, IMAGES = ROOT / "data" / "README.md", ROOT / "docs" / "images"
PICTURES = ("year", "customer", "tables")


def build_glance(check: bool) -> list[str]:
    """Draw the pictures and write or compare what the page says of them."""
    shop = cx.ipe()
    before = after = PAGE.read_text(encoding="utf-8")
    for language in LANGUAGES:
        with speaking(language):
            drawn = {name: cx.picture(cx.chart_company(shop, name)) for name in PICTURES}
        shown = [f"![{one.alt}](../docs/images/company-{name}.{language}.png)" for name, one in drawn.items()]
        after = between(after, f"glance {language}", "\n\n".join(shown))
        if not check:
            for name, one in drawn.items():
                (IMAGES / f"company-{name}.{language}.png").write_bytes(one.data)
    if check:
        return [str(PAGE.relative_to(ROOT))] if after != before else []
    PAGE.write_text(after, encoding="utf-8", newline="\n")
    return []
