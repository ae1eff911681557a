"""What holds for every platform: recognised, accounted for, safe with broken and hostile files."""

import json
import os
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from mutating.deliveries import SUBJECTS
from mutating.ending import one_mutation
from platform_files import FILES, OPTIONS

import cxlib as cx
from cxlib.platforms.description import NAMES, platform
from cxlib.platforms.importing import import_platform, recognised
from cxlib.tables.check import check
from cxlib.tables.opening import open_dataset
from cxlib.tables.schema import schema

sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))
from hostile import PAYLOADS

SHARED = Path(os.environ.get("CX_SHARED", Path(__file__).parents[3] / "shared")) / "platform-samples"
MUTATIONS = 3  # a platform, on every run; CX_MUTATIONS asks for more


def balanced(shop):
    """Whether every row is used or set aside, and what is used is what stands there."""
    for name in shop:
        own = [tally for tally in shop.audit.tallies if tally.table == name]
        assert all(one.rows_in == one.rows_used + one.rows_set_aside for one in own)
        assert sum(one.rows_used for one in own) == len(shop.frame(name)), name
    assert not check(shop)["outcome"].eq("problem").any()
    return True


def test_every_platform_is_tried_here():
    assert set(FILES) == set(NAMES)


@pytest.mark.parametrize("key", NAMES)
def test_what_a_platform_fills_is_in_the_schema_and_comes_from_somewhere(key):
    for filled in platform(key).filled:
        assert filled.section.table in schema()
        assert not filled.section.again
        for name in (*filled.owned, *filled.plain, *filled.identity):
            assert filled.section.fields[name].column


@pytest.mark.parametrize("key", NAMES)
def test_files_are_recognised_brought_in_accounted_for_and_brought_in_again(key, tmp_path):
    files = FILES[key](tmp_path)
    assert {one.shape.platform for one in recognised(files)} == {key}
    first = import_platform("auto", files, tmp_path / "out", **OPTIONS)
    assert balanced(first)
    rows = {name: len(first.frame(name)) for name in first}
    again = import_platform(key, files, tmp_path / "out", **OPTIONS)
    assert balanced(again)
    assert {name: len(again.frame(name)) for name in again} == rows


@pytest.mark.parametrize("key", NAMES)
def test_hostile_texts_are_text(key, tmp_path):
    text = json.dumps(" ".join(PAYLOADS), ensure_ascii=False)[1:-1]
    files = FILES[key](tmp_path)
    for file in files:
        content = file.read_text(encoding="utf-8")
        for word in ("Pedido atrasado", "Suporte", "x.example/p", "Pós-venda", '"ok', '"x'):
            content = content.replace(word, ('"' if word[0] == '"' else "") + text)
        file.write_text(content, encoding="utf-8")
    assert balanced(import_platform(key, files, tmp_path / "out", **OPTIONS))


@pytest.mark.parametrize("key", SUBJECTS)
def test_broken_files_are_a_true_account_or_one_sentence(key, tmp_path):
    """A few of those of benchmarks/mutations.py, for every platform, CSV and Parquet."""
    for number in range(int(os.environ.get("CX_MUTATIONS", MUTATIONS))):
        ending = one_mutation(key, f"test {number}", tmp_path)
        assert not ending.trouble, (number, ending)


@pytest.mark.parametrize("key", NAMES)
def test_nothing_of_a_person_is_in_any_file(key, tmp_path):
    import_platform(key, FILES[key](tmp_path), tmp_path / "out", **OPTIONS)
    for file in (tmp_path / "out").iterdir():
        rows = pq.read_table(file).to_pylist() if file.suffix == ".parquet" else file.read_text(encoding="utf-8")
        text = json.dumps(rows, default=str, ensure_ascii=False)
        for secret in ("ana@example", "bia@example", "98765", '"Ana"', '"Bia"'):
            assert secret.casefold() not in text.casefold(), (file.name, secret)


def test_one_ticket_id_from_two_platforms_is_refused(tmp_path):
    import_platform("zendesk", FILES["zendesk"](tmp_path), tmp_path / "out")
    with pytest.raises(cx.InputError, match="tickets: 1 comes from zendesk, movidesk"):
        import_platform("movidesk", FILES["movidesk"](tmp_path), tmp_path / "out")
    assert balanced(open_dataset(tmp_path / "out"))


def test_auto_says_what_it_found_and_writes_nothing(tmp_path, capsys):
    from cxlib.cli import main

    with pytest.raises(SystemExit) as left:
        main(["import", "auto", *map(str, FILES["track_co"](tmp_path))])
    assert left.value.code == 0
    printed = capsys.readouterr().out
    assert "Track.co" in printed
    assert "nps_answer" in printed


def test_a_platform_that_is_none(tmp_path):
    with pytest.raises(cx.InputError, match="Known: zendesk"):
        import_platform("salesforce", FILES["track_co"](tmp_path), tmp_path / "out")


SAMPLES = {
    "zendesk": [
        (["zendesk/go-zendesk_tickets.json"], {"tickets": (2, 0)}),
        (["zendesk/fivetran_ticket_data.csv"], {"tickets": (6, 0)}),
        (["zendesk/zenpy_doc_satisfaction_rating.json"], {"survey_responses": (1, 0)}),
        (["zendesk/zenpy_doc_ticket_metric_event.json"], {"ticket_events": (1, 0)}),
    ],
    "movidesk": [(["movidesk/ticket_payload_structure_masked.json"], {"tickets": (1, 0), "identities": (1, 0)})],
    "rd_station": [
        (["rd_station/rdsm_contact.json"], {"customers": (1, 0), "identities": (3, 0)}),
        (["rd_station/rdsm_contact_events.json"], {"conversions": (1, 0)}),
        (["rd_station/rdsm_event_examples.json"], {"conversions": (1, 0), "deals": (2, 0), "orders": (1, 0)}),
        (["rd_station/rdsm_segmentation_contacts.json"], {"customers": (1, 0)}),
        (["rd_station/rdsm_analytics_emails.json"], {"campaigns": (1, 0)}),
        (["rd_station/rdsm_webhook_converted.json"], {"customers": (1, 0), "conversions": (1, 0)}),
        (["rd_station/crm_v1_list_deals.json"], {"deals": (1, 0)}),
        (["rd_station/crm_v2_list_deals_shape.json"], {"deals": (1, 0)}),
    ],
    "hubspot": [
        (["hubspot/dlt_mock_contacts_data.json"], {"customers": (2, 0), "identities": (2, 0)}),
        (["hubspot/dlt_mock_tickets_data.json"], {"tickets": (2, 0)}),
        (["hubspot/dlt_mock_deals_data.json"], {"deals": (2, 0)}),
    ],
    "track_co": [
        (["track_co/v2_report_answer.json"], {"survey_responses": (1, 0)}),
        (["track_co/v2_campaign.json"], {"campaigns": (1, 0)}),
    ],
}


@pytest.mark.parametrize(
    ("key", "names", "expected"), [(key, *one) for key, many in SAMPLES.items() for one in many], ids=str
)
def test_samples_of_the_platforms(key, names, expected, tmp_path):
    files = [SHARED / name for name in names]
    if not all(file.exists() for file in files):
        pytest.skip("the samples are not here")
    shop = import_platform(key, files, tmp_path / "out", **OPTIONS)
    assert balanced(shop)
    found: dict[str, tuple[int, int]] = {}
    for tally in shop.audit.tallies:
        used, aside = found.get(tally.table, (0, 0))
        found[tally.table] = (used + tally.rows_used, aside + tally.rows_set_aside)
    assert {name: found[name] for name in expected} == expected
