"""Social networks: how many follow, and how far posts are carried on."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.language import mark
from cxlib.metrics.compute import Question, answers
from cxlib.metrics.conditions import COUNTED, missing
from cxlib.metrics.counting import counted, sorted_cells
from cxlib.metrics.definition import Measure, Ratio, Rule, Sources
from cxlib.metrics.reasons import NOT_ADDITIVE
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions
    from cxlib.tables.dataset import Dataset

NETWORKS, POSTS, GROWTH = "social_daily", "social_posts", "net_growth"
ACCOUNT = ("network", "account")


def _days(sources: Sources) -> "Table":
    return sources[NETWORKS]


def _unknown(days: "Table", rule: Rule) -> "Conditions":
    columns = ("followers", "followers_gained", "followers_lost") if rule.key == GROWTH else ("followers",)
    return missing(days, *columns)


def _follower_cells(dataset: "Dataset", question: Question) -> pd.DataFrame:
    """Add up over accounts what each had on its last day of the cell, and won since before its first."""
    found = answers(dataset, question)
    accounts = _accounts(found.rows, question)
    asides = {f"aside_{code}": accounts[f"aside_{code}"].sum() for code in found.reasons}
    sums = {name: accounts[name].sum() for name in ("stock", "opening", "won")}
    known = accounts.stock.notnull().sum()
    cells = sorted_cells(accounts.group_by(question.keys).agg(**sums, accounts=known, **asides), dataset, question)
    notes = np.where(cells["accounts"] > 1, NOT_ADDITIVE, "")
    if question.rule.key != GROWTH:
        return counted(cells, cells["stock"]).assign(n=cells["stock"], customers=cells["stock"], notes=notes)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = cells["won"].to_numpy(float) / cells["opening"].to_numpy(float)
    shown = counted(cells, cells["won"]).assign(value=growth, denominator=cells["opening"], notes=notes)
    return shown.assign(n=cells["opening"], customers=cells["opening"])


def _accounts(rows: "Table", question: Question) -> "Table":
    """Return one row per cell and account: followers on its last day, before its first, and net gain between."""
    ibis = lazy_ibis()
    used = rows.cx_reason == ""
    account = [name for name in ACCOUNT if name in rows.columns and name not in question.by]
    cell = [*question.keys, *account]
    within = ibis.window(group_by=[rows[key] for key in cell])
    day = used.ifelse(rows.date_on, None)
    rows = rows.mutate(cx_last=day.max().over(within), cx_first=day.min().over(within))
    net = rows.followers_gained - rows.followers_lost if question.rule.key == GROWTH else ibis.literal(0)
    codes = [code for code, _ in question.metric.set_aside(rows, question.rule)]
    used = rows.cx_reason == ""
    return rows.group_by(cell).agg(
        stock=(used & (rows.date_on == rows.cx_last)).ifelse(rows.followers, None).sum(),
        opening=(used & (rows.date_on == rows.cx_first)).ifelse(rows.followers - net, None).sum(),
        won=used.ifelse(net, 0).sum(),
        **{f"aside_{code}": (rows.cx_reason == code).sum() for code in ("no_date", *dict.fromkeys(codes))},
    )


FOLLOWERS = Measure(
    key="followers",
    name=mark("followers"),
    question=mark("How many follow us at the end, and how much did that grow?"),
    explanation=mark(
        "Followers on the last day that is known: a stock, not a flow, so days never add up. Followers of two "
        "networks are partly the same people. A fall can be a purge of fake accounts, which loses nobody."
    ),
    unit_of_analysis=mark("follower of an account, on the last day"),
    tables=(NETWORKS,),
    needs={NETWORKS: ("date_on", "network", "followers")},
    date="date_on",
    rows=_days,
    set_aside=_unknown,
    cells=_follower_cells,
    rules=(
        Rule(
            key="stock",
            name=mark("followers at the end"),
            explanation=mark("Followers on the last day, of all accounts."),
            interval=COUNTED,
            unit="count",
        ),
        Rule(
            key=GROWTH,
            name=mark("net growth"),
            explanation=mark("Followers won less followers lost, divided by the followers before the first day."),
            interval=COUNTED,
            unit="share",
        ),
    ),
    abuses=(mark("reading a stock as a flow"), mark("adding up networks as if they were people")),
    source="Definitions of the networks' own statistics.",
    synonyms=("seguidores", "crescimento de seguidores"),
    cluster=(),
    least_n=1,
    least_n_compared=1,
)


def _own_posts(sources: Sources) -> "Table":
    posts = sources[POSTS]
    return posts.filter(posts.is_own) if "is_own" in posts.columns else posts


SHARE_RATE = Ratio(
    key="share_rate",
    name=mark("share rate"),
    question=mark("Of those whom our posts reached, how many passed them on?"),
    explanation=mark(
        "Shares of our own posts divided by the accounts they reached, or by posts. Engagement divided by followers "
        "is a third number. What is passed on in private messages nobody sees, and one post that spreads moves it "
        "all: the interval goes by posts."
    ),
    unit_of_analysis=mark("post of ours, by the day it was published"),
    tables=(POSTS,),
    needs={POSTS: ("post_id", "posted_at", "reach", "shares")},
    date="posted_at",
    rows=_own_posts,
    set_aside=lambda posts, rule: missing(posts, "shares", *(("reach",) if rule.key == "reach" else ())),
    rules=(
        Rule(
            key="reach",
            name=mark("shares per account reached"),
            explanation=mark("All shares divided by all reach: not the mean of the posts' rates."),
            numerator=lambda posts: posts.shares,
            denominator=lambda posts: posts.reach,
            interval="delta",
            unit="share",
        ),
        Rule(
            key="posts",
            name=mark("shares per post"),
            explanation=mark("All shares divided by the number of posts."),
            numerator=lambda posts: posts.shares,
            interval="student",
            unit="ratio",
        ),
    ),
    abuses=(mark("showing the mean that one viral post made"), mark("mixing reach, impressions and followers below")),
    source="Definitions of the networks' own statistics; interval: delta method over posts.",
    synonyms=("compartilhamentos", "taxa de compartilhamento", "shares"),
    cluster=(),
)

SOCIAL = (FOLLOWERS, SHARE_RATE)
