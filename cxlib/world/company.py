"""What belongs to the company and to no customer: stores, staff, social networks. The same size at every scale."""

from collections import Counter

import pandas as pd

from cxlib.world.randomness import Source
from cxlib.world.social import DAILY, POSTS, social_daily, social_posts
from cxlib.world.staff import EMPLOYEES, EX_PULSE, employees, ex_pulse
from cxlib.world.store_pulse import EXPERIMENTS, PULSE, store_pulse
from cxlib.world.stores import STORES, stores
from cxlib.world.truths import together


def company(seed: int) -> tuple[dict[str, pd.DataFrame], Counter[str]]:
    """Return the tables of the company by name, and the sums behind its truths."""
    source = Source(seed, "company")
    staff = employees(source)
    pulse = store_pulse(source)
    posts, counts = social_posts(source)
    frames = {
        "stores": (STORES, stores(source)),
        "employees": (EMPLOYEES, staff),
        "ex_pulse": (EX_PULSE, ex_pulse(source, staff)),
        "store_csat_pulse": (PULSE, pulse.ratings),
        "experiments": (EXPERIMENTS, pulse.experiments),
        "social_posts": (POSTS, posts),
        "social_daily": (DAILY, social_daily(source, posts)),
    }
    made = {name: frame[list(columns)] for name, (columns, frame) in frames.items()}
    return made, together(pulse.counts, counts)
