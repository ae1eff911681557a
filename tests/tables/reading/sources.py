"""Files made for the tests, and what was read from them."""

import io
import zipfile


def cells(source) -> list[list]:
    return source.frame.to_numpy(dtype=object).tolist()


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
