"""Which way purchases were researched: online only, in a store only, both, or nowhere else, as far as was seen."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from cxlib.journeys.cells import finished, share
from cxlib.journeys.log import ALL
from cxlib.journeys.research import CLASSES, DAY, KIOSK, ONLINE, STORE, ResearchRule, researched
from cxlib.tables.engine import collect, lazy_ibis

# Which ways can end in a purchase of which class.
PATHS = {"web": (STORE, KIOSK), "show": (ONLINE, KIOSK), "both": (KIOSK,), "single": (ONLINE, STORE, KIOSK)}


def research_paths(
    data: object,
    *,
    days: float = 14,
    match: str = "category",
    since: str | date | None = None,
    channels: Mapping[str, str] = CLASSES,
    source_zone: str | None = None,
) -> pd.DataFrame:
    """Count the ways of purchases: "where was it bought, and where else was it looked at before?"

    Options as in `research_shopping`. A purchase was `web` when it was looked at online and bought elsewhere, `show`
    when looked at in a store and bought elsewhere, `both` when the two came together (possible at a kiosk, which is
    neither), `single` when nothing was seen in another class. `price_match` is the share of online purchases at
    no more than the price last asked in a store, of those where one was asked.

    Returns `bought` (online, store, kiosk), `path`, and the columns of `metric`: of each class of purchase, the share
    of each way. Purchases in other channels are set aside with each class. It is only what was seen, the naive count
    of `research_shopping`. Raises `InputError`.
    """
    ibis = lazy_ibis()
    rule = ResearchRule(days=days, match=match, channels=channels, since=since)
    found = researched(data, rule, source_zone=source_zone)
    lines, window = found.lines, round(DAY * days)
    online = (lines.cx_online <= window).fill_null(False) & (lines.cx_class != ONLINE)
    store = (lines.cx_store <= window).fill_null(False) & (lines.cx_class != STORE)
    ways = {"web": online & ~store, "show": store & ~online, "both": online & store, "single": ~online & ~store}
    asked = lines.cx_price_match.notnull() & (lines.cx_store <= window).fill_null(False)
    flags = ways | {"asked": asked, "matched": asked & lines.cx_price_match.fill_null(False)}
    rows = lines.mutate(
        **{name: flag.cast("int64") for name, flag in flags.items()},
        bought=lines.cx_class,
        cx_buyer=ibis.coalesce(lines.cx_person, ibis.literal("order ") + lines.order_id.cast("string")),
    )
    buyers = rows.group_by(["bought", "cx_buyer"]).agg(n=rows.count(), **{name: rows[name].sum() for name in flags})
    kinds = collect(buyers.group_by(["bought", "n", *flags]).agg(times=buyers.count())).to_pandas()
    aside = found.purchases.filter(found.purchases.cx_reason != "")
    reasons = collect(aside.group_by(["cx_class", "cx_reason"]).agg(count=aside.count())).to_pandas()
    frames = [_cells(kinds[kinds["bought"].isin(ends)], reasons, path, "n", path) for path, ends in PATHS.items()]
    frames.append(_cells(kinds[kinds["bought"].eq(ONLINE)], reasons, "matched", "asked", "price_match"))
    result = finished(frames, found.log, keys=["bought", "path", "period"], rule=f"{days:g}_days")
    order = {name: place for place, name in enumerate((ONLINE, STORE, KIOSK))}
    return result.sort_values("bought", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _cells(kinds: pd.DataFrame, reasons: pd.DataFrame, total: str, of: str, path: str) -> pd.DataFrame:
    """Return the share of one way in each class of purchase; what was set aside of that class by reason."""
    times, part, whole = (kinds[name].astype(float) for name in ("times", total, of))
    sums = pd.DataFrame(
        {
            "bought": kinds["bought"],
            "n": times * whole,
            "people": times * (whole > 0),
            "total": times * part,
            "total_total": times * part * part,
            "total_n": times * part * whole,
            "n_n": times * whole * whole,
        }
    )
    cells = sums.groupby("bought", as_index=False).sum()
    for code in reasons["cx_reason"].unique():
        own = reasons[reasons["cx_reason"].eq(code)]
        everywhere = own.loc[own["cx_class"].isna(), "count"].sum()  # bought in other channels: of no class
        cells[f"aside_{code}"] = cells["bought"].map(own.set_index("cx_class")["count"]).fillna(0) + everywhere
    if of == "asked":
        unasked = (kinds["n"] - kinds["asked"]) * kinds["times"]
        cells["aside_not_priced"] = cells["bought"].map(unasked.groupby(kinds["bought"]).sum())
    metric = "price_match" if path == "price_match" else "research_path"
    return share(cells.assign(path=path, period=ALL), metric=metric, total="total")
