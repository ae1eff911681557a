"""Truths about the service desk and its bot: T09 and T15."""

import pandas as pd
from analyst.answer import Answer, interval, mean

LOCAL = pd.Timedelta(hours=3)  # Brasilia is three hours behind UTC
END = pd.Timestamp("2026-01-01 03:00")  # the extract was made at local midnight
WEEK = pd.Timedelta(days=7)
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


def t15(shop: dict[str, pd.DataFrame]) -> Answer:
    """What the bot solved: the contained, and those of them who did not come back within a week."""
    chats = shop["bot_sessions"]
    chats = chats[chats["started_at"] <= END - WEEK]
    naive, naive_error = mean(100.0 * ~chats["handed_over"])
    contained = chats[~chats["handed_over"]]
    known = contained[contained["customer_id"].notna()]
    stayed, error = mean(~known["bot_session_id"].isin(came_back(known, shop["tickets"])))
    # Those who said who they are are a sample, and a large one, of all who were contained.
    error *= (1 - len(known) / len(contained)) ** 0.5
    return Answer(naive=naive, naive_error=naive_error, **interval(naive * stayed, naive * error), n=len(chats))


def came_back(chats: pd.DataFrame, tickets: pd.DataFrame) -> pd.Series:
    """Return the conversations followed within a week by a ticket of the same customer about the same."""
    pairs = chats.merge(tickets[["customer_id", "category", "created_at"]], on=["customer_id", "category"])
    after = pairs["created_at"] - pairs["started_at"]
    return pairs.loc[(after > pd.Timedelta(0)) & (after <= WEEK), "bot_session_id"]
