"""Channels together against their worked answers: switching, and matters that go through several channels."""

import pandas as pd
import pytest

import cxlib as cx

START = pd.Timestamp("2025-03-03 12:00", tz="UTC")
DAY = pd.Timedelta(days=1)


def touches(*channels, person="a", days=1.0, visits=None):
    """One person's events, one a day."""
    size = len(channels)
    return pd.DataFrame(
        {
            "event_id": [f"{person}{place}" for place in range(size)],
            "person_key": person,
            "occurred_at": [START + days * place * DAY for place in range(size)],
            "channel": channels,
            "event_type": "page_view",
            "session_id": visits or [None] * size,
            "is_bot": False,
        }
    )


def row(data, name, **asked):
    return cx.metric(data, name, **asked).iloc[0]


def test_two_of_four_steps_switch_through_three_channels():
    found = row(touches("web", "web", "store", "app", "app"), "channel_switch_rate")
    assert (found["numerator"], found["n"], found["value"], found["warnings"]) == (2, 4, 0.5, "begins:1;small_n")
    journey = row(touches("web", "web", "store", "app", "app"), "channel_switch_rate", rule="channels_per_journey")
    assert (journey["value"], journey["n"]) == (3, 1)


def test_pages_of_a_visit_are_one_touch_and_a_month_of_silence_ends_the_journey():
    visits = touches("web", "web", "web", "app", visits=["v1", "v1", "v1", None], days=0.01)
    late = touches("web", "app", person="b", days=30.1)
    bot = touches("web", "app", person="c").assign(is_bot=True)
    log = pd.concat([visits, late, bot, touches("web", None, person="d")])
    found = row(log, "channel_switch_rate")
    assert (found["numerator"], found["n"]) == (1, 1)
    assert found["warnings"] == "bot:2;no_channel:1;begins:4;same_visit:2;small_n"
    assert found["n"] + found["set_aside"] == len(log)
    journeys = row(log, "channel_switch_rate", rule="channels_per_journey")
    assert (journeys["numerator"], journeys["n"], journeys["warnings"]) == (2 + 1 + 1 + 1, 4, "bot:1;small_n")


def desk(settled, again, reopened, came_back, unsolved):
    """Tickets that start in the chat and go on by phone, each of one fate; then some that stay in the chat."""
    fates = ["settled"] * settled + ["again"] * again + ["reopened"] * reopened
    fates += ["came_back"] * came_back + ["unsolved"] * unsolved + ["alone"] * 10
    tickets = pd.DataFrame({"ticket_id": [f"t{place:03}" for place in range(len(fates))], "fate": fates})
    tickets = tickets.assign(customer_id="c" + tickets["ticket_id"], channel="chat", created_at=START)
    back = tickets[tickets["fate"].eq("came_back")]
    back = back.assign(ticket_id="n" + back["ticket_id"], created_at=START + 3 * DAY, fate="alone")
    tickets = pd.concat([tickets, back], ignore_index=True)
    tickets["solved_at"] = (tickets["created_at"] + DAY).where(tickets["fate"].ne("unsolved"))
    tickets["reopened_count"] = tickets["fate"].eq("reopened").astype(int)
    log = []
    for ticket, fate in zip(tickets["ticket_id"], tickets["fate"], strict=True):
        asked = "cpf" if fate == "again" else "photo"
        second = "chat" if fate == "alone" else "phone"
        log += [(ticket, "chat", "cpf", 0), (ticket, second, asked, 1)]
    events = pd.DataFrame(log, columns=["ticket_id", "channel", "data_asked", "minute"])
    events["ticket_event_id"] = [f"e{place:04}" for place in range(len(events))]
    events["occurred_at"] = START + events.pop("minute") * pd.Timedelta(minutes=1)
    return {"tickets": tickets.drop(columns="fate"), "ticket_events": events.assign(event_type="message")}


def test_78_of_120_matters_survive_the_change_of_channel():
    found = row(desk(78, 20, 8, 9, 5), "cross_channel_resolution", as_of="2025-04-01")
    assert (found["numerator"], found["n"], found["value"]) == (78, 120, 0.65)
    assert found["warnings"] == "one_channel:19"
    # Wilson by hand: (65 % of 120).
    assert (found["low"], found["high"]) == pytest.approx((0.5612, 0.7294), abs=5e-4)
    closed = row(desk(78, 20, 8, 9, 5), "cross_channel_resolution", rule="solved", as_of="2025-04-01")
    assert closed["value"] == 115 / 120


def test_matters_whose_days_are_not_over_wait():
    young = row(desk(78, 20, 8, 9, 5), "cross_channel_resolution", as_of="2025-03-08")
    assert young["n"] == 0
    assert "immature:120" in young["warnings"]
