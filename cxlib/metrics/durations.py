"""Cells of a metric that tells how long something takes: lengths counted by the engine, quantiles taken here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.inference.durations import quantile
from cxlib.inference.intervals import student
from cxlib.metrics.compute import ALL, Question, answers, labelled
from cxlib.metrics.definition import Duration
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

LEVEL = 0.95
CELL = ["value", "low", "high", "n", "numerator", "denominator", "method"]
TOO_FEW = "none: too few for an interval"


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """How often each length occurs in each cell, whether it is over, and what was set aside."""

    frame: pd.DataFrame  # keys, minutes, finished, cx_reason, times
    customers: pd.DataFrame  # keys, customers


def duration_cells(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Return one row per cell of a `Duration`: see `Measure.cells`."""
    return cells_of(lengths(dataset, question), question)


def lengths(dataset: Dataset, question: Question) -> Lengths:
    """Count the lengths of a question by cell, to the second."""
    metric = question.metric
    assert isinstance(metric, Duration)
    found = answers(dataset, question)
    rows = found.rows.mutate(
        cx_minutes=(metric.minutes(found.rows, question.rule).cast("float64") * 60).round(0) / 60,
        cx_finished=metric.finished(found.rows, question.rule),
    )
    counted = rows.group_by([*question.keys, "cx_minutes", "cx_finished", "cx_reason"]).agg(times=rows.count())
    used = rows.filter(rows.cx_reason == "")
    people = used.group_by(question.keys).agg(customers=used.cx_customer.nunique())
    return Lengths(
        frame=labelled(collect(counted).to_pandas(), dataset, question),
        customers=labelled(collect(people).to_pandas(), dataset, question),
    )


def cells_of(found: Lengths, question: Question) -> pd.DataFrame:
    """Return the cells of lengths already counted."""
    groups = found.frame.groupby(question.keys, dropna=False, sort=True)
    cells = [dict(zip(question.keys, key, strict=True)) | _cell(group, question) for key, group in groups]
    if not cells:
        cells = [dict.fromkeys(question.keys, ALL) | _cell(found.frame, question)] if not question.by else []
    frame = pd.DataFrame(cells, columns=None if cells else [*question.keys, *CELL])
    return frame.merge(found.customers, on=question.keys, how="left").fillna({"customers": 0})


def _cell(group: pd.DataFrame, question: Question) -> dict[str, object]:
    used = group[group["cx_reason"] == ""]
    over = used["cx_finished"].to_numpy(bool)
    times = used["times"].to_numpy(np.int64)
    value, low, high, method = _estimate(used["cx_minutes"].to_numpy(float), over, times, question)
    aside = group[group["cx_reason"] != ""].groupby("cx_reason")["times"].sum()
    return {
        "value": value,
        "low": low,
        "high": high,
        "n": int(times.sum()),
        "numerator": float(times[over].sum()),
        "denominator": float(times.sum()),
        "method": method,
    } | {f"aside_{code}": int(count) for code, count in aside.items()}


def _estimate(
    minutes: np.ndarray, over: np.ndarray, times: np.ndarray, question: Question
) -> tuple[float, float, float, str]:
    rule = question.rule
    factor = rule.factor
    if times.sum() == 0:
        return np.nan, np.nan, np.nan, "none: no valid answer"
    if rule.interval == "student":
        value, low, high = _mean(minutes[over], times[over])
        method = f"Student t {LEVEL:.0%}, finished only"
    else:
        value, low, high, name = quantile(minutes, over, times, rule.quantile, level=LEVEL)
        method = f"{name} {LEVEL:.0%}" + (f", {times[~over].sum()} still open" if (~over).any() else "")
    if np.isnan(low) or np.isnan(high):
        return factor * value, np.nan, np.nan, TOO_FEW
    return factor * value, factor * low, factor * high, method


def _mean(minutes: np.ndarray, times: np.ndarray) -> tuple[float, float, float]:
    n = times.sum()
    if n == 0:
        return np.nan, np.nan, np.nan
    mean = float(np.average(minutes, weights=times))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.average((minutes - mean) ** 2, weights=times) / (n - 1))
    low, high = student(mean, error, n - 1, level=LEVEL)
    return mean, float(low), float(high)
