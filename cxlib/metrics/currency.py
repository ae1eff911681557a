"""Money is added up in one currency or not at all."""

from typing import TYPE_CHECKING

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.engine import collect

if TYPE_CHECKING:
    import ibis

    from cxlib.metrics.compute import Question


def one_currency(rows: "ibis.Table", question: "Question") -> None:
    """Refuse to add up the money of a question's rows where it is of several currencies."""
    if question.rule.unit != "cents" or "currency" not in rows.columns:
        return
    same_currency(question, rows.filter(rows.cx_reason == ""))


def same_currency(question: "Question", *tables: "ibis.Table") -> None:
    """Refuse to hold money of several currencies against each other, whatever the unit of the answer."""
    found = {
        row["currency"]
        for rows in tables
        if "currency" in rows.columns
        for row in collect(rows.filter(rows.currency.notnull()).select("currency").distinct()).to_pylist()
    }
    names = sorted(found)
    if len(names) > 1:
        raise InputError(
            say(
                "{metric} would add up {names}. Convert them to one currency first, at the rate of each day, or ask "
                "for one with a filter.",
                metric=question.metric.key,
                names=", ".join(names),
            )
        )
