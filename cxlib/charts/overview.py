"""Customer experience in one picture: the journey on top, the four kinds of numbers beneath it."""

from typing import TYPE_CHECKING

from cxlib.charts.drawing import COLOURS
from cxlib.language import mark, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAGES = (
    mark("awareness"),
    mark("consideration"),
    mark("decision"),
    mark("purchase"),
    mark("use"),
    mark("service"),
    mark("loyalty"),
)
LAYERS = (
    (mark("What happens"), mark("waits, visits, failures,\nprices, deliveries"), mark("SLA · traffic\nfirst reply")),
    (mark("What people feel"), mark("ease, satisfaction,\nwish to recommend"), mark("CES · CSAT · NPS")),
    (mark("What people do"), mark("buy, come back,\nrecommend, leave"), mark("conversion\nretention · churn")),
    (mark("What it is worth"), mark("revenue, cost,\nvalue over time"), mark("order value · MRR\nCAC · LTV")),
)


def overview(*, ax: "Axes | None" = None) -> "Axes":
    """Draw customer experience in one picture: "which number speaks of what?"

    Draws on `ax`, or on a new figure, and returns the axes; `alt_text(ax)` describes it.
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(10, 4.4), layout="constrained")
    ax.set_axis_off()
    ax.set_xlim(0, 28)
    ax.set_ylim(0, 12)
    for place, stage in enumerate(STAGES):
        _stage(ax, 4 * place, say(stage))
    for place, (title, examples, metrics) in enumerate(LAYERS):
        _layer(ax, 7 * place, COLOURS[place], say(title), say(examples), say(metrics))
    ax.text(14, 0.55, say("Each layer moves the next. How much it does is a question for data, not a law."),
            ha="center", va="center", fontsize=10, style="italic")  # fmt: skip
    ax.set_title(say("Customer experience: one journey, four kinds of numbers"), loc="left", fontsize=12)
    ax.set_gid(_words())
    return ax


def _stage(ax: "Axes", left: float, name: str) -> None:
    from matplotlib.patches import Polygon

    points = [(left, 9), (left + 3.4, 9), (left + 4, 10.2), (left + 3.4, 11.4), (left, 11.4), (left + 0.6, 10.2)]
    ax.add_patch(Polygon(points, facecolor="#e8eef4", edgecolor="#5a6b7b"))
    ax.text(left + 2.05, 10.2, name, ha="center", va="center", fontsize=8.5)


def _layer(ax: "Axes", left: float, colour: str, title: str, examples: str, metrics: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    box = FancyBboxPatch(
        (left + 0.35, 1.7),
        5.9,
        6.2,
        boxstyle="round,pad=0.05,rounding_size=0.4",
        facecolor="white",
        edgecolor=colour,
        linewidth=2,
    )
    ax.add_patch(box)
    middle = left + 3.3
    ax.text(middle, 7.0, title, ha="center", va="center", fontsize=11, weight="bold")
    ax.text(middle, 4.9, examples, ha="center", va="center", fontsize=9.5)
    ax.text(middle, 2.7, metrics, ha="center", va="center", fontsize=8.5, weight="bold")
    if left < 21:
        ax.annotate("", (left + 7.3, 4.8), (left + 6.35, 4.8), arrowprops={"arrowstyle": "-|>", "color": "#333333"})


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _words() -> str:
    stages = ", ".join(say(stage) for stage in STAGES)
    layers = "; ".join(
        f"{say(title)} ({_flat(say(examples))}): {_flat(say(metrics))}" for title, examples, metrics in LAYERS
    )
    return say("Diagram. The stages of the journey: {stages}. Beneath them, each moving the next: {layers}.",
               stages=stages, layers=layers)  # fmt: skip
