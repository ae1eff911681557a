"""A service blueprint as data: who does what in which lane, with which evidence, and how the log tells.

Anatomy: Shostack 1984, HBR 62(1); Bitner, Ostrom & Morgan 2008, California Management Review 50(3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cxlib.language import language, mark

# Top-down. Evidence has a lane of its own above these and is no step.
LANES = ("customer", "onstage", "backstage", "support")
ACTORS = ("customer", "employee", "bot", "system", "third_party")
EVIDENCE = ("physical", "digital")
LINKS = ("flow", "data", "support")
LANE_WORDS = {
    "evidence": mark("Evidence"),
    "customer": mark("Customer"),
    "onstage": mark("Onstage"),
    "backstage": mark("Backstage"),
    "support": mark("Support"),
}
# The line under each lane of steps but the last.
LINE_WORDS = {
    "customer": mark("line of interaction"),
    "onstage": mark("line of visibility"),
    "backstage": mark("line of internal interaction"),
}
ACTOR_WORDS = {
    "customer": mark("customer"),
    "employee": mark("person"),
    "bot": mark("bot"),
    "system": mark("system"),
    "third_party": mark("third party"),
}
EVIDENCE_WORDS = {"physical": mark("physical"), "digital": mark("digital")}


@dataclass(frozen=True, kw_only=True)
class Words:
    """A label in both languages; either may be empty, which rule V12 reports."""

    en: str = ""
    pt: str = ""

    def __str__(self) -> str:
        """Return the label in the language in use, the other one where it is missing."""
        return (self.pt or self.en) if language() == "pt-BR" else (self.en or self.pt)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """Which rows of a table are the events of a step: columns and what they hold, None where they are empty.

    `nth` takes only the nth such event of a case. `at` is the column of the moment, `on` the column by which rows
    belong to a case; both have defaults (`occurred_at`, the id of the cases).
    """

    table: str
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    nth: int | None = None
    at: str | None = None
    on: str | None = None

    @property
    def base(self) -> tuple:
        """What two patterns share that differ by `nth` only."""
        return self.table, self.at, self.on, tuple(sorted(self.where.items()))

    def meets(self, other: "Pattern") -> bool:
        """Say whether one event could fit both patterns."""
        if (self.table, self.at) != (other.table, other.at):
            return False
        shared = self.where.keys() & other.where.keys()
        if any(not set(self.where[name]) & set(other.where[name]) for name in shared):
            return False
        return not (self.base == other.base and self.nth and other.nth and self.nth != other.nth)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody, or something, that acts: their kind, whose they are, and the contract a third party works under."""

    id: str
    kind: str
    name: Words
    org: str = ""
    contract_sla: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class DataItem:
    """A piece of data that is passed on: personal or not, what for and how long it is kept, where it is true."""

    id: str
    name: Words
    personal: bool = False
    purpose: str = ""
    retention: str = ""
    source_of_truth: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class FailMode:
    """A way in which a step fails, and the events that show it."""

    id: str
    label: Words
    event_match: Pattern | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """What an actor does in a lane. `seq` is the column it stands in.

    `asks` are the data it asks of the customer, `data_in` what it takes from where it is known, `data_out` what is
    known after it. Minutes are planned: `std_minutes` of work, `std_elapsed_minutes` since the step before. A pure
    wait of the customer (`wait`) needs no evidence.
    """

    id: str
    lane: str
    actor: str
    label: Words
    seq: int
    stage: str = ""
    wait: bool = False
    std_minutes: float | None = None
    std_elapsed_minutes: float | None = None
    max_wait_minutes: float | None = None
    asks: tuple[str, ...] = ()
    data_in: tuple[str, ...] = ()
    data_out: tuple[str, ...] = ()
    fail_modes: tuple[FailMode, ...] = ()
    event_match: Pattern | None = None
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the customer sees or holds at some steps."""

    id: str
    kind: str
    name: Words
    steps: tuple[str, ...]
    consent: bool | None = None
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Link:
    """What follows a step, or feeds or supports it. Which lines it crosses is computed.

    A link that jumps a line names the steps in between (`via`) or is `asynchronous`: nobody waits on the other side.
    """

    source: str
    target: str
    kind: str = "flow"
    handoff: bool = False
    channel: str = ""
    asynchronous: bool = False
    via: tuple[str, ...] = ()
    line: int = 0

    @property
    def name(self) -> str:
        """The link as it is named in sentences."""
        return f"{self.source} → {self.target}"


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Which cases of the log went through this service, and what in the log is a transfer.

    `where` holds in the table of the cases; a case has an event of each pattern in `having` and of none in
    `lacking`, and was opened on a local day from `start` up to, not including, `end`.
    """

    table: str
    id: str
    opened_at: str
    customer: str = "customer_id"
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    having: tuple[Pattern, ...] = ()
    lacking: tuple[Pattern, ...] = ()
    transfers: Pattern | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """A whole blueprint. Flow runs from step `start` to step `end`; time counts between the two steps of `clock`."""

    id: str
    version: int
    service: Words
    segment: Words
    start: str
    end: str
    clock: tuple[str, str]
    stages: Mapping[str, Words]
    actors: tuple[Actor, ...]
    data: tuple[DataItem, ...]
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    links: tuple[Link, ...]
    cases: Cases | None = None
    file: str = ""
    twice: tuple[tuple[str, int], ...] = ()  # ids that were given again, with their line

    def step(self, key: str) -> Step:
        """Return a step by its id."""
        return next(one for one in self.steps if one.id == key)

    def actor(self, key: str) -> Actor:
        """Return an actor by its id."""
        return next(one for one in self.actors if one.id == key)

    def actor_of(self, step: str) -> Actor:
        """Return who does a step."""
        return self.actor(self.step(step).actor)

    def flow(self) -> list[Link]:
        """Return the links of the flow."""
        return [link for link in self.links if link.kind == "flow"]
