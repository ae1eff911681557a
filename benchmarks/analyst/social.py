"""Truths about social posts: T16."""

import pandas as pd
from analyst.answer import Answer, Z


def t16(shop: dict[str, pd.DataFrame]) -> Answer:
    """The share of negative posts: the tool's, and that corrected for its errors (Rogan & Gladen 1978).

    Sensitivity and specificity come from the sample a person read; interval by the delta method. Such a
    sample also gives the share by itself, and more exactly (500 read: 1.6 points against 2.9); the correction is
    what is left when the tool was validated elsewhere, or long ago.
    """
    posts = shop["social_posts"]
    posts = posts[~posts["is_own"]]
    called = posts["sentiment"] == "negative"
    read = posts[posts["sentiment_checked"].notna()]
    truly = read["sentiment_checked"] == "negative"
    sensitivity, specificity = called[read.index][truly].mean(), 1 - called[read.index][~truly].mean()
    share = called.mean()
    gain = sensitivity + specificity - 1
    right = min(max((share + specificity - 1) / gain, 0), 1)
    variance = (
        share * (1 - share) / len(posts)
        + right**2 * sensitivity * (1 - sensitivity) / truly.sum()
        + (1 - right) ** 2 * specificity * (1 - specificity) / (~truly).sum()
    ) / gain**2
    return Answer(
        naive=100 * float(share),
        naive_error=100 * float((share * (1 - share) / len(posts)) ** 0.5),
        right=100 * float(right),
        low=100 * max(float(right - Z * variance**0.5), 0.0),
        high=100 * min(float(right + Z * variance**0.5), 1.0),
        n=len(posts),
    )
