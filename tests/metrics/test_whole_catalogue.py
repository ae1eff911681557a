"""What holds for every metric of the catalogue, on Ipê: compared, or it says why not; SQL for four warehouses."""

import duckdb
import pytest
import sqlglot

import cxlib as cx
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.definition import Ratio

BY = {"traffic_share": "source"}  # a share is one group's
LACKS = {"loop_closure": "needs the column response_id of events"}
NOTHING = {"complaint_rate", "cross_channel_resolution"}  # nobody recorded a complaint; a ticket stays in its channel
ALIKE = {"price_to_list"}  # Ipê sells at the list price: nothing varies, so no interval is known
NAMED = ("duckdb", "snowflake", "bigquery", "postgres")
MORE_RULES = [
    (metric.key, rule.key)
    for metric in METRICS.values()
    if isinstance(metric, Ratio) and metric.key not in LACKS
    for rule in metric.rules[1:]
    if not rule.weighted and rule.scale == metric.rules[0].scale
]
WORKED_OUT_HERE = {("sla_compliance", "business")}


@pytest.fixture(scope="module")
def shop():
    return cx.ipe()


@pytest.fixture(scope="module")
def warehouse(shop):
    database = duckdb.connect()
    for name in shop:
        database.register(name, shop.table(name).to_pyarrow())
    return database


@pytest.mark.parametrize("key", METRICS)
def test_periods_are_compared_or_it_says_why_not(key, shop):
    if key in LACKS:
        with pytest.raises(cx.InputError, match=LACKS[key]):
            cx.compare(shop, key, periods="quarter")
        return
    found = cx.compare(shop, key, periods="quarter", by=BY.get(key, ()))
    if key in NOTHING:
        assert cx.show(found).startswith("There is nothing to compare")
        return
    assert len(found) and found["verdict"].isin(["up", "down", "not_clear", "too_few"]).all()
    told = found[found["verdict"] != "too_few"]
    if key in ALIKE:
        assert found["change"].eq(0).all() and set(told["verdict"]) == {"not_clear"}
        assert "no clear change" in cx.show(found) and "nan" not in cx.show(found)
        return
    assert len(told) and (told["n_from"] > 0).all() and (told["low"] <= told["change"]).all()
    assert (told["change"] == told["value_to"] - told["value_from"]).all() or told["change"].sub(
        told["value_to"] - told["value_from"]
    ).abs().max() == pytest.approx(0, abs=1e-6)
    up, down = told["verdict"] == "up", told["verdict"] == "down"
    assert (told.loc[up, "low"] > 0).all() and (told.loc[down, "high"] < 0).all()
    assert cx.show(found)


@pytest.mark.parametrize(("key", "rule"), MORE_RULES)
def test_the_sql_of_every_rule_gives_its_numbers_and_is_well_formed(key, rule, shop, warehouse):
    """The default rules are tried in test_sql.py, in every dialect."""
    if (key, rule) in WORKED_OUT_HERE:
        with pytest.raises(cx.InputError, match="cannot be handed over as SQL"):
            cx.sql(shop, key, rule=rule, dialect="snowflake")
        return
    theirs = warehouse.sql(cx.sql(shop, key, rule=rule, dialect="duckdb")).df().iloc[0]
    ours = cx.metric(shop, key, rule=rule).iloc[0]
    assert [int(theirs["n"]), theirs["total"], theirs["weight"]] == pytest.approx(
        [int(ours["n"]), ours["numerator"], ours["denominator"]]
    )
    for dialect in NAMED:
        parsed = sqlglot.parse_one(cx.sql(shop, key, rule=rule, dialect=dialect), read=dialect)
        made_up = {part.alias for part in parsed.find_all(sqlglot.exp.CTE)}
        assert {table.name for table in parsed.find_all(sqlglot.exp.Table)} - made_up <= set(shop)
