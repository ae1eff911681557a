"""How many purchases began in another channel: from what was seen to what can be said of what was not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference import intervals
from cxlib.inference.design import ratio
from cxlib.inference.unseen import (
    NO,
    NO_SEEN,
    SUMS,
    YES,
    YES_SEEN,
    N,
    Quality,
    Seen,
    Share,
    corrected,
    recaptured,
    stratified,
    summed,
)
from cxlib.inference.unseen import SEEN as SEEN_PLACE
from cxlib.journeys.cells import LEVEL, finished, together
from cxlib.journeys.log import Log, names
from cxlib.journeys.research import CLASSES, ResearchRule, researched
from cxlib.journeys.research_counts import APP, KINDS, cells_of, count
from cxlib.language import mark, say

LEAST_ASKED = 10  # who said yes, and who said no, before anything is read off them
# The rungs of the ladder, and what has to be true for each to be right.
RUNGS = {
    "seen": mark("all research was seen, and none by chance: otherwise it is what was seen, not what happened"),
    "linked": mark("buyers whom nobody knows are like the known, and all research of the known was seen"),
    "asked": mark("whoever was asked at the exit was chosen by chance, remembers, and says so"),
    "corrected": mark(
        "research is seen as often in every group of buyers, and those nobody knows are like the known"
    ),
    "stratified": mark(
        "within each group research is seen as often for all, and those nobody knows are like the known"
    ),
    "recaptured": mark("being seen and saying so have nothing to do with each other, and nobody is seen by chance"),
    "bounds": mark("nothing, but that those who said no did none"),
}
NOT_KNOWN = "none: nobody knows how much goes unseen"
NOT_ASKED = "none: nobody was asked"
FEW_ASKED = "none: too few were asked"
SAYS_NOTHING = "none: being seen says nothing of research"
NOT_TOLD_APART = "none: nothing tells the buyers apart"
ALIKE = "none: all alike, or a single one"


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One cell under one window and share of known buyers: what its rungs are worked out from."""

    kinds: pd.DataFrame
    place: int
    identified: float
    quality: Quality
    population: Mapping[Any, float] | None

    @property
    def known(self) -> pd.DataFrame:
        return self.kinds[self.kinds["known"]]

    def columns(self, kinds: pd.DataFrame) -> np.ndarray:
        """Return SUMS of each kind of buyer, under the window."""
        inside = [name if name in ("n", "yes", "no") else f"{name}_{self.place}" for name in SUMS]
        return kinds[inside].to_numpy(float)

    @property
    def seen(self) -> Seen:
        """What is known of the known buyers, by stratum."""
        known = self.known
        strata = [None if pd.isna(one) else one for one in known["stratum"]]
        return summed(self.columns(known), known["times"].to_numpy(float), strata).times(self.identified)

    @property
    def strangers(self) -> float:
        """Purchases of buyers nobody knows."""
        n = self.kinds["n"].to_numpy(float) * self.kinds["times"].to_numpy(float)
        return float(n.sum() - self.identified * n[self.kinds["known"].to_numpy(bool)].sum())


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
    the naive count, seen of all purchases; `linked`, of those by buyers who are known; `asked`, what buyers said at the
    exit (`order_items.researched_elsewhere`); `corrected` by how often research is seen (`se`), and not seen where
    there was none (`sp`); `stratified`, corrected in each group of buyers `within` (`app`, `login`, or a column of
    customers) and put together; `recaptured`, from the two lists of those seen and those who said yes; `bounds`, what
    nothing can rule out. `se` and `sp` are numbers, or one for each stratum; without them they are read off those who
    were asked, and the intervals are wider for it. `population` gives the strata's shares of all buyers, strangers
    included. `identified` below 1 says what would be known if only that share of the known buyers were; several
    give a curve. `since` is the first day of the complete log; purchases with days before it are set aside.

    Returns by, days, identified, then the columns of `metric` (value, low, high, n, set_aside, method, warnings; the
    metric is webrooming_share or showrooming_share), then sensitivity, specificity and `assumes`, what has to be true.
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
    frames = []
    for place, window in enumerate(windows):
        for share in shares:
            cases = [
                (cell | {"days": window, "identified": share}, aside,
                 _Case(kinds=kinds, place=place, identified=share, quality=quality, population=population))
                for cell, kinds, aside in cells
            ]  # fmt: skip
            frames += [_rung(rung, cases, found.log, keys, f"{kind}_share") for rung in RUNGS]
    return together([_sorted(together(frames), keys)])


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


def _rung(
    rung: str, cases: Sequence[tuple[dict, dict, _Case]], log: Log, keys: Sequence[str], metric: str
) -> pd.DataFrame:
    """Return one rung of all cells, finished: reasons said, small cells hidden."""
    rows = [_ESTIMATES[rung](case) for _, _, case in cases]
    frame = pd.DataFrame(
        [
            cell | row | {f"aside_{code}": n for code, n in aside.items()} | {"metric": metric, "unit": "share"}
            for (cell, aside, _), row in zip(cases, rows, strict=True)
        ]
    )
    result = finished([frame], log, keys=keys, rule=rung)
    own = [row["notes"] for row in rows]
    shown = result["warnings"] != "suppressed"
    noted = [";".join(filter(None, [one, note])) for one, note in zip(result["warnings"], own, strict=True)]
    result["warnings"] = np.where(shown, noted, result["warnings"])
    for name in ("sensitivity", "specificity"):
        result[name] = np.where(shown, frame[name].to_numpy(float), np.nan)
    return result.assign(assumes=say(RUNGS[rung]))


def _sorted(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the rows cell by cell, and in each the ladder from the bottom up."""
    place = frame["rule"].map({rung: place for place, rung in enumerate(RUNGS)})
    order = frame[list(keys)].assign(place=place).sort_values([*keys, "place"], na_position="last", kind="stable")
    sorted_frame = frame.loc[order.index].reset_index(drop=True)
    sorted_frame.attrs.update(frame.attrs)
    return sorted_frame


def _plain(case: _Case, kinds: pd.DataFrame, amounts: np.ndarray, units: np.ndarray, **known: Any) -> dict[str, Any]:
    """Return a share of lines with Wilson's interval, as wide as several lines of one buyer make it."""
    times = kinds["times"].to_numpy(float) * known.pop("kept", 1.0)
    whole = known.pop("whole", 1.0)
    of = {"n": units, "weight": units, "customers": np.ones(len(units)), "weight_weight": units * units}
    in_it = {"total": amounts, "square": amounts, "total_total": amounts**2, "total_weight": amounts * units}
    sums = {name: [float((times / whole) @ values)] for name, values in of.items()}
    estimate = ratio(pd.DataFrame(sums | {name: [float(times @ values)] for name, values in in_it.items()}))
    low, high = intervals.wilson(estimate.value, estimate.effective_n, level=LEVEL)
    value, effect = float(estimate.value[0]), float(estimate.design_effect[0])
    n = round(sums["n"][0])
    method = f"Wilson {LEVEL:.0%}" + (f", design effect {effect:.2f}" if effect > 1 + 1e-9 else "")
    return _row(value=value, low=float(low[0]), high=float(high[0]), n=n, numerator=float(times @ amounts), denominator=n,
                method=method if n else "none: nothing counted", people=sums["customers"][0], **known)  # fmt: skip


def _row(**given: Any) -> dict[str, Any]:
    blank = {"value": np.nan, "low": np.nan, "high": np.nan, "n": 0, "numerator": np.nan, "denominator": np.nan,
             "people": 0.0, "notes": "", "sensitivity": np.nan, "specificity": np.nan}  # fmt: skip
    return blank | given


def _seen(case: _Case) -> dict[str, Any]:
    """Seen of all purchases. Of the buyers who are no longer known nothing is seen, but they still buy."""
    kinds = case.kinds
    return _plain(case, kinds, case.columns(kinds)[:, SEEN_PLACE], kinds["n"].to_numpy(float), kept=case.identified,
                  whole=case.identified, notes="seen_only")  # fmt: skip


def _linked(case: _Case) -> dict[str, Any]:
    known = case.known
    return _plain(case, known, case.columns(known)[:, SEEN_PLACE], known["n"].to_numpy(float), kept=case.identified,
                  aside_unidentified=round(case.strangers))  # fmt: skip


def _asked(case: _Case) -> dict[str, Any]:
    yes, no = case.kinds["yes"].to_numpy(float), case.kinds["no"].to_numpy(float)
    told = case.kinds[yes + no > 0]
    n = (case.kinds["n"].to_numpy(float) * case.kinds["times"].to_numpy(float)).sum()
    said = (told["yes"] + told["no"]).to_numpy(float)
    silent = round(n - float(told["times"].to_numpy(float) @ said))
    if told.empty:
        return _row(method=NOT_ASKED, aside_not_asked=silent)
    return _plain(case, told, told["yes"].to_numpy(float), said, aside_not_asked=silent)


def _by(case: _Case, estimate: Callable[[Seen], Share], name: str, trouble: str | None) -> dict[str, Any]:
    """Return a rung that rests on how often research is seen, or why it cannot be had."""
    seen, aside = case.seen, round(case.strangers)
    every = seen.sums.sum(axis=0) if len(seen.strata) else np.zeros(len(SUMS))
    told = {"n": round(every[N]), "numerator": every[SEEN_PLACE], "denominator": every[N],
            "people": case.identified * case.known["times"].sum(), "aside_unidentified": aside}  # fmt: skip
    if trouble or not every[N]:
        return _row(method=trouble or "none: nothing counted", **told)
    found = estimate(seen)
    quality = {"sensitivity": found.sensitivity, "specificity": found.specificity}
    if not np.isfinite(found.value):
        return _row(method=SAYS_NOTHING, **told, **quality)
    if found.high - found.low < 1e-12:
        return _row(value=found.value, method=ALIKE, notes="clipped" if found.clipped else "", **told, **quality)
    return _row(value=found.value, low=found.low, high=found.high, method=name,
                notes="clipped" if found.clipped else "", **told, **quality)  # fmt: skip


def _trouble(case: _Case, told: np.ndarray) -> str | None:
    """Return why it is not known how often research is seen: `told` are the sums of those it would be read off."""
    if case.quality.is_given:
        return None
    if not told[:, [YES, NO]].sum():
        return NOT_KNOWN
    wanted = [
        place for place, given in ((YES, case.quality.sensitivity), (NO, case.quality.specificity)) if given is None
    ]
    return FEW_ASKED if (told[:, wanted] < LEAST_ASKED).any() else None


def _method(case: _Case, name: str) -> str:
    return f"{name}, delta method {LEVEL:.0%}" + (
        "" if case.quality.is_given else ", as read off those who were asked"
    )


def _corrected(case: _Case) -> dict[str, Any]:
    trouble = _trouble(case, case.seen.sums.sum(axis=0, keepdims=True))
    return _by(case, lambda seen: corrected(seen, case.quality, level=LEVEL), _method(case, "Rogan-Gladen"), trouble)


def _stratified(case: _Case) -> dict[str, Any]:
    seen = case.seen
    trouble = _trouble(case, seen.sums) if seen.strata != (None,) else NOT_TOLD_APART
    name = _method(case, f"Rogan-Gladen in {len(seen.strata)} strata")
    return _by(
        case, lambda seen: stratified(seen, case.quality, population=case.population, level=LEVEL), name, trouble
    )


def _recaptured(case: _Case) -> dict[str, Any]:
    every = case.seen.sums.sum(axis=0, keepdims=True)
    trouble = NOT_ASKED if not every[0, [YES, NO]].sum() else FEW_ASKED if every[0, YES] < LEAST_ASKED else None
    return _by(case, lambda seen: recaptured(seen, level=LEVEL), f"Chapman, delta method {LEVEL:.0%}", trouble)


def _bounds(case: _Case) -> dict[str, Any]:
    """At least those seen for good reason, at most all but those who said no; of all purchases."""
    seen, n = case.seen, case.strangers
    every = seen.sums.sum(axis=0) if len(seen.strata) else np.zeros(len(SUMS))
    n += every[N]
    said_no = float((case.kinds["no"] * case.kinds["times"]).sum())
    told = {"n": round(n), "denominator": n, "numerator": every[SEEN_PLACE], "people": case.kinds["times"].sum()}
    if not n:
        return _row(method="none: nothing counted", **told)
    certain = every[SEEN_PLACE] * _for_good_reason(case, every)
    return _row(low=certain / n, high=1 - said_no / n, method="bounds: no chance in them", **told)


def _for_good_reason(case: _Case, every: np.ndarray) -> float:
    """Return the share of those seen who did research: as told at the exit, else by `se` and `sp`, else all of them."""
    if every[YES_SEEN] + every[NO_SEEN] >= LEAST_ASKED:
        return float(every[YES_SEEN] / (every[YES_SEEN] + every[NO_SEEN]))
    if case.quality.is_given and every[SEEN_PLACE]:
        found = corrected(case.seen, case.quality)
        true = found.sensitivity * found.value * every[N] / every[SEEN_PLACE]
        return float(np.clip(true, 0, 1)) if np.isfinite(true) else 1.0
    return 1.0


_ESTIMATES: dict[str, Callable[[_Case], dict[str, Any]]] = {
    "seen": _seen,
    "linked": _linked,
    "asked": _asked,
    "corrected": _corrected,
    "stratified": _stratified,
    "recaptured": _recaptured,
    "bounds": _bounds,
}
