"""Frames on a terminal or for machines: readable tables, CSV that Excel opens, JSON that never changes."""

import csv
import json
import re
import sys

import pandas as pd

from cxlib.cli import DONE
from cxlib.errors import InputError
from cxlib.language import language, number, say
from cxlib.metrics.wording import CONTROL, show

FORMATS = ("table", "csv", "json")
_FORMULA = re.compile(r"^[=+\-@\t\r]")


def check_format(format: str) -> None:
    """Raise `InputError` unless the format is one we write."""
    if format not in FORMATS:
        raise InputError(
            say(
                "{format} is not a format. Choose one of: {formats}.", format=repr(format), formats=", ".join(FORMATS)
            )
        )


def write(frame: pd.DataFrame, format: str, *, title: str = "") -> None:
    """Print a frame on standard output in one of `FORMATS`."""
    check_format(format)
    text = {"table": _table, "csv": _csv, "json": _json}[format](frame)
    print(f"\n{title}\n{text}" if title else text, end="" if format == "csv" else "\n")


def answer(frame: pd.DataFrame, format: str) -> int:
    """Print a result, to a person with its sentences first; return the exit code."""
    check_format(format)
    if format == "table":
        heading(show(frame) + "\n")
    write(frame, format)
    return DONE


def heading(text: str) -> None:
    """Print a sentence on standard output."""
    print(CONTROL.sub(" ", str(text)))


def progress(line: str) -> None:
    """Print what is going on, on standard error and only when somebody watches."""
    if sys.stderr.isatty():
        print(CONTROL.sub(" ", line), file=sys.stderr)


def _table(frame: pd.DataFrame) -> str:
    if frame.empty:
        return say("(nothing)")
    return pd.DataFrame({name: [_cell(value) for value in frame[name]] for name in frame}).to_string(index=False)


def _cell(value: object) -> str:
    if _absent(value):
        return ""
    if isinstance(value, float):
        return number(value, decimals=4)
    return " ".join(CONTROL.sub(" ", str(value)).split())


def _csv(frame: pd.DataFrame) -> str:
    """CSV by the standard in English; with ;, decimal comma and a byte-order mark in Portuguese, for Excel."""
    portuguese = language() == "pt-BR"
    cells = frame.map(lambda value: _csv_cell(value, portuguese))
    text = cells.set_axis([_csv_cell(str(name), portuguese) for name in frame], axis=1).to_csv(
        index=False, sep=";" if portuguese else ",", quoting=csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    return ("\ufeff" if portuguese else "") + text


def _csv_cell(value: object, portuguese: bool) -> object:
    if _absent(value):
        return ""
    if isinstance(value, float):
        return repr(value).replace(".", ",") if portuguese else repr(value)
    if isinstance(value, str):
        # A spreadsheet would run it; the quote makes it text.
        clean = CONTROL.sub(" ", value)
        return "'" + clean if _FORMULA.match(value) or _FORMULA.match(clean) else clean
    return value


def _json(frame: pd.DataFrame) -> str:
    rows = [
        {name: None if _absent(value) else _plain(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value


def _absent(value: object) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
