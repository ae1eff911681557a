"""Every test here writes a file and reads it."""

import pytest


@pytest.fixture
def file(tmp_path):
    def write(content: bytes | str, name: str = "survey.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
