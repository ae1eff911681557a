"""What the benchmarks share: contestants in processes of their own, CPU seconds, peak memory, bounds, tables."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SETTINGS = {"title": "", "zone": "America/Sao_Paulo", "currency": None, "privacy_floor": 0, "synthetic": True,
            "audit": {}}  # fmt: skip


def write_dataset(folder: Path, pieces: dict[str, list[Path]]) -> None:
    """Write the tables of Parquet files as every dataset is written, outside memory, and remove the files."""
    from cxlib.tables.engine import scan_parquet
    from cxlib.tables.storage import write_dataset

    write_dataset(folder, {name: scan_parquet(paths) for name, paths in pieces.items()}, settings=SETTINGS)
    for paths in pieces.values():
        for path in paths:
            path.unlink()


def files(folder: Path, table: str) -> list[str]:
    """Return the Parquet files of a table of a dataset."""
    return sorted(str(path) for path in folder.glob(f"{table}-*.parquet"))


def cpu(call: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, over all threads."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


def peak_mb() -> float:
    """Return the largest memory this process has had, in MB; NaN on Windows."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: ru_maxrss would begin with the size of the process that started us
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def tell(call: Callable[[], list], times: int) -> None:
    """Run in a child: print the least CPU seconds of some calls, the peak memory, and the figures returned."""
    found: list = []
    least = min(cpu(lambda: found.append(call())) for _ in range(times))
    print(json.dumps({"cpu": least, "peak": peak_mb(), "figures": found[-1]}))


def measured(script: str, *arguments: object, python: str = sys.executable) -> dict | None:
    """Return what a contestant costs, run as `script --contestant ...`; None when it is not installed or fails."""
    child = [python, script, "--contestant", *map(str, arguments)]
    said = subprocess.run(child, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"CX_LANG": "en"})
    if said.returncode:
        print(f"{', '.join(map(str, arguments))}: {said.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(said.stdout.strip().splitlines()[-1])


def growth(costs: dict[float, float]) -> float | None:
    """Return the exponent by which a cost grows from the second largest size to the largest."""
    if len(costs) < 2:
        return None
    small, large = sorted(costs)[-2:]
    return math.log(costs[large] / costs[small]) / math.log(large / small)


def bounds_table(rows: Iterable[tuple[str, float, float]]) -> str:
    """Return what was found beside what is allowed, as Markdown."""
    lines = "\n".join(
        f"| {name} | {found:,.2f} | {allowed:,.2f} | {'PASS' if found <= allowed else '**FAIL**'} |"
        for name, found, allowed in rows
    )
    return f"| what | found | allowed | |\n|---|---:|---:|---|\n{lines}\n"


def costs_table(answers: dict[str, dict]) -> str:
    """Return what each contestant cost beside cxlib, as Markdown."""
    ours = answers["cxlib"]
    lines = "\n".join(
        f"| {name} | {one['cpu']:.2f} | {one['cpu'] / ours['cpu']:.2f} | {one['peak']:,.0f} |"
        for name, one in answers.items()
    )
    return f"| who | CPU, s | of cxlib's | peak memory, MB |\n|---|---:|---:|---:|\n{lines}\n"
