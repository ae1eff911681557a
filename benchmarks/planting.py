"""Invented texts with personal data planted at known places, in Portuguese and in English, and texts without any.

No number belongs to anybody: CPF and CNPJ carry wrong check digits (bare ones, which only check digits give away,
repeat the examples of documentation), phones end in 00 and two digits after 9 9999 or 5550, cards are the test
numbers of the networks, postal codes begin with 00, which no place has, addresses end in `.example`.
"""

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A text, what was planted in it (empty: nothing), of which kind, in which language."""

    text: str
    secret: str
    kind: str
    language: str


def corpus(each: int, seed: int = 20_250_301) -> list[Planted]:
    """Return `each` planted texts of every kind in each language, and five times as many without anything."""
    chance = random.Random(seed)
    return [*_planted(each, chance), *_nothing(5 * each, chance)]


def _planted(each: int, chance: random.Random) -> Iterator[Planted]:
    for language in ("pt", "en"):
        for kind, make in KINDS.items():
            for _ in range(each):
                secret = make(chance)
                text = chance.choice(WORDS["around"][language]).format(secret)
                yield Planted(text=text, secret=secret, kind=kind, language=language)
        for kind, templates in NAMES.items():
            for _ in range(each):
                name = _name(language, chance)
                text = chance.choice(WORDS[templates][language]).format(name)
                text = chance.choice([str.lower, str.upper, str])(text) if templates == "careless" else text
                yield Planted(text=text, secret=name, kind=kind, language=language)


def _nothing(size: int, chance: random.Random) -> Iterator[Planted]:
    for language in ("pt", "en"):
        for _ in range(size):
            text = chance.choice(WORDS["harmless"][language]).format(n=chance.randint(1, 9))
            yield Planted(text=text, secret="", kind="", language=language)


def _name(language: str, chance: random.Random) -> str:
    given = chance.choice(WORDS["given"][language])
    return given if chance.random() < 0.4 else f"{given} {chance.choice(WORDS['family'][language])}"


def _digits(size: int, chance: random.Random) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(size))


def _cpf(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return chance.choice(["12345678909", "52998224725", "123456789-09", "123 456 789 09"])
    base = [chance.randrange(10) for _ in range(9)]
    first = sum(digit * weight for digit, weight in zip(base, range(10, 1, -1), strict=True)) * 10 % 11 % 10
    wrong = f"{(first + 1) % 10}{chance.randrange(10)}"
    text = "".join(map(str, base))
    return f"{text[:3]}.{text[3:6]}.{text[6:]}-{wrong}"


def _cnpj(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return chance.choice(["11222333000181", "11222333/0001-81"])
    return f"00.{_digits(3, chance)}.{_digits(3, chance)}/0000-{_digits(2, chance)}"


def _email(chance: random.Random) -> str:
    who = chance.choice(["ana.lima", "JOAO_SILVA", "m-prado", "bia+compras", "contato2025", "é.souza"])
    address = f"{who}@{chance.choice(['loja', 'correio.uni', 'mail'])}.example"
    return chance.choice([address, address.upper(), f"<{address}>", address.replace("@", "%40")])


def _phone(chance: random.Random) -> str:
    area, last = chance.choice([11, 21, 31, 41, 51, 61, 71, 81, 92]), f"00{_digits(2, chance)}"
    return chance.choice(WORDS["phone"]["forms"]).format(a=area, l=last)


def _card(chance: random.Random) -> str:
    number = chance.choice(["4111111111111111", "5555555555554444", "6011111111111117", "378282246310005"])
    if len(number) == 15:
        return chance.choice([number, f"{number[:4]} {number[4:10]} {number[10:]}"])
    parts = [number[place : place + 4] for place in range(0, 16, 4)]
    return chance.choice(["", " ", "-", "."]).join(parts)


def _cep(chance: random.Random) -> str:
    first, last = f"00{_digits(3, chance)}", _digits(3, chance)
    return chance.choice([f"{first}-{last}", f"{first[:2]}.{first[2:]}-{last}", f"CEP {first}-{last}"])


# Names where they give themselves away; there, but without the capitals and stops that show it; anywhere else.
NAMES = {"name": "named", "name, written carelessly": "careless", "name in a sentence": "elsewhere"}
KINDS: dict[str, Callable[[random.Random], str]] = {
    "email": _email,
    "phone": _phone,
    "cpf": _cpf,
    "cnpj": _cnpj,
    "card": _card,
    "cep": _cep,
}
