"""Four days in October 2024 with the payment gateway down: the tickets that nobody would have opened otherwise.

Truth T09. They come on top of all other tickets, in one category and one channel, outside of both windows
of truth T01.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.counting import count
from cxlib.world.randomness import Source, pick

FIRST, LAST = days.day("2024-10-15"), days.day("2024-10-18")
TIMES = 12  # tickets of this category and channel, compared with what these days would have brought
CATEGORY, CHANNEL = "pagamento", "chat"
WEIGHTS = days.TICKETS[FIRST : LAST + 1]


def outage(source: Source, people: pd.DataFrame, rates: np.ndarray) -> pd.DataFrame:
    """Return who asks for help only because of the outage, and when.

    `rates` are the tickets of this category and channel that each customer opens in the whole calendar.
    """
    chance = rates * (TIMES - 1) * float(WEIGHTS.sum() / days.TICKETS.sum())
    person = np.flatnonzero(source.uniforms("outage", len(people)) < chance)
    second = days.times_of_day(source, "outage", (days.SERVICE_HOURS,), np.zeros(len(person), dtype="int64"))
    created = (FIRST + pick(source.uniforms("outage day", len(person)), WEIGHTS)) * days.DAY + second
    there = created > people["_signed_up"].to_numpy()[person]
    return pd.DataFrame({"_person": person[there], "_created": created[there], "_outage": True})


def counts(people: pd.DataFrame, tickets: pd.DataFrame) -> Counter[str]:
    """Return the sums behind truth T09: tickets because of the outage, per 1,000 customers."""
    return count("T09", 1_000 * int(tickets["_outage"].sum()), of=len(people))
