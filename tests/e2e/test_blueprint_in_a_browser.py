"""A drawn blueprint as its readers open it: a desk, a phone, a sheet of paper; one with hostile labels too."""

from pathlib import Path

import pytest
from lab import CHROMIUM, FLAGS, screenshot

import cxlib as cx
from cxlib.blueprints.parts import PACKAGED

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = "</title></svg><script>window.__xss = 1</script>" + "w" * 200


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blueprints")
    made = {"en": cx.blueprint("entrega_com_problema_v1", data=cx.ipe()).write(folder / "v1.html")}
    source = (PACKAGED / "entrega_com_problema_v2.yaml").read_text(encoding="utf-8")
    for label in ("Closes the case", "Conversation", "Carrier"):
        source = source.replace(f"en: {label}", f"en: '{HOSTILE}'")
    made["hostile"] = cx.blueprint(source).write(folder / "hostile.html")
    cx.language("pt-BR")
    made["pt-BR"] = cx.blueprint("chamado_v1").write(folder / "chamado.html")
    cx.language("en")
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
    page.goto(path.as_uri(), wait_until="load")
    return page


@pytest.mark.parametrize("name", ["en", "pt-BR", "hostile"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_runs_nothing_asks_nobody_and_stands_in_nobodys_way(browser, pages, tmp_path, name, size):
    page = opened(browser, pages[name], size)
    assert page.evaluate("window.__xss") is None
    assert page.asked == [pages[name].as_uri()]
    assert not page.told
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    page.locator(".scroll").focus()
    page.keyboard.press("ArrowRight")  # whoever has no mouse sees the rest of it
    # Not wait_for_function: once it has to ask again it asks by eval, which the page forbids.
    for _ in range(50):
        if moved := page.evaluate("document.querySelector('.scroll').scrollLeft > 0"):
            break
        page.wait_for_timeout(100)
    assert moved
    screenshot(page, tmp_path, f"blueprint-{name}-{size}")
    axe = pytest.importorskip("axe_playwright_python")
    page = opened(browser, pages[name], size, bypass_csp=True)
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert not [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]


@pytest.mark.parametrize("name", ["en", "hostile"])
def test_texts_stay_in_their_boxes(browser, pages, name):
    """Every line of a box ends before the box does, in the font of this machine."""
    page = opened(browser, pages[name], "desk")
    over = page.evaluate("""() => {
        const boxes = [...document.querySelectorAll('.scroll svg > rect[width="158"]')].map(one => one.getBBox());
        return [...document.querySelectorAll('.scroll svg > text')].filter(text => {
            const own = text.getBBox();
            const box = boxes.find(one => own.x >= one.x && own.x < one.x + one.width && own.y >= one.y - 2 &&
                                          own.y < one.y + one.height);
            return box && own.x + own.width > box.x + box.width;
        }).map(text => text.textContent);
    }""")
    assert over == []


def test_on_paper_it_is_one_sheet_wide(browser, pages, tmp_path):
    page = opened(browser, pages["en"], "desk")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1519, "height": 1054})  # A3, landscape, without margins
    box = page.locator(".scroll svg").bounding_box()
    assert box["x"] + box["width"] <= 1519
    assert box["y"] + box["height"] <= 1054  # with its figures, on the first sheet
    screenshot(page, tmp_path, "blueprint-paper")
    page.pdf(path=str(tmp_path / "b.pdf"), prefer_css_page_size=True)
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
