"""Hostile texts in the files of every platform at once, imported, then reported: they stay texts to the end."""

import pandas as pd
import pytest
from hostile import PAYLOADS
from lookalikes import bare, lines, movidesk_ticket, page, zendesk_ticket
from test_google_analytics import event
from test_report import holds_only_what_we_made

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.tables.check import check
from cxlib.tables.opening import open_dataset

TEXTS = [*PAYLOADS, "a\x00b", "W" * 50_000, "\u202e" * 50, "=cmd|' /C calc'!A0\t", "\x1b[2J", "ｊavascript:1"]
OPTIONS = {"currency": "BRL", "confirm": True, "source_zone": "UTC"}


def _files(folder):
    """Return files of every platform in which all names and texts are hostile."""
    # fmt: off
    numbered = list(enumerate(TEXTS))
    answers = [{"id": n, "time": 1_741_573_800 + 60 * n, "email": f"p{n}@mail.example", "nps_answer": n % 11,
                "name": text, "nps_comment": text, "campaign_name": text, "campaign_code": 7, "type": text,
                "status": text, "tags": [{"name": text, "value": text}]} for n, text in numbered]
    deals = [{"id": f"d{n}", "name": text, "amount_total": 30.5, "win": True, "contacts": [],
              "created_at": "2026-02-16T10:29:36-03:00", "deal_stage": {"id": "s", "name": text}}
             for n, text in numbered]
    contacts = [{"id": str(n), "properties": {"email": f"h{n}@mail.example", "firstname": text, "city": text,
                 "createdate": "2025-02-24T03:00:00Z"}, "updatedAt": "2025-02-24T14:07:59Z"} for n, text in numbered]
    chats = [{"id": f"c{n}", "number": n, "channel": text, "status": "closed", "createdAt": "2025-03-10T01:30:00Z",
              "contact": {"id": f"p{n}", "name": text}, "group": {"name": text}, "agent": {"id": "a", "name": text}}
             for n, text in numbered]
    tickets = [zendesk_ticket(1000 + n, subject=text, type=text, tags=[text]) for n, text in numbered]
    # fmt: on
    calls = [
        movidesk_ticket(5000 + n, subject=text, ownerTeam=text, category=text, status=text) for n, text in numbered
    ]
    events = [event(text[:400], n, page_location=text[:400]) for n, text in numbered]
    return {
        "track_co": bare(folder / "answers.json", answers),
        "rd_station": page(folder / "deals.json", deals=deals),
        "hubspot": page(folder / "contacts.json", results=contacts),
        "octadesk": bare(folder / "chats.json", chats),
        "zendesk": page(folder / "tickets.json", tickets=tickets),
        "movidesk": bare(folder / "calls.json", calls),
        "google_analytics": lines(folder / "events.json", events),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("hostile files")
    for key, file in _files(where).items():
        import_platform(key, [file], where / "out", **OPTIONS)
    return where / "out"


def test_every_row_is_accounted_for(folder):
    shop = open_dataset(folder)
    assert not check(shop)["outcome"].eq("problem").any()
    for name in shop:
        own = [tally for tally in shop.audit.tallies if tally.table == name]
        assert sum(one.rows_used for one in own) == len(shop.frame(name)), name
    assert {"survey_responses", "tickets", "deals", "customers", "sessions"} <= set(shop)
    assert len(shop.frame("tickets")) == 3 * len(TEXTS)


def test_what_a_mapping_brings_in_is_accounted_for_too(tmp_path):
    texts = [text.replace("\x00", "") for text in TEXTS]  # a NUL in a CSV is refused in a sentence: test_broken_input
    frame = pd.DataFrame({"id": range(len(texts)), "nota": 9, "quando": "2025-03-01 10:00"})
    frame.assign(texto=texts, canal=texts).to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "mapping.toml").write_text(
        '[survey_responses]\nresponse_id = "id"\ntype = { value = "nps" }\nscore = "nota"\ncomment = "texto"\n'
        'channel = "canal"\nanswered_at = { column = "quando", source_zone = "UTC" }\n',
        encoding="utf-8",
    )
    shop = cx.import_table([tmp_path / "answers.csv"], tmp_path / "mapping.toml", tmp_path / "out")
    assert sum(tally.rows_used for tally in shop.audit.tallies) == len(shop.frame("survey_responses")) == len(TEXTS)


@pytest.mark.slow
def test_the_report_of_it_all_holds_only_what_we_made(folder):
    written = cx.write_report(folder, folder.parent / "report.html").read_text("utf-8")
    holds_only_what_we_made(written)
    assert len(written) < 3 * 2**20
    assert "W" * 301 not in written
    for sign in ("\x00", "\x1b", "\u202e"):
        assert sign not in written
