"""The report: one page, nothing to run, nothing fetched, whatever the data hold."""

import re

import pandas as pd
import pytest

import cxlib as cx

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg/onload=alert(1)>",
    "=1+1",
    "$\\frac{",
]


@pytest.fixture
def shop():
    rows = [(f"r{n}", "nps", (9, 10, 3, 7)[n % 4], HOSTILE[n % 5]) for n in range(400)]
    frame = pd.DataFrame(rows, columns=["response_id", "type", "score", "channel"])
    frame["answered_at"] = pd.date_range("2025-01-01", periods=400, freq="6h", tz="UTC")
    return cx.open_dataset({"survey_responses": frame})


def test_it_says_what_moved_and_escapes_what_came_with_the_data(shop, tmp_path):
    page = cx.write_report(shop, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2025-03 → 2025-04" in page
    assert "no clear change" in page
    assert not re.search(r"<(script|svg|iframe|object|link)\b", page)
    assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'alt="[^"]*"', "", page))
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)


def test_every_figure_has_words(shop, tmp_path):
    page = cx.write_report(shop, tmp_path / "report.html").read_text(encoding="utf-8")
    alts = re.findall(r'<img alt="([^"]*)"', page)
    assert len(alts) == 2
    assert all(len(words) > 40 for words in alts)


def test_ipe_in_both_languages_is_labelled_synthetic_and_the_same_twice(tmp_path):
    pages = {}
    for language, words in (("en", "Synthetic data."), ("pt-BR", "Dados sintéticos.")):
        cx.language(language)
        pages[language] = cx.write_report(cx.ipe("tiny"), tmp_path / "one.html").read_bytes()
        assert words.encode() in pages[language]
        assert f'lang="{language}"'.encode() in pages[language]
        assert cx.write_report(cx.ipe("tiny"), tmp_path / "two.html").read_bytes() == pages[language]
    assert len(pages["en"]) < 3 * 2**20


def test_no_answers_no_report_and_the_old_one_stays(tmp_path):
    (tmp_path / "report.html").write_text("old")
    empty = pd.DataFrame({"score": pd.Series(dtype=float)})
    with pytest.raises(cx.InputError, match="nothing to report"):
        cx.write_report({"survey_responses": empty}, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "old"
