"""Personal data: the pseudonym key, pseudonyms that match across platforms, and redaction of free text.

Found in text: e-mails, phones (Brazilian formats, North American ones and anything with a `+`), CPF, CNPJ,
card numbers, CEP, and names where people are greeted, sign or introduce themselves. Not found: names elsewhere and
street addresses, 8 digits without an area code or a hyphen, and disguises such as `ana(arroba)x.com` or one digit a
word. A company's 0800, 300x and 400x numbers stay. How much is found: benchmarks/results/redaction.md.
"""

from cxlib.privacy.hashing import key, key_file, pseudonyms
from cxlib.privacy.normalising import normalise_cpf, normalise_email, normalise_identifier, normalise_phone
from cxlib.privacy.redaction import looks_personal, outline, redact

__all__ = [
    "key",
    "key_file",
    "looks_personal",
    "normalise_cpf",
    "normalise_email",
    "normalise_identifier",
    "normalise_phone",
    "outline",
    "pseudonyms",
    "redact",
]
