"""Rows of a measured blueprint in the columns of every result, and what its codes mean in words."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxlib.blueprints.matching import Selected
from cxlib.inference import intervals
from cxlib.inference.design import RatioEstimate, ratio
from cxlib.journeys.cells import CLUSTERED, COLUMNS, LEAST_N, LEVEL, NUMBERS, hide
from cxlib.journeys.log import ALL
from cxlib.language import mark

NAMES = {
    "events_matched": mark("events that fit a step"),
    "conformance": mark("cases that went as drawn"),
    "elapsed_median": mark("median minutes on the clock"),
    "elapsed_p90": mark("90th percentile of the minutes on the clock"),
    "flow_efficiency": mark("share of the time in which somebody worked"),
    "third_party_share": mark("share of the time with third parties"),
    "handoffs_per_case": mark("transfers per case"),
    "cases_with_handoff": mark("cases with a transfer"),
    "reasked_rate": mark("cases asked the same again after a transfer"),
    "repeats_per_case": mark("times asked the same again, per case"),
    "rework": mark("cases in which a step was done again"),
    "in_progress": mark("cases in progress, on average"),
    "little": mark("cases in progress by Little's law"),
    "csat_by_repeats": mark("satisfied (CSAT 4 or 5)"),
    "csat_per_repeat": mark("change of CSAT by being asked the same once more"),
    "step_wait_median": mark("median minutes since the step before"),
    "step_wait_p90": mark("90th percentile of the minutes since the step before"),
    "step_touch_median": mark("median minutes of work"),
    "step_touch_p90": mark("90th percentile of the minutes of work"),
    "step_time": mark("share of the time on the clock"),
    "step_late": mark("later than the longest wait"),
    "step_failed": mark("cases in which it failed"),
}
REASONS = {
    "no_case": mark("{n} without an id"),
    "other_case": mark("{n} about something else"),
    "out_of_dates": mark("{n} opened on other days"),
    "not_reached": mark("{n} that never came to it"),
    "other_way": mark("{n} that went another way"),
    "unfinished": mark("{n} whose clock did not run out"),
    "off_clock": mark("{n} whose clock did not run in that time"),
    "untimed": mark("{n} whose work was not timed"),
    "unplayed": mark("{n} without any step in the log"),
    "no_transfer": mark("{n} without a transfer"),
    "unmatched": mark("{n} events that fit no step"),
    "first_event": mark("{n} with no step before"),
    "not_timed": mark("{n} not timed"),
    "unrated": mark("{n} not rated"),
}
WHY_NONE = {
    "none: the log does not say what was asked": mark("the log does not say what was asked"),
    "none: the log times no work": mark("the log times no work"),
    "none: nobody rated": mark("nobody rated these cases"),
    "none: all repeats alike": mark("no interval, because all were asked again alike"),
    "none: a sum over the log": mark("a sum over the log, not an estimate"),
}
LINEAR = f"ratio of sums, delta method {LEVEL:.0%}"


def whole(sums: pd.DataFrame) -> RatioEstimate:
    """Return the estimate behind rows of sums over customers."""
    return ratio(sums.astype(dict.fromkeys(sums.columns.difference(["metric", "step"]), "float64")))


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return shares of cases with Wilson's interval, as wide as several cases of one customer make it."""
    found = whole(rows)
    low, high = intervals.wilson(found.value, found.effective_n, level=LEVEL)
    method = [
        "none: nothing counted"
        if n == 0
        else CLUSTERED.format(people=int(people), effect=effect)
        if effect > 1 + 1e-9
        else f"Wilson {LEVEL:.0%}"
        for n, people, effect in zip(found.n, found.customers, found.design_effect, strict=True)
    ]
    return rows.assign(value=found.value, low=low, high=high, numerator=rows["total"], denominator=rows["weight"],
                       people=rows["customers"], unit="share", method=method)  # fmt: skip


def ratios(rows: pd.DataFrame, *, unit: str, most: float = np.inf) -> pd.DataFrame:
    """Return ratios of two sums over cases, linearised over customers."""
    found = whole(rows)
    error = np.where(found.customers > 1, found.linearised_error, np.nan)
    low, high = intervals.wald(found.value, error, found.n, level=LEVEL)
    known = np.isfinite(low) & (error > 1e-6 * np.abs(found.value))  # below: what rounding leaves of zero
    method = np.select([found.n == 0, ~known], ["none: nothing counted", "none: all alike, or a single one"], LINEAR)
    return rows.assign(
        value=found.value, low=np.where(known, np.clip(low, 0, most), np.nan),
        high=np.where(known, np.clip(high, 0, most), np.nan), numerator=rows["total"], denominator=rows["weight"],
        people=rows["customers"], unit=unit, method=method,
    )  # fmt: skip


def lacking(step: str, metric: str, unit: str, why: str) -> dict[str, object]:
    """Return the row of a number that cannot be had, with the reason."""
    return {"step": step, "metric": metric, "value": np.nan, "n": 0, "unit": unit, "method": why, "people": 0}


def with_aside(frame: pd.DataFrame, aside: Mapping[str, int]) -> pd.DataFrame:
    """Add reasons that hold for every row."""
    return frame.assign(**{f"aside_{code}": count for code, count in aside.items()})


def finished(frames: Sequence[pd.DataFrame], selected: Selected, rule: str) -> pd.DataFrame:
    """Return frames under each other in the columns of a result, small cells hidden."""
    frame = pd.concat([one.dropna(axis=1, how="all") for one in frames if len(one)], ignore_index=True)
    aside = frame[[name for name in frame if str(name).startswith("aside_")]].fillna(0).astype("int64")
    frame = frame.reindex(columns=[*dict.fromkeys([*frame.columns, *NUMBERS])]).assign(
        period=ALL,
        rule=rule,
        set_aside=aside.sum(axis=1),
        warnings=[_warnings(row, n) for row, n in zip(aside.to_dict("records"), frame["n"], strict=True)],
    )
    kinds = {name: "Int64" if name in ("n", "set_aside") else "float64" for name in NUMBERS}
    frame = frame.astype(dict.fromkeys(NUMBERS, "float64")).astype(kinds)
    result = frame[["step", *COLUMNS]].copy()
    hide(result, frame["people"].fillna(0).to_numpy(float), selected.dataset.privacy_floor)
    result.attrs["synthetic"] = selected.dataset.synthetic
    return result


def _warnings(aside: Mapping[str, int], n: float) -> str:
    reasons = [f"{name.removeprefix('aside_')}:{count}" for name, count in aside.items() if count]
    return ";".join([*reasons, *(["small_n"] if 0 < n < LEAST_N else [])])
