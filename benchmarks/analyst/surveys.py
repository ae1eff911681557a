"""Truths about surveys: T01."""

import numpy as np
import pandas as pd
from analyst.answer import Answer

from cxlib.inference.adjust import Estimate, post_stratify


def t01(shop: dict[str, pd.DataFrame]) -> Answer:
    """The relational NPS: the plain one of the answers, and the one weighted to everybody invited."""
    invites = relational_invites(shop)
    found = answers(shop, invites)
    naive, naive_error = naive_nps(found)
    right = right_nps(found, invites)
    return Answer(
        naive=naive, naive_error=naive_error, right=right.value, low=right.low, high=right.high, n=len(found)
    )


def relational_invites(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the delivered relational NPS invites with the stratum of each, rebuilt from the tables."""
    invites = shop["survey_invites"]
    invites = invites[invites["delivered"] & (invites["type"] == "nps") & (invites["kind"] == "relational")]
    pairs = invites.merge(shop["tickets"][["customer_id", "created_at"]], on="customer_id")
    age = pairs["sent_at"] - pairs["created_at"]
    recent = pairs[(age > pd.Timedelta(0)) & (age <= pd.Timedelta(days=90))]
    club = shop["customers"].set_index("customer_id")["club_member"]
    member = np.where(invites["customer_id"].map(club), "club", "no club")
    ticket = np.where(invites["invite_id"].isin(recent["invite_id"]), "ticket", "no ticket")
    return invites.assign(stratum=pd.Series(member, invites.index) + ", " + ticket)


def answers(shop: dict[str, pd.DataFrame], invites: pd.DataFrame) -> pd.DataFrame:
    """Return the answers to these invites: 100 for a promoter, -100 for a detractor, 0 between."""
    found = shop["survey_responses"].merge(invites[["invite_id", "stratum"]], on="invite_id")
    value = 100 * ((found["score"] >= 9).astype(int) - (found["score"] <= 6).astype(int))
    return found.assign(value=value)


def naive_nps(found: pd.DataFrame) -> tuple[float, float]:
    """Return the plain NPS of the answers and its standard error."""
    return float(found["value"].mean()), float(found["value"].std(ddof=0) / len(found) ** 0.5)


def right_nps(found: pd.DataFrame, invites: pd.DataFrame) -> Estimate:
    """Return the NPS weighted to the strata of everybody invited, clustered by customer."""
    population = invites["stratum"].value_counts().to_dict()
    return post_stratify(found["value"], found["stratum"], population, clusters=found["customer_id"])
