"""The exercises of lesson 9: the support desk."""

import numpy as np
import pandas as pd

import cxlib as cx
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Choice, Interval, Number
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset

WAITS = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
PROMISED = 30
DAYS = [1, 2, 2, 3, 4, 5, 6, 6]
SOLVED = [True, True, False, True, False, True, False, False]
LAST = pd.Timestamp("2025-03-31", tz="UTC")
OPENED = pd.Timestamp("2025-03-03 12:00", tz="UTC")


# --- The tables of the lesson ------------------------------------------------------------------------


def desk(shop: Dataset) -> pd.DataFrame:
    """Return twenty tickets of a morning, with when they were opened and first answered."""
    waits = pd.to_timedelta(WAITS, unit="min")
    frame = pd.DataFrame({"ticket_id": [f"t{place:02}" for place in range(1, 21)], "created_at": OPENED})
    return frame.assign(first_human_reply_at=OPENED + waits, minutes=[float(one) for one in WAITS])


def queue(shop: Dataset) -> pd.DataFrame:
    """Return eight tickets as they stand on the last day of March: solved, or open for so long."""
    frame = pd.DataFrame({"ticket_id": [f"t{place}" for place in range(1, 9)], "days": DAYS})
    frame["created_at"] = LAST - pd.to_timedelta(DAYS, unit="D")
    frame["solved_at"] = pd.Series([LAST] * len(DAYS)).where(pd.Series(SOLVED))
    return frame


def contacts(shop: Dataset) -> pd.DataFrame:
    """Return forty problems and the contacts that followed: on the same channel, on another, or too late to count."""
    first = pd.DataFrame({"customer_id": [f"c{who:02}" for who in range(40)], "channel": "chat", "day": 0})
    again = first.head(7).assign(day=3)
    again.loc[3:, "channel"] = "phone"
    late = first.iloc[10:12].assign(day=8)
    return pd.concat([first, again, late], ignore_index=True)


def daily(shop: Dataset) -> pd.DataFrame:
    """Return tickets by day: about payments on the chat, and all others."""
    tickets = shop.frame("tickets")
    day = tickets["created_at"].dt.tz_localize(None).dt.normalize()
    ours = (tickets["category"] == "pagamento") & (tickets["channel"] == "chat")
    days = pd.date_range("2024-01-01", "2025-12-31", name="day")
    counts = {"payments": day[ours], "others": day[~ours]}
    return pd.DataFrame({name: one.value_counts().reindex(days, fill_value=0) for name, one in counts.items()})


DATA = {"desk": desk, "queue": queue, "contacts": contacts, "daily": daily}


# --- Right and wrong ---------------------------------------------------------------------------------


def _waits(shop: Dataset) -> tuple[float, float]:
    row = cx.metric(desk(shop).drop(columns="minutes"), "first_response_time").iloc[0]
    return float(row["low"]), float(row["high"])


def _around_the_mean(shop: Dataset) -> tuple[float, float]:
    half = 1.96 * np.std(WAITS, ddof=1) / len(WAITS) ** 0.5
    return float(np.mean(WAITS) - half), float(np.mean(WAITS) + half)


def _days_until_solved(shop: Dataset) -> float:
    row = cx.metric(queue(shop).drop(columns="days"), "resolution_time", as_of="2025-03-31").iloc[0]
    return row["value"] / (24 * 60)


def _of_solved(measure: str) -> float:
    return float(pd.Series(DAYS)[SOLVED].agg(measure))


def _kept(shop: Dataset, rule: str) -> float:
    return cx.metric(shop, "sla_compliance", rule=rule)["value"].iloc[0]


def _came_back(shop: Dataset, *, on: tuple[str, ...] = ("chat", "phone"), within: int = 7) -> float:
    table = contacts(shop)
    again = table[table["day"].between(1, within) & table["channel"].isin(on)]
    return 1 - again["customer_id"].nunique() / table["customer_id"].nunique()


def _on_the_phone(shop: Dataset, name: str, rule: str) -> float:
    by = cx.metric(shop, name, rule=rule, by="channel").set_index("channel")
    return by["value"]["phone"]


def _needed(shop: Dataset) -> dict[str, float]:
    median = cx.metric(shop, "first_response_time").iloc[0]
    slow = cx.metric(shop, "first_response_time", rule="p90").iloc[0]
    return {"value": median["value"], "low": median["low"], "high": median["high"], "slow": slow["value"]}


def _numbers(shop: Dataset) -> dict[str, float]:
    n = cx.metric(shop, "first_response_time")["n"].iloc[0]
    return {**_needed(shop), "n": n, "kept": _kept(shop, "first_reply")}


def _memo(shop: Dataset, leave_out: str = "") -> str:
    numbers = {name: number for name, number in _needed(shop).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.1f}" for name, number in numbers.items()]
    return "We looked at all the tickets of the two years and at how long customers wait: " + ", ".join(parts)


TEXTS = {
    "example": Text(
        values=lambda shop: {
            name: cx.metric(shop, "resolution_time")[name].iloc[0] / (24 * 60) for name in ("value", "low", "high")
        },
        templates={
            "": "**Question.** Shall we promise customers a solution within one day?\n\n"
            "**Answer.** Half of the tickets took {value} days or less, the open ones counted as open.\n\n"
            "**How sure.** Anything from {low} to {high} days fits the tickets; chance is small here.\n\n"
            "**What we would do.** Promise nothing that only half of the customers would get. Look at the slowest "
            "tenth first.\n\n"
            "**What would change our mind.** Nine tickets in ten solved within the day we want to promise.",
        },
    ),
    "recommendation": Text(
        values=_numbers,
        shares=("kept",),
        templates={
            "": "**Question.** Is our first reply fast enough?\n\n"
            "**Answer.** For half of the customers it is: they waited {value} minutes or less. One in ten waited "
            "more "
            "than {slow} minutes, and the promise was kept for {kept} of the tickets.\n\n"
            "**How sure.** The median lies between {low} and {high} minutes, n = {n}. The long waits are no "
            "accident of a few days.\n\n"
            "**What we would do.** Leave the fast half alone. Find out which channel and which kind of problem the "
            "slow tenth is made of.\n\n"
            "**What would change our mind.** The slow tenth being only tickets that did no harm by waiting.",
        },
    ),
}

EXERCISES = [
    Exercise(
        key="kept_promises",
        asks="How often the promise was kept",
        shape=Number("share"),
        given=True,
        right=lambda shop: 16 / 20,
        wrong=[
            Wrong(
                name="the-last-minute",
                answer=lambda shop: 15 / 20,
                says="A reply after exactly the minutes that were promised is in time: `<=`, not `<`.",
            ),
            Wrong(
                name="late-ones",
                answer=lambda shop: 4 / 20,
                says="That is the share of the broken promises. Asked is the share of those that were kept.",
            ),
            Wrong(
                name="by-the-mean",
                answer=lambda shop: 0.0,
                says="You compared the mean with the promise. A promise is made to each customer: count the "
                "customers.",
            ),
            Wrong(
                name="odds",
                answer=lambda shop: 4 / 16,
                says="You divided those who waited too long by those who did not. The whole is all tickets.",
            ),
        ],
        hints=[
            '`desk["minutes"] <= 30` says of each ticket whether the promise was kept.',
            "The mean of yes and no is a share: `(… <= 30).mean()`.",
        ],
        passed="And yet the mean is above the promise: a single wait of eight hours pulls it up. The share of kept "
        "promises and the mean wait answer different questions.",
    ),
    Exercise(
        key="business_minutes",
        asks="From Friday evening to Monday morning",
        shape=Number("minutes"),
        given=True,
        right=lambda shop: 45.0,
        wrong=[
            Wrong(
                name="calendar",
                answer=lambda shop: 3_825.0,
                says="That is the customer's clock: all minutes, the weekend too. Asked are those in which the desk "
                "is open.",
            ),
            Wrong(
                name="weekend-only",
                answer=lambda shop: 3_825.0 - 2 * 24 * 60,
                says="You took the weekend out. The nights of Friday and of Monday are still in it.",
            ),
            Wrong(
                name="friday-only",
                answer=lambda shop: 30.0,
                says="That is Friday. The clock goes on when the desk opens on Monday.",
            ),
            Wrong(
                name="monday-only",
                answer=lambda shop: 15.0,
                says="That is Monday. The clock had already run on Friday, from the message until the desk closed.",
            ),
        ],
        hints=[
            "Two stretches: from the message until the desk closes on Friday, and from its opening on Monday until "
            "the reply.",
            "Write both in minutes and add them.",
        ],
        passed="Under an hour for the desk, nearly three days for the customer. Both numbers are right; say which "
        "one "
        "you show.",
    ),
    Exercise(
        key="median_interval",
        asks="The interval of a median",
        shape=Interval("minutes"),
        given=True,
        right=_waits,
        wrong=[
            Wrong(
                name="around-the-mean",
                answer=_around_the_mean,
                says="That is an interval around the mean, from 1.96 standard errors. Waits are so uneven that it "
                "reaches below zero. Let `cx.metric` find the interval of the median.",
            ),
            Wrong(
                name="quartiles",
                answer=lambda shop: (float(np.quantile(WAITS, 0.25)), float(np.quantile(WAITS, 0.75))),
                says="Between these two lies the middle half of the customers. It says how much waits differ, not "
                "how "
                "sure you are of the median.",
            ),
            Wrong(
                name="least-and-most",
                answer=lambda shop: (2.0, 480.0),
                says="That is the shortest and the longest wait. More tickets would make it wider; an interval gets "
                "narrower.",
            ),
        ],
        hints=[
            '`cx.metric(desk, "first_response_time")` gives a frame of one row; the frame itself is accepted.',
            "Its ends are in the columns `low` and `high`.",
        ],
        passed="Both ends are waits that occurred: no formula for bell-shaped data is needed, only the order of the "
        "tickets.",
    ),
    Exercise(
        key="still_open",
        asks="The median when some tickets are still open",
        shape=Number("days"),
        given=True,
        right=_days_until_solved,
        wrong=[
            Wrong(
                name="mean-of-solved",
                answer=lambda shop: _of_solved("mean"),
                says="That is the mean of the solved tickets, which most dashboards show. The long ones are missing "
                "from it, because they are not over.",
            ),
            Wrong(
                name="median-of-solved",
                answer=lambda shop: _of_solved("median"),
                says="A median, but of the solved tickets alone. Those still open belong to the answer as well: each "
                "will take longer than it has so far.",
            ),
            Wrong(
                name="open-as-solved",
                answer=lambda shop: float(np.median(DAYS)),
                says="You counted the open tickets as if they had been solved on the last day. They are not over: "
                "what "
                "is known is only that they take longer.",
            ),
        ],
        hints=[
            '`cx.metric(queue, "resolution_time", as_of="2025-03-31")` counts open tickets as open.',
            "Its value is in minutes. A day has 24 * 60 of them.",
        ],
        passed="That is the curve of Kaplan and Meier: each ticket counts as long as it was watched, and none is "
        "thrown "
        "away for not being over.",
    ),
    Exercise(
        key="kept_by_ipe",
        asks="How often Ipê keeps its promise of a solution",
        shape=Number("share"),
        right=lambda shop: _kept(shop, "resolution"),
        wrong=[
            Wrong(
                name="closed-only",
                answer=lambda shop: _kept(shop, "resolution_closed_only"),
                says="Only solved tickets are in it. A ticket that is overdue and still open is a broken promise, "
                "and "
                "the one who waits for it knows.",
            ),
            Wrong(
                name="first-reply",
                answer=lambda shop: _kept(shop, "first_reply"),
                says="That is the promise about the first reply. Asked is the one about the solution.",
            ),
            Wrong(
                name="broken",
                answer=lambda shop: 1 - _kept(shop, "resolution"),
                says="That is the share of the broken promises.",
            ),
        ],
        hints=[
            "The rules stand in the table above, in the column `rule`.",
            '`cx.metric(shop, "sla_compliance", rule="resolution")`',
        ],
        passed="Whoever counts solved tickets only can raise the number by never closing the late ones.",
    ),
    Exercise(
        key="solved_at_once",
        asks="First contact resolution",
        shape=Number("share"),
        given=True,
        right=lambda shop: _came_back(shop),
        wrong=[
            Wrong(
                name="same-channel",
                answer=lambda shop: _came_back(shop, on=("chat",)),
                says="You looked at the chat alone. Those who call after a chat were not helped by the chat either.",
            ),
            Wrong(
                name="too-late",
                answer=lambda shop: _came_back(shop, within=8),
                says="You counted contacts on the eighth day. The window is a week: 7 days.",
            ),
            Wrong(
                name="of-contacts",
                answer=lambda shop: 1 - 7 / len(contacts(shop)),
                says="You divided by all contacts, and those who came back stand among them twice. The whole is the "
                "problems: one for each customer.",
            ),
            Wrong(
                name="came-back",
                answer=lambda shop: 1 - _came_back(shop),
                says="That is the share who had to come back.",
            ),
        ],
        hints=[
            "Who came back is who has a row with `day` from 1 to 7, on whatever channel.",
            "How many customers are that, of how many?",
        ],
        passed="`cx.metric` knows it as `first_contact_resolution`. Its rule `same_channel` shows what a single "
        "tool sees.",
    ),
    Exercise(
        key="outage",
        asks="A surge that the calendar does not explain",
        shape=Choice(("a", "b", "c")),
        given=True,
        right=lambda shop: "b",
        wrong=[
            Wrong(
                name="black-friday",
                answer=lambda shop: "a",
                says="Black Friday brings many tickets of all kinds, every year. Payments on the chat had their "
                "usual "
                "share of them: busy, but no surprise.",
            ),
            Wrong(
                name="mondays",
                answer=lambda shop: "c",
                says="Mondays are the busiest days of every week. What comes every week needs staff, not an alarm.",
            ),
        ],
        hints=[
            "The table above lists the days that brought more than their share.",
            "Which of the three do these days lie in?",
        ],
        passed="The payment gateway was down. In the count of all tickets those days do not stand out at all.",
    ),
    Exercise(
        key="said_again",
        asks="Who has to say it all again",
        shape=Number("share"),
        right=lambda shop: _on_the_phone(shop, "reasked_rate", "transfers"),
        wrong=[
            Wrong(
                name="by-ticket",
                answer=lambda shop: _on_the_phone(shop, "reasked_rate", "tickets"),
                says="That is by ticket: a ticket passed on three times counts once. Asked is by transfer.",
            ),
            Wrong(
                name="all-channels",
                answer=lambda shop: cx.metric(shop, "reasked_rate", rule="transfers")["value"].iloc[0],
                says="That is over all channels. Asked is the phone.",
            ),
            Wrong(
                name="passed-on",
                answer=lambda shop: _on_the_phone(shop, "handoffs", "any"),
                says="That is how many tickets are passed on at all. Asked is what happens after a transfer.",
            ),
        ],
        hints=[
            '`cx.metric(shop, "reasked_rate", rule="transfers", by="channel")` has a row for each channel.',
            'Take `value` of the row whose `channel` is `"phone"`.',
        ],
        passed="On the chat the next person reads what was written. On the phone everything has to be said once "
        "more.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the head of service",
        shape=Memo(_needed),
        right=_memo,
        wrong=[
            Wrong(
                name="without-interval",
                answer=lambda shop: _memo(shop, "low high"),
                when=lambda memo: bool({"low", "high"} & set(memo.lacks)),
                says="The interval of the median is not in it, with one decimal. Without it the reader cannot tell "
                "how "
                "sure you are.",
            ),
            Wrong(
                name="without-the-slow",
                answer=lambda shop: _memo(shop, "slow"),
                when=lambda memo: "slow" in memo.lacks,
                says="The slow tenth is not in it: the rule `p90`, in minutes, with one decimal. A median says "
                "nothing "
                "of those who wait longest.",
            ),
            Wrong(
                name="without-median",
                answer=lambda shop: _memo(shop, "value"),
                when=lambda memo: "value" in memo.lacks,
                says="The median wait is not in it, in minutes, with one decimal.",
            ),
        ],
        hints=[
            "The four numbers stand in the table above, in minutes.",
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The four numbers are in the text.",
        passed="The words were not judged: does the page say what to do about the slow tenth? Compare with "
        "`ex.recommendation.solution()`.",
        example="recommendation",
    ),
]
