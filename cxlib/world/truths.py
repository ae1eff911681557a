"""The exact truths of one realised world, kept apart from its data.

A truth is counted over potential outcomes, those that nobody observed included. Counts add up over
shards, so a truth never needs the whole world in memory.
"""

from collections import Counter

import pandas as pd

TRUTHS = {
    "T01": {
        "unit": "points",
        "population": "every customer in each of the two waves, which is every delivered relational NPS invitation",
        "table": "survey_responses",
        "column": "score",
        "explanation": "The relational NPS if everybody had answered. Members of the club answer more and "
        "are happier, so the plain NPS of the answers is too high. Weight club membership and a ticket in "
        "the 90 days before the invitation was sent to their shares of the delivered invitations.",
    },
}


def counts(panel: pd.DataFrame) -> Counter[str]:
    """Return what one shard adds to the truths: people asked, promoters and detractors among them."""
    score = panel["_score"]
    return Counter(
        {
            "T01 asked": len(panel),
            "T01 promoters": int((score >= 9).sum()),
            "T01 detractors": int((score <= 6).sum()),
        }
    )


def truths(total: Counter[str]) -> dict[str, dict[str, str | float | int]]:
    """Return every truth by its key, from the counts of all shards."""
    asked = total["T01 asked"]
    nps = 100 * (total["T01 promoters"] - total["T01 detractors"]) / asked
    return {"T01": {"value": nps, "n": asked, **TRUTHS["T01"]}}
