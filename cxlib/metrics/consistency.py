"""Consistency: whether customers get the same in every channel, once the noise of small groups is taken off."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.between import between_groups
from cxlib.language import say
from cxlib.metrics.ask import metric
from cxlib.metrics.result import COLUMNS, LEVEL
from cxlib.metrics.wording import plain

Z = 1.959963984540054
LEAST = 3


def consistency(
    data: object,
    name: str,
    *,
    by: str | Iterable[str] = "channel",
    rule: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    as_of: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Measure consistency: "how much do channels really differ, beyond what chance alone would show?"

    `name` is any metric with an interval (csat, first_response_time, price_to_list ...), `by` what may differ:
    channel, store_id, team. Other options as in `metric`. The lowest and the highest of many groups always look far
    apart; `value` is the standard deviation between the groups' true values, in the unit of the metric, without the
    noise of their samples, and 0 where noise explains all of it. It does not say why: channels have
    different customers and different matters.

    Returns one row: metric, rule, by, value, low, high (95 %), raw (the same with the noise left in), p_value (of no
    difference at all), groups, n, left_out (groups without an interval, or hidden), lowest, highest (names), unit,
    method. Raises `InputError`, also with fewer than three groups. Source: Paule & Mandel 1982; Viechtbauer 2007.

    >>> from cxlib.world.store import ipe
    >>> found = consistency(ipe(), "csat")
    >>> found[["metric", "groups", "unit"]].to_dict("records")
    [{'metric': 'csat', 'groups': 4, 'unit': 'share'}]
    """
    cells = metric(data, name, by=by, rule=rule, start=start, end=end, as_of=as_of, source_zone=source_zone)
    columns = [column for column in cells if column not in COLUMNS]
    if not columns:
        raise InputError(say("Say with `by` what may differ, such as channel."))
    numbers = cells[["value", "low", "high"]].to_numpy(float)
    known = np.isfinite(numbers).all(axis=1) & (numbers[:, 2] > numbers[:, 1])
    used = cells[known]
    if len(used) < LEAST:
        raise InputError(
            say(
                "How far groups differ takes three of them with an interval; {metric} by {column} has {n}.",
                metric=name,
                column=", ".join(columns),
                n=len(used),
            )
        )
    errors = (used["high"] - used["low"]).to_numpy(float) / (2 * Z)
    found = between_groups(used["value"].to_numpy(float), errors, level=LEVEL)
    named = used[columns].map(plain).agg(" · ".join, axis=1)
    row = {
        **{"metric": name, "rule": used["rule"].iloc[0], "by": ", ".join(columns)},
        **{"value": found.value, "low": found.low, "high": found.high, "raw": found.raw, "p_value": found.p_value},
        **{"groups": len(used), "n": int(used["n"].sum()), "left_out": int((~known).sum())},
        **{"lowest": named[used["value"].idxmin()], "highest": named[used["value"].idxmax()]},
        **{"unit": used["unit"].iloc[0], "method": f"Paule-Mandel, Q-profile {LEVEL:.0%}"},
    }
    frame = pd.DataFrame([row])
    frame.attrs |= cells.attrs
    return frame
