"""Looking back on a journey: is the rating as a whole the mean of what was felt, or its peak and its end?"""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import InputError
from cxlib.inference.ranks import draws, ends
from cxlib.journeys.cells import LEVEL, finished, together
from cxlib.journeys.emotions import MOMENTS, moments_of, peak_end
from cxlib.journeys.log import ALL, Log, as_events, demand
from cxlib.language import say
from cxlib.tables.engine import collect

ACCOUNTS = ("mean", "peak", "end", "peak_end", "path")
REPEATS, LEAST_JOURNEYS = 500, 20


def looking_back(
    data: object,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Hold rival accounts against how people rate a journey afterwards: "do they remember the mean, or peak and end?"

    `data` as in `emotion_curve`, with ratings of `kind` `overall`. Looked at are journeys rated at every stage rated
    at all, and as a whole: elsewhere the peak may be the moment nobody asked about. Returns a row for each account,
    in the columns of `metric`: `value` is R squared, how much of the differences between the ratings a straight line
    on the account explains: `mean`, `peak` (the most intense), `end`, `peak_end` (the mean of both, by the rule of
    Kahneman et al. 1993), and `path`, all stages each with a weight of its own. `path` has as many weights as stages,
    so its R squared is adjusted, as all are. Intervals by drawing journeys again. Raises `InputError`.
    """
    dataset = as_events(data, of=MOMENTS, source_zone=source_zone)
    table = dataset.table(MOMENTS)
    for name in ("kind", "journey_id"):
        demand(table, name, of=MOMENTS)
    rows = moments_of(dataset, (), start, end)
    told = rows.filter(rows.cx_paired, rows.cx_reason == "").select("cx_journey", "stage", "occurred_at", "emotion")
    felt = collect(told.order_by(["cx_journey", "occurred_at"])).to_pandas()
    overall = table.filter(table["kind"] == "overall", table.emotion.notnull(), table.journey_id.notnull())
    after = collect(
        overall.group_by(cx_journey=overall.journey_id.cast("string")).agg(overall=overall.emotion.mean())
    )
    journeys = _journeys(felt).join(after.to_pandas().set_index("cx_journey"), how="inner").sort_index()
    if len(journeys) < LEAST_JOURNEYS:
        raise InputError(
            say("Only {n} journeys were rated at every stage and as a whole; {least} are needed to compare accounts.",
                n=len(journeys), least=LEAST_JOURNEYS)
        )  # fmt: skip
    log = Log(dataset=dataset, rows=rows, aside={})
    asked = felt["cx_journey"].nunique()
    return together([_account(journeys, name, log, asked - len(journeys)) for name in ACCOUNTS])


def _journeys(felt: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each journey: each account's number, and what was felt at each stage."""
    accounts = {key: peak_end(mine.tolist()) for key, mine in felt.groupby("cx_journey")["emotion"]}
    stages = felt.pivot_table(index="cx_journey", columns="stage", values="emotion").add_prefix("at_")
    return pd.DataFrame.from_dict(accounts, orient="index").join(stages)


def _account(journeys: pd.DataFrame, name: str, log: Log, unrated: int) -> pd.DataFrame:
    path = [column for column in journeys if str(column).startswith("at_")]
    design = np.column_stack([np.ones(len(journeys)), journeys[path if name == "path" else [name]]])
    rating = journeys["overall"].to_numpy(float)
    times = np.ones((1, len(journeys)))
    value = _r_squared(design, rating, times)[0]
    low, high = ends(_r_squared(design, rating, draws(times[0], REPEATS))[:, np.newaxis], LEVEL)
    cell = pd.DataFrame({
        "account": [name], "metric": "looking_back", "value": value, "low": low, "high": high, "n": len(journeys),
        "numerator": np.nan, "denominator": np.nan, "unit": "share", "period": ALL, "people": float(len(journeys)),
        "method": f"R squared, adjusted; bootstrap of journeys {LEVEL:.0%}", "aside_missing": unrated,
    })  # fmt: skip
    return finished([cell], log, keys=["account"], rule=name)


def _r_squared(
    design: NDArray[np.float64], rating: NDArray[np.float64], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the adjusted R squared of each draw."""
    size, weights = len(rating), design.shape[1]
    found = np.empty(len(times))
    for draw, often in enumerate(times):
        half = np.sqrt(often)
        answer, *_ = np.linalg.lstsq(design * half[:, np.newaxis], rating * half, rcond=None)
        missed = often @ (rating - design @ answer) ** 2
        spread = often @ (rating - np.average(rating, weights=often)) ** 2
        found[draw] = 1 - (missed / (size - weights)) / (spread / (size - 1)) if spread > 0 else np.nan
    return found
