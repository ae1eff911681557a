"""How many months contracts last: the kinds of contracts a model of leaving is fitted to, and how sure it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from cxlib.errors import InputError
from cxlib.metrics.compute import Answers, Question, answers, labelled
from cxlib.metrics.definition import Rule, Sources
from cxlib.metrics.reasons import REASONS
from cxlib.metrics.retention import monthly_cents
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.time import local, span

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, Table, TimestampValue

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

LEVEL = 0.95
KIND = ["cx_lasted", "cx_ended"]
NEEDS = {"subscriptions": ("subscription_id", "customer_id", "started_at", "cancelled_at", "price_cents")}
EMPTY = ["n", "numerator", "denominator", "value", "why", "cx_cell"]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a rule says of one cell: the value, and what one contract of each kind moves it by.

    `moves` is None, with the reason in `why`, where the data cannot say how sure it is. Where the value grows with
    the mean price, `slope` says by how much for each contract.
    """

    value: float
    moves: np.ndarray | None
    why: str = ""
    slope: float = 0.0
    price: float = 0.0


def contracts(sources: Sources) -> "Table":
    """Return contracts with the whole months they were seen to last, and whether they ended with the last of them."""
    ibis = lazy_ibis()
    rows = sources["subscriptions"].mutate(cx_as_of=ibis.literal(sources.as_of))
    ended = (rows.cancelled_at < rows.cx_as_of).fill_null(False)
    # Who leaves at the very end of the data is not known yet: a renewal due then has not been seen.
    until = ibis.ifelse(ended, rows.cancelled_at, rows.cx_as_of - ibis.interval(seconds=1))
    whole, over = _months_between(rows.started_at, until, sources)
    rows = rows.mutate(cx_ended=ended, cx_until=until, cx_price=monthly_cents(rows), cx_whole=whole, cx_over=over)
    # Whoever leaves in the middle of a month leaves in it; whoever still runs has finished whole months only.
    lasted = ibis.greatest(rows.cx_whole + ibis.ifelse(rows.cx_ended & rows.cx_over, 1, 0), ibis.ifelse(ended, 1, 0))
    return rows.mutate(cx_lasted=lasted.cast("int64"))


def _months_between(
    start: "TimestampValue", end: "TimestampValue", sources: Sources
) -> "tuple[IntegerValue, IntegerValue]":
    """Return the whole local months between two instants, and whether more than those has gone by."""
    ibis = lazy_ibis()
    days = span(start)
    if days is None:
        return ibis.null("int64"), ibis.null("boolean")
    reach = max(days[1], sources.as_of.date())
    begun, until = (local(at, sources.zone, days[0], reach) for at in (start, end))
    months = (until.year() - begun.year()) * 12 + until.month() - begun.month()
    into = [at.delta(at.truncate("M"), unit="second") for at in (begun, until)]
    return months - ibis.ifelse(into[1] < into[0], 1, 0), into[1] != into[0]


def unfit(rows: "Table", rule: Rule) -> "Conditions":
    """Return which contracts cannot count: not begun, ending before they begin, not renewed each month."""
    reasons: Conditions = [
        ("impossible", (rows.cancelled_at < rows.started_at).fill_null(False)),
        ("immature", (rows.started_at > rows.cx_as_of) | (rows.cx_lasted < 1)),
        ("no_amount", rows.price_cents.isnull()),
    ]
    if "billing_period" in rows.columns:
        reasons.append(("other_billing", (rows.billing_period != "monthly").fill_null(False)))
    return reasons


def tenure_cells(dataset: "Dataset", question: Question, tell: Callable[[Rule, pd.DataFrame], Told]) -> pd.DataFrame:
    """Return cells whose value `tell` makes of the kinds of contracts in each, with an interval over customers."""
    found = answers(dataset, question)
    kinds = _kinds(found, dataset, question)
    rows, moves = [], []
    for key, cell in kinds.groupby(question.keys, dropna=False):
        used = cell[cell["cx_used"] > 0].reset_index(drop=True)
        told = _told(question, used, tell)
        asides = cell[[name for name in cell if str(name).startswith("aside_")]].sum()
        row = {**dict(zip(question.keys, key, strict=True)), **_sums(used), **asides.to_dict()}
        rows.append({**row, "value": told.value, "why": told.why, "cx_cell": cell["cx_cell"].iloc[0]})
        if told.moves is not None:
            moves.append(used[["cx_cell", *KIND]].assign(cx_move=told.moves, cx_slope=told.slope, cx_mean=told.price))
    cells = pd.DataFrame(rows, columns=None if rows else [*question.keys, *EMPTY])
    return _with_interval(cells, _errors(found, question, moves), question.rule.unit)


def _told(question: Question, used: pd.DataFrame, tell: Callable[[Rule, pd.DataFrame], Told]) -> Told:
    if used.empty:
        return Told(value=np.nan, moves=None, why="none: no valid answer")
    try:
        return tell(question.rule, used)
    except InputError:  # a cell that no model can be made of is told without a number; the others stand
        return Told(value=np.nan, moves=None, why="none: too few left to tell how long they last")


def _sums(used: pd.DataFrame) -> dict[str, float]:
    return {
        "n": float(used["cx_used"].sum()),
        "numerator": float(used.loc[used["cx_ended"], "cx_used"].sum()),
        "denominator": float((used["cx_used"] * used["cx_lasted"]).sum()),
    }


def _cell_name(rows: "Table", question: Question) -> "Table":
    """Name cells by one text, by which the kinds of each can be found again."""
    ibis = lazy_ibis()
    text = ibis.literal("cell")
    for key in question.keys:
        text = text + ibis.literal("|") + rows[key].cast("string").fill_null("(none)")
    return rows.mutate(cx_cell=text)


def _kinds(found: Answers, dataset: "Dataset", question: Question) -> pd.DataFrame:
    rows = _cell_name(found.rows, question)
    used = rows.cx_reason == ""
    summed = rows.group_by([*question.keys, "cx_cell", *KIND]).agg(
        cx_used=used.sum(),
        cx_paid=lazy_ibis().ifelse(used, rows.cx_price, 0.0).sum(),
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in found.reasons if code in REASONS},
    )
    return labelled(collect(summed.order_by(KIND)).to_pandas(), dataset, question)


def _errors(found: Answers, question: Question, moves: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the standard error of each cell's value: what each contract moves it by, added up by customer."""
    ibis = lazy_ibis()
    rows = _cell_name(found.rows, question)
    rows = rows.filter(rows.cx_reason == "")
    people = rows.group_by("cx_cell").agg(customers=rows.cx_customer.nunique())
    counted = collect(people).to_pandas()
    if not moves:
        return counted.assign(error=np.nan)
    kinds = pd.concat(moves, ignore_index=True)
    table = ibis.memtable(kinds.rename(columns={name: f"{name}_of" for name in ("cx_cell", *KIND)}))
    same = [rows[name] == table[f"{name}_of"] for name in ("cx_cell", *KIND)]
    joined = rows.join(table, same)
    move = joined.cx_move + joined.cx_slope * (joined.cx_price - joined.cx_mean)
    each = joined.group_by(["cx_cell", "cx_customer"]).agg(moved=move.sum())
    summed = each.group_by("cx_cell").agg(square=(each.moved * each.moved).sum())
    found_errors = collect(summed).to_pandas()
    return counted.merge(found_errors.assign(error=np.sqrt(found_errors["square"])), on="cx_cell", how="left")


def _with_interval(cells: pd.DataFrame, errors: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Add intervals on the scale of logs, or of log-odds for shares: no end is below nothing or above all."""
    cells = cells.merge(errors, on="cx_cell", how="left").fillna({"customers": 0})
    value, error = cells["value"].to_numpy(float), cells["error"].to_numpy(float)
    known = np.isfinite(error) & np.isfinite(value) & (error > 0)
    scale = value * (1 - value) if unit == "share" else value
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = np.exp(special.ndtri(0.5 + LEVEL / 2) * np.where(known, error / scale, np.nan))
        odds = value / (1 - value) if unit == "share" else value
    ends = [odds / wide, odds * wide]
    low, high = (end / (1 + end) for end in ends) if unit == "share" else ends
    method = np.where(known, f"delta method {LEVEL:.0%}", cells["why"].replace("", "none: too few for an interval"))
    return cells.assign(low=low, high=high, method=method)
