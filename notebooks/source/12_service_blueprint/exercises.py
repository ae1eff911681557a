"""The exercises of lesson 12: the service blueprint as data."""

import pandas as pd

import cxlib as cx
from cxlib.blueprints.graph import expected_moves
from cxlib.blueprints.parts import read_blueprint
from cxlib.blueprints.progress import little
from cxlib.blueprints.rules import CODES
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.matches import Matches
from cxlib.learning.memo import Memo
from cxlib.learning.shapes import Function, Number
from cxlib.learning.text import Text
from cxlib.tables.dataset import Dataset

CHANGE = pd.Timestamp("2025-07-01")  # from this day on version 2
CARRIER = "transportadora"
PROMISED = 10  # minutes to the first reply

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
    "c": ("link reserves → calls", "handoff: true", "(gone)",
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


def rules(shop: Dataset) -> pd.DataFrame:
    """Return the codes of the rules with their names."""
    return pd.DataFrame({"rule": CODES.values()}, index=list(CODES))


def _codes(shop: Dataset) -> dict[str, str]:
    return {letter: cx.blueprint(text).problems["code"].iloc[0] for letter, text in drafts(shop).items()}


def _but(letter: str, code: str) -> Wrong:
    """Return a mistake of one draft; what it says stands in `CONFUSED`."""
    return Wrong(
        name=f"{letter}-{code.lower()}",
        answer=lambda shop: _codes(shop) | {letter: code},
        when=lambda given: given[letter] == code,
        says=CONFUSED[letter, code],
    )


CONFUSED = {
    ("a", "V7"): "Draft a: V7 is about what happens onstage without a customer. Here the customer is there, but sees and "
    "holds nothing.",
    ("b", "V6"): "Draft b: somebody else takes over, and the link says so: that rule is kept. What it no longer says "
    "is that nobody waits at the other end, two lines further down.",
    ("c", "V1"): "Draft c: every name still leads somewhere. Walk the arrows from the first step to the last: where "
    "do you get stuck?",
    ("d", "V4"): "Draft d: this link crosses one line only, from backstage to onstage. Ask who acts before it, and who "
    "after it.",
    ("e", "V11"): "Draft e: an order number is no personal data. Who has asked for it before?",
    ("f", "V11"): "Draft f: V11 is about personal data. Here somebody outside must be there within the hour. Who says "
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


def _events(shop: Dataset) -> pd.DataFrame:
    events = shop.frame("ticket_events").sort_values(["ticket_id", "occurred_at", "ticket_event_id"])
    return events.assign(with_carrier=events["to_team"].eq(CARRIER).groupby(events["ticket_id"]).transform("any"))


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
    """Return the cases of a version, in minutes from the first human reply: to the answer, to the end, at the carrier."""
    events = _log(shop, version)
    human = events["event_type"].eq("message") & events["actor"].eq("human")
    begin = _moment(events, human & events["status"].eq("open"))
    answer = _moment(events, human & events["status"].isna() & events["data_asked"].isna(), last=True)
    solved = _moment(events, events["event_type"].eq("status") & events["status"].eq("solved"), last=True)
    back = events["event_type"].eq("transfer") & events["from_team"].eq(CARRIER)
    table = pd.DataFrame(
        {
            "customer_id": events.groupby("ticket_id")["customer_id"].first(),
            "minutes": (answer - begin).dt.total_seconds() / 60,
            "with_carrier": events[back].groupby("ticket_id")["wait"].sum(),
            "until_solved": (solved - begin).dt.total_seconds() / 60,
        }
    )
    return table.dropna(subset=["minutes", "with_carrier"]).reset_index()


def delivery_cases(shop: Dataset) -> pd.DataFrame:
    """Return the cases of version 1 without their customers."""
    return cases(shop).drop(columns="customer_id").round(2)


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
    return pd.DataFrame([(case, item) for case, items in asked.items() for item in items], columns=["ticket_id", "item"])


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
    return pd.DataFrame(TEN, index=range(1, 11)).rename(columns=lambda place: place + 1).fillna("")


def moves(shop: Dataset) -> pd.DataFrame:
    """Return which step may follow which in the log of version 2."""
    pairs = sorted(expected_moves(read_blueprint("entrega_com_problema_v2")))
    return pd.DataFrame(pairs, columns=["from", "to"])


def _drawn(steps: tuple[str, ...], allowed: set[tuple[str, str]]) -> list[bool]:
    return [pair in allowed for pair in zip(steps, steps[1:], strict=False)]


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
