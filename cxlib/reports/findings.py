"""The three sentences a report opens with, and the rules by which they are chosen.

1. What moved: the newest month of a metric against the one before, and in which months the other metrics moved.
2. Is it news: that change with its interval and both n. 3. What to look at: the group that differs most clearly
from all the others, what is worse for customers before what is better, both before who answers at all.

A claim needs the verdict of `compare`, whose p-values allow for the comparisons of one call; and since a
report looks at several calls and picks, it must also hold when multiplied by their number (Bonferroni). The
months in which each of the other metrics moved are no pick: each call tells its own, as the tables do.
Among claims the clearest goes first: metrics that have a good direction before those that have none, then
the smallest p, then the change that is largest for the width of its interval. Without a claim the first
metric of the catalogue speaks, and says that nothing is clear. A rate over several surveys moves with their mix:
when no survey taken alone moved, that is said.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from cxlib.language import mark, number, say
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.result import LEVEL
from cxlib.metrics.units import amount
from cxlib.metrics.wording import _signed, _value, metric_name, show
from cxlib.reports.gathering import FEWEST_GROUPS, GROUPS, INVITES, MOST_GROUPS, Evidence
from cxlib.reports.words import capital, group_name, listed, month, months

Row = dict[str, Any]
MOST_MONTHS = 4  # named one by one
LABELS = (mark("What moved"), mark("Is it news?"), mark("What to look at"))
MOVED = {
    "up": mark("{metric} rose from {before} in {start} to {after} in {end}."),
    "down": mark("{metric} fell from {before} in {start} to {after} in {end}."),
    "not_clear": mark("{metric} did not clearly move: {before} in {start}, {after} in {end}."),
    "too_few": mark("It cannot be told whether {metric} moved between {start} and {end}."),
}
WENT = {"down": mark("fell in {months}"), "up": mark("rose in {months}")}
NEWS = {
    "claim": mark(
        "{metric}: yes. The change of {change} ({low} to {high}; n = {n_before} and {n_after}) is more than chance "
        "explains."
    ),
    "crowded": mark(
        "{metric}: hardly. The change of {change} ({low} to {high}; n = {n_before} and {n_after}) would be clear "
        "alone, but of {sets} metrics looked at, one moves like this by chance."
    ),
    "not_clear": mark(
        "{metric}: no. The change of {change} could be anything from {low} to {high} (n = {n_before} and {n_after}): "
        "chance alone can explain it."
    ),
}
MIX = mark("{metric}: more than chance, but no survey taken alone moved; look first at which surveys were sent when.")
LOOK = {
    "up": mark(
        "{metric}: higher {where}, {value} (n = {n}), than for the others, {rest} (n = {n_rest}). The gap is {gap} "
        "({least} to {most})."
    ),
    "down": mark(
        "{metric}: lower {where}, {value} (n = {n}), than for the others, {rest} (n = {n_rest}). The gap is {gap} "
        "({least} to {most})."
    ),
}
# What kind of thing a difference is, by the table the metric counts.
MEANS = {
    INVITES: mark("It says who answers, not who is happy."),
    "survey_responses": mark("It says how these customers feel, not why."),
}


def sentences(found: Sequence[Evidence]) -> list[tuple[str, str]]:
    """Return the three sentences of a report, each with the label it stands under."""
    texts = (what_moved(found), is_it_news(found), what_to_look_at(found))
    return [(say(label), text) for label, text in zip(LABELS, texts, strict=True)]


def what_moved(found: Sequence[Evidence]) -> str:
    """Say how the metric moved whose newest change is the clearest, where it stands, and what the others did."""
    row, sets = _headline(found)
    if row is None:
        return _why_nothing_moved(found)
    verdict = row["verdict"] if row["verdict"] == "too_few" or holds(row, sets) else "not_clear"
    values = {"metric": capital(metric_name(row)), "start": month(row["from"]), "end": month(row["to"])}
    if verdict != "too_few":
        values |= {side: amount(row[f"value_{end}"], row["unit"]) for side, end in _SIDES}
    level = say("Over all: {level}.", level=_value(found[0].overall.iloc[0].to_dict()))
    return " ".join([say(MOVED[verdict], **values), level, *_others(found, row)])


def is_it_news(found: Sequence[Evidence]) -> str:
    """Say whether the change `what_moved` speaks of is more than chance, with its interval and both n."""
    row, sets = _headline(found)
    if row is None:
        level = str(show(found[0].overall))
        return say("There is nothing to compare with. What is known is the level: {level}.", level=level)
    mixed = [say(MIX, metric=capital(one.name)) for one in found if moves(one) and _only_the_mix(one)]
    return " ".join([_news(row, sets), *mixed])


def what_to_look_at(found: Sequence[Evidence]) -> str:
    """Say which group differs most clearly from all the others, or that none stands out from chance."""
    rows, sets = _against_the_others(found)
    clear = _clearest(row for row in rows if holds(row, sets))
    if clear:
        return " ".join([*_none_in(found, clear[0]), _look(clear[0])])
    if not rows:
        return say("There are no groups to compare: that needs answers from {fewest} to {most} channels, stores or "
                   "topics.", fewest=FEWEST_GROUPS, most=MOST_GROUPS)  # fmt: skip
    compared = sum(row["verdict"] != "too_few" for row in rows)
    if not compared:
        return say("No group has answers enough to be compared with the others.")
    return say(
        "Nothing stands out from chance: {n} groups were compared, each with all the others.",
        n=number(compared, decimals=0),
    )


def tests(found: Sequence[Evidence]) -> list[str]:
    """Return the comparisons the sentences rest on, each with its p-value."""
    row, _ = _headline(found)
    moved = [row | {end: month(row[end]) for end in ("from", "to")}] if row else []
    rows, sets = _against_the_others(found)
    look = [row | {"to": group_name(row["column"], row["to"])} for row in rows if holds(row, sets)]
    return [str(show(pd.DataFrame([one]))) for one in [*moved, *_clearest(look)[:1]]]


def holds(row: Row, sets: int) -> bool:
    """Say whether a comparison may be claimed that was picked out of so many sets of comparisons."""
    return row["verdict"] in ("up", "down") and row["p_adjusted"] * sets <= 1 - LEVEL + 1e-12


def moves(evidence: Evidence, besides: Row | None = None) -> str:
    """Say in which months a metric clearly moved, nothing when in none; `besides` is a change told already."""
    rows = evidence.changes.to_dict("records")
    if besides and besides["metric"] == evidence.key:
        rows = [row for row in rows if row["to"] != besides["to"]]
    went = {verdict: [row["to"] for row in rows if row["verdict"] == verdict] for verdict in WENT}
    return listed(say(WENT[verdict], months=_when(list(at))) for verdict, at in went.items() if at)


_SIDES = (("before", "from"), ("after", "to"))


def _when(at: list[str]) -> str:
    return months(at) if len(at) <= MOST_MONTHS else say("{n} months", n=len(at))


def _newest(found: Iterable[Evidence]) -> list[Row]:
    return [evidence.changes.iloc[-1].to_dict() for evidence in found if len(evidence.changes)]


def _headline(found: Sequence[Evidence]) -> tuple[Row | None, int]:
    """Return the change to speak of, and out of how many it was picked."""
    newest, sets = _newest(found), len(_newest(found))
    clear = _clearest(row for row in _newest(one for one in found if not _only_the_mix(one)) if holds(row, sets))
    compared = [row for row in newest if row["verdict"] != "too_few"]
    return next(iter([*clear, *compared, *newest]), None), sets


def _others(found: Sequence[Evidence], told: Row) -> list[str]:
    """Say of each metric, beside the change told already, in which of the months shown it moved."""
    lines, still = [], []
    for one in (one for one in found if len(one.changes)):
        if moved := moves(one, told):
            before = ", " + say("before that") if one.key == told["metric"] else ""
            lines.append(f"{capital(one.name)}{before}: {moved}.")
        elif "not_clear" not in set(one.changes["verdict"]):
            continue
        elif one.key != told["metric"]:
            still.append(one.name)
        elif told["verdict"] == "too_few":
            lines.append(f"{capital(one.name)}, {say('before that')}: {say('no clear change')}.")
    if still:
        lines.insert(0, say("{metrics}: no clear change in any month shown.", metrics=capital(listed(still))))
    return lines


def _only_the_mix(evidence: Evidence) -> bool:
    """Say whether a rate over several surveys moved while it stood still in each of them."""
    verdicts = {verdict for part in evidence.parts if len(part.changes) for verdict in part.changes["verdict"]}
    return "not_clear" in verdicts and not verdicts & {"up", "down"}


def _news(row: Row, sets: int) -> str:
    if row["warnings"] == "suppressed":
        return say("Nobody can tell: one of the two months is hidden, because too few people answered.")
    counts = {"n_before": _count(row["n_from"]), "n_after": _count(row["n_to"])}
    if row["verdict"] == "too_few" or pd.isna(row["low"]):
        return say("Nobody can tell: n = {n_before} and {n_after} are too few answers, or too much alike.", **counts)
    kind = "claim" if holds(row, sets) else "not_clear" if row["verdict"] == "not_clear" else "crowded"
    many = {"sets": sets} if kind == "crowded" else {}
    change = {name: _signed(row[name], row["unit"]) for name in ("change", "low", "high")}
    return say(NEWS[kind], metric=capital(metric_name(row)), **change, **counts, **many)


def _against_the_others(found: Sequence[Evidence]) -> tuple[list[Row], int]:
    """Return each named group against all the others, and of how many sets of comparisons they are part."""
    every = [part for evidence in found for part in (evidence, *evidence.parts)]
    contrasts = [(one, column) for one in every for column in one.contrasts]
    rows = [
        row | {"column": column, "name": one.name}
        for one, column in contrasts
        for row in one.contrasts[column].to_dict("records")
        if not pd.isna(row["to"])
    ]
    return rows, len(contrasts)


def _clearest(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (*_concern(row), row["p_adjusted"], -_strength(row)))


def _concern(row: Row) -> tuple[bool, bool]:
    """What is worse goes before what is better, both before who answers; only groups are worse than others."""
    direction = METRICS[row["metric"]].rule(row["rule"]).direction
    better = "down" if direction == "down" else "up"
    return direction == "none", "column" in row and row["verdict"] == better


def _strength(row: Row) -> float:
    width = row["high"] - row["low"]
    return abs(row["change"]) / width if width else 0.0


def _why_nothing_moved(found: Sequence[Evidence]) -> str:
    dated = [evidence.months for evidence in found if len(evidence.months)]
    if not dated:
        return say("Nothing can be said to have moved: the answers have no dates.")
    return say("Nothing can be said to have moved: all answers are from one month, {month}.",
               month=month(dated[0]["period"].iloc[-1]))  # fmt: skip


def _none_in(found: Sequence[Evidence], told: Row) -> list[str]:
    """Say in which metrics of what customers say no group differs, where the difference told is of another kind."""
    if METRICS[told["metric"]].table != INVITES:
        return []
    calm = [
        one.name
        for one in found
        if one.ratio.table != INVITES
        and (verdicts := {verdict for frame in one.contrasts.values() for verdict in frame["verdict"]})
        and "not_clear" in verdicts
        and not verdicts & {"up", "down"}
    ]
    return [say("No group stands out in {metrics}.", metrics=listed(calm))] if calm else []


def _look(row: Row) -> str:
    least, most = sorted((abs(row["low"]), abs(row["high"])))
    means = MEANS.get(METRICS[row["metric"]].table)
    gap = say(
        LOOK[row["verdict"]],
        where=say(GROUPS[row["column"]][2], group=group_name(row["column"], row["to"])),
        metric=capital(row["name"]),
        value=amount(row["value_to"], row["unit"]),
        rest=amount(row["value_from"], row["unit"]),
        gap=_size(abs(row["change"]), row["unit"]),
        least=_size(least, row["unit"], bare=True),
        most=_size(most, row["unit"], bare=True),
        n=_count(row["n_to"]),
        n_rest=_count(row["n_from"]),
    )
    return f"{gap} {say(means)}" if means else gap


def _size(gap: float, unit: str, *, bare: bool = False) -> str:
    """Return how large a difference is, without a sign."""
    if unit == "score":
        return amount(gap, unit)
    points = number(100 * gap if unit == "share" else gap)
    return points if bare else say("{points} points", points=points)


def _count(n: Any) -> str:
    return number(n, decimals=0)
