"""Truths about the robot that refunds: T26."""

import pandas as pd
from analyst.answer import Answer, interval, mean

WAGE = 60  # cents a minute of work, from the payroll


def t26(shop: dict[str, pd.DataFrame]) -> Answer:
    """What a correct refund costs: the price of a run; all money spent, over the refunds that came out right.

    All costs are in the table. What is not is how many of the runs that nobody checked are wrong: those that were
    checked, chosen by lot, say it, and the error is that of two samples of the same share.
    """
    runs = shop["rpa_runs"]
    naive, naive_error = mean(runs["cost_cents"])
    spent = float((runs["cost_cents"] + WAGE * (runs["review_minutes"] + runs["rework_minutes"])).sum())
    done = runs["outcome"] == "completed"
    checked = runs.loc[done & runs["reviewed"], "error_found"].astype("float64")
    unseen = int((done & ~runs["reviewed"]).sum())
    wrong = float(checked.mean())
    error = (wrong * (1 - wrong) * (1 / len(checked) + 1 / unseen)) ** 0.5
    right = spent / (len(runs) - unseen * wrong)
    return Answer(
        naive=naive, naive_error=naive_error, **interval(right, right**2 / spent * unseen * error), n=len(runs)
    )
