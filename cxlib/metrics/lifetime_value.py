"""What a contract is worth, and how long contracts last: a model of people who differ, and its rivals."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.inference import lifetime
from cxlib.language import mark
from cxlib.metrics.definition import Measure, Rule
from cxlib.metrics.tenure import KIND, NEEDS, Told, contracts, tenure_cells, unfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

DISCOUNT = 0.01
MONTHS = 600
TWO_YEARS = 24
TWELVE = 12
AT_THE_EDGE = "none: people do not differ by what the data can tell"


def _kinds(used: pd.DataFrame) -> "tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]":
    lasted, ended = (used[name].to_numpy() for name in KIND)
    return lasted.astype("int64"), ended.astype(bool), used["cx_used"].to_numpy(float)


def _by_model(used: pd.DataFrame, target: Callable[[float, float], float]) -> Told:
    """Return what a fitted model says, and by how much a contract of each kind moves it."""
    lasted, ended, counts = _kinds(used)
    model = lifetime.shifted_beta_geometric(*lifetime.at_risk_and_lost(lasted, ended, counts))
    value = target(model.alpha, model.beta)
    if not model.interior:
        return Told(value=value, moves=None, why=AT_THE_EDGE)
    return Told(value=value, moves=lifetime.influence(model, lasted, ended, target))


def _by_one_rate(used: pd.DataFrame, target: Callable[[float], float]) -> Told:
    """Return what one rate of leaving says, the same for everybody and all months."""
    lasted, ended, counts = _kinds(used)
    there, left = float(counts @ lasted), float(counts @ ended)
    rate = left / there
    slope = (target(rate * (1 + 1e-6)) - target(rate)) / (rate * 1e-6) if rate else np.nan
    return Told(value=target(rate), moves=slope * (ended - rate * lasted) / there if rate else None)


def _payments(rule: Rule, used: pd.DataFrame) -> Told:
    """Return the expected number of payments, each discounted by its distance, the first one due now."""
    if rule.key == "constant_churn":
        return _by_one_rate(used, lambda rate: lifetime.constant_lifetime(1 - rate, discount=DISCOUNT))
    horizon = TWO_YEARS if rule.key == "two_years" else MONTHS
    return _by_model(used, partial(lifetime.discounted_lifetime, discount=DISCOUNT, horizon=horizon))


def _worth(rule: Rule, used: pd.DataFrame) -> Told:
    """Return payments times the mean price."""
    told, n = _payments(rule, used), float(used["cx_used"].sum())
    price = float(used["cx_paid"].sum()) / n
    moves = None if told.moves is None else price * told.moves
    return Told(value=price * told.value, moves=moves, why=told.why, slope=told.value / n, price=price)


def _lasting(rule: Rule, used: pd.DataFrame) -> Told:
    """Return the share of contracts that last longer than twelve months."""
    if rule.key == "constant_churn":
        return _by_one_rate(used, lambda rate: (1 - rate) ** TWELVE)
    if rule.key == "kaplan_meier":
        return _watched(used)
    return _by_model(used, lambda alpha, beta: float(lifetime.survival(alpha, beta, TWELVE)))


def _watched(used: pd.DataFrame) -> Told:
    """Return the share seen to last, month by month, and Greenwood's error spread over the kinds."""
    lasted, ended, counts = _kinds(used)
    if lasted.max() < TWELVE:
        return Told(value=np.nan, moves=None, why="none: nobody was watched for so long")
    there, left = (each[:TWELVE] for each in lifetime.at_risk_and_lost(lasted, ended, counts))
    value = float(np.prod(1 - left / there))
    each = np.divide(1.0, there - left, out=np.zeros(TWELVE), where=there > left)
    sums = np.concatenate([[0.0], np.cumsum(left / there * each)])
    upto = np.minimum(lasted, TWELVE)
    fell = np.where(ended & (lasted <= TWELVE), each[upto - 1], 0.0)
    return Told(value=value, moves=-value * (fell - sums[upto]))


LIFETIME_VALUE = Measure(
    key="lifetime_value",
    name=mark("lifetime value of a contract (LTV)"),
    question=mark("What is a new contract worth, over all the months it will last?"),
    explanation=mark(
        "The mean monthly price, times the months a contract is expected to last, later months discounted by 1 % "
        "each, the first payment included. Those quick to leave leave first, so whoever stays is more loyal: one "
        "churn rate for all forgets that. It is revenue, for contracts have no costs here: multiply it by your "
        "margin. Most of it lies beyond what anybody has seen yet; two_years leans on the model the least."
    ),
    unit_of_analysis=mark("contract paid by the month, by the day it began, grouped by customer"),
    tables=("subscriptions",),
    needs=NEEDS,
    date="started_at",
    rows=contracts,
    set_aside=unfit,
    cells=partial(tenure_cells, tell=_worth),
    rules=(
        Rule(
            key="sbg",
            name=mark("people who differ"),
            explanation=mark("Shifted beta-geometric: everybody has a chance to leave of their own; 600 months."),
            interval="delta",
            unit="cents",
        ),
        Rule(
            key="two_years",
            name=mark("first 24 months"),
            explanation=mark("The same model, but of the first 24 months alone."),
            interval="delta",
            unit="cents",
        ),
        Rule(
            key="constant_churn",
            name=mark("one churn rate"),
            explanation=mark("Contracts lost divided by months at risk, for everybody and for ever."),
            interval="delta",
            unit="cents",
        ),
    ),
    abuses=(
        mark("taking one churn rate for everybody"),
        mark("telling revenue as if it were margin"),
        mark("spending today what is expected in ten years"),
    ),
    source="Fader & Hardie 2007, JIM 21(1), and 2010, Marketing Science 29(1); errors: White 1982, by customer.",
    synonyms=("clv", "ltv", "valor do cliente", "valor do tempo de vida", "customer lifetime value"),
    least_n=500,
    least_n_compared=500,
)
CONTRACT_SURVIVAL = Measure(
    key="contract_survival",
    name=mark("contracts that last longer than a year"),
    question=mark("Of the contracts that begin, how many last longer than 12 months?"),
    explanation=mark(
        "The chance that a new contract is renewed twelve times. The model learns from contracts of all ages, also "
        "from those not a year old; counting month by month needs no model, but contracts that are."
    ),
    unit_of_analysis=mark("contract paid by the month, by the day it began, grouped by customer"),
    tables=("subscriptions",),
    needs=NEEDS,
    date="started_at",
    rows=contracts,
    set_aside=unfit,
    cells=partial(tenure_cells, tell=_lasting),
    rules=(
        Rule(
            key="sbg",
            name=mark("people who differ"),
            explanation=mark("Shifted beta-geometric: everybody has a chance to leave of their own."),
            interval="delta",
            unit="share",
        ),
        Rule(
            key="kaplan_meier",
            name=mark("counted month by month"),
            explanation=mark("The share that stays in each month, multiplied over twelve."),
            interval="delta",
            unit="share",
        ),
        Rule(
            key="constant_churn",
            name=mark("one churn rate"),
            explanation=mark("The mean monthly rate of staying, to the power of twelve."),
            interval="delta",
            unit="share",
        ),
    ),
    abuses=(mark("raising one month's rate to the power of twelve"),),
    source="Fader & Hardie 2007, JIM 21(1); Kaplan & Meier 1958; errors: White 1982, by customer.",
    synonyms=("sobrevivência de contratos", "curva de sobrevivência", "survival"),
    least_n=100,
)

LIFETIMES = (LIFETIME_VALUE, CONTRACT_SURVIVAL)
