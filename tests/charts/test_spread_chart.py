"""The chart of many samples: what it draws, what it says, what it refuses."""

import numpy as np
import pytest

import cxlib as cx


def test_the_title_says_where_the_middle_lies():
    values = np.arange(-50, 51)
    ax = cx.spread(values)
    low, high = np.quantile(values, [0.025, 0.975])
    assert ax.get_title(loc="left") == f"101 results: the middle 95% land between −{-low:.0f} and {high:.0f}"


def test_each_value_has_its_column():
    ax = cx.spread([0, 2, 2, 4, 4, 4, 6] * 4)
    bars = {
        round(bar.get_x() + bar.get_width() / 2, 6): bar.get_height() for bar in ax.patches if bar.get_height() > 1
    }
    assert bars == {0: 4, 2: 8, 4: 12, 6: 4}


def test_many_values_share_thirty_columns():
    ax = cx.spread(np.linspace(0, 1, 500))
    assert sum(bar.get_height() for bar in ax.patches if bar.get_height() > 1) == 500


def test_the_truth_is_drawn_and_told():
    ax = cx.spread(range(40), truth=12.34)
    assert [line.get_xdata()[0] for line in ax.lines] == [12.34]
    assert "The truth is 12.3." in cx.alt_text(ax)
    assert "The truth" not in cx.alt_text(cx.spread(range(40)))


def test_the_description_comes_from_the_data(portuguese):
    assert "Menor 0, maior 39, média 19,5." in cx.alt_text(cx.spread(range(40)))


def test_all_values_alike():
    assert "between 7 and 7" in cx.spread([7] * 30).get_title(loc="left")


@pytest.mark.parametrize("values", [[], range(19), [1.0] * 30 + [float("nan")], [float("inf")] * 30])
def test_too_few_or_missing_values_are_refused(values):
    with pytest.raises(cx.InputError, match="at least 20"):
        cx.spread(values)
