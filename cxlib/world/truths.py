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
    "T01b": Truth(
        design=10.0,
        unit="points",
        table="survey_responses",
        column="score",
        population=mark("every delivered invitation to the NPS after a digital order, the calls left out"),
        what=mark("the transactional NPS of digital orders if everybody who was asked had answered"),
        why=mark(
            "Who is pleased answers more, and nothing that we know of the customers explains it: no weighting helps. "
            "Calling a random part of the silent does."
        ),
    ),
    "T07": Truth(
        design=-7.0,
        unit="points",
        table="store_csat_pulse",
        column="score",
        population=mark("every rating from 2025-04 to 2025-06 in the six stores with the new roster"),
        what=mark("the effect of the new roster on the share of satisfied customers of its six stores, in points,"),
        why=mark(
            "A strike hit all stores in the same months. Before and after in the six takes it for the roster; the "
            "change in the other stores shows how much of it is not."
        ),
    ),
    "T16": Truth(
        design=15.0,
        unit="percent",
        table="social_posts",
        column="sentiment",
        population=mark("all public posts about Ipê in the two years, its own left out"),
        what=mark("the percentage of negative posts about Ipê"),
        why=mark(
            "The listening tool misses some negative posts and takes many more of the others for negative. How often "
            "it errs is known from the posts that a person read, and can be taken out."
        ),
    ),
    "T19": Truth(
        design=0.0,
        unit="points",
        table="store_csat_pulse",
        column="score",
        population=mark("the stores trained in twelve months, three of the six worst of the month before each time"),
        what=mark("the effect of the training on the share of satisfied customers, in points,"),
        why=mark(
            "Who is picked for being worst was partly unlucky, and luck does not last: they rise anyway. The stores "
            "that were picked and not trained rise as much."
        ),
    ),
    "T20": Truth(
        design=10.0,
        unit="points",
        table="survey_responses",
        column="score",
        population=mark("every delivered invitation after a purchase in store s17, from 2025-05 on"),
        what=mark("the transactional NPS of store s17 since 2025-05 if nobody had begged for a ten"),
        why=mark(
            "The store begs: more answer, and most of them say ten. Such answers tell nothing; what is left is what "
            "stores like it get when nobody begs."
        ),
    ),
    "T25": Truth(
        design=-0.21,
        unit="points",
        table="moments",
        column="emotion",
        population=mark("every journey followed, rated at the service stage or not"),
        what=mark("the mean emotion of all journeys at the service stage, from -5 to 5,"),
        why=mark(
            "Unasked, people rate when they feel strongly, and at this stage strong feelings are bad ones. Only those "
            "who were asked at every touchpoint stand for all."
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
    """Return the sums of several parts. Adding counters with + would lose totals that are zero or less.

    >>> together(count("T20", -5.0, of=3), count("T20", 5.0, of=2))
    Counter({'T20 units': 5, 'T20 total': 0.0})
    """
    total: Counter[str] = Counter()
    for part in counts:
        total.update(part)
    return total


def values(counts: Counter[str]) -> dict[str, dict[str, float]]:
    """Return the exact value of every truth and the number of units it is about, from the counts of all shards."""
    return {
        key: {"value": counts[f"{key} total"] / counts[f"{key} units"], "units": counts[f"{key} units"]}
        for key in TRUTHS
        if counts[f"{key} units"]
    }
