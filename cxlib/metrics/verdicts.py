"""What every comparison comes to: its columns, its verdict, and what must stay hidden."""

import numpy as np
import pandas as pd

from cxlib.inference.comparison import Differences
from cxlib.metrics.compute import Question

LEVEL = 0.95
REST = "(rest)"
NUMBERS = ["value_from", "value_to", "change", "low", "high", "p_value", "p_adjusted", "n_from", "n_to"]


def verdict_frame(
    pairs: pd.DataFrame,
    question: Question,
    news: Differences,
    *,
    values: tuple[np.ndarray, np.ndarray],
    n: tuple[np.ndarray, np.ndarray],
    methods: list[str],
) -> pd.DataFrame:
    """Return one row per comparison; in the unit of the rule."""
    rule, metric = question.rule, question.metric
    fewest = np.minimum(*n)
    return pd.DataFrame(
        {column: pairs[column] for column in question.by if column in pairs}
        | {
            "metric": metric.key,
            "rule": rule.key,
            "from": pairs["from"],
            "to": pairs["to"],
            "value_from": values[0],
            "value_to": values[1],
            "change": news.change,
            "low": news.low,
            "high": news.high,
            "p_value": news.p_value,
            "p_adjusted": news.p_adjusted,
            "n_from": pd.array(n[0], "Int64"),
            "n_to": pd.array(n[1], "Int64"),
            "unit": rule.unit,
            "method": methods,
            "verdict": _verdict(news.p_adjusted, news.change, fewest, metric.least_n),
            "warnings": np.where(fewest < metric.least_n_compared, "small_n", ""),
        }
    )


def method(sides: str, comparisons: int) -> str:
    """Return how differences were judged: `sides` says whether the same people stand on both."""
    many = f", corrected for {comparisons} comparisons" if comparisons > 1 else ""
    return f"difference {LEVEL:.0%}, {sides}{many}"


def _verdict(p_adjusted: np.ndarray, change: np.ndarray, fewest: np.ndarray, least: int) -> np.ndarray:
    clear = np.where(change > 0, "up", "down")
    words = np.where(p_adjusted <= 1 - LEVEL, clear, "not_clear")
    untold = np.isnan(p_adjusted) & (change != 0)  # a number that never varies has no error; alike it is no news
    return np.where((fewest < least) | untold, "too_few", words)


def hide(frame: pd.DataFrame, hidden: np.ndarray, floor: int) -> pd.DataFrame:
    """Return the comparisons without the numbers of those that would point at people."""
    if hidden.any():
        frame.loc[hidden, NUMBERS] = pd.NA
        frame.loc[hidden, "method"] = f"none: hidden, fewer than {floor} customers on one side"
        frame.loc[hidden, "warnings"] = "suppressed"
        frame.loc[hidden, "verdict"] = "too_few"
    return frame
