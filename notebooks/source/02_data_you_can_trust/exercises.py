"""The exercises of lesson 2: visits by a rule, bots, cookies and people, clocks, dirt, and what gives people away."""

import hashlib
import hmac
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Choice, Function, Number
from cxlib.learning.text import Text
from cxlib.privacy.normalising import normalise_cpf
from cxlib.tables.dataset import Dataset
from cxlib.world.build import assembled

PAUSE = pd.Timedelta(minutes=30)
TIRELESS = 60  # visits of one cookie in four months
ZONE = "America/Sao_Paulo"
DIGITAL = ["web", "app", "marketplace", "whatsapp"]
FRIDAY = pd.Timestamp("2025-11-28").date()


def _once(make: Callable[[Dataset], pd.DataFrame]) -> Callable[[Dataset], pd.DataFrame]:
    """Return `make`, which then works only once for the dataset in use."""
    last: list = []

    def made(shop: Dataset) -> pd.DataFrame:
        if not last or last[0] is not shop:
            last[:] = [shop, make(shop)]
        return last[1]

    return made


# --- The tables of the lesson ------------------------------------------------------------------------


@_once
def log(shop: Dataset) -> pd.DataFrame:
    """Return the events of the site and the app by cookie and time, each with the pause before it."""
    events = shop.frame("events").dropna(subset="session_id").sort_values(["identity_id", "occurred_at"])
    return events.assign(pause=events.groupby("identity_id")["occurred_at"].diff())


@_once
def sessions(shop: Dataset) -> pd.DataFrame:
    """Return the visits, each with the number of visits of its cookie."""
    visits = shop.frame("sessions")
    return visits.assign(times=visits.groupby("identity_id")["session_id"].transform("size"))


@_once
def exported(shop: Dataset) -> pd.DataFrame:
    """Return the digital orders as a warehouse exports them: instants in UTC that do not say so."""
    orders = shop.frame("orders").query("channel in @DIGITAL", local_dict={"DIGITAL": DIGITAL})
    placed = orders["placed_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    return orders[["order_id", "channel", "total_cents"]].assign(placed_at=placed).reset_index(drop=True)


def logins(shop: Dataset) -> pd.Series:
    """Return the customers who stay logged in on whatever they use."""
    return shop.frame("identities").query("kind == 'login'")["customer_id"]


def day(shop: Dataset) -> pd.DataFrame:
    """Return one customer's day: more than one cookie, and events before and after nine in the evening if any."""
    events = log(shop)[log(shop)["customer_id"].isin(logins(shop))]
    at = events["occurred_at"]
    events = events.assign(on=at.dt.date, late=at.dt.hour >= 21)
    days = events.groupby(["customer_id", "on"]).agg(
        cookies=("identity_id", "nunique"),
        late=("late", "mean"),
        visits=("session_id", "nunique"),
        events=("event_id", "size"),
    )
    days["telling"] = (days["cookies"] > 1) & days["late"].between(0.01, 0.99)
    customer, on = days.sort_values(["telling", "visits", "events"], kind="stable").index[-1]
    chosen = events[(events["customer_id"] == customer) & (events["on"] == on)]
    chosen = chosen[["identity_id", "customer_id", "occurred_at", "event_type"]].sort_values("occurred_at")
    chosen.attrs["synthetic"] = shop.synthetic
    return chosen.reset_index(drop=True)


def slide_stores(shop: Dataset) -> pd.DataFrame:
    """Return the satisfaction of three stores as the slide shows it: the smallest left out, the total there."""
    rows = [("s01", 52, 41), ("s02", 40, 29), ("s03", None, None), ("all", 96, 70)]
    return pd.DataFrame(rows, columns=["store", "answers", "satisfied"]).astype(
        {"answers": "Int64", "satisfied": "Int64"}
    )


def pairs(shop: Dataset) -> pd.DataFrame:
    """Return which logins were seen with which cookies."""
    cookies = ["c1", "c2", "c2", "c3", "c4", "c5", "c6", "c6", "c7", "c8", "c9"]
    logins = ["ana", "ana", "bia", "bia", "caio", "caio", "duda", "caio", "edu", "edu", "fe"]
    return pd.DataFrame({"cookie": cookies, "login": logins})


@cache
def _dirty(seed: int) -> dict[str, pd.DataFrame]:
    return assembled(seed, 2_000, dirt=True)[0]


def _seed(shop: Dataset) -> int:
    return int(shop.world.get("seed", 0))


def _of_dirty(name: str) -> Callable[[Dataset], pd.DataFrame]:
    return lambda shop: _dirty(_seed(shop))[name].copy()


def _cpfs(shop: Dataset, size: int) -> list[str]:
    """Return numbers that look like CPFs, with wrong check digits: nobody has them."""
    drawn = np.random.default_rng([_seed(shop), 2]).permutation(np.arange(10_000, 100_000))
    texts = (f"{number:011}" for number in drawn)
    return [text for text, _ in zip((one for one in texts if normalise_cpf(one) is None), range(size), strict=False)]


def cards(shop: Dataset) -> pd.DataFrame:
    """Return club cards whose CPF was replaced by its SHA-256."""
    cpfs = _cpfs(shop, 300)
    points = np.random.default_rng([_seed(shop), 3]).permutation(np.arange(1_000, 9_000))[: len(cpfs)]
    return pd.DataFrame({"cpf_hash": [_hash(cpf) for cpf in cpfs], "points": points})


def _hash(cpf: str) -> str:
    return hashlib.sha256(cpf.encode()).hexdigest()


def members(shop: Dataset) -> pd.DataFrame:
    """Return the club's list: one row a member, the CPF as people write it."""
    cpfs = _cpfs(shop, 200)[:120]
    return pd.DataFrame({"cpf": [f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}" for cpf in cpfs]})


def calls(shop: Dataset) -> pd.DataFrame:
    """Return calls of a month: the CPF as the phone system writes it, mostly bare digits; some are no members."""
    cpfs, dice = _cpfs(shop, 200), np.random.default_rng([_seed(shop), 4])
    caller = dice.integers(40, 200, size=150)
    pretty = list(members(shop)["cpf"]) + cpfs[120:]
    as_typed = dice.random(len(caller)) < 0.2
    return pd.DataFrame(
        {"cpf": [pretty[one] if typed else cpfs[one] for one, typed in zip(caller, as_typed, strict=True)]}
    )


DATA = {
    "day": day,
    "exported": lambda shop: exported(shop).drop(columns="total_cents"),
    "slide_stores": slide_stores,
    "pairs": pairs,
    "dirty_events": _of_dirty("events"),
    "dirty_tickets": _of_dirty("tickets"),
    "dirty_answers": _of_dirty("survey_responses"),
    "cards": cards,
    "members": members,
    "calls": calls,
}


# --- Visits by a rule --------------------------------------------------------------------------------


def _visits(shop: Dataset, pause: pd.Timedelta = PAUSE) -> int:
    waited = log(shop)["pause"]
    return int((waited.isna() | (waited > pause)).sum())


def _in_seconds(shop: Dataset) -> int:
    waited = log(shop)["pause"]
    return int((waited.isna() | (waited.dt.seconds > 1800)).sum())


def _first_forgotten(shop: Dataset) -> int:
    return int((log(shop)["pause"] > PAUSE).sum())


def _begins(events: pd.DataFrame, *, longer: bool = True) -> int:
    """Count the visits of a frame of events in the order it has."""
    waited = events.groupby("identity_id")["occurred_at"].diff()
    return int((waited.isna() | (waited > PAUSE if longer else waited >= PAUSE)).sum())


def my_visits(events: pd.DataFrame) -> int:
    """Return the number of visits of events in any order."""
    return _begins(events.sort_values(["identity_id", "occurred_at"]))


def _unsorted(events: pd.DataFrame) -> int:
    return _begins(events)


def _of_all_together(events: pd.DataFrame) -> int:
    waited = events.sort_values("occurred_at")["occurred_at"].diff()
    return int((waited.isna() | (waited > PAUSE)).sum())


def _without_firsts(events: pd.DataFrame) -> int:
    return my_visits(events) - events["identity_id"].nunique()


def _by_seconds(events: pd.DataFrame) -> int:
    waited = events.sort_values(["identity_id", "occurred_at"]).groupby("identity_id")["occurred_at"].diff()
    return int((waited.isna() | (waited.dt.seconds > 1800)).sum())


def _at_least(events: pd.DataFrame) -> int:
    return _begins(events.sort_values(["identity_id", "occurred_at"]), longer=False)


def _cookie_days(events: pd.DataFrame) -> int:
    return len(events.assign(on=events["occurred_at"].dt.date).drop_duplicates(["identity_id", "on"]))


def _last_days(shop: Dataset) -> pd.DataFrame:
    events = log(shop)
    late = events["occurred_at"] >= events["occurred_at"].max().normalize() - pd.Timedelta(days=2)
    return events.loc[late, ["identity_id", "occurred_at"]]


def _shuffled(shop: Dataset) -> pd.DataFrame:
    return _last_days(shop).sample(frac=1, random_state=1)


def _edge(shop: Dataset) -> pd.DataFrame:
    start = pd.Timestamp("2025-06-03 10:00", tz=ZONE)
    minutes = {"c1": (0, 30, 61), "c2": (5, 1450), "c3": (7,)}
    rows = [(cookie, start + pd.Timedelta(minutes=one)) for cookie, each in minutes.items() for one in each]
    return pd.DataFrame(rows, columns=["identity_id", "occurred_at"])


CASES = {
    "three days of the log, in order": _last_days,
    "the same three days, shuffled": _shuffled,
    "a pause of exactly 30 minutes, and one of a day and five minutes": _edge,
}


# --- Bots, cookies, people ---------------------------------------------------------------------------


def _bounce(visits: pd.DataFrame) -> float:
    return float((visits["interactions"] == 1).mean())


def _kept(shop: Dataset, *, flagged: bool = True, tireless: bool = True, internal: bool = True) -> pd.DataFrame:
    """Return the visits of people; a reason that is switched off sets nothing aside."""
    visits = sessions(shop)
    gone = (flagged & visits["is_bot"]) | (tireless & (visits["times"] > TIRELESS))
    return visits[~(gone | (internal & visits["is_internal"]))]


def _september(visits: pd.DataFrame) -> pd.DataFrame:
    return visits[visits["started_at"] >= "2025-09-01"]


def _of_those_who_stay(shop: Dataset, visits: pd.DataFrame) -> pd.Series:
    """Return the number of cookies of each customer who stays logged in."""
    mine = visits[visits["customer_id"].isin(logins(shop))]
    return mine.groupby("customer_id")["identity_id"].nunique()


def _cookies_per_person(shop: Dataset) -> float:
    return float(_of_those_who_stay(shop, _september(sessions(shop))).mean())


def _everybody_recognised(shop: Dataset) -> float:
    return float(_september(sessions(shop)).groupby("customer_id")["identity_id"].nunique().mean())


def _visits_per_person(shop: Dataset) -> float:
    visits = _september(sessions(shop))
    return float(visits[visits["customer_id"].isin(logins(shop))].groupby("customer_id").size().mean())


def _all_cookies_over_logins(shop: Dataset) -> float:
    visits = _september(sessions(shop))
    mine = visits[visits["customer_id"].isin(logins(shop))]
    return visits["identity_id"].nunique() / mine["customer_id"].nunique()


def people(shop: Dataset) -> dict[str, float]:
    """Return September's cookies as on the slide, and the people behind those of no bot, with an interval."""
    each = _of_those_who_stay(shop, _september(sessions(shop)))
    margin = 1.96 * each.std() / len(each) ** 0.5
    cookies = _september(_kept(shop))["identity_id"].nunique()
    return {
        "slide": _september(sessions(shop))["identity_id"].nunique(),
        "n": len(each),
        "people": round(cookies / each.mean()),
        "low": round(cookies / (each.mean() + margin)),
        "high": round(cookies / (each.mean() - margin)),
    }


# --- Clocks ------------------------------------------------------------------------------------------


def _local(shop: Dataset, zone: str = ZONE) -> pd.Series:
    return exported(shop)["placed_at"].dt.tz_localize("UTC").dt.tz_convert(zone)


def _share_of_hours(at: pd.Series, first: int, last: int) -> float:
    return float(at.dt.hour.between(first, last).mean())


def _later_not_earlier(shop: Dataset) -> pd.Series:
    return exported(shop)["placed_at"] + pd.Timedelta(hours=3)


def _of_all_channels(shop: Dataset) -> float:
    return _share_of_hours(shop.frame("orders")["placed_at"], 0, 2)


def _on(at: pd.Series, date: object) -> int:
    return int((at.dt.date == date).sum())


def claims(shop: Dataset) -> dict[str, float]:
    """Return what the slide says."""
    return {
        "visitors": people(shop)["slide"],
        "visits": len(sessions(shop)),
        "bounce": _bounce(sessions(shop)),
        "night": _share_of_hours(exported(shop)["placed_at"], 0, 2),
    }


def hours(shop: Dataset) -> dict[str, float]:
    """Return the share of digital orders at night and in the evening, in São Paulo, over all and by year."""
    at = _local(shop)
    found = {"n": float(len(at))}
    for name, own in (("", at), ("_2024", at[at.dt.year == 2024]), ("_2025", at[at.dt.year == 2025])):
        found |= {"night" + name: _share_of_hours(own, 0, 2), "evening" + name: _share_of_hours(own, 21, 23)}
    return found


# --- Personal data -----------------------------------------------------------------------------------


def _last_digits(shop: Dataset, best: Callable[[pd.Series], int] = pd.Series.idxmax) -> int:
    return int(_cpfs(shop, 300)[best(cards(shop)["points"])])


def _digits(cpf: pd.Series) -> pd.Series:
    return cpf.str.replace(r"\D", "", regex=True)


def _pseudonyms(cpf: pd.Series) -> pd.Series:
    return cpf.map(lambda one: hmac.new(b"any key", one.encode(), "sha256").hexdigest())


def _called(shop: Dataset) -> int:
    return int(_pseudonyms(_digits(members(shop)["cpf"])).isin(_pseudonyms(_digits(calls(shop)["cpf"]))).sum())


def _as_written(shop: Dataset) -> int:
    return int(members(shop)["cpf"].isin(calls(shop)["cpf"]).sum())


def _calls_of_members(shop: Dataset) -> int:
    return int(_digits(calls(shop)["cpf"]).isin(_digits(members(shop)["cpf"])).sum())


def _callers(shop: Dataset) -> int:
    return int(_digits(calls(shop)["cpf"]).nunique())


SIGNS = ["state", "acquisition_source", "club_member"]


def _groups(shop: Dataset, signs: list[str] = SIGNS) -> pd.Series:
    return shop.frame("customers").groupby(signs).size()


# --- The page ----------------------------------------------------------------------------------------


def _needed(shop: Dataset) -> dict[str, float]:
    found = hours(shop)
    return {"night": 100 * found["night"], "evening": 100 * found["evening"], "n": found["n"]}


SHARES = {"night", "evening"}


def _memo(shop: Dataset, leave_out: str = "", *, decimals: int = 1) -> str:
    numbers = {name: number for name, number in _needed(shop).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.{decimals if name in SHARES else 1}f}" for name, number in numbers.items()]
    return "We looked at all digital orders on the clock of the people who placed them, and this is so: " + ", ".join(
        parts
    )


TEXTS = {
    "slide": Text(
        values=claims,
        shares=("bounce", "night"),
        templates={
            "": "> **The site and the app, in four lines**\n>\n"
            "> 1. In September **{visitors} people** visited us.\n"
            "> 2. Of {visits} visits, **{bounce}** end after a single interaction. The site puts people off.\n"
            "> 3. **{night}** of the digital orders come between midnight and three in the morning. Our customers do "
            "not sleep. *We propose to staff the chat at night.*\n"
            "> 4. The data are **anonymous**: each CPF was replaced by its hash.",
        },
    ),
    "example": Text(
        values=people,
        templates={
            "": "**Question.** May the brochure for advertisers say that {slide} people visit us in a month?\n\n"
            "**Answer.** No. Those are cookies, bots among them. We estimate {people} people ({low} to {high}).\n\n"
            "**How sure.** The interval allows for chance among the {n} customers who stay logged in. It cannot "
            "know whether the others keep as many cookies as these.\n\n"
            "**What we would do.** Print “about {people} people, estimated”, with the method in a footnote.\n\n"
            "**What would change our mind.** A month in which many more visitors log in.",
        },
    ),
    "recommendation": Text(
        values=hours,
        shares=("night", "evening", "night_2024", "night_2025", "evening_2024", "evening_2025"),
        templates={
            "": "**Question.** Shall we staff the chat from midnight to three?\n\n"
            "**Answer.** No. Of {n} digital orders, {night} were placed between midnight and three in São Paulo. The "
            "slide counted in UTC: its share belongs to nine in the evening until midnight, {evening}.\n\n"
            "**How sure.** No sample was drawn: these are all digital orders of two years, so there is no margin of "
            "error for them. The next year may differ; the night had {night_2024} in 2024 and {night_2025} in 2025, "
            "the evening {evening_2024} and {evening_2025}.\n\n"
            "**What we would do.** Keep the chat open until midnight, and close it then.\n\n"
            "**What would change our mind.** The hours at which people write to us, on the same clock: orders only "
            "stand in for them.",
        },
    ),
}


EXERCISES = [
    Exercise(
        key="visits",
        asks="Visits by the rule of 30 minutes",
        shape=Number("answers"),
        right=_visits,
        wrong=[
            Wrong(
                name="first-forgotten",
                answer=_first_forgotten,
                says="The first visit of each cookie is missing. Its first event has no pause before it, and a "
                "missing pause is not longer than anything: count the rows where `pause` is missing, too.",
            ),
            Wrong(
                name="cookies",
                answer=lambda shop: log(shop)["identity_id"].nunique(),
                says="That is the number of cookies: one visit each. Whoever comes back after a long pause begins "
                "another one.",
            ),
            Wrong(
                name="in-seconds",
                answer=_in_seconds,
                says="`.dt.seconds` leaves out whole days: for a pause of a day and ten seconds it says 10. Compare "
                "the pause itself with `pd.Timedelta(minutes=30)`, or take `.dt.total_seconds()`.",
            ),
            Wrong(
                name="events",
                answer=lambda shop: len(log(shop)),
                says="Those are all the events. Only those that begin a visit count.",
            ),
            Wrong(
                name="short-pauses",
                answer=lambda shop: int((log(shop)["pause"] <= PAUSE).sum()),
                says="You counted the events that go on with a visit. The others begin one: a pause that is "
                "longer, or none at all.",
            ),
            Wrong(
                name="sign-turned",
                answer=lambda shop: int((log(shop)["pause"].isna() | (log(shop)["pause"] < PAUSE)).sum()),
                says="A short pause goes on with the visit; a long one begins another. Turn the sign round.",
            ),
            Wrong(
                name="both-at-once",
                answer=lambda shop: 0,
                says="Nothing is both missing and longer than half an hour. `|` asks for one or the other.",
            ),
            Wrong(
                name="hours",
                answer=lambda shop: _visits(shop, pd.Timedelta(hours=30)),
                says="That is the rule of 30 hours. Minutes are asked.",
            ),
            Wrong(
                name="seconds",
                answer=lambda shop: _visits(shop, pd.Timedelta(seconds=30)),
                says="That is the rule of 30 seconds. Minutes are asked.",
            ),
            Wrong(
                name="as-the-tool",
                answer=lambda shop: log(shop)["session_id"].nunique(),
                says="That is what the tool counted, by a rule it does not tell. Near, but build yours from `pause`.",
            ),
        ],
        hints=[
            'A visit begins where `events["pause"]` is missing (`.isna()`) or longer than the rule allows.',
            "Two masks, each in its own brackets, with `|` between them; then `.sum()`.",
        ],
        passed="That is a count by a rule. The tool's own `session_id` gives a slightly different one, and does not "
        "say why.",
    ),
    Exercise(
        key="bounce",
        asks="The bounce rate of people",
        shape=Number("share"),
        right=lambda shop: _bounce(_kept(shop)),
        wrong=[
            Wrong(
                name="everything",
                answer=lambda shop: _bounce(sessions(shop)),
                says="That is the slide's number, bots and staff among the visits. Set them aside first.",
            ),
            Wrong(
                name="flags-only",
                answer=lambda shop: _bounce(_kept(shop, tireless=False)),
                says="You trusted the flags alone. Some bots carry none: their cookies come more than 60 times.",
            ),
            Wrong(
                name="bot-flags-only",
                answer=lambda shop: _bounce(_kept(shop, tireless=False, internal=False)),
                says="Only the flagged bots are gone. The tireless cookies are still in it, and the visits of "
                "staff (`is_internal`).",
            ),
            Wrong(
                name="tireless-only",
                answer=lambda shop: _bounce(_kept(shop, flagged=False)),
                says="The tireless cookies are gone, but not the bots that the tool flagged: `is_bot`.",
            ),
            Wrong(
                name="bound-alone",
                answer=lambda shop: _bounce(_kept(shop, flagged=False, internal=False)),
                says="The tireless cookies are gone, but not the bots that the tool flagged (`is_bot`), nor the "
                "staff (`is_internal`).",
            ),
            Wrong(
                name="one-page",
                answer=lambda shop: float((_kept(shop)["page_views"] == 1).mean()),
                says="That is the share of visits with one page. Somebody may do more than one thing on a page: "
                "count the `interactions`.",
            ),
            Wrong(
                name="staff-left-in",
                answer=lambda shop: _bounce(_kept(shop, internal=False)),
                says="Nearly. The visits of staff and of tests are still in it: `is_internal`.",
            ),
            Wrong(
                name="bots-kept",
                answer=lambda shop: _bounce(sessions(shop)[sessions(shop)["is_bot"]]),
                says="That is the bounce rate of the flagged bots. `~` turns a mask round: not a bot.",
            ),
            Wrong(
                name="not-engaged",
                answer=lambda shop: float((~_kept(shop)["engaged"]).mean()),
                says="That is the other definition of a bounce, by `engaged`. It is not wrong, but it is not the "
                "slide's: here a bounce is a visit with one interaction.",
            ),
            Wrong(
                name="the-others",
                answer=lambda shop: 1 - _bounce(_kept(shop)),
                says="That is the share of the visits that went on. Asked is the share that ended after one "
                "interaction.",
            ),
        ],
        hints=[
            'Three reasons to set a visit aside: `sessions["is_bot"]`, `sessions["is_internal"]`, `times > 60`.',
            'Not any of the three: `sessions[~sessions["is_bot"] & ~sessions["is_internal"] & (times <= 60)]`.',
            "A bounce is a visit with one interaction: the mean of a mask is a share.",
        ],
        passed="Several points lower than on the slide, and nothing about the site has changed. Only who is "
        "counted has.",
    ),
    Exercise(
        key="cookies_per_person",
        asks="Cookies for each person in a month",
        shape=Number("score"),
        right=_cookies_per_person,
        wrong=[
            Wrong(
                name="one-each",
                answer=lambda shop: 1.0,
                says="One cookie each: that is what the slide believes, and what a median makes of it. Count those "
                "of the customers who stay logged in, and take the mean.",
            ),
            Wrong(
                name="everybody-recognised",
                answer=_everybody_recognised,
                says="You took everybody whose visit has a customer. Most of these are recognised only when they "
                "buy, on one device, so their other cookies go unseen. Keep those in `logins`.",
            ),
            Wrong(
                name="four-months",
                answer=lambda shop: float(_of_those_who_stay(shop, sessions(shop)).mean()),
                says="That is over all four months. The longer the time, the more cookies a person goes through: "
                "take September alone.",
            ),
            Wrong(
                name="visits",
                answer=_visits_per_person,
                says="You counted visits for each person. One cookie can come often: count different ones, "
                "`.nunique()`.",
            ),
            Wrong(
                name="all-cookies",
                answer=_all_cookies_over_logins,
                says="You divided all cookies by some of the people. The cookies above the line must be those "
                "of the people below it.",
            ),
            Wrong(
                name="upside-down",
                answer=lambda shop: 1 / _cookies_per_person(shop),
                says="That is people for each cookie. Turn it round.",
            ),
        ],
        hints=[
            '`september[september["customer_id"].isin(logins)]` keeps those who stay logged in.',
            'For each customer the number of different cookies: `.groupby("customer_id")["identity_id"].nunique()`. '
            "Then the mean.",
        ],
        passed="A person is more than one cookie, even within a month. Over a year it is many more.",
    ),
    Exercise(
        key="night_share",
        asks="Digital orders between midnight and three",
        shape=Number("share"),
        right=lambda shop: _share_of_hours(_local(shop), 0, 2),
        wrong=[
            Wrong(
                name="in-utc",
                answer=lambda shop: _share_of_hours(exported(shop)["placed_at"], 0, 2),
                says="That is the slide's number. It comes out of the hours as they are stored, in UTC, and out "
                'of the hours from 21 on in São Paulo. First `tz_localize("UTC")`, which only says which clock a '
                "time is on, then `tz_convert` to São Paulo; then the hours 0, 1 and 2.",
            ),
            Wrong(
                name="other-direction",
                answer=lambda shop: _share_of_hours(_later_not_earlier(shop), 0, 2),
                says="You moved the clock three hours on. São Paulo is behind UTC: at midnight there it is still "
                "evening here. Let `tz_convert` do it.",
            ),
            Wrong(
                name="until-four",
                answer=lambda shop: _share_of_hours(_local(shop), 0, 3),
                says="The hour 3 lasts from 3:00 to 3:59. Until three means the hours 0, 1 and 2.",
            ),
            Wrong(
                name="midnight-forgotten",
                answer=lambda shop: _share_of_hours(_local(shop), 1, 2),
                says="The hour 0 is missing: it begins at midnight.",
            ),
            Wrong(
                name="all-channels",
                answer=_of_all_channels,
                says="That is the share of all orders. Stores are closed at night: take the digital ones, in "
                "`exported`.",
            ),
        ],
        hints=[
            'Both steps: `local = exported["placed_at"].dt.tz_localize("UTC").dt.tz_convert("America/Sao_Paulo")`.',
            "`local.dt.hour < 3` is a mask; its mean is the share.",
        ],
        passed="A tiny part. And now the slide's number: compute `(local.dt.hour >= 21).mean()` and compare. The "
        "figure was right; it belongs to the three hours **before** midnight. Only the clock was wrong.",
    ),
    Exercise(
        key="hidden_store",
        asks="What the hidden store cannot hide",
        shape=Number("answers"),
        given=True,
        right=lambda shop: 0,
        wrong=[
            Wrong(
                name="answers",
                answer=lambda shop: 4,
                says="So many answered. How many of them were satisfied? Subtract in the other column as well.",
            ),
            Wrong(
                name="dissatisfied",
                answer=lambda shop: 26,
                says="Those are the dissatisfied of all three stores. Asked are the satisfied of `s03`.",
            ),
            Wrong(
                name="one-store-forgotten",
                answer=lambda shop: 29,
                says="You took `s01` away from the total. `s02` is part of it as well.",
            ),
            Wrong(
                name="other-store-forgotten",
                answer=lambda shop: 41,
                says="You took `s02` away from the total. `s01` is part of it as well.",
            ),
        ],
        hints=[
            "The total is the sum of the three stores.",
            "Satisfied in all, less those of `s01`, less those of `s02`.",
        ],
        passed="None. Whoever knows one of the four customers now knows what she answered, although her line was "
        "left out.",
    ),
    Exercise(
        key="cells_to_hide",
        asks="Which cells have to go",
        shape=Choice(("a", "b", "c", "d")),
        given=True,
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="only-the-small-one",
                answer=lambda shop: "a",
                says="That is the slide as it is, and you have just read the hidden line by subtraction.",
            ),
            Wrong(
                name="the-largest",
                answer=lambda shop: "b",
                says="That protects `s03`, but it costs the largest store. The same protection is to be had for "
                "less.",
            ),
            Wrong(
                name="percentages",
                answer=lambda shop: "d",
                says="A percentage and its n give the count back: multiply. Without n, nobody can judge the number.",
            ),
        ],
        hints=[
            "As long as only one line is missing, the total gives it away.",
            "Two lines have to be missing. Which second one costs the fewest answers?",
        ],
        passed="This is called complementary suppression: a second line goes, so that the first cannot be had by "
        "subtraction. Of what is hidden, only the sum can be read, and that is of many people.",
    ),
    Exercise(
        key="recommendation",
        asks="One page: a chat at night?",
        shape=Memo(_needed, percentages=("night", "evening")),
        right=_memo,
        wrong=[
            Wrong(
                name="rounded",
                answer=lambda shop: _memo(shop, decimals=0),
                when=lambda memo: bool(SHARES & set(memo.rounded)),
                says="A share is rounded: use per cent with one decimal.",
            ),
            Wrong(
                name="without-night",
                answer=lambda shop: _memo(shop, "night"),
                when=lambda memo: "night" in memo.lacks,
                says="The share from midnight to three, on São Paulo's clock, is not in it. Write it in per cent, "
                "with one decimal: it is what the question is about.",
            ),
            Wrong(
                name="without-evening",
                answer=lambda shop: _memo(shop, "evening"),
                when=lambda memo: "evening" in memo.lacks,
                says="The share from nine to midnight, on São Paulo's clock, is not in it: the reader wants to know "
                "where the slide's number belongs. Per cent, one decimal.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The n is not in it: how many digital orders is that, in all? `len(exported)` tells.",
            ),
        ],
        hints=[
            "With `local` from section 4: `(local.dt.hour < 3).mean()`, `(local.dt.hour >= 21).mean()`, "
            "`len(exported)`. Times 100 makes a share a percentage.",
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The three numbers are in the text.",
        passed="The words were not judged: does your page say on which clock you counted, and why there is no margin "
        "of error? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
    Exercise(
        key="my_visits",
        asks="Visits as a function, for events in any order",
        shape=Function(CASES, unit="answers", check="ex.my_visits.check(my_visits)"),
        right=lambda shop: my_visits,
        wrong=[
            Wrong(
                name="unsorted",
                answer=lambda shop: _unsorted,
                says="Right only when the events come in order. Nobody promised that: sort by cookie and time first.",
            ),
            Wrong(
                name="all-together",
                answer=lambda shop: _of_all_together,
                says="You measured the pause between events of different cookies. Each cookie has its own pauses: "
                '`.groupby("identity_id")` before `.diff()`.',
            ),
            Wrong(
                name="first-forgotten",
                answer=lambda shop: _without_firsts,
                says="The first visit of each cookie is missing: its first event has no pause.",
            ),
            Wrong(
                name="in-seconds",
                answer=lambda shop: _by_seconds,
                says="`.dt.seconds` leaves out whole days, so somebody who comes back a day later goes on with the "
                "same visit. Compare with `pd.Timedelta(minutes=30)`.",
            ),
            Wrong(
                name="at-least",
                answer=lambda shop: _at_least,
                says="A pause of exactly 30 minutes ended a visit. The rule says *more than* 30: `>`, not `>=`.",
            ),
            Wrong(
                name="cookie-days",
                answer=lambda shop: _cookie_days,
                says="That is one visit for each cookie and day. It is a rule, too, but not this one.",
            ),
        ],
        hints=[
            'Three steps: `.sort_values(["identity_id", "occurred_at"])`, the pause, the count.',
            'The pause: `.groupby("identity_id")["occurred_at"].diff()`. The count you know from section 1.',
        ],
        passed="It holds for another company as well. A rule that can be run is a rule that can be argued about.",
    ),
    Exercise(
        key="joined",
        asks="People, when everything connected is one",
        shape=Number("answers"),
        given=True,
        right=lambda shop: 4,
        wrong=[
            Wrong(
                name="logins",
                answer=lambda shop: 6,
                says="Those are the logins. A blind join goes further: two logins seen with one cookie become one "
                "person.",
            ),
            Wrong(
                name="cookies",
                answer=lambda shop: 9,
                says="Those are the cookies.",
            ),
            Wrong(
                name="one-shared-cookie-missed",
                answer=lambda shop: 5,
                says="Nearly: there are two cookies that two logins share. Look for both.",
            ),
            Wrong(
                name="rows",
                answer=lambda shop: 11,
                says="Those are the rows of the table.",
            ),
        ],
        hints=[
            "Begin with `ana`: which cookies is she seen with, who else is seen with those, and so on.",
            "`c2` and `c6` were each seen with two logins.",
        ],
        passed="Six people became four. A tablet on a sofa, a computer in a library: one shared device glues people "
        "together, and every later number about them is wrong. So a careful join leaves out cookies with more "
        "than one login, or says how sure each match is (`match_confidence`).",
    ),
    Exercise(
        key="black_friday",
        asks="The digital orders of Black Friday",
        shape=Number("answers"),
        right=lambda shop: _on(_local(shop), FRIDAY),
        wrong=[
            Wrong(
                name="utc-day",
                answer=lambda shop: _on(exported(shop)["placed_at"], FRIDAY),
                says="That is the day as UTC cuts it. It begins on Thursday at nine in the evening and loses the "
                "last three hours of the Friday.",
            ),
            Wrong(
                name="date-as-text",
                answer=lambda shop: 0,
                says='No date is equal to a text. Compare with `pd.Timestamp("2025-11-28").date()`.',
            ),
            Wrong(
                name="every-friday",
                answer=lambda shop: int((_local(shop).dt.day_of_week == 4).sum()),
                says="Those are all the Fridays of two years. Black Friday was on 28 November 2025.",
            ),
            Wrong(
                name="other-direction",
                answer=lambda shop: _on(_later_not_earlier(shop), FRIDAY),
                says="You moved the clock three hours on instead of back. Let `tz_convert` do it.",
            ),
        ],
        hints=[
            'Make `local` as before: `.dt.tz_localize("UTC").dt.tz_convert("America/Sao_Paulo")`.',
            '`local.dt.date == pd.Timestamp("2025-11-28").date()` is a mask; its sum is the count.',
        ],
        passed="The day as its customers lived it. Money moves with the orders: on the busiest day of the year a "
        "wrong midnight is expensive.",
    ),
    Exercise(
        key="happened",
        asks="What happened, and how often",
        shape=Number("answers"),
        right=lambda shop: _dirty(_seed(shop))["events"]["event_id"].nunique(),
        wrong=[
            Wrong(
                name="all-rows",
                answer=lambda shop: len(_dirty(_seed(shop))["events"]),
                says="Those are the rows. Some events were sent twice, with the same `event_id`: what happened once "
                "counts once.",
            ),
            Wrong(
                name="both-copies-dropped",
                answer=lambda shop: int((~_dirty(_seed(shop))["events"]["event_id"].duplicated(keep=False)).sum()),
                says="`keep=False` throws away both copies. The event did happen: keep one of them.",
            ),
            Wrong(
                name="late-dropped",
                answer=lambda shop: int(
                    _dirty(_seed(shop))["events"].drop_duplicates("event_id")["received_at"].isna().sum()
                ),
                says="You dropped what arrived late. It happened all the same, and belongs to the day on which it "
                "did.",
            ),
            Wrong(
                name="copies",
                answer=lambda shop: int(_dirty(_seed(shop))["events"]["event_id"].duplicated().sum()),
                says="That is how many are copies. Asked is what is left without them.",
            ),
        ],
        hints=[
            "What happened once has one `event_id`, however often it was sent.",
            '`dirty_events["event_id"].nunique()`, or the length of `drop_duplicates("event_id")`.',
        ],
        passed="Rows in = rows used + rows set aside: the difference is exactly what `cx.check` set aside. Events "
        "that come late stay, which is why last week's report may still change.",
    ),
    Exercise(
        key="whose_cpf",
        asks="The number behind a hash",
        shape=Number("answers"),
        right=_last_digits,
        wrong=[
            Wrong(
                name="fewest-points",
                answer=lambda shop: _last_digits(shop, pd.Series.idxmin),
                says="You found a CPF, but of the card with the fewest points. Take `idxmax`.",
            ),
            Wrong(
                name="first-card",
                answer=lambda shop: _last_digits(shop, lambda points: 0),
                says="You found a CPF, but of the first card in the table. Take the one with the most points.",
            ),
            Wrong(
                name="points",
                answer=lambda shop: int(cards(shop)["points"].max()),
                says="Those are the points. Asked is the number behind `cpf_hash` in the same row.",
            ),
        ],
        hints=[
            'Make a book of all of them: `{fingerprint(f"{n:011}"): n for n in range(100_000)}`. In `f"{n:011}"` the '
            "number is written with eleven digits, zeros in front.",
            'The hash to look up: `cards.loc[cards["points"].idxmax(), "cpf_hash"]`.',
        ],
        passed="A second, and a “protected” number lies open. A hash without a key hides nothing that can be "
        "listed: no CPF, no phone number, no e-mail that somebody may guess.",
    ),
    Exercise(
        key="matched",
        asks="The same person in two tables",
        shape=Number("answers"),
        right=_called,
        wrong=[
            Wrong(
                name="as-written",
                answer=_as_written,
                says="The same CPF was written in two ways, and each way has its own pseudonym. Bring them into "
                "one form before: digits only.",
            ),
            Wrong(
                name="two-keys",
                answer=lambda shop: 0,
                says="Nobody matches: were the two tables made with two keys? One person has the same pseudonym only "
                "under the same key.",
            ),
            Wrong(
                name="calls",
                answer=_calls_of_members,
                says="Those are the calls of members. Some called more than once: count the members.",
            ),
            Wrong(
                name="callers",
                answer=_callers,
                says="Those are all callers. Not all of them are members.",
            ),
        ],
        hints=[
            'Digits only: `members["cpf"].str.replace(r"\\D", "", regex=True)`, and the same for the calls.',
            "`.map(lambda cpf: pseudonym(cpf, key))` makes the pseudonyms; `.isin(...)` and `.sum()` count.",
        ],
        passed="Whoever holds the key can join the tables; whoever does not cannot even try. That is why the data "
        "are still personal: the key exists. `cx import` works like this, with a key file that never leaves your "
        "computer.",
    ),
    Exercise(
        key="smallest_group",
        asks="The smallest group",
        shape=Number("answers"),
        right=lambda shop: int(_groups(shop).min()),
        wrong=[
            Wrong(
                name="groups",
                answer=lambda shop: len(_groups(shop)),
                says="That is how many groups there are. Asked is how many customers the smallest holds.",
            ),
            Wrong(
                name="small-groups",
                answer=lambda shop: int((_groups(shop) < 10).sum()),
                says="That is how many groups have fewer than ten customers. Asked is the size of the smallest.",
            ),
            Wrong(
                name="state-only",
                answer=lambda shop: int(_groups(shop, ["state"]).min()),
                says="That is the smallest state. Group by all three columns at once.",
            ),
            Wrong(
                name="without-the-club",
                answer=lambda shop: int(_groups(shop, SIGNS[:2]).min()),
                says="The club is missing from the grouping. Each further column makes the groups smaller.",
            ),
            Wrong(
                name="mean",
                answer=lambda shop: round(float(_groups(shop).mean())),
                says="That is a group of average size. A chain breaks at its weakest link: the smallest one is "
                "asked.",
            ),
        ],
        hints=[
            'Group by a list of columns: `customers.groupby(["state", "acquisition_source", "club_member"])`.',
            "`.size()` has the number of customers of each group; `.min()` is the smallest.",
        ],
        passed="This number is called *k*, and the table is *k*-anonymous: each customer hides among so many who "
        "look the same. Three harmless columns, and some hide among a handful.",
    ),
]
