"""Stores, their ratings and their staff: identities, references, and what the roster did to both."""

import numpy as np
import pandas as pd
import pytest
from analyst import stores as analyst

from cxlib.world import store_pulse
from cxlib.world.clock import AGENTS
from cxlib.world.people import STATES
from cxlib.world.randomness import Source

STRIKE = ("2025-04-01", "2025-06-30")


@pytest.fixture(scope="module")
def ratings(ipe):
    return analyst.satisfied(ipe)


@pytest.fixture(scope="module")
def changed(ipe):
    return analyst.arms(ipe, "roster_2025_04") == "changed"


def test_a_state_has_its_stores_and_its_customers_buy_there(ipe):
    stores = ipe["stores"].set_index("store_id")["state"]
    assert stores.value_counts().to_dict() == {state: count for state, (_, count) in STATES.items()}
    bought = ipe["orders"].dropna(subset=["store_id", "customer_id"])
    home = bought["customer_id"].map(ipe["customers"].set_index("customer_id")["state"])
    assert (bought["store_id"].map(stores) == home).all()


def test_everybody_rates_as_often_as_planned(ratings):
    size = ratings.groupby(["store_id", "month"]).size().unstack()
    assert size.shape == (24, 24)
    busy = (size.columns >= "2024-03-01") & (size.columns <= "2025-06-01")
    assert (size.loc[:, busy] == 150).all(axis=None)
    assert (size.loc[:, ~busy] == 60).all(axis=None)


def test_satisfaction_is_as_designed(ratings, changed):
    mine = ratings["store_id"].map(changed)
    late, strike = ratings["date_on"] >= STRIKE[0], ratings["date_on"].between(*STRIKE)
    for group, share in ((~late, 0.80), (strike & ~mine, 0.74), (strike & mine, 0.67), (late & ~strike & mine, 0.73)):
        of_store = ratings[group].groupby("store_id")["satisfied"].mean()
        assert of_store.mean() == pytest.approx(share, abs=4 * of_store.std() / len(of_store) ** 0.5)


def test_stores_differ_by_two_points_and_their_months_by_one():
    """Over what is behind the ratings: within one company, chance hides it."""
    usual = np.array([store_pulse._chances(Source(seed, "company"))[:, :15] for seed in range(40)])
    of_store, size = usual.mean(axis=2), usual.shape[0] * usual.shape[1]
    assert usual.mean() == pytest.approx(8_000, abs=4 * 200 / size**0.5)
    assert of_store.std() == pytest.approx(200, rel=4 / (2 * size) ** 0.5)
    assert usual.std(axis=2, ddof=1).mean() == pytest.approx(100, rel=0.05)


def test_the_worst_are_picked_and_lots_are_drawn(ipe, ratings):
    picks = ipe["experiments"][lambda rows: rows["experiment_id"].str.startswith("training_")]
    assert picks.groupby(["experiment_id", "arm"]).size().eq(3).all()
    share = ratings.groupby(["month", "store_id"])["satisfied"].mean()
    for name, stores in picks.groupby("experiment_id")["store_id"]:
        before = pd.Timestamp(name.removeprefix("training_").replace("_", "-")) - pd.DateOffset(months=1)
        assert share[before][stores].max() <= share[before].drop(stores).min()
    assert (picks["exposed_at"].notna() == (picks["arm"] == "training")).all()
    assert picks["arm_share"].eq(0.5).all()


def test_the_roster_was_not_drawn_and_six_stores_have_it(ipe, changed):
    rows = ipe["experiments"].query("experiment_id == 'roster_2025_04'")
    assert changed.sum() == 6
    assert len(rows) == 24
    assert rows["arm_share"].isna().all()
    assert (rows["unit_id"] == rows["store_id"]).all()
    assert (rows["exposed_at"].dropna() >= rows["assigned_at"][rows["exposed_at"].notna()]).all()


def test_agents_were_at_work_when_they_answered(ipe):
    staff = ipe["employees"].set_index("employee_id")
    tickets = ipe["tickets"].dropna(subset="agent_id")
    assert len(staff) == 260
    assert tickets["agent_id"].isin(staff.index).all()
    assert (tickets["agent_id"].map(staff["hired_on"]) < tickets["first_human_reply_at"]).all()
    assert tickets["agent_id"].map(staff["left_on"]).isna().all()
    assert (tickets["agent_id"].map(staff["team"]) == tickets["team"]).all()
    assert max(first + number for first, number in AGENTS) == 115


def test_staff_work_in_a_store_that_is_open_and_leave_after_they_came(ipe):
    staff = ipe["employees"]
    opened = staff["store_id"].map(ipe["stores"].set_index("store_id")["opened_on"])
    assert (staff["hired_on"] > opened)[opened.notna()].all()
    assert (staff["left_on"] > staff["hired_on"])[staff["left_on"].notna()].all()
    own = staff["team"].str.startswith("loja_")
    assert (staff.loc[own, "team"] == "loja_" + staff.loc[own, "store_id"]).all()
    assert 10 < staff["left_on"].notna().sum() < 60


def test_the_pulse_adds_up_and_never_shows_a_few(ipe):
    pulse, staff = ipe["ex_pulse"], ipe["employees"]
    assert (pulse[["promoters", "passives", "detractors"]].sum(axis=1) == pulse["n"]).all()
    assert pulse["n"].between(3, pulse["invited"]).all()
    assert pulse["mean"].between(1, 5).all()
    assert set(pulse["team"]) == set(staff["team"])
    for team, month, invited in pulse[["team", "month_on", "invited"]].itertuples(index=False):
        left = staff["left_on"].fillna(pd.Timestamp("2100-01-01"))
        assert invited == ((staff["team"] == team) & (staff["hired_on"] <= month) & (left > month)).sum()


def test_the_roster_is_felt_by_the_staff_and_by_nobody_else(ipe, changed):
    pulse = ipe["ex_pulse"].dropna(subset="store_id")
    late, mine = pulse["month_on"] >= "2025-04-01", pulse["store_id"].map(changed)
    before, after = (pulse[window].groupby("store_id")["mean"].mean() for window in (~late, late))
    assert set(pulse[mine]["store_id"]) == set(changed[changed].index)
    change = after - before
    for group, expected in ((changed, -0.8), (~changed, 0.0)):
        found = change[group.reindex(change.index)]
        assert found.mean() == pytest.approx(expected, abs=4 * found.std() / np.sqrt(len(found)))
