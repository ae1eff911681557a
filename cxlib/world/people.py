"""Ipê's customers, with the hidden traits that later shape what they buy, suffer and answer.

Columns that start with an underscore are hidden: they never leave the world.
"""

import numpy as np
import pandas as pd

from cxlib.world.columns import identifiers, instants, labels
from cxlib.world.days import DAY
from cxlib.world.randomness import Source, pick, pick_by, whole

CUSTOMERS = (
    *("customer_id", "signed_up_at", "state", "acquisition_source", "referrer_customer_id"),
    *("consent_analytics", "consent_marketing", "consent_research", "club_member"),
)
SHARD = 1_000
# Share of the customers and number of stores by state; stores are numbered in this order.
STATES = {
    "SP": (0.36, 7),
    "RJ": (0.15, 4),
    "MG": (0.14, 4),
    "PR": (0.09, 2),
    "RS": (0.08, 2),
    "SC": (0.06, 2),
    "BA": (0.08, 2),
    "PE": (0.04, 1),
}
SOURCES = {
    "organic": 0.28,
    "paid_search": 0.24,
    "social": 0.16,
    "store": 0.12,
    "email": 0.05,
    "marketplace": 0.05,
    "referral": 0.10,
}
CLUB = 0.35
# Where the first order is placed, outside and inside the club: three members in four are among those who
# begin in the app, one in eight among those who begin in a store (truth T02). The referred begin on the site.
APP, STORE, SITE = range(3)
FIRST_CHANNEL = ((0.127, 0.308, 0.565), (0.707, 0.085, 0.208))
APP_USERS = 0.35  # of those who did not begin there
# The referred are more often of the kind that buys more and comes back anyway (truth T18).
HIGH, HIGH_IF_REFERRED = 0.30, 0.80
CONSENTS = {"consent_analytics": 0.72, "consent_marketing": 0.55, "consent_research": 0.62}


def people(source: Source, size: int) -> pd.DataFrame:
    """Return the customers of a shard in the order they signed up, with their hidden traits."""
    state = pick(source.uniforms("state", size), [share for share, _ in STATES.values()])
    came = pick(source.uniforms("acquisition", size), list(SOURCES.values()))
    came[0] = 0  # nobody was there before to refer the first
    signed_up = _sign_ups(source, size)
    first = source.block * SHARD + 1
    referred = came == list(SOURCES).index("referral")
    club = source.uniforms("club", size) < CLUB
    began = pick_by(source.uniforms("first channel", size), club.astype("int64"), FIRST_CHANNEL)
    began = np.where(referred, SITE, began)
    high = source.uniforms("high", size) < np.where(referred, HIGH_IF_REFERRED, HIGH)
    columns = {
        "customer_id": identifiers("c", first + np.arange(size), digits=7),
        "signed_up_at": instants(signed_up),
        "state": labels(list(STATES), state),
        "acquisition_source": labels(list(SOURCES), came),
        "referrer_customer_id": identifiers("c", first + _referrers(source, size), referred, digits=7),
        **{name: source.uniforms(name, size) < share for name, share in CONSENTS.items()},
        "club_member": club,
        "_signed_up": signed_up,
        "_state": state,
        "_loyalty": source.uniforms("loyalty", size),
        "_willingness": source.uniforms("willingness", size),
        "_frequency": np.maximum(pick(source.uniforms("frequency", size), [0.57, 0.32, 0.11]), high),
        "_first_channel": began,
        "_has_app": (began == APP) | (source.uniforms("has app", size) < APP_USERS),
        "_high": high,
    }
    return pd.DataFrame(columns)


def _sign_ups(source: Source, size: int) -> np.ndarray:
    """Return seconds of sign-up, 45% in 2021-2023 and the rest in 2024.

    Nobody signs up in 2025, because every customer is asked in both waves (truth T01) and must have
    been there for all of the 90 days before the first.
    """
    u = source.uniforms("sign-up", size)
    return np.sort(np.floor(np.interp(u, [0, 0.45, 1], [-1095 * DAY, 0, 366 * DAY])).astype("int64"))


def _referrers(source: Source, size: int) -> np.ndarray:
    """Return for each customer the position of one who signed up earlier in the same shard."""
    return whole(source.uniforms("referrer", size), np.arange(size))
