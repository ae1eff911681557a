"""Truths about the NPS after a purchase: T01b, T20."""

import numpy as np
import pandas as pd
from analyst.answer import Answer, interval
from scipy.stats import binomtest

Tables = dict[str, pd.DataFrame]
SINCE = pd.Timestamp("2025-05-01 03:00")  # the quarter the ranking of stores was asked for begins in May, local time
ERRORS = 0.05


def t01b(shop: Tables) -> Answer:
    """NPS after a digital order: of those who answered, and in two phases (Hansen & Hurwitz 1946).

    The answered share with its own NPS, the silent share with that of the called. All who were asked are
    known, so only the calls are a sample: its variance carries the share of the silent that was not called.
    """
    asked = invitations(shop)
    asked = asked[asked["store_id"].isna()]
    called = asked["wave"] == "follow-up"
    plain, calls = asked[~called & asked["value"].notna()], asked[called]
    silent = int((~called & asked["value"].isna()).sum())
    share = silent / (silent + len(plain))
    right = (1 - share) * plain["value"].mean() + share * calls["value"].mean()
    error = share * clustered_error(calls) * (1 - len(calls) / silent) ** 0.5
    return Answer(
        naive=float(plain["value"].mean()),
        naive_error=clustered_error(plain),
        n=len(plain) + len(calls),
        **interval(right, error),
    )


def t20(shop: Tables) -> Answer:
    """NPS of store s17 since May: its own answers, and, where these are flagged, what all stores get unbegged.

    The store asked too few before to answer for itself (about 20 answers), and the other stores do not
    differ from each other by more than chance. A few dozen people were asked at s17, so what they would
    have said varies by itself: the interval predicts it.
    """
    asked = invitations(shop)
    asked = asked[asked["store_id"].notna()]
    since = asked["placed_at"] >= SINCE
    mine = asked[since & (asked["store_id"] == "s17")]
    own = mine[mine["value"].notna()]
    # All may have said ten; then the error is what one detractor among them would change.
    naive, naive_error = float(own["value"].mean()), clustered_error(own) or 200 / len(own)
    fair = asked[~(since & asked["store_id"].isin(flagged(asked[since]))) & asked["value"].notna()]
    if fair["order_id"].isin(own["order_id"]).any():  # not flagged: its answers stand
        return Answer(naive=naive, naive_error=naive_error, n=len(own), **interval(naive, naive_error))
    error = clustered_error(fair)
    one = error * len(fair) ** 0.5
    return Answer(
        naive=naive,
        naive_error=naive_error,
        n=len(fair),
        **interval(float(fair["value"].mean()), float(np.hypot(error, one / len(mine) ** 0.5))),
    )


def flagged(asked: pd.DataFrame) -> list[str]:
    """Return the stores with more tens, and more answers, than all the others explain (binomial, Bonferroni)."""
    by = asked.assign(answered=asked["value"].notna(), ten=asked["score"] == 10).groupby("store_id")
    table = by.agg(asked=("answered", "size"), answered=("answered", "sum"), ten=("ten", "sum"))
    rest = table.sum() - table
    level = ERRORS / len(table)
    return [
        store
        for store, row in table.iterrows()
        if row["answered"]
        and _too_many(row["answered"], row["asked"], rest["answered"][store] / rest["asked"][store]) < level
        and _too_many(row["ten"], row["answered"], rest["ten"][store] / rest["answered"][store]) < level
    ]


def _too_many(found: int, n: int, usual: float) -> float:
    return float(binomtest(int(found), int(n), usual, alternative="greater").pvalue)


def invitations(shop: Tables) -> pd.DataFrame:
    """Return the delivered invitations after purchases with order, store and, where answered, score and value."""
    invites = shop["survey_invites"]
    after = (invites["type"] == "nps") & (invites["kind"] == "transactional") & invites["delivered"]
    invites = invites[after & invites["order_id"].notna()]
    found = invites.merge(shop["survey_responses"][["invite_id", "score"]], on="invite_id", how="left")
    found = found.merge(shop["orders"][["order_id", "store_id", "placed_at"]], on="order_id")
    value = 100.0 * ((found["score"] >= 9).astype(int) - (found["score"] <= 6).astype(int))
    return found.assign(value=value.where(found["score"].notna()))


def clustered_error(answers: pd.DataFrame) -> float:
    """Return the standard error of the mean value, the answers of a customer taken together."""
    away = answers["value"] - answers["value"].mean()
    sums = away.groupby(answers["customer_id"]).sum()
    return float((sums**2).sum() ** 0.5 / len(answers) * (len(sums) / (len(sums) - 1)) ** 0.5)
