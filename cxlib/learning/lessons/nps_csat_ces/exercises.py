# Generated from notebooks/source/07_nps_csat_ces; edit there, then run: python course.py build
"""The exercises of lesson 7: NPS, CSAT and CES done right."""

import numpy as np
import pandas as pd

import cxlib as cx
from cxlib.inference.intervals import wilson
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Choice, Function, Interval, Number
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset

BEFORE = {"promoters": 280, "passives": 320, "detractors": 200}
AFTER = {"promoters": 336, "passives": 280, "detractors": 184}
WAS, IS = 10, 19  # their scores


# --- The tables of the lesson ------------------------------------------------------------------------


def _answers(shop: Dataset) -> pd.DataFrame:
    return shop.frame("survey_responses").query("type == 'nps' and kind == 'relational'")


def stores(shop: Dataset) -> pd.DataFrame:
    """Return promoters, passives and detractors by store: customers count where they last bought."""
    bought = shop.frame("orders").dropna(subset="store_id").sort_values("placed_at")
    last_store = bought.groupby("customer_id")["store_id"].last()
    answers = _answers(shop)
    answers = answers.assign(store_id=answers["customer_id"].map(last_store)).dropna(subset=["store_id", "score"])
    score = answers["score"]
    bands = {"promoters": score >= 9, "passives": score.between(7, 8), "detractors": score <= 6}
    return pd.DataFrame(bands).groupby(answers["store_id"]).sum().astype("int64").reset_index()


def contacts(shop: Dataset) -> pd.DataFrame:
    """Return CSAT answers of two channels of very different size; some contacts were not answered."""
    chat = [5.0] * 42 + [4.0] * 32 + [3.0] * 10 + [2.0] * 9 + [1.0] * 14 + [np.nan] * 13
    kiosk = [5.0] * 5 + [4.0] * 3 + [2.0] * 2
    return pd.DataFrame({"channel": ["chat"] * len(chat) + ["kiosk"] * len(kiosk), "score": chat + kiosk})


def effort(shop: Dataset) -> pd.DataFrame:
    """Return effort answers to two wordings: CES 1.0 (1 to 5, effort) until June, CES 2.0 (1 to 7, ease) after."""
    old = [1.0] * 24 + [2.0] * 18 + [3.0] * 9 + [4.0] * 6 + [5.0] * 3
    new = [7.0] * 30 + [6.0] * 25 + [5.0] * 15 + [4.0] * 10 + [3.0] * 8 + [2.0] * 7 + [1.0] * 5
    return pd.DataFrame({"version": ["ces_1"] * len(old) + ["ces_2"] * len(new), "score": old + new})


def two_waves(shop: Dataset) -> pd.DataFrame:
    """Return two waves of a dashboard with their scores and standard errors, in points."""
    rows = [
        {"wave": wave, **counts, "nps": _net(counts["promoters"], counts["detractors"], sum(counts.values())),
         "standard_error": _standard_error(**counts)}
        for wave, counts in (("before", BEFORE), ("after", AFTER))
    ]  # fmt: skip
    return pd.DataFrame(rows)


DATA = {"stores": stores, "contacts": contacts, "effort": effort, "two_waves": two_waves}


# --- NPS by hand, and as a function ------------------------------------------------------------------


def _net(promoters: float, detractors: float, n: float) -> float:
    return 100 * (promoters - detractors) / n


def _by_hand(shop: Dataset) -> float:
    return _net(90, 50, 200)


def nps(scores: pd.Series) -> float:
    """Return the NPS of the scores that can count."""
    return cx.nps(scores)["value"].iloc[0]


def _of_valid(scores: pd.Series) -> float:
    valid = scores[scores.between(0, 10)]
    return _net((valid >= 9).sum(), (valid <= 6).sum(), len(valid))


def _reversed(scores: pd.Series) -> float:
    return -_of_valid(scores)


def _missing_as_zero(scores: pd.Series) -> float:
    return _of_valid(scores.fillna(0))


def _missing_in_n(scores: pd.Series) -> float:
    valid = scores[scores.between(0, 10)]
    return _net((valid >= 9).sum(), (valid <= 6).sum(), len(scores))


def _sentinel_promotes(scores: pd.Series) -> float:
    answered = scores.dropna()
    return _net((answered >= 9).sum(), (answered <= 6).sum(), len(answered))


def _as_it_comes(scores: pd.Series) -> float:
    return 100 * float((scores >= 9).mean() - (scores <= 6).mean())


def _missing_stay_in(scores: pd.Series) -> float:
    return _as_it_comes(scores[scores != 99])


def _zero_is_missing(scores: pd.Series) -> float:
    return _of_valid(scores[scores > 0])


def _zeros_and_99s(scores: pd.Series) -> float:
    return _as_it_comes(scores.fillna(0))


def _nines_are_passive(scores: pd.Series) -> float:
    valid = scores[scores.between(0, 10)]
    return _net((valid > 9).sum(), (valid <= 6).sum(), len(valid))


def _sixes_are_passive(scores: pd.Series) -> float:
    valid = scores[scores.between(0, 10)]
    return _net((valid >= 9).sum(), (valid < 6).sum(), len(valid))


def _both_cuts_off(scores: pd.Series) -> float:
    valid = scores[scores.between(0, 10)]
    return _net((valid > 9).sum(), (valid < 6).sum(), len(valid))


def _passives_left_out(scores: pd.Series) -> float:
    valid = scores[scores.between(0, 10)]
    promoters, detractors = (valid >= 9).sum(), (valid <= 6).sum()
    return _net(promoters, detractors, promoters + detractors)


def _clean(shop: Dataset) -> pd.Series:
    return _answers(shop)["score"].reset_index(drop=True).head(400)


def _untidy(shop: Dataset) -> pd.Series:
    scores = _clean(shop)
    scores[::11] = np.nan
    scores[5::40] = 99
    scores[7::20] = 0
    return scores


CASES = {"a column with missing scores, zeros and 99s": _untidy, "a clean column": _clean}


def untidy(shop: Dataset) -> pd.DataFrame:
    """Return a column of NPS scores as a survey tool may export it."""
    return _untidy(shop).to_frame("score")


DATA["untidy"] = untidy


# --- Stores, CSAT, CES -------------------------------------------------------------------------------


def _pooled(shop: Dataset) -> float:
    total = stores(shop)[["promoters", "passives", "detractors"]].sum()
    return _net(total["promoters"], total["detractors"], total.sum())


def _each_store(shop: Dataset) -> pd.Series:
    table = stores(shop).set_index("store_id")
    return _net(table["promoters"], table["detractors"], table.sum(axis="columns"))


def _pooled_without_passives(shop: Dataset) -> float:
    total = stores(shop)[["promoters", "detractors"]].sum()
    return _net(total["promoters"], total["detractors"], total.sum())


def _satisfied(shop: Dataset) -> float:
    return (contacts(shop)["score"].dropna() >= 4).mean()


def _mean_of_channels(shop: Dataset) -> float:
    answered = contacts(shop).dropna()
    return answered.assign(good=answered["score"] >= 4).groupby("channel")["good"].mean().mean()


def _ease(shop: Dataset) -> float:
    return effort(shop).query("version == 'ces_2'")["score"].mean()


def _flipped(shop: Dataset) -> float:
    table = effort(shop)
    return table["score"].where(table["version"] == "ces_2", 6 - table["score"]).mean()


# --- Is it news? -------------------------------------------------------------------------------------


def _standard_error(promoters: int, passives: int, detractors: int) -> float:
    n = promoters + passives + detractors
    net = (promoters - detractors) / n
    return 100 * (((promoters + detractors) / n - net**2) / n) ** 0.5


def _around(middle: float, error: float) -> tuple[float, float]:
    return middle - 1.96 * error, middle + 1.96 * error


ERRORS = _standard_error(**BEFORE), _standard_error(**AFTER)
SQUARES = ERRORS[0] ** 2 + ERRORS[1] ** 2
BOTH = SQUARES**0.5


def _change(shop: Dataset) -> tuple[float, float]:
    return _around(IS - WAS, BOTH)


def _ends_subtracted(shop: Dataset) -> tuple[float, float]:
    (low_was, high_was), (low_is, high_is) = _around(WAS, ERRORS[0]), _around(IS, ERRORS[1])
    return low_is - low_was, high_is - high_was


def _hardly_wide(ends: tuple[float, float]) -> bool:
    return all(abs(end - (IS - WAS)) < 0.5 for end in ends)


def waves(shop: Dataset) -> dict[str, float]:
    """Return what the memo must carry: the latest wave's NPS and n, and the ends of its change."""
    change = cx.compare(shop, "nps", periods="month").iloc[-1]
    return {
        "value": change["value_to"],
        "n": change["n_to"],
        "change": change["change"],
        "low": change["low"],
        "high": change["high"],
    }


ENDS = {"low", "high"}


def _needed(shop: Dataset) -> dict[str, float]:
    numbers = waves(shop)
    return {name: numbers[name] for name in ("value", "n", "low", "high")}


def _verdict(shop: Dataset) -> str:
    return str(cx.compare(shop, "nps", periods="month")["verdict"].iloc[-1])


def _memo(shop: Dataset, leave_out: str = "", *, decimals: int = 1) -> str:
    numbers = {name: number for name, number in _needed(shop).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.{decimals if name in ENDS else 1}f}" for name, number in numbers.items()]
    return "We looked at both waves of the survey and found what follows for the next quarter: " + ", ".join(parts)


TEXTS = {
    "example": Text(
        values=lambda shop: dict(
            zip(("value", "low", "high", "n"), (cx.csat(shop)[["value", "low", "high", "n"]].iloc[0]), strict=True)
        ),
        shares=("value", "low", "high"),
        templates={
            "": "**Question.** Is our service after a ticket good enough to stop the improvement programme?\n\n"
            "**Answer.** Not by this number alone. CSAT is {value} ({low} to {high}), n = {n}: of those who "
            "answered, that share gave 4 or 5.\n\n"
            "**How sure.** The interval covers chance, not the customers who did not answer.\n\n"
            "**What we would do.** Keep the programme one more quarter. Ask a small sample of the silent ones "
            "by phone.\n\n"
            "**What would change our mind.** The silent customers turning out as satisfied as the others.",
        },
    ),
    "recommendation": Text(
        values=waves,
        choose=_verdict,
        templates={
            "not_clear": "**Question.** Has NPS moved since the wave before, and shall we announce it?\n\n"
            "**Answer.** We cannot tell. NPS is {value} in this wave, n = {n}.\n\n"
            "**How sure.** The change, in points, is {change}, and anything from {low} to {high} fits the "
            "answers.\n\n"
            "**What we would do.** Announce nothing. Look at what customers wrote, and ask the same question "
            "in the next wave.\n\n"
            "**What would change our mind.** An interval of the change that leaves out zero.",
            "too_few": "**Question.** Has NPS moved since the wave before, and shall we announce it?\n\n"
            "**Answer.** Nobody can know. NPS is {value} in this wave, with n = {n}: too few answers for a "
            "verdict.\n\n"
            "**How sure.** Hardly. The change, in points, is {change}, and anything from {low} to {high} fits "
            "the answers.\n\n"
            "**What we would do.** Announce nothing, and find out why so few answered.\n\n"
            "**What would change our mind.** A wave with enough answers.",
            "up": "**Question.** Has NPS moved since the wave before, and shall we announce it?\n\n"
            "**Answer.** It rose. NPS is {value} in this wave, n = {n}.\n\n"
            "**How sure.** The change, in points, is {change}; from {low} to {high} fits the answers.\n\n"
            "**What we would do.** Find out who moved and why before we take credit.\n\n"
            "**What would change our mind.** A change in who was asked, or in how.",
            "down": "**Question.** Has NPS moved since the wave before, and shall we act?\n\n"
            "**Answer.** It fell. NPS is {value} in this wave, n = {n}.\n\n"
            "**How sure.** The change, in points, is {change}; from {low} to {high} fits the answers.\n\n"
            "**What we would do.** Read the comments of this wave's detractors before anything is promised.\n\n"
            "**What would change our mind.** A change in who was asked, or in how.",
        },
    ),
}


EXERCISES = [
    Exercise(
        key="nps_by_hand",
        asks="NPS from three counts",
        shape=Number("points"),
        given=True,
        right=_by_hand,
        wrong=[
            Wrong(
                name="reversed",
                answer=lambda shop: -_by_hand(shop),
                says="You took the promoters away from the detractors. It is the other way round: more "
                "promoters, higher score. Some published texts print the formula reversed; with it, delighting "
                "everybody would score −100.",
            ),
            Wrong(
                name="passives-left-out",
                answer=lambda shop: _net(90, 50, 140),
                says="You divided by promoters and detractors only. Passives answered too: they do not push "
                "the score, but they count in n.",
            ),
            Wrong(
                name="promoters-only",
                answer=lambda shop: 45.0,
                says="That is the percentage of promoters. The detractors still have to be taken away.",
            ),
            Wrong(
                name="not-divided",
                answer=lambda shop: 40.0,
                says="That is how many more promoters there are, in people. Divide by everybody who answered.",
            ),
            Wrong(
                name="brackets-forgotten",
                answer=lambda shop: 90 - 50 / 200,
                says="Division comes before subtraction, so only the detractors were divided. Put the difference "
                "in brackets.",
            ),
            Wrong(
                name="passives-as-promoters",
                answer=lambda shop: _net(150, 50, 200),
                says="You counted the passives among the promoters. They stand in n only.",
            ),
        ],
        hints=[
            "Everybody who answered counts in n: 90 + 60 + 50.",
            "Share of promoters minus share of detractors, times 100.",
        ],
        passed="And the unit is points: a difference of two shares, on a scale from −100 to 100.",
    ),
    Exercise(
        key="promoter_share",
        asks="What NPS 20 says, and what it does not",
        shape=Number("share"),
        given=True,
        right=lambda shop: 90 / 200,
        wrong=[
            Wrong(
                name="nps-as-percentage",
                answer=lambda shop: 0.20,
                says="You read the NPS as a percentage. NPS 20 does not mean that 20 of 100 customers "
                "recommend: it is a difference, and many different mixes of promoters and detractors give the "
                "same 20.",
            ),
            Wrong(
                name="passives-left-out",
                answer=lambda shop: 90 / 140,
                says="You left the passives out of n. They answered, so they count among all.",
            ),
            Wrong(
                name="not-detractors",
                answer=lambda shop: 150 / 200,
                says="That is everybody who is not a detractor. A passive is not a promoter.",
            ),
        ],
        hints=["A share is a part over the whole. The whole is everybody who answered.", "`promoters / n`"],
        passed="Two mistakes of the slide in one line: “NPS 20 %” is no percentage, and “one customer in five "
        "recommends us” takes a difference for a share.",
    ),
    Exercise(
        key="my_nps",
        asks="A function for a real column of scores",
        shape=Function(CASES, check="ex.my_nps.check(my_nps)"),
        right=lambda shop: nps,
        wrong=[
            Wrong(
                name="reversed",
                answer=lambda shop: _reversed,
                says="Detractors minus promoters: the sign is turned round.",
            ),
            Wrong(
                name="missing-as-zero",
                answer=lambda shop: _missing_as_zero,
                says="Missing scores became zeros, and a zero is the angriest answer there is. Who did not "
                "answer has no score: leave them out.",
            ),
            Wrong(
                name="zeros-and-99s",
                answer=lambda shop: _zeros_and_99s,
                says="Two at once: the missing scores became zeros, and the 99s passed as promoters. Keep only "
                "what was a score from 0 to 10, and fill nothing in.",
            ),
            Wrong(
                name="nines-are-passive",
                answer=lambda shop: _nines_are_passive,
                says="A 9 is a promoter too: `>= 9`.",
            ),
            Wrong(
                name="sixes-are-passive",
                answer=lambda shop: _sixes_are_passive,
                says="A 6 is a detractor too: `<= 6`.",
            ),
            Wrong(
                name="both-cuts-off",
                answer=lambda shop: _both_cuts_off,
                says="Both cut-points are one step off: promoters gave 9 or 10, detractors 0 to 6.",
            ),
            Wrong(
                name="missing-in-n",
                answer=lambda shop: _missing_in_n,
                says="You divided by the length of the column. Rows that cannot count must leave n as well.",
            ),
            Wrong(
                name="sentinel-promotes",
                answer=lambda shop: _sentinel_promotes,
                says="A 99 passed as a promoter. It is a code for “no answer”; only 0 to 10 are scores.",
            ),
            Wrong(
                name="as-it-comes",
                answer=lambda shop: _as_it_comes,
                says="The 99s and the missing scores are still in it: the first count as promoters, the second "
                "in n. Keep only the scores from 0 to 10 first.",
            ),
            Wrong(
                name="missing-stay-in",
                answer=lambda shop: _missing_stay_in,
                says="The 99s are gone, but the missing scores still count in n: pandas takes their comparison "
                "for False. Leave them out as well.",
            ),
            Wrong(
                name="zero-as-missing",
                answer=lambda shop: _zero_is_missing,
                says="The zeros are gone. Zero is an answer, the strongest “no” on the scale; only what is "
                "outside 0 to 10, or missing, stays out.",
            ),
            Wrong(
                name="passives-left-out",
                answer=lambda shop: _passives_left_out,
                says="The passives are gone from n. They answered, so they count.",
            ),
        ],
        hints=[
            "First keep what can count: `valid = scores[scores.between(0, 10)]`. Missing scores fall out by "
            "themselves.",
            "`(valid >= 9).mean()` is the share of promoters.",
        ],
        passed="It was tried on a second company too. From here on `cx.nps` does this for you, and says what "
        "it set aside.",
    ),
    Exercise(
        key="all_promoters",
        asks="The interval when everybody is a promoter",
        shape=Interval("points"),
        given=True,
        right=lambda shop: tuple(cx.nps(promoters=10, passives=0, detractors=0)[["low", "high"]].iloc[0]),
        wrong=[
            Wrong(
                name="no-width",
                answer=lambda shop: (100.0, 100.0),
                says="An interval without width says: certainly 100, from ten people. The textbook formula "
                "breaks down when all agree; ten happy answers do not prove that the eleventh will be happy. "
                "Let `cx.nps` find the interval from the three counts.",
            ),
            Wrong(
                name="share-of-promoters",
                answer=lambda shop: tuple(100 * float(end) for end in wilson(1.0, 10)),
                says="That is the interval of the share of promoters. A difference of two shares can vary more "
                "than one of them: use `cx.nps`.",
            ),
            Wrong(
                name="whole-scale",
                answer=lambda shop: (-100.0, 100.0),
                says="That is the whole scale. Ten agreeing answers do tell something: use `cx.nps`.",
            ),
        ],
        hints=[
            "Let `cx.nps(promoters=10, passives=0, detractors=0)` work it out.",
            "The ends are in its columns `low` and `high`. The frame itself is accepted as an answer, too.",
        ],
        passed="`cx.nps` acts as if three more people had answered, spread over the bands. That keeps it "
        "honest when all agree.",
    ),
    Exercise(
        key="company_nps",
        asks="One NPS for all stores",
        shape=Number("points"),
        right=_pooled,
        wrong=[
            Wrong(
                name="mean-of-stores",
                answer=lambda shop: _each_store(shop).mean(),
                says="You averaged the scores of the stores. A store with few answers then weighs as much as "
                "one with many. Add up the people first, then divide once.",
            ),
            Wrong(
                name="median-of-stores",
                answer=lambda shop: _each_store(shop).median(),
                says="That is the store in the middle. The question is about all customers together.",
            ),
            Wrong(
                name="passives-left-out",
                answer=_pooled_without_passives,
                says="The passives are missing from n. Add all three columns.",
            ),
            Wrong(
                name="reversed",
                answer=lambda shop: -_pooled(shop),
                says="Detractors minus promoters: the sign is turned round.",
            ),
        ],
        hints=[
            '`stores[["promoters", "passives", "detractors"]].sum()` adds up the people of all stores.',
            "Then it is the same formula as by hand, once, with the totals.",
        ],
        passed="Sums first, one division at the end. The rule holds for every ratio in this course.",
    ),
    Exercise(
        key="change_interval",
        asks="The interval of a change",
        shape=Interval("points"),
        given=True,
        right=_change,
        wrong=[
            Wrong(
                name="margins-added",
                answer=lambda shop: _around(IS - WAS, sum(ERRORS)),
                says="You added the two errors, as if each made the other worse. They are independent, and "
                "often one undoes part of the other: add their squares, then take the root.",
            ),
            Wrong(
                name="added-and-bare",
                answer=lambda shop: (IS - WAS - sum(ERRORS), IS - WAS + sum(ERRORS)),
                says="You added the two errors and took the sum once. Two steps are missing: squares before the "
                "sum and a root after it, then 1.96 of the result.",
            ),
            Wrong(
                name="root-forgotten",
                answer=lambda shop: _around(IS - WAS, SQUARES),
                says="You added the squares. The root is still missing.",
            ),
            Wrong(
                name="squares-forgotten",
                answer=lambda shop: _around(IS - WAS, sum(ERRORS) ** 0.5),
                says="You took the root of the sum of the two errors. Square each of them first.",
            ),
            Wrong(
                name="ends-of-two",
                answer=lambda shop: (_around(WAS, ERRORS[0])[0], _around(IS, ERRORS[1])[1]),
                says="You took the low end of one wave and the high end of the other. The change has an "
                "interval of its own, with the change in its middle.",
            ),
            Wrong(
                name="ends-subtracted",
                answer=_ends_subtracted,
                when=_hardly_wide,
                says="You took the ends of the first interval away from those of the second. Then the two errors "
                "cancel, as if they were always the same. Begin with the errors: square each, add, take the root.",
            ),
            Wrong(
                name="around-the-score",
                answer=lambda shop: _around(IS, BOTH),
                says="The width is right, but its middle is the score of the second wave. Asked is the interval "
                "of the change.",
            ),
            Wrong(
                name="around-zero",
                answer=lambda shop: _around(0, BOTH),
                says="The width is right, but its middle is zero. Put the change that was found there.",
            ),
            Wrong(
                name="other-direction",
                answer=lambda shop: tuple(-end for end in _change(shop)[::-1]),
                says="You took this wave away from the one before. A change is what is now minus what was.",
            ),
            Wrong(
                name="one-wave-only",
                answer=lambda shop: _around(IS - WAS, ERRORS[1]),
                says="You took the error of the second wave only. The first wave is an estimate as well.",
            ),
            Wrong(
                name="first-wave-only",
                answer=lambda shop: _around(IS - WAS, ERRORS[0]),
                says="You took the error of the first wave only. The second wave is an estimate as well.",
            ),
            Wrong(
                name="one-error",
                answer=lambda shop: (IS - WAS - BOTH, IS - WAS + BOTH),
                says="That is one standard error to each side, which holds the truth about two times in three. "
                "For 95 % take 1.96 of them.",
            ),
        ],
        hints=[
            'With `errors = two_waves["standard_error"]`, their sum as above is `(errors**2).sum() ** 0.5`.',
            "The ends are `change - 1.96 * se` and `change + 1.96 * se`.",
        ],
        passed="Wider than the interval of either wave: two estimates, two errors. And zero is outside: nine "
        "points, with so many answers, are news. With the errors simply added, zero would be inside.",
    ),
    Exercise(
        key="verdict",
        asks="Is five points news?",
        shape=Choice(("a", "b", "c")),
        given=True,
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="read-as-news",
                answer=lambda shop: "a",
                says="Five points read as news. The interval of the change holds zero and even a fall: with "
                "200 answers in each wave, moves of this size come by themselves.",
            ),
            Wrong(
                name="proof-of-nothing",
                answer=lambda shop: "b",
                says="That claims too much as well. A rise of ten points also fits these answers. Not seeing a "
                "change is not the same as seeing that there is none.",
            ),
        ],
        hints=[
            "Look at the two ends of the interval of the change. Is zero between them?",
            "And is a real rise between them, too?",
        ],
        passed="“Five points up” was the third mistake on the slide. Keep the cake for later. Say what fits "
        "the answers, and how many answers it would take to know.",
    ),
    Exercise(
        key="answers_needed",
        asks="How many answers for ±5 points",
        shape=Number("answers"),
        given=True,
        right=lambda shop: cx.answers_for_nps(5, promoters=0.45, detractors=0.25),
        wrong=[
            Wrong(
                name="as-a-share",
                answer=lambda shop: cx.answers_for_share(0.05),
                says="That is the famous number for one share, such as CSAT. NPS is the difference of two, and "
                "varies more: it needs more answers.",
            ),
            Wrong(
                name="whole-width",
                answer=lambda shop: cx.answers_for_nps(2.5, promoters=0.45, detractors=0.25),
                says="You took five points for the whole width. ±5 means five to each side.",
            ),
            Wrong(
                name="rounded-down",
                answer=lambda shop: cx.answers_for_nps(5, promoters=0.45, detractors=0.25) - 1,
                says="Rounded down. One answer too few is too few: round up.",
            ),
            Wrong(
                name="worst-case",
                answer=lambda shop: cx.answers_for_nps(5),
                says="That is the worst case, half promoters and half detractors. Here you know better: say "
                "what shares you expect.",
            ),
        ],
        hints=[
            "`cx.answers_for_nps` wants the margin first, in points.",
            "Give it `promoters=0.45, detractors=0.25`.",
        ],
        passed="Those are answers, not invitations: at a response rate of one in five, invite five times as many.",
    ),
    Exercise(
        key="csat_all",
        asks="CSAT over two channels",
        shape=Number("share"),
        given=True,
        right=_satisfied,
        wrong=[
            Wrong(
                name="mean-of-channels",
                answer=_mean_of_channels,
                says="You averaged the two channels. The kiosk has ten answers and the chat more than a "
                "hundred: pool the answers, then divide.",
            ),
            Wrong(
                name="missing-in-n",
                answer=lambda shop: (contacts(shop)["score"] >= 4).mean(),
                says="Contacts without an answer are in n. pandas compares a missing score as False, so "
                "silence was counted as dissatisfied. Drop what is missing first.",
            ),
            Wrong(
                name="mean-score",
                answer=lambda shop: contacts(shop)["score"].mean(),
                says="That is the mean score. CSAT is the share of answers of 4 or 5; two teams that mix the "
                "two numbers talk past each other.",
            ),
            Wrong(
                name="neutral-counted",
                answer=lambda shop: (contacts(shop)["score"].dropna() >= 3).mean(),
                says="You counted the 3 as satisfied. The usual rule is top-2-box: 4 and 5.",
            ),
            Wrong(
                name="fives-only",
                answer=lambda shop: (contacts(shop)["score"].dropna() == 5).mean(),
                says="You counted the fives only. A 4 is satisfied as well.",
            ),
        ],
        hints=[
            '`contacts["score"].dropna()` keeps what was answered.',
            "The share of scores of 4 and more: `(… >= 4).mean()`",
        ],
        passed="Pooled, and only what was answered. `cx.csat` gives the same with its interval.",
    ),
    Exercise(
        key="ces_new",
        asks="CES when the wording changed",
        shape=Number("score"),
        given=True,
        right=_ease,
        wrong=[
            Wrong(
                name="versions-pooled",
                answer=lambda shop: effort(shop)["score"].mean(),
                says="You pooled the two versions. In CES 1.0 a high score is bad (effort, 1 to 5), in CES 2.0 "
                "it is good (ease, 1 to 7): their mean is the mean of nothing.",
            ),
            Wrong(
                name="old-version",
                answer=lambda shop: effort(shop).query("version == 'ces_1'")["score"].mean(),
                says="That is the old version. The question is about CES 2.0.",
            ),
            Wrong(
                name="flipped-and-pooled",
                answer=_flipped,
                says="You turned the old scale round and pooled it with the new one. Five steps are not seven, "
                "and another question was asked: no arithmetic makes one series of them.",
            ),
            Wrong(
                name="top-box",
                answer=lambda shop: (effort(shop).query("version == 'ces_2'")["score"] >= 5).mean(),
                says="That is the share of answers of 5 or more. It is a fair rule too, but here the mean is asked.",
            ),
        ],
        hints=['Keep the rows where `version` is `"ces_2"`.', "Then the mean of `score`."],
        passed="Start a new series when the wording changes, and mark the break in the chart.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the director",
        shape=Memo(_needed),
        right=_memo,
        wrong=[
            Wrong(
                name="without-minus",
                answer=lambda shop: _memo(shop).replace("-", ""),
                when=lambda memo: bool(ENDS & set(memo.unsigned)),
                says="The minus is missing. Without it both ends are above zero, and whoever reads it takes a rise "
                "for certain. Write the sign, or “a fall of”.",
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
                says="The interval of the change is not in it. Without it the reader cannot tell news from chance.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The n of this wave is not in it: the answers of the second wave alone, not of both. No "
                "number without its n.",
            ),
            Wrong(
                name="without-value",
                answer=lambda shop: _memo(shop, "value"),
                when=lambda memo: "value" in memo.lacks,
                says="The NPS of this wave is not in it, to one decimal.",
            ),
            Wrong(
                name="as-percentage",
                answer=lambda shop: _memo(shop) + f" So NPS is {waves(shop)['value']:.1f} % now.",
                when=lambda memo: memo.percent,
                says="The score carries a percent sign. NPS is in points.",
            ),
        ],
        hints=[
            'All numbers stand in `cx.show(cx.compare(shop, "nps", periods="month"))`, with one decimal.',
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The four numbers are in the text.",
        passed="The words were not judged: do they claim more than the interval "
        "allows? Do they say what would change your mind? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
]
