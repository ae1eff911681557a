"""All events of a block of customers: those of the log, and the touches seen outside it."""

import numpy as np
import pandas as pd

from cxlib.world.randomness import Source, quantile

LATE, LATE_DELAY = 0.02, (86_401, 180_000, 600_000)  # seconds until events of phones without a signal arrive (T23)


def events(source: Source, log: pd.DataFrame, touches: pd.DataFrame) -> pd.DataFrame:
    """Return the events sorted by person and time, each with its number in that order."""
    both = pd.concat([log, touches.assign(is_bot=False, failed=False)], ignore_index=True)
    both["person_key"] = both["customer_id"].fillna(both["identity_id"])
    both = both.sort_values(["person_key", "occurred_at"], kind="stable", ignore_index=True)
    size = len(both)
    number = pd.Series(np.arange(1, size + 1)).astype("str").str.zfill(6)
    late = source.uniforms("late", size) < LATE
    delay = quantile(source.uniforms("late by", size), (0, 0.5, 1), LATE_DELAY)
    return both.assign(
        event_id=f"e{source.shard:05d}-" + number,
        received_at=(both["occurred_at"] + pd.to_timedelta(delay, unit="s").as_unit("us")).where(late),
        currency=pd.Series("BRL", index=both.index, dtype="str").where(both["value_cents"].notna()),
    )
