"""The ledger of monthly recurring revenue: every movement of every contract, up to the calendar's end."""

import numpy as np
import pandas as pd

from cxlib.world.columns import identifiers, labels, row_numbers
from cxlib.world.contracts import ANNUAL, MONTHLY, MONTHS_OBSERVED
from cxlib.world.randomness import Source

MRR_LEDGER = (
    *("entry_id", "effective_on", "subscription_id", "customer_id", "movement", "amount_cents", "currency"),
)
MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation")
NEW, EXPANSION, CONTRACTION, CHURN, REACTIVATION = range(5)


def ledger(source: Source, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """Return the movements of the contracts of a shard, by contract and month."""
    start, end, change, before, after, annual, again = (
        subscriptions[name].to_numpy()
        for name in ("_start", "_end", "_change", "_plan", "_later", "_annual", "_again")
    )
    first, then = (np.where(annual, ANNUAL[plan], MONTHLY[plan]) for plan in (before, after))
    moved = (change < end) & (change < MONTHS_OBSERVED)
    kinds = (
        (start, np.where(again, REACTIVATION, NEW), first, start < MONTHS_OBSERVED),
        (change, np.where(then > first, EXPANSION, CONTRACTION), then - first, moved),
        (end, np.full(len(end), CHURN), -np.where(moved, then, first), end < MONTHS_OBSERVED),
    )
    month, kind, amount, seen = (np.stack(column, axis=1).ravel() for column in zip(*kinds, strict=True))
    rows = subscriptions.take(np.flatnonzero(seen) // len(kinds)).reset_index(drop=True)
    return pd.DataFrame(
        {
            "entry_id": identifiers("mrr", row_numbers(source.shard, len(rows))),
            "effective_on": np.datetime64("2024-01", "M").astype("datetime64[M]") + month[seen],
            "subscription_id": rows["subscription_id"],
            "customer_id": rows["customer_id"],
            "movement": labels(MOVEMENTS, kind[seen]),
            "amount_cents": amount[seen],
            "currency": rows["currency"],
        }
    ).astype({"effective_on": "datetime64[us]"})
