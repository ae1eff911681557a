"""The result frame: always the same columns, every value with its n, its interval or the reason it has none."""

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference import intervals
from cxlib.inference.design import SUMS, RatioEstimate, ratio
from cxlib.inference.suppression import hidden_cells
from cxlib.language import say
from cxlib.metrics.compute import Question, cell_sums, kinds_of_customers
from cxlib.metrics.definition import Duration, Measure
from cxlib.metrics.durations import duration_cells
from cxlib.metrics.reasons import REASONS
from cxlib.tables.dataset import Dataset
from cxlib.tables.schema import schema

COLUMNS = [
    "period",
    "metric",
    "rule",
    "value",
    "low",
    "high",
    "n",
    "numerator",
    "denominator",
    "set_aside",
    "unit",
    "method",
    "warnings",
]
LEVEL = 0.95
METHODS = {
    "adjusted_wald": "adjusted Wald",
    "wald": "Wald",
    "wilson": "Wilson",
    "student": "Student t",
    "delta": "delta method",
    "poisson": "exact Poisson",
    "bootstrap": "bootstrap of customers",
}


def answer(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Answer a question about any kind of metric: one row per cell, in the result columns."""
    match question.metric:
        case Measure():
            return _finished(dataset, question, question.metric.cells(dataset, question))
        case Duration():
            return _finished(dataset, question, duration_cells(dataset, question))
        case _:
            return results(dataset, question, cell_sums(dataset, question))


def _finished(dataset: Dataset, question: Question, cells: pd.DataFrame) -> pd.DataFrame:
    """Complete cells that come with value, interval and method of their own."""
    aside = cells.reindex(columns=[f"aside_{code}" for code in REASONS if f"aside_{code}" in cells]).fillna(0)
    _refuse_pointing(dataset, question, cells)
    frame = cells.reindex(columns=question.keys).assign(
        metric=question.metric.key,
        rule=question.rule.key,
        **{name: cells[name].astype(float) for name in ("value", "low", "high")},
        n=cells["n"].astype("Int64"),
        numerator=cells["numerator"].astype(float),
        denominator=cells["denominator"].astype(float),
        set_aside=aside.sum(axis=1).astype("Int64"),
        unit=question.rule.unit,
        method=cells["method"],
        warnings=_noted(_warnings(question, cells["n"].to_numpy(float), aside), cells),
    )
    return _suppressed(frame, cells["customers"], floor_of(dataset, question))


def results(dataset: Dataset, question: Question, cells: pd.DataFrame) -> pd.DataFrame:
    """Turn the sums of each cell into the result columns."""
    estimate = ratio(cells[SUMS], repeats=question.metric.of_people)
    low, high = _interval(dataset, question, cells, estimate)
    factor = question.rule.factor
    aside = cells[[f"aside_{code}" for code in REASONS if f"aside_{code}" in cells]]
    _refuse_pointing(dataset, question, cells)
    frame = cells[question.keys].assign(
        metric=question.metric.key,
        rule=question.rule.key,
        value=factor * estimate.value,
        low=factor * low,
        high=factor * high,
        n=cells["n"].astype("Int64"),
        numerator=cells["total"].astype(float),
        denominator=cells["weight"].astype(float),
        set_aside=aside.sum(axis=1).astype("Int64"),
        unit=question.rule.unit,
        method=methods_of(question, estimate, low),
        warnings=_warnings(question, estimate.n, aside),
    )
    return _suppressed(frame, cells["customers"], floor_of(dataset, question))


def floor_of(dataset: Dataset, question: Question) -> int:
    """Return the fewest people a cell may show; rows that are not people hide nobody."""
    return dataset.privacy_floor if question.metric.of_people else 0


def _interval(dataset: Dataset, question: Question, cells: pd.DataFrame, estimate: RatioEstimate) -> intervals.Ends:
    match question.rule.interval:
        case "adjusted_wald":
            return intervals.adjusted_wald(estimate.value, estimate.square, estimate.effective_n, level=LEVEL)
        case "wald":
            return intervals.wald(estimate.value, estimate.standard_error, estimate.n, level=LEVEL)
        case "wilson":
            return intervals.wilson(estimate.value, estimate.effective_n, level=LEVEL)
        case "student":
            degrees = estimate.customers - 1
            return intervals.student(estimate.value, estimate.standard_error_of_mean, degrees, level=LEVEL)
        case "delta":
            degrees = estimate.customers - 1
            return intervals.student(estimate.value, estimate.linearised_error, degrees, level=LEVEL)
        case "poisson":
            return intervals.poisson(cells["total"], cells["weight"], level=LEVEL)
        case "bootstrap":
            return _bootstrapped(dataset, question, cells)
        case _:
            unknown = np.full(len(cells), np.nan)
            return unknown, unknown


def _bootstrapped(dataset: Dataset, question: Question, cells: pd.DataFrame) -> intervals.Ends:
    kinds = kinds_of_customers(dataset, question)
    drawn = {
        key: intervals.bootstrap(cell["total"], cell["weight"], cell["times"], level=LEVEL)
        for key, cell in kinds.groupby(question.keys, dropna=False)
    }
    named = {tuple(_plain(part) for part in key): ends for key, ends in drawn.items()}
    nothing = (np.nan, np.nan)
    rows = cells[question.keys].itertuples(index=False, name=None)
    ends = [named.get(tuple(_plain(part) for part in row), nothing) for row in rows]
    return np.array([low for low, _ in ends]), np.array([high for _, high in ends])


def _plain(part: object) -> object:
    return None if pd.isna(part) else part


def methods_of(question: Question, estimate: RatioEstimate, low: np.ndarray) -> list[str]:
    """Say of each cell how its interval was made, or why there is none."""
    if question.rule.interval not in METHODS:
        return [question.rule.interval] * len(low)
    name = f"{METHODS[question.rule.interval]} {LEVEL:.0%}"
    who = "customers" if question.metric.of_people else "groups of rows"
    return [
        _method(name, n, customers, effect, known, who)
        for n, customers, effect, known in zip(
            estimate.n, estimate.customers, estimate.design_effect, np.isfinite(low), strict=True
        )
    ]


def _method(name: str, n: float, customers: float, effect: float, known: bool, who: str) -> str:
    if n == 0:
        return "none: no valid answer"
    if not known and customers < 2 and who != "customers":
        return "none: too few for an interval"
    if not known:
        return "none: all answers are alike" if n > 1 else "none: a single answer"
    if effect > 1 + 1e-9:
        return f"{name}, {customers:.0f} {who}, design effect {effect:.2f}"
    return name


def _warnings(question: Question, n_of_cells: np.ndarray, aside: pd.DataFrame) -> list[str]:
    reasons = [name.removeprefix("aside_") for name in aside]
    least = question.metric.least_n
    return [
        ";".join(
            [f"{reason}:{int(count)}" for reason, count in zip(reasons, counts, strict=True) if count]
            + (["small_n"] if 0 < n < least else [])
        )
        for counts, n in zip(aside.to_numpy(), n_of_cells, strict=True)
    ]


def _noted(warnings: list[str], cells: pd.DataFrame) -> list[str]:
    """Add the codes of `cells.notes`, where a metric has something of its own to say."""
    notes = cells["notes"] if "notes" in cells else [""] * len(cells)
    return [";".join(filter(None, [one, note])) for one, note in zip(warnings, notes, strict=True)]


def _refuse_pointing(dataset: Dataset, question: Question, cells: pd.DataFrame) -> None:
    """Refuse groups whose very names point at people: a list of customers, or of what they wrote."""
    known = schema()[question.metric.table].columns
    for name in question.by if floor_of(dataset, question) else ():
        column = known.get(name)
        groups = cells[name].nunique()
        answers = cells["n"].sum()
        listed = column is not None and bool(column.values)
        if (column is not None and column.privacy) or (not listed and groups > 1 and answers < groups * 2):
            raise InputError(
                say(
                    "Grouping by {name} would point at people: {groups} groups for {n} answers. "
                    "Choose a column with fewer values.",
                    name=repr(name),
                    groups=groups,
                    n=int(answers),
                )
            )


def _suppressed(frame: pd.DataFrame, customers: pd.Series, floor: int) -> pd.DataFrame:
    hidden = hidden_cells(customers, floor=floor)
    if hidden.any():
        numbers = ["value", "low", "high", "n", "numerator", "denominator", "set_aside"]
        frame.loc[hidden, numbers] = pd.NA
        frame.loc[hidden, "method"] = f"none: hidden, fewer than {floor} customers"
        frame.loc[hidden, "warnings"] = "suppressed"
    return frame
