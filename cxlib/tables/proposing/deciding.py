"""From candidates to the entries of a mapping: one clear candidate is decided, anything else is asked."""

from collections.abc import Iterator, Sequence

from cxlib.language import mark, number, say
from cxlib.tables.doubts import Reading
from cxlib.tables.proposing import scales
from cxlib.tables.proposing.candidates import Candidate, candidates, unnamed
from cxlib.tables.proposing.lines import Choice, Decision, Entry, Question, assign, constant
from cxlib.tables.proposing.names import HOLDS, VAGUE, word_for, words
from cxlib.tables.proposing.profile import READABLE, Profile, quoted
from cxlib.tables.schema import Column, Table

MOST_CHOICES = 6
ID_WORDS = {"id", "codigo", "code", "key"}
HANDLED = ("score", "type", "scale_min", "scale_max", "score_issue")  # together, or never from a file
NAME_ONLY = mark(
    "A name is no safe identity: two people share one, and one person writes it in two ways. Which column says who "
    "the customer is?"
)


def entries(table: Table, profiles: Sequence[Profile]) -> list[Entry]:
    """Return what is decided and what is asked, in the order of the schema, the zone of the times first."""
    found = candidates(table, profiles)
    named = {one.heading for listed in found.values() for one in listed if one.rank[0] > VAGUE}
    made: list[Entry] = []
    for name, column in table.columns.items():
        taken = named | {heading for entry in made for heading in entry.headings}
        listed = [one for one in found[name] if one.heading not in {h for e in made for h in e.headings}]
        if table.name == "survey_responses" and name in HANDLED:
            made += _score_and_type(table, listed, found, profiles, taken) if name == "score" else []
            continue
        made += _entry(table, column, listed, profiles, taken)
    return [*_zone(table, made, profiles), *_in_order(table, made)]


def _in_order(table: Table, made: list[Entry]) -> list[Entry]:
    order = list(table.columns)
    return sorted(made, key=lambda entry: order.index(entry.key))


def _entry(
    table: Table, column: Column, listed: list[Candidate], profiles: Sequence[Profile], taken: set[str]
) -> Iterator[Entry]:
    is_key = [column.name] == list(table.primary_key)
    top = [one for one in listed if one.rank == listed[0].rank] if listed else []
    if column.privacy == "person" and listed:
        yield _identity(column, listed)
    elif is_key:
        yield from _key(table, column, top)
    elif len(top) == 1 and _is_clear(top[0], column, profiles, taken):
        yield from _chosen(top[0], required=column.required)
    elif top:
        rest = [one for one in unnamed(column, profiles, taken) if one.heading not in {t.heading for t in listed}]
        yield _which(column, [*listed, *(rest if top[0].rank[0] == VAGUE else [])])
    elif column.required:
        yield _lacking(column, unnamed(column, profiles, taken))


def _is_clear(one: Candidate, column: Column, profiles: Sequence[Profile], taken: set[str]) -> bool:
    """A vague name is clear enough when nothing else in the file could be meant."""
    if one.rank[0] == HOLDS and column.name.endswith("_id") and one.profile.different * 10 < len(one.profile.present):
        return False  # “votes for another order”: a count of few different values is no identifier
    if one.rank[0] > VAGUE:
        return one.read.share >= READABLE
    others = [other for other in unnamed(column, profiles, taken) if other.heading != one.heading]
    return one.read.share >= READABLE and not others and column.type in ("instant", "date")


def _chosen(one: Candidate, *, required: bool) -> Iterator[Entry]:
    """A candidate that stands alone: decided, unless its text can be read in several ways."""
    choices = tuple(_readings(one))
    if len(choices) == 1:
        yield Decision(key=one.column.name, lines=choices[0].lines, why=one.evidence(), headings=(one.heading,))
        return
    asks = say("How is “{heading}” to be read?", heading=one.heading)
    yield Question(key=one.column.name, asks=asks, choices=choices, needed=required)


def _readings(one: Candidate) -> Iterator[Choice]:
    """The lines that map a candidate: one for each way to read it; the zone is asked for the whole file."""
    doubts = [readings for readings in one.read.doubts if readings[0].option != "source_zone"]
    if one.column.values:
        yield from _worded(one)
    elif not doubts:
        yield _choice(one, one.evidence())
    else:
        settled = {readings[0].option: readings[0].value for readings in doubts[1:]}
        for reading in doubts[0]:
            yield _choice(one, _means(reading), **settled, **{reading.option: reading.value})


def _means(reading: Reading) -> str:
    return reading.means or f"{reading.option} = {reading.value}"


def _worded(one: Candidate) -> Iterator[Choice]:
    allowed, found = one.column.values, one.profile.words(most=50)
    known = {word: meant for word in found if (meant := word_for(one.column.name, allowed, word))}
    others = {word: meant for word, meant in known.items() if word.casefold() != meant}
    unknown = [word for word in found if word not in known]
    means = say("words: {words}", words=quoted(found[:8]))
    options = {"values": others} if others else {}
    if not unknown:
        yield _choice(one, f"{one.evidence()}; {means}", **options)
        return
    yield _choice(one, say("these words become empty: {words}", words=quoted(unknown[:8])), **options)
    waiting = {"values": others | dict.fromkeys(unknown[:12], "...")}
    yield _choice(one, say("put one of these for each ...: {words}", words=", ".join(allowed)), **waiting)


def _choice(one: Candidate, means: str, **options: object) -> Choice:
    return Choice(lines=(assign(one.column.name, one.heading, **options),), means=means, headings=(one.heading,))


def _which(column: Column, listed: Sequence[Candidate]) -> Question:
    choices = [choice for one in listed for choice in _readings(one)][:MOST_CHOICES]
    asks = say("Which column is {column}? ({meaning})", column=column.name, meaning=_meaning(column))
    if not column.required:
        choices.append(Choice(lines=(), means=say("none of them")))
    return Question(key=column.name, asks=asks, choices=tuple(choices), needed=column.required)


def _lacking(column: Column, guesses: Sequence[Candidate]) -> Question:
    """A column that must be there and that no heading names."""
    if guesses:
        return _which(column, guesses)
    asks = say("No column is called like {column} ({meaning}). Which one is it?",
               column=column.name, meaning=_meaning(column))  # fmt: skip
    lines = [constant(column.name, word) for word in column.values[:MOST_CHOICES]]
    if column.name == "currency":
        lines = [constant("currency", "BRL")]
    choices = [Choice(lines=(line,), means=say("the same for all rows")) for line in lines]
    choices = choices or [Choice(lines=(assign(column.name, "..."),), means=say("put your heading where ... stands"))]
    return Question(key=column.name, asks=asks, choices=tuple(choices), needed=True)


def _meaning(column: Column) -> str:
    return column.meaning.rstrip(".").split(";")[0]


def _key(table: Table, column: Column, top: list[Candidate]) -> Iterator[Entry]:
    """The identifier of a row: a column whose values never come twice; without one the import makes it."""
    unique = [one for one in top if one.profile.is_unique and not one.profile.missing]
    if len(unique) == 1:
        why = "; ".join([unique[0].evidence(), say("no value comes twice")])
        yield Decision(key=column.name, lines=_choice(unique[0], "").lines, why=why, headings=(unique[0].heading,))
    elif top:
        choices = [
            _choice(one, say("rows that repeat it are set aside: {n}", n=_repeats(one.profile))) for one in top
        ]
        none = Choice(
            lines=(), means=say("every row is kept, and gets an identifier made from the file and its place")
        )
        asks = say("Does one of these identify the row?")
        yield Question(key=column.name, asks=asks, choices=(*choices, none), needed=False)
    elif table.name != "survey_responses" and len(table.primary_key) == 1 and column.required:
        why = say("no column identifies the row: identifiers are made from the file and the place of the row")
        yield Decision(key=column.name, lines=(), why=why)


def _repeats(profile: Profile) -> str:
    return number(len(profile.present) - profile.different, decimals=0)


def _identity(column: Column, listed: list[Candidate]) -> Entry:
    """Who it was: one identifier is decided; several, or nothing but a name, are asked."""
    safe = [one for one in listed if one.rank[0] > VAGUE and not one.profile.are_names]
    identifiers = [one for one in safe if ID_WORDS & set(words(one.heading))]
    if len(safe) == 1 or len(identifiers) == 1:
        one = (identifiers or safe)[0]
        beside = [other.heading for other in safe if other is not one]
        why = [one.evidence(), say("becomes a pseudonym")]
        why += [say("rather than {others}", others=quoted(beside))] if beside else []
        return Decision(key=column.name, lines=_choice(one, "").lines, why="; ".join(why), headings=(one.heading,))
    asks = say("Which column says who it was ({column})? It becomes a pseudonym.", column=column.name)
    choices = [_choice(one, one.evidence()) for one in (safe or listed)][:MOST_CHOICES]
    none = Choice(lines=(), means=say("nobody: each row counts as a person of its own"))
    return Question(
        key=column.name,
        asks=asks if safe else say(NAME_ONLY),
        choices=(*choices, none) if safe else (none, *choices),
        needed=column.required,
    )


def _score_and_type(
    table: Table,
    listed: list[Candidate],
    found: dict[str, list[Candidate]],
    profiles: Sequence[Profile],
    taken: set[str],
) -> Iterator[Entry]:
    """The score and the question it answers: a heading such as “Nota NPS” tells both."""
    typed = [one for one in found["type"] if one.read.values.notna().mean() >= READABLE]
    told = {one.heading: scales.told_type(one.profile) for one in listed}
    if len(listed) > 1 and not typed and all(told.values()) and len(set(told.values())) > 1:
        choices = tuple(
            Choice(
                lines=(*_choice(one, "").lines, constant("type", told[one.heading])),
                means=one.evidence(),
                headings=(one.heading,),
            )
            for one in listed
        )
        asks = say("Several questions in one row: which one first? Repeat the section for the others; see "
                   "docs/mapping.md.")  # fmt: skip
        yield Question(key="score", asks=asks, choices=choices, needed=True)
        return
    top = [one for one in listed if one.rank == listed[0].rank] if listed else []
    score = table.columns["score"]
    if len(top) == 1 and top[0].read.share >= FEWEST_SCORES and top[0].rank[0] > VAGUE:
        yield from _chosen(top[0], required=True)
    else:
        top = listed or unnamed(score, profiles, taken)
        yield _lacking(score, top)
    yield from _type(table, typed, top, told)


FEWEST_SCORES = 0.5  # “ten” and 99 stand among scores; the import says how many it could not read


def _type(
    table: Table, typed: list[Candidate], scored: list[Candidate], told: dict[str, str | None]
) -> Iterator[Entry]:
    if typed:
        yield from _chosen(typed[0], required=True)
        return
    kind = told.get(scored[0].heading) if scored else None
    if kind:
        why = say("“{heading}” says so, and the scores fit", heading=scored[0].heading)
        yield Decision(key="type", lines=(constant("type", kind),), why=why)
    elif scored:
        low, high = (number(end) for end in scales.ends(scored[0].profile))
        asks = say("What was asked? The scores of “{heading}” go from {low} to {high}.",
                   heading=scored[0].heading, low=low, high=high)  # fmt: skip
        yield Question(key="type", asks=asks, choices=scales.type_choices(scored[0].profile), needed=True)
    else:
        yield _lacking(table.columns["type"], [])


def _zone(table: Table, made: list[Entry], profiles: Sequence[Profile]) -> Iterator[Question]:
    """Times without a zone in a column that is mapped, or may be: asked once for the file."""
    instants = {name for name, column in table.columns.items() if column.type == "instant"}
    used = {heading for entry in made if entry.key in instants for heading in entry.headings}
    naive = [
        profile.heading
        for profile in profiles
        if profile.heading in used and _is_naive(profile, table.columns[next(iter(instants))])
    ]
    if naive:
        zones = {"America/Sao_Paulo": say("the clocks of Brasília and São Paulo"), "UTC": say("universal time")}
        choices = tuple(Choice(lines=(f'source_zone = "{zone}"',), means=means) for zone, means in zones.items())
        asks = say("The times of {headings} have no zone. Which clocks showed them?", headings=quoted(naive))
        yield Question(key="source_zone", asks=asks, choices=choices, needed=True)


def _is_naive(profile: Profile, instant: Column) -> bool:
    return any(readings[0].option == "source_zone" for readings in profile.read(instant).doubts)
