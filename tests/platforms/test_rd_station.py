"""RD Station Marketing and CRM: leads, events, webhooks, deals and the two exports; expected values by hand."""

import pandas as pd
import pytest
from lookalikes import bare, page

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.tables.check import check, tallies

LEADS = [
    ["Email", "Nome", "Telefone", "Celular", "Celular", "Estado", "Estágio no funil", "Data da última venda",
     "Valor da última venda", "Status para comunicação por email", "Data da primeira conversão",
     "Origem da primeira conversão", "Data da última conversão", "Origem da última conversão", "MEU CAMPO"],
    ["Ana@Example.com", "~Ana", "", "+55 (11) 98765-4321", "", "SC", "Cliente", "2026-09-02 16:30:10 -0300",
     "1221.72", "true", "2026-01-02 10:00:00 -0300", "Busca Paga | Google",
     "2026-08-01 10:00:00 -0300", "Social", "x"],
    ["caio@example.com", "Caio", "", "", "", "SP", "Lead", "", "", "false", "2026-02-02 10:00:00 -0300", "Direto",
     "2026-02-02 10:00:00 -0300", "Direto", ""],
]  # fmt: skip
DEALS = (
    "Nome;Empresa;Etapa;Estado;Motivo de Perda;Valor Único;Valor Recorrente;Pausada;Data do primeiro contato;"
    "Hora do primeiro contato;Data de fechamento;Hora de fechamento;Fonte;Responsável;Email\n"
    "Plano A;X;Proposta;vendida;;R$ 1.234,56;R$ 99,90;não;01/02/2026;10:00;03/04/2026;22:30;Google;Bia;a@x.co\n"
    "Plano B;Y;Proposta;perdida;Preço;R$ 10,00;R$ 0,00;sim;02/02/2026;10:00;04/04/2026;09:00;;Bia;\n"
)


@pytest.fixture
def bring(tmp_path):
    def run(*files, **options):
        return import_platform("rd_station", files, tmp_path / "out", **options)

    return run


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_the_leads_export_in_every_encoding_met(tmp_path, encoding):
    text = "\n".join("\t".join(row) for row in LEADS)
    (tmp_path / "rd-leads.csv").write_bytes(text.encode(encoding))
    shop = import_platform("rd_station", [tmp_path / "rd-leads.csv"], tmp_path / encoding, currency="BRL", zone="UTC")
    people = shop.frame("customers")
    assert people["consent_marketing"].tolist() == [True, False]
    conversions = shop.frame("conversions").sort_values("converted_at")
    assert conversions["converted_at"].dt.strftime("%Y-%m-%d %H").tolist() == [
        "2026-01-02 13", "2026-02-02 13", "2026-08-01 13",
    ]  # fmt: skip
    sale = shop.frame("deals").iloc[0]
    assert (sale["value_cents"], sale["outcome"], sale["currency"]) == (122172, "won", "BRL")
    assert shop.frame("identities")["kind"].tolist().count("phone") == 1
    findings = check(shop)
    assert "MEU CAMPO" in set(findings["column"])  # left out, and said so
    assert not findings["outcome"].eq("problem").any()


def test_money_without_a_currency_is_asked_about(bring, tmp_path):
    (tmp_path / "leads.csv").write_text("\n".join("\t".join(row) for row in LEADS), encoding="utf-8")
    with pytest.raises(cx.InputError, match="--currency BRL"):
        bring(tmp_path / "leads.csv")


def test_a_contact_is_one_person_in_every_file_by_the_e_mail(bring, tmp_path):
    contact = {"uuid": "u-1", "email": "ANA@example.com", "name": "Ana", "legal_bases": [
        {"category": "data_processing", "type": "consent", "status": "granted"},
        {"category": "communications", "type": "consent", "status": "declined"}]}  # fmt: skip
    event = {"event_type": "CONVERSION", "event_family": "CDP", "event_identifier": "e-book",
             "event_timestamp": "2026-05-19T09:49:54.101-03:00", "payload": {"email": "ana@example.com"}}  # fmt: skip
    shop = bring(bare(tmp_path / "c.json", [contact]), bare(tmp_path / "e.json", [event]))
    assert shop.frame("customers")["consent_marketing"].tolist() == [False]
    assert shop.frame("conversions")["customer_id"].tolist() == shop.frame("customers")["customer_id"].tolist()


def test_a_call_repeated_by_the_platform_is_one_conversion(bring, tmp_path):
    call = {
        "event_type": "WEBHOOK.CONVERTED", "entity_type": "CONTACT", "event_identifier": "e-book",
        "timestamp": "2026-03-13T14:09:02.724-03:00", "event_timestamp": "2026-03-13T14:07:04.254-03:00",
        "contact": {"uuid": "u", "email": "ana@example.com", "name": "Ana",
                    "funnel": {"lifecycle_stage": "Lead", "origin": "Busca Paga | Google"}},
    }  # fmt: skip
    shop = bring(bare(tmp_path / "w.json", [call, call, call]))
    row = shop.frame("conversions").iloc[0]
    assert (row["source"], row["medium"], row["name"]) == ("Google", "Busca Paga", "e-book")
    assert tallies(shop).set_index("table").loc["conversions"][["rows_in", "rows_used"]].tolist() == [3, 1]


def test_events_are_conversions_sales_and_orders_and_the_rest_is_counted(bring, tmp_path):
    def event(kind, **payload):
        return {"event_type": kind, "event_family": "CDP", "event_timestamp": "2026-05-19T09:00:00-03:00",
                "payload": {"email": "ana@example.com"} | payload}  # fmt: skip

    events = [
        event("SALE", funnel_name="default", value=200),
        event("OPPORTUNITY_LOST", reason="Preço"),
        event("ORDER_PLACED", cf_order_id="P1", cf_order_payment_amount=200.5, cf_order_payment_method="Credit Card"),
        event("EMAIL_OPENED"), event("EMAIL_OPENED", x=1),
    ]  # fmt: skip
    shop = bring(bare(tmp_path / "e.json", events), currency="BRL")
    assert shop.frame("deals").sort_values("outcome")["outcome"].tolist() == ["lost", "won"]
    assert shop.frame("orders")[["order_id", "total_cents"]].values.tolist() == [["P1", 20050]]
    assert check(shop).query("code == 'event_not_used'")[["found", "count"]].values.tolist() == [["EMAIL_OPENED", 2]]


def test_deals_in_both_spellings_and_three_states(bring, tmp_path):
    def deal(id, **other):
        return {"id": id, "name": "Plano", "amount_total": 30.5, "amount_unique": 10.5, "win": None, "hold": None,
                "created_at": "2026-02-16T10:29:36.600-03:00", "updated_at": "2026-02-17T10:29:36.600-03:00",
                "deal_stage": {"id": "s", "name": "Proposta"}, "user": {"id": "u"},
                "contacts": [{"name": "Ana", "emails": [{"email": "ana@example.com"}]}]} | other  # fmt: skip

    deals = [deal("a", amount_montly=20), deal("b", amount_monthly=20, win=True), deal("c", win=False, hold="x")]
    shop = bring(page(tmp_path / "d.json", deals=deals, has_more=False), currency="BRL")
    frame = shop.frame("deals").sort_values("deal_id")
    assert frame["outcome"].tolist() == ["open", "won", "lost"]
    assert frame["monthly_cents"].fillna(-1).tolist() == [2000, 2000, -1]
    assert frame["value_cents"].tolist() == [1050] * 3
    assert frame["paused"].tolist() == ["false", "false", "true"]


def test_the_export_of_deals_joins_day_and_hour_and_makes_an_id(tmp_path):
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    options = {"source_zone": "America/Sao_Paulo", "currency": "BRL"}
    for delivery in range(2):  # the same file again changes nothing
        shop = import_platform("rd_station", [tmp_path / "deals.csv"], tmp_path / "out", **options)
        frame = shop.frame("deals").sort_values("title")
        assert frame["value_cents"].tolist() == [123456, 1000], delivery
    assert frame["outcome"].tolist() == ["won", "lost"]
    assert frame["closed_at"].tolist()[0] == pd.Timestamp("2026-04-03 22:30", tz="America/Sao_Paulo")
    assert {"id_made_of", "name_as_identity"} <= set(check(shop)["code"])
    assert not check(shop)["outcome"].eq("problem").any()


def test_totals_of_mailings_are_counts_never_the_rates_beside_them(bring, tmp_path):
    mail = {"campaign_id": 1, "campaign_name": "Desconto", "send_at": "2026-08-06T17:26:39-03:00",
            "contacts_count": 1000, "email_delivered_count": 997, "email_opened_count": 500, "email_clicked_count": 5,
            "email_unsubscribed_count": 4, "email_delivered_rate": 98.7}  # fmt: skip
    row = bring(page(tmp_path / "m.json", emails=[mail], account_id=1)).frame("campaigns").iloc[0]
    assert row[["sent", "delivered", "opened", "clicked", "unsubscribed"]].tolist() == [1000, 997, 500, 5, 4]
