"""Truths about what head office tried on the stores: T07, T19."""

import numpy as np
import pandas as pd
from analyst.answer import Answer
from scipy import stats

Tables = dict[str, pd.DataFrame]


def t07(shop: Tables) -> Answer:
    """The new roster: before and after in its six stores, and against the change in the others.

    The store is the unit: six months before and three after give one change a store. Stores give as many ratings
    each, so their changes spread alike and Student's t may pool the spread; Welch's, with six stores, is too wide.
    """
    roster = arms(shop, "roster_2025_04")
    ratings = satisfied(shop)
    before = ratings["month"].between("2024-10-01", "2025-03-01")
    after = ratings["month"].between("2025-04-01", "2025-06-01")
    cells = [ratings[window].groupby("store_id")["satisfied"] for window in (before, after)]
    change = 100 * (cells[1].mean() - cells[0].mean())
    changed = (roster == "changed").reindex(change.index)
    mine = ratings["store_id"].map(changed)
    old, new = ratings.loc[before & mine, "satisfied"], ratings.loc[after & mine, "satisfied"]
    ends = stats.ttest_ind(change[changed], change[~changed]).confidence_interval()
    return Answer(
        naive=100 * float(new.mean() - old.mean()),
        naive_error=100 * float(np.hypot(new.sem(), old.sem())),
        right=float(change[changed].mean() - change[~changed].mean()),
        low=float(ends.low),
        high=float(ends.high),
        n=int((before | after).sum()),
    )


def t19(shop: Tables) -> Answer:
    """Training the worst: how the trained rose by the next month, and how much more than the picked untrained.

    Lots were drawn within each wave, so the waves are strata: the spread of the changes within wave and arm, pooled.
    """
    ratings = satisfied(shop)
    share = 100 * ratings.groupby(["store_id", "month"])["satisfied"].mean()
    picks = shop["experiments"]
    picks = picks[picks["experiment_id"].str.startswith("training_")]
    month = pd.to_datetime(picks["experiment_id"].str.removeprefix("training_"), format="%Y_%m")
    now = share.reindex(pd.MultiIndex.from_arrays([picks["store_id"], month])).to_numpy()
    before = share.reindex(pd.MultiIndex.from_arrays([picks["store_id"], month - pd.DateOffset(months=1)])).to_numpy()
    changes = pd.DataFrame({"wave": month, "trained": picks["arm"] == "training", "change": now - before})
    cells = changes.groupby(["wave", "trained"])["change"]
    means = cells.mean().unstack()
    freedom = len(changes) - 2 * len(means)
    spread = float((cells.var() * (cells.size() - 1)).sum() / freedom)
    error = (spread * float((1 / cells.size()).sum())) ** 0.5 / len(means)
    right = float((means[True] - means[False]).mean())
    margin = float(stats.t.ppf(0.975, freedom)) * error
    trained = changes.loc[changes["trained"], "change"]
    return Answer(
        naive=float(trained.mean()),
        naive_error=float(trained.sem()),
        right=right,
        low=right - margin,
        high=right + margin,
        n=len(changes),
    )


def arms(shop: Tables, experiment: str) -> pd.Series:
    """Return the arm of each store in an experiment."""
    rows = shop["experiments"]
    return rows[rows["experiment_id"] == experiment].set_index("store_id")["arm"]


def satisfied(shop: Tables) -> pd.DataFrame:
    """Return the ratings at the exits: store, first day of the month, whether it is 4 or 5."""
    ratings = shop["store_csat_pulse"]
    month = ratings["date_on"].dt.to_period("M").dt.to_timestamp()
    return ratings.assign(month=month, satisfied=(ratings["score"] >= 4).astype("float64"))
