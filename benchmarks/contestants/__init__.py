"""The metrics that `metrics.py` measures, asked by hand: in DuckDB SQL, in Polars and in pandas.

Everybody gives the same: by channel and local month the sums over customers from which value and interval follow, the
number of customers, and what was set aside by reason. Local time is UTC-3 throughout 2025: the rivals shift by three
hours, which is cheaper than asking for a zone.
"""

from collections.abc import Callable

Call = Callable[[], list]
# What sets rows aside; the first that holds is the reason.
ASIDE = {
    "csat": ("no_date", "missing", "other_scale", "out_of_scale", "not_whole"),
    "conversion_rate": ("no_date", "bot", "internal", "missing"),
    "average_order_value": ("no_date", "missing", "not_paid"),
    "cart_abandonment": ("no_date", "bot", "merged", "immature"),
    "first_response_time": ("no_date", "impossible"),
}
TABLES = {
    "csat": ("survey_responses",),
    "conversion_rate": ("sessions",),
    "average_order_value": ("orders", "returns"),
    "cart_abandonment": ("carts", "orders"),
    "first_response_time": ("tickets",),
}
WAITS = "first_response_time"
