"""The exercises of lesson 12: the service blueprint as data."""

from itertools import pairwise

import pandas as pd

import cxlib as cx
from cxlib.blueprints.graph import expected_moves
from cxlib.blueprints.parts import read_blueprint
from cxlib.blueprints.progress import little
from cxlib.blueprints.rules import CODES, MEANINGS
from cxlib.language import say
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.memo import Memo
from cxlib.learning.placing import Placing
from cxlib.learning.shapes import Function, Number
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset

CHANGE = pd.Timestamp("2025-07-01")  # from this day on version 2
CARRIER = "transportadora"

# --- A small blueprint, and six ways to break it ------------------------------------------------------

EXCHANGE = """\
id: exchange_at_the_door
version: 1
service: {en: An exchange at the door, pt-BR: Troca na porta de casa}
start: asks
end: gets

actors:
  - {id: customer, kind: customer, name: {en: Customer, pt-BR: Cliente}}
  - {id: agent, kind: employee, name: {en: Agent, pt-BR: Atendente}}
  - {id: stock, kind: system, name: {en: Stock, pt-BR: Estoque}}
  - id: courier
    kind: third_party
    name: {en: Courier, pt-BR: Entregador}
    contract_sla: within 60 minutes

data:
  - {id: order_id, name: {en: order number, pt-BR: número do pedido}}

steps:
  - id: asks
    lane: customer
    actor: customer
    seq: 1
    label: {en: Asks for another one, pt-BR: Pede a troca}
  - id: notes
    lane: onstage
    actor: agent
    seq: 2
    label: {en: Notes it down, pt-BR: Anota o pedido}
    asks: [order_id]
  - id: reserves
    lane: support
    actor: stock
    seq: 3
    label: {en: Reserves a new one, pt-BR: Reserva um novo}
    data_in: [order_id]
  - id: calls
    lane: backstage
    actor: agent
    seq: 4
    label: {en: Calls the courier, pt-BR: Chama o entregador}
  - id: swaps
    lane: onstage
    actor: courier
    seq: 5
    label: {en: Swaps it at the door, pt-BR: Troca na porta}
    max_wait_minutes: 60
  - id: gets
    lane: customer
    actor: customer
    seq: 6
    label: {en: Has the new one, pt-BR: Fica com o novo}

evidence:
  - {id: chat, kind: digital, name: {en: Chat, pt-BR: Chat}, steps: [asks]}
  - {id: receipt, kind: physical, name: {en: Receipt, pt-BR: Recibo}, steps: [gets]}

links:
  - {from: asks, to: notes}
  - {from: notes, to: reserves, handoff: true, async: true}
  - {from: reserves, to: calls, handoff: true}
  - {from: calls, to: swaps, handoff: true}
  - {from: swaps, to: gets}
"""

# Of each draft: the part that differs, what stood there, what stands there now, and the same in the file.
CHANGES = {
    "a": ("evidence receipt", "steps: [gets]", "steps: []", "steps: [gets]", "steps: []"),
    "b": ("link notes → reserves", "async: true", "", ", async: true", ""),
    "c": ("link reserves → calls", "from: reserves, to: calls", "—",
          "  - {from: reserves, to: calls, handoff: true}\n", ""),
    "d": ("link calls → swaps", "handoff: true", "", "to: swaps, handoff: true", "to: swaps"),
    "e": ("step swaps", "", "asks: [order_id]", "max_wait_minutes: 60\n",
          "max_wait_minutes: 60\n    asks: [order_id]\n"),
    "f": ("actor courier", "contract_sla: within 60 minutes", "", "    contract_sla: within 60 minutes\n", ""),
}  # fmt: skip


def exchange(shop: Dataset) -> str:
    """Return the small blueprint, which keeps every rule, as text."""
    return EXCHANGE


def drafts(shop: Dataset) -> dict[str, str]:
    """Return six drafts of it, by letter: each breaks one rule."""
    return {letter: EXCHANGE.replace(old, new) for letter, (_, _, _, old, new) in CHANGES.items()}


def changes(shop: Dataset) -> pd.DataFrame:
    """Return where each draft differs from the blueprint: what stood there, what stands there now."""
    rows = [change[:3] for change in CHANGES.values()]
    return pd.DataFrame(rows, index=list(CHANGES), columns=["part", "before", "now"])


def rules(shop: Dataset) -> str:
    """Return the rules as text, a line each, in the language in use."""
    return "\n".join(f"{code} {name}: {say(MEANINGS[code])}" for code, name in CODES.items())


def _codes(shop: Dataset) -> dict[str, str]:
    return {letter: cx.blueprint(text).problems["code"].iloc[0] for letter, text in drafts(shop).items()}


def _but(letter: str, code: str) -> Wrong:
    """Return a mistake of one draft; what it says stands in `CONFUSED`."""
    return Wrong(
        name=f"{letter}-{code.lower()}",
        answer=lambda shop: _codes(shop) | {letter: code},
        when=lambda given: given[letter] == (code,),
        says=CONFUSED[letter, code],
    )


CONFUSED = {
    (
        "a",
        "V7",
    ): "Draft a: V7 is about what happens onstage without a customer. Here the customer is there, but sees and "
    "holds nothing.",
    ("b", "V6"): "Draft b: somebody else takes over, and the link says so: that rule is kept. What it no longer says "
    "is that nobody waits at the other end, two lines further down.",
    ("c", "V1"): "Draft c: every name still leads somewhere. Walk the arrows from the first step to the last: where "
    "do you get stuck?",
    (
        "d",
        "V4",
    ): "Draft d: this link crosses one line only, from backstage to onstage. Ask who acts before it, and who "
    "after it.",
    ("e", "V11"): "Draft e: an order number is no personal data. Who has asked for it before?",
    (
        "f",
        "V11",
    ): "Draft f: V11 is about personal data. Here somebody outside must be there within the hour. Who says "
    "that they will?",
}


# --- Ipê's plan, and its log --------------------------------------------------------------------------


def plan(shop: Dataset) -> pd.DataFrame:
    """Return the steps of version 1 on the clock as planned: minutes of work, and minutes since the step before."""
    steps = read_blueprint("entrega_com_problema_v1").steps
    rows = [
        (one.id, one.actor, one.std_minutes or 0.0, one.std_elapsed_minutes)
        for one in steps
        if one.std_elapsed_minutes is not None
    ]
    return pd.DataFrame(rows, columns=["step", "who", "work", "since_step_before"])


def _planned(shop: Dataset) -> float:
    return plan(shop)["work"].sum() / plan(shop)["since_step_before"].sum()


def _without_carrier(shop: Dataset) -> float:
    ours = plan(shop).query("who != 'carrier'")
    return float(ours["work"].sum() / ours["since_step_before"].sum())


def _lies_with_us(shop: Dataset) -> float:
    table = plan(shop)
    return float(table.loc[table["who"] != "carrier", "since_step_before"].sum() / table["since_step_before"].sum())


def _mean_of_steps(shop: Dataset) -> float:
    return float((plan(shop)["work"] / plan(shop)["since_step_before"]).mean())


_LAST: dict[str, object] = {}  # the log that was asked for last: an exercise asks it a dozen times


def _events(shop: Dataset) -> pd.DataFrame:
    """Return the log in order, with whether the ticket went to the carrier."""
    if _LAST.get("shop") is not shop:
        events = shop.frame("ticket_events").sort_values(["ticket_id", "occurred_at", "ticket_event_id"])
        moved = events["to_team"].eq(CARRIER)
        _LAST["events"] = events.assign(with_carrier=events["ticket_id"].isin(events.loc[moved, "ticket_id"]))
        _LAST["shop"] = shop
    return _LAST["events"]


def _log(shop: Dataset, version: int) -> pd.DataFrame:
    """Return the events of a version's cases, in order, each with the minutes since the case's event before."""
    tickets = shop.frame("tickets")
    first = tickets["created_at"].dt.tz_localize(None) < CHANGE
    chosen = tickets[tickets["category"].eq("entrega") & (first == (version == 1))]
    events = _events(shop).query("with_carrier").merge(chosen[["ticket_id", "customer_id", "created_at"]])
    wait = events.groupby("ticket_id")["occurred_at"].diff().dt.total_seconds() / 60
    return events.assign(wait=wait)


def _moment(events: pd.DataFrame, which: pd.Series, *, last: bool = False) -> pd.Series:
    found = events[which].groupby("ticket_id")["occurred_at"]
    return found.max() if last else found.min()


def cases(shop: Dataset, version: int = 1) -> pd.DataFrame:
    """Return the cases of a version in minutes: from first reply to answer, of these at the carrier and of work."""
    events = _log(shop, version)
    human = events["event_type"].eq("message") & events["actor"].eq("human")
    begin = _moment(events, human & events["status"].eq("open"))
    answer = _moment(events, human & events["status"].isna() & events["data_asked"].isna(), last=True)
    solved = _moment(events, events["event_type"].eq("status") & events["status"].eq("solved"), last=True)
    back = events["event_type"].eq("transfer") & events["from_team"].eq(CARRIER)
    inside = events["occurred_at"].le(events["ticket_id"].map(answer))
    table = pd.DataFrame(
        {
            "customer_id": events.groupby("ticket_id")["customer_id"].first(),
            "minutes": (answer - begin).dt.total_seconds() / 60,
            "with_carrier": events[back].groupby("ticket_id")["wait"].sum(),
            "until_solved": (solved - begin).dt.total_seconds() / 60,
            "work": events[inside].groupby("ticket_id")["touch_minutes"].sum(min_count=1),
        }
    )
    return table.dropna(subset=["minutes", "with_carrier"]).reset_index()


def delivery_cases(shop: Dataset) -> pd.DataFrame:
    """Return the cases of version 1 without their customers."""
    return cases(shop).drop(columns=["customer_id", "work"]).round(2)


def _carrier_share(shop: Dataset) -> float:
    table = delivery_cases(shop)
    return float(table["with_carrier"].sum() / table["minutes"].sum())


def _until_solved(shop: Dataset) -> float:
    table = delivery_cases(shop).dropna()
    return float(table["with_carrier"].sum() / table["until_solved"].sum())


def first_replies(shop: Dataset) -> pd.DataFrame:
    """Return how long the last cases of version 1 waited for the first human reply.

    So many (201, or the next lower one in 11, 21, 31 ...) that every way to take a 90th percentile gives the same.
    """
    events = _log(shop, 1)
    human = events["event_type"].eq("message") & events["actor"].eq("human") & events["status"].eq("open")
    first = events[human].sort_values(["created_at", "ticket_id"]).drop_duplicates("ticket_id", keep="first")
    n = min(201, (len(first) - 1) // 10 * 10 + 1)
    return first[["ticket_id", "wait"]].tail(n).reset_index(drop=True).round({"wait": 2})


def _waits(shop: Dataset) -> pd.Series:
    return first_replies(shop)["wait"]


# --- Handoffs, and what is asked twice ----------------------------------------------------------------


def two_hundred(shop: Dataset) -> pd.DataFrame:
    """Return 200 cases: how often each was passed on, and whether the customer was asked the same again after it."""
    transfers = [0] * 140 + [1] * 40 + [2] * 10 + [3] * 10
    asked = [False] * 140 + [True] * 19 + [False] * 21 + [True] * 20
    return pd.DataFrame({"transfers": transfers, "asked_again": asked})


def own_tickets(shop: Dataset) -> pd.DataFrame:
    """Return the tickets that stayed with our own teams, in the columns of the 200 cases."""
    events = _events(shop).query("not with_carrier")
    moved = events["event_type"].eq("transfer")
    after = moved.astype(int).groupby(events["ticket_id"]).cumsum() > 0
    asked = events.assign(item=events["data_asked"].str.split(";"), after=after).explode("item").dropna(subset="item")
    again = asked[asked.duplicated(["ticket_id", "item"]) & asked["after"]]
    transfers = moved.groupby(events["ticket_id"]).sum()
    table = pd.DataFrame({"transfers": transfers, "asked_again": transfers.index.isin(again["ticket_id"])})
    return table.reset_index(drop=True)


def reasked(cases: pd.DataFrame) -> float:
    """Return the share of cases with a transfer in which the customer was asked the same again."""
    return float(cases.loc[cases["transfers"] > 0, "asked_again"].mean())


def _of_all_cases(cases: pd.DataFrame) -> float:
    return float(cases["asked_again"].mean())


def _per_transfer(cases: pd.DataFrame) -> float:
    return float(cases["asked_again"].sum() / cases["transfers"].sum())


def _with_transfer(cases: pd.DataFrame) -> float:
    return float((cases["transfers"] > 0).mean())


def _transfers_per_case(cases: pd.DataFrame) -> float:
    return float(cases["transfers"].mean())


REASKED = {"the two hundred cases": two_hundred, "the tickets of a company": own_tickets}


def three_cases(shop: Dataset) -> pd.DataFrame:
    """Return every question that three cases asked of their customers, in order."""
    asked = {
        "t1": ["cpf", "order_id", "order_id", "order_id"],
        "t2": ["cpf", "order_id"],
        "t3": ["cpf", "order_id", "cpf"],
    }
    return pd.DataFrame(
        [(case, item) for case, items in asked.items() for item in items], columns=["ticket_id", "item"]
    )


def questions(shop: Dataset) -> pd.DataFrame:
    """Return every question of the log, in order: the ticket and what it asked for."""
    events = _events(shop)
    asked = events.assign(item=events["data_asked"].str.split(";")).explode("item").dropna(subset="item")
    return asked[["ticket_id", "item"]].reset_index(drop=True)


def repeats(questions: pd.DataFrame) -> float:
    """Return how often, per case, the customer was asked for what was asked before."""
    return float(questions.duplicated(["ticket_id", "item"]).sum() / questions["ticket_id"].nunique())


def _all_questions(questions: pd.DataFrame) -> float:
    return float(len(questions) / questions["ticket_id"].nunique())


def _across_cases(questions: pd.DataFrame) -> float:
    return float(questions.duplicated("item").sum() / questions["ticket_id"].nunique())


def _cases_with_repeat(questions: pd.DataFrame) -> float:
    again = questions[questions.duplicated(["ticket_id", "item"])]
    return float(again["ticket_id"].nunique() / questions["ticket_id"].nunique())


def _per_question(questions: pd.DataFrame) -> float:
    return float(questions.duplicated(["ticket_id", "item"]).mean())


REPEATS = {"the three cases": three_cases, "the tickets of a company": questions}


# --- What it costs ------------------------------------------------------------------------------------


def rated(shop: Dataset) -> pd.DataFrame:
    """Return rated cases: those that waited long and those that did not, asked again and not."""
    return pd.DataFrame(
        {
            "waited_long": [False, False, True, True],
            "asked_again": [False, True, False, True],
            "cases": [500, 50, 200, 200],
            "satisfied": [440, 40, 166, 150],
        }
    )


SHORT, LONG = 80 - 88, 75 - 83  # asked again less not asked, in points: in each of the two groups alike
PLAIN = 100 * (190 / 250 - 606 / 700)


def _ticket(shop: Dataset, metric: str) -> pd.DataFrame:
    found = cx.blueprint("chamado_v1").measured(shop)
    return found[found["metric"].eq(metric) & found["step"].eq("all")]


def price(shop: Dataset) -> pd.DataFrame:
    """Return what being asked the same again costs at Ipê, in points of CSAT, as a price: above zero."""
    row = _ticket(shop, "csat_per_repeat")
    return row.assign(value=-row["value"], low=-row["high"], high=-row["low"])


# --- As drawn, and in progress ------------------------------------------------------------------------

_USUAL = ("first_reply", "to_carrier", "carrier_search", "answer", "closes")
TEN = (
    ("reports", "greeting", *_USUAL),
    ("reports", *_USUAL),
    ("reports", "greeting", *_USUAL, "writes_again", "closes"),
    ("reports", *_USUAL, "writes_again", "closes"),
    ("reports", "greeting", *_USUAL),
    ("reports", "first_reply", "to_carrier", "answer", "carrier_search", "closes"),
    ("reports", "greeting", "to_carrier", "carrier_search", "answer", "closes"),
    ("reports", *_USUAL),
    ("reports", "greeting", "first_reply", "to_carrier", "closes"),
    ("reports", "greeting", *_USUAL),
)


def ten_cases(shop: Dataset) -> pd.DataFrame:
    """Return ten cases of version 2 as the log has them: a row a case, a column for each event."""
    longest = max(map(len, TEN))
    rows = [[*steps, *[""] * (longest - len(steps))] for steps in TEN]
    return pd.DataFrame(rows, index=range(1, 11), columns=range(1, longest + 1))


def moves(shop: Dataset) -> pd.DataFrame:
    """Return which step may follow which in the log of version 2."""
    pairs = sorted(expected_moves(read_blueprint("entrega_com_problema_v2")))
    return pd.DataFrame(pairs, columns=["from", "to"])


def _drawn(steps: tuple[str, ...], allowed: set[tuple[str, str]]) -> list[bool]:
    return [pair in allowed for pair in pairwise(steps)]


def _moves_of_ten() -> list[list[bool]]:
    allowed = expected_moves(read_blueprint("entrega_com_problema_v2"))
    return [_drawn(steps, allowed) for steps in TEN]


def _conforming(shop: Dataset) -> float:
    return sum(all(one) for one in _moves_of_ten()) / len(TEN)


def _without_loops(shop: Dataset) -> float:
    pairs = zip(TEN, _moves_of_ten(), strict=True)
    return sum(all(one) and "writes_again" not in steps for steps, one in pairs) / len(TEN)


def _with_greeting(shop: Dataset) -> float:
    pairs = zip(TEN, _moves_of_ten(), strict=True)
    return sum(all(one) and "greeting" in steps for steps, one in pairs) / len(TEN)


def _of_moves(shop: Dataset) -> float:
    every = [move for one in _moves_of_ten() for move in one]
    return sum(every) / len(every)


def queue(shop: Dataset) -> pd.DataFrame:
    """Return of the tickets with our own teams: how many, in how many days, and how long the solved ones took."""
    events = _events(shop).query("not with_carrier")
    opened = _moment(events, events["event_type"].eq("message") & events["status"].eq("new"))
    solved = _moment(events, events["event_type"].eq("status") & events["status"].eq("solved"), last=True)
    hours = ((solved - opened).dt.total_seconds() / 3600).dropna()
    days = (events["occurred_at"].max() - opened.min()).total_seconds() / 86_400
    numbers = {"tickets": len(opened), "days": days, "mean_hours": hours.mean(), "median_hours": hours.median()}
    return pd.DataFrame([numbers]).round(2)


def _per_day(shop: Dataset) -> float:
    row = queue(shop).iloc[0]
    return float(row["tickets"] / row["days"])


def _hours(shop: Dataset, which: str = "mean") -> float:
    return float(queue(shop)[f"{which}_hours"].iloc[0])


DATA = {
    "exchange": exchange, "drafts": drafts, "changes": changes, "rules": rules, "plan": plan,
    "delivery_cases": delivery_cases, "first_replies": first_replies, "two_hundred": two_hundred,
    "own_tickets": own_tickets, "three_cases": three_cases, "questions": questions, "rated": rated, "price": price,
    "ten_cases": ten_cases, "moves": moves, "queue": queue,
}  # fmt: skip


# --- The memo, and what the lesson says in words ------------------------------------------------------


def _share(shop: Dataset, version: int) -> dict[str, float]:
    """Return the carrier's share of the time in percent, with the 95 % interval of a ratio of sums, and its cases."""
    table = cases(shop, version)
    sums = table.groupby("customer_id")[["minutes", "with_carrier"]].sum()
    value = sums["with_carrier"].sum() / sums["minutes"].sum()
    residuals = sums["with_carrier"] - value * sums["minutes"]
    k = len(sums)
    error = (k / (k - 1) * (residuals**2).sum()) ** 0.5 / sums["minutes"].sum()
    ends = {"share": value, "low": value - 1.96 * error, "high": value + 1.96 * error}
    return {name: 100 * float(end) for name, end in ends.items()} | {"n": float(len(table))}


def effect(shop: Dataset) -> dict[str, float]:
    """Return what the memo must carry: the carrier's share with version 2, its interval, and the cases behind it."""
    return _share(shop, 2)


def versions(shop: Dataset) -> pd.DataFrame:
    """Return both versions side by side: cases, medians in minutes, and how often the same was asked again."""
    rows = []
    for version in (1, 2):
        table, asked = cases(shop, version), _log(shop, version)
        again = asked["event_type"].eq("message") & asked["status"].isna() & asked["data_asked"].notna()
        with_us = table["minutes"] - table["with_carrier"]
        medians = [column.median() for column in (table["minutes"], table["with_carrier"], with_us, table["work"])]
        rows.append((version, len(table), *medians, again.sum() / asked["ticket_id"].nunique()))
    names = ["version", "cases", "minutes", "with_carrier", "with_us", "work", "asked_again"]
    return pd.DataFrame(rows, columns=names).set_index("version").round(1)


DATA["versions"] = versions
ENDS = {"low", "high"}


def _memo(shop: Dataset, leave_out: str = "", *, decimals: int = 1, **instead: float) -> str:
    numbers = {name: number for name, number in (effect(shop) | instead).items() if name not in leave_out.split()}
    parts = [f"{name} {number:.{decimals if name in ENDS else 1}f}" for name, number in numbers.items()]
    return "We looked at where the time of a case goes since the second version, and found: " + ", ".join(parts)


def _satisfied(shop: Dataset) -> pd.DataFrame:
    """Return CSAT of our own tickets with and without a transfer, as most reports have it."""
    events = _events(shop).query("not with_carrier")
    moved = events["event_type"].eq("transfer").groupby(events["ticket_id"]).any()
    answers = shop.frame("survey_responses").query("type == 'csat'").dropna(subset=["ticket_id", "score"])
    answers = answers.assign(moved=answers["ticket_id"].map(moved)).dropna(subset="moved")
    return (answers["score"] >= 4).groupby(answers["moved"].astype(bool)).mean()


def _slide(shop: Dataset) -> dict[str, float]:
    satisfied = _satisfied(shop)
    return {
        "minutes": round(float(delivery_cases(shop)["minutes"].median())),
        "moved": float(satisfied[True]),
        "stayed": float(satisfied[False]),
    }


def _page(shop: Dataset) -> dict[str, float]:
    row = _ticket(shop, "reasked_rate").iloc[0]
    return {name: float(row[name]) for name in ("value", "low", "high", "n")}


TEXTS = {
    "slide": Text(
        values=_slide,
        choose=lambda shop: "lower" if _slide(shop)["moved"] < _slide(shop)["stayed"] else "not_lower",
        shares=("moved", "stayed"),
        templates={
            "lower": "> **Monday meeting, Ipê**\n>\n> 1. When a parcel has not come, we need {minutes} minutes from "
            "the first reply to the answer. Our agents are too slow: let us train them.\n> 2. Passing tickets on "
            "annoys customers: {moved} of those who were passed on are satisfied, {stayed} of the others. Let us "
            "forbid it.\n> 3. The service is under control: its map hangs on the wall, in colour.",
            "not_lower": "> **Monday meeting, Ipê**\n>\n> 1. When a parcel has not come, we need {minutes} minutes "
            "from the first reply to the answer. Our agents are too slow: let us train them.\n> 2. Passing tickets "
            "on harms nobody: {moved} of those who were passed on are satisfied, {stayed} of the others. Let us go "
            "on.\n> 3. The service is under control: its map hangs on the wall, in colour.",
        },
    ),
    "effect": Text(
        values=effect,
        templates={
            "": "With version 2 the carrier has **{share}%** of the time from the first reply to the answer "
            "({low}% to {high}%), n = {n} cases.",
        },
    ),
    "example": Text(
        values=_page,
        shares=("value", "low", "high"),
        templates={
            "": "**Question.** Shall our teams stop passing tickets on to each other?\n\n"
            "**Answer.** No; stop asking again. Of the tickets that were passed on, {value} were asked the same once "
            "more ({low} to {high}), n = {n}; tickets that went to the carrier are not among them.\n\n"
            "**How sure.** Of this share, quite. Of transfers that nobody logged, not at all: they leave no "
            "trace.\n\n"
            "**What we would do.** Show the order number to whoever takes over. Look first at the channel in which "
            "it happens most.\n\n"
            "**What would change our mind.** A month in which nobody was asked again, and customers no happier for "
            "it.",
        },
    ),
    "recommendation": Text(
        values=effect,
        choose=lambda shop: "most" if effect(shop)["low"] > 50 else "less",
        templates={
            "most": "**Question.** Shall we train our agents to be faster when a parcel has not come?\n\n"
            "**Answer.** Not first. Since version 2 the carrier has {share}% of the time from the first reply to the "
            "answer, n = {n} cases. Our own part holds waiting as well as work.\n\n"
            "**How sure.** From {low}% to {high}% fits the log. It times what leaves an event; a call that nobody "
            "logged is not in it.\n\n"
            "**What we would do.** Talk to the carrier first: its contract promises an answer in 48 minutes, and it "
            "mostly comes sooner. Ask for a shorter promise, and what it would cost. Meanwhile tell customers how "
            "long it takes.\n\n"
            "**What would change our mind.** Working times, taken for a week, that fill our part of the clock.",
            "less": "**Question.** Shall we train our agents to be faster when a parcel has not come?\n\n"
            "**Answer.** Look at both first. Since version 2 the carrier has {share}% of the time from the first "
            "reply to the answer, n = {n} cases: it may be half of it, or less.\n\n"
            "**How sure.** From {low}% to {high}% fits the log. It times what leaves an event; a call that nobody "
            "logged is not in it.\n\n"
            "**What we would do.** Before anybody is trained, take the working time of a week of cases: how much of "
            "our own part is work, and how much is waiting?\n\n"
            "**What would change our mind.** Working times that fill our part of the clock.",
        },
    ),
}  # fmt: skip


# --- The exercises ------------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        key="broken",
        asks="Which rule does each draft break?",
        shape=Placing(things=tuple(CHANGES), parts=(tuple(CODES),)),
        given=True,
        right=_codes,
        wrong=[_but(letter, code) for letter, code in CONFUSED],
        hints=[
            "Say of each draft what a customer, or a colleague, would miss. Then look for the rule that says so.",
            '`cx.blueprint(ex.data("drafts")["a"]).problems` lets the rules speak for themselves.',
        ],
        passed="Each of these was one line. On a wall nobody would have seen it; a file that is checked says so the "
        "moment it is written.",
    ),
    Exercise(
        key="flow_efficiency",
        asks="Flow efficiency as planned",
        shape=Number("share"),
        given=True,
        right=_planned,
        wrong=[
            Wrong(
                name="idle-for-value",
                answer=lambda shop: 1 - _planned(shop),
                says="That is the share in which nobody works. Flow efficiency is the other part.",
            ),
            Wrong(
                name="waiting-as-work",
                answer=_lies_with_us,
                says="You counted all the time that the case lies with us as work. In most of it nobody works on it: "
                "take the column `work`.",
            ),
            Wrong(
                name="without-the-carrier",
                answer=_without_carrier,
                says="You left out the carrier's time. The customer waits through it as well: the whole clock goes "
                "below the line.",
            ),
            Wrong(
                name="mean-of-steps",
                answer=_mean_of_steps,
                says="You averaged the steps, as if each took the same time. Add up first, divide once.",
            ),
            Wrong(
                name="upside-down",
                answer=lambda shop: 1 / _planned(shop),
                says="That is how many minutes pass for one of work. Turn it over.",
            ),
        ],
        hints=[
            "Above the line all minutes of work, below it all minutes on the clock.",
            '`plan["work"].sum()` over `plan["since_step_before"].sum()`.',
        ],
        passed="In nine minutes of ten nobody works on the case: faster hands could save one minute of ten at most.",
    ),
    Exercise(
        key="carrier_share",
        asks="The carrier's share of the time",
        shape=Number("share"),
        right=_carrier_share,
        wrong=[
            Wrong(
                name="with-us",
                answer=lambda shop: 1 - _carrier_share(shop),
                says="That is our own share. Asked is the carrier's.",
            ),
            Wrong(
                name="until-solved",
                answer=_until_solved,
                says="You divided by the time until the ticket was closed. The customer has the answer long before: "
                "this clock ends there, with `minutes`.",
            ),
            Wrong(
                name="ratio-to-us",
                answer=lambda shop: _carrier_share(shop) / (1 - _carrier_share(shop)),
                says="You divided the carrier's time by ours. A share has the whole below the line.",
            ),
            Wrong(
                name="one-step-of-seven",
                answer=lambda shop: 1 / len(plan(shop)),
                says="That is the share of the steps. One step can take longer than all others together: count "
                "minutes.",
            ),
        ],
        hints=[
            "Add up first, divide once: all minutes at the carrier, over all minutes.",
            '`delivery_cases["with_carrier"].sum()` over `delivery_cases["minutes"].sum()`.',
        ],
        passed="Who says the agents are slow has read the sum. Most of it is spent where no agent of ours can work "
        "faster.",
    ),
    Exercise(
        key="long_wait",
        asks="The wait of the unlucky tenth",
        shape=Number("amount"),
        right=lambda shop: float(_waits(shop).quantile(0.9)),
        wrong=[
            Wrong(
                name="median",
                answer=lambda shop: float(_waits(shop).median()),
                says="That is the median: half of the customers wait longer. Asked is what one in ten waits longer "
                "than.",
            ),
            Wrong(
                name="mean",
                answer=lambda shop: float(_waits(shop).mean()),
                says="That is the mean. A few nights and weekends pull it up, and it says nothing of how many "
                "customers wait so long.",
            ),
            Wrong(
                name="lucky-tenth",
                answer=lambda shop: float(_waits(shop).quantile(0.1)),
                says="That is the other end: one in ten waits less than this.",
            ),
            Wrong(
                name="in-hours",
                answer=lambda shop: float(_waits(shop).quantile(0.9) / 60),
                says="That is in hours. The table is in minutes, and minutes are asked.",
            ),
            Wrong(
                name="longest",
                answer=lambda shop: float(_waits(shop).max()),
                says="That is the longest of all: one customer, not one in ten.",
            ),
        ],
        hints=[
            "Nine of ten waits are no longer than it: the 90th percentile.",
            'Pandas has it: `first_replies["wait"].quantile(0.9)`.',
        ],
        passed="The same step, the same weeks: the typical customer waits minutes, the unlucky one hours. A mean "
        "hides both.",
    ),
    Exercise(
        key="reasked",
        asks="Asked again after a transfer",
        shape=Function(REASKED, unit="share", check="ex.reasked.check(reasked)"),
        right=lambda shop: reasked,
        wrong=[
            Wrong(
                name="of-all-cases",
                answer=lambda shop: _of_all_cases,
                says="You divided by all cases. Most were never passed on, so nobody could ask again: only cases "
                "with a transfer count.",
            ),
            Wrong(
                name="per-transfer",
                answer=lambda shop: _per_transfer,
                says="You divided by transfers. A case may have three: asked is a share of cases.",
            ),
            Wrong(
                name="cases-with-transfer",
                answer=lambda shop: _with_transfer,
                says="That is the share of cases with a transfer. Of these, how many were asked again?",
            ),
            Wrong(
                name="transfers-per-case",
                answer=lambda shop: _transfers_per_case,
                says="Those are transfers per case. It says how often tickets move, not what that does to customers.",
            ),
        ],
        hints=[
            'First only the cases with a transfer: `moved = cases[cases["transfers"] > 0]`.',
            'Then the mean of a column of True and False is a share: `return moved["asked_again"].mean()`.',
        ],
        passed="Four numbers go by the name of handoff rate: transfers per case, cases with one, asked again per "
        "transfer, and this. Say which.",
    ),
    Exercise(
        key="repeat_price",
        asks="What asking again costs",
        shape=Number("points"),
        given=True,
        right=lambda shop: float(SHORT),
        wrong=[
            Wrong(
                name="plain-difference",
                answer=lambda shop: PLAIN,
                says="You compared all who were asked again with all who were not. More of the former waited long as "
                "well, and you charged them for both. Compare within each of the two groups.",
            ),
            Wrong(
                name="sign",
                answer=lambda shop: -float(SHORT),
                says="The size is right. CSAT falls when customers are asked again: the change is below zero.",
            ),
            Wrong(
                name="percent-for-points",
                answer=lambda shop: 100 * (SHORT / 88 + LONG / 83) / 2,
                says="That is in per cent of what it was. From 50 % to 40 % is ten points, and twenty per cent: "
                "asked are points.",
            ),
            Wrong(
                name="price-of-waiting",
                answer=lambda shop: 83.0 - 88,
                says="That is what waiting costs: long less short. Asked is: asked again less not asked again.",
            ),
            Wrong(
                name="both-prices",
                answer=lambda shop: 75.0 - 88,
                says="These two groups differ in two things: they waited, and they were asked again. Change one at "
                "a time.",
            ),
        ],
        hints=[
            "First a column with the share of satisfied, in points: 100 times satisfied over cases.",
            "Among those who did not wait long: asked again less not asked again. Then the same among the others.",
        ],
        passed="The same in both groups: that is the price of asking again. The plain difference also held the "
        "price of waiting.",
    ),
    Exercise(
        key="recommendation",
        asks="One page for the director",
        shape=Memo(effect, percentages=("share", "low", "high")),
        right=_memo,
        wrong=[
            Wrong(
                name="our-own-share",
                answer=lambda shop: _memo(shop, share=100 - effect(shop)["share"]),
                when=lambda memo: "share" in memo.lacks,
                says="The carrier's share of the time is not in it, to one decimal. The decision turns on it.",
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
                says="The interval of the share is not in it. Without it nobody can tell how much to stake on it.",
            ),
            Wrong(
                name="without-n",
                answer=lambda shop: _memo(shop, "n"),
                when=lambda memo: "n" in memo.lacks,
                says="The number of cases is not in it. No number without its n.",
            ),
        ],
        hints=[
            'All numbers stand in `ex.text("effect")`, with one decimal.',
            "Four sentences are enough: the answer, how sure, what you would do, what would change your mind.",
        ],
        seen="The four numbers are in the text.",
        passed="The words were not judged: do they say what the log cannot see? Do they say what would change your "
        "mind? Compare with `ex.recommendation.solution()`.",
        example="recommendation",
    ),
    Exercise(
        key="repeats",
        asks="Rule V9 on the log",
        shape=Function(REPEATS, unit="share", check="ex.repeats.check(repeats)"),
        right=lambda shop: repeats,
        wrong=[
            Wrong(
                name="every-question",
                answer=lambda shop: _all_questions,
                says="You counted every question. The first time somebody asks for a thing is no repeat.",
            ),
            Wrong(
                name="across-cases",
                answer=lambda shop: _across_cases,
                says="You took two customers for one: what one was asked is new to the next. Look for doubles within "
                "a ticket.",
            ),
            Wrong(
                name="cases-with-a-repeat",
                answer=lambda shop: _cases_with_repeat,
                says="That is the share of cases with a repeat. Asked is how many there are per case: four in one "
                "case are four.",
            ),
            Wrong(
                name="share-of-questions",
                answer=lambda shop: _per_question,
                says="That is the share of the questions. Divide by the cases.",
            ),
        ],
        hints=[
            "A repeat is a row whose ticket and item stood together in a row before.",
            '`questions.duplicated(["ticket_id", "item"]).sum()`, over the number of different tickets.',
        ],
        passed="V9 reads the plan, this reads the log. Where the plan is clean and the log is not, people work "
        "around the plan.",
    ),
    Exercise(
        key="conformance",
        asks="Which cases went as drawn?",
        shape=Number("share"),
        given=True,
        right=_conforming,
        wrong=[
            Wrong(
                name="loops-as-faults",
                answer=_without_loops,
                says="You counted customers who wrote again as faults. The blueprint draws that loop: look for it in "
                "the table of moves.",
            ),
            Wrong(
                name="greeting-demanded",
                answer=_with_greeting,
                says="You asked for a greeting in each case. The drawing lets the agent reply at once as well.",
            ),
            Wrong(
                name="share-of-moves",
                answer=_of_moves,
                says="That is the share of moves. A case goes as drawn when all of its moves do.",
            ),
            Wrong(
                name="those-that-do-not",
                answer=lambda shop: 1 - _conforming(shop),
                says="Those are the cases that did not go as drawn.",
            ),
        ],
        hints=[
            "Take a case and read it in pairs: each step with the one after it. Is every pair in the table of moves?",
            "Three cases have a pair that is not there.",
        ],
        passed="Three did not: in one the answer came before the carrier's, in two a step is missing. Missing in the "
        "log, that is: whether somebody skipped it or only did not write it down, the log cannot tell.",
    ),
    Exercise(
        key="in_progress",
        asks="How many tickets are open at a time?",
        shape=Number("amount"),
        right=lambda shop: little(_per_day(shop), _hours(shop) / 24),
        wrong=[
            Wrong(
                name="hours-for-days",
                answer=lambda shop: _per_day(shop) * _hours(shop),
                says="The rate is per day and the time in hours. Bring both to days.",
            ),
            Wrong(
                name="divided",
                answer=lambda shop: _per_day(shop) / (_hours(shop) / 24),
                says="You divided. The longer each takes, the more are there at a time: multiply.",
            ),
            Wrong(
                name="median-time",
                answer=lambda shop: _per_day(shop) * _hours(shop, "median") / 24,
                says="You took the median time. The law is about sums, so it needs the mean: a ticket that stays for "
                "weeks is there every day of them.",
            ),
            Wrong(
                name="opened-per-day",
                answer=_per_day,
                says="That is how many are opened in a day. Many stay longer than one.",
            ),
        ],
        hints=[
            "Little's law: open at a time = opened per day, times the days that each stays open.",
            "Per day: tickets over days. Days that each stays: `mean_hours` over the hours of a day.",
        ],
        passed="It needs no distribution and no model. The next cell asks whether the log agrees.",
    ),
]
