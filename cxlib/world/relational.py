"""The relational NPS: everybody is asked in both waves, and each would have answered something.

Truth T01. What a person would say (the potential score) is drawn first, for everybody; who answers is
drawn after it and from other numbers, so that within a stratum the answers are a fair sample. Those
who answered one wave are likelier to answer the next, and to say the same: two answers of a customer
are not two customers. The strata are club membership and a ticket in the 90 days before the invitation
was sent: both can be rebuilt from `customers` and `tickets`.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.columns import labels, texts
from cxlib.world.comments import NONE_ABOUT
from cxlib.world.counting import count
from cxlib.world.days import DAY
from cxlib.world.randomness import Source, nearby, pick, pick_by, quantile, whole
from cxlib.world.service import WAVES, had_ticket

# Promoters, passives, detractors and the share that answers, by stratum: club without and
# with a ticket, others without and with.
BANDS = ((0.55, 0.30, 0.15), (0.30, 0.25, 0.45), (0.35, 0.40, 0.25), (0.15, 0.25, 0.60))
ANSWERS = np.array([0.40, 0.30, 0.12, 0.20])
# Scores 0 to 6 among detractors, 7 and 8 among passives, 9 and 10 among promoters.
WITHIN = ((0.13, 0.05, 0.07, 0.10, 0.12, 0.25, 0.28), (0.40, 0.60), (0.45, 0.55))
SCORES = [
    [band * share for band, shares in zip(bands[::-1], WITHIN, strict=True) for share in shares] for bands in BANDS
]
DRIFT = 0.5  # how far mood and will may move away from the loyalty and the willingness behind them
SEND = 10 * 3600  # local time of the first e-mail of a wave; the rest follow within the hour
BOUNCED = 0.02  # these first attempts fail; the person is reached two days later on WhatsApp
CHANNELS = ("email", "whatsapp", "app", "sms")
CHANNEL_SHARES = (0.50, 0.30, 0.15, 0.05)
EMAIL, WHATSAPP = 0, 1
# Seconds from invitation to answer.
DELAY_AT = (0, 0.25, 0.50, 0.75, 0.90, 1)
DELAY = (90, 2_700, 18_000, 100_000, 290_000, 850_000)


def panel(source: Source, people: pd.DataFrame, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return every customer in every wave: the invitation that arrived, the potential score, the answer."""
    size = len(people) * len(WAVES)
    person = np.repeat(np.arange(len(people)), len(WAVES))
    wave = np.tile(np.arange(len(WAVES)), len(people))
    bounced = source.uniforms("nps bounced", size) < BOUNCED
    first = np.array(list(WAVES.values()))[wave] * DAY + SEND
    first = first + 60 * whole(source.uniforms("nps batch", size), 60)
    sent = first + np.where(bounced, 2 * DAY, 0)
    club = people["club_member"].to_numpy()[person]
    stratum = 2 * ~club + had_ticket(tickets, person, sent)
    mood = nearby(people["_loyalty"].to_numpy()[person], source.uniforms("nps mood", size), DRIFT)
    will = nearby(people["_willingness"].to_numpy()[person], source.uniforms("nps will", size), DRIFT)
    channel = pick(source.uniforms("nps channel", size), CHANNEL_SHARES)
    columns = {
        "_person": person,
        "_wave": wave,
        "_stratum": stratum,
        "_score": pick_by(mood, stratum, SCORES),
        "_bounced": bounced,
        "_first": first,
        "_sent": sent,
        "_channel": np.where(bounced, WHATSAPP, channel),
        "_answers": will < ANSWERS[stratum],
        "_delay": delays(source, "nps", size),
    }
    return pd.DataFrame(columns)


def invites(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the invitations that arrived, one per customer and wave, then the attempts that did not."""
    rows = np.concatenate([np.arange(len(panel)), np.flatnonzero(panel["_bounced"])])
    failed = np.arange(len(rows)) >= len(panel)
    both = panel.take(rows).reset_index(drop=True)
    return both.assign(
        type=texts(["nps"] * len(both)),
        kind=texts(["relational"] * len(both)),
        channel=labels(CHANNELS, np.where(failed, EMAIL, both["_channel"])),
        wave=labels(list(WAVES), both["_wave"].to_numpy()),
        ticket_id=texts([None] * len(both)),
        order_id=texts([None] * len(both)),
        delivered=~failed,
        _sent=np.where(failed, both["_first"], both["_sent"]),
        _answers=both["_answers"] & ~failed,
        _topic=NONE_ABOUT,
    )


def counts(panel: pd.DataFrame) -> Counter[str]:
    """Return the sums behind truth T01: the NPS of everybody's potential scores, answered or not."""
    score = panel["_score"]
    return count("T01", 100 * (int((score >= 9).sum()) - int((score <= 6).sum())), of=len(panel))


def delays(source: Source, purpose: str, size: int) -> np.ndarray:
    """Return seconds from invitation to answer, for those who will answer."""
    return quantile(source.uniforms(f"{purpose} delay", size), DELAY_AT, DELAY)
