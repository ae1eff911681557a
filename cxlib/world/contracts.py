"""What all contracts share: prices, months, how a contract ends, and the columns of `subscriptions`.

Paid service begins and ends on the first of a month, local midnight (the days before are a free trial,
the days after a request are already paid), so a contract's life is a number of whole months.
"""

import numpy as np
import pandas as pd

from cxlib.world.columns import identifiers, instants, labels, row_numbers, texts
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source, pick_by

SUBSCRIPTIONS = (
    *("subscription_id", "customer_id", "plan", "billing_period", "price_cents", "currency", "started_at"),
    *("cancel_requested_at", "cancelled_at", "cancel_reason", "involuntary"),
)
PLANS = ("basico", "plus", "premium", "protecao")
PROTECTION = PLANS.index("protecao")
MONTHLY = np.array([1_990, 3_990, 7_990, 1_490])
# Customers who come back pay a year at once, at a lower price; what twelve months of it cost is charged.
ANNUAL = np.array([1_690, 3_390, 6_790, 1_490])
MONTHS_OBSERVED = 24
RUNS = 10_000  # the month in which a contract that nobody has cancelled would end
_first_days = np.arange("2024-01", "2026-07", dtype="datetime64[M]").astype("datetime64[D]")
# Seconds at which each month begins; the 25th is the end of the calendar.
MONTHS = (_first_days - _first_days[0]).astype("int64") * DAY

REASONS = ("preco", "pouco_uso", "concorrente", "mudanca", "atendimento", "falha_pagamento")
# Reasons of contracts that end by themselves, and of those that end because of a ticket.
REASON_SHARES = ((0.30, 0.26, 0.16, 0.08, 0.08, 0.12), (0, 0, 0.15, 0, 0.85, 0))
FAILED_PAYMENT = REASONS.index("falha_pagamento")


def month_after(second: np.ndarray) -> np.ndarray:
    """Return the number of the first month that begins after a second, 0 for the calendar's first."""
    return np.searchsorted(MONTHS, second, side="right")


def seconds_of(month: np.ndarray) -> np.ndarray:
    """Return when months begin, those beyond the table with its last."""
    return MONTHS[np.minimum(month, len(MONTHS) - 1)]


def reasons(source: Source, product: str, by_ticket: np.ndarray) -> np.ndarray:
    """Return for each contract why it would end, should it end."""
    return pick_by(source.uniforms(f"{product} reason", len(by_ticket)), by_ticket.astype("int64"), REASON_SHARES)


def subscriptions(source: Source, people: pd.DataFrame, contracts: pd.DataFrame) -> pd.DataFrame:
    """Return contracts of all products as rows of `subscriptions`, by customer and start.

    `contracts` holds `_person`, `_plan` (at first), `_later` and `_change` (the plan from that month on),
    `_start` and `_end` (months), `_requested` (seconds), `_reason`, `_annual`, `_again` (came back).
    """
    rows = contracts.sort_values(["_person", "_start", "_plan"], ignore_index=True)
    end, requested, reason = (rows[name].to_numpy() for name in ("_end", "_requested", "_reason"))
    ended = end < MONTHS_OBSERVED
    failed = reason == FAILED_PAYMENT
    asked = (end < RUNS) & ~failed & (requested < END)
    plan = np.where(rows["_change"] < np.minimum(end, MONTHS_OBSERVED), rows["_later"], rows["_plan"])
    annual = rows["_annual"].to_numpy()
    price = np.where(annual, ANNUAL[plan] * 12, MONTHLY[plan])
    return rows.assign(
        subscription_id=identifiers("sub", row_numbers(source.shard, len(rows))),
        customer_id=people["customer_id"].take(rows["_person"].to_numpy()).array,
        plan=labels(PLANS, plan),
        billing_period=labels(("monthly", "annual"), annual.astype("int64")),
        price_cents=price,
        currency=texts(["BRL"] * len(rows)),
        started_at=instants(seconds_of(rows["_start"].to_numpy())),
        cancel_requested_at=instants(requested, asked),
        cancelled_at=instants(seconds_of(end), ended),
        cancel_reason=labels(REASONS, reason, ended | asked),
        involuntary=ended & failed,
    )
