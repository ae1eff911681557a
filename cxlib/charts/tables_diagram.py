"""The tables of a company as a diagram: what each is about, how many rows it has, what it can be joined by."""

from typing import TYPE_CHECKING, NamedTuple

from cxlib.charts.drawing import COLOURS
from cxlib.errors import InputError
from cxlib.language import mark, number, say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect
from cxlib.tables.schema import schema

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Left and top corner of each area, the area it leads to, its tables.
AREAS = {
    mark("Marketing"): (
        *(0, 0, (1, 0)),
        ("ad_spend", "campaigns", "conversions", "web_daily", "social_daily", "social_posts"),
    ),
    mark("Visits"): (*(1, 0, (1, 0)), ("identities", "app_installs", "sessions", "events", "experiments")),
    mark("Purchases"): (
        *(2, 0, (0, 1)),
        ("products", "stores", "carts", "orders", "order_items", "deals", "shipments", "returns"),
    ),
    mark("Help"): (
        *(2, 1, (-1, 0)),
        ("tickets", "ticket_events", "bot_sessions", "rpa_runs", "sla_policies", "business_hours", "holidays"),
    ),
    mark("What people say"): (
        *(1, 1, (-1, 0)),
        ("survey_invites", "survey_responses", "moments", "store_csat_pulse", "employees", "ex_pulse"),
    ),
    mark("Customers and contracts"): (
        *(0, 1, (0, -1)),
        ("customers", "referrals", "subscriptions", "mrr_ledger"),
    ),
}
# What tables are joined by; blue carries white letters, the others black ones.
KEYS = {
    "customers": mark("customer"),
    "orders": mark("order"),
    "sessions": mark("visit"),
    "stores": mark("store"),
    "tickets": mark("ticket"),
}
WIDTH, HEIGHT, GAP = 10.0, 10.0, 1.4


class Contents(NamedTuple):
    """What a table holds: its rows, and the tables of `KEYS` that some row of it leads to."""

    rows: int
    keys: list[str]


def tables_diagram(shop: Dataset, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the tables of a dataset: "what is there, and what can be joined by what?" Counts are exact."""
    import matplotlib.pyplot as plt

    found = {name: _contents(shop, name) for names in AREAS.values() for name in names[3] if name in shop}
    if not found:
        raise InputError(say("This dataset has none of the tables of a company."))
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 6.6), layout="constrained")
    ax.set_axis_off()
    ax.set_xlim(0, 3 * WIDTH + 2 * GAP)
    ax.set_ylim(2 * HEIGHT + GAP + 1.6, 0)
    for title, (column, row, leads_to, names) in AREAS.items():
        mine = [name for name in names if name in found]
        if mine:
            left, top = column * (WIDTH + GAP), row * (HEIGHT + GAP)
            _area(ax, left, top, say(title), {name: found[name] for name in mine})
            _arrow(ax, left + WIDTH / 2, top + HEIGHT / 2, *leads_to)
    _legend(ax, 2 * HEIGHT + GAP + 1.0)
    title = _finding(found)
    ax.set_title(title, loc="left", fontsize=11)
    note = " ".join(
        [say("Arrows: what happens here shows there."), *([say("Synthetic data (Ipê).")] * shop.synthetic)]
    )
    ax.figure.text(0.99, -0.01, note, ha="right", va="top", fontsize=8, color="#555555")
    ax.set_gid(_words(found, title, note))
    return ax


def _contents(shop: Dataset, name: str) -> Contents:
    """Return the rows of a table and what leads on from it; a column without any value leads nowhere."""
    table, described = shop.table(name), schema()[name]
    keys = {column: known.references for column, known in described.columns.items() if known.references in KEYS}
    keys = {column: target for column, target in keys.items() if column in table.columns}
    counts = {f"key_{column}": table[column].count() for column in keys}
    row = collect(table.aggregate(rows=table.count(), **counts)).to_pylist()[0]
    reached = {target for column, target in keys.items() if row[f"key_{column}"]} | {name}
    return Contents(row["rows"], [key for key in KEYS if key in reached])


def _area(ax: "Axes", left: float, top: float, title: str, tables: dict[str, Contents]) -> None:
    from matplotlib.patches import FancyBboxPatch

    box = "round,pad=0,rounding_size=0.4"
    ax.add_patch(FancyBboxPatch((left, top), WIDTH, HEIGHT, boxstyle=box, facecolor="#f4f6f8", edgecolor="#5a6b7b"))
    ax.text(left + 0.4, top + 0.8, title, va="center", fontsize=10.5, weight="bold")
    for place, (name, contents) in enumerate(tables.items()):
        height = top + 2.0 + place
        ax.text(left + 0.4, height, name, va="center", fontsize=8.5, family="monospace")
        ax.text(left + 6.4, height, number(contents.rows), va="center", ha="right", fontsize=8.5)
        for key in contents.keys:
            _badge(ax, left + 7.0 + 0.62 * list(KEYS).index(key), height, key)


def _badge(ax: "Axes", x: float, y: float, key: str) -> None:
    colour = COLOURS[list(KEYS).index(key)]
    look = {"boxstyle": "round,pad=0.18", "facecolor": colour, "edgecolor": "none"}
    ink = "white" if colour == COLOURS[0] else "black"
    ax.text(x, y, _short(key), ha="center", va="center", fontsize=7, color=ink, bbox=look)


def _short(key: str) -> str:
    return say(KEYS[key])[:2].capitalize()


def _arrow(ax: "Axes", x: float, y: float, right: int, down: int) -> None:
    half = (WIDTH if right else HEIGHT) / 2
    start = (x + right * half, y + down * half)
    end = (start[0] + right * GAP, start[1] + down * GAP)
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "#333333", "linewidth": 1.6})


def _legend(ax: "Axes", height: float) -> None:
    ax.text(0, height, say("Joined by:"), va="center", fontsize=8.5)
    for place, (key, word) in enumerate(KEYS.items()):
        _badge(ax, 4.0 + 4.6 * place, height, key)
        ax.text(4.6 + 4.6 * place, height, say(word), va="center", fontsize=8.5)


def _finding(found: dict[str, Contents]) -> str:
    reach = {key: sum(key in contents.keys for contents in found.values()) for key in KEYS}
    return say(
        "{tables} tables, {rows} rows: {customers} of the tables lead to a customer, {orders} to an order",
        tables=len(found),
        rows=number(sum(contents.rows for contents in found.values())),
        customers=reach["customers"],
        orders=reach["orders"],
    )


def _words(found: dict[str, Contents], title: str, note: str) -> str:
    areas = []
    for area, (*_, names) in AREAS.items():
        mine = [_told(name, found[name]) for name in names if name in found]
        areas += [f"{say(area)}: {', '.join(mine)}"] if mine else []
    return say("Diagram. {title}. {areas}. {note}", title=title, areas=". ".join(areas), note=note)


def _told(name: str, contents: Contents) -> str:
    keys = ", ".join(say(KEYS[key]) for key in contents.keys)
    return f"{name} {number(contents.rows)}" + (f" ({keys})" if keys else "")
