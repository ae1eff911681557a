"""Paths of channels: the visits of a person up to a conversion, or to the silence after which none is awaited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import InputError
from cxlib.inference.credit import Paths, assembled, from_paths
from cxlib.journeys.log import as_events, check_groups, demand, within
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, ID, PERSON, following, microseconds, previous, so_far
from cxlib.tables.time import latest, midnight

if TYPE_CHECKING:
    import ibis

SESSIONS = "sessions"
MOST_CHANNELS = 60
BUCKETS = 500  # people are drawn again in so many groups of about the same size
DAY = 86_400_000_000  # microseconds
NOWHERE = "(not given)"
START, GOAL, EXIT = "(start)", "(goal)", "(exit)"


@dataclass(frozen=True, kw_only=True)
class ChannelPaths:
    """Units to draw from, how often each came, and the account of what was left out."""

    dataset: Dataset
    rows: "ibis.Table"
    paths: Paths
    times: NDArray[np.float64]
    conversions: float
    people: NDArray[np.float64]
    open: int
    aside: Mapping[str, int]


def of_frame(frame: pd.DataFrame) -> ChannelPaths:
    """Return the paths of a frame with `path`, `conversions` and `nulls`."""
    missing = [name for name in ("path", "conversions", "nulls") if name not in frame.columns]
    if missing:
        raise InputError(
            say("A frame of paths needs path, conversions and nulls; missing: {missing}. Without the paths that did "
                "not convert nothing can be said of removal: give nulls.", missing=", ".join(missing))
        )  # fmt: skip
    numbers = pd.DataFrame({name: pd.to_numeric(frame[name], errors="coerce") for name in ("conversions", "nulls")})
    if len(frame) == 0 or numbers.isna().any(axis=None) or (numbers < 0).any(axis=None):
        raise InputError(say("conversions and nulls must be counts from 0 up, in every row."))
    if (numbers % 1 != 0).any(axis=None):
        raise InputError(say("conversions and nulls must be whole numbers: they count paths."))
    steps = [[part.strip() for part in str(path).split(">")] for path in frame["path"]]
    if frame["path"].isna().any() or any(not part for path in steps for part in path):
        raise InputError(say("Every path names its channels, such as 'google > instagram'; one is empty."))
    _few_enough({part for path in steps for part in path})
    won, lost = (numbers[name].to_numpy(float) for name in ("conversions", "nulls"))
    _some_won(won.sum())
    paths, times = from_paths(steps, won, lost)
    dataset = as_events(pd.DataFrame({"path": frame["path"].astype("str")}).head(0), of="sessions")
    people = np.full(len(paths.channels), times.sum())  # nobody is known: a frame of paths hides nobody
    return ChannelPaths(dataset=dataset, rows=dataset.table(SESSIONS), paths=paths, times=times,
                        conversions=float(won.sum()), people=people, open=0, aside={})  # fmt: skip


def of_sessions(
    data: object,
    channel: str,
    goal: str | None,
    days: float,
    *,
    start: str | date | None,
    end: str | date | None,
    until: str | date | None,
    source_zone: str | None,
) -> ChannelPaths:
    """Return the paths of the visits of a dataset."""
    dataset = as_events(data, of=SESSIONS, source_zone=source_zone)
    table = dataset.table(SESSIONS)
    for name in ("session_id", "started_at", channel):
        demand(table, name, of=SESSIONS)
    check_groups(dataset, [channel], of=SESSIONS)
    rows, aside = _usable(dataset, table, channel, goal)
    inside = within(rows[AT], dataset.zone, start, end)
    rows = rows if inside is None else rows.filter(inside)
    last = midnight(until, dataset.zone) if until is not None else latest(table.started_at) or datetime(1970, 1, 1)
    steps = _steps(rows.filter(rows[AT] <= lazy_ibis().literal(last)), days, last)
    closed = steps.filter(~steps.cx_open)
    counted = collect(steps.aggregate(open=(steps.cx_open & steps.cx_ends).sum())).to_pylist()[0]["open"]
    paths, conversions = _collected(closed)
    met = (
        collect(closed.group_by("cx_channel").agg(n=closed[PERSON].nunique()))
        .to_pandas()
        .set_index("cx_channel")["n"]
    )
    people = met.reindex(list(paths.channels)).to_numpy(float)
    return ChannelPaths(dataset=dataset, rows=rows, paths=paths, times=np.ones(paths.moves.shape[0]),
                        conversions=conversions, people=people, open=int(counted or 0), aside=aside)  # fmt: skip


def _usable(
    dataset: Dataset, table: "ibis.Table", channel: str, goal: str | None
) -> tuple["ibis.Table", dict[str, int]]:
    ibis = lazy_ibis()
    known = [table[name].cast("string") for name in ("customer_id", "identity_id") if name in table.columns]
    if not known:
        demand(table, "customer_id", of=SESSIONS)
    rows = _with_won(dataset, table.mutate(cx_person=ibis.coalesce(*known)), goal)
    flags = {code: rows[name].fill_null(False) for code, name in (("bot", "is_bot"), ("internal", "is_internal"))
             if name in rows.columns}  # fmt: skip
    reasons = {"no_person": rows.cx_person.isnull(), "no_date": rows.started_at.isnull(), **flags}
    reason = ibis.cases(*[(condition, code) for code, condition in reasons.items()], else_="")
    rows = rows.mutate(cx_reason=reason)
    counts = collect(rows.group_by("cx_reason").agg(n=rows.count())).to_pandas()
    aside = {f"visits_{code}": int(n) for code, n in zip(counts["cx_reason"], counts["n"], strict=True) if code}
    rows = rows.filter(rows.cx_reason == "")
    return rows.select(
        **{PERSON: rows.cx_person, AT: rows.started_at, ID: rows.session_id.cast("string")},
        cx_channel=ibis.coalesce(rows[channel].cast("string"), NOWHERE), cx_won=rows.cx_won,
    ), aside  # fmt: skip


def _with_won(dataset: Dataset, table: "ibis.Table", goal: str | None) -> "ibis.Table":
    if goal is None:
        demand(table, "key_events", of=SESSIONS)
        return table.mutate(cx_won=(table["key_events"] > 0).fill_null(False))
    events = dataset.table("events")
    for name in ("event_type", "session_id"):
        demand(events, name)
    reached = events.filter(events.event_type == goal, events.session_id.notnull())
    return with_mark(table, "session_id", reached, "cx_won")


def with_mark(rows: "ibis.Table", key: str, others: "ibis.Table", name: str) -> "ibis.Table":
    """Add whether a row's key occurs among others. (Spark asks such a thing in filters only, hence the join.)"""
    keys = others.select(cx_key=others[key]).distinct()
    joined = rows.left_join(keys, rows[key] == keys.cx_key)
    return joined.mutate(**{name: joined.cx_key.notnull()}).drop("cx_key")


def _steps(rows: "ibis.Table", days: float, last: datetime) -> "ibis.Table":
    """Return a row for each visit: where it stands on its path, and how the path goes on from it."""
    ibis = lazy_ibis()
    gap = microseconds(rows[AT], previous(rows, AT))
    begins = gap.isnull() | (gap > round(DAY * days)) | previous(rows, "cx_won").fill_null(False)
    rows = rows.mutate(cx_begins=begins)
    rows = rows.mutate(cx_path=so_far(rows, "cx_begins"), cx_ends=following(rows, "cx_begins").fill_null(True),
                       cx_before=previous(rows, "cx_channel"))  # fmt: skip
    mine = ibis.window(group_by=[PERSON, "cx_path"])
    return rows.mutate(
        cx_size=rows.count().over(mine),
        cx_gained=rows.cx_won.max().over(mine),
        cx_from=ibis.ifelse(rows.cx_begins, START, rows.cx_before),
        cx_open=(~rows.cx_won.max().over(mine))
        & (rows[AT].max().over(mine) > ibis.literal(last - timedelta(days=days))),
    )


def _collected(steps: "ibis.Table") -> tuple[Paths, float]:
    """Return each bucket of people as a unit, with its steps from state to state and its shares of credit."""
    ibis = lazy_ibis()
    people = steps.select(PERSON).distinct()
    people = people.mutate(cx_bucket=ibis.row_number().over(ibis.window(order_by=people[PERSON])) % BUCKETS)
    people = people.rename(cx_key=PERSON)
    rows = steps.inner_join(people, steps[PERSON] == people.cx_key)
    won = rows.cx_gained.cast("float64")
    each = rows.group_by(["cx_bucket", "cx_from", "cx_channel", "cx_begins", "cx_ends", "cx_gained"]).agg(
        n=rows.count(), linear=(won / rows.cx_size).sum()
    )
    found = collect(each).to_pandas()
    conversions = float(found.loc[found["cx_ends"] & found["cx_gained"], "n"].sum())
    _some_won(conversions)
    channels = sorted(set(found["cx_channel"]))
    _few_enough(channels)
    return assembled(channels, _cells(found, channels), int(found["cx_bucket"].max()) + 1), conversions


def _cells(found: pd.DataFrame, channels: Sequence[str]) -> dict[str, list[tuple[int, int, float]]]:
    states = {name: place for place, name in enumerate([*channels, START, GOAL, EXIT])}
    size = len(states)
    bucket, here = found["cx_bucket"], found["cx_channel"].map(states)
    came = found["cx_from"].map(states) * size + here
    ended = found["cx_ends"]
    onward = here * size + found["cx_gained"].map({True: states[GOAL], False: states[EXIT]})
    won = found["cx_gained"]

    def cells(rows: pd.Series, column: pd.Series, value: pd.Series) -> list[tuple[int, int, float]]:
        return list(zip(bucket[rows], column[rows], value[rows].astype(float), strict=True))

    everywhere = pd.Series(True, index=found.index)
    return {
        "moves": cells(everywhere, came, found["n"]) + cells(ended, onward, found["n"]),
        "first": cells(won & found["cx_begins"], here, found["n"]),
        "last": cells(won & ended, here, found["n"]),
        "linear": cells(won, here, found["linear"]),
    }


def _few_enough(channels: Sequence[str] | set[str]) -> None:
    if len(channels) > MOST_CHANNELS:
        raise InputError(
            say("{n} channels are too many to share credit over; choose a column with at most {most}.",
                n=len(channels), most=MOST_CHANNELS)
        )  # fmt: skip


def _some_won(conversions: float) -> None:
    if not conversions:
        raise InputError(say("No path ends with a conversion: there is no credit to share out."))
