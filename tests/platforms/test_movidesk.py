"""Movidesk's tickets and reports. Expected values follow from the vendor's manual, worked out by hand."""

import openpyxl
import pandas as pd
import pytest
from lookalikes import bare, movidesk_answer, movidesk_ticket

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.tables.check import check, tallies

HEADINGS = [
    "Número", "Assunto", "Status", "Urgência", "Origem de Abertura", "Cliente (Completo)", "Responsável",
    "Responsável: Equipe", "Aberto em", "Vencimento em", "1ª resposta dada em", "Resolvido em",
    "Indicador do SLA de Resposta", "Indicador do SLA de Solução", "Tempo de vida (Horas úteis)",
]  # fmt: skip
ROWS = [
    ["101", "Troca", "Resolvido", "Alta", "E-mail", "LOJA X » Ana Prado", "Bia", "Suporte", "03/04/2025 22:30",
     "Em pausa", "04/04/2025 08:00", "05/04/2025 10:00", "No prazo", "--", "30:15:00"],
    ["102", "Nota", "Em atendimento", "Baixa", "WhatsApp", "LOJA X » Caio", "Bia", "Suporte", "04/04/2025 10:00",
     "06/04/2025 10:00", "", "", "Fora do prazo", "Fora do prazo", "0.5"],
    ["102", "Nota", "Em atendimento", "Baixa", "WhatsApp", "LOJA X » Duda", "Bia", "Suporte", "04/04/2025 10:00",
     "06/04/2025 10:00", "", "", "Fora do prazo", "Fora do prazo", "0.5"],
]  # fmt: skip


@pytest.fixture
def bring(tmp_path):
    def run(*files, **options):
        return import_platform("movidesk", files, tmp_path / "out", **options)

    return run


@pytest.fixture
def report(tmp_path):
    book = openpyxl.Workbook()
    for row in [["Relatório de tickets"], ["Período: 01/04/2025 a 30/04/2025"], [], HEADINGS, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "relatorio.xlsx")
    return tmp_path / "relatorio.xlsx"


def test_times_with_seven_digits_are_utc_and_status_is_the_base_status(bring, tmp_path):
    row = bring(bare(tmp_path / "t.json", [movidesk_ticket(1)]), zone="UTC").frame("tickets").iloc[0]
    assert row["created_at"] == pd.Timestamp("2026-01-23 13:13:40.855743", tz="UTC")
    assert row["solved_at"] == pd.Timestamp("2026-01-25 12:00:00.1", tz="UTC")
    assert row["closed_at"] == pd.Timestamp("2026-02-04 12:00", tz="UTC")
    got = row[["status", "status_label", "priority", "channel", "team", "reopened_count"]].tolist()
    assert got == ["solved", "Novo/Atendimento", "high", "whatsapp", "Suporte", 0]


def test_one_ticket_alone_and_a_page_of_them(tmp_path):
    import json

    (tmp_path / "one.json").write_text(json.dumps(movidesk_ticket(1)), encoding="utf-8")
    assert len(import_platform("movidesk", [tmp_path / "one.json"], tmp_path / "a").frame("tickets")) == 1


def test_a_reply_after_its_date_is_missed_and_no_target_is_no_promise(bring, tmp_path):
    tickets = [
        movidesk_ticket(1),  # replied after the date; no promise of a solution: target 0, no date
        movidesk_ticket(2, slaRealResponseDate="2026-01-24T17:59:59"),
        movidesk_ticket(3, slaRealResponseDate=None),  # not replied, and the date is past
        movidesk_ticket(4, slaResponseDate=None),
        movidesk_ticket(5, slaSolutionTime=60, slaSolutionDate="2026-01-26T00:00:00"),
        movidesk_ticket(6, slaSolutionTime=60, slaSolutionDate="2026-01-24T00:00:00", slaSolutionDateIsPaused=True),
    ]
    events = bring(bare(tmp_path / "t.json", tickets)).frame("ticket_events")
    marks = events[events["sla_target"].notna()].set_index(["ticket_id", "sla_target"])["event_type"].to_dict()
    assert marks == {
        ("1", "first_reply"): "sla_missed",
        ("2", "first_reply"): "sla_met",
        ("3", "first_reply"): "sla_missed",
        ("5", "first_reply"): "sla_missed",
        ("5", "resolution"): "sla_met",
        ("6", "first_reply"): "sla_missed",
    }


def test_the_model_says_where_the_score_is_and_two_thumbs_is_down(bring, tmp_path):
    answers = [
        movidesk_answer(1, 3, satisfactionSurveyNetPromoterScoreResponse=0),
        movidesk_answer(2, 3, satisfactionSurveyNetPromoterScoreResponse=10),
        movidesk_answer(3, 1, satisfactionSurveyPositiveNegativeResponse=2),
        movidesk_answer(4, 1, satisfactionSurveyPositiveNegativeResponse=1),
        movidesk_answer(5, 2, satisfactionSurveySmileyFacesResponse=5),
        movidesk_answer(6, 4, satisfactionSurveyYesOrNoResponse=True),
    ]
    shop = bring(bare(tmp_path / "t.json", [movidesk_ticket(1, satisfactionSurveyResponses=answers)]))
    frame = shop.frame("survey_responses").sort_values("response_id")
    columns = ["type", "score", "scale_min", "scale_max"]
    assert frame[columns].values.tolist() == [
        ["nps", 0, 0, 10], ["nps", 10, 0, 10], ["csat", 0, 0, 1], ["csat", 1, 0, 1], ["csat", 5, 1, 5],
    ]  # fmt: skip
    assert check(shop).set_index("code")["count"]["unknown_survey_model"] == 1


def test_without_the_promise_the_first_public_word_of_an_agent_is_the_reply(bring, tmp_path):
    ticket = movidesk_ticket(1, slaRealResponseDate=None)
    row = bring(bare(tmp_path / "t.json", [ticket]), zone="UTC").frame("tickets").iloc[0]
    assert row["first_human_reply_at"] == pd.Timestamp("2026-01-25 15:20:24.109121", tz="UTC")


def test_recent_and_past_tickets_join_and_deleted_ones_are_called_so(bring, tmp_path):
    recent = bare(tmp_path / "tickets.json", [movidesk_ticket(1), movidesk_ticket(2, isDeleted=True)])
    past = bare(tmp_path / "past.json", [movidesk_ticket(1, lastUpdate="2025-12-01T00:00:00", baseStatus="New")])
    shop = bring(recent, past)
    assert shop.frame("tickets").set_index("ticket_id")["status"].to_dict() == {"1": "solved", "2": "deleted"}
    assert check(shop).query("table == 'tickets' and code == 'older_version'")["count"].sum() == 1


def test_an_unknown_origin_is_counted_and_kept_not_an_error(bring, tmp_path):
    shop = bring(bare(tmp_path / "t.json", [movidesk_ticket(1, origin=22)]))
    assert shop.frame("tickets")[["channel", "origin"]].astype(object).values.tolist()[0][1] == "22"
    assert "unknown_value" in set(check(shop)["code"])


def test_people_and_staff(bring, tmp_path):
    persons = [
        {"id": "C1", "businessName": "Ana", "personType": 1, "profileType": 2, "createdDate": "2025-01-01T00:00:00",
         "emails": [{"emailType": "x", "email": "ana@example.com"}], "contacts": [{"contact": "11 98765-4321"}]},
        {"id": "A1", "businessName": "Bia", "personType": 1, "profileType": 1},
        {"id": "E1", "businessName": "LOJA X", "personType": 2, "profileType": 2},
    ]  # fmt: skip
    shop = bring(bare(tmp_path / "p.json", persons), bare(tmp_path / "t.json", [movidesk_ticket(1)]))
    assert shop.frame("customers")["customer_id"].tolist() == shop.frame("tickets")["customer_id"].tolist()
    account = tallies(shop).set_index("table").loc["customers"]
    assert account[["rows_in", "rows_used", "rows_set_aside"]].tolist() == [3, 1, 2]


def test_a_report_with_titles_above_its_headings(bring, report):
    shop = bring(report, source_zone="America/Sao_Paulo")
    frame = shop.frame("tickets")
    assert frame["ticket_id"].tolist() == ["101", "102"]
    first = frame.iloc[0]
    assert first["created_at"] == pd.Timestamp("2025-04-03 22:30", tz="America/Sao_Paulo")
    assert first["first_human_reply_at"] == pd.Timestamp("2025-04-04 08:00", tz="America/Sao_Paulo")
    assert frame["resolution_business_minutes"].tolist() == ["1815.0", "720.0"]  # 30 h 15 min; half a day
    assert frame["channel"].tolist() == ["email", "whatsapp"]
    events = shop.frame("ticket_events").set_index("ticket_event_id")["event_type"].to_dict()
    assert events == {
        "sla 101/first_reply": "sla_met",
        "sla 102/first_reply": "sla_missed",
        "sla 102/resolution": "sla_missed",
    }
    findings = check(shop).query("table != 'ticket_events'").set_index("code")["count"]
    assert findings["duplicate_key"] == 1  # a row a client: the number stands twice
    assert findings["day_before_month"].max() == 3
    assert "name_as_identity" in findings


def test_a_name_is_a_warning_on_the_screen(report, tmp_path, capsys):
    from cxlib.cli import main

    with pytest.raises(SystemExit) as left:
        main(
            ["import", "movidesk", str(report), "--out", str(tmp_path / "out"), "--source-zone", "America/Sao_Paulo"]
        )
    assert left.value.code == 0
    assert "Careful: tickets.customer_id has nothing but names in 3 rows." in capsys.readouterr().out


def test_a_report_without_a_zone_is_refused(bring, report):
    with pytest.raises(cx.InputError, match="--source-zone"):
        bring(report)
