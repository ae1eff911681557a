"""Delivery problems that go to the carrier: the steps of process "entrega_com_problema", versions 1 and 2.

Truth T24. The process runs from the first human reply to the message with the carrier's answer. Version 1 asks the
customer for the same four more times and works 10% of the time that passes; version 2 asks nothing again, takes less
than half as long and works 25% of it. In both the case lies with the carrier for 62% of the time. Working time is
drawn for every case and logged for some of them, which were timed.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.counting import count
from cxlib.world.randomness import Source, quantile_by

TEAM = "transportadora"
# Minutes from the first human reply to the answer, at these quantiles, by version.
LASTS_AT, LASTS = (0, 0.5, 1), ((60, 120, 180), (24, 48, 72))
# Lowest value and range, all values as likely: share of the time with the carrier; share worked, by version.
WITH_CARRIER = (0.55, 0.14)
WORKED = ((0.04, 0.12), (0.20, 0.10))
TIMED = 0.40
ASKS = "order_id"
# Steps by version: what happens, in which stretch of our own time (before or after the carrier), how far into it.
ASK, OUT, BACK, ANSWER = range(4)
STEPS = (
    ((ASK, 0, 0.35), (ASK, 0, 0.70), (OUT, 0, 1), (BACK, 1, 0), (ASK, 1, 0.35), (ASK, 1, 0.70), (ANSWER, 1, 1)),
    ((OUT, 0, 1), (BACK, 1, 0), (ANSWER, 1, 1)),
)


def steps(source: Source, tickets: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the steps of all cases, and the sums behind truth T24.

    Columns: `_ticket` (position), `_at`, `_step`, `_touch` (tenths of minutes worked since the step before) and
    `_timed`.
    """
    cases = np.flatnonzero(tickets["_version"])
    version = tickets["_version"].to_numpy()[cases] - 1
    size = len(cases)
    lasts = 60 * quantile_by(source.uniforms("carrier lasts", size), version, LASTS_AT, LASTS)
    waits = WITH_CARRIER[0] + WITH_CARRIER[1] * source.uniforms("carrier waits", size)
    low, spread = np.array(WORKED)[version].T
    worked = low + spread * source.uniforms("carrier worked", size)
    timed = source.uniforms("carrier timed", size) < TIMED
    frames = [_of(own, np.flatnonzero(version == number), lasts, waits, worked) for number, own in enumerate(STEPS)]
    rows = pd.concat(frames, ignore_index=True)
    case = rows.pop("_case").to_numpy()
    rows["_ticket"], rows["_timed"] = cases[case], timed[case]
    rows["_at"] += tickets["_replied"].to_numpy()[rows["_ticket"]]
    first = version[case] == 0
    minutes = int(lasts[version == 0].sum()) // 60
    return rows, count("T24", 10 * int(rows.loc[first, "_touch"].sum()), of=minutes)


def _of(
    own: tuple[tuple[int, int, float], ...],
    case: np.ndarray,
    lasts: np.ndarray,
    waits: np.ndarray,
    worked: np.ndarray,
) -> pd.DataFrame:
    """Return the steps of the cases of one version; work is spread over our own time as it passes."""
    total, wait = lasts[case], waits[case]
    half = (1 - wait) * total / 2
    frames, before = [], np.zeros(len(case))
    for step, stretch, far in own:
        inside = (stretch + far) * half  # of our own time, the carrier's left out
        touch = worked[case] * total * (inside - before) / (2 * half) / 6
        at = np.rint(inside + stretch * wait * total).astype("int64")
        frames.append({"_case": case, "_at": at, "_step": step, "_touch": np.rint(touch).astype("int64")})
        before = inside
    return pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)
