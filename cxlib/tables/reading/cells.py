"""One row of cells, and one typed cell as text."""

import json
import re
from datetime import datetime, timedelta

Row = tuple[int, list[str]]  # where the row begins in the file, and its cells


def is_blank(cells: list[str]) -> bool:
    """Whether nothing stands in any of the cells."""
    return not any(map(str.strip, cells))


def used(cells: list[str]) -> int:
    """Return how wide a row is up to its last filled cell."""
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def text_of(value: object) -> str | None:
    """Return a typed cell as text: whole numbers without `.0`, dates as ISO, lists as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def _float_text(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    # 1.234 as text could be a thousand; as a number it cannot, and 1.2340 says so.
    return repr(value) + ("0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", repr(value)) else "")
