"""Personal data: the pseudonym key, pseudonyms that match across platforms, and redaction of free text.

Found in text: e-mails, phones (Brazilian formats, North American ones and anything with a `+`), CPF, CNPJ,
card numbers and CEP. Not found: names and street addresses, 8 digits without an area code or a hyphen, and
disguises such as `ana(arroba)x.com` or one digit a word. A company's 0800, 300x and 400x numbers stay.
"""

import hmac
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import platformdirs

from cxlib.errors import InputError
from cxlib.language import say

KEY_BYTES = 32

# Every pattern below runs in linear time: repeats are bounded or possessive (`++`).
_AREA = "(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
_GAP = "[ .-]"
_LOCAL = rf"(?:9{_GAP}?\d{{4}}|[2-9]\d{{3}}){_GAP}{{0,3}}\d{{4}}"
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++(?:@|%40)(?:[\w-]++\.)+[^\W\d_][\w-]*+")
_CNPJ = re.compile(  # with letters too, as issued since July 2026
    r"(?<!\d)\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}(?!\d)"
    r"|(?<![\dA-Z])[\dA-Z]{2}\.[\dA-Z]{3}\.[\dA-Z]{3}/[\dA-Z]{4}-\d{2}(?!\d)"
)
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{1,7}|\d{4}[ .-]\d{6}[ .-]\d{4,5}|\d{13,19})(?!\d)")
_CPF = re.compile(r"(?<!\d)(?<!\d[.,])\d{3}[. ]?\d{3}[. ]?\d{3}[-/. ]?\d{2}(?!\d)")
_FORMATTED_CPF = re.compile(r"(?<!\d)(?<!\d[.,])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_BRAZIL = re.compile(
    rf"(?=[+(\d])(?<!\d)(?:(?:\+|00)?{_GAP}?55{_GAP}{{0,3}})?\(?(?:0(?:\d\d{_GAP}?)?)?\(?(?P<area>{_AREA})\)?"
    rf"{_GAP}{{0,3}}(?P<local>{_LOCAL})(?!\d)"
)
_ABROAD = re.compile(
    r"(?<![\w+])\+(?!55)[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)"
    r"|(?<!\d)(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?!\d)"
)
_WITHOUT_AREA = re.compile(r"(?<![\w.-])(?:9[ .]?\d{4}[ .-]?\d{4}|(?:2[2-9]|[3-9]\d)\d{2}-\d{4})(?![\w-])")
_CEP = re.compile(r"(?<![\d.,-])\d{2}\.?\d{3}-\d{3}(?![\d-])")
_COMPANY_LINE = re.compile("(?:300|400)[0-9]-")
_ORDER_WORD = re.compile(
    r"(?:pedido|order|protocolo|ticket|chamado|nota|nf-?e?|sku|c[óo]digo|rastreio|#)\W{0,3}(?:n[ºo]?\W{0,3})?$",
    re.IGNORECASE,
)


def key() -> bytes:
    """Return this user's pseudonym key; made on first use, readable by its owner only, never printed.

    The file is named by the environment variable `CX_KEY_FILE`, else it stands in the user's
    configuration folder. It never belongs in a dataset or a repository.
    """
    named = os.environ.get("CX_KEY_FILE")
    file = Path(named) if named else Path(platformdirs.user_config_dir("cxlib")) / "pseudonym.key"
    try:
        secret = file.read_bytes() if file.exists() else _new_key(file)
    except OSError as error:
        raise InputError(
            say(
                "The key file {file} cannot be used ({reason}). Make it readable, or name another file "
                "in the environment variable CX_KEY_FILE.",
                file=file,
                reason=error.strerror or type(error).__name__,
            )
        ) from error
    if len(secret) < KEY_BYTES:
        raise InputError(
            say(
                "The key file {file} holds {n} bytes and {expected} are needed. Bring back your copy of "
                "it, or delete it to start with a new key (pseudonyms will no longer match earlier ones).",
                file=file,
                n=len(secret),
                expected=KEY_BYTES,
            )
        )
    return secret


def _new_key(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True)
    secret = os.urandom(KEY_BYTES)
    binary = getattr(os, "O_BINARY", 0)  # Windows would write a newline byte as two
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o600)
    except FileExistsError:  # another process was faster: its key is the key
        return file.read_bytes()
    with os.fdopen(handle, "wb") as opened:
        opened.write(secret)
    return secret


def normalise_email(text: str) -> str | None:
    """Return an e-mail address trimmed and in lower case, or None when `text` is not one.

    >>> normalise_email("  Ana.Lima@Example.COM "), normalise_email("ana at example.com")
    ('ana.lima@example.com', None)
    """
    plain = _plain(text).strip()
    return plain.lower() if re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", plain) else None


def normalise_phone(text: str) -> str | None:
    """Return a phone as `+` and digits, or None when `text` is not a phone with an area code.

    Brazil is assumed without a country; the ninth digit is added to mobiles of eight digits.

    >>> normalise_phone("(11) 8765-4321"), normalise_phone("+55 11 98765 4321")
    ('+5511987654321', '+5511987654321')
    >>> normalise_phone("(11) 3456-7890"), normalise_phone("+351 912 345 678"), normalise_phone("1234")
    ('+551134567890', '+351912345678', None)
    """
    plain = _plain(text).strip()
    if found := _BRAZIL.fullmatch(plain):
        local = _digits(found["local"])
        ninth = "9" if len(local) == 8 and local[0] in "6789" else ""
        return "+55" + found["area"] + ninth + local
    abroad = re.sub("^00", "+", plain)
    if abroad.startswith("+") and _is_abroad(_ABROAD.fullmatch(abroad)):
        return "+" + _digits(abroad)
    return None


def normalise_cpf(text: str) -> str | None:
    """Return the eleven digits of a CPF, or None when its check digits are wrong.

    >>> normalise_cpf("123.456.789-09"), normalise_cpf("12345678909"), normalise_cpf("123.456.789-00")
    ('12345678909', '12345678909', None)
    """
    plain = _plain(text).strip()
    digits = _digits(plain)
    is_cpf = _CPF.fullmatch(plain) and _checked(digits, (11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
    return digits if is_cpf and len(set(digits)) > 1 else None


def normalise_identifier(text: str) -> str:
    """Return what is hashed for an identifier, so that one person is written the same on every platform.

    Bare digits become a CPF by their check digits or a phone only in the one form DDD + 9 + eight digits:
    two different customer numbers never become one.

    >>> normalise_identifier(" Ana@Example.com "), normalise_identifier("123.456.789-09")
    ('email:ana@example.com', 'cpf:12345678909')
    >>> normalise_identifier("(11) 8765-4321"), normalise_identifier("11987654321")
    ('phone:+5511987654321', 'phone:+5511987654321')
    >>> normalise_identifier("1187654321"), normalise_identifier(" C-0042 ")
    ('id:1187654321', 'id:C-0042')
    """
    plain = _plain(text).strip()
    if email := normalise_email(plain):
        return "email:" + email
    if normalise_cpf(plain) or _FORMATTED_CPF.fullmatch(plain):
        return "cpf:" + _digits(plain)
    written_as_phone = not plain.isdigit() or re.fullmatch(rf"{_AREA}9\d{{8}}", plain)
    if written_as_phone and (phone := normalise_phone(plain)):
        return "phone:" + phone
    return "id:" + plain


def pseudonyms(values: pd.Series, *, secret: bytes) -> pd.Series:
    """Return a pseudonym for each identifier: the same one for the same person, null where blank.

    >>> pseudonyms(pd.Series(["Ana@x.com", "ana@x.com ", None]), secret=b"only for this example").nunique()
    1
    """
    codes, uniques = pd.factorize(values)
    texts = [_identifier_text(unique) for unique in uniques]
    made = [_pseudonym(text, secret) if text.strip() else None for text in texts]
    return _spread(made, codes, values)


def _identifier_text(value: object) -> str:
    # A column with nulls holds 123 as 123.0: it is the same customer.
    if isinstance(value, float | np.floating) and value.is_integer():
        return str(int(value))
    return str(value)


def _pseudonym(text: str, secret: bytes) -> str:
    normal = normalise_identifier(text).encode("utf-8", "surrogatepass")
    return "p_" + hmac.digest(secret, normal, "sha256").hex()[:20]


def redact(texts: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """Return texts with personal data struck out, and how many of each kind were found.

    >>> clean, found = redact(pd.Series(["Me liga: (11) 98765-4321", "Paguei R$ 1.299,90 em 12/05/2024"]))
    >>> clean.to_list(), found
    (['Me liga: [phone]', 'Paguei R$ 1.299,90 em 12/05/2024'], {'phone': 1})
    """
    codes, uniques = pd.factorize(texts)
    times = np.bincount(codes[codes >= 0], minlength=len(uniques))
    struck = [_strike_out(str(text)) for text in uniques]
    counts: Counter[str] = Counter()
    for (_, found), repeats in zip(struck, times, strict=True):
        for kind in found:
            counts[kind] += found[kind] * int(repeats)
    return _spread([text for text, _ in struck], codes, texts), dict(sorted(counts.items()))


def looks_personal(values: pd.Series) -> pd.Series:
    """Return which values hold an e-mail, a formatted CPF or a phone written as one.

    >>> looks_personal(pd.Series(["ana@x.com", "+55 11 98765-4321", "P-1001", None])).to_list()
    [True, True, False, False]
    """
    codes, uniques = pd.factorize(values)
    found = np.array([_is_personal(_plain(str(unique))) for unique in uniques] + [False])
    return pd.Series(found[codes], index=values.index, name=values.name)  # code -1 is the last: null


def _is_personal(text: str) -> bool:
    phones = (*_BRAZIL.finditer(text), *filter(_is_abroad, _ABROAD.finditer(text)))
    written = any(re.search(r"\D", phone[0]) and _is_phone(phone) for phone in phones)
    return bool(written or _FORMATTED_CPF.search(text) or _EMAIL.search(text))


def _spread(uniques: list[str | None], codes: np.ndarray, like: pd.Series) -> pd.Series:
    spread = pd.array(uniques, dtype="str").take(codes, allow_fill=True)
    return pd.Series(spread, index=like.index, name=like.name)


def _strike_out(text: str) -> tuple[str, Counter[str]]:
    plain, found = _plain(text), Counter[str]()
    is_mail, is_number = "@" in plain or "%40" in plain, _may_hold_a_number(plain)
    for kind, pattern, is_one in _KINDS:
        if not (is_mail if kind == "email" else is_number):  # most texts: nothing to look for
            continue
        plain, times = _replace(plain, kind, pattern, is_one)
        found.update({kind: times} if times else {})
    return (plain if found else text), found


def _may_hold_a_number(text: str) -> bool:
    # Eight digits are the least, but for a CNPJ with letters, which has a stroke and a hyphen.
    return len(re.findall(r"\d", text)) >= 8 or ("/" in text and "-" in text)


def _replace(text: str, kind: str, pattern: re.Pattern, is_one: Callable) -> tuple[str, int]:
    kept = [found for found in pattern.finditer(text) if is_one(found)]
    pieces, start = [], 0
    for found in kept:
        pieces += [text[start : found.start()], f"[{kind}]"]
        start = found.end()
    return "".join([*pieces, text[start:]]), len(kept)


@cache
def _plain_characters() -> dict[int, str | None]:
    """Signs, dashes, spaces and digits of every script as ASCII; characters that cannot be seen away."""
    signs: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    signs |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
    signs |= dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    digits = {code: unicodedata.decimal(chr(code), None) for code in range(128, sys.maxunicode)}
    unseen = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
    return signs | {code: str(digit) for code, digit in digits.items() if digit is not None} | unseen


def _plain(text: str) -> str:
    return text if text.isascii() else text.translate(_plain_characters())


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_cpf(found: re.Match) -> bool:
    return bool(_FORMATTED_CPF.fullmatch(found[0]) or normalise_cpf(found[0]))


def _is_cnpj(found: re.Match) -> bool:
    characters = re.sub(r"\W", "", found[0])
    is_formatted = "." in found[0] and "/" in found[0]
    is_checked = _checked(characters, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    return is_formatted or (is_checked and len(set(characters)) > 1)


def _is_card(found: re.Match) -> bool:
    digits = _digits(found[0])
    # The only short cards start with 4 (13 digits) or 3 (14): phones and bar codes of that length do not.
    starts = {13: "4", 14: "3"}.get(len(digits), "23456")
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    total = sum(map(int, digits[::-2])) + sum(value - 9 if value > 9 else value for value in doubled)
    return 13 <= len(digits) <= 19 and digits[0] in starts and total % 10 == 0


def _is_abroad(found: re.Match | None) -> bool:
    if found is None:
        return False
    return len(found[0]) > 14 or not re.fullmatch(r"\+\d{1,3}(?:[ .]\d{3})+", found[0])  # +10.000.000


def _is_phone(found: re.Match) -> bool:
    before = found.string[max(0, found.start() - 20) : found.start()]
    is_coordinate = re.fullmatch(r"-\d{2}\.\d{8,9}|.?\d{2}\.\d{8}", before[-1:] + found[0])
    is_bare = found[0].isdigit() or found.re is _WITHOUT_AREA
    is_order = is_bare and _ORDER_WORD.search(before)
    return not (is_coordinate or is_order or _COMPANY_LINE.match(found[0]))


def _checked(characters: str, weights: tuple[int, ...]) -> bool:
    """Whether the last two digits are the modulo-11 check digits of what stands before them."""
    values = [ord(character) - 48 for character in characters]
    if len(values) != len(weights) + 1:
        return False
    first = sum(value * weight for value, weight in zip(values[:-2], weights[1:], strict=True))
    second = sum(value * weight for value, weight in zip(values[:-1], weights, strict=True))
    return values[-2] == first * 10 % 11 % 10 and values[-1] == second * 10 % 11 % 10


def _always(found: re.Match) -> bool:
    return True


_KINDS: tuple[tuple[str, re.Pattern, Callable], ...] = (
    ("email", _EMAIL, _always),
    ("cnpj", _CNPJ, _is_cnpj),
    ("card", _CARD, _is_card),
    ("cpf", _CPF, _is_cpf),
    ("phone", _ABROAD, _is_abroad),
    ("phone", _BRAZIL, _is_phone),
    ("phone", _WITHOUT_AREA, _is_phone),
    ("cep", _CEP, _always),
)
