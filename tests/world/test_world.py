"""The tables of Ipê: shapes, keys, references, identities, calendar, determinism."""

import pickle
import subprocess
import sys

import pandas as pd
import pytest
from same_everywhere import fingerprint

from cxlib.errors import InputError
from cxlib.tables.schema import schema
from cxlib.world import SCALES, SEED, days, service, tables
from cxlib.world.build import part

# If this changes, everybody's committed data, stored outputs and solutions change: regenerate them all.
TINY = "913150298b6ed35c"


def local(instants):
    return instants - pd.Timedelta(hours=3)


def test_sizes(ipe):
    assert {name: len(frame) for name, frame in ipe.items()} == {
        "customers": SCALES["small"],
        "identities": pytest.approx(18_500, rel=0.05),
        "products": 400,
        "sessions": pytest.approx(66_000, rel=0.05),
        "events": pytest.approx(120_000, rel=0.05),
        "carts": pytest.approx(43_000, rel=0.05),
        "orders": pytest.approx(19_000, rel=0.04),
        "order_items": pytest.approx(28_400, rel=0.04),
        "returns": pytest.approx(2_600, rel=0.08),
        "shipments": pytest.approx(12_400, rel=0.05),
        "rpa_runs": pytest.approx(2_250, rel=0.08),
        "ad_spend": 731 * 3 + 48,
        "campaigns": 7,
        "conversions": pytest.approx(1_070, rel=0.12),
        "web_daily": pytest.approx(2_090, rel=0.02),
        "deals": pytest.approx(880, rel=0.2),
        "app_installs": pytest.approx(4_800, rel=0.05),
        "referrals": pytest.approx(1_560, rel=0.1),
        "tickets": pytest.approx(11_200, rel=0.04),
        "survey_invites": pytest.approx(39_500, rel=0.03),
        "survey_responses": pytest.approx(9_900, rel=0.05),
        "moments": pytest.approx(4_100, rel=0.1),
        "bot_sessions": pytest.approx(5_000, rel=0.05),
        "ticket_events": pytest.approx(53_000, rel=0.05),
        "stores": 24,
        "employees": 260,
        "ex_pulse": pytest.approx(650, rel=0.06),
        "store_csat_pulse": 24 * (16 * 150 + 8 * 60),
        "experiments": pytest.approx(15_700, rel=0.01),
        "subscriptions": pytest.approx(9_700, rel=0.04),
        "mrr_ledger": pytest.approx(12_300, rel=0.04),
        "sla_policies": 6,
        "business_hours": 42,
        "holidays": 28,
        "social_posts": 6_000 + 520,
        "social_daily": 2 * 731,
    }


def test_columns_and_types_are_those_of_the_schema(ipe):
    kinds = {
        "string": {"str"},
        "integer": {"int64", "Int64"},
        "number": {"float64"},
        "boolean": {"bool", "boolean"},
        "date": {"datetime64[us]"},
        "instant": {"datetime64[us]"},
    }
    for name, frame in ipe.items():
        columns = schema()[name].columns
        assert list(frame.columns) == [column for column in columns if column in frame]
        for column in frame:
            assert str(frame[column].dtype) in kinds[columns[column].type], (name, column)


def test_values_are_those_of_the_schema_and_required_ones_are_there(ipe):
    for name, frame in ipe.items():
        for column in schema()[name].columns.values():
            if column.values and column.name in frame:
                assert set(frame[column.name].dropna()) <= set(column.values), (name, column.name)
            if column.required:
                assert frame[column.name].notna().all(), (name, column.name)


def test_keys_are_unique_and_references_exist(ipe):
    keys: dict[str, set] = {}
    for name, frame in ipe.items():
        key = list(schema()[name].primary_key)
        assert not frame.duplicated(key).any(), name
        if len(key) == 1:
            keys[name] = set(frame[key[0]])
    for name, frame in ipe.items():
        for column in frame:
            known = keys.get(schema()[name].columns[column].references)
            assert known is None or set(frame[column].dropna()) <= known, (name, column)


def test_rows_that_belong_together_share_their_customer(ipe):
    owner = {name: ipe[f"{name}s"].set_index(f"{name}_id")["customer_id"] for name in ("ticket", "order")}
    for table in ("survey_invites", "survey_responses", "tickets"):
        for name in ("ticket", "order"):
            if table != "tickets" or name == "order":
                rows = ipe[table].dropna(subset=[f"{name}_id"])
                assert len(rows) > 50
                assert (rows[f"{name}_id"].map(owner[name]) == rows["customer_id"]).all()


def test_referrers_signed_up_before_and_only_referred_customers_have_one(ipe):
    customers = ipe["customers"]
    referred = customers["acquisition_source"] == "referral"
    assert (customers["referrer_customer_id"].notna() == referred).all()
    assert referred.mean() == pytest.approx(0.10, abs=0.014)
    when = customers.set_index("customer_id")["signed_up_at"]
    earlier = customers.loc[referred, "referrer_customer_id"].map(when)
    assert (earlier <= customers.loc[referred, "signed_up_at"]).all()


def test_money_adds_up(ipe):
    orders = ipe["orders"]
    sums = orders["subtotal_cents"] + orders["shipping_cents"] - orders["discount_cents"]
    assert (orders["total_cents"] == sums).all()
    assert (orders[["subtotal_cents", "total_cents"]] > 0).all(axis=None)
    assert (orders[["shipping_cents", "discount_cents"]] >= 0).all(axis=None)


def test_statuses_agree_with_their_instants(ipe):
    orders = ipe["orders"]
    status, paid, cancelled = orders["status"], orders["paid_at"].notna(), orders["cancelled_at"].notna()
    assert set(status) == {"placed", "paid", "cancelled", "expired"}
    assert not paid[status.isin(["placed", "expired"])].any()
    assert paid[status.isin(["paid", "cancelled"])].all()
    assert (cancelled == status.isin(["cancelled", "expired"])).all()
    assert set(orders.loc[status == "expired", "payment_method"]) == {"boleto"}
    assert (orders["store_id"].notna() == (orders["channel"] == "store")).all()


def test_instants_are_in_order_and_inside_the_calendar(ipe):
    orders, tickets, answers = ipe["orders"], ipe["tickets"], ipe["survey_responses"]
    signed_up = ipe["customers"].set_index("customer_id")["signed_up_at"]
    for frame, first, later in (
        (orders, "placed_at", ["paid_at", "cancelled_at"]),
        (tickets, "created_at", ["first_human_reply_at", "solved_at", "closed_at"]),
        (answers, "asked_at", ["answered_at"]),
    ):
        joined = frame["customer_id"].map(signed_up)
        assert (frame[first] > joined)[joined.notna()].all()
        for column in [first, *later]:
            assert (frame[column].dropna() >= frame.loc[frame[column].notna(), first]).all()
            assert frame[column].min() >= pd.Timestamp("2024-01-01 03:00")
            assert frame[column].max() < pd.Timestamp("2026-01-01 03:00")


def test_tickets_end_as_their_status_says(ipe):
    tickets = ipe["tickets"]
    assert (tickets["solved_at"].notna() == tickets["status"].isin(["solved", "closed"])).all()
    assert (tickets["closed_at"].notna() == (tickets["status"] == "closed")).all()
    assert (tickets["agent_id"].notna() == tickets["first_human_reply_at"].notna()).all()
    linked = tickets.dropna(subset=["order_id"])
    placed = linked["order_id"].map(ipe["orders"].set_index("order_id")["placed_at"])
    assert (linked["created_at"] - placed).between(pd.Timedelta(0), pd.Timedelta(days=90)).all()


def test_orders_follow_the_calendar(ipe):
    """2025 only, when nobody signs up any more: the share of a season is its share of the weights."""
    placed = local(ipe["orders"]["placed_at"])
    number = (placed[placed >= "2025-01-01"] - pd.Timestamp("2024-01-01")).dt.days
    weights = days.ORDERS[366:] / days.ORDERS[366:].sum()
    for first, last in (
        ("2025-11-27", "2025-11-30"),
        ("2025-12-10", "2025-12-23"),
        ("2025-05-05", "2025-05-11"),
    ):
        expected = weights[days.day(first) - 366 : days.day(last) - 365].sum()
        found = number.between(days.day(first), days.day(last)).mean()
        assert abs(found - expected) < 4 * (expected / len(number)) ** 0.5
    black_friday = days.ORDERS[days.day("2025-11-28")] / days.ORDERS[days.day("2025-11-21")]
    assert black_friday == pytest.approx(2.6)


def test_evening_share_of_digital_orders(ipe):
    orders = ipe["orders"]
    digital = orders[orders["channel"].isin(["web", "app", "marketplace", "whatsapp"])]
    late = local(digital["placed_at"]).dt.hour >= 21
    assert late.mean() == pytest.approx(0.22, abs=4 * (0.22 * 0.78 / len(digital)) ** 0.5)


def test_both_waves_ask_about_windows_as_busy_as_each_other():
    spring, autumn = (days.TICKETS[day - 90 : day].sum() for day in service.WAVES.values())
    assert spring == pytest.approx(autumn, rel=0.01)


def test_a_shard_alone_is_its_slice_of_the_whole(ipe):
    for name, alone in part(SEED, 3).tables.items():
        if name != "web_daily":  # totals of all shards
            key = schema()[name].primary_key[-1]
            mine = ipe[name][ipe[name][key].isin(alone[key])].reset_index(drop=True)
            pd.testing.assert_frame_equal(mine, alone.reset_index(drop=True), check_dtype=False)


def test_another_process_makes_the_same(ipe):
    code = "import sys, pickle; from cxlib.world.build import part; "
    code += f"pickle.dump(part({SEED}, 3).tables, sys.stdout.buffer)"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    for name, frame in pickle.loads(made).items():
        pd.testing.assert_frame_equal(frame, part(SEED, 3).tables[name])


def test_content_is_the_same_everywhere():
    assert fingerprint(tables(SEED, "tiny")) == TINY


def test_another_seed_is_another_company():
    assert fingerprint(tables(SEED + 1, "tiny")) != fingerprint(tables(SEED, "tiny"))


def test_a_scale_is_a_name_or_a_number_of_customers():
    assert len(tables(SEED, 1_200)["customers"]) == 1_200
    assert len(tables(SEED, 1)["survey_invites"]) >= 2
    for wrong in ("huge", 0, -5):
        with pytest.raises(InputError, match="tiny, small, medium"):
            tables(SEED, wrong)
