"""The parts of a report's page, one call a part: what the cells of `report.ipynb` display.

Words and tables are HTML, escaped where they are made (`markup.py`); pictures carry their description in the
metadata of the output, where the template finds it.
"""

from collections.abc import Iterator
from functools import cached_property

import pandas as pd

from cxlib.charts.bands import WORDS
from cxlib.language import language, mark, number, say
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.wording import GROUP_VERDICTS, VERDICTS, amount, show
from cxlib.reports import appendix, markup
from cxlib.reports.figures import Figure, bands_figure, groups_figure, months_figure
from cxlib.reports.findings import sentences, short
from cxlib.reports.gathering import GROUPS, Evidence, gather
from cxlib.reports.handing import taken
from cxlib.reports.opening import covered, title_of
from cxlib.reports.verbatims import LONGEST, Verbatims, verbatims

Piece = str | Figure | None
AGAINST_REST, AGAINST_BEFORE = mark("Against the others"), mark("Against the month before")


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
        """Display the title, what is covered, and the three sentences."""
        title = title_of(self.dataset)
        _show(markup.heading(1, title), title=title)
        _show(markup.paragraph(covered(self.found), "covered"))
        if self.dataset.synthetic:
            _show(markup.paragraph(say("Synthetic data."), "synthetic"))
        _show(markup.findings(sentences(self.found)))

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
        _show(markup.paragraph(say(
            "The newest comments of each group, cut at {n} characters. E-mails, phones and documents are struck out; "
            "names cannot be found that way: read before you forward.", n=LONGEST), "note"))  # fmt: skip
        for key, groups in written.items():
            _show("".join(_comments(key, groups, self.dataset.privacy_floor)))

    def appendix(self) -> None:
        """Display the rules, the account of the rows and what is lacking."""
        _show("".join(appendix.pieces(self.dataset, self.found)))


def _section(evidence: Evidence) -> Iterator[Piece]:
    name = say(evidence.ratio.name)
    yield markup.heading(3, name) + markup.paragraph(say(evidence.ratio.question), "note")
    yield markup.paragraph(str(show(evidence.overall)), "value")
    yield bands_figure(evidence)
    for column, frame in evidence.groups.items():
        heading = say(GROUPS[column][0])
        verdicts = dict(zip(evidence.contrasts[column]["to"].map(_key), evidence.contrasts[column]["verdict"],
                            strict=True))  # fmt: skip
        yield markup.heading(4, heading)
        if (frame["n"].fillna(0) >= evidence.ratio.least_n).sum() < 2:
            yield markup.paragraph(say("Fewer than two groups have {n} answers. The cells are in the workbook: "
                                       "cx report --format xlsx", n=evidence.ratio.least_n), "note")  # fmt: skip
            continue
        yield groups_figure(evidence, column)
        yield markup.table(
            f"{name} · {heading}", [heading, *_headings(name, say(AGAINST_REST))],
            [[short(row[column]), *_cells(row), _verdict(GROUP_VERDICTS, verdicts.get(_key(row[column])))]
             for row in frame.to_dict("records")],
        )  # fmt: skip
    if len(evidence.months):
        yield from _months(evidence, name)
    for note in evidence.notes:
        yield markup.paragraph(note, "note")


def _months(evidence: Evidence, name: str) -> Iterator[Piece]:
    changes = evidence.changes
    verdicts = dict(zip(changes["to"], changes["verdict"], strict=True)) if len(changes) else {}
    yield markup.heading(4, say("Month"))
    yield months_figure(evidence)
    yield markup.table(
        f"{name} · {say('Month')}", [say("Month"), *_headings(name, say(AGAINST_BEFORE))],
        [[row["period"], *_cells(row), _verdict(VERDICTS, verdicts.get(row["period"]))]
         for row in evidence.months.to_dict("records")],
    )  # fmt: skip


def _key(group: object) -> object:
    return None if pd.isna(group) else group  # NaN is not equal to itself


def _headings(name: str, against: str) -> list[str]:
    return [say("{metric} (95% interval)", metric=name), "n", say("Set aside"), against]


def _cells(row: dict) -> list[str]:
    if row["warnings"] == "suppressed":
        return [say("hidden: too few answers"), "", ""]
    aside = number(row["set_aside"], decimals=0)
    if pd.isna(row["value"]):
        return [say("no valid answer"), number(row["n"], decimals=0), aside]
    words = amount(row["value"], row["unit"])
    if pd.notna(row["low"]):
        ends = say("{low} to {high}", low=amount(row["low"], row["unit"]), high=amount(row["high"], row["unit"]))
        words += f" ({ends})"
    small = "; " + say("small n") if "small_n" in row["warnings"] else ""
    return [words + small, number(row["n"], decimals=0), aside]


def _verdict(words: dict[str, str], verdict: str | None) -> str:
    return say(words[verdict]) if verdict else ""


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
