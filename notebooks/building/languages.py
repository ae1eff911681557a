"""The languages of the course, from the one place that knows them, and how a page in each is called."""

from cxlib.language import LANGUAGES as SPOKEN

LANGUAGES = tuple(SPOKEN)


def suffix(language: str) -> str:
    """Return what stands before the ending of a page in a language.

    >>> suffix("en"), suffix("pt-BR")
    ('', '.pt-BR')
    """
    return "" if language == "en" else f".{language}"
