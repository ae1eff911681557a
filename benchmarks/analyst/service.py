"""Truths about the service desk: T09."""

import pandas as pd
from analyst.answer import Answer, interval

LOCAL = pd.Timedelta(hours=3)  # Brasilia is three hours behind UTC
YEAR_END = ("2024-07-01", "2024-12-31")
OUTAGE = ("2024-10-15", "2024-10-18")  # from the gateway's own record of incidents


def t09(shop: dict[str, pd.DataFrame]) -> Answer:
    """Tickets because of the outage: days above mean + 2 SD of all; one category held against all the others."""
    day = (shop["tickets"]["created_at"] - LOCAL).dt.normalize()
    per = 1_000 / len(shop["customers"])
    naive, naive_error = flagged(day)
    affected = (shop["tickets"]["category"] == "pagamento") & (shop["tickets"]["channel"] == "chat")
    inside = day.between(*OUTAGE)
    found = int((affected & inside).sum())
    usual, others, others_inside = (
        int(rows.sum()) for rows in (affected & ~inside, ~affected & ~inside, ~affected & inside)
    )
    expected = others_inside * usual / others
    # What would have come anyway scatters around what is expected of it, and that is estimated itself.
    variance = expected + expected**2 * (1 / others_inside + 1 / usual)
    right = interval(per * (found - expected), per * variance**0.5)
    return Answer(naive=per * naive, naive_error=per * naive_error, **right, n=found)


def flagged(day: pd.Series) -> tuple[float, float]:
    """Return the tickets above the mean on days above mean + 2 SD in the second half of 2024, and their error."""
    by_day = day[day.between(*YEAR_END)].value_counts()
    high = by_day[by_day > by_day.mean() + 2 * by_day.std()]
    return float((high - by_day.mean()).sum()), float(high.sum()) ** 0.5
