"""Zendesk's files, one trap after the other. What is expected was worked out by hand from the rules of the vendor."""

import gzip
import json
import zipfile

import pandas as pd
import pytest
from lookalikes import bare, lines, page, zendesk_metric, zendesk_ticket

import cxlib as cx
from cxlib.platforms.importing import import_platform, recognised
from cxlib.tables.check import check, tallies

CSV = """\
Id,Requester,Requester id,Requester email,Assignee,Group,Subject,Tags,Status,Priority,Via,Created at,Updated at,\
Solved at,Satisfaction Score,Reopens,First reply time in minutes,Motivo do Contato [list]
1,Ana,901,ana@example.com,Bia,Suporte,Pedido,closed_by_merge vip,Closed,-,Mail,2025-03-09 22:30,2025-03-11 09:00,\
2025-03-11 07:00,Good,2,90,Atraso
2,Caio,902,-,-,Suporte,Troca,,Open,High,Instagram DM,2025-03-10 10:00,2025-03-10 10:00,-,Offered,0,-,-
3,Duda,903,-,Bia,Suporte,Nota,,Solved,Normal,Web form,2025-03-10 11:00,2025-03-10 12:00,2025-03-10 12:00,Bad,0,5,-
"""


@pytest.fixture
def bring(tmp_path):
    def run(*files, **options):
        return import_platform("zendesk", files, tmp_path / "out", **options)

    return run


@pytest.mark.parametrize(
    "envelope",
    [
        {"meta": {"has_more": False}, "links": {"prev": None, "next": None}},
        {"next_page": None, "previous_page": None, "count": 2},
        {"count": 2, "end_of_stream": False, "next_page": "x", "end_time": 1},
        {"after_url": "x", "after_cursor": "y", "end_of_stream": True},
    ],
)
def test_all_four_envelopes(bring, tmp_path, envelope):
    shop = bring(page(tmp_path / "p.json", tickets=[zendesk_ticket(1), zendesk_ticket(2)], **envelope))
    assert shop.frame("tickets")["ticket_id"].tolist() == ["1", "2"]


def test_one_ticket_a_line_plain_zipped_and_gzipped(tmp_path):
    records = [{"ticket": zendesk_ticket(id)} for id in (1, 2, 3)]
    plain = lines(tmp_path / "export.json", records)
    packed = tmp_path / "export-2025.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(plain, "export.json")
    squeezed = tmp_path / "export.json.gz"
    squeezed.write_bytes(gzip.compress(plain.read_bytes()))
    for number, file in enumerate((plain, packed, squeezed)):
        shop = import_platform("zendesk", [file], tmp_path / str(number))
        assert len(shop.frame("tickets")) == 3


def test_values_of_a_ticket_with_its_clocks_and_names(bring, tmp_path):
    shop = bring(
        page(tmp_path / "t.json", tickets=[zendesk_ticket(1)], groups=[{"id": 70, "name": "Suporte"}]),
        page(tmp_path / "m.json", ticket_metrics=[zendesk_metric(1), zendesk_metric(99)]),
        zone="UTC",
    )
    row = shop.frame("tickets").iloc[0]
    assert row["created_at"] == pd.Timestamp("2025-03-10 01:30", tz="UTC")
    assert row["first_human_reply_at"] == pd.Timestamp("2025-03-10 03:00", tz="UTC")  # 90 calendar minutes later
    assert row["solved_at"] == pd.Timestamp("2025-03-11 10:00", tz="UTC")
    assert (row["team"], row["reopened_count"], row["channel"], row["status"]) == ("Suporte", 2, "email", "solved")
    assert row["first_reply_business_minutes"] == "30"
    codes = check(shop).set_index("code")["count"]
    assert codes["joined_to_its_row"] == 1
    assert codes["without_its_row"] == 1  # the clock of ticket 99
    assert codes["derived"] == 1


def test_the_first_public_comment_of_staff_goes_before_the_derived_reply(bring, tmp_path):
    users = [
        {"id": 7, "name": "Bia", "email": "bia@example.com", "role": "agent"},
        {"id": 901, "name": "Ana", "email": "ana@example.com", "role": "end-user", "phone": "(11) 98765-4321"},
    ]
    written = [(901, True, "01:31"), (7, False, "01:40"), (7, True, "02:10"), (7, True, "05:00")]
    comments = [
        {"id": n, "author_id": who, "public": public, "created_at": f"2025-03-10T{at}:00Z", "ticket_id": 1}
        for n, (who, public, at) in enumerate(written)
    ]
    shop = bring(
        page(tmp_path / "t.json", tickets=[zendesk_ticket(1)], users=users),
        page(tmp_path / "m.json", ticket_metrics=[zendesk_metric(1)]),
        page(tmp_path / "c.json", comments=comments),
        zone="UTC",
    )
    assert shop.frame("tickets")["first_human_reply_at"].iloc[0] == pd.Timestamp("2025-03-10 02:10", tz="UTC")
    assert shop.frame("ticket_events")["actor"].tolist() == ["customer", "human", "human", "human"]
    assert len(shop.frame("customers")) == 1  # the agent is no customer
    assert set(shop.frame("identities")["kind"]) == {"email", "phone"}
    assert shop.frame("identities")["customer_id"].nunique() == 1
    assert shop.frame("tickets")["customer_id"].iloc[0] == shop.frame("customers")["customer_id"].iloc[0]


def test_the_file_of_the_account_gives_what_its_api_gives(tmp_path):
    (tmp_path / "export.csv").write_text("\ufeff" + CSV, encoding="utf-8")
    file = import_platform("zendesk", [tmp_path / "export.csv"], tmp_path / "a", source_zone="America/Sao_Paulo")
    row = file.frame("tickets").iloc[0]
    api = import_platform(
        "zendesk",
        [
            page(tmp_path / "t.json", tickets=[zendesk_ticket(1, tags=["closed_by_merge"], status="closed")]),
            page(tmp_path / "m.json", ticket_metrics=[zendesk_metric(1)]),
        ],
        tmp_path / "b",
    ).frame("tickets")
    same = [
        "ticket_id",
        "customer_id",
        "created_at",
        "first_human_reply_at",
        "solved_at",
        "status",
        "channel",
        "merged",
    ]
    assert row[same].tolist() == api.iloc[0][same].tolist()
    assert file.frame("tickets").dtypes[same].tolist() == api.dtypes[same].tolist()


def test_the_file_of_the_account_without_a_zone_is_refused(bring, tmp_path):
    (tmp_path / "export.csv").write_text(CSV, encoding="utf-8")
    with pytest.raises(cx.InputError, match="--source-zone America/Sao_Paulo"):
        bring(tmp_path / "export.csv")
    assert not (tmp_path / "out").exists()


def test_good_is_one_bad_is_nought_and_offered_is_no_answer(bring, tmp_path):
    def rating(id, ticket, score, **other):
        return {
            "id": id, "ticket_id": ticket, "score": score, "requester_id": 901, "comment": "<p>Obrigada&nbsp;!</p>",
            "created_at": "2025-03-11T10:00:00Z", "updated_at": f"2025-03-11T1{id}:00:00Z",
        } | other  # fmt: skip

    ratings = [rating(0, 1, "offered"), rating(1, 1, "good"), rating(2, 2, "bad"), rating(3, 3, "unoffered")]
    shop = bring(page(tmp_path / "r.json", satisfaction_ratings=ratings))
    answers = shop.frame("survey_responses")
    assert answers["score"].tolist() == [1, 0]
    assert answers["comment"].tolist() == ["Obrigada !", "Obrigada !"]
    assert answers["asked_at"].notna().tolist() == [True, False]
    assert shop.frame("survey_invites")["ticket_id"].tolist() == ["1"]
    account = tallies(shop)
    assert account["rows_in"].sum() == 4
    assert account["rows_set_aside"].sum() == 1
    assert "not_an_answer" in set(check(shop)["code"])


def test_a_rating_in_the_file_of_the_account_counts_though_nobody_knows_when(bring, tmp_path):
    (tmp_path / "export.csv").write_text(CSV, encoding="utf-8")
    shop = bring(tmp_path / "export.csv", source_zone="America/Sao_Paulo")
    answers = shop.frame("survey_responses")
    assert answers["score"].tolist() == [1, 0]
    assert answers["answered_at"].isna().all()


def test_the_later_change_of_a_ticket_wins_and_is_counted(bring, tmp_path):
    early = zendesk_ticket(1, status="open", updated_at="2025-03-10T02:00:00Z")
    late = zendesk_ticket(1, status="solved", updated_at="2025-03-12T00:00:00Z")
    shop = bring(
        page(tmp_path / "b.json", tickets=[late, zendesk_ticket(2)]), page(tmp_path / "a.json", tickets=[early])
    )
    assert dict(zip(*(shop.frame("tickets")[name] for name in ("ticket_id", "status")), strict=True)) == {
        "1": "solved",
        "2": "solved",
    }
    assert check(shop).set_index("code")["count"]["older_version"] == 1
    assert tallies(shop)["rows_set_aside"].tolist() == [0, 1]


def test_a_change_by_the_system_is_newer_though_updated_at_stands_still(bring, tmp_path):
    system = zendesk_ticket(1, status="closed", generated_timestamp=1_800_000_000)
    person = zendesk_ticket(1, status="open", generated_timestamp=1_700_000_000)
    shop = bring(page(tmp_path / "p.json", tickets=[system, person]))
    assert shop.frame("tickets")["status"].tolist() == ["closed"]


def test_a_later_delivery_replaces_adds_and_keeps_and_the_account_adds_up(bring, tmp_path):
    first = [zendesk_ticket(1, status="open"), zendesk_ticket(2)]
    bring(page(tmp_path / "a.json", tickets=first))
    again = [zendesk_ticket(1, updated_at="2025-04-01T00:00:00Z"), zendesk_ticket(3)]
    shop = bring(page(tmp_path / "b.json", tickets=again))
    frame = shop.frame("tickets").set_index("ticket_id")
    assert frame["status"].to_dict() == {"1": "solved", "2": "solved", "3": "solved"}
    account = tallies(shop)
    assert account["rows_used"].sum() == 3
    assert account["rows_in"].sum() == 4
    assert not check(shop)["outcome"].eq("problem").any()


def test_an_older_delivery_that_comes_late_changes_nothing(bring, tmp_path):
    bring(page(tmp_path / "a.json", tickets=[zendesk_ticket(1)]))
    old = zendesk_ticket(1, status="open", updated_at="2025-01-01T00:00:00Z")
    shop = bring(page(tmp_path / "b.json", tickets=[old]))
    assert shop.frame("tickets")["status"].tolist() == ["solved"]
    assert tallies(shop)["rows_used"].tolist() == [1, 0]


def test_a_promise_kept_too_late_was_missed(bring, tmp_path):
    def event(id, ticket, kind, **other):
        return {
            "id": id, "ticket_id": ticket, "metric": "reply_time", "instance_id": 1, "type": kind,
            "time": f"2025-03-10T0{id}:00:00Z",
        } | other  # fmt: skip

    events = [
        event(1, 1, "apply_sla", sla={"target": 60, "policy": {"id": 5, "title": "24h"}}),
        event(2, 1, "breach"), event(3, 1, "fulfill"),
        event(4, 2, "apply_sla"), event(5, 2, "fulfill"), event(6, 2, "activate"),
    ]  # fmt: skip
    shop = bring(page(tmp_path / "e.json", ticket_metric_events=events))
    frame = shop.frame("ticket_events").sort_values("occurred_at")
    assert frame["event_type"].tolist() == ["sla_applied", "sla_missed", "sla_applied", "sla_met"]
    codes = check(shop).set_index("code")["count"]
    assert codes["sla_missed_already"] == 1
    assert codes["no_sla_mark"] == 1


def test_deleted_tickets_stay_and_are_called_so(bring, tmp_path):
    shop = bring(page(tmp_path / "p.json", tickets=[zendesk_ticket(1, status="deleted")]))
    assert shop.frame("tickets")["status"].tolist() == ["deleted"]


def test_a_record_that_is_none_is_counted(bring, tmp_path):
    shop = bring(page(tmp_path / "p.json", tickets=[zendesk_ticket(1), None, "x", {"id": None, "status": "new"}]))
    assert tallies(shop)[["rows_in", "rows_used", "rows_set_aside"]].values.tolist() == [[4, 1, 3]]


def test_what_was_recognised_and_why(tmp_path):
    found = recognised([page(tmp_path / "p.json", tickets=[zendesk_ticket(1)])])
    assert [(one.shape.platform, one.shape.name) for one in found] == [("zendesk", "tickets")]
    assert 'holds "tickets"' in found[0].evidence


def test_what_is_not_recognised_is_told_what_was_looked_for(bring, tmp_path):
    with pytest.raises(cx.InputError, match=r"Looked for: Zendesk tickets .*cx propose FILE"):
        bring(bare(tmp_path / "p.json", [{"a": 1}]))


@pytest.mark.parametrize(
    "text", ["{", '{"tickets": [', "[1, 2", "[]", "{}", "null", '{"tickets": []}', "\0", "[" * 9999]
)
def test_broken_files_are_one_sentence_and_nothing_is_written(bring, tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(cx.InputError):
        bring(tmp_path / "p.json")
    assert not (tmp_path / "out").exists()


def test_an_archive_that_unfolds_without_end_is_refused(bring, tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 50_000_000)
    with pytest.raises(cx.InputError, match="would unpack to more than"):
        bring(tmp_path / "z.zip")


def test_people_are_pseudonyms_and_text_is_redacted(bring, tmp_path):
    users = [{"id": 901, "name": "Ana Prado", "email": "ana@example.com", "role": "end-user", "phone": "11987654321"}]
    ticket = zendesk_ticket(1, subject="Sou ana@example.com, CPF 123.456.789-09")
    bring(page(tmp_path / "t.json", tickets=[ticket], users=users))
    import pyarrow.parquet as pq

    for file in (tmp_path / "out").iterdir():
        text = (
            json.dumps(pq.read_table(file).to_pylist(), default=str)
            if file.suffix == ".parquet"
            else file.read_text()
        )
        for secret in ("ana@example", "Ana Prado", "987654321", "123.456.789-09", '"901"'):
            assert secret not in text
