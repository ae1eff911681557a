# Generated from notebooks/source/06b_pocket_statistics; edit there, then run: python course.py build
"""The exercises of the lesson pocket_statistics: sample, margin of error, resampling, what n buys."""

from collections.abc import Callable

import numpy as np
import pandas as pd

import cxlib as cx
from cxlib.inference.intervals import adjusted_wald
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.shapes import Choice, Function, Interval, Number, Results
from cxlib.tables.dataset import Dataset

SURVEYS, SURVEY_SIZE = 1_000, 50
RESAMPLES, SAMPLE_SIZE, IN_HAND = 1_000, 200, 7


# --- The world of the lesson, and what is drawn from it ----------------------------------------------


def world(shop: Dataset) -> pd.Series:
    """Return every NPS answer of the dataset: the population of this lesson."""
    answers = shop.frame("survey_responses")
    return answers.query("type == 'nps' and kind == 'relational'")["score"].dropna()


def nps_of(scores: pd.Series) -> float:
    """Return the NPS of scores, as the lesson defines it."""
    return float(100 * ((scores >= 9).mean() - (scores <= 6).mean()))


def surveys(shop: Dataset) -> pd.DataFrame:
    """Return a thousand surveys of 50 answers each: the NPS of each and the ends of its 95 % interval.

    The ends are those of `cx.nps`, computed for all surveys at once.
    """
    scores = world(shop)
    drawn = [scores.sample(SURVEY_SIZE, random_state=draw) for draw in range(SURVEYS)]
    promoters = np.array([(one >= 9).mean() for one in drawn])
    detractors = np.array([(one <= 6).mean() for one in drawn])
    low, high = adjusted_wald(promoters - detractors, promoters + detractors, SURVEY_SIZE)
    return pd.DataFrame({"value": 100 * (promoters - detractors), "low": 100 * low, "high": 100 * high})


def in_hand(shop: Dataset) -> pd.Series:
    """Return the one sample of 200 that the lesson holds in its hand."""
    return world(shop).sample(SAMPLE_SIZE, replace=len(world(shop)) < SAMPLE_SIZE, random_state=IN_HAND)


def resampled(shop: Dataset) -> pd.DataFrame:
    """Return the NPS of a thousand resamples of the sample in hand."""
    one = in_hand(shop)
    again = (one.sample(SAMPLE_SIZE, replace=True, random_state=draw) for draw in range(RESAMPLES))
    return pd.DataFrame({"nps": [nps_of(scores) for scores in again]})


DATA = {"surveys": surveys, "resampled": resampled}


# --- Margin of error ---------------------------------------------------------------------------------


def _ends(values: pd.Series, outside: float) -> tuple[float, float]:
    low, high = np.quantile(np.asarray(values, dtype=float), [outside, 1 - outside])
    return float(low), float(high)


def _margin(values: pd.Series) -> float:
    low, high = _ends(values, 0.025)
    return (high - low) / 2


def _whole_width(values: pd.Series) -> float:
    return 2 * _margin(values)


def _half_range(values: pd.Series) -> float:
    return float(values.max() - values.min()) / 2


def _middle_ninety(values: pd.Series) -> float:
    low, high = _ends(values, 0.05)
    return (high - low) / 2


def _brackets_forgotten(values: pd.Series) -> float:
    low, high = _ends(values, 0.025)
    return high - low / 2


def _swapped(values: pd.Series) -> float:
    return -_margin(values)


def _standard_deviation(values: pd.Series) -> float:
    return float(values.std())


def _ends_of_many(shop: Dataset) -> tuple[float, float]:
    scores = world(shop)
    many = pd.Series([nps_of(scores.sample(SURVEY_SIZE, random_state=draw)) for draw in range(200)])
    return _ends(many, 0.025)


def _upper_end(values: pd.Series) -> float:
    return _ends(values, 0.025)[1]


def _upper_side(values: pd.Series) -> float:
    return _upper_end(values) - float(values.mean())


def _lower_side(values: pd.Series) -> float:
    return float(values.mean()) - _ends(values, 0.025)[0]


def _from_the_truth(shop: Dataset) -> Callable[[pd.Series], float]:
    truth = nps_of(world(shop))
    return lambda values: _upper_end(values) - truth


def _quantile_of_hundred(values: pd.Series) -> float:
    return float(values.quantile(97.5) - values.quantile(2.5)) / 2


def _stopped_by_quantile(results: Results) -> bool:
    # pandas says it of percentiles, numpy of quantiles.
    return any(
        isinstance(result, str) and ("percentiles" in result or "Quantiles" in result) for _, result in results
    )


def _sample_results(shop: Dataset, n: int) -> pd.Series:
    scores = world(shop)
    drawn = (scores.sample(n, replace=True, random_state=draw) for draw in range(200))
    return pd.Series([nps_of(one) for one in drawn])


CASES = {
    "small surveys": lambda shop: _sample_results(shop, 50),
    "larger surveys": lambda shop: _sample_results(shop, 350),
}


# --- A thousand surveys ------------------------------------------------------------------------------


def _holding(shop: Dataset) -> int:
    table, truth = surveys(shop), nps_of(world(shop))
    return int(((table["low"] <= truth) & (truth <= table["high"])).sum())


def _lower_end_only(shop: Dataset) -> int:
    return int((surveys(shop)["low"] <= nps_of(world(shop))).sum())


def _upper_end_only(shop: Dataset) -> int:
    return int((nps_of(world(shop)) <= surveys(shop)["high"]).sum())


# --- Resampling --------------------------------------------------------------------------------------


def _smallest_and_largest(shop: Dataset) -> tuple[float, float]:
    values = resampled(shop)["nps"]
    return float(values.min()), float(values.max())


def _one_deviation(shop: Dataset) -> tuple[float, float]:
    values = resampled(shop)["nps"]
    return float(values.mean() - values.std()), float(values.mean() + values.std())


EXERCISES = [
    Exercise(
        key="margin",
        asks="The margin of error of many sample results",
        shape=Function(CASES, check="ex.margin.check(margin)"),
        right=lambda shop: _margin,
        wrong=[
            Wrong(
                name="whole-width",
                answer=lambda shop: _whole_width,
                says="That is the whole width of the middle 95 %, from end to end. A margin is what stands after "
                "“plus or minus”: half of that width.",
            ),
            Wrong(
                name="half-range",
                answer=lambda shop: _half_range,
                says="You used the smallest and the largest value. Those two are freaks: one odd sample moves "
                "them, and the more samples you draw the further they go. The middle 95 % leaves them out.",
            ),
            Wrong(
                name="middle-ninety",
                answer=lambda shop: _middle_ninety,
                says="You cut off 5 % on each side, so only 90 % is left in the middle. The 5 % that are cut "
                "off are shared between the two sides.",
            ),
            Wrong(
                name="brackets-forgotten",
                answer=lambda shop: _brackets_forgotten,
                says="Only the lower end was halved: division comes before subtraction. Put the difference in "
                "brackets.",
            ),
            Wrong(
                name="swapped",
                answer=lambda shop: _swapped,
                says="The ends are swapped, so a margin below zero comes out. Take the lower end away from the "
                "upper one.",
            ),
            Wrong(
                name="standard-deviation",
                answer=lambda shop: _standard_deviation,
                says="That is the standard deviation: how far from the middle a typical sample lands. About one "
                "in three lands further out. The margin of error reaches all but one in twenty.",
            ),
            Wrong(
                name="upper-side",
                answer=lambda shop: _upper_side,
                says="That is the distance from the mean to the upper end, and the other side need not be as "
                "long. A margin is half of the whole width.",
            ),
            Wrong(
                name="lower-side",
                answer=lambda shop: _lower_side,
                says="That is the distance from the lower end to the mean, and the other side need not be as "
                "long. A margin is half of the whole width.",
            ),
            Wrong(
                name="from-the-truth",
                answer=_from_the_truth,
                says="You measured from `truth`. A survey does not know it, and the next company has another: a "
                "margin is half of the width from end to end.",
            ),
            Wrong(
                name="upper-end",
                answer=lambda shop: _upper_end,
                says="That is where the band ends on the right. A margin is a width: half of the way from the "
                "lower end to the upper one.",
            ),
            Wrong(
                name="quantile-of-hundred",
                answer=lambda shop: _quantile_of_hundred,
                when=_stopped_by_quantile,
                says="`quantile` wants a share from 0 to 1: 0.975 for 97.5 %.",
            ),
        ],
        hints=[
            "The middle 95 % leaves out 2.5 % on the left and 2.5 % on the right.",
            "`values.quantile(0.025)` is its lower end, `values.quantile(0.975)` its upper end.",
            "A margin is half of the distance between the two. End the function with `return`.",
        ],
        passed="This is the “plus or minus” of a number, and it is the same idea for any number, not only for NPS.",
    ),
    Exercise(
        key="holding",
        asks="How many of a thousand intervals hold the truth",
        shape=Number("answers"),
        right=_holding,
        wrong=[
            Wrong(
                name="misses",
                answer=lambda shop: SURVEYS - _holding(shop),
                says="You counted the intervals that miss. The others are asked: lower end below the truth, "
                "upper end above it.",
            ),
            Wrong(
                name="own-value",
                answer=lambda shop: SURVEYS,
                says="You counted all 1,000. With `|` (or) every interval fits, as it always has one end on the "
                "right side: both have to be, so `&` (and). Or did you look for the survey's own `value`? Every "
                "interval is built around that; the question is whether it holds the truth.",
            ),
            Wrong(
                name="expected",
                answer=lambda shop: 950,
                says="That is 95 in 100, a good guess of what comes out on average. But a thousand surveys are a "
                "sample, too: count them.",
            ),
            Wrong(
                name="lower-end-only",
                answer=_lower_end_only,
                says="You looked at the lower ends only. An interval can also miss because all of it lies below "
                "the truth.",
            ),
            Wrong(
                name="upper-end-only",
                answer=_upper_end_only,
                says="You looked at the upper ends only. An interval can also miss because all of it lies above "
                "the truth.",
            ),
            Wrong(
                name="share",
                answer=lambda shop: _holding(shop) / SURVEYS,
                says="That is the share of the intervals that hold the truth. Here their number is asked: the "
                "sum of the mask, not its mean.",
            ),
        ],
        hints=[
            '`surveys["low"] <= truth` is a mask: one True or False for each survey.',
            "Both ends must fit: join two masks with `&`, each in its own brackets.",
            "The sum of a mask counts the True.",
        ],
        passed="Nearly all, and not all. About 5 in 100 intervals miss, and from inside a survey nothing tells "
        "you whether yours is one of them.",
    ),
    Exercise(
        key="reading",
        asks="What “95 %” says",
        shape=Choice(("a", "b", "c", "d")),
        given=True,
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="customers",
                answer=lambda shop: "a",
                says="The interval is not about single customers: their scores go from 0 to 10 and are not "
                "even in points. It is about where the NPS of all of them together may lie.",
            ),
            Wrong(
                name="this-interval",
                answer=lambda shop: "b",
                says="This is how nearly everybody reads it. But the truth is a fixed value and this interval is "
                "drawn: it holds the truth or it does not. What comes out right 95 times in 100 is the method, "
                "over many surveys.",
            ),
            Wrong(
                name="next-survey",
                answer=lambda shop: "d",
                says="The next survey has luck of its own, and so has this one. Two numbers that both move lie "
                "further apart than one of them lies from the truth, which is fixed. The interval aims at the "
                "truth.",
            ),
        ],
        hints=[
            "Think of the thousand surveys. What was the same in all of them, and what was different in each?",
            "The truth was one number. The intervals were a thousand. Which of the two can be “95 times in 100” "
            "anything?",
        ],
        passed="The 95 % belongs to the method. We trust this one interval as we trust a tool that works 19 "
        "times in 20.",
    ),
    Exercise(
        key="from_one_sample",
        asks="An interval from one sample, by resampling",
        shape=Interval("points"),
        right=lambda shop: _ends(resampled(shop)["nps"], 0.025),
        wrong=[
            Wrong(
                name="smallest-and-largest",
                answer=_smallest_and_largest,
                says="Those are the smallest and the largest of the thousand. With ten thousand resamples they "
                "would lie further apart, although you would know no more. Keep the middle 95 %.",
            ),
            Wrong(
                name="middle-ninety",
                answer=lambda shop: _ends(resampled(shop)["nps"], 0.05),
                says="You cut off 5 % on each side: that is a 90 % interval, and it misses twice as often.",
            ),
            Wrong(
                name="one-deviation",
                answer=_one_deviation,
                says="One standard deviation to each side holds about two thirds of the values, so one survey in "
                "three would miss. Use the two quantiles that leave 95 % between them.",
            ),
            Wrong(
                name="formula",
                answer=lambda shop: tuple(cx.nps(in_hand(shop))[["low", "high"]].iloc[0]),
                # With draws of its own, the bootstrap of cx.nps often ends at the same tenths, so it hears the same.
                says="That is an interval of `cx.nps`: by its formula, or by the same method with draws of its own. "
                "Here find it yourself: it lies between two quantiles of `resampled`, and with these draws everybody "
                "finds the same.",
            ),
            Wrong(
                name="many-surveys",
                answer=_ends_of_many,
                says="Those are the ends of `many`: 200 surveys, which nobody has in real life, and of 50 answers "
                "each. Take `resampled`, which comes from the one sample.",
            ),
        ],
        hints=[
            "You have done this before: the margin of error came from the same two quantiles.",
            "`resampled.quantile(0.025)` is the lower end. Give both, the lower one first: `(low, high)`",
        ],
        passed="One sample, no formula, the truth unknown, and still an honest interval. This is called the "
        'bootstrap; `cx.nps(one, rule="bootstrap")` takes this road for you.',
    ),
    Exercise(
        key="halve_the_margin",
        asks="Answers for half the margin",
        shape=Number("answers"),
        given=True,
        right=lambda shop: 1600,
        wrong=[
            Wrong(
                name="twice",
                answer=lambda shop: 800,
                says="Twice the answers do not halve the margin: it shrinks with the square root of n, so it is "
                "divided by about 1.4 only. Compare two lines of the cell above.",
            ),
            Wrong(
                name="half",
                answer=lambda shop: 200,
                says="Half the answers make the margin wider, not narrower: a smaller sample moves more.",
            ),
            Wrong(
                name="root-of-two",
                answer=lambda shop: 566,
                says="You multiplied by the square root of 2. Turn it round: the margin shrinks with the square "
                "root of n, so n has to grow with the square of the factor you want.",
            ),
            Wrong(
                name="divided",
                answer=lambda shop: 100,
                says="That is the wrong direction: fewer answers, wider margin.",
            ),
            Wrong(
                name="additional",
                answer=lambda shop: 1200,
                says="That many you would have to add. How many are needed in all, with the 400 you have?",
            ),
        ],
        hints=[
            "By what factor do the answers grow from line to line in the cell above, and what does the interval do?",
            "The margin shrinks with the square root of n. Which number has 2 as its square root?",
        ],
        passed="Each halving costs four times the answers. One more point of precision can cost more than it "
        "is worth.",
    ),
    Exercise(
        key="plan",
        asks="Answers for a share within 3 percentage points",
        shape=Number("answers"),
        given=True,
        right=lambda shop: cx.answers_for_share(0.03),
        wrong=[
            Wrong(
                name="four-times",
                answer=lambda shop: cx.answers_for_nps(3),
                says="That is four times too many. Either you planned for an NPS, whose scale is twice as long, "
                "or you took 3 points for the whole width. Asked is a share, with 3 points to each side.",
            ),
            Wrong(
                name="margin-of-five",
                answer=lambda shop: cx.answers_for_share(0.05),
                says="That is for 5 percentage points to each side, as in the cell above. The director wants 3.",
            ),
            Wrong(
                name="in-proportion",
                answer=lambda shop: round(cx.answers_for_share(0.05) * 5 / 3),
                says="You let the answers grow as the margin shrinks. They grow faster, with the square: half "
                "the margin, four times the answers.",
            ),
            Wrong(
                name="thirty",
                answer=lambda shop: cx.answers_for_share(0.3),
                says="0.3 is thirty percentage points. Three are 0.03.",
            ),
            Wrong(
                name="rounded-down",
                answer=lambda shop: cx.answers_for_share(0.03) - 1,
                says="Rounded down. One answer too few is too few: round up.",
            ),
        ],
        hints=["A share is asked: `cx.answers_for_share`.", "Three percentage points, as a share, are 0.03."],
        passed="So many people have to **answer**, however many customers the company has. More have to be asked.",
    ),
]
