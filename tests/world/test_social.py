"""Posts about Ipê: what the tool errs in, what the words say; and followers that add up."""

import pandas as pd
import pytest

from cxlib.world import SEED
from cxlib.world.randomness import Source
from cxlib.world.social import social_posts

DELIVERY = "entrega|chegou|prazo|rastreamento"  # words of the topic; "o prazo" and "chegou" are said of it alone


@pytest.fixture(scope="module")
def posts():
    made, _ = social_posts(Source(SEED, "company"))
    return made[~made["is_own"]]


def share(chosen, expected):
    assert abs(chosen.mean() - expected) < 4 * (expected * (1 - expected) / len(chosen)) ** 0.5


def test_the_tool_errs_as_designed(posts):
    negative, called = posts["_truth"] == 0, posts["sentiment"] == "negative"
    assert len(posts) == 6_000
    share(negative, 0.15)
    share(called[negative], 0.75)
    share(~called[~negative], 0.85)


def test_a_random_sample_was_read_rightly(posts):
    read = posts[posts["sentiment_checked"].notna()]
    names = read["_truth"].map({0: "negative", 1: "neutral", 2: "positive"})
    assert len(read) == 500
    assert (read["sentiment_checked"] == names).all()
    share(read["_truth"] == 0, 0.15)


def test_words_follow_the_true_sentiment(posts):
    """Each text, stripped of its frame, stands on the side of its true label."""
    said = posts["text"].str.contains("não recomendo|Péssimo", regex=True)
    assert set(posts.loc[said, "_truth"]) == {0}
    praised = posts["text"].str.contains(", recomendo|Parabéns", regex=True)
    assert set(posts.loc[praised, "_truth"]) == {2}


def test_delivery_is_told_by_its_words_and_rises_in_the_strike(posts):
    words = posts["text"].str.lower().str.contains(DELIVERY, regex=True)
    about = posts["_topic"] == "entrega"
    assert words[about].all()
    assert words[~about].mean() < 0.02
    day = posts["posted_at"] - pd.Timedelta(hours=3)
    strike = day.between("2025-06-02", "2025-06-09", inclusive="left")
    share(about[strike], 0.31)
    share(about[~strike], 0.18)
    assert 110 < strike.sum() < 190


def test_own_posts_have_no_sentiment_and_are_counted_by_day(ipe):
    posts, daily = ipe["social_posts"], ipe["social_daily"]
    own = posts[posts["is_own"]]
    assert own["sentiment"].isna().all()
    assert own["author_id"].nunique() == 1
    assert posts["posted_at"].is_monotonic_increasing
    day = (own["posted_at"] - pd.Timedelta(hours=3)).dt.normalize()
    found = own.groupby([day, "network"]).size()
    told = daily.set_index(["date_on", "network"])["posts"]
    assert told.sum() == len(own)
    assert (told.reindex(found.index) == found).all()


def test_followers_are_those_of_yesterday_plus_gained_minus_lost(ipe):
    daily = ipe["social_daily"]
    assert len(daily) == 2 * 731
    for _, rows in daily.groupby("network"):
        rows = rows.sort_values("date_on")
        step = rows["followers"].diff().iloc[1:]
        assert (step == (rows["followers_gained"] - rows["followers_lost"]).iloc[1:]).all()
        assert (rows[["followers", "followers_gained", "followers_lost", "posts", "reach", "shares"]] >= 0).all(
            axis=None
        )
