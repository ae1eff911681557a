"""The report as its readers open it: a desk, a phone, a sheet of paper; Ipê's, and one whose data are hostile."""

from pathlib import Path

import hostile
import pytest
from lab import CHROMIUM, FLAGS, screenshot

import cxlib as cx

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    made = {"hostile": cx.write_report(hostile.shop(), folder / "hostile.html")}
    for language in ("pt-BR", "en"):
        cx.language(language)
        made[language] = cx.write_report(cx.ipe(), folder / f"ipe.{language}.html")
    return made


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def opened(browser, path, size, *, bypass_csp=False):
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=bypass_csp).new_page()
    page.asked, page.told = [], []
    page.on("request", lambda sent: page.asked.append(sent.url))
    page.on("console", lambda line: page.told.append(line.text))
    page.on("dialog", lambda shown: page.told.append(shown.message))
    page.goto(path.as_uri(), wait_until="load")
    return page


@pytest.mark.parametrize("name", ["en", "pt-BR", "hostile"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_runs_nothing_and_asks_nobody(browser, pages, tmp_path, name, size):
    page = opened(browser, pages[name], size)
    page.wait_for_timeout(500)
    assert page.evaluate("window.__xss") is None
    outside = [url for url in page.asked if not url.startswith("data:") and url != pages[name].as_uri()]
    assert not outside
    assert not page.told  # neither a dialog nor a complaint of the content policy
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert page.locator("script, iframe, object, embed, link, form, svg, a").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.findings')).listStyleType") == "none"  # styled
    last = page.locator(".findings li").last.bounding_box()
    assert last["y"] + last["height"] <= SIZES[size][1]  # the three sentences stand on the first screen
    screenshot(page, tmp_path, f"report-{name}-{size}")


@pytest.mark.parametrize("name", ["en", "hostile"])
def test_on_paper(browser, pages, tmp_path, name):
    page = opened(browser, pages[name], "desk")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    screenshot(page, tmp_path, f"report-{name}-paper")
    page.pdf(path=str(tmp_path / "report.pdf"), format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["en", "pt-BR", "hostile"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_stands_in_anybodys_way(browser, pages, name, size):
    axe = pytest.importorskip("axe_playwright_python")
    page = opened(browser, pages[name], size, bypass_csp=True)
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert not [
        (one["id"], one["impact"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]
    ]
