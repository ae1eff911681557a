"""Visitors: how many different ones came, how many of them for the first time. Distinct ids, which never add up."""

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.journeys.identity import SHARED_FROM
from cxlib.language import mark
from cxlib.metrics.compute import Question, answers
from cxlib.metrics.conditions import COUNTED, VISITOR, not_people
from cxlib.metrics.counting import counted, sorted_cells
from cxlib.metrics.daily_totals import KEY, daily_rows
from cxlib.metrics.definition import CUSTOMER, Measure, Rule, Sources
from cxlib.metrics.reasons import NOBODY_BEFORE, NOT_ADDITIVE
from cxlib.tables.engine import lazy_ibis
from cxlib.tables.time import PERIODS, local, midnight, span

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

SIGN, IDENTITIES, SEEN = "identity_id", "identities", "first_seen_at"
PEOPLE = ("people", "new_people", "returning_people")
NEW, RETURNING = ("new", "new_people"), ("returning", "returning_people")
BY_DAY = "sum_of_days"


def _visits(sources: Sources) -> "Table":
    return sources["sessions"]


def _unknown(visits: "Table", rule: Rule) -> "Conditions":
    known = visits[SIGN].notnull()
    if rule.key in PEOPLE and CUSTOMER in visits.columns:
        known = known | visits[CUSTOMER].notnull()
    return [*not_people(visits), ("unidentified", ~known)]


def _visitor_cells(dataset: "Dataset", question: Question) -> pd.DataFrame:
    """Count every id once in each cell: used where any of its visits counts, new where it was never seen before."""
    if question.rule.reads:
        return _daily_cells(dataset, question)
    found = answers(dataset, question)
    seen = _sightings(dataset)
    if question.rule.key in PEOPLE:
        rows, seen = _as_people(found.rows, seen), _as_people(seen, seen)
    else:
        rows, seen = found.rows.mutate(cx_id=found.rows[SIGN]), seen.mutate(cx_id=seen[SIGN])
    first = seen.group_by("cx_id").agg(cx_first=seen.cx_at.min()).rename(cx_of="cx_id")
    rows = rows.left_join(first, rows.cx_id == first.cx_of).drop("cx_of")
    rows = rows.mutate(cx_new=_is_new(rows, dataset, question), cx_id=rows.cx_id.coalesce(rows.cx_customer))
    ids = rows.group_by([*question.keys, "cx_id"], **_days(rows, dataset, question)).agg(
        cx_used=(rows.cx_reason == "").cast("int64").max(),
        cx_reason=rows.cx_reason.max(),
        cx_new=rows.cx_new.cast("int64").max(),
    )
    used = ids.cx_used == 1
    summed = ids.group_by(question.keys).agg(
        n=used.sum(),
        new=(used & (ids.cx_new == 1)).sum(),
        **{f"aside_{code}": (~used & (ids.cx_reason == code)).sum() for code in found.reasons},
    )
    return _told(sorted_cells(summed, dataset, question), question)


def _sightings(dataset: "Dataset") -> "Table":
    """Return which sign was seen when, and with which customer: in visits, and in the table of identities."""
    ibis = lazy_ibis()

    def of(table: "Table", at: str) -> "Table":
        customer = table[CUSTOMER] if CUSTOMER in table.columns else ibis.null("string")
        seen = table[at] if at in table.columns else ibis.null("timestamp")
        return table.select(**{SIGN: table[SIGN], CUSTOMER: customer.cast("string"), "cx_at": seen.cast("timestamp")})

    visits = of(dataset.table("sessions"), "started_at")
    return visits.union(of(dataset.table(IDENTITIES), SEEN)) if IDENTITIES in dataset else visits


def _as_people(rows: "Table", seen: "Table") -> "Table":
    """Add `cx_id`: the customer of a row; else the customer of its sign, unless many share it; else the sign."""
    ibis = lazy_ibis()
    known = seen.filter(seen[SIGN].notnull() & seen[CUSTOMER].notnull())
    owners = known.group_by(SIGN).agg(cx_owner=known[CUSTOMER].min(), cx_owners=known[CUSTOMER].nunique())
    owners = owners.filter(owners.cx_owners < SHARED_FROM).rename(cx_of=SIGN).drop("cx_owners")
    joined = rows.left_join(owners, rows[SIGN] == owners.cx_of).drop("cx_of")
    own = joined[CUSTOMER] if CUSTOMER in joined.columns else ibis.null("string")
    return joined.mutate(cx_id=ibis.coalesce(own, joined.cx_owner, joined[SIGN])).drop("cx_owner")


def _is_new(rows: "Table", dataset: "Dataset", question: Question) -> "BooleanValue":
    """Say whether an id was never seen before its cell begins; without a beginning, everybody is new."""
    ibis = lazy_ibis()
    new: BooleanValue = ibis.literal(True)
    if question.start is not None:
        new = new & (rows.cx_first >= ibis.literal(midnight(question.start, dataset.zone)))
    days = span(rows.cx_first) if question.every else None
    if question.every is not None and days is not None:
        period = local(rows.cx_first, dataset.zone, *days).truncate(PERIODS[question.every])
        new = new & (period >= rows.period)
    return new.fill_null(True)


def _days(rows: "Table", dataset: "Dataset", question: Question) -> dict[str, "StringValue"]:
    days = span(dataset.table("sessions").started_at) if question.rule.key == BY_DAY else None
    return {} if days is None else {"cx_day": local(rows.started_at, dataset.zone, *days).date()}


def _told(cells: pd.DataFrame, question: Question) -> pd.DataFrame:
    rule = question.rule.key
    value = cells["new"] if rule in NEW else cells["n"] - cells["new"] if rule in RETURNING else cells["n"]
    notes = pd.Series("", index=cells.index)
    if rule in (*NEW, *RETURNING):
        notes = notes.mask((cells["new"] == cells["n"]) & (cells["n"] > 0), NOBODY_BEFORE)
    if question.every or question.by or rule == BY_DAY:
        notes = notes.where(notes == "", notes + ";") + NOT_ADDITIVE
    return counted(cells, value).assign(customers=cells["n"], notes=notes)


def _daily_cells(dataset: "Dataset", question: Question) -> pd.DataFrame:
    found = answers(dataset, question)
    used = found.rows.cx_reason == ""
    summed = found.rows.group_by(question.keys).agg(
        n=used.ifelse(found.rows.users, 0).sum(),
        **{f"aside_{code}": (found.rows.cx_reason == code).sum() for code in found.reasons},
    )
    cells = sorted_cells(summed, dataset, question)
    return counted(cells, cells["n"]).assign(customers=cells["n"], notes=NOT_ADDITIVE)


def _rule(key: str, name: str, explanation: str) -> Rule:
    return Rule(key=key, name=name, explanation=explanation, interval=COUNTED, unit="count", direction="none")


VISITORS = Measure(
    key="visitors",
    name=mark("visitors"),
    question=mark("How many different visitors came, and how many for the first time?"),
    explanation=mark(
        "Each cookie, device or login counts once in a period, however many visits. Days do not add up to a month, "
        "nor sources to all: who comes twice would count twice. A cookie is no person; people are counted as far as "
        "they are recognised. n is all who came. New are those never seen before the period, so a period without a "
        "past makes everybody new."
    ),
    unit_of_analysis=mark("cookie, device or login, or person, in each period"),
    tables=("sessions",),
    needs={"sessions": ("session_id", SIGN, "started_at")},
    date="started_at",
    rows=_visits,
    set_aside=_unknown,
    cells=_visitor_cells,
    rules=(
        _rule("identities", mark("cookies and devices"), mark("Every cookie, device or login is one.")),
        _rule("new", mark("new cookies and devices"), mark("Those never seen before the period.")),
        _rule("returning", mark("returning cookies and devices"), mark("Those seen before the period.")),
        _rule(
            "people",
            mark("people"),
            mark("All signs of one customer are one; a sign that nobody was recognised by counts by itself."),
        ),
        _rule("new_people", mark("new people"), mark("People never seen before the period, by any sign.")),
        _rule("returning_people", mark("returning people"), mark("People seen before the period, by any sign.")),
        _rule(
            BY_DAY,
            mark("sum of daily visitors"),
            mark("Every day counts anew: what tools show that forget their visitors each night."),
        ),
        Rule(
            key=KEY,
            name=mark("sum of a tool's daily users"),
            explanation=mark(
                "The users of each line of a tool's screens (table web_daily), added up: right for one line alone, "
                "too many for everything else."
            ),
            interval=COUNTED,
            unit="count",
            direction="none",
            reads=daily_rows("users"),
        ),
    ),
    abuses=(mark("adding up daily visitors"), mark("reading cookies as people")),
    source="Google Analytics 4 documentation: users and new users; identity as in cx journey.",
    synonyms=("visitantes únicos", "visitantes novos", "visitantes recorrentes", "unique visitors", "usuários"),
    cluster=VISITOR,
    least_n=1,
    least_n_compared=1,
)
