"""Which question a column of scores answers: from its name where it says so, else asked, by the scores that occur."""

from collections.abc import Iterator

from cxlib.language import say
from cxlib.tables.proposing.lines import Choice, constant
from cxlib.tables.proposing.names import words
from cxlib.tables.proposing.profile import Profile

TOLD = {
    "nps": ("nps", "recomendacao", "recommend"),
    "csat": ("csat", "satisfacao", "satisfaction"),
    "ces": ("ces", "esforco", "effort"),
}
USUAL = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0)}


def told_type(profile: Profile) -> str | None:
    """Return the question that the heading names, unless the scores contradict it.

    >>> import pandas as pd
    >>> told_type(Profile(heading="Nota NPS", raw=pd.Series(["10", "0"])))
    'nps'
    """
    named = [kind for kind, names in TOLD.items() if set(names) & set(words(profile.heading))]
    if len(named) != 1:
        return None
    low, high = ends(profile)
    least, most = USUAL[named[0]]
    return named[0] if least <= low and high <= most else None


def ends(profile: Profile) -> tuple[float, float]:
    """Return the lowest and the highest score, single stray values such as 99 aside."""
    numbers = profile.as_number.values.dropna().astype(float)
    return float(numbers.quantile(0.005, "higher")), float(numbers.quantile(0.995, "lower"))


def type_choices(profile: Profile) -> tuple[Choice, ...]:
    """Return what the scores of a column can be, the likeliest question first."""
    return tuple(_choices(*ends(profile)))


def _choices(low: float, high: float) -> Iterator[Choice]:
    kinds = _likely(low, high)
    for kind in kinds:
        least, most = USUAL[kind]
        lines = [constant("type", kind)]
        if high > most or (kind != "nps" and high < most and high in (1.0, 5.0)):
            lines.append(constant("scale_max", _round_up(high)))
        if low < least:
            lines.append(constant("scale_min", low))
        yield Choice(lines=tuple(lines), means=_means(kind))


def _likely(low: float, high: float) -> list[str]:
    if high <= 5:
        return ["csat", "ces", "nps"]
    if high <= 7 and low >= 1:
        return ["ces", "csat", "nps"]
    return ["nps", "csat", "ces"] if high <= 10 else ["csat", "ces"]


def _round_up(high: float) -> float:
    return next(end for end in (1.0, 5.0, 7.0, 10.0, 100.0, high) if high <= end)


def _means(kind: str) -> str:
    return {
        "nps": say("how likely to recommend, 0 to 10"),
        "csat": say("how satisfied"),
        "ces": say("how easy or how much effort"),
    }[kind]
