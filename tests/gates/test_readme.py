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
    best, second = found["value"].nlargest(2)
    assert round(best - second) == 6  # "six points", "seis pontos"
    assert number(found.loc[found["value"].idxmax(), "n"]) in page


def test_the_example_in_python(page):
    assert str(cx.show(cx.nps(promoters=90, passives=60, detractors=50))) in page


def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert target.startswith("https://") or (ROOT / target).exists(), target
