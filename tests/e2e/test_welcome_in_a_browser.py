"""The welcome notebook in a real JupyterLab and a real Chromium: every cell runs, nothing is fetched from outside."""

import pytest
from lab import CHROMIUM, opened, screenshot, without_outputs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "NPS 20 (8.5 to 30.9), n = 200"), ("pt-BR", "NPS 20 (8,5 a 30,9), n = 200")]
)
def test_all_cells_run(tmp_path, language, sentence):
    pytest.importorskip("playwright.sync_api")
    notebook = without_outputs(language, "00_welcome", tmp_path / "my")
    pictures = notebook.read_text(encoding="utf-8").count("cx.picture(")
    with opened(notebook, tmp_path) as lab:
        lab.run_all()
        lab.page.get_by_text("n = 25", exact=False).last.wait_for()  # the last code cell
        lab.page.get_by_text(sentence).first.wait_for()
        assert lab.page.locator(".jp-OutputArea-output img").count() == pictures
        assert lab.page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        screenshot(lab.page, tmp_path, f"welcome.{language}")
        assert not lab.outside
