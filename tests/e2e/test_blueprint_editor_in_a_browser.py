"""The editor of a blueprint in a real notebook: real keys, the answer of the rules, no key lost to the notebook."""

import nbformat
import pytest
from lab import CHROMIUM, opened, screenshot

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]
CODE = 'import cxlib as cx\ncx.language("pt-BR")\ncx.explore.blueprint("chamado_v1")'
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
AFTER = "label: {en: Asks for the CPF again, pt-BR: Pede o CPF de novo}\n"


def written(folder):
    folder.mkdir()
    cells = [nbformat.v4.new_code_cell(code, id=key) for key, code in (("editor", CODE), ("below", "1 + 1"))]
    path = folder / "editor.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    return path


def test_typing_is_answered_and_stays_in_the_box(tmp_path):
    pytest.importorskip("playwright.sync_api")
    with opened(written(tmp_path / "my"), tmp_path, height=1400) as lab:
        lab.run_all()
        editor = lab.cell("editor")
        box = editor.get_by_label("o arquivo")
        editor.get_by_text("V9 REPEATED_DATA").wait_for()
        assert editor.get_by_text("Regras quebradas: 1.").count() == 1

        place = box.input_value().index(AFTER) + len(AFTER)
        box.evaluate(f"box => {{ box.focus(); box.setSelectionRange({place}, {place}) }}")
        lab.page.keyboard.press("Shift+End")
        lab.page.keyboard.type("    # dd a b x", delay=20)  # each a key that a notebook would obey
        editor.get_by_text("Nenhuma regra foi quebrada.").wait_for()
        assert lab.page.locator(".jp-Notebook .jp-Cell").count() == 2
        screenshot(lab.page, tmp_path, "blueprint-editor")

        lab.page.keyboard.type("\n<img src=x onerror=alert(1)>")
        editor.get_by_text("O desenho é o do último texto").wait_for()
        assert editor.locator("img").count() == 0 and editor.locator("svg[role=img]").count() == 1
        lab.page.keyboard.press("Tab")
        assert lab.page.evaluate("document.activeElement.tagName") != "TEXTAREA"
        assert not lab.outside
