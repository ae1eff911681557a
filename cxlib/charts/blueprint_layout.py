"""Where everything on a drawn blueprint stands: columns, lanes, boxes, and the ways of the arrows."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxlib.blueprints.model import LANES, Blueprint, Link

BAND, COLUMN, BOX = 158, 196, 158  # width of the lane names, of a column, of a box in it
TOP, STAGES, PAD, GAP = 14, 30, 28, 12
TITLE, SMALL, EDGE = 16, 14, 9  # heights of a line of text, large and small; space above and below the text
LETTERS, SMALL_LETTERS = 18, 22  # that fit into a box
FIRST = "evidence"
Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of text in a box; `sign` is a letter in a shape of its own."""

    text: str
    sign: str = ""
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """A box to be drawn: its key, its lane, its column, its lines."""

    key: str
    lane: str
    column: int
    lines: tuple[Line, ...]
    kind: str = "step"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A card with its place."""

    card: Card
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.y + self.height / 2


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The whole drawing: size, lanes (top and height), boxes by key."""

    width: float
    height: float
    lanes: Mapping[str, Point]
    boxes: Mapping[str, Box]
    columns: Sequence[int]


def wrapped(text: str, *, sign: str = "", strong: bool = False) -> list[Line]:
    """Return a text as lines that fit into a box; a sign stands before the first and moves the others in."""
    width = LETTERS if strong else SMALL_LETTERS - (2 if sign else 0)
    lines = textwrap.wrap(
        text.replace("n = ", "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"), width, break_long_words=True
    ) or [""]
    return [Line(text=one, sign=sign if not place else " " * bool(sign), strong=strong)
            for place, one in enumerate(lines)]  # fmt: skip


def height_of(card: Card) -> float:
    """Return how high a card is."""
    return 2 * EDGE + sum(TITLE if line.strong else SMALL for line in card.lines)


def laid_out(cards: Sequence[Card]) -> Layout:
    """Place cards: a column for each number in use, a lane as high as its fullest cell."""
    columns = sorted({card.column for card in cards})
    place = {number: index for index, number in enumerate(columns)}
    cells: dict[tuple[str, int], list[Card]] = {}
    for card in cards:
        cells.setdefault((card.lane, card.column), []).append(card)
    lanes, boxes, top = {}, {}, float(TOP + STAGES)
    for lane in (FIRST, *LANES):
        stacks = {column: many for (own, column), many in cells.items() if own == lane}
        tallest = max((_stacked(many) for many in stacks.values()), default=30.0)
        height = tallest + 2 * PAD
        lanes[lane] = (top, height)
        for column, many in stacks.items():
            y = top + (height - _stacked(many)) / 2
            for card in many:
                x = BAND + place[column] * COLUMN + (COLUMN - BOX) / 2
                boxes[card.key] = Box(card=card, x=x, y=y, height=height_of(card))
                y += height_of(card) + GAP
        top += height
    return Layout(width=BAND + COLUMN * len(columns) + 10, height=top, lanes=lanes, boxes=boxes, columns=columns)


def _stacked(cards: Sequence[Card]) -> float:
    return sum(height_of(card) for card in cards) + GAP * (len(cards) - 1)


def route(blueprint: Blueprint, layout: Layout, link: Link, number: int) -> list[Point]:
    """Return the corners of an arrow: through the gutters between columns and the free edges of lanes.

    `number` sets arrows in the same gutter a little apart.
    """
    one, other = layout.boxes[link.source], layout.boxes[link.target]
    apart = (number % 5 - 2) * 4.0
    if one.x == other.x:
        return _upright(blueprint, layout, one, other, apart)
    forward = other.x > one.x
    leave, enter = (one.x + BOX, other.x) if forward else (one.x, other.x + BOX)
    side = 1 if forward else -1
    gutter = (COLUMN - BOX) / 2
    out = leave + side * (gutter + apart)
    if abs(other.x - one.x) == COLUMN:
        return [(leave, one.middle), (out, one.middle), (out, other.middle), (enter, other.middle)]
    top, height = layout.lanes[other.card.lane]
    free = top + 11 + apart if forward else top + height - 11 + apart
    last = enter - side * (gutter - apart)
    return [(leave, one.middle), (out, one.middle), (out, free), (last, free), (last, other.middle),
            (enter, other.middle)]  # fmt: skip


def _upright(blueprint: Blueprint, layout: Layout, one: Box, other: Box, apart: float) -> list[Point]:
    """Return the way between two boxes of a column: straight where nothing is between them, else round the side."""
    down = other.y > one.y
    high, low = (one, other) if down else (other, one)
    between = [box for box in layout.boxes.values() if box.x == one.x and high.y < box.y < low.y]
    if not between:
        x = one.x + BOX / 2 + (-16 if down else 16)
        return [(x, one.y + one.height), (x, other.y)] if down else [(x, one.y), (x, other.y + other.height)]
    side, edge = (1, BOX) if down else (-1, 0)
    x = one.x + edge + side * ((COLUMN - BOX) / 2 + apart / 2)
    return [(one.x + edge, one.middle), (x, one.middle), (x, other.middle), (one.x + edge, other.middle)]
