"""An analyst who sees the tables of a company and nothing else, and answers for every planted truth.

Each module holds, for the truths of one field, the tempting (naive) answer and the right one.
"""

from collections.abc import Callable

import pandas as pd
from analyst import journeys, purchases, social, stores, surveys
from analyst.answer import Answer

Tables = dict[str, pd.DataFrame]
ANALYSTS: dict[str, Callable[[Tables], Answer]] = {
    "T01": surveys.t01,
    "T01b": purchases.t01b,
    "T07": stores.t07,
    "T16": social.t16,
    "T19": stores.t19,
    "T20": purchases.t20,
    "T25": journeys.t25,
}
