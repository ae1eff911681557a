"""The rules a sound blueprint keeps, V1 to V13: each a code and a sentence that says what to mend.

Until every name leads somewhere (V1) nothing else can be judged, so then V1 speaks alone. V9 is the pain that
customers know best: having to say again what was said already. In Brazil Decree 11,034/2022 forbids it in regulated
services.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from cxlib.blueprints.graph import backwards, earlier, following, lines_crossed, reached
from cxlib.blueprints.model import Blueprint, Link, Step, Words
from cxlib.language import mark, say

CODES = {
    "V1": "BROKEN_REFERENCE",
    "V2": "NO_EVIDENCE",
    "V3": "WRONG_LANE",
    "V4": "JUMPED_LINE",
    "V5": "DEAD_END",
    "V6": "WRONG_HANDOFF",
    "V7": "NO_CUSTOMER",
    "V8": "LONELY_BACKSTAGE",
    "V9": "REPEATED_DATA",
    "V10": "NO_CONTRACT",
    "V11": "NO_PURPOSE",
    "V12": "ONE_LANGUAGE",
    "V13": "SAME_EVENTS",
}
MEANINGS = {
    "V1": mark("Every id is given once, and every name leads to something that is there."),
    "V2": mark("Every action of the customer, a pure wait aside, has evidence: something seen or held."),
    "V3": mark("The customer acts in the customer lane and nowhere else; nobody else acts there."),
    "V4": mark("A link that crosses more than one line names the steps in between, or is async."),
    "V5": mark("Every step can be reached from the start, and the end from every step."),
    "V6": mark("A flow link is a handoff exactly when another actor of ours, or of a third party, takes over."),
    "V7": mark("Every onstage step is linked to an action of the customer."),
    "V8": mark("Every backstage step is linked to a step onstage or of support."),
    "V9": mark("Nothing is asked of the customer that was asked, or known, before."),
    "V10": mark("A third party with a longest wait has a contract that promises it."),
    "V11": mark("Personal data say what they are for and how long they are kept."),
    "V12": mark("Every label stands in both languages."),
    "V13": mark("No event of the log can belong to two steps of a lane."),
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A broken rule: its code, the step, link or item it is about, the line of the file, and a sentence."""

    code: str
    about: str
    line: int
    sentence: str

    @property
    def name(self) -> str:
        """The rule by its name."""
        return CODES[self.code]


Found = Iterator[tuple[str, int, str]]


def problems_of(blueprint: Blueprint) -> list[Problem]:
    """Return every broken rule of a blueprint, in the order of the rules, in the language in use."""
    found: list[Problem] = []
    for code, rule in RULES.items():
        found += [Problem(code=code, about=about, line=line, sentence=text) for about, line, text in rule(blueprint)]
        if code == "V1" and found:
            break
    return found


def references(bp: Blueprint) -> Found:
    """V1: ids are given once and names lead somewhere."""
    for name, line in bp.twice:
        yield name, line, say("The id {name} is given twice; every id is given once.", name=name)
    steps, actors, data = ({one.id for one in many} for many in (bp.steps, bp.actors, bp.data))
    for name, line, where, known in _names(bp, steps, actors, data):
        if name not in known:
            yield where, line, say("{where} names {name}, which is not there.", where=where, name=name)


def _names(bp: Blueprint, steps: set, actors: set, data: set) -> Iterator[tuple[str, int, str, set]]:
    for name in (bp.start, bp.end, *bp.clock):
        yield name, 1, bp.id, steps
    for step in bp.steps:
        yield step.actor, step.line, step.id, actors
        if step.stage:
            yield step.stage, step.line, step.id, set(bp.stages)
        yield from ((name, step.line, step.id, data) for name in (*step.asks, *step.data_in, *step.data_out))
    for item in bp.evidence:
        yield from ((name, item.line, item.id, steps) for name in item.steps)
    for link in bp.links:
        yield from ((name, link.line, link.name, steps) for name in (link.source, link.target, *link.via))


def evidence(bp: Blueprint) -> Found:
    """V2: the customer sees or holds something at each action."""
    shown = {step for one in bp.evidence for step in one.steps}
    for step in bp.steps:
        if step.lane == "customer" and not step.wait and step.id not in shown:
            yield (
                step.id,
                step.line,
                say(
                    "At {step} the customer neither sees nor holds anything: name the evidence, or call it a wait.",
                    step=step.id,
                ),
            )


def lanes(bp: Blueprint) -> Found:
    """V3: only customers act in the customer lane, and only there."""
    for step in bp.steps:
        kind = bp.actor(step.actor).kind
        if (step.lane == "customer") != (kind == "customer"):
            yield step.id, step.line, say(
                "{step} is in the lane {lane}, but {actor} is of the kind {kind}.",
                step=step.id, lane=step.lane, actor=step.actor, kind=kind,
            )  # fmt: skip


def jumps(bp: Blueprint) -> Found:
    """V4: whoever crosses two lines says how."""
    for link in bp.links:
        way = [link.source, *link.via, link.target]
        jumped = any(lines_crossed(bp, one, other) > 1 for one, other in pairwise(way))
        if jumped and not link.asynchronous:
            crossed = lines_crossed(bp, link.source, link.target)
            yield link.name, link.line, say(
                "{link} crosses {n} lines at once: name the steps in between (via), or say that nobody waits "
                "(async).",
                link=link.name, n=crossed,
            )  # fmt: skip


def dead_ends(bp: Blueprint) -> Found:
    """V5: the flow leads from the start to every step, and from every step to the end."""
    after = following(bp)
    from_start, to_end = {bp.start} | reached(after, bp.start), {bp.end} | reached(backwards(after), bp.end)
    for step in bp.steps:
        if step.id not in from_start:
            yield step.id, step.line, say("No flow leads from the start to {step}.", step=step.id)
        elif step.id not in to_end:
            yield step.id, step.line, say("No flow leads from {step} to the end.", step=step.id)


def handoffs(bp: Blueprint) -> Found:
    """V6: a handoff is where somebody else takes over; what the customer does is none."""
    for link in bp.flow():
        taken_over = _taken_over(bp, link)
        if taken_over and not link.handoff:
            yield link.name, link.line, say(
                "{link} goes from {one} to {other}: mark it as a handoff.", link=link.name,
                one=bp.step(link.source).actor, other=bp.step(link.target).actor,
            )  # fmt: skip
        if link.handoff and not taken_over:
            yield (
                link.name,
                link.line,
                say("{link} is marked as a handoff, but nobody else takes over.", link=link.name),
            )


def _taken_over(bp: Blueprint, link: Link) -> bool:
    one, other = bp.actor_of(link.source), bp.actor_of(link.target)
    if "customer" in (one.kind, other.kind):
        return False
    return one.id != other.id


def onstage(bp: Blueprint) -> Found:
    """V7: what is onstage has somebody in the audience."""
    for step in bp.steps:
        if step.lane == "onstage" and "customer" not in _neighbours(bp, step):
            yield step.id, step.line, say("{step} is onstage, but linked to no action of the customer.", step=step.id)


def backstage(bp: Blueprint) -> Found:
    """V8: what is backstage serves somebody."""
    for step in bp.steps:
        if step.lane == "backstage" and not _neighbours(bp, step) & {"onstage", "support"}:
            yield (
                step.id,
                step.line,
                say("{step} is backstage, but linked to no step onstage or of support.", step=step.id),
            )


def _neighbours(bp: Blueprint, step: Step) -> set[str]:
    ends = [(link.source, link.target) for link in bp.links if step.id in (link.source, link.target)]
    return {bp.step(one).lane for pair in ends for one in pair if one != step.id}


def repeated(bp: Blueprint) -> Found:
    """V9: nothing is asked twice."""
    for step in bp.steps:
        before = [bp.step(one) for one in earlier(bp, step.id)] if step.asks else []
        for item in step.asks:
            known = sorted((one.seq, one.id) for one in before if item in (*one.asks, *one.data_out))
            if known:
                yield step.id, step.line, say(
                    "{step} asks the customer for {item}, which is known since {before}.",
                    step=step.id, item=item, before=known[0][1],
                )  # fmt: skip


def repeats(bp: Blueprint) -> set[str]:
    """Return the steps that ask for what is known already."""
    return {about for about, _, _ in repeated(bp)}


def contracts(bp: Blueprint) -> Found:
    """V10: a third party that must not take longer has promised it."""
    for step in bp.steps:
        actor = bp.actor(step.actor)
        if actor.kind == "third_party" and step.max_wait_minutes is not None and not actor.contract_sla:
            yield step.id, step.line, say(
                "{step} must not take longer than {n} minutes, but no contract of {actor} says so (contract_sla).",
                step=step.id, n=f"{step.max_wait_minutes:g}", actor=actor.id,
            )  # fmt: skip


def purposes(bp: Blueprint) -> Found:
    """V11: personal data need a purpose and an end."""
    for item in bp.data:
        if item.personal and not (item.purpose.strip() and item.retention.strip()):
            yield (
                item.id,
                item.line,
                say(
                    "{item} is personal: say what it is for (purpose) and how long it is kept (retention).",
                    item=item.id,
                ),
            )


def languages(bp: Blueprint) -> Found:
    """V12: both languages everywhere."""
    labels: list[tuple[str, int, Words]] = [
        (bp.id, 1, bp.service),
        *[(key, 1, one) for key, one in bp.stages.items()],
    ]
    labels += [(bp.id, 1, bp.segment)] if bp.segment != Words() else []
    labels += [(one.id, one.line, one.name) for one in bp.actors]
    labels += [(one.id, one.line, one.name) for one in bp.data]
    labels += [(one.id, one.line, one.name) for one in bp.evidence]
    labels += [(step.id, step.line, step.label) for step in bp.steps]
    labels += [(mode.id, step.line, mode.label) for step in bp.steps for mode in step.fail_modes]
    for name, line, words in labels:
        lacking = [key for key, text in (("en", words.en), ("pt-BR", words.pt)) if not text.strip()]
        if lacking:
            yield name, line, say("The label of {name} lacks {languages}.", name=name, languages=", ".join(lacking))


def disjoint(bp: Blueprint) -> Found:
    """V13: an event belongs to one step of a lane."""
    for one, other in combinations(bp.steps, 2):
        alike = one.lane == other.lane and one.event_match and other.event_match
        if alike and one.event_match and other.event_match and one.event_match.meets(other.event_match):
            yield other.id, other.line, say(
                "One event could belong to {one} and to {other}: tell them apart in event_match.",
                one=one.id, other=other.id,
            )  # fmt: skip


RULES: dict[str, Callable[[Blueprint], Found]] = dict(
    zip(
        CODES,
        (references, evidence, lanes, jumps, dead_ends, handoffs, onstage, backstage, repeated, contracts, purposes,
         languages, disjoint),
        strict=True,
    )
)  # fmt: skip
