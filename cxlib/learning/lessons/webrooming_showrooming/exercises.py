# Generated from notebooks/source/14_webrooming_showrooming; edit there, then run: python course.py build
"""The exercises of lesson 14: webrooming and showrooming."""

from collections.abc import Callable

import pandas as pd

import cxlib as cx
from cxlib.journeys.research import ResearchRule, researched
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Choice, Function, Number
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

WINDOWS = (3, 7, 14, 21, 30)
# What a study of Ipê's logged-in customers found of online orders: how often a look in the store is seen, and how
# often none is seen where there was none.
STORE_SEEN, STORE_NOT_SEEN = 0.25, 0.98


def _kept(make: Callable[[Dataset], pd.DataFrame]) -> Callable[[Dataset], pd.DataFrame]:
    """Return the same function, which works out a company only once: the rule walks through the whole log."""
    known: list[tuple[Dataset, pd.DataFrame]] = []

    def remembered(shop: Dataset) -> pd.DataFrame:
        for one, made in known:
            if one is shop:
                return made.copy()
        made = make(shop)
        known[:] = [*known[-3:], (shop, made)]
        return made.copy()

    return remembered


# --- What counts -------------------------------------------------------------------------------------


def twenty_purchases(shop: Dataset) -> pd.DataFrame:
    """Return twenty purchases: where each was ordered and picked up, and the last look at a product before it."""
    in_store, collected, sent = ("store", "store"), ("site", "store"), ("site", "home")
    rows = [
        (*in_store, "site", "same", 2),
        (*in_store, "store", "same", 0),
        (*in_store, "site", "same", 40),
        (*collected, "site", "same", 1),
        (*in_store, "site", "other", 1),
        (*in_store, "app", "same", 9),
        (*in_store, "store", "same", 1),
        (*in_store, "site", "same", -2),
        (*sent, "store", "same", 3),
        (*in_store, None, None, None),
        (*in_store, "app", "same", -5),
        (*collected, "app", "same", 4),
        (*in_store, "store", "same", 3),
        (*in_store, "site", "same", 13),
        (*in_store, "app", "other", 6),
        (*collected, "site", "same", 2),
        (*in_store, "store", "same", 0),
        (*in_store, None, None, None),
        (*in_store, "site", "same", 5),
        (*in_store, "site", "same", -1),
    ]
    columns = ["ordered_in", "picked_up", "looked_in", "category", "days_before"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(list("ABCDEFGHIJKLMNOPQRST"), name="purchase"))


def _webrooming(table: pd.DataFrame, *, place: str = "ordered_in", longest: float = 14, earliest: float = 0,
                any_category: bool = False, anywhere: bool = False, all_of_them: bool = False) -> float:  # fmt: skip
    bought = table[table[place] == "store"]
    looked = bought["days_before"].between(earliest, longest)
    looked &= bought["looked_in"].isin(["site", "app"]) | anywhere
    looked &= (bought["category"] == "same") | any_category
    return float(looked.sum() / (len(table) if all_of_them else len(bought)))


# --- The purchases of a company ----------------------------------------------------------------------


@_kept
def purchases(shop: Dataset) -> pd.DataFrame:
    """Return every line bought in a store: is its buyer known, with the app, was research seen, what was said."""
    lines = researched(shop, ResearchRule()).lines
    lines = lines.filter(lines.cx_class == "store", lines.cx_reason == "")
    table = collect(lines.select("order_item_id", "cx_person", "cx_online", "researched_elsewhere")).to_pandas()
    table = table.sort_values("order_item_id", ignore_index=True)
    known = table["cx_person"].notna()
    return pd.DataFrame(
        {
            "known": known,
            "app": table["cx_person"].isin(_with_app(shop)),
            "seen": (table["cx_online"] <= 14 * 86_400e6).fillna(False).astype(bool),
            "said": table["researched_elsewhere"].map({True: "yes", False: "no"}),
        }
    )


def _with_app(shop: Dataset) -> set[str]:
    devices = shop.frame("identities")
    return set(
        devices[devices["identity_id"].isin(shop.frame("app_installs")["identity_id"])]["customer_id"].dropna()
    )


def _known(shop: Dataset) -> pd.DataFrame:
    return purchases(shop).query("known")


def _seen_of(table: pd.DataFrame) -> float:
    return float(table["seen"].mean())


def _said(shop: Dataset, answer: str, *, app: bool | None = None) -> pd.DataFrame:
    table = _known(shop).query("said == @answer", local_dict={"answer": answer})
    return table if app is None else table[table["app"] == app]


# --- From seen to true -------------------------------------------------------------------------------


def thousand(shop: Dataset) -> dict[str, float]:
    """Return what was seen of a thousand purchases, and how well seeing works."""
    return {"seen": 0.288, "sensitivity": 0.60, "specificity": 0.92}


def in_stores(shop: Dataset) -> dict[str, float]:
    """Return the same of the store purchases of a company, whose buyers with the app were asked at the exit."""
    seen = _seen_of(_known(shop))
    # A look at how well seeing works is worth less than a guess where hardly anybody was asked.
    return {"seen": round(seen, 4), "sensitivity": 0.58, "specificity": 0.91}


def true_share(numbers: dict[str, float]) -> float:
    """Return the share that did research, from what was seen (Rogan & Gladen)."""
    false_alarms = 1 - numbers["specificity"]
    return (numbers["seen"] - false_alarms) / (numbers["sensitivity"] - false_alarms)


CASES = {"a thousand purchases": thousand, "the store purchases of a company": in_stores}


def two_groups(shop: Dataset) -> pd.DataFrame:
    """Return a thousand store purchases of buyers with the app and without: who was seen, and how well that works."""
    return pd.DataFrame(
        {
            "buyers": ["with the app", "without"],
            "purchases": [450, 550],
            "seen": [0.465, 0.176],
            "sensitivity": [0.85, 0.40],
            "specificity": [0.92, 0.92],
        }
    )


def _group_shares(shop: Dataset) -> pd.Series:
    table = two_groups(shop)
    return (table["seen"] + table["specificity"] - 1) / (table["sensitivity"] + table["specificity"] - 1)


def _weighed(shop: Dataset, values: pd.Series) -> float:
    table = two_groups(shop)
    return float((values * table["purchases"]).sum() / table["purchases"].sum())


def _one_for_all(shop: Dataset) -> float:
    table = two_groups(shop)
    seen, sensitivity, specificity = (_weighed(shop, table[name]) for name in ("seen", "sensitivity", "specificity"))
    return true_share({"seen": seen, "sensitivity": sensitivity, "specificity": specificity})


# --- The ladder, the window, the other way round -----------------------------------------------------


@_kept
def ladder(shop: Dataset) -> pd.DataFrame:
    """Return every estimate of webrooming, from the naive count to the bounds."""
    return cx.research_shopping(shop, "webrooming")


@_kept
def windows(shop: Dataset) -> pd.DataFrame:
    """Return what was seen, and what can be said of it, by the days that are looked back."""
    return cx.research_shopping(shop, "webrooming", days=WINDOWS)


@_kept
def other_way(shop: Dataset) -> pd.DataFrame:
    """Return the estimates of showrooming, corrected by what a study found of how often a look in a store is seen."""
    return cx.research_shopping(shop, "showrooming", se=STORE_SEEN, sp=STORE_NOT_SEEN)


def _rung(table: pd.DataFrame, rule: str) -> pd.Series:
    return table.set_index("rule").loc[rule]


def _showroomed(shop: Dataset) -> float:
    return float(_rung(other_way(shop), "linked")["value"])


def online(shop: Dataset) -> pd.DataFrame:
    """Return the lines ordered online: how many, how many of them were seen in a store, how well that works."""
    row = _rung(other_way(shop), "linked")
    return pd.DataFrame(
        {"lines": [int(row["n"])], "seen_in_store": [int(row["numerator"])], "sensitivity": [STORE_SEEN],
         "specificity": [STORE_NOT_SEEN]}
    )  # fmt: skip


def _true_online(shop: Dataset, sensitivity: float = STORE_SEEN, specificity: float = STORE_NOT_SEEN) -> float:
    return true_share({"seen": _showroomed(shop), "sensitivity": sensitivity, "specificity": specificity})


def lists(shop: Dataset) -> pd.DataFrame:
    """Return two lists of those who were asked: who was seen in the log, who said yes, who is on both."""
    table = _known(shop).dropna(subset="said")
    said = table["said"] == "yes"
    counts = {"asked": len(table), "seen": table["seen"].sum(), "said_yes": said.sum()}
    return pd.DataFrame([counts | {"both": (table["seen"] & said).sum()}])


def _of_lists(shop: Dataset, estimate: Callable[[float, float, float], float]) -> float:
    asked, seen, yes, both = lists(shop).iloc[0]
    return float(estimate(seen, yes, both) / asked)


def _one_known(shop: Dataset, rule: str = "stratified") -> pd.DataFrame:
    row = _rung(ladder(shop), rule)
    return pd.DataFrame([{name: row[name] for name in ("value", "low", "high", "n")}])


DATA = {
    "twenty_purchases": twenty_purchases, "purchases": purchases, "two_groups": two_groups, "ladder": ladder,
    "windows": windows, "online": online, "lists": lists, "estimate": _one_known,
    "naive": lambda shop: _one_known(shop, "seen"),
}  # fmt: skip


# --- The memo ----------------------------------------------------------------------------------------


def estimate(shop: Dataset) -> dict[str, float]:
    """Return what the memo must carry: the corrected share in per cent, its interval, the purchases behind it."""
    row = _one_known(shop).iloc[0]
    return {"share": 100 * row["value"], "low": 100 * row["low"], "high": 100 * row["high"], "n": row["n"]}


ENDS = {"low", "high"}


def _memo(shop: Dataset, leave_out: str = "", *, decimals: int = 1, **instead: float) -> str:
    numbers = {name: number for name, number in (estimate(shop) | instead).items() if name not in leave_out.split()}
    parts = [
        f"{name} {number:.{decimals if name in ENDS else 1}f}{'' if name == 'n' else ' %'}"
        for name, number in numbers.items()
    ]
    return "We asked how many purchases in our stores began on the site or in the app, and found: " + ", ".join(parts)


def _slide(shop: Dataset) -> dict[str, float]:
    return {"seen": _rung(ladder(shop), "seen")["value"], "online": _showroomed(shop)}


def _said_so(shop: Dataset) -> dict[str, float]:
    shares = {rule: float(_rung(ladder(shop), rule)["value"]) for rule in ("seen", "linked", "stratified")}
    return shares | {name: float(_rung(ladder(shop), "stratified")[name]) for name in ("low", "high", "n")}


TEXTS = {
    "slide": Text(
        values=_slide,
        shares=("seen", "online"),
        templates={
            "": "> **Monday meeting, Ipê**\n>\n> 1. {seen} of what our stores sell was looked up on our site or in "
            "our app before. The rest has nothing to do with them.\n> 2. Of what we sell online, {online} was looked "
            "at in a store before: showrooming is no matter.\n> 3. In a survey of 2014, 69 % of shoppers from 18 "
            "to 36 said that they look online and buy in a store. We lag behind; the budget of the product pages "
            "can be cut.",
        },
    ),
    "estimate": Text(
        values=_said_so,
        shares=("seen", "linked", "stratified", "low", "high"),
        templates={
            "": "Store purchases that began on the site or in the app, corrected in each group of buyers: "
            "**{stratified}** ({low} to {high}), n = {n} purchases of known buyers. Seen were {linked} of these.",
        },
    ),
    "example": Text(
        values=lambda shop: dict(
            zip(
                ("value", "low", "high", "n"),
                cx.metric(shop, "bounce_rate")[["value", "low", "high", "n"]].iloc[0],
                strict=True,
            )
        ),
        shares=("value", "low", "high"),
        templates={
            "": "**Question.** So many visits end after one page: is the site no use?\n\n"
            "**Answer.** The number does not say so. {value} of the visits of people end there ({low} to {high}), "
            "n = {n} visits. Somebody who reads a price and goes to the store is among them.\n\n"
            "**How sure.** Of the share, very. Of what it means, not at all.\n\n"
            "**What we would do.** Ask a sample of those who leave what they came for.\n\n"
            "**What would change our mind.** Most of them saying that they did not find it.",
        },
    ),
    "recommendation": Text(
        values=_said_so,
        shares=("seen", "linked", "stratified", "low", "high"),
        choose=lambda shop: "more" if _said_so(shop)["low"] > _said_so(shop)["seen"] else "unsure",
        templates={
            "more": "**Question.** How many of our store purchases begin online, and may we cut the product "
            "pages?\n\n**Answer.** About {stratified}, not {seen}: the slide has what was seen, and much is never "
            "seen. n = {n} purchases of known buyers, corrected in each group of buyers by what people said at the "
            "exit.\n\n**How sure.** From {low} to {high} fits, if those nobody knows do as the known of their group "
            "do.\n\n"
            "**What we would do.** Not cut. Put the pages' cost beside the sales of stores and site together, and "
            "ask at the exit every month: that is what the width hangs on.\n\n**What would change our mind.** "
            "Having looked is not having come because of it. If stores in regions whose pages were thinned out "
            "for eight weeks, drawn by lot, sell as before, cut.",
            "unsure": "**Question.** How many of our store purchases begin online, and may we cut the product "
            "pages?\n\n**Answer.** {stratified}, by what can be said so far; {seen} is what was seen. n = {n} "
            "purchases of known buyers.\n\n**How sure.** Not very: from {low} to {high} fits. Too few were asked "
            "at the exit.\n\n**What we would do.** Ask four times as many before anything is cut.\n\n**What would "
            "change our mind.** A narrow interval near what was seen.",
        },
    ),
}


EXERCISES = [
    Exercise(
        key="what_counts",
        asks="Which of twenty purchases are webrooming",
        shape=Number("share"),
        given=True,
        right=lambda shop: _webrooming(twenty_purchases(shop)),
        wrong=[
            Wrong(
                name="picked-up",
                answer=lambda shop: _webrooming(twenty_purchases(shop), place="picked_up"),
                says="You took what was picked up in a store. Whoever ordered on the site has bought online, "
                "wherever the parcel waits.",
            ),
            Wrong(
                name="no-window",
                answer=lambda shop: _webrooming(twenty_purchases(shop), longest=1000),
                says="Somebody looked 40 days before. The window is 14 days: longer ago, the look and the "
                "purchase are hardly one story.",
            ),
            Wrong(
                name="other-category",
                answer=lambda shop: _webrooming(twenty_purchases(shop), any_category=True),
                says="Some looked at something of another category. A look at lamps is no research for a pan.",
            ),
            Wrong(
                name="after-the-purchase",
                answer=lambda shop: _webrooming(twenty_purchases(shop), earliest=-1000),
                says="Some looked after the purchase: negative days. Research comes before.",
            ),
            Wrong(
                name="in-the-store",
                answer=lambda shop: _webrooming(twenty_purchases(shop), anywhere=True),
                says="Some looked in the store and bought in the store. Webrooming needs two channels: online first, "
                "then the store.",
            ),
            Wrong(
                name="of-all-purchases",
                answer=lambda shop: _webrooming(twenty_purchases(shop), all_of_them=True),
                says="The top is right, the bottom is not: you divided by all purchases. Asked is the share of those "
                "ordered in a store.",
            ),
            Wrong(
                name="count",
                answer=lambda shop: 16 * _webrooming(twenty_purchases(shop)),
                says="That is how many there are. Divide by the purchases in stores.",
            ),
        ],
        hints=[
            "First the bottom: which were **ordered** in a store?",
            "Then, of these: looked on the site or in the app, same category, 0 to 14 days before.",
        ],
        passed="Channel, category, order in time, window: change one, and the share is another. Whoever names the "
        "share names the rule.",
    ),
    Exercise(
        key="seen_of_known",
        asks="The share seen among known buyers",
        shape=Number("share"),
        right=lambda shop: _seen_of(_known(shop)),
        wrong=[
            Wrong(
                name="of-all",
                answer=lambda shop: _seen_of(purchases(shop)),
                says="You divided by all purchases. Of buyers nobody knows nothing can be seen: they pull the share "
                "down without having looked any less. It is the number on the slide.",
            ),
            Wrong(
                name="app-only",
                answer=lambda shop: _seen_of(_known(shop).query("app")),
                says="Those are the buyers with the app only. They look online more, and more of it is seen.",
            ),
            Wrong(
                name="without-app",
                answer=lambda shop: _seen_of(_known(shop).query("not app")),
                says="Those are the known buyers without the app only.",
            ),
            Wrong(
                name="asked-only",
                answer=lambda shop: _seen_of(_known(shop).dropna(subset="said")),
                says="You kept those who were asked at the exit. Asked is the share among all known buyers.",
            ),
            Wrong(
                name="not-seen",
                answer=lambda shop: 1 - _seen_of(_known(shop)),
                says="That is the share of whom nothing was seen.",
            ),
        ],
        hints=['First the known buyers: `purchases.query("known")`.', 'Then the mean of their column `"seen"`.'],
        passed="More than on the slide, by nothing but another bottom. And still only what was seen.",
    ),
    Exercise(
        key="seen_if_done",
        asks="How often research is seen, of buyers with the app",
        shape=Number("share"),
        right=lambda shop: _seen_of(_said(shop, "yes", app=True)),
        wrong=[
            Wrong(
                name="turned-round",
                answer=lambda shop: float(
                    (_known(shop).query("app and seen").dropna(subset="said")["said"] == "yes").mean()
                ),
                says="You turned it round: of those seen, how many said yes. Asked is: of those who said yes, how "
                "many were seen.",
            ),
            Wrong(
                name="everybody",
                answer=lambda shop: _seen_of(_said(shop, "yes")),
                says="You took all who said yes. Asked are those with the app: of the others far less is seen.",
            ),
            Wrong(
                name="without-app",
                answer=lambda shop: _seen_of(_said(shop, "yes", app=False)),
                says="Those are the buyers without the app.",
            ),
            Wrong(
                name="said-no",
                answer=lambda shop: _seen_of(_said(shop, "no", app=True)),
                says="Those said no. Seen all the same, they are false alarms: somebody else's phone, or a look for "
                "another purchase.",
            ),
            Wrong(
                name="missed",
                answer=lambda shop: 1 - _seen_of(_said(shop, "yes", app=True)),
                says="That is the part that was missed. Asked is the part that was seen.",
            ),
            Wrong(
                name="not-asked-too",
                answer=lambda shop: _seen_of(_known(shop).query("app")),
                says="You took all buyers with the app. Most were never asked, so nobody knows whether they looked. "
                "Begin with those who said yes.",
            ),
        ],
        hints=[
            "Three conditions, then a mean: known, with the app, said yes.",
            'In one line: `purchases.query("known and app and said == \'yes\'")["seen"].mean()`.',
        ],
        passed="This is the **sensitivity**. Of buyers without the app it is much lower: they browse on devices "
        "nobody can tie to them.",
    ),
    Exercise(
        key="true_share",
        asks="From what was seen to what was done",
        shape=Function(CASES, unit="share", check="ex.true_share.check(true_share)"),
        right=lambda shop: true_share,
        wrong=[
            Wrong(
                name="sensitivity-only",
                answer=lambda shop: lambda numbers: numbers["seen"] / numbers["sensitivity"],
                says="You made up for what is missed, but the false alarms are still in it. Take them away above and "
                "below.",
            ),
            Wrong(
                name="false-alarms-only",
                answer=lambda shop: lambda numbers: numbers["seen"] - (1 - numbers["specificity"]),
                says="You took the false alarms away, but what was missed is still missing. Divide by sensitivity "
                "less false alarms.",
            ),
            Wrong(
                name="bottom-only-sensitivity",
                answer=lambda shop: (
                    lambda numbers: (numbers["seen"] - (1 - numbers["specificity"])) / numbers["sensitivity"]
                ),
                says="The top is right. Below, take the false alarms away as well: those who did research cannot "
                "give one.",
            ),
            Wrong(
                name="specificity-for-false-alarms",
                answer=lambda shop: (
                    lambda numbers: (
                        (numbers["seen"] - numbers["specificity"]) / (numbers["sensitivity"] - numbers["specificity"])
                    )
                ),
                says="The specificity is how often nothing is seen where there was nothing. The false alarms are "
                "1 less that.",
            ),
            Wrong(
                name="times",
                answer=lambda shop: lambda numbers: numbers["seen"] * numbers["sensitivity"],
                says="You multiplied by the sensitivity: the share gets smaller still. Much was missed, so the "
                "true one is larger than what remains after false alarms.",
            ),
        ],
        hints=[
            "Seen are the true share times the sensitivity, and the rest times the false alarms. Solve for the true "
            "share.",
            '`false_alarms = 1 - numbers["specificity"]`, then `(seen - false_alarms) / (sensitivity - '
            "false_alarms)`.",
        ],
        passed="Rogan and Gladen published it in 1978, for tests in medicine. It is the same question: many are ill, "
        "some are found.",
    ),
    Exercise(
        key="like_with_like",
        asks="The share of both groups together",
        shape=Number("share"),
        given=True,
        right=lambda shop: _weighed(shop, _group_shares(shop)),
        wrong=[
            Wrong(
                name="one-for-all",
                answer=_one_for_all,
                says="You averaged the sensitivity first and corrected once. But those with the app do more research "
                "**and** more of theirs is seen: of the research there is, more is seen than the average says. "
                "Correct in each group, then put together.",
            ),
            Wrong(
                name="plain-mean",
                answer=lambda shop: float(_group_shares(shop).mean()),
                says="Corrected in each group: right. But you averaged the two as if both were equally many. "
                "Weigh by purchases.",
            ),
            Wrong(
                name="seen",
                answer=lambda shop: _weighed(shop, two_groups(shop)["seen"]),
                says="That is what was seen of all. Correct each group first.",
            ),
            Wrong(
                name="sensitivity-only",
                answer=lambda shop: _weighed(shop, two_groups(shop)["seen"] / two_groups(shop)["sensitivity"]),
                says="You divided by the sensitivity; the false alarms are still in it. Your function `true_share` "
                "takes them away.",
            ),
        ],
        hints=[
            "First the true share of each group, as in your function.",
            "Then the mean of the two, weighed by `purchases`.",
        ],
        passed="Correct like with like, then put together: stratify. One correction for all would have been more "
        "than four points too high, with a narrow interval around it.",
    ),
    Exercise(
        key="window",
        asks="Which window to report",
        shape=Choice(("a", "b", "c", "d")),
        given=True,
        right=lambda shop: "c",
        wrong=[
            Wrong(
                name="longest",
                answer=lambda shop: "a",
                says="A longer window finds more of what there was, and more that is chance: whoever browses every "
                "month has always looked. What it finds is not a virtue of the site.",
            ),
            Wrong(
                name="shortest",
                answer=lambda shop: "b",
                says="A short window is sure of what it finds, and misses most. Corrected, its interval is the "
                "widest of all: look at the picture.",
            ),
            Wrong(
                name="largest-effect",
                answer=lambda shop: "d",
                says="Then everybody picks the window that suits the story. It must be fixed before anyone looks.",
            ),
        ],
        hints=[
            "Which of these could the site's team and the stores' team both sign before they know the result?",
            "And: who sees one window only cannot see how much hangs on it.",
        ],
        passed="Fixed before, with its neighbours beside it. Where the curve flattens, hardly anything hangs on it "
        "any more.",
    ),
    Exercise(
        key="showrooming",
        asks="Looked at in a store, ordered online",
        shape=Number("share"),
        right=_true_online,
        wrong=[
            Wrong(
                name="seen",
                answer=_showroomed,
                says="That is what was seen, the number on the slide. A look in a store is seen one time in four.",
            ),
            Wrong(
                name="sensitivity-only",
                answer=lambda shop: _showroomed(shop) / STORE_SEEN,
                says="The false alarms are still in it. They are few, but the share is small: nearly half of what "
                "was seen is chance.",
            ),
            Wrong(
                name="false-alarms-only",
                answer=lambda shop: _showroomed(shop) - (1 - STORE_NOT_SEEN),
                says="You took the false alarms away and forgot what was missed.",
            ),
            Wrong(
                name="without-false-alarms-below",
                answer=lambda shop: (_showroomed(shop) - (1 - STORE_NOT_SEEN)) / STORE_SEEN,
                says="Nearly: below, take the false alarms away as well.",
            ),
            Wrong(
                name="swapped",
                answer=lambda shop: _true_online(shop, STORE_NOT_SEEN, STORE_SEEN),
                says="Sensitivity and specificity are swapped.",
            ),
        ],
        hints=[
            'Seen: `online["seen_in_store"] / online["lines"]`.',
            "Your function `true_share` does the rest; it wants the three numbers by name.",
        ],
        passed="About a tenth, where the slide had a number one could shrug at. When little is seen, the naive count "
        "says least.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the director",
        shape=Memo(estimate, percentages=("share", "low", "high")),
        right=_memo,
        wrong=[
            Wrong(
                name="naive",
                answer=lambda shop: _memo(shop, share=100 * _rung(ladder(shop), "seen")["value"]),
                when=lambda memo: "share" in memo.lacks,
                says="The corrected share is not in it, to one decimal. What was seen is the number of the slide: it "
                "is what the log knows, not what happened.",
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
                says="The interval is not in it. Here it is wide, and that is half of the message.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The number of purchases is not in it. No number without its n.",
            ),
        ],
        hints=[
            'All numbers stand in `ex.text("estimate")`, with one decimal.',
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The four numbers are in the text.",
        passed="The words were not judged: do they say that having looked is not having come because of it? Do they "
        "say what would change your mind? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
    Exercise(
        key="standard_error",
        asks="What the correction costs",
        shape=Number("share"),
        given=True,
        right=lambda shop: (0.288 * 0.712 / 1000) ** 0.5 / 0.52,
        wrong=[
            Wrong(
                name="of-what-was-seen",
                answer=lambda shop: (0.288 * 0.712 / 1000) ** 0.5,
                says="That is the error of what was seen. The correction divides by 0.52, and the error with it: "
                "what stretches the value stretches the doubt.",
            ),
            Wrong(
                name="of-the-true-share",
                answer=lambda shop: (0.4 * 0.6 / 1000) ** 0.5,
                says="You took the corrected share as if it had been counted. Nobody counted it; counted was what "
                "was seen.",
            ),
            Wrong(
                name="by-sensitivity",
                answer=lambda shop: (0.288 * 0.712 / 1000) ** 0.5 / 0.6,
                says="You divided by the sensitivity. Divide by what the correction divided by: sensitivity less "
                "false alarms.",
            ),
            Wrong(
                name="margin",
                answer=lambda shop: 1.96 * (0.288 * 0.712 / 1000) ** 0.5 / 0.52,
                says="That is the margin of the 95 % interval. Asked is one standard error.",
            ),
            Wrong(
                name="variance",
                answer=lambda shop: 0.288 * 0.712 / 1000 / 0.52**2,
                says="That is its square. Take the root.",
            ),
        ],
        hints=[
            "The standard error of a counted share: root of share × (1 − share) / n.",
            "Then divide by sensitivity + specificity − 1.",
        ],
        passed="Nearly twice as wide. And sensitivity and specificity were taken as known here; read off a few "
        "hundred answers, they add doubt of their own. `cx.research_shopping` counts both.",
    ),
    Exercise(
        key="two_lists",
        asks="Two lists, and who is on neither",
        shape=Number("share"),
        right=lambda shop: _of_lists(shop, lambda seen, yes, both: (seen + 1) * (yes + 1) / (both + 1) - 1),
        wrong=[
            Wrong(
                name="on-either",
                answer=lambda shop: _of_lists(shop, lambda seen, yes, both: seen + yes - both),
                says="That counts who is on one of the lists. Those on neither are what the two lists tell you "
                "about.",
            ),
            Wrong(
                name="added",
                answer=lambda shop: _of_lists(shop, lambda seen, yes, both: seen + yes),
                says="You added the lists: those on both are counted twice.",
            ),
            Wrong(
                name="both",
                answer=lambda shop: _of_lists(shop, lambda seen, yes, both: both),
                says="That is who is on both lists: the smallest number there is.",
            ),
            Wrong(
                name="count",
                answer=lambda shop: (
                    _of_lists(shop, lambda seen, yes, both: (seen + 1) * (yes + 1) / (both + 1) - 1)
                    * float(lists(shop)["asked"].iloc[0])
                ),
                says="That is how many there are. Divide by those who were asked.",
            ),
        ],
        hints=[
            "How many on both, of those who said yes? If seeing works alike for all, that is also the part of all "
            "that was seen.",
            "`(seen + 1) * (said_yes + 1) / (both + 1) - 1`, over `asked`.",
        ],
        passed="Biologists count fish this way. But it takes each look that was seen for real, and here some are "
        "chance: false alarms make the lake look fuller. That is why it stands above the others on the ladder.",
    ),
]
