"""One customer's life as a timeline: what the tables of a company, each of which sees a part, tell together."""

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cxlib.charts.drawing import COLOURS
from cxlib.errors import InputError
from cxlib.language import mark, number, say
from cxlib.metrics.wording import plain
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect

if TYPE_CHECKING:
    import ibis
    from matplotlib.axes import Axes


class Lane(NamedTuple):
    """One line of the picture: a table, when its rows begin and end (if they last), what is written beside them."""

    name: str
    table: str
    begins: str
    ends: str | None
    words: str | None  # a column
    by_order: bool = False  # the table knows the order, and the order the customer


LANES = (
    Lane(mark("visits"), "sessions", "started_at", None, None),
    Lane(mark("orders"), "orders", "placed_at", None, "channel"),
    Lane(mark("deliveries"), "shipments", "shipped_at", "delivered_at", None, by_order=True),
    Lane(mark("returns"), "returns", "requested_at", None, None, by_order=True),
    Lane(mark("contracts"), "subscriptions", "started_at", "cancelled_at", "plan"),
    Lane(mark("tickets"), "tickets", "created_at", "solved_at", "category"),
    Lane(mark("answers"), "survey_responses", "answered_at", None, "answer"),
)
MARKERS = "|os^DvX"
READABLE = 26  # rows
TITLED = ("orders", "tickets", "survey_responses")


def customer_life(shop: Dataset, customer_id: str | None = None, *, ax: "Axes | None" = None) -> "Axes":
    """Draw one customer's life: "what happened before this answer?"

    Without a `customer_id` it is one whom most tables know, with about as many rows as can be read in a picture.
    Refused where a privacy floor protects people: a life of one is not for showing.
    """
    import matplotlib.pyplot as plt

    if shop.privacy_floor > 1:
        raise InputError(
            say(
                "The life of a single customer is shown only of synthetic data: here nothing about fewer than {n} "
                "people may be shown.",
                n=shop.privacy_floor,
            )
        )
    lanes = [lane for lane in LANES if _leads_to_customers(shop, lane)]
    customer = _best_known(shop, lanes) if customer_id is None else customer_id
    life = {lane: _rows(shop, lane, customer) for lane in lanes}
    life = {lane: rows for lane, rows in life.items() if len(rows)}
    if not life:
        raise InputError(say("No table knows a customer called {customer}.", customer=repr(customer)))
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 0.9 + 0.62 * len(life)), layout="constrained")
    last = max(rows[end].max() for lane, rows in life.items() for end in (lane.begins, lane.ends) if end)
    for place, (lane, rows) in enumerate(life.items()):
        _draw(ax, place, lane, rows, last)
    _dress(ax, shop, customer, life)
    return ax


def _leads_to_customers(shop: Dataset, lane: Lane) -> bool:
    """Say whether a lane's table is there and its rows have a time and a customer, their own or their order's."""
    if lane.table not in shop:
        return False
    columns = shop.table(lane.table).columns
    known = "customer_id" in (shop.table("orders").columns if lane.by_order and "orders" in shop else columns)
    return known and lane.begins in columns


def _best_known(shop: Dataset, lanes: list[Lane]) -> str:
    counts = {}
    for lane in lanes:
        table = _with_customer(shop, lane)
        found = collect(table.group_by("customer_id").aggregate(rows=table.count())).to_pandas()
        counts[lane.name] = found.dropna().set_index("customer_id")["rows"]
    known = pd.DataFrame(counts).fillna(0)
    if known.empty:
        raise InputError(say("No row of this dataset names a customer."))
    rows = known.sum(axis=1)
    ranked = pd.DataFrame({"tables": -(known > 0).sum(axis=1), "rows": (rows - READABLE).abs(), "id": known.index})
    return str(ranked.sort_values(["tables", "rows", "id"])["id"].iloc[0])


def _with_customer(shop: Dataset, lane: Lane) -> "ibis.Table":
    table = shop.table(lane.table)
    if not lane.by_order:
        return table
    return table.inner_join(shop.table("orders").select("order_id", "customer_id"), "order_id")


def _rows(shop: Dataset, lane: Lane, customer: str) -> pd.DataFrame:
    """Return the customer's rows of a lane in the order of time, instants in the dataset's zone."""
    table = _with_customer(shop, lane)
    rows = collect(table.filter(table.customer_id == customer)).to_pandas().sort_values(lane.begins)
    for name in filter(None, (lane.begins, lane.ends)):
        instants = rows[name] if name in rows else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
        rows[name] = instants.dt.tz_localize("UTC").dt.tz_convert(shop.zone).dt.tz_localize(None)
    if lane.words == "answer":
        scores = [number(score) if pd.notna(score) else "-" for score in rows["score"]]
        rows["answer"] = [f"{kind.upper()} {score}" for kind, score in zip(rows["type"], scores, strict=True)]
    return rows.dropna(subset=[lane.begins]).reset_index(drop=True)


def _draw(ax: "Axes", place: int, lane: Lane, rows: pd.DataFrame, last: pd.Timestamp) -> None:
    colour = COLOURS[place % len(COLOURS)]
    begins = rows[lane.begins]
    if lane.ends:
        ax.hlines([-place] * len(rows), begins, rows[lane.ends].fillna(last), color=colour, linewidth=5, alpha=0.55)
    ax.plot(begins, [-place] * len(rows), linestyle="", marker=MARKERS[place], markersize=7, color=colour)
    for seat, (at, words) in enumerate(zip(begins, rows[lane.words], strict=True)) if lane.words in rows else ():
        above = seat % 2 == 0  # neighbours do not write over each other
        text, away, edge = plain(words).replace("$", r"\$"), 6 if above else -6, "bottom" if above else "top"
        ax.annotate(text, (at, -place), (0, away), textcoords="offset points", ha="center", va=edge, fontsize=8)


def _dress(ax: "Axes", shop: Dataset, customer: str, life: dict[Lane, pd.DataFrame]) -> None:
    ax.set_yticks([-place for place in range(len(life))], [f"{say(lane.name)} ({len(life[lane])})" for lane in life])
    ax.set_ylim(-len(life) + 0.4, 0.7)
    ax.margins(x=0.07)
    ax.grid(axis="x", color="#dddddd")
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    title = say(
        "What {n} tables tell of one customer, {customer}: {counts}",
        n=len(life),
        customer=plain(customer),
        counts=", ".join(f"{say(lane.name)} {len(rows)}" for lane, rows in life.items() if lane.table in TITLED),
    )
    ax.set_title(title, loc="left", fontsize=11)
    note = " ".join([say("Thick lines: as long as it lasted."), *([say("Synthetic data (Ipê).")] * shop.synthetic)])
    ax.figure.text(0.99, -0.02, note, ha="right", va="top", fontsize=8, color="#555555")
    rows = ". ".join(f"{say(lane.name)}: {_told(lane, own)}" for lane, own in life.items())
    ax.set_gid(say("Chart. {title}. {rows}. {note}", title=title, rows=rows, note=note))


def _told(lane: Lane, rows: pd.DataFrame) -> str:
    told = []
    for _, row in rows.iterrows():
        until = f"–{row[lane.ends]:%Y-%m-%d}" if lane.ends and pd.notna(row[lane.ends]) else ""
        told.append(
            f"{row[lane.begins]:%Y-%m-%d}{until}" + (f" ({plain(row[lane.words])})" if lane.words in rows else "")
        )
    return ", ".join(told)
