"""Who passes a ticket on, and who has to say it all again: between our own teams, and to the carrier.

Truth T14 is about our own teams: after some transfers the customer is asked once more for what was said
already. Delivery problems that go to the carrier follow a process of their own (truth T24): its first version
asks four times by design, its second never; no other transfer happens to them.
"""

import numpy as np

from cxlib.world import days
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source, pick

# Transfers between agents, and how likely each one makes the customer say it all again, by channel (truth T14).
TRANSFERS = (0.70, 0.18, 0.09, 0.03)
ASKED_AGAIN = (0.30, 0.10, 0.65, 0.30, 0.30, 0.10)
# Solved delivery problems with enough work left may go to the carrier; from this day on by the second version.
CARRIER = 0.60
ROOM = 4 * 3_600
NEW_PROCESS = days.day("2025-07-01") * DAY
BY_DESIGN = np.array([0, 4, 0])  # times the same is asked again, by version of the process; 0 is no process


def handoffs(source: Source, channel: np.ndarray, delivery: np.ndarray, created: np.ndarray, clock: dict) -> dict:
    """Return the hidden columns: transfers, which of them ask again (bits), repeats in all, the process's version."""
    size = len(channel)
    room = clock["_worked"] - clock["_replied"] >= ROOM
    carrier = delivery & room & (clock["_solved"] < END) & (source.uniforms("carrier", size) < CARRIER)
    version = np.where(carrier, 1 + (created >= NEW_PROCESS), 0)
    transfers = np.where(carrier, 0, pick(source.uniforms("transfers", size), TRANSFERS))
    chance = np.array(ASKED_AGAIN)[channel]
    again = [(transfers > k) & (source.uniforms(f"repeat {k}", size) < chance) for k in range(len(TRANSFERS) - 1)]
    return {
        "_transfers": transfers,
        "_again_after": sum(asked * 2**k for k, asked in enumerate(again)),
        "_repeats": sum(asked.astype("int64") for asked in again) + BY_DESIGN[version],
        "_version": version,
    }
