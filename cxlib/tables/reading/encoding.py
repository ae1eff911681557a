"""The encoding of a text file, found from its bytes unless the caller knows it."""

import io

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.reading.contract import Asked, empty


def encoding_of(data: bytes, asked: Asked) -> str:
    """Return the first likely encoding that can read all the bytes."""
    for encoding in _likely_encodings(data, asked.encoding):
        try:
            text = data.decode(encoding)
        except LookupError as error:
            raise InputError(
                say(
                    'Encoding "{encoding}" is not known. Use for example "utf-8", "utf-16" or "cp1252".',
                    encoding=encoding,
                )
            ) from error
        except UnicodeError:
            continue
        _refuse_useless(text, asked.name)
        return encoding
    raise InputError(
        say(
            "{name} is not text in {encodings}. Export it as UTF-8, or say its encoding in the mapping.",
            name=asked.name,
            encodings=asked.encoding or "UTF-8, cp1252",
        )
    )


def _likely_encodings(data: bytes, asked: str | None) -> list[str]:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if asked is None:
        return ["utf-16"] if wide else ["utf-8-sig", "cp1252"]
    plain = asked.lower().replace("_", "-")
    if plain in ("utf-8", "utf8"):
        return ["utf-8-sig"]  # reads it with and without a mark
    return ["utf-16"] if wide and plain.startswith("utf-16") else [asked]


def _refuse_useless(text: str, name: str) -> None:
    if "\0" in text:
        raise InputError(
            say(
                "{name} holds NUL characters: it is not a text table, or it is UTF-16 without a mark. "
                'Export it as UTF-8 CSV, or say encoding = "utf-16-le" in the mapping.',
                name=name,
            )
        )
    if not text.strip():
        raise empty(name)


def encoding_decision(encoding: str) -> str:
    """Say which encoding was used."""
    return say("encoding {encoding}", encoding=encoding.removesuffix("-sig"))


def text_lines(data: bytes, encoding: str) -> io.TextIOWrapper:
    """Open the bytes as lines that keep their endings."""
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
