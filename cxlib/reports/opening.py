"""What stands at the top of a report: its title, the days it covers, what the data are, how to read a number."""

from collections.abc import Sequence

from cxlib.language import say
from cxlib.reports.gathering import INVITES, Evidence
from cxlib.reports.words import day, short
from cxlib.tables.dataset import Dataset


def title_of(dataset: Dataset) -> str:
    """Return the title of the report."""
    if not dataset.title:
        return say("Customer experience report")
    # What is made up says so in the reader's language, right beneath.
    title = dataset.title.removesuffix(" (synthetic)") if dataset.synthetic else dataset.title
    return say("Customer experience report: {title}", title=short(title))


def covered(found: Sequence[Evidence]) -> str:
    """Say which days are covered."""
    firsts = [one.first for one in found if one.first]
    lasts = [one.last for one in found if one.last]
    if not firsts:
        return say("Without dates")
    return say("From {first} to {last}", first=day(min(firsts)), last=day(max(lasts)))


def made_up() -> str:
    """Say what synthetic data are."""
    return say("Synthetic data: made up by a computer. No real customers, no real comments.")


def how_to_read(found: Sequence[Evidence]) -> str:
    """Say in a line what n, the brackets and "clear" mean."""
    invited = [say(one.ratio.name) for one in found if one.ratio.table == INVITES]
    n = (
        say("n is the number of answers (for the {metric}: delivered invitations).", metric=invited[0])
        if invited
        else say("n is the number of answers.")
    )
    return say(
        "How to read: {n} A range in brackets (95% interval) very probably holds the true value; it allows for "
        "chance, not for those who did not answer. “Clear” means more than chance would explain.",
        n=n,
    )
