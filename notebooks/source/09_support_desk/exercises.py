"""The exercises of lesson 9: the support desk."""

import numpy as np
import pandas as pd
from scipy.stats import poisson

import cxlib as cx
from cxlib.charts.business_clock import business_days
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Choice, Interval, Number
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset

# Twenty waits of customers, then three duplicates that were merged and one ticket of the staff's own.
WAITS = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
PROMISED, STRICTER = 30, 15
DAYS = [1, 2, 2, 3, 4, 5, 6, 6]
SOLVED = [True, True, False, True, False, True, False, False]
LAST = pd.Timestamp("2025-03-31", tz="UTC")
OPENED = pd.Timestamp("2025-03-03 12:00", tz="UTC")
OUTAGE = pd.date_range("2024-10-15", "2024-10-18")
HALF_YEAR = slice("2024-07-01", "2024-12-31")
USUAL, WATCHED = 9, 100  # tickets on a usual day, days in a series
# The week of the campaign, and the two after it; the same weeks of the year before had none.
CAMPAIGN = {2024: ("2024-03-11", "2024-03-18", "2024-04-01"), 2025: ("2025-03-10", "2025-03-17", "2025-03-31")}
MINUTE, DAY = pd.Timedelta(minutes=1), pd.Timedelta(days=1)


# --- A promise ---------------------------------------------------------------------------------------


def desk(shop: Dataset) -> pd.DataFrame:
    """Return a morning's tickets: who opened each, whether it was merged, minutes until bot and person replied."""
    size = len(WAITS)
    table = pd.DataFrame({"ticket": range(1, size + 5), "opened_by": ["customer"] * (size + 3) + ["staff"]})
    table["merged_into"] = pd.Series([None] * size + [3, 9, 14, None], dtype="Int64")
    table["bot_minutes"] = [0.3 if place % 5 else np.nan for place in range(1, size + 1)] + [0.3, 0.3, 0.3, np.nan]
    table["person_minutes"] = [float(one) for one in [*WAITS, 1, 2, 2, 5]]
    # In the order of a morning, not of the waits.
    return table.iloc[np.argsort([7 * place % 25 for place in range(1, len(table) + 1)])].reset_index(drop=True)


def _of_customers(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["opened_by"] == "customer") & table["merged_into"].isna()]


def _in_time(minutes: pd.Series) -> float:
    return float((minutes <= PROMISED).mean())


def _by_anybody(table: pd.DataFrame) -> pd.Series:
    return table[["bot_minutes", "person_minutes"]].min(axis=1)


def promise(shop: Dataset) -> pd.DataFrame:
    """Return the twenty waits of customers beside a stricter promise than that of the exercise."""
    return pd.DataFrame({"minutes": [float(one) for one in WAITS], "over": True, "promised": STRICTER})


def twenty(shop: Dataset) -> pd.DataFrame:
    """Return the twenty tickets of customers as `cx.metric` reads them."""
    replied = OPENED + pd.to_timedelta(WAITS, unit="min")
    names = [f"t{place:02}" for place in range(1, len(WAITS) + 1)]
    return pd.DataFrame({"ticket_id": names, "created_at": OPENED, "first_human_reply_at": replied})


# --- All of Ipê --------------------------------------------------------------------------------------


def _tickets(shop: Dataset) -> pd.DataFrame:
    promised = shop.frame("sla_policies").drop(columns="name")
    return shop.frame("tickets").merge(promised.drop(columns="priority"), on="sla_policy_id", validate="many_to_one")


def _end(shop: Dataset) -> pd.Timestamp:
    """Return the last moment the log knows of."""
    return shop.frame("ticket_events")["occurred_at"].max()


def replies(shop: Dataset) -> pd.DataFrame:
    """Return each ticket's minutes until the bot's and a person's first reply, and the minutes promised."""
    tickets, log = _tickets(shop), shop.frame("ticket_events")
    of_bot = log[(log["actor"] == "bot") & (log["event_type"] == "message")]
    by_bot = tickets["ticket_id"].map(of_bot.groupby("ticket_id")["occurred_at"].min())
    table = {
        "channel": tickets["channel"],
        "bot_minutes": (by_bot - tickets["created_at"]) / MINUTE,
        "person_minutes": (tickets["first_human_reply_at"] - tickets["created_at"]) / MINUTE,
        "promised_minutes": tickets["first_reply_minutes"],
    }
    return pd.DataFrame(table)


def waits(shop: Dataset) -> pd.DataFrame:
    """Return waits for a person beside what was promised, by channel, as `cx.chart` draws them."""
    tickets = _tickets(shop)
    until = tickets["first_human_reply_at"].fillna(_end(shop))
    table = {
        "channel": tickets["channel"],
        "minutes": (until - tickets["created_at"]) / MINUTE,
        "over": tickets["first_human_reply_at"].notna(),
        "promised": tickets["first_reply_minutes"],
    }
    frame = pd.DataFrame(table).sort_values(["promised", "channel"], kind="stable", ignore_index=True)
    frame.attrs["synthetic"] = shop.synthetic
    return frame


def _kept_by(table: pd.DataFrame, minutes: pd.Series) -> float:
    return float((minutes <= table["promised_minutes"]).mean())


def _by_people(shop: Dataset) -> float:
    table = replies(shop)
    return _kept_by(table, table["person_minutes"])


def _with_bots(shop: Dataset) -> float:
    table = replies(shop)
    return _kept_by(table, _by_anybody(table))


def _one_promise(shop: Dataset) -> float:
    table = replies(shop)
    return float((table["person_minutes"] <= table["promised_minutes"].mean()).mean())


# --- Clocks ------------------------------------------------------------------------------------------


def saturday(shop: Dataset) -> pd.DataFrame:
    """Return a wait from Saturday to Tuesday, day by day, at a desk that is open from Monday to Friday."""
    hours = pd.DataFrame({"schedule_id": "desk", "weekday": range(1, 6), "opens": "09:00", "closes": "18:00"})
    return business_days("2025-03-08 10:00", "2025-03-11 10:00", hours)


# --- Open tickets ------------------------------------------------------------------------------------


def queue(shop: Dataset) -> pd.DataFrame:
    """Return eight tickets as they stand on the last day of March: solved, or open for so long."""
    frame = pd.DataFrame({"ticket_id": [f"t{place}" for place in range(1, 9)], "days": DAYS})
    frame["created_at"] = LAST - pd.to_timedelta(DAYS, unit="D")
    frame["solved_at"] = pd.Series([LAST] * len(DAYS)).where(pd.Series(SOLVED))
    return frame


def _days_until_solved(shop: Dataset) -> float:
    row = cx.metric(queue(shop).drop(columns="days"), "resolution_time", as_of="2025-03-31").iloc[0]
    return float(row["value"]) * MINUTE / DAY


def _of_solved(measure: str) -> float:
    return float(pd.Series(DAYS)[SOLVED].agg(measure))


def solutions(shop: Dataset) -> pd.DataFrame:
    """Return each ticket's days until it was solved, or so far, beside the days promised."""
    tickets = _tickets(shop)
    until = tickets["solved_at"].fillna(_end(shop))
    table = {
        "channel": tickets["channel"],
        "solved": tickets["solved_at"].notna(),
        "days": (until - tickets["created_at"]) / DAY,
        "promised_days": tickets["resolution_minutes"] * MINUTE / DAY,
    }
    return pd.DataFrame(table)


def _kept_solutions(shop: Dataset, *, of: str = "decided") -> float:
    table = solutions(shop)
    late = table["days"] > table["promised_days"]
    whole = {"decided": table["solved"] | late, "solved": table["solved"], "all": table["solved"] | ~table["solved"]}
    return float((table["solved"] & ~late).sum() / whole[of].sum())


# --- Solved at once ----------------------------------------------------------------------------------


def contacts(shop: Dataset) -> pd.DataFrame:
    """Return forty problems and the contacts that followed: on the same channel, on another, or too late to count."""
    first = pd.DataFrame({"customer": [f"c{who:02}" for who in range(40)], "channel": "chat", "day": 0})
    again = first.head(7).assign(day=3)
    again.loc[3:, "channel"] = "phone"
    again = pd.concat([again, again.head(1).assign(day=5)])  # one comes back twice
    late = first.iloc[10:12].assign(day=8)
    return pd.concat([first, again, late], ignore_index=True)


def _came_back(shop: Dataset, *, on: tuple[str, ...] = ("chat", "phone"), within: int = 7) -> float:
    table = contacts(shop)
    again = table[table["day"].between(1, within) & table["channel"].isin(on)]
    return 1 - again["customer"].nunique() / table["customer"].nunique()


# --- Surges ------------------------------------------------------------------------------------------


def all_days(shop: Dataset) -> pd.DataFrame:
    """Return the days of two years: tickets about payments on the chat, and all others."""
    tickets = shop.frame("tickets")
    day = tickets["created_at"].dt.tz_localize(None).dt.normalize()
    ours = (tickets["category"] == "pagamento") & (tickets["channel"] == "chat")
    days = pd.date_range("2024-01-01", "2025-12-31", name="day")
    counts = {"counts": day[ours], "reference": day[~ours]}
    frame = pd.DataFrame({name: one.value_counts().reindex(days, fill_value=0) for name, one in counts.items()})
    frame.attrs["synthetic"] = shop.synthetic
    return frame


def daily(shop: Dataset) -> pd.DataFrame:
    """Return the second half of 2024, day by day: tickets about payments on the chat, and all others."""
    frame = all_days(shop)
    half = frame.loc[HALF_YEAR]
    half.attrs |= frame.attrs
    return half


def alarms(shop: Dataset) -> pd.DataFrame:
    """Return the days with more tickets than the mean and two deviations: when the alarm on the wall goes off."""
    total = all_days(shop).sum(axis=1)
    return total[total > total.mean() + 2 * total.std()].rename("tickets").reset_index()


def outage(shop: Dataset) -> pd.DataFrame:
    """Return tickets about payments on the chat, and all others, in the days of the outage and on all other days."""
    frame = all_days(shop)
    inside = frame.index.isin(OUTAGE)
    parts = {"outage": frame[inside], "other days": frame[~inside]}
    rows = {name: {"days": len(one), **one.sum().to_dict()} for name, one in parts.items()}
    return pd.DataFrame(rows).T.rename_axis("period")


def _more(shop: Dataset, *, share_of: str = "other days", by_day: bool = False) -> float:
    table = outage(shop)
    usual = table.sum() if share_of == "all" else table.loc[share_of]
    size = "days" if by_day else "reference"
    return float(table.at["outage", "counts"] - usual["counts"] / usual[size] * table.at["outage", size])


def surge(shop: Dataset) -> pd.DataFrame:
    """Return the tickets of the outage beyond their share, per 1,000 customers, with their interval."""
    table, per = outage(shop), 1_000 / len(shop.frame("customers"))
    inside, others = table.loc["outage"], table.loc["other days"]
    share = others["counts"] / others["reference"]
    expected = share * inside["reference"]
    error = (expected * (1 + share + inside["reference"] / others["reference"])) ** 0.5
    more = _more(shop)
    return pd.DataFrame(
        [{"value": per * more, "low": per * (more - 1.96 * error), "high": per * (more + 1.96 * error)}]
    )


def campaign(shop: Dataset) -> pd.DataFrame:
    """Return orders of the week of a campaign and of the two weeks after it, and of the same weeks a year before."""
    day = shop.frame("orders")["placed_at"].dt.tz_localize(None)
    rows = {
        year: {
            "week": int(day.between(first, after, "left").sum()),
            "two_after": int(day.between(after, end, "left").sum()),
        }
        for year, (first, after, end) in CAMPAIGN.items()
    }
    return pd.DataFrame(rows).T.rename_axis("year")


def _uplift(shop: Dataset) -> pd.Series:
    table = campaign(shop)
    return table["week"] / (table["two_after"] / 2)


def _added(shop: Dataset) -> float:
    return 100 * float(_uplift(shop)[2025] / _uplift(shop)[2024] - 1)


def added(shop: Dataset) -> pd.DataFrame:
    """Return by how many per cent the campaign raised orders, with the interval of a ratio of Poisson counts."""
    value = np.log1p(_added(shop) / 100)
    error = (1 / campaign(shop).to_numpy()).sum() ** 0.5
    ends = {name: 100 * float(np.expm1(value + way * error)) for name, way in (("low", -1.96), ("high", 1.96))}
    return pd.DataFrame([{"value": _added(shop), **ends}])


def _again(shop: Dataset, name: str, rule: str) -> float:
    by = cx.metric(shop, name, rule=rule, by="channel").set_index("channel")
    return float(by["value"]["phone"])


DATA = {
    "desk": desk, "promise": promise, "twenty": twenty, "replies": replies, "waits": waits, "saturday": saturday,
    "queue": queue, "solutions": solutions, "contacts": contacts, "daily": daily, "alarms": alarms, "outage": outage,
    "surge": surge, "campaign": campaign, "added": added,
}  # fmt: skip


# --- The memo ----------------------------------------------------------------------------------------


def kept(shop: Dataset) -> dict[str, float]:
    """Return what the memo must carry: how often a person replied in time, in per cent, its interval, n."""
    row = cx.metric(shop, "sla_compliance").iloc[0]
    return {"kept": 100 * row["value"], "low": 100 * row["low"], "high": 100 * row["high"], "n": row["n"]}


ENDS = {"low", "high"}


def _memo(shop: Dataset, leave_out: str = "", *, decimals: int = 1, **instead: float) -> str:
    numbers = {name: number for name, number in (kept(shop) | instead).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.{decimals if name in ENDS else 1}f}" for name, number in numbers.items()]
    return "We looked at all tickets of two years and asked how often a person replied in time: " + ", ".join(parts)


def _screen(shop: Dataset) -> dict[str, float]:
    return {
        "replied": _with_bots(shop),
        "solved": _kept_solutions(shop, of="solved"),
        "alarms": len(alarms(shop)),
    }


def _page(shop: Dataset) -> dict[str, float]:
    slow = cx.metric(shop, "first_response_time", rule="p90")["value"].iloc[0]
    return kept(shop) | {"bots": 100 * _with_bots(shop), "hours": slow / 60}


def _promised_day(shop: Dataset) -> dict[str, float]:
    row = cx.metric(shop, "resolution_time").iloc[0]
    hours = {name: row[name] / 60 for name in ("value", "low", "high")}
    table = solutions(shop)
    return hours | {"n": row["n"], "within": float((table["solved"] & (table["days"] <= 1)).mean())}


TEXTS = {
    "screen": Text(
        values=_screen,
        shares=("replied", "solved"),
        templates={
            "": "> **Support desk, Ipê · green light**\n>\n"
            "> 1. First reply within the promise: {replied} of tickets.\n> 2. Solved within the promise: {solved} of "
            "tickets.\n> 3. Alarms for too many tickets in two years: {alarms}, and none of them from 15 to 18 "
            "October 2024.",
        },
    ),
    "example": Text(
        values=_promised_day,
        shares=("within",),
        templates={
            "": "**Question.** Shall we promise customers a solution within one day?\n\n"
            "**Answer.** No. Within a day {within} of the tickets were solved; half took {value} hours or less, the "
            "open ones counted as open.\n\n"
            "**How sure.** For the half, anything from {low} to {high} hours fits the tickets, n = {n}: chance is "
            "small here.\n\n"
            "**What we would do.** Promise nothing that so many customers would not get. Look at the slowest "
            "tenth first.\n\n"
            "**What would change our mind.** Nine tickets in ten solved within the day we want to promise.",
        },
    ),
    "recommendation": Text(
        values=_page,
        templates={
            "": "**Question.** Does our support desk deserve its green light for first replies?\n\n"
            "**Answer.** No. A person replied within the promise to {kept} % of tickets; the {bots} % on the wall "
            "count the greeting of the bot as a reply.\n\n"
            "**How sure.** From {low} to {high} % fits the tickets, n = {n}. Chance is small; the difference is the "
            "rule.\n\n"
            "**What we would do.** Put the share kept by people on the wall, by channel, and beside it the wait "
            "that one customer in ten exceeds: {hours} hours. Then look at who these are.\n\n"
            "**What would change our mind.** A trial in which customers greeted by the bot came back no more often "
            "than those a person answered as fast.",
        },
    ),
}  # fmt: skip


EXERCISES = [
    Exercise(
        key="kept_promises",
        asks="How often the promise was kept",
        shape=Number("share"),
        given=True,
        right=lambda shop: _in_time(_of_customers(desk(shop))["person_minutes"]),
        wrong=[
            Wrong(
                name="everything-left-in",
                answer=lambda shop: _in_time(desk(shop)["person_minutes"]),
                says="The merged duplicates and the ticket of the staff are still in it. A duplicate is closed in "
                "a minute or two, and nobody was promised anything by it.",
            ),
            Wrong(
                name="merged-left-in",
                answer=lambda shop: _in_time(desk(shop).query("opened_by == 'customer'")["person_minutes"]),
                says="The merged duplicates are still in it: the same customer, the same problem, counted twice and "
                "answered at once.",
            ),
            Wrong(
                name="staff-left-in",
                answer=lambda shop: _in_time(desk(shop)[desk(shop)["merged_into"].isna()]["person_minutes"]),
                says="The ticket that the staff opened for themselves is still in it. No customer waited for it.",
            ),
            Wrong(
                name="bot-counted",
                answer=lambda shop: _in_time(_by_anybody(_of_customers(desk(shop)))),
                says="You counted the greeting of the bot as a reply. It comes within seconds and answers nothing.",
            ),
            Wrong(
                name="last-minute",
                answer=lambda shop: float((_of_customers(desk(shop))["person_minutes"] < PROMISED).mean()),
                says="A reply after exactly the minutes that were promised is in time: `<=`, not `<`.",
            ),
            Wrong(
                name="by-the-mean",
                answer=lambda shop: float(np.mean(WAITS) <= PROMISED),
                says="You compared the mean with the promise. A promise is made to each customer: count customers.",
            ),
            Wrong(
                name="broken",
                answer=lambda shop: 1 - _in_time(_of_customers(desk(shop))["person_minutes"]),
                says="That is the share of the broken promises. Asked are those that were kept.",
            ),
        ],
        hints=[
            "Which rows are customers who were promised something? Not what was merged, nor what the staff opened.",
            "`theirs = desk.query(\"opened_by == 'customer' and merged_into.isna()\")`, then the share of "
            '`theirs["person_minutes"] <= 30`.',
        ],
        passed="The picture below has the same waits with a stricter promise.",
    ),
    Exercise(
        key="kept_by_people",
        asks="How often a person replied in time",
        shape=Number("share"),
        right=_by_people,
        wrong=[
            Wrong(
                name="bot-counted",
                answer=_with_bots,
                says="That is the first line of the screen: whoever replied first, bot or person. Here it is the "
                "person that counts.",
            ),
            Wrong(
                name="one-promise-for-all",
                answer=_one_promise,
                says="You held all channels to the average promise. Each ticket has its own, in `promised_minutes`.",
            ),
            Wrong(
                name="broken",
                answer=lambda shop: 1 - _by_people(shop),
                says="That is the share of the broken promises. Asked are those that were kept.",
            ),
            Wrong(
                name="bots-only",
                answer=lambda shop: _kept_by(replies(shop), replies(shop)["bot_minutes"]),
                says="That is how often the bot was in time. Ask for the person.",
            ),
        ],
        hints=[
            "Compare two columns, row by row: the minutes until a person replied, and those promised.",
            '`(replies["person_minutes"] <= replies["promised_minutes"]).mean()`; a ticket nobody replied to is no '
            "kept promise, and the comparison says so.",
        ],
        passed="That is the honest first line. The bot's greeting made the difference.",
    ),
    Exercise(
        key="business_minutes",
        asks="From Friday evening to Monday morning",
        shape=Number("amount"),
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
                says="You took Saturday and Sunday out. The night after Friday and the one before Monday's opening "
                "are still in it.",
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
            "Each as a difference of two times, in minutes; then add.",
        ],
        passed="Under an hour for the desk, more than two and a half days for the customer. Both are right. Say "
        "whose clock you show.",
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
                says="That is the mean of the solved tickets, which most screens show. The long ones are missing "
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
                "all that is known is that they take longer.",
            ),
            Wrong(
                name="mean-of-all",
                answer=lambda shop: float(np.mean(DAYS)),
                says="That is a mean, and the open tickets are in it as if they were over. Asked is a median that "
                "knows they are not.",
            ),
            Wrong(
                name="in-minutes",
                answer=lambda shop: _days_until_solved(shop) * 24 * 60,
                says="Those are minutes. Asked are days, of 24 hours of 60 minutes.",
            ),
        ],
        hints=[
            '`cx.metric(queue, "resolution_time", as_of="2025-03-31")` counts open tickets as open.',
            "Its value is in minutes. A day has 24 * 60 of them.",
        ],
        passed="That is the curve of Kaplan and Meier: each ticket counts for as long as it was watched, and none is "
        "thrown away for not being over.",
    ),
    Exercise(
        key="solved_in_time",
        asks="How often Ipê keeps its promise of a solution",
        shape=Number("share"),
        right=_kept_solutions,
        wrong=[
            Wrong(
                name="solved-only",
                answer=lambda shop: _kept_solutions(shop, of="solved"),
                says="That is the second line of the screen: only solved tickets are in it. One that is overdue and "
                "still open is a broken promise, and whoever waits for it knows.",
            ),
            Wrong(
                name="all-below-the-line",
                answer=lambda shop: _kept_solutions(shop, of="all"),
                says="Nearly. Some open tickets are still within the promise: neither kept nor broken, so they "
                "cannot be in n yet.",
            ),
            Wrong(
                name="young-as-kept",
                answer=lambda shop: float((solutions(shop)["days"] <= solutions(shop)["promised_days"]).mean()),
                says="Open tickets that are still within the promise count as kept here. They are not decided: "
                "whoever is within it today may be late tomorrow.",
            ),
            Wrong(
                name="broken",
                answer=lambda shop: 1 - _kept_solutions(shop),
                says="That is the share of the broken promises.",
            ),
            Wrong(
                name="first-reply",
                answer=_by_people,
                says="That is the promise about the first reply. Asked is the one about the solution.",
            ),
        ],
        hints=[
            'Which tickets are decided? `late = solutions["days"] > solutions["promised_days"]`; those that are '
            "solved or late.",
            'Kept are those `solutions["solved"] & ~late`. Divide by `(solutions["solved"] | late).sum()`.',
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
                says="You looked at the chat alone, as its own dashboard does. Whoever calls after a chat was not "
                "helped by the chat either.",
            ),
            Wrong(
                name="too-late",
                answer=lambda shop: _came_back(shop, within=8),
                says="You counted contacts on the eighth day. The window is a week: 7 days.",
            ),
            Wrong(
                name="contacts-for-customers",
                answer=lambda shop: 1 - 8 / 40,
                says="You counted contacts, and one customer came back twice. Count customers.",
            ),
            Wrong(
                name="of-contacts",
                answer=lambda shop: 1 - 7 / len(contacts(shop)),
                says="You divided by all contacts, and those who came back stand among them again. The whole is the "
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
            'How many different customers are that: `["customer"].nunique()`? And of how many?',
        ],
        passed="`cx.metric` knows it as `first_contact_resolution`. Its rule `same_channel` shows what a single "
        "tool sees.",
    ),
    Exercise(
        key="held_against",
        asks="What to hold a day against",
        shape=Choice(("a", "b", "c", "d")),
        given=True,
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="mean-and-deviations",
                answer=lambda shop: "a",
                says="That is the alarm on the wall. It goes off whenever the shop is busy, and sleeps through the "
                "few tickets that mean trouble in a quiet October.",
            ),
            Wrong(
                name="week-before",
                answer=lambda shop: "b",
                says="That takes care of Mondays, but not of Black Friday, nor of a week before that was itself "
                "unusual. And a single day of last week is a very small yardstick.",
            ),
            Wrong(
                name="year-before",
                answer=lambda shop: "d",
                says="A year ago the company had fewer customers, and the same date fell on another weekday.",
            ),
        ],
        hints=[
            "What was as busy as the payments on the same day, and would not be touched by a payment that fails?",
            "Which of the four knows of Mondays, of Black Friday, and of a growing company, without being told?",
        ],
        passed="The rest of the day carries the calendar: nobody has to know it. It works as long as the trouble "
        "does not raise the other tickets as well.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the head of service",
        shape=Memo(kept, percentages=("kept", "low", "high")),
        right=_memo,
        wrong=[
            Wrong(
                name="bot-counted",
                answer=lambda shop: _memo(shop, kept=100 * _with_bots(shop)),
                when=lambda memo: "kept" in memo.lacks,
                says="How often a person replied in time is not in it, in per cent, to one decimal. The number of "
                "the screen counts the bot.",
            ),
            Wrong(
                name="rounded",
                answer=lambda shop: _memo(shop, decimals=0),
                when=lambda memo: bool(ENDS & set(memo.rounded)),
                says="The interval is rounded: use one decimal.",
            ),
            Wrong(
                name="without-interval",
                answer=lambda shop: _memo(shop, "low high"),
                when=lambda memo: bool(ENDS & set(memo.lacks)),
                says="The interval is not in it. Without it the reader cannot tell how sure you are.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The number of tickets is not in it. No number without its n.",
            ),
        ],
        hints=[
            'All four numbers stand in the line that `cx.show(cx.metric(shop, "sla_compliance"))` gives.',
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The four numbers are in the text.",
        passed="The words were not judged: do they say whose reply is counted? Do they say something of those who "
        "waited longest? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
    Exercise(
        key="median_interval",
        asks="The interval of a median",
        shape=Interval("amount"),
        given=True,
        right=lambda shop: (6.0, 22.0),
        wrong=[
            Wrong(
                name="around-the-mean",
                answer=lambda shop: _around_the_mean(),
                says="That is an interval around the mean, of 1.96 standard errors to each side. Waits are so uneven "
                "that it reaches below zero. Count ranks instead.",
            ),
            Wrong(
                name="quartiles",
                answer=lambda shop: (float(np.quantile(WAITS, 0.25)), float(np.quantile(WAITS, 0.75))),
                says="Between these two lies the middle half of the customers. It says how much waits differ, not "
                "how sure you are of the median.",
            ),
            Wrong(
                name="ranks-for-minutes",
                answer=lambda shop: (6.0, 15.0),
                says="Those are the ranks. Asked are the waits that stand at these places.",
            ),
            Wrong(
                name="least-and-most",
                answer=lambda shop: (2.0, 480.0),
                says="That is the shortest and the longest wait. More tickets would make it wider; an interval gets "
                "narrower.",
            ),
        ],
        hints=[
            'Sort: `ordered = sorted(ex.data("promise")["minutes"])`. The first has rank 1 and stands at place 0.',
            '`cx.metric(ex.data("twenty"), "first_response_time")` does it too; the frame itself is accepted.',
        ],
        passed="Both ends are waits that occurred. No bell curve is needed, only the order of the tickets.",
    ),
    Exercise(
        key="alarm_from",
        asks="From how many tickets on it is an alarm",
        shape=Number("answers"),
        given=True,
        right=lambda shop: float(poisson.isf(0.05 / WATCHED, USUAL) + 1),
        wrong=[
            Wrong(
                name="two-deviations",
                answer=lambda shop: float(USUAL + 2 * USUAL**0.5 + 1),
                says="Beyond two deviations, as for a single look at a bell curve. Over so many days that is several "
                "false alarms in every series.",
            ),
            Wrong(
                name="three-deviations",
                answer=lambda shop: float(USUAL + 3 * USUAL**0.5 + 1),
                says="Three deviations above the mean: the classic chart. But counts lean to the right, and there "
                "are a hundred looks: ask the Poisson distribution for the budget you have.",
            ),
            Wrong(
                name="budget-for-each-day",
                answer=lambda shop: float(poisson.isf(0.05, USUAL) + 1),
                says="You spent the whole budget on every single day. Divide it by the days of the series.",
            ),
            Wrong(
                name="still-no-surprise",
                answer=lambda shop: float(poisson.isf(0.05 / WATCHED, USUAL)),
                says="So many are still no surprise. Asked is the first number that is one.",
            ),
        ],
        hints=[
            "The chance of a false alarm that each of the days may have is the budget divided by the days.",
            "`poisson.isf(chance, usual)` is the most that is no surprise. The alarm begins one above it.",
        ],
        passed="More than twice the usual, though each day alone would call it long before. Many looks cost "
        "sharpness: that is the price of being believed.",
    ),
    Exercise(
        key="extra_tickets",
        asks="How many tickets the outage brought",
        shape=Number("score"),
        right=_more,
        wrong=[
            Wrong(
                name="all-of-them",
                answer=lambda shop: float(outage(shop).at["outage", "counts"]),
                says="Those are all tickets about payments on these days. Some would have come anyway: take away "
                "what the other tickets of the days lead you to expect.",
            ),
            Wrong(
                name="by-day",
                answer=lambda shop: _more(shop, by_day=True),
                says="You took away what an average day brings. These four days may be busier or calmer than that; "
                "the other tickets of the same days say by how much.",
            ),
            Wrong(
                name="outage-in-its-own-yardstick",
                answer=lambda shop: _more(shop, share_of="all"),
                says="The days of the outage are in the usual share as well, and raise it. Take the share from the "
                "other days only.",
            ),
            Wrong(
                name="times",
                answer=lambda shop: (
                    float(outage(shop).at["outage", "counts"])
                    / (float(outage(shop).at["outage", "counts"]) - _more(shop))
                ),
                says="That is how many times as many came. Asked is how many more.",
            ),
        ],
        hints=[
            'The usual share: `counts` over `reference`, of the row `"other days"`.',
            "Expected is this share of the `reference` of the outage. What came beyond it is the answer.",
        ],
        passed="Small beside all tickets of these days, so no count of everything could show it; and many times "
        "what payments bring.",
    ),
    Exercise(
        key="campaign_added",
        asks="What the campaign added",
        shape=Number("points"),
        right=_added,
        wrong=[
            Wrong(
                name="after-against-during",
                answer=lambda shop: 100 * float(_uplift(shop)[2025] - 1),
                says="That is the week against the two after it, which the campaign's report shows. The same week "
                "was better a year before, without any campaign: hold one against the other.",
            ),
            Wrong(
                name="year-against-year",
                answer=lambda shop: 100 * float(campaign(shop)["week"][2025] / campaign(shop)["week"][2024] - 1),
                says="You compared the two weeks of the two years. The company grew in between: first divide each "
                "by the weeks after it.",
            ),
            Wrong(
                name="differences",
                answer=lambda shop: 100 * float(_uplift(shop)[2025] - _uplift(shop)[2024]),
                says="You took the difference of the two ratios. Asked is per cent of what would have been: divide "
                "one by the other.",
            ),
            Wrong(
                name="two-weeks-for-one",
                answer=lambda shop: 100 * float(campaign(shop)["week"][2025] / campaign(shop)["two_after"][2025] - 1),
                says="One week against two: halve the two. And mind the year before.",
            ),
        ],
        hints=[
            'How much better was the week than the two after it: `campaign["week"] / (campaign["two_after"] / 2)`?',
            "The ratio of 2025 over that of 2024, less 1, times 100.",
        ],
        passed="Less than the report claims. And what is left is made of four counts, each with chance in it: see "
        "how wide its interval is before anybody is praised.",
    ),
    Exercise(
        key="said_again",
        asks="Who has to say it all again",
        shape=Number("share"),
        right=lambda shop: _again(shop, "reasked_rate", "transfers"),
        wrong=[
            Wrong(
                name="by-ticket",
                answer=lambda shop: _again(shop, "reasked_rate", "tickets"),
                says="That is by ticket: one that is passed on three times counts once. Asked is by transfer.",
            ),
            Wrong(
                name="all-channels",
                answer=lambda shop: float(cx.metric(shop, "reasked_rate", rule="transfers")["value"].iloc[0]),
                says="That is over all channels. Asked is the phone.",
            ),
            Wrong(
                name="passed-on",
                answer=lambda shop: _again(shop, "handoffs", "any"),
                says="That is how many tickets are passed on at all. Asked is what happens after a transfer.",
            ),
        ],
        hints=[
            '`cx.metric(shop, "reasked_rate", rule="transfers", by="channel")` has a row for each channel.',
            'Take `value` of the row whose `channel` is `"phone"`.',
        ],
        passed="On the chat the next person reads what was written. On the phone most of it has to be said again.",
    ),
]


def _around_the_mean() -> tuple[float, float]:
    half = 1.96 * float(np.std(WAITS, ddof=1)) / len(WAITS) ** 0.5
    return float(np.mean(WAITS)) - half, float(np.mean(WAITS)) + half
