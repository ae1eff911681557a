"""What the estimates of research shopping are made from: buyers by what they bought, were seen doing, and said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.errors import InputError
from cxlib.journeys.cells import named_periods
from cxlib.journeys.identity import CUSTOMER, IDENTITIES, IDENTITY
from cxlib.journeys.log import ALL, period_of, within
from cxlib.journeys.research import DAY, ONLINE, STORE, Researched, needed
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.schema import schema

if TYPE_CHECKING:
    import ibis

APP, LOGIN = "app", "login"
ASKED = "researched_elsewhere"
# For each kind of research: the class of the purchase, and how long ago research in the other class was.
KINDS = {"webrooming": (STORE, "cx_online"), "showrooming": (ONLINE, "cx_store")}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Buyers and lines set aside, by cell (the `keys`).

    `kinds` has a row for each kind of buyer: its cell, `stratum`, `known` (whether the buyer is a customer), `n`
    lines, `yes` and `no` said at the exit, and for each window `seen_K`, `yes_seen_K` and `no_seen_K`; `times` is
    how many such buyers there are. `aside` has `cell`, `code` and `count`.
    """

    keys: tuple[str, ...]
    kinds: pd.DataFrame
    aside: pd.DataFrame


def count(
    found: Researched,
    kind: str,
    days: Sequence[float],
    *,
    stratum: str,
    by: Sequence[str] = (),
    every: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
) -> Counts:
    """Count the purchases of one class by what was seen before them within each of the windows."""
    ibis = lazy_ibis()
    bought, ago = KINDS[kind]
    dataset, keys = found.log.dataset, (*by, "period")
    _check_groups(dataset, found.lines, by)

    def placed(rows: Any, one: Any) -> Any:
        inside = within(rows.cx_at, dataset.zone, start, end)
        rows = rows.filter(one) if inside is None else rows.filter(one, inside | rows.cx_at.isnull())
        label = ibis.literal(ALL) if every is None else period_of(rows.cx_at, every, dataset.zone)
        return rows.mutate(period=label)

    rows = found.purchases
    aside = placed(rows, (rows.cx_reason != "") & (rows.cx_class.isnull() | (rows.cx_class == bought)))
    aside = collect(aside.group_by([*keys, "cx_reason"]).agg(count=aside.count())).to_pandas()
    lines = placed(found.lines, found.lines.cx_class == bought)
    kinds = collect(_kinds(_with_stratum(dataset, lines, stratum), keys, ago, days)).to_pandas()
    return Counts(
        keys=keys,
        kinds=named_periods(kinds, every).sort_values([*keys, "known"], ignore_index=True),
        aside=named_periods(aside, every).rename(columns={"cx_reason": "code"}),
    )


def _kinds(lines: "ibis.Table", keys: Sequence[str], ago: str, days: Sequence[float]) -> "ibis.Table":
    ibis = lazy_ibis()
    said = lines[ASKED] if ASKED in lines.columns else ibis.null("boolean")
    yes, no = said.fill_null(False), (~said).fill_null(False)
    counted = {"n": ibis.literal(1, "int64"), "yes": yes.cast("int64"), "no": no.cast("int64")}
    for place, window in enumerate(days):
        seen = (lines[ago] <= round(DAY * window)).fill_null(False)
        for name, flag in {"seen": seen, "yes_seen": seen & yes, "no_seen": seen & no}.items():
            counted[f"{name}_{place}"] = flag.cast("int64")
    rows = lines.mutate(
        **counted,
        known=lines.cx_person.notnull(),
        cx_buyer=ibis.coalesce(lines.cx_person, ibis.literal("order ") + lines.order_id.cast("string")),
    )
    who = [*keys, "stratum", "known"]
    buyers = rows.group_by([*who, "cx_buyer"]).agg(**{name: rows[name].sum() for name in counted})
    return buyers.group_by([*who, *counted]).agg(times=buyers.count())


def _check_groups(dataset: Dataset, lines: "ibis.Table", by: Sequence[str]) -> None:
    known = {name: column for table in ("orders", "order_items") for name, column in schema()[table].columns.items()}
    for name in by:
        if name not in lines.columns or name.startswith("cx_"):
            raise InputError(
                say(
                    "There is no column {name} to group by.{hint} Found: {found}.",
                    name=repr(name),
                    hint="",
                    found=", ".join(one for one in lines.columns if not one.startswith("cx_")),
                )
            )
        private = dataset.privacy_floor and name in known and known[name].privacy
        if private or name in (CUSTOMER, "order_id", "order_item_id"):
            raise InputError(say("Grouping by {name} would point at people. Choose another column.", name=repr(name)))


def _with_stratum(dataset: Dataset, lines: "ibis.Table", stratum: str) -> "ibis.Table":
    """Add what tells known buyers apart: whether they have the app or a login, or a column of `customers`."""
    ibis = lazy_ibis()
    if stratum not in (APP, LOGIN):
        customers = needed_column(dataset, stratum)
        held = lines.left_join(customers, lines.cx_person == customers.cx_owner).drop("cx_owner")
        return held
    owners = _owners(dataset, stratum)
    if owners is None:
        return lines.mutate(stratum=ibis.null("boolean"))
    held = lines.left_join(owners, lines.cx_person == owners.cx_owner)
    has = ibis.ifelse(held.cx_person.isnull(), ibis.null("boolean"), held.cx_owner.notnull())
    return held.mutate(stratum=has).drop("cx_owner")


def needed_column(dataset: Dataset, stratum: str) -> "ibis.Table":
    """Return for each customer the value of a column by which buyers are told apart."""
    customers = needed(dataset, "customers", CUSTOMER)
    if stratum not in customers.columns or stratum == CUSTOMER:
        raise InputError(
            say(
                "Buyers can be told apart by app, login, or a column of customers; {name} is none. Found: {found}.",
                name=repr(stratum),
                found=", ".join(one for one in customers.columns if one != CUSTOMER),
            )
        )
    return customers.group_by(cx_owner=customers[CUSTOMER].cast("string")).agg(stratum=customers[stratum].max())


def _owners(dataset: Dataset, stratum: str) -> "ibis.Table | None":
    """Return the customers with the app on a device of theirs, or with a login; None where the tables do not say."""
    signs = dataset.tables.get(IDENTITIES)
    if signs is None or not {IDENTITY, CUSTOMER, "kind"} <= set(signs.columns):
        return None
    installs = dataset.tables.get("app_installs")
    if stratum == APP and installs is not None and IDENTITY in installs.columns:
        signs = signs.semi_join(installs.select(IDENTITY).distinct(), IDENTITY)
    else:
        signs = signs.filter(signs.kind == ("device" if stratum == APP else LOGIN))
    owned = signs.filter(signs[CUSTOMER].notnull())
    return owned.select(cx_owner=owned[CUSTOMER].cast("string")).distinct()


def cells_of(counts: Counts) -> list[tuple[dict[str, Any], pd.DataFrame, dict[str, int]]]:
    """Return each cell: its name, its kinds of buyers, and how many lines were set aside by reason."""
    keys = list(counts.keys)
    names = pd.concat([counts.kinds[keys], counts.aside[keys]]).drop_duplicates().to_dict("records")
    if not names and keys == ["period"]:
        names = [{"period": ALL}]
    return [(name, _of(counts.kinds, name), _by_code(_of(counts.aside, name))) for name in names]


def _of(frame: pd.DataFrame, cell: dict[str, Any]) -> pd.DataFrame:
    own = np.ones(len(frame), bool)
    for name, value in cell.items():
        own &= (frame[name].isna() if pd.isna(value) else frame[name] == value).to_numpy(bool)
    return frame[own]


def _by_code(aside: pd.DataFrame) -> dict[str, int]:
    return {str(code): int(count) for code, count in zip(aside["code"], aside["count"], strict=True)}
