"""What the front page says is what the commands print."""

import re
from pathlib import Path

import pytest

import cxlib as cx
from cxlib.language import number

ROOT = Path(__file__).parents[2]
PAGES = {"en": "README.md", "pt-BR": "README.pt-BR.md"}


@pytest.fixture(params=PAGES)
def page(request):
    cx.language(request.param)
    return (ROOT / PAGES[request.param]).read_text(encoding="utf-8")


def test_the_first_finding(page):
    found = cx.nps(cx.ipe(), by="channel")
    assert f"```\n{cx.show(found)}\n```" in page
    widths = found["high"] - found["low"]
    assert (found["value"] - 17).abs().max() < 1  # "All four are near 17", "Os quatro estão perto de 17"
    assert round(widths.max() / widths.min()) == 3  # "three times as wide as by e-mail"
    assert found.loc[widths.idxmin(), "channel"] == "email"
    assert number(found.loc[widths.idxmax(), "n"]) in page


def test_the_example_in_python(page):
    assert str(cx.show(cx.nps(promoters=90, passives=60, detractors=50))) in page


def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert target.startswith("https://") or (ROOT / target).exists(), target
