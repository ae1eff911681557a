"""Rows of a dataset as plain values, for writers: null is None, a time is text in UTC or seconds since 1970."""

from typing import Any

import pandas as pd

from cxlib.tables.dataset import Dataset


def rows(dataset: Dataset, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table with None where nothing stands; none when the dataset lacks the table."""
    if table not in dataset:
        return []
    frame = dataset.frame(table).astype(object)
    return frame.where(frame.notna(), None).to_dict("records")


def utc(at: pd.Timestamp | None, format: str = "%Y-%m-%dT%H:%M:%SZ") -> str | None:
    """Return an instant as a platform writes it."""
    return None if at is None else at.tz_convert("UTC").strftime(format)


def seconds(at: pd.Timestamp | None) -> int | None:
    """Return an instant as seconds since 1970."""
    return None if at is None else int(at.timestamp())


def minutes(begin: pd.Timestamp, end: pd.Timestamp | None) -> int | None:
    """Return the whole minutes between two instants."""
    return None if end is None else int((end - begin).total_seconds() // 60)


def numbered(ids: list[str | None], first: int) -> dict[str | None, int]:
    """Return a whole number for each id, as platforms have them, in the order in which they come up."""
    return {one: number for number, one in enumerate(dict.fromkeys(one for one in ids if one is not None), first)}
