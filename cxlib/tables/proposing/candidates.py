"""Which columns of the file could be which of ours: by their name in either language and by what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxlib.language import percent, say
from cxlib.tables.proposing.names import HOLDS, SAME, VAGUE, NameMatch, match, word_for, words
from cxlib.tables.proposing.profile import READABLE, Profile, Read
from cxlib.tables.schema import Column, Table

FEWEST_READABLE = 0.5
MOST_UNNAMED = 6


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A column of the file that could be one of ours; without a `match` only its content speaks for it."""

    column: Column
    profile: Profile
    match: NameMatch | None
    read: Read

    @property
    def heading(self) -> str:
        """The heading of the file."""
        return self.profile.heading

    @property
    def rank(self) -> tuple[int, int]:
        """How telling the name is."""
        return (self.match.level, self.match.words) if self.match else (0, 0)

    def evidence(self) -> str:
        """Say what speaks for it: the name, what stands in it, what could not be read."""
        parts = [_name_evidence(self.match)] if self.match else []
        is_id = bool(self.column.privacy) or self.column.name.endswith("_id")
        parts.append(self.profile.describe(shape_only=is_id))
        if self.read.share < 1:
            parts.append(say("{share} can be read", share=percent(self.read.share)))
        return "; ".join(parts)


def _name_evidence(found: NameMatch) -> str:
    return {
        SAME: say("the name says so"),
        HOLDS: say("the name holds “{name}”", name=found.name),
        VAGUE: say("the name is vague"),
    }[found.level]


def candidates(table: Table, profiles: Sequence[Profile]) -> dict[str, list[Candidate]]:
    """Return for each column of a table the columns of the file that could be it, the most telling name first.

    A heading stands only under the columns its name fits best.
    """
    matches = {
        profile.heading: {
            name: found for name in table.columns if (found := _match(profile, table, name)) and not profile.is_empty
        }
        for profile in profiles
    }
    best = {
        heading: max(((m.level, m.words) for m in of.values()), default=(0, 0)) for heading, of in matches.items()
    }
    return {
        name: sorted(
            (
                candidate
                for profile in profiles
                if (found := matches[profile.heading].get(name))
                and (found.level, found.words) == best[profile.heading]
                if (candidate := _candidate(column, profile, found)).read.share >= FEWEST_READABLE
            ),
            key=lambda one: one.rank,
            reverse=True,
        )
        for name, column in table.columns.items()
    }


def unnamed(column: Column, profiles: Sequence[Profile], taken: set[str]) -> list[Candidate]:
    """Return the columns whose content alone fits a date or a score, whatever they are called."""
    if column.type in ("instant", "date"):
        fitting = [profile for profile in profiles if profile.is_date]
    elif column.name == "score":
        fitting = [profile for profile in profiles if profile.is_number and _may_be_scores(profile)]
    elif column.unit == "cents":
        fitting = [profile for profile in profiles if profile.is_number and _has_fractions(profile)]
    else:
        return []
    free = [profile for profile in fitting if profile.heading not in taken]
    return [_candidate(column, profile, None) for profile in free][:MOST_UNNAMED]


def _may_be_scores(profile: Profile) -> bool:
    numbers = profile.as_number.values.dropna().astype(float)
    return bool(numbers.between(0, 10).mean() >= READABLE) and 2 < profile.different <= 21


def _has_fractions(profile: Profile) -> bool:
    return bool((profile.as_number.values.dropna().astype(float) % 1 != 0).any())


def _match(profile: Profile, table: Table, name: str) -> NameMatch | None:
    if [name] == list(table.primary_key) and words(profile.heading) in (("id",), (table.name.rstrip("s"), "id")):
        return NameMatch(VAGUE, 1, "id") if profile.is_unique else None
    found = match(profile.heading, table.name, name)
    if found and name == "score" and not profile.is_number:
        return None
    return found


def _candidate(column: Column, profile: Profile, found: NameMatch | None) -> Candidate:
    return Candidate(column=column, profile=profile, match=found, read=_read(column, profile))


def _read(column: Column, profile: Profile) -> Read:
    if column.values:
        known = profile.texts.map(
            {word: word_for(column.name, column.values, word) for word in profile.texts.unique()}
        )
        # Words nobody knows yet are asked about, so that they do not count against a column of few words.
        return Read(values=known, share=1.0 if profile.different <= 50 else float(known.notna().mean()))
    if column.type in ("instant", "date") and not profile.is_date:
        return Read(values=profile.present, share=profile.as_date.share)
    return profile.read(column)
