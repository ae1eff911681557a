"""How many purchases began in another channel: from what was seen to what can be said of what was not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.unseen import Quality
from cxlib.journeys.cells import finished
from cxlib.journeys.log import Log, names
from cxlib.journeys.research import CLASSES, ResearchRule, researched
from cxlib.journeys.research_counts import APP, KINDS, cells_of, count
from cxlib.journeys.research_rungs import ASSUMES, ESTIMATES, Case
from cxlib.language import say


def research_shopping(
    data: object,
    kind: str = "webrooming",
    *,
    days: float | Iterable[float] = 14,
    match: str = "category",
    within: str = APP,
    se: float | Mapping[Any, float] | None = None,
    sp: float | Mapping[Any, float] | None = None,
    population: Mapping[Any, float] | None = None,
    identified: float | Iterable[float] = 1.0,
    by: str | Iterable[str] = (),
    every: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    since: str | date | None = None,
    channels: Mapping[str, str] = CLASSES,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Estimate research in another channel: "how many of our store sales began online?"

    `data` has events, orders and order_items; identities, app_installs and customers help. `kind` is `webrooming`
    (looked at online before a purchase in a store) or `showrooming` (looked at in a store before one online). What
    counts as research is the rule of `journeys.research`: an informational event of the same person about the same
    `match` (category, or product), at most `days` before and after the previous purchase in that category. Several
    `days` give the window curve over the same purchases. An order that is picked up in a store was bought online.

    Much research is never seen, so one count is not the answer. Each row is a rung of a ladder, in `rule`: `seen`,
    the naive count, seen of all purchases; `linked`, of those by known buyers; `asked`, what buyers said at the
    exit (`order_items.researched_elsewhere`); `corrected` by how often research is seen (`se`), and not seen where
    there was none (`sp`); `stratified`, corrected in each group of buyers `within` (`app`, `login`, or a column of
    customers) and put together; `recaptured`, from the two lists of those seen and those who said yes; `bounds`, what
    nothing can rule out. `se` and `sp` are numbers, or one for each stratum; without them they are read off those who
    were asked, and the intervals are wider for it. `population` gives the strata's shares of all buyers, strangers
    included. `identified` below 1 says what would be known if only that share of the known buyers were; several
    give a curve. What is given in `se` and `sp` holds for the window it was measured with, so not for several `days`.
    `since` is the first day of the complete log; purchases with days before it are set aside.

    Returns by, days, identified, then the columns of `metric` (value, low, high, n, set_aside, method ...; the metric
    is webrooming_share or showrooming_share), then sensitivity, specificity and `assumes`, what has to be true.
    The unit is a line of an order; lines of one buyer belong together. Warnings: `seen_only` on the naive count,
    `clipped` where a value left 0 to 1. Raises `InputError`. Sources: Rogan & Gladen 1978; Chapman 1951; Holt & Smith
    1979 (post-stratification).

    >>> from cxlib.world.store import ipe
    >>> ladder = research_shopping(ipe())
    >>> ladder["rule"].tolist()
    ['seen', 'linked', 'asked', 'corrected', 'stratified', 'recaptured', 'bounds']
    """
    windows, shares = _numbers(days), _numbers(identified)
    if kind not in KINDS:
        raise InputError(say("{found} is not one of: {known}.", found=repr(kind), known=", ".join(KINDS)))
    if not all(0 < share <= 1 for share in shares):
        raise InputError(say("A share of known buyers is above 0 and at most 1: {found}.", found=identified))
    quality = Quality(sensitivity=se, specificity=sp)
    _check_quality(quality)
    rule = ResearchRule(days=max(windows, default=0), match=match, channels=channels, since=since)
    found = researched(data, rule, source_zone=source_zone)
    counts = count(found, kind, windows, stratum=within, by=names(by), every=every, start=start, end=end)
    cells = cells_of(counts)
    _check_strata(quality, population, counts.kinds)
    keys = [*names(by), "days", "identified", "period"]
    cases = [
        (
            cell | {"days": window, "identified": share},
            aside,
            Case(
                kinds=kinds,
                place=place,
                identified=share,
                quality=quality,
                population=population,
                windows=len(windows),
            ),
        )
        for cell, kinds, aside in cells
        for place, window in enumerate(windows)
        for share in shares
    ]
    return _ladder(cases, found.log, keys, f"{kind}_share")


def _numbers(given: float | Iterable[float]) -> list[float]:
    found = list(given) if isinstance(given, Iterable) else [given]
    if not found or not all(isinstance(one, (int, float)) and one > 0 for one in found):
        raise InputError(say("Give numbers above zero, not {found}.", found=repr(given)))
    return list(dict.fromkeys(found))


def _check_quality(quality: Quality) -> None:
    for name, given in (("se", quality.sensitivity), ("sp", quality.specificity)):
        for one in given.values() if isinstance(given, Mapping) else [] if given is None else [given]:
            if not isinstance(one, (int, float)) or not 0 <= one <= 1:
                raise InputError(say("{name} must be between 0 and 1, not {found}.", name=name, found=repr(one)))


def _check_strata(quality: Quality, population: Mapping[Any, float] | None, kinds: pd.DataFrame) -> None:
    """Refuse numbers by stratum that leave one of the strata out."""
    strata = [None if pd.isna(one) else one for one in kinds.loc[kinds["known"], "stratum"].unique()]
    for name, given in (("se", quality.sensitivity), ("sp", quality.specificity), ("population", population)):
        lacking = [repr(one) for one in strata if isinstance(given, Mapping) and one not in given]
        if lacking:
            raise InputError(
                say("{name} says nothing of {lacking}; the groups of buyers are: {found}.",
                    name=name, lacking=", ".join(lacking), found=", ".join(map(repr, strata)))
            )  # fmt: skip


def _ladder(
    cases: Sequence[tuple[dict[str, Any], dict[str, int], Case]], log: Log, keys: Sequence[str], metric: str
) -> pd.DataFrame:
    """Return all rungs of all cells, finished: reasons said, small cells hidden, what each assumes told."""
    rows = [
        cell | ESTIMATES[rung](case) | {f"aside_{code}": n for code, n in aside.items()} | {"rung": rung}
        for cell, aside, case in cases
        for rung in ESTIMATES
    ]
    frame = pd.DataFrame(rows).assign(unit="share")
    # Cells are hidden together with those they add up with: of one rung, under one window and share.
    frame["metric"] = frame[["rung", "days", "identified"]].astype("str").agg(" ".join, axis=1)
    result = finished([frame], log, keys=keys, rule="")
    hidden = result["warnings"] == "suppressed"
    notes = zip(result["warnings"], frame["notes"].where(~hidden, ""), strict=True)
    result["warnings"] = [";".join(filter(None, both)) for both in notes]
    result = result.assign(
        metric=metric,
        rule=frame["rung"],
        sensitivity=frame["sensitivity"].mask(hidden),
        specificity=frame["specificity"].mask(hidden),
        assumes=[say(ASSUMES[rung]) for rung in frame["rung"]],
    )
    return result
