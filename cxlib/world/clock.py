"""How long a ticket takes: the first human reply against its promise, the work, reopenings, the end.

Truth T06 needs breached promises that depend on severity while each channel's waits stay as they are.
So the promise of a channel is its wait at a quantile (`WITHIN`), the share of breaches over all tickets is
what lies beyond, and a ticket first gets its side of the promise, then its place on that side.
"""

import numpy as np

from cxlib.world.columns import identifiers, instants, labels
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source, pick, quantile_by, whole

# Chance that the first reply comes too late, by severity low, high; 30% of the tickets are severe, so the
# promise is kept for 0.7 x 0.85 + 0.3 x 0.40 of all (truth T06).
SEVERE = 0.30
BREACHED = (0.15, 0.60)
WITHIN = 0.715
# Minutes at these quantiles: first human reply by channel, the rest of the work by severity, a reopening.
REPLY_AT = (0, 0.25, 0.50, WITHIN, 0.75, 0.90, 0.99, 1)
REPLY = (
    (0, 2, 6, 15, 17, 45, 180, 480),
    (0, 1, 2, 5, 6, 12, 40, 90),
    (0, 1, 3, 5, 7, 15, 35, 60),
    (5, 60, 180, 480, 520, 1_200, 2_600, 4_000),
    (5, 20, 60, 180, 190, 600, 1_500, 2_500),
    (0, 1, 3, 5, 7, 15, 30, 60),
)
AT = (0, 0.25, 0.50, 0.75, 0.90, 0.99, 1)
WORK = ((3, 20, 180, 1_440, 4_320, 12_000, 25_000), (10, 120, 1_440, 4_320, 10_000, 20_000, 40_000))
REOPENING = ((300, 900, 1_800, 3_600, 7_200, 12_000, 20_000),)
NEVER = 0.03  # these are never solved
# Minutes promised until the first human reply, by channel (`sla_policies`).
PROMISED = tuple(minutes[REPLY_AT.index(WITHIN)] for minutes in REPLY)
AGENTS = ((1, 40), (1, 40), (41, 30), (71, 20), (1, 40), (91, 24))  # first number and how many, by channel


def clock(source: Source, created: np.ndarray, channel: np.ndarray, severe: np.ndarray) -> dict:
    """Return the columns of the tickets' instants as far as the calendar's end has seen them.

    Hidden: when it was first replied to, first and last solved (`END` when never), the seconds of a
    reopening, the wait in minutes, whether the promise was broken.
    """
    size = len(created)
    breached, wait = _wait(source, channel, severe)
    reopened = pick(source.uniforms("reopened", size), [0.90, 0.08, 0.02])
    work = quantile_by(source.uniforms("work", size), severe, AT, WORK)
    again = quantile_by(source.uniforms("again", size), np.zeros(size), AT, REOPENING) * 60
    replied = created + wait
    worked = replied + work * 60
    solved = worked + reopened * again
    is_solved = (solved < END) & (source.uniforms("never solved", size) >= NEVER)
    closed = solved + 4 * DAY
    is_closed = is_solved & (closed < END)
    first, agents = np.array(AGENTS).T
    agent = first[channel] + whole(source.uniforms("agent", size), agents[channel])
    return {
        "status": labels(("open", "solved", "closed"), is_solved.astype("int64") + is_closed),
        "first_human_reply_at": instants(replied, replied < END),
        "solved_at": instants(solved, is_solved),
        "closed_at": instants(closed, is_closed),
        "reopened_count": np.where(is_solved, reopened, 0),
        "agent_id": identifiers("a", agent, replied < END, digits=3),
        "_replied": replied,
        "_worked": worked,
        "_again": again,
        "_solved": np.where(is_solved, solved, END),
        "_wait": wait / 60,
        "_breached": breached,
    }


def _wait(source: Source, channel: np.ndarray, severe: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each first reply broke its promise, and after how many seconds it came.

    Seconds are never 0, so that a wait of the promised minutes is always a wait of more than them.
    """
    size = len(channel)
    breached = source.uniforms("breached", size) < np.array(BREACHED)[severe]
    place = source.uniforms("reply", size)
    place = np.where(breached, WITHIN + (1 - WITHIN) * place, WITHIN * place)
    minutes = quantile_by(place, channel, REPLY_AT, REPLY)
    promised = np.array(PROMISED)[channel]
    minutes = np.where(breached, np.maximum(minutes, promised), np.minimum(minutes, promised - 1))
    return breached, minutes * 60 + 1 + whole(source.uniforms("reply second", size), 59)
