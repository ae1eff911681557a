"""Two years of public posts about Ipê and by it, and its accounts day by day.

Truth T16: 15 of 100 posts are negative. The listening tool finds 75% of them (sensitivity) and takes 15% of the
others for negative (specificity 85%); a person read a random sample. In the week of a carriers' strike people post
more, and more of it is about delivery; they are no less pleased with the rest.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import dates, identifiers, instants, labels, texts
from cxlib.world.comments import GENERAL_SHARES, TOPICS, said
from cxlib.world.counting import count
from cxlib.world.days import DAY, DAYS
from cxlib.world.randomness import Source, pick, pick_by, quantile_by, whole
from cxlib.world.stores import ranks

POSTS = (
    *("post_id", "network", "author_id", "is_own", "posted_at", "text", "language", "reach", "shares"),
    *("sentiment", "sentiment_checked"),
)
DAILY = (
    *("date_on", "network", "account", "followers", "followers_gained", "followers_lost"),
    *("posts", "reach", "shares"),
)
NETWORKS = ("instagram", "facebook")
NETWORK_SHARES = (0.62, 0.38)
ACCOUNT = "lojas.ipe"
ABOUT, OWN, AUTHORS = 6_000, 520, 2_800
SENTIMENTS = ("negative", "neutral", "positive")
SENTIMENT_SHARES = (0.15, 0.25, 0.60)
# What the tool says (in the same order) of a negative, a neutral and a positive post.
TOOL = ((0.75, 0.15, 0.10), (0.15, 0.60, 0.25), (0.15, 0.15, 0.70))
CHECKED = 500
STRIKE, STRIKE_DAYS, STRIKE_POSTS = days.day("2025-06-02"), 7, 2.6
STRIKE_DELIVERY = 0.31  # instead of 0.18 of the posts
STRIKE_SHARES = (STRIKE_DELIVERY, *(share * (1 - STRIKE_DELIVERY) / (1 - 0.18) for share in GENERAL_SHARES[1:]))
BEFORE = ("", "", "@lojas.ipe ", "Comprei na Ipê. ", "Sobre a Ipê: ", "Mais uma compra na Ipê. ")
AFTER = ("", "", "", " #ipê", " #compras")
OFFERS = ("Oferta da semana", "Novidade na loja", "Dica de casa", "Só hoje", "Clube Ipê", "Direto da nossa loja")
THINGS = (
    "cafeteiras",
    "geladeiras",
    "sofás",
    "luminárias",
    "notebooks",
    "televisores",
    "jogos de cama",
    "bicicletas",
)
ENDINGS = (". Confira no app!", ". Link no perfil.", ". Marque quem precisa ver.", ". Venha ver na loja.")
# By network, at these quantiles: accounts reached by a post about Ipê and by its own, times shared, new followers
# and lost ones a day, accounts reached and shares seen a day.
AT = (0, 0.25, 0.50, 0.75, 0.95, 1)
REACH = ((12, 90, 240, 700, 4_000, 30_000), (8, 50, 130, 400, 2_500, 15_000))
OWN_REACH = ((2_000, 6_000, 9_000, 14_000, 40_000, 120_000), (900, 2_500, 4_000, 6_500, 18_000, 50_000))
SHARES = ((0, 0, 1, 3, 15, 120), (0, 0, 1, 4, 20, 150))
GAINED = ((20, 85, 120, 165, 320, 900), (4, 20, 30, 45, 90, 250))
LOST = ((15, 55, 80, 105, 170, 300), (5, 17, 26, 36, 70, 140))
DAY_REACH = ((4_000, 9_000, 13_000, 20_000, 45_000, 90_000), (1_500, 3_500, 5_000, 8_000, 18_000, 40_000))
DAY_SHARES = ((0, 12, 25, 45, 120, 400), (0, 6, 14, 28, 80, 250))
FOLLOWERS = (182_400, 64_250)  # when the calendar began
PURGE, PURGED = days.day("2025-02-11"), np.array([2_640, 310])  # fake accounts removed by the networks


def social_posts(source: Source) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the posts by time, and the sums behind truth T16."""
    about = _about(source)
    negative = about["_truth"].to_numpy() == 0
    both = pd.concat([about, _own(source)], ignore_index=True)
    network = pick(source.uniforms("post network", len(both)), NETWORK_SHARES)
    posted = both["_day"].to_numpy() * DAY + days.times_of_day(
        source, "post", (days.DIGITAL_HOURS,), np.zeros(len(both), dtype="int64")
    )
    reach = source.uniforms("post reach", len(both))
    made = both.assign(
        network=labels(NETWORKS, network),
        posted_at=instants(posted),
        language=texts(["pt-BR"] * len(both)),
        reach=np.where(
            both["is_own"], quantile_by(reach, network, AT, OWN_REACH), quantile_by(reach, network, AT, REACH)
        ),
        shares=quantile_by(source.uniforms("post shares", len(both)), network, AT, SHARES),
    )
    made = made.take(np.argsort(posted, kind="stable")).reset_index(drop=True)
    made["post_id"] = identifiers("n", np.arange(1, len(made) + 1), digits=5)
    return made, count("T16", 100 * int(negative.sum()), of=len(about))


def _about(source: Source) -> pd.DataFrame:
    """Return what others write: the true sentiment, the words that follow it, what tool and reader say."""
    weights = np.where((np.arange(DAYS) >= STRIKE) & (np.arange(DAYS) < STRIKE + STRIKE_DAYS), STRIKE_POSTS, 1.0)
    day = pick(source.uniforms("post day", ABOUT), weights)
    truth = pick(source.uniforms("post sentiment", ABOUT), SENTIMENT_SHARES)
    strike = ((day >= STRIKE) & (day < STRIKE + STRIKE_DAYS)).astype("int64")
    topic = pick_by(source.uniforms("post topic", ABOUT), strike, (GENERAL_SHARES, STRIKE_SHARES))
    tool = pick_by(source.uniforms("post tool", ABOUT), truth, TOOL)
    read = ranks(source.uniforms("post read", ABOUT)) < CHECKED
    author = identifiers("u", whole(source.uniforms("post author", ABOUT), AUTHORS) + 1, digits=4)
    words = _framed(source, said(source.uniforms("post words", ABOUT), topic, len(SENTIMENTS) - 1 - truth))
    return pd.DataFrame(
        {
            "author_id": author,
            "is_own": False,
            "text": words,
            "sentiment": labels(SENTIMENTS, tool),
            "sentiment_checked": labels(SENTIMENTS, truth, read),
            "_day": day,
            "_truth": truth,
            "_topic": labels(TOPICS, topic),
        }
    )


def _framed(source: Source, sentence: pd.Series) -> pd.Series:
    before = np.array(BEFORE, dtype="object")[whole(source.uniforms("post before", len(sentence)), len(BEFORE))]
    after = np.array(AFTER, dtype="object")[whole(source.uniforms("post after", len(sentence)), len(AFTER))]
    return texts(before + sentence + after)


def _own(source: Source) -> pd.DataFrame:
    """Return what Ipê publishes itself; nobody asks for its sentiment."""
    parts = [
        np.array(names, dtype="object")[whole(source.uniforms(f"own post {place}", OWN), len(names))]
        for place, names in enumerate((OFFERS, THINGS, ENDINGS))
    ]
    return pd.DataFrame(
        {
            "author_id": texts([ACCOUNT] * OWN),
            "is_own": True,
            "text": texts(parts[0] + ": " + parts[1] + parts[2]),
            "sentiment": texts([None] * OWN),
            "sentiment_checked": texts([None] * OWN),
            "_day": pick(source.uniforms("own post day", OWN), np.ones(DAYS)),
        }
    )


def social_daily(source: Source, posts: pd.DataFrame) -> pd.DataFrame:
    """Return a row per network and day; followers are those of the day before, plus gained, minus lost."""
    network, day = np.repeat(np.arange(len(NETWORKS)), DAYS), np.tile(np.arange(DAYS), len(NETWORKS))
    size = len(day)
    gained = quantile_by(source.uniforms("followers gained", size), network, AT, GAINED)
    lost = quantile_by(source.uniforms("followers lost", size), network, AT, LOST)
    lost = lost + np.where(day == PURGE, PURGED[network], 0)
    change = np.cumsum((gained - lost).reshape(len(NETWORKS), DAYS), axis=1)
    own = posts[posts["is_own"]]
    place = own["network"].map(NETWORKS.index).to_numpy(dtype="int64") * DAYS + own["_day"].to_numpy(dtype="int64")
    columns = {
        "date_on": dates(day),
        "network": labels(NETWORKS, network),
        "account": texts([ACCOUNT] * size),
        "followers": (np.array(FOLLOWERS)[:, np.newaxis] + change).ravel(),
        "followers_gained": gained,
        "followers_lost": lost,
        "posts": np.bincount(place, minlength=size),
        "reach": quantile_by(source.uniforms("day reach", size), network, AT, DAY_REACH),
        "shares": quantile_by(source.uniforms("day shares", size), network, AT, DAY_SHARES),
    }
    return pd.DataFrame(columns)
