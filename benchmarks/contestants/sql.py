"""The metrics in DuckDB SQL by hand."""

from pathlib import Path

import measuring
from contestants import ASIDE, TABLES, WAITS, Call

# What a row gives: who, whether it counts, what it adds, and a flag for each reason to set it aside.
ROWS = {
    "csat": """select channel, date_trunc('month', answered_at - interval 3 hours) as period, customer_id as who,
        score between 1 and 5 as counts, (score >= 4)::int as adds, score is null as missing,
        score not between 1 and 5 as out_of_scale from survey_responses where type = 'csat'""",
    "conversion_rate": """select channel, date_trunc('month', started_at - interval 3 hours) as period,
        identity_id as who, not is_bot and not is_internal and key_events is not null as counts,
        (key_events > 0)::int as adds, is_bot as bot, is_internal and not is_bot as internal,
        key_events is null and not is_bot and not is_internal as missing from sessions""",
    "average_order_value": """select channel, date_trunc('month', placed_at - interval 3 hours) as period,
        customer_id as who, paid_at is not null and total_cents is not null as counts, total_cents as adds,
        total_cents is null as missing, paid_at is null and total_cents is not null as not_paid from orders""",
    "cart_abandonment": """select channel, date_trunc('month', created_at - interval 3 hours) as period,
        customer_id as who, not is_bot and merged_into_cart_id is null and ripe as counts,
        (converted_at is null or converted_at >= created_at + interval 24 hours)::int as adds, is_bot as bot,
        merged_into_cart_id is not null and not is_bot as merged,
        not ripe and merged_into_cart_id is null and not is_bot as immature
        from (select *, created_at + interval 24 hours <= (select greatest(
            (select max(created_at) from carts), (select max(placed_at) from orders))) as ripe from carts)""",
    "first_response_time": """select channel, date_trunc('month', created_at - interval 3 hours) as period,
        customer_id as who, coalesce(first_human_reply_at >= created_at, true) as counts,
        epoch(first_human_reply_at)::bigint - epoch(created_at)::bigint as adds,
        first_human_reply_at < created_at as impossible from tickets""",
}
SUMS = """with rows as ({rows}),
people as (select channel, period, who, count(*) filter (counts) as n, sum(adds) filter (counts) as total,
    {square} as square, {flags} from rows group by all)
select channel, period, sum(n) as n, sum(total) as total, count(*) filter (n > 0) as customers, sum(n) as weight,
    sum(square) as square, sum(total * total) as total_total, sum(total * n) as total_weight,
    sum(n * n) as weight_weight, {sums} from people group by all order by all"""
# An open wait ranks last. The interval is by order statistics.
LENGTHS = """with rows as ({rows}),
counted as (select channel, period, adds, count(*) filter (counts) as times, {flags} from rows group by all),
ranked as (select *, sum(times) over (partition by channel, period order by adds nulls last) as upto,
    sum(times) over (partition by channel, period) as n from counted),
cells as (select channel, period, any_value(n) as n,
    (min(adds) filter (upto >= ceil(n / 2)) + min(adds) filter (upto >= floor(n / 2) + 1)) / 120.0 as total,
    min(adds) filter (upto >= n / 2 - 0.98 * sqrt(n)) / 60 as low,
    min(adds) filter (upto >= n / 2 + 1 + 0.98 * sqrt(n)) / 60 as high, {sums} from ranked group by all),
people as (select channel, period, count(distinct who) filter (counts) as customers from rows group by all)
select * from cells join people using (channel, period) order by channel, period"""


def text(metric: str) -> str:
    """Return the SQL of a metric, with all the sums its interval needs."""
    square = "sum(adds * adds) filter (counts)" if metric == "average_order_value" else "sum(adds) filter (counts)"
    return (LENGTHS if metric == WAITS else SUMS).format(
        rows=ROWS[metric],
        square=square,
        flags=", ".join(f"count(*) filter ({flag}) as {flag}" for flag in ASIDE[metric]),
        sums=", ".join(f"sum({flag}) as {flag}" for flag in ASIDE[metric]),
    )


def contestant(metric: str, folder: Path, memory: str) -> Call:
    """Return a call that gives n and value of every cell."""
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": memory, "temp_directory": str(folder)})
    for table in TABLES[metric]:
        connection.execute(f"create view {table} as select * from read_parquet({measuring.files(folder, table)})")

    def call() -> list:
        found = connection.execute(text(metric)).df()
        value = found["total"] if metric == WAITS else found["total"] / found["n"]
        return [found["n"].astype(float).tolist(), value.astype(float).tolist()]

    return call
