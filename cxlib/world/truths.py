"""The planted truths: what each is about, and its exact value in one realised world, kept apart from the data.

Every truth is a ratio of two sums over potential outcomes, those that nobody observed included. The
modules that draw the outcomes count both sums under the truth's key (`counting.py`); sums add up over
shards, so a truth never needs the whole world in memory.
"""

from collections import Counter
from dataclasses import dataclass

from cxlib.language import mark


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One planted truth: the design's value, its unit, the column to look at, with its table, and what it teaches.

    `what` completes "The truth: ... is 9.5"; `why` says why the tempting answer misses and what finds it.
    """

    design: float
    unit: str
    column: str
    population: str
    what: str
    why: str


TRUTHS = {
    "T01": Truth(
        design=9.5,
        unit="points",
        column="survey_responses.score",
        population=mark("every customer in each of the two waves: every delivered invitation to the relational NPS"),
        what=mark("the NPS of Ipê if everybody who was asked had answered"),
        why=mark(
            "Members of the club answer more readily, and they are happier. An interval allows for chance only, "
            "not for who stayed silent."
        ),
    ),
    "T02": Truth(
        design=4.5,
        unit="points",
        column="orders.placed_at",
        population=mark("customers whose first order was in the app or in a store, with 90 days after it in view"),
        what=mark("how many more in a hundred come back within 90 days when their first order is in a store"),
        why=mark(
            "The app looks stronger because members of the club begin there, and members come back anyway. Within "
            "the club and outside it, the store is ahead: compare like with like."
        ),
    ),
    "T03": Truth(
        design=39.0,
        unit="percent",
        column="events.event_type",
        population=mark("purchases in stores, those of buyers nobody knows included"),
        what=mark("the share of store purchases that were researched on the site"),
        why=mark(
            "Much research goes unseen: buyers who do not log in, and buyers who are nobody's customer. Correct "
            "what is seen by how often research is seen, separately for those with the app and without."
        ),
    ),
    "T04": Truth(
        design=12.0,
        unit="percent",
        column="events.event_type",
        population=mark("orders on the site and in the app"),
        what=mark("the share of online orders that were looked at in a store before"),
        why=mark("Only one such store visit in four is registered. Divide by what is seen, after taking out chance."),
    ),
    "T05": Truth(
        design=12.0,
        unit="points",
        column="carts.converted_at",
        population=mark(
            "carts of 99 to 199 reais in the southern states, in the 12 weeks from the change of free shipping"
        ),
        what=mark(
            "how many more in a hundred of these carts were abandoned because free shipping moved from 99 to 199"
        ),
        why=mark(
            "Before and after compares two seasons as well: a promotion ended that week and more carts were left "
            "everywhere. The carts outside the band show how many; subtract that."
        ),
    ),
    "T08": Truth(
        design=2.4,
        unit="points",
        column="experiments.arm",
        population=mark("all customers, by the arm they were assigned to"),
        what=mark(
            "how many more in a hundred bought within 30 days because recommendations were switched on for them"
        ),
        why=mark(
            "Who buys sees more recommendations, so those who saw them had to look better. Compare the arms as "
            "they were assigned, and all of them: the analysis log lost customers."
        ),
    ),
    "T10": Truth(
        design=0.0,
        unit="percent",
        column="orders.placed_at",
        population=mark("orders in the consumer week of 2025"),
        what=mark("how many per cent of orders the campaign of the consumer week of 2025 added"),
        why=mark(
            "That week is busy every year, with a campaign or without one: hold it against the same week of 2024."
        ),
    ),
    "T11": Truth(
        design=10.0,
        unit="percent",
        column="returns.requested_at",
        population=mark("product lines sold in the last 60 days of the calendar"),
        what=mark("the share of the lines sold in the last 60 days that will come back"),
        why=mark(
            "Returns take weeks to arrive: the young ones have not been asked for yet. Lines sold long enough "
            "ago, of the same channels and categories, say how many will."
        ),
    ),
    "T12": Truth(
        design=42.0,
        unit="percent",
        column="sessions.interactions",
        population=mark("visits of people to the site and the app"),
        what=mark("the chance, in per cent, that a visit of a person ends after one interaction"),
        why=mark(
            "Bots look at one page and leave. The tool flags two in three of them; the others visit tirelessly."
        ),
    ),
    "T13": Truth(
        design=1.42,
        unit="cookies",
        column="identities.kind",
        population=mark("people who visited the site or the app in the last 30 days of the log"),
        what=mark("how many cookies there are for each person"),
        why=mark(
            "A cookie is a browser that has not forgotten, and people have several. Those who stay logged in on "
            "all of theirs show how many."
        ),
    ),
    "T18": Truth(
        design=0.0,
        unit="points",
        column="customers.acquisition_source",
        population=mark("customers whose first order was on the site, with 90 days after it in view"),
        what=mark("how many more in a hundred come back within 90 days because somebody referred them"),
        why=mark(
            "Friends resemble each other: the referred live and buy where everybody comes back more often. Within "
            "the same region and kind of first purchase, the referral adds nothing."
        ),
    ),
    "T21": Truth(
        design=48.22,
        unit="percent",
        column="events.event_type",
        population=mark("searches on the site, and in the app before version 5.2"),
        what=mark("the chance to buy, in per cent, of a visitor who has just looked at two products in a row"),
        why=mark(
            "A chain with one step of memory gives every product view the same chance. Visitors remember two: "
            "count from the pairs."
        ),
    ),
    "T22": Truth(
        design=22.0,
        unit="percent",
        column="orders.placed_at",
        population=mark("orders on the channels that never close"),
        what=mark("the share of digital orders placed between 21:00 and midnight"),
        why=mark("Instants are stored in UTC, three hours ahead of Brasília: the evening is the next day there."),
    ),
    "T01b": Truth(
        design=10.0,
        unit="points",
        column="survey_responses.score",
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
        column="store_csat_pulse.score",
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
        column="social_posts.sentiment",
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
        column="store_csat_pulse.score",
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
        column="survey_responses.score",
        population=mark("every delivered invitation after a purchase in store s17, from 2025-05 on"),
        what=mark("the transactional NPS of store s17 since 2025-05 if nobody had begged for a ten"),
        why=mark(
            "The store begs: more answer, and most of them say ten. Such answers tell nothing; what is left is what "
            "stores like it get when nobody begs."
        ),
    ),
    "T06": Truth(
        design=5.0,
        unit="points",
        column="subscriptions.cancelled_at",
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
        column="tickets.created_at",
        population=mark("the tickets about payments on the chat, on the four days of the payment outage of 2024"),
        what=mark("the number of tickets that the payment outage of 2024 caused, per 1,000 customers"),
        why=mark(
            "Black Friday is busy every year, and some weekdays every week, and a count of all tickets sees nothing "
            "else. The outage stands out only in its own category and channel, held against what such a day brings "
            "anyway."
        ),
    ),
    "T14": Truth(
        design=8.0,
        unit="points",
        column="survey_responses.score",
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
        column="bot_sessions.handed_over",
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
        column="subscriptions.cancelled_at",
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
        column="ticket_events.touch_minutes",
        population=mark(
            "every delivery problem handed to the carrier while the first version of the process ran, from the "
            "first human reply to the answer"
        ),
        what=mark("the flow efficiency of the first version of the delivery process, in percent"),
        why=mark(
            "Time outside the carrier is not time at work: in most of it the case waits for somebody. Only the cases "
            "whose working time was taken can tell."
        ),
    ),
    "T25": Truth(
        design=-0.21,
        unit="points",
        column="moments.emotion",
        population=mark("every journey followed, rated at the service stage or not"),
        what=mark("the mean emotion of all journeys at the service stage, from -5 to 5,"),
        why=mark(
            "Unasked, people rate when they feel strongly, and at this stage strong feelings are bad ones. Only "
            "those who were asked at every touchpoint stand for all."
        ),
    ),
    "T26": Truth(
        design=405.5,
        unit="cents",
        column="rpa_runs.cost_cents",
        population=mark("every refund given to the robot that came out right, by its own work or by that of people"),
        what=mark("the cost of one correct refund, in cents, with the work of people at 36 reais an hour,"),
        why=mark(
            "Hours saved count every run as a refund done, for the price of the run. People finish what the robot "
            "gives up, check a part of the rest and do the wrong ones again; and among those that nobody checks as "
            "many are wrong."
        ),
    ),
}


def values(counts: Counter[str]) -> dict[str, dict[str, float]]:
    """Return the exact value of every truth and the number of units it is about, from the counts of all shards."""
    return {
        key: {"value": counts[f"{key} total"] / counts[f"{key} units"], "units": counts[f"{key} units"]}
        for key in TRUTHS
        if counts[f"{key} units"]
    }
