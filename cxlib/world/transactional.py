"""CSAT and CES after a solved ticket: one question a ticket, shaped by waiting, repeating and reopening."""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.columns import labels, texts
from cxlib.world.comments import NONE_ABOUT, TOPICS
from cxlib.world.counting import count
from cxlib.world.days import END
from cxlib.world.randomness import Source, nearby, pick_by
from cxlib.world.relational import delays
from cxlib.world.service import CATEGORIES

CSAT_SHARE = 0.65  # the rest are asked for their effort (CES)
ANSWERS = 0.30
BOUNCED = 0.02  # nobody is asked twice about a ticket
AFTER = 30 * 60  # seconds from solved to asked
DRIFT = 0.8  # these answers owe more to the ticket than to loyalty
# The question goes out on a channel near the ticket's own (in the order of `service.CHANNELS`).
CHANNELS = ("whatsapp", "app", "sms", "email", "email", "sms")
ABOUT = np.array([TOPICS.index(name) if name in TOPICS else NONE_ABOUT for name in CATEGORIES])
# P(CSAT of 4 or 5) = 0.88 - 0.08 a repetition - 0.05 for a wait over 10 minutes (truth T14) - 0.10 if it
# had to be reopened, which has nothing to do with repetitions.
SATISFIED, REPEATED, WAITED, REOPENED = 0.88, 0.08, 0.05, 0.10
SLOW = 10
UNSATISFIED = (0.40, 0.22, 0.38)  # scores 1, 2, 3 among those who are not
SPLIT = (0.38, 0.62)  # scores 4 and 5 among those who are
# CES 2.0, "made it easy", 1 to 7: an ordinary ticket, and one with a repetition or a reopening.
EASE = ((0.04, 0.05, 0.07, 0.10, 0.17, 0.27, 0.30), (0.16, 0.13, 0.13, 0.15, 0.17, 0.14, 0.12))


def asked(source: Source, people: pd.DataFrame, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return one row per ticket that was solved and asked about, with its potential score and its answer."""
    size = len(tickets)
    person = tickets["_person"].to_numpy()
    csat = source.uniforms("ticket question", size) < CSAT_SHARE
    mood = nearby(people["_loyalty"].to_numpy()[person], source.uniforms("ticket mood", size), DRIFT)
    columns = {
        "_person": person,
        "_ticket": np.arange(size),
        "_csat": csat,
        "_mood": mood,
        "_score": np.where(csat, _satisfaction(mood, tickets), _ease(mood, tickets)),
        "delivered": source.uniforms("ticket bounced", size) >= BOUNCED,
        "_sent": tickets["_solved"].to_numpy() + AFTER,
        "_answers": source.uniforms("ticket answers", size) < ANSWERS,
        "_delay": delays(source, "ticket", size),
    }
    frame = pd.DataFrame(columns)
    return frame[frame["_sent"] < END].reset_index(drop=True)


def invites(asked: pd.DataFrame, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return the invitation for each ticket asked about."""
    about = tickets.take(asked["_ticket"].to_numpy()).reset_index(drop=True)
    return asked.assign(
        type=labels(("ces", "csat"), asked["_csat"].to_numpy().astype("int64")),
        kind=texts(["transactional"] * len(asked)),
        channel=labels(CHANNELS, about["_channel"].to_numpy()),
        wave=texts([None] * len(asked)),
        ticket_id=about["ticket_id"],
        order_id=about["order_id"],
        _topic=ABOUT[about["_category"].to_numpy()],
        _answers=asked["_answers"] & asked["delivered"],
    )


def counts(asked: pd.DataFrame, tickets: pd.DataFrame) -> Counter[str]:
    """Return the sums behind truth T14: what one repetition instead of none costs everybody asked.

    Tickets that went to the carrier are left out: their repetitions are part of a process (truth T24).
    """
    rows = asked[asked["_csat"] & asked["delivered"]]
    rows = rows[tickets["_version"].to_numpy()[rows["_ticket"]] == 0]
    about = tickets.take(rows["_ticket"].to_numpy())
    never, once = (rows["_mood"].to_numpy() >= 1 - _chance(about, repeats) for repeats in (0, 1))
    return count("T14", 100 * (int(never.sum()) - int(once.sum())), of=len(rows))


def _chance(tickets: pd.DataFrame, repeats: np.ndarray | int) -> np.ndarray:
    """Return the chance that each ticket leaves somebody satisfied who had to repeat so often."""
    return (
        SATISFIED
        - REPEATED * repeats
        - WAITED * (tickets["_wait"].to_numpy() > SLOW)
        - REOPENED * (tickets["reopened_count"].to_numpy() > 0)
    )


def _satisfaction(mood: np.ndarray, tickets: pd.DataFrame) -> np.ndarray:
    """Return CSAT 1 to 5 from the exact chance that this ticket leaves somebody satisfied."""
    chance = _chance(tickets, tickets["_repeats"].to_numpy())[:, np.newaxis]
    shares = np.hstack([(1 - chance) * UNSATISFIED, chance * SPLIT])
    return pick_by(mood, np.arange(len(mood)), shares) + 1


def _ease(mood: np.ndarray, tickets: pd.DataFrame) -> np.ndarray:
    hard = (tickets["_repeats"].to_numpy() > 0) | (tickets["reopened_count"].to_numpy() > 0)
    return pick_by(mood, hard.astype("int64"), EASE) + 1
