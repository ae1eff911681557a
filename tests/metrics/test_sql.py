"""SQL to hand over: the same numbers when somebody else runs it, and well-formed in every dialect."""

from dataclasses import replace

import duckdb
import pytest
import sqlglot

import cxlib as cx
from cxlib.metrics.catalogue import METRICS
from cxlib.metrics.definition import Ratio
from cxlib.tables.engine import DIALECTS, lazy_ibis

RATIOS = [key for key, metric in METRICS.items() if isinstance(metric, Ratio)]


@pytest.fixture(scope="module")
def shop():
    """Ipê, with the one column its log lacks: which answer somebody got back to."""
    company = cx.ipe()
    named = company.events.mutate(response_id=lazy_ibis().null("string"))
    return replace(company, tables={**company.tables, "events": named})


@pytest.fixture(scope="module")
def warehouse(shop):
    """A database that knows nothing of us but the tables, under their names."""
    database = duckdb.connect()
    for name in shop:
        database.register(name, shop.table(name).to_pyarrow())
    return database


@pytest.mark.parametrize("key", RATIOS)
def test_somebody_else_gets_the_same_numbers(key, shop, warehouse):
    theirs = warehouse.sql(cx.sql(shop, key, dialect="duckdb")).df().iloc[0]
    ours = cx.metric(shop, key).iloc[0]
    assert int(theirs["n"]) == ours["n"]
    assert theirs["total"] == pytest.approx(ours["numerator"])
    assert theirs["weight"] == pytest.approx(ours["denominator"])


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("key", RATIOS)
def test_every_dialect_is_well_formed(key, dialect, shop):
    text = cx.sql(shop, key, dialect=dialect, every="month")
    parsed = sqlglot.parse_one(text, read=dialect)
    named = {table.name for table in parsed.find_all(sqlglot.exp.Table)}
    made_up = {part.alias for part in parsed.find_all(sqlglot.exp.CTE)}
    assert named - made_up <= set(METRICS[key].tables)


def test_an_unknown_dialect_is_named(shop):
    with pytest.raises(cx.InputError, match="Choose one of: duckdb, snowflake"):
        cx.sql(shop, "nps", dialect="cobol")
