"""The reader's language: texts, numbers, dates and money, in English or Brazilian Portuguese.

Code and machine output stay in English; only what a person reads passes through here. A text is
written in English where it is used, `say("{n} rows", n=3)`, and its Portuguese stands in
`locale/pt_BR.po` under the English text. `mark` does nothing but tell the completeness test that a
text will be said later.
"""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from cxlib.errors import InputError

LANGUAGES = {"en": "en_US", "pt-BR": "pt_BR"}
MINUS = "\N{MINUS SIGN}"  # what people read; machine output keeps the hyphen of repr
_chosen: list[str] = []


def language(name: str | None = None) -> str:
    """Return the language in use, after choosing `name` ("en" or "pt-BR") when it is given.

    Without a choice it is that of the environment variable `CX_LANG`, else English.

    >>> language("pt-BR"), number(1234.5)
    ('pt-BR', '1.234,5')
    >>> language("en"), number(1234.5)
    ('en', '1,234.5')
    """
    if name is not None:
        if name not in LANGUAGES:
            raise InputError(say('Language "{name}" is not known. Choose "en" or "pt-BR".', name=name))
        _chosen[:] = [name]
    if _chosen:
        return _chosen[0]
    wanted = os.environ.get("CX_LANG", "en")
    return wanted if wanted in LANGUAGES else "en"


def say(text: str, /, **values: object) -> str:
    """Return `text` in the language in use, with `{name}` filled from `values`.

    >>> say("{n} rows", n=3)
    '3 rows'
    """
    translated = text if language() == "en" else in_portuguese(text)
    return translated.format(**values) if values else translated


def mark(text: str, /) -> str:
    """Return `text` unchanged: it will be said later, so it needs a translation."""
    return text


def in_portuguese(text: str, /) -> str:
    """Return the Portuguese of a text whatever the language in use, the English when there is none."""
    return _portuguese().get(text, text)


@cache
def _portuguese() -> dict[str, str]:
    return read_catalogue(Path(__file__).with_name("locale") / "pt_BR.po")


def read_catalogue(path: Path) -> dict[str, str]:
    """Return the translations of a catalogue by their English; those that are out of date are left out."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id and entry.string and not entry.fuzzy]
    return {str(entry.id): str(entry.string) for entry in entries}


def listed(names: Iterable[object], *, most: int = 40, longest: int = 60) -> str:
    """Return names for a sentence: as many as anybody reads, none longer than a line.

    >>> listed(["Nota", "Data", "x" * 500], most=2), listed(["x" * 500], longest=3)
    ('Nota, Data and 1 more', 'xxx…')
    """
    texts = [str(name) for name in names]
    shown = ", ".join(text if len(text) <= longest else text[:longest] + "…" for text in texts[:most])
    return shown if len(texts) <= most else say("{names} and {n} more", names=shown, n=len(texts) - most)


def number(value: float, *, decimals: int = 1) -> str:
    """Return a number as the reader writes it, without trailing zeros: `1,234.5` or `1.234,5`, with a true minus.

    >>> number(20.0), number(30.86), number(3604), number(-7.3)
    ('20', '30.9', '3,604', '−7.3')
    """
    from babel.numbers import format_decimal

    rounded = round(float(value), decimals) + 0.0  # + 0.0 turns -0.0 into 0.0
    written = format_decimal(rounded, format="#,##0." + "#" * decimals, locale=LANGUAGES[language()])
    return str(written).replace("-", MINUS)


def percent(share: float, *, decimals: int = 1) -> str:
    """Return a share of one as a percentage: `69.2%` or `69,2%`.

    >>> percent(74 / 107)
    '69.2%'
    """
    return number(100 * share, decimals=decimals) + "%"


def money(cents: int, currency: str) -> str:
    """Return integer cents of an ISO currency as the reader writes them.

    >>> money(123456, "BRL")
    'R$1,234.56'
    """
    from babel.numbers import format_currency

    return str(format_currency(cents / 100, currency, locale=LANGUAGES[language()])).replace("-", MINUS)


def weekday(day: int) -> str:
    """Return the short name of a weekday, 1 (Monday) to 7.

    >>> weekday(1)
    'Mon'
    """
    from babel.dates import get_day_names

    return str(get_day_names("abbreviated", locale=LANGUAGES[language()])[day - 1]).rstrip(".")
