"""A column at a time: what is made of each distinct value stands in every row that holds it."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# What may be written in another script, with dashes, blanks and signs that are not ASCII, or with unseen ones.
UNUSUAL = r"[\x{A0}\x{AD}]|[^\x00-\x{24F}]"
EIGHT_DIGITS = r"(?s)\d(?:\D*\d){7}"


def spread(made: list[str | None], codes: np.ndarray, values: pd.Series) -> pd.Series:
    """Give every row of `values` the text made of its distinct value (code -1: null)."""
    texts = pd.array(made, dtype="str").take(codes, allow_fill=True)
    return pd.Series(texts, index=values.index, name=values.name)


def worth_a_look(values: list[str], *patterns: str) -> np.ndarray:
    """Return which texts hold any of some patterns (RE2), decided for all at once: the others need no closer look."""
    column = pa.array(values, pa.large_string())
    found = np.zeros(len(values), dtype=bool)
    for pattern in patterns:
        found |= pc.match_substring_regex(column, pattern).to_numpy(zero_copy_only=False)
    return found
