"""The Portuguese of a lesson: a gettext catalogue keyed by place, so that a changed English text is noticed."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from building.source import Source
from building.variants import Translate

HEADER = """# The Brazilian Portuguese of one lesson. Edit the msgstr lines only. When the English of an entry has
# changed it is marked fuzzy: bring the Portuguese up to date and delete the mark.
msgid ""
msgstr ""
"Language: pt_BR\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
PACKAGED = ("exercise/", "text/", "quiz/")


def read(path: Path) -> Catalog:
    """Return a catalogue; an empty one when there is none."""
    if not path.exists():
        return Catalog(locale="pt_BR")
    with path.open("rb") as file:
        return read_po(file, locale="pt_BR", abort_invalid=True)


def updated(lesson: Source) -> Catalog:
    """Return the catalogue as its English now needs it: new texts empty, changed ones fuzzy, gone ones gone."""
    before = {entry.context: entry for entry in read(lesson.path / "pt_BR.po") if entry.id}
    after = Catalog(locale="pt_BR")
    for place, english in lesson.texts.items():
        old = before.get(place)
        if old is None:
            after.add(english, "", context=place)
        elif old.id == english:
            after.add(english, old.string, context=place, flags=old.flags, previous_id=old.previous_id)
        else:
            after.add(english, old.string, context=place, flags={"fuzzy"}, previous_id=[old.id])
    return after


def as_text(catalogue: Catalog, *, only: tuple[str, ...] = ("",)) -> str:
    """Return a catalogue as the text of its file; `only` keeps the places that begin so."""
    kept = Catalog(locale="pt_BR")
    for entry in catalogue:
        if entry.id and entry.context.startswith(only):
            kept.add(entry.id, entry.string, context=entry.context, flags=entry.flags, previous_id=entry.previous_id)
    content = BytesIO()
    write_po(content, kept, width=110, omit_header=True, include_previous=True)
    return HEADER + content.getvalue().decode("utf-8").strip("\n") + "\n"


def waiting(catalogue: Catalog) -> list[str]:
    """Return the places whose Portuguese is missing or belongs to an older English text, with the reason."""
    return [
        f"{entry.context} ({'the English has changed' if entry.string else 'no Portuguese yet'})"
        for entry in catalogue
        if entry.id and (entry.fuzzy or not entry.string)
    ]


def translator(course: list[Source]) -> Translate:
    """Return what translates a text of any lesson: its Portuguese, or None when none belongs to this English."""
    catalogues = {lesson.key: read(lesson.path / "pt_BR.po") for lesson in course}

    def translate(lesson: Source, place: str, english: str) -> str | None:
        entry = catalogues[lesson.key].get(english, context=place)
        return str(entry.string) if entry is not None and entry.string and not entry.fuzzy else None

    return translate
