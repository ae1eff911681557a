"""What customers wrote, by band: a few comments of each, the newest, struck out once more.

Comments are asked for a handful at a time and never loaded together. A band in which fewer people wrote
than the privacy floor shows none. No id, no name and no day goes along.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.metrics.ask import question_about
from cxlib.metrics.bands import BANDS
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.compute import answers
from cxlib.metrics.wording import plain
from cxlib.privacy import redact
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

if TYPE_CHECKING:
    import ibis

MOST = 5
LONGEST = 300
AT_HAND = 50  # comments asked for, so that five different ones remain
READ = 4000  # characters of a comment that are read at all


@dataclass(frozen=True, kw_only=True)
class Verbatims:
    """The comments of one band: scores and texts shown, how many there are; hidden ones have no number."""

    band: str
    total: int | None
    shown: tuple[tuple[int, str], ...] = ()


def verbatims(dataset: Dataset, key: str) -> list[Verbatims]:
    """Return the comments behind a metric, the low band first; nothing when it has no bands or no comments."""
    columns = dataset.table(METRICS[key].table).columns
    if key not in BANDS or "comment" not in columns:
        return []
    order = [name for name in (METRICS[key].date, "response_id") if name in columns]
    question = replace(question_about(METRICS[key]), by=tuple(dict.fromkeys(["score", "comment", *order])))
    found = answers(dataset, question).rows
    written = found.filter(found.cx_reason == "", found.comment.notnull(), found.comment.strip() != "")
    bands = [_band(dataset, written, band, ends, order) for band, ends in BANDS[key].items()]
    return bands if any(one.total != 0 for one in bands) else []


def _band(dataset: Dataset, written: "ibis.Table", band: str, ends: tuple[int, int], order: list[str]) -> Verbatims:
    rows = written.filter(written.score.between(*ends))
    counted = collect(rows.aggregate(n=rows.count(), people=rows.cx_customer.nunique())).to_pylist()[0]
    if 0 < counted["people"] < dataset.privacy_floor:
        return Verbatims(band=band, total=None)
    by = [rows[name].desc(nulls_first=False) for name in order]
    newest = rows.order_by([*by, rows.score, rows.comment]).limit(AT_HAND)
    frame = collect(newest.select("score", comment=newest.comment.substr(0, READ))).to_pandas()
    return Verbatims(band=band, total=int(counted["n"]), shown=_chosen(frame))


def _chosen(frame: pd.DataFrame) -> tuple[tuple[int, str], ...]:
    """Return the first few different comments, without personal data and cut."""
    clean, _ = redact(frame["comment"])
    texts: dict[str, int] = {}
    for text, score in zip(clean.map(_cut), frame["score"], strict=True):
        if text:
            texts.setdefault(text, int(score))
    return tuple((score, text) for text, score in list(texts.items())[:MOST])


def _cut(text: str) -> str:
    whole = plain(text)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1].rstrip() + "…"
