"""A column of text in, a converted column out, as plain lists."""

import pandas as pd

from cxlib.tables.values import Converted

SAO_PAULO = {"source_zone": "America/Sao_Paulo"}


def text(*cells: str | None) -> pd.Series:
    return pd.Series(list(cells), dtype="str")


def listed(converted: Converted) -> list:
    return [None if pd.isna(value) else value for value in converted.values]


def written(converted: Converted) -> list:
    return [None if pd.isna(value) else str(value) for value in converted.values]


def problems(converted: Converted) -> list[tuple]:
    assert list(converted.problems.columns) == ["code", "found", "count"]
    return [tuple(row) for row in converted.problems.itertuples(index=False)]
