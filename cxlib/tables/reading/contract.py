"""What every reader of one kind of file is given, what it hands back, and the refusals they share."""

from dataclasses import dataclass, replace

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say

LARGEST = 2 * 1024**3  # bytes of a file, unpacked


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the file is and what the caller said about it."""

    name: str
    encoding: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    packed: bool = False


@dataclass(frozen=True, kw_only=True)
class Read:
    """The frame, the number of each of its rows, what was set aside (number, code, content), what was decided."""

    frame: pd.DataFrame
    numbers: list[int]
    set_aside: list[tuple[int, str, str]]
    decisions: list[str]

    def after(self, decisions: list[str]) -> "Read":
        """Return the same with decisions that were taken before."""
        return replace(self, decisions=decisions + self.decisions)


def damaged(name: str) -> InputError:
    """Say that a file is not what it begins as."""
    return InputError(say("{name} is damaged or cut off. Download or export it again.", name=name))


def empty(name: str) -> InputError:
    """Say that a file holds nothing."""
    return InputError(say("{name} is empty. Export it again.", name=name))


def refuse_sheet(asked: Asked) -> None:
    """Refuse a sheet that is asked of a file without sheets."""
    if asked.sheet is not None:
        raise InputError(say("{name} is not a workbook, so it has no sheets. Leave `sheet` out.", name=asked.name))
