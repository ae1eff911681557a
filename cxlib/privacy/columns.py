"""A column at a time: what is made of each distinct value stands in every row that holds it."""

import numpy as np
import pandas as pd


def spread(made: list[str | None], codes: np.ndarray, values: pd.Series) -> pd.Series:
    """Give every row of `values` the text made of its distinct value (code -1: null)."""
    texts = pd.array(made, dtype="str").take(codes, allow_fill=True)
    return pd.Series(texts, index=values.index, name=values.name)
