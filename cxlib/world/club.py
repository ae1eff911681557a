"""The paid plans of Clube Ipê: one monthly contract a member, and the few who come back for a year.

Truth T17. How many months a contract lasts is drawn first, for ever: shifted beta-geometric, which is what
comes out when everybody has a fixed chance to leave each month and the chances differ. The calendar's end
then hides the ends that lie beyond it. The truth is the chance that the contracts had when they began, not
the share that came of it: most of that share can be counted in the tables, and no interval for the chance
would fit it. Membership of the programme itself (`customers.club_member`)
is free and stays when a paid plan ends.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.contracts import MONTHS_OBSERVED, PROTECTION, RUNS, month_after, reasons, seconds_of
from cxlib.world.counting import count
from cxlib.world.days import DAY
from cxlib.world.randomness import DECIMALS, Source, pick, whole

ALPHA, BETA = 1.2, 6.0  # of T17
HORIZON = 12  # months, of T17
PLAN_SHARES = (0.55, 0.32, 0.13)
LAST_START = 17  # nobody starts later, so that every contract is watched for half a year or more
UP, DOWN = 0.12, 0.06  # these would change to the next plan up or down
CHANGES = 23  # months after which they would, 1 to this
BACK = 0.10  # of those who left, these come back
RENEWED = 0.50


def _lasting() -> list[float]:
    """Return P(1), P(2) ... months of the shifted beta-geometric, the last for all that is longer."""
    alive, shares = 1.0, []
    for month in range(1, MONTHS_OBSERVED + 1):
        still = alive * (BETA + month - 1) / (ALPHA + BETA + month - 1)
        shares.append(round(alive - still, DECIMALS))
        alive = still
    return [*shares, round(alive, DECIMALS)]


LASTING = _lasting()
CHANCE = 1 - sum(LASTING[:HORIZON])


def club(source: Source, people: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the club contracts of a shard and the sums behind truth T17."""
    person = np.flatnonzero(people["club_member"])
    size = len(person)
    first = month_after(np.maximum(people["_signed_up"].to_numpy()[person], -1))
    start = first + whole(source.uniforms("club start", size), LAST_START + 1 - first)
    lasts = 1 + pick(source.uniforms("club lasts", size), LASTING)
    end = np.where(lasts <= MONTHS_OBSERVED, start + lasts, RUNS)
    plan = pick(source.uniforms("club plan", size), PLAN_SHARES)
    moves = pick(source.uniforms("club moves", size), [UP, DOWN, 1 - UP - DOWN])
    later = np.clip(plan + np.array([1, -1, 0])[moves], 0, PROTECTION - 1)
    change = start + 1 + whole(source.uniforms("club change", size), CHANGES)
    columns = {
        "_person": person,
        "_plan": plan,
        "_later": later,
        "_change": np.where(later == plan, RUNS, change),
        "_start": start,
        "_end": end,
        "_requested": seconds_of(end) - 3_600 - whole(source.uniforms("club request", size), 27 * DAY),
        "_reason": reasons(source, "club", np.zeros(size)),
        "_annual": np.zeros(size, dtype="bool"),
        "_again": np.zeros(size, dtype="bool"),
    }
    contracts = pd.DataFrame(columns)
    counts = count("T17", 100 * CHANCE * size, of=size)
    return pd.concat([contracts, _back(source, contracts)], ignore_index=True), counts


def _back(source: Source, contracts: pd.DataFrame) -> pd.DataFrame:
    """Return the annual contracts of those who left and came back within half a year."""
    size, end = len(contracts), contracts["_end"].to_numpy()
    start = end + 1 + whole(source.uniforms("club back after", size), 5)
    back = (source.uniforms("club back", size) < BACK) & (start < MONTHS_OBSERVED)
    renewed = source.uniforms("club renewed", size) < RENEWED
    end = np.where(renewed, RUNS, start + 12)
    plan = np.where(contracts["_change"] < contracts["_end"], contracts["_later"], contracts["_plan"])
    again = contracts.assign(
        _plan=plan,
        _later=plan,
        _change=RUNS,
        _start=start,
        _end=end,
        _requested=seconds_of(end) - 3_600 - whole(source.uniforms("club back request", size), 27 * DAY),
        _reason=reasons(source, "club back", np.zeros(size)),
        _annual=True,
        _again=True,
    )
    return again[back]
