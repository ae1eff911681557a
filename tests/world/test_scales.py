"""The scales by name: how many customers, and that ids have room for all of them."""

from cxlib.tables.storage import read_manifest
from cxlib.world import SCALES
from cxlib.world.build import part, sizes
from cxlib.world.store import BUNDLED


def test_the_scales_have_their_sizes():
    assert [sum(sizes(name)) for name in ("tiny", "small", "medium", "large")] == [500, 8_000, 200_000, 6_670_000]
    assert set(SCALES) == {"tiny", "small", "medium", "large"}


def test_the_large_company_has_100_million_events():
    events = next(one["rows"] for one in read_manifest(BUNDLED)["resources"] if one["name"] == "events")
    assert 95e6 < events / SCALES["small"] * SCALES["large"] < 105e6


def test_the_company_that_comes_along_is_small():
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) <= 6_000_000


def test_there_are_seeds_for_a_large_class():
    seeds = [int(line) for line in (BUNDLED.parent / "seeds.txt").read_text().split()]
    assert len(seeds) >= 200
    assert seeds == sorted(set(seeds))


def test_ids_of_the_last_block_of_the_large_company_sort_after_all_others():
    last = len(sizes("large")) - 1
    first, final = part(5, 0, 50).tables, part(5, last, 50).tables
    for table, key in (("customers", "customer_id"), ("orders", "order_id"), ("tickets", "ticket_id")):
        assert final[table][key].str.len().nunique() == first[table][key].str.len().nunique() == 1
        assert final[table][key].min() > first[table][key].max()
