"""The notebook behind a report, run by papermill in a process of its own, on the very Python that runs now.

The kernel starts in an empty folder with settings of its own, so that neither a stray `pandas.py` nor somebody's
start-up files have a say in it. A cell that fails becomes one sentence.
"""

import logging
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib.errors import InputError
from cxlib.language import mark, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK = Path(__file__).with_name("report.ipynb")
# What is said while a cell runs, by the cell's id.
STEPS = {
    "open": mark("Opening the data"),
    "first-screen": mark("Computing the metrics"),
    "evidence": mark("Drawing the evidence"),
    "verbatims": mark("Choosing the comments"),
    "appendix": mark("Writing the appendix"),
}


def run(parameters: Mapping[str, str], progress: Callable[[str], None]) -> "NotebookNode":
    """Run the notebook of the report and return it with its outputs; raise `InputError` when it fails."""
    with tempfile.TemporaryDirectory(prefix="cx-report-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the notebook tools, not ours to mend
        import papermill
        from nbclient.exceptions import DeadKernelError

        logging.getLogger("papermill").setLevel(logging.CRITICAL)
        _refuse_unknown(parameters, papermill.inspect_notebook(str(NOTEBOOK)))
        try:
            return _executed(parameters, Path(folder), progress)
        except (DeadKernelError, RuntimeError):  # seen once in a hundred starts; never a cell that failed
            return _executed(parameters, Path(folder), progress)


def _refuse_unknown(parameters: Mapping[str, str], known: Mapping[str, object]) -> None:
    # Papermill would only warn, and the notebook would run with what stands in it.
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise InputError(
            say("The report has no parameter {names}; it has: {known}.",
                names=", ".join(unknown), known=", ".join(known))
        )  # fmt: skip


def _executed(parameters: Mapping[str, str], folder: Path, progress: Callable[[str], None]) -> "NotebookNode":
    import papermill
    from papermill.exceptions import PapermillExecutionError

    def step(cell: Any, **about: object) -> None:
        if cell.get("id") in STEPS:
            progress(say(STEPS[cell["id"]]))

    try:
        return papermill.execute_notebook(
            str(NOTEBOOK),
            None,
            dict(parameters),
            kernel_name="python3",
            progress_bar=False,
            cwd=str(folder),
            kernel_manager_class=_kernel_of_ours(folder),
            on_cell_start=step,
            record_timing=False,
        )
    except PapermillExecutionError as trouble:
        raise InputError(_sentence(trouble.ename, trouble.evalue)) from None


def _sentence(kind: str, words: str) -> str:
    if kind == InputError.__name__:  # already one sentence, in the reader's language
        return " ".join(words.split())
    trouble = " ".join(words.split())[:300]
    return say("The report could not be made ({kind}: {trouble}).", kind=kind, trouble=trouble)


def _kernel_of_ours(folder: Path) -> type:
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="cxlib",
        language="python",
        env=_environment(folder),
    )

    class OurKernel(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

        async def _async_launch_kernel(self, kernel_cmd: list[str], **given: Any) -> None:
            # What the kernel grumbles about is not for the reader of a report.
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            await super()._async_launch_kernel(kernel_cmd, **given | quiet)

        _launch_kernel = _async_launch_kernel

    return OurKernel


def _environment(folder: Path) -> dict[str, str]:
    home = str(Path(__file__).parents[2])  # the cxlib that runs now
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")])),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONSTARTUP": "",
        "MPLBACKEND": "agg",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
