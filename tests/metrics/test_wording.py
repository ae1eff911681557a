"""Results in words, in both languages; labels from the data cannot disturb a terminal."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.metrics.compute import REASONS
from cxlib.metrics.wording import REASON_WORDS


def test_the_first_result():
    assert cx.show(cx.nps(promoters=90, passives=60, detractors=50)) == "NPS 20 (8.5 to 30.9), n = 200"


def test_the_first_result_in_portuguese(portuguese):
    assert cx.show(cx.nps(promoters=90, passives=60, detractors=50)) == "NPS 20 (8,5 a 30,9), n = 200"


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (lambda: cx.csat(counts={5: 42, 4: 32, 3: 10, 2: 9, 1: 14}), "CSAT 69.2% (59.9% to 77.1%), n = 107"),
        (lambda: cx.ces(counts={7: 30, 6: 25, 5: 15, 4: 10, 3: 8, 2: 7, 1: 5}), "CES 5.18 (4.82 to 5.54), n = 100"),
        (lambda: cx.nps([None]), "NPS: no valid answer; set aside: 1 without an answer"),
        (
            lambda: cx.nps([10] * 40, rule="bootstrap"),
            "NPS (bootstrap) 100 (no interval, because all answers are alike), n = 40",
        ),
        (lambda: cx.nps([10, 99] * 20), "NPS 100 (69.7 to 100), n = 20; set aside: 20 outside the scale; small n"),
    ],
)
def test_sentences(frame, sentence):
    assert cx.show(frame()) == sentence


def test_a_comparison_in_words():
    times = pd.to_datetime(["2025-01-15T12:00Z"] * 200 + ["2025-02-15T12:00Z"] * 250)
    scores = [9] * 90 + [7] * 60 + [0] * 50 + [9] * 130 + [7] * 70 + [0] * 50
    frame = cx.compare(pd.DataFrame({"score": scores, "answered_at": times}), "nps", periods="month")
    assert cx.show(frame) == (
        "2025-01 → 2025-02: NPS 20 → 32 (n = 200 and 250), change +12 (−2.9 to +26.9), p = 0.114: no clear change"
    )


def test_groups_are_named_and_cleaned():
    hostile = "app\x1b[31m\u202e\nNPS 100"
    said = cx.show(cx.nps(pd.DataFrame({"score": [9] * 40, "channel": hostile}), by="channel"))
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_every_reason_has_words():
    assert set(REASON_WORDS) == set(REASONS)


def test_a_handful_of_answers_gets_no_interval_in_words():
    answers = pd.DataFrame({"score": [5, 5] + [5] * 80 + [1] * 20, "store": ["a", "a"] + ["b"] * 100})
    words = str(cx.show(cx.compare(answers, "csat", groups="store"))).splitlines()[0]
    assert words == "a against the rest: CSAT 80% → 100% (n = 100 and 2): too few answers to tell"
