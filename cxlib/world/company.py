"""What belongs to the company and to no customer: goods, campaigns, stores, staff. The same size at every scale."""

from collections import Counter

import pandas as pd

from cxlib.world import marketing
from cxlib.world.counting import together
from cxlib.world.products import products
from cxlib.world.promises import promises
from cxlib.world.randomness import Source
from cxlib.world.social import social_daily, social_posts
from cxlib.world.staff import employees, ex_pulse
from cxlib.world.store_pulse import store_pulse
from cxlib.world.stores import stores


def company(seed: int) -> tuple[dict[str, pd.DataFrame], Counter[str]]:
    """Return the tables of the company by name, and the sums behind its truths."""
    source = Source(seed, "company")
    staff = employees(source)
    pulse = store_pulse(source)
    posts, of_posts = social_posts(source)
    frames = {
        "stores": stores(source),
        "products": products(),
        "ad_spend": marketing.ad_spend(source),
        "campaigns": marketing.campaigns(),
        "employees": staff,
        "ex_pulse": ex_pulse(source, staff),
        "store_csat_pulse": pulse.ratings,
        "experiments": pulse.experiments,
        "social_posts": posts,
        "social_daily": social_daily(source, posts),
    }
    return frames | promises(), together(pulse.counts, of_posts)
