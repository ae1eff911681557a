"""What a report is made of: for each metric its cells and its comparisons, all of them sums made by the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import mark, number, say
from cxlib.metrics.ask import metric
from cxlib.metrics.bands import BANDS, bands
from cxlib.metrics.catalogue import METRICS, computable
from cxlib.metrics.compare import compare
from cxlib.metrics.definition import Ratio
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

MOST_MONTHS = 12
FEWEST_GROUPS, MOST_GROUPS = 2, 24
# The column, what its cells are headed, what one of them is called.
GROUPS = {
    "channel": (mark("Channel"), mark("channel")),
    "store_id": (mark("Store"), mark("store")),
    "tickets.category": (mark("Topic of the ticket"), mark("topic")),
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A metric of a dataset: over all, by group, by month, and what was compared with what.

    `groups` and `contrasts` go by column; `changes` compares each month with the one before; `notes` says
    in words what is not shown. `first` and `last` are days of the dataset's zone.
    """

    key: str
    overall: pd.DataFrame
    bands: pd.DataFrame | None
    groups: Mapping[str, pd.DataFrame]
    contrasts: Mapping[str, pd.DataFrame]
    months: pd.DataFrame
    changes: pd.DataFrame
    first: date | None
    last: date | None
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> Ratio:
        """The definition of the metric."""
        return METRICS[self.key]


def gather(dataset: Dataset, progress: Callable[[str], None] = lambda line: None) -> list[Evidence]:
    """Compute all a report says about a dataset; raise `InputError` when there is nothing to say."""
    possible = computable(dataset)
    found = []
    for key in possible.loc[possible["rows"] > 0, "metric"]:
        progress(say("Computing {metric}", metric=say(METRICS[key].name)))
        found.append(_evidence(dataset, METRICS[key]))
    if not found:
        raise InputError(say("This dataset has no answers, so there is nothing to report. See: cx check"))
    return found


def _evidence(dataset: Dataset, ratio: Ratio) -> Evidence:
    notes: list[str] = []
    groups, contrasts = {}, {}
    for column in GROUPS:
        if _is_shown(dataset, ratio, column, notes):
            try:
                groups[column] = metric(dataset, ratio.key, by=column)
                contrasts[column] = compare(dataset, ratio.key, groups=column)
            except InputError as trouble:  # such as groups that would point at people
                groups.pop(column, None)
                notes.append(f"{say(GROUPS[column][0])}: {trouble}")
    first, last = _span(dataset, ratio)
    months, changes = _by_month(dataset, ratio) if first else (pd.DataFrame(), pd.DataFrame())
    return Evidence(
        key=ratio.key,
        overall=metric(dataset, ratio.key),
        bands=bands(dataset, ratio.key) if ratio.key in BANDS else None,
        groups=groups,
        contrasts=contrasts,
        months=months,
        changes=changes,
        first=first,
        last=last,
        notes=tuple(notes),
    )


def _is_shown(dataset: Dataset, ratio: Ratio, column: str, notes: list[str]) -> bool:
    values = _values(dataset, ratio, column)
    if values > MOST_GROUPS:
        notes.append(
            say(
                "{heading}: {n} values, and a page shows at most {most}. All: cx metric {metric} --by {column}",
                heading=say(GROUPS[column][0]),
                n=number(values, decimals=0),
                most=MOST_GROUPS,
                metric=ratio.key,
                column=column,
            )
        )
    return FEWEST_GROUPS <= values <= MOST_GROUPS


def _values(dataset: Dataset, ratio: Ratio, column: str) -> int:
    """Return how many values a column has among the rows of a metric, 0 when there is no such column."""
    rows = ratio.own_rows({name: dataset.table(name) for name in ratio.tables})
    home, _, name = column.rpartition(".")
    if home:
        if home not in dataset or "ticket_id" not in rows.columns or name not in dataset.table(home).columns:
            return 0
        rows = dataset.table(home).semi_join(rows.select("ticket_id"), "ticket_id")
    if name not in rows.columns:
        return 0
    return int(collect(rows.aggregate(n=rows[name].nunique())).to_pylist()[0]["n"])


def _span(dataset: Dataset, ratio: Ratio) -> tuple[date | None, date | None]:
    """Return the first and the last local day of a metric's rows, None when none has a date."""
    rows = ratio.own_rows({name: dataset.table(name) for name in ratio.tables})
    if ratio.date not in rows.columns:
        return None, None
    at = rows[ratio.date]
    ends = collect(rows.aggregate(first=at.min(), last=at.max())).to_pylist()[0]
    first, last = (_local_day(ends[end], dataset.zone) for end in ("first", "last"))
    return first, last


def _local_day(instant: datetime | None, zone: str) -> date | None:
    if instant is None:
        return None
    return pd.Timestamp(instant).tz_localize("UTC").tz_convert(ZoneInfo(zone)).date()


def _by_month(dataset: Dataset, ratio: Ratio) -> tuple[pd.DataFrame, pd.DataFrame]:
    months = metric(dataset, ratio.key, every="month")
    months = months[months["period"].notna()].tail(MOST_MONTHS).reset_index(drop=True)
    start = f"{months['period'].iloc[0]}-01"
    changes = compare(dataset, ratio.key, periods="month", start=start)
    return months, _hidden(changes, set(months.loc[months["warnings"] == "suppressed", "period"]))


def _hidden(changes: pd.DataFrame, months: set[str]) -> pd.DataFrame:
    """Take the numbers from comparisons with a month that is hidden so that another cannot be had by subtraction."""
    one = changes["from"].isin(months) | changes["to"].isin(months)
    if one.any():
        numbers = ["value_from", "value_to", "change", "low", "high", "p_value", "p_adjusted", "n_from", "n_to"]
        changes.loc[one, numbers] = pd.NA
        changes.loc[one, ["verdict", "warnings"]] = ["too_few", "suppressed"]
    return changes
