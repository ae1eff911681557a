"""What customers wrote: few, new, struck out, and nothing of a group in which few people wrote."""

from dataclasses import replace

import pandas as pd

import cxlib as cx
from cxlib.reports.verbatims import LONGEST, MOST, verbatims


def shop(rows, floor=0, **columns):
    frame = pd.DataFrame(rows, columns=["score", "comment"])
    frame = frame.assign(type="nps", response_id=[f"r{n:04}" for n in frame.index], **columns)
    frame["answered_at"] = [pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(days=n) for n in frame.index]
    return replace(cx.open_dataset({"survey_responses": frame}), privacy_floor=floor)


def test_the_newest_first_and_counted():
    low, middle, high = verbatims(shop([(2, f"comment {n}") for n in range(12)] + [(10, " "), (10, None)]), "nps")
    assert (low.band, low.total, len(low.shown)) == ("detractors", 12, MOST)
    assert [words for _, words in low.shown] == [f"comment {n}" for n in (11, 10, 9, 8, 7)]
    assert (middle.total, high.total, high.shown) == (0, 0, ())


def test_struck_out_once_more_cut_and_never_twice():
    rows = [(2, "x" * 900), (3, "Fale com ana@example.com ou (11) 98765-4321"), (3, "the same"), (4, "the same")]
    low = verbatims(shop(rows), "nps")[0]
    assert low.total == 4
    words = [text for _, text in low.shown]
    assert words == ["the same", "Fale com [email] ou [phone]", "x" * (LONGEST - 1) + "…"]


def test_only_answers_that_count():
    assert verbatims(shop([(99, "not on the scale"), (None, "no score")]), "nps") == []


def test_a_group_below_the_floor_shows_nothing_not_even_how_many():
    rows = [(2, f"low {n}") for n in range(20)] + [(10, f"high {n}") for n in range(9)]
    low, _, high = verbatims(shop(rows, floor=10), "nps")
    assert (low.total, len(low.shown)) == (20, 5)
    assert (high.total, high.shown) == (None, ())


def test_the_floor_counts_people_not_comments():
    low = verbatims(shop([(2, f"low {n}") for n in range(50)], floor=10, customer_id=["c1", "c2"] * 25), "nps")[0]
    assert low.total is None


def test_without_dates_or_comments():
    frame = pd.DataFrame({"type": "nps", "score": [2, 3], "comment": ["b", "a"]})
    assert len(verbatims(cx.open_dataset({"survey_responses": frame}), "nps")[0].shown) == 2
    assert verbatims(cx.open_dataset({"survey_responses": frame[["type", "score"]]}), "nps") == []
