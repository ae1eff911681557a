"""The parts of a report's page, one call a part: what the cells of `report.ipynb` display.

Words and tables are HTML, escaped where they are made (`markup.py`); pictures carry their description in the
metadata of the output, where the template finds it.
"""

from collections.abc import Iterator
from functools import cached_property

import pandas as pd

from cxlib.charts.bands import WORDS
from cxlib.language import language, mark, number, percent, say
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.reasons import REASON_WORDS
from cxlib.metrics.units import amount
from cxlib.metrics.wording import GROUP_VERDICTS, VERDICTS, show
from cxlib.reports import appendix, markup
from cxlib.reports.figures import Figure, bands_figure, groups_figure, months_figure, movements
from cxlib.reports.findings import MOST_MONTHS, sentences
from cxlib.reports.gathering import GROUPS, INVITES, Evidence, gather
from cxlib.reports.handing import taken
from cxlib.reports.opening import covered, how_to_read, made_up, title_of
from cxlib.reports.verbatims import LONGEST, Verbatims, verbatims
from cxlib.reports.words import follows, group_name, month, months
from cxlib.tables.schema import schema

Piece = str | Figure | None
NAMES = mark(
    "The newest comments of each group, at most {n} characters of each, in the language in which they were written. "
    "E-mail addresses, phone numbers and identity numbers are struck out; names of people are not detected: read "
    "before you forward."
)


class Page:
    """The report of a dataset; each method displays a part of it, in the language given."""

    def __init__(self, data: str, chosen: str) -> None:
        language(chosen)
        self.dataset = taken(data)

    @cached_property
    def found(self) -> list[Evidence]:
        """The evidence, computed once."""
        return gather(self.dataset)

    def first_screen(self) -> None:
        """Display the title, what is covered, how to read it, and the three sentences."""
        title = title_of(self.dataset)
        _show(markup.heading(1, title), title=title)
        _show(markup.paragraph(covered(self.found), "covered"))
        if self.dataset.synthetic:
            _show(markup.paragraph(made_up(), "synthetic"))
        _show(markup.findings(sentences(self.found)))
        _show(markup.paragraph(how_to_read(self.found), "note"))

    def evidence(self) -> None:
        """Display each metric: over all, by group, by month."""
        _show(markup.heading(2, say("The evidence")))
        for evidence in self.found:
            for piece in _section(evidence):
                _show(piece)

    def verbatims(self) -> None:
        """Display what customers wrote, a few comments of each band."""
        written = {one.key: verbatims(self.dataset, one.key) for one in self.found}
        _show(markup.heading(2, say("In the customers' words")))
        if not any(written.values()):
            _show(markup.paragraph(say("This dataset has no comments.")))
            return
        _show(markup.paragraph(say(NAMES, n=LONGEST), "note"))
        if self.dataset.synthetic:
            _show(markup.paragraph(say("These customers and their words are made up."), "note"))
        for key, groups in written.items():
            _show("".join(_comments(key, groups, self.dataset.privacy_floor)))

    def appendix(self) -> None:
        """Display the rules, the account of the rows and what is lacking."""
        _show("".join(appendix.pieces(self.dataset, self.found)))


def _section(evidence: Evidence) -> Iterator[Piece]:
    ratio = evidence.ratio
    yield markup.heading(3, evidence.name)
    yield markup.paragraph(f"{say(ratio.question)} {say(ratio.explanation)}", "note")
    yield markup.paragraph(str(show(evidence.overall)), "value")
    yield bands_figure(evidence)
    yield _shares(evidence)
    yield from _groups(evidence)
    if len(evidence.months):
        yield from _months(evidence)
    for part in evidence.parts:
        yield from _groups(part)
    for note in evidence.notes.values():
        yield markup.paragraph(note, "note")


def _shares(evidence: Evidence) -> str:
    if evidence.bands is None or evidence.bands["share"].isna().any():
        return ""
    shares = zip(evidence.bands["band"], evidence.bands["share"], strict=True)
    return markup.paragraph(", ".join(f"{percent(share)} {say(WORDS[evidence.key, band])}" for band, share in shares))


def _groups(evidence: Evidence) -> Iterator[Piece]:
    for column, frame in evidence.groups.items():
        if column in evidence.notes:  # which says why it is not drawn
            continue
        heading = say(GROUPS[column][0])
        contrasts = evidence.contrasts[column]
        verdicts = dict(zip(map(_key, contrasts["to"]), contrasts["verdict"], strict=True))
        yield markup.heading(4, f"{heading}: {evidence.name}" if evidence.survey else heading)
        yield markup.paragraph(_meaning(evidence, column), "note")
        yield groups_figure(evidence, column)
        yield markup.table(
            f"{evidence.name} · {heading}", [heading, *_headings(evidence, say("Against all the others together"))],
            [[group_name(column, row[column]), *_cells(row), say(GROUP_VERDICTS[verdicts[_key(row[column])]])]
             for row in frame.to_dict("records")],
        )  # fmt: skip
        if frame[column].isna().any():
            kind = say(GROUPS[column][1])
            yield markup.paragraph(say("(not given): the data do not say which {kind}.", kind=kind), "note")


def _meaning(evidence: Evidence, column: str) -> str:
    """Say what a column means, as the schema has it: whose channel, whose topic."""
    table, _, name = column.rpartition(".")
    described = schema()[table or evidence.ratio.table].columns.get(name)
    return described.meaning if described else say("The survey that was sent.")


def _months(evidence: Evidence) -> Iterator[Piece]:
    changes = {row["to"]: row for row in evidence.changes.to_dict("records")}
    each = all(follows(row["to"], row["from"]) for row in changes.values())
    against = say("Against the month before") if each else say("Against the period before")
    yield markup.heading(4, say("Month"))
    yield months_figure(evidence)
    yield markup.table(
        f"{evidence.name} · {say('Month')}", [say("Month"), *_headings(evidence, against)],
        [[month(row["period"]), *_cells(row), _change(row, changes.get(row["period"]))]
         for row in evidence.months.to_dict("records")],
    )  # fmt: skip
    for note in _beside(evidence):
        yield markup.paragraph(note, "note")


def _change(cell: dict, change: dict | None) -> str:
    if change is None:
        empty = pd.notna(cell["n"]) and cell["n"] == 0
        return say("no valid answer") if empty else say("the first month shown")
    verdict = say(VERDICTS[change["verdict"]])
    if follows(change["to"], change["from"]):
        return verdict
    return say("{verdict} (against {month})", verdict=verdict, month=month(change["from"]))


def _beside(evidence: Evidence) -> Iterator[str]:
    """Say what the months do not show though the total has it, and what moves a rate over several surveys."""
    older = evidence.older
    if len(older):
        ends = {"first": month(older["period"].iloc[0]), "last": month(older["period"].iloc[-1])}
        n = number(older["n"].fillna(0).sum(), decimals=0)
        yield say("Only the last {shown} months with data are shown; the total also contains those from {first} to "
                  "{last} (n = {n}).", shown=len(evidence.months), n=n, **ends)  # fmt: skip
    undated = evidence.overall["n"].fillna(0).sum() - evidence.months["n"].fillna(0).sum()
    if not len(older) and undated > 0 and evidence.months["n"].notna().all():
        yield say("Only in the total: {what}.", what=say(REASON_WORDS["no_date"], n=number(undated, decimals=0)))
    if evidence.parts:
        yield say("These months mix several surveys, each answered at its own rate: the total also moves when only "
                  "the mix does. Each by itself:")  # fmt: skip
    for part in evidence.parts:
        yield f"{movements(part)}{_sent_in(part, evidence)}."


def _sent_in(part: Evidence, whole: Evidence) -> str:
    """Say when a survey was sent that was sent in few of the months shown."""
    sent = [period for period in whole.months["period"] if period in set(part.months["period"])]
    if not sent or len(sent) > MOST_MONTHS or len(sent) == len(whole.months):
        return ""
    return "; " + say("of the months shown, sent in {months} only", months=months(sent))


def _key(group: object) -> object:
    return None if pd.isna(group) else group  # NaN is not equal to itself


def _headings(evidence: Evidence, against: str) -> list[str]:
    n = say("n (delivered)") if evidence.ratio.table == INVITES else say("n (answers)")
    return [say("{metric} (95% interval)", metric=evidence.name), n, say("Set aside"), against]


def _cells(row: dict) -> list[str]:
    if row["warnings"] == "suppressed":
        return [say("hidden: too few answers"), "–", "–"]
    aside = number(row["set_aside"], decimals=0)
    if pd.isna(row["value"]):
        return [say("no valid answer"), number(row["n"], decimals=0), aside]
    words = amount(row["value"], row["unit"])
    if pd.notna(row["low"]):
        ends = say("{low} to {high}", low=amount(row["low"], row["unit"]), high=amount(row["high"], row["unit"]))
        words += f" ({ends})"
    small = "; " + say("small n") if "small_n" in row["warnings"] else ""
    return [words + small, number(row["n"], decimals=0), aside]


def _comments(key: str, groups: list[Verbatims], floor: int) -> Iterator[str]:
    if groups:
        yield markup.heading(3, say(METRICS[key].name))
    for group in groups:
        words = say(WORDS[key, group.band])
        if group.total is None:
            why = say("hidden: fewer than {floor} people wrote here", floor=floor)
            yield markup.heading(4, f"{words}: {why}")
            continue
        counted = say("{shown} of {n} comments", shown=len(group.shown), n=number(group.total, decimals=0))
        yield markup.heading(4, f"{words}: {counted}")
        if group.shown:
            yield markup.quotations((str(score), line) for score, line in group.shown)


def _show(piece: Piece, *, title: str = "") -> None:
    from IPython.display import display

    if isinstance(piece, Figure):
        about = {"alt": piece.alt, "width": piece.width}
        display({"image/png": piece.content}, raw=True, metadata={"image/png": about})
    elif piece:
        display({"text/html": piece}, raw=True, metadata={"cx": {"title": title}} if title else {})
