"""The report of a dataset as one HTML page: what moved, the evidence, what was left out and why.

The page holds no script and asks nobody for anything: pictures are inside it, and its content policy
forbids the rest. Whatever came with the data is escaped.
"""

import base64
import os
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import pandas as pd

from cxlib.charts.perception import alt_text, chart, picture
from cxlib.errors import InputError
from cxlib.language import language, say
from cxlib.metrics.ask import metric
from cxlib.metrics.catalogue import METRICS, computable
from cxlib.metrics.compare import compare
from cxlib.metrics.wording import show
from cxlib.tables.check import check, tallies
from cxlib.tables.dataset import Dataset
from cxlib.tables.opening import open_dataset

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem }
img { max-width: 100%; height: auto } .table { overflow-x: auto }
table { border-collapse: collapse; font-size: .85rem }
th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid #ddd }
.note { color: #555; font-size: .9rem }
@media print { body { margin: 0 } h2 { break-after: avoid } figure { break-inside: avoid } }
"""
MOST_MONTHS = 12
MOST_GROUPS = 12


def write_report(data: object, out: str | Path, *, progress: Callable[[str], None] = lambda line: None) -> Path:
    """Write the report of a dataset: "what moved, is it news, and can I defend it?"

    `data` is anything `open_dataset` takes. The page is written to `out` in the language in use, in one
    replacement: a failed run leaves an older report as it was. Returns the path. Raises `InputError`.
    """
    dataset = open_dataset(data)
    possible = computable(dataset)
    sections = []
    for key in possible.loc[possible["rows"] > 0, "metric"]:
        progress(say("Computing {metric}", metric=say(METRICS[key].name)))
        sections.append((key, "".join(_section(dataset, key))))
    if not sections:
        raise InputError(say("This dataset has no answers, so there is nothing to report. See: cx check"))
    news = [sentence for key, _ in sections for sentence in _news(dataset, key)]
    page = _page(dataset, news, [html for _, html in sections], possible)
    return _replace(Path(out), page)


def _news(dataset: Dataset, key: str) -> list[str]:
    """The newest change of a metric, if its rows have dates."""
    if not _has_dates(dataset, key):
        return []
    changes = compare(dataset, key, periods="month").tail(1)
    return str(show(changes)).splitlines()


def _section(dataset: Dataset, key: str) -> Iterator[str]:
    ratio = METRICS[key]
    yield f"<h2>{_text(say(ratio.name))}</h2><p>{_text(say(ratio.question))}</p>"
    yield _sentences(metric(dataset, key))
    if "channel" in dataset.table(ratio.table).columns:
        yield from _figure(metric(dataset, key, by="channel").nlargest(MOST_GROUPS, "n"))
    if _has_dates(dataset, key):
        yield from _figure(metric(dataset, key, every="month").tail(MOST_MONTHS))
    name, explanation = say(ratio.rules[0].name), say(ratio.rules[0].explanation)
    words = say("Rule: {name}. {explanation}", name=name, explanation=explanation)
    yield f'<p class="note">{_text(words)}</p>'


def _has_dates(dataset: Dataset, key: str) -> bool:
    ratio = METRICS[key]
    return ratio.date in dataset.table(ratio.table).columns


def _figure(frame: pd.DataFrame) -> Iterator[str]:
    if frame["value"].notna().sum() < 2:
        return
    ax = chart(frame)
    words = alt_text(ax)
    content = base64.b64encode(picture(ax).data).decode()
    yield f'<figure><img alt="{escape(words, quote=True)}" src="data:image/png;base64,{content}"></figure>'
    yield _sentences(frame)


def _sentences(frame: pd.DataFrame) -> str:
    return "<ul>" + "".join(f"<li>{_text(line)}</li>" for line in str(show(frame)).splitlines()) + "</ul>"


def _page(dataset: Dataset, news: list[str], sections: list[str], possible: pd.DataFrame) -> str:
    title = say("Customer experience report: {title}", title=dataset.title or "-")
    synthetic = f'<p class="note">{_text(say("Synthetic data."))}</p>' if dataset.synthetic else ""
    lacking = possible[possible["rows"] == 0]
    moved = news or [say("Nothing can be said to have moved: that needs answers with dates from two months.")]
    parts = [
        f"<h1>{_text(title)}</h1>{synthetic}",
        f"<h2>{_text(say('What moved'))}</h2><ul>",
        *(f"<li>{_text(sentence)}</li>" for sentence in moved),
        "</ul>",
        *sections,
        f"<h2>{_text(say('Rows and what was set aside'))}</h2>",
        _table(tallies(dataset)),
        _table(check(dataset)),
        f"<h2>{_text(say('What could not be computed'))}</h2>" + _table(lacking) if len(lacking) else "",
        f'<p class="note">{_text(say("Days begin in {zone}. Intervals are 95%.", zone=dataset.zone))}</p>',
    ]
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{_text(title)}</title>'
        f"<style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _table(frame: pd.DataFrame) -> str:
    if frame.empty:
        return f"<p>{_text(say('(nothing)'))}</p>"
    return f'<div class="table">{frame.to_html(index=False, escape=True, border=0, na_rep="")}</div>'


def _text(words: str) -> str:
    return escape(str(words), quote=False)


def _replace(path: Path, page: str) -> Path:
    temporary = path.with_name(path.name + ".tmp")
    if path.exists() and not path.is_file():
        raise InputError(say("{path} is not a file. Name an HTML file to write.", path=path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    except OSError as trouble:
        temporary.unlink(missing_ok=True)
        raise InputError(say("{path} cannot be written: {trouble}", path=path, trouble=trouble.strerror)) from None
    return path
