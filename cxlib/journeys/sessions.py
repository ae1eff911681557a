"""Sessions: where one visit ends and the next begins, by every rule in use, and what each rule makes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.journeys.cells import counted, finished, mean_per_person, named_periods, share, sorted_cells, together
from cxlib.journeys.log import FLAGS, STEP, Log, check_groups, log_of, names, period_of, within
from cxlib.language import say
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import (
    AT,
    CLOCK,
    KEY,
    PERSON,
    by_person,
    following,
    most_so_far,
    previous,
    so_far,
    stretches,
    with_clock,
)
from cxlib.tables.time import local, span

if TYPE_CHECKING:
    import ibis

CAMPAIGN, SESSION = "campaign_id", "session_id"
# What the site or the app shows as a page or a screen; the other events are done on one.
SCREENS = ("page_view", "product_view", "search", "checkout_start")
ENGAGED_SECONDS, ENGAGED_SCREENS = 10, 2
MEASURES = ("sessions", "sessions_per_person", "bounce_single_event", "bounce_ga4")
BOUNCES = {"bounce_single_event": "cx_single", "bounce_ga4": "cx_idle"}


@dataclass(frozen=True, kw_only=True)
class SessionRule:
    """One way, among rivals, of cutting a person's events into sessions.

    A session ends when nothing happens for more than `gap_minutes`; an event exactly that much later still belongs
    to it, unless `splits_at_gap`. It also ends at local `midnight`, when an event names another `campaign` than the
    last one named, and at every full `longest_hours` since its first event, where the rule says so. With `recorded`
    it is the session that the tool itself wrote into `session_id`.
    """

    key: str = "own"
    gap_minutes: float = 30
    splits_at_gap: bool = False
    midnight: bool = False
    campaign: bool = False
    longest_hours: float | None = None
    recorded: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the rule cannot do without."""
        return (*((SESSION,) if self.recorded else ()), *((CAMPAIGN,) if self.campaign else ()))


RULES = {
    rule.key: rule
    for rule in (
        SessionRule(key="ga4"),
        SessionRule(key="ua", midnight=True, campaign=True),
        SessionRule(key="ua_without_campaign", midnight=True),
        SessionRule(key="posthog", longest_hours=24),
        SessionRule(key="ten_minutes", gap_minutes=10),
        SessionRule(key="recorded", recorded=True),
    )
}


def session_rule(rule: str | SessionRule) -> SessionRule:
    """Return a rule by its key, or the rule itself; an unknown key raises `InputError`."""
    if isinstance(rule, SessionRule):
        if not rule.gap_minutes > 0 or (rule.longest_hours is not None and not rule.longest_hours > 0):
            raise InputError(say("A session rule needs lengths above zero: {rule}.", rule=rule))
        return rule
    if rule not in RULES:
        raise InputError(
            say("There is no session rule {rule}. Choose one of: {rules}.", rule=repr(rule), rules=", ".join(RULES))
        )
    return RULES[rule]


def with_starts(rows: "ibis.Table", rule: SessionRule, zone: str) -> "ibis.Table":
    """Add `cx_starts`: whether a session begins with this event. Where rows stream, only campaigns stop them."""
    if rule.recorded:
        rows = rows.filter(rows[SESSION].notnull())
        before = previous(rows, SESSION)
        return rows.mutate(cx_starts=before.isnull() | (before != rows[SESSION]))
    rows = rows.mutate(cx_starts=_after_gap(rows, rule))
    if rule.midnight and (days := span(rows[AT])):
        rows = rows.mutate(cx_day=local(rows[AT], zone, *days).truncate("D"))
        rows = rows.mutate(cx_starts=rows.cx_starts | (previous(rows, "cx_day") != rows.cx_day))
    if rule.campaign:
        rows = _with_campaign_before(rows)
        other = rows.cx_campaign.isnull() | (rows.cx_campaign != rows[CAMPAIGN])
        rows = rows.mutate(cx_starts=rows.cx_starts | (rows[CAMPAIGN].notnull() & other))
    return _cut_long_ones(rows, rule) if rule.longest_hours else rows


def _after_gap(rows: "ibis.Table", rule: SessionRule) -> "ibis.Value":
    before = previous(rows, AT)
    latest = before + lazy_ibis().interval(seconds=round(60 * rule.gap_minutes))
    late = rows[AT] >= latest if rule.splits_at_gap else rows[AT] > latest
    return before.isnull() | late


def _with_campaign_before(rows: "ibis.Table") -> "ibis.Table":
    """Add the campaign that the person's earlier events named last: from one that names it on, all are one block."""
    ibis = lazy_ibis()
    named = rows.mutate(cx_named=rows[CAMPAIGN].notnull())
    blocks = named.mutate(cx_block=so_far(named, "cx_named"))
    known = blocks.mutate(cx_known=blocks[CAMPAIGN].max().over(ibis.window(group_by=[PERSON, "cx_block"])))
    return known.mutate(cx_campaign=previous(known, "cx_known"))


def _cut_long_ones(rows: "ibis.Table", rule: SessionRule) -> "ibis.Table":
    """Cut sessions at every full length since their first event, wherever the next event stands then."""
    ibis = lazy_ibis()
    clocked = with_clock(rows, round(60_000_000 * rule.gap_minutes))
    begun = clocked.mutate(cx_begun=ibis.ifelse(clocked.cx_starts, clocked[CLOCK], ibis.null("int64")))
    begun = begun.mutate(cx_begun=most_so_far(begun, "cx_begun"))
    since = begun.mutate(cx_part=(begun[CLOCK] - begun.cx_begun) // round(3_600_000_000 * (rule.longest_hours or 1)))
    return since.mutate(cx_starts=since.cx_starts | (previous(since, "cx_part") != since.cx_part))


def session_rows(
    log: Log, rule: SessionRule, *, by: Sequence[str] = (), engagement: Sequence[str] = ()
) -> "ibis.Table":
    """Return one row for each session: `started_at`, whether it has a `single` event, `by` and flags of its first.

    `engagement` are the key events, which with screens and length make `engaged` by the rule of GA4. Without them
    the row is that of the first event, with them that of the last one.
    """
    rows = with_starts(log.rows, rule, log.zone)
    kept = [*KEY, *dict.fromkeys([*by, *(name for name in FLAGS.values() if name in rows.columns)])]
    if not engagement:
        alone = rows.mutate(single=following(rows, "cx_starts").fill_null(True))
        return alone.filter(alone.cx_starts).select(*kept, "single", started_at=alone[AT])
    counts = {"screens": rows[STEP].isin(SCREENS), "key_events": rows[STEP].isin(list(engagement))}
    wanted = rows.select(*kept, "cx_starts", **{name: value.fill_null(False) for name, value in counts.items()})
    first = {"started_at": AT} | {f"cx_first_{name}": name for name in kept[len(KEY) :]}
    found = stretches(wanted, "cx_starts", counts=list(counts), first=first)
    long = found[AT] >= found.started_at + lazy_ibis().interval(seconds=ENGAGED_SECONDS)
    engaged = long | (found.key_events > 0) | (found.screens >= ENGAGED_SCREENS)
    firsts = {name: found[f"cx_first_{name}"] for name in kept[len(KEY) :]}
    return found.select(*KEY, "started_at", single=found.cx_starts, engaged=engaged, **firsts)


def sessions(
    data: object,
    *,
    rule: str | SessionRule = "ga4",
    rules: bool = False,
    by: str | Iterable[str] = (),
    every: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    measures: Iterable[str] = MEASURES[:3],
    key_events: Iterable[str] = ("purchase",),
    most_sessions: int | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Cut events into sessions: "how many visits were there, and how many ended where they began?"

    `data` is anything that `open_dataset` takes, or one frame of events (`person_key`, `occurred_at`, `event_type`).
    `rule` is a key of `RULES` or a `SessionRule`; with `rules` every rule the data allow is set side by side. A gap
    of exactly 30 minutes does not end a session. `by` names columns of the session's first event, `every` cuts by
    the local day, week, month, quarter or year of its start, `start` and `end` are the first day counted and the
    first one not counted.

    `measures` are `sessions`, `sessions_per_person`, `bounce_single_event` (one event) and `bounce_ga4` (shorter
    than 10 seconds from first to last event, fewer than two screens, none of `key_events`). Sessions that begin with
    an event flagged as a bot's or internal are set aside, and with `most_sessions` all those of whoever has more
    than that. Returns a row for each cell and measure in the columns of `metric`; the intervals know that sessions
    of one person belong together. Raises `InputError`. Rules as the tools document them: Google Analytics 4,
    Universal Analytics, PostHog.

    >>> events = pd.DataFrame({"person_key": ["a", "a", "a", "b"], "event_type": "page_view",
    ...     "occurred_at": pd.to_datetime(["2025-03-01T10:00Z", "2025-03-01T10:30Z", "2025-03-01T11:01Z"] * 2)[:4]})
    >>> sessions(events)[["metric", "value", "n"]]
                    metric     value  n
    0             sessions  3.000000  3
    1  sessions_per_person  1.500000  2
    2  bounce_single_event  0.666667  3
    """
    by, measures = names(by), _known(measures)
    chosen = session_rule(rule)
    engagement = names(key_events) if "bounce_ga4" in measures else ()
    needed = [*by, *([STEP] if engagement else []), *(() if rules else chosen.columns)]
    log = log_of(data, columns=needed, optional=[*FLAGS.values(), CAMPAIGN, SESSION], source_zone=source_zone)
    check_groups(log.dataset, by)
    asked = [one for one in RULES.values() if set(one.columns) <= set(log.rows.columns)] if rules else [chosen]
    keys = [*by, *(["period"] if every else [])]
    found = []
    for one in asked:
        rows = session_rows(log, one, by=by, engagement=engagement)
        inside = within(rows.started_at, log.zone, start, end)
        rows = rows if inside is None else rows.filter(inside)
        if every:
            rows = rows.mutate(period=period_of(rows.started_at, every, log.zone))
        sums = collect(_cells(rows, keys, measures, most_sessions)).to_pandas()
        cells = sorted_cells(named_periods(sums, every), [*by, "period"])
        found.append(finished(_measured(cells, measures), log, keys=[*by, "period"], rule=one.key))
    return together(found)


def _known(measures: Iterable[str]) -> tuple[str, ...]:
    given = names(measures)
    for name in given:
        if name not in MEASURES:
            raise InputError(
                say(
                    "{name} is not measured on sessions. Choose from: {names}.",
                    name=repr(name),
                    names=", ".join(MEASURES),
                )
            )
    return given


def _cells(rows: "ibis.Table", keys: Sequence[str], measures: Sequence[str], most: int | None) -> "ibis.Table":
    """Return the sums of each cell over its people: sessions, bounces, what was set aside, and their products."""
    rows, counts = _counts(rows, measures)
    kept = rows.select(*KEY, *keys, *counts)
    if keys:
        people = kept.group_by([PERSON, *keys]).agg(**{name: kept[name].sum() for name in counts})
    else:
        people = by_person(kept, counts)
    bounces = [name for name in BOUNCES.values() if name in counts]
    if most is not None:
        people = _without_tireless(people, most, ["n", *bounces], alone=not keys)
    pairs = [("n", "n"), *((one, other) for one in bounces for other in (one, "n"))]
    asides = [name for name in people.columns if name.startswith("aside_")]
    sums = {name: people[name].sum() for name in ("n", *bounces, *asides)}
    products = {f"{one}_{other}": (people[one] * people[other]).sum() for one, other in pairs}
    asked = {"people": (people.n > 0).sum(), **sums, **products}
    return people.group_by(keys).agg(**asked) if keys else people.aggregate(**asked)


def _counts(rows: "ibis.Table", measures: Sequence[str]) -> tuple["ibis.Table", list[str]]:
    """Add what a session counts for: as one session, as one of each kind of bounce, as one set aside."""
    n, added = lazy_ibis().literal(True), {}
    for code, flag in FLAGS.items():
        if flag in rows.columns:
            flagged = rows[flag].fill_null(False)
            added[f"aside_{code}"] = n & flagged
            n = n & ~flagged
    added["n"] = n
    if "bounce_single_event" in measures:
        added["cx_single"] = n & rows.single
    if "bounce_ga4" in measures:
        added["cx_idle"] = n & ~rows.engaged
    return rows.mutate(**added), list(added)


def _without_tireless(people: "ibis.Table", most: int, counts: Sequence[str], *, alone: bool) -> "ibis.Table":
    """Set aside all sessions of those who have more than `most`."""
    ibis = lazy_ibis()
    of_all = people.n if alone else people.n.sum().over(ibis.window(group_by=PERSON))
    told = people.mutate(cx_tireless=of_all > most)
    emptied = {name: ibis.ifelse(told.cx_tireless, 0, told[name]) for name in counts}
    return told.mutate(aside_tireless=ibis.ifelse(told.cx_tireless, told.n, 0), **emptied)


def _measured(cells: pd.DataFrame, measures: Sequence[str]) -> list[pd.DataFrame]:
    made = {
        "sessions": lambda: counted(cells, metric="sessions", unit="sessions"),
        "sessions_per_person": lambda: mean_per_person(cells, metric="sessions_per_person", unit="sessions"),
        "bounce_single_event": lambda: share(cells, metric="bounce_single_event", total="cx_single"),
        "bounce_ga4": lambda: share(cells, metric="bounce_ga4", total="cx_idle"),
    }
    return [made[name]() for name in measures]
