"""The support clock through the public calls: business hours, pauses, due dates and promises, all worked by hand."""

import pandas as pd
import pytest

import cxlib as cx

ZONE = "America/Sao_Paulo"
WAITS = [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 22, 30, 45, 60, 120, 480]
OPENED = "2025-03-07 17:30"  # a Friday


def at(wall):
    return pd.NaT if wall is None else pd.Timestamp(wall, tz=ZONE)


def desk(schedule="desk", since="2020-01-01", opens="09:00", closes="18:00", until=None):
    days = {"schedule_id": schedule, "weekday": range(1, 6), "opens": opens, "closes": closes, "zone": ZONE}
    return pd.DataFrame(days).assign(valid_from_on=pd.Timestamp(since), valid_to_on=pd.Timestamp(until))


def policy(target=30, **says):
    row = {"sla_policy_id": "p", "first_reply_minutes": float(target), "clock": "calendar", "schedule_id": None}
    stops = {"pauses_when_pending": False, "pauses_when_on_hold": False}
    return pd.DataFrame([row | stops | says]).astype({"schedule_id": "str"})


def shop(replies, *, opened=OPENED, policies=None, hours=None, **tables):
    """Tickets opened at one moment and answered at others, as a dataset."""
    tickets = pd.DataFrame({"ticket_id": [f"t{place}" for place in range(len(replies))], "sla_policy_id": "p"})
    tickets["created_at"] = at(opened)
    tickets["first_human_reply_at"] = pd.Series([at(reply) for reply in replies], dtype="datetime64[us, UTC]")
    given = {"tickets": tickets, "sla_policies": policies, "business_hours": hours, **tables}
    return cx.open_dataset({name: frame for name, frame in given.items() if frame is not None}, zone=ZONE)


def waited(minutes, **more):
    replies = [None if one is None else str(pd.Timestamp(OPENED) + pd.Timedelta(minutes=one)) for one in minutes]
    return shop(replies, **more)


def log(*changes, ticket="t0"):
    rows = [
        {"ticket_id": ticket, "occurred_at": at(wall), "event_type": "status", "status": status}
        for wall, status in changes
    ]
    return pd.DataFrame(rows).assign(ticket_event_id=[f"{ticket}-{place}" for place in range(len(rows))])


def compliance(data, **asked):
    return cx.metric(data, "sla_compliance", **asked).iloc[0]


def test_four_in_five_are_in_time_although_the_mean_is_not():
    data = waited(WAITS, policies=policy(30))
    row = compliance(data)
    assert (row["numerator"], row["n"], row["value"]) == (16, 20, 0.8)
    assert [row["low"], row["high"]] == pytest.approx([0.584, 0.919], abs=5e-4)
    assert cx.metric(data, "first_response_time", rule="mean_of_finished")["value"].item() == pytest.approx(43.7)


def test_friday_evening_to_monday_morning():
    data = shop(["2025-03-10 09:15"], hours=desk())
    assert cx.metric(data, "first_response_time")["value"].item() == 3_825
    assert cx.metric(data, "first_response_time", rule="median_business")["value"].item() == 45
    assert cx.metric(data, "first_response_time", rule="p90_business")["value"].item() == 45


def test_open_tickets_wait_in_business_time_too():
    replies = ["2025-03-07 17:40"] * 5 + [None] * 5
    found = cx.metric(
        shop(replies, hours=desk()), "first_response_time", rule="p90_business", as_of="2025-03-11"
    ).iloc[0]
    assert (found["n"], found["numerator"]) == (10, 5)
    assert found["method"].startswith("none") or "5 still open" in found["method"]


def test_which_hours_a_ticket_follows():
    hours = pd.concat([desk(), desk("night", opens="00:00", closes="24:00")])
    both = shop(["2025-03-10 09:15"] * 3, hours=hours, policies=policy(schedule_id="night"))
    frame = both.frame("tickets").assign(sla_policy_id=["p", None, None], team=["desk", "desk", "nobody"])
    both = cx.open_dataset(
        {"tickets": frame, "business_hours": hours, "sla_policies": policy(schedule_id="night")}, zone=ZONE
    )
    by = cx.metric(both, "first_response_time", rule="median_business", by="ticket_id").set_index("ticket_id")
    assert by.loc["t0", "value"] == 6 * 60 + 30 + 9 * 60 + 15  # open all day, but not at weekends
    assert by.loc["t1", "value"] == 45
    assert by.loc["t2", "warnings"] == "no_schedule:1"


def test_the_clock_of_the_policy_or_the_customers():
    friday = {"policies": policy(60, clock="business", schedule_id="desk"), "hours": desk()}
    data = shop(["2025-03-10 09:15", "2025-03-10 09:30", "2025-03-10 09:31"], **friday)
    assert compliance(data)["numerator"] == 2  # 45, 60 and 61 minutes of business time
    assert compliance(data, rule="business")["numerator"] == 2
    assert compliance(data, rule="calendar")["numerator"] == 0


def test_a_promise_falls_due_in_business_time():
    holiday = pd.DataFrame({"schedule_id": ["desk"], "date_on": pd.to_datetime(["2025-03-10"])})
    friday = {"policies": policy(60, clock="business", schedule_id="desk"), "hours": desk()}
    days = {"start": "2025-03-10", "end": "2025-03-11", "as_of": "2025-04-01"}
    assert compliance(shop([None], **friday), **days)["n"] == 1
    assert compliance(shop([None], **friday, holidays=holiday), **days)["n"] == 0
    assert compliance(shop([None], **friday, holidays=holiday), start="2025-03-11", as_of="2025-04-01")["n"] == 1


def test_hours_that_change_while_a_ticket_is_open():
    hours = pd.concat([desk(until="2025-03-10"), desk(since="2025-03-10", opens="08:00", closes="19:00")])
    data = shop(["2025-03-10 09:00"], hours=hours)
    assert cx.metric(data, "first_response_time", rule="median_business")["value"].item() == 30 + 60


def test_overdue_tickets_are_broken_promises_and_those_in_time_wait():
    data = waited([10, 20, None], policies=policy(30))
    soon = compliance(data, as_of="2025-03-07")  # nothing is overdue yet
    assert (soon["n"], soon["warnings"]) == (2, "undecided:1;small_n")
    late = compliance(data, as_of="2025-03-08")
    assert (late["n"], late["numerator"]) == (3, 2)
    flattering = compliance(data, as_of="2025-03-08", rule="closed_only")
    assert (flattering["n"], flattering["value"], flattering["set_aside"]) == (2, 1.0, 1)


def test_what_cannot_count_says_why():
    data = waited([10, -5, 10], policies=policy(30))
    frame = data.frame("tickets").assign(sla_policy_id=["p", "p", None])
    row = compliance({"tickets": frame, "sla_policies": policy(30)})
    assert (row["n"], row["warnings"]) == (1, "impossible:1;no_policy:1;small_n")
    unscheduled = compliance(waited([10], policies=policy(30, clock="business")))
    assert (unscheduled["n"], unscheduled["warnings"]) == (0, "no_schedule:1")


PAUSED = [("2025-03-07 17:30", "new"), ("2025-03-07 17:40", "pending"), ("2025-03-10 09:00", "open")]


@pytest.mark.parametrize(
    ("stops", "replied", "kept"),
    [
        ("pending", "2025-03-10 09:20", True),  # 10 minutes before the pause and 20 after it
        ("pending", "2025-03-10 09:21", False),
        ("on_hold", "2025-03-10 09:20", False),
        (None, "2025-03-10 09:20", False),
    ],
)
def test_the_clock_stands_still_while_the_customer_is_awaited(stops, replied, kept):
    says = {} if stops is None else {f"pauses_when_{stops}": True}
    row = compliance(shop([replied], policies=policy(30, **says), ticket_events=log(*PAUSED)))
    assert row["value"] == kept
    business = policy(30, clock="business", schedule_id="desk", **says)
    row = compliance(shop([replied], policies=business, hours=desk(), ticket_events=log(*PAUSED)))
    assert row["value"] == kept
    whole = compliance(shop([replied], policies=policy(30, **says), ticket_events=log(*PAUSED)), rule="calendar")
    assert whole["value"] == 0


def test_a_pause_after_the_promise_was_broken_moves_nothing():
    late = [("2025-03-07 17:30", "new"), ("2025-03-07 18:10", "pending"), ("2025-03-12 09:00", "open")]
    asked = {"policies": policy(30, pauses_when_pending=True), "ticket_events": log(*late)}
    on_the_day = {"start": "2025-03-07", "end": "2025-03-08", "as_of": "2025-04-01"}
    row = compliance(shop(["2025-03-12 10:00"], **asked), **on_the_day)
    assert (row["n"], row["value"]) == (1, 0)
    # Of two pauses only the first begins in time; the promise falls due at 18:40, not days later.
    twice = [("2025-03-07 17:40", "pending"), ("2025-03-07 18:20", "open"), *late[1:]]
    twice[2] = ("2025-03-07 18:50", "pending")
    asked["ticket_events"] = log(*twice)
    row = compliance(shop(["2025-03-12 10:00"], **asked), **on_the_day)
    assert (row["n"], row["value"]) == (1, 0)


def test_a_ticket_that_waits_for_the_customer_is_not_overdue():
    pending = log(("2025-03-07 17:40", "pending"))
    data = shop([None], policies=policy(30, pauses_when_pending=True), ticket_events=pending)
    assert compliance(data, as_of="2025-04-01")["warnings"] == "undecided:1"


def test_only_rules_that_can_be_had_are_compared():
    without = cx.compare(waited(WAITS), "first_response_time", rules=True)
    assert without["rule"].tolist() == ["median", "p90", "mean_of_finished"]
    both = cx.compare(waited(WAITS, hours=desk()), "first_response_time", rules=True)
    assert both["rule"].tolist() == [*without["rule"], "median_business", "p90_business"]
    with pytest.raises(cx.InputError, match="business_hours"):
        cx.metric(waited(WAITS), "first_response_time", rule="median_business")


def test_a_vendors_screen_in_business_time_is_found():
    found = cx.reconcile(shop(["2025-03-10 09:15"], hours=desk()), "first_response_time", "45", period="2025-03")
    assert set(found.loc[found["matches"], "rule"]) == {"median_business", "p90_business"}
