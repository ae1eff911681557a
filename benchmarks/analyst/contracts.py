"""Truths about contracts: T06 and T17."""

import numpy as np
import pandas as pd
from analyst.answer import Answer, Z, difference, interval
from scipy.optimize import minimize
from scipy.special import betaln
from statsmodels.tools.numdiff import approx_fprime, approx_hess

END = pd.Timestamp("2026-01-01 03:00")  # the extract was made at local midnight
WATCHED = pd.Timedelta(days=90)
HORIZON = 12


def t06(shop: dict[str, pd.DataFrame]) -> Answer:
    """What a late first reply adds to cancellations: the plain difference, and the one among equal severity."""
    cases = first_cases(shop)
    late = cases["late"]
    naive, naive_error = difference(100.0 * cases.loc[late, "left"], 100.0 * cases.loc[~late, "left"])
    value = variance = 0.0
    for _, alike in cases.groupby("severity"):
        share = len(alike) / len(cases)
        effect, error = difference(
            100.0 * alike.loc[alike["late"], "left"], 100.0 * alike.loc[~alike["late"], "left"]
        )
        value, variance = value + share * effect, variance + (share * error) ** 2
    return Answer(naive=naive, naive_error=naive_error, **interval(value, variance**0.5), n=len(cases))


def first_cases(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the first ticket of each holder while the protection plan runs, if it was watched for 90 days."""
    plans = shop["subscriptions"].query("plan == 'protecao'")
    both = shop["tickets"].merge(plans[["customer_id", "started_at", "cancelled_at"]], on="customer_id")
    running = (both["created_at"] >= both["started_at"]) & ~(both["cancelled_at"] <= both["created_at"])
    first = both[running].sort_values("created_at").drop_duplicates("customer_id")
    first = first[first["created_at"] <= END - WATCHED]
    promised = first["sla_policy_id"].map(shop["sla_policies"].set_index("sla_policy_id")["first_reply_minutes"])
    wait = first["first_human_reply_at"] - first["created_at"]
    left = first["cancelled_at"] - first["created_at"] <= WATCHED
    return first.assign(late=wait > pd.to_timedelta(promised, unit="min"), left=left)


def t17(shop: dict[str, pd.DataFrame]) -> Answer:
    """The share of club contracts that last longer than 12 months: one constant churn rate; people who differ."""
    months, left = tenures(shop)
    at_risk = int(months.sum())
    churn = left.sum() / at_risk
    naive = 100 * (1 - churn) ** HORIZON
    naive_error = 100 * HORIZON * (1 - churn) ** (HORIZON - 1) * (churn * (1 - churn) / at_risk) ** 0.5
    fit = minimize(lambda logs: -likelihood(logs, months, left), x0=[0.0, 1.0], method="Nelder-Mead")
    covariance = np.linalg.inv(-approx_hess(fit.x, likelihood, args=(months, left)))
    slope = approx_fprime(fit.x, logit_of_lasting)
    middle, error = logit_of_lasting(fit.x), float(slope @ covariance @ slope) ** 0.5
    low, right, high = (100 / (1 + np.exp(-(middle + side * Z * error))) for side in (-1, 0, 1))
    return Answer(naive=naive, naive_error=naive_error, low=low, right=right, high=high, n=len(months))


def tenures(shop: dict[str, pd.DataFrame]) -> tuple[np.ndarray, np.ndarray]:
    """Return the whole months each monthly club contract was seen to last, and whether it was seen to end."""
    contracts = shop["subscriptions"].query("plan != 'protecao' and billing_period == 'monthly'")
    until = contracts["cancelled_at"].fillna(END - pd.Timedelta(seconds=1))
    month = [
        (at - pd.Timedelta(hours=3)).dt.year * 12 + (at - pd.Timedelta(hours=3)).dt.month
        for at in (contracts["started_at"], until)
    ]
    return (month[1] - month[0]).to_numpy(), contracts["cancelled_at"].notna().to_numpy()


def likelihood(logs: np.ndarray, months: np.ndarray, left: np.ndarray) -> float:
    """Return the log-likelihood of the shifted beta-geometric (Fader & Hardie 2007) at log alpha, log beta."""
    alpha, beta = np.exp(logs)
    ended = betaln(alpha + 1, beta + months[left] - 1)
    running = betaln(alpha, beta + months[~left])
    return float(ended.sum() + running.sum() - len(months) * betaln(alpha, beta))


def logit_of_lasting(logs: np.ndarray) -> float:
    """Return the log-odds of lasting longer than the horizon."""
    alpha, beta = np.exp(logs)
    lasting = np.exp(betaln(alpha, beta + HORIZON) - betaln(alpha, beta))
    return float(np.log(lasting / (1 - lasting)))
