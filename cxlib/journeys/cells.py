"""Rows of a result about journeys, in the columns of every result: value, interval, n, what was set aside, why."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.inference import intervals
from cxlib.inference.design import RatioEstimate, ratio
from cxlib.inference.suppression import hidden_cells
from cxlib.journeys.log import ALL, Log
from cxlib.language import mark
from cxlib.tables.time import period_label

LEVEL = 0.95
LEAST_N = 30
NUMBERS = ["value", "low", "high", "n", "numerator", "denominator", "set_aside"]
COLUMNS = [
    *("period", "metric", "rule", "value", "low", "high", "n", "numerator", "denominator", "set_aside"),
    *("unit", "method", "warnings"),
]
# What the results of this room are called, and what their codes mean, for whoever says them in words.
NAMES = {
    "sessions": mark("sessions"),
    "sessions_per_person": mark("sessions per person"),
    "bounce_single_event": mark("bounce rate (a single event)"),
    "bounce_ga4": mark("bounce rate (GA4)"),
    "transition": mark("share of the steps from here"),
    "conversion": mark("chance of the goal from here"),
    "expected_steps": mark("steps to the end from here"),
    "path": mark("share of the paths"),
    "reached": mark("reached"),
    "passed": mark("passed, of those at the step before"),
    "minutes_to_step": mark("median minutes from the entry"),
    "stage_reached": mark("came to this stage"),
    "stage_skipped": mark("never came to it, of those who came to a later one"),
    "stage_days": mark("median days until the stage was over"),
    "stage_went_on": mark("went on"),
    "stage_left": mark("left"),
    "stage_days_to_next": mark("median days of those who went on"),
    "emotion": mark("mean emotion"),
    "looking_back": mark("accounts for the rating as a whole"),
    "pain_score": mark("points of CSAT lost here by all"),
    "pain_reach": mark("came to it"),
    "pain_failure": mark("failed at it, of those who came to it"),
    "pain_loss": mark("points of CSAT lost by those who failed"),
    "attribution": mark("share of the conversions credited"),
    "removal_effect": mark("share of the conversions that the chain loses without it"),
    "match_rate": mark("identities with a customer"),
    "match_rate_events": mark("events with a customer"),
    "events_per_identity": mark("events per identity"),
    "identities_per_person": mark("identities per person"),
    "webrooming_share": mark("webrooming"),
    "showrooming_share": mark("showrooming"),
    "research_path": mark("share of the purchases"),
    "price_match": mark("no dearer than asked in a store"),
}
REASONS = {
    "bot": mark("{n} of bots"),
    "internal": mark("{n} internal"),
    "tireless": mark("{n} of people with too many"),
    "open": mark("{n} still open"),
    "backward": mark("{n} that came to it from a later stage"),
    "not_paired": mark("{n} of journeys not rated at every stage"),
    "missing": mark("{n} without an answer"),
    "out_of_scale": mark("{n} outside the scale"),
    "no_stage": mark("{n} without a stage"),
    "events_unknown": mark("{n} rows of nobody known"),
    "events_visits_bot": mark("{n} visits of bots"),
    "events_visits_internal": mark("{n} internal visits"),
    "events_visits_no_person": mark("{n} visits of nobody known"),
    "events_visits_no_date": mark("{n} visits without a time"),
    "events_no_person": mark("{n} events without a person"),
    "events_no_date": mark("{n} events without a time"),
    "events_missing": mark("{n} events without a type"),
    "events_bot": mark("{n} events of bots"),
    "events_internal": mark("{n} internal events"),
    "shared": mark("{n} identities shared by many tie nobody"),
    "joined": mark("{n} people with several customer numbers"),
    "other_channel": mark("{n} bought in other channels"),
    "nothing_to_match": mark("{n} of no known category or product"),
    "outside_log": mark("{n} too soon after the log began"),
    "not_priced": mark("{n} without a price asked in a store"),
    "not_asked": mark("{n} not asked at the exit"),
}
WHY_NONE = {
    "none: a count of all": mark("a count of all"),
    "none: nothing counted": mark("nothing counted"),
    "none: all alike, or a single one": mark("no interval, because all are alike or there is one"),
    "none: what the paths above leave": mark("what the others leave"),
    "none: nobody to count": mark("nobody to count"),
    "none: too few for an interval": mark("too few for an interval"),
    "none: no table tells this stage": mark("no table tells this stage"),
    "none: nobody rated this stage": mark("nobody rated this stage"),
    "none: nobody failed": mark("nobody failed"),
    "none: nobody knows how much goes unseen": mark("nobody knows how much goes unseen: give se and sp"),
    "none: nobody was asked": mark("nobody was asked at the exit"),
    "none: too few were asked": mark("too few were asked at the exit"),
    "none: being seen says nothing of research": mark("being seen says nothing of research"),
    "none: se and sp hold for one window": mark("se and sp hold for one window: ask for one of days"),
    "none: what was seen does not fit se and sp": mark("what was seen does not fit se and sp"),
    "none: nothing tells the buyers apart": mark("nothing tells the buyers apart"),
}
NOTES = {
    "not_causal": mark("credit among the paths seen, not what a channel caused: that takes an experiment"),
    "few_fails": mark("few failures"),
}
# What the codes of steps and accounts are called; stages have names of their own.
STEPS = {
    "payment": mark("payment"),
    "delivery": mark("delivery"),
    "product": mark("product"),
    "contact": mark("contact"),
    "solution": mark("solution"),
    "mean": mark("the mean"),
    "peak": mark("the peak"),
    "end": mark("the end"),
    "peak_end": mark("peak and end"),
    "path": mark("all stages"),
}
RANKS = ["rank", "rank_low", "rank_high"]
# Rival rules of one result that a reader must be told apart by.
RULES = {
    "everyone": mark("of all who rated"),
    "paired": mark("of those who rated every stage"),
    "finished_only": mark("of the finished only"),
    "first": mark("first touch"),
    "last": mark("last touch"),
    "linear": mark("all touches alike"),
    "markov": mark("Markov chain"),
}
CLUSTERED = f"Wilson {LEVEL:.0%}, {{people}} people, design effect {{effect:.2f}}"


def counted(cells: pd.DataFrame, *, metric: str, unit: str) -> pd.DataFrame:
    """Return how many there are, `cells.n`: a count of everything there is has no interval."""
    n = cells["n"].to_numpy(float)
    return cells.assign(metric=metric, value=n, low=np.nan, high=np.nan, numerator=n, denominator=np.nan, unit=unit,
                        method="none: a count of all")  # fmt: skip


def share(cells: pd.DataFrame, *, metric: str, total: str) -> pd.DataFrame:
    """Return total / n with Wilson's interval, as wide as several of one person make it.

    `cells` holds n, people, `total`, and the sums over people of total^2, total n and n^2.
    """
    estimate = ratio(
        pd.DataFrame(
            {
                "n": cells["n"],
                "customers": cells["people"],
                "weight": cells["n"],
                "total": cells[total],
                "square": cells[total],
                "total_total": cells[f"{total}_{total}"],
                "total_weight": cells[f"{total}_n"],
                "weight_weight": cells["n_n"],
            }
        ).astype(float)
    )
    low, high = intervals.wilson(estimate.value, estimate.effective_n, level=LEVEL)
    return cells.assign(metric=metric, value=estimate.value, low=low, high=high, numerator=cells[total],
                        denominator=cells["n"], unit="share", method=_wilson(estimate))  # fmt: skip


def mean_per_person(cells: pd.DataFrame, *, metric: str, unit: str) -> pd.DataFrame:
    """Return n / people with Student's interval."""
    n, people = cells["n"].to_numpy(float), cells["people"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = n / people
        variance = (cells["n_n"].to_numpy(float) - people * value**2) / (people - 1)
        error = np.sqrt(np.maximum(variance, 0) / people)
    low, high = intervals.student(value, error, people - 1, level=LEVEL)
    method = np.where(np.isfinite(low), f"Student t {LEVEL:.0%}", "none: all alike, or a single one")
    return cells.assign(metric=metric, value=value, low=low, high=high, numerator=n, denominator=people, n=people,
                        unit=unit, method=method)  # fmt: skip


def _wilson(estimate: RatioEstimate) -> list[str]:
    return [
        "none: nothing counted"
        if n == 0
        else CLUSTERED.format(people=int(people), effect=effect)
        if effect > 1 + 1e-9
        else f"Wilson {LEVEL:.0%}"
        for n, people, effect in zip(estimate.n, estimate.customers, estimate.design_effect, strict=True)
    ]


def finished(
    frames: Sequence[pd.DataFrame], log: Log, *, keys: Sequence[str], rule: str, of_events: bool = False
) -> pd.DataFrame:
    """Put frames of cells under each other in the columns of a result: reasons said, small cells hidden.

    A column `aside_CODE` holds how many were set aside for a reason. Where what is counted is events, those that the
    log had no use for were set aside of all rows; elsewhere the warnings only name them.
    """
    frame = pd.concat(frames, ignore_index=True)
    aside = frame[[name for name in frame if str(name).startswith("aside_")]].fillna(0).astype("int64")
    notes = [f"events_{code}:{count}" for code, count in log.aside.items()]
    frame = frame.assign(
        rule=rule,
        set_aside=aside.sum(axis=1) + (sum(log.aside.values()) if of_events else 0),
        warnings=[_warnings(row, n, notes) for row, n in zip(aside.to_dict("records"), frame["n"], strict=True)],
    )
    kinds = {name: "Int64" if name in ("n", "set_aside") else "float64" for name in NUMBERS}
    frame = frame.astype(dict.fromkeys(NUMBERS, "float64")).astype(kinds)
    result = frame[[*keys, *[name for name in COLUMNS if name not in keys]]].copy()
    hide(result, frame["people"].to_numpy(float), log.dataset.privacy_floor)
    result.attrs["synthetic"] = log.dataset.synthetic
    return result


def noted(frame: pd.DataFrame, notes: Sequence[str]) -> pd.DataFrame:
    """Add a note to the warnings of each row; a hidden row tells no more than that it is, not even its rank."""
    hidden = frame["warnings"].eq("suppressed")
    said = [
        ";".join(part for part in (one, note) if part) for one, note in zip(frame["warnings"], notes, strict=True)
    ]
    frame = frame.assign(warnings=frame["warnings"].where(hidden, pd.Series(said, index=frame.index, dtype="str")))
    frame.loc[hidden, [name for name in RANKS if name in frame.columns]] = pd.NA
    return frame


def together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return several results as one frame."""
    whole = pd.concat(frames, ignore_index=True)
    whole.attrs.update(frames[0].attrs)
    return whole


def hide(frame: pd.DataFrame, people: NDArray[np.float64], floor: int) -> None:
    """Hide the numbers of cells of fewer people than the floor, those of each metric together."""
    hidden = np.zeros(len(frame), bool)
    for _, rows in frame.reset_index(drop=True).groupby("metric", sort=False):
        hidden[rows.index] = hidden_cells(people[rows.index], floor=floor)
    if hidden.any():
        frame.loc[hidden, NUMBERS] = pd.NA
        frame.loc[hidden, "method"] = f"none: hidden, fewer than {floor} people"
        frame.loc[hidden, "warnings"] = "suppressed"


def _warnings(aside: Mapping[str, int], n: float, notes: Sequence[str]) -> str:
    reasons = [f"{name.removeprefix('aside_')}:{count}" for name, count in aside.items() if count]
    return ";".join([*reasons, *notes, *(["small_n"] if 0 < n < LEAST_N else [])])


def named_periods(cells: pd.DataFrame, every: str | None) -> pd.DataFrame:
    """Return cells with their periods in words, such as 2025-03; `all` without `every`."""
    if every is None:
        return cells.assign(period=ALL)
    labels = [period_label(start, every) for start in pd.to_datetime(cells["period"])]
    return cells.assign(period=pd.Series(labels, index=cells.index, dtype="str"))


def sorted_cells(cells: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return cells in the order of their keys, the sums of no rows at all as zero."""
    sums = [name for name in cells.columns if name not in keys]
    cells[sums] = cells[sums].fillna(0)
    return cells.sort_values(list(keys), na_position="last", ignore_index=True, kind="stable")
