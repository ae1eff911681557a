"""Asking: the calls a person makes. Each takes data in any shape and returns the result frame."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.metrics import compute
from cxlib.metrics.catalogue import metric_named
from cxlib.metrics.compute import Question
from cxlib.metrics.definition import Definition, Ratio
from cxlib.metrics.result import answer, results
from cxlib.tables.dataset import Dataset
from cxlib.tables.opening import open_dataset, single_table
from cxlib.tables.schema import is_reserved


class Asked(TypedDict, total=False):
    """The options every metric takes; see `metric`."""

    by: str | Iterable[str]
    every: str | None
    rule: str | None
    start: str | date | None
    end: str | date | None
    as_of: str | date | None
    source_zone: str | None


def metric(
    data: object,
    name: str,
    *,
    by: str | Iterable[str] = (),
    every: str | None = None,
    rule: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    as_of: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Compute a metric: "what is the number, how sure are we, by which rule, and what was left out?"

    `data` is a `Dataset`, a dict of frames, a folder, a file, or one frame (pandas, Polars, Arrow) or
    series of the metric's own table. `by` names columns of that table, or of a table it points to
    (`customers.state`); `stage_reached` is the furthest stage of the journey the customer had come to before.
    `every` is day, week, month, quarter or year, cut in the dataset's zone on the metric's own date. `start` is the
    first day counted and `end` the first day not counted; `as_of` is the day from which on nothing is known yet
    (without it, the last moment in the metric's tables). NPS counts the answers about the relationship; those of
    kind `transactional` are set aside, they are `transactional_nps`.

    Returns one row per cell: the `by` columns, period, metric, rule, value, low, high (95 %), n,
    numerator, denominator, set_aside, unit, method, warnings. `n + set_aside` is the rows of the cell;
    `warnings` gives each reason with its count, such as `missing:12;small_n`. Of several cells, those whose
    rows all count in the other NPS are left out. Cells of fewer customers
    than the dataset's privacy floor are hidden. Raises `InputError`.

    >>> metric(pd.DataFrame({"score": [10, 9, 8, 3, None, 99]}), "nps")[["value", "n", "set_aside", "warnings"]]
       value  n  set_aside                          warnings
    0   25.0  4          2  missing:1;out_of_scale:1;small_n
    """
    asked = metric_named(name)
    dataset = as_dataset(data, asked.under(asked.rule(rule)), source_zone=source_zone)
    rule = rule or asked.usual_rule(dataset).key
    question = question_about(asked, by=by, every=every, rule=rule, start=start, end=end, as_of=as_of)
    frame = answer(dataset, question)
    frame.attrs |= {"synthetic": dataset.synthetic, "currency": dataset.currency}
    return frame


def question_about(
    asked: Definition,
    *,
    by: str | Iterable[str] = (),
    every: str | None = None,
    rule: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    as_of: str | date | None = None,
) -> Question:
    """Return the question, its `by` as a tuple and its rule looked up."""
    given = () if by is None else by
    columns = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    if len(set(columns)) < len(columns) or not all(isinstance(name, str) and name for name in columns):
        raise InputError(say("`by` must name different columns: {found}.", found=", ".join(map(str, columns))))
    for name in columns:
        if is_reserved(name):
            raise InputError(
                say("{name} is also a column of the result: rename yours before grouping by it.", name=repr(name))
            )
    chosen = asked.rule(rule)
    read = asked.under(chosen)
    return Question(metric=read, rule=chosen, by=columns, every=every, start=start, end=end, as_of=as_of)


def sql(
    data: object,
    name: str,
    *,
    by: str | Iterable[str] = (),
    every: str | None = None,
    rule: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    as_of: str | date | None = None,
    source_zone: str | None = None,
    dialect: str | None = None,
) -> str:
    """Return the SQL behind a metric, to hand to whoever owns the warehouse. Options as in `metric`.

    It is what runs here, or with `dialect` (duckdb, snowflake, bigquery, postgres, databricks) the same over
    tables and columns named as in the dictionary. It gives the sums per cell from which value and interval
    come: value = total / weight, times the rule's factor.

    >>> "GROUP BY" in sql(pd.DataFrame({"score": [10, 9]}), "nps")
    True
    """
    asked = metric_named(name)
    if not isinstance(asked, Ratio):
        raise InputError(
            say("{metric} is not one query: only ratios of sums can be handed over as SQL.", metric=asked.key)
        )
    dataset = as_dataset(data, asked.under(asked.rule(rule)), source_zone=source_zone)
    rule = rule or asked.usual_rule(dataset).key
    question = question_about(asked, by=by, every=every, rule=rule, start=start, end=end, as_of=as_of)
    return compute.sql(dataset, question, dialect)


def as_dataset(data: object, asked: Definition, *, source_zone: str | None = None) -> Dataset:
    """Return data of any shape as a `Dataset`; one frame or series is taken for the metric's own table."""
    if isinstance(data, (Dataset, Mapping)) or hasattr(data, "list_tables") or hasattr(data, "createDataFrame"):
        return open_dataset(data, source_zone=source_zone)
    if isinstance(data, (str, Path)):
        path = Path(data).expanduser()
        if path.is_file() and path.suffix in (".csv", ".parquet"):
            return single_table(asked.table, path, source_zone=source_zone)
        return open_dataset(path, source_zone=source_zone)
    if isinstance(data, pd.DataFrame) or hasattr(data, "columns") or hasattr(data, "column_names"):
        return single_table(asked.table, data, source_zone=source_zone)
    return single_table(asked.table, pd.DataFrame({"score": _scores(data)}))


def _scores(data: Any) -> pd.Series:
    if hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if isinstance(data, pd.Series):
        return data.reset_index(drop=True)
    if np.ma.isMaskedArray(data):
        data = np.ma.filled(data.astype(float), np.nan)
    if isinstance(data, np.ndarray) and data.ndim == 1:
        return pd.Series(data)
    if isinstance(data, (list, tuple, range)) and not any(isinstance(one, (list, tuple, dict)) for one in data):
        return pd.Series(data)
    raise InputError(
        say(
            "Scores cannot be read from {found}. Give a list, a series, a frame or a dataset.",
            found=type(data).__name__,
        )
    )


def _from_counts(name: str, counts: Mapping[float, int], **asked: Unpack[Asked]) -> pd.DataFrame:
    """Compute a metric from how often each score was given: as many rows as scores, not as answers."""
    for score, times in counts.items() if isinstance(counts, Mapping) else [(counts, None)]:
        if not isinstance(times, (int, np.integer)) or isinstance(times, bool) or times < 0:
            raise InputError(
                say(
                    "{times} answers for {score} cannot be: give whole numbers from 0 up, by score.",
                    times=repr(times),
                    score=repr(score),
                )
            )
    given = pd.Series(list(counts), dtype=object)
    if asked.get("rule") == "bootstrap":  # it draws from the rows themselves
        return metric(given.repeat(list(counts.values())).reset_index(drop=True), name, **asked)
    if set(asked) - {"rule"}:
        raise InputError(say("Counts have no columns and no dates: only `rule` goes with them."))
    ratio_asked = metric_named(name)
    dataset = single_table(ratio_asked.table, pd.DataFrame({"score": given, "place": range(len(given))}))
    question = question_about(ratio_asked, rule=asked.get("rule"))
    each = compute.cell_sums(dataset, replace(question, by=("place",)))
    times = np.array(list(counts.values()))[each["place"].to_numpy()]
    sums = each.drop(columns=["place", "period"]).mul(times, axis=0).sum().to_frame().T
    return results(dataset, question, sums.assign(period=compute.ALL))


def _one_input(**given: object) -> None:
    if sum(value is not None for value in given.values()) != 1:
        raise InputError(say("Give exactly one of: {names}.", names=", ".join(given)))


def nps(
    data: object = None,
    *,
    promoters: int | None = None,
    passives: int | None = None,
    detractors: int | None = None,
    counts: Mapping[float, int] | None = None,
    **asked: Unpack[Asked],
) -> pd.DataFrame:
    """NPS: "how many more customers say they would recommend us than say they would not?"

    Give the answers (series, frame, dataset, file; scores 0 to 10), or the three counts a dashboard
    shows, or `counts` of each score. Other options and the result are those of `metric`; the value is
    in points from -100 to 100. Rules: adjusted_wald (default), wald, bootstrap, weighted.
    Source: Reichheld 2003, HBR 81(12); interval: Rocks 2016, The American Statistician 70(4).

    >>> nps(promoters=90, passives=60, detractors=50)[["value", "low", "high", "n"]].round(1)
       value  low  high    n
    0   20.0  8.5  30.9  200
    """
    bands = {"promoters": promoters, "passives": passives, "detractors": detractors}
    lacking = [name for name, value in bands.items() if value is None]
    if 0 < len(lacking) < 3:
        raise InputError(
            say("NPS from counts needs all three bands; missing: {lacking}.", lacking=", ".join(lacking))
        )
    for name, count in bands.items():
        if count is not None and (not isinstance(count, (int, np.integer)) or isinstance(count, bool) or count < 0):
            raise InputError(
                say(
                    "{name}={count} cannot be: give the number of people, a whole number from 0 up, not a "
                    "percentage.",
                    name=name,
                    count=repr(count),
                )
            )
    if not lacking:
        _one_input(data=data, counts=counts, promoters_passives_detractors=bands)
        counts = {9: promoters or 0, 7: passives or 0, 0: detractors or 0}  # any score of a band stands for the band
    else:
        _one_input(data=data, counts=counts)
    return metric(data, "nps", **asked) if counts is None else _from_counts("nps", counts, **asked)


def transactional_nps(
    data: object = None, *, counts: Mapping[float, int] | None = None, **asked: Unpack[Asked]
) -> pd.DataFrame:
    """Transactional NPS: "right after a purchase or a contact, would they recommend us?"

    Give answers with their `kind` (those of kind `transactional` count). Other options and the result are
    those of `metric`. Counts do not say what was asked: for them, the arithmetic is that of `nps`.

    >>> answers = pd.DataFrame({"score": [10, 9, 3], "kind": ["transactional", "transactional", "relational"]})
    >>> transactional_nps(answers)[["value", "n", "set_aside"]]
       value  n  set_aside
    0  100.0  2          1
    """
    if counts is not None:
        raise InputError(say("Counts do not say what was asked, and the arithmetic is the same: use nps."))
    _one_input(data=data)
    return metric(data, "transactional_nps", **asked)


def csat(data: object = None, *, counts: Mapping[float, int] | None = None, **asked: Unpack[Asked]) -> pd.DataFrame:
    """CSAT: "what share of customers was satisfied with this contact, order or product?"

    Give the answers (scores 1 to 5) or `counts` of each score. Other options and the result are those
    of `metric`; the value is a share from 0 to 1, or a mean with `rule="mean"`. Rules: top_2_box
    (default), mean, zendesk_good_bad (0, 1), movidesk_two_faces (1, 2), hubspot_three_faces (0 to 2).
    Source: vendor practice; interval: Wilson 1927, JASA 22(158).

    >>> csat(counts={5: 42, 4: 32, 3: 10, 2: 9, 1: 14})[["value", "low", "high", "n"]].round(3)
       value    low   high    n
    0  0.692  0.599  0.771  107
    """
    _one_input(data=data, counts=counts)
    return metric(data, "csat", **asked) if counts is None else _from_counts("csat", counts, **asked)


def ces(data: object = None, *, counts: Mapping[float, int] | None = None, **asked: Unpack[Asked]) -> pd.DataFrame:
    """CES: "how easy was it for customers to get what they came for?"

    Give the answers (CES 2.0: 1 to 7, higher is easier) or `counts` of each score. Other options and
    the result are those of `metric`. Rules: ces_2_mean (default), ces_2_top_3_box, ces_1_mean (1 to 5,
    lower is easier). Source: Dixon, Freeman & Toman 2010, HBR 88(7).

    >>> ces(counts={7: 30, 6: 25, 5: 15, 4: 10, 3: 8, 2: 7, 1: 5})[["value", "low", "high", "n"]].round(2)
       value   low  high    n
    0   5.18  4.82  5.54  100
    """
    _one_input(data=data, counts=counts)
    return metric(data, "ces", **asked) if counts is None else _from_counts("ces", counts, **asked)


def response_rate(
    data: object = None, *, answered: int | None = None, delivered: int | None = None, **asked: Unpack[Asked]
) -> pd.DataFrame:
    """Response rate: "of the invitations that arrived, how many were answered?"

    Give a dataset with survey_invites and survey_responses, or the two counts. Other options and the
    result are those of `metric`; the value is a share from 0 to 1. A low rate is not a bias: bias is who
    answers. Source: AAPOR Standard Definitions, on delivered invitations.

    >>> response_rate(answered=194, delivered=970)[["value", "low", "high", "n"]].round(3)
       value    low   high    n
    0    0.2  0.176  0.226  970
    """
    counts = None if answered is None or delivered is None else (answered, delivered)
    _one_input(data=data, answered_and_delivered=counts)
    return metric(data if counts is None else _invited(*counts), "response_rate", **asked)


def _invited(answered: int, delivered: int) -> dict[str, pd.DataFrame]:
    whole = all(isinstance(count, (int, np.integer)) for count in (answered, delivered))
    if not whole or not 0 <= answered <= delivered:
        raise InputError(
            say(
                "{answered} answers to {delivered} delivered invitations cannot be.",
                answered=answered,
                delivered=delivered,
            )
        )
    invites = pd.DataFrame({"invite_id": [f"i{number}" for number in range(delivered)], "delivered": True})
    return {"survey_invites": invites, "survey_responses": invites[["invite_id"]].head(answered)}
