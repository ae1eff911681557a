"""What stands at the top of a report: its title, the days it covers, and how many answers each metric has."""

from collections.abc import Sequence
from datetime import date

from cxlib.language import LANGUAGES, language, number, say
from cxlib.reports.findings import short
from cxlib.reports.gathering import Evidence
from cxlib.tables.dataset import Dataset


def title_of(dataset: Dataset) -> str:
    """Return the title of the report."""
    if not dataset.title:
        return say("Customer experience report")
    return say("Customer experience report: {title}", title=short(dataset.title))


def covered(found: Sequence[Evidence]) -> str:
    """Say which days are covered and how many answers, or invitations, each metric counts."""
    counts = [
        f"{say(one.ratio.name)} n = {number(one.overall['n'].fillna(0).iloc[0], decimals=0)}"
        for one in found
        if one.overall["warnings"].iloc[0] != "suppressed"
    ]
    firsts = [one.first for one in found if one.first]
    lasts = [one.last for one in found if one.last]
    if not firsts:
        return " · ".join([say("Without dates"), *counts])
    return " · ".join([say("From {first} to {last}", first=day(min(firsts)), last=day(max(lasts))), *counts])


def day(at: date) -> str:
    """Return a day as the reader writes it."""
    from babel.dates import format_date

    pattern = "dd/MM/yyyy" if language() == "pt-BR" else "d MMM yyyy"
    return str(format_date(at, format=pattern, locale=LANGUAGES[language()]))
