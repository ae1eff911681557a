"""Results in words: one sentence a row, in the reader's language, never a number without its n."""

import re

import pandas as pd

from cxlib.blueprints import results
from cxlib.errors import InputError
from cxlib.journeys import cells
from cxlib.journeys.research_rungs import NAMES as RUNGS
from cxlib.journeys.sessions import MEASURES
from cxlib.journeys.stage_models import NAMES
from cxlib.language import mark, number, percent, say
from cxlib.metrics.catalogue import METRICS, metric_named
from cxlib.metrics.compute import ALL
from cxlib.metrics.reasons import NOTES, REASON_WORDS, REASONS
from cxlib.metrics.result import COLUMNS
from cxlib.metrics.units import amount

WHY_NONE = {
    "none: no valid answer": mark("no valid answer"),
    "none: all answers are alike": mark("no interval, because all answers are alike"),
    "none: a single answer": mark("no interval, because there is a single answer"),
    "none: too few for an interval": mark("too few for an interval"),
    "none: a count of all there is": mark("a count of all there is, not an estimate"),
    "none: people do not differ by what the data can tell": mark(
        "no interval: by what the data can tell, people do not differ"
    ),
    "none: too few left to tell how long they last": mark("too few left to tell how long they last"),
    "none: nobody was watched for so long": mark("nobody was watched for so long"),
    "none: too few who came back to tell how often they buy": mark(
        "too few who came back to tell how often they buy"
    ),
    "none: a stratum is empty in this group": mark("nobody of one stratum is in this group"),
    "none: taken from the books": mark("taken from the books, not an estimate"),
}
VERDICTS = {
    "up": mark("it rose"),
    "down": mark("it fell"),
    "not_clear": mark("no clear change"),
    "too_few": mark("too few answers to tell"),
}
DIRECTIONS = {
    "up": mark("Higher is better."),
    "down": mark("Lower is better."),
    "none": mark("Neither high nor low is better by itself."),
}
GROUP_VERDICTS = {
    "up": mark("higher"),
    "down": mark("lower"),
    "not_clear": mark("no clear difference"),
    "too_few": mark("too few answers to tell"),
}
STANDARDS = {"as_is": mark("as it is"), "standardised": mark("made up alike")}
# Columns beside a result that need no words: a place, what an estimate was made with, what it assumes.
UNSAID = ("difference", "position", "sensitivity", "specificity", "assumes")
# Signs that would move the cursor of a terminal or turn the direction of the text; a line break is not one.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Sentences(str):
    """Text that shows as itself in a notebook, without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def show(frame: pd.DataFrame) -> Sentences:
    """Say a result or a comparison in words, one sentence a row, in the language in use.

    >>> from cxlib.metrics.ask import nps
    >>> show(nps(promoters=90, passives=60, detractors=50))
    NPS 20 (8.5 to 30.9), n = 200
    """
    if not {"metric", "unit", "warnings"} <= set(frame.columns):
        raise InputError(say("Give the frame that a metric returned."))
    sentence = _comparison if "verdict" in frame.columns else _result
    if frame.empty and "verdict" in frame.columns:
        return Sentences(say("There is nothing to compare: fewer than two periods or groups have a valid answer."))
    currency = frame.attrs.get("currency")
    return Sentences("\n".join(sentence(row, currency) for row in frame.to_dict("records")))


def explain(name: str) -> Sentences:
    """Say what a metric is: question, meaning, rules with their directions, abuses to watch for, source.

    >>> explain("ces").splitlines()[0]
    'CES: How easy was it for the customer to get what they came for?'
    """
    ratio = metric_named(name)
    lines = [f"{say(ratio.name)}: {say(ratio.question)}", say(ratio.explanation)]
    lines.append(say("Counted: {unit}.", unit=say(ratio.unit_of_analysis)))
    lines.append(say("From {n} answers on it is shown without a warning, from {more} on a comparison is.",
                     n=ratio.least_n, more=ratio.least_n_compared))  # fmt: skip
    lines += [f"- {rule.key}: {say(rule.explanation)} {say(DIRECTIONS[rule.direction])}" for rule in ratio.rules]
    lines.append(say("Watch for: {abuses}.", abuses="; ".join(say(abuse) for abuse in ratio.abuses)))
    lines.append(say("Source: {source}", source=ratio.source))
    return Sentences("\n".join(lines))


def plain(text: object) -> str:
    """Return a label that came with the data without control characters, and a word where it is missing."""
    if text is None or pd.isna(text):
        return say("(not given)")
    return " ".join(CONTROL.sub(" ", str(text)).split())


def metric_name(row: dict) -> str:
    """Return the metric's name, with the rule where it is not the default."""
    if row["metric"] in cells.NAMES | results.NAMES:
        name = say((cells.NAMES | results.NAMES)[row["metric"]])
        if row["metric"] in cells.NAMES and row["rule"] in cells.RULES:
            return f"{name} ({say(cells.RULES[row['rule']])})"
        if "assumes" in row:
            return f"{name}, {say(RUNGS[row['rule']])}"
        return f"{name} ({row['rule']})" if row["metric"] in MEASURES else name
    ratio = METRICS[row["metric"]]
    name = say(ratio.name)
    if row["rule"] == ratio.rules[0].key:
        return name
    return f"{name} ({say(ratio.rule(row['rule']).name)})"


def _result(row: dict, currency: str | None) -> str:
    cell = [label for key in row if key not in (*COLUMNS, *UNSAID, *cells.RANKS) and (label := _label(key, row))]
    cell = [one for one in cell if one != ALL] if row["metric"] in results.NAMES else cell
    if row["period"] != ALL:
        cell.append(plain(row["period"]))
    where = " · ".join(cell) + ": " if cell else ""
    return where + _value(row, currency) + _rank(row) + _set_aside(row)


def labelled(key: str, row: dict) -> str:
    """Return what a cell is called: a stage or a step of ours by its name, anything else as it came."""
    metric = str(row["metric"])
    ours = {
        "stage": NAMES if metric == "emotion" or metric.startswith("stage_") else {},
        "step": cells.STEPS if metric.startswith("pain_") else {},
        "account": cells.STEPS if metric == "looking_back" else {},
        "stage_reached": NAMES,
    }
    words = ours.get(key, {}).get(row[key])
    return say(words) if words else plain(row[key])


def _rank(row: dict) -> str:
    """Return the place among all and between which places it may be, where a result has them."""
    if "rank" not in row or pd.isna(row["rank"]):
        return ""
    place = number(row["rank"], decimals=0)
    if pd.isna(row["rank_low"]):
        return say(", rank {rank}", rank=place)
    low, high = (number(row[end], decimals=0) for end in ("rank_low", "rank_high"))
    return say(", rank {rank} ({low} to {high})", rank=place, low=low, high=high)


def _label(key: str, row: dict) -> str:
    """Return what a column that names the cell says; nothing where it goes without saying."""
    if key == "standard" and row[key] in STANDARDS:
        return say(STANDARDS[row[key]])
    if "assumes" in row and key == "days":
        return say("window of {n} d", n=number(row[key], decimals=0))
    if "assumes" in row and key == "identified":
        return "" if row[key] == 1 else say("{share} of the known buyers known", share=percent(row[key], decimals=0))
    return labelled(key, row)


def _value(row: dict, currency: str | None = None) -> str:
    name = metric_name(row)
    if row["warnings"] == "suppressed":
        return say("{metric} hidden: too few answers to show without pointing at someone", metric=name)
    whys, n = WHY_NONE | cells.WHY_NONE | results.WHY_NONE, number(row["n"], decimals=0)
    low, high = (amount(row[end], row["unit"], currency) if pd.notna(row[end]) else "" for end in ("low", "high"))
    if pd.isna(row["value"]):
        if low:
            return say("{metric} between {low} and {high}, n = {n}", metric=name, low=low, high=high, n=n)
        why = say(whys[row["method"] if row["method"] in whys else "none: no valid answer"])
        return say("{metric}: {why}", metric=name, why=why)
    value = amount(row["value"], row["unit"], currency)
    if not low:
        why = say(whys[row["method"]])
        return say("{metric} {value} ({why}), n = {n}", metric=name, value=value, n=n, why=why)
    interval = say("{low} to {high}", low=low, high=high)
    return say("{metric} {value} ({interval}), n = {n}", metric=name, value=value, interval=interval, n=n)


def _set_aside(row: dict) -> str:
    counts = dict(part.split(":") for part in row["warnings"].split(";") if ":" in part)
    words = {code: REASON_WORDS[code] for code in REASONS} | cells.REASONS | results.REASONS
    reasons = [say(text, n=number(int(counts[code]), decimals=0)) for code, text in words.items() if code in counts]
    aside = "; " + say("set aside: {reasons}", reasons=", ".join(reasons)) if reasons else ""
    notes = [say("small n")] if "small_n" in row["warnings"] else []
    notes += [say(text) for code, text in (NOTES | cells.NOTES).items() if code in row["warnings"].split(";")]
    return "".join([aside, *("; " + note for note in notes)])


def _comparison(row: dict, currency: str | None) -> str:
    own = {"metric", "rule", "from", "to"}
    keys = list(row)
    groups = [_label(key, row) for key in keys[: keys.index("metric")] if key not in own]
    rest = row["from"] == "(rest)"
    versus = say("{group} against the rest", group=plain(row["to"])) if rest else f"{row['from']} → {row['to']}"
    where = " · ".join([*groups, versus])
    words = (GROUP_VERDICTS if rest or "standard" in row else VERDICTS)[row["verdict"]]
    if pd.isna(row["change"]) or pd.isna(row["low"]):
        return f"{where}: {metric_name(row)}: {say(words)}"
    known = {
        "where": where,
        "metric": metric_name(row),
        "before": amount(row["value_from"], row["unit"], currency),
        "after": amount(row["value_to"], row["unit"], currency),
        "n_before": number(row["n_from"], decimals=0),
        "n_after": number(row["n_to"], decimals=0),
        "verdict": say(words),
    }
    if row["verdict"] == "too_few":  # an interval from a handful of answers would claim more than it knows
        return say("{where}: {metric} {before} → {after} (n = {n_before} and {n_after}): {verdict}", **known)
    return say(
        "{where}: {metric} {before} → {after} (n = {n_before} and {n_after}), change {change} ({low} to {high}), "
        "p {p}: {verdict}",
        **known,
        change=_signed(row["change"], row["unit"], currency),
        low=_signed(row["low"], row["unit"], currency),
        high=_signed(row["high"], row["unit"], currency),
        p=_p_value(row["p_adjusted"]),
    )


def _signed(change: float, unit: str, currency: str | None = None) -> str:
    text = amount(abs(change), unit, currency)
    if unit == "share":
        text = say("{points} points", points=number(100 * abs(change)))
    nothing = text == amount(0, unit, currency) or text == say("{points} points", points=number(0))
    return text if nothing else ("+" if change > 0 else "−") + text


def _p_value(p: float) -> str:
    return "< " + number(0.001, decimals=3) if p < 0.001 else "= " + number(p, decimals=3)
