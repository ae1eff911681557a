"""The experiment with recommendations as it was kept: all who were assigned, and the log that lost some (T08)."""

import numpy as np
import pandas as pd

from cxlib.world.columns import instants, labels, texts
from cxlib.world.days import DAY
from cxlib.world.randomness import Source, whole
from cxlib.world.timeline import TEST_START

EXPERIMENTS = (
    *("experiment_id", "unit", "unit_id", "store_id", "arm", "arm_share", "stratum", "assigned_at", "exposed_at"),
)
NAME, LOGGED = "recommendations_2025_01", "recommendations_2025_01_as_logged"
SEES = np.array([0.50, 0.90])  # of the treated who did not buy, and who did
# App 5.1 failed to log one treated customer in ten, nearly all of them among those who did not buy.
LOST = np.array([0.114, 0.014])


def experiment(source: Source, people: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Return everybody assigned, then those whom the analysis log kept."""
    size, bought = len(people), test["_bought"].to_numpy().astype("int64")
    treated = test["_treated"].to_numpy()
    sees = treated & (source.uniforms("test sees", size) < SEES[bought])
    seen_at = TEST_START + whole(source.uniforms("test seen at", size), DAY)
    assigned = pd.DataFrame(
        {
            "experiment_id": texts([NAME] * size),
            "unit": texts(["customer"] * size),
            "unit_id": people["customer_id"],
            "store_id": texts([None] * size),
            "arm": labels(("control", "treatment"), treated.astype("int64")),
            "arm_share": np.full(size, 0.5),
            "stratum": labels(("new", "returning"), test["_returning"].to_numpy().astype("int64")),
            "assigned_at": instants(np.full(size, TEST_START)),
            "exposed_at": instants(seen_at, sees),
        }
    )
    kept = ~(treated & (source.uniforms("test lost", size) < LOST[bought]))
    logged = assigned[kept].assign(experiment_id=LOGGED)
    return pd.concat([assigned, logged], ignore_index=True)
