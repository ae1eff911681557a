"""Is it news? Rules side by side, one period against the one before, one group against the rest."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.comparison import difference
from cxlib.inference.design import SUMS, RatioEstimate, ratio
from cxlib.inference.suppression import hidden_cells
from cxlib.language import say
from cxlib.metrics import compute
from cxlib.metrics.ask import as_dataset, question_about
from cxlib.metrics.catalogue import metric_named
from cxlib.metrics.compute import Question
from cxlib.metrics.definition import Definition, Ratio, Rule
from cxlib.metrics.independent import by_intervals
from cxlib.metrics.result import answer, floor_of
from cxlib.metrics.verdicts import LEVEL, REST, hide, method, verdict_frame
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

CROSS = ["total_by_total", "total_by_weight", "weight_by_total", "weight_by_weight"]
# Intervals whose variance is known from sums over customers; the others are compared by their ends.
BY_SUMS = ("adjusted_wald", "wald", "wilson", "student", "delta", "bootstrap")


def compare(
    data: object,
    name: str,
    *,
    rules: bool = False,
    periods: str | None = None,
    groups: str | None = None,
    by: str | Iterable[str] = (),
    rule: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    as_of: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Compare: "does the number depend on the rule, has it moved, does one group differ from the rest?"

    Give exactly one of `rules=True` (every rival rule on the same scale, with the `difference` from the
    default), `periods` (day, week, month, quarter or year: each against the one before, within each
    `by` group) or `groups` (a column: each group against all others together).

    Rules return the result columns and `difference`. The others return one row per comparison: `by`
    columns, metric, rule, from, to, value_from, value_to, change, low, high, p_value, p_adjusted, n_from,
    n_to, unit, method, verdict, warnings. Customers on both sides are paired: their own spread cancels.
    Intervals and p-values allow for the number of comparisons in the call (Benjamini & Hochberg 1995;
    Benjamini & Yekutieli 2005). `verdict` is up, down, not_clear or too_few. Raises `InputError`.

    >>> waves = pd.DataFrame({"score": [9] * 90 + [7] * 60 + [0] * 50 + [9] * 130 + [7] * 70 + [0] * 50,
    ...     "wave": ["one"] * 200 + ["two"] * 250})
    >>> compare(waves, "nps", groups="wave").round(3)[["to", "change", "p_value", "verdict"]]
        to  change  p_value    verdict
    0  one   -12.0    0.114  not_clear
    1  two    12.0    0.114  not_clear
    """
    if sum([rules, periods is not None, groups is not None]) != 1:
        raise InputError(say("Say what to compare: exactly one of rules, periods and groups."))
    asked = metric_named(name)
    dataset = as_dataset(data, asked.under(asked.rule(rule)), source_zone=source_zone)
    if groups is not None and by:
        raise InputError(say("groups compares one column; leave out by."))
    rule = rule or asked.usual_rule(dataset).key
    question = question_about(asked, by=groups or by, every=periods, rule=rule, start=start, end=end, as_of=as_of)
    if rules:
        frame = _rules(dataset, question, asked)
    elif not isinstance(asked, Ratio) or question.rule.interval not in BY_SUMS:
        frame = by_intervals(dataset, question)
    else:
        pairs = (_consecutive if periods else _against_rest)(dataset, question)
        frame = _verdicts(pairs, question, floor_of(dataset, question))
    frame.attrs |= {"synthetic": dataset.synthetic, "currency": dataset.currency}
    return frame


def _rules(dataset: Dataset, question: Question, asked: Definition) -> pd.DataFrame:
    base = question.rule
    rivals = [rule for rule in asked.rules if rule.key != base.key and _stands_beside(rule, question, dataset, asked)]
    frames = []
    for rule in [base, *rivals]:
        frames.append(answer(dataset, replace(question, metric=asked.under(rule), rule=rule)))
    for frame in frames:
        same = frame["unit"].eq(frames[0]["unit"])
        frame["difference"] = (frame["value"] - frames[0]["value"]).where(same)
    return pd.concat(frames, ignore_index=True)


def _stands_beside(rule: Rule, question: Question, dataset: Dataset, asked: Definition) -> bool:
    """Say whether a rule is on the scale of the question's own, and can be computed here in the same groups."""
    if rule.scale != question.rule.scale or compute.lacking(dataset, asked, rule):
        return False
    tables = rule.reads.tables if rule.reads else None
    return tables is None or set(question.by) <= set(dataset.table(tables[0]).columns)


def _consecutive(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Put each period beside the one before it, with what the same customers did in both."""
    cells = compute.cell_sums(dataset, question)
    # Before any cell is left out: what a metric hides, a comparison hides too.
    cells["hidden"] = hidden_cells(cells["customers"], floor=floor_of(dataset, question))
    cells = cells[cells["period"].notna() & (cells["n"] > 0)].reset_index(drop=True)
    before = cells.groupby(list(question.by), dropna=False)["period"] if question.by else cells["period"]
    cells["earlier"] = before.shift(1)
    pairs = cells.merge(
        cells, left_on=[*question.by, "earlier"], right_on=[*question.by, "period"], suffixes=("_to", "_from")
    )
    cross = _cross_periods(dataset, question)
    pairs = pairs.merge(cross, on=[*question.by, "period_from", "period_to"], how="left")
    pairs[CROSS] = pairs[CROSS].fillna(0.0)
    return pairs.rename(columns={"period_from": "from", "period_to": "to"})


def _cross_periods(dataset: Dataset, question: Question) -> pd.DataFrame:
    customers = compute.used_per_customer(dataset, question)
    earlier = customers.view()
    same = [customers[key].identical_to(earlier[key]) for key in (*question.by, "cx_customer")]
    both = customers.join(earlier, [*same, earlier.period < customers.period], lname="", rname="{name}_from")
    summed = both.group_by([*question.by, "period_from", "period"]).agg(
        total_by_total=(both.total_from * both.total).sum(),
        total_by_weight=(both.total_from * both.weight).sum(),
        weight_by_total=(both.weight_from * both.total).sum(),
        weight_by_weight=(both.weight_from * both.weight).sum(),
    )
    frame = compute.labelled(collect(summed).to_pandas(), dataset, question)
    starts = frame[["period_from"]].rename(columns={"period_from": "period"})
    earlier_label = compute.labelled(starts, dataset, question, by=())
    frame["period_from"] = earlier_label["period"]
    return frame.rename(columns={"period": "period_to"})


def _against_rest(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Put each group beside all other answers together, with what the same customers did in both."""
    column = question.by[0]
    grouped = compute.used_per_customer(dataset, question)
    overall = grouped.group_by("cx_customer").agg(
        n_all=grouped.n.sum(), total_all=grouped.total.sum(), weight_all=grouped.weight.sum()
    )
    beside = grouped.join(overall, "cx_customer").mutate(
        total_rest=lambda t: t.total_all - t.total, weight_rest=lambda t: t.weight_all - t.weight
    )
    summed = beside.group_by(column).agg(
        n=beside.n.sum(),
        customers=beside.count(),
        weight=beside.weight.sum(),
        total=beside.total.sum(),
        square=beside.square.sum(),
        total_total=(beside.total * beside.total).sum(),
        total_weight=(beside.total * beside.weight).sum(),
        weight_weight=(beside.weight * beside.weight).sum(),
        total_by_total=(beside.total_rest * beside.total).sum(),
        total_by_weight=(beside.total_rest * beside.weight).sum(),
        weight_by_total=(beside.weight_rest * beside.total).sum(),
        weight_by_weight=(beside.weight_rest * beside.weight).sum(),
        only_here=(beside.n_all == beside.n).sum(),
        away_total_total=(beside.total_all * beside.total_all - beside.total_rest * beside.total_rest).sum(),
        away_total_weight=(beside.total_all * beside.weight_all - beside.total_rest * beside.weight_rest).sum(),
        away_weight_weight=(beside.weight_all * beside.weight_all - beside.weight_rest * beside.weight_rest).sum(),
    )
    cells = collect(summed).to_pandas().sort_values(column, na_position="last", ignore_index=True)
    everyone = replace(question, by=())
    whole = compute.cell_sums(dataset, everyone)[SUMS].iloc[0]
    rest = pd.DataFrame({name: whole[name] - cells[name] for name in ("n", "weight", "total", "square")})
    rest["customers"] = whole["customers"] - cells["only_here"]
    for name in ("total_total", "total_weight", "weight_weight"):
        rest[name] = whole[name] - cells[f"away_{name}"]
    pairs = cells.rename(columns={name: f"{name}_to" for name in SUMS} | {column: "to"})
    return pairs.assign(**{f"{name}_from": rest[name] for name in SUMS}, **{"from": REST})


def _verdicts(pairs: pd.DataFrame, question: Question, floor: int) -> pd.DataFrame:
    before, after = _side(pairs, "from"), _side(pairs, "to")
    rule = question.rule
    error = np.sqrt(
        np.maximum(
            _variance(before, rule.interval)
            + _variance(after, rule.interval)
            - 2 * _covariance(pairs, before, after),
            0.0,
        )
    )
    news = difference(rule.factor * (after.value - before.value), rule.factor * error, level=LEVEL)
    people = np.minimum(before.customers, after.customers)
    paired = pairs["weight_by_weight"].to_numpy(float) > 0
    frame = verdict_frame(
        pairs,
        question,
        news,
        values=(rule.factor * before.value, rule.factor * after.value),
        n=(before.n, after.n),
        methods=[method("paired by customer" if same else "independent samples", len(pairs)) for same in paired],
    )
    hidden = people < floor
    if REST in set(pairs["from"]):
        # A group left out of the rest must not be had by subtraction, so groups hide together.
        hidden |= hidden_cells(after.customers, floor=floor)
    else:
        hidden |= (pairs["hidden_from"] | pairs["hidden_to"]).to_numpy(bool)
    return hide(frame, hidden, floor)


def _side(pairs: pd.DataFrame, side: str) -> RatioEstimate:
    return ratio(pd.DataFrame({name: pairs[f"{name}_{side}"] for name in SUMS}))


def _variance(estimate: RatioEstimate, interval: str) -> np.ndarray:
    match interval:
        case "student":
            return estimate.standard_error_of_mean**2
        case "delta":
            return estimate.linearised_error**2
        case _:
            return estimate.standard_error**2


def _covariance(pairs: pd.DataFrame, before: RatioEstimate, after: RatioEstimate) -> np.ndarray:
    cross = {name: pairs[name].to_numpy(float) for name in CROSS}
    residual = (
        cross["total_by_total"]
        - after.value * cross["total_by_weight"]
        - before.value * cross["weight_by_total"]
        + before.value * after.value * cross["weight_by_weight"]
    )
    return residual / (pairs["weight_from"].to_numpy(float) * pairs["weight_to"].to_numpy(float))
