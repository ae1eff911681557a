import os
import stat
from pathlib import Path

import pandas as pd
import platformdirs
import pytest

from cxlib import privacy
from cxlib.errors import InputError
from cxlib.privacy import hashing

SECRET = b"a secret for tests only, 32 bytes"


def test_pseudonyms_match_across_writings_and_types():
    def one(values):
        return privacy.pseudonyms(pd.Series(values), secret=SECRET)

    assert one(["123"])[0] == one([123])[0] == one([123.0, None])[0] == one(pd.array([123, None], dtype="Int64"))[0]
    assert one(["Ana@X.com"])[0] == one([" ana@x.com "])[0]
    assert one(["(11) 8765-4321"])[0] == one(["+55 11 98765-4321"])[0]
    assert one(["123.456.789-09"])[0] == one(["12345678909"])[0]
    assert one(["0123"])[0] != one(["123"])[0]


def test_pseudonyms_have_a_form_and_depend_on_the_secret():
    values = pd.Series(["a", None, "a", " ", "b"], index=list("vwxyz"), name="customer_id")
    made = privacy.pseudonyms(values, secret=SECRET)
    assert made.dropna().str.fullmatch("p_[0-9a-f]{20}").all()
    assert made.isna().to_list() == [False, True, False, True, False]
    assert made["v"] == made["x"] != made["z"]
    assert made.index.to_list() == list("vwxyz") and made.name == "customer_id"
    assert made["v"] != privacy.pseudonyms(values, secret=SECRET + b"!")["v"]
    assert privacy.pseudonyms(pd.Series([None], dtype="object"), secret=SECRET).isna().all()


def test_pseudonym_is_the_documented_one():
    # python -c 'import hmac; print(hmac.digest(b"k" * 32, b"id:42", "sha256").hex()[:20])'
    made = privacy.pseudonyms(pd.Series([42]), secret=b"k" * 32)
    assert made[0] == "p_3ef291f48f705edab69c"


def test_key_is_made_once_and_private(tmp_path, monkeypatch):
    file = tmp_path / "deep" / "down" / "my.key"
    monkeypatch.setenv("CX_KEY_FILE", str(file))
    secret = privacy.key()
    assert len(secret) == 32 and privacy.key() == secret == file.read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_key_stands_in_the_configuration_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("CX_KEY_FILE", raising=False)
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda name: str(tmp_path / name))
    secret = privacy.key()
    assert Path(tmp_path, "cxlib", "pseudonym.key").read_bytes() == secret


def test_key_of_another_process_wins(tmp_path):
    file = tmp_path / "my.key"
    file.write_bytes(SECRET)
    assert hashing._new_key(file) == SECRET


def test_key_too_short_or_unreadable(tmp_path, monkeypatch):
    short = tmp_path / "short.key"
    short.write_bytes(b"abc")
    monkeypatch.setenv("CX_KEY_FILE", str(short))
    with pytest.raises(InputError, match="holds 3 bytes and 32 are needed"):
        privacy.key()
    monkeypatch.setenv("CX_KEY_FILE", str(tmp_path))
    with pytest.raises(InputError, match="cannot be used"):
        privacy.key()
