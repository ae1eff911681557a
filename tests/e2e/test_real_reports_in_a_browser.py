"""The reports of two real Brazilian exports as they are opened: at a desk, on a phone, on A4; in both languages."""

import re
from pathlib import Path

import pytest
from lab import CHROMIUM, FLAGS, screenshot
from test_real_data import MAPPINGS, at_hand

import cxlib as cx

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]
FOLDERS = {"b2w": "b2w-reviews", "olist": "olist-reviews-themes"}
# A4 within the margins of the style sheet, at 96 dots an inch: 21 cm less 1.6 cm on each side.
SIZES = {"desk": (1280, 900), "phone": (390, 844), "paper": (round((21 - 3.2) / 2.54 * 96), 1010)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What ends beyond the page, and what hides a part of itself.
CLIPPED = """width => [...document.body.querySelectorAll("*")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.right > width + 1 || box.left < -1 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
        && getComputedStyle(one).overflowX !== "visible";
}).map(one => one.tagName + ": " + one.textContent.slice(0, 60))"""


@pytest.fixture(scope="module", params=FOLDERS)
def dataset(request, tmp_path_factory):
    _, files = at_hand(FOLDERS[request.param])
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CX_KEY_FILE", str(folder / "key"))
        cx.import_table(files, MAPPINGS / f"{request.param}.toml", folder / "data")
    return folder / "data"


@pytest.fixture(scope="module", params=["en", "pt-BR"])
def report(request, dataset):
    cx.language(request.param)
    made = cx.write_report(dataset, dataset.parent / f"{dataset.parent.name}.{request.param}.html")
    cx.language("en")
    return made


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright belongs to the full gates")
    with sync_api.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=SIZES)
def page(request, browser, report):
    width, height = SIZES[request.param]
    opened = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True).new_page()
    opened.size, opened.asked = request.param, []
    opened.on("request", lambda sent: opened.asked.append(sent.url))
    if request.param == "paper":
        opened.emulate_media(media="print")
    opened.goto(report.as_uri(), wait_until="load")
    yield opened
    opened.context.close()


def test_it_fits_and_asks_nobody(page, report, tmp_path):
    width = SIZES[page.size][0]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not [url for url in page.asked if not url.startswith("data:") and url != report.as_uri()]
    screenshot(page, tmp_path, f"{report.stem}-{page.size}")


def test_every_figure_is_described(page):
    figures = page.locator("figure img")
    assert figures.count() > 0
    for described in figures.evaluate_all("all => all.map(one => one.alt)"):
        assert len(described) > 40
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")


def test_nothing_stands_in_anybodys_way(page):
    axe = pytest.importorskip("axe_playwright_python", reason="axe belongs to the full gates")
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert not [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]


def test_nothing_is_clipped(page):
    if page.size == "phone":  # there a wide table scrolls in a box of its own
        assert page.evaluate("[...document.querySelectorAll('.table')].every(one => one.tabIndex === 0)")
        return
    assert page.evaluate(CLIPPED, SIZES[page.size][0]) == []


def test_it_prints_on_a4(browser, report, tmp_path):
    page = browser.new_page()
    page.goto(report.as_uri(), wait_until="load")
    page.pdf(path=str(tmp_path / "report.pdf"), format="A4", prefer_css_page_size=False)
    content = (tmp_path / "report.pdf").read_bytes()
    page.close()
    assert content.startswith(b"%PDF")
    assert (
        2 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) <= 12
    )  # a page or two each of evidence, words, account
