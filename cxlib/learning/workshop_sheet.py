"""A sheet to print for a journey workshop: seven stages, empty boxes for pencils, and what the data know already."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from cxlib.errors import InputError
from cxlib.journeys.emotions import EVERYONE, MOMENTS, PAIRED, emotion_curve
from cxlib.journeys.stage_models import KEYS
from cxlib.journeys.stages import stage_name, stages
from cxlib.language import language, mark, number, percent, say
from cxlib.tables.dataset import Dataset
from cxlib.tables.opening import open_dataset

ROWS = {
    mark("doing"): mark("What do they do? Verbs, in their words."),
    mark("thinking"): mark("What do they ask themselves? Quote."),
    mark("feeling"): mark("Mark a point from −5 to +5, and say why."),
    mark("evidence"): mark("How do we know? Who said so, where is it written? Leave it empty if it is a guess."),
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
.cxws { font: 11px/1.35 system-ui, sans-serif; color: #111; background: #fff; padding: 8px; overflow-x: auto; }
.cxws h1 { font-size: 17px; margin: 0 0 2px; } .cxws p { margin: 2px 0 6px; max-width: 120ch; }
.cxws table { border-collapse: collapse; width: 100%; min-width: 700px; table-layout: fixed; }
/* A notebook sets the cells of every table to the right. */
.cxws th, .cxws td { border: 1px solid #444; padding: 4px; text-align: left !important; vertical-align: top;
  overflow-wrap: break-word; hyphens: auto; color: #111; background: #fff; white-space: normal; }
.cxws thead th { background: #eee; font-size: 10px; } .cxws tbody th { width: 11%; }
.cxws tbody th small { display: block; font-weight: normal; } .cxws .blank td { height: 92px; }
@page { size: A4 landscape; margin: 9mm; }
@media print {
  .cxws { padding: 0; overflow: visible; } .cxws table { min-width: 0; }
  .cxws .blank td { height: 27mm; } .cxws tr { break-inside: avoid; }
}
"""


@dataclass(frozen=True)
class Sheet:
    """A sheet: a notebook shows it, `html` is the whole page, printed it is its title."""

    title: str
    piece: str

    @property
    def html(self) -> str:
        """The sheet as one page that needs nothing else: no script, no request."""
        return (
            f'<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(self.title)}</title></head><body><main>{self.piece}</main></body></html>\n"
        )

    def _repr_html_(self) -> str:
        return self.piece

    def __repr__(self) -> str:
        return self.title


def journey_sheet(data: object = None, out: str | Path | None = None) -> Sheet:
    """Make a sheet for a journey workshop: "what do we know of each stage, and what do we only think?"

    One page, A4 across: the seven stages beside each other; boxes for what customers do, think and feel there, and
    for the evidence; in the last row what `data` tell: the share of journeys that come to the stage, and how people
    feel there, each with its interval and n. Without `data` that row is empty too. `out` is a file to write the page
    to. Raises `InputError` for data that cannot be opened and a file that cannot be written.

    >>> journey_sheet()
    The journey of our customers
    """
    dataset = None if data is None else open_dataset(data)
    title = say("The journey of our customers")
    sheet = Sheet(title, _piece(title, dataset))
    if out is not None:
        try:
            Path(out).expanduser().write_text(sheet.html, encoding="utf-8")
        except OSError as trouble:
            raise InputError(
                say("{path} cannot be written: {trouble}", path=str(out), trouble=trouble.strerror or repr(trouble))
            ) from None
    return sheet


def _piece(title: str, dataset: Dataset | None) -> str:
    known = dataset is not None
    told: Mapping[str, list[str]] = {} if dataset is None else _numbers(dataset)
    intro = say("Fill it in with a customer at the table. One colour for what we know, another for what we suppose.")
    head = "".join(f'<th scope="col">{escape(stage_name(key))}</th>' for key in KEYS)
    blank = "".join(
        f'<tr class="blank"><th scope="row">{escape(say(name))}<small>{escape(say(asks))}</small></th>'
        f"{'<td></td>' * len(KEYS)}</tr>"
        for name, asks in ROWS.items()
    )
    number_asks = say("What the data say, by the usual rules.") if known else say("What shall we measure here?")
    cells = "".join(f"<td>{'<br>'.join(map(escape, told.get(key, [])))}</td>" for key in KEYS)
    kind = "" if known else ' class="blank"'
    name = f'<th scope="row">{escape(say("in numbers"))}<small>{escape(number_asks)}</small></th>'
    last = f"<tr{kind}>{name}{cells}</tr>"
    corner = f'<th scope="col">{escape(say("stage"))}</th>'
    return (
        f'<div class="cxws" lang="{language()}"><style>{STYLE}</style><h1>{escape(title)}</h1><p>{escape(intro)}</p>'
        f"<table><thead><tr>{corner}{head}</tr></thead><tbody>{blank}{last}</tbody></table>"
        f"{_note(dataset)}</div>"
    )


def _note(dataset: Dataset | None) -> str:
    return f"<p>{escape(say('Synthetic data (Ipê).'))}</p>" if dataset is not None and dataset.synthetic else ""


def _numbers(dataset: Dataset) -> dict[str, list[str]]:
    reach, feeling = _reach(dataset), _feeling(dataset)
    return {key: [reach[key], feeling[key]] for key in KEYS}


def _reach(dataset: Dataset) -> dict[str, str]:
    """Return the share of journeys that come to each stage, or that no table tells it."""
    try:
        found = stages(dataset)
    except InputError:  # no table tells any stage; the sheet is of use all the same
        return {key: say("no table tells this stage") for key in KEYS}
    rows = found[found["metric"].eq("stage_reached")].set_index("stage")
    return {key: _share(rows.loc[key]) for key in KEYS}


def _share(row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return say("no table tells this stage")
    return say("{share} of the journeys come here ({low} to {high}), n = {n}", share=percent(row["value"]),
               low=percent(row["low"]), high=percent(row["high"]), n=number(row["n"], decimals=0))  # fmt: skip


def _feeling(dataset: Dataset) -> dict[str, str]:
    """Return how people feel at each stage: of those who rated every stage, where there are any."""
    if MOMENTS not in dataset:
        return {key: say("feeling: nobody asked") for key in KEYS}
    curve = emotion_curve(dataset)
    same = curve[curve["rule"].eq(PAIRED)]
    rows = same if same["low"].notna().any() else curve[curve["rule"].eq(EVERYONE)]
    told = rows[rows["stage"].notna()].set_index("stage")
    return {key: _felt(told.loc[key]) for key in KEYS}


def _felt(row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return say("feeling: nobody asked")
    if pd.isna(row["low"]):
        return say("feeling: {value}, n = {n}", value=number(row["value"]), n=number(row["n"], decimals=0))
    return say("feeling: {value} ({low} to {high}), n = {n}", value=number(row["value"]), low=number(row["low"]),
               high=number(row["high"]), n=number(row["n"], decimals=0))  # fmt: skip
