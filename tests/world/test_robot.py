"""The robot that refunds: one run a refund, the money of people beside its own, errors nobody looked for."""

import numpy as np
import pandas as pd
import pytest

from cxlib.world import SEED
from cxlib.world.build import part
from cxlib.world.randomness import Source
from cxlib.world.robot import EXCEPTION, REVIEWED, WAGE, WRONG, rpa_runs
from cxlib.world.truths import TRUTHS


@pytest.fixture(scope="module")
def runs(ipe):
    return ipe["rpa_runs"]


def test_every_refund_has_one_run_that_ended_before_it(ipe, runs):
    refunds = ipe["returns"].dropna(subset="refunded_at")
    assert sorted(runs["order_id"]) == sorted(refunds["order_id"])
    for number in range(8):
        tables = part(SEED, number).tables
        made = tables["returns"].dropna(subset="refunded_at").reset_index(drop=True)
        mine = tables["rpa_runs"]
        assert (made["requested_at"] < mine["started_at"]).all()
        assert (mine["started_at"] < mine["ended_at"]).all()
        assert (mine["ended_at"] < made["refunded_at"]).all()


def test_outcomes_are_as_designed_and_say_what_people_did(runs):
    gave_up, reviewed = runs["outcome"] == "exception", runs["reviewed"]
    found = runs["error_found"].fillna(False).astype("bool")
    for share, of, chance in (
        (gave_up, np.ones(len(runs), dtype="bool"), EXCEPTION),
        (reviewed, ~gave_up, REVIEWED),
        (found, reviewed, WRONG),
    ):
        assert abs(share[of].mean() - chance) < 4 * (chance * (1 - chance) / of.sum()) ** 0.5
    assert (runs["error_found"].notna() == reviewed).all()
    assert (runs["exception_reason"].notna() == gave_up).all()
    assert not (gave_up & reviewed).any()
    assert ((runs["rework_minutes"] > 0) == (gave_up | found)).all()
    assert ((runs["review_minutes"] > 0) == reviewed).all()


def test_as_many_are_wrong_among_those_that_nobody_checked(runs, told):
    unseen = int(((runs["outcome"] == "completed") & ~runs["reviewed"]).sum())
    wrong = len(runs) - told["T26"]["units"]
    assert abs(wrong / unseen - WRONG) < 4 * (WRONG * (1 - WRONG) / unseen) ** 0.5


def test_the_truth_by_hand():
    """Two refunds and one still to come: all money is in the rows, and so is all that can have come out wrong."""
    when = pd.to_datetime(["2025-01-09", "2025-02-09", None])
    refunded = pd.DataFrame({"order_id": ["a", "b", "c"], "refunded_at": when})
    for seed in range(40):
        rows, counts = rpa_runs(Source(seed, 0), refunded)
        assert rows["order_id"].tolist() == ["a", "b"]
        work = rows["review_minutes"].sum() + rows["rework_minutes"].sum()
        assert counts["T26 total"] == rows["cost_cents"].sum() + WAGE * work
        unseen = int(((rows["outcome"] == "completed") & ~rows["reviewed"]).sum())
        assert 2 - unseen <= counts["T26 units"] <= 2


def test_the_design_is_what_the_shares_and_means_say():
    """By hand: 152.5 cents a run; 16, 4.5 and 13.5 minutes to finish, check and redo; 18%, 20% and 9% of them."""
    work = 0.18 * 16 + 0.82 * 0.20 * (4.5 + 0.09 * 13.5)
    assert (152.5 + 60 * work) / (1 - 0.82 * 0.80 * 0.09) == pytest.approx(TRUTHS["T26"].design, abs=0.05)
