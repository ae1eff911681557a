"""Values in the words of their unit: a share as per cent, cents as money, minutes as minutes."""

from cxlib.language import mark, money, number, percent, say

# What stands on an axis.
UNITS = {
    "points": mark("points"),
    "share": "%",
    "score": mark("mean score"),
    "count": mark("number"),
    "cents": mark("money"),
    "minutes": mark("minutes"),
    "days": mark("days"),
    "months": mark("months"),
    "ratio": mark("ratio"),
    "per_thousand": mark("per 1,000"),
}
_TEXTS = {
    "minutes": mark("{value} min"),
    "days": mark("{value} days"),
    "months": mark("{value} months"),
    "per_thousand": mark("{value} per 1,000"),
}
SHORTEST_DAYS = 0.05
_DECIMALS = {"score": 2, "ratio": 2, "count": 0}


def amount(value: float, unit: str, currency: str | None = None) -> str:
    """Return a value as people read it; `currency` is the ISO code of money."""
    if unit == "share":
        return percent(value)
    if unit == "cents":
        return money(round(value), currency) if currency else number(value / 100, decimals=2)
    if unit == "days" and 0 < abs(value) < SHORTEST_DAYS:  # 0.0 days would say nothing
        value, unit = 1_440 * value, "minutes"
    text = number(value, decimals=_DECIMALS.get(unit, 1))
    return say(_TEXTS[unit], value=text) if unit in _TEXTS else text


def axis_unit(unit: str, currency: str | None = None) -> str:
    """Return what an axis says of its unit."""
    return currency if unit == "cents" and currency else say(UNITS[unit])
