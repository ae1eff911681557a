"""The end of a report: by which rules, out of which rows, and what is not there."""

import math
from collections.abc import Iterator, Sequence
from importlib import import_module

from cxlib.language import mark, number, say
from cxlib.metrics.catalogue import METRICS, computable
from cxlib.reports import markup
from cxlib.reports.gathering import Evidence
from cxlib.tables.check import check, tallies
from cxlib.tables.dataset import Dataset

MOST_ROWS = 60  # of the account; `cx check` prints all of them
OUTCOMES = {
    "problem": mark("problem"),
    "set_to_null": mark("emptied"),
    "row_set_aside": mark("row set aside"),
    "left_out": mark("column left out"),
    "kept": mark("kept"),
    "decided": mark("decided"),
    "pseudonymised": mark("made a pseudonym"),
    "redacted": mark("struck out"),
}


def pieces(dataset: Dataset, found: Sequence[Evidence]) -> Iterator[str]:
    """Return the appendix, a piece at a time."""
    yield markup.heading(2, say("Appendix"))
    yield markup.heading(3, say("Rules used"))
    yield markup.items(rules(found))
    yield markup.heading(3, say("The account of the rows"))
    yield markup.table(say("Rows in = rows used + rows set aside"), account_headings(), _cut(account(dataset)))
    yield markup.heading(3, say("What was found in the tables"))
    findings, unused = findings_of(dataset, left_out=False), left_out(dataset)
    if findings:
        yield markup.table(say("Findings of cx check"), finding_headings(), _cut(findings))
    if unused:
        yield markup.items(unused)
    if not findings and not unused:
        yield markup.paragraph(say("Nothing: no repeated keys, no missing values that are required, no loose ends."))
    yield markup.heading(3, say("What could not be computed"))
    lines = [line for _, line in lacking(dataset)]
    if lines:
        yield markup.items(lines)
    else:
        yield markup.paragraph(say("Nothing: every metric of the catalogue is in this report."))
    yield markup.heading(3, say("About this report"))
    yield markup.items(about(dataset))


def rules(found: Sequence[Evidence]) -> list[str]:
    """Say by which rule each metric was computed, and where the rule comes from."""
    return [
        say(
            "{metric}: {meaning} Rule: {name}. {explanation} Source: {source}",
            metric=say(one.ratio.name),
            meaning=say(one.ratio.explanation),
            name=say(one.ratio.rules[0].name),
            explanation=say(one.ratio.rules[0].explanation),
            source=one.ratio.source,
        )
        for one in found
    ]


def account_headings() -> list[str]:
    """Return the headings of the account."""
    return [say("Table"), say("Source"), say("Rows in"), say("Used"), say("Set aside")]


def account(dataset: Dataset) -> list[list[object]]:
    """Return what became of the rows of each source."""
    return tallies(dataset)[["table", "source", "rows_in", "rows_used", "rows_set_aside"]].values.tolist()


def finding_headings() -> list[str]:
    """Return the headings of the findings."""
    return [say("Table"), say("Column"), say("Code"), say("Found"), say("Count"), say("What was done")]


def findings_of(dataset: Dataset, *, left_out: bool = True) -> list[list[object]]:
    """Return the findings of `check`, what was done in words; a page names the columns left out in a sentence."""
    frame = check(dataset)
    frame = frame if left_out else frame[frame["outcome"] != "left_out"]
    words = [say(OUTCOMES[code]) if code in OUTCOMES else code for code in frame["outcome"]]
    return frame.assign(outcome=words)[["table", "column", "code", "found", "count", "outcome"]].values.tolist()


def left_out(dataset: Dataset) -> list[str]:
    """Name the columns of each table's files that nothing was mapped to."""
    frame = check(dataset).query("outcome == 'left_out'")
    return [
        say(
            "{table}: {n} columns of its files are left out: {columns}",
            table=table,
            n=number(names.nunique(), decimals=0),
            columns=", ".join(names.unique()[:MOST_ROWS]) + (", …" if names.nunique() > MOST_ROWS else ""),
        )
        for table, names in frame.groupby("table", sort=False)["column"]
    ]


def lacking(dataset: Dataset) -> list[tuple[str, str]]:
    """Say of each metric that could not be computed what would supply it; with its key."""
    possible = computable(dataset)
    return [
        (key, _what_lacks(say(METRICS[key].name), lacks))
        for key, lacks in possible.loc[possible["rows"] == 0, ["metric", "lacks"]].itertuples(index=False)
    ]


def about(dataset: Dataset) -> list[str]:
    """Say what else must be known to defend a number of the report."""
    lines = [say("Days begin in {zone}. Intervals are 95%.", zone=dataset.zone)]
    lines.append(say("Verdicts allow for the number of comparisons they stand among."))
    if dataset.currency:
        lines.append(say("Amounts are in {currency}.", currency=dataset.currency))
    if dataset.privacy_floor:
        lines.append(say("Groups of fewer than {n} people are hidden.", n=dataset.privacy_floor))
    if dataset.synthetic:
        lines.append(say("Synthetic data."))
    return [*lines, f"cxlib {import_module('cxlib').__version__}"]


def _what_lacks(name: str, lacks: str) -> str:
    if lacks:
        return say("{metric}: lacking here: {lacks}. Bring it in with: cx import table.", metric=name, lacks=lacks)
    return say("{metric}: the tables are here, but none of their rows is about it.", metric=name)


def _cut(rows: list[list[object]]) -> list[list[object]]:
    shown = [[_cell(value) for value in row] for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        more = say("and {n} more: see cx check", n=number(len(rows) - MOST_ROWS, decimals=0))
        shown.append([more, *[""] * (len(rows[0]) - 1)])
    return shown


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return number(value, decimals=0) if isinstance(value, int | float) else value
