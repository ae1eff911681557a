"""Research before a purchase: what the buyer was seen looking at in another channel, by the rule of the literature.

A purchase is a product line of an order, in the class of the channel where it was placed: online, store or kiosk.
Whoever orders online and picks up in the store has bought online. Research is an informational event of the same
person about the same category or product, in another class, after the previous purchase in that category and before
this one. Sources: Verhoef, Neslin & Vroomen 2007, IJRM 24 (research shoppers); Flavián, Gurrea & Orús 2016
(webrooming); Neslin et al. 2014 (showrooming).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from cxlib.errors import InputError
from cxlib.journeys.identity import CUSTOMER, IDENTITIES, IDENTITY
from cxlib.journeys.log import EVENTS, FLAGS, STEP, Log, log_of, usable
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.order import AT, PERSON, microseconds, most_before
from cxlib.tables.schema import schema
from cxlib.tables.time import midnight

if TYPE_CHECKING:
    import ibis

ONLINE, STORE, KIOSK = "online", "store", "kiosk"
CLASSES = {"web": ONLINE, "app": ONLINE, "store": STORE, "kiosk": KIOSK}
# What people do to find out. The first three happen in a store, whatever device was in the hand.
IN_STORE = ("store_visit", "demo", "qr_scan")
PRICED = ("price_check", "quote")
INFORMATIONAL = (*IN_STORE, *PRICED, "product_view", "review_read", "search", "comparison")
MATCHES = {"category": "category", "product": "product_id"}
DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, kw_only=True)
class ResearchRule:
    """What counts as research: `match` says by what event and purchase belong together, `channels` where each stands.

    `match` is `category` or `product` (the SKU). `channels` maps channels to `online`, `store` or `kiosk`; purchases
    in others are set aside. `days` is the longest window that is asked about: purchases whose window begins before
    `since`, the first day of the complete log, are set aside; without it the log begins with its first event.
    """

    days: float = 14
    match: str = "category"
    channels: Mapping[str, str] = field(default_factory=lambda: CLASSES)
    since: str | date | None = None

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        if self.match not in MATCHES:
            raise InputError(say("{found} is not one of: {known}.", found=repr(self.match), known=", ".join(MATCHES)))
        if not self.days > 0:
            raise InputError(say("A window needs days above zero: {days}.", days=self.days))
        if strange := set(self.channels.values()) - {ONLINE, STORE, KIOSK}:
            raise InputError(
                say(
                    "{found} is not one of: {known}.",
                    found=repr(min(map(str, strange))),
                    known="online, store, kiosk",
                )
            )


@dataclass(frozen=True, kw_only=True)
class Researched:
    """Purchases, one row a line, without and with the research before them, and the log that was looked up in.

    `purchases` has the columns of `order_items` and its order, and `cx_class` (online, store or kiosk, null for
    other channels), `cx_person` and `cx_reason`, why it cannot count, empty where it can. `lines` has those that can,
    with `cx_online` and `cx_store`: how long before, in microseconds, the last research online and in a store was,
    null without any; and `cx_price_match`: whether an online purchase cost no more than the price last asked in a
    store, null where none was asked.
    """

    purchases: "ibis.Table"
    lines: "ibis.Table"
    log: Log


def researched(data: object, rule: ResearchRule, *, source_zone: str | None = None) -> Researched:
    """Return every purchase with the research seen before it. Raises `InputError`."""
    log = usable(log_of(data, columns=[STEP], optional=_OPTIONAL, source_zone=source_zone))
    purchases = _purchases(log.dataset, rule, _start(log, rule))
    lines = purchases.filter(purchases.cx_reason == "")
    known = lines.filter(lines.cx_person.notnull())
    return Researched(purchases=purchases, lines=_with_research(lines, known, _touches(log, rule, known)), log=log)


_OPTIONAL = (*FLAGS.values(), "channel", IDENTITY, CUSTOMER, "category", "product_id", "value_cents")


def _start(log: Log, rule: ResearchRule) -> datetime:
    """Return the moment from which on the log is complete."""
    if rule.since is not None:
        return midnight(rule.since, log.zone)
    events = log.dataset.table(EVENTS)
    found = collect(events.aggregate(first=events[AT].min())).to_pylist()[0]["first"]
    return found or datetime(1970, 1, 1)


def _purchases(dataset: Dataset, rule: ResearchRule, start: datetime) -> "ibis.Table":
    """Return the lines with their order: class, person, what must match, and why some cannot count."""
    ibis = lazy_ibis()
    orders = needed(dataset, "orders", "order_id", "placed_at", "channel", CUSTOMER)
    items = needed(dataset, "order_items", "order_id", "order_item_id")
    items = _with_category(dataset, items)
    mine = [name for name in orders.columns if name not in items.columns]
    lines = items.inner_join(orders.select("order_id", *mine), "order_id")
    classes = [(lines.channel == channel, named) for channel, named in rule.channels.items()]
    lines = lines.mutate(
        cx_class=ibis.cases(*classes, else_=ibis.null("string")) if classes else ibis.null("string"),
        cx_person=lines[CUSTOMER].cast("string"),
        cx_key=_key(lines, rule),
        cx_category=ibis.coalesce(lines.category, _key(lines, rule)),
        cx_at=lines.placed_at,
    )
    reasons = [
        ("no_date", lines.cx_at.isnull()),
        ("other_channel", lines.cx_class.isnull()),
        ("nothing_to_match", lines.cx_key.isnull()),
        *[(code, unwanted) for code, unwanted in _no_purchase(lines)],
        ("outside_log", lines.cx_at < ibis.literal(start) + ibis.interval(seconds=round(86_400 * rule.days))),
    ]
    return lines.mutate(cx_reason=ibis.cases(*[(unwanted, code) for code, unwanted in reasons], else_=""))


def _no_purchase(lines: "ibis.Table") -> list[tuple[str, "ibis.Value"]]:
    """Return what was ordered and not bought, as far as the orders tell."""
    found = []
    if "paid_at" in lines.columns:
        found.append(("not_paid", lines.paid_at.isnull()))
    if "cancelled_at" in lines.columns:
        found.append(("cancelled", lines.cancelled_at.notnull()))
    return found


def _with_category(dataset: Dataset, rows: "ibis.Table") -> "ibis.Table":
    """Add the category of the product where a row says none itself."""
    ibis = lazy_ibis()
    text = ibis.null("string")
    missing = {name: text for name in MATCHES.values() if name not in rows.columns}
    rows = rows.mutate(**missing) if missing else rows
    products = dataset.tables.get("products")
    if products is None or "category" not in products.columns or "product_id" in missing:
        return rows
    known = products.group_by("product_id").agg(cx_known=products.category.max()).rename(cx_product="product_id")
    named = rows.left_join(known, rows.product_id == known.cx_product)
    return named.mutate(category=ibis.coalesce(named.category, named.cx_known)).drop("cx_known", "cx_product")


def _key(rows: "ibis.Table", rule: ResearchRule) -> "ibis.Value":
    return rows[MATCHES[rule.match]].cast("string")


def _touches(log: Log, rule: ResearchRule, lines: "ibis.Table") -> "ibis.Table":
    """Return the informational events of those who buy: person, key, moment, and whether online or in a store."""
    ibis = lazy_ibis()
    rows = log.rows.filter(log.rows[STEP].isin(list(INFORMATIONAL)))
    rows = _with_category(log.dataset, _with_person(log.dataset, rows))
    rows = rows.semi_join(lines.select("cx_person").distinct(), "cx_person")
    channel = rows.channel if "channel" in rows.columns else ibis.null("string")

    def stands(named: str) -> Any:
        return channel.isin([one for one, where in rule.channels.items() if where == named]).fill_null(False)

    kiosk = stands(KIOSK)
    in_store = ~kiosk & (rows[STEP].isin(list(IN_STORE)) | stands(STORE))
    price = rows.value_cents if "value_cents" in rows.columns else ibis.null("int64")
    touches = rows.select(
        cx_person=rows.cx_person,
        cx_key=_key(rows, rule),
        cx_at=rows[AT],
        cx_in_store=in_store,
        cx_is_online=stands(ONLINE) & ~in_store,
        cx_price=ibis.ifelse(in_store & rows[STEP].isin(list(PRICED)), price, ibis.null("int64")),
    )
    return touches.filter(touches.cx_key.notnull(), touches.cx_in_store | touches.cx_is_online)


def _with_person(dataset: Dataset, rows: "ibis.Table") -> "ibis.Table":
    """Add whose event it is: the customer it names, else the one its cookie or login belongs to, else its person."""
    ibis = lazy_ibis()
    named = [rows[CUSTOMER].cast("string")] if CUSTOMER in rows.columns else []
    table = dataset.tables.get(IDENTITIES)
    if table is None or not {IDENTITY, CUSTOMER} <= set(table.columns) or IDENTITY not in rows.columns:
        return rows.mutate(cx_person=ibis.coalesce(*named, rows[PERSON].cast("string")))
    owners = table.filter(table[CUSTOMER].notnull())
    owners = owners.group_by(cx_sign=owners[IDENTITY]).agg(cx_owner=owners[CUSTOMER].max())
    held = rows.left_join(owners, rows[IDENTITY] == owners.cx_sign)
    named = [held[CUSTOMER].cast("string")] if CUSTOMER in held.columns else []
    person = ibis.coalesce(*named, held.cx_owner.cast("string"), held[PERSON].cast("string"))
    return held.mutate(cx_person=person).drop("cx_sign", "cx_owner")


def _with_research(lines: "ibis.Table", known: "ibis.Table", touches: "ibis.Table") -> "ibis.Table":
    """Add how long ago the last research was.

    Purchases and events of a person and category are put in one order, and each purchase looks back at the latest
    event before it: work grows with the events, not with events times purchases.
    """
    ibis = lazy_ibis()
    never, nothing = ibis.null("timestamp"), ibis.null("int64")
    bought = known.select("cx_person", "cx_key", "cx_at").distinct()
    bought = bought.mutate(cx_place=0, cx_last_online=never, cx_last_store=never, cx_last_asked=never)
    looked = touches.select(
        "cx_person",
        "cx_key",
        "cx_at",
        cx_place=1,  # an event at the very moment of the purchase is not before it
        cx_last_online=ibis.ifelse(touches.cx_is_online, touches.cx_at, never),
        cx_last_store=ibis.ifelse(touches.cx_in_store, touches.cx_at, never),
        cx_last_asked=ibis.ifelse(touches.cx_price.notnull(), touches.cx_at, never),
    )
    both = bought.union(looked)
    latest = {name: most_before(both, name, within=["cx_person", "cx_key"], order=["cx_at", "cx_place"])
              for name in ("cx_last_online", "cx_last_store", "cx_last_asked")}  # fmt: skip
    seen = both.mutate(**latest)
    seen = seen.filter(seen.cx_place == 0).drop("cx_place")
    found = _joined(_joined(lines, seen, ["cx_person", "cx_key", "cx_at"]), _before(known), _IN_CATEGORY)
    found = _joined(found, _prices(touches), ["cx_person", "cx_key", "cx_last_asked"])

    def ago(moment: Any) -> Any:
        again = found.cx_bought_before.notnull() & (moment <= found.cx_bought_before)
        return ibis.ifelse(again, nothing, microseconds(found.cx_at, moment))

    paid = found.unit_price_cents if "unit_price_cents" in found.columns else nothing
    matched = ibis.ifelse(ago(found.cx_last_asked).notnull(), paid <= found.cx_asked, ibis.null("boolean"))
    return found.mutate(
        cx_online=ago(found.cx_last_online),
        cx_store=ago(found.cx_last_store),
        cx_price_match=ibis.ifelse(found.cx_class == ONLINE, matched, ibis.null("boolean")),
    )


_IN_CATEGORY = ["cx_person", "cx_category", "cx_at"]


def _before(known: "ibis.Table") -> "ibis.Table":
    """Return for each purchase when its person bought in that category before."""
    times = known.select(*_IN_CATEGORY).distinct().mutate(cx_bought=lambda rows: rows.cx_at)
    earlier = most_before(times, "cx_bought", within=_IN_CATEGORY[:2], order=["cx_at"])
    return times.mutate(cx_bought_before=earlier).drop("cx_bought")


def _prices(touches: "ibis.Table") -> "ibis.Table":
    """Return the price asked in a store at each moment one was; of several, the lowest."""
    asked = touches.filter(touches.cx_price.notnull())
    return asked.group_by("cx_person", "cx_key", cx_last_asked=asked.cx_at).agg(cx_asked=asked.cx_price.min())


def _joined(rows: "ibis.Table", other: "ibis.Table", on: list[str]) -> "ibis.Table":
    """Return rows with the columns that another table has for the same `on`, null where it has none."""
    renamed = other.rename({f"cx_of_{name}": name for name in on})
    same = reduce(lambda left, right: left & right, [rows[name] == renamed[f"cx_of_{name}"] for name in on])
    return rows.left_join(renamed, same).drop(*[f"cx_of_{name}" for name in on])


def needed(dataset: Dataset, name: str, *columns: str) -> "ibis.Table":
    """Return a table that must have these columns; where it does not, `InputError` says which and what it means."""
    table = dataset.table(name)
    for column in columns:
        if column not in table.columns:
            raise InputError(
                say(
                    "{table} has no column {column} ({meaning}). Found: {found}.",
                    table=name,
                    column=repr(column),
                    meaning=schema()[name].columns[column].meaning.rstrip("."),
                    found=", ".join(table.columns),
                )
            )
    return table
