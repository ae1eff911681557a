"""Something to play with: a service blueprint as a text that is checked and drawn while one types."""

import asyncio
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from pathlib import Path

from cxlib.blueprints.parts import found_at, read_blueprint
from cxlib.blueprints.reading import text_of_source
from cxlib.blueprints.rules import Problem, problems_of
from cxlib.charts.blueprint_page import sketch
from cxlib.errors import InputError
from cxlib.language import say

PAUSE = 0.4  # seconds without a key before the text is looked at
MOST_KB = 32  # a longer text would not be checked between two keys
STYLE = (
    "<style>.cx-editor textarea{font-family:monospace;font-size:13px;line-height:1.4;white-space:pre;"
    "overflow-x:auto}.cx-verdict{max-width:75ch}.cx-verdict li{margin:.3em 0}"
    ".cx-drawn .widget-html-content{min-width:0;width:100%}</style>"
)
EXAMPLE = "chamado_v1"


def explore_blueprint(source: str | Path = EXAMPLE) -> None:
    """Show a service blueprint as a text to change: "which rule breaks, and what becomes of the drawing?"

    `source` is a YAML file, YAML text, or the name of one of Ipê's, as for `cx.blueprint`; no file is written. A
    moment after the last key the rules speak, each with the line it is about, and the drawing follows; while the
    text cannot be read, the last drawing stays. Tab leaves the text. Without ipywidgets the text, the rules and
    the drawing are shown as they are. Raises `InputError` for a file that is not there.

    >>> explore_blueprint("entrega_com_problema_v1")  # doctest: +SKIP
    """
    text, _ = text_of_source(found_at(source))
    if find_spec("ipywidgets") is None:
        _show_twin(text)
    else:
        _show_editor(text)


# --- What is said of a text --------------------------------------------------------------------------


def looked_at(text: str) -> tuple[str, str]:
    """Return what the rules say of a text, and its drawing, both as HTML; no drawing while it cannot be read.

    >>> looked_at("id: a")[0].startswith('<div class="cx-verdict"')
    True
    """
    if len(text.encode("utf-8", "replace")) > 1024 * MOST_KB:
        return _verdict("✗", say("This is too long to be checked while you type: at most {n} KB.", n=MOST_KB)), ""
    try:
        model = read_blueprint(text + "\n")
        found = problems_of(model)
        drawn = "" if any(one.code == "V1" for one in found) else sketch(model, found)
    except InputError as trouble:
        return _verdict("✗", str(trouble)), ""
    if not found:
        return _verdict("✔", say("No rule is broken.")), drawn
    head = say("Broken rules: {n}.", n=len(found))
    return _verdict("✗", head, [_told(one, text.splitlines()) for one in found]), drawn


def _verdict(sign: str, head: str, lines: list[str] | None = None) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines or ())
    listed = f"<ul>{items}</ul>" if items else ""
    return f'<div class="cx-verdict" role="status"><p>{sign} <strong>{escape(head)}</strong></p>{listed}</div>'


def _told(problem: Problem, lines: list[str]) -> str:
    """Return a broken rule in words, with the line of the text it is about."""
    where = escape(say("(line {line})", line=problem.line))
    there = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
    code = escape(f"{problem.code} {problem.name}")
    return f"<strong>{code}</strong> {escape(problem.sentence)} {where} <code>{escape(there[:80])}</code>"


# --- The editor, and its twin ------------------------------------------------------------------------


def _show_twin(text: str) -> None:
    from IPython.display import HTML, display

    said, drawn = looked_at(text)
    display(HTML(f"<pre>{escape(text)}</pre>{STYLE}{said}{drawn}"))


def _show_editor(text: str) -> None:
    from IPython.display import display
    from ipywidgets import HTML, Layout, Textarea, VBox

    editor = Textarea(value=text, description=say("the file"), rows=22, layout=Layout(width="98%"))
    editor.add_class("cx-editor")
    said, drawn = HTML(), HTML(layout=Layout(width="98%"))
    drawn.add_class("cx-drawn")  # no wider than the page: it scrolls sideways in itself

    def look() -> None:
        words, picture = looked_at(editor.value)
        old = "" if picture or not drawn.value else say("The drawing is that of the last text that could be read.")
        said.value = f"{STYLE}{words}<p>{escape(old)}</p>"
        drawn.value = picture or drawn.value

    later = _Later(look)
    editor.observe(lambda change: later(), names="value")
    look()
    display(VBox([editor, said, drawn]))


class _Later:
    """Acts once, a moment after the last call: not on every key. Without a running loop it acts at once."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._act()
        else:
            self._waiting = loop.call_later(PAUSE, self._act)
