"""Truths about emotions along the journey: T25."""

import pandas as pd
from analyst.answer import Answer, interval, mean


def t25(shop: dict[str, pd.DataFrame]) -> Answer:
    """How people feel at the service stage: of all who rated it, and of the panel that rated every touchpoint.

    All journeys are known by their rating as a whole, and the panel is a random part of them: its error carries
    the share of the journeys that was not asked.
    """
    moments = shop["moments"]
    felt = moments[moments["kind"] == "moment"]
    service = felt[felt["stage"] == "service"]
    mine = service[service["journey_id"].isin(panel(moments))]["emotion"]
    naive, naive_error = mean(service["emotion"])
    right, error = mean(mine)
    share = len(mine) / moments["journey_id"].nunique()
    return Answer(naive=naive, naive_error=naive_error, n=len(mine), **interval(right, error * (1 - share) ** 0.5))


def panel(moments: pd.DataFrame) -> pd.Index:
    """Return the journeys with a rating at every touchpoint."""
    rated = moments.groupby("journey_id")["touchpoint"].nunique()
    return rated.index[rated == moments["touchpoint"].nunique()]
