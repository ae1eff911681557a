"""The rungs of the ladder of research shopping: estimates from the same counts, each right where its own is true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlib.inference import intervals, unseen
from cxlib.inference.design import ratio
from cxlib.inference.unseen import NO, NO_SEEN, SEEN, SUMS, YES, YES_SEEN, N, Quality, Seen, Share, summed
from cxlib.journeys.cells import LEVEL
from cxlib.language import mark

LEAST_ASKED = 10  # who said yes, and who said no, before anything is read off them
NAMES = {
    "seen": mark("what was seen"),
    "linked": mark("seen of known buyers"),
    "asked": mark("said at the exit"),
    "corrected": mark("corrected, all alike"),
    "stratified": mark("corrected by group"),
    "recaptured": mark("recaptured"),
    "bounds": mark("bounds"),
}
# What has to be true for each rung of the ladder to be right.
ASSUMES = {
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
ONE_WINDOW = "none: se and sp hold for one window"
NO_FIT = "none: what was seen does not fit se and sp"
BOUNDS = "bounds: no chance in them"
SAYS_NOTHING = "none: being seen says nothing of research"
NOT_TOLD_APART = "none: nothing tells the buyers apart"
ALIKE = "none: all alike, or a single one"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One cell under one window and share of known buyers: what its rungs are worked out from."""

    kinds: pd.DataFrame
    place: int
    identified: float
    quality: Quality
    population: Mapping[Any, float] | None
    windows: int = 1

    @property
    def known(self) -> pd.DataFrame:
        """The buyers who are customers."""
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


def _plain(case: Case, kinds: pd.DataFrame, amounts: np.ndarray, units: np.ndarray, **known: Any) -> dict[str, Any]:
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
    ends = {"low": float(low[0]), "high": float(high[0]), "method": method if n else "none: nothing counted"}
    counted = {"n": n, "numerator": float(times @ amounts), "denominator": n, "people": sums["customers"][0]}
    return _row(value=value, **ends, **counted, **known)


def _row(**given: Any) -> dict[str, Any]:
    blank = {"value": np.nan, "low": np.nan, "high": np.nan, "n": 0, "numerator": np.nan, "denominator": np.nan,
             "people": 0.0, "notes": "", "sensitivity": np.nan, "specificity": np.nan}  # fmt: skip
    return blank | given


def _seen(case: Case) -> dict[str, Any]:
    """Seen of all purchases. Of the buyers who are no longer known nothing is seen, but they still buy."""
    kinds = case.kinds
    return _plain(case, kinds, case.columns(kinds)[:, SEEN], kinds["n"].to_numpy(float), kept=case.identified,
                  whole=case.identified, notes="seen_only")  # fmt: skip


def _linked(case: Case) -> dict[str, Any]:
    known = case.known
    return _plain(case, known, case.columns(known)[:, SEEN], known["n"].to_numpy(float), kept=case.identified,
                  aside_unidentified=round(case.strangers))  # fmt: skip


def _asked(case: Case) -> dict[str, Any]:
    yes, no = case.kinds["yes"].to_numpy(float), case.kinds["no"].to_numpy(float)
    told = case.kinds[yes + no > 0]
    n = (case.kinds["n"].to_numpy(float) * case.kinds["times"].to_numpy(float)).sum()
    said = (told["yes"] + told["no"]).to_numpy(float)
    silent = round(n - float(told["times"].to_numpy(float) @ said))
    if told.empty:
        return _row(method=NOT_ASKED, aside_not_asked=silent)
    return _plain(case, told, told["yes"].to_numpy(float), said, aside_not_asked=silent)


def _by(case: Case, estimate: Callable[[Seen], Share], name: str, trouble: str | None) -> dict[str, Any]:
    """Return a rung that rests on how often research is seen, or why it cannot be had."""
    seen, aside = case.seen, round(case.strangers)
    every = seen.sums.sum(axis=0) if len(seen.strata) else np.zeros(len(SUMS))
    told = {"n": round(every[N]), "numerator": every[SEEN], "denominator": every[N],
            "people": case.identified * case.known["times"].sum(), "aside_unidentified": aside}  # fmt: skip
    if trouble or not every[N]:
        return _row(method=trouble or "none: nothing counted", **told)
    found = estimate(seen)
    quality = {"sensitivity": found.sensitivity, "specificity": found.specificity}
    if not np.isfinite(found.value):
        return _row(method=SAYS_NOTHING, **told, **quality)
    if found.high - found.low < 1e-12 and found.clipped:
        return _row(value=found.value, method=NO_FIT, notes="clipped", **told, **quality)
    if found.high - found.low < 1e-12:
        return _row(value=found.value, method=ALIKE, **told, **quality)
    return _row(value=found.value, low=found.low, high=found.high, method=name,
                notes="clipped" if found.clipped else "", **told, **quality)  # fmt: skip


def _trouble(case: Case, told: np.ndarray) -> str | None:
    """Return why it is not known how often research is seen: `told` are the sums of those it would be read off."""
    given = case.quality
    if case.windows > 1 and (given.sensitivity is not None or given.specificity is not None):
        return ONE_WINDOW
    if given.is_given:
        return None
    if not told[:, [YES, NO]].sum():
        return NOT_KNOWN
    wanted = [
        place for place, given in ((YES, case.quality.sensitivity), (NO, case.quality.specificity)) if given is None
    ]
    return FEW_ASKED if (told[:, wanted] < LEAST_ASKED).any() else None


def _method(case: Case, name: str) -> str:
    return f"{name}, delta method {LEVEL:.0%}" + (
        "" if case.quality.is_given else ", as read off those who were asked"
    )


def _corrected(case: Case) -> dict[str, Any]:
    trouble = _trouble(case, case.seen.sums.sum(axis=0, keepdims=True))
    return _by(
        case, lambda seen: unseen.corrected(seen, case.quality, level=LEVEL), _method(case, "Rogan-Gladen"), trouble
    )


def _stratified(case: Case) -> dict[str, Any]:
    seen = case.seen
    trouble = _trouble(case, seen.sums) if seen.strata != (None,) else NOT_TOLD_APART
    name = _method(case, f"Rogan-Gladen in {len(seen.strata)} strata")
    return _by(
        case,
        lambda seen: unseen.stratified(seen, case.quality, population=case.population, level=LEVEL),
        name,
        trouble,
    )


def _recaptured(case: Case) -> dict[str, Any]:
    every = case.seen.sums.sum(axis=0, keepdims=True)
    trouble = NOT_ASKED if not every[0, [YES, NO]].sum() else FEW_ASKED if every[0, YES] < LEAST_ASKED else None
    return _by(case, lambda seen: unseen.recaptured(seen, level=LEVEL), f"Chapman, delta method {LEVEL:.0%}", trouble)


def _bounds(case: Case) -> dict[str, Any]:
    """At least those seen for good reason, at most all but those who said no; of all purchases."""
    seen, n = case.seen, case.strangers
    every = seen.sums.sum(axis=0) if len(seen.strata) else np.zeros(len(SUMS))
    n += every[N]
    said_no = float((case.kinds["no"] * case.kinds["times"]).sum())
    told = {"n": round(n), "denominator": n, "numerator": every[SEEN], "people": case.kinds["times"].sum()}
    if not n:
        return _row(method="none: nothing counted", **told)
    certain = every[SEEN] * _for_good_reason(case, every)
    return _row(low=certain / n, high=1 - said_no / n, method=BOUNDS, **told)


def _for_good_reason(case: Case, every: np.ndarray) -> float:
    """Return the share of those seen who did research: as told at the exit, else by `se` and `sp`, else all."""
    if every[YES_SEEN] + every[NO_SEEN] >= LEAST_ASKED:
        return float(every[YES_SEEN] / (every[YES_SEEN] + every[NO_SEEN]))
    if case.quality.is_given and every[SEEN]:
        found = unseen.corrected(case.seen, case.quality)
        true = found.sensitivity * found.value * every[N] / every[SEEN]
        return float(np.clip(true, 0, 1)) if np.isfinite(true) else 1.0
    return 1.0


ESTIMATES: dict[str, Callable[[Case], dict[str, Any]]] = {
    "seen": _seen,
    "linked": _linked,
    "asked": _asked,
    "corrected": _corrected,
    "stratified": _stratified,
    "recaptured": _recaptured,
    "bounds": _bounds,
}
