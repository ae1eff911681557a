"""Names, days, months and lists as a sentence of the report bears them."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from cxlib.language import LANGUAGES, language, say
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.wording import plain
from cxlib.privacy import looks_personal, redact

SURVEY = "survey"  # the column that says which question an invitation asks
LONGEST = 60  # of a name that came with the data


def named(name: object) -> str:
    """Return a name that came with the data; what looks like a person's e-mail, phone or CPF is struck out."""
    text = plain(name) or plain(None)
    one = pd.Series([text])
    return str(redact(one)[0].iloc[0]) if looks_personal(one).iloc[0] else text


def short(name: object, longest: int = LONGEST) -> str:
    """Return a name that came with the data, cut to what a sentence bears."""
    text = named(name)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def group_name(column: str, value: object, longest: int = LONGEST) -> str:
    """Return what a group is called: a survey by the metric it asks for, any other as the data name it."""
    known = column == SURVEY and value in METRICS
    return say(METRICS[str(value)].name) if known else short(value, longest)


def capital(words: str) -> str:
    """Return words that begin a sentence."""
    return words[:1].upper() + words[1:]


def listed(words: Iterable[str]) -> str:
    """Return a list as the reader writes it: `a, b and c`.

    >>> listed(["NPS", "CSAT", "CES"])
    'NPS, CSAT and CES'
    """
    from babel.lists import format_list

    return str(format_list(list(words), locale=LANGUAGES[language()].replace("US", "GB")))  # no comma before "and"


def day(at: date) -> str:
    """Return a day as the reader writes it."""
    return _dated(at, "dd/MM/yyyy" if language() == "pt-BR" else "d MMM yyyy")


def month(period: str, *, brief: bool = False) -> str:
    """Return a month such as 2025-04 as the reader writes it.

    >>> month("2025-04"), month("2025-04", brief=True)
    ('April 2025', 'Apr 2025')
    """
    name = "MMM" if brief else "MMMM"
    between = " 'de' " if language() == "pt-BR" and not brief else " "
    return _dated(_first(period), f"{name}{between}yyyy").replace(".", "")


def months(periods: Iterable[str]) -> str:
    """Return several months in words, each year said once.

    >>> months(["2024-12", "2025-04", "2025-10"])
    'December 2024, April and October 2025'
    """
    given = list(periods)
    lasts = {period[:4]: period for period in given}
    return listed(month(one) if one in lasts.values() else _dated(_first(one), "MMMM") for one in given)


def follows(period: str, earlier: str) -> bool:
    """Say whether a month comes right after another."""
    return pd.Period(period, "M") - pd.Period(earlier, "M") == pd.offsets.MonthEnd(1)


def _first(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


def _dated(at: date, pattern: str) -> str:
    from babel.dates import format_date

    return str(format_date(at, format=pattern, locale=LANGUAGES[language()]))
