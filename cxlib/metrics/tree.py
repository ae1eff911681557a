"""The metric tree: what a number is made of or follows from, and how much of its change came by which way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.comparison import difference, errors_from_intervals
from cxlib.inference.decomposition import PARTS, errors_of, parts_of_change
from cxlib.language import say
from cxlib.metrics.ask import metric, question_about
from cxlib.metrics.catalogue import metric_named
from cxlib.metrics.commerce import CONVERSION_RATE
from cxlib.metrics.compute import sources
from cxlib.metrics.conditions import not_people
from cxlib.metrics.result import LEVEL
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.opening import open_dataset
from cxlib.tables.time import midnight, period_days

if TYPE_CHECKING:
    from ibis.expr.types import Table

Z = 1.959963984540054
REVENUE = "revenue"
# Declared, not found: whoever draws an arrow must say how they know.
CHURN = {"churn_rate": None, "csat": "churn_rate", "first_response_time": "csat"}
SUMS = ["visits", "orders", "cents"]
COLUMNS = ["node", "parent", "value_from", "value_to", "change", "low", "high", "part", "part_low", "part_high",
           "n_from", "n_to", "unit", "method"]  # fmt: skip
DECLARED = "none: an arrow somebody drew, no share of the change"


def metric_tree(
    data: object,
    before: str,
    after: str,
    *,
    tree: "str | Mapping[str, str | None]" = REVENUE,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Tell a change by a tree: "revenue moved; was it more visits, other visits, conversion, or the ticket?"

    `before` and `after` are periods such as 2025-Q1, 2025-03, 2025-W11, 2025. The tree `revenue` is visits x orders a
    visit x money an order, of the channels that have visits (site and app), from sessions and orders; bots and staff
    left out, paid orders only. Its parts are volume (more or fewer visits), mix (of channels), conversion and ticket,
    each at the mean of the others before and after, and add up to the change exactly. The intervals are by person.

    Any other tree is declared as {metric: parent}, `"churn"` being churn_rate <- csat <- first_response_time: its
    nodes come with their values and changes, and nothing is claimed about what caused what.

    Returns a row for each node: node, parent, value_from, value_to, change, low, high (95 %), part (of the root's
    change, in its unit), part_low, part_high, n_from, n_to, unit, method. Raises `InputError`. Source: exact
    decomposition at mean weights (Marshall 1887, Edgeworth 1925); errors: delta method over people.

    >>> from cxlib.world.store import ipe
    >>> found = metric_tree(ipe(), "2025-07", "2025-08")
    >>> found["node"].tolist()
    ['revenue', 'volume', 'mix', 'conversion', 'ticket']
    >>> bool(np.isclose(found["part"].iloc[1:].sum(), found["change"].iloc[0]))
    True
    """
    dataset = data if isinstance(data, Dataset) else open_dataset(data, source_zone=source_zone)
    if tree == REVENUE:
        frame = _revenue_tree(dataset, before, after)
    else:
        frame = _declared_tree(dataset, before, after, CHURN if tree == "churn" else tree)
    frame.attrs |= {"synthetic": dataset.synthetic, "currency": dataset.currency}
    return frame


def _declared_tree(dataset: Dataset, before: str, after: str, tree: "str | Mapping[str, str | None]") -> pd.DataFrame:
    if not isinstance(tree, Mapping) or not tree or any(up is not None and up not in tree for up in tree.values()):
        raise InputError(
            say(
                "A tree is revenue, churn, or metrics with the parent of each, such as {example}; given: {tree}.",
                example="{'churn_rate': None, 'csat': 'churn_rate'}",
                tree=repr(tree),
            )
        )
    rows = [_node(dataset, name, parent, before, after) for name, parent in tree.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def _node(dataset: Dataset, name: str, parent: str | None, before: str, after: str) -> dict[str, Any]:
    metric_named(name)
    ends = [period_days(label) for label in (before, after)]
    one, other = (metric(dataset, name, start=start, end=end).iloc[0] for start, end in ends)
    below, above = errors_from_intervals(*[[[row[end]] for end in ("value", "low", "high")] for row in (one, other)])
    news = difference([other["value"] - one["value"]], below, above, level=LEVEL)
    return {
        **{"node": name, "parent": parent, "value_from": one["value"], "value_to": other["value"]},
        **{"change": news.change[0], "low": news.low[0], "high": news.high[0]},
        **dict.fromkeys(("part", "part_low", "part_high"), np.nan),
        **{"n_from": one["n"], "n_to": other["n"], "unit": one["unit"], "method": DECLARED},
    }


def _revenue_tree(dataset: Dataset, before: str, after: str) -> pd.DataFrame:
    people = _by_person(dataset, before, after)
    sums, products = _moments(people)
    parts, errors = parts_of_change(sums), errors_of(parts_of_change, sums, products)
    totals = sums.sum(axis=1)

    def change(given: np.ndarray) -> np.ndarray:
        return np.diff(given.sum(axis=1)[:, 2])

    whole, whole_error = change(sums)[0], errors_of(change, sums, products)[0]
    method = f"delta method {LEVEL:.0%}, by person"
    root = {
        **{"node": REVENUE, "parent": None, "value_from": totals[0, 2], "value_to": totals[1, 2], "change": whole},
        **{"low": whole - Z * whole_error, "high": whole + Z * whole_error, "part": whole},
        **{"part_low": whole - Z * whole_error, "part_high": whole + Z * whole_error},
        **{"n_from": totals[0, 1], "n_to": totals[1, 1], "unit": "cents", "method": method},
    }
    values = {
        "volume": (totals[:, 0], totals[:, 0], "count"),
        "mix": (np.full(2, np.nan), totals[:, 0], "count"),
        "conversion": (totals[:, 1] / totals[:, 0], totals[:, 0], "ratio"),
        "ticket": (totals[:, 2] / totals[:, 1], totals[:, 1], "cents"),
    }
    rows = [root]
    for name, part, error in zip(PARTS, parts, errors, strict=True):
        (first, second), n, unit = values[name]
        rows.append(
            {
                **{
                    "node": name,
                    "parent": REVENUE,
                    "value_from": first,
                    "value_to": second,
                    "change": second - first,
                },
                **{"low": np.nan, "high": np.nan, "part": part},
                **{"part_low": part - Z * error, "part_high": part + Z * error},
                **{"n_from": n[0], "n_to": n[1], "unit": unit, "method": method},
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_person(dataset: Dataset, before: str, after: str) -> "Table":
    """Return visits, orders and money of each person by time and channel, of the channels that have visits."""
    ibis = lazy_ibis()
    for table in ("sessions", "orders"):
        dataset.table(table)
    question = question_about(CONVERSION_RATE)
    visits, orders = sources(dataset, question)["sessions"], dataset.table("orders")
    _need_channel(visits, orders)
    for _, condition in not_people(visits):
        visits = visits.filter(~condition)
    _one_currency(orders)
    labels = (before, after)
    visits = _times(visits, visits.started_at, dataset, labels)
    orders = _times(orders, orders.paid_at, dataset, labels).filter(lambda rows: rows.total_cents.notnull())
    none, one = ibis.literal(0.0), ibis.literal(1.0)
    person = ibis.coalesce(*(visits[name].cast("string") for name in ("customer_id", "identity_id", "session_id")))
    came = visits.select("time", "channel", person=person, visits=one, orders=none, cents=none)
    person = orders.customer_id.cast("string").coalesce(ibis.literal("order ") + orders.order_id.cast("string"))
    cents = orders.total_cents.cast("float64")
    bought = orders.select("time", "channel", person=person, visits=none, orders=one, cents=cents)
    seen = came.select("channel").distinct()
    bought = bought.semi_join(seen, "channel")
    both = ibis.union(came, bought)
    return both.group_by(["person", "time", "channel"]).agg(**{name: both[name].sum() for name in SUMS})


def _need_channel(visits: "Table", orders: "Table") -> None:
    for name, rows in (("sessions", visits), ("orders", orders)):
        for column in ("channel", "customer_id"):
            if column not in rows.columns:
                raise InputError(
                    say(
                        "The revenue tree needs {table}.{column}; found: {found}.",
                        table=name,
                        column=column,
                        found=", ".join(rows.columns),
                    )
                )


def _times(rows: "Table", at: Any, dataset: Dataset, labels: tuple[str, str]) -> "Table":
    """Keep the rows of two periods, as time 0 and 1."""
    ibis = lazy_ibis()
    inside = []
    for label in labels:
        start, end = (midnight(day, dataset.zone) for day in period_days(label))
        inside.append(((at >= ibis.literal(start)) & (at < ibis.literal(end))).fill_null(False))
    rows = rows.mutate(time=ibis.cases((inside[0], 0), (inside[1], 1), else_=-1))
    return rows.filter((rows.time >= 0) & rows.channel.notnull())


def _moments(people: "Table") -> tuple[np.ndarray, np.ndarray]:
    """Return the sums by time, channel and kind, and for each pair of them their products added up over people."""
    cells = collect(people.group_by(["time", "channel"]).agg(**{name: people[name].sum() for name in SUMS}))
    frame = cells.to_pandas()
    channels = sorted(frame["channel"].unique())
    place = pd.MultiIndex.from_product([[0, 1], channels], names=["time", "channel"])
    sums = frame.set_index(["time", "channel"])[SUMS].reindex(place, fill_value=0.0).to_numpy(float)
    sums = sums.reshape(2, len(channels), len(SUMS))
    if (sums[:, :, 0].sum(axis=1) == 0).any() or (sums[:, :, 1].sum(axis=1) == 0).any():
        raise InputError(say("The revenue tree needs visits and paid orders in both periods."))
    other = people.rename({f"{name}_other": name for name in people.columns})
    joined = people.join(other, people.person == other.person_other)
    named = {f"{a}_{b}": (joined[a] * joined[f"{b}_other"]).sum() for a in SUMS for b in SUMS}
    pairs = collect(joined.group_by(["time", "channel", "time_other", "channel_other"]).agg(**named)).to_pandas()
    size = len(place) * len(SUMS)
    products = np.zeros((size, size))
    left = place.get_indexer(pd.MultiIndex.from_frame(pairs[["time", "channel"]])) * len(SUMS)
    right = place.get_indexer(pd.MultiIndex.from_frame(pairs[["time_other", "channel_other"]])) * len(SUMS)
    for i, a in enumerate(SUMS):
        for j, b in enumerate(SUMS):
            products[left + i, right + j] = pairs[f"{a}_{b}"]
    return sums, products


def _one_currency(orders: "Table") -> None:
    if "currency" not in orders.columns:
        return
    found = collect(orders.select("currency").distinct()).to_pylist()
    names = sorted(row["currency"] for row in found if row["currency"])
    if len(names) > 1:
        raise InputError(
            say("The revenue tree would add up {names}. Convert them to one currency first.", names=", ".join(names))
        )
