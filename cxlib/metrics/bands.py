"""Bands: the answers behind a number, spread over low, middle and high."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.metrics.ask import as_dataset, ces, csat, nps, question_about, transactional_nps
from cxlib.metrics.catalogue import metric_named
from cxlib.metrics.compute import Question, cell_sums
from cxlib.tables.dataset import Dataset
from cxlib.tables.opening import single_table

# The lowest and the highest score of each band, the low band first.
BANDS = {
    "nps": {"detractors": (0, 6), "passives": (7, 8), "promoters": (9, 10)},
    "csat": {"dissatisfied": (1, 2), "neutral": (3, 3), "satisfied": (4, 5)},
    "ces": {"hard": (1, 3), "neutral": (4, 4), "easy": (5, 7)},
    "transactional_nps": {"detractors": (0, 6), "passives": (7, 8), "promoters": (9, 10)},
}
CALLS: dict[str, Callable[..., pd.DataFrame]] = {
    "nps": nps,
    "csat": csat,
    "ces": ces,
    "transactional_nps": transactional_nps,
}
OWN = ["band", "count", "share"]
COLUMNS = ["metric", *OWN, "n", "value", "low", "high", "unit", "set_aside"]
# Any score of a band stands for the band.
STANDS_FOR = {"promoters": 9, "passives": 7, "detractors": 0}


def bands(
    data: object = None,
    name: str = "nps",
    *,
    by: str | Iterable[str] = (),
    counts: Mapping[float, int] | None = None,
    promoters: int | None = None,
    passives: int | None = None,
    detractors: int | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Spread the answers over the bands: "what lies behind the number: love, hate or indifference?"

    NPS: detractors 0 to 6, passives 7 and 8, promoters 9 and 10. CSAT: dissatisfied 1 and 2, neutral 3,
    satisfied 4 and 5. CES 2.0: hard 1 to 3, neutral 4, easy 5 to 7. Give `data` as in `metric`, by at
    most one column; or `counts` of each score; or, for NPS, the three counts a dashboard shows.

    Returns a row per group and band, the low band first: the `by` column, metric, band, count, share
    (0 to 1); and of the whole group n, value, low, high (95 %), unit, set_aside, by the default rule
    and from the same answers as `metric`. A group without answers has no share; one that the privacy
    floor hides has no numbers at all. Raises `InputError`.

    >>> bands(promoters=90, passives=60, detractors=50)[["band", "count", "share", "n", "value"]]
             band  count  share    n  value
    0  detractors     50   0.25  200   20.0
    1    passives     60   0.30  200   20.0
    2   promoters     90   0.45  200   20.0
    """
    asked = metric_named(name)
    three = {"promoters": promoters, "passives": passives, "detractors": detractors}
    given = {band: count for band, count in three.items() if count is not None}
    _check(name, given)
    question = question_about(asked, by=by)
    _check_groups(question)
    dataset = None if data is None else as_dataset(data, asked, source_zone=source_zone)
    # Counts have neither columns nor times, and their call says so when it is given either.
    options: dict[str, Any] = {"by": question.by} if question.by else {}
    options |= {"source_zone": source_zone} if data is None and source_zone else {}
    whole = CALLS[name](dataset, counts=counts, **given, **options)
    if dataset is not None:
        each = _by_score(dataset, question)
    else:
        each = _by_count(question, counts or {STANDS_FOR[band]: count for band, count in given.items()})
    return _spread(whole, each, question)


def _check(name: str, given: Mapping[str, int]) -> None:
    if name not in BANDS:
        raise InputError(say("{metric} has no bands; these have: {names}.", metric=name, names=", ".join(BANDS)))
    if given and name != "nps":
        raise InputError(
            say("{given} are bands of nps; for {metric} give `counts` of each score.",
                given=", ".join(given), metric=name)
        )  # fmt: skip


def _check_groups(question: Question) -> None:
    if len(question.by) > 1:
        raise InputError(say("Bands take at most one by column; given: {groups}.", groups=", ".join(question.by)))
    for name in question.by:
        if name in OWN:
            raise InputError(
                say("{name} is also a column of the result: rename yours before grouping by it.", name=repr(name))
            )


def _by_score(dataset: Dataset, question: Question) -> pd.DataFrame:
    """Return how many answers count, by group and score: the cells of the metric itself, cut once more."""
    return cell_sums(dataset, replace(question, by=tuple(dict.fromkeys([*question.by, "score"]))))


def _by_count(question: Question, counts: Mapping[float, int]) -> pd.DataFrame:
    """Return the same from how often each score was given: as many rows as scores, not as answers."""
    scores = pd.DataFrame({"score": pd.Series(list(counts), dtype=object), "place": range(len(counts))})
    each = cell_sums(single_table(question.metric.table, scores), replace(question, by=("place", "score")))
    return each.assign(n=each["n"] * np.array(list(counts.values()))[each["place"].to_numpy(int)])


def _spread(whole: pd.DataFrame, each: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Lay the counts beside their groups: a row for each band, also for one nobody chose."""
    names, keys = list(BANDS[question.metric.key]), [*question.keys, "band"]
    tops = [top for _, top in BANDS[question.metric.key].values()]
    counted = each[each["n"] > 0]
    counted = counted.assign(band=pd.cut(counted["score"], [-np.inf, *tops], labels=names).astype("str"))
    counted = counted.groupby(keys, dropna=False)["n"].sum().rename("count").reset_index()
    frame = whole.merge(pd.DataFrame({"band": names}), how="cross")
    frame = frame.merge(counted, on=keys, how="left")
    # What the privacy floor hides has no n: nor may it have bands.
    frame["count"] = frame["count"].fillna(0).astype("Int64").where(frame["n"].notna())
    answered = frame["n"].where(frame["n"] > 0).astype("Float64")
    frame["share"] = (frame["count"] / answered).to_numpy(float, na_value=np.nan)
    frame = frame[[*question.by, *COLUMNS]]
    frame.attrs["synthetic"] = bool(whole.attrs.get("synthetic"))
    return frame
