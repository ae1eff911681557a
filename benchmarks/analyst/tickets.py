"""Truths in the log of tickets: T14 and T24."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from analyst.answer import Answer, interval

CARRIER = "transportadora"
NEW_PROCESS = pd.Timestamp("2025-07-01 03:00")  # local midnight of the day of the second version
SLOW = pd.Timedelta(minutes=10)


def t14(shop: dict[str, pd.DataFrame]) -> Answer:
    """What a repetition costs in CSAT: a regression on transfers; one on repetitions, waiting and reopening."""
    rated = ratings(shop)
    naive, naive_error = cost(rated, ["transfers"])
    right, error = cost(rated, ["repeats", "slow", "reopened"])
    return Answer(naive=naive, naive_error=naive_error, **interval(right, error), n=len(rated))


def ratings(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the CSAT answers about tickets that stayed with our own teams, with what each went through."""
    tickets = shop["tickets"].set_index("ticket_id").join(histories(shop["ticket_events"]))
    answers = shop["survey_responses"].query("type == 'csat'")[["ticket_id", "score"]]
    rated = answers.join(tickets[~tickets["carrier"]], on="ticket_id", how="inner")
    return rated.assign(
        satisfied=100.0 * (rated["score"] >= 4),
        slow=rated["first_human_reply_at"] - rated["created_at"] > SLOW,
        reopened=rated["reopened_count"] > 0,
    )


def histories(events: pd.DataFrame) -> pd.DataFrame:
    """Return by ticket how often it was transferred, how often asked the same again, whether the carrier had it."""
    asked = events.dropna(subset=["data_asked"])
    asked = asked.assign(item=asked["data_asked"].str.split(";")).explode("item")
    again = asked[asked.duplicated(["ticket_id", "item"])].groupby("ticket_id").size()
    ticket = events["ticket_id"]
    return pd.DataFrame(
        {
            "transfers": (events["event_type"] == "transfer").groupby(ticket).sum(),
            "carrier": (events["to_team"] == CARRIER).groupby(ticket).any(),
        }
    ).assign(repeats=lambda rows: again.reindex(rows.index, fill_value=0))


def cost(rated: pd.DataFrame, columns: list[str]) -> tuple[float, float]:
    """Return the points of CSAT that one more of the first column costs; errors by customer."""
    design = sm.add_constant(rated[columns].astype("float64"))
    customers = pd.factorize(rated["customer_id"])[0]
    fit = sm.OLS(rated["satisfied"], design).fit(cov_type="cluster", cov_kwds={"groups": customers})
    return -float(fit.params[columns[0]]), float(fit.bse[columns[0]])


def t24(shop: dict[str, pd.DataFrame]) -> Answer:
    """The flow efficiency of the delivery process: all time outside the carrier; work where it was timed."""
    cases = process(shop)
    cases = cases[cases["created_at"] < NEW_PROCESS]
    naive, naive_error = ratio(cases["elapsed"] - cases["with_carrier"], cases["elapsed"])
    timed = cases.dropna(subset=["touch"])
    right, error = ratio(timed["touch"], timed["elapsed"])
    error *= (1 - len(timed) / len(cases)) ** 0.5  # the timed cases are a large sample of all of them
    return Answer(naive=naive, naive_error=naive_error, **interval(right, error), n=len(timed))


def process(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the cases that went to the carrier: minutes in all, with the carrier, and of work (if timed)."""
    events = shop["ticket_events"]
    out = events[events["to_team"] == CARRIER].set_index("ticket_id")["occurred_at"]
    back = events[events["from_team"] == CARRIER].set_index("ticket_id")["occurred_at"]
    messages = events[(events["event_type"] == "message") & (events["actor"] == "human")]
    by_case = messages.groupby("ticket_id")["occurred_at"]
    minute = pd.Timedelta(minutes=1)
    cases = pd.DataFrame({"with_carrier": (back - out) / minute})
    cases["elapsed"] = (by_case.max() - by_case.min()) / minute
    cases["touch"] = events.groupby("ticket_id")["touch_minutes"].sum(min_count=1)
    return cases.join(shop["tickets"].set_index("ticket_id")["created_at"])


def ratio(parts: pd.Series, wholes: pd.Series) -> tuple[float, float]:
    """Return the percentage that the parts are of the wholes, and its error over the cases."""
    share = parts.sum() / wholes.sum()
    rest = parts - share * wholes
    return 100 * float(share), 100 * float(np.sqrt(len(parts)) * rest.std(ddof=1) / wholes.sum())
