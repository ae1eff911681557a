"""How people feel along a journey, as far as they were asked: stages nobody rated stay empty."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.inference import intervals
from cxlib.inference.design import SUMS, ratio
from cxlib.journeys.cells import LEVEL, finished
from cxlib.journeys.log import ALL, Log, as_events, check_groups, demand, names, within
from cxlib.journeys.stage_models import KEYS
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis

if TYPE_CHECKING:
    import ibis

MOMENTS = "moments"
LEAST, MOST = -5, 5
EVERYONE, PAIRED = "everyone", "paired"


def emotion_curve(
    data: object,
    *,
    by: str | Iterable[str] = (),
    start: str | date | None = None,
    end: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Draw the emotion curve: "how do people feel at each stage, and is it the same people who say so?"

    `data` is anything that `open_dataset` takes, with the table `moments`, or one frame of moments: `stage` and
    `emotion` from -5 to 5, `customer_id` and `journey_id` where known. Ratings of the journey as a whole (`kind`
    `overall`) are not part of it. `by` names columns of moments; `start` and `end` bound when it was felt.

    Returns two rows for each cell and stage, in the columns of `metric` with `stage` and `position`: the mean
    `emotion` by the rule `everyone`, of all who rated that stage, and `paired`, of the journeys that rated
    every stage rated at all. Where people rate when they care to, the first says how strongly they feel, not how all
    do; the second compares the same people, and stands for all where they were drawn by lot. A stage that nobody
    rated has no value: nothing is drawn through it. n is ratings; the interval knows that those of a customer belong
    together. Set aside: no rating, outside the scale, no stage. Raises `InputError`.

    >>> moments = pd.DataFrame({"journey_id": ["j", "j", "k"], "stage": ["awareness", "use", "use"],
    ...     "emotion": [2, -4, 1], "occurred_at": pd.to_datetime(["2025-03-01T10:00Z"] * 3)})
    >>> frame = emotion_curve(moments)
    >>> frame.loc[frame["stage"].eq("use"), ["stage", "rule", "value", "n"]]
      stage      rule  value  n
    8   use  everyone   -1.5  2
    9   use    paired   -4.0  1
    """
    by = names(by)
    dataset = as_events(data, of=MOMENTS, source_zone=source_zone)
    check_groups(dataset, by, of=MOMENTS)
    rows = moments_of(dataset, by, start, end)
    cells = _sums(rows, by)
    frames = [_mean(cells, by, rule) for rule in (EVERYONE, PAIRED)]
    log = Log(dataset=dataset, rows=rows, aside={})
    both = [finished([frame], log, keys=[*by, "stage", "position"], rule=rule)
            for frame, rule in zip(frames, (EVERYONE, PAIRED), strict=True)]  # fmt: skip
    whole = pd.concat(both, ignore_index=True)
    whole.attrs.update(both[0].attrs)
    return whole.sort_values([*by, "position"], kind="stable", ignore_index=True, na_position="last")


def moments_of(
    dataset: Dataset, by: Sequence[str] = (), start: str | date | None = None, end: str | date | None = None
) -> "ibis.Table":
    """Return the moments with `cx_reason`, `cx_person`, `cx_journey` and `cx_paired`."""
    ibis = lazy_ibis()
    rows = dataset.table(MOMENTS)
    for name in ("stage", "emotion", "occurred_at", *by):
        demand(rows, name, of=MOMENTS)
    if "kind" in rows.columns:
        rows = rows.filter(rows["kind"].fill_null("moment") == "moment")
    inside = within(rows.occurred_at, dataset.zone, start, end)
    rows = rows if inside is None else rows.filter(inside)
    reason = ibis.cases(
        (rows.emotion.isnull() | rows.emotion.isnan(), "missing"),
        ((rows.emotion < LEAST) | (rows.emotion > MOST), "out_of_scale"),
        (rows.stage.isnull() | ~rows.stage.isin(list(KEYS)), "no_stage"),
        else_="",
    )
    known = [rows[name].cast("string") for name in ("customer_id", "journey_id") if name in rows.columns]
    rows = rows.mutate(cx_reason=reason, cx_person=ibis.coalesce(*known, rows.moment_id.cast("string")),
                       cx_journey=_journey(rows))  # fmt: skip
    used = rows.filter(rows.cx_reason == "")
    each = used.filter(used.cx_journey.notnull()).group_by("cx_journey").agg(cx_stages=used.stage.nunique())
    most = used.aggregate(cx_most=used.stage.nunique())
    each = each.cross_join(most)
    each = each.filter(each.cx_stages == each.cx_most).select("cx_journey").rename(cx_key="cx_journey")
    joined = rows.left_join(each, rows.cx_journey == each.cx_key)
    return joined.mutate(cx_paired=joined.cx_key.notnull()).drop("cx_key")


def _journey(rows: "ibis.Table") -> "ibis.Value":
    return rows.journey_id.cast("string") if "journey_id" in rows.columns else lazy_ibis().null("string")


def _sums(rows: "ibis.Table", by: Sequence[str]) -> pd.DataFrame:
    """Return for each cell, stage and rule the sums over people that a mean and its interval need."""
    ibis = lazy_ibis()
    used = rows.cx_reason == ""
    keys = [*by, "stage"]
    marked = rows.mutate(
        stage=ibis.ifelse(rows.cx_reason == "no_stage", ibis.null("string"), rows.stage), cx_used=used
    )
    reasons = {f"aside_{code}": (marked.cx_reason == code).sum() for code in ("missing", "out_of_scale", "no_stage")}
    parts = []
    for rule, counts in ((EVERYONE, marked.cx_used), (PAIRED, marked.cx_used & marked.cx_paired)):
        emotion = ibis.ifelse(counts, marked.emotion.cast("float64"), 0.0)
        each = marked.group_by([*keys, "cx_person"]).agg(
            n=counts.sum(), total=emotion.sum(), square=(emotion * emotion).sum(), **reasons,
            aside_not_paired=(marked.cx_used & ~counts).sum(),
        )  # fmt: skip
        sums = each.group_by(keys).agg(
            n=each.n.sum(), customers=(each.n > 0).sum(), weight=each.n.sum(), total=each.total.sum(),
            square=each.square.sum(), total_total=(each.total * each.total).sum(),
            total_weight=(each.total * each.n).sum(), weight_weight=(each.n * each.n).sum(),
            **{name: each[name].sum() for name in [*reasons, "aside_not_paired"]},
        )  # fmt: skip
        parts.append(sums.mutate(rule=ibis.literal(rule)))
    return collect(ibis.union(*parts)).to_pandas()


def _mean(cells: pd.DataFrame, by: Sequence[str], rule: str) -> pd.DataFrame:
    """Return a row for each cell and stage; one that nobody rated is a row without a value."""
    mine = cells[cells["rule"].eq(rule)].drop(columns="rule")
    places = pd.DataFrame({"stage": KEYS, "position": range(1, len(KEYS) + 1)})
    groups = mine[list(by)].drop_duplicates() if by else pd.DataFrame(index=[0])
    whole = groups.merge(places, how="cross").merge(mine[mine["stage"].notna()], on=[*by, "stage"], how="left")
    nowhere = mine[mine["stage"].isna()]
    whole = pd.concat([whole, nowhere], ignore_index=True)
    sums = [name for name in whole if name not in (*by, "stage", "position")]
    whole = whole.astype(dict.fromkeys(sums, "float64") | {"position": "Int64"}).fillna(dict.fromkeys(sums, 0.0))
    found = ratio(whole[SUMS])
    ends = intervals.student(found.value, found.standard_error_of_mean, found.customers - 1, level=LEVEL)
    low, high = (np.clip(end, LEAST, MOST) for end in ends)
    method = np.where(np.isfinite(low), f"Student t {LEVEL:.0%}", "none: too few for an interval")
    method = np.where(whole["n"] > 0, method, "none: nobody rated this stage")
    return whole.assign(metric="emotion", value=found.value, low=low, high=high, numerator=whole["total"],
                        denominator=whole["n"], unit="points", method=method, period=ALL,
                        people=whole["customers"])  # fmt: skip


def peak_end(felt: Sequence[float]) -> dict[str, float]:
    """Return what a journey comes to by rival accounts: its mean, its peak, its end, and the mean of peak and end.

    The peak is the most intense emotion, of equals the last (Kahneman et al. 1993, Psychological Science 4(6)).

    >>> peak_end([0, 2, -4, 1, 3])
    {'mean': 0.4, 'peak': -4.0, 'end': 3.0, 'peak_end': -0.5}
    """
    given = np.asarray(felt, float)
    peak = given[len(given) - 1 - int(np.argmax(np.abs(given[::-1])))]
    return {"mean": float(given.mean()), "peak": float(peak), "end": float(given[-1]),
            "peak_end": float((peak + given[-1]) / 2)}  # fmt: skip
