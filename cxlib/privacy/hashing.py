"""Pseudonyms: one person gets the same one everywhere, and only the holder of the key can make it again."""

import hmac
import os
from pathlib import Path

import numpy as np
import pandas as pd
import platformdirs

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.privacy.columns import spread
from cxlib.privacy.normalising import normalise_identifier

KEY_BYTES = 32


def key(file: str | Path | None = None) -> bytes:
    """Return this user's pseudonym key; made on first use, readable by its owner only, never printed.

    The file is named by the environment variable `CX_KEY_FILE`, else it stands in the user's
    configuration folder. It never belongs in a dataset or a repository. `file` names another one, which is not made
    when it is missing.
    """
    named, file = file is not None, Path(file or key_file())
    try:
        secret = file.read_bytes() if named or file.exists() else _new_key(file)
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


def key_file() -> Path:
    """Return where this user's pseudonym key stands, whether it was made yet or not."""
    named = os.environ.get("CX_KEY_FILE")
    return Path(named) if named else Path(platformdirs.user_config_dir("cxlib")) / "pseudonym.key"


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


def pseudonyms(values: pd.Series, *, secret: bytes) -> pd.Series:
    """Return a pseudonym for each identifier: the same one for the same person, null where blank.

    >>> pseudonyms(pd.Series(["Ana@x.com", "ana@x.com ", None]), secret=b"only for this example").nunique()
    1
    """
    codes, uniques = pd.factorize(values)
    texts = [_identifier_text(unique) for unique in uniques]
    made = [_pseudonym(text, secret) if text.strip() else None for text in texts]
    return spread(made, codes, values)


def _identifier_text(value: object) -> str:
    # A column with nulls holds 123 as 123.0: it is the same customer.
    if isinstance(value, float | np.floating) and value.is_integer():
        return str(int(value))
    return str(value)


def _pseudonym(text: str, secret: bytes) -> str:
    normal = normalise_identifier(text).encode("utf-8", "surrogatepass")
    return "p_" + hmac.digest(secret, normal, "sha256").hex()[:20]
