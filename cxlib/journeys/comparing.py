"""Funnels compared: each period with the one before, each group with all the others, and whether it is news."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.comparison import difference
from cxlib.journeys.cells import LEVEL
from cxlib.language import say

REST = "(rest)"
LEAST_N = 100
SHARES = ("reached", "passed")


def funnel_changes(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare the cells of a funnel: "at which step, and when or where, did it change by more than chance?"

    `frame` is what `funnel` returns with `every`, whose periods are compared with the one before, or else with one
    `by`, whose groups are compared with all the others. Returns a row for each step and comparison in the columns of
    `compare`: `from`, `to`, `value_from`, `value_to`, `change` with its interval, `p_adjusted` and a `verdict`; all
    comparisons of one call are corrected together (Benjamini & Hochberg 1995). Raises `InputError`.

    >>> frame = pd.DataFrame({"period": ["2025-01", "2025-02"], "step": "buy", "position": 2, "metric": "reached",
    ...     "rule": "7_days", "value": [0.20, 0.30], "n": [1000, 1000], "numerator": [200, 300]})
    >>> funnel_changes(frame)[["from", "to", "change", "verdict"]].round(2)
          from       to  change verdict
    0  2025-01  2025-02     0.1      up
    """
    by = list(frame.columns[: list(frame.columns).index("period")]) if "period" in frame.columns else []
    over_time = "period" in frame.columns and frame["period"].nunique() > 1
    if "step" not in frame.columns or (not over_time and len(by) != 1):
        raise InputError(say("Give the frame that funnel returned, with every or one by."))
    shares = frame[frame["metric"].isin(SHARES) & ~(frame["metric"].eq("reached") & frame["position"].eq(1))]
    keys = [*(by if over_time else []), "step", "position", "metric", "rule"]
    pairs = _neighbours(shares, keys) if over_time else _against_rest(shares, by[0], keys)
    return _judged(pairs, keys)


def _neighbours(shares: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    ordered = shares.sort_values("period", kind="stable")
    before = ordered.groupby(list(keys), dropna=False, sort=False)[["period", "n", "numerator"]].shift()
    pairs = ordered[list(keys)].assign(
        **{"from": before["period"], "to": ordered["period"]},
        n_from=before["n"], part_from=before["numerator"], n_to=ordered["n"], part_to=ordered["numerator"],
    )  # fmt: skip
    return pairs[pairs["from"].notna()]


def _against_rest(shares: pd.DataFrame, group: str, keys: Sequence[str]) -> pd.DataFrame:
    whole = shares.groupby(list(keys), dropna=False, sort=False)[["n", "numerator"]].transform("sum")
    return shares[list(keys)].assign(
        **{"from": REST, "to": shares[group]},
        n_from=whole["n"] - shares["n"], part_from=whole["numerator"] - shares["numerator"],
        n_to=shares["n"], part_to=shares["numerator"],
    )  # fmt: skip


def _judged(pairs: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    numbers = pairs[["n_from", "part_from", "n_to", "part_to"]].astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = numbers["part_from"] / numbers["n_from"], numbers["part_to"] / numbers["n_to"]
        error = np.sqrt(before * (1 - before) / numbers["n_from"] + after * (1 - after) / numbers["n_to"])
    found = difference(after - before, error, level=LEVEL)
    few = (numbers[["n_from", "n_to"]].min(axis=1) < LEAST_N).to_numpy()
    apart = found.p_adjusted <= 1 - LEVEL
    verdict = np.select([few, apart & (found.change > 0), apart], ["too_few", "up", "down"], "not_clear")
    frame = pairs[[*keys, "from", "to"]].assign(
        value_from=before, value_to=after, change=found.change, low=found.low, high=found.high,
        p_value=found.p_value, p_adjusted=found.p_adjusted, n_from=numbers["n_from"].astype("Int64"),
        n_to=numbers["n_to"].astype("Int64"), unit="share", method=f"difference of shares, Wald {LEVEL:.0%}",
        verdict=verdict, warnings="",
    )  # fmt: skip
    return frame.reset_index(drop=True)
