"""Conversations with the bot on WhatsApp and on the chat: handed over to a person, or contained.

Truth T15. A contained conversation is not a solved problem: some come back within a week, on any channel, with
a ticket about the same. Conversations are laid before tickets that exist anyway, so the tickets do not
change. Only some of the contained say who they are; when the others come back, nobody can tell.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import identifiers, instants, labels, row_numbers, taken, texts
from cxlib.world.counting import count
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source, pick, quantile, whole
from cxlib.world.service import CATEGORIES, CHANNELS, KEY

BOT_SESSIONS = (
    *("bot_session_id", "customer_id", "identity_id", "channel", "category", "started_at", "ended_at"),
    *("handed_over", "abandoned", "ticket_id"),
)
PER_CUSTOMER = 0.625
# Handed over; contained and back within a week; contained for good (truth T15: 0.24).
KINDS = (0.60, 0.16, 0.24)
RECONTACT = 7 * DAY
WITH_BOT = [CHANNELS.index("whatsapp"), CHANNELS.index("chat")]
CHANNEL_SHARES = (0.63, 0.37)
IDENTIFIED = 0.60  # of the contained; whoever is handed over tells the person who takes over
ABANDONED = 0.15
# Seconds a conversation lasts; from a contained one to the ticket that follows it.
LASTS_AT, LASTS = (0, 0.25, 0.50, 0.75, 1), (40, 110, 180, 320, 900)
BACK_AT, BACK = (0, 0.30, 0.60, 1), (1_800, DAY // 2, 2 * DAY, RECONTACT - 60)


def bot_sessions(source: Source, people: pd.DataFrame, tickets: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the bot's conversations of a shard, by time, and the sums behind truth T15."""
    wanted = round(PER_CUSTOMER * len(people))
    handed, back, solved = np.bincount(pick(source.uniforms("bot kind", wanted), KINDS), minlength=len(KINDS))
    frames = [*_before_tickets(source, people, tickets, int(handed), int(back)), _others(source, people, int(solved))]
    rows = pd.concat(frames, ignore_index=True).sort_values(["_started", "_person"], ignore_index=True)
    size, started, over = len(rows), rows["_started"].to_numpy(), rows["_ticket"].to_numpy() >= 0
    known = over | (source.uniforms("bot identified", size) < IDENTIFIED)
    columns = {
        "bot_session_id": identifiers("bot", row_numbers(source.shard, size)),
        "customer_id": taken(people["customer_id"], np.where(known, rows["_person"].to_numpy(), -1)),
        "identity_id": texts([None] * size),
        "channel": labels(CHANNELS, rows["_channel"].to_numpy()),
        "category": labels(list(CATEGORIES), rows["_category"].to_numpy()),
        "started_at": instants(started),
        "ended_at": instants(started + rows["_lasts"].to_numpy()),
        "handed_over": over,
        "abandoned": ~over & (source.uniforms("bot abandoned", size) < ABANDONED),
        "ticket_id": taken(tickets["ticket_id"], np.where(over, rows["_ticket"].to_numpy(), -1)),
    }
    seen = started <= END - RECONTACT
    solved_by_bot = seen & ~over & ~_comes_back(rows, tickets)
    return pd.DataFrame(columns), count("T15", 100 * int(solved_by_bot.sum()), of=int(seen.sum()))


def _before_tickets(
    source: Source, people: pd.DataFrame, tickets: pd.DataFrame, handed: int, back: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return conversations that turn into a ticket, and those whose problem comes back as one."""
    size, created = len(tickets), tickets["_created"].to_numpy()
    since = created - np.maximum(people["_signed_up"].to_numpy()[tickets["_person"]], 0)
    order = np.argsort(source.uniforms("bot ticket", size), kind="stable")
    here = np.isin(tickets["_channel"], WITH_BOT) & (since > LASTS[-1])
    turned = order[here[order]][:handed]
    free = (since > RECONTACT) & ~np.isin(np.arange(size), turned)
    followed = order[free[order]][:back]
    lasts = quantile(source.uniforms("bot lasts", size), LASTS_AT, LASTS)
    later = quantile(source.uniforms("bot back", size), BACK_AT, BACK)
    channel = np.array(WITH_BOT)[pick(source.uniforms("bot channel", size), CHANNEL_SHARES)]
    both = tickets.assign(_lasts=lasts)[["_person", "_category", "_channel", "_lasts"]]
    return (
        both.assign(_started=created - lasts, _ticket=np.arange(size)).take(turned),
        both.assign(_started=created - later, _ticket=-1, _channel=channel).take(followed),
    )


def _others(source: Source, people: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return conversations of anybody who was a customer at the time, tied to no ticket."""
    started = days.moments(source, "bot", days.TICKETS, size) + days.times_of_day(
        source, "bot", (days.DIGITAL_HOURS,), np.zeros(size, dtype="int64")
    )
    started = np.minimum(started, END - LASTS[-1] - 1)
    customers = np.searchsorted(people["_signed_up"].to_numpy(), started)  # in the order of their sign-up
    columns = {
        "_person": whole(source.uniforms("bot person", size), customers),
        "_category": pick(source.uniforms("bot category", size), [share for share, _, _ in CATEGORIES.values()]),
        "_channel": np.array(WITH_BOT)[pick(source.uniforms("bot own channel", size), CHANNEL_SHARES)],
        "_lasts": quantile(source.uniforms("bot own lasts", size), LASTS_AT, LASTS),
        "_started": started,
        "_ticket": np.full(size, -1),
    }
    return pd.DataFrame(columns)[customers > 0]


def _comes_back(sessions: pd.DataFrame, tickets: pd.DataFrame) -> np.ndarray:
    """Return whether each person opens a ticket about the same within the window after the first message."""
    topics = len(CATEGORIES)
    keys = np.sort((tickets["_person"] * topics + tickets["_category"]).to_numpy() * KEY + tickets["_created"])
    start = (sessions["_person"] * topics + sessions["_category"]).to_numpy() * KEY + sessions["_started"].to_numpy()
    return np.searchsorted(keys, start + RECONTACT, side="right") > np.searchsorted(keys, start, side="right")
