"""No hidden cell can be had by subtraction, whatever the cells."""

import numpy as np
import pytest

from cxlib.inference.suppression import hidden_cells


def test_three_stores_one_small():
    assert hidden_cells([4, 40, 60], floor=10).tolist() == [True, True, False]


def test_empty_cells_stay_and_no_floor_hides_nothing():
    assert hidden_cells([0, 15], floor=10).tolist() == [False, False]
    assert hidden_cells([1, 2], floor=0).tolist() == [False, False]


@pytest.mark.parametrize("seed", range(200))
def test_what_is_hidden_adds_up_to_the_floor_or_is_everything(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(0, 40, rng.integers(1, 9))
    hidden = hidden_cells(n, floor=10)
    total = n[hidden].sum()
    assert not ((n > 0) & (n < 10) & ~hidden).any()
    assert total == 0 or total >= 10 or n[~hidden].sum() == 0
