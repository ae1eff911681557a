"""Pain points ranked: where customers get to, how often it goes wrong there, and what that costs in satisfaction."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import InputError
from cxlib.inference import intervals
from cxlib.inference.pains import Kinds, Pains, pains
from cxlib.inference.ranks import draws, ends, rank_ends, ranks
from cxlib.journeys.cells import LEVEL, RANKS, finished, noted, together
from cxlib.journeys.failures import counted_kinds, kinds_of_frame
from cxlib.journeys.log import ALL, Log, as_events, names
from cxlib.language import say

if TYPE_CHECKING:
    from cxlib.tables.dataset import Dataset

REPEATS = 1_000
LEAST_FAILS = 50
MEASURES = {"pain_score": "score", "pain_reach": "reach", "pain_failure": "failure", "pain_loss": "loss"}


def pain_points(
    data: object,
    *,
    steps: str | Iterable[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Rank the pain points: "at which step do we lose most satisfaction, and is that rank more than chance?"

    `data` is anything that `open_dataset` takes, or one frame of your own with a row for each step a journey reached:
    `journey_id` (or `customer_id`), `step`, `failed`, and `score`, the journey's CSAT from 0 to 100, missing where it
    was not rated. Of a dataset the journeys are customers, from `start` up to, not including, `end`; the score is the
    share of their CSAT answers that are 4 or 5; `steps` chooses from: `payment` (an attempt refused), `delivery`
    (after the day promised), `product` (sent back), `contact` (the same data asked for twice), `solution` (reopened).

    Returns for each step, worst first, in the columns of `metric` with `rank`, `rank_low` and `rank_high`:
    `pain_score`, points of CSAT that all journeys lose there: `pain_reach`, the share that comes to it, times
    `pain_failure`, the share of these that fail, times `pain_loss`, by how many points journeys that failed are rated
    lower, of those that reached the same steps and failed at the same others (least squares). The ranks are those of
    `pain_score`; their intervals, and those of scores and losses, come from drawing customers again. The loss is
    adjusted, not proven: who fails may differ in what was not recorded. Warns `few_fails` below 50 failures. Raises
    `InputError`.

    >>> frame = pd.DataFrame({"journey_id": range(1000), "step": ["pay"] * 400 + ["look"] * 600,
    ...     "failed": [True] * 100 + [False] * 900, "score": [50] * 100 + [80] * 900})
    >>> found = pain_points(frame)
    >>> found.loc[found["metric"].eq("pain_score") & found["step"].eq("pay"), ["step", "value", "rank"]].round(2)
      step  value  rank
    0  pay    3.0     1
    """
    if isinstance(data, pd.DataFrame):
        dataset, asked, kinds, aside = kinds_of_frame(data)
    else:
        dataset = as_events(data, source_zone=source_zone)
        asked, kinds, aside = counted_kinds(dataset, names(steps), start, end)
    if not np.isfinite(kinds.score).any():
        raise InputError(say("Nobody rated these journeys: without CSAT answers there is no loss to rank by."))
    point, drawn = pains(kinds, kinds.times[np.newaxis, :]), pains(kinds, draws(kinds.times, REPEATS))
    frames = [_rows(dataset, asked, kinds, metric, getattr(point, name)[0], getattr(drawn, name), aside)
              for metric, name in MEASURES.items()]  # fmt: skip
    return _ordered(together(frames), point, asked)


def _rows(
    dataset: "Dataset", asked: Sequence[str], kinds: Kinds, metric: str, value: NDArray[np.float64],
    drawn: NDArray[np.float64], aside: dict[str, int],
) -> pd.DataFrame:  # fmt: skip
    failed, came = kinds.times @ kinds.failed, kinds.times @ kinds.reached
    rated = kinds.times * np.isfinite(kinds.score)
    best, worst = rank_ends(drawn, LEVEL)
    n = {"pain_failure": came, "pain_loss": rated @ kinds.reached}.get(metric, np.full(len(asked), kinds.times.sum()))
    share = metric in ("pain_reach", "pain_failure")
    low, high = intervals.wilson(value, n, level=LEVEL) if share else ends(drawn, LEVEL)
    known = np.isfinite(low) & np.isfinite(value) & (share | (failed > 0))
    told = f"Wilson {LEVEL:.0%}" if share else f"bootstrap of customers {LEVEL:.0%}"
    cells = pd.DataFrame({
        "step": list(asked), "metric": metric, "value": value, "low": np.where(known, low, np.nan),
        "high": np.where(known, high, np.nan), "n": n, "numerator": np.nan, "denominator": np.nan, "period": ALL,
        "unit": "share" if share else "points", "people": n,
        "rank": ranks(value[np.newaxis, :])[0], "rank_low": np.where(known, best, np.nan),
        "rank_high": np.where(known, worst, np.nan),
        "method": np.where(known, told, np.where(failed > 0, "none: too few for an interval", "none: nobody failed")),
    })  # fmt: skip
    if metric != "pain_score":
        cells[RANKS] = np.nan
    log = Log(dataset=dataset, rows=next(iter(dataset.tables.values())), aside=aside)
    frame = finished([cells.astype(dict.fromkeys(RANKS, "Int64"))], log, keys=["step", *RANKS], rule="adjusted")
    return noted(frame, ["few_fails" if few else "" for few in failed < LEAST_FAILS])


def _ordered(frame: pd.DataFrame, point: Pains, asked: Sequence[str]) -> pd.DataFrame:
    """Return the frame metric by metric, each with the worst pain first."""
    place = dict(zip(asked, np.argsort(np.argsort(-np.nan_to_num(point.score[0], nan=-np.inf))), strict=True))
    kind = {metric: number for number, metric in enumerate(MEASURES)}
    order = sorted(
        range(len(frame)), key=lambda row: (kind[frame["metric"].iloc[row]], place[frame["step"].iloc[row]])
    )
    return frame.iloc[order].reset_index(drop=True)
