"""What the log says of whole cases: conformance, time, work, third parties, transfers, repeats, Little's law."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.blueprints.matching import WHO
from cxlib.blueprints.replay import ASKED, BEFORE, MINUTE, STEP, TOUCH, TRANSFER, WAIT, Replay, fails, third_parties
from cxlib.blueprints.results import lacking, ratios, shares, with_aside
from cxlib.inference.design import SUMS
from cxlib.inference.durations import quantile
from cxlib.journeys.cells import LEVEL
from cxlib.journeys.log import ALL
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, PERSON, microseconds

if TYPE_CHECKING:
    import ibis

QUANTILES = {"median": 0.5, "p90": 0.9}
SHARES = ("conformance", "cases_with_handoff", "reasked_rate", "rework")
OF_TIME = ("flow_efficiency", "third_party_share")
PER_CASE = ("handoffs_per_case", "repeats_per_case")


def per_case(found: Replay) -> "ibis.Table":
    """Return one row a case: minutes on the clock, of work, with third parties; transfers, repeats, and so on."""
    ibis = lazy_ibis()
    steps, bp = found.steps, found.blueprint
    late = [(steps[STEP] == one.id) & (steps[WAIT] > one.max_wait_minutes)
            for one in bp.steps if one.max_wait_minutes is not None]  # fmt: skip
    played = steps.group_by(PERSON).agg(
        cx_steps=steps.count(),
        cx_kinds=steps[STEP].nunique(),
        cx_unexpected=(~steps.cx_expected).sum(),
        cx_late=ibis.or_(ibis.literal(False), *late).any(),
    )
    events = found.events
    failed = [events[fails(step.id)] for step in bp.steps if step.fail_modes]
    seen = events.group_by(PERSON).agg(
        cx_transfers=events[TRANSFER].sum(), cx_failed=ibis.or_(ibis.literal(False), *failed).any()
    )
    spans = found.spans
    clocked = on_the_clock(found)
    third = clocked[STEP].isin(list(third_parties(bp))) if third_parties(bp) else ibis.literal(False)
    times = clocked.group_by(PERSON).agg(
        cx_third=clocked[WAIT].sum(where=third), cx_touch=clocked[TOUCH].sum(), cx_timed=clocked[TOUCH].count()
    )
    rows = spans.mutate(cx_minutes=microseconds(spans.cx_to, spans.cx_from) / MINUTE)
    for other in (played, seen, times, repeats(found)):
        rows = _with(rows, other)
    return rows.mutate(cx_one=ibis.literal(1.0))


def _with(rows: "ibis.Table", other: "ibis.Table") -> "ibis.Table":
    """Add the columns of another table of cases; a case it does not know counts as none."""
    other = other.rename(cx_other=PERSON)
    joined = rows.left_join(other, rows[PERSON] == other.cx_other)
    added: dict[str, Any] = {}
    for name in other.columns:
        if name != "cx_other":
            nothing = False if other[name].type().is_boolean() else 0
            added[name] = joined[name].fill_null(nothing)
    return joined.select(*rows.columns, **added)


def on_the_clock(found: Replay) -> "ibis.Table":
    """Return the steps of finished cases that end while the clock runs; their waits add up to the time on it."""
    steps, spans = found.steps, found.spans
    spans = spans.select(cx_case=spans[PERSON], cx_from=spans.cx_from, cx_to=spans.cx_to)
    joined = steps.inner_join(spans, steps[PERSON] == spans.cx_case)
    inside = (joined[AT] > joined.cx_from) & (joined[AT] <= joined.cx_to) & joined[BEFORE].notnull()
    return joined.filter(inside).drop("cx_case", "cx_from", "cx_to")


def repeats(found: Replay) -> "ibis.Table":
    """Return for each case how often the customer was asked the same again, and whether after a transfer."""
    events = found.events
    asked = events.filter(events[ASKED].notnull())
    items = asked.select(PERSON, AT, cx_item=asked[ASKED].split(";").unnest())
    items = items.mutate(cx_item=items.cx_item.strip())
    items = items.filter(items.cx_item != "")
    first = items.group_by([PERSON, "cx_item"]).agg(cx_first=items[AT].min(), cx_times=items.count())
    moved = events.filter(events[TRANSFER]).group_by(PERSON).agg(cx_moved=events[AT].min())
    first = first.rename(cx_p="person_key", cx_i="cx_item")
    joined = items.inner_join(first, (items[PERSON] == first.cx_p) & (items.cx_item == first.cx_i))
    again = joined.filter(joined[AT] > joined.cx_first).select(PERSON, AT)
    moved = moved.rename(cx_p="person_key")
    after = again.inner_join(moved, again[PERSON] == moved.cx_p)
    after = after.filter(after[AT] > after.cx_moved).select(PERSON).distinct().rename(cx_a=PERSON)
    times = first.group_by("cx_p").agg(cx_repeats=first.cx_times.sum() - first.count())
    whole = times.left_join(after, times.cx_p == after.cx_a)
    return whole.select(**{PERSON: whole.cx_p}, cx_repeats=whole.cx_repeats, cx_reasked=whole.cx_a.notnull())


def summed(
    rows: "ibis.Table", name: str, total: "ibis.Value", weight: "ibis.Value", kept: "ibis.Value"
) -> "ibis.Table":
    """Return the sums over customers behind a ratio, of the rows that are kept."""
    ibis = lazy_ibis()
    use = rows.filter(kept)
    use = use.select(WHO, y=total.cast("float64"), w=weight.cast("float64"))
    use = use.mutate(q=ibis.ifelse(use.w > 0, use.y * use.y / use.w.nullif(0), 0.0))
    people = use.group_by(WHO).agg(n=use.count(), y=use.y.sum(), w=use.w.sum(), q=use.q.sum())
    return people.agg(
        metric=ibis.literal(name), n=people.n.sum(), customers=people.count(), weight=people.w.sum(),
        total=people.y.sum(), square=people.q.sum(), total_total=(people.y * people.y).sum(),
        total_weight=(people.y * people.w).sum(), weight_weight=(people.w * people.w).sum(),
    )  # fmt: skip


def case_rows(found: Replay, cases: "ibis.Table") -> list[pd.DataFrame]:
    """Return the rows about whole cases; n and what was set aside are all rows of the table of cases."""
    done, timed = cases.cx_minutes.notnull(), cases.cx_timed > 0
    asks, one = found.says_what_was_asked, cases.cx_one
    played = cases.cx_steps > 0
    parts = {
        "conformance": ((cases.cx_unexpected == 0), one, played),
        "rework": (cases.cx_steps > cases.cx_kinds, one, played),
        "flow_efficiency": (cases.cx_touch, cases.cx_minutes, done & timed),
        "third_party_share": (cases.cx_third, cases.cx_minutes, done),
        "handoffs_per_case": (cases.cx_transfers, one, played),
        "cases_with_handoff": (cases.cx_transfers > 0, one, played),
        "reasked_rate": (cases.cx_reasked, one, cases.cx_transfers > 0),
        "repeats_per_case": (cases.cx_repeats, one, played),
    }
    sums = lazy_ibis().union(*(summed(cases, name, *part) for name, part in parts.items()))
    table = collect(sums).to_pandas().fillna(dict.fromkeys(SUMS, 0.0)).assign(step=ALL)
    counts = _counts(cases)
    table = with_aside(table, found.selected.aside)
    for name, code in (("conformance", "unplayed"), ("rework", "unplayed"), ("handoffs_per_case", "unplayed"),
                       ("cases_with_handoff", "unplayed"), ("repeats_per_case", "unplayed"),
                       ("third_party_share", "unfinished"), ("flow_efficiency", "unfinished"),
                       ("flow_efficiency", "untimed"), ("reasked_rate", "no_transfer")):  # fmt: skip
        table.loc[table["metric"].eq(name), f"aside_{code}"] = counts[code]
    frames = [
        shares(table[table["metric"].isin(SHARES)]),
        ratios(table[table["metric"].isin(OF_TIME)], unit="share", most=1),
        ratios(table[table["metric"].isin(PER_CASE)], unit="ratio"),
    ]
    whole = pd.concat(frames, ignore_index=True)
    untimed = whole["metric"].eq("flow_efficiency") & whole["n"].eq(0)
    whole.loc[untimed, "method"] = "none: the log times no work"
    if not asks:
        whole = whole[~whole["metric"].isin(["reasked_rate", "repeats_per_case"])]
        unknown = [lacking(ALL, name, unit, "none: the log does not say what was asked")
                   for name, unit in (("reasked_rate", "share"), ("repeats_per_case", "ratio"))]  # fmt: skip
        return [whole, pd.DataFrame(unknown)]
    return [whole]


def _counts(cases: "ibis.Table") -> dict[str, int]:
    done = cases.cx_minutes.notnull()
    return {
        key: int(value or 0)
        for key, value in collect(
            cases.agg(
                unplayed=(cases.cx_steps == 0).sum(),
                unfinished=(~done).sum(),
                untimed=(done & (cases.cx_timed == 0)).sum(),
                no_transfer=(cases.cx_transfers == 0).sum(),
            )
        )
        .to_pylist()[0]
        .items()
    }


def elapsed_rows(found: Replay, cases: "ibis.Table", now: object) -> pd.DataFrame:
    """Return quantiles of the minutes on the clock; clocks that still run count as long as they ran."""
    ibis = lazy_ibis()
    begun = cases.filter(cases.cx_from.notnull())
    so_far = ibis.literal(now).delta(begun.cx_from, unit="second")
    lengths = begun.mutate(
        seconds=ibis.coalesce(begun.cx_to.delta(begun.cx_from, unit="second"), so_far), done=begun.cx_to.notnull()
    )
    counted = collect(lengths.group_by(["seconds", "done"]).agg(n=lengths.count())).to_pandas()
    people = int(collect(begun.agg(n=begun[WHO].nunique())).to_pylist()[0]["n"])
    metrics = {f"elapsed_{name}": part for name, part in QUANTILES.items()}
    frame = lengths_of(counted, metrics, step=ALL, people=people)
    aside = found.selected.aside | {"unfinished": found.selected.count - int(counted["n"].sum())}
    return with_aside(frame, aside)


def lengths_of(counted: pd.DataFrame, metrics: dict[str, float], *, step: str, people: int) -> pd.DataFrame:
    """Return quantiles of lengths in `seconds`, each `n` times, `done` or not over yet; in minutes."""
    rows = []
    for metric, part in metrics.items():
        value, low, high, how = quantile(counted["seconds"] / 60, counted["done"], counted["n"], part, level=LEVEL)
        known = np.isfinite(low) and np.isfinite(high)
        method = f"{how} {LEVEL:.0%}" if known else "none: too few for an interval"
        ends = {"low": low if known else np.nan, "high": high if known else np.nan}
        n = int(counted["n"].sum())
        method = method if n else "none: nothing counted"
        rows.append({"step": step, "metric": metric, "value": value, **ends, "n": n, "people": people,
                     "unit": "minutes", "method": method})  # fmt: skip
    return pd.DataFrame(rows)


def matched_rows(found: Replay) -> pd.DataFrame:
    """Return the share of the cases' events that fit a step, a count of all; the others fit none."""
    events = found.events
    known = collect(events.agg(n=events.count(), k=events[STEP].count(), p=events[WHO].nunique())).to_pylist()[0]
    n, k = int(known["n"]), int(known["k"] or 0)
    row = {"step": ALL, "metric": "events_matched", "value": k / n if n else np.nan, "n": k, "numerator": k,
           "denominator": n, "people": known["p"], "unit": "share", "method": "none: a sum over the log"}  # fmt: skip
    return with_aside(pd.DataFrame([row]), {"unmatched": n - k})
