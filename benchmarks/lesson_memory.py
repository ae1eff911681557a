"""How much memory does each lesson need, run from its first cell to its last?

    python benchmarks/lesson_memory.py

Each solved lesson runs in a kernel of its own, as it would on Binder. Its memory is that of the kernel and whatever
it starts, looked at every 20 milliseconds; on Linux the system's own peak of the kernel counts as well, so that no
moment in between is missed. Writes `benchmarks/results/lesson_memory.md`; exit 1 when a lesson is over the bound.
"""

import argparse
import contextlib
import os
import re
import sys
import tempfile
import threading
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
RESULTS = Path(__file__).resolve().parent / "results" / "lesson_memory.md"
BOUND = 1_200_000_000  # bytes: Binder gives 1 GB for certain and 2 GB at most, and its server needs a part
EVERY = 0.02  # seconds between two looks
TIMEOUT = 120  # seconds for a cell


def lessons() -> list[Path]:
    """Return one English notebook for each lesson: the solved one where there is one."""
    solved = NOTEBOOKS / "solutions" / "en"
    found = sorted((NOTEBOOKS / "en").glob("*.ipynb"))
    return [solved / path.name if (solved / path.name).is_file() else path for path in found]


def resident(kernel: psutil.Process) -> int:
    """Return the bytes that a kernel and its children hold now; 0 when it is gone."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for process in (kernel, *kernel.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def high_water(kernel: psutil.Process) -> int:
    """Return the most the kernel itself has held, where the system keeps count of it; else 0."""
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{kernel.pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0


class Watch:
    """Looks at a kernel until it is told to stop, and remembers the most it has seen."""

    def __init__(self, process_id: int):
        self.kernel = psutil.Process(process_id)
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.peak = max(self.peak, high_water(self.kernel))

    def _look(self) -> None:
        while not self._stop.wait(EVERY):
            self.peak = max(self.peak, resident(self.kernel))


def peak(path: Path) -> int:
    """Run a lesson and return the most bytes its kernel has held; an exercise that is not passed stops it."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(path.parent)}})
    with tempfile.TemporaryDirectory() as place, client.setup_kernel(env=environment(Path(place))):
        with Watch(process_id(client)) as watch:
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        return watch.peak


def process_id(client: NotebookClient) -> int:
    """Return the number of the process behind a running notebook; known of a kernel on this machine."""
    return client.km.provisioner.pid


def environment(place: Path) -> dict[str, str]:
    """Return the variables a lesson runs with: progress of its own, only right answers, no chosen language."""
    ours = {"CX_PROGRESS_FILE": str(place / "progress.json"), "CX_STRICT": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return {name: value for name, value in os.environ.items() if name != "CX_LANG"} | ours


def report(peaks: dict[str, int]) -> str:
    """Return the result as Markdown."""
    rows = "\n".join(
        f"| {name} | {most / 1e6:,.0f} | {'PASS' if most <= BOUND else 'FAIL'} |" for name, most in peaks.items()
    )
    return (
        "# The memory of each lesson\n\n"
        "`python benchmarks/lesson_memory.py`: the solved lesson, run from its first cell to its last in a kernel of "
        "its own; the most that the kernel and what it starts have held. Megabytes are of one machine (Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}, {sys.platform}, {os.cpu_count()} cores). "
        f"Allowed: {BOUND / 1e6:,.0f} MB.\n\n"
        f"| lesson | peak, MB | |\n|---|---:|---|\n{rows}\n"
    )


def main() -> int:
    """Run, write, print; 0 when every lesson keeps within the bound."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    peaks = {path.stem: peak(path) for path in lessons()}
    text = report(peaks)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0 if max(peaks.values()) <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
