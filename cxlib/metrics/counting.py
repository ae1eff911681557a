"""Cells of a metric that only counts: how many there are, and how many were set aside, by reason."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.metrics.compute import ALL, Question, answers, labelled
from cxlib.metrics.conditions import COUNTED
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

if TYPE_CHECKING:
    import ibis


def count_cells(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Return the number of rows that count, one row per cell: see `Measure.cells`."""
    found = answers(dataset, question)
    rows = found.rows
    used = rows.cx_reason == ""
    summed = rows.group_by(question.keys).agg(
        n=used.sum(),
        customers=used.ifelse(rows.cx_customer, None).nunique(),
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in found.reasons},
    )
    cells = sorted_cells(summed, dataset, question)
    return counted(cells, cells["n"])


def sorted_cells(summed: "ibis.Table", dataset: Dataset, question: Question) -> pd.DataFrame:
    """Return summed cells in the order of their keys, their periods named; no rows at all are one empty cell."""
    cells = labelled(collect(summed).to_pandas(), dataset, question)
    if cells.empty and question.keys == ["period"] and question.every is None:
        cells = pd.DataFrame([dict.fromkeys(cells.columns, 0) | {"period": ALL}])
    sums = cells.columns.difference(question.keys)
    cells[sums] = cells[sums].fillna(0)
    return cells.sort_values(question.keys, na_position="last", ignore_index=True, kind="stable")


def counted(cells: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    """Return cells with a count as their value: all there is was counted, so there is no interval."""
    return cells.assign(
        value=value.astype(float), low=np.nan, high=np.nan, numerator=value, denominator=np.nan, method=COUNTED
    )
