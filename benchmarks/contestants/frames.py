"""The metrics in pandas and in Polars, as one would write them who needs the same sums."""

from pathlib import Path
from typing import Any

import measuring
from contestants import ASIDE, TABLES, WAITS, Call

# Columns to read: the instant that decides the month and who, then what else the question is about.
LOOKED_AT = {
    "csat": ("answered_at", "customer_id", "type", "score", "scale_min", "scale_max"),
    "conversion_rate": ("started_at", "identity_id", "is_bot", "is_internal", "key_events"),
    "average_order_value": ("placed_at", "customer_id", "paid_at", "total_cents"),
    "cart_abandonment": ("created_at", "customer_id", "is_bot", "merged_into_cart_id", "converted_at"),
    "first_response_time": ("created_at", "customer_id", "first_human_reply_at"),
}


def described(metric: str, one: Any, end: Any, day: Any) -> tuple[Any, dict[str, Any]]:
    """Return what rows add and what sets them aside, in order: pandas and Polars are written alike here.

    `one` gives a column, and `null` of it; `end` is the last moment known.
    """
    undated = {"no_date": one.null(one(LOOKED_AT[metric][0]))}
    if metric == "csat":
        score, other = one("score"), (one("scale_min") != 1) | (one("scale_max") != 5)
        bad = {"missing": one.null(score), "other_scale": other, "out_of_scale": (score < 1) | (score > 5)}
        return score >= 4, undated | bad | {"not_whole": score != score.round(0)}
    if metric == "conversion_rate":
        events = one("key_events")
        return events > 0, undated | {
            "bot": one("is_bot"),
            "internal": one("is_internal"),
            "missing": one.null(events),
        }
    if metric == "average_order_value":
        cents = one("total_cents")
        return cents, undated | {"missing": one.null(cents), "not_paid": one.null(one("paid_at"))}
    if metric == "cart_abandonment":
        until, bought = one("created_at") + day, one("converted_at")
        bad = {"bot": one("is_bot"), "merged": ~one.null(one("merged_into_cart_id")), "immature": until > end}
        return one.null(bought) | (bought >= until), undated | bad
    wait = one("first_human_reply_at") - one("created_at")
    return wait, undated | {"impossible": wait < 0 * day}


def first_of(bad: dict[str, Any], no: Any) -> tuple[Any, dict[str, Any]]:
    """Return which rows count, and of each reason the rows for which it is the first."""
    seen, first = no, {}
    for code, holds in bad.items():
        first[code] = holds & ~seen
        seen = seen | holds
    return ~seen, first


# --- pandas -----------------------------------------------------------------------------------------


def pandas(metric: str, folder: Path, memory: str) -> Call:
    """Return a call that gives n and value of every cell, by pandas."""
    import pandas as pd

    class Column:
        def __init__(self, frame: pd.DataFrame) -> None:
            self.frame = frame

        def __call__(self, name: str) -> pd.Series:
            return self.frame[name]

        def null(self, values: pd.Series) -> pd.Series:
            return values.isna()

    def read(table: str, columns: list[str]) -> pd.DataFrame:
        found = [pd.read_parquet(path, columns=columns) for path in measuring.files(folder, table)]
        return pd.concat(found, ignore_index=True)

    def call() -> list:
        at, who, *_ = LOOKED_AT[metric]
        frame = read(TABLES[metric][0], ["channel", *LOOKED_AT[metric]])
        end = frame[at].max()
        if metric == "cart_abandonment":
            end = max(end, read("orders", ["placed_at"])["placed_at"].max())
        adds, bad = described(metric, Column(frame), end, pd.Timedelta(days=1))
        counts, bad = first_of(bad, pd.Series(False, index=frame.index))
        period = (frame[at] - pd.Timedelta(hours=3)).dt.to_period("M").dt.start_time
        keys = [frame["channel"], period.rename("period")]
        if metric == WAITS:
            rows = pd.DataFrame({"wait": adds.dt.total_seconds().fillna(float("inf")), "who": frame[who]} | bad)
            used = rows[counts].groupby([key[counts] for key in keys])
            n, value = used.size(), used["wait"].median() / 60
            used["who"].nunique(), rows[list(bad)].groupby(keys).sum()
            used["wait"].quantile([0.49, 0.51])
            return [n.astype(float).tolist(), value.tolist()]
        adds = adds.where(counts, 0).astype(float)
        rows = pd.DataFrame({"n": counts, "total": adds, "square": adds * adds} | bad)
        people = rows.groupby([*keys, frame[who]]).sum()
        people = people.assign(
            customers=people["n"] > 0,
            total_total=people["total"] ** 2,
            total_weight=people["total"] * people["n"],
            weight_weight=people["n"] ** 2,
        )
        cells = people.groupby(["channel", "period"]).sum()
        return [cells["n"].astype(float).tolist(), (cells["total"] / cells["n"]).tolist()]

    return call


# --- Polars -----------------------------------------------------------------------------------------


def polars(metric: str, folder: Path, memory: str) -> Call:
    """Return a call that gives n and value of every cell, by Polars, streaming."""
    import polars as pl

    class Column:
        def __call__(self, name: str) -> pl.Expr:
            return pl.col(name)

        def null(self, values: pl.Expr) -> pl.Expr:
            return values.is_null()

    def scan(table: str) -> pl.LazyFrame:
        return pl.scan_parquet(measuring.files(folder, table))

    def call() -> list:
        at, who, *_ = LOOKED_AT[metric]
        ends = [scan(TABLES[metric][0]).select(pl.col(at).max())]
        if metric == "cart_abandonment":
            ends.append(scan("orders").select(pl.col("placed_at").max()))
        end = max(one.collect().item() for one in ends) if len(ends) > 1 else None
        adds, bad = described(metric, Column(), pl.lit(end), pl.duration(days=1))
        counts, bad = first_of({code: holds.fill_null(False) for code, holds in bad.items()}, pl.lit(False))
        period = (pl.col(at) - pl.duration(hours=3)).dt.truncate("1mo").alias("period")
        rows = scan(TABLES[metric][0]).select(
            "channel", period, pl.col(who).alias("who"), counts=counts, adds=adds, **bad
        )
        cells = (_waits if metric == WAITS else _sums)(rows, metric).sort("channel", "period")
        found = cells.collect(engine="streaming")
        return [found["n"].cast(pl.Float64).to_list(), found["value"].to_list()]

    return call


def _sums(rows: Any, metric: str) -> Any:
    import polars as pl

    counts, adds = pl.col("counts"), pl.col("adds").cast(pl.Float64).filter("counts")
    people = rows.group_by("channel", "period", "who").agg(
        pl.col(ASIDE[metric]).sum(), n=counts.sum().cast(pl.Int64), total=adds.sum(), square=(adds * adds).sum()
    )
    n, total = pl.col("n"), pl.col("total")
    cells = people.group_by("channel", "period").agg(
        n.sum(),
        total.sum(),
        pl.col("square", *ASIDE[metric]).sum(),
        customers=(n > 0).sum(),
        total_total=(total * total).sum(),
        total_weight=(total * n).sum(),
        weight_weight=(n * n).sum(),
    )
    return cells.with_columns(value=total / n)


def _waits(rows: Any, metric: str) -> Any:
    import polars as pl

    wait = pl.col("adds").dt.total_seconds().cast(pl.Float64).fill_null(float("inf")).filter("counts")
    return rows.group_by("channel", "period").agg(
        pl.col("counts").sum().alias("n"),
        pl.col(ASIDE[metric]).sum(),
        pl.col("who").filter("counts").n_unique().alias("customers"),
        low=wait.quantile(0.49),
        high=wait.quantile(0.51),
        value=wait.median() / 60,
    )
