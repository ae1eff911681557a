"""All events of a block of customers: those of the log, and the touches seen outside it."""

import numpy as np
import pandas as pd

from cxlib.world.randomness import Source


def events(source: Source, log: pd.DataFrame, touches: pd.DataFrame) -> pd.DataFrame:
    """Return the events sorted by person and time, each with its number in that order."""
    both = pd.concat([log, touches.assign(is_bot=False, failed=False)], ignore_index=True)
    both["person_key"] = both["customer_id"].fillna(both["identity_id"])
    both = both.sort_values(["person_key", "occurred_at"], kind="stable", ignore_index=True)
    size = len(both)
    number = pd.Series(np.arange(1, size + 1)).astype("str").str.zfill(6)
    return both.assign(
        event_id=f"e{source.block:05d}-" + number,
        currency=pd.Series("BRL", index=both.index, dtype="str").where(both["value_cents"].notna()),
    )
