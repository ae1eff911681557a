"""What a report is made of: for each metric its cells and its comparisons, all of them sums made by the engine."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import mark, number, say
from cxlib.metrics.ask import metric
from cxlib.metrics.bands import BANDS, bands
from cxlib.metrics.catalogue import METRICS, computable
from cxlib.metrics.compare import compare
from cxlib.metrics.compute import own_rows
from cxlib.metrics.definition import Definition
from cxlib.metrics.perception import PERCEPTION
from cxlib.reports.words import SURVEY, group_name
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis

INVITES = "survey_invites"
MOST_MONTHS = 12
FEWEST_GROUPS, MOST_GROUPS = 2, 24
# The column, what its cells are headed, what one of them is called, and how a sentence points at it.
GROUPS = {
    SURVEY: (mark("Survey"), mark("survey"), mark("for the {group} survey")),
    "channel": (mark("Channel"), mark("channel"), mark("for channel {group}")),
    "store_id": (mark("Store"), mark("store"), mark("for store {group}")),
    "tickets.category": (mark("Topic of the ticket"), mark("topic"), mark("for topic {group}")),
}
NO_NAMES = mark(
    "{heading}: not shown, because the rows behind this metric name none. It would take data in which they do."
)
ONE_NAME = mark("{heading}: not shown, because there is only one. It would take two or more.")
TOO_MANY = mark(
    "{heading}: not shown, because {n} values are more than the {most} a page bears. Ask whoever sent you this page "
    "for them (cx metric {metric} --by {column})."
)
TOO_SMALL = mark(
    "{heading}: no comparison, because it would take at least two with n of {n} or more, and {enough} of {total} "
    "have that; fewer would mostly show chance. The figures are in the Excel file of this report: ask whoever sent "
    "you this page (cx report --format xlsx)."
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A metric of a dataset: over all, by group, by month, and what was compared with what.

    `groups` and `contrasts` go by column; `notes` says of a column in words why nothing is shown and what it
    would take. `changes` compares each month with the one before; `older` are the months before those shown.
    `first` and `last` are days of the dataset's zone. Rows that belong to several surveys are compared by survey
    only, and all else within one: `parts` holds the evidence of each.
    """

    key: str
    overall: pd.DataFrame
    bands: pd.DataFrame | None
    groups: Mapping[str, pd.DataFrame]
    contrasts: Mapping[str, pd.DataFrame]
    notes: Mapping[str, str]
    months: pd.DataFrame
    changes: pd.DataFrame
    older: pd.DataFrame
    first: date | None
    last: date | None
    survey: str = ""
    parts: tuple["Evidence", ...] = ()

    @property
    def ratio(self) -> Definition:
        """The definition of the metric."""
        return METRICS[self.key]

    @property
    def name(self) -> str:
        """What is measured, in words: the metric, and the survey where it is about one."""
        name = say(self.ratio.name)
        if not self.survey:
            return name
        return say("{metric} ({survey} survey)", metric=name, survey=group_name(SURVEY, self.survey))


def gather(dataset: Dataset, progress: Callable[[str], None] = lambda line: None) -> list[Evidence]:
    """Compute all a report says about a dataset; raise `InputError` when there is nothing to say."""
    possible = computable(dataset)
    there = set(possible.loc[possible["rows"] > 0, "metric"])
    found = []
    for key in [asked.key for asked in PERCEPTION if asked.key in there]:
        progress(say("Computing {metric}", metric=say(METRICS[key].name)))
        found.append(_of_metric(dataset, METRICS[key]))
    if not found:
        raise InputError(say("This dataset has no answers, so there is nothing to report. See: cx check"))
    return found


def _of_metric(dataset: Dataset, ratio: Definition) -> Evidence:
    """Return the evidence of a metric, by survey where it has several: their mix alone would make groups differ."""
    if ratio.table != INVITES or "type" not in dataset.table(INVITES).columns:
        return _evidence(dataset, ratio, GROUPS)
    named = _with_survey(dataset)
    if _values(named, ratio, SURVEY) < FEWEST_GROUPS:
        return _evidence(dataset, ratio, GROUPS)
    whole = _evidence(named, ratio, (SURVEY,))
    rows = whole.groups.get(SURVEY, whole.overall.head(0).assign(survey=""))
    # A survey that is hidden must not be had from its parts.
    surveys = rows.loc[rows[SURVEY].notna() & (rows["warnings"] != "suppressed"), SURVEY]
    others = [column for column in GROUPS if column != SURVEY]
    parts = [replace(_evidence(_with_survey(dataset, one), ratio, others), survey=one) for one in surveys]
    return replace(whole, parts=tuple(parts))


def _with_survey(dataset: Dataset, only: str = "") -> Dataset:
    """Return a dataset whose invitations say which question they ask, or hold only those that ask one."""
    ibis = lazy_ibis()
    invites = dataset.table(INVITES)
    survey = invites["type"]
    if "kind" in invites.columns:  # NPS after a contact is answered, and means, otherwise than NPS of the relation
        apart = (survey == "nps") & (invites["kind"] == "transactional")
        survey = ibis.ifelse(apart.fill_null(False), "transactional_nps", survey)
    invites = invites.mutate(**{SURVEY: survey})
    if only:
        invites = invites.filter(invites[SURVEY] == only)
    return replace(dataset, tables={**dataset.tables, INVITES: invites})


def _evidence(dataset: Dataset, ratio: Definition, columns: Iterable[str]) -> Evidence:
    groups, contrasts, notes = {}, {}, {}
    for column in columns:
        note = _why_not(dataset, ratio, column)
        try:
            if not note:
                groups[column] = metric(dataset, ratio.key, by=column)
                contrasts[column] = compare(dataset, ratio.key, groups=column)
                note = _too_small(groups[column], ratio, column)
        except InputError as trouble:  # such as groups that would point at people
            groups.pop(column, None)
            note = f"{say(GROUPS[column][0])}: {trouble}"
        if note and column != SURVEY:
            notes[column] = note
    first, last = _span(dataset, ratio)
    nothing = pd.DataFrame()
    months, changes, older = _by_month(dataset, ratio) if first else (nothing, nothing, nothing)
    return Evidence(
        key=ratio.key,
        overall=metric(dataset, ratio.key),
        bands=bands(dataset, ratio.key) if ratio.key in BANDS else None,
        groups=groups,
        contrasts=contrasts,
        notes=notes,
        months=months,
        changes=changes,
        older=older,
        first=first,
        last=last,
    )


def _why_not(dataset: Dataset, ratio: Definition, column: str) -> str:
    values = _values(dataset, ratio, column)
    heading = say(GROUPS[column][0])
    if values < FEWEST_GROUPS:
        return say(ONE_NAME if values else NO_NAMES, heading=heading)
    if values > MOST_GROUPS:
        n = number(values, decimals=0)
        return say(TOO_MANY, heading=heading, n=n, most=MOST_GROUPS, metric=ratio.key, column=column)
    return ""


def _too_small(frame: pd.DataFrame, ratio: Definition, column: str) -> str:
    frame = frame[frame[column].notna()]
    enough = int((frame["n"].fillna(0) >= ratio.least_n).sum())
    if enough >= FEWEST_GROUPS:
        return ""
    return say(TOO_SMALL, heading=say(GROUPS[column][0]), n=ratio.least_n, enough=enough, total=len(frame))


def _values(dataset: Dataset, ratio: Definition, column: str) -> int:
    """Return how many values a column has among the rows of a metric, 0 when there is no such column."""
    rows = own_rows(dataset, ratio)
    home, _, name = column.rpartition(".")
    if home:
        if home not in dataset or "ticket_id" not in rows.columns or name not in dataset.table(home).columns:
            return 0
        rows = dataset.table(home).semi_join(rows.select("ticket_id"), "ticket_id")
    if name not in rows.columns:
        return 0
    return int(collect(rows.aggregate(n=rows[name].nunique())).to_pylist()[0]["n"])


def _span(dataset: Dataset, ratio: Definition) -> tuple[date | None, date | None]:
    """Return the first and the last local day of a metric's rows, None when none has a date."""
    rows = own_rows(dataset, ratio)
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


def _by_month(dataset: Dataset, ratio: Definition) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    every = metric(dataset, ratio.key, every="month")
    dated = every[every["period"].notna()]
    months = dated.tail(MOST_MONTHS).reset_index(drop=True)
    months.attrs = dict(every.attrs)
    start = f"{months['period'].iloc[0]}-01"
    changes = compare(dataset, ratio.key, periods="month", start=start)
    hidden = set(months.loc[months["warnings"] == "suppressed", "period"])
    return months, _hidden(changes, hidden), dated.iloc[:-MOST_MONTHS]


def _hidden(changes: pd.DataFrame, months: set[str]) -> pd.DataFrame:
    """Take the numbers from comparisons with a month that is hidden so that another cannot be had by subtraction."""
    one = changes["from"].isin(months) | changes["to"].isin(months)
    if one.any():
        numbers = ["value_from", "value_to", "change", "low", "high", "p_value", "p_adjusted", "n_from", "n_to"]
        changes.loc[one, numbers] = pd.NA
        changes.loc[one, ["verdict", "warnings"]] = ["too_few", "suppressed"]
    return changes
