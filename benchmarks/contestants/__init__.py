"""The metrics that `metrics.py` measures, asked by hand: in DuckDB SQL, in Polars and in pandas.

Everybody gives the same: by channel and local month the sums over customers from which value and interval follow, the
number of customers, and what was set aside by reason. Local time is UTC-3 throughout 2025: the rivals shift by three
hours, which is cheaper than asking for a zone.
"""

from collections.abc import Callable

Call = Callable[[], list]
# The question, what cxlib calls it, and what sets rows aside.
ASIDE = {
    "csat": ("missing", "out_of_scale"),
    "conversion_rate": ("bot", "internal", "missing"),
    "average_order_value": ("missing", "not_paid"),
    "cart_abandonment": ("bot", "merged", "immature"),
    "first_response_time": ("impossible",),
}
TABLES = {
    "csat": ("survey_responses",),
    "conversion_rate": ("sessions",),
    "average_order_value": ("orders", "returns"),
    "cart_abandonment": ("carts", "orders"),
    "first_response_time": ("tickets",),
}
WAITS = "first_response_time"
