"""From a column of text to numbers and to money in whole cents, by one decimal sign for the column."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.doubts import Doubt, Reading
from cxlib.tables.values import Converted, Trouble, distinct, means_missing, read_each, unchanged

_MARK = r"R\$|US\$|\$|€|£|BRL|USD|EUR"
_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+])?\s*(?P<mark>{_MARK})?\s*(?P<inner>[-+])?\s*"
    rf"(?P<body>[\d.,][\d., ]*)(?P<exponent>[eE][-+]?\d{{1,3}})?\s*(?P<after>{_MARK})?\s*(?P<close>\))?",
    re.ASCII,
)
_BODY = {
    decimal: re.compile(
        rf"(\d+|[1-9]\d{{0,2}}(?:[{other}]\d{{3}})+|[1-9]\d{{0,2}}(?: \d{{3}})+|)(?:[{decimal}](\d+))?",
        re.ASCII,
    )
    for decimal, other in ((",", "."), (".", ","))
}
_LONGEST_NUMBER = 64


def to_number(values: pd.Series, *, decimal: str | None = None, whole: bool = False) -> Converted:
    """Return numbers; the decimal sign is one for the column, from evidence or from `decimal`.

    >>> to_number(pd.Series(["R$ 1.234,56", "7,5", "-"])).values.to_list()
    [1234.56, 7.5, <NA>]
    """
    dtype = "Int64" if whole else "Float64"
    if _is_ready(values, whole):
        return unchanged(values, dtype)
    numbers, _, decision = _plain_numbers(values, decimal)
    return read_each(values, lambda text: _number(numbers.get(text), whole), dtype, decision=decision)


def _is_ready(values: pd.Series, whole: bool) -> bool:
    """Whether a typed column holds nothing but numbers that can stay as they are."""
    if not pd.api.types.is_float_dtype(values):
        return pd.api.types.is_integer_dtype(values)
    numbers = values.dropna().to_numpy("float64")
    whole_enough = not whole or bool(((np.floor(numbers) == numbers) & (abs(numbers) < 2**63)).all())
    return whole_enough and bool(np.isfinite(numbers).all())


def _number(plain: str | None, whole: bool) -> object:
    if plain is None or (not whole and np.isinf(float(plain))):
        return Trouble("not_a_number")
    if not whole:
        return float(plain)
    exact = Decimal(plain)
    if exact.adjusted() > 18 or not -(2**63) <= exact < 2**63:
        return Trouble("not_a_number")
    return int(exact) if exact == int(exact) else Trouble("not_whole")


def to_cents(values: pd.Series, *, decimal: str | None = None, format: str | None = None) -> Converted:
    """Return money as whole cents, exactly; `format` says whether the file holds "units" or "cents".

    >>> to_cents(pd.Series(["R$ 1.990,00", "19,9"])).values.to_list()
    [199000, 1990]
    """
    if format not in (None, "units", "cents"):
        raise InputError(say('`format` of money is "units" or "cents", not {found}.', found=repr(format)))
    if format == "cents" and pd.api.types.is_integer_dtype(values):
        return unchanged(values, "Int64")
    numbers, currencies, signs = _plain_numbers(values, decimal)
    if len(currencies) > 1:
        raise InputError(
            say(
                "One column holds several currencies: {marks}. Split the file by currency.",
                marks=", ".join(sorted(currencies)),
            )
        )
    unit = format or _money_unit(numbers)
    decision = "; ".join(part for part in (signs, say("amounts read as {unit}", unit=unit)) if part)
    return read_each(values, lambda text: _cents(numbers.get(text), unit), "Int64", decision=decision)


def _money_unit(numbers: dict[str, str]) -> str:
    if any("." in number for number in numbers.values()):
        return "units"
    doubt = next((text for text, number in numbers.items() if Decimal(number)), None)
    if doubt is None:  # nothing but zeros
        return "units"
    raise Doubt(
        say(
            'No amount has decimals, so "{found}" could be whole units or cents. Say format = "units" '
            '(1990 is R$ 1,990.00) or format = "cents" (1990 is R$ 19.90) in the mapping.',
            found=doubt,
        ),
        [
            Reading(option="format", value="units", means=f"{doubt} = {numbers[doubt]}.00"),
            Reading(option="format", value="cents", means=f"{doubt} = {Decimal(numbers[doubt]) / 100:.2f}"),
        ],
    )


def _cents(number: str | None, unit: str) -> object:
    if number is None or Decimal(number).adjusted() > 17:
        return Trouble("not_a_number")
    cents = Decimal(number) * (100 if unit == "units" else 1)
    nearest = cents.to_integral_value()
    # A sum made by a spreadsheet is stored as 19.900000000000002: that is 19.90, not a fraction of a cent.
    if abs(cents - nearest) > Decimal("1e-7"):
        return Trouble("fraction_of_cent")
    return int(nearest) if abs(nearest) < 2**63 else Trouble("not_a_number")


# --- From text to a number as Python writes it -------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """A number taken apart: its digits and separators, what stands before and behind them, its currency."""

    body: str
    minus: str = ""
    exponent: str = ""
    mark: str = ""

    @property
    def is_separated(self) -> bool:
        return "." in self.body or "," in self.body


def _plain_numbers(values: pd.Series, decimal: str | None) -> tuple[dict[str, str], set[str], str]:
    """Return each readable text as Python writes the number, the currencies, and the decision."""
    present = [text for text in distinct(values)[1] if not means_missing(text)]
    parts = {text: found for text in present if (found := _parts(text))}
    is_written = any(isinstance(unique, str) for unique in values.dropna().unique())
    sign = _decimal_sign(parts, decimal) if is_written else "."
    numbers = {text: number for text, part in parts.items() if (number := _plain_number(part, sign))}
    separated = is_written and any(part.is_separated for part in parts.values())
    decision = say('decimal sign "{sign}"', sign=sign) if separated else ""
    return numbers, {part.mark for part in parts.values() if part.mark}, decision


def _parts(text: str) -> _Parts | None:
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
        return _Parts(text)
    if len(text) > _LONGEST_NUMBER:
        return None
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    found = _NUMBER.fullmatch(plain.strip())
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found[name] for name in ("open", "sign", "inner") if found[name]]
    minus = "-" if signs and signs[0] in "(-" else ""
    parts = _Parts(found["body"].strip(), minus, found["exponent"] or "", found["mark"] or found["after"] or "")
    return parts if len(signs) < 2 else None


def _plain_number(parts: _Parts, decimal: str) -> str | None:
    read = _BODY[decimal].fullmatch(parts.body)
    if read is None or not (read[1] or read[2]):
        return None
    digits = re.sub(r"\D", "", read[1]) or "0"
    return parts.minus + digits + ("." + read[2] if read[2] else "") + parts.exponent


def _decimal_sign(parts: dict[str, _Parts], decimal: str | None) -> str:
    if decimal not in (None, ",", "."):
        raise InputError(say('The decimal sign is "," or ".", not {found}. Correct `decimal`.', found=repr(decimal)))
    if decimal is not None:
        return decimal
    proofs, doubt = _decimal_evidence(parts)
    if len(proofs) == 2:
        raise Doubt(
            say(
                'Both decimal signs occur in one column: "{comma}" and "{point}". Say decimal = "," or '
                'decimal = "." in the mapping; what does not fit it becomes null.',
                comma=proofs[","],
                point=proofs["."],
            ),
            [Reading(option="decimal", value=sign) for sign in ",."],
        )
    if doubt and not proofs:
        raise _doubtful_number(doubt, parts[doubt])
    return next(iter(proofs), ".")


def _decimal_evidence(parts: dict[str, _Parts]) -> tuple[dict[str, str], str]:
    """Return for each decimal sign a text that only it can read, and a text that both can."""
    proofs: dict[str, str] = {}
    doubt = ""
    for text, part in parts.items():
        if not part.is_separated:
            continue
        signs = [sign for sign in ",." if _plain_number(part, sign)]
        if len(signs) == 1:
            proofs.setdefault(signs[0], text)
        elif signs:
            doubt = doubt or text
    return proofs, doubt


def _doubtful_number(text: str, parts: _Parts) -> Doubt:
    means = {sign: str(_plain_number(parts, sign)) for sign in ",."}
    readings = sorted(means.values(), key=len)
    return Doubt(
        say(
            '"{found}" could be {one} or {other}. Say decimal = "," or decimal = "." in the mapping.',
            found=text,
            one=readings[0],
            other=readings[1],
        ),
        [Reading(option="decimal", value=sign, means=f"{text} = {number}") for sign, number in means.items()],
    )
