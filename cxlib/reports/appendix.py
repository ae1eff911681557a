"""The end of a report: by which rules, out of which rows, and what is not there."""

import math
from collections.abc import Iterator, Sequence
from importlib import import_module

from cxlib.language import mark, number, say
from cxlib.metrics.catalogue import METRICS, computable
from cxlib.reports import markup
from cxlib.reports.findings import tests
from cxlib.reports.gathering import Evidence
from cxlib.reports.opening import made_up
from cxlib.reports.words import capital, listed
from cxlib.tables.check import check, tallies
from cxlib.tables.dataset import Dataset

MOST_ROWS = 60  # of the account; `cx check` prints all of them
LIMITS = (
    mark(
        "One group against one other: each is compared with all the others together. It would take a comparison of "
        "just those two."
    ),
    mark(
        "Why a number is high or low: the page shows where and when. The cause would take reading the comments, "
        "asking customers, or an experiment."
    ),
)
P = mark("p: how often chance alone would bring a difference at least as large, if there were none.")
DROPPED = mark(
    "Rows dropped on the way in could not be used at all, such as repeated ones. What a single metric sets aside, "
    "such as invitations that did not arrive, is counted with that metric, and is a used row here."
)
CLEAR = mark(
    "“Rose”, “fell”, “higher” and “lower” are said only where chance is an unlikely explanation, also after allowing "
    "for how many comparisons were made at once."
)
OUTCOMES = {
    "problem": mark("problem"),
    "set_to_null": mark("emptied"),
    "row_set_aside": mark("row dropped on the way in"),
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
    if behind := tests(found):
        yield markup.heading(3, say("The comparisons behind the three sentences"))
        yield markup.items(behind)
        yield markup.paragraph(say(P), "note")
    yield markup.heading(3, say("The account of the rows"))
    yield markup.table(say("Rows in = rows used + rows dropped on the way in"), account_headings(),
                       _cut(account(dataset)))  # fmt: skip
    yield markup.paragraph(say(DROPPED), "note")
    yield markup.heading(3, say("What was found in the tables"))
    findings, unused = findings_of(dataset, left_out=False), left_out(dataset)
    if findings:
        yield markup.table(say("Findings of cx check"), finding_headings(), _cut(findings))
    if unused:
        yield markup.items(unused)
    if not findings and not unused:
        yield markup.paragraph(say("Nothing: no repeated keys, no missing values that are required, no loose ends."))
    yield markup.heading(3, say("What is not shown, and what it would take"))
    yield markup.items(line for _, line in lacking(dataset, found))
    yield markup.heading(3, say("About this report"))
    yield markup.items(about(dataset, found))


def rules(found: Sequence[Evidence]) -> list[str]:
    """Say by which rule each metric was computed, and where the rule comes from."""
    return [
        say(
            "{metric}: {name}. {explanation} Source: {source}",
            metric=capital(one.name),
            name=say(one.ratio.rules[0].name),
            explanation=say(one.ratio.rules[0].explanation),
            source=one.ratio.source,
        )
        for one in found
    ]


def account_headings() -> list[str]:
    """Return the headings of the account."""
    return [say("Table"), say("Source"), say("Rows in"), say("Used"), say("Dropped on the way in")]


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


def lacking(dataset: Dataset, found: Sequence[Evidence]) -> list[tuple[str, str]]:
    """Say of each metric, by its key, what is not shown of it and what that would take."""
    possible = computable(dataset)
    lines = [
        (key, _what_lacks(capital(say(METRICS[key].name)), lacks))
        for key, lacks in possible.loc[possible["rows"] == 0, ["metric", "lacks"]].itertuples(index=False)
    ]
    notes: dict[str, list[Evidence]] = {}
    for one in [part for evidence in found for part in (evidence, *evidence.parts)]:
        undated = () if one.first else (say("Month: not shown, because the rows have no dates."),)
        for note in (*one.notes.values(), *undated):
            notes.setdefault(note, []).append(one)
    lines += [(ones[0].key, f"{capital(listed(one.name for one in ones))} · {note}") for note, ones in notes.items()]
    return [*lines, *(("", say(limit)) for limit in LIMITS)]


def about(dataset: Dataset, found: Sequence[Evidence]) -> list[str]:
    """Say what else must be known to defend a number of the report."""
    lines = [say("Days begin in {zone}. Intervals are 95%.", zone=dataset.zone)]
    lines.append(say(CLEAR))
    if dataset.currency and {one.overall["unit"].iloc[0] for one in found} - {"points", "share", "score"}:
        lines.append(say("Amounts are in {currency}.", currency=dataset.currency))
    if dataset.privacy_floor:
        lines.append(say("Groups of fewer than {n} people are hidden.", n=dataset.privacy_floor))
    if dataset.synthetic:
        lines.append(made_up())
    return [*lines, f"cxlib {import_module('cxlib').__version__}"]


def _what_lacks(name: str, lacks: str) -> str:
    if lacks:
        return say("{metric}: not shown. It would take: {lacks} (brought in with cx import table).", metric=name,
                   lacks=lacks)  # fmt: skip
    return say(
        "{metric}: not shown, because no row is about it. It would take answers to that question.", metric=name
    )


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
