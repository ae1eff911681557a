"""RD Station: leads by their e-mail, conversions and sales from events, webhooks and the export; deals of the CRM."""

from typing import Any

import pandas as pd

from cxlib.platforms.flat import column, day_first, inner, made_id, part_of, some_rows, with_frame, without_id
from cxlib.tables.audit import Issue
from cxlib.tables.reading import Source

Records = list[tuple[int, dict]]
Flat = dict[str, list[Source]]
ORDERS = ("ORDER_PLACED", "ECOMMERCE_ORDER_PLACED")
SALES = ("SALE", "OPPORTUNITY_LOST")


# --- What JSON holds ---------------------------------------------------------------------------------


def unpack_contacts(records: Records) -> dict[str, Records]:
    """Return people with their consent, and the signs by which they are known elsewhere."""
    people = [(number, _person(contact)) for number, contact in records]
    return {"contacts": people, **_signs(records)}


def unpack_leads(records: Records) -> dict[str, Records]:
    """Return people and their first and last conversion, from the older webhook: all of it text."""
    conversions = []
    for number, lead in records:
        for key in ("first_conversion", "last_conversion"):
            if isinstance(one := lead.get(key), dict) and one.get("created_at"):
                origin = inner(one, "conversion_origin")
                content = inner(one, "content")
                name = content.get("identificador") or one.get("source")
                fields = {"from": origin.get("source"), "medium": origin.get("medium")}
                said = {"at": one["created_at"], "name": name, "campaign": origin.get("campaign"), **fields}
                if not (key == "last_conversion" and lead.get("first_conversion") == one):
                    conversions.append((number, {"person": _key(lead), **said}))
    people = [(number, _person(lead) | {"stage": lead.get("lead_stage")}) for number, lead in records]
    return {"leads": [], "contacts": people, "conversions": conversions, **_signs(records)}


def unpack_webhooks(records: Records) -> dict[str, Records]:
    """Return people and conversions of the newer webhook; a call repeated by the platform is one conversion."""
    known = [(number, call, call["contact"]) for number, call in records if isinstance(call.get("contact"), dict)]
    contacts = [(number, contact) for number, _, contact in known]
    conversions = []
    for number, call, contact in known:
        if call.get("event_type") == "WEBHOOK.CONVERTED":
            funnel = inner(contact, "funnel")
            medium, _, origin = str(funnel.get("origin") or "").partition("|")
            said = {"at": call.get("event_timestamp"), "name": call.get("event_identifier")}
            where = {"medium": medium.strip() or None, "from": origin.strip() or None}
            conversions.append((number, {"person": _key(contact), **said, **where}))
    people = [
        (number, _person(contact) | {"updated_at": call.get("timestamp"), "stage": _stage(contact)})
        for number, call, contact in known
    ]
    return {"webhooks": [], "contacts": people, "conversions": conversions, **_signs(contacts)}


def unpack_deals(records: Records) -> dict[str, Records]:
    """Return deals of the first version of the API, its misspelt field under either spelling."""
    return {"deals": [(number, _deal(deal)) for number, deal in records]}


def unpack_deal_webhooks(records: Records) -> dict[str, Records]:
    """Return the deals that webhooks told of."""
    told = [(number, call, call["document"]) for number, call in records if isinstance(call.get("document"), dict)]
    deals = [
        (number, _deal(deal) | {"updated_at": deal.get("updated_at") or call.get("event_timestamp"), "gone": gone})
        for number, call, deal in told
        for gone in ["true" if call.get("event_name") == "crm_deal_deleted" else "false"]
    ]
    return {"deal_webhooks": [], "deals": deals}


def unpack_deals_v2(records: Records) -> dict[str, Records]:
    """Return deals of the second version of the API, which knows people and stages by their ids."""
    return {
        "deals_v2": [
            (number, deal | {"contact": next(iter(_list(deal.get("contact_ids"))), None)} | {"paused": _paused(deal)})
            for number, deal in records
        ]
    }


UNPACK = {
    "contacts": unpack_contacts,
    "leads": unpack_leads,
    "webhooks": unpack_webhooks,
    "deals": unpack_deals,
    "deals_v2": unpack_deals_v2,
    "deal_webhooks": unpack_deal_webhooks,
}


def _key(contact: dict) -> str | None:
    """Return what identifies a lead: the e-mail, which every file has, else the platform's own id."""
    return contact.get("email") or (f"rd_station {contact['uuid']}" if contact.get("uuid") else None)


def _person(contact: dict) -> dict:
    bases = [one for one in _list(contact.get("legal_bases")) if isinstance(one, dict)]
    said = [one.get("status") for one in bases if one.get("category") == "communications"]
    consent = "declined" if "declined" in said else next(iter(said), None)
    known = {key: contact.get(key) for key in ("created_at", "state", "updated_at")}
    return {"person": _key(contact), **known, "consent": consent, "stage": _stage(contact)}


def _stage(contact: dict) -> object:
    funnel = contact.get("funnel")
    return funnel.get("lifecycle_stage") if isinstance(funnel, dict) else None


def _signs(records: Records) -> dict[str, Records]:
    """Return e-mails and phones of people, each once."""
    emails: dict[tuple, int] = {}
    phones: dict[tuple, int] = {}
    for number, contact in records:
        for email in [contact.get("email"), *_list(contact.get("extra_emails"))]:
            if isinstance(email, str) and email:
                emails.setdefault((email.lower(), _key(contact)), number)
        for phone in (contact.get("mobile_phone"), contact.get("personal_phone")):
            if isinstance(phone, str) and phone.strip("+ 0()-"):
                phones.setdefault((phone, _key(contact)), number)
    return {
        "emails_of_people": [
            (number, {"email": sign, "person": person}) for (sign, person), number in emails.items()
        ],
        "phones_of_people": [
            (number, {"phone": sign, "person": person}) for (sign, person), number in phones.items()
        ],
    }


def _deal(deal: dict) -> dict:
    contacts = [one for one in _list(deal.get("contacts")) if isinstance(one, dict)]
    emails = [
        one.get("email") for contact in contacts for one in _list(contact.get("emails")) if isinstance(one, dict)
    ]
    win, status = deal.get("win"), {"won": "won", "lost": "lost"}.get(str(deal.get("status")))
    monthly = deal.get("amount_monthly", deal.get("amount_montly"))
    unused = ("contacts", "deal_products", "deal_custom_fields", "amount_montly", "amount_monthly", "win", "hold")
    return {key: value for key, value in deal.items() if key not in unused} | {
        "deal": deal.get("id") or deal.get("_id"),
        "person": next(iter(emails), None),
        "outcome": "won" if win is True else "lost" if win is False else status or "open",
        "monthly": monthly,
        "paused": _paused(deal),
    }


def _paused(deal: dict) -> str:
    return "true" if deal.get("hold") or deal.get("status") == "paused" else "false"


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


# --- Rows that are several things, and files ---------------------------------------------------------


def arrange(flat: Flat, source_zone: str | None) -> tuple[Flat, list[Issue]]:
    """Return the rows that the mapping reads, and what was decided about them."""
    issues: list[Issue] = []
    made: Flat = {name: list(sources) for name, sources in flat.items()}
    made["conversions"] = [_identified(source) for source in flat.get("conversions", [])]
    made["deals"] = [_not_deleted(source) for source in flat.get("deals", [])]
    for source in flat.get("events", []):
        for name, piece in _by_type(source, issues).items():
            made.setdefault(name, []).append(piece)
    for source in flat.get("leads_export", []):
        for name, piece in _exported_leads(source):
            made.setdefault(name, []).append(piece)
    made["deals_export"] = [_exported_deals(source, issues) for source in flat.get("deals_export", [])]
    return {name: [one for one in sources if one.rows_in] for name, sources in made.items()}, issues


def _identified(source: Source) -> Source:
    frame = source.frame
    ids = made_id(column(frame, "person"), column(frame, "name"), column(frame, "at"))
    return with_frame(source, frame.assign(conversion=ids))


def _not_deleted(source: Source) -> Source:
    return some_rows(source, column(source.frame, "gone").ne("true"), "deleted")


def _by_type(source: Source, issues: list[Issue]) -> dict[str, Source]:
    """Return conversions, sales and orders; other events of a contact are counted and left out."""
    frame = source.frame
    kind = column(frame, "event_type")
    at, person = column(frame, "event_timestamp"), column(frame, "payload.email")
    name = column(frame, "event_identifier")
    name = name.where(name.notna(), column(frame, "payload.conversion_identifier"))
    ids = made_id(kind, person, name, at)
    rows = pd.DataFrame({"at": at, "person": person, "name": name, "conversion": ids, "deal": ids})
    rows["funnel"], rows["value"] = column(frame, "payload.funnel_name"), column(frame, "payload.value")
    rows["reason"] = column(frame, "payload.reason")
    rows["outcome"] = kind.map({"SALE": "won", "OPPORTUNITY_LOST": "lost"})
    rows["order"] = column(frame, "payload.cf_order_id")
    rows["amount"] = column(frame, "payload.cf_order_payment_amount")
    rows["method"] = column(frame, "payload.cf_order_payment_method")
    uses = {"conversions": ("CONVERSION",), "sales": SALES, "orders": ORDERS}
    wanted = {
        "conversions": ["at", "person", "name", "conversion"],
        "sales": ["at", "person", "deal", "funnel", "value", "reason", "outcome"],
        "orders": ["at", "person", "order", "amount", "method"],
    }
    used = kind.isin([one for kinds in uses.values() for one in kinds])
    for other, count in kind[~used].value_counts().items():
        issues.append(_left_out("event_not_used", str(other), int(count)))
    return {name: part_of(with_frame(source, rows[wanted[name]]), kind.isin(kinds)) for name, kinds in uses.items()}


def _left_out(code: str, found: str, count: int) -> Issue:
    return Issue(table="conversions", column="", code=code, found=found[:40], count=count, outcome="left_out")


def _exported_leads(source: Source) -> list[tuple[str, Source]]:
    """Return the conversions, the last sale and the phones of leads; only the last sale of each is in the file."""
    frame = source.frame
    person = column(frame, "Email")
    first, last = column(frame, "Data da primeira conversão"), column(frame, "Data da última conversão")
    made = {}
    for name, at, there in (("primeira", first, first.notna()), ("última", last, last.notna() & last.ne(first))):
        rows = pd.DataFrame({"person": person, "at": at, "from": column(frame, f"Origem da {name} conversão")})
        rows["conversion"] = made_id(person, at)
        made[name] = part_of(with_frame(source, rows), there)
    sold = pd.DataFrame({"person": person, "at": column(frame, "Data da última venda"), "outcome": "won"})
    sold["value"] = column(frame, "Valor da última venda")
    sold["deal"] = made_id(person, sold["at"])
    phone = column(frame, "Celular").where(column(frame, "Celular").notna(), column(frame, "Telefone"))
    known = pd.DataFrame({"person": person, "email": person, "phone": phone})
    return [
        ("conversions", made["primeira"]),
        ("conversions", made["última"]),
        ("sales", part_of(with_frame(source, sold), sold["at"].notna())),
        ("emails_of_people", part_of(with_frame(source, known[["person", "email"]]), person.notna())),
        ("phones_of_people", part_of(with_frame(source, known[["person", "phone"]]), phone.notna())),
    ]


def _exported_deals(source: Source, issues: list[Issue]) -> Source:
    """Return the deals of the CRM's export, day and hour put together; it has no id of a deal."""
    frame = source.frame.copy()
    day, hour = column(frame, "Data de fechamento"), column(frame, "Hora de fechamento")
    closed, decided = day_first((day + " " + hour.fillna("")).str.strip())
    issues += decided
    begun = [
        column(frame, name) for name in ("Nome", "Empresa", "Data do primeiro contato", "Hora do primeiro contato")
    ]
    frame["closed"], frame["deal"] = closed, made_id(*begun)
    issues += without_id("deals", source, "Nome, Empresa, Data do primeiro contato")
    return with_frame(source, frame.drop(columns=["Data de fechamento", "Hora de fechamento"], errors="ignore"))
