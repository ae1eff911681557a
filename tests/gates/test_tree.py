"""What must never stand in the repository: addresses of package hosts, machine paths, personal data, weight."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".txt", ".in", ".toml", ".cff", ".ipynb", ".json", ".po", ".yml", ".cfg", ".sh", ""}
HOSTS = re.compile(r"--(extra-)?index-url|--find-links|^https?://", re.M)
PATHS = re.compile(r"(?<![\w.~$)])/(work|root|home|Users|tmp)/[\w.-]+")
CPF = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")


def files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts():
    return [path for path in files() if path.suffix in TEXT and path != Path(__file__)]


def test_no_package_host_in_the_requirements():
    for path in [*ROOT.glob("requirements*"), *ROOT.glob("binder/*")]:
        assert not HOSTS.search(path.read_text(encoding="utf-8")), path


def test_no_two_test_files_share_a_name():
    """Tests lie in folders that are no packages: of two files of one name, only one is found, or none."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)


def test_no_machine_path():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in texts()
        for match in [PATHS.search(path.read_text(encoding="utf-8"))]
        if match
    ]
    assert not found


def test_no_lock_file_and_nothing_heavy():
    assert not [path for path in files() if path.name in ("uv.lock", "package-lock.json", "poetry.lock")]
    assert sum(path.stat().st_size for path in files()) < 30 * 2**20
    assert not [path for path in files() if path.stat().st_size > 2 * 2**20]


def test_no_valid_cpf_outside_the_tests_of_privacy():
    from cxlib.privacy import normalise_cpf

    for path in texts():
        if "privacy" in path.name or "tests" in path.parts:
            continue
        found = CPF.findall(path.read_text(encoding="utf-8"))
        assert not [text for text in found if normalise_cpf(text)], path


def test_ipe_is_marked_synthetic_and_small():
    folder = ROOT / "data" / "ipe"
    assert json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["cx"]["synthetic"] is True
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 6 * 2**20
