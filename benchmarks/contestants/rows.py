"""Rows to ask about: customers with three or four rows each, over 180 days, written by DuckDB."""

from pathlib import Path

import measuring

CHANNEL = "['web', 'app', 'store', 'whatsapp'][1 + (hash(i, 1) % 4)::int] as channel"
MOMENT = "timestamp '2025-01-01 03:00:00' + to_seconds((hash(i, 3) % (180 * 86400))::bigint)"
ORDERS_A_RETURN = 8


def some(thousandths: int, salt: int) -> str:
    """Return a condition that holds for so many rows in a thousand."""
    return f"(hash(i, {salt}) % 1000 < {thousandths})"


def customer(each: int, letter: str = "c") -> str:
    """Return an id that so many rows share on average."""
    return f"'{letter}' || (hash(i, 2) % greatest({{n}} // {each}, 1))"


TABLES = {
    "survey_responses": f"""'r' || i as response_id, 'csat' as type, {MOMENT} as answered_at,
        if({some(20, 5)}, null, 1 + hash(i, 4) % 5)::double as score, {customer(3)} as customer_id,
        1.0 as scale_min, 5.0 as scale_max, {CHANNEL}""",
    "sessions": f"""'w' || i as session_id, {customer(4, "v")} as identity_id, {MOMENT} as started_at, {CHANNEL},
        ({some(25, 4)}::int + {some(2, 5)}::int)::bigint as key_events, {some(60, 6)} as is_bot,
        {some(5, 7)} as is_internal""",
    "orders": f"""'o' || i as order_id, {customer(4)} as customer_id, {CHANNEL}, {MOMENT} as placed_at,
        if({some(30, 5)}, null, {MOMENT} + interval 1 minute) as paid_at, null::timestamp as cancelled_at,
        (2000 + hash(i, 4) % 30000)::bigint as total_cents, 'BRL' as currency""",
    "returns": f"""'b' || i as return_id, 'o' || (i * {ORDERS_A_RETURN}) as order_id, {MOMENT} as requested_at,
        (500 + hash(i, 5) % 1500)::bigint as refunded_cents, {some(200, 6)} as is_exchange, 'BRL' as currency""",
    "carts": f"""'k' || i as cart_id, {customer(3)} as customer_id, {CHANNEL}, {MOMENT} as created_at,
        if({some(300, 4)}, {MOMENT} + to_seconds((hash(i, 5) % 200000)::bigint), null) as converted_at,
        {some(50, 6)} as is_bot, if({some(11, 7)}, 'k' || (i + 1), null) as merged_into_cart_id""",
    "tickets": f"""'t' || i as ticket_id, {customer(3)} as customer_id, {CHANNEL}, {MOMENT} as created_at,
        if({some(20, 5)}, null, {MOMENT} + to_seconds((hash(i, 4) % 20000)::bigint - 20)) as first_human_reply_at""",
}


def make(folder: Path, tables: tuple[str, ...], rows: int) -> None:
    """Write a dataset of these tables: so many rows each, an eighth of it for returns."""
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": str(folder)})
    pieces = {name: folder / f"{name}.parquet" for name in tables}
    for name, path in pieces.items():
        n = rows // ORDERS_A_RETURN if name == "returns" else rows
        select = f"select {TABLES[name].format(n=n)} from range({n}) numbers(i)"
        connection.execute(f"copy ({select}) to '{path}' (format parquet, compression zstd)")
    measuring.write_dataset(folder / "set", {name: [path] for name, path in pieces.items()})
