"""Octadesk, which waits for a confirmation, and Track.co, whose times are seconds."""

import pandas as pd
import pytest
from lookalikes import bare, page

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.tables.check import check

CHAT = {
    "id": "c1", "number": 7, "channel": "whatsapp", "status": "closed", "createdAt": "2025-03-10T01:30:00.123Z",
    "updatedAt": "2025-03-10T03:00:00.000Z", "closedAt": None, "bot": {"closedAt": "2025-03-10T02:00:00.000Z"},
    "agentFirstMessageDate": "2025-03-10T01:40:00.000Z", "agent": {"id": "a1", "name": "Bia", "customFilds": []},
    "contact": {"id": "p1", "name": "Ana", "email": "x@octachat.com",
                "phoneContacts": [{"countryCode": "55", "number": "11987654321"}]},
    "group": {"name": "Suporte"}, "survey": {"response": "3", "comment": "ok"}, "customFields": [],
}  # fmt: skip
ANSWER = {
    "time": 1741573800, "type": "Email", "name": "Ana", "email": "Ana@Example.com", "phone": "11987654321",
    "identification": None, "nps_answer": 0, "last_nps_answer": 9, "nps_comment": "<p>N&atilde;o gostei</p>",
    "campaign_name": "Pós-venda", "campaign_code": 7, "id": 1, "dispatch_time": 1741570200, "elapsed_time": 60,
    "status": "Não precisa contatar", "tags": [{"name": "Região Sul", "value": "SC"}, {"name": None}],
    "justifications": [{"name": '{"pt-br":"foo"}', "children": []}],
}  # fmt: skip


def test_a_chat_waits_for_a_confirmation_in_words(tmp_path):
    with pytest.raises(cx.InputError, match="few users' programs"):
        import_platform("octadesk", [bare(tmp_path / "c.json", [CHAT])], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_chat(tmp_path, wrapped):
    bot = CHAT | {"id": "c2", "agent": None, "agentFirstMessageDate": None, "status": "talking", "survey": None,
                  "bot": None}  # fmt: skip
    chats = [CHAT, bot]
    file = page(tmp_path / "c.json", results=chats) if wrapped else bare(tmp_path / "c.json", chats)
    shop = import_platform("octadesk", [file], tmp_path / "out", confirm=True, zone="UTC")
    frame = shop.frame("tickets")
    assert frame["solved_at"].tolist()[0] == pd.Timestamp("2025-03-10 02:00", tz="UTC")
    assert frame["first_human_reply_at"].tolist()[0] == pd.Timestamp("2025-03-10 01:40", tz="UTC")
    assert frame[["status", "channel", "team", "bot_only"]].values.tolist() == [
        ["solved", "whatsapp", "Suporte", "false"], ["open", "whatsapp", "Suporte", "true"],
    ]  # fmt: skip
    assert shop.frame("identities")["kind"].tolist() == ["phone"]  # the address was made up by the chat
    assert "survey_responses" not in shop  # nobody said what was asked
    assert "survey_scale_unknown" in set(check(shop)["code"])


def test_tickets_of_octadesk_are_never_solved_by_their_last_change(tmp_path):
    ticket = {"id": "t1", "number": 1, "summary": "x", "createdAt": "2025-03-10T01:00:00Z",
              "updatedAt": "2025-03-11T01:00:00Z", "status": {"id": 1, "name": "Resolvido"},
              "requester": {"id": "p1", "email": "ana@example.com"}, "assigned": {"id": "a1"}}  # fmt: skip
    shop = import_platform("octadesk", [bare(tmp_path / "t.json", [ticket])], tmp_path / "out", confirm=True)
    assert "solved_at" not in shop.frame("tickets")
    assert shop.frame("tickets")["status"].tolist() == ["solved"]


def test_an_answer_of_track_co(tmp_path):
    other = ANSWER | {
        "id": 2,
        "email": None,
        "nps_answer": 10,
        "identification": "C-9",
        "dispatch_time": None,
        "tags": [],
    }
    shop = import_platform(
        "track_co", [bare(tmp_path / "a.json", [ANSWER, other])], tmp_path / "out", zone="America/Sao_Paulo"
    )
    frame = shop.frame("survey_responses")
    assert frame["score"].tolist() == [0, 10]
    assert frame["answered_at"].tolist()[0] == pd.Timestamp("2025-03-09 23:30", tz="America/Sao_Paulo")
    assert frame["asked_at"].notna().tolist() == [True, False]
    assert frame["comment"].tolist()[0] == "Não gostei"
    assert frame["tag_regiao_sul"].tolist()[0] == "SC"


def test_people_of_track_co_and_rd_station_meet_by_their_address(tmp_path):
    contact = {"uuid": "u-1", "email": "ana@example.com", "name": "Ana"}
    import_platform("track_co", [bare(tmp_path / "a.json", [ANSWER])], tmp_path / "out")
    shop = import_platform("rd_station", [bare(tmp_path / "c.json", [contact])], tmp_path / "out")
    assert shop.frame("customers")["customer_id"].tolist() == shop.frame("survey_responses")["customer_id"].tolist()


@pytest.mark.parametrize("counts", [{"dispatches": 10, "promoters": 3}, {"dispatches": "10", "promoters": "3"}])
def test_counts_of_campaigns_as_numbers_and_as_text(tmp_path, counts):
    campaign = {"name": "x", "code": 7, "detractors": 1, "passives": 2, "create_time": 1741573800} | counts
    shop = import_platform("track_co", [bare(tmp_path / "c.json", [campaign])], tmp_path / "out")
    assert shop.frame("campaigns")["sent"].tolist() == [10]


def test_a_file_of_answers_waits_for_a_confirmation(tmp_path):
    text = "Nota;Comentário;Nome;E-mail;Data;Campanha\n0;ruim;Ana;ana@example.com;25/03/2025 10:00;X\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    options = {"source_zone": "UTC"}
    with pytest.raises(cx.InputError, match="--confirm"):
        import_platform("track_co", [tmp_path / "a.csv"], tmp_path / "out", **options)
    shop = import_platform("track_co", [tmp_path / "a.csv"], tmp_path / "out", confirm=True, **options)
    assert shop.frame("survey_responses")["score"].tolist() == [0]
