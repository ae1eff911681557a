"""Support metrics against their worked answers; what a single channel does not see."""

import pandas as pd
import pytest

import cxlib as cx

OPENED = pd.Timestamp("2025-03-03 12:00", tz="UTC")


def test_open_tickets_are_not_left_out():
    # Days (1, 2, 2+, 3, 4+, 5, 6+, 6+): the curve reaches one half at 5, the mean of the closed is 2.75.
    days, closed = [1, 2, 2, 3, 4, 5, 6, 6], [True, True, False, True, False, True, False, False]
    as_of = pd.Timestamp("2025-03-31", tz="UTC")
    frame = pd.DataFrame({"ticket_id": [f"t{place}" for place in range(8)]})
    frame["created_at"] = [as_of - pd.Timedelta(days=one) for one in days]
    frame["solved_at"] = (frame["created_at"] + pd.to_timedelta(days, unit="D")).where(closed)
    shop = cx.open_dataset({"tickets": frame}, zone="UTC")
    minutes = 24 * 60
    assert cx.metric(shop, "resolution_time", as_of="2025-03-31")["value"].item() == 5 * minutes
    assert cx.metric(shop, "resolution_time", rule="mean_of_finished")["value"].item() == 2.75 * minutes


def contacts():
    """Forty problems; three come back on the same channel, four by another one."""
    frame = pd.DataFrame({"customer_id": [f"c{who}" for who in range(40)], "channel": "chat", "created_at": OPENED})
    again = frame.head(7).assign(created_at=OPENED + pd.Timedelta(days=3))
    again.loc[3:, "channel"] = "phone"
    late = frame.iloc[10:12].assign(created_at=OPENED + pd.Timedelta(days=8))
    everything = pd.concat([frame, again, late], ignore_index=True).assign(category="delivery")
    everything["ticket_id"] = [f"t{place}" for place in range(len(everything))]
    return everything


@pytest.mark.parametrize(("rule", "solved"), [("any_channel", 33), ("same_channel", 37)])
def test_who_changes_channel_has_not_been_helped(rule, solved):
    first_day = {"end": "2025-03-04", "as_of": "2025-04-01"}
    row = cx.metric(contacts(), "first_contact_resolution", rule=rule, **first_day).iloc[0]
    assert (row["numerator"], row["n"]) == (solved, 40)
    if rule == "any_channel":
        assert [row["value"], row["low"], row["high"]] == pytest.approx([0.825, 0.681, 0.913], abs=5e-4)
    else:
        assert row["value"] == 0.925


def test_another_problem_is_another_contact():
    frame = contacts()
    frame.loc[40:, "category"] = "payment"
    row = cx.metric(frame, "first_contact_resolution", end="2025-03-04", as_of="2025-04-01").iloc[0]
    assert row["numerator"] == 40


def test_the_last_week_is_too_young_and_strangers_cannot_be_followed():
    frame = contacts()
    frame.loc[0, "customer_id"] = None
    row = cx.metric(frame, "first_contact_resolution", as_of="2025-03-12").iloc[0]
    assert row["n"] + row["set_aside"] == len(frame)
    assert "unidentified:1" in row["warnings"]
    assert "immature:9" in row["warnings"]
