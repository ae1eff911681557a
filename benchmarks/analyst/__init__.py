"""An analyst who sees the tables of a company and nothing else, and answers for every planted truth.

Each module holds, for the truths of one field, the tempting (naive) answer and the right one.
"""

from collections.abc import Callable

import pandas as pd
from analyst import contracts, service, surveys, tickets
from analyst.answer import Answer

Tables = dict[str, pd.DataFrame]
ANALYSTS: dict[str, Callable[[Tables], Answer]] = {
    "T01": surveys.t01,
    "T06": contracts.t06,
    "T09": service.t09,
    "T14": tickets.t14,
    "T15": service.t15,
    "T17": contracts.t17,
    "T24": tickets.t24,
}
