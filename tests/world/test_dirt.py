"""Dirt: strewn and counted, and found again to the row by the check."""

import json

from cxlib.tables.check import check, tallies
from cxlib.tables.opening import open_dataset
from cxlib.world.store import write_world


def test_the_check_finds_exactly_the_dirt_that_was_strewn(tmp_path):
    write_world(tmp_path / "shop", scale=5_000, seed=5, dirt=True)
    strewn = json.loads((tmp_path / "shop" / "datapackage.json").read_text())["cx"]["world"]["dirt"]
    shop = open_dataset(tmp_path / "shop")
    found = check(shop)
    counts = found.groupby(["table", "code"])["count"].sum()
    aside = tallies(shop).groupby("table")["rows_set_aside"].sum()
    assert strewn == {
        "repeated events": aside["events"],
        "late events": counts["events", "arrived_late"],
        "scores of 99": counts["survey_responses", "out_of_scale"],
        "negative durations": counts["tickets", "before_it_began"],
        "merged carts": counts["carts", "merged"],
        "refunds without order": counts["returns", "refund_without_order"],
    }
    assert all(count > 0 for count in strewn.values())


def test_a_clean_company_has_none(tmp_path):
    write_world(tmp_path / "shop", scale="tiny", seed=5)
    found = check(open_dataset(tmp_path / "shop"))
    assert found.empty, found
