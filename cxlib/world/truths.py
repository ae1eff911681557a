"""The planted truths: what each is about, and its exact value in one realised world, kept apart from the data.

Every truth is a ratio of two sums over potential outcomes, those that nobody observed included. The
modules that draw the outcomes count both sums under the truth's key (`count`); sums add up over
shards, so a truth never needs the whole world in memory.
"""

from collections import Counter
from dataclasses import dataclass

from cxlib.language import mark


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One planted truth: the design's value, its unit, where to look for it, and what it teaches.

    `what` completes "The truth: ... is 9.5"; `why` says why the tempting answer misses and what finds it.
    """

    design: float
    unit: str
    table: str
    column: str
    population: str
    what: str
    why: str


TRUTHS = {
    "T01": Truth(
        design=9.5,
        unit="points",
        table="survey_responses",
        column="score",
        population=mark("every customer in each of the two waves: every delivered invitation to the relational NPS"),
        what=mark("the NPS of Ipê if everybody who was asked had answered"),
        why=mark(
            "Members of the club answer more readily, and they are happier. An interval allows for chance only, not "
            "for who stayed silent."
        ),
    ),
    "T06": Truth(
        design=5.0,
        unit="points",
        table="subscriptions",
        column="cancelled_at",
        population=mark(
            "the first ticket of every holder while the protection plan runs, opened 90 days or more before "
            "the end of the data"
        ),
        what=mark("the share of holders whom a late first reply drives away within 90 days, in percentage points"),
        why=mark(
            "Severe problems wait longer for a reply, and severe problems drive people away even when the reply is "
            "fast. Compare late with timely replies among problems that are as severe."
        ),
    ),
    "T09": Truth(
        design=2.3,
        unit="tickets per 1,000 customers",
        table="tickets",
        column="created_at",
        population=mark(
            "the tickets about payments on the chat, on the four days of the payment outage of October 2024"
        ),
        what=mark("the number of tickets that the payment outage of October 2024 caused, per 1,000 customers"),
        why=mark(
            "Black Friday and Mondays are busy every time, and a count of all tickets sees nothing else. The outage "
            "stands out only in its own category and channel, held against what such a day brings anyway."
        ),
    ),
    "T14": Truth(
        design=8.0,
        unit="points",
        table="survey_responses",
        column="score",
        population=mark(
            "every delivered invitation to rate (CSAT) a solved ticket that stayed with our own teams, answered or "
            "not"
        ),
        what=mark("the points of CSAT that it costs to make a customer say it all again once, after a transfer"),
        why=mark(
            "Most transfers ask nothing again, and those harm nobody. Counting transfers spreads the harm of the few "
            "over all of them; the log shows which of them asked the same once more."
        ),
    ),
    "T15": Truth(
        design=24.0,
        unit="percent",
        table="bot_sessions",
        column="handed_over",
        population=mark("every conversation with the bot that began a week or more before the end of the data"),
        what=mark("the share of conversations that the bot really solved, in percent"),
        why=mark(
            "Contained means that no person took part. Many of those customers come back within a week with a ticket "
            "about the same, often on another channel; only those who said who they are can be followed."
        ),
    ),
    "T17": Truth(
        design=27.1,
        unit="percent",
        table="subscriptions",
        column="cancelled_at",
        population=mark("every first, monthly contract of a member of the club on the day it begins"),
        what=mark("the chance that a club contract lasts longer than 12 months, in percent"),
        why=mark(
            "Those who are quick to leave leave first; whoever is left is more loyal than the average. One constant "
            "churn rate for all months forgets that."
        ),
    ),
    "T24": Truth(
        design=10.0,
        unit="percent",
        table="ticket_events",
        column="touch_minutes",
        population=mark(
            "every delivery problem handed to the carrier and opened before July 2025, from the first human reply to "
            "the answer"
        ),
        what=mark("the flow efficiency of the first version of the delivery process, in percent"),
        why=mark(
            "Time outside the carrier is not time at work: in most of it the case waits for somebody. Only the cases "
            "whose working time was taken can tell."
        ),
    ),
}


def count(key: str, total: float, of: int) -> Counter[str]:
    """Return what one shard adds to a truth: a total, and the number of units it is summed over.

    >>> count("T01", 950.0, of=100)
    Counter({'T01 total': 950.0, 'T01 units': 100})
    """
    return Counter({f"{key} total": total, f"{key} units": of})


def together(*counts: Counter[str]) -> Counter[str]:
    """Return counts added up; unlike `+`, this keeps sums below zero.

    >>> together(count("T01", -50.0, of=2), count("T01", 30.0, of=1))
    Counter({'T01 units': 3, 'T01 total': -20.0})
    """
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def values(counts: Counter[str]) -> dict[str, dict[str, float]]:
    """Return the exact value of every truth and the number of units it is about, from the counts of all shards."""
    return {
        key: {"value": counts[f"{key} total"] / counts[f"{key} units"], "units": counts[f"{key} units"]}
        for key in TRUTHS
        if counts[f"{key} units"]
    }
