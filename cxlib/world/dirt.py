"""Dirt as real systems leave it, on purpose and counted to the row (truth T23).

It is strewn over one block of customers at a time. `cx check` must find exactly these counts again.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.columns import taken
from cxlib.world.randomness import Source, quantile, whole

REPEATED = 0.008  # events sent twice
LATE, LATE_BY = 0.02, (86_401, 180_000, 600_000)  # events of phones without a signal, seconds
SENTINEL, SENTINEL_SHARE = 99.0, 0.005  # "did not want to answer", among NPS scores
SKEWED, SKEW = 0.003, (60, 900, 7_200)  # tickets solved before they were opened, by two clocks, seconds
MERGED = 0.011  # carts that another one absorbed at login
UNTRACED = 0.004  # refunds without an order

KINDS = (
    *(
        "repeated events",
        "late events",
        "scores of 99",
        "negative durations",
        "merged carts",
        "refunds without order",
    ),
)
Tables = dict[str, pd.DataFrame]


def soiled(source: Source, tables: Tables) -> tuple[Tables, Counter[str]]:
    """Return the tables with dirt on them, and how much of each kind."""
    counts: Counter[str] = Counter()
    strewn = dict(tables)
    for name, strew in _STREWN.items():
        strewn[name], found = strew(source, tables[name])
        counts.update(found)
    return strewn, counts


def _chosen(source: Source, kind: str, among: np.ndarray, share: float) -> np.ndarray:
    return among & (source.uniforms(f"dirt: {kind}", len(among)) < share)


def _seconds(source: Source, kind: str, size: int, between: tuple[int, int, int]) -> pd.Series:
    drawn = quantile(source.uniforms(f"dirt: {kind} by", size), (0, 0.5, 1), between)
    return pd.Series(pd.to_timedelta(drawn, unit="s").as_unit("us"))


def _events(source: Source, events: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    late = _chosen(source, "late", np.ones(len(events), dtype="bool"), LATE)
    arrival = events["occurred_at"] + _seconds(source, "late", len(events), LATE_BY)
    events = events.assign(received_at=arrival.where(late))
    again = _chosen(source, "repeated", np.ones(len(events), dtype="bool"), REPEATED)
    both = pd.concat([events, events[again]], ignore_index=True)
    return both, {"repeated events": int(again.sum()), "late events": int(late.sum())}


def _responses(source: Source, responses: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    refused = _chosen(source, "sentinel", (responses["type"] == "nps").to_numpy(), SENTINEL_SHARE)
    score = responses["score"].mask(refused, SENTINEL)
    return responses.assign(score=score), {"scores of 99": int(refused.sum())}


def _tickets(source: Source, tickets: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    skewed = _chosen(source, "skew", tickets["solved_at"].notna().to_numpy(), SKEWED)
    before = tickets["created_at"] - _seconds(source, "skew", len(tickets), SKEW)
    return tickets.assign(solved_at=tickets["solved_at"].mask(skewed, before)), {
        "negative durations": int(skewed.sum())
    }


def _carts(source: Source, carts: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    merged = _chosen(source, "merged", carts["order_id"].isna().to_numpy(), MERGED)
    other = whole(source.uniforms("dirt: merged into", len(carts)), len(carts))
    into = taken(carts["cart_id"], other)
    return carts.assign(merged_into_cart_id=into.where(merged)), {"merged carts": int(merged.sum())}


def _returns(source: Source, returns: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    lost = _chosen(source, "untraced", (returns["refunded_cents"] > 0).to_numpy(), UNTRACED)
    cut = {name: returns[name].mask(lost) for name in ("order_id", "order_item_id")}
    return returns.assign(**cut), {"refunds without order": int(lost.sum())}


_STREWN = {
    "events": _events,
    "survey_responses": _responses,
    "tickets": _tickets,
    "carts": _carts,
    "returns": _returns,
}
