"""The design effect against a plain computation customer by customer, and statsmodels' cluster covariance."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.inference.design import SUMS, ratio


def sums_of(answers):
    customers = answers.assign(wy=answers.w * answers.y, wyy=answers.w * answers.y**2).groupby("customer")
    per = customers.agg(total=("wy", "sum"), weight=("w", "sum"), square=("wyy", "sum"))
    return pd.DataFrame(
        {
            "n": [len(answers)], "customers": [len(per)], "weight": [per.weight.sum()], "total": [per.total.sum()],
            "square": [per.square.sum()], "total_total": [(per.total**2).sum()],
            "total_weight": [(per.total * per.weight).sum()], "weight_weight": [(per.weight**2).sum()],
        }
    )  # fmt: skip


@pytest.fixture
def repeated():
    rng = np.random.default_rng(7)
    customer = rng.integers(0, 120, 400)
    mood = rng.normal(0, 1, 120)[customer]
    y = np.sign((mood + rng.normal(0, 0.7, 400)).round())
    return pd.DataFrame({"customer": customer, "y": y, "w": rng.uniform(0.5, 2, 400)})


def test_single_answers_have_no_design_effect():
    answers = pd.DataFrame({"customer": range(200), "y": [1] * 90 + [0] * 60 + [-1] * 50, "w": 1.0})
    estimate = ratio(sums_of(answers))
    assert estimate.design_effect[0] == pytest.approx(1.0)
    assert 100 * estimate.standard_error[0] == pytest.approx(5.745, abs=5e-4)


@pytest.mark.parametrize("weighted", [False, True])
def test_variance_is_statsmodels_cluster_variance(repeated, weighted):
    answers = repeated if weighted else repeated.assign(w=1.0)
    fit = sm.WLS(answers.y, np.ones(len(answers)), weights=answers.w).fit(
        cov_type="cluster", cov_kwds={"groups": answers.customer}
    )
    # For one parameter statsmodels corrects by C / (C - 1), as we do.
    estimate = ratio(sums_of(answers))
    linearised = estimate.variance / (estimate.n - 1) * estimate.design_effect
    assert estimate.value[0] == pytest.approx(fit.params.iloc[0])
    assert estimate.design_effect[0] > 1.3
    assert linearised[0] == pytest.approx(fit.cov_params().iloc[0, 0], rel=1e-9)


def test_repeats_never_narrow():
    # Two customers whose own answers cancel: less spread between them than chance would give.
    answers = pd.DataFrame({"customer": [1, 1, 2, 2], "y": [1, -1, 1, -1], "w": 1.0})
    assert ratio(sums_of(answers)).design_effect[0] == 1.0


def test_all_alike_counts_customers():
    answers = pd.DataFrame({"customer": [1] * 99 + [2], "y": 1.0, "w": 1.0})
    assert ratio(sums_of(answers)).effective_n[0] == pytest.approx(2)


def test_nothing_is_nan_without_a_warning():
    empty = pd.DataFrame([[0.0] * len(SUMS)], columns=SUMS)
    assert np.isnan(ratio(empty).value[0])
