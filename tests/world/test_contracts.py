"""Contracts and the ledger: months, tenure (T17), late replies (T06), and a bridge that balances to the cent."""

import numpy as np
import pandas as pd
import pytest
from analyst import contracts

from cxlib.world import promises, service
from cxlib.world.build import world

MONTHS = pd.date_range("2024-01-01", periods=24, freq="MS")


@pytest.fixture(scope="module", params=[2024, 7])
def shop(request, ipe):
    return ipe if request.param == 2024 else world(request.param, 2_000)[0]


def local(instants):
    return instants - pd.Timedelta(hours=3)


def revenue(contracts):
    """The price of a month of each contract, in cents."""
    return contracts["price_cents"] / contracts["billing_period"].map({"monthly": 1, "annual": 12})


def test_members_have_one_monthly_contract_each_and_most_customers_are_protected(ipe):
    first = ipe["subscriptions"].query("billing_period == 'monthly'")
    club = first[first["plan"] != "protecao"]
    members = ipe["customers"].query("club_member")
    assert set(club["customer_id"]) == set(members["customer_id"])
    assert not first.duplicated(["customer_id", "plan"]).any() and club["customer_id"].is_unique
    protected = first.loc[first["plan"] == "protecao", "customer_id"]
    assert len(protected) / len(ipe["customers"]) == pytest.approx(0.85, abs=4 * (0.85 * 0.15 / 8_000) ** 0.5)


def test_contracts_begin_and_end_on_the_first_of_a_month_in_order(ipe):
    rows = ipe["subscriptions"]
    for column in ("started_at", "cancelled_at"):
        days = local(rows[column].dropna())
        assert (days == days.dt.normalize()).all() and (days.dt.day == 1).all()
    signed_up = rows["customer_id"].map(ipe["customers"].set_index("customer_id")["signed_up_at"])
    assert (rows["started_at"] > signed_up).all()
    ended = rows.dropna(subset=["cancelled_at"])
    assert (ended["cancelled_at"] > ended["started_at"]).all()
    asked = rows.dropna(subset=["cancel_requested_at"])
    assert (asked["cancel_requested_at"] > asked["started_at"]).all()
    before = (asked["cancelled_at"] - asked["cancel_requested_at"]).dropna()
    assert before.between(pd.Timedelta(0), pd.Timedelta(days=31)).all()
    assert (ended["cancel_requested_at"].isna() == ended["involuntary"]).all()
    assert (
        rows["cancel_reason"].notna() == (rows["cancelled_at"].notna() | rows["cancel_requested_at"].notna())
    ).all()


def test_those_who_come_back_left_before_and_pay_by_the_year(ipe):
    rows = ipe["subscriptions"]
    back = rows[rows["billing_period"] == "annual"]
    assert len(back) > 80
    left = rows[(rows["billing_period"] == "monthly") & (rows["plan"] != "protecao")].set_index("customer_id")
    gap = back["started_at"] - back["customer_id"].map(left["cancelled_at"])
    assert gap.between(pd.Timedelta(days=28), pd.Timedelta(days=160)).all()


def test_the_ledger_adds_up_to_the_contracts_that_run_in_every_month(shop):
    rows, ledger = shop["subscriptions"], shop["mrr_ledger"]
    by_month = ledger.pivot_table(
        index="subscription_id", columns="effective_on", values="amount_cents", aggfunc="sum", fill_value=0
    ).reindex(columns=MONTHS, fill_value=0)
    mrr = by_month.cumsum(axis=1).reindex(rows["subscription_id"]).to_numpy()
    started, ended = local(rows["started_at"]).to_numpy(), local(rows["cancelled_at"]).to_numpy()
    runs = (started[:, None] <= MONTHS.to_numpy()) & ~(ended[:, None] <= MONTHS.to_numpy())
    assert ((mrr > 0) == runs).all() and (mrr[~runs] == 0).all()
    at_the_end = np.where(rows["cancelled_at"].isna(), revenue(rows), 0)
    assert (mrr[:, -1] == at_the_end).all()


def test_movements_have_their_sign_and_bridge_every_month(shop):
    ledger = shop["mrr_ledger"]
    up = ledger["movement"].isin(["new", "expansion", "reactivation"])
    assert ((ledger["amount_cents"] > 0) == up).all() and (ledger["amount_cents"] != 0).all()
    bridge = ledger.pivot_table(index="effective_on", columns="movement", values="amount_cents", aggfunc="sum")
    assert len(bridge.columns) == 5
    closing = ledger.groupby("effective_on")["amount_cents"].sum().cumsum()
    opening = closing.shift(fill_value=0)
    assert (opening + bridge.fillna(0).sum(axis=1) == closing).all()
    first = ledger.groupby("subscription_id")["movement"].first()
    annual = shop["subscriptions"].set_index("subscription_id")["billing_period"] == "annual"
    assert ((first == "reactivation") == annual.reindex(first.index)).all()


def test_club_contracts_last_as_the_shifted_beta_geometric(ipe):
    """Leaving in month t among those still there: 1.2 / (7.2 + t - 1)."""
    months, left = contracts.tenures(ipe)
    for month in range(1, 13):
        at_risk = months >= month
        chance = 1.2 / (7.2 + month - 1)
        found = (left & (months == month)).sum() / at_risk.sum()
        assert abs(found - chance) < 4 * (chance / at_risk.sum()) ** 0.5


def test_late_replies_and_leaving_depend_on_severity_as_designed(ipe):
    cases = contracts.first_cases(ipe)
    assert len(cases) > 3_300
    for (severity, late), alike in cases.groupby(["severity", "late"]):
        chance = {"low": 0.04, "high": 0.14}[severity] + 0.05 * late
        assert abs(alike["left"].mean() - chance) < 4 * (chance / len(alike)) ** 0.5
    late = cases.groupby("severity")["late"].agg(["mean", "size"])
    for severity, chance in (("low", 0.15), ("high", 0.60)):
        assert abs(late.loc[severity, "mean"] - chance) < 4 * (0.25 / late.loc[severity, "size"]) ** 0.5


def test_cancelling_within_90_days_is_the_same_by_request_and_by_effect(ipe):
    cases = contracts.first_cases(ipe)
    plans = ipe["subscriptions"].query("plan == 'protecao'").set_index("customer_id")
    asked = cases["customer_id"].map(plans["cancel_requested_at"]) - cases["created_at"]
    assert ((asked <= pd.Timedelta(days=90)) == cases["left"]).all()


def test_promises_are_kept_for_the_designed_share_in_every_channel(ipe):
    tickets = ipe["tickets"].merge(ipe["sla_policies"], on="sla_policy_id").dropna(subset=["first_human_reply_at"])
    wait = tickets["first_human_reply_at"] - tickets["created_at"]
    kept = wait <= pd.to_timedelta(tickets["first_reply_minutes"], unit="min")
    for _, own in kept.groupby(tickets["channel"]):
        assert abs(own.mean() - 0.715) < 4 * (0.715 * 0.285 / len(own)) ** 0.5


def test_the_tables_of_promises_are_whole():
    made = promises.promises()
    assert list(made["sla_policies"]["name"]) == list(service.CHANNELS)
    hours, holidays = made["business_hours"], made["holidays"]
    assert (hours["opens"] < hours["closes"]).all() and hours["weekday"].between(1, 7).all()
    assert set(holidays["schedule_id"]) <= set(hours["schedule_id"]) == set(service.TEAMS)
    # Two years of nine fixed holidays and Good Friday, two days before Easter (2024-03-31, 2025-04-20).
    national = holidays[holidays["schedule_id"] == "retaguarda"]
    assert len(national) == 20
    fridays = national.loc[national["name"] == "Paixão de Cristo", "date_on"]
    assert list(fridays + pd.Timedelta(days=2)) == [pd.Timestamp("2024-03-31"), pd.Timestamp("2025-04-20")]
