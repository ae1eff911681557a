"""Invitations and answers of all surveys, put into two tables."""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import post_purchase, relational, transactional
from cxlib.world.columns import identifiers, instants, row_numbers, texts
from cxlib.world.comments import comments
from cxlib.world.counting import together
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source

INVITES = (
    *("invite_id", "type", "kind", "customer_id", "channel", "wave", "ticket_id", "order_id"),
    *("sent_at", "delivered", "reminders"),
)
RESPONSES = (
    *("response_id", "type", "score", "answered_at", "kind", "invite_id", "customer_id"),
    *("scale_min", "scale_max", "comment", "asked_at", "channel", "ticket_id", "order_id"),
    *("store_id", "wave", "weight", "language"),
)
REMINDERS = (3 * DAY, 7 * DAY)  # to those who have not answered by then
# Lowest and highest score, and the scores from which an answer counts as mixed and as positive.
SCALES = {"nps": (0, 10, 7, 9), "csat": (1, 5, 3, 4), "ces": (1, 7, 4, 5)}


def surveys(
    source: Source, people: pd.DataFrame, orders: pd.DataFrame, tickets: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, Counter[str]]:
    """Return the invitations of a shard, the answers to them, and the sums behind T01, T01b, T14 and T20."""
    panel = relational.panel(source, people, tickets)
    asked = transactional.asked(source, people, tickets)
    bought = post_purchase.asked(source, people, orders)
    kinds = (
        relational.invites(panel),
        transactional.invites(asked, tickets),
        post_purchase.invites(source, bought),
    )
    invites = pd.concat(kinds, ignore_index=True)
    numbers = row_numbers(source.shard, len(invites))
    invites = invites.assign(
        invite_id=identifiers("i", numbers),
        customer_id=people["customer_id"].take(invites["_person"].to_numpy()).array,
        sent_at=instants(invites["_sent"].to_numpy()),
        reminders=_reminders(invites),
        _number=numbers,
    )
    counts = together(relational.counts(panel), transactional.counts(asked, tickets), post_purchase.counts(bought))
    return invites, _responses(source, invites, orders), counts


def _reminders(invites: pd.DataFrame) -> np.ndarray:
    """Return how many reminders each person got; nobody reminds an address that does not exist."""
    silent = sum((~invites["_answers"] | (invites["_delay"] >= after)).astype("int64") for after in REMINDERS)
    return np.where(invites["delivered"], silent, 0)


def _responses(source: Source, invites: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the answers given before the calendar's end, each numbered as its invitation."""
    answered = invites["_sent"] + invites["_delay"]
    given = invites[invites["_answers"] & (answered < END)].reset_index(drop=True)
    scales = np.array(list(SCALES.values()))[given["type"].map(list(SCALES).index).to_numpy(dtype="int64")]
    score = given["_score"].to_numpy()
    polarity = 2 - (score >= scales[:, 2]).astype("int64") - (score >= scales[:, 3])
    stores = orders.set_index("order_id")["store_id"]
    return given.assign(
        response_id=identifiers("r", given["_number"].to_numpy()),
        score=score.astype("float64"),
        answered_at=instants((given["_sent"] + given["_delay"]).to_numpy()),
        scale_min=scales[:, 0].astype("float64"),
        scale_max=scales[:, 1].astype("float64"),
        comment=comments(source, polarity, given["_topic"].to_numpy()),
        asked_at=given["sent_at"],
        store_id=given["order_id"].map(stores),
        weight=np.full(len(given), np.nan),
        language=texts(["pt-BR"] * len(given)),
    )
