"""Groups compared as if they were made up alike: what is left of a difference once like is held against like."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference import intervals
from cxlib.inference.comparison import difference
from cxlib.inference.standardising import Standardised, standardised
from cxlib.inference.suppression import hidden_cells
from cxlib.language import say
from cxlib.metrics.ask import as_dataset, question_about
from cxlib.metrics.catalogue import metric_named
from cxlib.metrics.compute import Question, cell_sums, labelled, used_per_customer
from cxlib.metrics.definition import Ratio
from cxlib.metrics.result import COLUMNS, floor_of
from cxlib.metrics.verdicts import LEVEL, hide, method, verdict_frame
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

AS_IS, STANDARDISED = STANDARDS = ("as_is", "standardised")
NO_OVERLAP = "none: a stratum is empty in this group"


@dataclass(frozen=True, kw_only=True)
class _Crossed:
    """Sums by group and stratum (groups x strata x total, weight), and of their products over customers."""

    cells: pd.DataFrame
    groups: tuple[Any, ...]
    strata: tuple[Any, ...]
    sums: np.ndarray
    products: np.ndarray


def standardise(
    data: object,
    name: str,
    *,
    by: str,
    within: str,
    against: object = None,
    groups: Iterable[Any] | None = None,
    population: Mapping[Any, float] | None = None,
    rule: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    as_of: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Compare groups made up alike: "is the app better, or do better customers use it?"

    `name` is any metric that is a ratio (repeat_rate, csat), `by` the column whose groups are compared (channel),
    `within` that of what they are made up of (`customers.club_member`), `groups` those to look at, all without it.
    Each group's strata are weighted by the strata of all groups together, or by `population` ({stratum: share}). It
    takes out what the strata explain and nothing else: who chooses a channel differs in more than is written down.

    Returns for each group two rows, of `standard` as_is and standardised, in the columns of `metric`. With
    `against`, one of the groups, it returns the differences from that group in the columns of `compare`, a standard
    corrected for its number of comparisons. A group with nobody in a stratum cannot be compared and has no
    value. Customers who stand in several groups are counted with both. Raises `InputError`. Source: Cochran 1968,
    Biometrics 24; Simpson 1951, JRSS B 13.

    >>> from cxlib.world.store import ipe
    >>> asked = {"by": "channel", "within": "customers.club_member", "groups": ["app", "store"]}
    >>> found = standardise(ipe(), "repeat_rate", **asked)
    >>> list(zip(found["channel"], found["standard"]))
    [('app', 'as_is'), ('store', 'as_is'), ('app', 'standardised'), ('store', 'standardised')]
    """
    asked = metric_named(name)
    if not isinstance(asked, Ratio):
        raise InputError(
            say("{metric} is no ratio of sums, so its groups cannot be weighted anew.", metric=asked.key)
        )
    dataset = as_dataset(data, asked.under(asked.rule(rule)), source_zone=source_zone)
    chosen = rule or asked.usual_rule(dataset).key
    question = question_about(asked, by=(by, within), rule=chosen, start=start, end=end, as_of=as_of)
    crossed = _crossed(dataset, question, None if groups is None else list(groups))
    place = _place(crossed, against, by)
    weights = _weights(crossed, population, within)
    found = {
        standard: standardised(
            crossed.sums, crossed.products, against=place, population=weights, plain=standard == AS_IS
        )
        for standard in STANDARDS
    }
    hidden = hidden_cells(_customers(crossed, by), floor=floor_of(dataset, question))
    if against is None:
        frame = pd.concat([_values(crossed, question, dataset, *one, hidden) for one in found.items()])
    else:
        frame = pd.concat([_changes(crossed, question, dataset, place, *one, hidden) for one in found.items()])
    frame = frame.reset_index(drop=True)
    frame.attrs |= {"synthetic": dataset.synthetic, "currency": dataset.currency}
    return frame


def _crossed(dataset: Dataset, question: Question, wanted: Sequence[Any] | None) -> _Crossed:
    by, within = question.by
    cells = cell_sums(dataset, question)
    known = [_plain(one) for one in dict.fromkeys(cells.loc[cells["n"] > 0, by])]
    if strange := [one for one in wanted or () if one not in known]:
        raise InputError(
            say("{column} has no group {name}. Found: {found}.",
                column=by, name=repr(strange[0]), found=", ".join(map(str, known)))
        )  # fmt: skip
    groups = tuple(known if wanted is None else dict.fromkeys(wanted))
    cells = cells[cells[by].map(_plain).isin(groups)]
    strata = tuple(dict.fromkeys(_plain(one) for one in cells.loc[cells["n"] > 0, within]))
    if len(groups) < 2 or not strata:
        raise InputError(say("There are not two groups of {column} to compare.", column=by))
    sums = np.zeros((len(groups), len(strata), 2))
    for row in cells[cells["n"] > 0].to_dict("records"):
        place = groups.index(_plain(row[by])), strata.index(_plain(row[within]))
        sums[place] = row["total"], row["weight"]
    return _Crossed(
        cells=cells, groups=groups, strata=strata, sums=sums,
        products=_products(dataset, question, groups, strata),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value


def _products(dataset: Dataset, question: Question, groups: tuple[Any, ...], strata: tuple[Any, ...]) -> np.ndarray:
    """Return the sums over customers of each product of two of their sums, cells of one customer taken together."""
    by, within = question.by
    mine = used_per_customer(dataset, question).select(by, within, "cx_customer", "total", "weight")
    other = mine.rename(cx_by=by, cx_within=within, cx_who="cx_customer", cx_total="total", cx_weight="weight")
    pairs = mine.inner_join(other, mine.cx_customer == other.cx_who)
    summed = pairs.group_by([by, within, "cx_by", "cx_within"]).agg(
        both=(pairs.total * pairs.cx_total).sum(),
        total_weight=(pairs.total * pairs.cx_weight).sum(),
        weight_total=(pairs.weight * pairs.cx_total).sum(),
        weights=(pairs.weight * pairs.cx_weight).sum(),
    )
    frame = labelled(collect(summed).to_pandas(), dataset, question)
    frame = labelled(frame, dataset, question, ("cx_by", "cx_within"))
    size = 2 * len(strata)
    products = np.zeros((len(groups) * size,) * 2)
    for row in frame.to_dict("records"):
        ends = [
            (_plain(row[group]), _plain(row[stratum])) for group, stratum in ((by, within), ("cx_by", "cx_within"))
        ]
        if all(group in groups and stratum in strata for group, stratum in ends):
            one, two = (groups.index(group) * size + 2 * strata.index(stratum) for group, stratum in ends)
            products[one, two], products[one, two + 1] = row["both"], row["total_weight"]
            products[one + 1, two], products[one + 1, two + 1] = row["weight_total"], row["weights"]
    return products


def _place(crossed: _Crossed, against: object, by: str) -> int:
    if against is None:
        return 0
    if against not in crossed.groups:
        raise InputError(
            say("{column} has no group {name}. Found: {found}.",
                column=by, name=repr(against), found=", ".join(map(str, crossed.groups)))
        )  # fmt: skip
    return crossed.groups.index(against)


def _weights(crossed: _Crossed, population: Mapping[Any, float] | None, within: str) -> np.ndarray | None:
    if population is None:
        return None
    if set(population) != set(crossed.strata) or not all(share >= 0 for share in population.values()):
        raise InputError(
            say("`population` needs a share of each stratum of {column}: {found}.",
                column=within, found=", ".join(map(repr, crossed.strata)))
        )  # fmt: skip
    return np.array([population[one] for one in crossed.strata], float)


def _of_groups(crossed: _Crossed, by: str, column: str) -> np.ndarray:
    summed = crossed.cells.assign(cx_by=[_plain(one) for one in crossed.cells[by]])
    return np.array([
        summed.loc[summed["cx_by"].isna() if one is None else summed["cx_by"] == one, column].sum()
        for one in crossed.groups
    ])  # fmt: skip


def _customers(crossed: _Crossed, by: str) -> np.ndarray:
    """Return the customers of each group; one who stands in several strata of it counts in each."""
    return _of_groups(crossed, by, "customers").astype(float)


def _values(
    crossed: _Crossed, question: Question, dataset: Dataset, standard: str, found: Standardised, hidden: np.ndarray
) -> pd.DataFrame:
    """Return a row for each group in the columns of a result."""
    rule, by = question.rule, question.by[0]
    n = _of_groups(crossed, by, "n")
    low, high = _ends(found, rule.unit, n)
    codes = [name for name in crossed.cells if str(name).startswith("aside_")]
    aside = {code: _of_groups(crossed, by, code).astype(int) for code in codes}
    known = np.isfinite(low)
    frame = pd.DataFrame({by: list(crossed.groups), "standard": standard, "period": "all"}).assign(
        metric=question.metric.key,
        rule=rule.key,
        value=rule.factor * found.value,
        low=rule.factor * low,
        high=rule.factor * high,
        n=pd.array(n.astype(int), "Int64"),
        numerator=crossed.sums[..., 0].sum(axis=1),
        denominator=crossed.sums[..., 1].sum(axis=1),
        set_aside=pd.array(np.sum(list(aside.values()), axis=0, dtype=int) if codes else 0 * n.astype(int), "Int64"),
        unit=rule.unit,
        method=np.where(known, _method(standard, question.by[1], rule.unit), np.where(
            np.isnan(found.value), NO_OVERLAP, "none: all answers are alike")),
        warnings=[_warnings(aside, place, n[place], question.metric.least_n) for place in range(len(n))],
    )  # fmt: skip
    floor = floor_of(dataset, question)
    if hidden.any():
        frame.loc[hidden, ["value", "low", "high", "n", "numerator", "denominator", "set_aside"]] = pd.NA
        frame.loc[hidden, "method"] = f"none: hidden, fewer than {floor} customers"
        frame.loc[hidden, "warnings"] = "suppressed"
    return frame[[by, "standard", *COLUMNS]]


def _ends(found: Standardised, unit: str, n: np.ndarray) -> intervals.Ends:
    """Return the interval: of shares Wilson's with the n that the error is worth, of others plus and minus."""
    error = np.where(found.standard_error > 0, found.standard_error, np.nan)
    if unit == "share":
        with np.errstate(invalid="ignore"):
            worth = np.minimum(found.value * (1 - found.value) / error**2, n)
        return intervals.wilson(found.value, worth, level=LEVEL)
    return intervals.wald(found.value, error, n, level=LEVEL)


def _method(standard: str, within: str, unit: str) -> str:
    name = f"{'Wilson' if unit == 'share' else 'Wald'} {LEVEL:.0%}, delta method over customers"
    return name if standard == AS_IS else f"standardised within {within}, {name}"


def _warnings(aside: Mapping[str, np.ndarray], place: int, n: float, least: int) -> str:
    reasons = [f"{code.removeprefix('aside_')}:{counts[place]}" for code, counts in aside.items() if counts[place]]
    return ";".join([*reasons, *(["small_n"] if 0 < n < least else [])])


def _changes(
    crossed: _Crossed, question: Question, dataset: Dataset, place: int, standard: str, found: Standardised,
    hidden: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    """Return a row for each other group in the columns of a comparison."""
    factor, by = question.rule.factor, question.by[0]
    others = [one for one in range(len(crossed.groups)) if one != place]
    n = _of_groups(crossed, by, "n")
    errors = np.where(found.change_error > 0, found.change_error, np.nan)
    news = difference(factor * found.change[others], factor * errors[others], level=LEVEL)
    names = [str(one) for one in crossed.groups]
    pairs = pd.DataFrame({"from": names[place], "to": [names[one] for one in others]})
    value = factor * found.value
    sides = "customers of several groups taken together"
    told = method(sides if standard == AS_IS else f"standardised within {question.by[1]}, {sides}", len(others))
    frame = verdict_frame(
        pairs, question, news,
        values=(np.full(len(others), value[place]), value[others]),
        n=(np.full(len(others), n[place]), n[others]), methods=[told] * len(others),
    )  # fmt: skip
    frame.insert(0, "standard", standard)
    return hide(frame, hidden[others] | hidden[place], floor_of(dataset, question))
