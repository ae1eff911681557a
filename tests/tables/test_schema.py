import re

import pytest

from cxlib.errors import InputError
from cxlib.tables.schema import PRIVACY, TYPES, schema, table

TABLES = [
    "customers", "identities", "stores", "products", "sessions", "events", "carts", "orders", "order_items",
    "returns", "shipments", "subscriptions", "mrr_ledger", "ad_spend", "campaigns", "conversions",
    "web_daily", "deals", "social_daily", "social_posts", "app_installs", "referrals", "tickets",
    "ticket_events", "sla_policies", "business_hours", "holidays", "bot_sessions", "rpa_runs",
    "survey_invites", "survey_responses", "moments", "employees", "ex_pulse", "store_csat_pulse",
    "experiments",
]  # fmt: skip
PEOPLE = ("customers", "identities", "employees")
LENGTHS = ("seconds", "minutes", "days")
UNITS = ("", "cents", "share", "points", *LENGTHS)
every_table = pytest.mark.parametrize("described", schema().values(), ids=lambda described: described.name)


def is_a_pair_of_sentences(meanings):
    english, portuguese = meanings["en"], meanings["pt-BR"]
    full_stops = english[1:].endswith(".") and portuguese[1:].endswith(".")
    return full_stops and (english != portuguese or len(english.split()) <= 3)


def test_the_tables_in_order():
    assert list(schema()) == TABLES


@every_table
def test_meanings(described):
    assert is_a_pair_of_sentences(described.meanings)
    for column in described.columns.values():
        assert is_a_pair_of_sentences(column.meanings), column
        if column.type == "instant":
            assert all("(UTC)" in meaning for meaning in column.meanings.values()), column


@every_table
def test_primary_key(described):
    assert described.primary_key
    assert set(described.primary_key) <= set(described.required)
    if len(described.primary_key) == 1:
        assert described.primary_key[0].endswith("_id")


@every_table
def test_types_units_and_values(described):
    for name, column in described.columns.items():
        assert re.fullmatch(r"[a-z][a-z_]*", name)
        assert column.type in TYPES, name
        assert column.unit in UNITS, name
        assert len(set(column.values)) == len(column.values), name
        assert column.type == "string" or not column.values, name


@every_table
def test_names_tell_the_type(described):
    for name, column in described.columns.items():
        assert name.endswith("_at") == (column.type == "instant"), name
        assert name.endswith("_on") == (column.type == "date"), name
        assert name.endswith("_cents") == (column.unit == "cents"), name
        assert not name.endswith("_ts"), name
        if name.endswith("_cents"):
            assert column.type == "integer", name
            assert "currency" in described.columns, name
        if name.endswith("_id"):
            assert column.type == "string", name
        for length in LENGTHS:
            assert name.endswith(f"_{length}") == (column.unit == length), name


@every_table
def test_privacy(described):
    for name, column in described.columns.items():
        assert column.privacy in ("", *PRIVACY), name
        assert column.type == "string" or not column.privacy, name
        is_key = described.name in PEOPLE and name in described.primary_key
        if is_key or column.references in PEOPLE:
            assert column.privacy == "person", name


@every_table
def test_references(described):
    for name, column in described.columns.items():
        if column.references:
            target = table(column.references)
            assert name.endswith("_id")
            assert len(target.primary_key) == 1, name
            key = target.columns[target.primary_key[0]]
            assert (column.type, column.privacy) == (key.type, key.privacy), name


@every_table
def test_a_column_called_like_a_key_points_to_it(described):
    keys = {other.primary_key[0]: other.name for other in schema().values() if len(other.primary_key) == 1}
    for name, column in described.columns.items():
        if name in keys and name not in described.primary_key:
            assert column.references == keys[name], name


def test_lists_of_values_are_found_by_name():
    assert table("orders").columns["channel"].values[:2] == ("web", "app")
    assert table("survey_invites").columns["type"].values == ("nps", "csat", "ces")


def test_what_a_survey_answer_needs():
    assert table("survey_responses").required == ["response_id", "type", "score", "answered_at"]


def test_an_unknown_table_is_refused_with_the_names_there_are():
    with pytest.raises(InputError) as refused:
        table("surveys")
    assert "'surveys'" in str(refused.value)
    assert all(name in str(refused.value) for name in TABLES)
