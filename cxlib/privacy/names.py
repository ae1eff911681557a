"""Names of people where they are addressed, sign or introduce themselves: the places that give a name away.

No dictionary holds all names, and no rule tells a name from the first word of a sentence, so a name is believed by
what stands around it: a title before it, or a greeting before it and a stop behind it, or a closing before it and
the end of the line behind it. Where capitals say nothing (none, or nothing else) only well-known names are seen. A
name in the middle of a sentence ("fui atendida pela Juliana") is not looked for.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LONGEST = 6  # words of a name
_WORD = re.compile(r"[^\W\d_]{1,25}(?:['’-][^\W\d_]{1,25}){0,2}(?![\w@])")
_GAP = re.compile(r"\.?[ \xa0]{1,2}|\.(?=\w)")
_LINES = r"(?:[ \t]{0,4}\r?\n){0,3}[ \t]{0,4}[–—-]{0,2}[ \t]{0,2}"
_OPENER = re.compile(
    r"(?<!\w)(?:"
    r"(?P<title>(?:sr|sra|srta|dr|dra|prof|profa|exmo|exma|ilmo|ilma|mr|mrs|ms|dona|senhor|senhora|miss)"
    r"(?:\.? ?\(a\))?(?:\. ?| ))"
    r"|(?P<greeting>(?:ol[áa]|oi+e?|bom dia|boa tarde|boa noite|prezad[oa](?:\(a\))?|car[oa]|querid[oa]|al[ôo]"
    r"|hi|hello|hey|dear|good (?:morning|afternoon|evening))[,!]? {1,2}(?:[ao] )?)"
    r"|(?P<introduction>(?:(?:me chamo|meu nome(?: completo)? [ée]|my (?:full )?name(?: is|['’]s))"
    r"|(?:nome(?: completo)?|assinado|(?:full )?name|signed(?: by)?) ?:)[ \t]{1,2}(?:[ao] )?)"
    r"|(?P<closing>(?:(?:cordialmente|respeitosamente|atenciosamente|atte?|abra[çc]os?|abs|beijos?|bjs|sauda[çc][õo]es"
    r"|regards|sincerely|yours(?: truly| sincerely)?|best(?: wishes)?|cheers|assinado)[.,!:;]?[ \t]{0,2}"
    rf"|(?:obrigad[oa]|grat[oa]|agrade[çc]o|thanks|thank you)[.,!][ \t]{{0,2}}){_LINES})"
    r")",
    re.IGNORECASE,
)
_DASH = re.compile(r"(?:\n[ \t]{0,4}(?:--|[–—-])|[.!?] {1,2}[–—-]{1,2})[ \t]{0,2}(?=[^\W\d_][^\n]{0,60}\Z)")
# Where a name may begin, for RE2, which decides for many texts at once: a little more than _OPENER and _DASH.
NAMES_BEGIN = (
    r"(?i)(?:^|[^\pL\d_])(?:sr|dr|prof|exm|ilm|mr|ms|miss|dona|senhor|ol[áa]|oi|bom|boa|prezad|car[oa]|querid|al[ôo]|"
    r"hi|he[ly]|dear|good|me chamo|meu|my|nome|name|full|assinado|signed|cordial|respeit|atenc|att|abra|abs|beij|bjs|"
    r"sauda|regards|sincer|yours|best|cheers|obrigad|grat|agrade|thank)|\n[ \t]*[–—-]|[.!?] +[–—-]"
)
_STOP = re.compile(r"[ \t]*(?:[,.!?:;\n\r)–—-]|\Z)")
_END = re.compile(r"[ \t]*[.!]?[ \t]*(?:[\n\r]|\Z)")


def names_in(text: str) -> list[tuple[int, int]]:
    """Return where names stand in a text, as beginnings and ends.

    >>> text = "Olá, Maria Souza! O pedido atrasou. Att, João da Silva"
    >>> [text[begin:end] for begin, end in names_in(text)]
    ['Maria Souza', 'João da Silva']
    >>> names_in("Olá, Gostaria de trocar. Obrigado, Loja Boa")
    []
    """
    found: list[tuple[int, int]] = []
    openers = sorted((*_OPENER.finditer(text), *_DASH.finditer(text)), key=lambda opener: opener.end())
    for opener in openers:
        begin = opener.end()
        end = _name_end(text, begin, opener.lastgroup or "dash")
        if end is not None and begin >= (found[-1][1] if found else 0):
            found.append((begin, end))
    return found


def _name_end(text: str, begin: int, kind: str) -> int | None:
    """Return where a name that begins at a place ends; None when what stands there is no name."""
    words = list(_words(text, begin))
    if not words or _is_plain(words[0][0]):
        return None
    known = _known_run(words)
    if known:
        first = _capital_run(words) if words[0][0].istitle() else 0
        return words[max(known, first) - 1][1]
    taken = _capital_run(words)
    if not taken:
        return None
    end = words[taken - 1][1]
    behind = _END if kind in ("closing", "dash") else _STOP
    believed = kind in ("title", "introduction") or behind.match(text, end)
    return end if believed and (kind != "dash" or taken > 1) else None


def _words(text: str, begin: int) -> Iterator[tuple[str, int]]:
    """Yield the words that may be a name, with their ends."""
    place = begin
    for _ in range(_LONGEST):
        word = _WORD.match(text, place)
        if word is None:
            return
        yield word[0], word.end()
        gap = _GAP.match(text, word.end())
        if gap is None or (gap[0].startswith(".") and len(word[0]) > 1):
            return
        place = gap.end()


def _known_run(words: list[tuple[str, int]]) -> int:
    """Return how many words from the first on are well-known names, particles between them included."""
    if words[0][0].casefold() not in known_names():
        return 0
    run = 1
    for place, (word, _) in enumerate(words[1:], start=2):
        plain = word.casefold()
        if plain in known_names() or plain in _family():
            run = place
        elif plain not in _PARTICLES:
            break
    return run


def _capital_run(words: list[tuple[str, int]]) -> int:
    """Return how many words from the first on are written as names are, particles between them included."""
    run = 0
    for place, (word, _) in enumerate(words, start=1):
        begins_big = word[0].isupper() and (len(word) == 1 or not word.isupper())
        if begins_big and not _is_plain(word):
            run = place
        elif not (run and word in _PARTICLES):
            break
    return run


_PARTICLES = frozenset(["da", "das", "de", "del", "di", "do", "dos", "du", "e", "la", "van", "von", "y"])


@cache
def _listed(heading: str) -> frozenset[str]:
    text = Path(__file__).with_name("names.txt").read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0].strip(): part.split("\n", 1)[1] for part in text.split("# ")[1:]}
    return frozenset(sections[heading].split())


def known_names() -> frozenset[str]:
    """Return the given names that are seen even where capitals say nothing, in lower case."""
    return _listed("given names")


def _family() -> frozenset[str]:
    return _listed("family names")


def _is_plain(word: str) -> bool:
    """Whether a word follows greetings and titles and is no name; a letter alone is an initial."""
    return len(word) > 1 and word.casefold() in _listed("no names")
