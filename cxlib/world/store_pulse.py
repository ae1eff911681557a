"""Ratings at the exit of the stores, and what head office tried on them: a new roster, and training.

Truth T07: the roster costs the six stores that got it 7 points of satisfied customers; a strike costs all of them 6
in the same three months. Truth T19: each month the six worst stores are picked and three of them, drawn by lot, are
trained in the next; training does nothing, and all six look better then because they were picked by chance.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.world.columns import dates, identifiers, instants, labels, texts
from cxlib.world.counting import count, together
from cxlib.world.days import DAY, MONTH_DAYS, MONTHS, month
from cxlib.world.randomness import Source, pick, quantile, whole
from cxlib.world.stores import COUNT, ROSTER_FROM, ranks, rostered, store_ids

PULSE = ("pulse_id", "store_id", "date_on", "score")
EXPERIMENTS = (
    *("experiment_id", "unit", "unit_id", "store_id", "arm", "arm_share", "stratum", "assigned_at", "exposed_at"),
)
# Twelve waves of picking, and 150 ratings a store and month from the first pick to the end of the strike, 60
# otherwise: with less of either, one company in four would not show that the naive answers miss.
FIRST_PICK, WAVES, PICKED = month("2024-03"), 12, 6
RATINGS = np.where((np.arange(24) >= FIRST_PICK) & (np.arange(24) < month("2025-07")), 150, 60)
# Satisfied in 10,000: the base, what a store (SD 200) and a store in a month (SD 100) add, strike and roster.
BASE = 8_000
SPREAD_AT = (0, 0.02, 0.10, 0.25, 0.50, 0.75, 0.90, 0.98, 1)
STORE, STORE_MONTH = (
    (-536, -405, -253, -133, 0, 133, 253, 405, 536),
    (-268, -203, -127, -67, 0, 67, 127, 203, 268),
)
STRIKE, STRIKE_MONTHS = -600, slice(month("2025-04"), month("2025-07"))
ROSTER, ROSTER_MONTH = -700, month("2025-04")
UNSATISFIED = (0.20, 0.25, 0.55)  # scores 1, 2, 3
SPLIT = (0.58, 0.42)  # scores 4 and 5
TRAINS = 3 * DAY + 9 * 3600  # after the month began
OPENS = 10 * 3600


class Pulse(NamedTuple):
    """The ratings, what was tried on which store, and the sums behind T07 and T19."""

    ratings: pd.DataFrame
    experiments: pd.DataFrame
    counts: Counter[str]


def store_pulse(source: Source) -> Pulse:
    """Return two years of ratings at the exits and the experiments of the stores."""
    changed = rostered(source)
    at = _when_and_where(source)
    store, period = at["_store"].to_numpy(), at["_month"].to_numpy()
    drawn = whole(source.uniforms("rating satisfied", len(at)), 10_000)
    usual = _chances(source)[store, period]
    without, under = drawn < usual, drawn < usual + ROSTER
    happy = np.where(changed[store] & (period >= ROSTER_MONTH), under, without)
    concerned = changed[store] & (period >= STRIKE_MONTHS.start) & (period < STRIKE_MONTHS.stop)
    effect = under.astype("int64") - without
    picked = _training(source, happy, store, period)
    counts = together(
        count("T07", 100 * int(effect[concerned].sum()), of=int(concerned.sum())),
        count("T19", 0.0, of=int((picked["arm"] == "training").sum())),  # no rating depends on training
    )
    experiments = pd.concat([picked, _roster(changed)], ignore_index=True)
    return Pulse(_ratings(source, at, happy), experiments[list(EXPERIMENTS)], counts)


def _when_and_where(source: Source) -> pd.DataFrame:
    """Return store, month and day of every rating, sorted."""
    store = np.repeat(np.arange(COUNT), RATINGS.sum())
    period = np.tile(np.repeat(np.arange(24), RATINGS), COUNT)
    on = MONTHS[period] + whole(source.uniforms("rating day", len(store)), MONTH_DAYS[period])
    order = np.lexsort((on, store))
    return pd.DataFrame({"_store": store, "_month": period[order], "_day": on[order]})


def _chances(source: Source) -> np.ndarray:
    """Return by store and month how many of 10,000 are satisfied where the roster stays as it was."""
    own = quantile(source.uniforms("store effect", COUNT), SPREAD_AT, STORE)[:, np.newaxis]
    monthly = quantile(source.uniforms("store-month effect", 24 * COUNT), SPREAD_AT, STORE_MONTH).reshape(COUNT, 24)
    chances = BASE + own + monthly
    chances[:, STRIKE_MONTHS] += STRIKE
    return chances


def _ratings(source: Source, at: pd.DataFrame, happy: np.ndarray) -> pd.DataFrame:
    number = source.uniforms("rating score", len(at))
    score = np.where(happy, 4 + pick(number, SPLIT), 1 + pick(number, UNSATISFIED))
    columns = {
        "pulse_id": identifiers("p", np.arange(1, len(at) + 1), digits=5),
        "store_id": labels(store_ids().tolist(), at["_store"].to_numpy()),
        "date_on": dates(at["_day"].to_numpy()),
        "score": score.astype("float64"),
    }
    return pd.DataFrame(columns)


def _training(source: Source, happy: np.ndarray, store: np.ndarray, period: np.ndarray) -> pd.DataFrame:
    """Return the six worst stores of each month picked, half of them drawn for training in the next."""
    satisfied = np.bincount(period * COUNT + store, happy, 24 * COUNT).reshape(24, COUNT).astype("int64")
    worst = np.argsort(satisfied[FIRST_PICK : FIRST_PICK + WAVES], axis=1, kind="stable")[:, :PICKED]
    lot = ranks(source.uniforms("training lot", WAVES * PICKED).reshape(WAVES, PICKED))
    trained = (lot < PICKED // 2).ravel()
    after = np.repeat(FIRST_PICK + 1 + np.arange(WAVES), PICKED)
    begins = MONTHS[after] * DAY
    names = [f"training_{2024 + number // 12}_{number % 12 + 1:02}" for number in range(24)]
    return _assigned(
        experiment_id=labels(names, after),
        store=worst.ravel(),
        arm=labels(("control", "training"), trained.astype("int64")),
        arm_share=0.5,
        assigned_at=instants(begins + 8 * 3600),
        exposed_at=instants(begins + TRAINS, trained),
    )


def _roster(changed: np.ndarray) -> pd.DataFrame:
    """Return who got the new roster; head office chose, so there is no planned share."""
    began = np.full(COUNT, ROSTER_FROM * DAY)
    return _assigned(
        experiment_id=texts(["roster_2025_04"] * COUNT),
        store=np.arange(COUNT),
        arm=labels(("unchanged", "changed"), changed.astype("int64")),
        arm_share=np.nan,
        assigned_at=instants(began),
        exposed_at=instants(began + OPENS, changed),
    )


def _assigned(*, store: np.ndarray, **columns: pd.Series | float) -> pd.DataFrame:
    name = labels(store_ids().tolist(), store)
    fixed = {"unit": texts(["store"] * len(store)), "unit_id": name, "store_id": name}
    return pd.DataFrame({**fixed, "stratum": texts([None] * len(store)), **columns})
