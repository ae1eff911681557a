"""The three sentences a report opens with, and the rules by which they are chosen.

1. What moved: the newest month of a metric against the one before. 2. Is it news: that change with its
interval and both n. 3. What to look at: the group that differs most clearly from all the others.

A claim needs the verdict of `compare`, whose p-values allow for the comparisons of one call; and since a
report looks at several calls and picks, it must also hold when multiplied by their number (Bonferroni).
Among claims the clearest goes first: metrics that have a good direction before those that have none, then
the smallest p, then the change that is largest for the width of its interval. Without a claim the first
metric of the catalogue speaks, and says that nothing is clear.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxlib.language import mark, number, say
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.result import LEVEL
from cxlib.metrics.wording import _p_value, _signed, amount, metric_name, plain, show
from cxlib.privacy import looks_personal, redact
from cxlib.reports.gathering import FEWEST_GROUPS, GROUPS, MOST_GROUPS, Evidence

Row = dict[str, Any]
LONGEST = 60  # of a name that came with the data
LABELS = (mark("What moved"), mark("Is it news?"), mark("What to look at"))
MOVED = {
    "up": mark("{metric} rose from {before} in {start} to {after} in {end}."),
    "down": mark("{metric} fell from {before} in {start} to {after} in {end}."),
    "not_clear": mark("Nothing moved clearly: {metric} was {before} in {start} and {after} in {end}."),
    "too_few": mark("It cannot be told whether {metric} moved between {start} and {end}."),
}
NEWS = {
    "claim": mark(
        "Yes: a change of {change} ({low} to {high}; n = {n_before} and {n_after}; p = {p}) is more than chance "
        "explains."
    ),
    "crowded": mark(
        "Hardly: a change of {change} ({low} to {high}; n = {n_before} and {n_after}; p = {p}) would be clear alone, "
        "but of {sets} metrics looked at, one moves like this by chance."
    ),
    "not_clear": mark(
        "No: a change of {change} ({low} to {high}; n = {n_before} and {n_after}; p = {p}) is within what chance "
        "alone brings."
    ),
}
LOOK = {
    "up": mark(
        "Look at {group} ({kind}): {metric} is higher there, {value} against {rest} elsewhere (difference {change}, "
        "{low} to {high}; n = {n} and {n_rest})."
    ),
    "down": mark(
        "Look at {group} ({kind}): {metric} is lower there, {value} against {rest} elsewhere (difference {change}, "
        "{low} to {high}; n = {n} and {n_rest})."
    ),
}


def sentences(found: Sequence[Evidence]) -> list[tuple[str, str]]:
    """Return the three sentences of a report, each with the label it stands under."""
    texts = (what_moved(found), is_it_news(found), what_to_look_at(found))
    return [(say(label), text) for label, text in zip(LABELS, texts, strict=True)]


def what_moved(found: Sequence[Evidence]) -> str:
    """Say how the metric moved whose newest change is the clearest, or that none did."""
    row, sets = _headline(found)
    if row is None:
        return _why_nothing_moved(found)
    verdict = row["verdict"] if row["verdict"] == "too_few" or holds(row, sets) else "not_clear"
    values = {"metric": metric_name(row), "start": row["from"], "end": row["to"]}
    if verdict != "too_few":
        values |= {side: amount(row[f"value_{end}"], row["unit"]) for side, end in _SIDES}
    also = [metric_name(other) for other in _newest(found) if other["metric"] != row["metric"] and holds(other, sets)]
    more = " " + say("So did: {metrics}; see the evidence.", metrics=", ".join(also)) if also else ""
    return say(MOVED[verdict], **values) + more


def is_it_news(found: Sequence[Evidence]) -> str:
    """Say whether the change `what_moved` speaks of is more than chance, with its interval and both n."""
    row, sets = _headline(found)
    if row is None:
        level = str(show(found[0].overall))
        return say("There is nothing to compare with. What is known is the level: {level}.", level=level)
    if row["warnings"] == "suppressed":
        return say("Nobody can tell: one of the two months is hidden, because too few people answered.")
    if row["verdict"] == "too_few":
        return say("Nobody can tell: n = {n_before} and {n_after} are too few answers, or too much alike.",
                   n_before=_count(row["n_from"]), n_after=_count(row["n_to"]))  # fmt: skip
    kind = "claim" if holds(row, sets) else "not_clear" if row["verdict"] == "not_clear" else "crowded"
    many = {"sets": sets} if kind == "crowded" else {}
    return say(NEWS[kind], **_difference(row), p=_p_value(row["p_adjusted"]),
               n_before=_count(row["n_from"]), n_after=_count(row["n_to"]), **many)  # fmt: skip


def what_to_look_at(found: Sequence[Evidence]) -> str:
    """Say which group differs most clearly from all the others, or that none stands out from chance."""
    contrasts = [(evidence, column) for evidence in found for column in evidence.contrasts]
    rows = [
        row | {"column": column, "group": row["to"]}
        for evidence, column in contrasts
        for row in evidence.contrasts[column].to_dict("records")
        if not pd.isna(row["to"])
    ]
    clear = _clearest(row for row in rows if holds(row, len(contrasts)))
    if clear:
        return _look(clear[0])
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


def holds(row: Row, sets: int) -> bool:
    """Say whether a comparison may be claimed that was picked out of so many sets of comparisons."""
    return row["verdict"] in ("up", "down") and row["p_adjusted"] * sets <= 1 - LEVEL + 1e-12


def named(name: object) -> str:
    """Return a name that came with the data; what looks like a person's e-mail, phone or CPF is struck out."""
    text = plain(name) or plain(None)
    one = pd.Series([text])
    return str(redact(one)[0].iloc[0]) if looks_personal(one).iloc[0] else text


def short(name: object, longest: int = LONGEST) -> str:
    """Return a name that came with the data, cut to what a sentence bears."""
    text = named(name)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


_SIDES = (("before", "from"), ("after", "to"))


def _newest(found: Sequence[Evidence]) -> list[Row]:
    return [evidence.changes.iloc[-1].to_dict() for evidence in found if len(evidence.changes)]


def _headline(found: Sequence[Evidence]) -> tuple[Row | None, int]:
    """Return the change to speak of, and out of how many it was picked."""
    newest = _newest(found)
    clear = _clearest(row for row in newest if holds(row, len(newest)))
    compared = [row for row in newest if row["verdict"] != "too_few"]
    return next(iter([*clear, *compared, *newest]), None), len(newest)


def _clearest(rows: Any) -> list[Row]:
    return sorted(rows, key=lambda row: (_has_no_direction(row), row["p_adjusted"], -_strength(row)))


def _has_no_direction(row: Row) -> bool:
    return METRICS[row["metric"]].rule(row["rule"]).direction == "none"


def _strength(row: Row) -> float:
    width = row["high"] - row["low"]
    return abs(row["change"]) / width if width else 0.0


def _why_nothing_moved(found: Sequence[Evidence]) -> str:
    months = [evidence.months for evidence in found if len(evidence.months)]
    if not months:
        return say("Nothing can be said to have moved: the answers have no dates.")
    return say("Nothing can be said to have moved: all answers are from one month, {month}.",
               month=months[0]["period"].iloc[-1])  # fmt: skip


def _look(row: Row) -> str:
    return say(
        LOOK[row["verdict"]],
        group=short(row["group"]),
        kind=say(GROUPS[row["column"]][1]),
        metric=metric_name(row),
        value=amount(row["value_to"], row["unit"]),
        rest=amount(row["value_from"], row["unit"]),
        n=_count(row["n_to"]),
        n_rest=_count(row["n_from"]),
        **_difference(row),
    )


def _difference(row: Row) -> dict[str, str]:
    return {name: _signed(row[name], row["unit"]) for name in ("change", "low", "high")}


def _count(n: Any) -> str:
    return number(n, decimals=0)
