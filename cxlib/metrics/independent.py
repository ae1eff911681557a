"""Comparisons of metrics that bring intervals of their own: durations, counts, ledgers, rates of rare events.

The two sides are taken as independent, and a difference gets its error from the ends of their intervals that
face each other. A number that is no estimate (a count, a ledger) has moved when it is another number.
"""

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.comparison import Differences, difference, errors_from_intervals
from cxlib.inference.suppression import hidden_cells
from cxlib.language import say
from cxlib.metrics.compute import Question, cell_sums
from cxlib.metrics.definition import Duration, Ratio
from cxlib.metrics.durations import Lengths, cells_of, lengths
from cxlib.metrics.result import answer, floor_of, results
from cxlib.metrics.verdicts import LEVEL, REST, hide, method, verdict_frame
from cxlib.tables.dataset import Dataset

KNOWN = ["value", "low", "high", "n"]


def by_intervals(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Compare periods, or groups with the rest of each, of a metric of any kind."""
    floor = floor_of(dataset, question)
    pairs = _consecutive(dataset, question) if question.every else _against_rest(dataset, question)
    before, after = ([pairs[f"{name}_{side}"].to_numpy(float) for name in KNOWN] for side in ("from", "to"))
    news = _news(before, after, exact=question.rule.interval.startswith("none"))
    frame = verdict_frame(
        pairs,
        question,
        news,
        values=(before[0], after[0]),
        n=(before[3], after[3]),
        methods=[method("independent samples", len(pairs))] * len(pairs),
    )
    return hide(frame, pairs["hidden"].to_numpy(bool), floor)


def _news(before: list[np.ndarray], after: list[np.ndarray], *, exact: bool) -> Differences:
    change = after[0] - before[0]
    if not exact:
        below, above = errors_from_intervals(before[:3], after[:3], level=LEVEL)
        return difference(change, below, above, level=LEVEL)
    certain = np.where(np.isnan(change), np.nan, np.where(change == 0, 1.0, 0.0))
    return Differences(change=change, low=change, high=change, p_value=certain, p_adjusted=certain)


def _consecutive(dataset: Dataset, question: Question) -> pd.DataFrame:
    cells = answer(dataset, question)
    cells = cells[cells["period"].notna() & (cells["n"].isna() | (cells["n"] > 0))].reset_index(drop=True)
    groups = cells.groupby(list(question.by), dropna=False) if question.by else None
    names = ["period", *KNOWN]
    earlier = cells[names].shift(1) if groups is None else groups[names].shift(1)
    pairs = cells.join(earlier.add_suffix("_from")).rename(columns={name: f"{name}_to" for name in names})
    pairs = pairs[pairs["period_from"].notna()].reset_index(drop=True)
    pairs = pairs.rename(columns={"period_from": "from", "period_to": "to"})
    return pairs.assign(hidden=pairs["n_from"].isna() | pairs["n_to"].isna())


def _against_rest(dataset: Dataset, question: Question) -> pd.DataFrame:
    match question.metric:
        case Duration():
            here, rest = _lengths_apart(lengths(dataset, question), question)
        case Ratio():
            here, rest = _sums_apart(dataset, question)
        case metric:
            raise InputError(
                say(
                    "{metric} of one group cannot be held against all others: it does not add up over them. "
                    "Ask for it with by={column}.",
                    metric=metric.key,
                    column=question.by[0],
                )
            )
    pairs = here[[question.by[0], *KNOWN]].rename(columns={name: f"{name}_to" for name in KNOWN})
    pairs = pairs.rename(columns={question.by[0]: "to"}).assign(**{"from": REST})
    hidden = hidden_cells(here["customers"], floor=floor_of(dataset, question))
    return pairs.assign(**{f"{name}_from": rest[name].to_numpy() for name in KNOWN}, hidden=hidden)


def _lengths_apart(found: Lengths, question: Question) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cell of each group, and that of all lengths outside it."""
    here, column = cells_of(found, question), question.by[0]
    others = []
    for group in here[column]:
        same = found.frame[column].isna() if pd.isna(group) else found.frame[column] == group
        rest = found.frame[~same].assign(**{column: REST})
        people = pd.DataFrame([dict.fromkeys(question.keys, REST) | {"period": "all", "customers": 0}])
        others.append(cells_of(Lengths(frame=rest, customers=people), question))
    return here, pd.concat(others, ignore_index=True)


def _sums_apart(dataset: Dataset, question: Question) -> tuple[pd.DataFrame, pd.DataFrame]:
    cells = cell_sums(dataset, question)
    sums = cells.columns.difference(question.keys)
    rest = cells.assign(**{name: cells[name].sum() - cells[name] for name in sums})
    here = results(dataset, question, cells).assign(customers=cells["customers"])
    return here, results(dataset, question, rest)
