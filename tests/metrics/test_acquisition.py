"""Deals and installs against counts by hand."""

import pandas as pd

import cxlib as cx

OPENED = pd.Timestamp("2025-03-03 12:00", tz="UTC")


def deals():
    frame = pd.DataFrame({"outcome": ["won"] * 3 + ["lost"] * 5 + ["open"] * 2})
    frame["deal_id"] = [f"d{place}" for place in range(10)]
    closed = [OPENED + pd.Timedelta(days=day) for day in (2, 4, 6, 8, 10, 12, 14, 16)]
    return frame.assign(created_at=OPENED, closed_at=[*closed, pd.NaT, pd.NaT])


def test_open_deals_are_set_aside_or_counted_as_not_won():
    decided = cx.metric(deals(), "win_rate").iloc[0]
    assert (decided["value"], decided["n"], decided["warnings"]) == (0.375, 8, "undecided:2;small_n")
    assert cx.metric(deals(), "win_rate", rule="all_deals")["value"].item() == 0.3


def test_deals_that_are_open_count_as_open():
    row = cx.metric(deals(), "sales_cycle", as_of="2025-04-30").iloc[0]
    assert (row["value"], row["unit"], row["n"]) == (10, "days", 10)  # five of ten are decided by day 10
    assert cx.metric(deals(), "sales_cycle", rule="mean_of_finished")["value"].item() == 9


def test_installs_are_not_users():
    first = pd.DataFrame({"installed_at": [OPENED] * 850, "is_reinstall": False})
    used = [OPENED + pd.Timedelta(days=31)] * 255 + [OPENED + pd.Timedelta(days=2)] * 595
    again = pd.DataFrame({"installed_at": [OPENED] * 150, "is_reinstall": True, "last_active_at": OPENED})
    frame = pd.concat([first.assign(last_active_at=used), again], ignore_index=True)
    frame["install_id"] = frame["identity_id"] = [f"i{place}" for place in range(1_000)]
    row = cx.metric(frame, "installs_kept", as_of="2025-06-01").iloc[0]
    assert (row["value"], row["n"], row["warnings"]) == (0.3, 850, "not_first:150")
    young = cx.metric(frame, "installs_kept", as_of="2025-03-20").iloc[0]
    assert (young["n"], young["warnings"]) == (0, "not_first:150;immature:850")
