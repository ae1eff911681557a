"""A blueprint as SVG: lanes, lines, boxes, arrows, signs. Every text is escaped; nothing is told by colour alone."""

import re
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from cxlib.blueprints.model import LANE_WORDS, LINE_WORDS, Blueprint, Link
from cxlib.charts.blueprint_cards import ASKS, FAILS, HANDED, WAITS, Numbers
from cxlib.charts.blueprint_layout import (
    BAND,
    BOX,
    COLUMN,
    EDGE,
    FIRST,
    SMALL,
    STAGES,
    TITLE,
    TOP,
    Box,
    Layout,
    Line,
    route,
)
from cxlib.language import percent, say

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
FILLS = {FIRST: "#fbf7ec", "customer": "#eaf2fb", "onstage": "#ecf7f1", "backstage": "#f5f0f9", "support": "#f3f3f3"}
DASHES = {"customer": "", "onstage": "10 6", "backstage": "2 5"}
INK, SOFT, ALARM = "#1b1f24", "#57606a", "#8a2b06"
BARS = 64
FONT = "font-family='Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif'"


def text_of(words: object) -> str:
    """Return words as text of a page: escaped, without signs that cannot be seen."""
    return escape(UNSEEN.sub(" ", str(words)), quote=True)


def drawing(blueprint: Blueprint, layout: Layout, numbers: Numbers, title: str, description: str) -> str:
    """Return the drawing as one SVG element that names and describes itself."""
    height = layout.height + (BARS + 44 if _shares(blueprint, numbers) else 8)
    own = "bp" + sha256(f"{title}{description}".encode()).hexdigest()[:8]
    size = f'width="{layout.width:.0f}" height="{height:.0f}" viewBox="0 0 {layout.width:.0f} {height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{own}t {own}d" {size} {FONT}>',
        f'<title id="{own}t">{text_of(title)}</title><desc id="{own}d">{text_of(description)}</desc>',
        _heads(own),
        *_lanes(layout),
        *_stages(blueprint, layout),
        *(_arrow(blueprint, layout, link, place, own) for place, link in enumerate(_drawn(blueprint))),
        *(part for box in layout.boxes.values() for part in _box(box)),
        *_bars(blueprint, layout, numbers),
        "</svg>",
    ]
    return "".join(parts)


def words_at(x: float, y: float, words: object, *, size: float = 12, look: str = f'fill="{INK}"') -> str:
    """Return a line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" {look}>{text_of(words)}</text>'


def _heads(own: str) -> str:
    head = '<path d="M0,0 L8,4 L0,8 z" fill="{colour}"/>'
    shape = 'viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"'
    made = "".join(
        f'<marker id="{own}{name}" {shape} orient="auto">{head.format(colour=colour)}</marker>'
        for name, colour in (("a", INK), ("b", SOFT))
    )
    return f"<defs>{made}</defs>"


def _lanes(layout: Layout) -> Iterator[str]:
    for lane, (top, height) in layout.lanes.items():
        yield (
            f'<rect x="0" y="{top:.1f}" width="{layout.width:.1f}" height="{height:.1f}" fill="{FILLS[lane]}"/>'
            + words_at(
                12, top + height / 2 + 4, say(LANE_WORDS[lane]), size=14, look=f'fill="{INK}" font-weight="700"'
            )
        )
    for lane, words in LINE_WORDS.items():
        y = sum(layout.lanes[lane])
        dashes = f' stroke-dasharray="{DASHES[lane]}"' if DASHES[lane] else ""
        yield f'<path d="M0,{y:.1f} H{layout.width:.1f}" stroke="{INK}" stroke-width="2"{dashes} fill="none"/>'
        yield words_at(12, y - 6, say(words), size=11, look=f'fill="{INK}" font-style="italic"')


def _stages(blueprint: Blueprint, layout: Layout) -> Iterator[str]:
    place = {column: index for index, column in enumerate(layout.columns)}
    spans: dict[str, list[int]] = {}
    for step in blueprint.steps:
        if step.stage:
            spans.setdefault(step.stage, []).append(place[step.seq])
    for key, places in spans.items():
        left, wide = BAND + min(places) * COLUMN + 4, (max(places) - min(places) + 1) * COLUMN - 8
        yield f'<rect x="{left}" y="{TOP - 4}" width="{wide}" height="{STAGES - 6}" rx="4" fill="#24425f"/>'
        look = 'fill="#ffffff" font-weight="700" text-anchor="middle"'
        yield words_at(left + wide / 2, TOP + 13, blueprint.stages[key], size=13, look=look)


def _drawn(blueprint: Blueprint) -> list[Link]:
    """Return the links to draw, those that are no flow first, so that they lie below."""
    return sorted(blueprint.links, key=lambda link: link.kind == "flow")


def _arrow(blueprint: Blueprint, layout: Layout, link: Link, place: int, own: str) -> str:
    corners = route(blueprint, layout, link, place)
    way = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    flows = link.kind == "flow"
    colour, head = (INK, "a") if flows else (SOFT, "b")
    dashes = ' stroke-dasharray="6 4"' if link.asynchronous else "" if flows else ' stroke-dasharray="1.5 3.5"'
    wide = 2.6 if link.handoff else 1.5
    line = f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{wide}"{dashes} stroke-linejoin="round"'
    return line + f' marker-end="url(#{own}{head})"/>'


def _box(box: Box) -> Iterator[str]:
    card = box.card
    edge = f'stroke="{INK}" stroke-width="1.4"'
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{BOX}" height="{box.height:.1f}"'
    match card.kind:
        case "physical":
            yield f'<rect {place} fill="#fffdf5" {edge}/>'
        case "digital":
            yield f'<rect {place} rx="14" fill="#fffdf5" {edge} stroke-dasharray="4 2"/>'
        case "third_party":
            yield f'<rect {place} rx="4" fill="#ffffff" stroke="{INK}" stroke-width="3"/>'
        case "customer":
            yield f'<rect {place} rx="12" fill="#ffffff" {edge}/>'
        case _:
            yield f'<rect {place} rx="4" fill="#ffffff" {edge}/>'
    y = box.y + EDGE
    for line in card.lines:
        y += TITLE if line.strong else SMALL
        yield from _line(box.x + 9, y - 4, line)


def _line(x: float, y: float, line: Line) -> Iterator[str]:
    if line.sign.strip():
        yield sign(line.sign, x + 6, y - 4)
    look = f'fill="{INK}" font-weight="700"' if line.strong else f'fill="{ALARM if line.sign else INK}"'
    size, left = (12.5 if line.strong else 11), (17 if line.sign else 0)
    room = BOX - 16 - left
    if _width(line.text) * size > room:  # in whatever font, it stays in its box
        look += f' textLength="{room}" lengthAdjust="spacingAndGlyphs"'
    yield words_at(x + left, y, line.text, size=size, look=look)


def _width(words: str) -> float:
    """Return how wide words are, in heights of the font, rather too much than too little."""
    return sum(1.1 if ord(one) > 0x2E7F or one in "WMwm@%" else 0.75 if one.isupper() else 0.55 for one in words)


def sign(letter: str, x: float, y: float) -> str:
    """Return a sign: each letter has a shape of its own."""
    shapes = {
        WAITS: f'<path d="M{x - 8:.1f},{y - 6:.1f} h16 l-8,14 z"',
        FAILS: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6.5"',
        ASKS: f'<rect x="{x - 6.5:.1f}" y="{y - 6.5:.1f}" width="13" height="13" rx="2"',
        HANDED: f'<path d="M{x - 7.5:.1f},{y:.1f} l7.5,-7.5 l7.5,7.5 l-7.5,7.5 z"',
    }
    shape = f'{shapes[letter]} fill="#ffffff" stroke="{ALARM}" stroke-width="1.3"/>'
    look = f'fill="{ALARM}" font-weight="700" text-anchor="middle"'
    return shape + words_at(
        x, y + (0.6 if letter == WAITS else 3.2), letter, size=7 if letter == WAITS else 8.5, look=look
    )


def _shares(blueprint: Blueprint, numbers: Numbers) -> dict[int, float]:
    """Return by column its share of the time on the clock: measured, or as planned; empty where neither is known."""
    shares: dict[int, float] = {}
    planned = sum(step.std_elapsed_minutes or 0 for step in blueprint.steps)
    for step in blueprint.steps:
        row = numbers.get(step.id, "step_time")
        share = row["value"] if row else 0.0
        if not numbers and planned:
            share = (step.std_elapsed_minutes or 0) / planned
        if share:
            shares[step.seq] = shares.get(step.seq, 0.0) + share
    return shares


def _bars(blueprint: Blueprint, layout: Layout, numbers: Numbers) -> Iterator[str]:
    shares = _shares(blueprint, numbers)
    if not shares:
        return
    foot, most = layout.height + BARS + 22, max(shares.values())
    name = say("Time, measured") if numbers else say("Time, planned")
    yield words_at(12, foot - 24, name, size=14, look=f'fill="{INK}" font-weight="700"')
    yield words_at(12, foot - 8, say("share of the clock"), size=11)
    yield f'<path d="M{BAND},{foot:.1f} H{layout.width:.1f}" stroke="{INK}" stroke-width="1"/>'
    for column, share in shares.items():
        x, high = BAND + list(layout.columns).index(column) * COLUMN + COLUMN / 2, BARS * share / most
        yield f'<rect x="{x - 30:.1f}" y="{foot - high:.1f}" width="60" height="{high:.1f}" fill="#24425f"/>'
        look = f'fill="{INK}" font-weight="700" text-anchor="middle"'
        yield words_at(x, foot + 15, percent(share), size=12, look=look)
