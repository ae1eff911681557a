"""A real JupyterLab in a real Chromium: opened on one notebook, watched for requests to the outside."""

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

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
PATIENCE = 120
# Otherwise only the cells on the screen exist for a test to find.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@contextlib.contextmanager
def jupyterlab(folder, home):
    """Serve a folder; settings, workspaces, runtime and progress live under `home`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    own |= {"CX_PROGRESS_FILE": str(home / "progress.json")}
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values), encoding="utf-8")
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
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.3)
    raise AssertionError(f"waited {PATIENCE} s for {what}")


def answer(url):
    """Return what the server says at an address."""
    return json.load(urllib.request.urlopen(url, timeout=10))


class Lab:
    """One notebook, open in the browser."""

    def __init__(self, page, base, notebook):
        self.page, self.base, self.outside = page, base, []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("request", lambda sent: self.outside.append(sent.url) if self._is_outside(sent.url) else None)
        page.goto(f"{base}/lab/tree/{notebook.name}?reset&token=t")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self.wait_for_kernel()
        self.places = [cell["id"] for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]]

    def _is_outside(self, url):
        return not url.startswith((self.base, self.base.replace("http", "ws"), "data:", "blob:"))

    def wait_for_kernel(self):
        """Wait until the kernel rests; the page learns of it a little later than the server."""
        until(self._kernel_is_ready, "the kernel")
        self.page.wait_for_timeout(1_500)

    def _kernel_is_ready(self):
        kernels = answer(f"{self.base}/api/kernels?token=t")
        return any(one["execution_state"] == "idle" and one["connections"] > 0 for one in kernels)

    def cell(self, key):
        """Return the cell with a key."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.places.index(key))

    def run_all(self):
        """Run all cells by the command itself, whatever language the menus speak."""
        self.page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
        self.page.keyboard.press("Escape")
        self.page.locator(".lm-MenuBar-item").nth(3).click()
        self.page.locator("li.lm-Menu-item[data-command='runmenu:run-all']").click()

    def run(self, key):
        """Run a cell as it stands."""
        self.cell(key).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def type_and_run(self, key, code):
        """Replace the code of a cell and run it."""
        self.cell(key).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")

    def restart_kernel(self):
        """Restart the kernel as a learner does who comes back."""
        kernel = answer(f"{self.base}/api/kernels?token=t")[0]["id"]
        request = urllib.request.Request(f"{self.base}/api/kernels/{kernel}/restart?token=t", method="POST", data=b"")
        urllib.request.urlopen(request, timeout=60).read()
        self.wait_for_kernel()


@contextlib.contextmanager
def opened(notebook, home, *, height=3600):
    """Open a notebook in Chromium on a server of its own; close everything afterwards."""
    from playwright.sync_api import sync_playwright

    with jupyterlab(notebook.parent, home) as base, sync_playwright() as engine:
        until(lambda: answer(f"{base}/api?token=t"), "the server")
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield Lab(browser.new_page(viewport={"width": 1200, "height": height}), base, notebook)
        finally:
            browser.close()


def without_outputs(language, stem, folder):
    """Copy a learner's notebook into a folder, with nothing run."""
    content = json.loads((ROOT / "notebooks" / language / f"{stem}.ipynb").read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    folder.mkdir()
    notebook = folder / f"{stem}.ipynb"
    notebook.write_text(json.dumps(content), encoding="utf-8")
    return notebook


def screenshot(page, tmp_path, name):
    """Keep a picture where `CX_SCREENSHOT` says, or beside the test."""
    folder = Path(os.environ.get("CX_SCREENSHOT", str(tmp_path)))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"))
