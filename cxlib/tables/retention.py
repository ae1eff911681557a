"""What a rule of retention would delete, table by table. Nothing is deleted here."""

import re
from collections.abc import Iterable

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect
from cxlib.tables.schema import Table, schema

UNITS = {"d": "days", "mo": "months", "y": "years"}
COLUMNS = ["table", "dated_by", "keep", "rows", "would_go", "would_stay", "undated", "oldest", "newest"]


def retention(dataset: Dataset, keep: Iterable[str], *, as_of: str | None = None) -> pd.DataFrame:
    """Count what a rule of retention would delete: "if we kept 24 months, how many rows of what would go?"

    `keep` is a length for all tables (`24mo`, `2y`, `90d`) and lengths for single ones (`orders=60mo`). It is
    counted back from the day `as_of` (today) in the dataset's zone. A row is as old as its first instant or day,
    `dated_by`; `undated` rows lack it, and tables without any have all their rows there: no age, no rule. Counts of
    rows, not estimates, so there is no interval. Raises `InputError` for lengths that are none.

    >>> from cxlib.tables.opening import open_dataset
    >>> answers = pd.DataFrame({"response_id": ["a", "b"], "type": "nps", "score": [9, 3],
    ...     "answered_at": pd.to_datetime(["2023-03-01T10:00Z", "2025-03-02T10:00Z"])})
    >>> found = retention(open_dataset({"survey_responses": answers}), ["24mo"], as_of="2025-04-01")
    >>> found[["table", "rows", "would_go", "would_stay"]].values.tolist()
    [['survey_responses', 2, 1, 1]]
    """
    lengths = _lengths(keep, dataset)
    day = _day(as_of, dataset.zone)
    rows = [_counted(dataset, name, lengths.get(name, lengths.get("", "")), day) for name in dataset]
    return pd.DataFrame(rows, columns=COLUMNS)


def _lengths(keep: Iterable[str], dataset: Dataset) -> dict[str, str]:
    """Return the length of each table named, and that of all others under an empty name."""
    found = {}
    for one in keep:
        name, _, length = one.rpartition("=")
        if not re.fullmatch(r"\d{1,4}(d|mo|y)", length):
            raise InputError(
                say("{length} is no length of time. Write 24mo, 2y or 90d, or orders=60mo.", length=repr(one))
            )
        if name:
            dataset.table(name)  # says which tables there are
        found[name] = length
    if not found:
        raise InputError(say("Say how long data are kept: --keep 24mo."))
    return found


def _day(as_of: str | None, zone: str) -> pd.Timestamp:
    try:
        return (pd.Timestamp(as_of) if as_of else pd.Timestamp.now(zone).tz_localize(None)).normalize()
    except ValueError:
        raise InputError(say("{day} is no day. Write it as 2025-03-31.", day=repr(as_of))) from None


def _clock(described: Table, columns: Iterable[str]) -> str:
    """Return the column that says how old a row is: the required one, else the first instant or day there is."""
    there = set(columns)
    kinds = [one.name for one in described.columns.values() if one.type in ("instant", "date")]
    return next((name for name in (described.born, described.dated, *kinds) if name in there), "")


def _counted(dataset: Dataset, name: str, length: str, day: pd.Timestamp) -> tuple:
    table = dataset.tables[name]
    clock = _clock(schema()[name], table.columns)
    if not clock or not length:
        rows = collect(table.aggregate(rows=table.count())).to_pylist()[0]["rows"]
        return (name, clock, length, rows, 0, rows, rows if not clock else 0, "", "")
    is_day = schema()[name].columns[clock].type == "date"
    cut = day - pd.DateOffset(**{UNITS[length.lstrip("0123456789")]: int(re.sub(r"\D", "", length))})
    moment = cut.date() if is_day else cut.tz_localize(dataset.zone).tz_convert("UTC").tz_localize(None)
    old = table[clock] < (moment if is_day else moment.to_pydatetime())
    sums = table.aggregate(
        rows=table.count(),
        old=old.sum(),
        undated=table[clock].isnull().sum(),
        oldest=table[clock].min(),
        newest=table[clock].max(),
    )
    found = collect(sums).to_pylist()[0]
    gone = int(found["old"] or 0)
    ends = [str(found[end])[:10] if found[end] is not None else "" for end in ("oldest", "newest")]
    return (name, clock, length, found["rows"], gone, found["rows"] - gone, int(found["undated"] or 0), *ends)
