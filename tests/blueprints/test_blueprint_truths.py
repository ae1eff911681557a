"""The planted truths of Ipê about its service, through the public calls: the right finds them, the naive misses."""

import pandas as pd
import pytest
import statsmodels.api as sm

import cxlib as cx
from cxlib.charts.blueprint_page import planned
from cxlib.world import SEED, truths

Z = 1.959964


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


@pytest.fixture(scope="module")
def told():
    return {key: one["value"] for key, one in truths(SEED).items()}


@pytest.fixture(scope="module")
def versions(shop):
    return [cx.blueprint(f"entrega_com_problema_v{version}").measured(shop) for version in (1, 2)]


@pytest.fixture(scope="module")
def ticket(shop):
    return cx.blueprint("chamado_v1").measured(shop)


def row(frame, metric, step="all"):
    return frame[frame["metric"].eq(metric) & frame["step"].eq(step)].iloc[0]


def close(found, truth):
    return abs(found["value"] - truth) <= 4 * (found["high"] - found["low"]) / (2 * Z)


def far(value, found, truth):
    return abs(value - truth) >= 3 * (found["high"] - found["low"]) / (2 * Z)


def test_t24_as_drawn():
    """Version 1 asks four times again, 12 of 120 minutes, 62 %; version 2 never, 12 of 48, 62 %."""
    for version, again, minutes in ((1, 4, 120), (2, 0, 48)):
        found = cx.blueprint(f"entrega_com_problema_v{version}")
        assert found.problems["rule"].tolist() == ["REPEATED_DATA"] * again
        assert planned(found.model) == pytest.approx((12, minutes, 0.62 * minutes))


def test_t24_as_measured(shop, told, versions):
    first, second = versions
    assert close(row(first, "flow_efficiency"), told["T24"] / 100)
    assert close(row(second, "flow_efficiency"), 0.25)
    for found, again in ((first, 4), (second, 0)):
        assert close(row(found, "third_party_share"), 0.62)
        assert row(found, "repeats_per_case")["value"] == again
        assert row(found, "conformance")["value"] == 1
    # The naive reading: all the time that the case lies with us is time at work.
    naive = 1 - row(first, "third_party_share")["value"]
    assert far(naive, row(first, "flow_efficiency"), told["T24"] / 100)


def test_t24_the_bottleneck_is_the_carrier_not_the_agent(versions):
    for found in versions:
        times = found[found["metric"].eq("step_time")]
        assert times.loc[times["value"].idxmax(), "step"] == "carrier_search"


def test_t14_transfers_are_harmless_repeats_are_not(shop, told, ticket):
    price = row(ticket, "csat_per_repeat")
    assert close(price, -told["T14"])
    assert price["high"] < 0
    assert row(ticket, "handoffs_per_case")["value"] == pytest.approx(0.45, abs=0.02)
    assert row(ticket, "cases_with_handoff")["value"] == pytest.approx(0.30, abs=0.02)
    value, error = naive_price(shop)
    assert abs(value + told["T14"]) >= 3 * error


def naive_price(shop):
    """Return how CSAT changes with a transfer, in points, and its error: most transfers ask nothing again."""
    events = shop.frame("ticket_events")
    transfers = events["event_type"].eq("transfer").groupby(events["ticket_id"]).sum()
    carrier = events["to_team"].eq("transportadora").groupby(events["ticket_id"]).any()
    answers = shop.frame("survey_responses").query("type == 'csat'").dropna(subset=["ticket_id"])
    rated = pd.DataFrame({"x": answers["ticket_id"].map(transfers), "y": 100.0 * (answers["score"] >= 4)})
    rated = rated[~answers["ticket_id"].map(carrier).astype(bool)]
    fit = sm.OLS(rated["y"], sm.add_constant(rated["x"].astype(float))).fit()
    return float(fit.params["x"]), float(fit.bse["x"])


def test_t14_repeats_are_seen_by_number(ticket):
    shares = ticket[ticket["metric"].eq("csat_by_repeats")].set_index("step")
    assert shares["value"].is_monotonic_decreasing
    assert (shares["low"] < shares["value"]).all()
