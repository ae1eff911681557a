"""The metrics in DuckDB SQL by hand."""

from pathlib import Path

import measuring
from contestants import ASIDE, TABLES, WAITS, Call

# What a row gives: who, what it adds, and the first reason to set it aside, if any.
ROWS = {
    "csat": """select channel, date_trunc('month', answered_at - interval 3 hours) as period, customer_id as who,
        (score >= 4)::int as adds, case when answered_at is null then 'no_date' when score is null then 'missing'
        when scale_min <> 1 or scale_max <> 5 then 'other_scale' when score not between 1 and 5 then 'out_of_scale'
        when score <> round(score) then 'not_whole' end as why from survey_responses where type = 'csat'""",
    "conversion_rate": """select channel, date_trunc('month', started_at - interval 3 hours) as period,
        identity_id as who, (key_events > 0)::int as adds, case when started_at is null then 'no_date'
        when is_bot then 'bot' when is_internal then 'internal' when key_events is null then 'missing' end as why
        from sessions""",
    "average_order_value": """select channel, date_trunc('month', placed_at - interval 3 hours) as period,
        customer_id as who, total_cents as adds, case when placed_at is null then 'no_date'
        when total_cents is null then 'missing' when paid_at is null then 'not_paid' end as why from orders""",
    "cart_abandonment": """select channel, date_trunc('month', created_at - interval 3 hours) as period,
        customer_id as who, (converted_at is null or converted_at >= created_at + interval 24 hours)::int as adds,
        case when created_at is null then 'no_date' when is_bot then 'bot'
        when merged_into_cart_id is not null then 'merged' when created_at + interval 24 hours > (select greatest(
            (select max(created_at) from carts), (select max(placed_at) from orders))) then 'immature' end as why
        from carts""",
    "first_response_time": """select channel, date_trunc('month', created_at - interval 3 hours) as period,
        customer_id as who, epoch(first_human_reply_at)::bigint - epoch(created_at)::bigint as adds,
        case when created_at is null then 'no_date' when first_human_reply_at < created_at then 'impossible' end
        as why from tickets""",
}
SUMS = """with rows as ({rows}),
people as (select channel, period, who, count(*) filter (why is null) as n, sum(adds) filter (why is null) as total,
    sum({square}) filter (why is null) as square, {flags} from rows group by all)
select channel, period, sum(n) as n, sum(total) as total, count(*) filter (n > 0) as customers, sum(n) as weight,
    sum(square) as square, sum(total * total) as total_total, sum(total * n) as total_weight,
    sum(n * n) as weight_weight, {sums} from people group by all order by all"""
# An open wait ranks last. The interval is by order statistics.
LENGTHS = """with rows as ({rows}),
counted as (select channel, period, adds, count(*) filter (why is null) as times, {flags} from rows group by all),
ranked as (select *, sum(times) over (partition by channel, period order by adds nulls last) as upto,
    sum(times) over (partition by channel, period) as n from counted),
cells as (select channel, period, any_value(n) as n,
    (min(adds) filter (upto >= ceil(n / 2)) + min(adds) filter (upto >= floor(n / 2) + 1)) / 120.0 as total,
    min(adds) filter (upto >= n / 2 - 0.98 * sqrt(n)) / 60 as low,
    min(adds) filter (upto >= n / 2 + 1 + 0.98 * sqrt(n)) / 60 as high, {sums} from ranked group by all),
people as (select channel, period, count(distinct who) filter (why is null) as customers from rows group by all)
select * from cells join people using (channel, period) order by channel, period"""


def text(metric: str) -> str:
    """Return the SQL of a metric, with all the sums its interval needs."""
    square = "adds * adds" if metric == "average_order_value" else "adds"
    return (LENGTHS if metric == WAITS else SUMS).format(
        rows=ROWS[metric],
        square=square,
        flags=", ".join(f"count(*) filter (why = '{flag}') as {flag}" for flag in ASIDE[metric]),
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
