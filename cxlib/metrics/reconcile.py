"""Why does the vendor's screen show another number? Every rule, date, zone and exception, one after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import mark, say
from cxlib.metrics.ask import as_dataset, question_about
from cxlib.metrics.catalogue import metric_named
from cxlib.metrics.compute import Question, lacking, own_rows
from cxlib.metrics.definition import Definition, Rule
from cxlib.metrics.reasons import ELSEWHERE
from cxlib.metrics.result import answer
from cxlib.metrics.units import amount
from cxlib.tables.dataset import Dataset
from cxlib.tables.schema import schema
from cxlib.tables.time import period_days

# What a tool may count although we set it aside; the others cannot give a number at all.
COUNTED_BY_SOME = (
    "superseded", "not_delivered", "bot", "internal", "duplicate", "merged", "unidentified", "not_paid", "cancelled",
    "not_first", "immature", "undecided", *ELSEWHERE,
)  # fmt: skip
COLUMNS = ["matches", "rule", "date", "zone", "also_counted", "value", "n", "difference", "unit", "departures"]
MOST_NAMED = 5
ONE = mark("One way of counting gives {value}: {ways}.")
SEVERAL = mark("{n} ways of counting give {value}; this period cannot tell them apart, another may: {ways}.")
NONE = mark("No way of counting gives {value}. The nearest, {nearest}, leaves {difference}: {ways}.")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The number on somebody's screen, in the unit of a rule, with half of its last digit."""

    value: float
    half: float


def reconcile(
    data: object,
    name: str,
    value: str | float,
    *,
    period: str,
    zones: Iterable[str] = ("UTC",),
    as_of: str | date | None = None,
    source_zone: str | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> pd.DataFrame:
    """Reconcile: "by which way of counting does our tool arrive at its number?"

    `value` is what the screen shows, as it is written there ("47", "47.3%", "12.50"): a share as per cent,
    money in its main unit, and right to half of its last digit. `period` is a day, week, month, quarter or year:
    2026-09-14, 2026-W38, 2026-09, 2026-Q3, 2026. Tried are all rules of the metric, all dates of its table, the
    dataset's zone and `zones`, and counting also what we set aside for one reason (bots, repeated answers ...).

    Returns one row per way of counting: matches, rule, date, zone, also_counted, value, n, difference (to the
    number given), unit, departures (in how many respects it differs from ours), the likeliest first: those that
    match, with the fewest departures. `conclusion(frame)` says in words what remains. Raises `InputError`.

    >>> answers = pd.DataFrame({"score": [10, 10, 9, 8, 3], "answered_at": ["2026-09-01 12:00"] * 5})
    >>> found = reconcile(answers, "nps", "40", period="2026-09", source_zone="UTC")
    >>> found.loc[found["matches"], ["rule", "value", "n"]].head(1)
                rule  value  n
    0  adjusted_wald   40.0  5
    """
    asked = metric_named(name)
    dataset = as_dataset(data, asked, source_zone=source_zone)
    start, end = period_days(period)
    ours = question_about(asked, rule=asked.usual_rule(dataset).key, start=start, end=end, as_of=as_of)
    ways = list(_ways(dataset, asked, dict.fromkeys([dataset.zone, *zones])))
    rows = []
    for place, (rule, column, zone, counted) in enumerate(ways):
        progress(say("Way {n} of {all}", n=place + 1, all=len(ways)))
        question = replace(ours, metric=_counting(asked.under(rule), column, counted), rule=rule)
        rows.append(_row(replace(dataset, zone=zone), question, counted, value))
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1])
    usual = {"rule": ours.rule.key, "date": ours.metric.date, "zone": dataset.zone, "also_counted": ""}
    frame["departures"] = sum(frame[column].ne(usual[column]).astype(int) for column in usual)
    nearest = frame["difference"].abs()
    frame = frame.assign(nearest=nearest).sort_values(
        ["matches", "departures", "nearest"], ascending=[False, True, True], ignore_index=True, kind="stable"
    )
    frame.attrs |= {"shown": str(value), "currency": dataset.currency, "synthetic": dataset.synthetic}
    return frame[COLUMNS]


def conclusion(frame: pd.DataFrame) -> str:
    """Say what a reconciliation comes to: one way, several that this period cannot tell apart, or none."""
    if frame["value"].isna().all():
        return say("There is nothing to count in this period.")
    found = frame[frame["matches"]]
    values = {
        "value": frame.attrs["shown"],
        "ways": "; ".join(_words(row) for row in found.head(5).to_dict("records")),
    }
    if len(found) == 1:
        return say(ONE, **values)
    if len(found):
        return say(SEVERAL, n=len(found), **values)
    nearest = frame.loc[frame["difference"].abs().idxmin()].to_dict()
    currency = frame.attrs.get("currency")
    told = {"nearest": amount(nearest["value"], nearest["unit"], currency), "ways": _words(nearest)}
    difference = amount(abs(nearest["difference"]), nearest["unit"], currency)
    return say(NONE, value=values["value"], difference=difference, **told)


def _words(row: dict[str, object]) -> str:
    known = {"rule": row["rule"], "date": row["date"], "zone": row["zone"]}
    if row["also_counted"]:
        return say(
            "rule {rule}, by {date}, days of {zone}, {reason} counted too", reason=row["also_counted"], **known
        )
    return say("rule {rule}, by {date}, days of {zone}", **known)


def _ways(dataset: Dataset, asked: Definition, zones: Iterable[str]) -> Iterator[tuple[Rule, str, str, str]]:
    """Yield every rule with every date, zone and exception that can make a difference."""
    for rule in _rules(asked):
        read = asked.under(rule)
        if lacking(dataset, read, rule):
            continue
        rows = own_rows(dataset, read, rule)
        dates = [column for column in _instants(read) if column in rows.columns]
        reasons = {code for code, _ in read.set_aside(rows, rule)}
        counted = ["", *(code for code in COUNTED_BY_SOME if code in reasons)]
        yield from product([rule], dates, zones, counted)


def _rules(asked: Definition) -> list[Rule]:
    """Return the rules without those that differ from an earlier one in their interval alone."""
    kinds: dict[object, Rule] = {}
    for rule in asked.rules:
        number = (rule.numerator, rule.denominator, rule.weighted, rule.factor, rule.scale, rule.reads)
        kinds.setdefault(rule.key if rule.numerator is None else number, rule)
    return list(kinds.values())


def _instants(asked: Definition) -> list[str]:
    columns = schema()[asked.table].columns.values()
    others = [column.name for column in columns if column.type in ("instant", "date") and column.name != asked.date]
    return [asked.date, *others]


def _counting(asked: Definition, column: str, counted: str) -> Definition:
    def set_aside(rows: object, rule: Rule) -> list:
        return [(code, condition) for code, condition in asked.set_aside(rows, rule) if code != counted]

    return replace(asked, date=column, set_aside=set_aside)


def _row(dataset: Dataset, question: Question, counted: str, value: str | float) -> tuple[object, ...]:
    found = answer(dataset, question).iloc[0]
    shown = read_value(value, question.rule.unit)
    difference = found["value"] - shown.value
    matches = bool(pd.notna(difference) and abs(difference) <= shown.half * (1 + 1e-9))
    how = (question.rule.key, question.metric.date, dataset.zone, counted)
    return matches, *how, found["value"], found["n"], difference, question.rule.unit


def read_value(value: str | float, unit: str) -> Shown:
    """Return a number as a screen writes it in the unit of a metric, with half of its last digit.

    >>> read_value("47.3%", "share")
    Shown(value=0.473, half=0.0005)
    """
    text = str(value).strip()
    try:
        written = Decimal(text.removesuffix("%").strip().replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        raise InputError(
            say('"{value}" is not a number. Write it with a point for decimals, such as 47.3 or 47.3%.', value=text)
        ) from None
    exponent = written.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    as_per_cent = unit == "share" and (text.endswith("%") or abs(written) > 1)
    factor = Decimal("0.01") if as_per_cent else Decimal(100) if unit == "cents" else Decimal(1)
    return Shown(value=float(written * factor), half=float(half * factor))
