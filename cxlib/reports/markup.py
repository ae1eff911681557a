"""HTML, a piece at a time. Whatever goes in is escaped here, and nowhere is a tag made of data."""

from collections.abc import Iterable, Sequence
from html import escape

from cxlib.metrics.wording import CONTROL

Cells = Sequence[object]
LONG_WORD = 16


def text(words: object) -> str:
    """Return words as HTML text: escaped, without signs that cannot be seen, no longer than a page bears."""
    return escape(CONTROL.sub(" ", str(words)), quote=True)


def heading(level: int, words: str) -> str:
    """Return a heading, which begins with a capital letter."""
    return f"<h{level}>{text(words[:1].upper() + words[1:])}</h{level}>"


def paragraph(words: str, kind: str = "") -> str:
    """Return a paragraph; `kind` is a class of the style sheet, never data."""
    return f'<p class="{kind}">{text(words)}</p>' if kind else f"<p>{text(words)}</p>"


def items(lines: Iterable[str]) -> str:
    """Return a list."""
    return "<ul>" + "".join(f"<li>{text(line)}</li>" for line in lines) + "</ul>"


def findings(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the sentences of the first screen, each under its label."""
    made = "".join(f"<li><strong>{text(label)}</strong> {text(words)}</li>" for label, words in pairs)
    return f'<ol class="findings">{made}</ol>'


def quotations(lines: Iterable[tuple[str, str]]) -> str:
    """Return comments, each with the score that stands beside it."""
    made = "".join(f"<li><b>{text(score)}</b> <q>{text(words)}</q></li>" for score, words in lines)
    return f'<ul class="comments">{made}</ul>'


def table(caption: str, headings: Sequence[str], rows: Iterable[Cells]) -> str:
    """Return a table in a box of its own that scrolls when the screen is narrow; the first cell names the row."""
    head = "".join(f'<th scope="col">{text(one)}</th>' for one in headings)
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="table" role="group" tabindex="0" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Cells) -> str:
    first, *others = cells
    made = "".join(_cell("td", value, max(map(len, str(value).split()), default=0)) for value in others)
    return f"<tr>{_cell('th', first, len(str(first)))}{made}</tr>"


def _cell(tag: str, value: object, longest: int) -> str:
    # What is long may break anywhere, so that the table stays narrow; a number or a short name may not.
    kind = ' class="free"' if longest > LONG_WORD else ""
    scope = ' scope="row"' if tag == "th" else ""
    return f"<{tag}{kind}{scope}>{text(value)}</{tag}>"
