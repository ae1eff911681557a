"""Hide cells about so few people that somebody could be recognised."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def hidden_cells(n: ArrayLike, *, floor: int) -> NDArray[np.bool_]:
    """Return which cells must be hidden so that no cell of fewer than `floor` answers can be read off.

    A cell with 1 to floor - 1 answers is hidden. If what is hidden could still be had by subtracting
    the rest from the total, because it adds up to fewer than `floor` answers, the next smallest cells
    are hidden as well. Cells with no answer tell nothing of anybody and stay. This guards the rows of one
    call with their total; several calls laid side by side can still give a cell away.

    >>> hidden_cells([4, 25, 300], floor=10).tolist()
    [True, True, False]
    >>> hidden_cells([4, 8, 300], floor=10).tolist()
    [True, True, False]
    """
    n = np.asarray(n, float)
    hidden = (n > 0) & (n < floor)
    for cell in np.argsort(n, kind="stable"):
        if not 0 < n[hidden].sum() < floor:
            break
        hidden[cell] |= n[cell] > 0
    return hidden
