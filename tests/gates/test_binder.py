"""The course without installing it: what Binder reads, where badges lead, the cell for Colab, a lesson's memory."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import types
import venv
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from building import launchers
from building.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"


def benchmark(name):
    """Return a benchmark as a module. Not by its folder: a file there is called coverage, as a package of others."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lesson_memory = benchmark("lesson_memory")
on_windows = pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux")
LINUX = {
    "python_version": "3.12",
    "python_full_version": "3.12.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def name_of(line):
    return canonicalize_name(Requirement(line).name)


# What is installed


def test_binder_installs_what_requirements_says_and_nothing_else():
    pins, ours = lines(ROOT / "requirements.txt"), lines(BINDER / "requirements.txt")
    assert ours
    assert [line for line in ours if line not in pins] == []
    assert {name_of(line) for line in pins} - {name_of(line) for line in ours} == launchers.LEFT_OUT


def test_binders_list_is_as_the_build_makes_it():
    assert launchers.build_launchers(check=True) == []


def test_a_stale_list_is_named_and_made_again(tmp_path, monkeypatch):
    (tmp_path / "requirements.txt").write_text("nbval==0.11.0\npandas==3.1.1 ; python_version > '3'\n")
    monkeypatch.setattr(launchers, "ROOT", tmp_path)
    monkeypatch.setattr(launchers, "BINDER", tmp_path / "binder.txt")
    assert launchers.build_launchers(check=True) == ["binder.txt"]
    assert launchers.build_launchers(check=False) == []
    assert launchers.build_launchers(check=True) == []
    assert (tmp_path / "binder.txt").read_text() == "pandas==3.1.1 ; python_version > '3'\n"


def test_nothing_that_stays_needs_what_was_left_out():
    kept = {name_of(line) for line in lines(BINDER / "requirements.txt")}
    waiting, seen = [Requirement(line) for line in lines(BINDER / "requirements.txt")], set()
    waiting += [Requirement("ibis-framework[duckdb]")]  # extras are not written into pins
    while waiting:
        wanted = waiting.pop()
        assert canonicalize_name(wanted.name) in kept, wanted
        for extra in {"", *wanted.extras}:
            if (wanted.name, extra) not in seen:
                seen.add((wanted.name, extra))
                waiting += needs(wanted.name, extra)


def needs(name, extra):
    """Return what a package asks for on Binder; nothing when it is of another platform and not here."""
    try:
        texts = distribution(name).requires or []
    except PackageNotFoundError:
        return []
    found = [Requirement(text) for text in texts]
    return [one for one in found if one.marker is None or one.marker.evaluate(LINUX | {"extra": extra})]


def test_every_import_of_the_package_and_of_the_lessons_is_installed():
    kept = {name_of(line) for line in lines(BINDER / "requirements.txt")}
    providers = packages_distributions()
    extras = {"pyspark"}  # where it is missing, a sentence asks for it
    for module, where in sorted(imports().items()):
        if module in extras:
            continue
        assert kept & {canonicalize_name(name) for name in providers.get(module, [])}, f"{where} imports {module}"


def imports():
    """Return the modules of others that the package and the notebooks import, each with one place that does."""
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "cxlib").rglob("*.py")}
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources[path] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = {}
    for path, source in sources.items():
        for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            found |= {name.split(".")[0]: path.relative_to(ROOT) for name in names}
    found.pop("google", None)  # the cell for Colab asks whether it is there
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names | {"cxlib"}}


# What Binder reads


def test_binder_names_a_python_that_the_course_supports():
    found = re.fullmatch(r"python-3\.(\d+)\n", (BINDER / "runtime.txt").read_text(encoding="utf-8"))
    assert found
    assert 11 <= int(found[1]) <= 14


@on_windows
@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_are_bash_with_plain_line_ends(name):
    content = (BINDER / name).read_bytes()
    assert content.startswith(b"#!/bin/bash\n")
    assert b"\r" not in content
    assert b"\nset -euo pipefail\n" in content
    subprocess.run(["bash", "-n", BINDER / name], check=True)


@on_windows
def test_start_limits_threads_and_hands_over_to_the_command_as_it_is():
    question = 'printf "%s|" "$OMP_NUM_THREADS" "$OPENBLAS_NUM_THREADS" "$@"; exit 7'
    command = ["bash", BINDER / "start", "bash", "-c", question, "name", "two words", ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "2|2|two words||")


@pytest.mark.slow
@on_windows
def test_repo2docker_understands_our_files_without_docker(monkeypatch):
    pytest.importorskip("repo2docker", reason="it belongs to the full gates")
    from repo2docker.app import Repo2Docker

    monkeypatch.chdir(ROOT)
    app = Repo2Docker()
    packs = (pack(base_image=app.base_image) for pack in app.buildpacks)
    chosen = next(pack for pack in packs if pack.detect())
    chosen.platform = "linux/amd64"
    recipe = chosen.render({})
    assert type(chosen).__name__ == "PythonBuildPack"
    assert chosen.python_version == "3.12"
    for part in (
        "src/binder/requirements.txt",
        '/bin/pip install --no-cache-dir -r "binder/requirements.txt"',
        "RUN ./binder/postBuild",
        'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ):
        assert part in recipe
    # The packages come before the repository: a changed notebook must not install them again.
    assert recipe.index('-r "binder/requirements.txt"') < recipe.index(" src/ ${REPO_DIR}/")


@pytest.mark.slow
@on_windows
def test_post_build_leaves_a_course_that_is_ready(tmp_path):
    tree, prefix = copy_of_the_tree(tmp_path / "tree"), environment_like_ours(tmp_path / "prefix")
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
    variables |= {"NB_PYTHON_PREFIX": str(prefix), "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [tree / "binder" / "postBuild"], cwd=tree, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    where = [prefix / "bin" / "python", "-c", "import cxlib; print(cxlib.__file__)"]
    found = subprocess.run(where, cwd="/", env=variables, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()) == tree / "cxlib" / "__init__.py"
    for language in ("en", "pt-BR"):
        shipped = {path.name for path in (tree / "notebooks" / language).glob("*.ipynb")} | {"your_data.ipynb"}
        assert {path.name for path in (tree / "my" / language).iterdir()} == shipped
        assert not outputs(tree / "my" / language / "00_welcome.ipynb")
    settings = prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    kernels = json.loads(settings.read_text())["@jupyterlab/apputils-extension:kernels-settings"]
    assert kernels == {"commsOverSubshells": "disabled"}
    assert list((tree / "cxlib" / "__pycache__").glob("*.pyc"))
    assert list((tmp_path / "home").rglob("fontlist*.json"))


def copy_of_the_tree(target):
    for name in ("cxlib", "data", "notebooks", "binder"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("course.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target)
    return target


def environment_like_ours(target):
    """Return a new environment that sees the packages of this one, and is the only one to be changed."""
    try:
        venv.create(target, with_pip=True)
    except subprocess.CalledProcessError as trouble:
        pytest.skip(f"no environment can be made: {trouble}")
    packages = next(target.glob("lib/python*/site-packages"))
    (packages / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return target


def outputs(path):
    return [one for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] for one in cell.get("outputs", [])]


# Where the badges lead


@pytest.mark.parametrize("language", LANGUAGES)
def test_binder_opens_the_learners_copy_of_each_lesson(language):
    for path in (ROOT / "notebooks" / language).glob("*.ipynb"):
        parts = urlsplit(launchers.binder_url("owner/the.name", language, path.stem))
        assert parts.path == "/v2/gh/owner/the.name/HEAD"
        assert "/" not in parts.query
        assert parse_qs(parts.query) == {"urlpath": [f"lab/tree/my/{language}/{path.name}"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_colab_opens_the_notebook_of_the_repository(language):
    for path in (ROOT / "notebooks" / language).glob("*.ipynb"):
        parts = urlsplit(launchers.colab_url("owner/name", language, path.stem))
        base = "/github/owner/name/blob/HEAD/"
        assert parts.path.startswith(base)
        assert (ROOT / parts.path.removeprefix(base)) == path


def test_a_branch_with_a_slash_stays_one_part_of_binders_address():
    assert "/gh/owner/name/fix%2Fone?" in launchers.binder_url("owner/name", "en", ref="fix/one")
    assert launchers.package_url("owner/name", "v1.0") == "https://github.com/owner/name/archive/v1.0.zip"


def test_a_name_that_needs_encoding_survives_both_decodings():
    query = urlsplit(launchers.binder_url("owner/name", "en", "01 ção & co")).query
    assert parse_qs(query) == {"urlpath": ["lab/tree/my/en/01%20%C3%A7%C3%A3o%20%26%20co.ipynb"]}


def test_badges_open_the_welcome_lesson_in_the_readers_language():
    for language in LANGUAGES:
        made = launchers.badges(language, "owner/name")
        assert launchers.binder_url("owner/name", language) in made
        assert launchers.colab_url("owner/name", language) in made
        assert made.count("[![") == 2
    assert launchers.badges("en", "owner/name") != launchers.badges("pt-BR", "owner/name")


def test_without_a_public_home_nothing_is_offered():
    assert launchers.badges("en", "") == ""
    assert launchers.install_cell("en", "") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("[repository]\n", ""),
        ('[repository]\ngithub = ""', ""),
        ('[repository]\ngithub = " owner/name "', "owner/name"),
    ],
)
def test_the_public_home_stands_in_course_toml(tmp_path, text, expected):
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    assert launchers.home(tmp_path / "course.toml") == expected


@pytest.mark.parametrize(
    "name", ["name", "https://github.com/owner/name", "owner/name/tree", "owner/na me", "OWNER/"]
)
def test_a_public_home_of_another_form_is_refused(tmp_path, name):
    (tmp_path / "course.toml").write_text(f'[repository]\ngithub = "{name}"', encoding="utf-8")
    with pytest.raises(ValueError, match="OWNER/NAME"):
        launchers.home(tmp_path / "course.toml")


def test_ours_is_empty_or_of_that_form():
    assert launchers.home() == "" or launchers.HOME.fullmatch(launchers.home())


# The cell for Colab


@pytest.fixture
def calls(monkeypatch):
    """What would be run instead of pip."""
    asked = []

    def run(command, **_):
        asked.append(command)
        return types.SimpleNamespace(returncode=run.code, stderr="ERROR: no network")

    run.code = 0
    monkeypatch.setattr(subprocess, "run", run)
    return types.SimpleNamespace(asked=asked, run=run)


@pytest.fixture
def colab(monkeypatch, calls):
    """A session of Colab in which the course is not installed yet."""
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return calls


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cell_for_colab_does_nothing_here(language, calls, capsys):
    names = {}
    exec(launchers.install_cell(language, "owner/name"), names)
    assert not calls.asked
    assert capsys.readouterr() == ("", "")
    assert set(names) == {"__builtins__"}


@pytest.mark.parametrize(("language", "word"), [("en", "Restart session"), ("pt-BR", "Reiniciar sessão")])
def test_in_colab_it_installs_and_says_in_the_readers_language_what_to_do(language, word, colab, capsys):
    exec(launchers.install_cell(language, "owner/name", "v1.0"), {})
    assert [command[-1] for command in colab.asked] == ["cxlib @ https://github.com/owner/name/archive/v1.0.zip"]
    assert word in capsys.readouterr().out


def test_in_colab_it_installs_only_once(colab, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    exec(launchers.install_cell("en", "owner/name"), {})
    assert not colab.asked
    assert capsys.readouterr().out == ""


def test_in_colab_a_failure_is_shown(colab, capsys):
    colab.run.code = 1
    exec(launchers.install_cell("en", "owner/name"), {})
    assert "no network" in capsys.readouterr().out


def test_the_cell_is_the_same_in_both_languages_but_for_the_language():
    english, portuguese = (launchers.install_cell(language, "owner/name") for language in LANGUAGES)
    assert english.replace('"en"', '"pt-BR"') == portuguese
    assert "language" in launchers.INSTALL_METADATA["tags"]
    assert not [line for line in english.splitlines() if len(line) > 118 or line.rstrip().endswith(";")]


# The memory of a lesson


def test_memory_is_that_of_a_process_and_of_what_it_starts():
    code = "block = bytearray(300_000_000); print('ready', flush=True); input()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        assert lesson_memory.resident(lesson_memory.psutil.Process(process.pid)) > 300_000_000
        process.communicate("\n")


def test_a_process_that_is_gone_holds_nothing():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    kernel = lesson_memory.psutil.Process(process.pid)
    process.communicate(b"\n")
    assert (lesson_memory.resident(kernel), lesson_memory.high_water(kernel)) == (0, 0)


# Those that walk through the whole log; benchmarks/lesson_memory.py measures all.
HEAVIEST = ("02_data_you_can_trust", "10_journey_mapping", "14_webrooming_showrooming")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [path for path in lesson_memory.lessons() if path.stem in HEAVIEST], ids=lambda path: path.stem
)
def test_the_heaviest_lessons_fit_into_binders_memory(path, capsys):
    most = lesson_memory.peak(path)
    with capsys.disabled():
        print(f"\n{path.stem}: {most / 1e6:,.0f} MB at its peak", flush=True)
    assert 100e6 < most <= lesson_memory.BOUND
