"""Google Analytics: events into sessions, orders and cookies; reports into days, with what the tool hid."""

import json
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.platforms.flat import column, inner, made_id, part_of, some_rows, with_frame
from cxlib.tables.audit import Issue
from cxlib.tables.reading import Source

Records = list[tuple[int, dict]]
ALL = "(all)"
KINDS = {
    "page_view": "page_view", "screen_view": "page_view", "view_item": "product_view", "click": "click",
    "view_search_results": "search", "search": "search", "add_to_cart": "add_to_cart",
    "remove_from_cart": "remove_from_cart", "begin_checkout": "checkout_start", "purchase": "purchase",
    "sign_up": "sign_up", "generate_lead": "form_submit", "form_submit": "form_submit", "share": "share",
}  # fmt: skip
DIMENSIONS = {
    "date": "date", "sessionSource": "source", "source": "source", "sessionMedium": "medium", "medium": "medium",
    "sessionSourceMedium": "both", "deviceCategory": "device",
}  # fmt: skip
METRICS = {
    "totalUsers": "users", "activeUsers": "users", "keyEvents": "key_events", "conversions": "key_events",
    "totalRevenue": "revenue", "purchaseRevenue": "revenue",
}  # fmt: skip
HIDDEN = {
    "subjectToThresholding": "small_rows_hidden",
    "dataLossFromOtherRow": "rest_in_other_row",
    "samplingMetadatas": "sampled",
}


# --- Events of the export to BigQuery ----------------------------------------------------------------


def unpack_events(records: Records) -> dict[str, Records]:
    """Return events as flat rows: of all their parameters those that a journey needs."""
    return {"events": [(number, _event(event)) for number, event in records]}


def _event(event: dict) -> dict:
    said = _params(event.get("event_params"))
    cookie, user, session = event.get("user_pseudo_id"), event.get("user_id"), said.get("ga_session_id")
    shop = inner(event, "ecommerce")
    device = inner(event, "device")
    source, medium, campaign = _traffic(event, said)
    return {
        "event_name": event.get("event_name"),
        "event_timestamp": event.get("event_timestamp"),
        "cookie": cookie,
        "user": user,
        "person": user or cookie,
        "session": f"{cookie}.{session}" if cookie and session is not None else None,
        "kind": KINDS.get(str(event.get("event_name")), "other"),
        "channel": {"WEB": "web", "IOS": "app", "ANDROID": "app"}.get(str(event.get("platform")).upper()),
        "device": device.get("category"),
        "page": urlsplit_path(said.get("page_location")),
        "transaction": shop.get("transaction_id") or said.get("transaction_id"),
        "value": shop.get("purchase_revenue") or said.get("value"),
        "currency": said.get("currency"),
        "engaged": "true" if str(said.get("session_engaged")) == "1" else None,
        "milliseconds": said.get("engagement_time_msec"),
        "source": source,
        "medium": medium,
        "campaign": campaign,
        "rest": json.dumps([event.get("event_params"), event.get("batch_event_index")], sort_keys=True, default=str),
    }


def _params(listed: Any) -> dict[str, Any]:
    """Return parameters by name; of the four places for a value one is filled, and 0 is a value."""
    found = {}
    for one in listed if isinstance(listed, list) else []:
        value = one.get("value") if isinstance(one, dict) else None
        if isinstance(value, dict) and one.get("key"):
            found[str(one["key"])] = next((held for held in value.values() if held is not None), None)
    return found


def _traffic(event: dict, said: dict) -> tuple[Any, Any, Any]:
    """Return source, medium and campaign of the session, never of the user's first visit ever."""
    last: Any = event.get("session_traffic_source_last_click")
    manual = last.get("manual_campaign") if isinstance(last, dict) else None
    if isinstance(manual, dict) and manual.get("source"):
        return manual.get("source"), manual.get("medium"), manual.get("campaign_name")
    own: Any = event.get("collected_traffic_source")
    if isinstance(own, dict) and own.get("manual_source"):
        return own.get("manual_source"), own.get("manual_medium"), own.get("manual_campaign_name")
    return said.get("source"), said.get("medium"), said.get("campaign")


def urlsplit_path(address: Any) -> str | None:
    """Return the path of a page, without what a form or a mail put behind it."""
    try:
        return urlsplit(address).path or "/" if isinstance(address, str) else None
    except ValueError:
        return None


# --- Reports of the Data API -------------------------------------------------------------------------


def unpack_reports(records: Records) -> dict[str, Records]:
    """Return the rows of reports, a day each; refuses a report that is split by what our days are not."""
    rows: Records = []
    for _, report in records:
        dimensions, metrics = (_names(report.get(key)) for key in ("dimensionHeaders", "metricHeaders"))
        _only_days(dimensions)
        about = inner(report, "metadata")
        hidden = ";".join(code for key, code in HIDDEN.items() if about.get(key))
        for number, row in enumerate(_dicts(report.get("rows")), start=1):
            values = [one.get("value") for one in _dicts(row.get("dimensionValues"))]
            numbers = [one.get("value") for one in _dicts(row.get("metricValues"))]
            flat = dict(zip((DIMENSIONS[name] for name in dimensions), values, strict=False))
            flat |= dict(zip((METRICS.get(name, name) for name in metrics), numbers, strict=False))
            rows.append((number, flat | {"currency": about.get("currencyCode"), "hidden": hidden or None}))
    return {"report": rows}


def _dicts(listed: Any) -> list[dict]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _names(headers: Any) -> list[str]:
    return [str(one.get("name")) for one in _dicts(headers)]


def _only_days(dimensions: list[str]) -> None:
    others = [name for name in dimensions if name not in DIMENSIONS]
    if others or "date" not in dimensions:
        raise InputError(
            say(
                "The report is split by {found}. Ask for date, and besides only for sessionSource, sessionMedium and "
                "deviceCategory: numbers of other splits are not added up.",
                found=", ".join(dimensions) or say("(nothing)"),
            )
        )


UNPACK = {"events": unpack_events, "report": unpack_reports}


# --- What the mapping reads --------------------------------------------------------------------------


def arrange(flat: dict[str, list[Source]], source_zone: str | None) -> tuple[dict[str, list[Source]], list[Issue]]:
    """Return the rows that the mapping reads, and what the tool said about its own numbers."""
    issues: list[Issue] = []
    made: dict[str, list[Source]] = {
        "report": [_day(source, issues) for source in flat.get("report", [])],
        "daily_file": [_file(source, ("Session source", "Session medium", "Device category")) for source in
                       flat.get("daily_file", [])],
        "daily_file_in_portuguese": [_file(source, ("source", "medium", "device")) for source in
                                     flat.get("daily_file_in_portuguese", [])],
    }  # fmt: skip
    known = [_known(source) for source in flat.get("events", [])]
    made["events"] = [
        with_frame(one, one.frame.drop(columns=[*_OF_SESSIONS, "rest"], errors="ignore")) for one in known
    ]
    for source in known:
        bought = column(source.frame, "kind").eq("purchase") & column(source.frame, "transaction").notna()
        wanted = ["transaction", "user", "channel", "event_timestamp", "value", "currency"]
        made.setdefault("purchases", []).append(
            part_of(with_frame(source, source.frame.reindex(columns=wanted)), bought)
        )
    if known:
        made |= {"sessions": [_sessions(known)], "cookies": [_cookies(known)]}
    return {name: [one for one in sources if one.rows_in] for name, sources in made.items()}, issues


_OF_SESSIONS = ("device", "engaged", "milliseconds", "source", "medium", "campaign")


def _known(source: Source) -> Source:
    """Return the events of somebody; without consent an event has neither a cookie nor a user."""
    frame = source.frame
    ids = made_id(*(column(frame, name) for name in ("cookie", "user", "event_timestamp", "event_name", "rest")))
    return some_rows(with_frame(source, frame.assign(event=ids)), column(frame, "person").notna(), "nobody_known")


def _together(known: list[Source]) -> pd.DataFrame:
    events = pd.concat([source.frame for source in known], ignore_index=True).drop_duplicates("event")
    return events.assign(at=pd.to_numeric(events["event_timestamp"], errors="coerce")).dropna(subset=["at"])


def _sessions(known: list[Source]) -> Source:
    """Return sessions, put together from the events of all files: one can begin in one file and end in the next."""
    events = _together(known)
    events = events[events["session"].notna()].sort_values("at", kind="stable")
    events["seconds"] = pd.to_numeric(events["milliseconds"], errors="coerce") / 1000
    groups = events.groupby("session", sort=False)
    rows = groups[["cookie", "user", "channel", "device", "source", "medium", "campaign", "engaged"]].first()
    times = groups["at"].agg(["min", "max"]).astype("int64").astype("str")
    rows = rows.assign(started=times["min"], ended=times["max"], interactions=groups.size().astype("str"))
    rows["page_views"] = events["kind"].eq("page_view").groupby(events["session"], sort=False).sum().astype("str")
    rows["seconds"] = groups["seconds"].sum(min_count=1).map(repr, na_action="ignore")
    rows["engaged"] = rows["engaged"].fillna("false")
    return _made(known, rows.reset_index())


def _cookies(known: list[Source]) -> Source:
    events = _together(known)
    pairs = events[events["cookie"].notna()].sort_values("at", kind="stable")
    return _made(known, pairs.groupby("cookie", sort=False)[["user"]].last().reset_index())


def _made(known: list[Source], frame: pd.DataFrame) -> Source:
    """Return rows that were put together from several files as a source of their own."""
    return Source(
        name=", ".join(source.name for source in known),
        digest="".join(source.digest for source in known),
        frame=frame.astype("str").where(frame.notna()),
        row_numbers=pd.Series(range(1, len(frame) + 1), dtype="int64", name="row"),
        rows_in=len(frame),
        quarantine=known[0].quarantine.iloc[:0],
        decisions=[],
    )


def _day(source: Source, issues: list[Issue]) -> Source:
    frame = source.frame.copy()
    if "both" in frame:
        parts = frame["both"].str.split(" / ", n=1)
        frame["source"], frame["medium"] = parts.str[0], parts.str[-1]
    for name in ("source", "medium", "device"):
        frame[name] = column(frame, name).fillna(ALL)
    said = column(frame, "hidden").dropna()
    for code in dict.fromkeys(code for words in said for code in words.split(";")):
        count = int(said.str.contains(code, regex=False).sum())
        issues.append(Issue(table="web_daily", column="", code=code, found="", count=count, outcome="kept"))
    return with_frame(source, frame.drop(columns=["both", "hidden"], errors="ignore"))


def _file(source: Source, split: tuple[str, str, str]) -> Source:
    """Return a file of the screens; its row of totals is no day."""
    frame = source.frame.copy()
    for name in split:
        frame[name] = column(frame, name).fillna(ALL)
    day = column(frame, "Date" if "Date" in frame else "Data").fillna("")
    return some_rows(with_frame(source, frame), day.str.contains(r"\d", regex=True), "total_row")
