"""The three sentences: news is called news, noise is not, and what cannot be told is not told."""

import re

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.reports.findings import is_it_news, sentences, what_moved, what_to_look_at
from cxlib.reports.findings import tests as behind
from cxlib.reports.gathering import gather


def answers(*months, kind="nps", **columns):
    """Return answers: for each month how many promoters, passives and detractors."""
    rows = [
        (kind, score, pd.Timestamp(f"{month}-15", tz="UTC"))
        for month, *counts in months
        for score, count in zip((10, 8, 2), counts, strict=True)
        for _ in range(count)
    ]
    frame = pd.DataFrame(rows, columns=["type", "score", "answered_at"])
    return frame.assign(response_id=[f"{kind}{n}" for n in frame.index], **columns)


def found(*frames):
    return gather(cx.open_dataset({"survey_responses": pd.concat(frames, ignore_index=True)}))


LOW, HIGH, LIKE_LOW = (300, 300, 400), (500, 300, 200), (310, 300, 390)


def test_a_clear_rise():
    evidence = found(answers(("2025-01", *LOW), ("2025-02", *HIGH)))
    level = "Over all: NPS 10 (6.3 to 13.6), n = 2,000."
    assert what_moved(evidence) == f"NPS rose from −10 in January 2025 to 30 in February 2025. {level}"
    assert is_it_news(evidence).startswith("NPS: yes. The change of +40 (+32.")
    assert "n = 1,000 and 1,000) is more" in is_it_news(evidence)
    assert "p = " not in is_it_news(evidence)
    assert "January 2025 → February 2025" in behind(evidence)[0] and "p < 0.001" in behind(evidence)[0]


def test_a_clear_fall():
    evidence = found(answers(("2025-01", *HIGH), ("2025-02", *LOW)))
    assert what_moved(evidence).startswith(
        "NPS fell from 30 in January 2025 to −10 in February 2025. Over all: NPS 10 ("
    )
    assert is_it_news(evidence).startswith("NPS: yes. The change of −40 (")


def test_noise_is_no_news():
    evidence = found(answers(("2025-01", *LOW), ("2025-02", *LIKE_LOW)))
    assert what_moved(evidence).startswith(
        "NPS did not clearly move: −10 in January 2025, −8 in February 2025. Over all"
    )
    assert is_it_news(evidence).startswith("NPS: no. The change of +2 could be anything from −5.")


def test_only_the_newest_month_is_news():
    evidence = found(answers(("2025-01", *LOW), ("2025-02", *HIGH), ("2025-03", *HIGH)))
    assert what_moved(evidence).startswith("NPS did not clearly move: 30 in February 2025, 30 in March 2025.")
    assert what_moved(evidence).endswith("NPS, before that: rose in February 2025.")


def test_a_small_newest_month_is_too_few():
    evidence = found(answers(("2025-01", *LOW), ("2025-02", 5, 3, 2)))
    assert what_moved(evidence).startswith(
        "It cannot be told whether NPS moved between January 2025 and February 2025."
    )
    assert is_it_news(evidence).startswith("Nobody can tell: n = 1,000 and 10 are too few")


def test_one_month_and_no_dates():
    one = found(answers(("2025-01", *LOW)))
    assert what_moved(one) == "Nothing can be said to have moved: all answers are from one month, January 2025."
    assert (
        is_it_news(one)
        == "There is nothing to compare with. What is known is the level: NPS −10 (−15.1 to −4.8), n = 1,000."
    )
    undated = found(answers(("2025-01", *LOW)).drop(columns="answered_at"))
    assert what_moved(undated) == "Nothing can be said to have moved: the answers have no dates."


def test_dates_that_are_all_missing():
    undated = found(answers(("2025-01", *LOW)).assign(answered_at=pd.NaT))
    assert what_moved(undated) == "Nothing can be said to have moved: the answers have no dates."


def test_a_change_that_is_clear_alone_is_not_claimed_among_several_metrics():
    # By itself p is about 0.03; of two metrics looked at it would have to be under 0.025.
    barely = answers(("2025-01", *LOW), ("2025-02", 343, 295, 362))
    alone = found(barely)
    assert alone[0].changes["verdict"].tolist() == ["up"]
    assert 0.025 < alone[0].changes["p_adjusted"].iloc[0] < 0.05
    assert what_moved(alone).startswith("NPS rose")
    steady = answers(("2025-01", 0, 0, 200), ("2025-02", 0, 0, 200), kind="csat").assign(
        score=lambda f: f.index % 5 + 1
    )
    both = found(barely, steady)
    assert what_moved(both).startswith("NPS did not clearly move: −10 in")
    assert what_moved(both).endswith("CSAT: no clear change in any month shown.")
    assert is_it_news(both).startswith("NPS: hardly. ")
    assert "of 2 metrics looked at" in is_it_news(both)


def test_the_clearest_goes_first_and_the_other_is_named():
    csat = answers(("2025-01", 400, 0, 0), ("2025-02", 400, 0, 0), kind="csat")
    csat["score"] = np.where(np.arange(800) < 400, np.arange(800) % 2 * 3 + 1, 5)
    csat.loc[[400, 401, 402], "score"] = 1
    evidence = found(answers(("2025-01", *LOW), ("2025-02", 370, 290, 340)), csat)
    assert what_moved(evidence).startswith("CSAT rose from 50% in January 2025")
    assert what_moved(evidence).endswith("NPS: rose in February 2025.")


def test_where_to_look():
    frame = answers(("2025-01", 600, 600, 800))
    frame["channel"] = ["web", "app"] * 1000
    frame.loc[frame["score"].eq(2).to_numpy() & (np.arange(2000) % 3 > 0), "channel"] = "phone"
    said = what_to_look_at(found(frame))
    assert said.startswith("NPS: lower for channel phone, −100 (n = 533), than for the others, ")
    assert re.search(r"The gap is [\d.]+ points \([\d.]+ to [\d.]+\)\. It says how these customers feel", said)


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (["web", "app"], "Nothing stands out from chance: 2 groups were compared, each with all the others."),
        (["web"], "There are no groups to compare"),
        ([f"c{n}" for n in range(25)], "There are no groups to compare"),
        ([*["web"] * 39, "app"], "No group has answers enough"),
    ],
)
def test_nothing_stands_out(channels, said):
    frame = answers(("2025-01", 300, 300, 400))
    rng = np.random.default_rng(1)
    frame["channel"] = rng.permutation([channels[n % len(channels)] for n in range(len(frame))])
    assert what_to_look_at(found(frame)).startswith(said)


def test_a_group_without_a_name_is_never_pointed_at():
    frame = answers(("2025-01", 300, 300, 400))
    frame["channel"] = np.where(frame["score"] == 2, None, np.where(frame.index % 2, "web", "app"))
    assert "(not given)" not in what_to_look_at(found(frame))


def test_chance_alone_is_seldom_claimed():
    rng, claims = np.random.default_rng(7), 0
    for _ in range(20):
        frame = answers(("2025-01", 100, 100, 100), ("2025-02", 100, 100, 100))
        frame["score"] = rng.choice([10, 8, 2], len(frame))
        frame["channel"] = rng.choice(["web", "app", "phone", "email"], len(frame))
        evidence = found(frame)
        claims += what_moved(evidence).startswith(("NPS rose", "NPS fell")) + what_to_look_at(evidence).startswith(
            "NPS:"
        )
    assert claims <= 5  # of 40


def test_three_sentences_with_their_labels():
    labels = [label for label, _ in sentences(found(answers(("2025-01", *LOW))))]
    assert labels == ["What moved", "Is it news?", "What to look at"]


def test_a_month_hidden_for_another_gives_nothing_away():
    from dataclasses import replace

    frame = answers(("2025-01", *LOW), ("2025-02", 20, 0, 0), ("2025-03", 3, 0, 0))
    evidence = gather(replace(cx.open_dataset({"survey_responses": frame}), privacy_floor=10))
    assert evidence[0].months["n"].isna().tolist() == [False, True, True]
    assert evidence[0].changes[["n_to", "value_to", "change"]].isna().all(axis=None)
    assert evidence[0].changes["verdict"].tolist() == ["too_few", "too_few"]
    assert (
        is_it_news(evidence) == "Nobody can tell: one of the two months is hidden, because too few people answered."
    )


def test_a_newest_month_that_is_too_small_does_not_hide_what_is_known():
    evidence = found(answers(("2025-01", *LOW), ("2025-02", *LIKE_LOW), ("2025-03", 5, 3, 2)))
    assert what_moved(evidence).endswith("NPS, before that: no clear change.")


def test_what_is_worse_goes_before_what_is_better():
    frame = answers(("2025-01", 600, 600, 800))
    frame["channel"] = np.where(frame["score"].eq(10) & (frame.index % 3 > 0), "app", "web")
    assert what_to_look_at(found(frame)).startswith("NPS: lower for channel web")
