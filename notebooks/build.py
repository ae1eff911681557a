"""Everything in the repository that is made rather than written.

    python course.py build [STEP ...] [--check [--sparing]] [--new FOLDER]

- data/ipe: the synthetic company at small scale
- docs/tables.md, docs/tables.pt-BR.md: the dictionary, from cxlib/tables/schema.toml
- data/ipe/blueprints, and the rules in docs/blueprint.md, docs/blueprint.pt-BR.md: from cxlib/blueprints
- docs/metrics.md, docs/metrics.pt-BR.md: the catalogue, from the definitions in cxlib/metrics
- docs/truths.md, docs/truths.pt-BR.md: the table of the planted truths
- docs/images/nps-by-channel*: a picture of the README; what is made in README.md and README.pt-BR.md
- docs/realism.md, docs/realism.pt-BR.md: the tables of Ipê beside real companies
- docs/images/company-*: the company at a glance, and what data/README.md says of it
- binder/requirements.txt: what Binder installs, from requirements.txt
- docs/questions*.md: thirty questions of a team, each with its command, from notebooks/questions.toml
- notebooks/en, notebooks/pt-BR, notebooks/solutions: the lessons, from notebooks/source
- cxlib/learning/lessons: exercises, quizzes and their Portuguese as package data

With --check nothing is written; what differs from the repository is named, and the exit code is 1. Pictures are
made but not compared: their bytes change with the drawing library. With --sparing two of the four notebooks of a
lesson are run, of the others the cells are compared. `--new 08_when_surveys_lie` lays out the files of a new lesson.
"""

import sys
import tempfile
from pathlib import Path

import cxlib as cx
from building.blueprints import build_blueprints
from building.dictionary import dictionary, speaking
from building.front_page import build_front_pages
from building.glance import build_glance
from building.languages import LANGUAGES, suffix
from building.launchers import build_launchers
from building.lessons import build_lessons
from building.metrics import build_metrics
from building.new import new_lesson
from building.questions import build_questions
from building.realism import build_realism
from building.source import SourceError
from building.truths import build_truths
from cxlib.world.store import write_world

ROOT = Path(__file__).resolve().parent.parent


def build_dictionaries(check: bool) -> list[str]:
    """Write or compare the dictionary in both languages."""
    stale = []
    for language in LANGUAGES:
        path, text = ROOT / "docs" / f"tables{suffix(language)}.md", dictionary(language)
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
    return stale


def build_ipe(check: bool) -> list[str]:
    """Write the synthetic company, or compare its content."""
    folder = ROOT / "data" / "ipe"
    if not check:
        write_world(folder)
        return []
    with tempfile.TemporaryDirectory() as temporary:
        write_world(Path(temporary))
        made, kept = cx.open_dataset(temporary), cx.open_dataset(folder)
        return [
            f"data/ipe: {name}"
            for name in dict.fromkeys([*made, *kept])
            if name not in made or name not in kept or not made.frame(name).equals(kept.frame(name))
        ]


def build_images(check: bool) -> list[str]:
    """Draw the pictures of the README; with check only draw them."""
    folder = ROOT / "docs" / "images"
    shop = cx.ipe()
    for language in LANGUAGES:
        with speaking(language):
            picture = cx.picture(cx.chart(cx.nps(shop, by="channel")))
        if not check:
            folder.mkdir(exist_ok=True)
            (folder / f"nps-by-channel.{language}.png").write_bytes(picture.data)
    return []


STEPS = {
    "dictionaries": build_dictionaries,
    "metrics": build_metrics,
    "ipe": build_ipe,
    "blueprints": build_blueprints,
    "truths": build_truths,
    "images": build_images,
    "glance": build_glance,
    "realism": build_realism,
    "lessons": build_lessons,
    "pages": build_front_pages,
    "questions": build_questions,
    "launchers": build_launchers,
}


def main(arguments: list[str]) -> int:
    """Build everything, or the steps that are named, or say what is not up to date."""
    if arguments[:1] == ["--new"]:
        return new_lesson(arguments[1:])
    check, sparing = "--check" in arguments, "--sparing" in arguments
    chosen = [name for name in arguments if name in STEPS] or list(STEPS)
    stale = []
    for name in chosen:
        print(("checking " if check else "building ") + name, flush=True)
        try:
            stale += build_lessons(check, sparing=sparing) if name == "lessons" else STEPS[name](check)
        except SourceError as trouble:
            stale.append(str(trouble))
    for name in stale:
        print(f"not up to date: {name}")
    if stale and check:
        print("Run: python course.py build")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
