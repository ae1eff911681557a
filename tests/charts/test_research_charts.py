"""The ladder, the window curve and the Simpson slope: the finding, every number in the description, and refusals."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.journeys.research_rungs import ASSUMES


def ladder(days=14.0, identified=1.0, **changed):
    rows = [
        ("seen", 0.21, 0.19, 0.23, 5_000, "Wilson 95%"),
        ("linked", 0.31, 0.29, 0.33, 3_500, "Wilson 95%"),
        ("asked", float("nan"), float("nan"), float("nan"), 0, "none: nobody was asked"),
        ("stratified", 0.39, 0.36, 0.42, 3_500, "Rogan-Gladen"),
        ("bounds", float("nan"), 0.16, 0.89, 5_000, "bounds: no chance in them"),
    ]
    frame = pd.DataFrame(rows, columns=["rule", "value", "low", "high", "n", "method"])
    told = {"days": days, "identified": identified, "period": "all", "metric": "webrooming_share", "unit": "share"}
    return frame.assign(**told, warnings="", assumes=[ASSUMES[rule] for rule in frame["rule"]], **changed)


def slope(store=0.35):
    rows = [("app", "as_is", 0.39), ("store", "as_is", 0.27), ("app", "standardised", 0.30),
            ("store", "standardised", store)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["channel", "standard", "value"])
    ends = {"low": frame["value"] - 0.03, "high": frame["value"] + 0.03}
    return frame.assign(**ends, period="all", metric="repeat_rate", rule="mature", n=800, unit="share", warnings="")


def test_the_ladder_says_what_was_seen_and_what_there_is():
    text = cx.alt_text(cx.chart(ladder()))
    assert text.startswith("Chart. webrooming: 21% was seen; corrected by group, it is 39% (36% to 42%).")
    assert "seen of known buyers: 31% (29% to 33%), n = 3,500" in text
    assert "said at the exit: not known (nobody was asked at the exit)" in text
    assert "bounds: between 16% and 89%" in text


def test_a_ladder_that_knows_only_what_was_seen_says_so():
    text = cx.alt_text(cx.chart(ladder().query("rule != 'stratified'")))
    assert "21% was seen; how much there is, nobody can say" in text


def test_the_curve_runs_over_windows_or_over_who_is_known():
    windows = pd.concat([ladder(7.0), ladder(14.0).assign(value=lambda rows: rows["value"] + 0.01)])
    text = cx.alt_text(cx.chart(windows))
    assert "what was seen goes from 21% (window of 7 d) to 22% (window of 14 d)" in text
    assert "window of 7 d: corrected by group: 39% (36% to 42%), n = 3,500" in text
    known = cx.alt_text(cx.chart(pd.concat([ladder(identified=0.5), ladder()])))
    assert "50% of the known buyers known" in known


def test_the_slope_says_who_is_ahead_before_and_after():
    assert "As they are, app is ahead; made up alike, store is" in cx.alt_text(cx.chart(slope()))
    same = cx.alt_text(cx.chart(slope(store=0.25)))
    assert "app is ahead either way; from best to last it is 12% as they are, 5% made up alike" in same
    assert "store, made up alike: 25% (22% to 28%), n = 800" in same


def test_in_portuguese(portuguese):
    assert "21% foi visto; corrigido por grupo: 39% (36% a 42%)" in cx.alt_text(cx.chart(ladder()))
    assert "Como estão, app fica à frente; com a mesma composição, store" in cx.alt_text(cx.chart(slope()))


def test_what_does_not_fit_is_refused():
    with pytest.raises(cx.InputError, match="one group"):
        cx.chart(pd.concat([ladder(), ladder()]))
    with pytest.raises(cx.InputError, match="one group"):
        cx.chart(pd.concat([ladder(7.0), ladder(14.0), ladder(14.0)]))
    with pytest.raises(cx.InputError, match="nothing to draw"):
        cx.chart(ladder().assign(value=float("nan"), low=float("nan")))
    with pytest.raises(cx.InputError, match="2 to 7 groups"):
        cx.chart(slope().query("channel == 'app'"))
