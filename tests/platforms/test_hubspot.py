"""HubSpot: objects of its API, stages that are numbers, merged contacts, exports in two languages."""

import pandas as pd
import pytest
from lookalikes import page

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.tables.check import check, tallies

STAGES = {
    "results": [
        {"id": "0", "label": "Suporte", "stages": [
            {"id": "1", "label": "Novo", "metadata": {"isClosed": "false", "ticketState": "OPEN"}},
            {"id": "4", "label": "Fim", "metadata": {"isClosed": "true", "ticketState": "CLOSED"}}]},
        {"id": "default", "label": "Vendas", "stages": [
            {"id": "closedwon", "label": "Em espera", "metadata": {"isClosed": "false", "probability": "0.5"}},
            {"id": "77", "label": "Fechado", "metadata": {"isClosed": "true", "probability": "1.0"}},
            {"id": "78", "label": "Perdido", "metadata": {"isClosed": "true", "probability": "0.0"}}]},
    ]
}  # fmt: skip


@pytest.fixture
def bring(tmp_path):
    def run(*files, **options):
        return import_platform("hubspot", files, tmp_path / "out", **options)

    return run


def thing(id, contact=None, **properties):
    found = {"id": str(id), "properties": properties, "createdAt": "2025-02-24T03:00:13.460Z",
             "updatedAt": "2025-02-24T14:07:59.929Z", "archived": False}  # fmt: skip
    return found | ({"associations": {"contacts": {"results": [{"id": contact}]}}} if contact else {})


def test_stages_are_read_from_the_pipelines_not_from_their_ids(bring, tmp_path):
    deals = [
        thing(id, "51", dealname="D", amount="500", dealstage=stage, pipeline="default",
              closedate="2025-03-01T02:00:00Z", createdate="2025-02-24T03:00:00Z")
        for id, stage in enumerate(["closedwon", "77", "78"])
    ]  # fmt: skip
    shop = bring(
        page(tmp_path / "d.json", results=deals), page(tmp_path / "p.json", **STAGES), currency="BRL", zone="UTC"
    )
    frame = shop.frame("deals").sort_values("deal_id")
    assert frame["outcome"].tolist() == ["open", "won", "lost"]
    assert frame["stage"].tolist() == ["Em espera", "Fechado", "Perdido"]
    assert frame["closed_at"].isna().tolist() == [True, False, False]  # on an open deal it is a forecast
    assert frame["value_cents"].tolist() == [50000] * 3
    assert frame["customer_id"].nunique() == 1


def test_tickets_by_their_state(bring, tmp_path):
    tickets = [
        thing(1, hs_pipeline="0", hs_pipeline_stage="1", subject="x", createdate="2025-02-24T03:00:00Z",
              hs_ticket_priority="MEDIUM", first_agent_reply_date="2025-02-24T04:00:00Z", source_type="FORM"),
        thing(2, hs_pipeline="0", hs_pipeline_stage="4", subject="y", createdate="2025-02-24T03:00:00Z",
              closed_date="2025-02-25T03:00:00Z", hs_ticket_priority="URGENT"),
    ]  # fmt: skip
    files = page(tmp_path / "t.json", results=tickets), page(tmp_path / "p.json", **STAGES)
    pairs = page(tmp_path / "a.json", results=[{"from": {"id": "1"}, "to": [{"toObjectId": 51}]}])
    frame = bring(*files, pairs, zone="UTC").frame("tickets")
    assert frame["status"].tolist() == ["open", "closed"]
    assert frame["priority"].tolist() == ["normal", "urgent"]
    assert frame["team"].tolist() == ["Suporte", "Suporte"]
    assert frame["channel"].tolist()[0] == "web"
    assert frame["customer_id"].notna().tolist() == [True, False]
    assert frame["first_human_reply_at"][0] == pd.Timestamp("2025-02-24 04:00", tz="UTC")


def test_without_pipelines_a_stage_stays_a_number_and_it_is_said(bring, tmp_path):
    ticket = thing(1, hs_pipeline="0", hs_pipeline_stage="4", createdate="2025-02-24T03:00:00Z")
    shop = bring(page(tmp_path / "t.json", results=[ticket]))
    assert shop.frame("tickets")["status"].isna().all()
    assert shop.frame("tickets")["status_label"].tolist() == ["4"]
    assert "stages_not_given" in set(check(shop)["code"])


def test_merged_contacts_are_one_person(bring, tmp_path):
    contacts = [
        thing(10, email="ana@example.com", hs_merged_object_ids="11;12", hs_email_optout="true",
              hs_additional_emails="a2@example.com", createdate="2025-01-01T00:00:00Z"),
        thing(11, email="old@example.com"), thing(13, email="caio@example.com", hs_email_optout="false"),
    ]  # fmt: skip
    ticket = thing(1, "11", hs_pipeline="0", hs_pipeline_stage="1")
    shop = bring(page(tmp_path / "c.json", results=contacts), page(tmp_path / "t.json", results=[ticket]))
    people = shop.frame("customers")
    assert people["consent_marketing"].tolist() == [False, True]
    assert shop.frame("tickets")["customer_id"].tolist() == people["customer_id"].tolist()[:1]
    ana = shop.frame("identities")["customer_id"].eq(people["customer_id"][0])
    assert ana.sum() == 3  # her two addresses and that of the contact merged into her
    assert tallies(shop).set_index("table").loc["customers"][["rows_in", "rows_used"]].tolist() == [3, 2]


def test_answers_carry_the_scale_of_their_survey(bring, tmp_path):
    def answer(id, kind, value):
        return thing(id, hs_survey_type=kind, hs_value=value, hs_submission_timestamp="2025-03-01T10:00:00Z",
                     hs_contact_id="10", hs_content="<b>ok</b>")  # fmt: skip

    answers = [answer(1, "NPS", "0"), answer(2, "CSAT", "2"), answer(3, "CSAT", "0"), answer(4, "CES", "7"),
               answer(5, "CUSTOM", "3")]  # fmt: skip
    shop = bring(page(tmp_path / "f.json", results=answers))
    frame = shop.frame("survey_responses").sort_values("response_id")
    assert frame[["type", "score", "scale_min", "scale_max"]].values.tolist() == [
        ["nps", 0, 0, 10], ["csat", 2, 0, 2], ["csat", 0, 0, 2], ["ces", 7, 1, 7],
    ]  # fmt: skip
    assert frame["comment"].tolist() == ["ok"] * 4
    assert {"scale_by_evidence", "no_nps_csat_or_ces"} <= set(check(shop)["code"])


def test_exports_in_english_and_portuguese_give_the_same(tmp_path):
    texts = {
        "en": "Record ID,Deal Name,Deal Stage,Amount,Create Date\n9,Plano,Proposta,1234.56,2025-03-12 09:14\n",
        "pt": 'ID do registro,Nome do negócio,Fase do negócio,Valor,Data de criação,Pipeline\n9,Plano,Proposta,'
              '"R$ 1.234,56",2025-03-12 09:14,V\n',
    }  # fmt: skip
    rows = []
    for language, text in texts.items():
        (tmp_path / f"{language}.csv").write_text(text, encoding="cp1252")
        options = {"source_zone": "America/Sao_Paulo", "currency": "BRL"}
        shop = import_platform("hubspot", [tmp_path / f"{language}.csv"], tmp_path / language, **options)
        rows.append(shop.frame("deals").iloc[0][["deal_id", "title", "stage", "value_cents", "created_at"]].tolist())
    assert rows[0] == rows[1]
    assert rows[0][3] == 123456


def test_an_export_of_tickets_waits_for_a_confirmation(bring, tmp_path):
    text = "ID do registro,Nome do tíquete,Status do tíquete,Prioridade,Data de criação\n1,x,Novo,Alta,2025-03-12\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(cx.InputError, match="--confirm"):
        bring(tmp_path / "t.csv", source_zone="UTC")
    frame = bring(tmp_path / "t.csv", source_zone="UTC", confirm=True).frame("tickets")
    assert frame[["ticket_id", "priority", "status_label"]].values.tolist() == [["1", "high", "Novo"]]
