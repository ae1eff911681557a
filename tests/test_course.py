"""The entry script, with every program it would run replaced by a list of what was asked."""

import errno
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "course.py"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the script in a clone of its own, with no program behind it and English spoken."""
    monkeypatch.setenv("CX_LANG", "en")
    monkeypatch.setenv("CX_NO_UV", "1")
    shutil.copy(SCRIPT, tmp_path)
    (tmp_path / "requirements.txt").write_text("pandas==3.1.1\ntzdata==2026.6\n")
    (tmp_path / "requirements-dev.txt").write_text("ruff==0.17.6\n")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (tmp_path / name).touch()
    module = load(tmp_path / "course.py")
    monkeypatch.setattr(module, "capture", Installer(module))
    monkeypatch.setattr(module, "call", Runner())
    return module


def load(path):
    spec = importlib.util.spec_from_file_location("course_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Installer:
    """Stands for pip and venv: remembers commands, makes the interpreter's file, fails on request."""

    def __init__(self, module):
        self.module, self.commands, self.failures = module, [], {}

    def __call__(self, command):
        self.commands.append([str(part) for part in command])
        for word, lines in self.failures.items():
            if word in self.commands[-1]:
                return 1, lines
        self.module.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        self.module.PYTHON.touch()
        return 0, []


class Runner:
    """Stands for the programs that use the terminal."""

    def __init__(self):
        self.commands, self.environments, self.codes = [], [], []

    def __call__(self, command, cwd=None, env=None):
        self.commands.append([str(part) for part in command])
        self.environments.append(env)
        return self.codes.pop(0) if self.codes else 0


def ship(course, text, name="00_welcome.ipynb", language="en"):
    folder = course.ROOT / "notebooks" / language
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


# Language


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "pt_BR.UTF-8"}, "pt-BR"),
        ({"LANG": "pt_PT"}, "pt-BR"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "pt_BR.UTF-8"}, "pt-BR"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": ""}, "pt-BR"),
        ({"LANG": "pt_BR.UTF-8", "CX_LANG": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "CX_LANG": "pt-BR"}, "pt-BR"),
    ],
)
def test_language_is_the_chosen_one_else_the_systems(course, monkeypatch, variables, expected):
    for name in ("CX_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert course.language() == expected


@pytest.mark.skipif(os.name == "nt", reason="Windows is asked another way")
@pytest.mark.parametrize(
    ("answer", "expected"), [(("pt_BR", "UTF-8"), "pt-BR"), ((None, None), "en"), (ValueError, "en")]
)
def test_without_variables_the_locale_decides(course, monkeypatch, answer, expected):
    def getlocale():
        if answer is ValueError:
            raise ValueError("unknown locale: UTF-8")
        return answer

    for name in ("CX_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(course.locale, "getlocale", getlocale)
    assert course.language() == expected


def test_every_text_has_the_same_blanks_in_both_languages(course):
    for english, portuguese in course.TEXTS.values():
        assert set(re.findall("{.*?}", english)) == set(re.findall("{.*?}", portuguese))


def test_help_speaks_the_systems_language(course, monkeypatch, capsys):
    assert course.run([]) == 0
    assert "COMMAND" in capsys.readouterr().out
    monkeypatch.setenv("CX_LANG", "pt-BR")
    assert course.run(["start", "--help"]) == 0
    assert "COMANDO" in capsys.readouterr().out


# The environment


def test_second_run_installs_nothing(course):
    assert course.run(["cx", "metrics"]) == 0
    first = list(course.capture.commands)
    assert [command[1:3] for command in first] == [["-m", "venv"], ["-m", "pip"], ["-m", "pip"]]
    assert first[2][-4:] == ["--no-deps", "--no-build-isolation", "-e", "."]
    assert course.run(["cx", "metrics"]) == 0
    assert course.capture.commands == first
    assert course.call.commands[1][-3:] == ["-m", "cxlib", "metrics"]


@pytest.mark.parametrize("change", ["requirements", "python", "folder", "interpreter lost"])
def test_a_change_builds_afresh(course, monkeypatch, change):
    course.prepare()
    left_over = course.VENV / "left-over"
    left_over.touch()
    if change == "requirements":
        course.REQUIREMENTS.write_text("pandas==3.2\n")
    elif change == "python":
        monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    elif change == "folder":
        moved = course.ROOT / "moved"
        shutil.copytree(course.ROOT, moved, ignore=shutil.ignore_patterns(".venv"))
        monkeypatch.setattr(course, "ROOT", moved)
    else:
        course.PYTHON.unlink()
    course.prepare()
    assert len(course.capture.commands) == 6
    assert not left_over.exists()


def test_development_packages_have_their_own_stamp(course):
    course.prepare()
    course.prepare(development=True)
    course.prepare(development=True)
    assert len(course.capture.commands) == 4
    assert course.capture.commands[3][-1].endswith("requirements-dev.txt")


def test_a_failed_development_install_keeps_the_learners_environment(course):
    course.prepare()
    course.capture.failures = {str(course.REQUIREMENTS_DEV): ["ERROR: no"]}
    assert course.run(["test", "--all"]) == 2
    course.prepare()
    assert len(course.capture.commands) == 4


@pytest.mark.parametrize("development", [False, True])
def test_a_killed_install_starts_afresh(course, monkeypatch, development):
    def killed(command):
        raise KeyboardInterrupt

    if development:
        course.prepare()
    installer, done = course.capture, len(course.capture.commands)
    monkeypatch.setattr(course, "capture", killed)
    assert course.run(["test", "--all"] if development else ["test"]) == 130
    monkeypatch.setattr(course, "capture", installer)
    course.prepare()
    assert len(installer.commands) == done + 3


def test_uv_is_used_unless_refused(course, monkeypatch):
    monkeypatch.setattr(course.shutil, "which", lambda name: "/opt/uv")
    monkeypatch.delenv("CX_NO_UV")
    course.prepare()
    assert {command[0] for command in course.capture.commands} == {"/opt/uv"}


@pytest.fixture
def real(course):
    """The script as it is, with real programs behind it."""
    return load(course.__file__)


def test_an_installers_lines_are_kept(real):
    code, lines = real.capture([sys.executable, "-c", "print('one'); print('two'); raise SystemExit(3)"])
    assert (code, lines) == (1, ["one", "two"])
    assert real.capture([sys.executable, "-c", ""]) == (0, [])


def test_exit_codes_of_real_programs(real):
    assert real.call([sys.executable, "-c", "raise SystemExit(5)"]) == 5


def test_no_installer_outlives_a_killed_script(real, tmp_path):
    beats = tmp_path / "beats"
    program = f"import time\nwhile True: open({str(beats)!r}, 'a').write('.'); time.sleep(0.02)"
    body = "import sys; sys.path.insert(0, '.'); import course; "
    body += f"course.capture([sys.executable, '-c', {program!r}])"
    script = subprocess.Popen([sys.executable, "-c", body], cwd=tmp_path)
    wait_for(beats.exists)
    script.kill()
    script.wait()
    time.sleep(0.5)
    size = beats.stat().st_size
    time.sleep(0.2)
    assert beats.stat().st_size == size


def wait_for(happens):
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


# Failures: one sentence, exit code 2


def sentence(course, capsys, *arguments):
    assert course.run(list(arguments)) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert not any("Traceback" in line for line in said)
    return said[-1]


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 15, 0)])
def test_python_out_of_range(course, monkeypatch, capsys, version):
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(course, "works", lambda command: False)
    assert ".".join(map(str, version)) in sentence(course, capsys, "test")
    assert course.capture.commands == []


def test_a_right_python_is_found_and_takes_over(course, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(course, "works", lambda command: command[-1].endswith("3.12"))
    course.call.codes = [7]
    assert course.run(["test", "-k", "nps"]) == 7
    assert course.call.commands[0][-4:] == [course.__file__, "test", "-k", "nps"]


def test_a_python_is_believed_only_when_it_runs(course):
    assert course.works([sys.executable])
    assert not course.works(["python-that-is-nowhere"])
    assert not course.works([sys.executable, "-c", "raise SystemExit(127)"])
    assert not course.works([sys.executable, "-c", "print(3, 10)"])


@pytest.mark.parametrize(
    ("word", "lines", "expected"),
    [
        ("venv", ["Error: ensurepip is not available"], "virtual environment"),
        ("pip", ["Collecting pandas", "ERROR: No matching distribution found for pandas"], "No matching"),
        ("pip", ["WARNING: slow"], "network"),
        ("pip", [], "network"),
        ("pip", ["ERROR: OSError: [Errno 28] No space left on device", ""], "disk is full"),
        ("venv", ["Error: [Errno 30] Read-only file system: 'x'"], "read-only"),
    ],
)
def test_an_installer_fails(course, capsys, word, lines, expected):
    course.capture.failures = {word: lines}
    assert expected in sentence(course, capsys, "test")
    assert not course.STAMP.exists()


def test_a_venv_that_fails_on_a_full_disk(course, monkeypatch, capsys):
    course.capture.failures = {"venv": ["Error: Command '[ensurepip]' returned non-zero exit status 1."]}
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    assert "disk is full" in sentence(course, capsys, "test")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "not yours"),
        (errno.EIO, "refused"),
    ],
)
def test_a_folder_that_cannot_be_written(course, monkeypatch, capsys, number, expected):
    def mkdir(*arguments, **options):
        raise OSError(number, os.strerror(number), str(course.VENV))

    monkeypatch.setattr(course.Path, "mkdir", mkdir)
    assert expected in sentence(course, capsys, "start")


def test_a_port_that_is_taken(course, monkeypatch, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert str(port) in sentence(course, capsys, "start", "--port", str(port))
        monkeypatch.setattr(course, "PORTS", range(port, port + 1))
        assert f"{port}-{port}" in sentence(course, capsys, "start")
    assert course.run(["start", "--no-browser"]) == 0
    assert f"--ServerApp.port={port}" in course.call.commands[0]


@pytest.mark.parametrize("port", ["0", "-1", "70000", "abc"])
def test_a_port_that_is_none(course, capsys, port):
    sentence(course, capsys, "start", "--port=" + port)


@pytest.mark.parametrize("words", ["begin", "start --lang fr", "start now", "report a b"])
def test_a_command_that_is_not_understood(course, capsys, words):
    assert "--help" in sentence(course, capsys, *words.split())


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml", "README.md"])
def test_a_clone_that_is_not_whole(course, capsys, name):
    (course.ROOT / name).unlink()
    assert name in sentence(course, capsys, "start")


def test_no_sources_to_build_from(course, capsys):
    assert "notebooks/build.py" in sentence(course, capsys, "build")


# The learner's notebooks


def test_a_copy_has_nothing_run(course):
    cells = [
        {"cell_type": "code", "source": "1 + 1", "outputs": [{"data": "2"}], "execution_count": 3},
        {"cell_type": "markdown", "source": "ação"},
    ]
    ship(course, json.dumps({"cells": cells}))
    course.copy_notebooks()
    copied = json.loads((course.MINE / "en/00_welcome.ipynb").read_text(encoding="utf-8"))
    assert copied["cells"][0]["outputs"] == [] and copied["cells"][0]["execution_count"] is None
    assert copied["cells"][1] == cells[1]


def test_notebooks_are_copied_once(course, capsys):
    ship(course, "one")
    ship(course, "um", language="pt-BR")
    course.copy_notebooks()
    (course.MINE / "en/00_welcome.ipynb").write_text("edited")
    course.copy_notebooks()
    assert (course.MINE / "en/00_welcome.ipynb").read_text() == "edited"
    assert (course.MINE / "pt-BR/00_welcome.ipynb").read_text() == "um"
    assert len(list(course.MINE.rglob("*.ipynb"))) == 2
    assert capsys.readouterr().err == ""


def test_a_newer_notebook_is_laid_beside(course, capsys):
    ship(course, "one")
    course.copy_notebooks()
    (course.MINE / "en/00_welcome.ipynb").write_text("edited")
    for text in ("two", "two", "three", "one", "two"):
        ship(course, text)
        course.copy_notebooks()
    found = {path.name: path.read_text() for path in (course.MINE / "en").iterdir()}
    assert found == {
        "00_welcome.ipynb": "edited",
        "00_welcome (new 2).ipynb": "two",
        "00_welcome (new 3).ipynb": "three",
    }
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_deleted_copy_comes_back_fresh(course):
    ship(course, "one")
    course.copy_notebooks()
    (course.MINE / "en/00_welcome.ipynb").unlink()
    course.copy_notebooks()
    assert (course.MINE / "en/00_welcome.ipynb").read_text() == "one"


@pytest.mark.parametrize("memory", ["", "{", None])
def test_a_lost_memory_overwrites_nothing(course, memory):
    ship(course, "one")
    course.copy_notebooks()
    remembered = course.MINE / ".copied.json"
    remembered.unlink() if memory is None else remembered.write_text(memory)
    ship(course, "two")
    course.copy_notebooks()
    assert (course.MINE / "en/00_welcome.ipynb").read_text() == "one"
    assert (course.MINE / "en/00_welcome (new 2).ipynb").read_text() == "two"


# The commands


def test_start_opens_the_welcome_in_the_chosen_language(course):
    ship(course, "um", language="pt-BR")
    assert course.run(["start", "--lang", "pt-BR", "--no-browser"]) == 0
    command = course.call.commands[0]
    assert "--ServerApp.ip=127.0.0.1" in command
    assert f"--ServerApp.root_dir={course.MINE}" in command
    assert "--LabApp.default_url=/lab/tree/pt-BR/00_welcome.ipynb" in command
    assert "--no-browser" in command
    assert not any("token" in part or "password" in part for part in command)
    assert course.call.environments[0]["CX_LANG"] == "pt-BR"
    settings = json.loads((course.VENV / "share/jupyter/lab/settings/overrides.json").read_text())
    assert settings == course.OVERRIDES


def test_ctrl_c_ends_the_server_quietly(course, monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "call", interrupted)
    assert course.run(["start"]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_all_steps_run_although_one_fails(course, capsys):
    ship(course, "{}")
    for name in ("00_a.ipynb", "01_b.ipynb", "02_c.ipynb"):
        ship(course, "{}", name, "pt-BR")
    (course.ROOT / "notebooks/build.py").touch()
    course.call.codes = [0, 1]
    assert course.run(["test", "--all", "-x"]) == 1
    lines = capsys.readouterr().out.splitlines()
    table = [line.split()[-1] for line in lines[-7:]]
    assert table == ["passed", "failed", "passed", "passed", "passed", "passed", "passed"]
    assert course.call.commands[3][1:3] == ["-m", "pytest"]
    assert course.call.commands[3][-3:] == ["loadfile", "--no-loadscope-reorder", "-x"]
    assert sum(part.endswith(".ipynb") for part in course.call.commands[5]) == 2


def test_a_learners_test_is_short(course, capsys):
    ship(course, "{}")
    assert course.run(["test"]) == 0
    assert course.call.commands[0][-1] == "not slow and not e2e"
    assert len(course.call.commands) == 2
    assert "--nbval-lax" in course.call.commands[1]


def test_a_choice_of_tests_leaves_the_notebooks_out(course):
    ship(course, "{}")
    assert course.run(["test", "-k", "nps"]) == 0
    assert [command[-2:] for command in course.call.commands] == [["-k", "nps"]]


def test_report_has_a_place_by_default(course):
    assert course.run(["report"]) == 0
    expected = ["report", "--data", str(course.ROOT / "data" / "ipe"), "--lang", "en"]
    out = str(course.ROOT / "reports" / "ipe.en.html")
    assert course.call.commands[0][-7:] == [*expected, "--out", out]
    assert course.run(["report", "data", "--lang", "pt-BR", "--out", "here.html"]) == 0
    assert course.call.commands[1][-6:] == ["--data", "data", "--lang", "pt-BR", "--out", "here.html"]


def test_exit_codes_pass_through(course):
    course.call.codes = [1, 130]
    assert course.run(["cx", "check", "--help"]) == 1
    assert course.run(["cx"]) == 130


def test_the_script_can_be_read_by_python_3_6():
    import ast

    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    assert not any(isinstance(node, (ast.NamedExpr, ast.AnnAssign)) for node in ast.walk(tree))


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
def test_the_gate_is_a_correct_bash_script():
    script = SCRIPT.parent / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
