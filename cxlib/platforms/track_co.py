"""Track.co: answers by whoever the team says gave them, else by e-mail, else by phone; tags become columns."""

import re
import unicodedata

from cxlib.platforms.flat import column, made_id, with_frame, without_id
from cxlib.tables.audit import Issue
from cxlib.tables.reading import Source

Records = list[tuple[int, dict]]
MOST_TAGS = 30


def unpack_answers(records: Records) -> dict[str, Records]:
    """Return answers with a column for each of their tags; the commonest ones, if there are very many."""
    tagged = [(number, answer, _tags(answer)) for number, answer in records]
    names: dict[str, int] = {}
    for _, _, tags in tagged:
        for name in tags:
            names[name] = names.get(name, 0) + 1
    kept = set(sorted(names, key=lambda name: (-names[name], name))[:MOST_TAGS])
    unused = ("tags", "categories", "justifications", "picture")
    return {
        "answers": [
            (
                number,
                {k: v for k, v in answer.items() if k not in unused} | {n: t for n, t in tags.items() if n in kept},
            )
            for number, answer, tags in tagged
        ]
    }


UNPACK = {"answers": unpack_answers}


def _tags(answer: dict) -> dict[str, object]:
    listed = answer.get("tags")
    tags = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {_name(str(one["name"])): one.get("value") for one in tags if one.get("name")}


def _name(tag: str) -> str:
    """Return the name of the column for a tag: what is left of it in small letters, digits and _."""
    plain = unicodedata.normalize("NFKD", tag).encode("ascii", "ignore").decode().lower()
    return "tag_" + (re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "unnamed")


def arrange(flat: dict[str, list[Source]], source_zone: str | None) -> tuple[dict[str, list[Source]], list[Issue]]:
    """Return the rows that the mapping reads, and what was decided about them."""
    issues: list[Issue] = []
    made = {name: list(sources) for name, sources in flat.items()}
    made["answers"] = [_whose(source, ("identification", "email", "phone")) for source in flat.get("answers", [])]
    made["answers_file"] = [_from_file(source, issues) for source in flat.get("answers_file", [])]
    return made, issues


def _whose(source: Source, known_by: tuple[str, ...]) -> Source:
    frame = source.frame.copy()
    person = column(frame, known_by[0])
    for name in known_by[1:]:
        person = person.where(person.notna() & person.ne(""), column(frame, name))
    return with_frame(source, frame.drop(columns=list(known_by), errors="ignore").assign(person=person))


def _from_file(source: Source, issues: list[Issue]) -> Source:
    frame = source.frame
    ids = made_id(
        column(frame, "E-mail"), column(frame, "Telefone"), column(frame, "Data"), column(frame, "Campanha")
    )
    issues += without_id("survey_responses", source, "E-mail, Telefone, Data, Campanha")
    return _whose(with_frame(source, frame.assign(response=ids)), ("E-mail", "Telefone"))
