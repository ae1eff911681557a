# Generated from notebooks/source/10_journey_mapping; edit there, then run: python course.py build
"""The exercises of lesson 10: journey mapping with data."""

from collections.abc import Callable
from functools import cache

import pandas as pd

import cxlib as cx
from cxlib.journeys.emotions import PAIRED, moments_of
from cxlib.journeys.looking_back import looking_back
from cxlib.journeys.stage_models import KEYS, stage_map
from cxlib.journeys.stage_rules import stage_rules
from cxlib.journeys.stages import stage_name
from cxlib.journeys.touches import column_of, journeys_of
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.journey_explorer import placed
from cxlib.learning.memo import Memo
from cxlib.learning.placing import Placing
from cxlib.learning.shapes import Choice, Function, Number, Results
from cxlib.learning.text import Text
from cxlib.metrics.wording import labelled
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

SILENCE = 30  # days after which a journey is over
WENT_ON, LEFT, THERE = "went_on", "left", "still_there"


def _kept(make: Callable[[Dataset], pd.DataFrame]) -> Callable[[Dataset], pd.DataFrame]:
    """Return the same function, which works out a company only once: the rules walk through the whole log."""
    known: list[tuple[Dataset, pd.DataFrame]] = []

    def remembered(shop: Dataset) -> pd.DataFrame:
        for one, made in known:
            if one is shop:
                return made.copy()
        made = make(shop)
        known[:] = [*known[-3:], (shop, made)]
        return made.copy()

    return remembered


# --- Whose stages? -----------------------------------------------------------------------------------


def models(shop: Dataset) -> pd.DataFrame:
    """Return the seven stages, and those of two published models, each list in its own order."""
    table = pd.DataFrame({"stage": KEYS, "name": [stage_name(key) for key in KEYS]})
    for heading, variant in (("five", "f1_5"), ("six", "f3_6")):
        names = stage_map(variant).dropna(subset="stage").drop_duplicates("stage")
        table[heading] = pd.Series(names["name"].to_list(), dtype="str").reindex(table.index).fillna("")
    return table


# --- Journeys of seven customers ---------------------------------------------------------------------

TOUCHES = {
    "A": "1 awareness, 3 consideration, 5 decision, 5 purchase, 9 use, 30 loyalty, 45 awareness, 47 decision, "
    "47 purchase, 52 use",
    "B": "2 awareness, 4 consideration, 50 decision, 50 purchase, 55 use",
    "C": "6 decision, 6 purchase, 12 service",
    "D": "8 awareness",
    "E": "10 consideration, 11 decision, 20 consideration, 21 decision, 21 purchase, 26 use, 28 service",
    "F": "3 awareness, 14 awareness",
    "G": "15 awareness, 16 decision",
}


def touches(shop: Dataset) -> pd.DataFrame:
    """Return what seven customers did, in order: the day, and the stage that it belongs to."""
    rows = [(customer, *touch.split()) for customer, told in TOUCHES.items() for touch in told.split(", ")]
    return pd.DataFrame(rows, columns=["customer", "day", "stage"]).astype({"day": int})


def _came(
    shop: Dataset, *, silence: float = SILENCE, loop: bool = True, back: bool = False, then: str = "", among: str = ""
) -> float:
    """Return the share of journeys that came to use, by a rule that may be spoilt."""
    table = touches(shop)
    place = table["stage"].map(KEYS.index)
    same = table["customer"].eq(table["customer"].shift())
    begins = ~same | (table["day"].diff() > silence)
    begins |= same & loop & table["stage"].shift().eq("loyalty") & (place < KEYS.index("purchase"))
    begins |= same & back & (place.diff() < 0)
    stages = table.groupby(begins.cumsum())["stage"].agg(set)
    stages = stages[[not among or among in one for one in stages]]
    return float(pd.Series([bool({"use", then} & one) for one in stages]).mean())


# --- The journeys of a company -----------------------------------------------------------------------


@_kept
def _journeys(shop: Dataset) -> pd.DataFrame:
    found = journeys_of(shop, stage_rules(), "purchase")
    rows = collect(found.rows).to_pandas().sort_values(["began", "person_key"], ignore_index=True)
    return rows.assign(over=(rows["ended"] + pd.Timedelta(days=SILENCE)).where(~rows["is_open"], found.last))


def journeys(shop: Dataset) -> pd.DataFrame:
    """Return every journey: may it still go on, and to which stages did it come."""
    rows = _journeys(shop)
    return pd.DataFrame({"open": rows["is_open"]} | {key: rows[column_of(key)].notna() for key in KEYS})


def _skipped(table: pd.DataFrame, *, everybody: bool = False, turned: bool = False) -> float:
    further = table["service"] | table["loyalty"]
    passed = ~table["use"] & further if not turned else table["use"] & further
    return float(passed.sum() / (len(table) if everybody else further.sum()))


def _grown(shop: Dataset) -> pd.DataFrame:
    return journeys(shop).query("not open")


# --- How long a stage lasts --------------------------------------------------------------------------


def twelve(shop: Dataset) -> pd.DataFrame:
    """Return twelve journeys in one stage, day by day: how many were there, and how it was over for whom."""
    ended = {WENT_ON: [1, 2, 4, 7, 13], LEFT: [9, 11], THERE: [3, 5, 6, 8, 20]}
    return _by_day(pd.DataFrame([(day, way) for way, days in ended.items() for day in days], columns=["day", "way"]))


def awareness(shop: Dataset) -> pd.DataFrame:
    """Return the same of a company's journeys, in the stage in which they got to know it."""
    rows = _journeys(shop).dropna(subset="at_awareness")
    came = rows["at_awareness"]
    later = rows[[column_of(key) for key in KEYS[1:]]]
    onward = later.where(later.ge(came, axis=0)).min(axis=1)
    backward = onward.isna() & later.lt(came, axis=0).any(axis=1)
    way = pd.Series(LEFT, index=rows.index).mask(rows["is_open"], THERE).mask(onward.notna(), WENT_ON)
    days = (onward.fillna(rows["over"]) - came) // pd.Timedelta(days=1)
    return _by_day(pd.DataFrame({"day": days, "way": way})[~backward])


def _by_day(spells: pd.DataFrame) -> pd.DataFrame:
    counts = spells.groupby(["day", "way"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=[WENT_ON, LEFT, THERE], fill_value=0).astype(int)
    of_day = counts.sum(axis=1)
    counts.insert(0, "in_it", of_day[::-1].cumsum()[::-1])
    return counts.reset_index().rename_axis(columns=None).astype({"day": int})


def stage_days(table: pd.DataFrame) -> float:
    """Return the day by which a stage is over for half of those who came to it (Kaplan & Meier 1958)."""
    return _half(table, table[WENT_ON] + table[LEFT], table["in_it"])


def _half(table: pd.DataFrame, over: pd.Series, of: "pd.Series | float") -> float:
    left = (1 - over / of).cumprod() if isinstance(of, pd.Series) else 1 - over.cumsum() / of
    return float(table.loc[left <= 0.5, "day"].min())


def _without(table: pd.DataFrame, *ways: str) -> float:
    """Return the middle day of those whose stage was over in one of these ways, everybody else left out."""
    over = table[list(ways)].sum(axis=1)
    return _half(table, over, float(over.sum()))


CASES = {"twelve journeys": twelve, "the journeys of a company": awareness}


def _gave(answer: float) -> Callable[[Results], bool]:
    """Return whether a function gave this for the twelve journeys, whatever it makes of a company."""
    return lambda results: results[0][1] == answer


# --- What was felt -----------------------------------------------------------------------------------


@_kept
def _felt(shop: Dataset) -> pd.DataFrame:
    rows = moments_of(shop)
    rows = rows.filter(rows.cx_reason == "").select("journey_id", "stage", "emotion", "occurred_at", "cx_paired")
    return collect(rows).to_pandas().sort_values(["journey_id", "occurred_at"], ignore_index=True)


def felt(shop: Dataset) -> pd.DataFrame:
    """Return every rating, from -5 to 5, with its journey and stage; `stages_rated` counts those of the journey."""
    rows = _felt(shop)[["journey_id", "stage", "emotion"]]
    return rows.assign(stages_rated=rows.groupby("journey_id")["stage"].transform("nunique"))


def _mean(shop: Dataset, rated: str = "stages_rated == stages_rated.max()", stage: str = "service") -> float:
    return float(felt(shop).query(rated).query("stage == @stage", local_dict={"stage": stage})["emotion"].mean())


ALL = "stages_rated > 0"


@_kept
def _curve(shop: Dataset) -> pd.DataFrame:
    return cx.emotion_curve(shop)


def _at_service(shop: Dataset, rule: str) -> pd.DataFrame:
    curve = _curve(shop)
    rows = curve[curve["stage"].eq("service") & curve["rule"].eq(rule)]
    return rows[["value", "low", "high", "n"]].reset_index(drop=True)


def five_feelings(shop: Dataset) -> list[float]:
    """Return what somebody felt along a journey, in order."""
    return [0, 2, -4, 1, 3]


def one_journey(shop: Dataset) -> list[float]:
    """Return what a customer of the company felt, rated at every stage, with one moment stronger than all others."""
    rows = _felt(shop)
    for _, mine in rows[rows["cx_paired"]].groupby("journey_id")["emotion"]:
        strongest = mine.abs().nlargest(2)
        lowest_and_highest = (mine.min() + mine.max()) / 2
        if strongest.iloc[0] > strongest.iloc[1] and lowest_and_highest != peak_end(mine.to_list()):
            return [float(one) for one in mine]
    return [1, -5, 2, 4]


def peak_end(felt: list[float]) -> float:
    """Return the mean of the strongest feeling and the last (Kahneman et al. 1993)."""
    return (max(felt, key=abs) + felt[-1]) / 2


FEELINGS = {"five feelings": five_feelings, "the feelings of one customer": one_journey}


@_kept
def accounts(shop: Dataset) -> pd.DataFrame:
    """Return how much of what people say afterwards each account of their journey explains."""
    return looking_back(shop)[["account", "value", "low", "high", "n"]]


# --- Where it hurts ----------------------------------------------------------------------------------


def workshop(shop: Dataset) -> pd.DataFrame:
    """Return three steps at another company: what a workshop gave them from 1 to 5, and what was measured."""
    return pd.DataFrame(
        {"step": ["payment", "delivery", "search"], "severity": [4, 3, 2], "frequency": [2, 3, 5],
         "reach": [0.40, 0.80, 1.00], "failure": [0.25, 0.10, 0.30], "loss": [30, 20, 5]}
    )  # fmt: skip


def _lost(shop: Dataset, *parts: str) -> float:
    return float(workshop(shop).set_index("step").loc["payment", list(parts)].astype(float).prod())


@_kept
def pains(shop: Dataset) -> pd.DataFrame:
    """Return the pain points of the company, worst first, with the interval of each rank."""
    return cx.pain_points(shop)


def _worst(shop: Dataset) -> pd.Series:
    return pains(shop).query("metric == 'pain_score'").iloc[0]


def _measured(shop: Dataset, metric: str) -> float:
    table = pains(shop).set_index(["metric", "step"])
    return float(table.loc[(metric, _worst(shop)["step"]), "value"])


# --- Credit ------------------------------------------------------------------------------------------


def paths(shop: Dataset | None = None) -> pd.DataFrame:
    """Return four paths of visits: how often each ended with an order, and how often without."""
    return pd.DataFrame(
        {"path": ["google", "mail", "google > mail", "google"], "conversions": [2, 1, 1, 0], "nulls": [0, 0, 0, 1]}
    )


@cache
def _credits() -> pd.DataFrame:
    table = cx.attribution(paths(), rules=["first", "last", "linear", "markov"])
    return table.set_index(["metric", "rule", "channel"])


def _credit(rule: str, channel: str = "google") -> float:
    return float(_credits().loc[("attribution", rule, channel), "numerator"])


DATA = {
    "models": models, "touches": touches, "journeys": journeys, "twelve": twelve, "felt": felt,
    "workshop": workshop, "pains": pains, "paths": paths, "accounts": accounts, "curve": _curve,
    "moved": lambda shop: cx.emotion_curve(placed(shop, "entrega", "purchase")),
    "same_people": lambda shop: _at_service(shop, PAIRED),
    "everyone": lambda shop: _at_service(shop, "everyone"),
}  # fmt: skip


# --- The memo ----------------------------------------------------------------------------------------


def estimate(shop: Dataset) -> dict[str, float]:
    """Return what the memo must carry: points lost at the worst step, interval, last rank, customers."""
    row = _worst(shop)
    return {"score": row["value"], "low": row["low"], "high": row["high"], "rank": row["rank_high"], "n": row["n"]}


ENDS = {"low", "high"}


def _memo(shop: Dataset, leave_out: str = "", *, sign: str = "", **instead: float) -> str:
    numbers = {name: number for name, number in (estimate(shop) | instead).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.1f}{sign if name == 'score' else ''}" for name, number in numbers.items()]
    asked = "We asked at which step of the journey our customers lose most satisfaction, and found: "
    return asked + ", ".join(parts)


def _slide(shop: Dataset) -> dict[str, float | str]:
    return {"days": _without(awareness(shop), WENT_ON), "felt": float(_at_service(shop, "everyone")["value"].iloc[0])}


def _said_so(shop: Dataset) -> dict[str, float | str]:
    told: dict[str, float | str] = {name: float(value) for name, value in estimate(shop).items()}
    measured = {name: _measured(shop, f"pain_{name}") for name in ("reach", "failure", "loss")}
    return told | measured | {"step": labelled("step", _worst(shop).to_dict())}


TEXTS = {
    "poster": Text(
        values=_slide,
        templates={
            "": "> **The journey of our customer** *(on the wall of the meeting room)*\n>\n> 1. Discover, consider, "
            "decide, buy. There the journey ends.\n> 2. Whoever gets to know us goes on within {days} days.\n> 3. "
            "Support: {felt} on a scale from −5 to +5. There our customers suffer.",
        },
    ),
    "estimate": Text(
        values=_said_so,
        shares=("reach", "failure"),
        choose=lambda shop: "settled" if estimate(shop)["rank"] == 1 else "open",
        templates={
            "settled": "Most is lost at **{step}**: {reach} of the customers come to it, it goes wrong for {failure} "
            "of these, and those are {loss} points less satisfied. Together that is **{score} points** of CSAT "
            "({low} to {high}), n = {n} customers. Rank {rank} is settled.",
            "open": "Most is lost at **{step}**: {reach} of the customers come to it, it goes wrong for {failure} "
            "of these, and those are {loss} points less satisfied. Together that is **{score} points** of CSAT "
            "({low} to {high}), n = {n} customers. By the interval of its rank, it may be anything from the first to "
            "number {rank}.",
        },
    ),
    "recommendation": Text(
        values=_said_so,
        shares=("reach", "failure"),
        choose=lambda shop: "settled" if estimate(shop)["rank"] == 1 else "open",
        templates={
            "settled": "**Question.** Which step of the journey do we mend first?\n\n**Answer.** {step}: there "
            "our customers lose {score} points of CSAT, n = {n}.\n\n**How sure.** From {low} to {high} points "
            "fits, and rank {rank} is settled.\n\n**What we would do.** Mend it for one team in two, drawn by "
            "lot, for eight weeks.\n\n**What would change our mind.** The loss is adjusted, not proven. If the "
            "mended teams' customers are no more satisfied, something else lies behind it.",
            "open": "**Question.** Which step of the journey do we mend first?\n\n**Answer.** Probably {step}: "
            "there our customers lose about {score} points of CSAT, n = {n}.\n\n"
            "**How sure.** From {low} to {high} points fits, and it may rank anywhere from first "
            "to place {rank}. The votes of the workshop know nothing of that.\n\n**What we would do.** Mend it for "
            "one team in two, drawn by lot, for eight weeks: it is cheap, and the test settles what the "
            "ranking cannot.\n\n**What would change our mind.** The loss is adjusted, not proven. If the mended "
            "teams' customers are no more satisfied, something else lies behind it.",
        },
    ),
}

STAGES = tuple(KEYS)
MODELS = ("five", "six")


def _said(**wrong: str) -> Callable[[dict], bool]:
    """Return whether an answer puts one of these things there; a feeling is told apart by its sign."""
    return lambda given: any(place in given[thing] for thing, place in wrong.items())


def _stories(**instead: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return {
        "A": ("awareness", "+"), "B": ("consideration", "-"), "C": ("purchase", "-"), "D": ("use", "+"),
        "E": ("service", "-"),
    } | instead  # fmt: skip


EXERCISES = [
    Exercise(
        key="missing",
        asks="The stage that each model lacks",
        shape=Placing(things=MODELS, parts=(STAGES,)),
        given=True,
        right=lambda shop: {"five": "loyalty", "six": "use"},
        wrong=[
            Wrong(
                name="purchase-hidden",
                answer=lambda shop: {"five": "purchase", "six": "use"},
                when=_said(five="purchase"),
                says="In the model of five the purchase is hidden, not missing: it is the second half of “purchase "
                "decision”. Another of the seven is nowhere.",
            ),
            Wrong(
                name="use-renamed",
                answer=lambda shop: {"five": "use", "six": "use"},
                when=_said(five="use"),
                says="The model of five has it: “experience of use”. Which of the seven comes after its last stage?",
            ),
            Wrong(
                name="service-renamed",
                answer=lambda shop: {"five": "service", "six": "use"},
                when=_said(five="service"),
                says="Support and after-sales is the last stage of the model of five. What comes after it?",
            ),
            Wrong(
                name="post-purchase-for-use",
                answer=lambda shop: {"five": "loyalty", "six": "service"},
                when=_said(six="service"),
                says="In the model of six “post-purchase” is what happens **between customer and company** "
                "after the sale: help, warranty, returns. That is our service. Something else has no name there.",
            ),
            Wrong(
                name="purchase-split",
                answer=lambda shop: {"five": "loyalty", "six": "purchase"},
                when=_said(six="purchase"),
                says="The model of six has the purchase even twice: the order in “decision”, the delivery in "
                "“purchase experience”.",
            ),
            Wrong(
                name="loyalty-renamed",
                answer=lambda shop: {"five": "loyalty", "six": "loyalty"},
                when=_said(six="loyalty"),
                says="Loyalty is the last stage of the model of six.",
            ),
        ],
        hints=[
            "Go through the seven one by one. For each, is there a name in the column that means it, or a part of "
            "it?",
            "One model stops too early. The other goes to the end and leaves out what people buy things for.",
        ],
        passed="One stops before people come back. The other leaves out the use: months in which nobody clicks "
        "anything. What has no stage gets no number, and what has no number gets no budget.",
    ),
    Exercise(
        key="way_back",
        asks="From six stages back to seven",
        shape=Choice(("a", "b", "c", "d")),
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="same-name",
                answer=lambda shop: "a",
                says="The same word, but not the same thing: in the model of six the order itself is part of the "
                "decision. Some of these rows are purchases.",
            ),
            Wrong(
                name="the-later-one",
                answer=lambda shop: "b",
                says="Then everybody who filled a cart and left would have bought.",
            ),
            Wrong(
                name="split-by-share",
                answer=lambda shop: "d",
                says="As a total that may come near. But no single customer is three fifths at the decision, and "
                "whatever is computed from such rows is made up.",
            ),
        ],
        hints=[
            "Which of our stages does their “decision” cover?",
            "A cart and an order were both written down as `decision`. Does the old row still know which it was?",
        ],
        passed="Two of ours were poured into one of theirs, and nothing in the row tells them apart any more. "
        "`cx.stages` takes the events themselves, and cxlib refuses to translate such rows back.",
    ),
    Exercise(
        key="came_to_use",
        asks="The share of journeys that came to the use",
        shape=Number("share"),
        given=True,
        right=_came,
        wrong=[
            Wrong(
                name="of-customers",
                answer=lambda shop: _came(shop, loop=False, silence=1000),
                says="You divided customers by customers. Two of the seven went more than one journey: look for a "
                "long silence, and for somebody who had come to loyalty and is back at the beginning.",
            ),
            Wrong(
                name="no-loop",
                answer=lambda shop: _came(shop, loop=False),
                says="Nearly. Somebody had come to loyalty and discovered something new: that begins another "
                "journey.",
            ),
            Wrong(
                name="no-silence",
                answer=lambda shop: _came(shop, silence=1000),
                says="Nearly. Somebody was silent for more than 30 days: what follows is another journey.",
            ),
            Wrong(
                name="step-back",
                answer=lambda shop: _came(shop, back=True),
                says="Somebody went back from the decision to consider once more. That is one journey still: "
                "steps back are allowed.",
            ),
            Wrong(
                name="staircase",
                answer=lambda shop: _came(shop, then="service"),
                says="You counted whoever came to a later stage as having come to the use. A journey is no "
                "staircase: somebody asked for help before anything was in use.",
            ),
            Wrong(
                name="of-the-buyers",
                answer=lambda shop: _came(shop, among="purchase"),
                says="You divided by the journeys with a purchase. Asked is the share of **all** journeys.",
            ),
        ],
        hints=[
            "First the bottom: how many journeys are there? Go customer by customer and mark where a new one begins.",
            "Then the top: how many of these journeys have a row with `use`?",
        ],
        passed="A journey is one customer's way to one goal. Whoever comes back begins a new one, and a stage that "
        "was passed over was not reached.",
    ),
    Exercise(
        key="stage_days",
        asks="How long a stage lasts",
        shape=Function(CASES, unit="points", check="ex.stage_days.check(stage_days)"),
        right=lambda shop: stage_days,
        wrong=[
            Wrong(
                name="finished-only",
                answer=lambda shop: lambda table: _without(table, WENT_ON),
                when=_gave(4),
                says="You looked only at those who went on. The fast ones are through, the slow ones are still "
                "there or gone: that is survivorship.",
            ),
            Wrong(
                name="unseen-left-out",
                answer=lambda shop: lambda table: _without(table, WENT_ON, LEFT),
                when=_gave(7),
                says="You left out those who are still there. They have been there for days, and each of these days "
                "tells something: they belong to `in_it` as long as they were seen.",
            ),
            Wrong(
                name="unseen-as-over",
                answer=lambda shop: lambda table: _without(table, WENT_ON, LEFT, THERE),
                when=_gave(6),
                says="You took the end of the log for the end of the stage. Those who are still there have not "
                "gone anywhere on that day.",
            ),
            Wrong(
                name="leavers-as-unseen",
                answer=lambda shop: lambda table: _half(table, table[WENT_ON], table["in_it"]),
                when=_gave(13),
                says="You took those who left for not seen any more. But we know: for them the stage is over as "
                "well. Add `left` to `went_on`.",
            ),
            Wrong(
                name="of-all-who-came",
                answer=lambda shop: (
                    lambda table: _half(table, table[WENT_ON] + table[LEFT], float(table["in_it"].iloc[0]))
                ),
                when=_gave(11),
                says="You divided by everybody who ever came. On each day only those count who are still seen in the "
                "stage: `in_it` of that day.",
            ),
        ],
        hints=[
            'Each day: for what part of those in it is the stage over? `(table["went_on"] + table["left"]) / '
            'table["in_it"]`.',
            "One less that is the part that stays. Multiply these day after day (`.cumprod()`): that is the part "
            "still in the stage. Return the first day on which it is 0.5 or less.",
        ],
        passed="Kaplan and Meier, in three lines. Nobody was thrown away for being unfinished: each counts for as "
        "long as was seen.",
    ),
    Exercise(
        key="stories",
        asks="Five voices, their stage and their feeling",
        shape=Placing(
            things=("A", "B", "C", "D", "E"),
            parts=(STAGES, ("-", "0", "+")),
            also={
                "A": (("awareness", "0"),),
                "B": (("consideration", "0"), ("decision", "-")),
                "C": (("purchase", "0"),),
                "D": (("use", "0"),),
                "E": (("service", "0"),),
            },
        ),
        given=True,
        right=lambda shop: _stories(),
        wrong=[
            Wrong(
                name="happy-end",
                answer=lambda shop: _stories(C=("purchase", "+")),
                when=_said(C="+"),
                says="C did buy: in our books that is a success. Read it once more from the chair of whoever was "
                "looking at the account until midnight. What the company gained is not what the customer felt.",
            ),
            Wrong(
                name="kind-agent",
                answer=lambda shop: _stories(E=("service", "+")),
                when=_said(E="+"),
                says="The third one was kind, yes, and the end counts. But the last sentence is the judgement: the "
                "caller would rather not come back.",
            ),
            Wrong(
                name="wobbly-leg",
                answer=lambda shop: _stories(D=("service", "-")),
                when=_said(D="service"),
                says="A leg wobbles in D, but nobody was asked for help. The table is in use, every evening. "
                "Where no ticket is written there is a journey all the same.",
            ),
            Wrong(
                name="delivery-day",
                answer=lambda shop: _stories(D=("purchase", "+")),
                when=_said(D="purchase"),
                says="D begins with a delivery and goes on long after it. What is the story about?",
            ),
            Wrong(
                name="sad-about-a-leg",
                answer=lambda shop: _stories(D=("use", "-")),
                when=_said(D="-"),
                says="We hear a defect in D. The customer tells of homework and a piece of cardboard. Do not feel "
                "more for people than they say.",
            ),
            Wrong(
                name="not-yet-comparing",
                answer=lambda shop: _stories(A=("consideration", "+")),
                when=_said(A="consideration"),
                says="In A nobody compares anything yet. A name was heard for the first time.",
            ),
        ],
        hints=[
            "For each: what is the person doing **in that moment**? That is the stage, whatever came of it later.",
            "For the feeling, find the words that carry it: “until midnight”, “rather not call again”. In doubt, "
            "write `0`; we are not strict.",
        ],
        passed="Another reader may place one of them elsewhere and have a reason; that is why two people do this, "
        "each alone, and then talk. Note what no voice came from: nobody told of the decision, nobody of coming "
        "back.",
    ),
    Exercise(
        key="at_service",
        asks="The mean feeling at the support stage, of the same people",
        shape=Number("score"),
        right=_mean,
        wrong=[
            Wrong(
                name="everyone",
                answer=lambda shop: _mean(shop, ALL),
                says="That is the mean of all who rated that stage, the number on the poster. Many of them rate one "
                "moment of their journey only: the one that moved them.",
            ),
            Wrong(
                name="the-others",
                answer=lambda shop: _mean(shop, "stages_rated < stages_rated.max()"),
                says="Those are the others: the journeys that did **not** rate every stage.",
            ),
            Wrong(
                name="neighbours",
                answer=lambda shop: (_mean(shop, stage="use") + _mean(shop, stage="loyalty")) / 2,
                says="You drew a line from the stage before to the stage after. This stage was rated; and where one "
                "was not, a line through it would be invented.",
            ),
            Wrong(
                name="all-stages",
                answer=lambda shop: float(felt(shop).query("stages_rated == stages_rated.max()")["emotion"].mean()),
                says="The right people, but all their stages. Asked is the stage `service`.",
            ),
        ],
        hints=[
            'First the journeys: `felt["stages_rated"] == felt["stages_rated"].max()`.',
            'Of these the rows of the stage: `query("stage == \'service\'")["emotion"].mean()`.',
        ],
        passed="Far from as low. These people were drawn by lot and asked everywhere; the rest spoke when they were "
        "moved, mostly to anger. Both curves are in the picture above.",
    ),
    Exercise(
        key="pain_score",
        asks="The points lost at the payment",
        shape=Number("points"),
        given=True,
        right=lambda shop: _lost(shop, "reach", "failure", "loss"),
        wrong=[
            Wrong(
                name="votes",
                answer=lambda shop: _lost(shop, "severity", "frequency"),
                says="You multiplied the votes. A 4 is not twice a 2, so the product of two such numbers has no "
                "unit, and nobody can say how much it would be worth to halve it.",
            ),
            Wrong(
                name="forgets-reach",
                answer=lambda shop: _lost(shop, "failure", "loss"),
                says="That is what is lost per customer **who comes to the payment**. Not everybody gets there: "
                "multiply by `reach`.",
            ),
            Wrong(
                name="forgets-failure",
                answer=lambda shop: _lost(shop, "reach", "loss"),
                says="As if it went wrong for everybody who comes there. Multiply by `failure`.",
            ),
            Wrong(
                name="loss-only",
                answer=lambda shop: _lost(shop, "loss"),
                says="That is how bad it is for whom it goes wrong. How many are they, of all?",
            ),
            Wrong(
                name="people-only",
                answer=lambda shop: _lost(shop, "reach", "failure"),
                says="That is the share of all for whom it goes wrong. How many points does each of them lose?",
            ),
        ],
        hints=[
            "Of 100 customers, how many come to the payment? For how many of these does it go wrong?",
            "`reach * failure * loss`, all three from the row of the payment.",
        ],
        passed="Points of CSAT, lost by all. Do the same for the other two: the order of the votes is turned on its "
        "head.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the director",
        shape=Memo(estimate),
        right=_memo,
        wrong=[
            Wrong(
                name="loss-for-score",
                answer=lambda shop: _memo(shop, "score", loss=_measured(shop, "pain_loss")),
                when=lambda memo: "score" in memo.lacks,
                says="The points that all customers lose are not in it, to one decimal. What those lose for whom "
                "it goes wrong is another number.",
            ),
            Wrong(
                name="without-interval",
                answer=lambda shop: _memo(shop, "low high"),
                when=lambda memo: bool(ENDS & set(memo.lacks)),
                says="The interval of the points is not in it, or it is rounded: both ends, with one decimal.",
            ),
            Wrong(
                name="without-rank",
                answer=lambda shop: _memo(shop, "rank"),
                when=lambda memo: "rank" in memo.lacks,
                says="How far down this step may really rank is not in it. A list without that looks surer than "
                "it is.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The number of customers is not in it. No number without its n.",
            ),
            Wrong(
                name="percent",
                answer=lambda shop: _memo(shop, sign="%"),
                when=lambda memo: memo.percent,
                says="Points of CSAT are no percentages: write the number without the sign.",
            ),
        ],
        hints=[
            'All numbers stand in `ex.text("estimate")`, with one decimal.',
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The five numbers are in the text.",
        passed="The words were not judged: do they say that the loss is adjusted, not proven? Do they name something "
        "small enough to be tried? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
    Exercise(
        key="peak_end",
        asks="What is remembered, by peak and end",
        shape=Function(FEELINGS, unit="score", check="ex.peak_end.check(peak_end)"),
        right=lambda shop: peak_end,
        wrong=[
            Wrong(
                name="mean",
                answer=lambda shop: lambda felt: sum(felt) / len(felt),
                says="That is the mean of everything. The rule says that memory does not keep everything.",
            ),
            Wrong(
                name="sum",
                answer=lambda shop: sum,
                says="That is the sum: a long dull journey would then beat a short good one.",
            ),
            Wrong(
                name="largest",
                answer=lambda shop: max,
                says="That is the best moment only. The peak is the **strongest**, good or bad.",
            ),
            Wrong(
                name="strongest",
                answer=lambda shop: lambda felt: max(felt, key=abs),
                says="That is the peak. The end is half of it.",
            ),
            Wrong(
                name="lowest-and-highest",
                answer=lambda shop: lambda felt: (min(felt) + max(felt)) / 2,
                says="For the five feelings that happens to fit. But you took the worst and the best; the rule "
                "takes the strongest and the **last**, and the second case tells them apart.",
            ),
            Wrong(
                name="best-and-last",
                answer=lambda shop: lambda felt: (max(felt) + felt[-1]) / 2,
                says="You took the best moment for the peak. The strongest may be a bad one: `max(felt, key=abs)`.",
            ),
        ],
        hints=[
            "The strongest is the one farthest from zero: `max(felt, key=abs)`.",
            "The last is `felt[-1]`. Take the mean of the two.",
        ],
        passed="A rule of thumb of 1993, from laboratories, not from shops. Whether it holds for our customers is an "
        "open question: look below.",
    ),
    Exercise(
        key="skipped",
        asks="The share that passed over the use",
        shape=Number("share"),
        right=lambda shop: _skipped(_grown(shop)),
        wrong=[
            Wrong(
                name="open-ones",
                answer=lambda shop: _skipped(journeys(shop)),
                says="Journeys that may still go on are in it: `open` is true. Tomorrow they may come to the use.",
            ),
            Wrong(
                name="of-all",
                answer=lambda shop: _skipped(_grown(shop), everybody=True),
                says="The top is right. Below, take only those who came further: whoever left before passed "
                "nothing over.",
            ),
            Wrong(
                name="not-reached",
                answer=lambda shop: float(1 - _grown(shop)["use"].mean()),
                says="That is who never came to the use, those who left long before included. Passed over means: was "
                "not there, and was further on.",
            ),
            Wrong(
                name="turned",
                answer=lambda shop: _skipped(_grown(shop), turned=True),
                says="That is who was there. Asked are those who passed it over.",
            ),
        ],
        hints=[
            'First those that are over: `journeys.query("not open")`. Then those that came to `service` or '
            "`loyalty`.",
            "Of these, for what share is `use` false?",
        ],
        passed="Not all of them really used nothing: what no table tells, no rule can see. Whoever bought in a store "
        "took it home without a delivery.",
    ),
    Exercise(
        key="selection",
        asks="What follows from NPS by stage",
        shape=Choice(("a", "b", "c", "d")),
        right=lambda shop: "b",
        wrong=[
            Wrong(
                name="cause",
                answer=lambda shop: "a",
                says="Then hospitals would make people ill. Those who come to support had a reason to come, and that "
                "reason is in the number too.",
            ),
            Wrong(
                name="stay-away",
                answer=lambda shop: "c",
                says="The trouble would be there as before, only unheard. The others are happier because nothing "
                "broke.",
            ),
            Wrong(
                name="noise",
                answer=lambda shop: "d",
                says="Look at the intervals: the gap is more than chance. It is real; what it means is the question.",
            ),
        ],
        hints=[
            "Who gets to the support stage? Somebody drawn by lot?",
            "With whom would you have to compare them to learn what support does?",
        ],
        passed="By stage reached, NPS compares different people. What support does shows among those who had the "
        "same trouble: helped quickly or slowly, asked once or twice. That is what the pain points did.",
    ),
    Exercise(
        key="credit",
        asks="Credit by removal",
        shape=Number("score"),
        given=True,
        right=lambda shop: _credit("markov"),
        wrong=[
            Wrong(
                name="last-touch",
                answer=lambda shop: _credit("last"),
                says="That is the last touch: whoever was there before the order gets nothing.",
            ),
            Wrong(
                name="first-touch",
                answer=lambda shop: _credit("first"),
                says="That is every order with google in its path, or at its beginning. Counted so for both "
                "channels, more orders are shared out than there are: the losses have to be put in proportion.",
            ),
            Wrong(
                name="linear",
                answer=lambda shop: _credit("linear"),
                says="You shared each order among its touches alike. Asked is what the chain loses without a "
                "channel.",
            ),
            Wrong(
                name="removal-effect",
                answer=lambda shop: 0.75,
                says="That is what share of the orders the chain loses without google. Now share out the orders: "
                "google's loss over the sum of both losses, times all orders.",
            ),
            Wrong(
                name="as-a-share",
                answer=lambda shop: _credit("markov") / 4,
                says="That is the credit as a share. Asked is how many of the orders.",
            ),
            Wrong(
                name="the-other",
                answer=lambda shop: _credit("markov", "mail"),
                says="That is the credit of mail.",
            ),
        ],
        hints=[
            "The chain: 4 of 5 paths begin with google. From google 2 of 4 end with an order, 1 goes on to mail, "
            "1 ends without. From mail all end with an order. So an order comes with 4/5 × (2/4 + 1/4) + 1/5 = "
            "0.8.",
            "Without google only 1/5 remains, without mail 4/5 × 2/4. What share of 0.8 is lost each time? Credit: "
            "4 orders, shared out in proportion to the two losses.",
        ],
        passed="First, last, linear, removal: four rules, four answers, the same five paths. Each shares out "
        "credit among what was **seen**. None says what would happen without google; for that, switch it off "
        "somewhere.",
    ),
]
