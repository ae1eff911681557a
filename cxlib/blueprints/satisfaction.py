"""What being asked the same again costs: CSAT by the number of repeats, and the price of one more."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.blueprints.flow import summed
from cxlib.blueprints.matching import WHO
from cxlib.blueprints.replay import Replay
from cxlib.blueprints.results import lacking, shares, with_aside
from cxlib.inference import intervals
from cxlib.inference.linear import Slope, slope
from cxlib.journeys.cells import LEVEL
from cxlib.journeys.log import ALL
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import PERSON

if TYPE_CHECKING:
    import ibis

ANSWERS, SCORE, SATISFIED, MOST = "survey_responses", "score", 4, 3
COVARIATES = ("cx_repeats", "cx_late", "cx_failed")


def satisfaction_rows(found: Replay, cases: "ibis.Table") -> list[pd.DataFrame]:
    """Return CSAT by how often the customer was asked the same again, and what one more time costs.

    The cost is the slope of a linear regression of "satisfied" on repeats, on having waited longer somewhere than the
    blueprint allows, and on a step having failed; errors by customer. It is what cases alike in these differ by, not
    proof of a cause.
    """
    dataset = found.selected.dataset
    assert found.blueprint.cases is not None
    key = found.blueprint.cases.id
    answers = dataset.tables.get(ANSWERS)
    if answers is None or not {key, SCORE, "type"} <= set(answers.columns):
        return []
    if not found.says_what_was_asked:
        why = "none: the log does not say what was asked"
        return [pd.DataFrame([lacking(ALL, "csat_per_repeat", "points", why)])]
    rated = _rated(answers, cases, key)
    ones = lazy_ibis().literal(1.0)
    capped = lazy_ibis().least(rated.cx_repeats, MOST)
    parts = [summed(rated, str(times), rated.cx_satisfied, ones, capped == times) for times in range(MOST + 1)]
    sums = collect(lazy_ibis().union(*parts)).to_pandas().fillna(0.0)
    sums = sums[sums["n"] > 0].sort_values("metric")
    if not len(sums):
        return [pd.DataFrame([lacking(ALL, "csat_per_repeat", "points", "none: nobody rated")])]
    unrated = {"unrated": found.selected.count - int(sums["n"].sum())}
    labels = sums["metric"].map(lambda times: f"repeats={times}" + ("+" if times == str(MOST) else ""))
    by_repeats = shares(sums.assign(metric="csat_by_repeats", step=labels))
    return [by_repeats, with_aside(_cost(rated), found.selected.aside | unrated)]


def _rated(answers: "ibis.Table", cases: "ibis.Table", key: str) -> "ibis.Table":
    csat = answers.filter(answers["type"] == "csat", answers[SCORE].notnull(), answers[key].notnull())
    csat = csat.select(cx_key=csat[key].cast("string"), cx_satisfied=(csat[SCORE] >= SATISFIED).cast("float64"))
    joined = csat.inner_join(cases, csat.cx_key == cases[PERSON])
    numbers = {name: joined[name].cast("float64") for name in COVARIATES}
    return joined.select(WHO, cx_satisfied=joined.cx_satisfied, **numbers)


def _cost(rated: "ibis.Table") -> pd.DataFrame:
    """Return the slope on repeats in points; two questions to the engine, both answered with sums."""
    moments = rated.group_by(list(COVARIATES)).agg(n=rated.count(), y=rated.cx_satisfied.sum())
    cells = collect(moments).to_pandas()
    found: Slope = slope(cells[list(COVARIATES)].to_numpy(float), cells["n"].to_numpy(float),
                         cells["y"].to_numpy(float), lambda beta, used: _scores(rated, beta, used))  # fmt: skip
    n = int(cells["n"].sum())
    row: dict[str, object] = {"step": ALL, "metric": "csat_per_repeat", "n": n, "people": found.clusters,
           "unit": "points", "value": 100 * found.value}  # fmt: skip
    if not np.isfinite(found.error):
        return pd.DataFrame([row | {"method": "none: all repeats alike"}])
    low, high = intervals.wald(100 * found.value, 100 * found.error, n, level=LEVEL)
    method = f"linear regression, {found.clusters} people, Wald {LEVEL:.0%}"
    return pd.DataFrame([row | {"low": float(low), "high": float(high), "method": method}])


def _scores(rated: "ibis.Table", beta: np.ndarray, used: list[int]) -> tuple[np.ndarray, int]:
    """Return the sum over customers of the outer product of their scores, and how many customers there are."""
    ibis = lazy_ibis()
    columns = [ibis.literal(1.0), *(rated[COVARIATES[place]] for place in used)]
    fitted = sum(float(one) * column for one, column in zip(beta, columns, strict=True))
    parts = {f"s{place}": column * (rated.cx_satisfied - fitted) for place, column in enumerate(columns)}
    scores = rated.select(WHO, **parts)
    people = scores.group_by(WHO).agg(**{name: scores[name].sum() for name in parts})
    outer = {f"{one}_{other}": (people[one] * people[other]).sum() for one in parts for other in parts}
    found = collect(people.agg(cx_n=people.count(), **outer)).to_pylist()[0]
    matrix = np.array([[found[f"{one}_{other}"] for other in parts] for one in parts], dtype=float)
    return matrix, int(found["cx_n"])
