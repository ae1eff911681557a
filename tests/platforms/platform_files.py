"""One small delivery of every platform, as its API gives it (`FILES`) and as its screens export it (`EXPORTS`)."""

import openpyxl
from lookalikes import bare, lines, movidesk_answer, movidesk_ticket, page, zendesk_metric, zendesk_ticket
from test_google_analytics import event
from test_hubspot import STAGES, thing
from test_movidesk import HEADINGS, ROWS
from test_octadesk_and_track_co import ANSWER, CHAT
from test_rd_station import DEALS, LEADS
from test_zendesk import CSV

OPTIONS = {"currency": "BRL", "confirm": True, "source_zone": "UTC"}


def _zendesk(folder):
    tickets = [zendesk_ticket(1), zendesk_ticket(2)]
    return [page(folder / "t.json", tickets=tickets), page(folder / "m.json", ticket_metrics=[zendesk_metric(1)])]


def _movidesk(folder):
    answers = [movidesk_answer(1, 3, satisfactionSurveyNetPromoterScoreResponse=0)]
    return [bare(folder / "t.json", [movidesk_ticket(1, satisfactionSurveyResponses=answers), movidesk_ticket(2)])]


def _rd_station(folder):
    contact = {"uuid": "u-1", "email": "ana@example.com", "name": "Ana"}
    deal = {"id": "a", "name": "x", "amount_total": 30.5, "amount_unique": 10.5, "win": True,
            "created_at": "2026-02-16T10:29:36.600-03:00", "contacts": []}  # fmt: skip
    return [page(folder / "c.json", contacts=[contact]), page(folder / "d.json", deals=[deal])]


def _hubspot(folder):
    ticket = thing(1, "10", hs_pipeline="0", hs_pipeline_stage="1", subject="x", createdate="2025-02-24T03:00:00Z")
    person = thing(10, email="ana@example.com", createdate="2025-02-24T03:00:00Z")
    return [
        page(folder / "t.json", results=[ticket]),
        page(folder / "c.json", results=[person]),
        page(folder / "p.json", **STAGES),
    ]


def _octadesk(folder):
    return [bare(folder / "c.json", [CHAT])]


def _track_co(folder):
    return [bare(folder / "a.json", [ANSWER])]


def _google_analytics(folder):
    return [lines(folder / "e.json", [event("page_view", 0, page_location="https://x.example/p"), event("click", 9)])]


def text(name, content, encoding="utf-8"):
    """Return what writes one text file."""

    def write(folder):
        (folder / name).write_text(content, encoding=encoding)
        return [folder / name]

    return write


def _report(folder):
    book = openpyxl.Workbook()
    for row in [["Relatório de tickets"], ["Período: 01/04/2025 a 30/04/2025"], [], HEADINGS, *ROWS]:
        book.active.append(row)
    book.save(folder / "relatorio.xlsx")
    return [folder / "relatorio.xlsx"]


FILES = {
    "zendesk": _zendesk,
    "movidesk": _movidesk,
    "rd_station": _rd_station,
    "hubspot": _hubspot,
    "octadesk": _octadesk,
    "track_co": _track_co,
    "google_analytics": _google_analytics,
}
DEAL_EXPORT = (
    "ID do registro,Nome do negócio,Fase do negócio,Valor,Data de criação,Pipeline\n"
    '9,Plano,Proposta,"R$ 1.234,56",2025-03-12 09:14,V\n'
)
DAYS = (
    "# ----------------------------------------\n# Free form\n# Start date: 20250309\n# End date: 20250310\n\n"
    "Date,Session source,Sessions,Total users\n,,30,20,Grand total\n20250309,google,10,8\n20250310,google,20,12\n"
)
ANSWERS = "Nota;Comentário;Nome;E-mail;Data;Campanha\n0;ruim;Ana;ana@example.com;25/03/2025 10:00;X\n"
EXPORTS = {
    "zendesk": [text("export.csv", CSV, "utf-8-sig")],
    "movidesk": [_report],
    "rd_station": [
        text("leads.csv", "\n".join("\t".join(row) for row in LEADS), "utf-16"),
        text("deals.csv", DEALS, "cp1252"),
    ],
    "hubspot": [text("deals.csv", DEAL_EXPORT, "cp1252")],
    "octadesk": [],
    "track_co": [text("answers.csv", ANSWERS)],
    "google_analytics": [text("data.csv", DAYS)],
}
