"""Handling, handoffs, repetition, complaints and the closed loop against their worked answers."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.metrics.catalogue import computable

OPENED = pd.Timestamp("2025-03-03 12:00", tz="UTC")
MINUTE = pd.Timedelta(minutes=1)


def desk(*logs):
    """Tickets with what happened to each: a list of (minute, type, data asked, minutes of work)."""
    tickets = pd.DataFrame({"ticket_id": [f"t{place}" for place in range(len(logs))], "created_at": OPENED})
    tickets["customer_id"] = tickets["ticket_id"].str.replace("t", "c")
    rows = [(f"t{place}", *event) for place, log in enumerate(logs) for event in log]
    log = pd.DataFrame(rows, columns=["ticket_id", "minute", "event_type", "data_asked", "touch_minutes"])
    log = log.assign(ticket_event_id=[f"e{place:05}" for place in range(len(log))])
    log["occurred_at"] = OPENED + log.pop("minute").astype("int64") * MINUTE
    log["data_asked"] = log["data_asked"].astype("str").where(log["data_asked"].notna())
    log["touch_minutes"] = log["touch_minutes"].astype(float)
    return {"tickets": tickets, "ticket_events": log}


def case(transfers, *, again=False):
    """A ticket that is asked for its CPF, passed on so many times, and asked once more at the end or not."""
    asked = [(1, "message", "cpf;order_id", 2.0)]
    moves = [(2 + place, "transfer", None, None) for place in range(transfers)]
    return asked + moves + ([(30, "message", "cpf", 3.0)] if again else [(30, "message", "photo", None)])


@pytest.fixture(scope="module")
def blueprint():
    """200 cases, 90 transfers, 60 cases with one or more, 39 of them asked again."""
    many = [1] * 36 + [2] * 18 + [3] * 6
    passed_on = [case(times, again=place < 39) for place, times in enumerate(many)]
    return desk(*passed_on, *[case(0)] * 140)


def row(data, name, **asked):
    return cx.metric(data, name, **asked).iloc[0]


def test_transfers_per_case_and_cases_passed_on(blueprint):
    found = row(blueprint, "handoffs")
    assert (found["numerator"], found["n"], found["value"]) == (90, 200, 0.45)
    assert found["low"] < 0.45 < found["high"]
    assert row(blueprint, "handoffs", rule="any")["value"] == 0.30


def test_who_has_to_say_it_all_again(blueprint):
    found = row(blueprint, "reasked_rate")
    assert (found["numerator"], found["n"], found["value"], found["set_aside"]) == (39, 60, 0.65, 140)
    assert found["warnings"] == "not_passed_on:140;small_n"
    by_transfer = row(blueprint, "reasked_rate", rule="transfers")
    assert (by_transfer["numerator"], by_transfer["n"]) == (39, 90)
    assert row(blueprint, "reasked_rate", rule="per_ticket")["value"] == 39 / 200


def test_each_transfer_answers_for_what_is_asked_after_it():
    log = [
        (1, "message", "cpf; order_id", None),
        (2, "message", "cpf", None),  # again, but nobody was passed on
        (3, "transfer", None, None),
        (4, "message", "cpf;photo", None),  # after the first transfer
        (5, "transfer", None, None),
        (6, "transfer", None, None),
        (7, "message", "photo;order_id", None),  # after the third
    ]
    found = row(desk(log), "reasked_rate", rule="transfers")
    assert (found["numerator"], found["n"]) == (2, 3)
    assert row(desk(log), "reasked_rate", rule="per_ticket")["numerator"] == 4


def test_handling_time_is_work_and_not_waiting(blueprint):
    found = row(blueprint, "average_handling_time")
    assert (found["value"], found["n"], found["set_aside"]) == (pytest.approx((39 * 5 + 161 * 2) / 200), 200, 0)
    some = desk([(1, "message", None, 4.0), (600, "message", None, 8.0)], [(1, "message", None, None)])
    found = row(some, "average_handling_time")
    assert (found["value"], found["n"], found["warnings"]) == (12, 1, "not_timed:1;small_n")
    assert row(some, "average_handling_time", rule="all_tickets")["value"] == 6


def orders(size=6_000):
    frame = pd.DataFrame({"order_id": [f"o{place}" for place in range(size)], "placed_at": OPENED})
    return frame.assign(customer_id=frame["order_id"].str.replace("o", "c"))


def events(kind, **columns):
    frame = pd.DataFrame(columns).assign(event_type=kind)
    return frame.assign(event_id=[f"e{place}" for place in range(len(frame))], person_key="p")


def test_complaints_per_thousand_orders():
    about = [f"o{place}" for place in range(18)]
    # The first complains on a second channel as well; one complaint names no order, one comes too late.
    named = [*about, "o0", None, "o100"]
    when = [OPENED + pd.Timedelta(days=5)] * 20 + [OPENED + pd.Timedelta(days=31)]
    shop = {"orders": orders(), "events": events("complaint", order_id=named, occurred_at=when)}
    found = row(shop, "complaint_rate", as_of="2025-05-01")
    assert (found["numerator"], found["n"], found["value"]) == (18, 6_000, pytest.approx(3.0))
    assert [found["low"], found["high"]] == pytest.approx([1.778, 4.741], abs=5e-4)  # Garwood 1936, 18 of 6,000
    assert found["warnings"] == "no_order:1"
    assert row(shop, "complaint_rate", rule="complaints", as_of="2025-05-01")["numerator"] == 19
    young = row(shop, "complaint_rate", as_of="2025-03-20")
    assert (young["n"], young["set_aside"]) == (0, 6_001)


def test_what_nobody_writes_down_is_not_zero():
    viewed = events("page_view", order_id=[None], occurred_at=[OPENED]).astype({"order_id": "str"})
    shop = cx.open_dataset(
        {"orders": orders(50), "events": viewed.assign(order_id=np.nan).astype({"order_id": "str"})}
    )
    found = row(shop, "complaint_rate", as_of="2025-05-01")
    assert (found["n"], found["warnings"]) == (0, "not_recorded:50")
    assert np.isnan(found["value"])
    possible = computable(shop).set_index("metric").loc["complaint_rate"]
    assert (possible["can_be_computed"], possible["rows"]) == ("no", 0)


def test_detractors_somebody_got_back_to():
    answers = pd.DataFrame(
        {"response_id": [f"r{place}" for place in range(45)], "type": "nps", "answered_at": OPENED}
    )
    answers["score"] = [0, 6, 3] * 10 + [7, 9, 10] * 5
    hours = [24] * 9 + [48] * 3 + [72] * 6
    contacted = [OPENED + pd.Timedelta(hours=one) for one in hours]
    named = events("follow_up_contact", response_id=[f"r{place}" for place in range(18)], occurred_at=contacted)
    shop = {"survey_responses": answers, "events": named}
    found = row(shop, "loop_closure", as_of="2025-03-10")
    assert (found["numerator"], found["n"], found["value"]) == (12, 30, 0.4)
    assert row(shop, "loop_closure", rule="ever", as_of="2025-03-10")["value"] == 0.6
    assert row(shop, "loop_closure", as_of="2025-03-04")["warnings"] == "immature:30"
