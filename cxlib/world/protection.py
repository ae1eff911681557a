"""The monthly protection plan, held by most customers, and what a late reply does to it.

Truth T06. The first ticket of a holder decides: severe problems drive people away, and severe problems also
wait longer for a reply. Whether the holder leaves within 90 days is drawn twice from one number, for a reply
that came in time and for one that did not; the tables show one of the two.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.contracts import PROTECTION, RUNS, month_after, reasons, seconds_of
from cxlib.world.counting import count
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source, whole
from cxlib.world.service import KEY

HOLD = 0.85
DELAY = 6  # months after sign-up (or the product's launch, the calendar's start) within which they take it
# Chance to leave within 90 days of the ticket by severity low, high, and what a broken promise adds.
LEAVES = np.array([0.04, 0.14])
BREACH = 0.05
WATCHED = 90 * DAY
# Seconds from ticket to request: later than the latest first reply, and early enough that the contract's last
# month ends within the 90 days.
REQUEST_AFTER, REQUEST_WITHIN = 3 * DAY, 55 * DAY
OTHERWISE = 0.06  # these would leave for reasons of their own, never within the 90 days


def protection(source: Source, people: pd.DataFrame, tickets: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the protection contracts of a shard and the sums behind truth T06."""
    person = np.flatnonzero(source.uniforms("protection", len(people)) < HOLD)
    size = len(person)
    since = np.maximum(people["_signed_up"].to_numpy()[person], -1)
    start = month_after(since) + whole(source.uniforms("protection start", size), DELAY)
    case = _first_tickets(person, seconds_of(start), tickets)
    chance, draw = LEAVES[case["severe"]], source.uniforms("protection leaves", size)
    in_time, late = draw < chance, draw < chance + BREACH
    by_ticket = case["has"] & np.where(case["breached"], late, in_time)
    request = case["created"] + REQUEST_AFTER + whole(source.uniforms("protection request", size), REQUEST_WITHIN)
    other = _otherwise(source, seconds_of(start))
    own = (other < END) & ~by_ticket & (~case["has"] | (other > case["created"] + WATCHED))
    requested = np.where(by_ticket, request, other)
    columns = {
        "_person": person,
        "_plan": PROTECTION,
        "_later": PROTECTION,
        "_change": RUNS,
        "_start": start,
        "_end": np.where(by_ticket | own, month_after(requested), RUNS),
        "_requested": requested,
        "_reason": reasons(source, "protection", by_ticket),
        "_annual": False,
        "_again": False,
    }
    seen = case["has"] & (case["created"] <= END - WATCHED)
    extra = int(late[seen].sum()) - int(in_time[seen].sum())
    return pd.DataFrame(columns), count("T06", 100 * extra, of=int(seen.sum()))


def _first_tickets(person: np.ndarray, started: np.ndarray, tickets: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return each holder's first ticket since the plan began: whether there is one, when, how severe, how late."""
    owner, created = tickets["_person"].to_numpy(), tickets["_created"].to_numpy()
    position = np.searchsorted(owner * KEY + created, person * KEY + started)
    has = np.append(owner, -1)[position] == person
    return {
        "has": has,
        "created": np.append(created, END)[position],
        "severe": np.append(tickets["_severe"].to_numpy(), 0)[position],
        "breached": np.append(tickets["_breached"].to_numpy(), False)[position],
    }


def _otherwise(source: Source, started: np.ndarray) -> np.ndarray:
    """Return the second at which each holder would ask to leave without any ticket; `END` when never."""
    size = len(started)
    first = started + 30 * DAY
    when = first + whole(source.uniforms("protection own request", size), np.maximum(END - first, 1))
    return np.where(source.uniforms("protection own reason", size) < OTHERWISE, when, END)
