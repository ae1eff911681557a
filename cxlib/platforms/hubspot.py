"""HubSpot: stages by their labels, merged contacts as one, a close date on an open deal is only a forecast."""

from typing import Any

import pandas as pd

from cxlib.platforms.flat import column, inner, lookup, made_id, part_of, some_rows, with_frame, without_id
from cxlib.tables.audit import Issue
from cxlib.tables.reading import Source

Records = list[tuple[int, dict]]
Flat = dict[str, list[Source]]
KINDS = {"NPS": "relational", "CSAT": "transactional", "CES": "transactional"}
SCALES = {"NPS": ("0", "10"), "CES": ("1", "7")}
MERGED, OTHERS = "properties.hs_merged_object_ids", "properties.hs_additional_emails"


def unpack_objects(name: str) -> Any:
    """Return what unpacks objects of one kind: each with the first contact it is associated with."""

    def unpack(records: Records) -> dict[str, Records]:
        found = [(number, {k: v for k, v in one.items() if k != "associations"}, one) for number, one in records]
        return {name: [(number, kept | {"contact": _contact(one)}) for number, kept, one in found]}

    return unpack


def _contact(record: dict) -> Any:
    inside = record.get("associations")
    contacts = inside.get("contacts") if isinstance(inside, dict) else None
    listed = contacts.get("results") if isinstance(contacts, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else None
    return first.get("id") if isinstance(first, dict) else None


def unpack_pipelines(records: Records) -> dict[str, Records]:
    """Return the stages of pipelines, a row each: a stage is its number together with its pipeline's."""
    stages = []
    for number, pipeline in records:
        listed = pipeline.get("stages")
        for stage in listed if isinstance(listed, list) else []:
            if isinstance(stage, dict):
                about = inner(stage, "metadata")
                key = f"{pipeline.get('id')}/{stage.get('id')}"
                row = {"key": key, "label": stage.get("label"), "pipeline": pipeline.get("label")}
                stages.append((number, row | {"state": _state(about), "outcome": _outcome(about)}))
    return {"pipelines": stages}


def _state(about: dict) -> str | None:
    said = about.get("ticketState")
    return said or {"true": "CLOSED", "false": "OPEN"}.get(str(about.get("isClosed")).lower())


def _outcome(about: dict) -> str | None:
    """Return won, lost or open; the probability decides, for anybody can rename a stage."""
    probability = str(about.get("probability"))
    closed = {"true": True, "false": False}.get(str(about.get("isClosed")).lower())
    if closed is False or (closed is None and probability not in ("1.0", "1", "0.0", "0")):
        return "open" if closed is False or probability.replace(".", "").isdigit() else None
    return {"1.0": "won", "1": "won", "0.0": "lost", "0": "lost"}.get(probability)


def unpack_associations(records: Records) -> dict[str, Records]:
    """Return which contact a ticket or a deal belongs to; the first one, where there are several."""
    pairs = []
    for number, record in records:
        listed = record.get("to")
        first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
        pairs.append((number, {"from": record["from"].get("id"), "to": first.get("toObjectId", first.get("id"))}))
    return {"associations": pairs}


UNPACK = {
    **{name: unpack_objects(name) for name in ("tickets", "deals")},
    "pipelines": unpack_pipelines,
    "associations": unpack_associations,
}


def arrange(flat: Flat, source_zone: str | None) -> tuple[Flat, list[Issue]]:
    """Return the rows that the mapping reads, and what was decided about them."""
    issues: list[Issue] = []
    winners = _winners(flat.get("contacts", []))
    contact = lookup(flat.get("associations", []), "from", "to")
    stages = {
        name: lookup(flat.get("pipelines", []), "key", name) for name in ("label", "pipeline", "state", "outcome")
    }
    made: Flat = {
        **flat,
        "contacts": [_contacts(source, winners) for source in flat.get("contacts", [])],
        "tickets": [_ticket(source, stages, contact, winners) for source in flat.get("tickets", [])],
        "deals": [_deal(source, stages, contact, winners) for source in flat.get("deals", [])],
        "feedback": [_feedback(source, winners, issues) for source in flat.get("feedback", [])],
        "deals_export": [_exported_deal(source, issues) for source in flat.get("deals_export", [])],
        "pipelines": [],
        "associations": [],
        **_signs(flat, winners),
    }
    if not stages["label"]:
        issues += [_unknown_stages(name, source) for name in ("tickets", "deals") for source in flat.get(name, [])]
    return made, issues


def _unknown_stages(name: str, source: Source) -> Issue:
    count = len(source.frame)
    return Issue(table=name, column="stage", code="stages_not_given", found="", count=count, outcome="kept")


# --- Contacts ----------------------------------------------------------------------------------------


def _winners(contacts: list[Source]) -> dict[str, str]:
    """Return the contact into which each merged one went."""
    pairs: dict[str, str] = {}
    for source in contacts:
        merged = column(source.frame, MERGED)
        for winner, losers in zip(column(source.frame, "id"), merged, strict=True):
            for loser in str(losers).split(";") if isinstance(losers, str) else []:
                if loser.strip() and loser.strip() != winner:
                    pairs[loser.strip()] = winner
    return pairs


def _won(ids: pd.Series, winners: dict[str, str]) -> pd.Series:
    return ids.map(lambda one: winners.get(one, one), na_action="ignore").astype("str").where(ids.notna())


def _contacts(source: Source, winners: dict[str, str]) -> Source:
    here = some_rows(source, ~column(source.frame, "id").isin(list(winners)), "merged_into_another")
    here = some_rows(here, column(here.frame, "archived").ne("true"), "archived")
    return with_frame(here, here.frame.drop(columns=[MERGED, OTHERS], errors="ignore"))


def _signs(flat: Flat, winners: dict[str, str]) -> Flat:
    made: Flat = {"emails": [], "phones": []}
    for source in flat.get("contacts", []):
        frame = source.frame
        more = column(frame, OTHERS).fillna("").str.split(";")
        emails = [[one, *others] for one, others in zip(column(frame, "properties.email"), more, strict=True)]
        known = pd.DataFrame(
            {"id": _won(column(frame, "id"), winners), "number": source.row_numbers, "email": emails}
        )
        known = known.explode("email").loc[lambda rows: rows["email"].notna() & rows["email"].ne("")]
        known = known.drop_duplicates(["id", "email"])
        made["emails"].append(_rows(source, known[["id", "email"]], known["number"]))
        phone = column(frame, "properties.phone")
        phone = phone.where(phone.notna(), column(frame, "properties.mobilephone"))
        made["phones"].append(part_of(with_frame(source, known_by(frame, "id", "phone", phone)), phone.notna()))
    for source in flat.get("contacts_export", []):
        for name, heading in (("email", "Email"), ("phone", "Phone Number")):
            sign = column(source.frame, heading)
            rows = with_frame(source, known_by(source.frame, "Record ID", name, sign))
            made[name + "s"].append(part_of(rows, sign.notna() & sign.ne("")))
    return {name: [one for one in sources if one.rows_in] for name, sources in made.items()}


def known_by(frame: pd.DataFrame, key: str, name: str, sign: pd.Series) -> pd.DataFrame:
    """Return people with one sign by which they are known."""
    return pd.DataFrame({"id": column(frame, key), name: sign})


def _rows(source: Source, frame: pd.DataFrame, numbers: pd.Series) -> Source:
    return Source(
        name=source.name,
        digest=source.digest,
        frame=frame.reset_index(drop=True).astype("str"),
        row_numbers=numbers.reset_index(drop=True),
        rows_in=len(frame),
        quarantine=source.quarantine.iloc[:0],
        decisions=source.decisions,
    )


# --- Tickets, deals and answers ----------------------------------------------------------------------


def _staged(frame: pd.DataFrame, pipeline: str, stage: str, stages: dict[str, dict[str, str]]) -> pd.DataFrame:
    """Return a frame with the words for pipeline and stage, and what the stage means where that is known."""
    number = column(frame, stage)
    key = column(frame, pipeline).fillna("") + "/" + number.fillna("")
    label, funnel = key.map(stages["label"]), key.map(stages["pipeline"])
    frame = frame.assign(state=key.map(stages["state"]), outcome=key.map(stages["outcome"]))
    frame["stage"] = label.where(label.notna(), number)
    frame["pipeline"] = funnel.where(funnel.notna(), column(frame, pipeline))
    return frame.drop(columns=[pipeline, stage], errors="ignore")


def _whose(frame: pd.DataFrame, contact: dict[str, str], winners: dict[str, str]) -> pd.Series:
    inside = column(frame, "contact")
    return _won(inside.where(inside.notna(), column(frame, "id").map(contact)), winners)


def _ticket(source: Source, stages: dict, contact: dict[str, str], winners: dict[str, str]) -> Source:
    frame = _staged(source.frame, "properties.hs_pipeline", "properties.hs_pipeline_stage", stages)
    frame["contact"] = _whose(frame, contact, winners)
    frame["closed"] = column(frame, "properties.closed_date")
    known = frame["state"].notna()
    closed = frame["closed"].notna() & frame["closed"].ne("")
    frame["state"] = frame["state"].where(known, closed.map({True: "CLOSED", False: None}))
    return some_rows(with_frame(source, frame), column(frame, "archived").ne("true"), "archived")


def _deal(source: Source, stages: dict, contact: dict[str, str], winners: dict[str, str]) -> Source:
    """Return deals with their outcome; a close date counts only where the deal is won or lost."""
    frame = _staged(source.frame, "properties.pipeline", "properties.dealstage", stages)
    frame["contact"] = _whose(frame, contact, winners)
    said = column(frame, "properties.hs_is_closed_won").map({"true": "won"})
    frame["outcome"] = frame["outcome"].where(frame["outcome"].notna(), said)
    frame["closed"] = column(frame, "properties.closedate").where(frame["outcome"].isin(["won", "lost"]))
    return some_rows(with_frame(source, frame), column(frame, "archived").ne("true"), "archived")


def _exported_deal(source: Source, issues: list[Issue]) -> Source:
    frame = source.frame
    if "Record ID" in frame:
        return with_frame(source, frame.rename(columns={"Record ID": "deal"}))
    issues += without_id("deals", source, "Deal Name, Create Date, Deal owner")
    parts = [column(frame, name) for name in ("Deal Name", "Create Date", "Deal owner")]
    return with_frame(source, frame.assign(deal=made_id(*parts)))


def _feedback(source: Source, winners: dict[str, str], issues: list[Issue]) -> Source:
    """Return answers with the scale of their survey; that of a CSAT is its own, so 0 to 2 needs evidence."""
    frame = source.frame.copy()
    kind = column(frame, "properties.hs_survey_type").str.upper()
    frame["kind"] = kind.map(KINDS)
    frame["scale_min"], frame["scale_max"] = (
        kind.map({key: ends[end] for key, ends in SCALES.items()}) for end in (0, 1)
    )
    scores = pd.to_numeric(column(frame, "properties.hs_value"), errors="coerce")[kind.eq("CSAT")]
    if len(scores) and scores.max() <= 2 and scores.min() == 0:
        frame.loc[kind.eq("CSAT"), ["scale_min", "scale_max"]] = ["0", "2"]
        found = Issue(
            table="survey_responses", column="scale_max", code="scale_by_evidence", found="0-2", count=len(scores),
            outcome="decided",
        )  # fmt: skip
        issues.append(found)
    frame["contact"] = _won(column(frame, "properties.hs_contact_id"), winners)
    frame["answered"] = _since_1970(column(frame, "properties.hs_submission_timestamp"))
    return some_rows(with_frame(source, frame), kind.isin(list(KINDS)), "no_nps_csat_or_ces")


def _since_1970(times: pd.Series) -> pd.Series:
    """Return times with milliseconds since 1970 written as every other one."""
    epoch = times.str.fullmatch(r"\d{13}").fillna(False).astype(bool)
    made = pd.to_datetime(pd.to_numeric(times.where(epoch)), unit="ms").dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return made.where(epoch, times)
