"""Attribution: credit for conversions by rival rules, with bands; who gets the credit need not have caused them."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.credit import Paths
from cxlib.inference.ranks import draws, ends, rank_ends, ranks
from cxlib.journeys.cells import LEVEL, RANKS, finished, noted, together
from cxlib.journeys.channel_paths import ChannelPaths, of_frame, of_sessions
from cxlib.journeys.log import ALL, Log
from cxlib.language import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

RULES = ("first", "last", "linear", "markov")
REPEATS = 500


def attribution(
    data: object,
    *,
    channel: str = "source",
    goal: str | None = "purchase",
    days: float = 30,
    rules: Sequence[str] = RULES,
    start: str | date | None = None,
    end: str | date | None = None,
    until: str | date | None = None,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Share out conversions over channels: "which channels get the credit, and does it hang on the rule?"

    `data` is anything that `open_dataset` takes, with `sessions` and `events`, or one frame of paths: `path`, such as
    `"google > instagram"`, `conversions` and `nulls`, how often it ended with and without one. A path is a person's
    visits in order, from the first or from the one after a conversion, until the next conversion (a visit with an
    event of the type `goal`; with `goal=None` one with `key_events`) or `days` of silence. `channel` is the column of
    sessions that gets the credit. Paths that may still convert when the log ends are open: set aside.

    Returns for each rule and channel, in the columns of `metric` with `rank`, `rank_low` and `rank_high`:
    `attribution`, the share of the conversions credited (`numerator` is the credit, `n` all conversions) by `first`
    touch, `last` touch, `linear` (all touches alike) and `markov`; and of the last, `removal_effect`: what share of
    the conversions the chain loses without the channel (solved exactly; Anderl et al. 2016). Bands and intervals of
    ranks come from drawing customers again (paths, where only those are given). No rule says what a channel causes:
    credit is shared among observed paths; who is reached was chosen, and what is not tracked has no credit. That
    takes an experiment. Raises `InputError`.

    >>> paths = pd.DataFrame({"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "nulls": [0, 0, 0, 1]})
    >>> frame = attribution(paths, rules=["markov"])
    >>> frame[["channel", "metric", "value", "numerator", "rank"]].round(2)
      channel          metric  value  numerator  rank
    0       G     attribution   0.60        2.4     1
    1       M     attribution   0.40        1.6     2
    2       G  removal_effect   0.75        NaN     1
    3       M  removal_effect   0.50        NaN     2
    """
    for one in rules:
        if one not in RULES:
            raise InputError(say("{rule} is no rule of attribution. Choose from: {rules}.", rule=repr(one),
                                 rules=", ".join(RULES)))  # fmt: skip
    if not days > 0:
        raise InputError(say("days must be above zero."))
    given = isinstance(data, pd.DataFrame) and "path" in data.columns
    found = (
        of_frame(data)
        if given
        else of_sessions(data, channel, goal, days, start=start, end=end, until=until, source_zone=source_zone)
    )
    credits, drawn = found.paths.credits(found.times[np.newaxis, :]), _drawn(found.paths, found.times)
    by = "paths" if given else "customers"
    frames = [_rows(found, rule, credits[rule][0], drawn[rule], by) for rule in RULES if rule in rules]
    if "markov" in rules:
        frames.append(_rows(found, "removal_effect", credits["removal_effect"][0], drawn["removal_effect"], by))
    return together(frames)


def _drawn(paths: Paths, times: "NDArray[np.float64]") -> dict[str, "NDArray[np.float64]"]:
    return paths.credits(draws(times, REPEATS))


def _rows(
    found: ChannelPaths, rule: str, credit: "NDArray[np.float64]", drawn: "NDArray[np.float64]", by: str
) -> pd.DataFrame:
    removal = rule == "removal_effect"
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = drawn if removal else drawn / drawn.sum(axis=1, keepdims=True)
        value = credit if removal else credit / found.conversions
    low, high = ends(shares, LEVEL)
    best, worst = rank_ends(shares, LEVEL)
    known = np.isfinite(low)
    cells = pd.DataFrame({
        "channel": found.paths.channels, "metric": rule if removal else "attribution", "value": value,
        "low": low, "high": high, "n": found.conversions, "numerator": np.nan if removal else credit,
        "denominator": found.conversions, "unit": "share", "period": ALL, "people": found.people,
        "rank": ranks(value[np.newaxis, :])[0], "rank_low": best, "rank_high": worst,
        "method": np.where(known, f"bootstrap of {by} {LEVEL:.0%}", "none: too few for an interval"),
        "aside_open": found.open,
    })  # fmt: skip
    cells = cells.astype(dict.fromkeys(RANKS, "Int64"))
    cells = cells.sort_values("value", ascending=False, kind="stable", na_position="last")
    log = Log(dataset=found.dataset, rows=found.rows, aside=found.aside)
    frame = finished([cells], log, keys=["channel", *RANKS], rule="markov" if removal else rule)
    return noted(frame, ["not_causal"] * len(frame))
