"""Where the course opens without being installed: Binder and Colab. Their addresses, and what Binder installs.

The public home of the repository stands once, in notebooks/course.toml. While it is empty nothing is offered:
a badge that leads nowhere is worse than none.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
BINDER = ROOT / "binder" / "requirements.txt"
WELCOME = "00_welcome"
REF = "HEAD"  # the default branch, whatever its name
HOME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")

# The tests of the project and what only they need. What stays must be able to do without them, and a test follows the
# needs of each package to see that it is.
LEFT_OUT = frozenset({"coverage", "iniconfig", "nbval", "pluggy", "pytest"})

BINDER_TEXTS = {
    "en": ("Open the course on Binder", "Open in Binder: nothing to install"),
    "pt-BR": ("Abrir o curso no Binder", "Abrir no Binder: nada para instalar"),
}
COLAB_TEXTS = {
    "en": ("Open the welcome lesson in Colab", "Open in Colab: a Google account is needed"),
    "pt-BR": ("Abrir a aula de boas-vindas no Colab", "Abrir no Colab: é preciso ter uma conta do Google"),
}

# One source for both languages, as for every cell: only `"en"` differs. Colab brings an older pandas and NumPy; what
# the session has already loaded of them stays until it is restarted.
INSTALL_CELL = """# @title Google Colab only: installs the course. Anywhere else this cell does nothing.
try:
    import google.colab
except ImportError:
    pass
else:
    import importlib.util, subprocess, sys
    language = "en"
    if importlib.util.find_spec("cxlib") is None:
        print("Instalando o curso: um a três minutos, uma vez por sessão." if language == "pt-BR"
              else "Installing the course: one to three minutes, once a session.", flush=True)
        course = "{package}"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", course]
        done = subprocess.run(pip, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr)
        elif {{"numpy", "pandas", "pyarrow"}} & set(sys.modules):
            print("Pronto. Agora escolha Ambiente de execução > Reiniciar sessão e siga em frente."
                  if language == "pt-BR" else "Done. Now choose Runtime > Restart session, and go on.")"""
# Colab shows the title as a form, JupyterLab a folded cell: a first notebook must not begin with plumbing.
INSTALL_METADATA = {
    "tags": ["language", "colab"],
    "cellView": "form",
    "jupyter": {"source_hidden": True},
}


def home(course: Path = ROOT / "notebooks" / "course.toml") -> str:
    """Return the public repository as OWNER/NAME, empty while it has none; raises `ValueError` for anything else."""
    content = tomllib.loads(course.read_text(encoding="utf-8"))
    name = str(content.get("repository", {}).get("github", "")).strip()
    if name and not HOME.fullmatch(name):
        raise ValueError(f'{course.name}: [repository] github = "OWNER/NAME" is needed, not "{name}"')
    return name


def binder_url(repository: str, language: str, lesson: str = WELCOME, ref: str = REF) -> str:
    """Return where a lesson opens on Binder: the learner's copy, made when the image was built.

    >>> binder_url("owner/name", "pt-BR")
    'https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab%2Ftree%2Fmy%2Fpt-BR%2F00_welcome.ipynb'
    """
    path = quote(f"lab/tree/my/{language}/{quote(lesson)}.ipynb", safe="")
    return f"https://mybinder.org/v2/gh/{repository}/{quote(ref, safe='')}?urlpath={path}"


def colab_url(repository: str, language: str, lesson: str = WELCOME, ref: str = REF) -> str:
    """Return where a lesson opens in Colab: the notebook of the repository, which Colab copies.

    >>> colab_url("owner/name", "en")
    'https://colab.research.google.com/github/owner/name/blob/HEAD/notebooks/en/00_welcome.ipynb'
    """
    path = quote(f"{ref}/notebooks/{language}/{lesson}.ipynb")
    return f"https://colab.research.google.com/github/{repository}/blob/{path}"


def package_url(repository: str, ref: str = REF) -> str:
    """Return what pip installs: the repository as it stands at a branch, tag or commit."""
    return f"https://github.com/{repository}/archive/{quote(ref)}.zip"


def badges(language: str, repository: str | None = None, ref: str = REF) -> str:
    """Return the two badges of a front page as Markdown, nothing while the repository has no public home."""
    repository = home() if repository is None else repository
    if not repository:
        return ""
    binder = _badge(
        *BINDER_TEXTS[language], "https://mybinder.org/badge_logo.svg", binder_url(repository, language, ref=ref)
    )
    colab = _badge(
        *COLAB_TEXTS[language],
        "https://colab.research.google.com/assets/colab-badge.svg",
        colab_url(repository, language, ref=ref),
    )
    return f"{binder} {colab}"


def _badge(alt: str, title: str, image: str, target: str) -> str:
    return f'[![{alt}]({image} "{title}")]({target})'


def install_cell(language: str, repository: str | None = None, ref: str = REF) -> str:
    """Return the source of the cell that installs the course in Colab, nothing without a public home."""
    repository = home() if repository is None else repository
    if not repository:
        return ""
    source = INSTALL_CELL.format(package=f"cxlib @ {package_url(repository, ref)}")
    return source.replace('"en"', f'"{language}"')


def binder_requirements(requirements: str) -> str:
    """Return the lines of requirements.txt that the lessons need.

    >>> binder_requirements("jupyterlab==4.6.6\\nnbval==0.11.0\\npandas==3.1.1\\n")
    'jupyterlab==4.6.6\\npandas==3.1.1\\n'
    """
    kept = [line for line in requirements.splitlines() if re.split(r"[=<>!~ ;\[]", line)[0] not in LEFT_OUT]
    return "\n".join(kept) + "\n"


def build_launchers(check: bool) -> list[str]:
    """Write or compare what Binder installs.

    A copy, not a reference to the other file: Binder keeps the installed layer as long as this file stays as it is,
    however often the notebooks change.
    """
    made = binder_requirements((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    if check:
        same = BINDER.exists() and BINDER.read_text(encoding="utf-8") == made
        return [] if same else [BINDER.relative_to(ROOT).as_posix()]
    BINDER.write_text(made, encoding="utf-8", newline="\n")
    return []
