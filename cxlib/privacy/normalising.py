"""E-mails, phones and CPFs: what they look like, and the one form in which the same person is always written.

Every pattern here and in redaction.py runs in linear time: repeats are bounded or possessive (`++`).
"""

import re
import unicodedata
from functools import cache

_AREA = "(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
_GAP = "[ .-]"
_LOCAL = rf"(?:9{_GAP}?\d{{4}}|[2-9]\d{{3}}){_GAP}{{0,3}}\d{{4}}"
CPF = re.compile(r"(?<!\d)(?<!\d[.,])\d{3}[. ]?\d{3}[. ]?\d{3}[-/. ]?\d{2}(?!\d)")
FORMATTED_CPF = re.compile(r"(?<!\d)(?<!\d[.,])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
BRAZIL = re.compile(
    rf"(?=[+(\d])(?<!\d)(?:(?:\+|00)?{_GAP}?55{_GAP}{{0,3}})?\(?(?:0(?:\d\d{_GAP}?)?)?\(?(?P<area>{_AREA})\)?"
    rf"{_GAP}{{0,3}}(?P<local>{_LOCAL})(?!\d)"
)
ABROAD = re.compile(
    r"(?<![\w+])\+(?!55)[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)"
    r"|(?<!\d)(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?!\d)"
)


def normalise_email(text: str) -> str | None:
    """Return an e-mail address trimmed and in lower case, or None when `text` is not one.

    >>> normalise_email("  Ana.Lima@Example.COM "), normalise_email("ana at example.com")
    ('ana.lima@example.com', None)
    """
    plain = plain_text(text).strip()
    return plain.lower() if re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", plain) else None


def normalise_phone(text: str) -> str | None:
    """Return a phone as `+` and digits, or None when `text` is not a phone with an area code.

    Brazil is assumed without a country; the ninth digit is added to mobiles of eight digits.

    >>> normalise_phone("(11) 8765-4321"), normalise_phone("+55 11 98765 4321")
    ('+5511987654321', '+5511987654321')
    >>> normalise_phone("(11) 3456-7890"), normalise_phone("+351 912 345 678"), normalise_phone("1234")
    ('+551134567890', '+351912345678', None)
    """
    plain = plain_text(text).strip()
    if found := BRAZIL.fullmatch(plain):
        local = digits_of(found["local"])
        ninth = "9" if len(local) == 8 and local[0] in "6789" else ""
        return "+55" + found["area"] + ninth + local
    abroad = re.sub("^00", "+", plain)
    found = ABROAD.fullmatch(abroad)
    is_phone = abroad.startswith("+") and found and is_abroad(found)
    return "+" + digits_of(abroad) if is_phone else None


def normalise_cpf(text: str) -> str | None:
    """Return the eleven digits of a CPF, or None when its check digits are wrong.

    >>> normalise_cpf("123456789-09"), normalise_cpf("12345678909"), normalise_cpf("123.456.789-00")
    ('12345678909', '12345678909', None)
    """
    plain = plain_text(text).strip()
    digits = digits_of(plain)
    is_cpf = CPF.fullmatch(plain) and has_check_digits(digits, (11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
    return digits if is_cpf and len(set(digits)) > 1 else None


def normalise_identifier(text: str) -> str:
    """Return what is hashed for an identifier, so that one person is written the same on every platform.

    Bare digits become a CPF by their check digits or a phone only in the one form DDD + 9 + eight digits:
    two different customer numbers never become one.

    >>> normalise_identifier(" Ana@Example.com "), normalise_identifier("123456789-09")
    ('email:ana@example.com', 'cpf:12345678909')
    >>> normalise_identifier("(11) 8765-4321"), normalise_identifier("11987654321")
    ('phone:+5511987654321', 'phone:+5511987654321')
    >>> normalise_identifier("1187654321"), normalise_identifier(" C-0042 ")
    ('id:1187654321', 'id:C-0042')
    """
    plain = plain_text(text).strip()
    if email := normalise_email(plain):
        return "email:" + email
    if normalise_cpf(plain) or FORMATTED_CPF.fullmatch(plain):
        return "cpf:" + digits_of(plain)
    written_as_phone = not plain.isdigit() or re.fullmatch(rf"{_AREA}9\d{{8}}", plain)
    if written_as_phone and (phone := normalise_phone(plain)):
        return "phone:" + phone
    return "id:" + plain


def is_abroad(found: re.Match) -> bool:
    """Whether what looks like a foreign phone is not a round number such as +10.000.000."""
    return len(found[0]) > 14 or not re.fullmatch(r"\+\d{1,3}(?:[ .]\d{3})+", found[0])


def has_check_digits(characters: str, weights: tuple[int, ...]) -> bool:
    """Whether the last two digits are the modulo-11 check digits of what stands before them."""
    values = [ord(character) - 48 for character in characters]
    if len(values) != len(weights) + 1:
        return False
    first = sum(value * weight for value, weight in zip(values[:-2], weights[1:], strict=True))
    second = sum(value * weight for value, weight in zip(values[:-1], weights, strict=True))
    return values[-2] == first * 10 % 11 % 10 and values[-1] == second * 10 % 11 % 10


def digits_of(text: str) -> str:
    """Return the digits of a text and nothing else."""
    return re.sub(r"\D", "", text)


def plain_text(text: str) -> str:
    """Return signs, dashes, spaces and digits of every script as ASCII, without characters that cannot be seen."""
    return text if text.isascii() else text.translate(_plain_characters())


@cache
def _plain_characters() -> dict[int, str | None]:
    signs: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    signs |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
    signs |= dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    # Nobody's digits stand beyond these planes; finding them by pattern takes a hundredth of asking one by one.
    digits = {
        ord(sign): unicodedata.decimal(sign) for sign in re.findall(r"\d", "".join(map(chr, range(128, 0x20000))))
    }
    unseen = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
    return signs | {code: str(digit) for code, digit in digits.items()} | unseen
