#!/usr/bin/env python3
"""The one door to the course, on Linux, macOS and Windows: start, test, build, report, cx.

Standard library only, in syntax that Python 3.6 can read: an old Python must come as far as the
sentence that says which one is needed.
"""

import argparse
import errno
import hashlib
import json
import locale
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 14)
PREFERRED = ("3.13", "3.12", "3.11", "3.14")
PORTS = range(8888, 8939)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "requirements.txt"
REQUIREMENTS_DEV = ROOT / "requirements-dev.txt"
NEEDED = ("pyproject.toml", "README.md", "LICENSE", REQUIREMENTS.name, REQUIREMENTS_DEV.name)
STAMP = VENV / ".course-stamp"
STAMP_DEV = VENV / ".course-stamp-dev"
MINE = ROOT / "my"

# commsOverSubshells: widget callbacks in threads mix up pyplot figures (jupyterlab #19719).
OVERRIDES = {
    "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}

# Runs an installer that must not outlive us: it would go on writing into the next run's environment.
# Our end of its standard input closes however we end, even killed.
GUARD = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def watch():
    os.read(0, 1)
    os.killpg(0, 9) if hasattr(os, "killpg") else child.kill()
threading.Thread(target=watch, daemon=True).start()
os._exit(1 if child.wait() else 0)
"""

TEXTS = {
    "help": (
        """python course.py COMMAND

  start [--lang en|pt-BR] [--no-browser] [--port N]   install once, then open the lessons in JupyterLab
  test [--all] [pytest arguments]                     check that everything works here
  report [DIR] [--lang L] [--out FILE]                write the report of a dataset (default: data/ipe)
  cx ARGUMENTS                                        run the command cx (cx --help lists what it can do)
  build [--check]                                     rebuild the notebooks from their sources""",
        """python course.py COMANDO

  start [--lang en|pt-BR] [--no-browser] [--port N]   instala uma vez e abre as aulas no JupyterLab
  test [--all] [argumentos do pytest]                 confere se tudo funciona aqui
  report [PASTA] [--lang L] [--out ARQUIVO]           escreve o relatório de um conjunto (padrão: data/ipe)
  cx ARGUMENTOS                                       roda o comando cx (cx --help mostra o que ele faz)
  build [--check]                                     refaz os notebooks a partir das fontes""",
    ),
    "usage": (
        "The command was not understood ({problem}); `python course.py --help` shows what can be typed.",
        "O comando não foi entendido ({problem}); `python course.py --help` mostra o que se pode digitar.",
    ),
    "python": (
        "Python 3.11 to 3.14 is needed; this is {version} and no other was found: install Python 3.13.",
        "É preciso Python 3.11 a 3.14; este é o {version} e não há outro: instale o Python 3.13.",
    ),
    "no_venv": (
        "This Python cannot make a virtual environment ({problem}): on Debian or Ubuntu run `sudo apt "
        "install python{version}-venv`, elsewhere install Python again with pip and venv.",
        "Este Python não cria ambientes virtuais ({problem}): no Debian ou Ubuntu rode `sudo apt install "
        "python{version}-venv`; em outro sistema, reinstale o Python com pip e venv.",
    ),
    "no_packages": (
        "The packages could not be installed ({problem}): check the network connection and that the "
        "clone is complete, then run the same command again.",
        "Não foi possível instalar os pacotes ({problem}): confira a conexão de rede e se o clone está "
        "completo e rode o mesmo comando de novo.",
    ),
    "port": (
        "Port {port} of this computer is taken or not allowed: choose another with --port.",
        "A porta {port} deste computador está ocupada ou não é permitida: escolha outra com --port.",
    ),
    "not_writable": (
        'Nothing can be written at "{path}": the folder is read-only or not yours, or JupyterLab is open.',
        'Não se pode gravar em "{path}": a pasta é só de leitura, ou de outra pessoa, ou há um JupyterLab aberto.',
    ),
    "disk_full": (
        "The disk is full: the course needs about 1 GB; free some space and run the same command again.",
        "O disco está cheio: o curso precisa de 1 GB; libere espaço e rode o mesmo comando de novo.",
    ),
    "system": ("The system refused: {problem}.", "O sistema recusou: {problem}."),
    "missing": (
        '"{name}" is missing from "{folder}": clone the whole repository and run course.py inside it.',
        'Falta "{name}" em "{folder}": clone o repositório inteiro e rode o course.py dentro dele.',
    ),
    "installing": (
        "Installing about {count} packages: 1 to 4 minutes, only this once.",
        "Instalando cerca de {count} pacotes: de 1 a 4 minutos, só desta vez.",
    ),
    "installed": ("Installed in {seconds:.0f} s.", "Instalado em {seconds:.0f} s."),
    "beside": (
        "{name}: your file stays as it is; the new version is beside it, as {new}.",
        "{name}: seu arquivo fica como está; a nova versão está ao lado, em {new}.",
    ),
    "opening": (
        "Opening JupyterLab on port {port}. To stop it, press Ctrl-C here.",
        "Abrindo o JupyterLab na porta {port}. Para parar, tecle Ctrl-C aqui.",
    ),
    "table": ("step seconds result passed failed", "etapa segundos resultado passou falhou"),
}


class Failure(Exception):
    """A sentence for the user; the script ends with exit code 2."""


def say(key, **values):
    return TEXTS[key][language() == "pt-BR"].format(**values)


def fail(key, **values):
    raise Failure(say(key, **values))


def tell(text, end="\n"):
    # stderr: the standard output of `cx` belongs to machines.
    print(text, end=end, file=sys.stderr, flush=True)


def language():
    wanted = os.environ.get("CX_LANG") or system_language()
    return "pt-BR" if wanted.lower().startswith("pt") else "en"


def system_language():
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        if os.name == "nt":
            from ctypes import windll

            return "pt" if windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x16 else "en"
        return locale.getlocale()[0] or ""
    except (ImportError, AttributeError, OSError, ValueError):  # a language must never stop the course
        return ""


def is_supported(version):
    return OLDEST <= tuple(version) <= NEWEST


def works(command):
    # A name on the PATH proves nothing: a pyenv shim may stand there for a version that is switched off.
    question = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.check_output([*command, "-c", question], stderr=subprocess.DEVNULL, timeout=60)
        return is_supported(int(part) for part in answer.split())
    except (OSError, subprocess.SubprocessError, ValueError):
        return False


def another_python():
    on_windows = os.name == "nt"
    for version in PREFERRED:
        command = ["py", "-" + version] if on_windows else ["python" + version]
        if works(command):
            return command
    return fail("python", version=".".join(map(str, sys.version_info[:3])))


def environment(**extra):
    variables = dict(os.environ, PYTHONUTF8="1", VIRTUAL_ENV=str(VENV), **extra)
    variables["PATH"] = str(PYTHON.parent) + os.pathsep + os.environ.get("PATH", "")
    if os.name == "nt" and any(ord(letter) > 127 for letter in str(ROOT)):
        # Before Python 3.13, Windows reads the editable install's path in a legacy code page.
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return variables


def call(command, cwd=None, env=None):
    """Run a program to its end and return its exit code; Ctrl-C reaches it without our help."""
    sys.stdout.flush()
    interrupted = False
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=env or environment())
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            interrupted = True
    signal.signal(signal.SIGTERM, before)
    if interrupted:
        raise KeyboardInterrupt
    return code if code >= 0 else 128 - code


def capture(command):
    """Run an installer, its lines shown one over the other; return its exit code and the lines."""
    lines = []
    command = [str(part) for part in command]
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    options.update(cwd=str(ROOT), env=environment(), start_new_session=os.name != "nt")
    show(" ".join(command))
    with subprocess.Popen([base_python(), "-c", GUARD, *command], **options) as process:
        for line in process.stdout:
            lines.append(line.decode("utf-8", "replace").strip())
            show(lines[-1])
    show("")
    return process.returncode, lines


def show(line):
    if sys.stderr.isatty():
        tell("\r" + line[:70].ljust(70) + "\r", end="")


def fingerprint(requirements):
    """What an environment depends on; the path too, since the editable install points to it."""
    parts = "{}.{} {}".format(*sys.version_info[:2], ROOT).encode("utf-8", "surrogateescape")
    return hashlib.sha256(requirements.read_bytes() + parts).hexdigest()


def is_current(stamp, requirements):
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == fingerprint(requirements)


def prepare(development=False):
    """Make `.venv` with the pinned packages and cxlib, unless an earlier run has done so."""
    for name in NEEDED:
        if not (ROOT / name).is_file():
            fail("missing", name=name, folder=ROOT)
    if not is_current(STAMP, REQUIREMENTS):
        build_environment()
    if development and not is_current(STAMP_DEV, REQUIREMENTS_DEV):
        add_development_packages()


def build_environment():
    begin = time.time()
    announce(REQUIREMENTS)
    remove_environment()
    VENV.mkdir()
    make_venv()
    install("-r", REQUIREMENTS)
    install("--no-deps", "--no-build-isolation", "-e", ".")
    STAMP.write_text(fingerprint(REQUIREMENTS))
    tell(say("installed", seconds=time.time() - begin))


def remove_environment():
    # The stamps go first: a removal that is cut short must not pass for a whole environment.
    for stamp in (STAMP, STAMP_DEV):
        if stamp.is_file():
            stamp.unlink()
    if VENV.exists():
        shutil.rmtree(str(VENV))


def add_development_packages():
    stamp = STAMP.read_text()
    STAMP.unlink()  # killed half-way, the next run starts afresh
    try:
        announce(REQUIREMENTS_DEV)
        install("-r", REQUIREMENTS_DEV)
        STAMP_DEV.write_text(fingerprint(REQUIREMENTS_DEV))
    except Failure:
        STAMP.write_text(stamp)
        raise
    STAMP.write_text(stamp)


def find_uv():
    return None if os.environ.get("CX_NO_UV") else shutil.which("uv")


def base_python():
    # This Python may be that of the very environment that is to be removed.
    return getattr(sys, "_base_executable", None) or sys.executable


def make_venv():
    base, uv = base_python(), find_uv()
    command = [uv, "venv", "--seed", "--allow-existing", "--python", base] if uv else [base, "-m", "venv"]
    code, lines = capture([*command, VENV])
    if code:
        blame("no_packages" if uv else "no_venv", lines, version="{}.{}".format(*sys.version_info))


def announce(requirements):
    lines = requirements.read_text(encoding="utf-8").splitlines()
    count = sum(1 for line in lines if line.strip() and not line.startswith("#") and ";" not in line)
    tell(say("installing", count=count))


def install(*arguments):
    uv = find_uv()
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    pip = [uv, "pip", "install", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install", *quiet]
    code, lines = capture(pip + list(arguments))
    if code:
        blame("no_packages", lines)


def blame(failure, lines, **values):
    """Fail with the installer's last useful line, or with the cause that stands behind it."""
    said = [line for line in lines if line]
    errors = [line for line in said if line.lower().startswith("error")] or said or ["?"]
    problem = errors[-1][6:].strip() if errors[-1].lower().startswith("error:") else errors[-1]
    full = any(cause in line for line in said for cause in ("[Errno 28]", "(os error 28)", "[WinError 112]"))
    if full or shutil.disk_usage(str(ROOT)).free < 50e6:  # venv keeps the cause of its failure to itself
        fail("disk_full")
    if any(cause in problem for cause in ("[Errno 13]", "[Errno 30]", "[WinError 5]")):
        fail("not_writable", path=ROOT)
    fail(failure, problem=problem.rstrip("."), **values)


def sentence_for(problem):
    if problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return say("disk_full")
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return say("not_writable", path=ROOT)
    return say("system", problem=problem)


def start(arguments):
    parser = Parser()
    parser.add_argument("--lang", choices=["en", "pt-BR"])
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--port", type=int)
    options = parser.parse_args(arguments)
    if options.lang:
        os.environ["CX_LANG"] = options.lang
    port = free_port(options.port)
    prepare()
    copy_notebooks()
    write_overrides()
    tell(say("opening", port=port))
    command = server_command(port, options.port is not None, options.no_browser)
    try:
        return call(command, str(MINE), environment(CX_LANG=language()))
    except KeyboardInterrupt:
        return 0


def free_port(wanted=None):
    for port in PORTS if wanted is None else [wanted]:
        if is_free(port):
            return port
    return fail("port", port=f"{PORTS[0]}-{PORTS[-1]}" if wanted is None else wanted)


def is_free(port):
    with socket.socket() as probe:
        if os.name != "nt":  # where it would mean "share the port", not "do not wait for old connections"
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return port > 0


# -P, here and for cx: a learner's file called pandas.py must not be imported from the current folder.
def server_command(port, is_fixed, no_browser):
    command = [PYTHON, "-P", "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--ServerApp.answer_yes=True"]
    command += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={MINE}"]
    welcome = f"{language()}/00_welcome.ipynb"
    if (MINE / welcome).is_file():
        command.append("--LabApp.default_url=/lab/tree/" + welcome)
    command += ["--ServerApp.port_retries=0"] * is_fixed + ["--no-browser"] * no_browser
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return command + ["--allow-root"] * is_root


def write_overrides():
    folder = VENV / "share" / "jupyter" / "lab" / "settings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overrides.json").write_text(json.dumps(OVERRIDES), encoding="utf-8")


def copy_notebooks():
    """Lay the shipped notebooks into `my/`; what the learner has is never touched."""
    MINE.mkdir(exist_ok=True)
    for name in ("en", "pt-BR"):
        folders = [ROOT / "notebooks" / name, ROOT / "notebooks" / "your_data" / name]
        for shipped in [path for folder in folders for path in sorted(folder.glob("*.ipynb"))]:
            offer(without_outputs(shipped.read_bytes()), name + "/" + shipped.name)


def without_outputs(content):
    """Return a notebook with nothing run: an answer that stands there spoils every guess."""
    try:
        notebook = json.loads(content.decode("utf-8"))
    except ValueError:  # not for us to judge: copied as it is
        return content
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def offer(content, name):
    digest, copied, target = hashlib.sha256(content).hexdigest(), read_copied(), MINE / name
    known = copied.setdefault(name, [])
    if target.exists() and digest in known:
        return
    if not target.exists():
        write_whole(target, content)
    elif target.read_bytes() != content:
        beside = free_name(target)
        write_whole(beside, content)
        tell(say("beside", name="my/" + name, new=beside.name))
    known += [digest] * (digest not in known)
    write_whole(MINE / ".copied.json", json.dumps(copied, indent=1).encode("utf-8"))


def free_name(target):
    number = 2
    while target.with_name(f"{target.stem} (new {number}).ipynb").exists():
        number += 1
    return target.with_name(f"{target.stem} (new {number}).ipynb")


def write_whole(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("." + path.name + ".part")
    part.write_bytes(content)
    os.replace(str(part), str(path))


def read_copied():
    try:
        return json.loads((MINE / ".copied.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def test(arguments):
    everything = "--all" in arguments
    chosen = [argument for argument in arguments if argument != "--all"]
    prepare(development=everything)
    os.environ.pop("CX_LANG", None)  # tests say themselves in which language they run
    return run_steps(all_steps(chosen) if everything else learner_steps(chosen))


def all_steps(chosen):
    lint = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]
    steps = [(" ".join(words), ["-m", *words]) for words in lint]
    # One process a core; the tests of a file stay together, because they share what they opened. In their own order:
    # by default files of few tests come last, and those are the long ones.
    shared = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]
    steps += [("pytest", ["-m", "pytest", *shared, *chosen])]
    # Two of each language: build.py --check runs all of them, both languages, and compares what they show.
    steps += [*notebook_steps("en", most=2), *notebook_steps("pt-BR", most=2)]
    steps += [*notebook_steps("your_data/en"), *notebook_steps("your_data/pt-BR")]
    script = ROOT / "notebooks" / "build.py"
    return steps + [("notebooks/build.py --check", [script, "--check", "--sparing"])] * script.is_file()


def learner_steps(chosen):
    steps = [("pytest", ["-m", "pytest", "-m", "not slow and not e2e", *chosen])]
    return steps if chosen else steps + notebook_steps("en")  # a choice among tests leaves notebooks out


def notebook_steps(name, most=None):
    found = sorted((ROOT / "notebooks" / name).glob("*.ipynb"))[:most]
    # The project's own settings are for its Python files: warnings as errors, doctests.
    apart = ["-q", "-o", "addopts=", "-p", "no:warnings", "-p", "no:cacheprovider"]
    limits = ["--nbval-cell-timeout=120", "--nbval-kernel-startup-timeout=120"]
    command = ["-m", "pytest", *apart, "--nbval-lax", "--nbval-current-env", *limits, *found]
    return [("notebooks/" + name, command)] if found else []


def run_steps(steps):
    results = []
    for name, command in steps:
        print("\n=== " + name, flush=True)
        begin = time.time()
        code = call([PYTHON, *command], str(ROOT))
        results.append((name, time.time() - begin, code == 0))
    step, seconds, result, passed, failed = say("table").split()
    print(f"\n{step:<28}{seconds:>9}  {result}")
    for name, took, good in results:
        print(f"{name:<28}{took:>9.1f}  {passed if good else failed}")
    return 0 if all(good for _, _, good in results) else 1


def build(arguments):
    script = ROOT / "notebooks" / "build.py"
    if not script.is_file():
        fail("missing", name="notebooks/build.py", folder=ROOT)
    prepare(development=True)  # it reads the sources of the lessons with jupytext
    return call([PYTHON, script, *arguments], str(ROOT))


def report(arguments):
    parser = Parser()
    parser.add_argument("data", nargs="?", default=str(ROOT / "data" / "ipe"))
    parser.add_argument("--lang", choices=["en", "pt-BR"], default=language())
    parser.add_argument("--out")
    options = parser.parse_args(arguments)
    file_name = f"{Path(options.data).resolve().name}.{options.lang}.html"
    out = options.out or ROOT / "reports" / file_name
    if not options.out:
        out.parent.mkdir(exist_ok=True)
    return cx(["report", "--data", options.data, "--lang", options.lang, "--out", out])


def cx(arguments):
    prepare()
    return call([PYTHON, "-P", "-m", "cxlib", *arguments])


class Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one sentence."""

    def __init__(self):
        super().__init__(add_help=False, allow_abbrev=False)

    def error(self, message):
        fail("usage", problem=message)


COMMANDS = {"start": start, "test": test, "build": build, "report": report, "cx": cx}


def main(arguments):
    ours = arguments[:1] if arguments[:1] in (["cx"], ["build"]) else arguments
    if not arguments or {"-h", "--help", "help"}.intersection(ours):
        print(say("help"))
        return 0
    if arguments[0] not in COMMANDS:
        fail("usage", problem=arguments[0])
    if not is_supported(sys.version_info[:2]):
        return call([*another_python(), __file__, *arguments], env=dict(os.environ))
    return COMMANDS[arguments[0]](arguments[1:])


def run(arguments):
    try:
        return main(arguments)
    except Failure as failure:
        tell(failure)
    except OSError as problem:
        tell(sentence_for(problem))
    except KeyboardInterrupt:
        return 130
    return 2


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(run(sys.argv[1:]))
