"""An analyst who sees the tables of a company and nothing else, and answers for every planted truth.

Each module holds, for the truths of one field, the tempting (naive) answer and the right one.
"""

from collections.abc import Callable

import pandas as pd
from analyst import (
    contracts,
    journeys,
    purchases,
    robot,
    service,
    shopping,
    social,
    stores,
    surveys,
    tickets,
    visiting,
)
from analyst.answer import Answer

Tables = dict[str, pd.DataFrame]
ANALYSTS: dict[str, Callable[[Tables], Answer]] = {
    "T01": surveys.t01,
    "T02": shopping.t02,
    "T03": visiting.t03,
    "T04": visiting.t04,
    "T05": shopping.t05,
    "T08": shopping.t08,
    "T10": shopping.t10,
    "T11": shopping.t11,
    "T12": visiting.t12,
    "T13": visiting.t13,
    "T18": shopping.t18,
    "T21": visiting.t21,
    "T22": shopping.t22,
    "T01b": purchases.t01b,
    "T07": stores.t07,
    "T16": social.t16,
    "T19": stores.t19,
    "T20": purchases.t20,
    "T06": contracts.t06,
    "T09": service.t09,
    "T14": tickets.t14,
    "T15": service.t15,
    "T17": contracts.t17,
    "T24": tickets.t24,
    "T25": journeys.t25,
    "T26": robot.t26,
}
