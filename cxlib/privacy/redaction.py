"""Finding personal data in free text and striking it out."""

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd

from cxlib.privacy.columns import EIGHT_DIGITS, UNUSUAL, spread, worth_a_look
from cxlib.privacy.names import NAMES_BEGIN, names_in
from cxlib.privacy.normalising import (
    ABROAD,
    BRAZIL,
    CPF,
    FORMATTED_CPF,
    digits_of,
    has_check_digits,
    is_abroad,
    normalise_cpf,
    plain_text,
)

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++(?:@|%40)(?:[\w-]++\.)+[^\W\d_][\w-]*+")
_CNPJ = re.compile(  # with letters too, as issued since July 2026
    r"(?<!\d)\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}(?!\d)"
    r"|(?<![\dA-Z])[\dA-Z]{2}\.[\dA-Z]{3}\.[\dA-Z]{3}/[\dA-Z]{4}-\d{2}(?!\d)"
)
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{1,7}|\d{4}[ .-]\d{6}[ .-]\d{4,5}|\d{13,19})(?!\d)")
_WITHOUT_AREA = re.compile(r"(?<![\w.-])(?:9[ .]?\d{4}[ .-]?\d{4}|(?:2[2-9]|[3-9]\d)\d{2}-\d{4})(?![\w-])")
_CEP = re.compile(r"(?<![\d.,-])\d{2}\.?\d{3}-\d{3}(?![\d-])")
_COMPANY_LINE = re.compile("(?:300|400)[0-9]-")
_ORDER_WORD = re.compile(
    r"(?:pedido|order|protocolo|ticket|chamado|nota|nf-?e?|sku|c[óo]digo|rastreio|#)\W{0,3}(?:n[ºo]?\W{0,3})?$",
    re.IGNORECASE,
)
_NOTHING: Counter[str] = Counter()


def redact(texts: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """Return texts with personal data struck out, and how many of each kind were found.

    >>> clean, found = redact(pd.Series(["Me liga: (11) 98765-4321", "Paguei R$ 1.299,90 em 12/05/2024"]))
    >>> clean.to_list(), found
    (['Me liga: [phone]', 'Paguei R$ 1.299,90 em 12/05/2024'], {'phone': 1})
    """
    codes, uniques = pd.factorize(texts)
    times = np.bincount(codes[codes >= 0], minlength=len(uniques))
    distinct = [str(text) for text in uniques]
    look = worth_a_look(distinct, r"@|%40|(?s)/.*-|-.*/", EIGHT_DIGITS, UNUSUAL, NAMES_BEGIN)
    struck = [_strike_out(text) if one else (text, _NOTHING) for text, one in zip(distinct, look, strict=True)]
    counts: Counter[str] = Counter()
    for (_, found), repeats in zip(struck, times, strict=True):
        for kind in found:
            counts[kind] += found[kind] * int(repeats)
    return spread([text for text, _ in struck], codes, texts), dict(sorted(counts.items()))


def _strike_out(text: str) -> tuple[str, Counter[str]]:
    plain, found = plain_text(text), Counter[str]()
    is_mail, is_number = "@" in plain or "%40" in plain, _may_hold_a_number(plain)
    for kind, pattern, is_one in _KINDS:
        if not (is_mail if kind == "email" else is_number):  # most texts: nothing to look for
            continue
        kept = [(one.start(), one.end()) for one in pattern.finditer(plain) if is_one(one)]
        plain = _struck(plain, kind, kept)
        found.update({kind: len(kept)} if kept else {})
    if names := names_in(plain):
        plain, found["name"] = _struck(plain, "name", names), len(names)
    return (plain if found else text), found


def _may_hold_a_number(text: str) -> bool:
    # Eight digits are the least, but for a CNPJ with letters, which has a stroke and a hyphen.
    return len(re.findall(r"\d", text)) >= 8 or ("/" in text and "-" in text)


def _struck(text: str, kind: str, places: list[tuple[int, int]]) -> str:
    pieces, start = [], 0
    for begin, end in places:
        pieces += [text[start:begin], f"[{kind}]"]
        start = end
    return "".join([*pieces, text[start:]])


def looks_personal(values: pd.Series) -> pd.Series:
    """Return which values hold an e-mail, a formatted CPF or a phone written as one.

    >>> looks_personal(pd.Series(["ana@x.com", "+55 11 98765-4321", "P-1001", None])).to_list()
    [True, True, False, False]
    """
    codes, uniques = pd.factorize(values)
    texts = [str(unique) for unique in uniques]
    look = worth_a_look(texts, "@|%40", EIGHT_DIGITS, UNUSUAL)
    found = np.array(
        [*(one and _is_personal(plain_text(text)) for text, one in zip(texts, look, strict=True)), False]
    )
    return pd.Series(found[codes], index=values.index, name=values.name)  # code -1 is the last: null


def _is_personal(text: str) -> bool:
    phones = (*BRAZIL.finditer(text), *filter(is_abroad, ABROAD.finditer(text)))
    written = any(re.search(r"\D", phone[0]) and _is_phone(phone) for phone in phones)
    return bool(written or FORMATTED_CPF.search(text) or _EMAIL.search(text))


def _is_cpf(found: re.Match) -> bool:
    return bool(FORMATTED_CPF.fullmatch(found[0]) or normalise_cpf(found[0]))


def _is_cnpj(found: re.Match) -> bool:
    characters = re.sub(r"\W", "", found[0])
    is_formatted = "." in found[0] and "/" in found[0]
    is_checked = has_check_digits(characters, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    return is_formatted or (is_checked and len(set(characters)) > 1)


def _is_card(found: re.Match) -> bool:
    digits = digits_of(found[0])
    # The only short cards start with 4 (13 digits) or 3 (14): phones and bar codes of that length do not.
    starts = {13: "4", 14: "3"}.get(len(digits), "23456")
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    total = sum(map(int, digits[::-2])) + sum(value - 9 if value > 9 else value for value in doubled)
    return 13 <= len(digits) <= 19 and digits[0] in starts and total % 10 == 0


def _is_phone(found: re.Match) -> bool:
    before = found.string[max(0, found.start() - 20) : found.start()]
    is_coordinate = re.fullmatch(r"-\d{2}\.\d{8,9}|.?\d{2}\.\d{8}", before[-1:] + found[0])
    is_bare = found[0].isdigit() or found.re is _WITHOUT_AREA
    is_order = is_bare and _ORDER_WORD.search(before)
    return not (is_coordinate or is_order or _COMPANY_LINE.match(found[0]))


def _always(found: re.Match) -> bool:
    return True


_KINDS: tuple[tuple[str, re.Pattern, Callable], ...] = (
    ("email", _EMAIL, _always),
    ("cnpj", _CNPJ, _is_cnpj),
    ("card", _CARD, _is_card),
    ("cpf", CPF, _is_cpf),
    ("phone", ABROAD, is_abroad),
    ("phone", BRAZIL, _is_phone),
    ("phone", _WITHOUT_AREA, _is_phone),
    ("cep", _CEP, _always),
)


def outline(text: str) -> str:
    """Return the shape of a text, each letter as x and each digit as 9: enough to find a fault, nobody in it.

    >>> outline("Ana Lima;25/03/2025;ana@example.com")
    'xxx xxxx;99/99/9999;xxx@xxxxxxx.xxx'
    """
    return "".join("9" if sign.isdigit() else "x" if sign.isalpha() else sign for sign in text)
