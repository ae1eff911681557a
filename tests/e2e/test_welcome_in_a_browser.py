"""The welcome notebook in a real JupyterLab and a real Chromium: every cell runs, nothing is fetched from outside."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
PATIENCE = 120

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]


@contextlib.contextmanager
def jupyterlab(folder, home):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
               "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}",
               "--LabApp.extension_manager=readonly"]  # fmt: skip
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.3)
    raise AssertionError(f"waited {PATIENCE} s for {what}")


def answer(url):
    return json.load(urllib.request.urlopen(url, timeout=10))


def kernel_is_ready(base):
    kernels = answer(f"{base}/api/kernels?token=t")
    return any(one["execution_state"] == "idle" and one["connections"] > 0 for one in kernels)


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "NPS 20 (8.5 to 30.9), n = 200"), ("pt-BR", "NPS 20 (8,5 a 30,9), n = 200")]
)
def test_all_cells_run(tmp_path, language, sentence):
    playwright = pytest.importorskip("playwright.sync_api")
    notebook = tmp_path / "my" / "00_welcome.ipynb"
    notebook.parent.mkdir()
    cells = json.loads((ROOT / "notebooks" / language / notebook.name).read_text(encoding="utf-8"))
    for cell in cells["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    notebook.write_text(json.dumps(cells), encoding="utf-8")
    with jupyterlab(notebook.parent, tmp_path) as base, playwright.sync_playwright() as engine:
        until(lambda: answer(f"{base}/api?token=t"), "the server")
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 3600})
        page.set_default_timeout(PATIENCE * 1000)
        outside = []
        page.on("request", lambda sent: outside.append(sent.url) if _is_outside(sent.url, base) else None)
        page.goto(f"{base}/lab/tree/{notebook.name}?reset&token=t")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        until(lambda: kernel_is_ready(base), "the kernel")
        page.wait_for_timeout(1_500)  # the page learns of the kernel a little later than the server
        page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Escape")
        page.locator(".lm-MenuBar-item").nth(3).click()
        page.locator("li.lm-Menu-item[data-command='runmenu:run-all']").click()
        page.get_by_text("n = 25", exact=False).last.wait_for()  # the last code cell
        page.get_by_text(sentence).first.wait_for()
        assert page.locator(".jp-OutputArea-output img").count() == 2
        assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        page.screenshot(path=os.environ.get("CX_SCREENSHOT", str(tmp_path / "welcome")) + f".{language}.png")
        browser.close()
    assert not outside


def _is_outside(url, base):
    return not url.startswith((base, base.replace("http", "ws"), "data:", "blob:"))
